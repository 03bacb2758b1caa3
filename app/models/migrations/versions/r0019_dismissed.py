"""Refusals of a unit above that a person here has seen and leaves at that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "dismissed",
        sa.Column("position", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_dismissed")),
    )


def downgrade() -> None:
    op.drop_table("dismissed")
