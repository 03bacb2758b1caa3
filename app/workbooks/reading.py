"""Opening a table of any readable kind, and finding the row that names its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from app.workbooks.cells import SheetRow, cell_text
from app.workbooks.file_kinds import FileKind, kind_of
from app.workbooks.merged import Merges
from app.workbooks.text_reading import TextFile
from app.workbooks.xlsx_reading import XlsxFile

#: Title, unit, remarks and merged head rows stand above the columns; never more than this.
HEADER_WITHIN = 40


class Workbook(Protocol):
    """An open file of tables."""

    file: str
    from_1904: bool  # days are counted from 1904, not from 1900

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets, visible ones first; one empty name for a text file."""

    def expected_rows(self, sheet: str) -> int:
        """About how many rows a sheet has, for progress; 0 when unknown."""

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """The rows that hold anything, in order. Raises BadFile."""

    def merges(self, sheet: str) -> Merges:
        """The cells of a sheet that are merged downwards. Raises BadFile."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns: its sheet, its number, its cells as texts."""

    sheet: str
    row: int
    cells: tuple[str, ...]


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
    """The first row, over `sheets` (None: all) in order, of which `at_least` cells are known
    columns.
    """
    for sheet in book.sheets if sheets is None else sheets:
        rows = book.rows(sheet)
        for row in islice(rows, HEADER_WITHIN):
            texts = tuple(cell_text(cell) for cell in row.cells)
            if sum(1 for text in texts if text and known(text)) >= at_least:
                return Header(sheet, row.number, texts)
    return None


def rows_below(book: Workbook, header: Header) -> Iterator[SheetRow]:
    """The rows under a header, with what stands in cells merged over several of them."""
    below = (row for row in book.rows(header.sheet) if row.number > header.row)
    merges = book.merges(header.sheet)
    yield from merges.filled(below, header.row) if merges else below
