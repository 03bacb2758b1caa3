"""Which of several records of one child stands for it: a child that was written twice counts once.

The records that decisions call the same, and those merged into one of them, are one child
(4-sync.md, "Same child twice"). Of those that the register follows the one with the smallest id
stands for them, in the book of its unit; the others are in no count. A record that is not held here
is taken as counted where it lies. Derived from rows, kept beside them and brought up to date at the
end of every transaction; no clock and no order of arrival takes part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    exists,
    func,
    select,
    union_all,
)

from app.history.entities import OUTSIDE, UNKNOWN
from app.models.bulk import Prepared, chunks, insert_rows
from app.models.log import IDS_AT_ONCE
from app.models.queries.called_same import (
    DUPLICATE,
    SAME,
    Clusters,
    SamePair,
    all_said,
    clusters_by,
    counting,
    said_about,
)
from app.models.queries.departed import erased_of, stopped_of
from app.models.queries.following import followed_beside_household
from app.models.schema import ENTITY_TABLES, op, same_child

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_decision = ENTITY_TABLES["match_decision"]
#: Of more records than this it is not asked which of them matter.
_FEW = 900
#: Asked at every commit: nearly every store has nothing to do.
_ANYTHING = Prepared(
    select(
        exists(select(_decision.c.id).where(_decision.c.verdict == SAME)),
        exists(select(same_child.c.record)),
    )
)


class Holder(NamedTuple):
    """A child that carries a personal id: the unit that owns it, and which record stands for it."""

    id: str
    owner: str
    stands: str


def clusters_of(connection: Connection) -> Clusters:
    """The clusters by everything that was said, also where it does not count now."""
    return clusters_by(all_said(connection))


def decided_clusters(connection: Connection, ids: Collection[str], besides: str) -> Clusters:
    """Those of some children by what people decided, but for one decision: before a person what
    the program said gives way.
    """
    said = said_about(connection, ids, besides)
    return clusters_by(pair for pair in said if not pair.automatic)


def is_double() -> ColumnElement[bool]:
    """Whether another record stands for the child."""
    others = select(same_child.c.record).where(
        same_child.c.stands != "", same_child.c.stands != same_child.c.record
    )
    return _child.c.id.in_(others)


def doubles_of(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Child → the record that stands for it, for those of `ids` that do not stand themselves."""
    found: dict[str, str] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(same_child.c.record, same_child.c.stands).where(
                same_child.c.record.in_(part),
                same_child.c.stands != "",
                same_child.c.stands != same_child.c.record,
            )
        )
        found.update((row.record, row.stands) for row in rows)
    return found


def one_child_with(connection: Connection, child: str) -> set[str]:
    """The records of a child of which one stands for all, itself among them."""
    theirs = select(same_child.c.stands).where(
        same_child.c.record == child, same_child.c.stands != ""
    )
    rows = select(same_child.c.record).where(same_child.c.stands.in_(theirs))
    return {child, *connection.execute(rows).scalars()}


def standing() -> ColumnElement[str]:
    """The record that stands for a child; of one that was written once itself."""
    found = select(same_child.c.stands).where(
        same_child.c.record == _child.c.id, same_child.c.stands != ""
    )
    return func.coalesce(found.scalar_subquery(), _child.c.id)


def refresh(connection: Connection, touched: Collection[str]) -> set[str]:
    """Note anew who stands for those of whom one of these records (children, households, what
    decisions belong to) may tell something new; gives all who are one child with others than
    before. It costs as much as their clusters, however many pairs there are.
    """
    decided, noted = _ANYTHING.rows(connection)[0]
    if not (decided or noted):
        return set()
    if len(touched) > _FEW:
        return refresh_all(connection)
    begun = _in_pairs(connection, touched) | _lacking(connection)
    if begun:
        begun |= _noted_with(connection, begun)
        said = said_about(connection, begun)
        # Whom a pair bound that does not count any more was noted with the others, too.
        begun |= {one for pair in said for one in pair[:2]}
        return _note(connection, counting(connection, said), _rows_of(connection, begun))
    return set()


def refresh_all(connection: Connection) -> set[str]:
    """The same of everybody, from the rows."""
    pairs = counting(connection, all_said(connection))
    return _note(connection, pairs, connection.execute(select(same_child)).all())


def _note(
    connection: Connection, pairs: Collection[SamePair], rows: Iterable[Row[Any]]
) -> set[str]:
    """Note who stands in the clusters of whole pairs; `rows` are what was noted of all these."""
    before = {row.record: (row.stands, row.held) for row in rows}
    now = _standing(connection, pairs)
    gone = [record for record in before if record not in now]
    for part in chunks(sorted(gone), IDS_AT_ONCE):
        connection.execute(delete(same_child).where(same_child.c.record.in_(part)))
    new = [(record, *said) for record, said in now.items() if before.get(record) != said]
    insert_rows(connection, same_child, ("record", "stands", "held"), sorted(new), "update")
    changed = {*gone, *(row[0] for row in new)}
    theirs = {said[record][0] for record in changed for said in (before, now) if record in said}
    return changed | {record for record, said in now.items() if said[0] in theirs}


def _standing(connection: Connection, pairs: Collection[SamePair]) -> dict[str, tuple[str, bool]]:
    """Record → who stands for it, and whether it is held here, for every child of these pairs."""
    groups = clusters_by(pairs).all()
    members = sorted({member for group in groups for member in group})
    followed: dict[str, bool] = {}
    for part in chunks(members, IDS_AT_ONCE):
        followed.update(_followed(connection, part))
    away = [one for one in members if one not in followed]
    # Who left is where the pair of the move says; who was written twice is in two books.
    twice = {one for pair in pairs if pair.basis == DUPLICATE for one in pair[:2]}
    stopped = set(stopped_of(connection, away)) | set(erased_of(connection, members))
    standing = {one for one, here in followed.items() if here}
    standing |= twice.intersection(away)
    standing -= stopped
    stands = {one: min(group & standing, default="") for group in groups for one in group}
    return {one: (other, one in followed) for one, other in stands.items()}


def _in_pairs(connection: Connection, touched: Collection[str]) -> set[str]:
    """The children of pairs, decided whatever way, among some records and in such households."""
    found: set[str] = set()
    for part in chunks(sorted(touched), IDS_AT_ONCE):
        ways: list[Select[Any]] = [select(same_child.c.record).where(same_child.c.record.in_(part))]
        ends = (_decision.c.record, _decision.c.other_child)
        ways += [select(end).where(named.in_(part)) for named in ends for end in ends]
        ways.append(
            select(_child.c.id)
            .join(same_child, same_child.c.record == _child.c.id)
            .where(_child.c.household.in_(part))
        )
        found.update(connection.execute(union_all(*ways)).scalars())
    return found


def _noted_with(connection: Connection, ids: Collection[str]) -> set[str]:
    """Who was one child with these when it was noted last."""
    found: set[str] = set()
    alias = same_child.alias("theirs")
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        theirs = select(alias.c.stands).where(alias.c.record.in_(part))
        rows = select(same_child.c.record).where(same_child.c.stands.in_(theirs))
        found.update(connection.execute(rows).scalars())
    return found


def _rows_of(connection: Connection, ids: Collection[str]) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        found += connection.execute(select(same_child).where(same_child.c.record.in_(part)))
    return found


def _lacking(connection: Connection) -> set[str]:
    """The records of pairs that are not held here, but of which something came: whether it waits
    or is set aside shows in no row.
    """
    came = exists().where(op.c.ent_id == same_child.c.record)
    rows = select(same_child.c.record).where(~same_child.c.held, came)
    return set(connection.execute(rows).scalars())


def _followed(connection: Connection, ids: Collection[str]) -> dict[str, bool]:
    """Child → whether a unit's book holds and follows it; those not held here are not in it."""
    owner = func.coalesce(_child.c.owner_unit, "")
    here = followed_beside_household() & owner.not_in((OUTSIDE, UNKNOWN))
    rows = connection.execute(
        select(_child.c.id, here)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .where(_child.c.id.in_(ids))
    )
    return {row[0]: bool(row[1]) for row in rows}
