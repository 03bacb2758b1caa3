"""Chuyển đi, đến: who left one book and who came into another, paired by one key.

1 says that the two are one child, 2 that they are two; what was decided is taken back by 0. Enter
opens the page of the old book, Shift+Enter that of the new one. What a decision does is told before
and can be taken back; nothing is paired by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.i18n import in_sentence, number, text
from app.services.move_words import likeness_words, sign_words
from app.services.moves import Decided, Mover, Moves, MovesView
from app.text.days import day_in_words
from app.ui.moves.frame import MovesFrame
from app.ui.moves.rows import NAME, MoveLine, Which, lines_of
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_NONE = MovesView((), (), (), (), ())
#: The lists of what was decided → what is said of a line, and when it was taken back.
_DECIDED = {
    Which.PAIRED: ("moves.decided", "moves.take_back", "moves.done.open"),
    Which.APART: ("moves.decided_apart", "moves.take_back_apart", "moves.done.open_apart"),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MovesPage(MovesFrame):
    """The page. `open_place` gives the household and record to go to."""

    open_place = Signal(object)
    #: Something was decided.
    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        moves: Moves,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget,
        *,
        may_enter: bool,
    ) -> None:
        super().__init__(theme, parent)
        self._tasks = tasks
        self._moves = moves
        self._notifier = notifier
        self._may_enter = may_enter
        self._view = _NONE
        self._deciding = False
        #: Where the keyboard goes when the list has come again.
        self._at: tuple[str, str] | None = None
        self._to_list = False
        self.same.clicked.connect(self.call_same)
        self.apart.clicked.connect(self.call_apart)
        self.back.clicked.connect(self.take_back)
        self.open_left.clicked.connect(partial(self.open_current, came=False))
        self.open_came.clicked.connect(partial(self.open_current, came=True))
        self.which.currentIndexChanged.connect(self._show_list)
        self.table.installEventFilter(self)
        self.table.doubleClicked.connect(partial(self._opened))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._look())

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the lists again; the line under the keyboard stays."""
        self._tasks.run(self._moves.read, self._show, self._failed, owner=self)

    def begin(self) -> None:
        """Put the keyboard into the list."""
        self._to_list = True
        (self.table if self.rows.lines else self.which).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def chosen(self) -> Which:
        """Which list is looked at."""
        return Which(self.which.currentData())

    @property
    def line(self) -> MoveLine | None:
        """The line under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def _show(self, view: MovesView) -> None:
        self._view = view
        for at, one in enumerate(Which):
            count = number(len(lines_of(view, one)))
            self.which.setItemText(at, text(f"moves.list.{one.value}", count=count))
        self._show_list()
        if self._to_list and self.isVisible():
            self.begin()
            self._to_list = False

    def _show_list(self) -> None:
        current = self.line
        wanted = self._at or (None if current is None else current.key)
        place = max(self.table.currentIndex().row(), 0)
        self._at = None
        which = self.chosen
        lines = lines_of(self._view, which)
        # Keys for a line that is not there would only puzzle.
        self.hint.say(text(f"moves.hint.{which.value}") if lines else "")
        self.nothing.what.setText(text(f"moves.nothing.{which.value}"))
        self.nothing.hint.setText(text(f"moves.nothing_hint.{which.value}"))
        self.rows.show_lines(lines)
        self.stack.setCurrentIndex(1 if lines else 0)
        if lines:
            at = -1 if wanted is None else self.rows.place_of(wanted)
            at = min(place, len(lines) - 1) if at < 0 else at
            self.table.setCurrentIndex(self.rows.index(at, NAME))
        self._look()

    def _look(self) -> None:
        line, which = self.line, self.chosen
        self.detail.setVisible(line is not None)
        self.sides.show_line(line)
        pair = None if line is None else line.pair
        about = ""
        said, taken_back, _ = _DECIDED.get(which, ("", "", ""))
        if pair is not None:
            about = f"{likeness_words(pair)}: {sign_words(pair)}" if pair.signs else ""
            if said and pair.decided_by:
                day = day_in_words(pair.decided_on)
                decided = text(said, who=pair.decided_by, day=day)
                about = " · ".join(filter(None, (decided, about)))
        self.about.say(about)
        self.about.setVisible(bool(about))
        suggested = which is Which.PAIRS and pair is not None
        if taken_back:
            self.back.setText(f"{text(taken_back)}   0")
        for button, shown in (
            (self.same, suggested),
            (self.apart, suggested),
            (self.back, bool(said) and pair is not None),
        ):
            button.setVisible(shown)
            button.setEnabled(self._may_enter)
        self.open_left.setVisible(line is not None and line.left is not None)
        self.open_came.setVisible(line is not None and line.came is not None)
        alone = line is not None and line.left is None
        self.open_came.setText(f"{text('moves.open_came')}   {'' if alone else 'Shift+'}Enter")
        told = suggested and not self._may_enter
        self.told.setVisible(told)
        if told:
            self.told.say(text("moves.only_read"))

    # --- deciding ---------------------------------------------------------------------------

    def call_same(self) -> None:
        """1: the two are one child."""
        self._decide(Which.PAIRS, self._moves.pair, "moves.done.same")

    def call_apart(self) -> None:
        """2: the two are two children."""
        self._decide(Which.PAIRS, self._moves.apart, "moves.done.apart")

    def take_back(self) -> None:
        """0: what was decided about the pair is taken back: it is to be looked at again."""
        which = self.chosen
        if which in _DECIDED:
            self._decide(which, self._moves.take_back, _DECIDED[which][2])

    def _decide(self, which: Which, deed: Callable[[str, str], Decided], said: str) -> None:
        line = self.line
        pair = None if line is None else line.pair
        if pair is None or self.chosen is not which or self._deciding:
            return
        if not self._may_enter:
            self._notifier.say(Notice(Kind.NOTE, text("moves.only_read"), topic="moves"))
            return
        self._deciding = True
        following = self.rows.line(self.table.currentIndex().row() + 1)

        def done(decided: Decided) -> None:
            self._deciding = False
            self._at = None if following is None else following.key
            moved = decided.moved_to or said != "moves.done.same"
            words = text(
                said if moved else "moves.done.same_stays",
                who=pair.left.full_name,
                unit=in_sentence(pair.came.unit_name),
            )
            self._notifier.say(Notice(Kind.DONE, words, topic="moves"))
            self.changed.emit()
            self._to_list = True
            self.load()

        def failed(error: AppError) -> None:
            self._deciding = False
            self._failed(error)
            self.load()

        work = partial(deed, pair.left.id, pair.came.id)
        self._tasks.run(work, done, failed, lane=Lane.WRITE, owner=self)

    def _opened(self) -> None:
        line = self.line
        self.open_current(came=line is not None and line.left is None)

    def open_current(self, *, came: bool) -> None:
        """Open the page of one of the two."""
        line = self.line
        one: Mover | None = None if line is None else line.came if came else line.left
        if one is None or not one.household:
            return
        self.open_place.emit(
            {"household": one.household, "record": one.id, "part": "", "field": ""}
        )

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter opens a page; 1, 2 and 0 decide."""
        if (
            watched is self.table
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() in _ENTER:
                shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                line = self.line
                self.open_current(came=shifted or (line is not None and line.left is None))
                return True
            deed = {
                Qt.Key.Key_1: self.call_same,
                Qt.Key.Key_2: self.call_apart,
                Qt.Key.Key_0: self.take_back,
            }.get(Qt.Key(event.key()))
            if deed is not None and not event.isAutoRepeat():
                deed()
                return True
        return super().eventFilter(watched, event)
