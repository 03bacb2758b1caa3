"""The cells of one sheet, as the parser reports them: what each holds, and what it is shown as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import isfinite

from app.text.old_text import may_be_old
from app.workbooks.cells import BadFile, Cell, CellFault, SheetRow
from app.workbooks.markup import MAX_TEXT, local_name
from app.workbooks.rich_text import RunCollector, in_font, unescape
from app.workbooks.xlsx_parts import NumberFormat, Shown, Styles, is_small

#: Columns a register could have, many times over; a value further right is a mistake or an attack.
MAX_COLUMNS = 1024
#: More than any program can show.
MAX_ROWS = 1 << 24
_DIGITS = "0123456789"
_START_1900 = date(1899, 12, 30)
_START_1904 = date(1904, 1, 1)
_PLAIN = NumberFormat()


class SheetReading:
    """The state between the events of one sheet."""

    def __init__(
        self,
        file: str,
        sheet: str,
        texts: Sequence[str],
        styles: Styles,
        from_1904: bool,
    ) -> None:
        self.file = file
        self.sheet = sheet
        self.ready: list[SheetRow] = []
        self._texts = texts
        self._formats = styles.formats
        self._fonts = styles.fonts
        self._from_1904 = from_1904
        self._columns: dict[str, int] = {}
        self.row = 0
        self._hidden = False
        self._cells: list[Cell] = []
        self._at = -1
        self._kind = "n"
        self._style = ""
        self._pieces: list[str] = []
        self._runs: RunCollector | None = None
        self._length = 0
        self._taking = False
        self._phonetic = False
        self._formula = False
        self._valued = False

    def place(self) -> str:
        return f"{self.sheet}!{column_letters(max(self._at, 0))}{max(self.row, 1)}"

    def _damaged(self) -> BadFile:
        return BadFile("damaged", self.file, place=self.place())

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if ":" in name:
            name = local_name(name)
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._taking = self._valued = True
        elif name == "t":
            self._taking = not self._phonetic
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self._phonetic = True
        elif name in ("r", "rFont"):
            self._runs = self._runs or RunCollector()
            self._runs.note(name, attributes, self._pieces)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r")
        self._hidden = is_hidden(attributes, "ht")
        if number is None:
            self.row += 1
        elif is_small(number) and self.row < int(number) <= MAX_ROWS:
            self.row = int(number)
        else:
            raise self._damaged()
        self._cells = []
        self._at = -1

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._at += 1
        else:
            letters = reference.rstrip(_DIGITS)
            at = self._columns.get(letters)
            if at is None:
                at = self._columns[letters] = self._column(letters)
            self._at = at
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._formula = self._valued = False

    def _column(self, letters: str) -> int:
        if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
            raise self._damaged()
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - 64
        return number - 1

    def text(self, data: str) -> None:
        if self._taking:
            self._pieces.append(data)
            self._length += len(data)
            if self._length > MAX_TEXT:
                raise BadFile("long_text", self.file, place=self.place())

    def end(self, name: str) -> None:
        if ":" in name:
            name = local_name(name)
        if name in ("v", "t"):
            self._taking = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            if self._cells:
                self.ready.append(SheetRow(self.row, tuple(self._cells), self._hidden))
                self._cells = []
        elif name == "rPh":
            self._phonetic = False

    def _end_cell(self) -> None:
        pieces = self._pieces
        runs, self._runs = self._runs, None
        whole = "" if runs is None else runs.finish(pieces)
        if whole:
            pieces.append(whole)
        if not pieces:
            # An empty `<v>` is the empty text only where a text was announced; libraries write it
            # after formulas that nothing has ever reckoned.
            if not self._formula or (self._valued and self._kind == "str"):
                return
            value: Cell = CellFault("=")
        else:
            written = pieces[0] if len(pieces) == 1 else "".join(pieces)
            value = self._text(written) if whole else self._value(written)
            self._pieces = []
            self._length = 0
        cells = self._cells
        at = self._at
        if at >= MAX_COLUMNS:
            raise BadFile("too_wide", self.file, place=self.place(), limit=MAX_COLUMNS)
        if at == len(cells):
            cells.append(value)
        elif at > len(cells):
            cells.extend([None] * (at - len(cells)))
            cells.append(value)
        elif cells[at] is None:  # the cells of a row may stand in any order
            cells[at] = value
        else:
            raise self._damaged()  # two cells of one place: which of them was meant?

    def _value(self, written: str) -> Cell:
        kind = self._kind
        if kind == "s":
            return self._shared(written)
        if kind in ("inlineStr", "str"):
            return self._text(unescape(written))
        if kind == "n":
            return self._number(written)
        if kind == "b":
            return written.strip() not in ("0", "false")
        if kind == "e":
            return CellFault(written)
        if kind == "d":
            try:
                return datetime.fromisoformat(written).date()
            except ValueError as problem:
                raise self._damaged() from problem
        raise self._damaged()

    def _shared(self, written: str) -> Cell:
        number = written.strip()
        if not is_small(number) or int(number) >= len(self._texts):
            raise self._damaged()
        text = self._texts[int(number)]
        # Without old fonts among the styles the shared texts are judged already.
        return self._text(text) if self._fonts else text

    def _text(self, text: str) -> str:
        """A text as a cell: an OldText where its font or its letters say so."""
        if not self._fonts:
            usual = type(text) is str and (text.isascii() or may_be_old(text) is None)
            return text if usual else in_font(text, None)
        try:
            font = self._fonts[int(self._style or 0)]
        except (ValueError, IndexError):
            font = None
        return in_font(text, font)

    def _number(self, written: str) -> Cell:
        try:
            number: int | float = int(written)
        except ValueError:
            try:
                number = float(written)
            except ValueError as problem:
                raise self._damaged() from problem
        if not isfinite(number):
            raise self._damaged()
        style = self._style
        if not style:
            return number
        shown = self._format(style)
        if shown is _PLAIN:
            return number
        if shown.zeros and isinstance(number, int) and number >= 0:
            return str(number).zfill(shown.zeros)
        if shown.shown in (Shown.NUMBER, Shown.TIME):
            return number
        return self._date(number, shown.shown)

    def _format(self, style: str) -> NumberFormat:
        try:
            return self._formats[int(style)]
        except (ValueError, IndexError):
            return _PLAIN

    def _date(self, number: int | float, shown: Shown) -> Cell:
        days = int(number)
        if not self._from_1904 and days < 1:
            return number  # Excel shows no date for it either
        if not self._from_1904 and days == 60:
            return "29/02/1900"  # a day that only Excel believes in
        try:
            if self._from_1904:
                day = _START_1904 + timedelta(days)
            else:
                # Before 29 February 1900 everything is one day off.
                day = _START_1900 + timedelta(days + (1 if days < 60 else 0))
        except OverflowError:
            return number
        if shown is Shown.DAY:
            return day
        return f"{day.year:04d}-{day.month:02d}" if shown is Shown.MONTH else f"{day.year:04d}"


def is_hidden(attributes: Mapping[str, str], size: str) -> bool:
    """Whether a row or column is not shown: it is said to be hidden, or has no size."""
    if attributes.get("hidden", "0") in ("1", "true"):
        return True
    return size in attributes and attributes[size].strip("0") in ("", ".")


def column_letters(column: int) -> str:
    """`A` for 0, `AA` for 26."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
