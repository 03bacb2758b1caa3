"""What was found at a household of a re-survey sample stands in the review that says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

#: Column, its type, and the column it stands behind: a store made anew has them in that order.
_COLUMNS = (
    ("sample_name", sa.Text, "sample"),
    ("finding", sa.Text, "sample_name"),
    ("sample_size", sa.BigInteger, "returned_fields"),
    ("sample_of", sa.BigInteger, "sample_size"),
    ("missing_children", sa.BigInteger, "sample_of"),
    ("finding_fields", sa.Text, "differing_names"),
)


def upgrade() -> None:
    with op.batch_alter_table("review", recreate="always") as table:
        for name, kind, behind in _COLUMNS:
            table.add_column(sa.Column(name, kind(), nullable=True), insert_after=behind)


def downgrade() -> None:
    with op.batch_alter_table("review", recreate="always") as table:
        for name, _kind, _behind in reversed(_COLUMNS):
            table.drop_column(name)
