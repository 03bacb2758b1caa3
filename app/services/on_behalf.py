"""Typing on behalf: a unit above, or another PC of it, works on the records of a commune.

The commune stays the owner; every operation says which unit it was entered by. A list shows it
where the two differ, and a page whose records they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from app.models.queries.entered_by import last_writers
from app.models.queries.register import ChildRow, HouseholdRow
from app.models.store import Reading
from app.services.workplace import Workplace

R = TypeVar("R", ChildRow, HouseholdRow)


def entered_elsewhere(
    workplace: Workplace, reading: Reading, owners: Mapping[str, str]
) -> dict[str, str]:
    """Record → the unit that wrote on it last, where that is not the owner (`owners`: record →
    unit) nor a unit that became part of it. Of a record that left for no unit nobody is the owner:
    whoever noted that wrote on behalf of none.
    """
    tree = workplace.tree
    owners = {record: owner for record, owner in owners.items() if "@" in owner}
    return {
        record: by
        for record, by in last_writers(reading, owners).items()
        if by != owners[record] and not tree.covers([owners[record]], by)
    }


def with_writers(workplace: Workplace, reading: Reading, rows: Sequence[R]) -> list[R]:
    """Rows of a list, each with the unit that entered what stands there, where it is another."""
    found = entered_elsewhere(workplace, reading, {one.id: one.owner_unit for one in rows})
    return [replace(one, entered_by=found[one.id]) if one.id in found else one for one in rows]
