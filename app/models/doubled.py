"""Which of several records of one child stands for it: a child that was written twice counts once.

The records that decisions call the same, and those merged into one of them, are one child
(4-sync.md, "Same child twice"). Of those that the register follows the one with the smallest id
stands for them, in the book of its unit; the others are in no count. A record that is not held here
is taken as counted where it lies. Derived from rows, kept beside them and brought up to date at the
end of every transaction; no clock and no order of arrival takes part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, union_all

from app.history.entities import OUTSIDE, UNKNOWN
from app.models.bulk import Prepared, chunks, insert_rows
from app.models.log import IDS_AT_ONCE
from app.models.queries.departed import erased_of, merged_of_pairs, stopped_of
from app.models.queries.following import followed_beside_household
from app.models.schema import ENTITY_TABLES, same_child

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_decision = ENTITY_TABLES["match_decision"]
SAME = "same"
#: What a decision says it is about that calls two records of the register one child. One about a
#: move has another basis, and says where the child lives now.
DUPLICATE = "duplicate"
#: Of more records than this it is not asked first whether any of them matters.
_FEW = 900
#: Asked at every commit: nearly every store has nothing to do.
_ANYTHING = Prepared(
    select(
        exists(select(_decision.c.id).where(_decision.c.verdict == SAME)),
        exists(select(same_child.c.record)),
    )
)


class Clusters:
    """The records that are one child, by pairs that are. Each member is moved but seldom: the
    smaller group goes into the larger, so that a chain of thousands costs no more than thousands.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._of: dict[str, set[str]] = {}
        for one, other in pairs:
            self.join(one, other)

    def join(self, one: str, other: str) -> None:
        """Two records are one child, and with them whoever is one with either."""
        large, small = self.of(one), self.of(other)
        if len(large) < len(small):
            large, small = small, large
        if large is not small:
            large |= small
        self._of |= dict.fromkeys((*small, one, other), large)

    def of(self, child: str) -> set[str]:
        """All records of a child, itself among them."""
        return self._of.get(child, {child})

    def all(self) -> list[set[str]]:
        """Every cluster of two and more."""
        return list({id(group): group for group in self._of.values()}.values())


def clusters_of(connection: Connection, besides: str = "") -> Clusters:
    """The clusters by everything that was decided, but for one decision."""
    return Clusters((one, other) for one, other, _ in _pairs(connection, besides))


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


def refresh(connection: Connection, touched: Collection[str]) -> None:
    """Note anew who stands, where one of these records (children, households, what decisions
    belong to) may have changed it.
    """
    decided, noted = _ANYTHING.rows(connection)[0]
    if not (decided or noted):
        return
    if len(touched) > _FEW or _matter(connection, touched) or _lacks_some(connection):
        refresh_all(connection)


def refresh_all(connection: Connection) -> None:
    """Note anew who stands for whom, from the rows."""
    before = {row.record: row.stands for row in connection.execute(select(same_child))}
    now = _standing(connection)
    gone = [record for record in before if record not in now]
    for part in chunks(sorted(gone), IDS_AT_ONCE):
        connection.execute(delete(same_child).where(same_child.c.record.in_(part)))
    new = [(record, stands) for record, stands in now.items() if before.get(record) != stands]
    insert_rows(connection, same_child, ("record", "stands"), sorted(new), "update")


def _standing(connection: Connection) -> dict[str, str]:
    """Record → who stands for it, for every child that is in a pair."""
    pairs = list(_pairs(connection))
    groups = Clusters((one, other) for one, other, _ in pairs).all()
    members = sorted({member for group in groups for member in group})
    followed: dict[str, bool] = {}
    for part in chunks(members, IDS_AT_ONCE):
        followed.update(_followed(connection, part))
    away = [one for one in members if one not in followed]
    # Who left is where the pair of the move says; who was written twice is in two books.
    twice = {one for pair in pairs if pair[2] == DUPLICATE for one in pair[:2]}
    stopped = set(stopped_of(connection, away)) | set(erased_of(connection, members))
    standing = {one for one, here in followed.items() if here}
    standing |= twice.intersection(away)
    standing -= stopped
    return {member: min(group & standing, default="") for group in groups for member in group}


def _pairs(connection: Connection, besides: str = "") -> Iterator[tuple[str, str, str]]:
    """(record, record, basis) of every pair that is one child; one decision may be left out."""
    rows = connection.execute(
        select(_decision.c.record, _decision.c.other_child, _decision.c.basis).where(
            _decision.c.verdict == SAME, _decision.c.id != besides
        )
    ).all()
    yield from ((row.record, row.other_child, row.basis or "") for row in rows)
    if rows:
        yield from ((one, into, "") for one, into in merged_of_pairs(connection))


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


def _matter(connection: Connection, touched: Collection[str]) -> bool:
    """Whether one of these is in a pair, or is the household of such a child."""
    for part in chunks(sorted(touched), IDS_AT_ONCE):
        ways = (
            select(same_child.c.record).where(same_child.c.record.in_(part)),
            select(_decision.c.record).where(_decision.c.record.in_(part)),
            select(_decision.c.record).where(_decision.c.other_child.in_(part)),
            select(_child.c.id)
            .join(same_child, same_child.c.record == _child.c.id)
            .where(_child.c.household.in_(part)),
        )
        if connection.execute(union_all(*ways).limit(1)).first() is not None:
            return True
    return False


def _lacks_some(connection: Connection) -> bool:
    """Whether a record of a pair is not held here: what comes of it may be no row."""
    held = exists().where(_child.c.id == same_child.c.record)
    return connection.execute(select(same_child.c.record).where(~held).limit(1)).first() is not None
