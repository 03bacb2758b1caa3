"""The pairs of records that are one child, by everything that was decided: which of the decisions
that say so count.

What a person decided counts. What the program decided by itself (id, name and birth date agree)
gives way to a person, also across a chain of records. Derived from rows alone: PCs that hold the
same operations come to the same pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, or_, select, union

from app.models.bulk import chunks
from app.models.log import IDS_AT_ONCE
from app.models.schema import ENTITY_TABLES, HIDDEN
from app.text.fold import fold

_child = ENTITY_TABLES["child"]
_decision = ENTITY_TABLES["match_decision"]
SAME, DIFFERENT = "same", "different"
#: What a decision says it is about that calls two records of the register one child. One about a
#: move has another basis, and says where the child lives now.
DUPLICATE = "duplicate"
#: Two people, or a person and the program, say it otherwise.
_DISPUTED = and_(_decision.c.basis == DUPLICATE, _decision.c["_conflicts"] > 0)
#: While it is disputed both records stand, so that nobody is lost. What is about a move is shown as
#: it was written last: one of its two records left.
_UNDISPUTED_SAME = and_(
    _decision.c.verdict == SAME,
    or_(
        _decision.c.basis.is_(None), _decision.c.basis != DUPLICATE, _decision.c["_conflicts"] == 0
    ),
)
_APART = or_(_decision.c.verdict == DIFFERENT, _DISPUTED)
_BY_THE_PROGRAM = and_(_decision.c.basis == DUPLICATE, _decision.c.decided_by.is_(None))


class SamePair(NamedTuple):
    """Two records that are one child. Nobody decided an `automatic` pair; of one that was merged
    into the other the basis is "".
    """

    one: str
    other: str
    basis: str
    automatic: bool = False


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


def clusters_by(pairs: Iterable[SamePair]) -> Clusters:
    """The clusters of some pairs."""
    return Clusters((pair.one, pair.other) for pair in pairs)


def all_said(connection: Connection) -> set[SamePair]:
    """Every pair that is called one child, and is not disputed; what counts is `counting`."""
    rows = connection.execute(_PAIRS).all()
    merged = merged_of_pairs(connection) if rows else ()
    return {*map(_pair, rows), *(SamePair(one, into, "") for one, into in merged)}


def said_about(connection: Connection, ids: Collection[str], besides: str = "") -> set[SamePair]:
    """The same of the children who are bound to these by any such pairs; one decision may be left
    out.
    """
    if not ids:
        return set()
    merged = merged_of_pairs(connection)
    found: set[SamePair] = set()
    known: set[str] = set()
    asked = set(ids)
    while asked:
        known |= asked
        found.update(
            SamePair(one, into, "") for one, into in merged if one in asked or into in asked
        )
        for part in chunks(sorted(asked), IDS_AT_ONCE):
            for named in (_decision.c.record, _decision.c.other_child):
                rows = connection.execute(_PAIRS.where(named.in_(part), _decision.c.id != besides))
                found.update(map(_pair, rows))
        asked = {one for pair in found for one in pair[:2]} - known
    return found


def same_about(connection: Connection, ids: Collection[str]) -> set[SamePair]:
    """The pairs that count of the children who are bound to these."""
    return counting(connection, said_about(connection, ids))


def counting(connection: Connection, said: Collection[SamePair]) -> set[SamePair]:
    """Of whole groups of pairs those that count.

    A pair of the program does not while its two records say otherwise what it was made by; nor
    does any of a group in which two records are called different, or are disputed, though the
    group makes them one.
    """
    idle = _idle(connection, said)
    return set(said) - idle.without_ground - idle.contradicted


class Idle(NamedTuple):
    """Pairs that the program called the same and that do not count: the records agree no longer, or
    a person said otherwise about two records of the group.
    """

    without_ground: frozenset[SamePair]
    contradicted: frozenset[SamePair]


def idle_pairs(connection: Connection) -> Idle:
    """All such pairs."""
    return _idle(connection, all_said(connection))


def _idle(connection: Connection, said: Collection[SamePair]) -> Idle:
    automatic = {pair for pair in said if pair.automatic}
    if not automatic:
        return Idle(frozenset(), frozenset())
    gone = _without_ground(connection, automatic)
    pairs = {pair for pair in said if pair not in gone}
    clusters = clusters_by(pairs)
    members = {one for pair in pairs for one in pair[:2]}
    torn = {
        min(clusters.of(one))
        for one, other in apart_among(connection, members)
        if other in clusters.of(one)
    }
    against = {pair for pair in automatic - gone if torn and min(clusters.of(pair.one)) in torn}
    return Idle(frozenset(gone), frozenset(against))


def apart_among(connection: Connection, ids: Collection[str]) -> set[tuple[str, str]]:
    """The pairs, of which these children are the lesser id, that are called two children or are
    disputed.
    """
    found: set[tuple[str, str]] = set()
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(_decision.c.record, _decision.c.other_child).where(
                _decision.c.record.in_(part), _APART
            )
        )
        found.update((row.record, row.other_child) for row in rows)
    return found


def decided_heads(
    connection: Connection, pairs: Collection[tuple[str, str]]
) -> dict[tuple[str, str], bytes]:
    """Pair, the lesser id first → the heads of what was decided about it, for those among `pairs`
    of which anything was.
    """
    firsts = {min(pair) for pair in pairs}
    found: dict[tuple[str, str], bytes] = {}
    for part in chunks(sorted(firsts), IDS_AT_ONCE):
        rows = connection.execute(
            select(_decision.c.record, _decision.c.other_child, _decision.c["_heads"]).where(
                _decision.c.record.in_(part)
            )
        )
        found.update(((row[0], row[1]), bytes(row[2])) for row in rows)
    return found


def _without_ground(connection: Connection, pairs: Collection[SamePair]) -> set[SamePair]:
    """Those of some pairs of the program of whom id, name, birth date and sex agree no longer. A
    record that is not held here, or is hidden, says nothing.
    """
    told = _grounds(connection, {one for pair in pairs for one in pair[:2]})
    return {
        pair
        for pair in pairs
        if pair.one in told and pair.other in told and not _agree(told[pair.one], told[pair.other])
    }


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    *same, sex = one
    *also, other_sex = other
    return same == also and all(same) and (not sex or not other_sex or sex == other_sex)


def _grounds(connection: Connection, ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Child → id, birth date, folded name and sex, for those that are held and not hidden."""
    found: dict[str, tuple[str, ...]] = {}
    for part in chunks(sorted(ids), IDS_AT_ONCE):
        rows = connection.execute(
            select(
                _child.c.id,
                _child.c.personal_id,
                _child.c.birth_date,
                _child.c.full_name,
                _child.c.sex,
            ).where(_child.c.id.in_(part), ~_child.c["_hidden"])
        )
        for child, number, born, name, sex in rows:
            found[child] = (number or "", born or "", fold(name or ""), sex or "")
    return found


def merged_of_pairs(connection: Connection) -> set[tuple[str, str]]:
    """(child, the one it was merged into), for those called the same as another and whatever they
    lead to.
    """
    same = [
        select(named).where(_decision.c.verdict == "same")
        for named in (_decision.c.record, _decision.c.other_child)
    ]
    merged = select(_child.c.id, _child.c.merged_into).where(HIDDEN, _child.c.merged_into != "")
    paired = merged.where(_child.c.id.in_(union(*same)))
    found = {row[0]: row[1] for row in connection.execute(paired)}
    asked = set(found.values()) - found.keys()
    while asked:
        more: dict[str, str] = {}
        for part in chunks(sorted(asked), IDS_AT_ONCE):
            rows = connection.execute(merged.where(_child.c.id.in_(part)))
            more.update((row[0], row[1]) for row in rows)
        found |= more
        asked = set(more.values()) - found.keys()
    return set(found.items())


_PAIRS: Select[Any] = select(
    _decision.c.record,
    _decision.c.other_child,
    _decision.c.basis,
    _BY_THE_PROGRAM.label("automatic"),
).where(_UNDISPUTED_SAME)


def _pair(row: Row[Any]) -> SamePair:
    return SamePair(row.record, row.other_child, row.basis or "", bool(row.automatic))
