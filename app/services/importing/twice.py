"""Whether a row brings a child that its household already has: the same name, but for marks and
case, and the same birth date.

Nothing is merged or left out for it. Twins may differ by a tone only, so both children come in, and
a person is asked; children without a name, and those marked as twins, are not asked about
(domain.md 9 items 6 to 8; the rule `same_as_sibling` says the same on every page afterwards).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.forms.field_types import name_status_of
from app.forms.issues import Value
from app.forms.validator import reasons_of
from app.models.queries import importing
from app.models.store import Reading
from app.services.importing.file_memory import FileMemory
from app.services.importing.finding import Placed
from app.services.importing.issues import IssueList
from app.text.fold import fold

#: The issue of a page, as reasons name it.
_RULE = "full_name/same_as_sibling"


def tell_of_twice(
    reading: Reading, placed: Iterable[Placed], memory: FileMemory, issues: IssueList
) -> None:
    """Note `same_child` on the rows whose child an earlier row was, unless a reason was given for
    it, and `same_child_held` on those that make a child which the register holds.
    """
    asked: list[tuple[Placed, str, str]] = []
    for one in placed:
        child, household = one.child, one.household
        if child is None or household is None or not one.is_taken:
            continue
        known = _known_by({**child.loaded, **one.row.child}, {*child.unread})
        if known is not None:
            asked.append((one, household.id, known))
    standing = {
        home
        for one, home, _ in asked
        if _is_new(one) and one.household and not one.household.is_new
    }
    held = _held_in(reading, standing) if standing else frozenset()
    for one, home, known in asked:
        first = memory.names.first(f"{home}/{known}", one.row.number)
        if first != one.row.number:
            if not _is_settled(one):
                issues.add(one.row.number, "same_child", first=first)
        elif _is_new(one) and (home, known) in held:
            issues.add(one.row.number, "same_child_held")


def _is_new(one: Placed) -> bool:
    return one.child is not None and one.child.is_new


def _is_settled(one: Placed) -> bool:
    return one.child is not None and _RULE in reasons_of(one.child.loaded)


def _held_in(reading: Reading, households: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(household, what a child is known by) of the children in these households."""
    return frozenset(
        (household, known)
        for household, values in importing.names_in_households(reading, set(households))
        if (known := _known_by(values)) is not None
    )


def _known_by(values: Mapping[str, Value], unread: Iterable[str] = ()) -> str | None:
    """Birth date and folded name; None where they say nothing."""
    name, born = values.get("full_name"), values.get("birth_date")
    if not isinstance(name, str) or not isinstance(born, str) or values.get("twin_group"):
        return None
    if not {"full_name", "birth_date"}.isdisjoint(unread) or name_status_of(name) != "OFFICIAL":
        return None
    return f"{born}/{fold(name)}"
