"""Ctrl+E: the table one looks at becomes a file. One way for every table of the window.

A page only names its tables, with `offer`; the table in hand is the one under the keyboard, else
the first one in sight. Titles and words are those on the screen, masked as they are there; days and
numbers become days and numbers. Tables that may show what somebody revealed for a reason are not
offered: the reason was for looking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QWidget,
)

from app.errors import KnownError
from app.i18n import language, number, text
from app.services.table_export import Column, Holds, Table, TableExport, TableFile, Value
from app.services.workplace import Progress
from app.text.days import whole_day
from app.text.fold import fold
from app.ui.long_work import LongWork
from app.ui.named_file import with_ending
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.paged_rows import PagedRows
from app.ui.tasks import Tasks
from app.ui.theme import Theme

KEYS = "Ctrl+E"
_TOPIC = "export"
_OFFERED = "exported"
_AT_ONCE = 256
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})*|[0-9]+")
_DECIMAL = re.compile(r"([0-9.,]*[0-9])[.,]([0-9])")
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_LEAST, _MOST = 8, 60
#: Rows whose words say how wide a column has to be.
_MEASURED = 500


def _nothing() -> str:
    return ""


class Made(NamedTuple):
    """A table that a list is made into: a list shows no columns."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Exported:
    """How a table is written. `kind` names it for the audit trail, `numbers` are columns of
    numbers. `fetch` reads the rows of some keys where the model has only those in sight; called
    beside the window. `listed` says which rows there are. With a `deed` the page does it itself;
    `made` makes a table of what shows none.
    """

    kind: str
    holds: Holds
    numbers: frozenset[int] = frozenset()
    fetch: Callable[[list[Any]], Sequence[Any]] | None = None
    listed: Callable[[], str] = _nothing
    deed: Callable[[], None] | None = None
    made: Callable[[], Made] | None = None


def offer(
    table: QAbstractItemView,
    kind: str,
    holds: Holds,
    *,
    numbers: Collection[int] = (),
    fetch: Callable[[list[Any]], Sequence[Any]] | None = None,
    listed: Callable[[], str] = _nothing,
) -> None:
    """Let a table be taken out by Ctrl+E; what is meant by each see `Exported`."""
    exported = Exported(kind, holds, frozenset(numbers), fetch, listed)
    table.setProperty(_OFFERED, exported)


def offer_list(list_: QAbstractItemView, kind: str, holds: Holds, made: Callable[[], Made]) -> None:
    """Let a list be taken out as the table that it is made into."""
    list_.setProperty(_OFFERED, Exported(kind, holds, made=made))


def offer_deed(table: QAbstractItemView, deed: Callable[[], None]) -> None:
    """Let Ctrl+E on a table do what its page does with a button of its own."""
    table.setProperty(_OFFERED, Exported("", Holds.PERSONS, deed=deed))


def offered(table: QWidget) -> Exported | None:
    """How a table is written; None for one that is not offered."""
    found = table.property(_OFFERED)
    return found if isinstance(found, Exported) else None


def typed(words: str, *, is_number: bool) -> Value:
    """What a cell says, as what it is: a day that is known whole, a number in a column of numbers,
    else the words.
    """
    if is_number:
        return _number(words)
    return whole_day(words) or words or None


def _number(words: str) -> Value:
    if _GROUPED.fullmatch(words):
        return int(re.sub(r"[.,]", "", words))
    found = _DECIMAL.fullmatch(words)
    if found is not None and words[-2] == ("," if language() == "vi" else "."):
        return float(f"{re.sub(r'[.,]', '', found[1])}.{found[2]}")
    return words or None


class TableExporting(QWidget):
    """The line of progress, and what happens at Ctrl+E. Hidden until something is written."""

    ended = Signal()

    def __init__(
        self,
        tasks: Tasks,
        export: TableExport,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._export = export
        self._notifier = notifier
        self._theme = theme
        self.work = LongWork(tasks, notifier, theme, _TOPIC)
        self.work.ended.connect(self._ended)
        self._held: QWidget | None = None
        px = theme.pixels
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(8), px(16), 0)
        row.addWidget(self.work)
        self.hide()

    def begin(self, page: QWidget | None) -> None:
        """Write the table in hand of a page: ask where to, then write it beside the window."""
        if self.work.running:
            return
        table = _in_hand(page)
        if table is None:
            self._notifier.say(Notice(Kind.NOTE, text("export.no_table"), topic=_TOPIC))
            return
        how = offered(table)
        assert how is not None
        if how.deed is not None:
            how.deed()
            return
        self._write(table, how)

    def _write(self, table: QAbstractItemView, how: Exported) -> None:
        if table.model().rowCount() == 0:
            self._notifier.say(Notice(Kind.NOTE, text("export.empty_table"), topic=_TOPIC))
            return
        try:
            self._export.must_be_allowed(how.holds)
        except KnownError as refused:
            self._notifier.say(replace(error_notice(refused), topic=_TOPIC))
            return
        columns: Sequence[Column]
        rows: Iterable[Sequence[Value]]
        title = table.accessibleName()
        name = _NOT_NAME.sub("-", fold(title)).strip("-")
        found, kind = QFileDialog.getSaveFileName(
            self.window(), text("export.where"), f"{name}.xlsx", "Excel (*.xlsx);;CSV (*.csv)"
        )
        if not found:
            return
        ending = ".csv" if found.lower().endswith(".csv") or kind.startswith("CSV") else ".xlsx"
        path = with_ending(found, ending)
        if how.made is not None:
            columns, rows = how.made()
        else:
            rows = _rows(table, how)
            columns = _columns(table, rows if isinstance(rows, list) else [])
        total = table.model().rowCount()
        written = Table(how.kind, title, columns, rows, how.holds, total, how.listed())

        export = self._export

        def write(progress: Progress) -> TableFile:
            return export.write(path, written, progress)

        self._held = QApplication.focusWidget()
        self.show()
        self.work.run(text("lists.exporting"), write, partial(self._done, how.holds))
        self.work.focus_stop()

    def _done(self, holds: Holds, done: TableFile) -> None:
        is_csv = done.file.suffix.lower() == ".csv"
        persons = "" if holds is Holds.FIGURES else "_marked"
        key = f"export.done{persons}_csv" if is_csv else f"export.done{persons}"
        words = text(key, count=number(done.rows), file=str(done.file))
        self._notifier.say(Notice(Kind.DONE, words, topic=_TOPIC))

    def _ended(self) -> None:
        self.hide()
        held = self._held
        if self.work.held and held is not None and held.isVisible():
            held.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ended.emit()


def _in_hand(page: QWidget | None) -> QAbstractItemView | None:
    """The offered table under the keyboard, else the first in sight on the page."""
    held = QApplication.focusWidget()
    if isinstance(held, QAbstractItemView) and offered(held) is not None:
        return held
    if page is None:
        return None
    seen = [
        one
        for one in page.findChildren(QAbstractItemView)
        if one.isVisible() and offered(one) is not None
    ]
    return seen[0] if seen else None


def _columns(table: QAbstractItemView, rows: Sequence[Sequence[Value]]) -> list[Column]:
    """Titles with widths: what the longest of some rows needs; where they are not here, as wide as
    on the screen, and the column that takes what is left as wide as any.
    """
    model = table.model()
    found = []
    for at in range(model.columnCount()):
        title = _said(model.headerData(at, Qt.Orientation.Horizontal)).replace("\n", " ")
        longest = max((len(str(row[at] or "")) for row in rows[:_MEASURED]), default=0)
        wide = longest + 1 if rows else _wide(table, at)
        found.append(Column(title, min(max(wide, _LEAST), _MOST)))
    return found


def _wide(table: QAbstractItemView, column: int) -> int:
    if not isinstance(table, QTableView):
        return _MOST
    header = table.horizontalHeader()
    if header.sectionResizeMode(column) is QHeaderView.ResizeMode.Stretch:
        return _MOST
    return table.columnWidth(column) // max(1, table.fontMetrics().averageCharWidth())


def _rows(table: QAbstractItemView, how: Exported) -> Iterable[Sequence[Value]]:
    """The rows as they stand on the screen; those that are not here are read as they are written.

    What was read in one go is taken now, by the window's own thread.
    """
    model = table.model()
    columns = range(model.columnCount())
    numbers = how.numbers
    if how.fetch is not None and isinstance(model, PagedRows):
        keys = [model.key_at(at) for at in range(model.rowCount())]
        return _fetched(model, keys, how.fetch, columns, numbers)
    return [
        [typed(_said(model.index(row, at).data()), is_number=at in numbers) for at in columns]
        for row in range(model.rowCount())
    ]


def _said(words: object) -> str:
    return "" if words is None else str(words)


def _fetched(
    model: PagedRows[Any, Any],
    keys: Sequence[Any],
    fetch: Callable[[list[Any]], Sequence[Any]],
    columns: Iterable[int],
    numbers: frozenset[int],
) -> Iterator[Sequence[Value]]:
    for start in range(0, len(keys), _AT_ONCE):
        part = [*keys[start : start + _AT_ONCE]]
        placed = model.placed(part, fetch(part))
        for at in sorted(placed):
            words = (model.words(placed[at], column) for column in columns)
            yield [typed(one, is_number=at in numbers) for at, one in enumerate(words)]
