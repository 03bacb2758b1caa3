"""Opening a table of any readable kind, and finding the row that names its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from app.text.normalize import clean
from app.workbooks.cells import SheetRow
from app.workbooks.file_kinds import FileKind, kind_of
from app.workbooks.merged import Merges
from app.workbooks.text_reading import TextFile
from app.workbooks.titles import joined, title_texts, whole_head
from app.workbooks.xlsx_parts import Visibility
from app.workbooks.xlsx_reading import XlsxFile

#: Title, unit, remarks and merged head rows stand above the columns; never more than this.
HEADER_WITHIN = 40
#: Rows below it that may belong to it.
_BELOW = 4


class Workbook(Protocol):
    """An open file of tables."""

    file: str
    from_1904: bool  # days are counted from 1904, not from 1900

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets, visible ones first; one empty name for a text file."""

    @property
    def hidden_sheets(self) -> Mapping[str, Visibility]:
        """Those of the sheets that Excel does not show, and whether a person can make it."""

    def hidden_columns(self, sheet: str) -> frozenset[int]:
        """The columns of a sheet (0 is A) that are not shown. Raises BadFile."""

    def expected_rows(self, sheet: str) -> int:
        """About how many rows a sheet has, for progress; 0 when unknown."""

    def rows(self, sheet: str, last: int = ...) -> Iterator[SheetRow]:
        """The rows that hold anything, in order, up to number `last`. Raises BadFile."""

    def merges(self, sheet: str) -> Merges:
        """The merged cells of a sheet. Raises BadFile."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True, slots=True)
class Header:
    """The rows that name the columns: the sheet, the last of the rows, and one title for each
    column, old text converted.

    A column under a title that stands over several bears both, `Năm sinh / Nam`. `first` is the
    first of the rows; `parts` are the titles of each column from top to bottom.
    """

    sheet: str
    row: int
    cells: tuple[str, ...]
    first: int
    parts: tuple[tuple[str, ...], ...]

    def repeated_by(self, row: SheetRow) -> bool:
        """Whether a row is one of the head's once more, as on every page of a printed list."""
        titles = [
            (at, clean(text))
            for at, text in enumerate(title_texts(row, lambda _: False))
            if clean(text)
        ]
        return len(titles) > 1 and all(
            at < len(self.parts) and text in map(clean, self.parts[at]) for at, text in titles
        )


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """Open an .xlsx, .csv, .txt or .csv.gz by what it is, not by its name. Raises BadFile."""
    kind = kind_of(path)
    book: Workbook = XlsxFile(path) if kind is FileKind.XLSX else TextFile(path, kind)
    try:
        yield book
    finally:
        book.close()


def find_header(
    book: Workbook,
    known: Callable[[str], bool],
    at_least: int = 2,
    sheets: Sequence[str] | None = None,
) -> Header | None:
    """The head of the first table, over `sheets` (None: all that are shown) in order: from the
    first row on of which `at_least` cells are known columns, with its rows above and below.
    """
    if sheets is None:
        sheets = [one for one in book.sheets if one not in book.hidden_sheets]
    for sheet in sheets:
        for row in islice(book.rows(sheet), HEADER_WITHIN):
            texts = title_texts(row, known)
            if sum(1 for text in texts if text and known(text)) >= at_least:
                # Not simply the next rows: below the head may be a million empty ones.
                near = list(book.rows(sheet, row.number + _BELOW))
                titles = whole_head(near, near.index(row), book.merges(sheet), known)
                parts = tuple(map(tuple, titles.parts))
                return Header(sheet, titles.last, joined(parts, known), titles.first, parts)
    return None


def rows_below(book: Workbook, header: Header) -> Iterator[SheetRow]:
    """The rows under a header, with what stands in cells merged over several of them, and told
    where the only text of a row goes across the table.
    """
    below = (row for row in book.rows(header.sheet) if row.number > header.row)
    merges = book.merges(header.sheet)
    yield from merges.filled(below, header.row) if merges else below
