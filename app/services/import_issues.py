"""What an import had to say, as a file to work through: each cell with its sentence. No text of a
cell stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from app import i18n
from app.reports import official_style as style
from app.reports.document import (
    Align,
    Document,
    Paragraph,
    Run,
    Section,
    Table,
    TableColumn,
    TextStyle,
)
from app.services.importing.issues import ImportIssue, cell_words, sentence_of
from app.services.importing.results import ImportResult
from app.services.marked_files import about_of, write_table
from app.services.rights import Right
from app.services.workplace import Workplace
from app.workbooks.writing import Column

#: What somebody works through with a pen; the file has more.
_ON_PAPER = 300
_SMALL = TextStyle(size=11, align=Align.CENTER)
_TITLE = TextStyle(size=14, bold=True, align=Align.CENTER, before=6)
_HEAD = TextStyle(size=11, bold=True, align=Align.CENTER)
_CELL = TextStyle(size=11)
_WIDTHS = {"sheet": 16, "cell": 10, "title": 28, "words": 110}


class ImportIssues:
    """Use cases on the issues of an import."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def write(self, path: Path, source: str, result: ImportResult) -> int:
        """Write the issues that were kept, for the file called `source`; returns how many.

        Raises KnownError `import.cannot_write`, `import.disk_full`, `import.name_too_long`,
        `rights.denied`.
        """
        self._workplace.require(Right.ENTER)
        workplace = self._workplace
        title, sheet = (
            i18n.text("import_page.issues_title", file=source),
            i18n.text("import_page.issues_sheet"),
        )
        notes = [
            (i18n.text("import_page.issues_file"), source),
            (i18n.text("import_page.issues_of"), str(result.issue_count)),
        ]
        about = about_of(workplace, title, sheet, notes, unit=workplace.unit, persons=True)
        columns = [
            Column(i18n.text(f"import_page.column.{name}"), width)
            for name, width in _WIDTHS.items()
        ]

        def note(digest: str, rows: int) -> None:
            workplace.audit(
                "export-table",
                table="import_issues",
                unit=workplace.unit,
                rows=rows,
                file_sha256=digest,
            )

        left = write_table(workplace, path, columns, _rows(result.issues), about, note=note)
        return sum(left.rows)

    def paper(self, source: str, result: ImportResult) -> Document:
        """The same on paper, to be worked through with a pen; the first ones of many.

        Raises KnownError `rights.denied`.
        """
        self._workplace.require(Right.ENTER)
        title = i18n.text("import_page.issues_title", file=source)
        several = any(one.sheet for one in result.issues)
        shown = result.issues[:_ON_PAPER]
        rows = tuple(
            (f"{one.sheet}: {cell_words(one)}" if several else cell_words(one), sentence_of(one))
            for one in shown
        )
        day = self._workplace.today().strftime("%d/%m/%Y")
        unit = self._workplace.tree.units.get(self._workplace.unit)
        name = self._workplace.unit if unit is None else unit.full_name(i18n.language())
        counted = i18n.text(
            "import_page.issues_on_paper",
            shown=i18n.number(len(shown)),
            count=i18n.number(result.issue_count),
        )
        blocks = (
            _line(name, _SMALL),
            _line(title, _TITLE),
            _line(f"{day} · {counted}", _SMALL),
            Table(
                (
                    TableColumn(i18n.text("import_page.column.cell"), 0.18 if several else 0.12),
                    TableColumn(i18n.text("import_page.column.words"), 0.82 if several else 0.88),
                ),
                rows,
                _HEAD,
                _CELL,
                before=8,
            ),
        )
        return Document(
            i18n.text("import_page.issues_sheet"), style.A4_PORTRAIT, (Section(blocks),)
        )


def _line(words: str, style: TextStyle) -> Paragraph:
    return Paragraph((Run(words),), style)


def _rows(issues: Sequence[ImportIssue]) -> Iterator[tuple[str, ...]]:
    for one in issues:
        yield one.sheet, cell_words(one), one.column, sentence_of(one)
