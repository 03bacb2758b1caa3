"""Files that leave the store for people: the mark they bear, and the row in the audit trail.

The one place that says who made a file, when, of which unit, and who may see it (domain facts 8:
"watermark user and date on every list"). In a workbook that stands in the margins of every printed
page, in the properties, and on a last sheet; in a .csv for people on a line above the titles. Of
the children in it nothing is named here: the mark, the properties and the audit row name the unit
and the person who made the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from app import i18n
from app.errors import KnownError
from app.services.workplace import Workplace
from app.workbooks.writing import Column, Value, write_csv
from app.workbooks.xlsx_sheets import About, NamedRange, Sheet
from app.workbooks.xlsx_writing import write_sheets, write_xlsx

XLSX, CSV = ".xlsx", ".csv"
#: The number of rows, or that of each sheet.
_Count = TypeVar("_Count", int, tuple[int, ...])


@dataclass(frozen=True, slots=True)
class Left:
    """A file that left the store: the rows of its sheets, and its hash."""

    rows: tuple[int, ...]
    sha256: str


def must_be_table_file(path: Path) -> None:
    """Raise KnownError `import.export_kind` for a file of another kind than .xlsx or .csv."""
    if path.suffix.lower() not in (XLSX, CSV):
        raise KnownError("import.export_kind", "import.export_kind_hint", file=path.name)


def about_of(
    workplace: Workplace,
    title: str,
    sheet: str,
    notes: Sequence[tuple[str, str]] = (),
    *,
    unit: str,
    persons: bool,
) -> About:
    """What a file says of itself: `notes` stand between who made it and what its reader owes.

    With `persons` it is for use inside the office, and says so.
    """
    name = f"{workplace.tree.units.unit(unit).full_name(i18n.language())} ({unit})"
    account = workplace.account
    by = ", ".join(part for part in (account.full_name, account.title) if part) or account.name
    day = workplace.today().strftime("%d/%m/%Y")
    said = [
        (i18n.text("import.export_unit"), name),
        (i18n.text("import.export_by"), by),
        (i18n.text("import.export_on"), day),
        *notes,
    ]
    mark = ""
    if persons:
        mark = i18n.text("export.mark")
        said.insert(0, (i18n.text("export.marked"), mark))
        said.append((i18n.text("import.export_duty"), i18n.text("import.export_duty_text")))
    if workplace.demonstration:
        # Whoever finds the sheet must not take invented children for real ones.
        said.insert(0, (i18n.text("demonstration.mark"), i18n.text("demonstration.mark_why")))
        mark = " · ".join(filter(None, (i18n.text("demonstration.mark"), mark)))
    foot = i18n.text("export.foot", by=by, day=day, unit=name)
    return About(title, by, sheet, i18n.text("import.export_notes"), tuple(said), mark, foot)


def write_table(
    workplace: Workplace,
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    about: About,
    on_row: Callable[[int], None] = lambda _count: None,
    *,
    note: Callable[[str, int], None],
    for_programs: bool = False,
    repeated: int | None = None,
) -> Left:
    """Write one table by the ending of its file. A .csv `for_programs` begins with its titles; the
    column `repeated` (from 0) stands on every printed page.

    `note` puts into the audit trail that a file of this hash with so many rows leaves the store: it
    is called before the file bears its name, so that nothing leaves unseen, whenever the power
    goes; a row without its file does no harm. Raises what `must_be_table_file`, writing and `note`
    raise: then there is no file, and one that lay there is still what it was.
    """
    must_be_table_file(path)
    noted, leaving = workplace.parts.noted, _Leaving(note)
    if path.suffix.lower() == CSV:
        mark = "" if for_programs else " · ".join(filter(None, (about.mark, about.foot)))
        count = write_csv(path, columns, rows, noted, on_row=on_row, mark=mark, leaving=leaving)
    else:
        count = write_xlsx(
            path, columns, rows, about, noted, on_row=on_row, repeated=repeated, leaving=leaving
        )
    return Left((count,), leaving.sha256)


def write_book(
    workplace: Workplace,
    path: Path,
    sheets: Sequence[Sheet],
    about: About,
    names: Iterable[NamedRange] = (),
    *,
    note: Callable[[str, tuple[int, ...]], None] | None = None,
) -> Left:
    """Write a workbook of several sheets; `note` as in `write_table`, told the rows of each; None
    where nobody stands in it, or the caller has it on record already. Raises what `write_table`
    raises, and KnownError `export.xlsx_only` for another kind of file.
    """
    if path.suffix.lower() != XLSX:
        raise KnownError("export.xlsx_only", "export.xlsx_only_hint", file=path.name)
    leaving = _Leaving(note or _on_record)
    rows = write_sheets(path, sheets, about, workplace.parts.noted, names, leaving=leaving)
    return Left(rows, leaving.sha256)


def _on_record(_digest: str, _rows: tuple[int, ...]) -> None:
    """For a workbook of which the trail needs no row of its own."""


class _Leaving(Generic[_Count]):
    """Has a file noted that is about to leave, and keeps its hash."""

    def __init__(self, note: Callable[[str, _Count], None]) -> None:
        self._note: Callable[[str, _Count], None] = note
        self.sha256 = ""

    def __call__(self, part: Path, count: _Count) -> None:
        with part.open("rb") as file:
            self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self._note(self.sha256, count)
