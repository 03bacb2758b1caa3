"""Any table that a page shows, as a file: .xlsx or .csv, marked, and noted in the audit trail.

A page says what the table is called, its titles and its rows; everything else is done here:

    table = Table(
        kind="moves",                 # a name for the audit trail: `export.table.moves` words it
        title=text("window.page.moves"),
        columns=[Column(text("moves.column.name"), 28), Column(text("moves.column.born"), 12)],
        rows=(("Đinh Thị Hà", date(2019, 5, 1)), …),   # streamed: any iterable, read once
        holds=Holds.PERSONS,          # FIGURES: no child stands in it, nobody needs a right more
        total=len(found),             # for the count of progress; 0 when not known
        listed="Thôn 1 · chưa xong",  # which rows, in words; "" for all
    )
    done = services.table_export.write(path, table, progress)   # TableFile(file, rows, sha256)

Rows hold texts, whole numbers, decimals, `date` for a day that is known whole, or None. A day that
is not ("2019", "05/2019"), an id, a telephone is a text. What is masked comes masked from the
service it was read from, and is written as the mask. At the window `app.ui.table_export` asks where
to and calls this; a page only names its tables there (`offer`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app import i18n
from app.services.marked_files import about_of, must_be_table_file, write_table
from app.services.rights import Right
from app.services.workplace import Progress, Workplace
from app.workbooks.writing import Column as Column
from app.workbooks.writing import Value as Value

_STEP = 100


class Holds(Enum):
    """What stands in a table, and so what it takes to carry it away."""

    PERSONS = "persons"  # children or families: the right to export, and the mark
    INTERNAL = "internal"  # who works here and what was done: the page's right, and the mark
    FIGURES = "figures"  # none of them: whoever sees the page may


@dataclass(frozen=True, slots=True)
class Table:
    """A table to write; see the head of this module. `unit` is whose rows they are, "" for all that
    this installation holds.
    """

    kind: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    holds: Holds
    total: int = 0
    listed: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TableFile:
    """What was written."""

    file: Path
    rows: int
    sha256: str


class TableExport:
    """Use case: a table as a file."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def must_be_allowed(self, holds: Holds) -> None:
        """Raise KnownError `rights.denied` where the account may not carry such a table away."""
        if holds is Holds.PERSONS:
            self._workplace.require(Right.EXPORT)
            self._workplace.require(Right.READ)
        else:
            self._workplace.store.must_be_writable()  # the audit row has to be written

    def write(self, path: Path, table: Table, progress: Progress | None = None) -> TableFile:
        """Write a table to a .xlsx or .csv.

        Raises KnownError `rights.denied`, `import.export_kind`, what writing and the rows raise;
        Cancelled. Then there is no file.
        """
        self.must_be_allowed(table.holds)
        must_be_table_file(path)
        workplace, steps = self._workplace, progress or Progress()
        unit = table.unit or workplace.unit
        notes = [(i18n.text("export.listed"), table.listed)] if table.listed else []
        marked = table.holds is not Holds.FIGURES
        about = about_of(workplace, table.title, table.title, notes, unit=unit, persons=marked)
        steps.step(0, table.total)

        def on_row(done: int) -> None:
            if done % _STEP == 0:
                steps.step(done, max(done, table.total))

        def note(digest: str, rows: int) -> None:
            workplace.audit(
                "export-table", table=table.kind, unit=unit, rows=rows, file_sha256=digest
            )

        left = write_table(workplace, path, table.columns, table.rows, about, on_row, note=note)
        return TableFile(path, sum(left.rows), left.sha256)
