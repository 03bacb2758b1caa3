"""Numbers that identify: personal id, insurance numbers, telephone, certificates, ids of records.

Only the shape is judged here; whether a number fits the person is a rule. Nothing is repaired
silently: an old eleven-digit mobile number comes back as a proposal to confirm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from app.forms.code_lists import load_code_list
from app.forms.field_types.base import (
    FieldProblem,
    Language,
    TypedField,
    without_sheet_decimal,
)
from app.forms.issues import Value
from app.ids import parse_unit
from app.text.normalize import clean

_FILLERS = re.compile(r"[\s.\-()]+")
_PHONE = re.compile(r"0[35789]\d{8}|02\d{9}")
_OLD_MOBILE = re.compile(r"01\d{9}")
#: A personal id whose province code began with one zero (010–099) or two (001–009), as a
#: spreadsheet shows the number.
_LOST_ZEROS = re.compile(r"[1-9]\d{10}|[1-9][0-3]\d{8}")
_HEALTH_CARD = re.compile(r"[A-Z]{2}[1-5]\d{12}|\d{10}|\d{12}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CERTIFICATE = re.compile(r"(\d{1,5})\s*[/\-]\s*((?:19|20)\d{2})")


def _bare(text: str) -> str:
    """The characters that count. Of a number that went through a column of numbers (`513.0`) the
    zero behind the point is the spreadsheet's, and a digit more would be another person's number.
    """
    return _FILLERS.sub("", without_sheet_decimal(clean(text)))


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


class PersonalIdType(TypedField[str]):
    """Số định danh cá nhân: 12 digits, no check digit (NĐ 137/2015 Đ13). The nine-digit identity
    card of adults is refused in words; ten and eleven digits are offered with their lost zeros.
    """

    kind = str

    def parse(self, text: str) -> Value:
        digits = _bare(text)
        if not digits:
            return None
        problem = self.judge(digits)
        if problem is not None:
            raise problem
        return digits

    def judge(self, stored: str) -> FieldProblem | None:
        if len(stored) == 12 and stored.isascii() and stored.isdigit():
            return None
        if not _is_digits(stored):
            return FieldProblem("forms.problem.pid_digits")
        if len(stored) == 9:
            return FieldProblem("forms.problem.pid_old_card")
        if _LOST_ZEROS.fullmatch(stored):
            return FieldProblem(
                "forms.problem.pid_lost_zero", proposal=stored.zfill(12), count=len(stored)
            )
        return FieldProblem("forms.problem.pid_length", count=len(stored))


class HealthCardType(TypedField[str]):
    """15 characters (letters, benefit digit, province, number), 10 digits, or the 12 digits of the
    personal id (domain.md 3.2).
    """

    kind = str

    def parse(self, text: str) -> Value:
        card = _bare(text).upper()
        if not card:
            return None
        problem = self.judge(card)
        if problem is not None:
            raise problem
        return card

    def judge(self, stored: str) -> FieldProblem | None:
        if stored.isascii() and _HEALTH_CARD.fullmatch(stored):
            return None
        if len(stored) in (10, 12, 15):
            return FieldProblem("forms.problem.card_form", count=len(stored))
        if len(stored) in (9, 11) and _is_digits(stored) and stored[0] != "0":
            return FieldProblem(
                "forms.problem.card_lost_zero", proposal="0" + stored, count=len(stored)
            )
        return FieldProblem("forms.problem.card_length", count=len(stored))


class DigitsType(TypedField[str]):
    """Exactly `length` digits, kept as text."""

    kind = str

    def __init__(self, length: int) -> None:
        self.length = length

    def parse(self, text: str) -> Value:
        digits = _bare(text)
        if not digits:
            return None
        problem = self.judge(digits)
        if problem is not None:
            raise problem
        return digits

    def judge(self, stored: str) -> FieldProblem | None:
        if not _is_digits(stored):
            return FieldProblem("forms.problem.digits_only", length=self.length)
        if len(stored) == self.length - 1 and stored[0] != "0":
            return FieldProblem(
                "forms.problem.digits_lost_zero",
                proposal="0" + stored,
                length=self.length,
                count=len(stored),
            )
        if len(stored) != self.length:
            return FieldProblem(
                "forms.problem.digits_length", length=self.length, count=len(stored)
            )
        return None


@cache
def former_prefixes() -> Mapping[str, str]:
    """Four-digit mobile prefix until 2018 → the three digits it became (domain.md 3.4)."""
    return {
        former.strip(): item.code
        for item in load_code_list("phone_prefixes")
        for former in item.extra.get("former", "").split(";")
        if former.strip()
    }


class PhoneType(TypedField[str]):
    """A Vietnamese telephone number, stored as digits from the leading 0.

    `+84`, `0084`, `84`, blanks, dots and hyphens are understood. Mobile: 10 digits; landline: 11
    digits from 02.
    """

    kind = str

    def parse(self, text: str) -> Value:
        digits = _bare(text)
        if not digits:
            return None
        if digits.startswith("+84"):
            digits = digits[3:] if digits[3:4] == "0" else "0" + digits[3:]
        elif digits.startswith("0084"):
            digits = "0" + digits[4:]
        elif digits.startswith("84") and len(digits) in (11, 12):
            digits = "0" + digits[2:]
        problem = self.judge(digits)
        if problem is not None:
            raise problem
        return digits

    def judge(self, stored: str) -> FieldProblem | None:
        if stored.isascii() and _PHONE.fullmatch(stored):
            return None
        if not _is_digits(stored):
            return FieldProblem("forms.problem.phone_digits")
        # A spreadsheet that took an old number for a number has lost its zero besides.
        whole = stored if stored.startswith("0") else "0" + stored
        if _OLD_MOBILE.fullmatch(whole):
            new = former_prefixes().get(whole[:4])
            if new is not None:
                return FieldProblem(
                    "forms.problem.phone_old_prefix",
                    proposal=new + whole[4:],
                    old=whole[:4],
                    new=new,
                )
        if _PHONE.fullmatch(whole):
            return FieldProblem("forms.problem.phone_lost_zero", proposal=whole)
        return FieldProblem("forms.problem.phone", count=len(stored))

    def show(self, stored: str, language: Language) -> str:  # noqa: ARG002 -- one form for both
        return f"{stored[:4]} {stored[4:7]} {stored[7:]}"


class CertificateType(TypedField[str]):
    """A birth-certificate number. `12/2019` is the usual form; another text is kept as written and
    a rule remarks on it (domain.md 3.3: a warning only).
    """

    kind = str
    limit = 30

    def parse(self, text: str) -> Value:
        number = clean(text)
        if len(number) > self.limit:
            raise FieldProblem("forms.problem.too_long", limit=self.limit, count=len(number))
        match = _CERTIFICATE.fullmatch(number)
        return f"{match[1]}/{match[2]}" if match else (number or None)

    def judge(self, stored: str) -> FieldProblem | None:
        if len(stored) > self.limit:
            return FieldProblem("forms.problem.too_long", limit=self.limit, count=len(stored))
        if not stored or clean(stored) != stored:
            return FieldProblem("forms.problem.not_clean", proposal=clean(stored) or None)
        return None


class UnitType(TypedField[str]):
    """A unit of the tree, `CODE@EDITION` (app.ids)."""

    kind = str

    def parse(self, text: str) -> Value:
        unit = clean(text)
        if not unit:
            return None
        problem = self.judge(unit)
        if problem is not None:
            raise problem
        return unit

    def judge(self, stored: str) -> FieldProblem | None:
        try:
            parse_unit(stored)
        except ValueError:
            return FieldProblem("forms.problem.unit")
        return None


class ReferenceType(TypedField[str]):
    """The id of another record, or the text that names it until the caller has looked it up."""

    kind = str
    limit = 120

    def parse(self, text: str) -> Value:
        reference = clean(text)
        if len(reference) > self.limit:
            raise FieldProblem("forms.problem.too_long", limit=self.limit, count=len(reference))
        return reference or None

    def judge(self, stored: str) -> FieldProblem | None:
        if len(stored) > self.limit:
            return FieldProblem("forms.problem.too_long", limit=self.limit, count=len(stored))
        if not stored or clean(stored) != stored:
            return FieldProblem("forms.problem.not_clean", proposal=clean(stored) or None)
        return None


class UuidType(TypedField[str]):
    """An id made by the program: 36 characters, lower case."""

    kind = str

    def parse(self, text: str) -> Value:
        identifier = clean(text).lower()
        if not identifier:
            return None
        problem = self.judge(identifier)
        if problem is not None:
            raise problem
        return identifier

    def judge(self, stored: str) -> FieldProblem | None:
        return None if _UUID.fullmatch(stored) else FieldProblem("forms.problem.uuid")
