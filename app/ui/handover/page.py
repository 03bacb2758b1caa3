"""Bàn giao: what waits on top, then sending and receiving, then the register of what took place.

Each wizard goes *look → decide → do*: nothing is written before the counts were seen. The page
only joins them and writes records; what is in a bundle is the services' business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QEvent, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.history.door import State
from app.i18n import in_sentence, number, text
from app.services.arrivals import Arrivals
from app.services.handover_register import HandoverView
from app.services.handover_unfinished import UnfinishedSending
from app.services.outgoing_news import OutgoingNews
from app.services.sticks import Stick
from app.services.stopped_lines import StoppedLine
from app.services.worklist import Duty
from app.ui.handover.arrivals import ArrivalsCard
from app.ui.handover.deliveries import DeliveriesCard
from app.ui.handover.desk import HandoverDesk, Pending
from app.ui.handover.kept import KeptCard
from app.ui.handover.many import ManyFiles
from app.ui.handover.news import NewsCard
from app.ui.handover.one_handover import OneHandover
from app.ui.handover.pending import PendingCard
from app.ui.handover.receive import ReceiveWizard
from app.ui.handover.register import HandoverList
from app.ui.handover.send import SendWizard
from app.ui.handover.stopped import StoppedCard
from app.ui.handover.verify import VerifyCard
from app.ui.notify import Choice, Kind, Notice, Notifier, Question, error_notice
from app.ui.step import Step
from app.ui.tab_order import set_tab_order
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

#: Milliseconds between two looks for sticks.
_STICKS = 3000


class HandoverPage(QScrollArea):
    """The page. It scrolls where the letters are large and the screen is small."""

    #: Before anything is sent, what is typed has to be saved; the shell calls back.
    save_first = Signal(object)
    #: Records came in: open pages look again.
    received = Signal()
    sent = Signal()
    #: A household and a child of it ("" for none), to mend what was returned.
    record_wanted = Signal(str, str)
    #: To the list of errors.
    errors_wanted = Signal()
    #: The household, record, part and field to go to.
    place_wanted = Signal(object)

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
        #: What stands in the place of the list, None for the list itself.
        self._card: QWidget | None = None
        px = theme.pixels
        inside = _Inside(self)
        inside.setProperty("role", "page")
        self.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(px(16), px(16), px(16), px(8))
        column.setSpacing(px(8))
        self.pending = PendingCard(theme, unit_name, inside)
        self.pending.finish_wanted.connect(self._finish)
        self.pending.drop_wanted.connect(self._drop)
        self.pending.open_wanted.connect(self.record_wanted)
        self.pending.kept_wanted.connect(self.open_kept)
        self.sending = SendWizard(tasks, desk, notifier, theme, unit_name, inside)
        self.receiving = ReceiveWizard(tasks, desk, notifier, theme, unit_name, inside)
        self.sending.save_first.connect(self.save_first)
        self.sending.done.connect(self._was_sent)
        self.sending.news_wanted.connect(self.open_news)
        self.sending.errors_wanted.connect(self.errors_wanted)
        self.receiving.done.connect(self._was_received)
        self.receiving.many_wanted.connect(self.open_many)
        self.receiving.rows_wanted.connect(self.open_arrivals)
        both = QHBoxLayout()
        both.setSpacing(px(8))
        both.addWidget(self.sending, 1)
        both.addWidget(self.receiving, 1)
        #: What gives way to a card that needs the whole page.
        self._above = QWidget(inside)
        above = QVBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(px(8))
        above.addWidget(self.pending)
        above.addLayout(both)
        column.addWidget(self._above)
        column.addWidget(self._register(theme, inside), 1)
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
        self.hint = QLabel(text("handovers.register_hint"))
        self.hint.setProperty("role", "muted")
        self.empty = QLabel(text("handovers.empty"))
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(title)
        head.addWidget(self.hint, 1)
        self.to_stopped = Step(parent=below)
        self.to_stopped.setProperty("role", "link")
        self.to_stopped.clicked.connect(self.open_stopped)
        self.to_stopped.hide()
        head.addWidget(self.to_stopped)
        self.to_deliveries = Step(text("deliveries.title"), below)
        self.to_deliveries.setProperty("role", "link")
        self.to_deliveries.clicked.connect(self.open_deliveries)
        self.to_deliveries.hide()
        head.addWidget(self.to_deliveries)
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

    # --- what takes the place of the list: built when somebody first comes to it --------------

    @cached_property
    def one(self) -> OneHandover:
        """The card of one handover."""
        card = OneHandover(*self._for_a_card())
        card.print_wanted.connect(self._print)
        card.left.connect(self.close_card)
        card.decided.connect(self.load)
        card.changed.connect(self.received)
        card.record_wanted.connect(self.record_wanted)
        card.verify_wanted.connect(self.open_verifying)
        return card

    @cached_property
    def verifying(self) -> VerifyCard:
        """The card on which a handover is looked through."""
        card = VerifyCard(*self._for_a_card())
        card.left.connect(self.close_card)
        card.decided.connect(self.load)
        card.place_wanted.connect(self.place_wanted)
        return card

    @cached_property
    def stopped(self) -> StoppedCard:
        """The card of what is kept but not applied."""
        card = StoppedCard(*self._for_a_card())
        card.left.connect(self.close_card)
        card.changed.connect(self.load)
        card.changed.connect(self.received)
        card.record_wanted.connect(self.record_wanted)
        return card

    @cached_property
    def kept(self) -> KeptCard:
        """The card of bundles of revoked PCs."""
        card = KeptCard(*self._for_a_card())
        card.left.connect(self.close_card)
        card.changed.connect(self.load)
        card.changed.connect(self.received)
        return card

    @cached_property
    def many(self) -> ManyFiles:
        """The card of many files."""
        card = ManyFiles(*self._for_a_card())
        card.left.connect(self.close_card)
        card.done.connect(self.load)
        card.done.connect(self.received)
        return card

    @cached_property
    def deliveries(self) -> DeliveriesCard:
        """The card of who has handed over."""
        card = DeliveriesCard(*self._for_a_card())
        card.left.connect(self.close_card)
        card.one_wanted.connect(self.open_one)
        return card

    @cached_property
    def news(self) -> NewsCard:
        """The card of what is new for whom the next bundle is for."""
        card = NewsCard(*self._for_a_card())
        card.left.connect(self.close_news)
        card.record_wanted.connect(self.record_wanted)
        return card

    @cached_property
    def arrivals(self) -> ArrivalsCard:
        """The card of what a previewed bundle would bring."""
        card = ArrivalsCard(*self._for_a_card())
        card.left.connect(self.close_arrivals)
        return card

    def _for_a_card(
        self,
    ) -> tuple[Tasks, HandoverDesk, Notifier, Theme, Callable[[str], str], QWidget]:
        return (self._tasks, self._desk, self._notifier, self._theme, self._unit_name, self._below)

    def _show_card(self, card: QWidget) -> None:
        self.close_card(held=False)
        if self._stack.indexOf(card) < 0:
            self._stack.addWidget(card, 1)
            set_tab_order(card)
        self._listing.hide()
        self._card = card
        whole = (self.__dict__.get("verifying"), self.__dict__.get("many"))
        self._above.setVisible(card not in whole)
        card.show()
        # On a small screen its steps would lie below the edge; it has its height after this turn.
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self._below, 0, 8))

    def close_card(self, *, held: bool = True) -> None:
        """Back to the list, with the keyboard in it."""
        if self._card is not None:
            self._card.hide()
        self._card = None
        self._above.show()
        self._listing.show()
        if held:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_arrivals(self, found: Arrivals) -> None:
        """What the previewed bundle would bring, row by row."""
        self.arrivals.show_arrivals(found)
        self._show_card(self.arrivals)
        self.arrivals.begin()

    def close_arrivals(self) -> None:
        """Back to the decision: to take the bundle in or not."""
        self.close_card(held=False)
        self.receiving.take.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_news(self, to: str, found: OutgoingNews) -> None:
        """What the next bundle holds that is new, page by page."""
        self.news.show_news(to, found)
        self._show_card(self.news)
        self.news.begin()

    def close_news(self) -> None:
        """Back to the decision: to seal the bundle or not."""
        self.close_card(held=False)
        self.sending.back_from_news()

    def open_many(self, files: Sequence[Path]) -> None:
        """Several bundles, or a folder of them: look at all, then take them in in one go."""
        self._show_card(self.many)
        self.many.look_at(files)

    def open_kept(self) -> None:
        """Bundles of revoked PCs that nobody has read in."""
        self._show_card(self.kept)
        self.kept.load()
        self.kept.begin()

    def open_deliveries(self) -> None:
        """Who has handed over in the round, and who is late."""
        self._show_card(self.deliveries)
        self.deliveries.load()
        self.deliveries.begin()

    def go(self, duty: Duty | None) -> None:
        """Go to where a line of the worklist is worked on; None: to where bundles are received."""
        if duty is None:
            self.close_card(held=False)
            self.receiving.file.setFocus(Qt.FocusReason.OtherFocusReason)
        elif duty in (Duty.WAITING, Duty.REFUSED_ABOVE):
            self.open_stopped()

    def open_stopped(self) -> None:
        """What waits, was refused, or was set aside."""
        self._show_card(self.stopped)
        self.stopped.show_lines(self._stopped_lines)
        self.stopped.begin()

    def open_one(self, view: HandoverView) -> None:
        """Enter on a line: what is known of that handover, and what may be done about it."""
        self.one.show_view(view)
        self._show_card(self.one)
        self.one.begin()

    def escape(self) -> bool:
        """Escape: a question is given up, else the card in place of the list; False without one."""
        if self._card is None or getattr(self._card, "running", False):
            return False
        if self._card is self.__dict__.get("arrivals"):
            self.close_arrivals()
        elif self._card is self.__dict__.get("news"):
            self.close_news()
        elif self._card is self.__dict__.get("verifying") and self.verifying.escape():
            return True
        elif self._card is not self.__dict__.get("one") or not self.one.escape():
            self.close_card()
        return True

    def open_verifying(self, view: HandoverView) -> None:
        """Look a handover through, on the whole page."""
        self.verifying.open(view)
        self._show_card(self.verifying)
        self.verifying.begin()

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
        self._tasks.run(self._desk.sticks, self._show_sticks, self._failed, owner=self)

    def _show_sticks(self, found: Sequence[Stick]) -> None:
        self.sending.show_sticks(found)
        self.receiving.show_sticks(found)
        if self.isVisible():
            self._sticks.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 -- Qt's name
        super().hideEvent(event)
        self._sticks.stop()

    def begin(self) -> None:
        """The person came here: the keyboard goes to the first step."""
        self.sending.begin()

    def _show(self, found: Sequence[HandoverView]) -> None:
        self.table.show_lines(found)
        if self._card is not None and self._card is self.__dict__.get("one"):
            for view in found:
                if view.id == self.one.shown:
                    self.one.show_view(view)
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
        self.pending.show_pending(found)
        if self.pending.text not in ("", before):
            self.verticalScrollBar().setValue(0)  # what waits anew is seen

    def _was_sent(self) -> None:
        self.load()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sent.emit()

    def _was_received(self) -> None:
        self.close_card(held=False)
        self.load()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.received.emit()

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
        wanted, _filter = QFileDialog.getSaveFileName(
            self, text("handovers.save_record"), str(proposed), "PDF (*.pdf)"
        )
        if wanted:
            path = Path(wanted)
            is_named = path.suffix.lower() == ".pdf"
            self.write_record(handover, path if is_named else path.with_name(f"{path.name}.pdf"))

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
    """What scrolls. A scroll area asks no one how high wrapped words get at a width: this does."""

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        layout = self.layout()
        if layout is not None and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            needed = layout.minimumHeightForWidth(self.width())
            if needed != self.minimumHeight():
                self.setMinimumHeight(max(0, needed))
        return done
