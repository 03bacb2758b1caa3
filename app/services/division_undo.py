"""Taking the division of a unit back: what it moved goes back under the old unit, by villages.

A compensating act, not a removal: the province writes `owner_unit` once more, on top of what the
division wrote. A village goes back whole, with its pages and paper books, or not at all: one page
that was worked on since, or that was begun there since, keeps its village with the new unit, for
whoever wrote it has taken the village on. What was divided is read from the log, so any PC of the
province can take it back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.errors import KnownError
from app.forms.issues import Value
from app.ids import new_id
from app.models import backup
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries import dividing, register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.work import Change
from app.services.dividing import allowed_to_divide, became_of, refuse_undivided
from app.services.handover_receiving import BACKUP_HOURS
from app.services.workplace import Workplace
from app.text.fold import fold

#: The types that a division moves, in the order in which they are written back.
_MOVED = ("village", "book", "household", "child")


@dataclass(frozen=True, slots=True)
class DividedUnit:
    """A unit that was divided, with how many pages its division moved."""

    unit: str
    name: str
    households: int
    children: int


@dataclass(frozen=True, slots=True)
class VillageBack:
    """A village that a division moved, with its pages that are not hidden.

    `worked_on` are the records of it that were written since, `begun` those that were begun there
    since: with any of them the village stays with the new unit.
    """

    id: str
    name: str
    unit: str
    households: int
    children: int
    worked_on: int
    begun: int

    @property
    def stays(self) -> bool:
        """Whether something stands in the way."""
        return bool(self.worked_on or self.begun)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking a division back comes to. Numbers are of what goes back and is not hidden;
    `records` of all that is written.
    """

    unit: str
    name: str
    villages: tuple[VillageBack, ...]
    households: int
    children: int
    records: int

    @property
    def staying(self) -> tuple[VillageBack, ...]:
        """The villages that stay with the new units."""
        return tuple(one for one in self.villages if one.stays)


class DivisionUndo:
    """Use cases on divisions that were made."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def standing(self) -> list[DividedUnit]:
        """The units whose division moved pages that are still where it put them or were worked on
        there, in the order of the tree. Raises KnownError `dividing.not_province`,
        `rights.denied`.
        """
        allowed_to_divide(self._workplace)
        workplace = self._workplace
        tree = workplace.tree
        with workplace.store.read() as reading:
            left = dividing.units_that_lost_records(reading)
            units = [
                one
                for one in tree.below(workplace.unit)
                if one in left and tree.units.is_split(one) and became_of(workplace, one)
            ]
            found = [(one, self._moved(reading, one)) for one in units]
        return [
            DividedUnit(
                unit,
                tree.units.unit(unit).full_name(),
                *(_pages(entity, (one.record for one in moved)) for entity in _MOVED[2:]),
            )
            for unit, moved in found
            if moved
        ]

    def preview(self, unit: str) -> TakenBack:
        """What `take_back` would come to as everything stands now; writes nothing. Raises as it."""
        refuse_undivided(self._workplace, unit)
        with self._workplace.store.read() as reading:
            return self._plan(reading, unit).told

    def take_back(self, unit: str) -> TakenBack:
        """Write the old owner of every record of the villages that may go back, in one act. A
        backup is made first if the last is over a day old.

        Raises KnownError `dividing.nothing_divided`, `dividing.not_province`, `dividing.not_split`,
        `rights.denied`.
        """
        refuse_undivided(self._workplace, unit)
        workplace = self._workplace
        backup.if_older_than(workplace.settings, workplace.dek, BACKUP_HOURS)
        with workplace.write() as work:
            plan = self._plan(work.connection, unit)
            if plan.records:
                changes = [_back(record, unit) for record in plan.records]
                work.record_many(changes, act=new_id())
                work.audit("unit_division_undone", unit=unit, records=len(changes))
                work.commit()
        return plan.told

    def _plan(self, reading: Reading, unit: str) -> _Plan:
        moved = self._moved(reading, unit)
        if not moved:
            raise KnownError("dividing.nothing_divided", "dividing.nothing_divided_hint", unit=unit)
        became = became_of(self._workplace, unit)
        by_village = self._by_village(reading, moved)
        begun = self._begun(reading, became, moved)
        named = register.records(reading, "village", {*by_village, *begun} - {""})
        villages = [
            _village(village, named.get(village), held, begun[village])
            for village, held in by_village.items()
            if village
        ]
        villages.sort(key=lambda one: (fold(one.name), one.id))
        going = {one.id for one in villages if not one.stays}
        records = [
            one.record
            for entity in _MOVED
            for village in going
            for one in by_village[village]
            if one.record.entity == entity
        ]
        told = TakenBack(
            unit,
            self._workplace.tree.units.unit(unit).full_name(),
            tuple(villages),
            _pages("household", records),
            _pages("child", records),
            len(records),
        )
        return _Plan(records, told)

    def _moved(self, reading: Reading, unit: str) -> list[_Moved]:
        """What a division of `unit` moved and nobody has given back since."""
        became = became_of(self._workplace, unit)
        found = dividing.divided_from(reading, unit, became, self._workplace.unit)
        moved: list[_Moved] = []
        for entity in _MOVED:
            ids = sorted(one for one, named in found.items() if named.entity == entity)
            for part in chunks(ids, IDS_AT_ONCE):
                for one, record in register.records(reading, entity, set(part)).items():
                    # Every head is of the division: nobody has written on it since.
                    moved.append(_Moved(record, record.heads != (found[one].op_id,)))
        worked_on = dividing.belonging_written_since(
            reading, {one: named.position for one, named in found.items()}
        )
        return [_Moved(one.record, one.worked_on or one.record.id in worked_on) for one in moved]

    def _by_village(self, reading: Reading, moved: Sequence[_Moved]) -> dict[str, list[_Moved]]:
        """Village → what went with it; under "" what stands in none any more."""
        stands = _villages_of(reading, [one.record for one in moved])
        found: dict[str, list[_Moved]] = defaultdict(list)
        for one in moved:
            found[stands[one.record.id]].append(one)
        return found

    def _begun(
        self, reading: Reading, became: Sequence[str], moved: Sequence[_Moved]
    ) -> Counter[str]:
        """Village → records of the new units in it that no division of this unit moved there."""
        known = {one.record.id for one in moved}
        others = [
            record
            for target in became
            for entity in _MOVED[1:]
            for record in dividing.of_unit(reading, entity, target)
            if record.id not in known
        ]
        return Counter(_villages_of(reading, others).values())


@dataclass(frozen=True, slots=True)
class _Moved:
    """A record that the division moved, and whether it or what belongs to it was written since."""

    record: RecordView
    worked_on: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which records go back, and what that comes to."""

    records: Sequence[RecordView]
    told: TakenBack


def _villages_of(reading: Reading, records: Sequence[RecordView]) -> dict[str, str]:
    """Record → the village it stands in, "" for none: of a child its household's."""
    stands = {
        one.id: one.id if one.entity == "village" else str(one.values.get("village") or "")
        for one in records
        if one.entity != "child"
    }
    homes = {
        one.id: str(one.values.get("household") or "") for one in records if one.entity == "child"
    }
    known = {one: stands[one] for one in {*homes.values()} if one in stands}
    for part in chunks(sorted({*homes.values()} - known.keys() - {""}), IDS_AT_ONCE):
        known |= dividing.villages_of_households(reading, part)
    return stands | {child: known.get(home, "") for child, home in homes.items()}


def _village(
    ent_id: str, record: RecordView | None, held: Sequence[_Moved], begun: int
) -> VillageBack:
    values: Mapping[str, object] = {} if record is None else record.values
    return VillageBack(
        ent_id,
        str(values.get("name") or ""),
        str(values.get("owner_unit") or ""),
        _pages("household", (one.record for one in held)),
        _pages("child", (one.record for one in held)),
        sum(one.worked_on for one in held),
        begun,
    )


def _pages(entity: str, records: Iterable[RecordView]) -> int:
    return sum(1 for one in records if one.entity == entity and not one.hidden)


def _back(record: RecordView, unit: str) -> Change:
    values: dict[str, Value] = {"owner_unit": unit}
    base, loaded = record.heads, record.values
    return Change(record.entity, values, record.id, base=base, loaded=loaded, past_limit=True)
