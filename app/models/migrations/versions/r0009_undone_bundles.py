"""A received bundle can be taken back: when, by whom and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_COLUMNS = (("undone", sa.BigInteger), ("undone_by", sa.Text), ("undone_why", sa.Text))


def upgrade() -> None:
    for name, kind in _COLUMNS:
        op.add_column("bundle_in", sa.Column(name, kind(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("bundle_in") as table:
        for name, _kind in reversed(_COLUMNS):
            table.drop_column(name)
