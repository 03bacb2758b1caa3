"""What each unit's bundles are about, and since when.

Which units a bundle was about nobody noted until now. What is in scope at the next one counts as
having been so: a register is not sent anew to everybody because the program was updated.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    made = op.create_table(
        "scope_out",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "member", name=op.f("pk_scope_out")),
    )
    setting = sa.table("setting", sa.column("name"), sa.column("value"))
    sent = sa.table("bundle_out", sa.column("unit"), sa.column("replica"))
    mine = sa.select(setting.c.value).where(setting.c.name == "replica").scalar_subquery()
    units = sa.select(sent.c.unit).where(sent.c.replica == mine).distinct()
    connection = op.get_bind()
    for unit in connection.execute(units).scalars().all():
        # "" stands for the whole log (`app.models.scope_out`).
        connection.execute(sa.insert(made).values(unit=unit, member="", position=0))


def downgrade() -> None:
    op.drop_table("scope_out")
