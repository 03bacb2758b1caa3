"""In whose book a child is counted that left one, and for how long: a parameter of the round."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

from app.history.departure import book_of_departed
from app.history.operation import Body, decode_body
from app.models.rows import split_ids

revision = "0017"
down_revision = "0016"

_AT_ONCE = 500


class _Write(NamedTuple):
    op_id: bytes
    parents: tuple[bytes, ...]
    body: Body | None


def upgrade() -> None:
    with op.batch_alter_table("round", recreate="always") as table:
        column = sa.Column("moved_out_quarters", sa.BigInteger(), nullable=True)
        table.add_column(column, insert_after="state")
    op.create_table(
        "departed",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_departed")),
    )
    op.create_index(op.f("ix_departed_unit"), "departed", ["unit"], unique=False)
    connection = op.get_bind()
    child = sa.table("child", sa.column("id"), sa.column("life_status"), sa.column("owner_unit"))
    left = sa.text("life_status = 'MOVED_OUT' OR owner_unit IN ('outside', 'unknown')")
    ids = list(connection.execute(sa.select(child.c.id).where(left)).scalars())
    departed = sa.table("departed", sa.column("record"), sa.column("unit"))
    for start in range(0, len(ids), _AT_ONCE):
        rows = [
            {"record": one, "unit": unit}
            for one, written in _written(connection, ids[start : start + _AT_ONCE]).items()
            if (unit := book_of_departed(written))
        ]
        if rows:
            connection.execute(sa.insert(departed), rows)


def _written(connection: sa.Connection, ids: list[str]) -> dict[str, list[_Write]]:
    """Child → its accepted operations. The log as it was at this revision."""
    names = ("ent_id", "ent_type", "op_id", "parents", "body", "state")
    log = sa.table("op", *[sa.column(name) for name in names])
    found: dict[str, list[_Write]] = {}
    for row in connection.execute(
        sa.select(log.c.ent_id, log.c.op_id, log.c.parents, log.c.body).where(
            log.c.ent_id.in_(ids), log.c.ent_type == "child", log.c.state == "accepted"
        )
    ):
        body = None if row.body is None else decode_body(row.body)
        found.setdefault(row.ent_id, []).append(_Write(row.op_id, split_ids(row.parents), body))
    return found


def downgrade() -> None:
    op.drop_index(op.f("ix_departed_unit"), table_name="departed")
    op.drop_table("departed")
    with op.batch_alter_table("round", recreate="always") as table:
        table.drop_column("moved_out_quarters")
