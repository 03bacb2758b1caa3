"""What a received bundle brought that counts here, and what leans on it.

An operation belongs to the bundle it first came with. Reference data and handovers are left out:
the province's signature answers for the former, and the latter are what happened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from app.history.door import Direction, State
from app.history.entities import PAIRS, REFERENCES
from app.history.operation import Value, decode_body
from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.queries.history import refused_by_above
from app.models.queries.naming import automatic_decisions, decisions_about, naming_any
from app.models.queries.scope import within, within_ever
from app.models.rows import split_ids, split_names
from app.models.schema import ENTITY_TABLES, NOT_ACCEPTED, bundle_out, conflict, op

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_village = ENTITY_TABLES["village"]
#: Never set aside with the bundle that brought it.
STAYS = frozenset((*REFERENCES, "handover"))


class Brought(NamedTuple):
    """One operation: its record, what that belongs to, its own id, place in the log, its state and
    why it does not count, where it does not; and who brought it, as the log keeps that, where it
    was asked for.
    """

    entity: str
    id: str
    root: str
    operation: bytes
    position: int
    state: str
    reason: str = ""
    names: str = ""


class Leaning(NamedTuple):
    """A record on which something was written here since."""

    entity: str
    id: str


def brought_by(connection: Connection, bundle: int, states: Collection[State]) -> list[Brought]:
    """The operations that first came with bundle `bundle`, or that the door had refused to others
    and let in with it, and that are in these states now, in the order in which they count.
    """
    columns = (op.c.ent_type, op.c.ent_id, op.c.root, op.c.op_id, op.c.position, op.c.state)
    bringers = func.coalesce(op.c.judged_for, "")
    statement = select(*columns, func.coalesce(op.c.reason, ""), bringers).where(
        op.c.bundle_in == bundle,
        op.c.state.in_([one.value for one in states]),
        op.c.ent_type.not_in(STAYS),
    )
    if State.ACCEPTED not in states:
        statement = statement.where(NOT_ACCEPTED)  # there is an index of these
    rows = connection.execute(statement.order_by(op.c.position))
    return [Brought(*row) for row in rows]


def written_of(connection: Connection, bundle: int) -> set[str]:
    """The units that wrote what first came with bundle `bundle` and counts, and those whose records
    they wrote on: a PC may type for several.
    """
    statement = select(op.c.by, op.c.unit).where(
        op.c.bundle_in == bundle,
        op.c.state == State.ACCEPTED.value,
        op.c.ent_type.not_in(STAYS),
    )
    return {unit for row in connection.execute(statement.distinct()) for unit in row}


def set_aside_of(
    connection: Connection, numbers: Collection[int], units: Collection[str]
) -> set[int]:
    """Which of some received bundles hold something set aside that one of `units` wrote, that was
    written on a record of theirs, or on one that is theirs now.
    """
    columns = (op.c.bundle_in, op.c.root, op.c.by, op.c.unit)
    statement = select(*columns).where(
        NOT_ACCEPTED,
        op.c.state == State.SET_ASIDE.value,
        op.c.bundle_in.in_(sorted(numbers)),
        op.c.ent_type.not_in(STAYS),
    )
    found: set[int] = set()
    roots: dict[int, set[str]] = {}
    for row in connection.execute(statement.distinct()) if numbers else ():
        if row.by in units or row.unit in units:
            found.add(row.bundle_in)
        else:
            roots.setdefault(row.bundle_in, set()).add(row.root)
    further = [one for one in roots if one not in found and within(connection, units, roots[one])]
    return found.union(further)


def looked_at(connection: Connection, bundle: int, most: int) -> list[Brought]:
    """Operations of a bundle to show people, no more than `most` of each kind: those that do not
    count, those of records in conflict, the first of the others.
    """
    columns = (op.c.ent_type, op.c.ent_id, op.c.root, op.c.op_id, op.c.position, op.c.state)
    of_it = select(*columns, func.coalesce(op.c.reason, "")).where(
        op.c.bundle_in == bundle, op.c.ent_type.not_in(STAYS)
    )
    accepted = of_it.where(op.c.state == State.ACCEPTED.value)
    contested = accepted.where(op.c.ent_id.in_(select(conflict.c.ent_id)))
    found: dict[bytes, Brought] = {}
    for statement in (of_it.where(NOT_ACCEPTED), contested, accepted):
        for row in connection.execute(statement.order_by(op.c.position).limit(most)):
            one = Brought(*row)
            found.setdefault(one.operation, one)
    return list(found.values())


def stopped_values(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Value]]:
    """Record → what those of its operations would write that do not count, the last word of each
    field.
    """
    found: dict[str, dict[str, Value]] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(op.c.ent_id, op.c.body)
            .where(op.c.ent_id.in_(part), NOT_ACCEPTED, op.c.body.is_not(None))
            .order_by(op.c.position)
        )
        for ent_id, body in rows:
            found.setdefault(ent_id, {}).update(decode_body(body))
    return found


def turned(
    new: Connection, old: Connection, bundle: int, most: int
) -> list[tuple[Brought, str, str]]:
    """Operations that another bundle brought, or this PC wrote, and that count otherwise in `new`
    than in `old`: each with the unit above that refuses it and that one's reason ("" for none).
    """
    was, stands = _unsettled(old), _unsettled(new)
    moved = sorted(one for one in {*was, *stands} if was.get(one) != stands.get(one))
    columns = (op.c.ent_type, op.c.ent_id, op.c.root, op.c.op_id, op.c.position, op.c.state)
    found: list[tuple[Brought, str, str]] = []
    for part in chunks(moved, IDS_AT_ONCE):
        rows = new.execute(
            select(*columns, func.coalesce(op.c.reason, ""))
            .where(
                op.c.op_id.in_(part),
                op.c.ent_type.not_in(STAYS),
                (op.c.bundle_in != bundle) | op.c.bundle_in.is_(None),
            )
            .order_by(op.c.position)
        )
        brought = [Brought(*row) for row in rows]
        refused = refused_by_above(
            new, select(op.c.op_id).where(op.c.op_id.in_([one.operation for one in brought]))
        )
        found += [(one, *refused.get(one.operation, ("", ""))) for one in brought]
        if len(found) >= most:
            return found[:most]
    return found


def _unsettled(connection: Connection) -> dict[bytes, str]:
    """The operations that wait or were refused."""
    states = (State.WAITING.value, State.REFUSED.value)
    rows = connection.execute(
        select(op.c.op_id, op.c.state).where(NOT_ACCEPTED, op.c.state.in_(states))
    )
    return {row.op_id: row.state for row in rows}


def besides_records(connection: Connection, bundle: int) -> dict[str, dict[str, set[str]]]:
    """Of what is no record of people: type → record → the fields that a bundle wrote of it."""
    found: dict[str, dict[str, set[str]]] = {}
    for entity in sorted(STAYS):
        # By record: there are few of these, and no index tells what a bundle brought.
        table = ENTITY_TABLES[entity]
        rows = connection.execute(
            select(op.c.ent_id, op.c.body).where(
                op.c.ent_id.in_(select(table.c.id)),
                op.c.ent_type == entity,
                op.c.bundle_in == bundle,
                op.c.state == State.ACCEPTED.value,
            )
        )
        for ent_id, body in rows:
            fields = found.setdefault(entity, {}).setdefault(ent_id, set())
            fields.update(() if body is None else decode_body(body))
    return found


class VillageBrought(NamedTuple):
    """How many pages of a village a bundle holds something accepted of: id and name are empty for
    those without a village, and two units may have villages of one name.
    """

    unit: str
    id: str
    name: str
    households: int
    children: int


def by_village(connection: Connection, bundle: int) -> list[VillageBrought]:
    """What a bundle holds something accepted of, unit by unit, in the commune's own order of
    villages.
    """
    roots = (
        select(op.c.root)
        .where(op.c.bundle_in == bundle, op.c.state == State.ACCEPTED.value)
        .distinct()
        .scalar_subquery()
    )
    homes = (
        select(_household.c.owner_unit, _household.c.village, func.count().label("homes"))
        .where(_household.c.id.in_(roots))
        .group_by(_household.c.owner_unit, _household.c.village)
    )
    # A child stands in the book of its household; where that is not here, in its own unit's.
    unit = func.coalesce(_household.c.owner_unit, _child.c.owner_unit)
    children = (
        select(unit, _household.c.village, func.count().label("children"))
        .select_from(_child)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .where(_child.c.id.in_(roots))
        .group_by(unit, _household.c.village)
    )
    counts: dict[tuple[str, str], list[int]] = {}
    for at, statement in enumerate((homes, children)):
        for owner, village, count in connection.execute(statement):
            counts.setdefault((owner or "", village or ""), [0, 0])[at] = int(count)
    names = {
        row.id: (row.list_order is None, row.list_order or 0, row.name_sort or "", row.name or "")
        for row in connection.execute(
            select(_village.c.id, _village.c.list_order, _village.c.name_sort, _village.c.name)
        )
    }
    unnamed = (True, 0, "", "")
    order = sorted(counts, key=lambda one: (one[0], not one[1], names.get(one[1], unnamed)))
    return [
        VillageBrought(unit, village, names.get(village, unnamed)[3], *counts[unit, village])
        for unit, village in order
    ]


def from_above_too(brought: Sequence[Brought]) -> str | None:
    """The unit above that brought some of these as well, None for none."""
    prefix = f"{Direction.ABOVE.value}:"
    for names in {one.names for one in brought}:
        for name in split_names(names):
            if name.startswith(prefix):
                return name.removeprefix(prefix).partition("+")[0]
    return None


def counted_by(brought: Sequence[Brought], position: int) -> bool:
    """Whether any of these has counted here since that place of the log or before."""
    return any(one.state == State.ACCEPTED.value and one.position <= position for one in brought)


def sent_on(
    connection: Connection,
    brought: Sequence[Brought],
    giver: str,
    below: Mapping[str, Collection[str]],
) -> str | None:
    """The unit that some of these were sent to since they count here, None when none was.

    `below` holds, of the units to which only a part of the register goes, the units of that part;
    to every other unit everything goes: also what has left that part since. What goes back to the
    `giver` it has already. A decision about two children goes to whoever has either of them.
    """
    counted = [one for one in brought if one.state == State.ACCEPTED.value]
    rows = connection.execute(
        select(bundle_out.c.unit, func.max(bundle_out.c.log_to))
        .where(bundle_out.c.unit != giver)
        .group_by(bundle_out.c.unit)
        .order_by(bundle_out.c.unit)
    )
    for unit, last in rows:
        gone = roots_of(connection, [one for one in counted if one.position <= last])
        if gone and (unit not in below or within_ever(connection, below[unit], gone)):
            return str(unit)
    return None


def roots_of(connection: Connection, brought: Sequence[Brought]) -> set[str]:
    """The records whose owners are concerned: of a decision about two children both."""
    found = {one.root for one in brought}
    decisions = sorted({one.id for one in brought if one.entity in PAIRS})
    for name in PAIRS:
        table = ENTITY_TABLES[name]
        for part in chunks(decisions, IDS_AT_ONCE):
            others = select(table.c.other_child).where(table.c.id.in_(part))
            found.update(connection.execute(others).scalars())
    return found


def built_on_here(connection: Connection, brought: Sequence[Brought]) -> list[Leaning]:
    """The records whose operations of this PC build on these, belong to a record of which nothing
    would be left without them, or name such a record, as a decision about two children does; in the
    order of their ids.
    """
    wanted: dict[str, set[bytes]] = {}
    for one in brought:
        wanted.setdefault(one.id, set()).add(one.operation)
    found: set[Leaning] = set()
    vanishing: set[str] = set()
    for part in chunks(sorted(wanted), IDS_AT_ONCE):
        left: set[str] = set()
        rows = connection.execute(
            select(op.c.ent_id, op.c.ent_type, op.c.op_id, op.c.parents, op.c.bundle_in)
            .where(op.c.ent_id.in_(part), op.c.state == State.ACCEPTED.value)
            .order_by(op.c.position)  # what an operation builds on came before it
        )
        for ent_id, ent_type, op_id, parents, bundle in rows:
            gone = wanted[ent_id]
            if op_id in gone:
                continue
            if gone.intersection(split_ids(parents)):
                gone.add(op_id)
                if bundle is None:
                    found.add(Leaning(ent_type, ent_id))
            else:
                left.add(ent_id)
        vanishing |= set(part) - left
    for part in chunks(sorted(vanishing), IDS_AT_ONCE):
        # Nothing of a decision that the law erased could be taken back (`decisions_about`).
        stands = or_(op.c.ent_type.not_in(PAIRS), op.c.salt.is_not(None))
        by_people = op.c.ent_id.not_in(automatic_decisions())
        below = and_(op.c.root.in_(part), op.c.root != op.c.ent_id, stands, by_people)
        found |= _written_here(connection, below)
        naming = naming_any(connection, part) | decisions_about(connection, part)
        naming -= wanted.keys()
        found |= _written_here(connection, op.c.ent_id.in_(sorted(naming)))
    return sorted(found, key=lambda one: (one.id, one.entity))


def _written_here(connection: Connection, which: ColumnElement[bool]) -> set[Leaning]:
    rows = connection.execute(
        select(op.c.ent_type, op.c.ent_id)
        .where(which, op.c.bundle_in.is_(None), op.c.state == State.ACCEPTED.value)
        .distinct()
    )
    return {Leaning(*row) for row in rows}
