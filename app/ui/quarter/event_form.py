"""The short form of a life event: a few fields, the keyboard only, and what is to be said of them.

Enter goes on, from the last field to «Ghi»; Ctrl+Enter writes from anywhere, Escape leaves. It
knows no service: it tells what is typed and shows the verdict it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.forms.field_types import FieldProblem
from app.forms.issues import Value
from app.i18n import text
from app.services.life_events.short_forms import About
from app.services.life_events.views import Answer, BoundForm, Draft, Remark, Verdict, Weight
from app.text.normalize import clean
from app.ui.household.codec import Codec
from app.ui.household.field_edit import FieldEdit, Key, SuggestionList
from app.ui.labels import Elided
from app.ui.step import Step
from app.ui.theme import Theme, set_state

#: Milliseconds of rest before what is typed is judged.
_REST = 120
_SIGNS = {
    Weight.MISSING: "\N{MULTIPLICATION X}",
    Weight.ERROR: "\N{MULTIPLICATION X}",
    Weight.DOUBT: "\N{BLACK UP-POINTING TRIANGLE}",
    Weight.NOTE: "\N{INFORMATION SOURCE}",
}
_STATES = {
    Weight.MISSING: "error",
    Weight.ERROR: "error",
    Weight.DOUBT: "warning",
    Weight.NOTE: "",
}
_HEAVIEST = (Weight.ERROR, Weight.MISSING, Weight.DOUBT, Weight.NOTE)


@dataclass(frozen=True, slots=True)
class PlaceCodec(Codec):
    """A place is text that a list helps with: who moved abroad is in no list of communes."""

    def _reference(self, text: str) -> Value:
        return clean(text) or None


@dataclass(slots=True)
class _Row:
    answer: Answer
    label: QLabel
    edit: FieldEdit
    said: QLabel
    visited: bool = False


class EventForm(QFrame):
    """The form. Signals come on the window's thread; a draft is what is typed so far."""

    #: Something was typed: say what there is to be said of it.
    judged = Signal(object)
    wanted = Signal(object)
    left = Signal()
    #: Of those who came here already one was chosen.
    arrived = Signal(str)

    def __init__(self, theme: Theme, suggestions: SuggestionList) -> None:
        super().__init__()
        self._theme = theme
        self._suggestions = suggestions
        self.setProperty("role", "card")
        self._draft = Draft("", "")
        self._problems: dict[str, FieldProblem] = {}
        self._verdict = Verdict()
        self._year = 2049
        self.rows: dict[str, _Row] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self._ask)
        suggestions.picked.connect(self._picked)
        self._build()

    def _build(self) -> None:
        px = self._theme.pixels
        self.title = Elided()
        self.title.setProperty("role", "crumb")
        self.ticks_label = QLabel(text("quarter.who_goes"))
        self.ticks_label.setProperty("role", "label")
        self.ticks = _Ticks(text("quarter.who_goes"))
        self.ticks.changed.connect(self._timer.start)
        self.ticks.stepped.connect(lambda: self._step_from(-1, 1))
        self.who = _Choice(text("quarter.who_came"))
        self.who.chosen.connect(self._who_chosen)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(4))
        self._grid.setColumnStretch(1, 1)
        self.said = QLabel()
        self.reason_label = QLabel(text("quarter.reason"))
        self.reason_label.setProperty("role", "label")
        self.reason = QLineEdit()
        self.reason.setAccessibleName(text("quarter.reason"))
        self.reason.setMaxLength(500)
        self.reason.textEdited.connect(lambda _now: self._timer.start())
        self.write = Step(text("quarter.write") + "   Ctrl+Enter")
        self.reason.returnPressed.connect(self.write.setFocus)
        self.write.setProperty("role", "primary")
        self.write.clicked.connect(self.commit)
        leave = Step(text("quarter.leave") + "   Esc")
        leave.clicked.connect(self.left)
        self.leave = leave
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.write)
        foot.addWidget(leave)
        foot.addStretch(1)
        reason = QHBoxLayout()
        reason.setSpacing(px(16))
        reason.addWidget(self.reason_label)
        reason.addWidget(self.reason, 1)
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addWidget(self.ticks_label)
        column.addWidget(self.ticks)
        column.addWidget(self.who)
        column.addLayout(self._grid)
        column.addWidget(self.said)
        column.addLayout(reason)
        column.addLayout(foot)
        column.addStretch(1)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.commit)

    # --- beginning --------------------------------------------------------------------------

    def begin(
        self,
        form: BoundForm,
        draft: Draft,
        title: str,
        year: int,
        children: Sequence[tuple[str, str]] = (),
        arrivals: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Ask about an event. `children` are (id, name) of those who may be ticked, `arrivals` of
        those who came here already and are not typed a second time.
        """
        self._draft, self._year = draft, year
        self._problems.clear()
        self._verdict = Verdict()
        self.title.say(title)
        self.reason.clear()
        ticking = form.about is About.CHILDREN
        self.ticks.setVisible(ticking)
        self.ticks_label.setVisible(ticking)
        self.ticks.show_children(children if ticking else ())
        self.who.show_choices(text("quarter.who_is_new"), arrivals)
        self._make_rows(form.answers)
        self._show()
        first: QWidget = self.ticks if ticking else next(iter(self.rows.values())).edit
        if arrivals:
            first = self.who
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _make_rows(self, answers: Sequence[Answer]) -> None:
        for row in self.rows.values():
            for widget in (row.label, row.edit, row.said):
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.rows = {}
        for place, answer in enumerate(answers):
            row = self._row(answer)
            self.rows[answer.asked.field] = row
            self._grid.addWidget(row.label, 2 * place, 0)
            self._grid.addWidget(row.edit, 2 * place, 1)
            self._grid.addWidget(row.said, 2 * place + 1, 1)

    def _row(self, answer: Answer) -> _Row:
        asked, field = answer.asked, answer.field
        kind = PlaceCodec if field.name == "event_place" else Codec
        codec = kind(field, answer.choices, self._year)
        words = text(asked.label) if asked.label else str(field.label)
        label = QLabel(words if asked.required else text("quarter.optional", label=words))
        label.setProperty("role", "label")
        label.setWordWrap(True)
        edit = FieldEdit(Key("", field.name), codec, self)
        edit.setAccessibleName(words)
        edit.setToolTip(str(field.help))
        # As wide as its longest value; a name and a place take the line.
        if field.width is not None and field.width < 24 and not codec.is_coded:
            edit.setMaximumWidth(self._theme.pixels(12 * field.width + 48))
        label.setBuddy(edit)
        edit.textEdited.connect(lambda _now, name=field.name: self._typed(name))
        edit.stepped.connect(lambda key, step: self._stepped(key.name, step))
        edit.entered.connect(lambda key: self._entered(key.name))
        edit.asked_list.connect(lambda key: self._open_list(key.name))
        edit.closed_list.connect(self._suggestions.close_list)
        edit.left_field.connect(lambda key: self._left_field(key.name))
        said = QLabel()
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setWordWrap(True)
        return _Row(answer, label, edit, said)

    def _who_chosen(self, child: str) -> None:
        if child:
            self.arrived.emit(child)
        else:
            self._step_from(-1, 1)

    # --- typing -----------------------------------------------------------------------------

    def _typed(self, name: str) -> None:
        row = self.rows[name]
        answers = dict(self._draft.answers)
        try:
            answers[name] = row.edit.codec.parse(row.edit.text())
            self._problems.pop(name, None)
        except FieldProblem as problem:
            answers.pop(name, None)
            self._problems[name] = problem
        self._draft = self._with(answers)
        if row.edit.codec.is_coded and row.edit.hasFocus():
            self._open_list(name)
        self._timer.start()

    def _with(self, answers: dict[str, Value]) -> Draft:
        kept = {
            name: value
            for name, value in answers.items()
            if name in self.rows and self.rows[name].answer.asked.applies(answers)
        }
        one = self._draft
        return Draft(one.code, one.household, one.child, kept, one.ticked, one.reason)

    def _entered(self, name: str) -> None:
        edit = self.rows[name].edit
        if not edit.text() and edit.codec.opens_at_once():
            self._open_list(name)

    def _open_list(self, name: str) -> None:
        edit = self.rows[name].edit
        edit.list = self._suggestions
        self._suggestions.open_for(edit, edit.codec.suggestions(edit.text()))

    def _picked(self, key: Key, chosen: str) -> None:
        row = self.rows.get(key.name)
        if row is None or not row.edit.hasFocus():
            return
        row.edit.setText(chosen)
        self._typed(key.name)
        self._suggestions.close_list()
        self._step_from(self._walk().index(row), 1)

    def _stepped(self, name: str, step: int) -> None:
        row = self.rows[name]
        self._take_choice(row)
        self._step_from(self._walk().index(row), step)

    def _take_choice(self, row: _Row) -> None:
        chosen = row.edit.chosen_text()
        self._suggestions.close_list()
        if chosen != row.edit.text():
            row.edit.setText(chosen)
            self._typed(row.answer.asked.field)
            self._suggestions.close_list()

    def _step_from(self, place: int, step: int) -> None:
        walk = self._walk()
        target = place + step
        if 0 <= target < len(walk):
            reason = Qt.FocusReason.TabFocusReason
            walk[target].edit.setFocus(reason if step > 0 else Qt.FocusReason.BacktabFocusReason)
        elif target < 0:
            if self.ticks.isVisible():
                self.ticks.setFocus(Qt.FocusReason.BacktabFocusReason)
        elif self.reason.isVisible() and not self.reason.text().strip():
            self.reason.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.write.setFocus(Qt.FocusReason.TabFocusReason)

    def _walk(self) -> list[_Row]:
        """The rows that are asked as the others stand."""
        return [one for one in self.rows.values() if one.answer.asked.applies(self._draft.answers)]

    def _left_field(self, name: str) -> None:
        row = self.rows.get(name)
        if row is None:
            return
        row.visited = True
        codec = row.edit.codec
        value = self._draft.answers.get(name)
        if value is not None and not row.edit.hasFocus():
            row.edit.show_text(codec.show(value))
        self._show()

    # --- judging ----------------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """What is typed so far."""
        one = self._draft
        ticked, reason = self.ticks.ticked, self.reason.text()
        return Draft(one.code, one.household, one.child, one.answers, ticked, reason)

    @property
    def busy(self) -> bool:
        """Whether what was typed last has not been judged yet."""
        return self._timer.isActive()

    def _ask(self) -> None:
        self.judged.emit(self.draft)

    def show_verdict(self, verdict: Verdict) -> None:
        """Show what is to be said of the event as typed."""
        self._verdict = verdict
        self._show()

    def _show(self) -> None:
        """Rows that are asked, and a sentence under each that has one; the heaviest first."""
        asked = self._walk()
        for name, row in self.rows.items():
            shown = row in asked
            said = self._said_of(name, row) if shown else None
            row.label.setVisible(shown)
            row.edit.setVisible(shown)
            row.said.setVisible(said is not None)
            weight, words = said or (Weight.NOTE, "")
            row.said.setText(f"{_SIGNS[weight]} {words}" if words else "")
            set_state(row.said, _STATES[weight])
            set_state(row.edit, _STATES[weight] if said else "")
        general = [one for one in self._verdict.remarks if not one.field]
        heaviest = next((w for w in _HEAVIEST if any(one.weight is w for one in general)), None)
        self.said.setText("\n".join(f"{_SIGNS[one.weight]} {_words(one)}" for one in general))
        set_state(self.said, _STATES[heaviest] if heaviest else "")
        self.said.setVisible(bool(general))
        doubtful = self._verdict.wants_reason
        self.reason.setVisible(doubtful)
        self.reason_label.setVisible(doubtful)

    def _said_of(self, name: str, row: _Row) -> tuple[Weight, str] | None:
        problem = self._problems.get(name)
        if problem is not None:
            # Half a word is no mistake yet.
            if row.edit.hasFocus() and not row.visited:
                return None
            return Weight.ERROR, text(problem.message_id, **problem.parameters)
        for weight in _HEAVIEST:
            if weight is Weight.MISSING and (not row.visited or row.edit.text()):
                continue
            for one in self._verdict.of(weight):
                if one.field == name:
                    return weight, _words(one)
        return None

    def commit(self) -> None:
        """Write it, or go to what stands in the way."""
        focused = self.focusWidget()
        if isinstance(focused, FieldEdit) and focused.key.name in self.rows:
            self._take_choice(self.rows[focused.key.name])
        self._timer.stop()
        for row in self.rows.values():
            row.visited = True
        self._show()
        for row in self._walk():
            name = row.answer.asked.field
            missing = row.answer.asked.required and self._draft.answers.get(name) is None
            if name in self._problems or missing:
                self.judged.emit(self.draft)
                row.edit.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.wanted.emit(self.draft)

    def go_to_trouble(self, verdict: Verdict) -> None:
        """It was not written: show why, with the keyboard where it can be mended."""
        self.show_verdict(verdict)
        for one in verdict.of(Weight.ERROR, Weight.MISSING):
            row = self.rows.get(one.field)
            if row is not None:
                row.edit.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        if verdict.wants_reason:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)


class _Choice(QListWidget):
    """Who it is: a child that is new, or one of those who came. Enter chooses."""

    #: The id of the one chosen, "" for a child that is new.
    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.setAccessibleName(name)
        self.itemActivated.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))

    def show_choices(self, new: str, arrivals: Sequence[tuple[str, str]]) -> None:
        """Offer them; where nobody came there is nothing to choose."""
        self.setVisible(bool(arrivals))
        self.clear()
        for ent_id, words in (("", new), *arrivals):
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, ent_id)
            self.addItem(item)
        self.setCurrentRow(0)
        self.setFixedHeight(min(self.count(), 4) * self.sizeHintForRow(0) + 8)


class _Ticks(QListWidget):
    """Children to choose among: Space ticks, Enter goes on."""

    changed = Signal()
    stepped = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.setAccessibleName(name)
        self.itemChanged.connect(lambda _item: self.changed.emit())
        self.itemActivated.connect(lambda _item: self.stepped.emit())

    def show_children(self, children: Sequence[tuple[str, str]]) -> None:
        self.blockSignals(True)
        self.clear()
        for ent_id, name in children:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, ent_id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.addItem(item)
        if children:
            self.setCurrentRow(0)
            self.setFixedHeight(min(len(children), 5) * self.sizeHintForRow(0) + 8)
        self.blockSignals(False)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The ids of the ticked ones."""
        items = [self.item(row) for row in range(self.count())]
        chosen = [one for one in items if one.checkState() is Qt.CheckState.Checked]
        return tuple(str(one.data(Qt.ItemDataRole.UserRole)) for one in chosen)


def _words(one: Remark) -> str:
    return text(one.message_id, **one.parameters)
