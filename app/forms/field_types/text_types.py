"""Free text and names of persons."""

from __future__ import annotations

import re

from app.forms.field_types.base import FieldProblem, TypedField
from app.forms.issues import Value
from app.forms.words import placeholder_names
from app.text.normalize import clean, clean_lines, is_clean, is_clean_lines

#: Longest free text where the template sets no limit of its own, in characters.
TEXT_LIMIT = 200
NAME_LIMIT = 60
NAME_WORDS = 8

_LETTERS = re.compile(r"[^\W\d_]+(?:['\-.’ʼ ]+[^\W\d_]+)*\.?")


def name_status_of(name: str) -> str:
    """`OFFICIAL`, or which placeholder stands where a child's name should be.

    A child without a name is written «Trai» or «Gái» until the birth certificate exists (domain.md
    1.2 item 2, 9 item 6); other words only say that there is no name yet: `UNKNOWN`.
    """
    return placeholder_names().get(name.lower().strip(" .()-"), "OFFICIAL")


class TextType(TypedField[str]):
    """One line of free text, cleaned (app.text.normalize), at most `limit` characters."""

    kind = str

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit or TEXT_LIMIT

    def parse(self, text: str) -> Value:
        return self._within(clean(text))

    def _within(self, cleaned: str) -> Value:
        if len(cleaned) > self.limit:
            raise FieldProblem("forms.problem.too_long", limit=self.limit, count=len(cleaned))
        return cleaned or None

    def judge(self, stored: str) -> FieldProblem | None:
        if len(stored) > self.limit:
            return FieldProblem("forms.problem.too_long", limit=self.limit, count=len(stored))
        if not stored or not is_clean(stored):
            return FieldProblem("forms.problem.not_clean", proposal=clean(stored) or None)
        return None


class NoteType(TextType):
    """Free text of several lines."""

    def parse(self, text: str) -> Value:
        return self._within(clean_lines(text))

    def judge(self, stored: str) -> FieldProblem | None:
        if len(stored) > self.limit:
            return FieldProblem("forms.problem.too_long", limit=self.limit, count=len(stored))
        if not stored or not is_clean_lines(stored):
            return FieldProblem("forms.problem.not_clean", proposal=clean_lines(stored) or None)
        return None


class NameType(TypedField[str]):
    """A person's name: 1–8 words, at most 60 characters, letters of any alphabet (f j w z too),
    `'`, `-` and `.`; no digits (domain.md 9 item 4). Stored as written; refuses to correct case.
    """

    kind = str

    def parse(self, text: str) -> Value:
        name = clean(text)
        if not name:
            return None
        problem = _name_problem(name)
        if problem is not None:
            raise problem
        return name

    def judge(self, stored: str) -> FieldProblem | None:
        if len(stored) <= NAME_LIMIT and _known_words.issuperset(stored.split(" ")):
            if stored.count(" ") < NAME_WORDS:
                return None
        elif not stored or not is_clean(stored):
            return FieldProblem("forms.problem.not_clean", proposal=clean(stored) or None)
        problem = _name_problem(stored)
        if problem is None:
            _know_words(stored)
        return problem


#: Words of names that passed. People have many names made of few words; a word that is clean and of
#: letters stays so beside any other, because nothing composes across a space.
_known_words: set[str] = set()
_KNOWN_WORDS = 4_000


def _know_words(name: str) -> None:
    if len(_known_words) >= _KNOWN_WORDS:
        _known_words.clear()
    # Not what only begins or ends a name soundly («-», «A.»): judged by its letters alone.
    _known_words.update(word for word in name.split(" ") if word.isalpha())


def _name_problem(name: str) -> FieldProblem | None:
    if len(name) <= NAME_LIMIT and name.count(" ") < NAME_WORDS and _LETTERS.fullmatch(name):
        return None
    if len(name) > NAME_LIMIT:
        return FieldProblem("forms.problem.name_too_long", limit=NAME_LIMIT, count=len(name))
    words = name.count(" ") + 1
    if words > NAME_WORDS:
        return FieldProblem("forms.problem.name_words", limit=NAME_WORDS, count=words)
    if any(char.isdigit() for char in name):
        return FieldProblem("forms.problem.name_digits")
    return FieldProblem("forms.problem.name_letters")
