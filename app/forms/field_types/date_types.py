"""Dates as clerks type them: digits, slashes, or only a month or a year where the field allows it.

Stored as ISO text with its precision: `2019`, `2019-05`, `2019-05-01`. Impossible dates are refused
in words; nothing is guessed but the century of a two-digit year.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import NoReturn

from app.forms.field_types.base import FieldProblem, Language, TypedField
from app.forms.field_types.number_types import FIRST_YEAR, LAST_YEAR, full_year
from app.forms.issues import Value
from app.text.normalize import clean

_SEPARATOR = re.compile(r"\s*[/.\-\s]\s*")
#: How a year of four digits begins.
_CENTURIES = ("19", "20")
_STORED = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class _PartialDate(TypedField[str]):
    """Shared reading; the subclasses say which precisions they hold."""

    kind = str
    precisions = frozenset((4, 7, 10))  # lengths of the stored text
    #: What is said of text that no date can be read from.
    unreadable = "forms.problem.date"

    def __init__(self, reference_year: int) -> None:
        self.reference_year = reference_year

    def parse(self, text: str) -> Value:
        text = clean(text)
        if not text:
            return None
        year, month, day = self._parts(text)
        problem = _calendar_problem(year, month, day)
        if problem is not None:
            raise problem
        stored = f"{year:04d}"
        if month is not None:
            stored += f"-{month:02d}"
        if day is not None:
            stored += f"-{day:02d}"
        if len(stored) not in self.precisions:
            self._refuse_precision(len(stored))
        return stored

    def _parts(self, text: str) -> tuple[int, int | None, int | None]:
        pieces = _SEPARATOR.split(text)
        if not all(piece.isascii() and piece.isdigit() for piece in pieces):
            raise FieldProblem(self.unreadable)
        if len(pieces) == 1:
            return self._digits(pieces[0])
        if len(pieces) == 2:
            first, second = pieces
            if len(first) == 4 and len(second) <= 2:
                return int(first), int(second), None
            return self._year(second), self._short(first), None
        if len(pieces) == 3:
            if len(pieces[0]) == 4:
                return int(pieces[0]), self._short(pieces[1]), self._short(pieces[2])
            return self._year(pieces[2]), self._short(pieces[1]), self._short(pieces[0])
        raise FieldProblem(self.unreadable)

    def _digits(self, digits: str) -> tuple[int, int | None, int | None]:
        if len(digits) == 4:
            if not FIRST_YEAR <= int(digits) <= LAST_YEAR:
                raise FieldProblem(self.unreadable)  # 1403 is rather a day than a year
            return int(digits), None, None
        if len(digits) == 6 and digits[2:4] in _CENTURIES:
            return int(digits[2:]), int(digits[:2]), None  # no month is called 19 or 20
        if len(digits) in (6, 8):
            return self._year(digits[4:]), int(digits[2:4]), int(digits[:2])
        raise FieldProblem(self.unreadable)

    def _year(self, digits: str) -> int:
        if len(digits) not in (2, 4):
            raise FieldProblem(self.unreadable)
        return full_year(digits, self.reference_year)

    def _short(self, digits: str) -> int:
        if len(digits) > 2:
            raise FieldProblem(self.unreadable)
        return int(digits)

    def _refuse_precision(self, length: int) -> NoReturn:
        raise FieldProblem(
            "forms.problem.date_needs_month" if length == 4 else "forms.problem.date_needs_day"
        )

    def judge(self, stored: str) -> FieldProblem | None:
        match = _STORED.fullmatch(stored) if stored.isascii() else None
        if match is None:
            return self._written_otherwise(stored)
        year, month, day = match.groups()
        problem = _calendar_problem(
            int(year), None if month is None else int(month), None if day is None else int(day)
        )
        if problem is None and len(stored) not in self.precisions:
            return FieldProblem("forms.problem.date_precision")
        return problem

    def _written_otherwise(self, stored: str) -> FieldProblem:
        """Text as somebody wrote it, kept because it is no date: why it is none."""
        try:
            return FieldProblem("forms.problem.date", proposal=self.parse(stored))
        except FieldProblem as problem:
            return problem

    def show(self, stored: str, language: Language) -> str:  # noqa: ARG002 -- one order for both
        return "/".join(reversed(stored.split("-")))


class PartialDateType(_PartialDate):
    """`010520`, `01052020`, `1/5/2020`, `5/2019`, `052019`, `2019`, `2019-05-01`."""

    unreadable = "forms.problem.date_partial"


class DateType(_PartialDate):
    """A full day."""

    precisions = frozenset((10,))

    def _refuse_precision(self, length: int) -> NoReturn:  # noqa: ARG002
        raise FieldProblem("forms.problem.date_needs_day")


class MonthType(_PartialDate):
    """A month: `5/2019`, `052019`, `0519`."""

    precisions = frozenset((7,))
    unreadable = "forms.problem.month"

    def _digits(self, digits: str) -> tuple[int, int | None, int | None]:
        if len(digits) in (4, 6):
            month = int(digits[:2])
            if len(digits) == 4 and not 1 <= month <= 12:
                raise FieldProblem("forms.problem.date_needs_month")
            return self._year(digits[2:]), month, None
        raise FieldProblem("forms.problem.month")

    def _refuse_precision(self, length: int) -> NoReturn:  # noqa: ARG002
        raise FieldProblem("forms.problem.month")


def _calendar_problem(year: int, month: int | None, day: int | None) -> FieldProblem | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return FieldProblem("forms.problem.year_range", first=FIRST_YEAR, last=LAST_YEAR)
    if month is None:
        return None
    if not 1 <= month <= 12:
        if day is not None and 1 <= month <= 31 and 1 <= day <= 12:
            return FieldProblem("forms.problem.date_swapped", month=month)
        return FieldProblem("forms.problem.no_such_month", month=month)
    if day is None:
        return None
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        return FieldProblem("forms.problem.no_such_day", day=day, month=month, year=year, last=last)
    return None
