"""Writing an Excel workbook as a stream: rows go straight into the archive.

Written here because the usual library keeps the rows of a sheet in the system's folder for
temporary files, where persons' data have no business, and takes ten times as long. Every sheet has
a frozen head, a filter, and prints on A4 as wide as the paper with its head and the mark on every
page. Refuses formulas: a text stays a text whatever it begins with.
Format: ECMA-376 part 1 (SpreadsheetML), transitional.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO

from app.errors import KnownError
from app.i18n import number, text
from app.workbooks.writing import Column, Noted, Value, whole_file
from app.workbooks.xlsx_package import (
    BAND,
    DAY,
    HEAD,
    MAIN,
    REQUIRED,
    TEXT,
    WRAPPED,
    XML,
    attribute,
    info,
    sheet_name,
    text_of,
    write_package,
)
from app.workbooks.xlsx_reading import column_letters
from app.workbooks.xlsx_sheets import About as About
from app.workbooks.xlsx_sheets import Entry, NamedRange, Sheet

#: Rows an Excel sheet can hold (18.3.1.73).
MAX_ROWS = 1_048_576
#: What a cell holds, in units of UTF-16 (Excel's own limit), and how many letters surely fit.
_MOST_TEXT = 32_767
_SURELY_FITS = _MOST_TEXT // 2
_letters = cache(column_letters)
_MIN_WIDTH, _MAX_WIDTH = 6, 60
_EPOCH = date(1899, 12, 30)
#: Wider than this, in characters, a sheet lies on its side (about what A4 upright takes); wider
#: than so many more it goes over several pages side by side, for nobody reads letters of 1 mm.
_UPRIGHT, _ACROSS = 90, 200
#: How high a line is, in points, the most that a row has, and how many of them a title may take.
_LINE_HEIGHT, _MOST_LINES, _TOWER = 15, 25, 3
#: Letters of a text, bold or with marks, to those that widths are told in.
_BROAD = 1.1
#: What the format allows in the margins of a page, and what a prompt and its title (18.3.1.46, 33).
_MOST_MARGIN, _MOST_PROMPT, _MOST_PROMPT_TITLE = 255, 255, 32
#: The lowest a whole number may be where nothing bounds it.
_LOWEST, _HIGHEST = 0, 999_999_999


def write_xlsx(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    about: About,
    noted: Noted,
    *,
    on_row: Callable[[int], None] = lambda _count: None,
    repeated: int | None = None,
    leaving: Callable[[Path, int], None] = lambda _part, _count: None,
) -> int:
    """Write a sheet of rows under a frozen head row, and a sheet about the file. `repeated` as in
    `Sheet`, `leaving` as in `write_csv`.

    Returns the number of rows. The file appears whole or not at all. Raises KnownError
    `import.too_many_rows` beyond what a sheet holds, and what `whole_file` raises.
    """
    sheet = Sheet(about.sheet, columns, rows, on_row=on_row, repeated=repeated)
    (count,) = write_sheets(
        path, (sheet,), about, noted, leaving=lambda part, counts: leaving(part, counts[0])
    )
    return count


def write_sheets(
    path: Path,
    sheets: Sequence[Sheet],
    about: About,
    noted: Noted,
    names: Iterable[NamedRange] = (),
    *,
    leaving: Callable[[Path, tuple[int, ...]], None] = lambda _part, _counts: None,
) -> tuple[int, ...]:
    """Write several sheets in their order, and last the sheet about the file where it says
    anything; returns the number of rows of each, which `leaving` is told. Raises what `write_xlsx`
    raises.
    """
    every = [*sheets]
    cuts: list[int] = []
    if about.notes:
        pair = (Column("", 30), Column("", 90))
        notes = _notes(about, cuts)
        every.append(Sheet(about.note_sheet, pair, notes, wrapped=True, titled=False))
    called = _distinct([sheet_name(one.name) for one in every])
    counts: list[int] = []

    def left(part: Path) -> None:
        leaving(part, tuple(counts[: len(sheets)]))

    with (
        whole_file(path, noted, left) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        defined: dict[str, str] = {}
        for at, sheet in enumerate(every):
            # Sizes are not known beforehand; a province's sheet passes what a small entry may hold.
            name = info(f"xl/worksheets/sheet{at + 1}.xml")
            with archive.open(name, "w", force_zip64=True) as out:
                written = _Writing(out, sheet, about, path.name, first=at == 0)
                counts.append(written.whole())
                cuts.append(written.cut)
            quoted = f"'{called[at]}'!"
            if written.filtered:
                defined[f"_xlnm._FilterDatabase!{at}"] = quoted + _fixed(written.filtered)
            if sheet.titled:
                rows = f"{quoted}$1:${written.head_row}"
                defined[f"_xlnm.Print_Titles!{at}"] = f"{written.repeated(quoted)}{rows}"
        placed = dict(zip((one.name for one in every), called, strict=True))
        for one in names:
            column = _letters(one.column)
            place = f"${column}${one.first}:${column}${one.last}"
            defined[one.name] = f"'{placed[one.sheet]}'!{place}"
        write_package(archive, called, dict(sorted(defined.items())), about)
    return tuple(counts[: len(sheets)])


def _notes(about: About, cuts: Sequence[int]) -> Iterator[tuple[str, str]]:
    """The rows of the sheet about the file, which is the last to be written."""
    yield from about.notes
    yield from about.told_after()
    if count := sum(cuts):
        said = text("export.cut_of", count=number(count), most=number(_MOST_TEXT))
        yield text("export.cut"), said


def _distinct(names: Sequence[str]) -> list[str]:
    """The names of sheets, told apart: Excel refuses a file with two alike."""
    taken: set[str] = set()
    found = []
    for name in names:
        one, turn = name, 1
        while one.casefold() in taken:
            turn += 1
            one = f"{name[:26]} ({turn})"
        taken.add(one.casefold())
        found.append(one)
    return found


def _cut(words: str) -> str:
    """A text as long as a cell holds, with an ellipsis where something is missing."""
    coded = words.encode("utf-16-le", "surrogatepass")
    if len(coded) <= _MOST_TEXT * 2:
        return words
    whole = coded[: (_MOST_TEXT - 1) * 2].decode("utf-16-le", "ignore")
    return f"{whole}\N{HORIZONTAL ELLIPSIS}"


def _fixed(area: str) -> str:
    """`A1:C3` as `$A$1:$C$3`."""
    ends = (end.rstrip("0123456789") for end in area.split(":"))
    rows = (end.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for end in area.split(":"))
    return ":".join(f"${letters}${row}" for letters, row in zip(ends, rows, strict=True))


@dataclass(slots=True)
class _Writing:
    """One sheet on its way into the archive."""

    out: IO[bytes]
    sheet: Sheet
    about: About
    file: str
    first: bool
    head_row: int = 0
    cut: int = 0
    filtered: str = ""

    def whole(self) -> int:
        """Write it; how many rows it has."""
        sheet = self.sheet
        self.head_row = (2 if sheet.bands else 1) if sheet.titled else 0
        self._begin()
        if sheet.bands:
            self.out.write(self._band_row())
        if sheet.titled:
            self.out.write(self._title_row())
        style = WRAPPED if sheet.wrapped else TEXT
        count = 0
        for row in sheet.rows:
            count += 1
            if count + self.head_row > MAX_ROWS:
                raise KnownError(
                    "import.too_many_rows", "import.too_many_rows_hint", file=self.file
                )
            high = _height(row, sheet.columns) if sheet.wrapped else ""
            self.out.write(_row(count + self.head_row, self._fitting(row), style, high))
            sheet.on_row(count)
        self._end(self.head_row + count)
        return count

    def _fitting(self, row: Sequence[Value]) -> Sequence[Value]:
        """A row with texts that a cell can hold; what was cut is counted."""
        if not any(isinstance(one, str) and len(one) > _SURELY_FITS for one in row):
            return row
        fitting = [_cut(one) if isinstance(one, str) else one for one in row]
        self.cut += sum(one is not cut for one, cut in zip(row, fitting, strict=True))
        return fitting

    def _begin(self) -> None:
        sheet, pane = self.sheet, self._pane()
        selected = ' tabSelected="1"' if self.first else ""
        folds = ' outlineLevelCol="1"' if sheet.bands else ""
        self.out.write(
            f'{XML}<worksheet xmlns="{MAIN}"><sheetPr><outlinePr summaryRight="0"/>'
            '<pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView workbookViewId="0"{selected}>{pane}</sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"{folds}/>{self._cols()}'
            "<sheetData>".encode()
        )

    def _pane(self) -> str:
        left, top = self.sheet.frozen, self.head_row
        if not left and not top:
            return ""
        split = (f' xSplit="{left}"' if left else "") + (f' ySplit="{top}"' if top else "")
        corner = f"{_letters(left)}{top + 1}"
        active = {(True, True): "bottomRight", (True, False): "topRight"}.get(
            (left > 0, top > 0), "bottomLeft"
        )
        return f'<pane{split} topLeftCell="{corner}" activePane="{active}" state="frozen"/>'

    def _cols(self) -> str:
        sheet = self.sheet
        if not sheet.columns:
            return ""  # an empty list of columns is none that Excel reads (18.3.1.17)
        # The first column of a band stays: folded away, its sign and heading stand over it.
        inside = {at for band in sheet.bands for at in range(band.first + 1, band.last + 1)}
        inner = "".join(
            f'<col min="{at}" max="{at}" customWidth="1" width="{_width(column)}"'
            + (f' style="{look.value}"' if (look := sheet.looks.get(at - 1)) else "")
            + (' outlineLevel="1"' if at in inside else "")
            + "/>"
            for at, column in enumerate(sheet.columns, start=1)
        )
        return f"<cols>{inner}</cols>"

    def _band_row(self) -> bytes:
        heads: list[str] = [""] * len(self.sheet.columns)
        for band in self.sheet.bands:
            heads[band.first - 1] = band.title
        cells = "".join(_text_cell(at, 1, BAND, words) for at, words in enumerate(heads))
        return f'<row r="1">{cells}</row>'.encode()

    def _title_row(self) -> bytes:
        sheet, row = self.sheet, self.head_row
        cells = "".join(
            _text_cell(at, row, REQUIRED if at in sheet.required else HEAD, column.title)
            for at, column in enumerate(sheet.columns)
        )
        high = _height([column.title for column in sheet.columns], sheet.columns)
        return f'<row r="{row}"{high}>{cells}</row>'.encode()

    def _end(self, last: int) -> None:
        """What stands behind the rows, in the order of the format (18.3.1.99)."""
        sheet = self.sheet
        parts = ["</sheetData>"]
        if sheet.titled and not sheet.wrapped and sheet.columns:
            corner = _letters(len(sheet.columns) - 1)
            self.filtered = f"A{self.head_row}:{corner}{max(last, self.head_row)}"
            parts.append(f'<autoFilter ref="{self.filtered}"/>')
        merged = [
            f'<mergeCell ref="{_letters(one.first - 1)}1:{_letters(one.last - 1)}1"/>'
            for one in sheet.bands
            if one.last > one.first
        ]
        if merged:
            parts.append(f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>')
        if sheet.entries:
            parts.append(self._entries())
        side = "landscape" if _across(sheet) > _UPRIGHT else "portrait"
        parts.append(
            '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3"'
            ' footer="0.3"/>'
            f'<pageSetup paperSize="9" fitToWidth="{_pages_across(sheet)}" fitToHeight="0"'
            f' pageOrder="overThenDown" orientation="{side}"/>'
            f'<headerFooter scaleWithDoc="0"><oddHeader>{text_of(self._header())}</oddHeader>'
            f"<oddFooter>{text_of(self._footer())}</oddFooter></headerFooter></worksheet>"
        )
        self.out.write("".join(parts).encode())

    def repeated(self, quoted: str) -> str:
        """The columns that every page has, as they stand before the rows that every page has."""
        first = last = self.sheet.repeated
        if first is None and self.sheet.frozen:
            first, last = 0, self.sheet.frozen - 1
        if first is None or last is None or _pages_across(self.sheet) == 1:
            return ""
        return f"{quoted}${_letters(first)}:${_letters(last)},"

    def _header(self) -> str:
        mark = f"&R&B{_margin(self.about.mark, 60)}" if self.about.mark else ""
        return f"&L{_margin(self.about.title, 150)}{mark}"

    def _footer(self) -> str:
        return f"&L{_margin(self.about.foot, 200)}&R&P/&N"

    def _entries(self) -> str:
        first = self.head_row + 1
        last = self.head_row + self.sheet.entry_rows
        inside = "".join(
            _validation(one, f"{_letters(at)}{first}:{_letters(at)}{last}")
            for at, one in sorted(self.sheet.entries.items())
        )
        return f'<dataValidations count="{len(self.sheet.entries)}">{inside}</dataValidations>'


def _across(sheet: Sheet) -> int:
    """How wide a sheet is, in characters."""
    return sum(_width(column) for column in sheet.columns)


def _pages_across(sheet: Sheet) -> int:
    return max(1, -(-_across(sheet) // _ACROSS))


def _width(column: Column) -> int:
    """As wide as asked for, and the title neither breaks a word, beside which the arrow of the
    filter stands, nor becomes a tower.
    """
    word = max(map(len, column.title.split()), default=0) + 3
    tower = -(-len(column.title) // _TOWER) + 2
    return min(max(column.width, word, tower, _MIN_WIDTH), _MAX_WIDTH)


def _lines(words: str, width: int) -> int:
    """How many lines a text takes in a cell of this width, rather one too many: rows that nobody
    measured are as low as one line in some programs.
    """
    lines, room = 1, 0.0
    for word in words.split():
        need = len(word) * _BROAD
        if room and room + 1 + need > width - 1:
            lines, room = lines + 1, 0.0
        room += need + (1 if room else 0)
        lines, room = lines + int(room // width), room % width
    return lines


def _height(texts: Sequence[object], columns: Sequence[Column]) -> str:
    """The height of a row whose texts break, as its attributes."""
    lines = max(
        (
            _lines(text, _width(column))
            for text, column in zip(texts, columns, strict=False)
            if isinstance(text, str)
        ),
        default=1,
    )
    return f' ht="{min(lines, _MOST_LINES) * _LINE_HEIGHT}" customHeight="1"'


def _margin(words: str, most: int) -> str:
    """A text for the margin of a page: & begins an instruction there, and is doubled to be one."""
    return words[:most].replace("&", "&&").replace("\n", " ")


def _validation(entry: Entry, area: str) -> str:
    if entry.named:
        kind, formulas = ' type="list"', f"<formula1>{text_of(entry.named)}</formula1>"
    elif entry.low is not None or entry.high is not None:
        low = _LOWEST if entry.low is None else entry.low
        high = _HIGHEST if entry.high is None else entry.high
        kind = ' type="whole" operator="between"'
        formulas = f"<formula1>{low}</formula1><formula2>{high}</formula2>"
    else:
        kind, formulas = "", ""
    refuses = ' showErrorMessage="1"' if entry.strict and formulas else ""
    told = f" error={attribute(entry.told[:_MOST_PROMPT])}" if refuses and entry.told else ""
    title = entry.prompt_title[:_MOST_PROMPT_TITLE]
    prompt = (
        f' showInputMessage="1" promptTitle={attribute(title)}'
        f" prompt={attribute(entry.prompt[:_MOST_PROMPT])}"
        if entry.prompt
        else ""
    )
    return (
        f'<dataValidation{kind} allowBlank="1"{refuses}{told}{prompt} sqref="{area}">'
        f"{formulas}</dataValidation>"
    )


def _text_cell(at: int, row: int, style: int, words: str) -> str:
    place = f"{_letters(at)}{row}"
    if not words:
        return f'<c r="{place}" s="{style}"/>'
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{text_of(words)}</t></is></c>"
    )


def _row(number: int, values: Sequence[Value], style: int, height: str = "") -> bytes:
    cells = [f'<row r="{number}"{height}>']
    for at, value in enumerate(values):
        if value is None or value == "":
            continue
        if isinstance(value, str):
            cells.append(_text_cell(at, number, style, value))
        elif isinstance(value, date):
            place = f"{_letters(at)}{number}"
            cells.append(f'<c r="{place}" s="{DAY}"><v>{(value - _EPOCH).days}</v></c>')
        else:
            cells.append(f'<c r="{_letters(at)}{number}"><v>{value}</v></c>')
    cells.append("</row>")
    return "".join(cells).encode()
