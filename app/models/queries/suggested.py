"""Pairs of children that may be one, kept for whoever looks at them (`suggested_pair`).

The last search wrote them, and what came since adds to them. A pair waits while both records are
followed, nothing is decided about them, and no other record made them one child.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, and_, delete, func, or_, select

from app.models.bulk import chunks, insert_rows
from app.models.log import IDS_AT_ONCE
from app.models.queries.following import followed_beside_household
from app.models.schema import ENTITY_TABLES, same_child, suggested_pair

_child = ENTITY_TABLES["child"]
_household = ENTITY_TABLES["household"]
_decision = ENTITY_TABLES["match_decision"]
_COLUMNS = ("first", "second", "level", "score", "evidence", "first_heads", "second_heads")


class SuggestedRow(NamedTuple):
    """A pair, the lesser id first. `score` in hundredths of a bit, `evidence` as JSON; `changed`
    says that one of the records was written since the pair was weighed.
    """

    first: str
    second: str
    level: int
    score: int
    evidence: str
    changed: bool


class Weighed(NamedTuple):
    """A pair to be kept, with the heads of its records when it was weighed."""

    first: str
    second: str
    level: int
    score: int
    evidence: str
    first_heads: bytes
    second_heads: bytes

    def stands(self, heads: Mapping[str, bytes]) -> bool:
        """Whether both records are as they were weighed, by their heads now."""
        now = heads.get(self.first), heads.get(self.second)
        return now == (self.first_heads, self.second_heads)

    def changed(self, children: Collection[str]) -> Weighed:
        """The same, told as changed where one of these children is in it."""
        if not {self.first, self.second}.intersection(children):
            return self
        return self._replace(first_heads=b"", second_heads=b"")


def heads_of(connection: Connection, ids: Collection[str]) -> dict[str, bytes]:
    """Child → its heads, as kept with a pair."""
    found: dict[str, bytes] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(_child.c.id, _child.c["_heads"]).where(_child.c.id.in_(part))
        )
        found.update((row[0], bytes(row[1])) for row in rows)
    return found


def keep_only(connection: Connection, pairs: Collection[Weighed], written: Collection[str]) -> None:
    """Keep these pairs, which a search found, and forget all others but those of children who were
    `written` since it read the register: it has not seen them as they are. Such a pair that was
    weighed as its records stand now is kept as it was weighed.
    """
    later = _kept(connection, written)
    heads = heads_of(connection, {child for one in later for child in (one.first, one.second)})
    found = {(one.first, one.second) for one in pairs}
    connection.execute(delete(suggested_pair))
    insert_rows(connection, suggested_pair, _COLUMNS, list(pairs))
    keep_more(
        connection,
        [one for one in later if (one.first, one.second) not in found or one.stands(heads)],
    )


def kept_children(connection: Connection) -> set[str]:
    """The children of all pairs that are kept."""
    rows = connection.execute(select(suggested_pair.c.first, suggested_pair.c.second))
    return {child for row in rows for child in row}


def _kept(connection: Connection, ids: Collection[str]) -> list[Weighed]:
    """The pairs that are kept about any of these children."""
    found: dict[tuple[str, str], Weighed] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        about = or_(suggested_pair.c.first.in_(part), suggested_pair.c.second.in_(part))
        for row in connection.execute(select(suggested_pair).where(about)):
            found[row.first, row.second] = Weighed._make(row)
    return list(found.values())


def keep_more(connection: Connection, pairs: Iterable[Weighed]) -> None:
    """Keep these pairs, too; one that is kept already is as it was weighed last."""
    insert_rows(connection, suggested_pair, _COLUMNS, list(pairs), "update")


def waiting(connection: Connection, up_to: int, limit: int | None = None) -> list[SuggestedRow]:
    """The pairs up to a level (`app.matching.pair.Level`) that wait, the surest first."""
    one, other = _child.alias("one"), _child.alias("other")
    changed = or_(
        one.c["_heads"] != suggested_pair.c.first_heads,
        other.c["_heads"] != suggested_pair.c.second_heads,
    )
    rows = connection.execute(
        select(
            suggested_pair.c.first,
            suggested_pair.c.second,
            suggested_pair.c.level,
            suggested_pair.c.score,
            suggested_pair.c.evidence,
            changed,
        )
        .join(one, one.c.id == suggested_pair.c.first)
        .join(other, other.c.id == suggested_pair.c.second)
        .where(_waits(), suggested_pair.c.level <= up_to)
        .order_by(
            suggested_pair.c.level,
            suggested_pair.c.score.desc(),
            suggested_pair.c.first,
            suggested_pair.c.second,
        )
        .limit(limit)
    )
    return [SuggestedRow._make((*row[:5], bool(row[5]))) for row in rows]


def count_waiting(connection: Connection) -> dict[int, int]:
    """Level → how many pairs of it wait."""
    rows = connection.execute(
        select(suggested_pair.c.level, func.count())
        .where(_waits())
        .group_by(suggested_pair.c.level)
    )
    return {row[0]: row[1] for row in rows}


def kept_about(connection: Connection, ids: Collection[str]) -> set[tuple[str, str]]:
    """The pairs that are kept about any of these children."""
    return {(one.first, one.second) for one in _kept(connection, ids)}


def _waits() -> ColumnElement[bool]:
    one, other = same_child.alias("one_of"), same_child.alias("other_of")
    together = (
        select(one.c.record)
        .join(other, and_(other.c.stands == one.c.stands, other.c.stands != ""))
        .where(one.c.record == suggested_pair.c.first, other.c.record == suggested_pair.c.second)
    )
    decided = select(_decision.c.id).where(
        _decision.c.record == suggested_pair.c.first,
        _decision.c.other_child == suggested_pair.c.second,
        _decision.c.verdict.in_(("same", "different")),
    )
    return and_(
        _is_followed(suggested_pair.c.first),
        _is_followed(suggested_pair.c.second),
        ~decided.exists(),
        ~together.exists(),
    )


def _is_followed(named: ColumnElement[str]) -> ColumnElement[bool]:
    return (
        select(_child.c.id)
        .join(_household, _household.c.id == _child.c.household, isouter=True)
        .where(_child.c.id == named, followed_beside_household())
        .correlate(_OF)
        .exists()
    )


_OF: FromClause = suggested_pair
