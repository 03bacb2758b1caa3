"""Where it is kept which declarations *complete* the validator does not bear out.

Nothing is judged here: a store without the name of its judge is judged when it is opened.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "unsound",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("ent_type", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record", "ent_type", name=op.f("pk_unsound")),
    )
    op.drop_index(op.f("ix_child_household"), table_name="child")
    op.create_index(
        op.f("ix_child_household_complete"), "child", ["household", "complete"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_child_household_complete"), table_name="child")
    op.create_index(op.f("ix_child_household"), "child", ["household"], unique=False)
    op.drop_table("unsound")
    # Whoever migrates this store again has to judge it again.
    op.execute("DELETE FROM setting WHERE name = 'declarations_judged_by'")
