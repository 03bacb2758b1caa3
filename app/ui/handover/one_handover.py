"""One handover of the register: what is known of it, and what this unit may still do about it.

Accepting and returning travel down; taking back what its bundle brought is this PC's own, is shown
in numbers first and undone by one button. A return and a taking back ask for the reason here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.errors import AppError
from app.i18n import error_text, in_sentence, number, text
from app.services.arrivals_besides import of_round
from app.services.handover_register import HandoverView
from app.services.handover_stated import stated_words
from app.services.import_undo import Released, UndoPlan, refusal
from app.ui.flow import Flow
from app.ui.handover.desk import HandoverDesk, Page
from app.ui.handover.facts import Fact, Facts
from app.ui.handover.register import counts_words, day_of, moment_of, verdict_words
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

T = TypeVar("T")
_SIGN = "\N{BLACK UP-POINTING TRIANGLE}"
_RETURN, _UNDO = "return", "undo"


class OneHandover(QFrame):
    """The card. `left` comes when the person wants back to the list, `decided` when something was
    decided, `changed` when records of the register came or went with it.
    """

    left = Signal()
    decided = Signal()
    changed = Signal()
    print_wanted = Signal(str, int)
    #: A household and a child of it ("" for none).
    record_wanted = Signal(str, str)
    #: The handover that is to be looked through.
    verify_wanted = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._desk, self._notifier = tasks, desk, notifier
        self._unit_name = unit_name
        self._view: HandoverView | None = None
        #: What a reason that is given is for.
        self._for = ""
        self._busy = False
        #: The handover that something was done about last.
        self.acted = ""
        px = theme.pixels
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.facts = Facts(theme, self)
        self.told = QLabel(self)
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setProperty("state", "warning")
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(500)
        self.reason.returnPressed.connect(self.give_reason)
        self.give = Step(parent=self)
        self.give.setProperty("role", "primary")
        self.give.clicked.connect(self.give_reason)
        self.leave = Step(text("handovers.one.not_now"), self)
        self.leave.clicked.connect(self.escape)
        self.print = Step(text("handovers.one.print"), self)
        self.print.clicked.connect(self._print)
        self.verify = Step(text("handovers.one.verify"), self)
        self.verify.clicked.connect(self._verify)
        self.accept = Step(text("handovers.one.accept"), self)
        self.accept.clicked.connect(self.accept_now)
        self.send_back = Step(text("handovers.one.return"), self)
        self.send_back.clicked.connect(self.begin_return)
        self.undo = Step(text("handovers.one.undo"), self)
        self.undo.clicked.connect(self.look_at_undo)
        self.release = Step(text("handovers.one.release"), self)
        self.release.clicked.connect(self.release_now)
        self.close_card = Step(f"{text('handovers.one.close')}   Esc", self)
        self.close_card.clicked.connect(self.left)
        self._in_the_way = [Step(parent=self) for _ in range(5)]
        self._pages: tuple[Page, ...] = ()
        self._asked: tuple[str, ...] = ()
        for at, one in enumerate(self._in_the_way):
            one.setProperty("role", "link")
            one.clicked.connect(partial(self._open, at))
        self._lay_out(px)

    def _deeds(self) -> tuple[Step, ...]:
        return (self.print, self.verify, self.accept, self.send_back, self.undo, self.release)

    def _lay_out(self, px: Callable[[int], int]) -> None:
        links = Flow(px(8), self)
        for one in self._in_the_way:
            links.add(one)
        asking = QHBoxLayout()
        asking.setSpacing(px(8))
        asking.addWidget(self.reason, 1)
        asking.addWidget(self.give)
        asking.addWidget(self.leave)
        asking.addStretch()
        steps = Flow(px(8), self)
        for one in self._deeds():
            steps.add(one)
        deeds = QHBoxLayout()
        deeds.setSpacing(px(8))
        deeds.addWidget(steps, 1)
        deeds.addWidget(self.close_card, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addWidget(self.facts)
        column.addWidget(self.told)
        column.addWidget(links)
        column.addLayout(asking)
        column.addStretch(1)
        column.addLayout(deeds)

    # --- showing ----------------------------------------------------------------------------

    @property
    def shown(self) -> str:
        """The id of the handover that is shown, "" for none."""
        return "" if self._view is None else self._view.id

    @property
    def asks(self) -> bool:
        """Whether the reason of a deed is being typed."""
        return bool(self._for)

    def show_view(self, view: HandoverView, *, anew: bool = True) -> None:
        """Show a handover, and what may be done about it. Not `anew`: what is known of it was read
        again meanwhile, and a reason that is being typed stays.
        """
        self._view = view
        beside = view.giver == view.to
        giver, to = self._unit_name(view.giver), self._unit_name(view.to)
        self.title.setText(
            text(
                "handovers.one.title_beside" if beside else "handovers.one.title",
                seq=view.seq or text("handovers.line_unknown"),
                giver=in_sentence(giver),
                to=in_sentence(to),
            )
        )
        self.facts.show_facts(tuple(self._lines(view)))
        self.print.setVisible(view.has_file)
        # What was taken out of the register again is used again before it is looked through or
        # accepted. It may be sent back as it is: its giver knows of nothing.
        here = view.may_decide and view.undone is None
        self.verify.setVisible(here and view.may_look)
        self.accept.setVisible(here)
        self.send_back.setVisible(view.may_decide)
        self.undo.setVisible(view.direction in ("below", "beside") and view.undone is None)
        self.release.setVisible(view.undone is not None)
        if anew or not self._for:
            self._ask("")

    def begin(self) -> None:
        """Put the keyboard on what one mostly wants of a handover, or into the reason begun."""
        first: QWidget = self.print if not self.print.isHidden() else self.close_card
        if self._for:
            first = self.reason
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Escape: give up what a reason was to be given for; False when there is nothing."""
        if not self._for and self.told.isHidden():
            return False
        self._ask("")
        self.begin()
        return True

    def _lines(self, view: HandoverView) -> Iterator[Fact]:
        yield Fact(text("handovers.column.on"), moment_of(view.moment))
        if view.sent_by:
            yield Fact(text("handovers.one.by"), view.sent_by)
        if view.round:
            yield Fact(text("handovers.about.round"), view.round)
        yield Fact(text("handovers.column.counts"), counts_words(view, compared=False))
        for got in view.receipts:
            words = text(
                "handovers.one.receipt_with_later" if got.with_later else "handovers.one.receipt",
                day=day_of(got.on),
                by=got.by,
                households=number(got.households),
                children=number(got.children),
                waiting=number(got.waiting),
                refused=number(got.refused),
            )
            if got.round:
                words = f"{of_round(got.round)} · {words}"
            if got.set_aside:
                words = text("handovers.one.receipt_aside", words=words)
            state = "warning" if got.set_aside else "done"
            yield Fact(text(f"handovers.one.reached.{got.tier}"), words, state)
            if view.stated is not None and view.counts_otherwise(got):
                said = stated_words(view.stated, got.counts)
                yield Fact(" ", f"\N{BLACK UP-POINTING TRIANGLE} {said}", "warning")
        yield from _decided(view)
        if view.awaited:
            yield Fact(text("handovers.one.here"), text("handovers.awaited_long"), "warning")
        if view.rewritten:
            said = (
                "handovers.rewritten_long" if view.accepted else "handovers.rewritten_before_long"
            )
            yield Fact(text("handovers.one.giver"), text(said), "warning")
        if view.undone is not None:
            words = text("handovers.one.was_undone", by=view.undone.by, why=view.undone.why)
            yield Fact(text("handovers.one.here"), words, "warning")
            if _is_unknown_to_giver(view):
                words = text("handovers.one.unknown_to_giver")
                yield Fact(text("handovers.one.giver"), words, "warning")

    def _ask(self, what: str, told: str = "", pages: tuple[Page, ...] = ()) -> None:
        """Ask for the reason of a deed, say something, or neither."""
        self._for = what
        self._asked = (told,) if told else ()
        self.told.setText(told)
        self.told.setVisible(bool(told))
        for one in (self.reason, self.give, self.leave):
            one.setVisible(bool(what))
        self.leave.setVisible(bool(what or told))
        self._pages = pages
        for at, link in enumerate(self._in_the_way):
            link.setVisible(at < len(pages))
            if at < len(pages):
                link.setText(pages[at].name or text("entry.no_name"))
        for one in self._deeds():
            one.setEnabled(not what and not self._busy)
        if what:
            self.reason.clear()
            named = text(f"handovers.one.reason_{what}")
            self.reason.setAccessibleName(named)
            self.reason.setPlaceholderText(named)
            self.give.setText(text(f"handovers.one.give_{what}"))
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- deeds ------------------------------------------------------------------------------

    def _print(self) -> None:
        if self._view is not None:
            self.print_wanted.emit(self._view.id, self._view.seq)

    def _verify(self) -> None:
        if self._view is not None:
            self.verify_wanted.emit(self._view)

    def _open(self, at: int) -> None:
        page = self._pages[at]
        self.record_wanted.emit(page.household, page.child)

    def accept_now(self) -> None:
        """Accept it; the word travels down with the next bundle."""
        self._do(lambda desk, it: desk.accept(it), lambda _none: self._settled("accepted_now"))

    def begin_return(self) -> None:
        """Ask why it is returned."""
        self._ask(_RETURN)

    def look_at_undo(self) -> None:
        """Show what taking it back would change, then ask why."""

        def look(desk: HandoverDesk, it: str) -> tuple[UndoPlan, tuple[Page, ...]]:
            plan = desk.undo_plan(it)
            return plan, () if plan.in_the_way is None else desk.in_the_way(plan.in_the_way)

        def looked(found: tuple[UndoPlan, tuple[Page, ...]]) -> None:
            if not self._stands:
                return
            plan, pages = found
            if plan.in_the_way is not None:
                self._ask("", f"{_SIGN} {error_text(refusal(plan.in_the_way))}", pages)
                self.leave.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self._ask(_UNDO, _plan_words(plan))

        self._do(look, looked)

    def give_reason(self) -> None:
        """Do what the reason was asked for."""
        reason = self.reason.text().strip()
        if not reason:
            # What the deed would change stays in sight: the next Enter does it.
            self.told.setText("\n".join((*self._asked, text("handovers.one.no_reason"))))
            self.told.show()
            return
        if self._for == _RETURN:
            self._do(
                lambda desk, it: desk.return_(it, reason),
                lambda _none: self._settled("returned_now"),
            )
        elif self._for == _UNDO:
            self._do(lambda desk, it: desk.undo(it, reason), self._undone)

    def release_now(self) -> None:
        """Use again what was set aside."""
        self._do(lambda desk, it: desk.release(it), self._released)

    def _undone(self, plan: UndoPlan) -> None:
        unknown = self._stands and self._view is not None and _is_unknown_to_giver(self._view)
        key = "undone_now" if unknown else "undone_here"
        self._settled(key, count=number(plan.operations))
        self.changed.emit()

    def _released(self, done: Released) -> None:
        key = "released_now" if not done.still_waiting else "released_partly"
        self._settled(key, count=number(done.accepted), waiting=number(done.still_waiting))
        self.changed.emit()

    def _settled(self, key: str, **said: str) -> None:
        words = text(f"handovers.one.{key}", **said)
        self._notifier.say(Notice(Kind.DONE, words, topic="handover"))
        if self._stands:
            self._ask("")
            self.begin()
        self.decided.emit()

    @property
    def _stands(self) -> bool:
        """Whether what was done last was done about what is shown: nobody went on meanwhile."""
        return self.isVisible() and self.shown == self.acted

    def _do(self, deed: Callable[[HandoverDesk, str], T], done: Callable[[T], None]) -> None:
        if self._view is None or self._busy:
            return
        desk, it = self._desk, self._view.id
        self.acted = it
        self._set_busy(busy=True)

        def ended(found: T) -> None:
            self._set_busy(busy=False)
            done(found)

        def failed(error: AppError) -> None:
            self._set_busy(busy=False)
            self._notifier.say(error_notice(error))

        self._tasks.run(partial(deed, desk, it), ended, failed, lane=Lane.WRITE, owner=self)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        for one in (*self._deeds(), self.give):
            one.setEnabled(not busy and (one is self.give or not self._for))


def _decided(view: HandoverView) -> Iterator[Fact]:
    """What each tier decided, and what went back while it has not decided about the rest."""
    for one in view.verdicts:
        words = verdict_words(one)
        state = "done" if one.verdict == "accepted" else "warning"
        said = f"{words}: {one.reason}" if one.reason else words
        yield Fact(text(f"handovers.one.verdict.{one.tier}"), said, state)
    for tier, count in view.sent_back:
        words = text("handovers.one.sent_back", count=number(count))
        yield Fact(text(f"handovers.one.verdict.{tier}"), words, "warning")


def _is_unknown_to_giver(view: HandoverView) -> bool:
    """Whether the reason of a taking back here stays untold: nobody sent the handover back. PCs of
    one unit tell each other by mouth.
    """
    return view.may_decide and not any(one.verdict == "returned" for one in view.verdicts)


def _plan_words(plan: UndoPlan) -> str:
    pairs = (
        ("gone", plan.households_gone, plan.children_gone),
        ("back", plan.households_changed, plan.children_changed),
    )
    lines = [
        text(f"handovers.one.{key}", households=number(homes), children=number(children))
        for key, homes, children in pairs
        if homes or children
    ]
    counts = (("aside", plan.operations), ("waits", plan.will_wait), ("left", plan.left_without))
    lines += [text(f"handovers.one.{key}", count=number(count)) for key, count in counts if count]
    return "\n".join(f"\N{BULLET} {one}" for one in lines)
