"""What the door is told of the records that a delivery is about, and what it says of them.

The verdict on an operation depends on what was accepted before the delivery and on what the
operation itself builds on, never on the order of the lines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from app.history.door import (
    SAID_BY_A_UNIT,
    Bringer,
    Direction,
    Holder,
    Known,
    Reason,
    State,
    Verdict,
    judge,
    sub_id_fits,
)
from app.history.entities import ENTITIES, REFERENCES, Family
from app.history.operation import Operation
from app.models import log
from app.models.queries import receiving
from app.models.queries.receiving import Held, Record
from app.sync import pairing
from app.sync.overruling import overrules, unit_of
from app.sync.taking import Pending, Taking, Verdicts

_REFUSED_ABOVE = Verdict(State.REFUSED, Reason.REFUSED_ABOVE)
#: References are read before the rest, a record before what belongs to it.
_ORDER = (Family.REFERENCE, Family.ROOT, Family.SUB, Family.PAIR, None)
_TYPES = tuple(ENTITIES)


def by_family(pending: Pending) -> list[Pending]:
    """The records of `pending` in the order in which they have to be judged."""
    parts: dict[Family | None, Pending] = {}
    for record, arriving in pending.items():
        entity = ENTITIES.get(record[0])
        parts.setdefault(None if entity is None else entity.family, {})[record] = arriving
    return [parts[family] for family in _ORDER if family in parts]


def judge_records(
    taking: Taking,
    pending: Mapping[Record, Sequence[Operation]],
    held: Mapping[Record, Mapping[bytes, Held]],
    name: str,
) -> tuple[Verdicts, dict[Record, str], set[str]]:
    """The door's verdicts for records of one family, the root of each record, and those roots
    that stood before the delivery.
    """
    connection = taking.work.connection
    bringer = taking.bringer(name)
    known_ids = sorted({record[1] for record in pending if record in held})
    accepted = log.operations_of(connection, known_ids) if known_ids else {}
    before = (
        receiving.accepted_up_to(connection, known_ids, taking.position_before) if known_ids else {}
    )
    roots = _roots_of(taking, pending)
    pairs = pairing.children_of(pending, accepted)
    holders = _holders(taking, pending, roots, pairs)
    roots.update(pairing.root_of(taking.work, pairs, holders))
    taken = _taken(pending, held)
    strangers = _strangers(pending, held)
    standing = {root for root, holder in holders.items() if holder.before is not None}
    standing.update(
        record[1] for record in pending if record in held and taking.stood(held[record])
    )
    found: Verdicts = {}
    unheard: dict[str, Known] = {}
    known: Known | None
    for record, arriving in pending.items():
        holder = holders.get(roots[record])
        if pairing.is_pair(record):
            known = replace(
                _known_here(taking, record, held, accepted, before, taken, strangers, None),
                pair=[holders.get(child) for child in pairs.get(record, ())],
            )
        elif record not in held and record not in taken and record not in strangers:
            # Most operations create a record nobody here has heard of: nothing to look up.
            known = unheard.get(roots[record] if holder else "")
            if known is None:
                known = _known(taking, holder)
                unheard[roots[record] if holder else ""] = known
        else:
            known = _known_here(taking, record, held, accepted, before, taken, strangers, holder)
        stopped = _stopped(taking, arriving, name) if taking.refused_above else None
        if stopped:
            states = {**known.states, **dict.fromkeys(stopped, State.REFUSED)}
            passing = [o for o in arriving if o.op_id not in stopped]
            found[record] = {**stopped, **judge(passing, bringer, replace(known, states=states))}
        else:
            found[record] = judge(arriving, bringer, known)
    return found, roots, standing


def _known(taking: Taking, holder: Holder | None) -> Known:
    """What is known of a record without any operation here, that belongs to `holder` if any."""
    return Known(
        owners=None if holder is None else holder.before,
        born_here=() if holder is None else holder.born,
        owners_ever=() if holder is None else holder.ever,
        unit_known=taking.tree.exists,
        tiers_above=taking.tree.tiers_above,
        giver=taking.giver,
        reference_signed=taking.reference_signed,
    )


def _known_here(
    taking: Taking,
    record: Record,
    held: Mapping[Record, Mapping[bytes, Held]],
    accepted: Mapping[str, Sequence[Operation]],
    before: Mapping[str, Collection[bytes]],
    taken: Collection[Record],
    strangers: Mapping[Record, Collection[bytes]],
    holder: Holder | None,
) -> Known:
    """What is known of a record of which operations are here, or of another type under its id."""
    own = [o for o in accepted.get(record[1], ()) if o.ent_type == record[0]]
    earlier = before.get(record[1], ())
    return replace(
        _known(taking, holder),
        claimed=_claimed(taking, own) if record[0] in SAID_BY_A_UNIT else {},
        accepted_before=[o for o in own if o.op_id in earlier],
        accepted_now=[o for o in own if o.op_id not in earlier],
        states={op_id: one.state for op_id, one in held.get(record, {}).items()},
        taken=record in taken,
        strangers=strangers.get(record, ()),
    )


def _claimed(taking: Taking, accepted: Sequence[Operation]) -> dict[bytes, set[str]]:
    """The creations that came from below alone, in a name that none of those who brought them
    answers for: the units that brought each.
    """
    creations = {(one.ent_id, one.op_id): one for one in accepted if not one.parents}
    brought = receiving.brought_of(taking.work.connection, creations) if creations else {}
    found: dict[bytes, set[str]] = {}
    for (_, op_id), one in creations.items():
        _type, names = brought.get(op_id, ("", ()))
        if names and not any(_answers_for(taking.bringer(name), one.by) for name in names):
            found[op_id] = {unit_of(name) for name in names}
    return found


def _answers_for(bringer: Bringer, unit: str) -> bool:
    """Whether what a bringer tells in the name of a unit is that unit's word."""
    return bringer.direction is not Direction.BELOW or bringer.covers(unit)


def _stopped(taking: Taking, arriving: Sequence[Operation], name: str) -> dict[bytes, Verdict]:
    """What a unit above refuses does not come in, however late it arrives, but from that unit
    again or from one above it.
    """
    bringer, found = taking.bringer(name), {}
    for operation in arriving:
        refusers = taking.refused_above.get(operation.op_id)
        if refusers is None or operation.ent_type in REFERENCES:
            continue
        if not overrules(name, bringer, refusers, newest=taking.is_newest):
            found[operation.op_id] = _REFUSED_ABOVE
    return found


def _roots_of(taking: Taking, pending: Mapping[Record, Sequence[Operation]]) -> dict[Record, str]:
    """Record → the root whose scope it shares; itself unless it belongs to another.

    Only a creation says what a record belongs to: an accepted one, or else one that comes now and
    whose id proves it. What a later operation claims is never asked.
    """
    roots = {record: record[1] for record in pending}
    subs = [record for record in pending if is_sub(record)]
    if not subs:
        return roots
    accepted = receiving.roots_by_creation(taking.work.connection, {ent_id for _, ent_id in subs})
    for record in subs:
        if record in accepted:
            roots[record] = accepted[record]
            continue
        creations = sorted(
            (o for o in pending[record] if not o.parents and _said(o)),
            key=lambda o: (not sub_id_fits(o), o.op_id),
        )
        if creations:
            roots[record] = _said(creations[0]) or record[1]
    return roots


def is_sub(record: Record) -> bool:
    entity = ENTITIES.get(record[0])
    return entity is not None and entity.family is Family.SUB


def _said(operation: Operation) -> str | None:
    record = (operation.body or {}).get("record")
    return record if isinstance(record, str) else None


def _holders(
    taking: Taking,
    pending: Mapping[Record, Sequence[Operation]],
    roots: Mapping[Record, str],
    pairs: Mapping[Record, pairing.Pair],
) -> dict[str, Holder]:
    wanted = {roots[record] for record in pending if is_sub(record)}
    wanted.update(child for pair in pairs.values() for child in pair)
    if not wanted:
        return {}
    return receiving.holders_of(taking.work.connection, wanted, taking.position_before)


def _taken(
    pending: Mapping[Record, Sequence[Operation]], held: Mapping[Record, Mapping[bytes, Held]]
) -> set[Record]:
    """Root records whose id already is an accepted root record of another type.

    Of two types that come together under one id the first in the list of types stands.
    """
    if not held and len({ent_id for _, ent_id in pending}) == len(pending):
        return set()
    types_of: dict[str, set[str]] = {}
    for (ent_type, ent_id), there in held.items():
        if any(one.state is State.ACCEPTED for one in there.values()):
            types_of.setdefault(ent_id, set()).add(ent_type)
    together: dict[str, list[str]] = {}
    for ent_type, ent_id in pending:
        together.setdefault(ent_id, []).append(ent_type)
    found: set[Record] = set()
    for record in pending:
        ent_type, ent_id = record
        if types_of.get(ent_id, set()) - {ent_type}:
            found.add(record)
        elif len(together[ent_id]) > 1 and ent_id not in types_of:
            first = min(together[ent_id], key=_rank)
            if ent_type != first:
                found.add(record)
    return found


def _strangers(
    pending: Mapping[Record, Sequence[Operation]], held: Mapping[Record, Mapping[bytes, Held]]
) -> dict[Record, set[bytes]]:
    """Record → the operations known under its id that are about a record of another type."""
    by_id: dict[str, list[Record]] = {}
    for record in held:
        by_id.setdefault(record[1], []).append(record)
    found: dict[Record, set[bytes]] = {}
    for record in pending:
        for other in by_id.get(record[1], ()):
            if other != record:
                found.setdefault(record, set()).update(held[other])
    return found


def _rank(ent_type: str) -> int:
    return _TYPES.index(ent_type) if ent_type in ENTITIES else len(_TYPES)
