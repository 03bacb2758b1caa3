"""Who moved out is found without going through everybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_index(
        "ix_child_moved_out",
        "child",
        ["id"],
        unique=False,
        sqlite_where=sa.text("life_status = 'MOVED_OUT'"),
    )


def downgrade() -> None:
    op.drop_index("ix_child_moved_out", table_name="child")
