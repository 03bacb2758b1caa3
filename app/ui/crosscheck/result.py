"""One list beside the book: its parts, its lines, and what is decided about each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.i18n import number, text
from app.services.crosscheck.desk import CrossCheck
from app.services.crosscheck.views import ListResult, ListSummary, Settled, Standing
from app.services.crosscheck.words_of import list_words
from app.ui.crosscheck.frame import CrossCheckFrame
from app.ui.crosscheck.rows import NAME, Line, Part, lines_of
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

TOPIC = "crosscheck"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
#: Part → the deeds of its lines in the order of their keys; `open` is 0.
_DEEDS: Mapping[Part, tuple[str, ...]] = {
    Part.REVIEW: ("same", "nobody", "another"),
    Part.ONLY_LIST: ("found", "not_here", "entered"),
}
_SETTLES = {
    "found": Settled.FOUND,
    "not_here": Settled.NOT_HERE,
    "entered": Settled.ENTERED,
}
_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)
T = TypeVar("T")


class ResultPage(CrossCheckFrame):
    """The result. `open_place` gives the household and record to go to."""

    open_place = Signal(object)
    #: Something was decided, taken in or written.
    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        desk: CrossCheck,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget,
        *,
        may_enter: bool,
        may_print: bool,
        may_export: bool,
    ) -> None:
        super().__init__(theme, parent)
        self._tasks, self._desk = tasks, desk
        self._notifier = notifier
        self._may_enter, self._may_print, self._may_export = may_enter, may_print, may_export
        self._lists: tuple[ListSummary, ...] = ()
        self._found: ListResult | None = None
        self._offered = 0
        self._deciding = False
        self._at: str | None = None
        self._wanted = ""
        self._to_list = False
        self._connect()

    def _connect(self) -> None:
        self.which.activated.connect(lambda _at: self._chosen())
        self.part.currentIndexChanged.connect(lambda _at: self._show_part())
        self.table.installEventFilter(self)
        self.table.doubleClicked.connect(lambda _place: self.open_current())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._look())
        deeds: dict[str, Callable[[], None]] = {
            "same": self.say_same,
            "nobody": self.say_nobody,
            "another": self.show_another,
            "again": self.ask_again,
            "open": self.open_current,
            **{name: partial(self.settle, how) for name, how in _SETTLES.items()},
        }
        for name, deed in deeds.items():
            self.deeds[name].clicked.connect(partial(_called, deed))

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the lists again; the list and the line that are looked at stay."""
        self._run(self._desk.lists, self._show_lists, Lane.READ)

    def begin(self) -> None:
        """Put the keyboard where work begins."""
        self._to_list = True
        if self.places.shown is self.result:
            wanted: QWidget = self.table if self.rows.lines else self.part
            if not self._lists:
                wanted = self.fresh
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def chosen_part(self) -> Part:
        """Which part of the result is looked at."""
        return Part(self.part.currentData())

    @property
    def line(self) -> Line | None:
        """The line under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    @property
    def list_id(self) -> str:
        """The list that is looked at, "" for none."""
        return str(self.which.currentData() or "")

    def _show_lists(self, lists: tuple[ListSummary, ...]) -> None:
        self._lists = lists
        wanted = self._wanted or self.list_id
        self._wanted = ""
        self.which.clear()
        for one in lists:
            words = f"{list_words(one)} · {one.unit_name}"
            if not one.current:
                words += f" · {text('crosscheck.replaced')}"
            self.which.addItem(words, one.id)
        ids = [one.id for one in lists]
        if wanted not in ids:
            # What waits for a person comes first.
            waits = [one.id for one in lists if one.current and (one.to_review or one.to_visit)]
            wanted = next(iter(waits), "")
        if wanted in ids:
            self.which.setCurrentIndex(ids.index(wanted))
        self.which.setVisible(bool(lists))
        self.fresh.setVisible(self._may_enter)
        self.printed.setVisible(bool(lists) and self._may_print)
        self.exported.setVisible(bool(lists) and self._may_export)
        self.removed.setVisible(bool(lists) and self._may_enter)
        self._chosen()

    def _chosen(self) -> None:
        list_id = self.list_id
        if not list_id:
            self._show_result(None)
            return
        # Held against the register anew where that moved on, and kept: a write.
        self._run(partial(self._desk.result, list_id), self._show_result, Lane.WRITE)

    def _show_result(self, found: ListResult | None) -> None:
        other = self._found is None or found is None or self._found.list.id != found.list.id
        self._found = found
        for at, one in enumerate(Part):
            count = 0 if found is None else len(lines_of(found, one))
            self.part.setItemText(
                at, text(f"crosscheck.list_part.{one.value}", count=number(count))
            )
        if found is not None and other:
            # What waits for a person comes first.
            first = next((one for one in Part if lines_of(found, one)), Part.REVIEW)
            self.part.setCurrentIndex(list(Part).index(first))
        self._show_part()
        if self._to_list and self.isVisible():
            self.begin()
            self._to_list = False

    def _show_part(self) -> None:
        found, part = self._found, self.chosen_part
        current = self.line
        wanted = self._at or (None if current is None else current.key)
        place = max(self.table.currentIndex().row(), 0)
        self._at = None
        lines = [] if found is None else lines_of(found, part)
        self.part.setVisible(found is not None)
        self.hint.say(text(f"crosscheck.hint.{part.value}") if lines else "")
        nothing = "none" if found is None else part.value
        self.nothing.what.setText(text(f"crosscheck.nothing.{nothing}"))
        self.nothing.hint.setText(
            text(
                "crosscheck.nothing_hint.none" if found is None else "crosscheck.nothing_hint.part"
            )
        )
        self.rows.show_lines(lines)
        self.stack.setCurrentIndex(1 if lines else 0)
        if lines:
            at = -1 if wanted is None else self.rows.place_of(wanted)
            at = min(place, len(lines) - 1) if at < 0 else at
            self.table.setCurrentIndex(self.rows.index(at, NAME))
            names = [one.row.row.name for one in lines if one.row is not None]
            self.table.fit(NAME, names, 260)
        differs = found is not None and any(one.proposed for one in found.rows)
        self.apply.setVisible(part is Part.DIFFERS and differs and self._may_enter)
        acts = found is not None and bool(found.acts) and self._may_enter
        self.take_back.setVisible(acts and part in (Part.DIFFERS, Part.BOTH))
        self._look()

    def _look(self) -> None:
        self._offered = 0
        self._show_line()

    def _show_line(self) -> None:
        line, part = self.line, self.chosen_part
        self.detail.setVisible(line is not None)
        self.sides.show_line(line, self._offered)
        row = None if line is None else line.row
        about = "" if line is None else line.reasons(self._offered)
        if row is not None and row.taken:
            about = " · ".join(filter(None, (text("crosscheck.taken"), about)))
        if row is not None and row.decided and row.decided_by:
            about = " · ".join(
                filter(None, (text("crosscheck.decided", who=row.decided_by), about))
            )
        self.about.say(about)
        self.about.setVisible(bool(about))
        shown = set(_DEEDS.get(part, ()))
        if line is None or len(line.children) < 2:
            shown.discard("another")
        if row is not None and (row.decided or row.settled is not None):
            shown.add("again")
        if line is not None and line.children:
            shown.add("open")
        for name, button in self.deeds.items():
            button.setVisible(name in shown)
            button.setEnabled(self._may_enter or name in ("open", "another"))
        told = bool(_DEEDS.get(part)) and line is not None and not self._may_enter
        self.told.setVisible(told)
        if told:
            self.told.say(text("crosscheck.only_read"))

    # --- deciding ---------------------------------------------------------------------------

    def say_same(self) -> None:
        """1: the row is the child that is shown."""
        line = self.line
        if line is None or self.chosen_part is not Part.REVIEW:
            return
        if self._offered < len(line.children):
            self._decide(line.children[self._offered].id, "crosscheck.done.same")

    def say_nobody(self) -> None:
        """2: the row is nobody of the book."""
        if self.chosen_part is Part.REVIEW:
            self._decide("", "crosscheck.done.nobody")

    def show_another(self) -> None:
        """3: the next child that the row may be."""
        line = self.line
        if line is not None and len(line.children) > 1:
            self._offered = (self._offered + 1) % len(line.children)
            self._show_line()

    def settle(self, how: Settled) -> None:
        """What a visit came to."""
        line, list_id = self.line, self.list_id
        if line is None or line.row is None or self.chosen_part is not Part.ONLY_LIST:
            return
        at = line.row.number
        settled = partial(self._desk.settle, list_id, at, how)
        self._do(settled, f"crosscheck.done.{how.value}", line)

    def ask_again(self) -> None:
        """0: what somebody said of the row is taken back."""
        line, list_id = self.line, self.list_id
        if line is None or line.row is None:
            return
        row, desk = line.row, self._desk
        if row.standing is Standing.SETTLED:
            self._do(partial(desk.settle, list_id, row.number, None), "crosscheck.done.again", line)
        elif row.decided:
            self._do(partial(desk.decide, list_id, row.number, None), "crosscheck.done.again", line)

    def _decide(self, child: str, said: str) -> None:
        line, list_id = self.line, self.list_id
        if line is None or line.row is None:
            return
        at = line.row.number
        self._do(partial(self._desk.decide, list_id, at, child), said, line)

    def _do(self, deed: Callable[[], None], said: str, line: Line) -> None:
        if self._deciding or line.row is None:
            return
        if not self._may_enter:
            self._notifier.say(Notice(Kind.NOTE, text("crosscheck.only_read"), topic=TOPIC))
            return
        self._deciding = True
        following = self.rows.line(self.table.currentIndex().row() + 1)
        who = line.row.row.name

        def done(_none: None) -> None:
            self._deciding = False
            self._at = None if following is None else following.key
            self._notifier.say(Notice(Kind.DONE, text(said, who=who), topic=TOPIC))
            self.changed.emit()
            self._to_list = True
            self.load()

        def failed(error: AppError) -> None:
            self._deciding = False
            self._failed(error)
            self.load()

        self._tasks.run(deed, done, failed, lane=Lane.WRITE, owner=self)

    def open_current(self) -> None:
        """Enter: the page of the child that is shown."""
        line = self.line
        if line is None or self._offered >= len(line.children):
            return
        child = line.children[self._offered]
        if child.household:
            place = {"household": child.household, "record": child.id, "part": "", "field": ""}
            self.open_place.emit(place)

    def _run(self, op: Callable[[], T], done: Callable[[T], None], lane: Lane) -> None:
        self._tasks.run(op, done, self._failed, lane=lane, owner=self)

    def _failed(self, error: AppError) -> None:
        self._notifier.say(replace(error_notice(error), topic=TOPIC))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter opens a page; digits decide."""
        if (
            watched is self.table
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            key = Qt.Key(event.key())
            if key in _ENTER:
                self.open_current()
                return True
            deed = self._deed(key)
            if deed is not None and not event.isAutoRepeat():
                deed()
                return True
        return super().eventFilter(watched, event)

    def _deed(self, key: Qt.Key) -> Callable[[], None] | None:
        if key == Qt.Key.Key_0:
            return self.ask_again
        names = _DEEDS.get(self.chosen_part, ())
        if key not in _DIGITS or _DIGITS.index(key) >= len(names):
            return None
        name = names[_DIGITS.index(key)]
        if name in _SETTLES:
            return partial(self.settle, _SETTLES[name])
        return {"same": self.say_same, "nobody": self.say_nobody, "another": self.show_another}[
            name
        ]


def _called(deed: Callable[[], None], _checked: bool = False) -> None:
    deed()
