"""What an import had to say, as a file to work through: each cell with its sentence. No text of a
cell stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from app import i18n
from app.services.importing.issues import ImportIssue, cell_words, sentence_of
from app.services.importing.results import ImportResult
from app.services.rights import Right
from app.services.workplace import Workplace
from app.workbooks.writing import Column
from app.workbooks.xlsx_writing import About, write_xlsx

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
        about = About(
            i18n.text("import_page.issues_title", file=source),
            self._workplace.account.full_name,
            i18n.text("import_page.issues_sheet"),
            i18n.text("import.export_notes"),
            (
                (i18n.text("import_page.issues_file"), source),
                (i18n.text("import_page.issues_of"), str(result.issue_count)),
                (i18n.text("import.export_on"), self._workplace.today().strftime("%d/%m/%Y")),
            ),
        )
        columns = [
            Column(i18n.text(f"import_page.column.{name}"), width)
            for name, width in _WIDTHS.items()
        ]
        noted = self._workplace.parts.noted
        return write_xlsx(path, columns, _rows(result.issues), about, noted)


def _rows(issues: Sequence[ImportIssue]) -> Iterator[tuple[str, ...]]:
    for one in issues:
        yield one.sheet, cell_words(one), one.column, sentence_of(one)
