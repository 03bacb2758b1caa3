"""Cells of level A about records that are here already, in a file of somebody who may not see it.

They are left out, whether they say what the register says or not: counts and issues of an import,
and of its preview, must not tell which. New records take what the file says. Where a group has a
sub-group of level A, all of it is left out, because the group alone would tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from app.forms.code_lists import load_code_list
from app.forms.issues import Value
from app.forms.sensitivity import Masks, code_level
from app.services.importing.drafts import Draft
from app.services.importing.finding import Placed
from app.services.importing.issues import IssueList


@cache
def _masked_groups() -> frozenset[str]:
    codes = (item.code for item in load_code_list("circumstances"))
    return frozenset(code.partition(".")[0] for code in codes if code_level(code) == "A")


def leave_out(
    placed: Iterable[Placed], masks: Masks, issues: IssueList, title: Callable[[str], str]
) -> None:
    """Take out of the rows what would be written over a mask, and say so on each row."""
    for one in placed:
        row, child, household = one.row, one.child, one.household
        left = []
        if child is not None and not child.is_new:
            left += _fields(child, row.child, masks)
            codes = row.circumstances or ()
            kept = tuple(code for code in codes if not _is_masked(code))
            if len(kept) < len(codes):
                row.circumstances = kept or None
                left.append("circumstance_codes")
            for name in sorted(masks.fields_of("circumstance")):
                if row.circumstance.pop(name, None) is not None:
                    left.append(name)
        if household is not None and not household.is_new:
            left += _fields(household, row.household, masks)
        for name in left:
            for entity in ("child", "household", "circumstance"):
                row.unread.pop(f"{entity}.{name}", None)
            issues.add(row.number, "masked", title(name))


def _is_masked(code: str) -> bool:
    group = code.partition(".")[0]
    return group in _masked_groups() or code_level(code) == "A"


def _fields(draft: Draft, said: dict[str, Value], masks: Masks) -> list[str]:
    """Remove the fields from what a row says of a record that stand masked in it."""
    masked = [
        name
        for name in masks.fields_of(draft.entity)
        if name in said and draft.loaded.get(name) is not None
    ]
    for name in masked:
        del said[name]
    return sorted(masked)
