"""The children that are hidden have an index of their own: there are hardly any.

A list of all the others is then read out of the index of names alone, instead of every wide row.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index(
        op.f("ix_child_hidden"), "child", ["id"], unique=False, sqlite_where=sa.text("_hidden = 1")
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_child_hidden"), table_name="child", sqlite_where=sa.text("_hidden = 1"))
