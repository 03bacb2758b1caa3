"""The index of households by village holds their numbers too.

Whether a number stands twice in a village is asked at every save and of every household in a check;
it is answered from the index alone.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_index(op.f("ix_household_village"), table_name="household")
    op.create_index(
        op.f("ix_household_village_household_no"),
        "household",
        ["village", "household_no"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_household_village_household_no"), table_name="household")
    op.create_index(op.f("ix_household_village"), "household", ["village"], unique=False)
