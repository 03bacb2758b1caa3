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
from pathlib import Path

from app import i18n
from app.errors import KnownError
from app.services.workplace import Workplace
from app.workbooks.writing import Column, Value, write_csv
from app.workbooks.xlsx_sheets import About, NamedRange, Sheet
from app.workbooks.xlsx_writing import write_sheets, write_xlsx

XLSX, CSV = ".xlsx", ".csv"


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
    for_programs: bool = False,
    repeated: int | None = None,
) -> int:
    """Write one table by the ending of its file; how many rows it has. A .csv `for_programs` begins
    with its titles; the column `repeated` (from 0) stands on every printed page. Raises what
    `must_be_table_file` and writing raise: then there is no file.
    """
    must_be_table_file(path)
    noted = workplace.parts.noted
    if path.suffix.lower() == CSV:
        mark = "" if for_programs else " · ".join(filter(None, (about.mark, about.foot)))
        return write_csv(path, columns, rows, noted, on_row=on_row, mark=mark)
    return write_xlsx(path, columns, rows, about, noted, on_row=on_row, repeated=repeated)


def write_book(
    workplace: Workplace,
    path: Path,
    sheets: Sequence[Sheet],
    about: About,
    names: Iterable[NamedRange] = (),
) -> tuple[int, ...]:
    """Write a workbook of several sheets; how many rows each has. Raises what `write_table` raises,
    and KnownError `export.xlsx_only` for another kind of file.
    """
    if path.suffix.lower() != XLSX:
        raise KnownError("export.xlsx_only", "export.xlsx_only_hint", file=path.name)
    return write_sheets(path, sheets, about, workplace.parts.noted, names)


def left_the_store(path: Path, note: Callable[[str], None]) -> str:
    """Have it noted in the audit trail that a file was written: `note` is given its hash, which is
    returned. A file of which that cannot be noted is removed: nothing leaves the store unseen.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        note(digest)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return digest
