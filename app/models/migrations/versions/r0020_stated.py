"""What the giver stated inside the bundle itself, kept with the bundle at both ends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_TABLES = ("bundle_out", "bundle_in")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("stated", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for table in reversed(_TABLES):
        with op.batch_alter_table(table) as changed:
            changed.drop_column("stated")
