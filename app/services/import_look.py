"""Looking at a list before anything of it is imported: its sheets, what its columns mean, and what
of that is remembered for the next list of the same titles.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import KnownError
from app.models.work import UnitOfWork
from app.services.importing.column_maps import map_document
from app.services.importing.columns import layout_of
from app.services.importing.layouts import Layouts
from app.services.importing.name_editions import must_be_edition, of_edition
from app.services.importing.results import (
    FieldChoice,
    FileView,
    SheetView,
    column_view,
    label_of,
)
from app.services.importing.tables import How, Table, TableFinder
from app.services.importing.targets import ColumnMap, Role, Titles, titles_of
from app.services.rights import Right
from app.services.surroundings import frame_of
from app.services.workplace import Workplace
from app.workbooks.cells import SheetRow, converted_text
from app.workbooks.reading import Workbook, open_workbook

__all__ = ["FieldChoice", "FileView", "ImportLook", "SheetView"]


class ImportLook:
    """Use cases on a file that may be imported."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def titles(self) -> Titles:
        """What the titles of columns mean: the fields of the forms of the open round."""
        with self._workplace.store.read() as reading:
            form_for = frame_of(self._workplace, reading).template_for
        return titles_of(form_for("child", {}), form_for("household", {}))

    def fields(self) -> list[FieldChoice]:
        """What a column may hold, in the order of the forms."""
        chosen: dict[str, FieldChoice] = {}
        for name, target in self.titles().by_name.items():
            if target.role is not Role.IGNORED:
                of = target.entity if target.role in (Role.FIELD, Role.PART) else "file"
                choice = FieldChoice(name, label_of(target), of, target)
                chosen.setdefault(target.name, choice)
        return list(chosen.values())

    def look(
        self, path: Path, columns: ColumnMap | None = None, sheet: str | None = None
    ) -> FileView:
        """Show a file: its sheets, the columns of one of them (None: the first that holds a table)
        with what each is taken for, and its first rows. Nothing is imported.

        Raises KnownError: a bad file (`import.file_…`), `import.no_header`, `import.no_sheet`,
        `rights.denied`.
        """
        self._workplace.require(Right.ENTER)
        titles = self.titles()
        with open_workbook(path) as book:
            finder = TableFinder(book, columns, titles, Layouts(self._workplace, titles))
            found = {one: finder.find(one) for one in book.sheets}
            if sheet is not None and sheet not in found:
                finder.tables((sheet,))  # says which there are
            wanted = [sheet] if sheet is not None else finder.shown
            table = next((found[one] for one in wanted if found[one] is not None), None)
            guessed = table is None
            if table is None:
                headers = (finder.guess_header(one) for one in wanted)
                header = next((one for one in headers if one is not None), None)
                if header is None:
                    raise KnownError("import.no_header", "import.no_header_hint", file=book.file)
                table = finder.table_of(header)
            looked, rows = finder.look(table)
            layout = layout_of(table.header.cells)
            sheets = tuple(
                SheetView(
                    one,
                    book.expected_rows(one),
                    0 if held is None else held.header.row,
                    hidden=one in book.hidden_sheets,
                    alike=held is not None and layout_of(held.header.cells) == layout,
                )
                for one, held in found.items()
            )
            unseen = book.hidden_columns(table.header.sheet)
        places = [one.written.index for one in looked]
        return FileView(
            path.name,
            sheets,
            table.header.sheet,
            table.header.row,
            tuple(column_view(one, unseen) for one in looked),
            tuple((row.number, tuple(_text_at(row, place) for place in places)) for row in rows),
            table.remembered,
            guessed,
        )

    def keep_layout(
        self,
        path: Path,
        columns: ColumnMap | None = None,
        sheet: str | None = None,
        names_of: str = "",
    ) -> None:
        """Remember what the columns of a file mean, for the next file of the same titles, and of
        which edition the names in its unit column are.

        Raises KnownError as `look`, and `import.unknown_columns`, `import.doubled_columns`,
        `import.no_edition`.
        """
        self._workplace.require(Right.ENTER)
        must_be_edition(self._workplace.tree.units, names_of)
        with self.opened(path, columns) as (book, finder):
            table = finder.tables(() if sheet is None else (sheet,)).first
            table.plan.must_be_clear(book.file)
            with self._workplace.write() as work:
                self.remember(work, finder, table, names_of)
                work.commit()

    def forget_layout(self, path: Path, sheet: str | None = None) -> bool:
        """Forget what was remembered for the titles of a file; whether there was anything.

        Raises KnownError as `look`.
        """
        self._workplace.require(Right.ENTER)
        with self.opened(path, None) as (_book, finder):
            table = finder.tables(() if sheet is None else (sheet,)).first
            if table.remembered:
                with self._workplace.write() as work:
                    layouts = Layouts(self._workplace, self.titles())
                    layouts.forget(work, table.header.cells)
                    work.commit()
        return table.remembered

    @contextmanager
    def opened(
        self, path: Path, columns: ColumnMap | None
    ) -> Iterator[tuple[Workbook, TableFinder]]:
        """The open file, and what finds its tables; for the import."""
        titles = self.titles()
        with open_workbook(path) as book:
            yield book, TableFinder(book, columns, titles, Layouts(self._workplace, titles))

    def remember(
        self, work: UnitOfWork, finder: TableFinder, table: Table, names_of: str = ""
    ) -> None:
        """Keep, within a transaction, what the columns of a table mean."""
        titles = self.titles()
        looked, _rows = finder.look(table)
        # What was guessed was confirmed by nobody, and is asked about again.
        known = [(one.written.key, one.target) for one in looked if one.how is not How.CONTENT]
        document = map_document(of_edition(known, names_of), titles)
        Layouts(self._workplace, titles).keep(work, table.header.cells, document)


def _text_at(row: SheetRow, place: int) -> str:
    return converted_text(row.cells[place]) if place < len(row.cells) else ""
