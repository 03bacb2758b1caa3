"""Days that stand in a file as bare numbers: a spreadsheet counts days, and shows only the count
where a column lost its date format (42767 for 01/02/2017).

What such a number means is proposed, never taken unasked, and only where its column as a whole
speaks for it: 40515 among 150519 and 311218 is 04/05/15 without its leading zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from app.forms.field_types import FieldProblem, FieldType

#: Types of fields that hold days, and how many letters of an ISO date each keeps.
_KEPT = {"date": 10, "partial_date": 10, "month": 7}
#: Five digits reach from 1927 to 2173; days further ahead than this are no entry of a register.
_YEARS_AHEAD = 20
#: Excel counts from here, for every day since March 1900.
_START_1900 = date(1899, 12, 30)
_START_1904 = date(1904, 1, 1)
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:\.[0-9]+)?")
_TYPED = re.compile(r"[0-9]{6}(?:[0-9]{2})?")


class Serials:
    """The numbers of days in one column of a file."""

    def __init__(
        self, kind: str, reader: FieldType, reference_year: int, *, from_1904: bool
    ) -> None:
        """`kind` and `reader` are the type of the column's field; `from_1904` whether the workbook
        counts from there.
        """
        self._letters = _KEPT.get(kind, 0)
        self._reader = reader
        self._last = date(reference_year + _YEARS_AHEAD, 12, 31)
        self._start = _START_1904 if from_1904 else _START_1900
        self._believed = False

    def learn(self, texts: Iterable[str]) -> None:
        """Decide by the first cells of the column whether its numbers count days: at least one
        could be nothing else, and none is a date typed without separators.
        """
        self._believed = certain = False
        if not self._letters:
            return
        for text in texts:
            if _TYPED.fullmatch(text):
                return
            certain = certain or (self._day(text) is not None and not self._lost_zero(text))
        self._believed = certain

    def problem(self, text: str) -> FieldProblem | None:
        """What is wrong with such a number, and the day it counts to; None for other text."""
        day = self._day(text) if self._believed else None
        if day is None:
            return None
        return FieldProblem("import.problem_serial", day.isoformat()[: self._letters])

    def _day(self, text: str) -> date | None:
        found = _SERIAL.fullmatch(text)
        if found is None:
            return None
        day = self._start + timedelta(int(found[1]))
        return day if day <= self._last else None

    def _lost_zero(self, text: str) -> bool:
        try:
            return self._reader.parse(f"0{text}") is not None
        except FieldProblem:
            return False
