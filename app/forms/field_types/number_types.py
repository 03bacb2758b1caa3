"""Whole numbers, decimals kept as text, amounts of money, years, yes/no."""

from __future__ import annotations

import re

from app.forms.code_lists import load_code_list
from app.forms.field_types.base import (
    FieldProblem,
    Language,
    TypedField,
    without_sheet_decimal,
)
from app.forms.issues import Value
from app.text.fold import fold
from app.text.normalize import clean

#: Integers beyond this cannot travel (4-sync.md, "Canonical").
LARGEST = 2**53
FIRST_YEAR = 1900
LAST_YEAR = 2100

_GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_DECIMAL = re.compile(r"(\d{1,9})(?:[.,](\d{1,6}))?")
_STORED_DECIMAL = re.compile(r"(?:0|[1-9]\d{0,8})(?:\.\d{0,5}[1-9])?")
_CURRENCY = frozenset(("d", "dong", "vnd"))
_TAIL = re.compile(r"\s*[^\d\s]+$")
_YES = frozenset(("1", "co", "c", "x", "yes", "y", "true", "dung", "roi", "da", "v"))
_NO = frozenset(("0", "2", "khong", "k", "no", "n", "false", "sai", "chua"))


def _whole(text: str) -> int | None:
    """A whole number, with or without thousands separators of one kind."""
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[., ]", "", text)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else None


class IntType(TypedField[int]):
    """A whole number, zero or more."""

    kind = int

    def parse(self, text: str) -> Value:
        text = without_sheet_decimal(clean(text))
        if not text:
            return None
        number = _whole(text)
        if number is None or number > LARGEST:
            raise FieldProblem("forms.problem.int")
        return number

    def judge(self, stored: int) -> FieldProblem | None:
        return None if 0 <= stored <= LARGEST else FieldProblem("forms.problem.int")


class MoneyType(IntType):
    """Whole đồng, plain or with separators, with or without the unit. Shown with separators."""

    def parse(self, text: str) -> Value:
        text = clean(text)
        tail = _TAIL.search(text)
        if tail is not None and fold(tail[0]).strip(" .") in _CURRENCY:
            text = text[: tail.start()]
        if not text:
            return None
        number = _whole(text)
        if number is None or number > LARGEST:
            raise FieldProblem("forms.problem.money")
        return number

    def show(self, stored: int, language: Language) -> str:
        grouped = f"{stored:,}"
        return grouped if language == "en" else grouped.replace(",", ".")


class DecimalType(TypedField[str]):
    """A decimal kept as text without superfluous zeros (`12.5`): floats may not travel."""

    kind = str

    def parse(self, text: str) -> Value:
        text = clean(text)
        if not text:
            return None
        match = _DECIMAL.fullmatch(text)
        if match is None:
            raise FieldProblem("forms.problem.decimal")
        whole = str(int(match[1]))
        part = (match[2] or "").rstrip("0")
        return f"{whole}.{part}" if part else whole

    def judge(self, stored: str) -> FieldProblem | None:
        return None if _STORED_DECIMAL.fullmatch(stored) else FieldProblem("forms.problem.decimal")

    def show(self, stored: str, language: Language) -> str:
        return stored if language == "en" else stored.replace(".", ",")


class YearType(TypedField[int]):
    """A calendar year 1900–2100; two digits are read as the latest such year not after
    `reference_year`.
    """

    kind = int

    def __init__(self, reference_year: int) -> None:
        self.reference_year = reference_year

    def parse(self, text: str) -> Value:
        text = without_sheet_decimal(clean(text))
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or len(text) not in (2, 4):
            raise FieldProblem("forms.problem.year")
        year = full_year(text, self.reference_year)
        problem = self.judge(year)
        if problem is not None:
            raise problem
        return year

    def judge(self, stored: int) -> FieldProblem | None:
        if FIRST_YEAR <= stored <= LAST_YEAR:
            return None
        return FieldProblem("forms.problem.year_range", first=FIRST_YEAR, last=LAST_YEAR)


def full_year(digits: str, reference_year: int) -> int:
    """Two digits become the latest such year not after `reference_year`; four stay."""
    if len(digits) != 2:
        return int(digits)
    year = reference_year // 100 * 100 + int(digits)
    return year if year <= reference_year else year - 100


class BoolType(TypedField[bool]):
    """Yes or no; blank is neither. Reads the words, their first letters, X, 1/0, and 1/2 as
    the book numbers them.
    """

    kind = bool

    def parse(self, text: str) -> Value:
        word = fold(clean(text))
        if not word:
            return None
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise FieldProblem("forms.problem.bool")

    def judge(self, stored: bool) -> FieldProblem | None:  # noqa: ARG002 -- both values are sound
        return None

    def show(self, stored: bool, language: Language) -> str:
        return load_code_list("yes_no").label("1" if stored else "2", language)
