"""The table that is imported out of a file: its sheets, the row of titles, and the plan of its
columns; and what a person is shown of it before anything is decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from app.errors import KnownError
from app.services.importing.column_guess import Guesses
from app.services.importing.columns import (
    Plan,
    WrittenColumn,
    layout_of,
    plan_columns,
    target_of_title,
    targets_of,
    written_columns,
)
from app.services.importing.layouts import Layouts
from app.services.importing.part_columns import part_of_title
from app.services.importing.targets import ColumnMap, Role, Target, Titles
from app.workbooks.cells import Cell, SheetRow, converted_text
from app.workbooks.reading import HEADER_WITHIN, Header, Workbook, find_header, rows_below

#: Rows by which columns are recognised, and those that are shown.
_LOOKED_AT, SHOWN_ROWS = 200, 12
#: A row of fewer texts names no columns.
_LEAST_TITLES = 3
_LONGEST_TITLE = 80


class How(Enum):
    """How it is known where a column goes."""

    TITLE = "title"
    REMEMBERED = "remembered"
    CHOSEN = "chosen"  # by the map that was given
    CONTENT = "content"  # a guess: to be confirmed
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LookedColumn:
    """A column as it is shown: `target` None where it is not known where it goes."""

    written: WrittenColumn
    target: Target | None
    how: How


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet with a table. `remembered`: its layout is one that was kept here; `mapped` is the
    map that it is read by.
    """

    header: Header
    plan: Plan
    mapped: ColumnMap | None
    remembered: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """The sheets that are read, of one layout, and the other sheets that hold a table too."""

    chosen: tuple[Table, ...]
    others: tuple[str, ...]

    @property
    def first(self) -> Table:
        """The one whose plan counts."""
        return self.chosen[0]


class TableFinder:
    """Finds tables in one open file."""

    def __init__(
        self, book: Workbook, columns: ColumnMap | None, titles: Titles, layouts: Layouts
    ) -> None:
        self._book = book
        self._columns = columns
        self._titles = titles
        self._layouts = layouts

    @property
    def shown(self) -> list[str]:
        """The sheets that are not hidden."""
        return [one for one in self._book.sheets if one not in self._book.hidden_sheets]

    def tables(self, sheets: Sequence[str]) -> Tables:
        """The table of each of `sheets`; of the first sheet that holds one where none is named.

        Raises KnownError `import.no_sheet`, `import.no_header`, `import.sheets_differ`.
        """
        self._must_be_there(sheets)
        if sheets:
            chosen = tuple(self._must_find(sheet) for sheet in sheets)
        else:
            found = (self.find(sheet) for sheet in self.shown)
            first = next((one for one in found if one is not None), None)
            if first is None:
                raise self._no_header()
            chosen = (first,)
        layout = layout_of(chosen[0].header.cells)
        for one in chosen[1:]:
            if layout_of(one.header.cells) != layout:
                raise KnownError(
                    "import.sheets_differ",
                    "import.sheets_differ_hint",
                    file=self._book.file,
                    sheet=one.header.sheet,
                    first=chosen[0].header.sheet,
                )
        others = tuple(one for one in self.shown if not sheets and one != chosen[0].header.sheet)
        return Tables(chosen, tuple(one for one in others if self.find(one) is not None))

    def find(self, sheet: str) -> Table | None:
        """The table of a sheet; None where no row names columns."""
        if self._columns is None:
            # Titles that mean nothing by themselves were explained before.
            for row in islice(self._book.rows(sheet), HEADER_WITHIN):
                texts = tuple(converted_text(cell) for cell in row.cells)
                kept = self._layouts.find(texts)
                if kept is not None:
                    return self._table(_one_row(sheet, row, texts), kept, remembered=True)
        header = find_header(self._book, self._known, sheets=(sheet,))
        if header is None:
            return None
        kept = None if self._columns is not None else self._layouts.find(header.cells)
        if kept is not None:
            return self._table(header, kept, remembered=True)
        return self._table(header, self._columns, remembered=False)

    def guess_header(self, sheet: str) -> Header | None:
        """The row that most likely names the columns of a sheet in which no title is known: the
        first that holds nothing but short texts, and as many of them as any row.
        """
        best: Header | None = None
        most = _LEAST_TITLES - 1
        for row in islice(self._book.rows(sheet), HEADER_WITHIN):
            texts = tuple(converted_text(cell) for cell in row.cells)
            filled = [one for one in texts if one.strip()]
            titles = all(_may_be_title(cell) for cell in row.cells)
            if titles and len(filled) > most:
                best, most = _one_row(sheet, row, texts), len(filled)
        return best

    def look(self, table: Table) -> tuple[list[LookedColumn], list[SheetRow]]:
        """The columns of a table with where they go, guessed where no title tells, and its first
        rows.
        """
        rows = list(islice(rows_below(self._book, table.header), _LOOKED_AT))
        width = max((len(row.cells) for row in rows), default=0)
        written = written_columns(table.header.cells, width)
        found: list[LookedColumn] = []
        for column, target, by_map in targets_of(written, table.mapped, self._titles):
            how = How.UNKNOWN if target is None else How.TITLE
            if by_map:
                how = How.REMEMBERED if table.remembered else How.CHOSEN
            found.append(LookedColumn(column, target, how))
        return self._guessed(found, rows), rows[:SHOWN_ROWS]

    def table_of(self, header: Header) -> Table:
        """The table under a row that was taken for its titles."""
        return self._table(header, self._columns, remembered=False)

    def _guessed(
        self, columns: Sequence[LookedColumn], rows: Sequence[SheetRow]
    ) -> list[LookedColumn]:
        """What no title explains is guessed by what stands below; columns without title and
        content are none.
        """
        taken = {one.target.name for one in columns if one.target is not None}
        guesses = Guesses(self._titles, taken)
        made: list[LookedColumn] = []
        for one in columns:
            if one.target is not None:
                made.append(one)
                continue
            at, title = one.written.index, one.written.title
            texts = [converted_text(row.cells[at]).strip() for row in rows if at < len(row.cells)]
            texts = [text for text in texts if text and text != title]
            if texts:
                before = made[-1] if made and made[-1].written.index == at - 1 else None
                if one.written.is_untitled and before is not None and guesses.is_given(texts):
                    # «Họ và tên» over two columns: the second holds the name they are called by.
                    family = guesses.family_of(before.target)
                    if family is not None:
                        made[-1] = LookedColumn(before.written, family, How.CONTENT)
                        made.append(LookedColumn(one.written, guesses.given, How.CONTENT))
                        continue
                guess = guesses.of(texts)
                how = How.UNKNOWN if guess is None else How.CONTENT
                made.append(LookedColumn(one.written, guess, how))
            elif not one.written.is_untitled:
                made.append(one)
        return made

    def _table(self, header: Header, mapped: ColumnMap | None, *, remembered: bool) -> Table:
        return Table(header, plan_columns(header.cells, mapped, self._titles), mapped, remembered)

    def _known(self, title: str) -> bool:
        # «Tỉnh» and «Huyện» stand above the table as often as over a column.
        target = target_of_title(title, self._columns, self._titles)
        return (target is not None and target.role is not Role.IGNORED) or (
            target is None and bool(part_of_title(title))
        )

    def _must_find(self, sheet: str) -> Table:
        found = self.find(sheet)
        if found is None:
            raise self._no_header()
        return found

    def _must_be_there(self, sheets: Sequence[str]) -> None:
        for sheet in sheets:
            if sheet not in self._book.sheets:
                raise KnownError(
                    "import.no_sheet",
                    "import.no_sheet_hint",
                    file=self._book.file,
                    sheet=sheet,
                    sheets=", ".join(f"«{one}»" for one in self._book.sheets if one) or "—",
                )

    def _no_header(self) -> KnownError:
        return KnownError("import.no_header", "import.no_header_hint", file=self._book.file)


def _one_row(sheet: str, row: SheetRow, texts: tuple[str, ...]) -> Header:
    return Header(
        sheet, row.number, texts, row.number, tuple((one,) if one else () for one in texts)
    )


def _may_be_title(cell: Cell) -> bool:
    if cell is None:
        return True
    return (
        isinstance(cell, str)
        and len(cell) <= _LONGEST_TITLE
        and not any(letter.isdigit() for letter in cell)
    )
