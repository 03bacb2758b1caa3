"""Bàn giao: what waits on top, then sending and receiving, then the register of what took place.

Each wizard goes *look → decide → do*: nothing is written before the counts were seen. The page
only joins them and writes records; what is in a bundle is the services' business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QMetaObject,
    QObject,
    QPoint,
    QStandardPaths,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.errors import AppError
from app.history.door import State
from app.i18n import in_sentence, number, text
from app.services.handover_register import HandoverView
from app.services.handover_unfinished import UnfinishedSending
from app.services.sticks import Stick
from app.services.stopped_lines import StoppedLine
from app.ui.flow import Flow
from app.ui.handover.desk import HandoverDesk, Pending
from app.ui.handover.page_cards import Card, HandoverCards
from app.ui.handover.pending import PendingCard
from app.ui.handover.receive import ReceiveWizard
from app.ui.handover.register import HandoverList
from app.ui.handover.send import SendWizard
from app.ui.labels import Elided
from app.ui.notify import Choice, Kind, Notice, Notifier, Question, error_notice
from app.ui.pdf_file import name_pdf
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

#: Milliseconds between two looks for sticks.
_STICKS = 3000


class HandoverPage(HandoverCards):
    """The page. It scrolls where the letters are large and the screen is small."""

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._tasks = tasks
        self._desk = desk
        self._notifier = notifier
        self._unit_name = unit_name
        self._theme = theme
        self._stopped_lines: list[StoppedLine] = []
        self._sticks = QTimer(self)
        self._sticks.setSingleShot(True)
        self._sticks.setInterval(_STICKS)
        self._sticks.timeout.connect(self._look_for_sticks)
        #: What scrolls to the keyboard while the page is in sight.
        self._followed: QMetaObject.Connection | None = None
        #: Why sticks could not be looked for the last time.
        self._no_look = ""
        #: What stands in the place of the list, None for the list itself.
        self._card: Card | None = None
        #: Whether the rows of one of many files are shown: back goes to their list.
        self._many_wait = False
        px = theme.pixels
        inside = _Inside(self)
        inside.setProperty("role", "page")
        self.setWidget(inside)
        self._inside = inside
        column = QVBoxLayout(inside)
        column.setContentsMargins(px(16), px(16), px(16), px(8))
        column.setSpacing(px(8))
        self.pending = PendingCard(theme, unit_name, inside)
        self.pending.finish_wanted.connect(self._finish)
        self.pending.drop_wanted.connect(self._drop)
        self.pending.open_wanted.connect(self.record_wanted)
        self.pending.kept_wanted.connect(self.open_kept)
        self.pending.returned_wanted.connect(self.open_returned)
        self.sending = SendWizard(tasks, desk, notifier, theme, unit_name, inside)
        self.receiving = ReceiveWizard(tasks, desk, notifier, theme, unit_name, inside)
        self.sending.save_first.connect(self.save_first)
        self.sending.done.connect(self._was_sent)
        self.sending.left_open.connect(self.load)
        self.sending.news_wanted.connect(self.open_news)
        self.sending.errors_wanted.connect(self.errors_wanted)
        self.receiving.done.connect(self._was_received)
        self.receiving.many_wanted.connect(self.open_many)
        self.receiving.rows_wanted.connect(self.open_arrivals)
        self._both = QHBoxLayout()
        self._both.setSpacing(px(8))
        self._both.addWidget(self.sending, 1)
        self._both.addWidget(self.receiving, 1)
        inside.laid_out.connect(self._place_wizards)
        inside.resized.connect(self._keyboard_stays)
        #: What gives way to a card that needs the whole page.
        self._above = QWidget(inside)
        above = QVBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(px(8))
        above.addWidget(self.pending)
        above.addLayout(self._both)
        self._column = column
        column.addWidget(self._above)
        column.addWidget(self._register(theme, inside), 1)
        shortcut = QShortcut(QKeySequence("F6"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.next_part)
        self._show(())

    def _register(self, theme: Theme, inside: QWidget) -> QWidget:
        """The card with what took place."""
        px = theme.pixels
        below = QFrame(inside)
        below.setProperty("role", "card")
        self.table = HandoverList(theme, self._unit_name, below)
        self.table.print_wanted.connect(self._print)
        self.table.open_wanted.connect(self.open_one)
        self.table.setMinimumHeight(px(160))
        title = QLabel(text("handovers.register"))
        title.setProperty("role", "title")
        self.hint = Elided()  # where links stand beside it, it gives way to them
        self.hint.say(text("handovers.register_hint"))
        beside = self.hint.sizePolicy()
        beside.setRetainSizeWhenHidden(True)  # so that they stand at the right without it as well
        self.hint.setSizePolicy(beside)
        self.hint.setProperty("role", "muted")
        self.empty = QLabel(text("handovers.empty"))
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        links = Flow(px(16), below)
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(title)
        head.addWidget(self.hint, 1)
        head.addWidget(links)
        self.to_stopped = Step(parent=below)
        self.to_stopped.setProperty("role", "link")
        self.to_stopped.clicked.connect(self.open_stopped)
        self.to_stopped.hide()
        links.add(self.to_stopped)
        self.to_returned = Step(parent=below)
        self.to_returned.setProperty("role", "link")
        self.to_returned.clicked.connect(self.open_returned)
        self.to_returned.hide()
        links.add(self.to_returned)
        self.to_deliveries = Step(text("deliveries.title"), below)
        self.to_deliveries.setProperty("role", "link")
        self.to_deliveries.clicked.connect(self.open_deliveries)
        self.to_deliveries.hide()
        links.add(self.to_deliveries)
        column = QVBoxLayout(below)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        listing = QWidget(below)
        lines = QVBoxLayout(listing)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(px(8))
        lines.addLayout(head)
        lines.addWidget(self.empty, 1)
        lines.addWidget(self.table, 1)
        self._listing = listing
        column.addWidget(listing, 1)
        self._below, self._stack = below, column
        return below

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self._place_wizards()
        self._keyboard_stays()  # a message took room above

    def _place_wizards(self) -> None:
        """Beside each other, or, where both do not fit, below each other: with large letters half
        of the second would lie beyond the edge.
        """
        around = self._column.contentsMargins()
        needed = sum(one.minimumSizeHint().width() for one in (self.sending, self.receiving))
        needed += self._both.spacing() + around.left() + around.right()
        fits = needed <= self.viewport().width()
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        if self._both.direction() is not (across if fits else down):
            self._both.setDirection(across if fits else down)

    def load(self) -> None:
        """Read what waits, whether this PC may send, the receivers, the rounds and the register."""
        sending, run = self.sending, self._tasks.run
        run(self._desk.pending, self._show_pending, self._failed, owner=self)
        run(self._desk.receivers, sending.show_receivers, self._failed, owner=self)
        run(self._desk.rounds, sending.show_rounds, self._failed, owner=self)
        run(self._desk.missing, sending.show_readiness, self._failed, owner=self)
        run(self._desk.register, self._show, self._failed, owner=self)
        run(self._desk.stopped, self._show_stopped, self._failed, owner=self)
        self._look_for_sticks()
        run(self._desk.receives, self.to_deliveries.setVisible, self._failed, owner=self)

    def _look_for_sticks(self) -> None:
        """Again and again while the page is in sight: a stick is put in, or taken out."""
        self._tasks.run(self._desk.sticks, self._show_sticks, self._no_sticks, owner=self)

    def _show_sticks(self, found: Sequence[Stick]) -> None:
        self._no_look = ""
        self.sending.show_sticks(found)
        self.receiving.show_sticks(found)
        self._look_again()

    def _no_sticks(self, error: AppError) -> None:
        """It could not be looked: told once, not every few seconds; the next look may find them."""
        if str(error) != self._no_look:
            self._failed(error)
        self._no_look = str(error)
        self._look_again()

    def _look_again(self) -> None:
        if self.isVisible():
            self._sticks.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 -- Qt's name
        super().showEvent(event)
        application = QApplication.instance()
        if not self._followed and isinstance(application, QApplication):
            self._followed = application.focusChanged.connect(self._keyboard_came)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 -- Qt's name
        super().hideEvent(event)
        self._sticks.stop()
        if self._followed:
            QObject.disconnect(self._followed)
            self._followed = None

    def _keyboard_came(self, _from: QWidget | None, now: QWidget | None) -> None:
        """Where the keyboard goes is in sight: Qt scrolls by itself for Tab alone. It has its place
        after this turn.
        """
        if now is not None and self.isAncestorOf(now):
            QTimer.singleShot(0, self, lambda: self._show_place(now))

    def _keyboard_stays(self) -> None:
        """What is around the keyboard has another size."""
        self._keyboard_came(None, QApplication.focusWidget())

    def _show_place(self, at: QWidget) -> None:
        """With what was found out for the step the keyboard is on: nobody decides without it."""
        if not isValid(at) or not at.hasFocus():
            return
        for wizard in (self.sending, self.receiving):
            if wizard.isAncestorOf(at):
                self.ensureWidgetVisible(wizard.facts, 0, 0)
        margin = self._theme.pixels(8)
        self.ensureWidgetVisible(at, 0, margin)
        if isinstance(at, QTableView):  # Qt takes its line for higher than it stands
            row = at.currentIndex().row()
            bottom = at.rowViewportPosition(row) + at.rowHeight(row)
            below = at.viewport().mapTo(self._inside, QPoint(0, bottom))
            self.ensureVisible(below.x(), below.y(), 0, margin)

    @property
    def keys_in_sight(self) -> str:
        """Which list of keys F12 shows."""
        verifies = self._card is not None and self._card is self.__dict__.get("verifying")
        return "verification" if verifies else "handover"

    def next_part(self) -> None:
        """F6: from sending to receiving, to the register of handovers, and round again."""
        if self._above.isHidden():
            return  # a card has the whole page
        held = QApplication.focusWidget()
        if held is not None and self.sending.isAncestorOf(held):
            self.receiving.begin()
        elif held is None or not self.receiving.isAncestorOf(held):
            self.sending.begin()
        elif self._card is not None:
            self.one.begin()  # the only card beside which the wizards stand
        elif self.table.isVisible():
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.sending.begin()

    def begin(self) -> None:
        """The person came here: the keyboard goes to the first step, or into the card that stands
        as it was left; what it hides takes no key.
        """
        (self._card or self.sending).begin()

    def _show(self, found: Sequence[HandoverView]) -> None:
        self.table.show_lines(found)
        if self._card is not None and self._card is self.__dict__.get("one"):
            for view in found:
                if view.id == self.one.shown:
                    self.one.show_view(view, anew=False)
        self.table.setVisible(bool(found))
        self.hint.setVisible(bool(found))
        self.empty.setVisible(not found)

    def _show_stopped(self, found: list[StoppedLine]) -> None:
        self._stopped_lines = found
        if self._card is not None and self._card is self.__dict__.get("stopped"):
            self.stopped.show_lines(found)
        counts = Counter[State]()
        for one in found:
            counts[one.state] += one.operations
        said = [
            text(f"handovers.stopped.{state.value}", count=number(count))
            for state, count in sorted(counts.items(), key=lambda it: it[0] is not State.WAITING)
        ]
        self.to_stopped.setText(" · ".join(said))
        self.to_stopped.setVisible(bool(said))

    def _show_pending(self, found: Pending) -> None:
        before = self.pending.text
        back = len(found.returned)
        self.to_returned.setText(text("handovers.returned.link", count=number(back)))
        self.to_returned.setVisible(bool(back))
        if self._card is not None and self._card is self.__dict__.get("returned"):
            self.returned.load()
        self.pending.show_pending(found)
        if self.pending.text not in ("", before):
            self.verticalScrollBar().setValue(0)  # what waits anew is seen

    def _was_sent(self) -> None:
        self.table.choose(self.sending.handover)
        self.load()
        if self.sending.held:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sent.emit()

    def _was_received(self) -> None:
        self.table.choose(self.receiving.handover)
        if not self._gives_a_reason():
            self.close_card(held=False)
            if self.receiving.held:
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.load()
        self.received.emit()

    def _gives_a_reason(self) -> bool:
        """Whether somebody types the reason of a deed on the card beside which the wizards work."""
        return self._card is not None and self._card is self.__dict__.get("one") and self.one.asks

    # --- sendings that stopped on their way -------------------------------------------------

    def _finish(self, one: UnfinishedSending) -> None:
        stick = QFileDialog.getExistingDirectory(
            self, text("handovers.choose_folder"), self.sending.folder.path
        )
        if stick:
            self.finish(one, Path(stick))

    def finish(self, one: UnfinishedSending, stick: Path) -> None:
        """Look for the file on the stick; if it lies there whole, the sending took place."""
        self._settle(
            lambda desk: desk.finish(one.handover, stick), text("handovers.finished", seq=one.seq)
        )

    def _drop(self, one: UnfinishedSending) -> None:
        question = Question(
            text("handovers.drop_question", seq=one.seq, to=in_sentence(self._unit_name(one.to))),
            text("handovers.drop_details", seq=one.seq),
            (
                Choice("drop", text("handovers.drop"), destroys=True),
                Choice("keep", text("handovers.drop_not")),
            ),
        )
        if self._notifier.ask(question) == "drop":
            self._settle(
                lambda desk: desk.drop(one.handover), text("handovers.dropped", seq=one.seq)
            )

    def _settle(self, deed: Callable[[HandoverDesk], None], words: str) -> None:
        desk = self._desk

        def done(_none: None) -> None:
            self._notifier.say(Notice(Kind.DONE, words, topic="unfinished"))
            self.load()
            self.begin()
            self.sent.emit()

        def failed(error: AppError) -> None:
            self._notifier.say(replace(error_notice(error), topic="unfinished"))

        self._tasks.run(lambda: deed(desk), done, failed, lane=Lane.WRITE, owner=self)

    # --- records ----------------------------------------------------------------------------

    def _print(self, handover: str, seq: int) -> None:
        folder = Path(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        )
        proposed = folder / text("handovers.record_file", seq=seq)
        path = name_pdf(self, text("handovers.save_record"), str(proposed))
        if path is not None:
            self.write_record(handover, path)

    def write_record(self, handover: str, path: Path) -> None:
        """Write the handover record to a file."""
        desk = self._desk

        def write() -> Path:
            desk.record_pdf(handover, path)
            return path

        self._tasks.run(write, self._written, self._failed, lane=Lane.WRITE, owner=self)

    def _written(self, path: Path) -> None:
        words = text("handovers.record_written", file=str(path))
        self._notifier.say(Notice(Kind.DONE, words, topic="record"))

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))


class _Inside(QWidget):
    """What scrolls. A scroll area asks no one how high wrapped words get at a width: this does.
    `laid_out` comes when what is in it wants another size, `resized` when it has another one.
    """

    laid_out = Signal()
    resized = Signal()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        layout = self.layout()
        if event.type() is QEvent.Type.LayoutRequest:
            self.laid_out.emit()
        elif event.type() is QEvent.Type.Resize:
            self.resized.emit()
        if layout is not None and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            needed = layout.minimumHeightForWidth(self.width())
            if needed != self.minimumHeight():
                self.setMinimumHeight(max(0, needed))
        return done
