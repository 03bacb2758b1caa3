"""Đối chiếu: a list of poor households, of allowances or of gifts beside the book, by keyboard.

The result comes in parts. A row that is not sure is decided by one key: 1 it is that child, 2 it is
nobody of the book, 3 shows the next child it may be. Of a child that only the list has 1, 2 and 3
say what the visit found; 0 asks again. What the list says otherwise is written by F9, after telling
how much that is, and taken back as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import KnownError
from app.i18n import number, text
from app.reports.document import Document
from app.services.crosscheck.desk import CrossCheck
from app.services.crosscheck.listed import ListKind
from app.services.crosscheck.papers import CrossCheckPapers
from app.services.crosscheck.taking import SupportGiven
from app.services.crosscheck.views import Applied, ListResult, Proposal
from app.services.crosscheck.words import Role
from app.services.crosscheck.words_of import list_words
from app.services.table_export import TableFile
from app.ui.crosscheck.applying import ApplyPanel
from app.ui.crosscheck.reading import ReadingPanel
from app.ui.crosscheck.result import TOPIC, ResultPage
from app.ui.long_work import LongWork
from app.ui.named_file import with_ending
from app.ui.notify import Kind, Notice, Notifier
from app.ui.pdf_file import name_pdf, write_pdf
from app.ui.table_export import offer_deed
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme


class CrossCheckPage(ResultPage):
    """The page."""

    def __init__(
        self,
        tasks: Tasks,
        desk: CrossCheck,
        papers: CrossCheckPapers,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget,
        *,
        may_enter: bool,
        may_print: bool,
        may_export: bool,
    ) -> None:
        super().__init__(
            tasks,
            desk,
            notifier,
            theme,
            parent,
            may_enter=may_enter,
            may_print=may_print,
            may_export=may_export,
        )
        self._papers = papers
        #: What was said to be written when the panel was opened.
        self._shown: Proposal | None = None
        self.work = LongWork(tasks, notifier, theme, TOPIC)
        self.whole.addWidget(self.work)
        self.reading = ReadingPanel(tasks, desk, notifier, theme, self)
        self.applying = ApplyPanel(theme, self)
        self.places.add(self.reading)
        self.places.add(self.applying)
        self.fresh.clicked.connect(self.begin_new)
        self.printed.clicked.connect(self.print_result)
        self.exported.clicked.connect(self.export_result)
        offer_deed(self.table, self.export_result)
        self.removed.clicked.connect(self.remove_list)
        self.apply.clicked.connect(self.begin_apply)
        self.take_back.clicked.connect(self.take_back_last)
        self.reading.wanted.connect(self._take_in)
        self.reading.given_up.connect(self._back)
        self.applying.wanted.connect(self._apply)
        self.applying.given_up.connect(self._back)

    # --- a new list -------------------------------------------------------------------------

    def begin_new(self) -> None:
        """Ask for a file to hold against the book."""
        if self._may_enter and not self.work.running:
            self.places.show_one(self.reading)
            self.reading.begin(self._desk.units())

    def _take_in(
        self, wanted: tuple[Path, ListKind, str, dict[str, Role] | None, int, str]
    ) -> None:
        path, kind, unit, roles, year, occasion = wanted
        desk = self._desk
        self.work.run(
            text("crosscheck.matching"),
            partial(desk.take_in, path, kind, unit, roles, year=year, occasion=occasion),
            self._taken_in,
            Lane.WRITE,
        )
        self.work.focus_stop()

    def _taken_in(self, found: ListResult) -> None:
        self._wanted = found.list.id
        self._found = None
        totals = found.totals
        words = text(
            "crosscheck.done.taken_in",
            rows=number(totals.rows),
            both=number(totals.both + totals.differs + totals.unsaid),
            review=number(totals.review),
            only=number(totals.only_list),
        )
        self._notifier.say(Notice(Kind.DONE, words, topic=TOPIC))
        self.changed.emit()
        self._back()

    def escape(self) -> None:
        """What stands in place of the result is given up."""
        if self.places.shown is not self.result and not self.work.running:
            self._back()

    def _back(self) -> None:
        self.places.show_one(self.result)
        self._to_list = True
        self.load()

    # --- taking over ------------------------------------------------------------------------

    def begin_apply(self) -> None:
        """F9: say how much would be written, and ask for what the list does not say."""
        found = self._found
        if found is None or not self._may_enter or self.apply.isHidden():
            return
        list_id = found.list.id

        def told(would: Proposal) -> None:
            if not would.households and not would.children:
                words = text("crosscheck.nothing_to_write", count=number(would.undecided))
                self._notifier.say(Notice(Kind.NOTE, words, topic=TOPIC))
                return
            self._shown = would
            self.places.show_one(self.applying)
            self.applying.begin(found.list, would, self._desk.today())

        self._run(partial(self._desk.proposal, list_id), told, Lane.WRITE)

    def _apply(self, given: SupportGiven) -> None:
        list_id = self.list_id

        def done(did: Applied) -> None:
            words = text(
                "crosscheck.done.applied",
                households=number(did.households),
                children=number(did.children),
            )
            self._notifier.say(Notice(Kind.DONE, words, topic=TOPIC))
            self.changed.emit()
            self._back()

        self._run(partial(self._desk.apply, list_id, given, self._shown), done, Lane.WRITE)

    def take_back_last(self) -> None:
        """Take back what was written last by this list."""
        found = self._found
        if found is None or not found.acts:
            return
        act = found.acts[-1]

        def done(count: int) -> None:
            words = text("crosscheck.done.taken_back", count=number(count))
            self._notifier.say(Notice(Kind.DONE, words, topic=TOPIC))
            self.changed.emit()
            self._back()

        self._run(partial(self._desk.take_back, act), done, Lane.WRITE)

    def remove_list(self) -> None:
        """Forget the list; a second press says that it is meant."""
        found = self._found
        if found is None:
            return
        if self.removed.property("asked") != found.list.id:
            self.removed.setProperty("asked", found.list.id)
            words = text("crosscheck.remove_asks", list=list_words(found.list))
            self._notifier.say(Notice(Kind.NOTE, words, topic=TOPIC))
            return
        self.removed.setProperty("asked", None)
        list_id = found.list.id

        def done(_none: None) -> None:
            self._notifier.say(Notice(Kind.DONE, text("crosscheck.done.removed"), topic=TOPIC))
            self._found = None
            self.changed.emit()
            self._back()

        self._run(partial(self._desk.remove, list_id), done, Lane.WRITE)

    # --- paper and file ---------------------------------------------------------------------

    def print_result(self) -> None:
        """The result as PDF."""
        list_id = self.list_id
        if not list_id:
            return
        path = name_pdf(self, text("crosscheck.print_where"), text("crosscheck.print_file"))
        if path is not None:
            write_pdf(
                self,
                self._tasks,
                self._notifier,
                partial(_print_into, self._papers, list_id),
                path,
                written="crosscheck.done.printed",
                topic=TOPIC,
            )

    def export_result(self) -> None:
        """The result as a workbook."""
        list_id = self.list_id
        if not list_id or self.work.running:
            return
        try:
            self._papers.must_be_allowed()
        except KnownError as refused:
            self._failed(refused)
            return
        found, _kind = QFileDialog.getSaveFileName(
            self, text("crosscheck.export_where"), text("crosscheck.print_file"), "Excel (*.xlsx)"
        )
        if not found:
            return
        path, papers = with_ending(found, ".xlsx"), self._papers

        def done(made: TableFile) -> None:
            words = text("crosscheck.done.exported", file=made.file.name, count=number(made.rows))
            self._notifier.say(Notice(Kind.DONE, words, topic=TOPIC))

        self.work.run(text("crosscheck.exporting"), partial(papers.export, list_id, path), done)

    def _deed(self, key: Qt.Key) -> Callable[[], None] | None:
        return self.begin_apply if key == Qt.Key.Key_F9 else super()._deed(key)


def _print_into(papers: CrossCheckPapers, list_id: str, path: Path) -> None:
    # Qt's printing is loaded only where something is printed.
    from app.printing.pdf import write_pdf as to_pdf

    papers.print(list_id, partial(_put, to_pdf, path))


def _put(write: Callable[[Document, Path], None], path: Path, document: Document) -> None:
    write(document, path)
