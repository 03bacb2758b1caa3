"""A unit whose territory went to several: the province divides its records, village by village.

A merger is read through the map of units; a split is not, because no map says which household lies
where (4-sync.md, "Unit map"). So in one act the province writes `owner_unit` of every household and
child by its village; the village itself and its paper books go along. What has no village stays
under the old unit, is counted at the province, and is told here; so does a page of which two people
say two villages or numbers, with its children, for the act would decide between them. What turns up
under the old unit later is divided by giving the act once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import KnownError
from app.forms.units import Tier
from app.history.merge_groups import group_of
from app.ids import new_id
from app.models import backup
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries import dividing, register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.undecided import open_groups
from app.models.work import Change
from app.services.handover_receiving import BACKUP_HOURS
from app.services.reference_data.files import Refused, read_lines
from app.services.rights import Right
from app.services.workplace import Workplace
from app.text.fold import fold

#: Records that are told by number, in the order of `NewPart`.
_COUNTED = ("village", "household", "child")
#: The columns of a file that says where each village went.
COLUMNS = ("village", "unit")


@dataclass(frozen=True, slots=True)
class SplitUnit:
    """A unit that was split and under which pages stand: how many, and what it became."""

    unit: str
    name: str
    households: int
    children: int
    became: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VillagePart:
    """A village of a split unit with the pages that still stand under the old unit.

    `goes_to` is the new unit that it went to when the unit was divided, "" before. `id` and `name`
    are empty for what has no village.
    """

    id: str
    name: str
    households: int
    children: int
    goes_to: str


@dataclass(frozen=True, slots=True)
class NewPart:
    """What goes to one of the new units: villages, and pages that are not hidden."""

    unit: str
    name: str
    villages: int
    households: int
    children: int


@dataclass(frozen=True, slots=True)
class Divided:
    """What dividing comes to: what goes to each new unit and together, records written by new unit
    (`to`, hidden ones as well), and the pages that stay. Among these are pages without a village,
    those of `later_villages`, for which no unit was named, and disputed ones: those of which two
    people say two villages, numbers or units.
    """

    unit: str
    households: int
    children: int
    villages: int
    parts: tuple[NewPart, ...]
    to: Mapping[str, int]
    left_households: int
    left_children: int
    homeless_households: int
    homeless_children: int
    later_villages: int
    disputed_households: int
    disputed_children: int


class Dividing:
    """Use cases on units that were split."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def standing(self) -> list[SplitUnit]:
        """Split units with pages still under them, in the order of the tree. Raises KnownError
        `dividing.not_province`, `rights.denied`.
        """
        workplace = self._workplace
        allowed_to_divide(workplace)
        tree = workplace.tree.units
        with workplace.store.read() as reading:
            held = pages_of_split_units(workplace, reading)
        return [
            SplitUnit(unit, tree.unit(unit).full_name(), *pages, became_of(workplace, unit))
            for unit, pages in held.items()
        ]

    def villages(self, unit: str) -> list[VillagePart]:
        """The villages of a split unit, what has no village last. Raises as `standing`, and
        KnownError `dividing.not_split`, `units.outside_scope`.
        """
        self._split(unit)
        with self._workplace.store.read() as reading:
            return self._villages(reading, unit)

    def _villages(self, reading: Reading, unit: str) -> list[VillagePart]:
        became = self._became(unit)
        return _parts(_pages(reading, unit, became), became)

    def divide_by(self, unit: str, path: Path) -> Divided:
        """Divide by a file of villages (`village,unit`; the name or the id of a village; no unit
        leaves it for later). Raises Refused, OSError, and what `divide` raises.
        """
        self._split(unit)
        return self.divide(unit, self._read(unit, path))

    def preview_by(self, unit: str, path: Path) -> Divided:
        """What `divide_by` would come to; writes nothing. Raises as that does."""
        self._split(unit)
        return self.preview(unit, self._read(unit, path))

    def _read(self, unit: str, path: Path) -> dict[str, str]:
        """Village → new unit, as a file says."""
        _, lines = read_lines(path, COLUMNS)
        with self._workplace.store.read() as reading:
            parts = [one for one in self._villages(reading, unit) if one.id]
        said: dict[str, str] = {}
        for line in lines:
            meant = _named(parts, line["village"])
            if len(meant) > 1:
                raise Refused("village_unclear", path.name, line=line.number, name=line["village"])
            if not meant:
                raise Refused("village_unknown", path.name, line=line.number, name=line["village"])
            if meant[0].id in said:
                raise Refused("village_twice", path.name, line=line.number, name=line["village"])
            said[meant[0].id] = line["unit"]
        return said

    def preview(self, unit: str, said: Mapping[str, str]) -> Divided:
        """What `divide` would come to as everything stands now; writes nothing. Raises as that."""
        self._split(unit)
        with self._workplace.store.read() as reading:
            return self._plan(reading, unit, said).told

    def divide(self, unit: str, said: Mapping[str, str]) -> Divided:
        """Write the new owner of every household and child of `unit` by its village, in one act. A
        backup is made first if the last is over a day old.

        `said` names for each village (its id) the new unit, "" where nobody can say yet. A village
        that went to a new unit when the unit was divided need not be named again. Raises KnownError
        `dividing.not_named` when another one is missing, `dividing.not_successor`,
        `dividing.not_province`, `dividing.not_split`, `rights.denied`.
        """
        self._split(unit)
        workplace = self._workplace
        backup.if_older_than(workplace.settings, workplace.dek, BACKUP_HOURS)
        with workplace.write() as work:
            plan = self._plan(work.connection, unit, said)
            if plan.moves:
                changes = [_change(record, target) for record, target in plan.moves]
                work.record_many(changes, act=new_id())
                work.audit("unit_divided", unit=unit, records=len(plan.moves))
                work.commit()
        return plan.told

    def _plan(self, reading: Reading, unit: str, said: Mapping[str, str]) -> _Plan:
        """What is to be written, and what it comes to."""
        became = self._became(unit)
        for target in said.values():
            if target and target not in became:
                raise KnownError(
                    "dividing.not_successor",
                    "dividing.not_successor_hint",
                    unit=target,
                    old=unit,
                    became=", ".join(became),
                )
        pages = _pages(reading, unit, became)
        parts = _parts(pages, became)
        missing = [p.name or p.id for p in parts if p.id and not p.goes_to and p.id not in said]
        if missing:
            raise KnownError(
                "dividing.not_named", "dividing.not_named_hint", villages=", ".join(missing)
            )
        targets = {p.id: said.get(p.id) or p.goes_to for p in parts if p.id}
        moves = _moves(pages, targets)
        standing = dividing.units_with_pages(reading, [unit]).get(unit, (0, 0))
        return _Plan(moves, self._told(unit, became, pages, moves, targets, standing))

    def _told(
        self,
        unit: str,
        became: Sequence[str],
        pages: _Pages,
        moves: Sequence[tuple[RecordView, str]],
        targets: Mapping[str, str],
        standing: tuple[int, int],
    ) -> Divided:
        seen = Counter((target, record.entity) for record, target in moves if not record.hidden)
        tree = self._workplace.tree.units
        given = tuple(
            NewPart(one, tree.unit(one).full_name(), *(seen[one, name] for name in _COUNTED))
            for one in became
        )
        villages, households, children = (
            sum(getattr(one, name) for one in given)
            for name in ("villages", "households", "children")
        )
        homeless = Counter(
            one.entity
            for one in (*pages.households, *pages.children)
            if not one.hidden and not pages.where[one.id] and one.id not in pages.disputed
        )
        disputed = pages.disputed_elsewhere + Counter(
            one.entity
            for one in (*pages.households, *pages.children)
            if not one.hidden and one.id in pages.disputed
        )
        return Divided(
            unit,
            households,
            children,
            villages,
            given,
            dict(Counter(target for _, target in moves)),
            standing[0] - households,
            standing[1] - children,
            homeless["household"],
            homeless["child"],
            sum(1 for one in targets.values() if not one),
            disputed["household"],
            disputed["child"],
        )

    def _split(self, unit: str) -> None:
        refuse_undivided(self._workplace, unit)

    def _became(self, unit: str) -> tuple[str, ...]:
        return became_of(self._workplace, unit)


def allowed_to_divide(workplace: Workplace) -> None:
    """Only who administers the province divides. Raises KnownError `dividing.not_province`,
    `rights.denied`.
    """
    workplace.require(Right.ADMIN)
    if workplace.tree.units.tier(workplace.unit) is not Tier.PROVINCE:
        raise KnownError("dividing.not_province", "dividing.not_province_hint")


def refuse_undivided(workplace: Workplace, unit: str) -> None:
    """Refuse a unit that is not this province's to divide. Raises as `allowed_to_divide`, and
    KnownError `dividing.not_split`, `units.outside_scope`.
    """
    allowed_to_divide(workplace)
    workplace.scope_units(unit)
    if not workplace.tree.units.is_split(unit):
        raise KnownError("dividing.not_split", "dividing.not_split_hint", unit=unit)


def became_of(workplace: Workplace, unit: str) -> tuple[str, ...]:
    """The new units that this installation may give pages of a split unit to: what went to a unit
    out of its scope would be out of its sight, too.
    """
    tree = workplace.tree
    new = [move.new for move in tree.units.successors(unit) if move.new]
    return tuple(one for one in new if tree.covers([workplace.unit], one))


def pages_of_split_units(workplace: Workplace, reading: Reading) -> dict[str, tuple[int, int]]:
    """Split unit of this province → the households and children that stand under it, in the order
    of the tree; those without any are left out.
    """
    tree = workplace.tree
    split = [
        one
        for one in tree.below(workplace.unit)
        if tree.units.is_split(one) and became_of(workplace, one)
    ]
    held: dict[str, tuple[int, int]] = {}
    for part in chunks(split, IDS_AT_ONCE):
        held |= dividing.units_with_pages(reading, part)
    return {one: held[one] for one in split if one in held}


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which records get which owner, and what that comes to."""

    moves: Sequence[tuple[RecordView, str]]
    told: Divided


@dataclass(frozen=True, slots=True)
class _Pages:
    """What stands under a split unit: its records, and where each page lies ("" for no village).

    `disputed` are records of which two people say two places, and the children of such households;
    `disputed_elsewhere` how many pages there are that several units claim.
    """

    villages: Mapping[str, RecordView]
    own_villages: Sequence[RecordView]
    books: Sequence[RecordView]
    households: Sequence[RecordView]
    children: Sequence[RecordView]
    where: Mapping[str, str]
    disputed: Collection[str]
    disputed_elsewhere: Counter[str]


def _pages(reading: Reading, unit: str, became: Sequence[str]) -> _Pages:
    own, books, households, children = (
        dividing.of_unit(reading, entity, unit)
        for entity in ("village", "book", "household", "child")
    )
    stands = {one.id: str(one.values.get("village") or "") for one in households}
    # The household of a child may have gone before it, or belong to somebody else.
    homes = {one.id: str(one.values.get("household") or "") for one in children}
    for part in chunks(sorted({*homes.values()} - stands.keys() - {""}), IDS_AT_ONCE):
        stands |= dividing.villages_of_households(reading, part)
    where = {one.id: stands[one.id] for one in households}
    where |= {child: stands.get(home, "") for child, home in homes.items()}
    known = {one.id: one for one in own if not one.hidden}
    known |= register.records(reading, "village", {*where.values()} - known.keys() - {""})
    of_others = {
        one.id for one in known.values() if one.values.get("owner_unit") not in (unit, *became)
    }
    where = {one: "" if village in of_others else village for one, village in where.items()}
    villages = {one.id: one for one in known.values() if one.id not in of_others}
    ids = {one.id for one in (*own, *books, *households, *children)}
    disputed = _disputed(reading, ids | {*homes.values()})
    disputed |= {child for child, home in homes.items() if home in disputed}
    claimed = Counter(dividing.claimed_by_others_too(reading, unit))
    return _Pages(villages, own, books, households, children, where, disputed, claimed)


def _disputed(reading: Reading, ids: Collection[str]) -> set[str]:
    """Those of which the field that the act would write is in open conflict: unit, village and
    number of a household are one statement.
    """
    return {
        ent_id
        for (entity, ent_id), groups in open_groups(reading, ids).items()
        if group_of(entity).get("owner_unit", "owner_unit") in groups
    }


def _parts(pages: _Pages, became: Sequence[str]) -> list[VillagePart]:
    """The villages of a unit with what stands under it, those without a page as well."""
    households = Counter(pages.where[one.id] for one in pages.households if not one.hidden)
    children = Counter(pages.where[one.id] for one in pages.children if not one.hidden)
    ids = {*pages.where.values(), *(one.id for one in pages.own_villages if not one.hidden)}
    found = [
        VillagePart(
            one,
            _name(pages.villages.get(one)),
            households[one],
            children[one],
            _went_to(pages.villages.get(one), became),
        )
        for one in ids - {""}
    ]
    found.sort(key=lambda part: (fold(part.name), part.id))
    if "" in ids:
        found.append(VillagePart("", "", households[""], children[""], ""))
    return found


def _name(village: RecordView | None) -> str:
    return "" if village is None else str(village.values.get("name") or "")


def _went_to(village: RecordView | None, became: Sequence[str]) -> str:
    owner = "" if village is None else str(village.values.get("owner_unit") or "")
    return owner if owner in became else ""


def _moves(pages: _Pages, targets: Mapping[str, str]) -> list[tuple[RecordView, str]]:
    """Which records get which owner: the villages with their paper books, then the pages."""
    found = [(one, targets.get(one.id, "")) for one in pages.own_villages]
    found += [(one, targets.get(str(one.values.get("village") or ""), "")) for one in pages.books]
    found += [
        (one, targets.get(pages.where[one.id], "")) for one in (*pages.households, *pages.children)
    ]
    return [
        (record, target) for record, target in found if target and record.id not in pages.disputed
    ]


def _change(record: RecordView, target: str) -> Change:
    return Change(
        record.entity,
        {"owner_unit": target},
        record.id,
        base=record.heads,
        loaded=record.values,
        by_rule=True,
        past_limit=True,
    )


def _named(parts: Sequence[VillagePart], written: str) -> list[VillagePart]:
    """The villages that an id or a name means; marks count only where they tell two apart."""
    by_id = [one for one in parts if one.id == written]
    exact = by_id or [one for one in parts if one.name == written]
    return exact or [one for one in parts if one.name and fold(one.name) == fold(written)]
