"""A year of one province: four quarters of typing, sticks that get lost, disks, clocks, a decree.

What happens to whom is a plan; what a clerk types, which stick is lost and which one comes twice is
drawn from one seed.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.errors import KnownError
from app.history.door import State
from app.history.operation import Operation, Value
from app.models.work import Change
from app.services.handover_register import SendBack
from app.services.handover_values import ACCEPTED, RETURNED
from app.services.installation import install as install_home
from app.services.reference_data.provisional import read_own_unit
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE
from tests.places import fast_folder
from tests.properties import invariants, naive
from tests.properties.fleet import Replica
from tests.properties.histories import NAMES, History
from tests.properties.offices import DAY, YEAR_2002, YEAR_2099, Office, Province

PROVINCE, DISTRICT_1, DISTRICT_2 = "51@2024", "522@2024", "524@2024"
_COLUMNS = "edition,code,name,kind,parent,valid_from,valid_to"
#: The communes of the year are of an edition of their own: what the program ships says already what
#: became of those of 2024.
_FIRST, _SECOND = ("2024b", "2025-01-01"), ("2024c", "2025-04-01")
#: By the decree two communes become one, and a third becomes two.
MERGED, PART_1, PART_2 = "29991@2024c", "29992@2024c", "29993@2024c"
STICKS_LOST, RECEIPTS_LOST, DOUBLED, LATE = 0.4, 0.3, 0.25, 0.25
#: Of the handovers that came: returned whole, and accepted but for one child that is sent back.
SENT_BACK_WHOLE, SENT_BACK_ONE = 0.15, 0.3
#: The child that the law erases is called so once, and nobody else is.
ERASED_NAME = "Đinh Thị Xóa Tên"


@dataclass(frozen=True)
class Plan:
    """How much of a year: its communes by district (the first three of the first one are those of
    the decree), how often everybody hands over in a quarter, how much is typed; how many disks go
    back or are copied, how many of the decree's units get a PC, whether one commune has two."""

    communes: dict[str, int]
    quarters: int
    handovers: int
    saves: int
    restores: int
    clones: int
    new_offices: int
    second_pc: bool
    erased: tuple[int, ...] = ()


WHOLE = Plan({DISTRICT_1: 6, DISTRICT_2: 6}, 4, 2, 14, 3, 2, 3, second_pc=True, erased=(-1, 5, 7))
SLICE = Plan({DISTRICT_1: 3}, 2, 1, 5, 1, 1, 2, second_pc=False, erased=(-1,))


class Clerks(History):
    """What people type, as in every history; here in the offices of the province."""

    def __init__(self, province: Province, communes: list[str]) -> None:
        self.fleet = province
        self.counts = province.counts
        self.communes = communes

    def clerk(self, rng: Random) -> Replica:
        return rng.choice([one for one in self.fleet if one.unit in self.communes])

    def some_values(self, rng: Random, entity: str) -> dict[str, Value]:
        """A village is chosen when a household is made: nobody writes a village of no commune."""
        values = super().some_values(rng, entity)
        values.pop("village", None)
        return values or {"complete": False}

    def do_create(self, rng: Random) -> None:
        self.register_page(self.clerk(rng), rng)

    def register_page(self, here: Replica, rng: Random) -> None:
        """A household with its children; one in six has no village."""
        values: dict[str, Value] = {"owner_unit": here.unit, **self.some_values(rng, "household")}
        villages = here.ids("village")
        if villages and rng.random() < 5 / 6:
            values["village"] = rng.choice(villages)
        home = here.save(Change("household", values, key=f"household/{rng.random()}"))
        for _ in range(rng.randrange(1, 3)):
            own = {"owner_unit": here.unit, "household": home.id, **self.some_values(rng, "child")}
            here.save(
                Change("child", {"full_name": rng.choice(NAMES), **own}, key=f"{rng.random()}")
            )
        self.counts["records"] += 1

    def units(self) -> list[str]:
        return self.communes

    def do_move(self, rng: Random) -> None:
        here = self.holder(rng)
        found = self.record(rng, here, "child", "child", "household")
        if found is not None:
            to = rng.choice([*self.communes, "outside"])
            here.save_page(here.open_page(*found), {"owner_unit": to})
            self.counts["moves"] += 1

    STEPS = (
        *["create"] * 4,
        *["create_below"] * 3,
        *["edit"] * 8,
        *["open_page"] * 3,
        *["save_page"] * 5,
        *["hide"] * 2,
        "show_again",
        *["move"] * 2,
        *["leave"] * 2,
        *["take_in"] * 2,
        "pair",
        *["resolve"] * 2,
        "decide",
        "person",
    )

    def do_person(self, rng: Random) -> None:
        """Somebody who works for the commune."""
        here = self.clerk(rng)
        values = {"owner_unit": here.unit, **self.some_values(rng, "person")}
        here.save(Change("person", values, key=f"person/{rng.randrange(3)}"))

    def type_some(self, rng: Random, number: int) -> None:
        for _ in range(number):
            getattr(self, f"do_{rng.choice(self.STEPS)}")(rng)


class Year:
    """One run of a plan."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.rng = Random(seed)
        self.province = Province(fast_folder(), PROVINCE, time.time())
        self.counts = self.province.counts
        self.sticks: list[tuple[Office, str, Path]] = []
        #: Every stick that was ever carried somewhere: one of them may be put in once more.
        self.drawer: list[tuple[Office, str, Path]] = []
        self.communes: list[str] = []
        #: The province's file of units that a PC of the unit is set up by.
        self.file_of: dict[str, Path] = {}
        self.retired: list[Office] = []
        #: What the last round itself wrote of its handovers.
        self.apart: set[bytes] = set()

    # --- setting up

    def set_up(self) -> None:
        """A province, its districts and communes, enrolled; every commune with its first pages."""
        top = self.install(PROVINCE, "P")
        self.fingerprint = top.services.authority.found(PASSPHRASE).root_fingerprint
        for place, (district, number) in enumerate(self.plan.communes.items(), start=1):
            self.enrol(PROVINCE, self.install(district, f"D{place}"))
            units = {f"{place}{n:04}@{_FIRST[0]}": district for n in range(1, number + 1)}
            self.communes += units
            file = self.units_file(f"units{place}", units, _FIRST)
            top.services.references.load_units(file)
            self.province.bring(top, district)
            for unit in units:
                self.enrol(district, self.install(unit, unit.partition("@")[0]))
            if self.plan.second_pc and place == 1:
                unit = self.communes[3]
                self.enrol(district, self.install(unit, f"{unit.partition('@')[0]}b"))
        self.clerks = Clerks(self.province, list(self.communes))
        for unit in self.communes:
            here = self.province.offices(unit)[0]
            for name in ("Thôn Một", "Thôn Hai", "Thôn Ba"):
                here.save(
                    Change("village", {"owner_unit": unit, "name": name}, key=f"village/{name}")
                )
            for _ in range(3):
                self.clerks.register_page(here, self.rng)

    def units_file(self, name: str, above: dict[str, str], edition: tuple[str, str]) -> Path:
        path = self.province.folder / f"{name}.csv"
        lines = [
            f"{edition[0]},{unit.partition('@')[0]},Xã {n},commune,{parent},{edition[1]},"
            for n, (unit, parent) in enumerate(above.items(), start=1)
        ]
        path.write_text("\n".join([_COLUMNS, *lines]), encoding="utf-8")
        self.file_of |= dict.fromkeys(above, path)
        return path

    def install(self, unit: str, name: str) -> Office:
        home = self.province.folder / name
        file = self.file_of.get(unit)
        rows = () if file is None else read_own_unit(file, unit).rows
        install_home(
            Settings(home),
            unit=unit,
            user="an",
            full_name="Nguyễn Thị An",
            title="",
            passphrase=PASSPHRASE,
            provisional=rows,
        )
        return self.province.open(home, name)

    def enrol(self, above: str, below: Office) -> None:
        self.province.enrol(above, below, self.fingerprint)

    # --- a quarter

    def run(self) -> None:
        """All quarters. What is planned for a quarter happens between its handovers."""
        for quarter in range(1, self.plan.quarters + 1):
            self.province.now += 91 * DAY
            self._clocks()
            self.clerks.type_some(self.rng, self.plan.saves * len(self.communes))
            for _ in range(self.plan.handovers):
                self._everybody_up()
                self._happens(quarter)
                self._everybody_down()
                self.clerks.type_some(self.rng, len(self.communes))

    def _clocks(self) -> None:
        """Some clocks stand in 2002 or in 2099, those of districts, too."""
        for one in self.province:
            one.wrong_clock = None
            chance = 0.4 if one.unit in self.communes else 0.0 if one.unit == PROVINCE else 0.3
            if self.rng.random() < chance:
                one.wrong_clock = self.rng.choice((YEAR_2002, YEAR_2099))
                self.counts[f"clocks of {2002 if one.wrong_clock == YEAR_2002 else 2099}"] += 1

    def _everybody_up(self) -> None:
        for one in self._by_tier():
            if one.unit != PROVINCE:
                self._put_on_the_way(one, self.province.above_of(one.unit), STICKS_LOST)
            if self.province.receivers(one, one.unit):
                self._put_on_the_way(one, one.unit, STICKS_LOST)
            if one.unit in self.plan.communes:
                self._carry_all()
        self._carry_all()

    def _everybody_down(self) -> None:
        for one in reversed(self._by_tier()):
            self._verify(one)
            for unit in self._directly_below(one.unit):
                self._put_on_the_way(one, unit, RECEIPTS_LOST)
            if one.unit == PROVINCE:
                self._carry_all()
        self._carry_all()

    def _verify(self, here: Office) -> None:
        """Each handover that came from below gets its answer; it travels with the next bundle."""
        while (view := here.services.handovers.register.unverified()) is not None:
            scope = set(self.province.tree.below(view.giver))
            counted = invariants.counted_children(here)
            held = sorted(child for child, unit in counted.items() if unit in scope)
            lot = self.rng.random()
            verdict, reason, back = ACCEPTED, "", list[SendBack]()
            if lot < SENT_BACK_WHOLE:
                verdict, reason = RETURNED, "thiếu chữ ký"
            elif held and lot < SENT_BACK_WHOLE + SENT_BACK_ONE:
                back.append(SendBack(self.rng.choice(held), "xem lại ngày sinh"))
            settle = here.services.verification.settle
            try:
                settle(view.id, back, verdict, reason)
            except KnownError as error:
                # Nobody accepts over what an earlier bundle brought and was taken back.
                if error.message_id != "handover.undone_before":
                    raise
                verdict, back = RETURNED, []
                settle(view.id, back, verdict, "chờ xem lại lần giao trước")
            self.counts[f"handovers {verdict}"] += 1
            self.counts["children sent back"] += len(back)

    def _by_tier(self) -> list[Office]:
        return sorted(self.province, key=lambda one: -len(one.unit.partition("@")[0]))

    def _directly_below(self, unit: str) -> list[str]:
        others = dict.fromkeys(one.unit for one in self.province if one.unit != PROVINCE)
        return [one for one in others if self.province.above_of(one) == unit]

    def _put_on_the_way(self, sender: Office, to: str, lost: float) -> None:
        if not sender.reaches(to):
            return
        file = sender.hand_over(to)
        what = "sticks" if lost == STICKS_LOST else "receipts"
        self.counts[f"{what} on their way"] += 1
        if self.rng.random() < lost:
            file.unlink()
            self.counts[f"{what} lost"] += 1
        else:
            self.sticks.append((sender, to, file))

    def _carry_all(self) -> None:
        """The sticks arrive in any order; some later, some twice, some once more after months."""
        self.rng.shuffle(self.sticks)
        late = [one for one in self.sticks if self.rng.random() < LATE]
        for one in [one for one in self.sticks if one not in late]:
            self._arrives(*one)
            self.drawer.append(one)
        self.sticks = late
        self.counts["sticks that came late"] += len(late)
        for one in self.rng.sample(self.drawer, math.ceil(len(self.drawer) * DOUBLED / 4)):
            self._arrives(*one)

    def _arrives(self, sender: Office, to: str, file: Path) -> None:
        for one in self.province.receivers(sender, to):
            result = one.take_in(file)
            if sender in self.retired:
                assert result.reason in ("sender-revoked", ""), result
                continue
            # A bundle that was sealed before its giver had heard of a new PC of the unit.
            unheard = result.reason == "not-for-this-station"
            assert unheard or result.status in ("imported", "already"), result

    # --- what is planned

    def _happens(self, quarter: int) -> None:
        for what in PLANNED.get((len(self.communes) > 3, quarter), ()):
            if what not in self.counts:
                self.counts[what] += 1
                getattr(self, f"_{what.replace(' ', '_')}")()

    def _persons_to_be_erased(self) -> None:
        """Children who are in every old copy that is put back later, too."""
        self.to_erase: list[str] = []
        for here in [self._commune(n) for n in self.plan.erased]:
            home = here.save(Change("household", {"owner_unit": here.unit}, key="household/erased"))
            own = {"owner_unit": here.unit, "household": home.id, "full_name": ERASED_NAME}
            child = here.save(Change("child", own, key="child/erased"))
            here.save(
                Change("note", {"record": child.id, "note": f"Gọi là {ERASED_NAME}"}, key="note")
            )
            self.to_erase.append(child.id)

    def _erasures_by_law(self) -> None:
        """The province erases them; what it has not heard of is brought first."""
        top = self.province.office("P")
        for place, child in zip(self.plan.erased, self.to_erase, strict=True):
            if child not in top.ids("child"):
                here = self._commune(place)
                self.province.bring(here, self.province.above_of(here.unit))
                self.province.bring(
                    self.province.offices(self.province.above_of(here.unit))[0], PROVINCE
                )
            before = top.position()
            top.services.erasures.erase(child, "Đơn số 5")
            top.note_written_since(before)
            self.counts["persons erased by law"] += 1

    def _images_taken(self) -> None:
        """What will be put back in autumn; between now and then people go on typing."""
        self.backup = self._commune(-1).backup()
        self.images = {n: self._commune(n).image_of_home() for n in range(len(self.communes))[1:]}

    def _commune(self, place: int) -> Office:
        return self.province.offices(self.communes[place])[0]

    def _first_clone(self) -> None:
        unit = self.communes[0]
        self.province.clone(self.province.offices(unit)[0].name, f"{unit.partition('@')[0]}~copy")

    def _second_clone(self) -> None:
        """The disk of a district is copied."""
        self.province.clone("D2", "D2~copy")

    def _decree(self) -> None:
        """The first two communes become one, the third becomes two; records stay where they are."""
        top = self.province.office("P")
        one, other, split = self.communes[:3]
        new = dict.fromkeys((MERGED, PART_1, PART_2), DISTRICT_1)
        file = self.units_file("decree", new, _SECOND)
        successors = self.province.folder / "successors.csv"
        successors.write_text(
            f"old,new,share\n{one},{MERGED},whole\n{other},{MERGED},whole\n"
            f"{split},{PART_1},part\n{split},{PART_2},part\n",
            encoding="utf-8",
        )
        before, books = children_by_unit(top), invariants.books_of(top)
        top.services.references.load_units(file, successors)
        assert children_by_unit(top) == before, "I11: a decree changed a record"
        assert invariants.books_of(top) == books, "I11: a decree changed what is counted"
        scope = self.province.tree.below(MERGED)
        merged = sum(before[unit] for unit in scope)
        assert merged == before[one] + before[other], "I11: a merger conserves its children"

    def _new_offices(self) -> None:
        """PCs of the units that the decree made, enrolled by their district."""
        district = self.province.offices(DISTRICT_1)[0]
        if MERGED not in district.services.workplace.tree.units:
            self.province.bring(self.province.office("P"), DISTRICT_1)
        for unit in (MERGED, PART_1, PART_2)[: self.plan.new_offices]:
            self.enrol(DISTRICT_1, self.install(unit, unit.partition("@")[0]))
            self.clerks.communes.append(unit)

    def _division(self) -> None:
        """The province divides the pages of the split commune by village, as often as needed."""
        top, unit = self.province.office("P"), self.communes[2]
        self.province.bring(self._commune(2), DISTRICT_1)
        self.province.bring(self.province.office("D1"), PROVINCE)
        before, books = children_by_unit(top), invariants.books_of(top)
        parts = [one for one in top.services.dividing.villages(unit) if one.id]
        said = {
            one.id: "" if not one.name else PART_1 if one.name == "Thôn Một" else PART_2
            for one in parts
            if not one.goes_to
        }
        done = top.services.dividing.divide(unit, said)
        after = children_by_unit(top)
        assert sum(after.values()) == sum(before.values()), "I11: dividing changed the number"
        counted = invariants.books_of(top)
        assert counted.keys() == books.keys(), "I11: dividing changed what is counted"
        moved = sum(after[one] - before[one] for one in (PART_1, PART_2))
        assert moved == before[unit] - after[unit], "I11: a child went elsewhere"
        assert done.left_children == after[unit]
        self.counts["pages divided"] += done.households + done.children

    _second_division = _division

    def _restores(self, here: Office, go_back: Callable[[], None]) -> None:
        """A disk goes back; what was nowhere else is typed again from the paper. A page was typed
        that very day."""
        self.clerks.register_page(here, self.rng)
        before = here.op_ids()
        go_back()
        elsewhere = set().union(*(one.op_ids() for one in self.province))
        here.type_again(before - elsewhere)

    def _first_restore(self) -> None:
        here = self._commune(-1)
        self._restores(here, lambda: here.restore(self.backup))

    def _second_restore(self) -> None:
        here = self._commune(5)
        self._restores(here, lambda: here.put_store_back(self.images[5]))

    def _third_restore(self) -> None:
        here = self._commune(7)
        self._restores(here, lambda: here.put_home_back(self.images[7]))

    def _station_revoked(self) -> None:
        """A PC is given up: its last bundle is kept unread and accepted by name; a new PC comes."""
        here, district = self._commune(8), self.province.office("D2")
        district.services.authority.revoke(here.station, PASSPHRASE)
        self.clerks.register_page(here, self.rng)
        file = here.hand_over(DISTRICT_2)
        result = district.take_in(file)
        assert (result.status, result.reason) == ("rejected", "sender-revoked"), result
        (kept,) = district.services.handovers.kept.list()
        assert district.services.handovers.kept.accept(kept.bundle_id).status == "imported"
        district._remember_owners()
        self.retired.append(here)
        del self.province.replicas[here.name]
        here.close()
        self.enrol(DISTRICT_2, self.install(here.unit, f"{here.name}-new"))

    def _import_set_aside(self) -> None:
        """A district takes back what a commune brought; in the next quarter it counts again."""
        here, district = self._commune(3), self.province.office("D1")
        self.clerks.register_page(here, self.rng)
        self.set_aside = self._taken_back(here, district)

    def _taken_back(self, here: Office, district: Office) -> str:
        received = district.take_in(here.hand_over(district.unit)).received
        assert received is not None
        district.services.handovers.undo.set_aside(received.handover, "sai sổ")
        return received.handover

    def _import_released(self) -> None:
        self.province.office("D1").services.handovers.undo.release(self.set_aside)

    # --- the end

    def settle(self) -> int:
        """The last sticks arrive, clocks are right, and everybody talks without mishap until all
        agree; how many rounds that took, from the last new id on."""
        for one in self.province:
            one.wrong_clock = None
        for stick in self.sticks:
            self._arrives(*stick)
        self.sticks = []
        quiet = 0
        while quiet < 2 and any(one.shares_its_id for one in self.province):
            before = self.new_ids
            self.province.full_round()
            self.counts["rounds of healing"] += 1
            quiet = 0 if self.new_ids != before else quiet + 1
        waits = any(one.operations(State.WAITING) for one in self.province)
        for done in range(1, 3 if waits else 2):
            before = set(self._operations())
            self.province.full_round()
            # Every handover of a round is noted by its giver once it lies on the stick, and by its
            # receiver when it was taken in: that goes with the next bundle.
            self.apart = {
                op_id
                for op_id, one in self._operations().items()
                if one.ent_type == "handover" and op_id not in before
            }
            found = invariants.disagreement(self.province, self.apart) or self._counted_otherwise()
            if found is None:
                return done
        raise AssertionError(found)

    def _counted_otherwise(self) -> str | None:
        """What keeps I11: what copies of one disk refuse each for itself takes a round more to be
        told below them."""
        try:
            invariants.check_i11_children_are_conserved(self.province)
        except AssertionError as error:
            return str(error)
        return None

    def _operations(self) -> dict[bytes, Operation]:
        return {
            op_id: known.operation for one in self.province for op_id, known in one.log().items()
        }

    def take_the_last_import_back(self) -> None:
        """After all agreed a commune hands over once more, and its district sets that aside."""
        here = self._commune(4)
        self.clerks.register_page(here, self.rng)
        self._taken_back(here, self.province.offices(DISTRICT_1)[0])

    def values_held(self) -> int:
        """The values of all operations that people typed and that somebody holds, counted anew."""
        held: dict[bytes, int] = {}
        for one in self.province:
            for op_id, known in one.log().items():
                held[op_id] = len(naive.groups_of(known.operation))
        return sum(held.get(op_id, 0) for op_id in self.province.typed)

    @property
    def new_ids(self) -> int:
        return sum(n for name, n in self.counts.items() if name.startswith("new ids"))

    def close(self) -> None:
        self.province.close()


#: (the whole year?, quarter) → what happens in it, between the handovers up and those down.
PLANNED: dict[tuple[bool, int], tuple[str, ...]] = {
    (False, 1): ("persons to be erased", "images taken", "first clone", "decree"),
    (False, 2): ("new offices", "division", "erasures by law", "first restore"),
    (True, 1): ("persons to be erased", "images taken", "first clone"),
    (True, 2): ("decree", "erasures by law", "first restore", "station revoked"),
    (True, 3): ("new offices", "division", "second restore", "second clone", "import set aside"),
    (True, 4): ("third restore", "import released", "second division"),
}


def children_by_unit(office: Office) -> Counter[str]:
    """Owner → the children shown there; also those that no unit counts."""
    return Counter(invariants.counted_children(office).values())


def where_every_value_is(year: Year) -> Counter[str]:
    """Every value ever typed, by where it stands: at the province, else with whoever holds it."""
    province = year.province
    top, *others = sorted(
        (invariants.View(one) for one in province), key=lambda view: len(view.replica.unit)
    )
    sums: Counter[str] = Counter()
    erased = invariants.left_by_law(top)
    for op_id, (change, _) in province.typed.items():
        view = next((one for one in (top, *others) if op_id in one.log), None)
        if view is None:
            assert op_id in province.typed_again, f"I4: a value of a {change.entity} is nowhere"
            sums["gone with a disk and typed again"] += len(change.values)
            continue
        known = view.log[op_id]
        if op_id in erased:
            sums["erased by law"] += len(naive.groups_of(known.operation))
            continue
        for group in naive.groups_of(known.operation):
            if known.state is not State.ACCEPTED:
                sums[known.state.value.replace("_", " ")] += 1
                continue
            where = invariants.where_is(view, known.operation, group, province.seen_by)
            assert where is not None, f"I4: a value of {group} is nowhere"
            sums[where] += 1
    return sums
