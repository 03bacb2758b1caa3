"""What came of typing again without seeing stands in the review that says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

#: Column, its type, and the column it stands behind: a store made anew has them in that order.
_COLUMNS = (
    ("typist", sa.Text, "handover"),
    ("sample", sa.Text, "typist"),
    ("retyped_fields", sa.BigInteger, "sample"),
    ("differing_fields", sa.BigInteger, "retyped_fields"),
    ("taken_fields", sa.BigInteger, "differing_fields"),
    ("returned_fields", sa.BigInteger, "taken_fields"),
    ("typed_by_import", sa.Boolean, "_deleted"),
    ("differing_names", sa.Text, "reviewed_heads"),
)


def upgrade() -> None:
    with op.batch_alter_table("review", recreate="always") as table:
        for name, kind, behind in _COLUMNS:
            table.add_column(sa.Column(name, kind(), nullable=True), insert_after=behind)


def downgrade() -> None:
    with op.batch_alter_table("review", recreate="always") as table:
        for name, _kind, _behind in reversed(_COLUMNS):
            table.drop_column(name)
