"""Dates of lists that read otherwise than they were meant: the month before the day, and years of
two digits. Both are proposed, never taken unasked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.forms.field_types import FieldProblem, FieldType
from app.forms.issues import Value
from app.text.normalize import clean

#: Types of fields that hold days.
KINDS = frozenset(("date", "partial_date", "month"))
_SWAPPED = "forms.problem.date_swapped"
_SEPARATOR = re.compile(r"\s*[/.\-\s]\s*")
_CENTURIES = ("19", "20")


def read_date(reader: FieldType, text: str) -> Value:
    """The date of a text. Raises FieldProblem, with a proposal where the text has one.

    `import.problem_swapped`: 05/13/2019 is no date with the day before the month, and one with the
    month first. `import.problem_short_year`: of 01/05/19 nobody but a person can say the century.
    """
    said = clean(text)
    try:
        value = reader.parse(said)
    except FieldProblem as problem:
        turned = _turned(said) if problem.message_id == _SWAPPED else ""
        meant = _parsed(reader, turned) if turned else None
        if meant is None:
            raise
        raise FieldProblem("import.problem_swapped", meant) from problem
    if value is not None and _has_short_year(said):
        raise FieldProblem("import.problem_short_year", value)
    return value


def _parsed(reader: FieldType, text: str) -> Value:
    try:
        return reader.parse(text)
    except FieldProblem:
        return None


def _pieces(text: str) -> Sequence[str]:
    pieces = _SEPARATOR.split(text)
    if len(pieces) == 1 and len(text) in (6, 8):
        return (text[:2], text[2:4], text[4:])
    return pieces


def _turned(text: str) -> str:
    """The text with day and month in each other's place."""
    pieces = _pieces(text)
    if len(pieces) != 3:
        return ""
    first, second, third = pieces
    if len(first) == 4:
        return f"{first}-{third}-{second}"
    return f"{second}/{first}/{third}"


def _has_short_year(text: str) -> bool:
    pieces = _SEPARATOR.split(text)
    if len(pieces) == 1:
        return len(text) == 6 and text[2:4] not in _CENTURIES
    return len(pieces[0]) <= 2 and len(pieces[-1]) == 2
