"""Who hands over and who receives, as each of the two sides names them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

#: Each column, and the column it stands behind: a store made anew has them in that order.
_COLUMNS = (
    ("sent_receiver", "sent_by_title"),
    ("sent_receiver_title", "sent_receiver"),
    *(
        (f"received_{tier}_{name}", f"received_{tier}_{behind}")
        for tier in ("commune", "district", "province")
        for name, behind in (("by_title", "by"), ("from", "by_title"), ("from_title", "from"))
    ),
)


def upgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        for name, behind in _COLUMNS:
            table.add_column(sa.Column(name, sa.Text(), nullable=True), insert_after=behind)


def downgrade() -> None:
    with op.batch_alter_table("handover", recreate="always") as table:
        for name, _behind in reversed(_COLUMNS):
            table.drop_column(name)
