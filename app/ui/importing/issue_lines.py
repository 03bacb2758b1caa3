"""What an import has to say, kind by kind, each kind with the cells it was said of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QWidget

from app.i18n import number, text
from app.services.register_import import ImportIssue, ImportResult, sentence_of
from app.ui.line_table import LineRows, LineTable
from app.ui.theme import Theme

CELL, WORDS = range(2)
_HEADINGS = ("import_page.column.cell", "import_page.column.words")
#: Cells that are listed of one kind; a file written from here has all that were kept.
_MOST = 50
#: The same child twice drowns among others.
_FIRST = ("_personal_id", "_key", "_line", "same_child", "_child_held")


class IssueLine(NamedTuple):
    """A kind with its count, or one cell of it."""

    cell: str
    words: str
    is_kind: bool


class IssueRows(LineRows[IssueLine]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def words(self, row: IssueLine, column: int) -> str:
        return row.cell if column == CELL else row.words

    def colour(self, row: IssueLine, column: int) -> QColor | None:
        del column
        return self._theme.colour("warning") if row.is_kind else None


class IssueTable(LineTable):
    """The view."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        self.lines = IssueRows(theme)
        name = text("import_page.issues")
        super().__init__(self.lines, name, theme, {CELL: 112}, WORDS, 200, parent)
        self.setWordWrap(True)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def sizeHint(self) -> QSize:  # noqa: N802 -- Qt's name
        """Some lines are enough where there is no more room; it grows where there is."""
        return QSize(super().sizeHint().width(), self._theme.pixels(144))

    def show_issues(self, result: ImportResult) -> None:
        """Show the issues of an import, but for those that propose something."""
        self.lines.show_lines(list(_lines(result)))
        self.fit(CELL, (one.cell for one in self.lines.lines), 200)


def _lines(result: ImportResult) -> Iterator[IssueLine]:
    groups: dict[tuple[str, str], list[ImportIssue]] = {}
    for one in result.issues:
        if one.proposal is None:
            groups.setdefault((one.message_id, one.column), []).append(one)

    def rank(kind: tuple[str, str]) -> tuple[bool, int]:
        return not kind[0].endswith(_FIRST), -result.kinds[kind]

    for kind in sorted(groups, key=rank):
        several, count = groups[kind], result.kinds[kind]
        first = several[0]
        if count == 1:
            yield IssueLine(place_words(first), sentence_of(first), is_kind=True)
            continue
        yield IssueLine(
            text("import_page.times", count=number(count)), sentence_of(first), is_kind=True
        )
        yield from _cells(several[:_MOST])
        if count > _MOST:
            more = text("import_page.more", count=number(count - _MOST))
            yield IssueLine("", more, is_kind=False)


def _cells(issues: Sequence[ImportIssue]) -> Iterator[IssueLine]:
    for one in issues:
        yield IssueLine(place_words(one), sentence_of(one), is_kind=False)


def place_words(issue: ImportIssue) -> str:
    """Where an issue stands: `C17`, with its sheet where several are read."""
    said = issue.place or text("import_page.row", row=number(issue.row))
    return f"{issue.sheet}: {said}" if issue.sheet else said
