"""A field that several cells of a row say together (`part_columns`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.services.importing.columns import Composed
from app.text.fold import fold
from app.text.old_text import Recognised
from app.workbooks.cells import Cell, OldText, cell_text, converted_text

#: What stands in a column that is ticked.
_TICKS = frozenset(("x", "v", "1", "co", "true", "\N{CHECK MARK}", "\N{HEAVY CHECK MARK}"))
_OWN = {"male": frozenset(("nam", "trai", "m")), "female": frozenset(("nu", "gai", "f"))}
#: The codes of the list `sexes`.
_CODES = {"male": "1", "female": "2"}
#: Stands for a part of a date that was left out while a smaller one is there: nobody can read it,
#: and everybody sees why.
_MISSING = "?"
#: What lists write for a day or a month that nobody knows.
_NOT_KNOWN = frozenset(("", "0", "00"))

Said = str
Join = Callable[[Sequence[Cell]], Said]


def _joined(of: Sequence[Cell]) -> Said:
    stored = " ".join(part for cell in of if (part := cell_text(cell).strip()))
    old = next((cell for cell in of if isinstance(cell, OldText)), None)
    if old is None:
        return stored
    said = " ".join(part for cell in of if (part := converted_text(cell).strip()))
    return OldText(stored, Recognised(old.encoding, said))


def _dated(of: Sequence[Cell]) -> Said:
    day, month, year = (converted_text(cell).strip() for cell in of)
    day, month = ("" if one in _NOT_KNOWN else one for one in (day, month))
    if not (day or month or year):
        return ""
    if day and not month:
        month = _MISSING
    return "/".join(one for one in (day, month, year or _MISSING) if one)


def _is_tick(part: str, text: str) -> bool:
    said = fold(text)
    return said in _TICKS or said in _OWN[part]


class Composing:
    """Puts one field together. `both` tells, after a reading, that a boy's and a girl's column were
    both filled in: then nothing is taken.
    """

    def __init__(self, composed: Composed) -> None:
        self.title = composed.title
        self.target = composed.target
        self._of = composed.of
        self._is_sex = composed.target.field is not None and composed.target.field.type == "enum"
        self.both = False
        names: Sequence[str]
        if "male" in self._of or "female" in self._of:
            self._read: Callable[[Sequence[Cell]], str] = self._of_sexes
            return
        if "family" in self._of or "given" in self._of:
            names, join = ("family", "given"), _joined
        else:
            names, join = ("day", "month", "year"), _dated
        self._read = lambda cells: join([self._cell(name, cells) for name in names])

    @property
    def places(self) -> tuple[int, ...]:
        """The columns it is put together from."""
        return tuple(one.index for one in self._of.values())

    def of_row(self, cells: Sequence[Cell]) -> str:
        """The text of the field, "" where the cells say nothing."""
        self.both = False
        return self._read(cells)

    def _cell(self, part: str, cells: Sequence[Cell]) -> Cell:
        column = self._of.get(part)
        return cells[column.index] if column is not None and column.index < len(cells) else None

    def _of_sexes(self, cells: Sequence[Cell]) -> str:
        said = {part: converted_text(self._cell(part, cells)).strip() for part in self._of}
        filled = {part: one for part, one in said.items() if one and one != "0"}
        if len(filled) > 1:
            self.both = True
            return ""
        for part, one in filled.items():
            if self._is_sex:
                return _CODES[part]
            return "" if _is_tick(part, one) else one
        return ""
