"""What every field type can do: read typed text, show a stored value, judge a foreign value."""

from __future__ import annotations

import re
from typing import Generic, Literal, Protocol, TypeVar

from app.errors import KnownError
from app.forms.issues import Value

Language = Literal["vi", "en"]
T = TypeVar("T")
#: A whole number as it comes out of a column of decimal numbers.
_OF_A_SHEET = re.compile(r"([0-9]+)\.0")


def without_sheet_decimal(text: str) -> str:
    """`513.0` → `513`: the zero behind the point is the spreadsheet's, nobody's digit."""
    match = _OF_A_SHEET.fullmatch(text)
    return text if match is None else match[1]


class FieldProblem(KnownError):
    """Typed text or a stored value that the field cannot hold.

    `proposal` is a stored value to show and have confirmed; it is never taken silently. It may be
    personal, so it is not among the parameters.
    """

    def __init__(self, message_id: str, proposal: Value = None, **parameters: object) -> None:
        super().__init__(message_id, None, **parameters)
        self.proposal = proposal


class FieldType(Protocol):
    """One field's codec. Stored are JSON values: text, integer, boolean or a sorted code list."""

    def parse(self, text: str) -> Value:
        """Typed text to the stored value; None for an empty field. Raises FieldProblem."""

    def format(self, stored: Value, language: Language) -> str:
        """The stored value as people read it; `parse` reads it back. Empty text for None."""

    def check(self, stored: Value) -> FieldProblem | None:
        """What is wrong with a stored value that came from elsewhere; None when it is sound."""


class TypedField(Generic[T]):
    """The frame of the types that store one value of class `kind`; None passes everywhere."""

    kind: type[T]

    def parse(self, text: str) -> Value:
        raise NotImplementedError

    def check(self, stored: Value) -> FieldProblem | None:
        if stored is None:
            return None
        # `bool` is a subclass of `int`: a tick is not a number.
        if type(stored) is not self.kind:
            return self._foreign(stored)
        return self.judge(stored)

    def _foreign(self, stored: Value) -> FieldProblem:
        """What to say of a value of another class; text may be what somebody wrote on paper, so it
        gets the answer that typing it would get.
        """
        if type(stored) is not str:
            return FieldProblem("forms.problem.kind")
        try:
            return FieldProblem("forms.problem.kind", proposal=self.parse(stored))
        except FieldProblem as problem:
            return problem

    def format(self, stored: Value, language: Language) -> str:
        if stored is None:
            return ""
        if type(stored) is not self.kind:
            return str(stored)
        # Text that could not be read is shown as it was written.
        if self.kind is str and self.judge(stored) is not None:
            return str(stored)
        return self.show(stored, language)

    def judge(self, stored: T) -> FieldProblem | None:
        """Judge a value of the right class."""
        raise NotImplementedError

    def show(self, stored: T, language: Language) -> str:  # noqa: ARG002 -- few types differ
        """Show a value of the right class."""
        return str(stored)
