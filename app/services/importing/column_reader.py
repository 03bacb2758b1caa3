"""One column of a file: each text of it becomes a value of its field, once.

A text that its field cannot hold is kept (`unread`), with what it may have meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from app.forms.code_lists import lookup_key
from app.forms.field_types import FieldProblem, FieldType, field_type
from app.forms.issues import Value
from app.services.importing.dates import KINDS as DATES
from app.services.importing.dates import read_date
from app.services.importing.issues import Because, Correction
from app.services.importing.serials import Serials
from app.services.importing.targets import Role, Target
from app.services.importing.unread import Unread, converted, old_font, unread
from app.text.normalize import clean
from app.text.old_fonts import is_old_font
from app.workbooks.cells import OldText, SheetRow, cell_text
from app.workbooks.writing import plain_text

#: Texts a column remembers with their values. Names and numbers hardly repeat, codes always do;
#: long texts never, and would fill the memory.
_REMEMBERED = 4096
_SHORT = 200

CellValue: TypeAlias = Value | Unread
NOT_YET = Unread("", "", Because("", {}))
_OLD = "import.problem_old_font"


class ColumnReader:
    """One column with its reading and its memory."""

    def __init__(
        self,
        index: int,
        title: str,
        target: Target,
        reference_year: int,
        accepted: frozenset[Correction],
        *,
        from_1904: bool,
    ) -> None:
        self.index = index
        self.title = title
        self.role = target.role
        self.entity = target.entity
        self.name = target.name
        self.field_name = "" if target.field is None else target.field.name
        self._field = target.field
        self._accepted = accepted
        self._type: FieldType | None = None
        self._serials: Serials | None = None
        self._is_date = False
        if target.field is not None:
            self._type = field_type(target.field, reference_year)
            kind = target.field.type
            self._is_date = kind in DATES
            self._serials = Serials(kind, self._type, reference_year, from_1904=from_1904)
        self._codes = {lookup_key(written): meant for written, meant in target.codes}
        self.memory: dict[str, CellValue] = {}
        self._old: dict[str, CellValue] = {}

    def learn(self, rows: Sequence[SheetRow]) -> None:
        """Look at the first cells before any is read; what was read of another sheet goes."""
        self.memory.clear()
        if self._serials is not None:
            at = self.index
            self._serials.learn(cell_text(row.cells[at]) for row in rows if at < len(row.cells))

    def read(self, text: str) -> CellValue:
        """The value of a text; an Unread where it has none. Keeps it in `memory`."""
        value = self._parse(plain_text(text))
        if len(text) <= _SHORT:
            memory = self.memory
            if len(memory) >= _REMEMBERED:
                memory.clear()
            memory[text] = value
        return value

    def read_old(self, cell: OldText) -> CellValue:
        """As `read`, for text in an old font: what it says is proposed."""
        key = f"{cell.encoding}:{cell}"
        value = self._old.get(key, NOT_YET)
        if value is NOT_YET:
            value = self._parse_old(cell)
            if len(cell) <= _SHORT:
                if len(self._old) >= _REMEMBERED:
                    self._old.clear()
                self._old[key] = value
        return value

    def _parse_old(self, cell: OldText) -> CellValue:
        if self.role is Role.KEY:
            return clean(cell_text(cell)) or None  # a key is compared, and means nothing
        said = self._parse(cell.converted)
        if self._field is None or said is None:
            return said
        if self._field.auto:
            return unread(self.title, self._field, str(cell), FieldProblem(_OLD), self._accepted)
        accepted = Correction.FONTS in self._accepted
        if isinstance(said, Unread):
            if accepted:
                return said
            said = said.text or None
        return converted(self.title, cell, said, accepted=accepted)

    def _parse(self, text: str) -> CellValue:
        meant = self._codes.get(lookup_key(text), text) if self._codes else text
        if self._type is None or self._field is None:
            return clean(meant) or None
        try:
            value = read_date(self._type, meant) if self._is_date else self._type.parse(meant)
        except FieldProblem as problem:
            if is_old_font(text) and len(text) <= _SHORT and not self._field.auto:
                return old_font(self.title, clean(text))
            counted = None if self._serials is None else self._serials.problem(text)
            return unread(self.title, self._field, text, counted or problem, self._accepted)
        if type(value) is str and is_old_font(value):
            return old_font(self.title, value)
        return value
