"""Household numbers and telephones are searched for without marks and case, groups joined.

Only rows that hold more than digits there are written anew; all others are found as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models.rows import child_search, household_search

revision = "0008"
down_revision = "0007"

_HOUSEHOLD = "head_name household_no phone head_personal_id"
_CHILD = "full_name father_name mother_name personal_id caregiver_phone"
_MORE_THAN_DIGITS = {
    "household": ("household_no", "phone", "head_personal_id"),
    "child": ("personal_id", "caregiver_phone"),
}


def upgrade() -> None:
    for name, columns, search in (
        ("household", _HOUSEHOLD, household_search),
        ("child", _CHILD, child_search),
    ):
        fields = columns.split()
        table = sa.table(name, sa.column("id"), sa.column("search_fold"), *map(sa.column, fields))
        odd = sa.or_(*(table.c[one].op("GLOB")("*[^0-9]*") for one in _MORE_THAN_DIGITS[name]))
        connection = op.get_bind()
        rows = connection.execute(sa.select(table).where(odd)).mappings().all()
        new = [{"row": row["id"], "found_by": search(dict(row))} for row in rows]
        if new:
            write = sa.update(table).where(table.c.id == sa.bindparam("row"))
            connection.execute(write.values(search_fold=sa.bindparam("found_by")), new)


def downgrade() -> None:
    """The keys of before are not wanted again: those of now find all that they found."""
