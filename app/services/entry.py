"""The entry desk's own questions: lists of the register, and a household page with all around it.

Lists are ids first and pages of rows afterwards. A page is saved by `app.services.saving`, like
everything that is typed. Nothing here knows a widget.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.errors import KnownError
from app.forms.code_lists import CodeList
from app.forms.context import Holders
from app.forms.derived import defaults
from app.forms.issues import Value
from app.forms.schema import Template
from app.forms.units import with_parents
from app.history.entities import OUTSIDE, UNKNOWN
from app.i18n import in_sentence, text
from app.ids import derived_id, new_id
from app.models.queries import counting, register, rounds, second_check
from app.models.queries.following import Gone as Gone
from app.models.queries.following import gone_since
from app.models.queries.register import ChildRow as ChildRow
from app.models.queries.register import HouseholdRow as HouseholdRow
from app.models.queries.register import RecordView, RegisterFilter
from app.models.store import Reading
from app.services import saving
from app.services.conflicts import contested_fields
from app.services.judging import Judge, judge_of
from app.services.life_events.consequences import is_followed
from app.services.masking import ShownRecord, closed
from app.services.new_household import carried_to, owners_of_new, units_with_records, village_of
from app.services.on_behalf import entered_elsewhere, with_writers
from app.services.refusals import RefusedValue, refused_values
from app.services.returns import ReturnedRecord, returned_records
from app.services.rights import Right
from app.services.saving import RecordSave, Saved
from app.services.standing import Standing, standing_of
from app.services.surroundings import (
    Frame,
    frame_of,
    holders_of_number,
    other_holders,
    unit_answering,
)
from app.services.unit_views import units_called
from app.services.villages import Villages
from app.services.workplace import Workplace
from app.text.normalize import clean


@dataclass(frozen=True, slots=True)
class Choice:
    """A record that a reference field may name: its id and what people call it. `folded` is that
    without case and marks, given where there are too many to fold them at every key.
    """

    id: str
    label: str
    folded: str = ""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A household page as it stands in the store, with what its checks need to know.

    `new` is true for a household that no operation knows yet; its record then holds the values it
    starts with, and `key` is what its id was derived from. `number` and `total` say where it stands
    in its village; `following` is the next household's id, empty at the end. `choices` are, by
    field name, the records a reference may name; `shown` the texts of fields that are computed.
    `contested` are, by record, the fields that two sides wrote differently and nobody has decided.
    `returned` is what was sent back of the page and waits for whoever typed it, `refused` what a
    unit above did not take.
    `absent` is true where the household is not in this register (its children moved here without
    it, or stand in none): `household` then only says who answers for the children.
    `gone` says of which of them (the household, a child) the register follows no longer, and since
    when. What is of level A is masked; `judge` knows it and tells nobody. `answers` is the unit
    whose records they are, or were last. `elsewhere`: it is another unit, so whoever types does so
    on its behalf. `entered_by` is the unit that wrote last on some record of the page, where it is
    not the owner: somebody else typed on its behalf.
    """

    household: ShownRecord
    children: tuple[ShownRecord, ...]
    belongings: Mapping[str, tuple[ShownRecord, ...]]
    frame: Frame
    judge: Judge
    new: bool = False
    absent: bool = False
    key: str = ""
    number: int = 0
    total: int = 0
    following: str = ""
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    contested: Mapping[str, frozenset[str]] = field(default_factory=dict)
    returned: tuple[ReturnedRecord, ...] = ()
    refused: tuple[RefusedValue, ...] = ()
    gone: Mapping[str, Gone] = field(default_factory=dict)
    elsewhere: bool = False
    answers: str = ""
    entered_by: str = ""

    @property
    def forms(self) -> dict[str, Template]:
        """The forms the page is typed into: the newest ones valid for the open round, never older
        than what any of its records was last saved with.
        """
        chosen = {"household": self.frame.template_for("household", self.household.values)}
        # Forty children were last saved with one or two forms.
        saved_with = {one.values.get("template"): one.values for one in self.children}
        of_children = [self.frame.template_for("child", one) for one in saved_with.values()]
        newest = self.frame.template_for("child", {})
        chosen["child"] = max([newest, *of_children], key=lambda one: one.version)
        return chosen

    @property
    def owner(self) -> str:
        """The unit that answers for the household: the last one, once it left the province."""
        owner = str(self.household.values.get("owner_unit") or "")
        return self.answers if owner in ("", OUTSIDE, UNKNOWN) else owner


@dataclass(frozen=True, slots=True)
class VillageLine:
    """A village with its numbers. An empty id stands for households without a village, and for the
    `departed`: children who left the commune and are counted there still.
    """

    id: str
    name: str
    households: int
    children: int
    departed: bool = False


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit below with the number of its villages' records, for the offices above a commune."""

    unit: str
    name: str


def _statuses(household: RecordView, children: Sequence[RecordView]) -> dict[str, str]:
    """Record → code of `life_status` of those who are followed no longer."""
    found = {
        one.id: str(one.values.get("life_status"))
        for one in children
        if not is_followed(one.values)
    }
    if household.values.get("owner_unit") in (OUTSIDE, UNKNOWN):
        found[household.id] = "MOVED_OUT"
    return found


class Entry:
    """The use cases of the register list and the household page."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def today(self) -> date:
        """The day on the calendar of this workplace."""
        return self._workplace.today()

    # --- lists ------------------------------------------------------------------------------

    @property
    def gathers(self) -> bool:
        """Whether records come from units below: a register of a commune is typed."""
        return self._workplace.gathers

    def unit_name(self, unit: str, language: str = "vi") -> str:
        """The full name of a unit, its code when the tree does not know it."""
        found = self._workplace.tree.units.get(unit)
        return unit if found is None else found.full_name(language)

    def writer_name(self, unit: str) -> str:
        """A unit that entered something, in a word where that will do: its tier where it is this
        one or stands above it, else its name.
        """
        tree = self._workplace.tree
        if unit in tree.units and tree.covers([unit], self._workplace.unit):
            return text(f"handovers.tier.{tree.tier(unit)}")
        return in_sentence(self.unit_name(unit))

    def communes(self) -> list[UnitLine]:
        """The communes whose records this installation may hold, with something to show; a
        commune itself always has its own.
        """
        here = self._workplace.unit
        with self._workplace.store.read() as reading:
            return [
                UnitLine(one, self.unit_name(one))
                for one in units_with_records(self._workplace)
                if one == here or register.villages(reading, one)
            ]

    def owners_of_new(self, unit: str = "") -> list[UnitLine]:
        """Whose a household begun at `unit` may become ("": nothing was chosen): one unit, or those
        that somebody has to choose from, each named so that two of one name are told apart.
        """
        tree, here = self._workplace.tree.units, self._workplace.unit
        found = owners_of_new(self._workplace, unit)
        if len(found) == 1:
            return [UnitLine(found[0], self.unit_name(found[0]))]
        above = {here, *(one.ref for one in tree.ancestors(here))}
        return [
            UnitLine(
                one,
                with_parents(
                    tree.unit(one), (up for up in tree.ancestors(one) if up.ref not in above)
                ),
            )
            for one in found
        ]

    def owners_called(self, name: str, among: Collection[str]) -> tuple[str, ...]:
        """Those of some units that a written name may mean, the surest first. The first time takes
        seconds.
        """
        return units_called(self._workplace.tree.units, name, among)

    def villages(self, unit: str) -> list[VillageLine]:
        """The villages of a commune with their numbers, in the commune's order; last who left it
        and is counted there still.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            basis = counting.basis_of(reading, self._workplace.today())
            found = counting.counts_by_village(reading, unit, basis)
            left = counting.moved_away_by_unit(reading, [unit], basis).get(unit, 0)
        lines = [VillageLine(*line) for line in found]
        return [*lines, VillageLine("", "", 0, left, departed=True)] if left else lines

    def household_ids(self, unit: str = "", village: str = "") -> list[str]:
        """The households of a village (or unit) in book order."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return register.household_ids(reading, (unit,) if unit else (), village)

    def household_rows(self, ids: Sequence[str]) -> list[HouseholdRow]:
        """The rows of a page of households, with who counts of their children."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            found = with_writers(self._workplace, reading, register.household_rows(reading, ids))
            homes = {one.id for one in found}
            checked = second_check.covered(reading, homes)
            basis = counting.basis_of(reading, self._workplace.today())
            counted = counting.counts_by_household(reading, homes, basis)
        return [
            replace(one, checked=one.id in checked, counted=counted.get(one.id, 0)) for one in found
        ]

    def child_ids(
        self, words: str = "", village: str = "", unit: str = "", only_incomplete: bool = False
    ) -> list[str]:
        """The children a list shows, by given name; `words` as typed, marks and case aside."""
        self._workplace.require(Right.READ)
        wanted = RegisterFilter(
            units=(unit,) if unit else (),
            village=village,
            words=register.search_words(words),
            only_incomplete=only_incomplete,
        )
        with self._workplace.store.read() as reading:
            return register.child_ids(reading, wanted)

    def child_rows(self, ids: Sequence[str]) -> list[ChildRow]:
        """The rows of a page of children."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return with_writers(self._workplace, reading, register.child_rows(reading, ids))

    def forms(self) -> dict[str, Template]:
        """The forms of today, before any page is open; a page says its own."""
        workplace = self._workplace
        return {
            form: workplace.catalogue.newest(form, workplace.today())
            for form in ("household", "child")
        }

    def groups(self) -> CodeList:
        """The circumstances that may be declared."""
        return self._workplace.catalogue.code_list("circumstances")

    # --- one page ---------------------------------------------------------------------------

    def page(self, household_id: str, child_id: str = "") -> EntryPage | None:
        """A household page, None when nothing accepted is known of the household.

        Children whose household is not in this register have a page all the same: those that name
        the household, else `child_id` alone.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            found = register.record(reading, "household", household_id) if household_id else None
            children = register.children_of(reading, household_id) if household_id else []
            if found is not None:
                return self._page_of(reading, found, children)
            if not children and child_id:
                child = register.record(reading, "child", child_id)
                children = [] if child is None or child.hidden else [child]
            if not children:
                return None
            values = {"owner_unit": children[0].values.get("owner_unit")}
            stand_in = RecordView("household", household_id, values, (), 0, False)
            return self._page_of(reading, stand_in, children, absent=True)

    def _page_of(
        self,
        reading: Reading,
        found: RecordView,
        children: Sequence[RecordView],
        *,
        absent: bool = False,
    ) -> EntryPage:
        belongings = register.belonging_to(reading, [one.id for one in children])
        parts = [one for held in belongings.values() for one in held]
        known = [*([] if absent else [found]), *children, *parts]
        owner = str(found.values.get("owner_unit") or self._workplace.unit)
        village = str(found.values.get("village") or "")
        known_as = children[0].id if absent and children else found.id
        answers = unit_answering(self._workplace, reading, known_as, owner)
        line = [] if absent else register.household_ids(reading, (owner,), village)
        place = line.index(found.id) if found.id in line else -1
        sight = closed(self._workplace)
        return EntryPage(
            household=sight.record(found),
            children=tuple(map(sight.record, children)),
            belongings={key: sight.belongings(held) for key, held in belongings.items()},
            frame=frame_of(self._workplace, reading),
            judge=judge_of(sight, known),
            absent=absent,
            number=place + 1,
            total=len(line),
            following=line[place + 1] if 0 <= place < len(line) - 1 else "",
            choices=self._choices(reading, answers, village),
            shown=self._shown(answers),
            contested=contested_fields(reading, sight, known),
            returned=tuple(
                returned_records(
                    self._workplace, reading, self._workplace.account, [one.id for one in known]
                )
            ),
            refused=refused_values(self._workplace, reading, sight, found.id, known),
            gone=gone_since(reading, _statuses(found, children)),
            elsewhere=not self._is_own(answers),
            answers=answers,
            entered_by=self._entered_by(reading, known),
        )

    def _is_own(self, owner: str) -> bool:
        """Whether records of a unit are this one's: units that became part of it are no others."""
        here = self._workplace.unit
        own = owner in ("", OUTSIDE, UNKNOWN, here)
        return own or (
            self._workplace.tree.units.tier(owner) is self._workplace.tier
            and self._workplace.tree.covers([here], owner)
        )

    def _entered_by(self, reading: Reading, known: Sequence[RecordView]) -> str:
        owners = {
            one.id: str(one.values["owner_unit"]) for one in known if one.values.get("owner_unit")
        }
        found = entered_elsewhere(self._workplace, reading, owners)
        return next((found[one.id] for one in known if one.id in found), "")

    def new_page(
        self, unit: str = "", village: str = "", carried: Mapping[str, Value] | None = None
    ) -> EntryPage:
        """An empty page of a household of `unit`. `carried` are values taken over from the one
        before it, where that is the same unit's; a village of another unit is not taken over.

        Raises KnownError `entry.which_commune` where no unit is named and several could be meant.
        """
        owners = (unit,) if unit else owners_of_new(self._workplace)
        if len(owners) != 1:
            raise KnownError("entry.which_commune", "entry.which_commune_hint")
        owner, carried = owners[0], carried_to(owners[0], carried or {})
        with self._workplace.store.read() as reading:
            village = village_of(reading, owner, village or carried.pop("village", None))
            current = rounds.open_round(reading)
            frame = frame_of(self._workplace, reading)
            choices = self._choices(reading, owner)
            total = len(register.household_ids(reading, (owner,), village))
        template = frame.template_for("household", {})
        values: dict[str, Value] = {"owner_unit": owner, **defaults(template)}
        if current is not None:
            values["survey_round"] = current.id
        values.update(carried)
        if village:
            values["village"] = village
        key = new_id()
        record = ShownRecord("household", derived_id(owner, key), values, (), 0, False)
        return EntryPage(
            household=record,
            children=(),
            belongings={},
            frame=frame,
            judge=Judge({}),
            new=True,
            key=key,
            number=total + 1,
            total=total + 1,
            choices=choices,
            shown=self._shown(owner),
            elsewhere=not self._is_own(owner),
            answers=owner,
        )

    def _choices(
        self, reading: Reading, owner: str, held: str = ""
    ) -> dict[str, tuple[Choice, ...]]:
        """What references may name. `held` is the village the household has: it is called by its
        name, or said to be unknown, where it is none of the unit's own.
        """
        named = [
            Choice(one.id, str(one.values.get("name") or ""))
            for one in register.villages(reading, owner)
        ]
        if held and held not in {one.id for one in named}:
            named.append(Choice(held, self._village_elsewhere(reading, held)))
        known = [Choice(one.id, one.name) for one in rounds.rounds(reading)]
        return {"village": tuple(named), "survey_round": tuple(known)}

    def _village_elsewhere(self, reading: Reading, village: str) -> str:
        found = register.record(reading, "village", village)
        name = "" if found is None else str(found.values.get("name") or "")
        if found is None or not name:
            return text("entry.village_not_here")
        unit = in_sentence(self.unit_name(str(found.values.get("owner_unit") or "")))
        return text("entry.village_elsewhere", village=name, unit=unit)

    def _shown(self, owner: str) -> dict[str, str]:
        units = self._workplace.tree.units
        if owner not in units:
            return {}
        chain = (units.unit(owner), *units.ancestors(owner))
        return {f"{one.tier.value}_code": one.full_name() for one in chain}

    def holders(self, child_id: str, owner: str, personal_id: str) -> Holders:
        """The other visible children that carry a personal id, for a child of the unit `owner`."""
        workplace = self._workplace
        workplace.require(Right.READ)
        with workplace.store.read() as reading:
            frame = frame_of(workplace, reading)
            return other_holders(frame, reading, child_id, owner)(personal_id)

    def number_holders(self, village: str, number: str) -> tuple[str, ...]:
        """The households of a village that carry a household number."""
        workplace = self._workplace
        workplace.require(Right.READ)
        with workplace.store.read() as reading:
            frame = frame_of(workplace, reading)
            return tuple(holders_of_number(frame, reading, workplace.unit)(village, number))

    def add_village(self, unit: str, name: str) -> Choice:
        """A new village of a commune, or the one that bears this name already."""
        commune, villages = unit or self._workplace.unit, Villages(self._workplace)
        added = villages.add(commune, clean(name))
        return Choice(added, villages.name(added))

    def save(self, saves: Sequence[RecordSave], act: str | None = None) -> list[Saved]:
        """Save the records of one page in one transaction, each followed by its parts."""
        return saving.save(self._workplace, saves, act)

    # --- the window's own lines -------------------------------------------------------------

    def standing(self) -> Standing:
        """What the window says about itself at all times."""
        return standing_of(self._workplace)
