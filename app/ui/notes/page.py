"""Ghi chú: what people wrote about a household and its children, read and written on one page.

Opened from the household page by F9. Ctrl+Enter saves, PgDown and PgUp go through the household and
its children, Del takes the chosen note away with a reason or brings it back, F3 shows protected
ones for a reason, Escape goes back to the household. What is typed is in a draft at every change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.i18n import text
from app.services.masking import MASKED, Reveal
from app.services.notes import NoteKept, Notes, NoteView, needs_protection
from app.services.rights import Right, denied
from app.ui.notes.drafts import BegunNote, NoteDrafts
from app.ui.notes.frame import NotesFrame
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

TOPIC = "note"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom notes are about: a household or a child of it, and what people call it."""

    entity: str
    id: str
    name: str


class NotesPage(NotesFrame):
    """The page. `left` leads back to the household."""

    left = Signal()
    #: A note was written, taken away or taken back.
    changed = Signal()
    #: A note was saved on a record of this unit, where this PC may not write it.
    belongs_elsewhere = Signal(str)

    def __init__(
        self,
        tasks: Tasks,
        notes: Notes,
        drafts: NoteDrafts,
        notifier: Notifier,
        theme: Theme,
        rights: frozenset[Right],
        parent: QWidget,
    ) -> None:
        self._may_enter, self._may_reveal = Right.ENTER in rights, Right.REVEAL in rights
        super().__init__(theme, parent, may_enter=self._may_enter)
        self._tasks, self._notes, self._drafts = tasks, notes, drafts
        self._notifier = notifier
        self._household = ""
        self._subjects: Sequence[Subject] = ()
        self._at = 0
        self._saving = False
        #: What the reason that is asked for is given to.
        self._asked: Callable[[str], None] | None = None
        self.hint.say(text("notes.hint" if self._may_enter else "notes.look_hint"))
        self.nothing.what.setText(text("notes.nothing"))
        self.nothing.hint.setText(text("notes.nothing_hint") if self._may_enter else "")
        self.words.textChanged.connect(self._typed)
        self.protect.toggled.connect(self._typed)
        self.save.clicked.connect(self.write)
        self.back.clicked.connect(self.left)
        self.take_away.clicked.connect(self.remove)
        self.list.removal_wanted.connect(self.remove)
        self.list.currentRowChanged.connect(lambda _row: self._look())
        self.reason.returnPressed.connect(self._answered)
        self.reason.kept.connect(self._answered)
        self.reason.given_up.connect(self._end_asking)
        for keys, act in (
            ("Ctrl+Return", self.write),
            ("Ctrl+Enter", self.write),
            ("PgDown", partial(self.step, 1)),
            ("PgUp", partial(self.step, -1)),
            ("F3", self.reveal),
            ("F9", self.left.emit),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    # --- reading ----------------------------------------------------------------------------

    def open(self, household: str, subjects: Sequence[Subject], at: int) -> None:
        """Show the notes of one of these, with the keyboard where a note is written."""
        self._household, self._subjects = household, tuple(subjects)
        self._go_to(at)

    @property
    def subject(self) -> Subject:
        """Whose notes are shown."""
        return self._subjects[self._at]

    def step(self, direction: int) -> None:
        """The next of the household's children, or the one before; before the first is the
        household itself.
        """
        self._go_to((self._at + direction) % len(self._subjects))

    def _go_to(self, at: int) -> None:
        self._at = at
        self._end_asking(keep_keyboard=True)
        subject = self.subject
        self.about.say(text(f"notes.of_{subject.entity}", name=subject.name))
        count = len(self._subjects)
        self.place.setText(text("notes.place", place=at + 1, count=count) if count > 1 else "")
        self.label.say(text("notes.words_of", who=subject.name))
        self.words.setAccessibleName(self.label.whole)
        begun = self._drafts.of(subject.id) or BegunNote(self._household, "")
        for field in (self.words, self.protect):
            field.blockSignals(True)
        self.words.setPlainText(begun.words)
        self.words.moveCursor(self.words.textCursor().MoveOperation.End)
        self.protect.setChecked(begun.protected)
        for field in (self.words, self.protect):
            field.blockSignals(False)
        self._say_protection()
        self.list.show_notes(())
        self._look()
        (self.words if self._may_enter else self.list).setFocus(Qt.FocusReason.OtherFocusReason)
        self.load()

    def load(self, reveal: Reveal | None = None) -> None:
        """Read the notes again."""
        subject = self.subject
        self._tasks.run(
            partial(self._notes.of, subject.id, reveal),
            partial(self._show, subject),
            self._failed,
            lane=Lane.READ if reveal is None else Lane.WRITE,
            owner=self,
        )

    def _show(self, subject: Subject, found: Sequence[NoteView]) -> None:
        if subject is not self.subject:
            return
        self.list.show_notes(found)
        self.stack.setCurrentIndex(1 if found else 0)
        if not self._may_enter and found:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._look()

    def _look(self) -> None:
        """The button goes by the chosen note: only the unit that wrote it takes it away."""
        one = self.list.chosen
        may = one is not None and one.own and self._may_enter
        self.take_away.setVisible(may)
        back = one is not None and one.removed
        self.take_away.setText(text("notes.take_back" if back else "notes.take_away"))

    # --- writing ----------------------------------------------------------------------------

    def _typed(self) -> None:
        words = self.words.toPlainText()
        self._drafts.keep(
            self.subject.id, BegunNote(self._household, words, self.protect.isChecked())
        )
        self._say_protection()

    def _say_protection(self) -> None:
        """Say that the words protect the note by themselves, or what not to write unprotected."""
        forced = needs_protection(self.words.toPlainText())
        self.protect.setEnabled(not forced)
        if forced:
            self.protect.blockSignals(True)
            self.protect.setChecked(True)
            self.protect.blockSignals(False)
        self.why.setText(text("notes.private" if forced else "notes.protect_hint"))
        self.why.fit(max(1, self.words.width()))

    def write(self) -> None:
        """Ctrl+Enter: save the note; in a reason it is Enter."""
        if self.reason.hasFocus():
            self._answered()
            return
        if not self._may_enter:
            self._notifier.say(error_notice(denied(Right.ENTER)))
            return
        if self._saving:
            return
        self._saving = True
        self.words.setReadOnly(True)
        subject, protected = self.subject, self.protect.isChecked()
        self._tasks.run(
            partial(self._notes.write, subject.id, self.words.toPlainText(), protected=protected),
            partial(self._written, subject, asked=protected),
            self._not_written,
            lane=Lane.WRITE,
            owner=self,
        )

    def _written(self, subject: Subject, done: NoteKept, *, asked: bool) -> None:
        self._may_type_again()
        self._drafts.drop(subject.id)
        if subject is self.subject:
            self.words.clear()
            self.protect.setChecked(False)
        forced = done.protected and not asked
        self._say("notes.became_protected" if forced else "notes.kept", done)

    def _not_written(self, error: AppError) -> None:
        self._may_type_again()
        self._failed(error)

    def _may_type_again(self) -> None:
        self._saving = False
        self.words.setReadOnly(False)

    def _say(self, message_id: str, done: NoteKept) -> None:
        """Something was done: say so, and show how the notes stand now."""
        self._notifier.say(Notice(Kind.DONE, text(message_id), topic=TOPIC))
        if done.elsewhere:
            self.belongs_elsewhere.emit(done.elsewhere)
        self.load()
        self.changed.emit()

    # --- taking away, taking back, looking behind the mask ------------------------------------

    def remove(self) -> None:
        """Take the chosen note away, for a reason; one that was taken away comes back."""
        one = self.list.chosen
        if one is None:
            self._notifier.say(Notice(Kind.NOTE, text("notes.none_chosen"), topic=TOPIC))
        elif one.removed:
            self._do(partial(self._notes.take_back, one.id), "notes.taken_back")
        elif not (one.own and self._may_enter):
            # The service says why; there is nothing to give a reason for.
            self._do(partial(self._notes.remove, one.id, "-"), "notes.removed")
        else:
            self._ask(text("notes.remove_ask"), partial(self._remove_for, one.id))

    def _remove_for(self, note: str, reason: str) -> None:
        self._do(partial(self._notes.remove, note, reason), "notes.removed")

    def _do(self, deed: Callable[[], NoteKept], message_id: str) -> None:
        self._tasks.run(
            deed, partial(self._say, message_id), self._failed, lane=Lane.WRITE, owner=self
        )

    def reveal(self) -> None:
        """F3: look at the protected notes for a reason."""
        if not any(one.words is MASKED or one.reason is MASKED for one in self.list.notes):
            self._notifier.say(Notice(Kind.NOTE, text("notes.nothing_masked"), topic=TOPIC))
        elif not self._may_reveal:
            self._notifier.say(error_notice(denied(Right.REVEAL)))
        else:
            self._ask(text("notes.reveal_ask"), self._reveal_for)

    def _reveal_for(self, reason: str) -> None:
        self.load(Reveal(reason))

    def _ask(self, question: str, then: Callable[[str], None]) -> None:
        self._asked = then
        self.question.setText(question)
        self.reason.clear()
        self.asking.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _answered(self) -> None:
        reason, then = self.reason.text().strip(), self._asked
        if reason and then is not None:
            self._end_asking()
            then(reason)

    def _end_asking(self, *, keep_keyboard: bool = False) -> None:
        self._asked = None
        self.asking.hide()
        if not keep_keyboard:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> None:
        """Give up the question, or go back to the household."""
        if self.asking.isVisible():
            self._end_asking()
        else:
            self.left.emit()

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))
