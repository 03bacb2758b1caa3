"""Why a note was taken away, and which notes are protected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("note", recreate="always") as table:
        table.add_column(sa.Column("hidden_reason", sa.Text(), nullable=True), insert_after="act")
        table.add_column(
            sa.Column("protected", sa.Boolean(), nullable=True), insert_after="_deleted"
        )


def downgrade() -> None:
    with op.batch_alter_table("note", recreate="always") as table:
        table.drop_column("protected")
        table.drop_column("hidden_reason")
