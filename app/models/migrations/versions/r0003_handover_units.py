"""What a handover states of each of its units, and of how many records its file is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: Column, its type, and the column it stands behind: a store made anew has them in that order.
_COLUMNS = (
    ("sent_touched_households", sa.BigInteger, "sent_ops"),
    ("sent_touched_children", sa.BigInteger, "sent_touched_households"),
    ("sent_units", sa.Text, "received_province_waiting"),
)


def upgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        for name, kind, behind in _COLUMNS:
            table.add_column(sa.Column(name, kind(), nullable=True), insert_after=behind)


def downgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        for name, _kind, _behind in reversed(_COLUMNS):
            table.drop_column(name)
