"""Which of several records of one child stands for it in the counts; pairs that may be one child.

Who stands is told by the decisions, and noted by the next transaction that touches one of them:
until then the store would count as it did. So that no number waits for that, it is noted here, by
the rule and the tables as they were at this revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_SAME = """
SELECT record, other_child, coalesce(basis, '') FROM match_decision WHERE verdict = 'same'
"""
_MERGED = "SELECT id, merged_into FROM child WHERE _hidden = 1 AND merged_into != ''"
#: Every child that is held; whether a unit's book follows it: no guest for less than six months.
_HELD = """
SELECT child.id,
  NOT child._hidden
  AND coalesce(child.life_status, 'ACTIVE') NOT IN
    ('MOVED_OUT', 'DECEASED', 'AGED_OUT', 'MERGED', 'ENTERED_IN_ERROR')
  AND coalesce(child.residence_status, '') != '4'
  AND coalesce(household.residence_status, '') != '3'
  AND coalesce(child.owner_unit, '') NOT IN ('outside', 'unknown')
FROM child LEFT JOIN household ON household.id = child.household
WHERE child.id IN :ids
"""
#: Whose creation waits or was set aside.
_STOPPED = """
SELECT ent_id FROM op
WHERE state IN ('waiting', 'set_aside') AND ent_type = 'child' AND parents = x''
  AND ent_id IN :ids
"""
#: Whom the law erased.
_ERASED = 'SELECT record FROM "erase" WHERE NOT _hidden AND record IN :ids'
_AT_ONCE = 500


def upgrade() -> None:
    op.create_table(
        "same_child",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("stands", sa.Text(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_same_child")),
    )
    op.create_index(op.f("ix_same_child_stands"), "same_child", ["stands"], unique=False)
    op.create_table(
        "suggested_pair",
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("first_heads", sa.LargeBinary(), nullable=False),
        sa.Column("second_heads", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("first", "second", name=op.f("pk_suggested_pair")),
    )
    op.create_index(op.f("ix_suggested_pair_second"), "suggested_pair", ["second"], unique=False)
    _note(op.get_bind())


def _note(connection: sa.Connection) -> None:
    same: list[Any] = list(connection.execute(sa.text(_SAME)))
    if not same:
        return
    merged = {row[0]: row[1] for row in connection.execute(sa.text(_MERGED))}
    pairs = {(row[0], row[1]) for row in same}
    asked = {child for pair in pairs for child in pair}
    while asked:
        found = {(one, merged[one]) for one in asked if one in merged} - pairs
        pairs |= found
        asked = {into for _one, into in found}
    members = sorted({child for pair in pairs for child in pair})
    held = {row[0]: bool(row[1]) for row in _of(connection, _HELD, members)}
    away = [one for one in members if one not in held]
    # A record that is not held counts where it lies, unless it is the one that moved.
    twice = {child for row in same if row[2] == "duplicate" for child in row[:2]}
    stopped = {row[0] for row in _of(connection, _STOPPED, away)}
    stopped |= {row[0] for row in _of(connection, _ERASED, members)}
    standing = {one for one, followed in held.items() if followed} | twice.intersection(away)
    standing -= stopped
    rows = [
        {"record": one, "stands": min(cluster & standing, default=""), "held": one in held}
        for cluster in _clusters(pairs)
        for one in cluster
    ]
    names = ("record", "stands", "held")
    connection.execute(sa.insert(sa.table("same_child", *map(sa.column, names))), rows)


def _of(connection: sa.Connection, statement: str, ids: list[str]) -> Iterator[tuple[Any, ...]]:
    wanted = sa.text(statement).bindparams(sa.bindparam("ids", expanding=True))
    for start in range(0, len(ids), _AT_ONCE):
        rows = connection.execute(wanted, {"ids": ids[start : start + _AT_ONCE]})
        yield from map(tuple, rows)


def _clusters(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    of: dict[str, set[str]] = {}
    for one, other in pairs:
        large, small = of.get(one, {one}), of.get(other, {other})
        if len(large) < len(small):
            large, small = small, large
        large |= small
        of |= dict.fromkeys((*small, one, other), large)
    return list({id(cluster): cluster for cluster in of.values()}.values())


def downgrade() -> None:
    op.drop_index(op.f("ix_suggested_pair_second"), table_name="suggested_pair")
    op.drop_table("suggested_pair")
    op.drop_index(op.f("ix_same_child_stands"), table_name="same_child")
    op.drop_table("same_child")
