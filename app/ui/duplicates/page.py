"""Trẻ nhập trùng: pairs of records that may be one child, decided by one key.

1 says that the two are one child, 2 that they are two, 3 leaves the pair for later; what was
decided is taken back by 0, and 4 takes what the record that counts leaves empty from the other.
Enter opens the page of the first record, Shift+Enter that of the
second, Space shows what both say alike, too, and F5 looks through the whole register.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.i18n import number, text
from app.matching.pair import Level
from app.services.duplicate_decisions import Doubt, Twice
from app.services.duplicate_limits import limits_in_short
from app.services.duplicate_pairs import Beside, DuplicatePairs, DuplicatesView, Entered
from app.services.duplicate_words import decided_words
from app.services.duplicates import Looked, Suggestions
from app.text.moments import day_words
from app.ui.duplicates.frame import DuplicatesFrame
from app.ui.duplicates.rows import NAME, PairLine, Which, lines_of, place_words
from app.ui.gone import gone_parts
from app.ui.long_work import LongWork
from app.ui.notify import Action, Kind, Notice, Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_TOPIC = "duplicates"
_NONE = DuplicatesView((), {}, (), None)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DuplicatesPage(DuplicatesFrame):
    """The page. `open_place` gives the household and record to go to."""

    open_place = Signal(object)
    #: Something was decided.
    changed = Signal()
    #: What two people say otherwise is settled on its own page.
    open_conflicts = Signal()

    def __init__(
        self,
        tasks: Tasks,
        pairs: DuplicatePairs,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget,
        *,
        may_enter: bool,
    ) -> None:
        super().__init__(theme, LongWork(tasks, notifier, theme, _TOPIC), parent)
        self._tasks = tasks
        self._pairs = pairs
        self._notifier = notifier
        self._may_enter = may_enter
        self._view = _NONE
        self._deciding = False
        #: Whether what a search found is being written.
        self._keeping = False
        self._beside: Beside | None = None
        self._all_facts = False
        #: Where the keyboard goes when the list has come again.
        self._at: tuple[str, str] | None = None
        self._to_list = False
        self.same.clicked.connect(partial(self.decide, "same"))
        self.apart.clicked.connect(partial(self.decide, "different"))
        self.later.clicked.connect(self.leave_for_later)
        self.back.clicked.connect(partial(self.decide, "open"))
        self.take.clicked.connect(self.take_over)
        self.whole.clicked.connect(self.show_all_facts)
        self.open_one.clicked.connect(partial(self.open_current, other=False))
        self.open_other.clicked.connect(partial(self.open_current, other=True))
        self.search.clicked.connect(self.run_search)
        self.search.setEnabled(may_enter)
        self.work.ended.connect(self._searched)
        self.which.currentIndexChanged.connect(self._show_list)
        self.level.currentIndexChanged.connect(self._show_list)
        self.table.installEventFilter(self)
        self.table.doubleClicked.connect(lambda _place: self.open_current(other=False))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._look())
        again = QShortcut(QKeySequence(Qt.Key.Key_F5), self)
        again.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        again.activated.connect(self.run_search)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the lists again; the line under the keyboard stays."""
        self._tasks.run(self._pairs.read, self._show, self._failed, owner=self)

    def begin(self) -> None:
        """Put the keyboard into the list."""
        self._to_list = True
        place: QWidget = self.table if self.rows.lines else self.which
        if not self.rows.lines and self._view.searched is None and self.search.isEnabled():
            place = self.search
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_at(self, pair: tuple[str, str]) -> None:
        """Put the keyboard on a pair that waits, when the list has come again."""
        self.which.setCurrentIndex(list(Which).index(Which.WAITING))
        self._at = pair

    @property
    def chosen(self) -> Which:
        """Which list is looked at."""
        return Which(self.which.currentData())

    @property
    def line(self) -> PairLine | None:
        """The line under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def _lines(self, which: Which) -> list[PairLine]:
        return list(lines_of(self._view, which, Level(self.level.currentData())))

    def _show(self, view: DuplicatesView) -> None:
        self._view = view
        self._show_list()
        if self._to_list and self.isVisible() and not self.work.running:
            self.begin()
            self._to_list = False

    def _show_list(self) -> None:
        waiting = self._view.count(Level(self.level.currentData()))
        for at, one in enumerate(Which):
            count = number(waiting if one is Which.WAITING else len(self._lines(one)))
            self.which.setItemText(at, text(f"duplicates.list.{one.value}", count=count))
        current = self.line
        wanted = self._at or (None if current is None else current.key)
        place = max(self.table.currentIndex().row(), 0)
        self._at = None
        which = self.chosen
        lines = self._lines(which)
        self.level.setVisible(which is Which.WAITING)
        self._say_searched(waiting if which is Which.WAITING else len(lines), len(lines))
        first_time = which is Which.WAITING and self._view.searched is None
        words = "never" if first_time else which.value
        self.nothing.what.setText(text(f"duplicates.nothing.{words}"))
        self.nothing.hint.setText(text(f"duplicates.nothing_hint.{words}"))
        self.rows.show_lines(lines)
        self.stack.setCurrentIndex(1 if lines else 0)
        if lines:
            at = -1 if wanted is None else self.rows.place_of(wanted)
            at = min(place, len(lines) - 1) if at < 0 else at
            self.table.setCurrentIndex(self.rows.index(at, NAME))
        self._look()

    def _say_searched(self, waiting: int, shown: int) -> None:
        day = self._view.searched
        words = text("duplicates.never_searched")
        if day is not None:
            words = text("duplicates.searched", day=day_words(day))
        if shown < waiting:
            words += " · " + text("duplicates.first_shown", shown=number(shown))
        self.searched.say(words)

    # --- the pair under the keyboard ----------------------------------------------------------

    def _look(self) -> None:
        line, which = self.line, self.chosen
        self.detail.setVisible(line is not None)
        self._beside = None
        self.facts.show_lines([])
        self.alike.say("")
        for at in (0, 1):
            self.entered[at].say("")
        if line is None:
            return
        self._name(line)
        waiting = which is Which.WAITING
        move = line.decided is not None and line.decided.about_a_move
        contested = line.decided is not None and line.decided.doubt is Doubt.CONFLICT
        for button, shown in (
            (self.same, waiting and not contested),
            (self.apart, waiting and not contested),
            # Beside 1 and 2 there is no room for it; the key 0 works there, too.
            (self.back, not waiting and not move and not contested),
        ):
            button.setVisible(shown)
            button.setEnabled(self._may_enter)
        self.later.setVisible(waiting)
        self.open_one.setVisible(line.one is not None)
        self.open_other.setVisible(line.other is not None)
        self.take.setVisible(False)
        told = "" if self._may_enter else text("duplicates.only_read")
        self.told.say(text("duplicates.on_page_of_moves") if move else told)
        self.told.setVisible(bool(self.told.whole))
        self.whole.setVisible(False)
        if line.one is not None and line.other is not None:
            key = line.key
            self._tasks.run(
                partial(self._pairs.beside, *key),
                lambda found: self._show_beside(key, found),
                self._failed,
                owner=self,
            )

    def _name(self, line: PairLine) -> None:
        about, changed = "", False
        if line.suggested is not None:
            level = text(f"duplicates.how.{line.suggested.level.name.lower()}")
            about = f"{level}: {line.suggested.reasons}"
            changed = line.suggested.changed
        elif line.decided is not None:
            about = decided_words(line.decided)
        same = line.decided is not None and line.decided.same
        if same and self.is_large and (counted := _counted_side(line)):
            about = f"{about} · {counted}"
        self.about.say(about)
        self.changed_since.setVisible(changed)
        self.changed_since.say(text("duplicates.changed_since") if changed else "")
        for at, one in enumerate((line.one, line.other)):
            self.books[at].say(
                place_words(one) if one and self.is_large else _book_words(one, counted=same)
            )

    def _show_beside(self, key: tuple[str, str], found: Beside) -> None:
        if self.line is None or self.line.key != key:
            return
        self._beside = found
        self._warn(found)
        self.take.setText(f"{text('duplicates.take', count=number(found.lacks))}   4")
        self.take.setVisible(self._may_enter and found.lacks > 0)
        for at, one in enumerate(found.entered):
            self.entered[at].say(_entered_words(one))
        self._show_facts()

    def _warn(self, found: Beside) -> None:
        """Say it where one of the two died or left, and the other one did not."""
        one, other = found.gone
        if (one is None) is (other is None):
            return
        gone = one or other
        words = "" if gone is None else " ".join(filter(None, gone_parts(gone.status, gone.day)))
        self.told.say(text(f"duplicates.{'other' if one is None else 'one'}_is_gone", gone=words))
        self.told.show()

    def _show_facts(self) -> None:
        if self._beside is None:
            return
        facts = self._beside.facts
        differing = [one for one in facts if one.differs]
        alike = len(facts) - len(differing)
        self.facts.show_lines(list(facts) if self._all_facts else differing)
        self.alike.say(
            text("duplicates.facts_count", differ=number(len(differing)), alike=number(alike))
        )
        words = "duplicates.only_differing" if self._all_facts else "duplicates.all_facts"
        self.whole.setText(f"{text(words)}   Space")
        self.whole.setVisible(alike > 0)

    def show_all_facts(self) -> None:
        """Space: what both records say alike is shown, too, or is folded away again."""
        self._all_facts = not self._all_facts
        self._show_facts()

    # --- deciding ---------------------------------------------------------------------------

    def leave_for_later(self) -> None:
        """3: the pair stays where it is, and the next one is looked at."""
        if self.chosen is not Which.WAITING:
            return
        following = self.table.currentIndex().row() + 1
        if following < len(self.rows.lines):
            self.table.setCurrentIndex(self.rows.index(following, NAME))
        else:
            self._notifier.say(Notice(Kind.NOTE, text("duplicates.last_one"), topic=_TOPIC))

    def decide(self, verdict: str) -> None:
        """1, 2 and 0: one child, two children, or what was decided is taken back."""
        line = self.line
        if line is None or self._deciding:
            return
        if line.decided is not None and line.decided.doubt is Doubt.CONFLICT:
            self._lead_to_conflicts()
            return
        if line.decided is None if verdict == "open" else self.chosen is not Which.WAITING:
            return
        if line.decided is not None and line.decided.about_a_move:
            words = text("duplicates.on_page_of_moves")
            self._notifier.say(Notice(Kind.NOTE, words, topic=_TOPIC))
            return
        if not self._may_enter:
            self._notifier.say(Notice(Kind.NOTE, text("duplicates.only_read"), topic=_TOPIC))
            return
        self._deciding = True
        following = self.rows.line(self.table.currentIndex().row() + 1)

        def done(_decision: str) -> None:
            self._deciding = False
            self._at = None if following is None else following.key
            words = text(f"duplicates.done.{verdict}")
            self._notifier.say(Notice(Kind.DONE, words, topic=_TOPIC))
            self.changed.emit()
            self._to_list = self.isVisible()
            self.load()

        def failed(error: AppError) -> None:
            self._deciding = False
            self._failed(error)
            self.load()

        work = partial(self._pairs.decide, line.first, line.second, verdict, line.seen)
        self._tasks.run(work, done, failed, lane=Lane.WRITE, owner=self)

    def _lead_to_conflicts(self) -> None:
        """What two people say otherwise is settled where both are seen, not by one key here."""
        words = text("duplicates.on_page_of_conflicts")
        way = Action(text("duplicates.to_conflicts"), lambda _bar: self.open_conflicts.emit())
        self._notifier.say(Notice(Kind.NOTE, words, way, topic=_TOPIC))

    def take_over(self) -> None:
        """4: what the record that counts leaves empty is taken from the other."""
        line, found = self.line, self._beside
        if line is None or found is None or self._deciding or self.take.isHidden():
            return
        self._deciding = True

        def done(fields: int) -> None:
            self._deciding = False
            self._at = line.key
            words = text("duplicates.taken", count=number(fields))
            self._notifier.say(Notice(Kind.DONE, words, topic=_TOPIC))
            self.changed.emit()
            self._to_list = self.isVisible()
            self.load()

        def failed(error: AppError) -> None:
            self._deciding = False
            self._failed(error)
            self.load()

        work = partial(self._pairs.take_over, line.first, line.second)
        self._tasks.run(work, done, failed, lane=Lane.WRITE, owner=self)

    # --- searching --------------------------------------------------------------------------

    def run_search(self) -> None:
        """F5: compare all children with one another; the page can be left meanwhile."""
        if self.work.running or self._keeping or not self._may_enter:
            return
        self.search.setEnabled(False)
        self.work.run(text("duplicates.comparing"), self._pairs.look, self._keep)
        self.work.focus_stop()

    def _keep(self, looked: Looked) -> None:
        self._keeping = True
        keep = partial(self._pairs.keep, looked)
        self._tasks.run(keep, self._found, self._not_kept, lane=Lane.WRITE, owner=self)

    def _found(self, found: Suggestions) -> None:
        words = text("duplicates.found", pairs=number(len(found.pairs)))
        if found.recorded:
            words += " " + text("duplicates.found_certain", pairs=number(found.recorded))
        if limits := limits_in_short(found):
            words += " " + limits
        self._notifier.say(Notice(Kind.DONE, words, topic=_TOPIC))
        self.changed.emit()
        self._ended()

    def _not_kept(self, error: AppError) -> None:
        self._failed(error)
        self._ended()

    def _ended(self) -> None:
        self._keeping = False
        self.search.setEnabled(self._may_enter)
        self.load()

    def _searched(self) -> None:
        self._to_list = self.work.held
        if self._to_list:
            self.which.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self._keeping:
            self._ended()

    # --- going elsewhere --------------------------------------------------------------------

    def open_current(self, *, other: bool) -> None:
        """Open the page of one of the two."""
        line = self.line
        one = None if line is None else line.other if other else line.one
        if one is None or not one.household:
            return
        self.open_place.emit(
            {"household": one.household, "record": one.id, "part": "", "field": ""}
        )

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter opens a page; 1, 2, 3 and 0 decide; Space shows all facts."""
        if (
            watched is self.table
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() in _ENTER:
                shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.open_current(other=shifted)
                return True
            deeds: dict[Qt.Key, Callable[[], None]] = {
                Qt.Key.Key_1: partial(self.decide, "same"),
                Qt.Key.Key_2: partial(self.decide, "different"),
                Qt.Key.Key_3: self.leave_for_later,
                Qt.Key.Key_0: partial(self.decide, "open"),
                Qt.Key.Key_4: self.take_over,
                Qt.Key.Key_Space: self.show_all_facts,
            }
            deed = deeds.get(Qt.Key(event.key()))
            if deed is not None:
                if not event.isAutoRepeat():
                    deed()
                return True
        return super().eventFilter(watched, event)


def _counted_side(line: PairLine) -> str:
    """Which of the two counts, where there is no room to say it above each; "" for neither."""
    for side, one in (("left", line.one), ("right", line.other)):
        if one is not None and one.stands:
            return text(f"duplicates.counts_{side}")
    return ""


def _book_words(one: Twice | None, *, counted: bool) -> str:
    if one is None:
        return text("duplicates.not_held")
    words = f"{one.full_name or text('duplicates.no_name')} · {place_words(one)}"
    if not counted:
        return words
    return text("duplicates.counted" if one.stands else "duplicates.not_counted", child=words)


def _entered_words(one: Entered | None) -> str:
    if one is None:
        return ""
    day = day_words(one.day)
    return text("duplicates.entered", who=one.who, unit=one.unit, day=day)
