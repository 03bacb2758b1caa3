"""The short form of a life event: a few fields, the keyboard only, and what is to be said of them.

Enter goes on, from the last field to «Ghi»; Ctrl+Enter writes from anywhere, Escape leaves. It
knows no service: it tells what is typed and shows the verdict it is given. What is typed is told at
every change, so that it can be kept (`event_drafts`).
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
    QVBoxLayout,
    QWidget,
)

from app.forms.field_types import FieldProblem
from app.forms.issues import Value
from app.i18n import text
from app.services.life_events.short_forms import About
from app.services.life_events.views import Answer, BoundForm, Draft, Verdict, Weight
from app.ui.help_card import HelpCard
from app.ui.household.field_edit import FieldEdit, Key, SuggestionList
from app.ui.labels import Elided
from app.ui.quarter.codecs import codec_of
from app.ui.quarter.event_choices import Choice, Ticks
from app.ui.quarter.event_drafts import Typed
from app.ui.quarter.remarks import HEAVIEST, SIGNS, STATES, Remarks, words_of
from app.ui.step import Step
from app.ui.tab_order import follow_each_other
from app.ui.theme import Theme, set_state

#: Milliseconds of rest before what is typed is judged.
_REST = 120
#: The most that a label takes before it is broken, at 100 %.
_LABEL = 240


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
    #: Something was typed: it is to be kept.
    changed = Signal()
    #: What is typed here is given up.
    given_up = Signal()
    #: Of those who came here already one was chosen.
    arrived = Signal(str)

    def __init__(self, theme: Theme, suggestions: SuggestionList, parent: QWidget) -> None:
        super().__init__(parent)
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
        self.ticks = Ticks(text("quarter.who_goes"))
        self.ticks.changed.connect(self._has_changed)
        self.ticks.stepped.connect(lambda: self._step_from(-1, 1))
        self.who = Choice(text("quarter.who_came"))
        self.who.chosen.connect(self._who_chosen)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(4))
        self._grid.setColumnStretch(1, 1)
        self.said = Remarks()
        self.reason_label = QLabel(text("quarter.reason"))
        self.reason_label.setProperty("role", "label")
        self.reason = QLineEdit()
        self.reason.setAccessibleName(text("quarter.reason"))
        self.reason.setMaxLength(500)
        self.reason.textEdited.connect(self._has_changed)
        self.write = Step(text("quarter.write") + "   Ctrl+Enter")
        self.reason.returnPressed.connect(self.write.setFocus)
        self.write.setProperty("role", "primary")
        self.write.clicked.connect(self.commit)
        leave = Step(text("quarter.leave") + "   Esc")
        leave.clicked.connect(self.left)
        self.leave = leave
        self.give_up = Step(text("quarter.give_up"))
        self.give_up.clicked.connect(self.given_up)
        #: That what stands here is from before.
        self.went_on = QLabel(text("quarter.went_on"))
        self.went_on.setProperty("role", "muted")
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.write)
        foot.addWidget(leave)
        foot.addWidget(self.give_up)
        foot.addStretch(1)
        reason = QHBoxLayout()
        reason.setSpacing(px(16))
        reason.addWidget(self.reason_label)
        reason.addWidget(self.reason, 1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(8))
        top = QHBoxLayout()
        top.setSpacing(px(16))
        top.addWidget(self.title, 1)
        top.addWidget(self.went_on)
        column.addLayout(top)
        column.addWidget(self.ticks_label)
        column.addWidget(self.ticks)
        column.addWidget(self.who)
        column.addLayout(self._grid)
        column.addWidget(self.said)
        column.addLayout(reason)
        #: What the book means by a field, after F1.
        self.help = HelpCard(self._theme, self)
        column.addWidget(self.help)
        column.addLayout(foot)
        column.addStretch(1)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.commit)
        f1 = QShortcut(QKeySequence("F1"), self)
        f1.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        f1.activated.connect(self.explain)

    def explain(self) -> None:
        """F1: what the book means by the field that the keyboard is in; once more takes it away."""
        widget = self.focusWidget()
        if self.help.close_help() or not isinstance(widget, FieldEdit):
            return
        row = self.rows.get(widget.key.name)
        if row is not None:
            self.help.say(
                row.edit.accessibleName(),
                str(row.answer.field.help) or text("quarter.help.household"),
            )

    # --- beginning --------------------------------------------------------------------------

    def begin(
        self,
        form: BoundForm,
        draft: Draft,
        title: str,
        year: int,
        children: Sequence[tuple[str, str]] = (),
        arrivals: Sequence[tuple[str, str]] = (),
        kept: Typed | None = None,
    ) -> None:
        """Ask about an event. `children` are (id, name) of those who may be ticked, `arrivals` of
        those who came here already and are not typed a second time. `kept` was typed before and
        never written.
        """
        self._draft, self._year = draft, year
        self._problems.clear()
        self._verdict = Verdict()
        self.help.hide()
        self.title.say(title)
        kept = kept or Typed()
        self.reason.setText(kept.reason)
        self.went_on.setVisible(not kept.empty)
        self.give_up.setVisible(not kept.empty)
        ticking = form.about is About.CHILDREN
        self.ticks.setVisible(ticking)
        self.ticks_label.setVisible(ticking)
        self.ticks.show_children(children if ticking else (), kept.ticked)
        self.who.show_choices(text("quarter.who_is_new"), arrivals)
        self._make_rows(form.answers)
        self._go_on_with(kept)
        self._show()
        first: QWidget = self.ticks if ticking else next(iter(self.rows.values())).edit
        if arrivals:
            first = self.who
        first.setFocus(Qt.FocusReason.TabFocusReason)
        if not kept.empty:
            self._ask()

    def most_height(self) -> int:
        """The height, in pixels, that it has when every field has a sentence below it: what stands
        above it must not move when something is said.
        """
        line = self.fontMetrics().height() + self._theme.pixels(4)
        field = self.reason.sizeHint().height() + self._theme.pixels(4)
        missing = (0 if self.reason.isVisible() else field) + (0 if self.said.isVisible() else line)
        for row in self.rows.values():
            missing += (0 if row.said.isVisible() else line) + (
                0 if row.edit.isVisible() else field
            )
        return self._column.totalHeightForWidth(self.width()) + missing

    def _go_on_with(self, kept: Typed) -> None:
        """Put back what was typed before, in the order in which it is asked."""
        for name, row in self.rows.items():
            words = kept.texts.get(name, "")
            if not words:
                continue
            row.edit.setText(words)
            row.visited = True
            value = kept.answers.get(name)
            if value is not None and row.edit.codec.show(value) == words:
                # Which of two namesakes was meant the words alone do not tell.
                self._draft = self._with({**self._draft.answers, name: value})
            else:
                self._read(name)

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
        # Rows that come last into the window are read first.
        edits = (row.edit for row in self.rows.values())
        last = (self.reason, self.write, self.leave, self.give_up)
        follow_each_other((self.ticks, self.who, *edits, *last))

    def _row(self, answer: Answer) -> _Row:
        asked, field = answer.asked, answer.field
        codec = codec_of(answer, self._year)
        words = text(asked.label) if asked.label else str(field.label)
        label = QLabel(words if asked.required else text("quarter.optional", label=words))
        label.setProperty("role", "label")
        label.setWordWrap(True)
        # In one line as far as that leaves the field its room.
        label.ensurePolished()
        longest = label.fontMetrics().horizontalAdvance(label.text()) + 2
        label.setMinimumWidth(min(longest, self._theme.pixels(_LABEL)))
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
        self._read(name)
        row = self.rows[name]
        if row.edit.codec.is_coded and row.edit.hasFocus():
            self._open_list(name)
        self._has_changed()

    def _has_changed(self) -> None:
        self._timer.start()
        self.give_up.setVisible(not self.typed.empty)
        self.changed.emit()

    def _read(self, name: str) -> None:
        """Take the answer from what stands in a field."""
        row = self.rows[name]
        answers = dict(self._draft.answers)
        try:
            answers[name] = row.edit.codec.parse(row.edit.text())
            self._problems.pop(name, None)
        except FieldProblem as problem:
            answers.pop(name, None)
            self._problems[name] = problem
        self._draft = self._with(answers)

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
            if not walk[target].edit.isVisible():
                self._show()  # asked since the answer that was just typed
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
        self.help.hide()
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
    def typed(self) -> Typed:
        """The same as it stands in the fields, to go on with another time."""
        texts = {name: row.edit.text() for name, row in self.rows.items()}
        return Typed(
            {name: words for name, words in texts.items() if words.strip()},
            dict(self._draft.answers),
            self.ticks.ticked,
            self.reason.text(),
        )

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
            row.said.setText(f"{SIGNS[weight]} {words}" if words else "")
            set_state(row.said, STATES[weight])
            set_state(row.edit, STATES[weight] if said else "")
        self.said.show_remarks([one for one in self._verdict.remarks if not one.field])
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
        for weight in HEAVIEST:
            if weight is Weight.MISSING and (not row.visited or row.edit.text()):
                continue
            for one in self._verdict.of(weight):
                if one.field == name:
                    return weight, words_of(one)
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
