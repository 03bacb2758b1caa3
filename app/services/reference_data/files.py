"""Reading the files that reference data are loaded from, and saying what is wrong in them.

A file is refused whole, with its name and the place; nothing is taken from a part of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from app import i18n
from app.errors import AppError, KnownError
from app.forms.references import Fault, FaultyError, Unusable
from app.forms.tables import Line, read_table

#: What one operation can carry as `content` (app.history.operation.MAX_CONTENT_BYTES).
MAX_BYTES = 512 * 1024
#: Letters of a value that a sentence repeats.
_SHOWN = 40


class Said:
    """The sentence of another error, put together in the language of whoever shows it."""

    def __init__(self, problem: AppError) -> None:
        self._problem = problem

    def __str__(self) -> str:
        return i18n.text(self._problem.message_id, **self._problem.parameters)

    __repr__ = __str__


class Place:
    """Where something is wrong, in the language of whoever shows it: a file and perhaps a line, or
    what came from the province.
    """

    def __init__(self, what: str, line: object = None, entity: str = "file") -> None:
        self._what, self._line, self._entity = what, line, entity

    def __str__(self) -> str:
        said = i18n.text(f"reference.place.{self._entity}", what=self._what)
        if self._line is None:
            return said
        return i18n.text("reference.place.line", place=said, line=self._line)

    __repr__ = __str__


class Refused(KnownError):
    """A file of reference data that is not loaded. `rule` names what it breaks."""

    def __init__(self, rule: str, file: str, **parameters: object) -> None:
        place = Place(file, parameters.get("line"))
        super().__init__(
            f"reference.{rule}", "reference.hint", file=file, place=place, **parameters
        )
        self.rule = rule


def refused(found: Fault, file: str) -> Refused:
    """The refusal of a file for a fault that is looked for in what comes as well."""
    return Refused(found.rule, file, **dict(found.parameters))


def said_of(one: Unusable) -> str:
    """What is wrong with something that came, in a sentence that names it."""
    place = Place(one.what, dict(one.fault.parameters).get("line"), one.entity)
    parameters = {name: _short(value) for name, value in one.fault.parameters}
    if not one.fault.message_id.startswith("reference."):
        problem = i18n.text(one.fault.message_id, **parameters)
        return i18n.text("reference.template", place=place, problem=problem)
    return i18n.text(one.fault.message_id, **{**parameters, "place": place})


class SaidOf:
    """`said_of` in the language of whoever shows it."""

    def __init__(self, one: Unusable) -> None:
        self._one = one

    def __str__(self) -> str:
        return said_of(self._one)

    __repr__ = __str__


def _short(value: object) -> object:
    """What came may be of any length; a sentence names its beginning."""
    return f"{value[:_SHOWN]}…" if isinstance(value, str) and len(value) > _SHOWN else value


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, its marks composed (NFC). Raises Refused, OSError.

    The size is asked before anything is read.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Refused("too_large", path.name, most=MAX_BYTES // 1024)
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Refused("not_utf8", path.name) from problem
    return unicodedata.normalize("NFC", text)


def read_lines(path: Path, columns: Sequence[str]) -> tuple[list[str], list[Line]]:
    """The titles and lines of a CSV file whose first columns are `columns`. Raises Refused for
    what `read_table` finds, and what `read_text` raises.
    """
    try:
        return read_table(read_text(path), columns)
    except FaultyError as error:
        raise refused(error.fault, path.name) from error
