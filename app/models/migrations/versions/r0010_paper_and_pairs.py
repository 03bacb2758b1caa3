"""Notes, enumerators, paper books, and decisions about two children."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("written_on", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_record", "note", ["record"], unique=False)
    op.create_table(
        "enumerator",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("round", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("assigned_on", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("entered_in_error", sa.Boolean(), nullable=True),
        sa.Column("villages", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enumerator")),
    )
    op.create_index("ix_enumerator_owner_unit", "enumerator", ["owner_unit"], unique=False)
    op.create_table(
        "book",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("round", sa.Text(), nullable=True),
        sa.Column("village", sa.Text(), nullable=True),
        sa.Column("book_number", sa.Text(), nullable=True),
        sa.Column("enumerator", sa.Text(), nullable=True),
        sa.Column("supplied_on", sa.Text(), nullable=True),
        sa.Column("supplied_by", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Text(), nullable=True),
        sa.Column("issued_to", sa.Text(), nullable=True),
        sa.Column("collected_on", sa.Text(), nullable=True),
        sa.Column("collected_by", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("entered_on", sa.Text(), nullable=True),
        sa.Column("returned_on", sa.Text(), nullable=True),
        sa.Column("returned_to", sa.Text(), nullable=True),
        sa.Column("lost_on", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("sheets", sa.BigInteger(), nullable=True),
        sa.Column("households", sa.BigInteger(), nullable=True),
        sa.Column("children", sa.BigInteger(), nullable=True),
        sa.Column("entered_in_error", sa.Boolean(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book")),
    )
    op.create_index("ix_book_owner_unit", "book", ["owner_unit"], unique=False)
    op.create_table(
        "match_decision",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("other_child", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("moved_from", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decision")),
    )
    op.create_index(
        "ix_match_decision_other_child", "match_decision", ["other_child"], unique=False
    )
    op.create_index("ix_match_decision_record", "match_decision", ["record"], unique=False)


def downgrade() -> None:
    for name in ("match_decision", "book", "enumerator", "note"):
        op.drop_table(name)
