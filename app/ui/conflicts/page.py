"""Xung đột: what two people wrote differently, side by side, decided by one key a line.

A number takes that side, for a whole merge group at once; Enter opens the household's page at the
field, where something third is typed. A decision is an ordinary save: what was not chosen stays in
the history. It is based on what was seen: a value that came meanwhile is shown first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from app.errors import AppError
from app.forms.schema import Field
from app.i18n import number, text
from app.services.conflict_lines import ConflictLine, ConflictLines
from app.services.conflicts import TAKEN_WITH_ITS_REASON, Conflicts, ConflictView
from app.services.entry import Entry
from app.services.masking import open_values
from app.services.saving import Saved
from app.ui.conflicts.frame import ConflictsFrame
from app.ui.conflicts.lines import WHAT, who_words
from app.ui.conflicts.sides import MOST_SIDES, is_masked
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_KEYS = {Qt.Key(int(Qt.Key.Key_1) + at): at for at in range(MOST_SIDES)}


class _Listed(NamedTuple):
    """What one look gives: the lines, and the names of the units where there are several."""

    lines: list[ConflictLine]
    units: Mapping[str, str]


class ConflictsPage(ConflictsFrame):
    """The page. `open_place` gives the household, record, part and field to go to."""

    open_place = Signal(object)
    #: Something was decided.
    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        conflicts: Conflicts,
        listing: ConflictLines,
        entry: Entry,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget,
        *,
        may_enter: bool,
    ) -> None:
        super().__init__(theme, conflicts.in_words, entry.unit_name, parent)
        self._tasks = tasks
        self._conflicts = conflicts
        self._listing = listing
        self._entry = entry
        self._notifier = notifier
        self._may_enter = may_enter
        self._view: ConflictView | None = None
        self._asked = 0
        #: Which of the fields in sight F1 explains.
        self._explained = 0
        self._deciding = False
        #: The line that is next when the list has come again.
        self._at: tuple[str, str, str] | None = None
        #: The keyboard goes into the list when it has come.
        self._to_list = False
        for at, one in enumerate(self.choices):
            one.clicked.connect(partial(self.choose, at))
        self.open.clicked.connect(self.open_current)
        self.table.installEventFilter(self)
        self.sides.installEventFilter(self)
        self.table.doubleClicked.connect(self.open_current)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._look())
        f1 = QShortcut(QKeySequence("F1"), self)
        f1.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        f1.activated.connect(self.explain_next)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the list again; the line under the keyboard stays."""
        listing, entry = self._listing, self._entry

        def read() -> _Listed:
            lines = listing.list()
            units = sorted({one.owner_unit for one in lines if one.owner_unit})
            named = {one: entry.unit_name(one) for one in units}
            return _Listed(lines, named if len(units) > 1 else {})

        self._tasks.run(read, self._show, self._failed, owner=self)

    def begin(self) -> None:
        """Put the keyboard into the list, or on what stands in its place."""
        self._to_list = True
        at = self.table if self.rows.rowCount() else self.nothing
        at.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, found: _Listed) -> None:
        current = self.line
        wanted = self._at or (None if current is None else current.key)
        place = self.table.currentIndex().row()
        self._at = None
        self.rows.tell_apart(found.units)
        self.rows.show_lines(found.lines)
        self.fit_list(len(found.lines))
        self.count.setText(text("conflicts.count", count=number(len(found.lines))))
        now = QApplication.focusWidget()
        held = now is not None and self.isVisible() and self.isAncestorOf(now)
        self.stack.setCurrentIndex(1 if found.lines else 0)
        if not found.lines:
            self._view = None
            self.sides.show_view(None)
            self.help.hide()
            if held:
                self.nothing.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        at = -1 if wanted is None else self.rows.place_of(wanted)
        at = min(max(place, 0), len(found.lines) - 1) if at < 0 else at
        self.table.setCurrentIndex(self.rows.index(at, WHAT))
        self._look()
        # What came in meanwhile takes the keyboard from nobody who reads the sides.
        if held and (self._to_list or now is self.nothing):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._to_list = False

    @property
    def line(self) -> ConflictLine | None:
        """The conflict under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def _look(self) -> None:
        """Read the sides of the line under the keyboard."""
        line = self.line
        # A number pressed before they have come is for no line: nobody has seen what it would take.
        self._view = None
        self._asked += 1
        if line is None:
            return
        asked, conflicts = self._asked, self._conflicts

        def show(found: list[ConflictView]) -> None:
            if asked == self._asked:
                view = (
                    one for one in found if (one.entity, one.group) == (line.entity, line.group)
                )
                self._show_view(line, next(view, None))

        self._tasks.run(partial(conflicts.open, line.id), show, self._failed, owner=self)

    def _show_view(self, line: ConflictLine, view: ConflictView | None) -> None:
        self._view = view
        where = text("issues.where", home=line.household_no or "?", village=line.village)
        about = (who_words(line), where if line.household else "", line.what)
        self.about.say(" · ".join(filter(None, about)))
        self.sides.show_view(view)
        sides = () if view is None else view.sides
        for at, button in enumerate(self.choices):
            button.setVisible(at < len(sides))
            if view is not None and at < len(sides):
                stays = sides[at] is view.kept
                button.setText(text("conflicts.keep" if stays else "conflicts.take", number=at + 1))
        # A verdict is taken with its masked reason; no page holds what could be typed.
        with_it = view is not None and view.entity in TAKEN_WITH_ITS_REASON
        masked = view is not None and not with_it and is_masked(view)
        for button in self.choices:
            button.setEnabled(self._may_enter and not masked)
        # What stands on no page has none to be opened.
        self.open.setVisible(bool(line.household or line.child))
        other = "conflicts.open" if line.is_typed else "conflicts.look"
        self.open.setText(f"{text(other)}   Enter")
        told = "" if self._may_enter else "conflicts.only_read"
        if masked:
            told = "conflicts.masked_note" if line.entity == "note" else "conflicts.masked"
        words = text(told) if told else ""
        if not words and view is not None and view.edited:
            words = text("conflicts.edited", fields=", ".join(view.edited))
        self.told.setVisible(bool(words))
        if words:
            self.told.say(words)
        self._explained = 0
        if self.help.isVisible():
            self._explain()

    # --- explaining -------------------------------------------------------------------------

    def explain_next(self) -> None:
        """F1: what the book means by a field that was written differently; again for the next one,
        and after the last the explanation goes.
        """
        if not self.help.isVisible():
            self._explained = 0
            self._explain()
        elif self._explained + 1 < len(self._fields_in_sight()):
            self._explained += 1
            self._explain()
        else:
            self.help.close_help()

    def escape(self) -> None:
        """Escape: take the explanation away."""
        self.help.close_help()

    def _explain(self) -> None:
        """Explain one field: all of a group together would push the sides off the page."""
        line = self.line
        if line is None or self._view is None:
            return  # it is on its way, and is told when it has come
        fields = self._fields_in_sight()
        if not fields:
            self.help.say(line.what, text("conflicts.meaning"))
            return
        field = fields[self._explained]
        more = text("conflicts.next_help") if self._explained + 1 < len(fields) else ""
        self.help.say(str(field.label), " ".join(filter(None, (str(field.help), more))))

    def _fields_in_sight(self) -> list[Field]:
        """The fields of the book that the sides show, in its order."""
        entity = "" if self._view is None else self._view.entity
        return [
            field
            for template in self._entry.forms().values()
            if entity in template.entities
            for field in template.fields_of(entity)
            if field.name in self.sides.names
        ]

    # --- deciding ---------------------------------------------------------------------------

    def choose(self, side: int) -> None:
        """Take one side: its values of the whole group."""
        view, line = self._view, self.line
        if view is None or line is None or self._deciding or not 0 <= side < len(view.sides):
            return
        if not self.choices[side].isEnabled():
            self._notifier.say(Notice(Kind.NOTE, self.told.whole, topic="conflicts"))
            return
        head = view.sides[side]
        said = {name: head.values[name] for name in view.fields if name in head.values}
        taken = open_values(said)
        self._deciding = True
        following = self.rows.line(self.table.currentIndex().row() + 1)
        deed = partial(
            self._conflicts.decide,
            view.entity,
            view.id,
            taken,
            view.base_heads,
            head.operation or None,
        )

        def done(_saved: Saved) -> None:
            self._deciding = False
            self._view = None
            self._at = None if following is None else following.key
            self._to_list = True
            self._notifier.say(
                Notice(
                    Kind.DONE,
                    text("conflicts.decided", who=who_words(line), what=line.what),
                    topic="conflicts",
                )
            )
            self.changed.emit()
            self.load()

        self._tasks.run(deed, done, self._not_decided, lane=Lane.WRITE, owner=self)

    def _not_decided(self, error: AppError) -> None:
        self._deciding = False
        self._failed(error)
        self.load()

    def open_current(self) -> None:
        """Enter: the household's page, at the field, where something else is typed."""
        line, view = self.line, self._view
        if line is None or not (line.household or line.child):
            return
        record = line.child or line.household
        own = line.entity in ("child", "household")
        fields = () if view is None or not line.is_typed else view.fields
        self.open_place.emit(
            {
                "household": line.household,
                "record": record,
                "part": line.id if fields and not own else "",
                "field": fields[0] if fields else "",
            }
        )

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter opens the page, a number takes a side."""
        if (
            watched in (self.table, self.sides)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.open_current()
                return True
            side = _KEYS.get(Qt.Key(event.key()))
            if side is not None and not event.isAutoRepeat():
                self.choose(side)
                return True
        return super().eventFilter(watched, event)
