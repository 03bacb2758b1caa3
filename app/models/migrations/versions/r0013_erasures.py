"""What was erased by law."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "erase",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erase")),
    )


def downgrade() -> None:
    op.drop_table("erase")
