"""Which round a receipt was counted for: the giver may have named another open one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

#: Each column, and the column it stands behind: a store made anew has them in that order.
_COLUMNS = tuple(
    (f"received_{tier}_round", f"received_{tier}_manifest")
    for tier in ("commune", "district", "province")
)


def upgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        for name, behind in _COLUMNS:
            table.add_column(sa.Column(name, sa.Text(), nullable=True), insert_after=behind)


def downgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        for name, _behind in reversed(_COLUMNS):
            table.drop_column(name)
