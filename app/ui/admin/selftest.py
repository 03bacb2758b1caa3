"""Tự kiểm tra: whether this PC can still be trusted with a register, test by test.

It runs beside the window and can be stopped. What failed says what to do next.
"""

from __future__ import annotations

from functools import partial
from threading import Event

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.i18n import decimal, error_text, number, text
from app.services.selftest import SelfTestReport, TestResult
from app.services.services import Services
from app.services.table_export import Holds
from app.services.workplace import Progress
from app.ui.admin.section import Section
from app.ui.long_work import LongWork
from app.ui.notify import Notifier
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

RESULT, TEST, SECONDS = range(3)
_HEADINGS = tuple(f"administration.selftest.{one}" for one in ("result", "test", "seconds"))
#: Lines of what the chosen test found.
_LINES = 4
_TOPIC = "selftest"


class SelfTestSection(Section):
    """The button, how far it is, the tests with their results, what the chosen one found."""

    def __init__(
        self, tasks: Tasks, theme: Theme, services: Services, notifier: Notifier, parent: QWidget
    ) -> None:
        super().__init__(tasks, theme, text("administration.selftest"), parent)
        self._services = services
        self._results: tuple[TestResult, ...] = ()
        # Set when the window closes or is locked: nobody is there to read what comes of it, and the
        # store would be written to after it was closed.
        self._gone = Event()
        self.destroyed.connect(partial(_leave, self._gone))
        self.words(text("administration.selftest.why"))
        self.start = self.step(text("administration.selftest.start"), self.run, "primary")
        self.row(self.start)
        self.work = LongWork(tasks, notifier, theme, _TOPIC)
        self.work.ended.connect(self._ended)
        self.column.addWidget(self.work)
        self.table = self._table()
        self.column.addWidget(self.table, 1)
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.whole.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.whole.setFixedHeight(self.whole.fontMetrics().lineSpacing() * _LINES + theme.pixels(4))
        self.column.addWidget(self.whole)
        self.close_column(room=False)
        self.first = self.start

    def _table(self) -> QTableWidget:
        px = self.theme.pixels
        table = QTableWidget(0, len(_HEADINGS), self)
        table.setAccessibleName(text("administration.selftest"))
        offer(table, "selftest", Holds.FIGURES, numbers=(SECONDS,))
        table.setHorizontalHeaderLabels([text(one) for one in _HEADINGS])
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setMinimumHeight(px(136))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(px(32))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(TEST, QHeaderView.ResizeMode.Stretch)
        table.itemSelectionChanged.connect(self._say_whole)
        return table

    # --- testing ----------------------------------------------------------------------------

    def run(self) -> None:
        """Run all tests beside the window."""
        if self.work.running:
            return
        self.say("")
        self.start.setEnabled(False)
        self._gone.clear()
        run, gone = self._services.selftest.run, self._gone

        def op(progress: Progress) -> SelfTestReport:
            stopped = progress.cancelled
            return run(Progress(progress.on_step, lambda: stopped() or gone.is_set()))

        self.work.run(text("administration.selftest.testing"), op, self._show)
        self.work.focus_stop()

    def _ended(self) -> None:
        self.start.setEnabled(True)
        if self.work.held:
            failed = any(not one.passed for one in self._results)
            to: QWidget = self.table if failed else self.start
            to.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, report: SelfTestReport) -> None:
        self._results = report.results
        self.table.setRowCount(len(report.results))
        for row, one in enumerate(report.results):
            key = "passed" if one.passed else "failed"
            sign = "\N{CHECK MARK}" if one.passed else "\N{MULTIPLICATION X}"
            result = QTableWidgetItem(f"{sign} {text(f'administration.selftest.{key}')}")
            result.setForeground(self.theme.colour("done" if one.passed else "error"))
            self.table.setItem(row, RESULT, result)
            self.table.setItem(row, TEST, QTableWidgetItem(one.title))
            self.table.setItem(row, SECONDS, QTableWidgetItem(decimal(one.seconds)))
        failed = [row for row, one in enumerate(report.results) if not one.passed]
        self.table.setCurrentCell(failed[0] if failed else 0, RESULT)
        self._say_whole()
        self._conclude(len(failed), len(report.results))

    def _conclude(self, failed: int, tests: int) -> None:
        if not failed:
            self.say(text("administration.selftest.sound", count=number(tests)), "done")
            return
        said = text("administration.selftest.unsound", failed=number(failed), count=number(tests))
        # A store that is only read from now on names the backup to go back to.
        refusal = self._services.workplace.store.refusal
        self.say(said if refusal is None else f"{said}\n{error_text(refusal)}", "error")

    def _say_whole(self) -> None:
        row = self.table.currentRow()
        one = self._results[row] if 0 <= row < len(self._results) else None
        if one is None:
            self.whole.clear()
        elif one.passed:
            self.whole.setText(text("administration.selftest.all_right", test=one.title))
        else:
            found = text("administration.selftest.found", test=one.title, detail=one.detail)
            self.whole.setText(f"{found}\n{one.next_step}")

    # --- the window closes ------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 -- Qt's name
        super().showEvent(event)
        # Once, however often it is called: a filter that is there already only moves to the front.
        self.window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """A window that closes waits for what runs; some minutes for a province."""
        if event.type() == QEvent.Type.Close and watched is self.window():
            self._gone.set()
        return super().eventFilter(watched, event)


def _leave(gone: Event, _section: QObject | None = None) -> None:
    """The section is taken down; of it nothing may be touched any more."""
    gone.set()
