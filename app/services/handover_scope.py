"""Which units a bundle is about, and what each of them comes to.

A certificate may name several units: their records travel together, so a handover names them all
and its counts are those of all. What goes down holds the receiving unit's records, so it is counted
for them. Refuses to believe a stated list that this PC's tree or the giver's certificate denies.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields

from app.crypto.certificate import parse_certificate
from app.crypto.certificate_file import parse_certificates
from app.history.door import Direction
from app.history.operation import Value
from app.models import bundles
from app.models import trust as store_trust
from app.models.queries import counting
from app.models.queries.counting import Basis, Counts
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services import trust
from app.services.workplace import ScopeTree, Workplace
from app.sync.delivery import direction_of

#: `CODE@EDITION households children girls incomplete`, as `sent_units` of a handover holds it.
_STATED = re.compile(r"(\S+@\S+)" + r" (0|[1-9][0-9]{0,8})" * 4)


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """What one unit of a handover, with everything its scope reaches, comes to."""

    unit: str
    counts: Counts


def in_line(workplace: Workplace, to: str) -> bool:
    """Whether a unit is above this one, below it or this one itself, and so may be written to."""
    return to == workplace.unit or direction_of(workplace.tree, to, workplace.unit) is not None


def outermost(tree: ScopeTree, units: Collection[str]) -> tuple[str, ...]:
    """The units in the order given, without those that another one of them reaches."""
    named = tuple(dict.fromkeys(units))
    return tuple(
        unit for unit in named if not any(one != unit and tree.covers([one], unit) for one in named)
    )


def reach(tree: ScopeTree, units: Collection[str]) -> tuple[str, ...]:
    """The units and every unit their scopes reach, each once."""
    return tuple(dict.fromkeys(one for unit in units for one in tree.below(unit)))


def common_scope(reading: Reading, unit: str, this_station: str | None) -> list[str]:
    """The units that every PC of `unit` is certified for: more than all may read goes to none."""
    scopes = [
        [str(one) for one in parse_certificate(row.certificate).scope]
        for row in store_trust.stations(reading, [unit])
        if row.station != this_station
    ]
    return [one for one in scopes[0] if all(one in scope for scope in scopes)] if scopes else []


def units_to(workplace: Workplace, reading: Reading, to: str) -> tuple[str, ...]:
    """The units whose records the next bundle to `to` holds."""
    tree, here = workplace.tree, workplace.unit
    own = workplace.store.setting(trust.STATION)
    if to != here and tree.covers([here], to):
        further = common_scope(reading, to, own)
        return outermost(tree, (to, *(one for one in further if tree.covers([here], one))))
    # Who types for units of two districts, or sits beside a PC that has one unit less, keeps back
    # what the receiver has no business with.
    reaches = [to] if to != here else common_scope(reading, to, own) or [here]
    return tuple(unit for unit in _held(workplace) if tree.covers(reaches, unit))


def is_whole(workplace: Workplace, to: str, units: Collection[str]) -> bool:
    """Whether a bundle about `units` holds everything that was accepted here."""
    tree, here = workplace.tree, workplace.unit
    down = to != here and tree.covers([here], to)
    return not down and set(units) == set(_held(workplace))


def _held(workplace: Workplace) -> tuple[str, ...]:
    return outermost(workplace.tree, (workplace.unit, *workplace.certified))


def count(
    tree: ScopeTree, reading: Reading, units: Sequence[str], basis: Basis
) -> list[UnitCounts]:
    """What each of the units comes to; what two of them reach counts with the first."""
    found: list[UnitCounts] = []
    taken: set[str] = set()
    for unit in units:
        below = [one for one in tree.below(unit) if one not in taken]
        taken.update(below)
        # Without any unit named the whole store would be counted.
        counts = counting.counts(reading, below, basis) if below else Counts(0, 0, 0, 0)
        found.append(UnitCounts(unit, counts))
    return found


def total(counted: Sequence[UnitCounts]) -> Counts:
    """The sum over some units."""
    return Counts(
        *(sum(getattr(one.counts, field.name) for one in counted) for field in fields(Counts))
    )


def spelled(counted: Sequence[UnitCounts]) -> list[str]:
    """As `sent_units` says it; a set, so the order of the units is that of their codes."""
    return sorted(
        f"{one.unit} {one.counts.households} {one.counts.children} {one.counts.girls}"
        f" {one.counts.incomplete}"
        for one in counted
    )


def stated(values: Mapping[str, Value]) -> list[UnitCounts]:
    """What the giver stated of each unit; nothing where it is not well-formed to the last word."""
    said = values.get("sent_units")
    if not isinstance(said, (list, tuple)):
        return []
    read = [_STATED.fullmatch(str(one)) for one in said]
    if not all(read):
        return []
    return [
        UnitCounts(found[1], Counts(*(int(number) for number in found.groups()[1:])))
        for found in read
        if found is not None
    ]


def units_of(
    workplace: Workplace, reading: Reading, handover: str, values: Mapping[str, Value]
) -> tuple[str, ...]:
    """The units that a handover is about, its giver's own first.

    From below the certificate that came with the bundle decides. Elsewhere it is what the giver
    stated, as far as the giver has a say there; without a statement its own unit alone.
    """
    came = bundles.evidence_of(reading, handover)
    if came is None or not came.certificates:
        return _as_stated(workplace.tree, values)
    return _certified(workplace.tree, came.certificates) or (str(values.get("owner_unit", "")),)


def units_of_each(
    workplace: Workplace, reading: Reading, handovers: Sequence[RecordView]
) -> dict[str, tuple[str, ...]]:
    """Handover → what `units_of` says of it; every certificate is read once."""
    tree = workplace.tree
    came = {
        one.handover: one
        for one in bundles.incoming(reading)
        if one.direction != Direction.ABOVE.value
    }
    numbers = {one.file.certificate: one.number for one in came.values()}
    held = bundles.certificates_of(reading, numbers.values())
    scopes = {name: _certified(tree, held[at]) for name, at in numbers.items() if held[at]}
    found: dict[str, tuple[str, ...]] = {}
    for one in handovers:
        by = came[one.id].file.certificate if one.id in came else ""
        if by in scopes:
            found[one.id] = scopes[by] or (str(one.values.get("owner_unit", "")),)
        else:
            found[one.id] = _as_stated(tree, one.values)
    return found


def _certified(tree: ScopeTree, certificates: bytes) -> tuple[str, ...]:
    """The units that the first of these certificates, which is the sender's, names."""
    scope = parse_certificates(certificates).certificates[0].scope
    return outermost(tree, [str(one) for one in scope if str(one) in tree.units])


def _as_stated(tree: ScopeTree, values: Mapping[str, Value]) -> tuple[str, ...]:
    giver = str(values.get("owner_unit", ""))
    named = [one.unit for one in stated(values) if one.unit in tree.units]
    return outermost(tree, sorted(named, key=lambda unit: (unit != giver, unit))) or (giver,)
