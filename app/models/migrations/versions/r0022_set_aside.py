"""What a tier took out of its register again, told beside its receipt.

A newer program may have said so before this one was updated: it stands among the fields that this
program did not know.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_FIELDS = tuple(f"received_{tier}_set_aside" for tier in ("commune", "district", "province"))


def upgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        before = "received_province_waiting"
        for name in _FIELDS:
            table.add_column(sa.Column(name, sa.Boolean(), nullable=True), insert_after=before)
            before = name
    handover = sa.table(
        "handover", sa.column("id"), sa.column("_extra"), *[sa.column(name) for name in _FIELDS]
    )
    connection = op.get_bind()
    told = sa.select(handover.c.id, handover.c._extra).where(
        handover.c._extra.contains("_set_aside")
    )
    for ent_id, extra in connection.execute(told).all():
        kept = json.loads(extra)
        # A value of another kind stays where it is: nothing that was written is lost.
        known = {name: kept.pop(name) for name in _FIELDS if isinstance(kept.get(name), bool)}
        rest = json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None
        connection.execute(
            sa.update(handover).where(handover.c.id == ent_id).values(_extra=rest, **known)
        )


def downgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        for name in _FIELDS:
            table.drop_column(name)
