"""The rows of an Excel sheet as a stream: memory does not grow with the number of rows.

Written on the XML parser itself because the usual library builds a tree whose row elements stay in
memory, reads texts inside cells very slowly, and fails on styles it does not know. Refuses to
compute anything: of a formula only the stored result is read.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from math import isfinite
from pathlib import Path

from app.workbooks.cells import BadFile, Cell, CellFault, SheetRow
from app.workbooks.file_kinds import check_archive
from app.workbooks.markup import MAX_TEXT, events, local_name
from app.workbooks.merged import Merges
from app.workbooks.rich_text import RunCollector, in_font, unescape
from app.workbooks.xlsx_parts import (
    NumberFormat,
    SheetPart,
    Shown,
    Styles,
    Visibility,
    read_shared_texts,
    read_sheets,
    read_styles,
)

#: Columns a register could have, many times over; a value further right is a mistake or an attack.
MAX_COLUMNS = 1024
_DIGITS = "0123456789"
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s+ref="[A-Z]+[0-9]+:[A-Z]+([0-9]{1,7})"')
_START_1900 = date(1899, 12, 30)
_START_1904 = date(1904, 1, 1)
_PLAIN = NumberFormat()


class XlsxFile:
    """An open workbook. Use as a context."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self._merges: dict[str, Merges] = {}
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, EOFError, NotImplementedError) as problem:
            raise BadFile("cut", self.file) from problem
        except OSError as problem:
            raise BadFile("unreachable", self.file) from problem
        try:
            check_archive(self._archive, self.file)
            self._parts, self.from_1904 = read_sheets(self._archive, self.file)
            self._styles = read_styles(self._archive, self.file)
            texts = read_shared_texts(self._archive, self.file)
            # In a font of Unicode a text says what its letters say, wherever it stands.
            self._texts = texts if self._styles.fonts else [in_font(one, None) for one in texts]
        except BaseException:
            self._archive.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets in the order of their tabs, visible ones before hidden ones."""
        ordered = sorted(self._parts, key=lambda one: one.visibility is not Visibility.VISIBLE)
        return tuple(one.name for one in ordered)

    @property
    def hidden_sheets(self) -> Mapping[str, Visibility]:
        """The sheets that Excel does not show."""
        return {
            one.name: one.visibility
            for one in self._parts
            if one.visibility is not Visibility.VISIBLE
        }

    def hidden_columns(self, sheet: str) -> frozenset[int]:
        """The columns of a sheet (0 is A) that are not shown."""
        found: set[int] = set()
        begun = False

        def start(name: str, attributes: Mapping[str, str]) -> None:
            nonlocal begun
            local = local_name(name)
            begun = begun or local == "sheetData"
            if local == "col" and not begun and _is_hidden(attributes, "width"):
                first, last = (_small(attributes.get(one)) for one in ("min", "max"))
                found.update(range(first - 1, min(last, MAX_COLUMNS)))

        part = self._part(sheet).part
        for _ in events(self._archive, part, self.file, start, _ignored, _ignored):
            if begun:
                break
        return frozenset(found)

    def _part(self, sheet: str) -> SheetPart:
        return next(one for one in self._parts if one.name == sheet)

    def expected_rows(self, sheet: str) -> int:
        """The last row by the sheet's own account; 0 when it gives none."""
        try:
            with self._archive.open(self._part(sheet).part) as stream:
                found = _DIMENSION.search(stream.read(4096))
        except (KeyError, zipfile.BadZipFile, OSError, EOFError) as problem:
            raise BadFile("damaged", self.file, place=sheet) from problem
        return int(found[1]) if found else 0

    def merges(self, sheet: str) -> Merges:
        """The merged cells of a sheet; looked for once."""
        known = self._merges.get(sheet)
        if known is not None:
            return known
        found = Merges()
        part = self._part(sheet).part
        try:
            with self._archive.open(part) as stream:
                found.read(stream)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as problem:
            raise BadFile("damaged", self.file, place=sheet) from problem
        except OverflowError as problem:
            raise BadFile("bomb", self.file) from problem
        except OSError as problem:
            raise BadFile("unreachable", self.file) from problem
        self._merges[sheet] = found
        return found

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """The rows that hold anything, in order. Raises BadFile where the sheet is damaged."""
        reading = _SheetReading(self.file, sheet, self._texts, self._styles, self.from_1904)
        part = self._part(sheet).part
        for _ in events(
            self._archive,
            part,
            self.file,
            reading.start,
            reading.end,
            reading.text,
            reading.place,
        ):
            yield from reading.ready
            reading.ready.clear()


class _SheetReading:
    """The state between the events of one sheet."""

    def __init__(
        self,
        file: str,
        sheet: str,
        texts: list[str],
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
        self._row = 0
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
        return f"{self.sheet}!{column_letters(max(self._at, 0))}{max(self._row, 1)}"

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
        self._hidden = _is_hidden(attributes, "ht")
        if number is None:
            self._row += 1
        elif number.isascii() and number.isdigit() and self._row < int(number) <= 1 << 24:
            self._row = int(number)
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
                raise self._damaged()

    def end(self, name: str) -> None:
        if ":" in name:
            name = local_name(name)
        if name in ("v", "t"):
            self._taking = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            if self._cells:
                self.ready.append(SheetRow(self._row, tuple(self._cells), self._hidden))
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
        else:
            cells[at] = value

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
        if not (number.isascii() and number.isdigit()) or len(number) > 9:
            raise self._damaged()
        if int(number) >= len(self._texts):
            raise self._damaged()
        text = self._texts[int(number)]
        # Without old fonts among the styles the shared texts are judged already.
        return self._text(text) if self._fonts else text

    def _text(self, text: str) -> str:
        """A text as a cell: an OldText where its font or its letters say so."""
        if not self._fonts:
            return text if text.isascii() else in_font(text, None)
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


def _is_hidden(attributes: Mapping[str, str], size: str) -> bool:
    """Whether a row or column is not shown: it is said to be hidden, or has no size."""
    if attributes.get("hidden", "0") in ("1", "true"):
        return True
    return size in attributes and attributes[size].strip("0") in ("", ".")


def _small(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else 1


def _ignored(_: str) -> None:
    return


def column_letters(column: int) -> str:
    """`A` for 0, `AA` for 26."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
