"""What takes the place of the register on the handover page: a card each, built when somebody first
comes to it, and the ways there and back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.services.handover_register import HandoverView
from app.services.outgoing_news import OutgoingNews
from app.services.stopped_lines import StoppedLine
from app.services.worklist import Duty
from app.ui.handover.arrivals import ArrivalsCard
from app.ui.handover.deliveries import DeliveriesCard
from app.ui.handover.desk import HandoverDesk
from app.ui.handover.facts import Fact
from app.ui.handover.kept import KeptCard
from app.ui.handover.many import ManyFiles
from app.ui.handover.news import NewsCard
from app.ui.handover.one_handover import OneHandover
from app.ui.handover.receive import ReceiveWizard
from app.ui.handover.received_facts import Outcome, facts_of
from app.ui.handover.register import HandoverList
from app.ui.handover.returned import ReturnedCard
from app.ui.handover.send import SendWizard
from app.ui.handover.stopped import StoppedCard
from app.ui.handover.verify import VerifyCard
from app.ui.notify import Notifier
from app.ui.tab_order import set_tab_order
from app.ui.tasks import Tasks
from app.ui.theme import Theme

#: What may stand in the place of the list.
Card = (
    OneHandover
    | VerifyCard
    | StoppedCard
    | KeptCard
    | ManyFiles
    | DeliveriesCard
    | NewsCard
    | ArrivalsCard
    | ReturnedCard
)
#: The cards on which a question may be given up.
_ASKING = (OneHandover, ReturnedCard, VerifyCard)


class HandoverCards(QScrollArea):
    """The cards of the page. What stands around them is built by the page."""

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

    _tasks: Tasks
    _desk: HandoverDesk
    _notifier: Notifier
    _theme: Theme
    _unit_name: Callable[[str], str]
    _stopped_lines: list[StoppedLine]
    #: What stands in the place of the list, None for the list itself.
    _card: Card | None
    #: Whether the rows of one of many files are shown: back goes to their list.
    _many_wait: bool
    #: What gives way to a card that needs the whole page.
    _above: QWidget
    _below: QFrame
    _listing: QWidget
    _stack: QVBoxLayout
    table: HandoverList
    sending: SendWizard
    receiving: ReceiveWizard

    def load(self) -> None:
        """Read everything anew."""
        raise NotImplementedError

    def _failed(self, error: AppError) -> None:
        """Tell what went wrong."""
        raise NotImplementedError

    def _print(self, handover: str, seq: int) -> None:
        """Ask for a file and write the handover record into it."""
        raise NotImplementedError

    @cached_property
    def one(self) -> OneHandover:
        """The card of one handover."""
        card = OneHandover(*self._for_a_card())
        card.print_wanted.connect(self._print)
        card.left.connect(self.close_card)
        card.decided.connect(self.load)
        card.changed.connect(self.received)
        card.changed.connect(lambda: self.receiving.forget(card.acted))
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
        card.rows_wanted.connect(self.open_arrivals)
        card.one_wanted.connect(self._only_one)
        card.none_found.connect(self._none_found)
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

    @cached_property
    def returned(self) -> ReturnedCard:
        """The card of what was sent back."""
        card = ReturnedCard(*self._for_a_card())
        card.left.connect(self.close_card)
        card.place_wanted.connect(self.place_wanted)
        return card

    def _for_a_card(
        self,
    ) -> tuple[Tasks, HandoverDesk, Notifier, Theme, Callable[[str], str], QWidget]:
        return (self._tasks, self._desk, self._notifier, self._theme, self._unit_name, self._below)

    def _show_card(self, card: Card) -> None:
        self.close_card(held=False)
        if self._stack.indexOf(card) < 0:
            self._stack.addWidget(card, 1)
            set_tab_order(card)
        self._listing.hide()
        self._card = card
        # A list has the whole page; but what runs above stays in sight, with the way to stop it.
        whole = card is not self.__dict__.get("one")
        runs = self.sending.running or self.receiving.running
        self._above.setVisible(runs or not whole)
        card.show()
        # On a small screen its steps would lie below the edge; it has its height after this turn.
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self._below, 0, 8))

    def close_card(self, *, held: bool = True) -> None:
        """Back to the list, with the keyboard in it; while it is empty, where it is filled from."""
        if self._card is not None:
            self._card.hide()
        self._card = None
        self._above.show()
        self._listing.show()
        if held:
            target = self.receiving.file if self.table.isHidden() else self.table
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_arrivals(self, found: Outcome) -> None:
        """What the previewed bundle would bring, row by row."""
        arrivals = found.result.arrivals
        if arrivals is None:
            return
        self._many_wait = self._card is self.__dict__.get("many") is not None
        self.arrivals.show_arrivals(arrivals, facts_of(found, self._unit_name, taken=False))
        self._show_card(self.arrivals)
        self.arrivals.begin()

    def close_arrivals(self) -> None:
        """Back to the decision: to take the bundle in or not; of many files to their list."""
        if self._many_wait:
            self._many_wait = False
            self._show_card(self.many)
            self.many.begin()
            return
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

    def _only_one(self, file: Path, others: Sequence[Fact]) -> None:
        """One of the files fits: it is previewed where a single one is."""
        self.close_card(held=False)
        self.receiving.show_found(file, others)

    def _none_found(self, words: str) -> None:
        """No bundle there: what to do is said where another place is typed."""
        self.close_card(held=False)
        self.receiving.say_none(words)

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
        elif duty is Duty.KEPT:
            self.open_kept()
        elif duty is Duty.RETURNED:
            self.open_returned()
        elif duty is Duty.NOT_VERIFIED:
            self._tasks.run(self._desk.unverified, self._verify, self._failed, owner=self)
        elif duty is Duty.UNDONE:
            self._tasks.run(self._desk.undone, self._open_found, self._failed, owner=self)
        elif duty is Duty.UNDONE_BUT_ACCEPTED:
            self._tasks.run(
                self._desk.undone_but_accepted, self._open_found, self._failed, owner=self
            )
        elif duty is Duty.SET_ASIDE_ABOVE:
            self._tasks.run(self._desk.set_aside_above, self._open_found, self._failed, owner=self)
        elif duty is Duty.ANSWERS_OWED:
            self.close_card(held=False)
            self._tasks.run(
                self._desk.owed_to, self.sending.choose_receiver, self._failed, owner=self
            )

    def _verify(self, found: HandoverView | None) -> None:
        """To a handover that nobody has decided about: looked through by whoever may see it."""
        if found is None:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif found.may_look:
            self.open_verifying(found)
        else:
            self.open_one(found)

    def _open_found(self, found: HandoverView | None) -> None:
        """To a handover that was taken back, here or above: what is to be done stands there."""
        if found is None:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.open_one(found)

    def open_returned(self) -> None:
        """Everything that was sent back, on the whole page."""
        self._show_card(self.returned)
        self.returned.load()
        self.returned.begin()

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
        elif not (isinstance(self._card, _ASKING) and self._card.escape()):
            self.close_card()
        return True

    def open_verifying(self, view: HandoverView) -> None:
        """Look a handover through, on the whole page."""
        self.verifying.open(view)
        self._show_card(self.verifying)
        self.verifying.begin()
