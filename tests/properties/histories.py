"""Random histories of a fleet: what clerks, sticks, disks and one insider do to it.

A history is a list of (step, number) that follows from a seed drawn by hypothesis. The number
seeds every choice inside the step, so that steps can be left out to find the few that matter; a
step that has nothing to act on does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from app.history.door import Direction, Reason, State, pair_key
from app.history.entities import ENTITIES, REFERENCES, Family
from app.history.operation import Operation, Value
from app.ids import derived_id
from app.models.log import last_position
from app.models.materialising import Touched
from app.models.queries.called_same import DUPLICATE
from app.models.work import Change
from app.services.erasures import write_erasure
from app.sync.apply import release, take_back
from app.sync.delivery import direction_of
from tests.properties import insider
from tests.properties.deaths import killed
from tests.properties.fleet import (
    COMMUNES,
    PARENTS,
    PROVINCE,
    TREE,
    Fleet,
    Replica,
    Sent,
    is_signed,
)

NAMES = ("Trần An", "Trần Ân", "Lò Thị Bua", "Y Khánh", "Sùng A Páo")
FIELDS: dict[str, dict[str, tuple[Value, ...]]] = {
    "child": {
        "full_name": NAMES,
        "sex": ("1", "2", None),
        "birth_date": ("2019", "2019-05", "2019-05-01"),
        "grade": (1, 2, None),
        "schooling_status": ("in", "out"),
        "father_status": ("alive", "dead", "away"),
        "father_name": (*NAMES, None),
        "disability_types": (["a", "b"], ["b"], None),
        "complete": (True, False),
        "field_of_a_newer_form": ("x", "y"),
    },
    "household": {
        "head_name": NAMES,
        "household_no": ("12", "100.1", None),
        "village": ("v1", "v2"),
        "poverty_status": ("poor", "near", None),
        "poverty_year": (2024, 2025),
        "phone": ("0900000001", None),
    },
    "circumstance": {
        "subgroups": (["C04.1"], ["C04.1", "C04.2"]),
        "circumstance_from": ("2020", "2021"),
        "circumstance_to": ("2024", None),
    },
    "life_event": {"event_date": ("2024-01-02", "2024-01-03"), "event_place": ("x", "y")},
    "village": {"name": ("Thôn 1", "Thôn 2"), "list_order": (1, 2)},
    "review": {"result": ("checked", "returned")},
    "person": {"full_name": NAMES, "title": ("x", "y", None), "active": (True, False)},
    "note": {"note": ("x", "y", None), "about": ("full_name", None)},
    "book": {
        "book_number": ("1", "2"),
        "issued_on": ("2026-03-01", "2026-03-02", None),
        "issued_to": NAMES,
        "households": (40, 41),
    },
    "enumerator": {"full_name": NAMES, "villages": (["v1"], ["v1", "v2"], None)},
    "match_decision": {"verdict": ("same", "different", "open"), "reason": ("x", "y", None)},
}
#: A decision about two children is taken back by another one.
HIDEABLE = tuple(name for name in FIELDS if ENTITIES[name].family is not Family.PAIR)
#: What a person's data stand in.
ERASABLE = ("child", "household", "person", "enumerator", "circumstance", "life_event", "note")
#: How often each step is drawn.
WEIGHTS = {
    "create": 5,
    "create_below": 5,
    "decide": 4,
    "hand_over": 4,
    "confirm": 6,
    "edit": 12,
    "open_page": 4,
    "save_page": 8,
    "edit_under_a_page": 4,
    "hide": 3,
    "show_again": 1,
    "move": 5,
    "leave": 5,
    "take_in": 5,
    "pair": 4,
    "resolve": 6,
    "send": 12,
    "send_past_a_tier": 3,
    "deliver": 14,
    "answer_one": 4,
    "deliver_everywhere": 8,
    "lose": 3,
    "carry_home": 6,
    "clone": 2,
    "take_image": 3,
    "restore": 3,
    "set_clock": 2,
    "insider": 3,
    "insider_variants": 4,
    "die_receiving": 3,
    "die_saving": 1,
    "die_setting_aside": 1,
    "die_releasing": 1,
    "die_sending": 1,
    "erase": 3,
    "set_aside": 1,
    "release": 1,
}
STEPS = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
#: Before which statement a PC dies: a save has ten at most, a bundle forty and more.
STATEMENTS = (*[*range(1, 10)] * 2, *range(10, 50, 4), 1000)
BEGIN = [*["create"] * 5, "create_below", "create_below", *["carry_home"] * 3]
seeds = st.integers(0, 2**32 - 1)


def steps_of(seed: int) -> list[tuple[str, int]]:
    """The history of a seed: a few records that everybody has, then anything."""
    rng = Random(seed)
    names = BEGIN + [rng.choice(STEPS) for _ in range(rng.randrange(25, 75))]
    return [(name, rng.getrandbits(32)) for name in names]


class History:
    """One run over a fleet. `sticks` are on their way; `images` lie in drawers."""

    def __init__(self, fleet: Fleet | None = None) -> None:
        self.fleet = fleet or Fleet()
        self.counts = self.fleet.counts
        self.sticks: list[Sent] = []
        self.images: list[tuple[Replica, object]] = []
        self.forged: set[bytes] = set()
        self.disasters = 0
        self.copies = 0
        self.set_aside_at: list[Replica] = []

    def run(self, steps: list[tuple[str, int]]) -> None:
        """Do the steps in order."""
        for name, seed in steps:
            step: Callable[[Random], None] = getattr(self, f"do_{name}")
            step(Random(seed))

    # --- who and what

    def anyone(self, rng: Random) -> Replica:
        return rng.choice(list(self.fleet))

    def holder(self, rng: Random) -> Replica:
        """Somebody who has records, if there is such a PC."""
        holding = [one for one in self.fleet if one.ids("child") or one.ids("household")]
        return rng.choice(holding or list(self.fleet))

    def clerk(self, rng: Random) -> Replica:
        return rng.choice([one for one in self.fleet if one.unit in COMMUNES])

    def record(self, rng: Random, here: Replica, *types: str) -> tuple[str, str] | None:
        wanted = types or tuple(FIELDS)
        found = [(name, ent_id) for name in wanted for ent_id in here.ids(name)]
        return rng.choice(found) if found else None

    # --- what clerks do

    def do_create(self, rng: Random) -> None:
        here = self.clerk(rng) if rng.random() < 0.9 else self.fleet["D1"]
        owner = here.unit if here.unit in COMMUNES else rng.choice(COMMUNES[:2])
        rare = ("village", "person", "book", "enumerator")
        entity = rng.choice((*["child", "household"] * 3, *rare))
        values: dict[str, Value] = {"owner_unit": owner, **self.some_values(rng, entity)}
        # A file that two PCs import gives the same keys on both.
        key = f"{entity}/row {rng.randrange(4)}" if rng.random() < 0.4 else f"{rng.random()}"
        here.save(Change(entity, values, key=key))
        self.counts["records"] += 1

    def do_create_below(self, rng: Random) -> None:
        here = self.holder(rng)
        holder = self.record(rng, here, "child", "household")
        if holder is None:
            return
        if rng.random() < 0.6:
            episode = rng.randrange(1, 3)
            values: dict[str, Value] = {"group": "C04", "episode": episode}
            entity, key = "circumstance", f"C04/{episode}"
        else:
            entity, key = rng.choice(("life_event", "review", "note")), f"{rng.random()}"
            values = {}
        values |= {"record": holder[1], **self.some_values(rng, entity)}
        here.save(Change(entity, values, key=key))
        self.counts["sub-records"] += 1

    def do_decide(self, rng: Random) -> None:
        """Somebody who holds two children says whether they are one."""
        here = self.holder(rng)
        children = here.ids("child")
        if len(children) < 2:
            return
        first, second = sorted(rng.sample(children, 2))
        ent_id = derived_id(first, pair_key(second))
        if ent_id in here.ids("match_decision"):
            values = self.some_values(rng, "match_decision")
            here.save_page(here.open_page("match_decision", ent_id), values)
        else:
            pair: dict[str, Value] = {"record": first, "other_child": second}
            verdict = rng.choice(("same", "same", "different", "open"))
            basis = rng.choice((DUPLICATE, DUPLICATE, "move"))
            said: dict[str, Value] = {"verdict": verdict, "basis": basis}
            if rng.randrange(3):
                said["decided_by"] = here.name
            here.save(Change("match_decision", {**pair, **said}))
        self.counts["decisions about two children"] += 1

    def do_hand_over(self, rng: Random) -> None:
        """A unit writes the upper half of a record of handover."""
        here = self.holder(rng)
        to = PARENTS[here.unit]
        if to is None:
            return
        key = f"bundle {rng.randrange(3)}"
        half: dict[str, Value] = {"sent_to": to, "sent_households": rng.randrange(9)}
        self.write_half(here, here.unit, key, half)
        self.counts["handovers"] += 1

    def do_confirm(self, rng: Random) -> None:
        """A unit above writes its own half, whether or not the giver's has come."""
        here = rng.choice([one for one in self.fleet if one.unit not in COMMUNES])
        tier = TREE.tier(here.unit)
        below = [unit for unit in TREE.below(here.unit) if unit != here.unit]
        half: dict[str, Value] = {f"received_{tier}_households": rng.randrange(9)}
        if rng.random() < 0.4:
            half = {f"verdict_{tier}": rng.choice(("accepted", "returned"))}
        self.write_half(here, rng.choice(below), f"bundle {rng.randrange(3)}", half)
        self.counts["halves of handovers written above"] += 1

    def write_half(self, here: Replica, owner: str, key: str, half: dict[str, Value]) -> None:
        ent_id = derived_id(owner, key)
        if ent_id in here.ids("handover"):
            here.save_page(here.open_page("handover", ent_id), half)
        else:
            here.save(Change("handover", {"owner_unit": owner, **half}, key=key))

    def some_values(self, rng: Random, entity: str) -> dict[str, Value]:
        fields = FIELDS[entity]
        names = rng.sample(sorted(fields), rng.randrange(1, min(4, len(fields)) + 1))
        return {name: rng.choice(fields[name]) for name in names}

    def do_edit(self, rng: Random) -> None:
        here = self.holder(rng)
        found = self.record(rng, here)
        if found is not None:
            page = here.open_page(*found)
            here.save_page(page, self.some_values(rng, found[0]))

    def do_open_page(self, rng: Random) -> None:
        here = self.holder(rng)
        found = self.record(rng, here)
        if found is not None:
            here.pages.append(here.open_page(*found))

    def do_save_page(self, rng: Random) -> None:
        """A page opened long ago is saved: what it was loaded with is what its writer had seen."""
        pages = [(here, page) for here in self.fleet for page in here.pages]
        if not pages:
            return
        here, page = rng.choice(pages)
        accepted = {one.op_id for one in here.accepted()}
        if not accepted.issuperset(page.base):
            here.pages.remove(page)  # the page's own operation was turned back: it is loaded anew
            return
        if here.save_page(page, self.some_values(rng, page.entity)).op_id is not None:
            self.counts["saves from open pages"] += 1

    def do_edit_under_a_page(self, rng: Random) -> None:
        """A page is open here while a correction of the same record comes from elsewhere, and is
        then saved: what its clerk had not seen may not be overwritten in silence."""
        here = self.holder(rng)
        found = self.record(rng, here)
        if found is None:
            return
        near = [
            one
            for one in self.fleet
            if one is not here
            and one.station != here.station
            and found[1] in one.ids(found[0])
            and (one.unit == here.unit or here.unit in (PARENTS[one.unit], PARENTS.get(one.unit)))
        ]
        near += [
            one
            for one in self.fleet.of_unit(PARENTS[here.unit] or "")
            if found[1] in one.ids(found[0])
        ]
        if not near:
            return
        there = rng.choice(near)
        page = here.open_page(*found)
        values = self.some_values(rng, found[0])
        there.save_page(there.open_page(*found), values)
        here.receive(there.send(here.unit))
        if {one.op_id for one in here.accepted()}.issuperset(page.base):
            other = {name: rng.choice(FIELDS[found[0]][name]) for name in values}
            here.save_page(page, other)
            self.counts["saves over what had arrived"] += 1

    def do_hide(self, rng: Random) -> None:
        here = self.holder(rng)
        found = self.record(rng, here, *HIDEABLE)
        if found is None:
            return
        values: dict[str, Value] = {"_deleted": True}
        if ENTITIES[found[0]].family is Family.ROOT:
            values = {"entered_in_error": True, "hidden_reason": "twice"}
            if rng.random() < 0.3:
                others = here.ids(found[0])  # itself among them
                values = {"merged_into": rng.choice(others), "hidden_reason": "same"}
        page = rng.choice([p for p in here.pages if (p.entity, p.id) == found] or [None])
        if page is not None and {one.op_id for one in here.accepted()}.issuperset(page.base):
            here.save_page(page, values)
        else:
            here.save_page(here.open_page(*found), values)
        self.counts["hidings"] += 1

    def do_show_again(self, rng: Random) -> None:
        here = self.holder(rng)
        found = self.record(rng, here, *HIDEABLE)
        if found is not None:
            names = ("_deleted",)
            if ENTITIES[found[0]].family is Family.ROOT:
                names = ("entered_in_error", "merged_into")
            here.save_page(here.open_page(*found), dict.fromkeys(names))

    def do_move(self, rng: Random) -> None:
        here = self.holder(rng)
        found = self.record(rng, here, "child", "child", "household")
        if found is None:
            return
        to = rng.choice([*COMMUNES, *COMMUNES, "outside", "unknown"])
        if here.save_page(here.open_page(*found), {"owner_unit": to}).op_id is not None:
            self.counts["moves"] += 1

    def do_leave(self, rng: Random) -> None:
        """A child moves out, wherever to; its event says when, or nobody can."""
        here = self.holder(rng)
        found = self.record(rng, here, "child")
        if found is None:
            return
        event: dict[str, Value] = {"record": found[1], "event": "moved_out"}
        if rng.random() < 0.8:
            event["event_date"] = rng.choice(("2024-01-02", "2026-08-01", "2026-08"))
        here.save(Change("life_event", event, key=f"{rng.random()}"))
        to = rng.choice([*self.units(), "outside", "unknown"])
        gone: dict[str, Value] = {"life_status": "MOVED_OUT", "owner_unit": to}
        if here.save_page(here.open_page(*found), gone).op_id is not None:
            self.counts["children who left"] += 1

    def units(self) -> Sequence[str]:
        """Where a child may move to."""
        return COMMUNES

    def do_take_in(self, rng: Random) -> None:
        """Who came is put into the book, there or on behalf of it."""
        here = self.holder(rng)
        scope = self.fleet.tree.below(here.unit)
        came = [
            ent_id
            for ent_id in here.ids("child")
            if (row := here.row("child", ent_id)) is not None
            and row.get("life_status") == "MOVED_OUT"
            and row.get("owner_unit") in scope
        ]
        if came:
            page = here.open_page("child", rng.choice(came))
            here.save_page(page, {"life_status": "ACTIVE"})
            self.counts["children taken in"] += 1

    def do_pair(self, rng: Random) -> None:
        """Above both books somebody says that one who left and one who came are the same."""
        here = rng.choice([one for one in self.fleet if one.unit not in self.units()])
        rows = {ent_id: here.row("child", ent_id) or {} for ent_id in here.ids("child")}
        left = [one for one, row in rows.items() if row.get("life_status") == "MOVED_OUT"]
        came = [
            one
            for one, row in rows.items()
            if row.get("life_status") in (None, "ACTIVE") and row.get("owner_unit") in self.units()
        ]
        if not left or not came:
            return
        one, other = rng.choice(left), rng.choice(came)
        first, second = sorted((one, other))
        ent_id = derived_id(first, pair_key(second))
        if ent_id in here.ids("match_decision"):
            here.save_page(here.open_page("match_decision", ent_id), {"verdict": "same"})
        else:
            pair: dict[str, Value] = {"record": first, "other_child": second, "verdict": "same"}
            here.save(Change("match_decision", pair))
        page = here.open_page("child", one)
        page.loaded.pop("owner_unit", None)
        here.save_page(page, {"owner_unit": rows[other]["owner_unit"]})
        self.counts["moves paired"] += 1

    def do_resolve(self, rng: Random) -> None:
        """A person decides: an ordinary save based on all heads that writes the whole group."""
        here = self.holder(rng)
        open_here = sorted(here.dump()["conflict"].values())
        if not open_here:
            return
        ent_id, group, ent_type, heads = rng.choice(open_here)
        by_id = {one.op_id: one for one in here.accepted()}
        chosen = by_id[rng.choice([heads[at : at + 32] for at in range(0, len(heads), 32)])]
        from tests.properties import naive

        page = here.open_page(ent_type, ent_id)
        body = chosen.body or {}
        values = {
            name: body.get(name) for name in naive.fields_of(ent_type, group) if name != "_seen"
        }
        # As a page of conflicts does: every field of the group counts as changed.
        for name in values:
            page.loaded.pop(name, None)
        if all(value is None for value in values.values()):
            return
        here.save_page(page, values)
        self.counts["decisions"] += 1

    # --- what sticks do

    def do_send(self, rng: Random) -> None:
        here = self.anyone(rng)
        to = [unit for unit in PARENTS if direction_of(TREE, unit, here.unit) is not None]
        near = [u for u in to if u in (PARENTS[here.unit], here.unit) or PARENTS[u] == here.unit]
        self.sticks.append(here.send(rng.choice(near)))

    def do_send_past_a_tier(self, rng: Random) -> None:
        """The province hands down to a commune without its district; or it does so with its half of
        a handover, which the commune then brings up to a district that has not heard of it."""
        here, commune = rng.choice(self.fleet.of_unit(PROVINCE)), rng.choice(COMMUNES)
        self.counts["bundles sent past a tier"] += 1
        if rng.random() < 0.5:
            self.sticks.append(here.send(commune))
            return
        half: dict[str, Value] = {"received_province_households": rng.randrange(9)}
        self.write_half(here, commune, f"bundle {rng.randrange(3)}", half)
        self.fleet.carry(here, commune)
        district = str(PARENTS[commune])
        for one in self.fleet.of_unit(commune):
            self.fleet.carry(one, district)
        for one in self.fleet.of_unit(district):
            self.fleet.carry(one, commune)

    def receivers(self, sent: Sent) -> list[Replica]:
        of_unit = self.fleet.of_unit(sent.delivery.to)
        return [one for one in of_unit if one.station != sent.delivery.station]

    def do_deliver(self, rng: Random) -> None:
        """Any stick on its way arrives somewhere; sometimes it stays in the pocket for later."""
        if not self.sticks:
            return
        sent = rng.choice(self.sticks)
        receivers = self.receivers(sent)
        if not receivers:
            return
        receiver = rng.choice(receivers)
        self.deliver(rng, sent, receiver)
        if rng.random() < 0.6:
            self.sticks.remove(sent)

    def do_deliver_everywhere(self, rng: Random) -> None:
        if self.sticks:
            sent = rng.choice(self.sticks)
            for one in self.receivers(sent):
                self.deliver(rng, sent, one)
            self.sticks.remove(sent)

    def deliver(self, rng: Random, sent: Sent, receiver: Replica) -> None:
        if rng.random() < 0.15:
            self.split_and_shuffled(rng, sent, receiver)
        outcome = receiver.receive(sent)
        self.counts["bundles delivered"] += 1
        if outcome is not None and rng.random() < 0.15:
            self.again(sent, receiver)

    def do_answer_one(self, rng: Random) -> None:
        """One PC of a unit with several fetches what is new and answers; its neighbour gets
        nothing, neither from above nor from the one beside."""
        here = rng.choice([one for one in self.fleet if len(self.fleet.of_unit(one.unit)) > 1])
        above = self.fleet.of_unit(PARENTS[here.unit] or "")
        if above:
            upper = rng.choice(above)
            here.receive(upper.send(here.unit))
            upper.receive(here.send(upper.unit))
            self.counts["answers of one PC of several"] += 1

    def do_lose(self, rng: Random) -> None:
        if self.sticks:
            self.sticks.remove(rng.choice(self.sticks))
            self.counts["bundles lost"] += 1

    def do_carry_home(self, rng: Random) -> None:
        """A whole exchange that goes well, so that histories get somewhere."""
        here = self.anyone(rng)
        above = PARENTS[here.unit]
        if above is not None:
            self.fleet.carry(here, above)
            for one in self.fleet.of_unit(above):
                self.fleet.carry(one, here.unit)

    def split_and_shuffled(self, rng: Random, sent: Sent, receiver: Replica) -> None:
        """I3 on two copies of the receiver: whole and in order, split and shuffled."""
        direction = direction_of(TREE, sent.delivery.unit, receiver.unit)
        moves = any("owner_unit" in (o.body or {}) and o.parents for o in sent.operations)
        if direction is Direction.BELOW and moves:
            return  # the door judges by what stood before the bundle, so a split may tell
        whole, pieces = (self.fleet.copy(receiver, f"i3-{n}") for n in range(2))
        with whole.store.write("x") as work:
            if _known(work, sent):
                whole.store.close()
                pieces.store.close()
                return
        whole.receive(sent)
        operations = list(sent.operations)
        rng.shuffle(operations)
        cuts = sorted(rng.sample(range(len(operations) + 1), min(2, len(operations))))
        bounds = list(zip([0, *cuts], [*cuts, len(operations)], strict=True))
        for n, (start, end) in enumerate(bounds):
            part = replace(sent, operations=tuple(operations[start:end]), bundle_id=bytes([n] * 32))
            pieces.receive(part)
        one = {op_id: known.state for op_id, known in whole.log().items()}
        other = {op_id: known.state for op_id, known in pieces.log().items()}
        assert one == other, "I3: the states depend on the order or on the split"
        assert whole.dump() == pieces.dump(), "I3: the rows depend on the order or on the split"
        self.counts["bundles split and shuffled on a copy"] += 1
        whole.store.close()
        pieces.store.close()

    def again(self, sent: Sent, receiver: Replica) -> None:
        """I2: the same operations in another bundle change no row and no state."""
        rows, states = receiver.dump(), receiver.states()
        later = replace(sent, bundle_id=bytes(31) + bytes([1 + len(sent.operations) % 250]))
        later = replace(later, delivery=replace(sent.delivery, refused=sent.delivery.refused))
        outcome = receiver.receive(later)
        if outcome is not None:
            assert outcome.accepted == 0, "I2: something was accepted twice"
            assert receiver.dump() == rows, "I2: importing twice is not importing once"
            assert receiver.states() == states, "I2: importing twice changed a state"
            self.counts["bundles imported again"] += 1

    # --- what disks and clocks do

    def do_clone(self, rng: Random) -> None:
        if self.copies >= 2:
            return
        here = self.anyone(rng)
        self.copies += 1
        copy = self.fleet.copy(here, f"copy{self.copies}")
        self.fleet.replicas[copy.name] = copy
        here.shares_its_id = copy.shares_its_id = True
        self.disasters += 1
        self.counts["clones"] += 1

    def do_take_image(self, rng: Random) -> None:
        here = self.anyone(rng)
        self.images.append((here, here.image()))

    def do_restore(self, rng: Random) -> None:
        if not self.images:
            return
        here, image = rng.choice(self.images)
        proper = rng.random() < 0.5
        here.put_back(image, new_replica=proper)
        here.shares_its_id |= not proper
        self.disasters += 1
        self.counts["restores"] += 1

    def do_set_clock(self, rng: Random) -> None:
        self.anyone(rng).wall = rng.choice((1_025_000_000, 1_700_000_000, 4_090_000_000))
        self.counts["clocks set wrong"] += 1

    # --- what people set aside

    def do_set_aside(self, rng: Random) -> None:
        self.set_aside(rng, self.holder(rng))

    def set_aside(self, rng: Random, here: Replica) -> None:
        brought = [
            o for o in here.accepted() if here.brought.get(o.op_id) and o.ent_type not in REFERENCES
        ]
        if not brought:
            return
        some = rng.sample(brought, min(3, len(brought)))
        with here.store.write("person") as work:
            touched = Touched()
            pairs = [(o.ent_id, o.op_id) for o in some]
            take_back(work, pairs, State.SET_ASIDE, Reason.DROPPED_HERE, touched)
            work.bring_up_to_date(touched)
            work.commit()
        self.counts["operations set aside by a person"] += len(some)

    def do_erase(self, rng: Random) -> None:
        """The province erases a person by law, on one of its PCs."""
        here = rng.choice(self.fleet.of_unit(PROVINCE))
        found = self.record(rng, here, *ERASABLE)
        if found is None:
            return
        self.counts["operations erased by law"] += erase(here, *found)
        self.counts["erasures by law"] += 1

    def do_release(self, rng: Random) -> None:
        self.release_all(self.anyone(rng))

    def release_all(self, here: Replica) -> None:
        aside = here.operations(State.SET_ASIDE)
        if aside:
            with here.store.write("person") as work:
                pairs = [(one.ent_id, one.op_id) for one in aside.values()]
                release(work, TREE, pairs, is_signed)
                work.commit()
            for one in aside:
                here.brought.setdefault(one, set()).add((Direction.BESIDE, here.unit))

    # --- what an insider does

    def do_insider(self, rng: Random) -> None:
        """A commune's PC adds well-formed operations on records that are not its own."""
        self._insider(rng, insider.forge, "operations forged")

    def do_insider_variants(self, rng: Random) -> None:
        """It puts members of what others wrote to its own use, and signs heads that lie."""
        self._insider(rng, insider.some_variants, "operations put to an insider's use")

    def _insider(
        self, rng: Random, make: Callable[[Random, Replica, Replica], list[Operation]], what: str
    ) -> None:
        here = self.clerk(rng)
        above = str(PARENTS[here.unit])
        sent = here.send(above)
        victim = rng.choice(self.fleet.of_unit(above))
        made = make(rng, here, victim)
        if not made:
            self.sticks.append(sent)
            return
        stick = insider.sealed_with(rng, sent, made, rng.choice(victim.accepted()))
        here.shares_its_id = True  # its key has signed two bundles of one number
        invented = {one.op_id for one in made}
        self.forged |= invented
        self.fleet.invented |= invented
        self.counts[what] += len(made)
        for one in self.fleet.of_unit(above):
            insider.receive_from_insider(one, here.unit, stick, invented)

    # --- how PCs die

    def do_die_receiving(self, rng: Random) -> None:
        """I12: it dies on the way and gets the stick again; that comes to what one whole time
        comes to on a copy of it."""
        found = [(sent, one) for sent in self.sticks for one in self.receivers(sent)]
        if not found:
            return
        sent, here = rng.choice(found)
        whole = self.fleet.copy(here, "i12")
        outcome = whole.receive(sent)
        if outcome is not None and outcome.renewed is None:
            done = self._dies(rng, here, lambda: here.receive(sent))
            again = here.receive(sent)
            assert (again is None) is done, "I12: a bundle is known and was not taken in"
            assert here.states() == whole.states(), "I12: given again it left other states"
            assert here.dump() == whole.dump(), "I12: given again it left other rows"
        whole.store.close()

    def do_die_saving(self, rng: Random) -> None:
        here = self.clerk(rng)
        found = self.record(rng, here, "child", "household")
        if found is None:
            return
        page, values = here.open_page(*found), self.some_values(rng, found[0])
        self._dies(rng, here, lambda: here.save_page(page, values))

    def do_die_setting_aside(self, rng: Random) -> None:
        here = self.holder(rng)
        self._dies(rng, here, lambda: self.set_aside(rng, here))

    def do_die_releasing(self, rng: Random) -> None:
        here = self.anyone(rng)
        self._dies(rng, here, lambda: self.release_all(here))

    def do_die_sending(self, rng: Random) -> None:
        """What is noted of a bundle that left nowhere costs a number at most."""
        here = self.anyone(rng)
        above = PARENTS[here.unit]
        if above is not None:
            here.send(above)  # the scope of its first bundle is noted in a transaction of its own
            self._dies(rng, here, lambda: here.send(above))

    def _dies(self, rng: Random, here: Replica, act: Callable[[], object]) -> bool:
        done = killed(here, rng.choice(STATEMENTS), act)
        self.counts[f"deaths {'after' if done else 'before'} the commit"] += 1
        return done

    # --- the end of every history

    def settle(self, *, beside: bool) -> int:
        """Sets aside are released; then full rounds until all agree, `beside` with bundles among
        the PCs of one unit, or by way of the unit above alone.

        Returns how many rounds it took; raises AssertionError after those that I9 allows: one, two
        where something waits. They are counted from the new id of every copied or restored image,
        which the PCs have to find out themselves.
        """
        from tests.properties.invariants import disagreement, lost_above

        for one in self.fleet:
            self.release_all(one)
        self.heal()
        waits = any(one.operations(State.WAITING) for one in self.fleet)
        for done in (1, 2):
            freed = self.counts["operations freed"]
            self.fleet.full_round(beside=beside)
            found = disagreement(self.fleet, lost_above(self.fleet))
            if found is None:
                # What was freed on the way down, also out of everybody's scope, goes up once more.
                self.fleet.full_round()
                return done
            if not waits and self.counts["operations freed"] == freed:
                break
        raise AssertionError(found)

    def heal(self) -> None:
        """Full rounds until nobody takes a new id any more: in one the fork is seen, in the next
        its proof arrives."""
        quiet = 0
        while quiet < 2 and any(one.shares_its_id for one in self.fleet):
            before = self.new_ids
            self.fleet.full_round()
            self.counts["rounds of healing"] += 1
            quiet = 0 if self.new_ids != before else quiet + 1

    @property
    def new_ids(self) -> int:
        return sum(n for name, n in self.counts.items() if name.startswith("new ids"))


def erase(here: Replica, entity: str, ent_id: str) -> int:
    """The province erases a record by law; returns how many operations lose their body."""
    heads = here.heads(entity, ent_id)
    with here.writing() as work:
        before = last_position(work.connection)
        plan = write_erasure(work, entity, ent_id, "Đơn số 5", here.name, "2026-06-01")
        work.commit()
    for op_id, written in here.since(before).items():
        known = heads if written.ent_id == ent_id else ()
        here.fleet.seen_by[op_id] = frozenset(known)
    return plan.operations


def _known(work, sent: Sent) -> bool:
    from app.models import lines

    return lines.already_received(work.connection, sent.bundle_id)
