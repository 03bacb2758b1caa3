"""Which of several records of one child stands for it in the counts; pairs that may be one child.

Who stands is told by the decisions, and noted by the next transaction that writes anything: until
then the store counts as it did. So that no number waits for that, it is noted here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models.doubled import refresh_all

revision = "0026"
down_revision = "0025"


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
    refresh_all(op.get_bind())


def downgrade() -> None:
    op.drop_index(op.f("ix_suggested_pair_second"), table_name="suggested_pair")
    op.drop_table("suggested_pair")
    op.drop_index(op.f("ix_same_child_stands"), table_name="same_child")
    op.drop_table("same_child")
