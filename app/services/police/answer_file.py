"""The answered workbook as it came back: columns wherever they stand by now, rows in any order.

Nothing is judged here but whether the file is an answer at all. A file saved by Excel or
LibreOffice, with columns moved, rows sorted or taken out, or parted into several sheets, is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.errors import KnownError
from app.forms.schema import Field
from app.services.police.sheet import CODE, NOT_HERE, REMARK, answer_title
from app.text.fold import fold
from app.text.normalize import clean
from app.workbooks.cells import Cell, CellFault, OldText, SheetRow, cell_text, converted_text
from app.workbooks.reading import Header, Workbook, find_header, open_workbook, rows_below
from app.workbooks.writing import plain_text

#: What a head row must have of our titles to be one.
_AT_LEAST = 3
#: No list is as long: a file with more rows under its head is none of ours.
_MOST_ROWS = 50_000
#: The highest day that could be a month as well.
_MONTHS = 12
#: What the name of a row is checked by.
_NAMING = ("full_name", "birth_date")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row that says anything. `number` is that of its sheet, `sheet` named where the file has
    answers on several. `code` is as written. `printed` and `answers` hold the texts of the columns
    that are there, by field, blank ones as ""; `faults` are answered fields whose cell has an error
    of the spreadsheet or a formula without a result.

    `old` holds, as they are stored, the texts for a font of before Unicode that stand in columns to
    be filled; `answers` and `remark` have what they say, a proposal. `turned` are answered fields
    whose cell is a day of the spreadsheet that may have been written with the month first. `hidden`
    rows are not shown by the spreadsheet.
    """

    number: int
    sheet: str
    code: str
    printed: Mapping[str, str]
    answers: Mapping[str, str]
    not_here: str
    remark: str
    faults: frozenset[str] = frozenset()
    old: Mapping[str, str] = field(default_factory=dict)
    turned: frozenset[str] = frozenset()
    hidden: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing was answered."""
        return not (self.not_here or self.remark or self.faults or any(self.answers.values()))


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file: its name, its digest, its rows."""

    name: str
    sha256: str
    rows: tuple[FileRow, ...]


def read_answer(path: Path, fields: Mapping[str, Field], texts: Mapping[str, str]) -> AnswerFile:
    """The rows of an answered list. Raises BadFile, and KnownError `police.not_an_answer`,
    `police.no_name_column`, `police.column_twice`, `police.file_gone`.
    """
    titles = _titles(fields, texts)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise KnownError("police.file_gone", "police.file_gone_hint", file=path.name) from problem
    rows: list[FileRow] = []
    with open_workbook(path) as book:
        found = list(_heads(book, titles))
        if not found:
            raise KnownError("police.not_an_answer", "police.not_an_answer_hint", file=path.name)
        for head in found:
            places = _places(head, titles, path.name, texts)
            sheet = head.sheet if len(found) > 1 else ""
            for row in rows_below(book, head):
                if (read := _row(row, sheet, places)) is not None:
                    rows.append(read)
                if len(rows) > _MOST_ROWS:
                    raise KnownError(
                        "police.not_an_answer", "police.not_an_answer_hint", file=path.name
                    )
    return AnswerFile(path.name, digest, tuple(rows))


def _titles(fields: Mapping[str, Field], texts: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Folded title → (`printed`, `answer` or "", name of the column)."""
    found = {fold(texts[f"cell.{one}"]): ("", one) for one in (CODE, NOT_HERE, REMARK)}
    for name in fields:
        found[fold(texts[f"cell.{name}"])] = ("printed", name)
        found[fold(answer_title(name, texts))] = ("answer", name)
    return found


def _heads(book: Workbook, titles: Mapping[str, tuple[str, str]]) -> Iterator[Header]:
    for sheet in book.sheets:
        head = find_header(book, lambda title: fold(title) in titles, _AT_LEAST, [sheet])
        if head is None:
            continue
        kinds = {titles.get(fold(title)) for title in head.cells} - {None}
        if ("", CODE) in kinds and _has_answers(kinds):
            yield head


def _has_answers(kinds: Collection[tuple[str, str] | None]) -> bool:
    last = {("", NOT_HERE), ("", REMARK)}
    return any(one is not None and (one[0] == "answer" or one in last) for one in kinds)


def _places(
    head: Header, titles: Mapping[str, tuple[str, str]], file: str, texts: Mapping[str, str]
) -> dict[tuple[str, str], int]:
    """Column → its place. Raises KnownError `police.column_twice`, `police.no_name_column`."""
    found: dict[tuple[str, str], int] = {}
    for at, title in enumerate(head.cells):
        column = titles.get(fold(title)) if title else None
        if column is None:
            continue
        if column in found:
            raise KnownError(
                "police.column_twice", "police.column_twice_hint", file=file, column=clean(title)
            )
        found[column] = at
    for name in _NAMING:
        if ("printed", name) not in found:
            raise KnownError(
                "police.no_name_column",
                "police.no_name_column_hint",
                file=file,
                column=texts[f"cell.{name}"],
            )
    return found


def _row(row: SheetRow, sheet: str, places: Mapping[tuple[str, str], int]) -> FileRow | None:
    def cell(column: tuple[str, str]) -> Cell:
        at = places.get(column)
        return None if at is None or at >= len(row.cells) else row.cells[at]

    def said(column: tuple[str, str]) -> str:
        return plain_text(converted_text(cell(column)).strip())

    filled = {name: cell((kind, name)) for kind, name in places if kind == "answer"}
    told = {**filled, REMARK: cell(("", REMARK))}
    read = FileRow(
        row.number,
        sheet,
        clean(said(("", CODE))),
        {
            name: plain_text(cell_text(cell((kind, name))).strip())
            for kind, name in places
            if kind == "printed"
        },
        {name: said(("answer", name)) for name in filled},
        clean(said(("", NOT_HERE))),
        said(("", REMARK)),
        frozenset(name for name, it in filled.items() if isinstance(it, CellFault)),
        {name: clean(str(it)) for name, it in told.items() if isinstance(it, OldText)},
        frozenset(name for name, it in filled.items() if _may_be_turned(it)),
        row.hidden,
    )
    return None if not read.code and read.is_blank else read


def _may_be_turned(cell: Cell) -> bool:
    """Whether a cell is a day that another Windows makes of a day written in our order: where
    English is its language 05/06/2019 becomes the 6th of May, and nothing of the cell tells.
    """
    return isinstance(cell, date) and cell.day <= _MONTHS and cell.day != cell.month
