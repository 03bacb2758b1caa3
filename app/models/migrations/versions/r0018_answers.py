"""Which returned handovers the giver had in hand when it made another one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        table.add_column(
            sa.Column("sent_answers", sa.Text(), nullable=True), insert_after="sent_units"
        )


def downgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        table.drop_column("sent_answers")
