"""Lists of children given to the commune police to verify, and what came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "police_list",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger()),
        sa.Column("withdrawn_by", sa.Text()),
        sa.Column("signed_by", sa.Text()),
        sa.Column("signed_title", sa.Text()),
        sa.Column("signed_on", sa.Text()),
        sa.Column("paper", sa.Text()),
        sa.Column("received", sa.BigInteger()),
        sa.Column("received_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_list")),
        sa.UniqueConstraint("code", name=op.f("uq_police_list_code")),
    )
    op.create_table(
        "police_row",
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("child", sa.Text(), nullable=False),
        sa.Column("household", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("printed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("list", "place", name=op.f("pk_police_row")),
        sa.UniqueConstraint("code", name=op.f("uq_police_row_code")),
    )
    op.create_index(op.f("ix_police_row_child"), "police_row", ["child"])
    op.create_index(op.f("ix_police_row_household"), "police_row", ["household"])
    op.create_table(
        "police_answer",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("read_by", sa.Text(), nullable=False),
        sa.Column("undone", sa.BigInteger()),
        sa.Column("undone_by", sa.Text()),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_police_answer")),
    )
    op.create_index(op.f("ix_police_answer_list"), "police_answer", ["list"])
    op.create_table(
        "police_outcome",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("act", "code", name=op.f("pk_police_outcome")),
    )


def downgrade() -> None:
    for name in ("police_outcome", "police_answer", "police_row", "police_list"):
        op.drop_table(name)
