"""The record of support that a list gives a child: one per child and list, whoever notes it."""

from __future__ import annotations

from app.errors import KnownError
from app.forms.code_lists import load_code_list, lookup_key
from app.ids import derived_id
from app.models.queries import register
from app.models.queries.crosscheck import FileRow
from app.models.store import Reading
from app.services.crosscheck.listed import ListKind

#: Words in the title of a list → the kind of support it is about; the first that fits.
_TITLES = (
    ("hoc bong", "scholarship"),
    ("hoc phi", "school_costs"),
    ("chi phi hoc tap", "school_costs"),
    ("bao hiem y te", "health_insurance"),
    ("bhyt", "health_insurance"),
    ("phau thuat", "medical"),
    ("kham chua benh", "medical"),
    ("tro cap", "monthly_allowance"),
    ("tro giup xa hoi hang thang", "monthly_allowance"),
    ("qua", "gift"),
)
OTHER = "other"


def support_key(file: FileRow) -> str:
    """What the id of the record is derived from, with the child: the same list read again, here or
    on another PC, gives the same record.
    """
    return f"list:{file.series}"


def is_noted(reading: Reading, file: FileRow, child: str) -> bool:
    """Whether the child has the record of this list, be it one that somebody deleted."""
    return register.record(reading, "support", derived_id(child, support_key(file))) is not None


def series_of(kind: ListKind, unit: str, title: str, year: int, occasion: str) -> str:
    """What a later list of the same thing has in common with an earlier one: of poverty and of
    allowances a unit has one list in force, of gifts as many as there are occasions, by the title
    and the name that a person gave. Raises KnownError `crosscheck.no_occasion` for neither.
    """
    if kind is ListKind.SUPPORT:
        named = lookup_key(occasion)
        if not named and not lookup_key(title):
            raise KnownError("crosscheck.no_occasion", "crosscheck.no_occasion_hint")
        series = f"{kind.value}:{unit}:{year}:{lookup_key(title)}"
        return f"{series}:{named}" if named else series
    return f"{kind.value}:{unit}"


def support_of_title(title: str) -> str:
    """The code of `support_types` that the title of a list speaks of."""
    key = lookup_key(title)
    return next((code for words, code in _TITLES if f" {words} " in f" {key} "), OTHER)


def support_of_words(text: str) -> str:
    """The code of `support_types` that a cell means; "" for none."""
    item = load_code_list("support_types").named(text) if text else None
    return "" if item is None else item.code
