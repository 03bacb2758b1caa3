"""Who wrote what people did is counted without reading the log."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_index(
        "ix_op_written",
        "op",
        ["by", "state", "position", "ent_type", "bundle_in"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_op_written", table_name="op")
