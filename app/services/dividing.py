"""A unit whose territory went to several: the province divides its records, village by village.

A merger is read through the map of units; a split is not, because no map says which household lies
where (4-sync.md, "Unit map"). So in one act the province writes `owner_unit` of every household and
child by its village; the village itself and its paper books go along. What has no village stays
under the old unit, is counted at the province, and is told here; what turns up under the old unit
later is divided by giving the act once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import KnownError
from app.forms.units import Tier
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries import dividing, register
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.work import Change
from app.services.reference_data.files import Refused, read_lines
from app.services.rights import Right
from app.services.workplace import Workplace
from app.text.fold import fold

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
class Divided:
    """What dividing came to: records written by new unit, and the pages that stay."""

    unit: str
    households: int
    children: int
    villages: int
    to: Mapping[str, int]
    left_households: int
    left_children: int


class Dividing:
    """Use cases on units that were split."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def standing(self) -> list[SplitUnit]:
        """Split units with pages still under them, in the order of the tree. Raises KnownError
        `dividing.not_province`, `rights.denied`.
        """
        self._allowed()
        workplace = self._workplace
        tree = workplace.tree.units
        split = [one for one in workplace.tree.below(workplace.unit) if tree.is_split(one)]
        held: dict[str, tuple[int, int]] = {}
        with workplace.store.read() as reading:
            for part in chunks(split, IDS_AT_ONCE):
                held |= dividing.units_with_pages(reading, part)
        return [
            SplitUnit(unit, tree.unit(unit).full_name(), *held[unit], self._became(unit))
            for unit in split
            if unit in held
        ]

    def villages(self, unit: str) -> list[VillagePart]:
        """The villages of a split unit, what has no village last. Raises as `standing`, and
        KnownError `dividing.not_split`, `units.outside_scope`.
        """
        self._split(unit)
        with self._workplace.store.read() as reading:
            return _parts(reading, unit, self._became(unit))

    def divide_by(self, unit: str, path: Path) -> Divided:
        """Divide by a file of villages (`village,unit`; the name or the id of a village; no unit
        leaves it for later). Raises Refused, OSError, and what `divide` raises.
        """
        self._split(unit)
        _, lines = read_lines(path, COLUMNS)
        with self._workplace.store.read() as reading:
            parts = [one for one in _parts(reading, unit, self._became(unit)) if one.id]
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
        return self.divide(unit, said)

    def divide(self, unit: str, said: Mapping[str, str]) -> Divided:
        """Write the new owner of every household and child of `unit` by its village, in one act.

        `said` names for each village (its id) the new unit, "" where nobody can say yet. A village
        that went to a new unit when the unit was divided need not be named again. Raises KnownError
        `dividing.not_named` when another one is missing, `dividing.not_successor`,
        `dividing.not_province`, `dividing.not_split`, `rights.denied`.
        """
        self._split(unit)
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
        with self._workplace.write() as work:
            reading = work.connection
            parts = _parts(reading, unit, became)
            missing = [p.name or p.id for p in parts if p.id and not p.goes_to and p.id not in said]
            if missing:
                raise KnownError(
                    "dividing.not_named", "dividing.not_named_hint", villages=", ".join(missing)
                )
            targets = {p.id: said.get(p.id) or p.goes_to for p in parts if p.id}
            moves = _moves(reading, unit, became, targets)
            if moves:
                work.record_many([_change(record, target) for record, target in moves])
                work.audit("unit_divided", unit=unit, records=len(moves))
                work.commit()
            left = dividing.units_with_pages(reading, [unit]).get(unit, (0, 0))
        written = Counter(record.entity for record, _ in moves)
        return Divided(
            unit,
            written["household"],
            written["child"],
            written["village"],
            dict(Counter(target for _, target in moves)),
            *left,
        )

    def _allowed(self) -> None:
        workplace = self._workplace
        workplace.require(Right.ADMIN)
        if workplace.tree.units.tier(workplace.unit) is not Tier.PROVINCE:
            raise KnownError("dividing.not_province", "dividing.not_province_hint")

    def _split(self, unit: str) -> None:
        self._allowed()
        self._workplace.scope_units(unit)
        if not self._workplace.tree.units.is_split(unit):
            raise KnownError("dividing.not_split", "dividing.not_split_hint", unit=unit)

    def _became(self, unit: str) -> tuple[str, ...]:
        return tuple(move.new for move in self._workplace.tree.units.successors(unit) if move.new)


@dataclass(frozen=True, slots=True)
class _Pages:
    """What stands under a split unit: its records, and where each page lies ("" for no village)."""

    villages: Mapping[str, RecordView]
    own_villages: Sequence[RecordView]
    books: Sequence[RecordView]
    households: Sequence[RecordView]
    children: Sequence[RecordView]
    where: Mapping[str, str]


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
    return _Pages(villages, own, books, households, children, where)


def _parts(reading: Reading, unit: str, became: Sequence[str]) -> list[VillagePart]:
    """The villages of a unit with what stands under it, those without a page as well."""
    pages = _pages(reading, unit, became)
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


def _moves(
    reading: Reading, unit: str, became: Sequence[str], targets: Mapping[str, str]
) -> list[tuple[RecordView, str]]:
    """Which records get which owner: the villages with their paper books, then the pages."""
    pages = _pages(reading, unit, became)
    found = [(one, targets.get(one.id, "")) for one in pages.own_villages]
    found += [(one, targets.get(str(one.values.get("village") or ""), "")) for one in pages.books]
    found += [
        (one, targets.get(pages.where[one.id], "")) for one in (*pages.households, *pages.children)
    ]
    return [(record, target) for record, target in found if target]


def _change(record: RecordView, target: str) -> Change:
    return Change(
        record.entity, {"owner_unit": target}, record.id, base=record.heads, loaded=record.values
    )


def _named(parts: Sequence[VillagePart], written: str) -> list[VillagePart]:
    """The villages that an id or a name means; marks count only where they tell two apart."""
    by_id = [one for one in parts if one.id == written]
    exact = by_id or [one for one in parts if one.name == written]
    return exact or [one for one in parts if one.name and fold(one.name) == fold(written)]
