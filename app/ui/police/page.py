"""Công an xác minh: lists go out to the commune police, answers and signed papers come back.

Space chooses a village, Enter on a list reads its answered file; there 1 takes a doubtful row, 0
leaves it, and Ctrl+Enter writes what was looked at. Nothing is written before it was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import AppError
from app.i18n import number, text
from app.services.police.answered_row import AnswerPreview
from app.services.police.answers import Applied, PoliceAnswers
from app.services.police.gathering import VillageCount
from app.services.police.issued_list import IssuedList, State
from app.services.police.issuing import PoliceLists
from app.services.police.list_words import applied_words, back_words, outcome_words
from app.services.workplace import Progress
from app.ui.named_file import with_ending
from app.ui.notify import Choice, Kind, Notice, Notifier, Question, error_notice
from app.ui.pdf_file import name_pdf
from app.ui.pdf_file import write_pdf as write_named
from app.ui.police.frame import PoliceFrame
from app.ui.police.list_rows import WHERE
from app.ui.police.village_rows import VILLAGE
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_TOPIC = "police"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_OUT = (State.OUT, State.ANSWERED)
T = TypeVar("T")


class PolicePage(PoliceFrame):
    """The page. `open_household` names a household and a child to go to."""

    open_household = Signal(str, str)
    #: Something was written.
    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        lists: PoliceLists,
        answers: PoliceAnswers,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget,
        *,
        receiver: str,
        may_export: bool,
        may_enter: bool,
        may_print: bool,
    ) -> None:
        super().__init__(tasks, notifier, theme, parent)
        self._tasks, self._lists, self._answers = tasks, lists, answers
        self._notifier, self._receiver = notifier, receiver
        self._may_export, self._may_enter, self._may_print = may_export, may_enter, may_print
        self._file: Path | None = None
        self._found: AnswerPreview | None = None
        self._of: IssuedList | None = None
        self._counted = False
        self._busy = False
        #: Whether the keyboard goes to the lists once they are there; to what is counted after.
        self._to_lists = self._waits = False
        for box in (*self.kinds.values(), self.also_out):
            box.toggled.connect(self._say_chosen)
        self.issue.clicked.connect(self.issue_list)
        self.read_answers.clicked.connect(self.choose_answer)
        self.print_list.clicked.connect(self.print_current)
        self.write_list.clicked.connect(self.write_current)
        self.hand_back.clicked.connect(self.begin_hand_back)
        self.undo_back.clicked.connect(self._take_back_away)
        self.undo_answers.clicked.connect(self._undo_answers)
        self.withdraw.clicked.connect(self._withdraw)
        self.answers.apply_wanted.connect(self.apply)
        self.answers.left.connect(self.to_desk)
        self.answers.open_wanted.connect(self.open_household)
        self.back.kept.connect(self.keep_hand_back)
        self.back.left.connect(self.to_desk)
        self.work.ended.connect(self._work_ended)
        for table in (self.village_table, self.list_table):
            table.installEventFilter(self)
        self.list_table.selectionModel().currentRowChanged.connect(lambda *_: self._look())
        self._say_chosen()
        self._look()

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the lists and count the children again; what is being looked at stays."""
        self._tasks.run(self._lists.issued, self._show_lists, self._failed, owner=self)
        if not self.work.running:
            self._counted = False
            count = partial(self._lists.count, None)
            self.work.run(text("police.counting"), count, self._show_villages)
            self._say_chosen()

    def begin(self) -> None:
        """Put the keyboard where work goes on."""
        reason = Qt.FocusReason.OtherFocusReason
        if self.stack.currentWidget() is self.answers:
            self.answers.begin()
        elif self.stack.currentWidget() is self.back:
            self.back.begin()
        elif self.villages.lines:
            self.village_table.setFocus(reason)
        elif self.lists.lines:
            self.list_table.setFocus(reason)
        else:
            self._waits = True
            self.also_out.setFocus(reason)

    @property
    def current(self) -> IssuedList | None:
        """The list under the keyboard."""
        return self.lists.line(self.list_table.currentIndex().row())

    def _show_villages(self, found: Sequence[VillageCount]) -> None:
        place = max(self.village_table.currentIndex().row(), 0)
        self._counted = True
        self.villages.show_lines(found)
        self.village_stack.setCurrentIndex(1 if found else 0)
        if found:
            at = min(place, len(found) - 1)
            self.village_table.setCurrentIndex(self.villages.index(at, VILLAGE))
        self._say_chosen()

    def _work_ended(self) -> None:
        self._say_chosen()
        if self._busy and self.stack.currentWidget() is self.desk:
            self._busy = False  # reading or applying failed, or was stopped
            if self._found is not None:
                self.stack.setCurrentWidget(self.answers)
                self.answers.begin()
            else:
                self.list_table.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if not self._to_lists and (self.work.held or (self._waits and self.isVisible())):
            self._waits = False
            self.begin()

    def _show_lists(self, found: Sequence[IssuedList]) -> None:
        current = self.current
        self.lists.show_lines(found)
        self.list_stack.setCurrentIndex(1 if found else 0)
        if found:
            at = -1 if current is None else self.lists.place_of(current.number)
            at = 0 if self._to_lists else max(at, 0)
            self.list_table.setCurrentIndex(self.lists.index(at, WHERE))
        self._look()
        if self._to_lists:
            self._to_lists = False
            if self.isVisible() and found:
                self.list_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_chosen(self) -> None:
        kinds = [kind for kind, box in self.kinds.items() if box.isChecked()]
        count = self.villages.count_of(kinds, also_out=self.also_out.isChecked())
        self.issue.setText(text("police.issue"))
        self.issue.setEnabled(self._may_export and count > 0 and not self.work.running)
        if self.work.running and not self._counted:
            self.chosen.say("")
        elif not self._may_export:
            self.chosen.say(text("police.may_not_export"))
        else:
            self.chosen.say(text("police.chosen", count=number(count)))

    def _look(self) -> None:
        one = self.current
        out = one is not None and one.state in _OUT
        back = one is not None and one.state is State.BACK
        standing = one is not None and any(not it.undone for it in one.answers)
        self.read_answers.setEnabled(self._may_enter and bool(self.lists.lines))
        self.print_list.setEnabled(self._may_print and one is not None)
        self.write_list.setEnabled(self._may_export and one is not None)
        self.hand_back.setVisible(not back)
        self.hand_back.setEnabled(self._may_enter and out)
        self.undo_back.setVisible(back)
        self.undo_back.setEnabled(self._may_enter)
        self.undo_answers.setEnabled(self._may_enter and standing)
        self.withdraw.setEnabled(self._may_export and out)
        said = "" if one is None or one.back is None else back_words(one.back)
        if one is not None and one.answered:
            said = " · ".join(filter(None, (outcome_words(one), said)))
        self.about.say(said)

    # --- issuing ----------------------------------------------------------------------------

    def issue_list(self) -> None:
        """Ask where to, then issue a list of what is chosen."""
        kinds = tuple(kind for kind, box in self.kinds.items() if box.isChecked())
        villages = [one.id for one in self.villages.chosen]
        also_out = self.also_out.isChecked()
        path = None if self.work.running else self._name_workbook()
        if path is None:
            return
        lists, every = self._lists, len(villages) == len(self.villages.lines)

        def op(progress: Progress) -> IssuedList:
            return lists.issue(
                path, None, () if every else villages, kinds, progress, also_out=also_out
            )

        def done(made: IssuedList) -> None:
            words = text(
                "police.issued_done",
                number=made.number,
                count=number(made.rows),
                file=path.name,
            )
            self._notifier.say(Notice(Kind.DONE, words, topic=_TOPIC))
            self.changed.emit()
            self._to_lists = True
            self.load()

        self.work.run(text("police.issuing"), op, done, Lane.WRITE)
        self.issue.setEnabled(False)
        self.work.focus_stop()

    def _name_workbook(self) -> Path | None:
        found, _kind = QFileDialog.getSaveFileName(
            self, text("police.where"), text("police.file_name"), "Excel (*.xlsx)"
        )
        return with_ending(found, ".xlsx") if found else None

    def print_current(self) -> None:
        """1: the paper of the list, as a PDF to print and sign."""
        one = self.current
        if one is None or not self.print_list.isEnabled():
            return
        path = name_pdf(self, text("police.where_pdf"), text("police.pdf_name", number=one.number))
        if path is None:
            return

        lists, code = self._lists, one.code

        def deed(file: Path) -> None:
            from app.printing.pdf import write_pdf

            lists.print(code, lambda document: write_pdf(document, file))

        write_named(
            self,
            self._tasks,
            self._notifier,
            deed,
            path,
            written="police.printed_done",
            topic=_TOPIC,
        )

    def write_current(self) -> None:
        """2: the workbook of the list once more."""
        one = self.current
        if one is None or not self.write_list.isEnabled():
            return
        path = self._name_workbook()
        if path is not None:
            said = text("police.written_done", number=one.number, file=path.name)
            self._do(partial(self._lists.write, one.code, path), said)

    # --- answers ----------------------------------------------------------------------------

    def choose_answer(self) -> None:
        """Enter: ask which file came back, and show what it would do."""
        if not self.read_answers.isEnabled() or self._busy:
            return
        found, _kind = QFileDialog.getOpenFileName(self, text("police.which"), "", "Excel (*.xlsx)")
        if found:
            self.look_at(Path(found))

    def look_at(self, path: Path) -> None:
        """Show what an answered file would do."""

        def shown(preview: AnswerPreview) -> None:
            self._busy = False
            self._file, self._found = path, preview
            self._notifier.dismiss_topic(_TOPIC)  # of the list before: the rows need the room
            self.answers.show_preview(preview, may_apply=self._may_enter)
            self.stack.setCurrentWidget(self.answers)
            self.answers.begin()

        if self.work.running:
            return
        answers = self._answers

        def op(progress: Progress) -> AnswerPreview:
            return answers.preview(path, None, progress)

        self._busy = True
        self.work.run(text("police.reading"), op, shown)
        self.work.focus_stop()

    def apply(self) -> None:
        """Ctrl+Enter: write what was looked at."""
        found, path = self._found, self._file
        if found is None or path is None or self._busy or not self.answers.apply.isEnabled():
            return
        if self.work.running:
            return
        self._busy = True
        answers, taken = self._answers, dict(self.answers.rows.taken)

        def op(progress: Progress) -> Applied:
            return answers.apply(path, taken, found.sha256, progress)

        def done(applied: Applied) -> None:
            self._busy = False
            kind = Kind.WARNING if applied.left or applied.refused else Kind.DONE
            self._notifier.say(Notice(kind, applied_words(applied), topic=_TOPIC))
            self.changed.emit()
            self.to_desk()
            self.load()

        # How far it is stands among the lists; what was looked at is still there if it fails.
        self.stack.setCurrentWidget(self.desk)
        self.work.run(text("police.applying"), op, done, Lane.WRITE)
        self.work.focus_stop()

    def escape(self) -> bool:
        """Leave what is being looked at, without writing anything; whether there was something."""
        if self.stack.currentWidget() is self.desk:
            return False
        self.to_desk()
        return True

    def to_desk(self) -> None:
        """Back to the lists."""
        self._found = self._file = self._of = None
        self.stack.setCurrentWidget(self.desk)
        (self.list_table if self.lists.lines else self.also_out).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    # --- what came back signed --------------------------------------------------------------

    def begin_hand_back(self) -> None:
        """3: the signed list came back."""
        one = self.current
        if one is None or not self.hand_back.isEnabled() or not self.hand_back.isVisible():
            return
        self._of = one
        self.back.show_list(one.number, self._receiver)
        self.stack.setCurrentWidget(self.back)
        self.back.begin()

    def keep_hand_back(self) -> None:
        """Ctrl+Enter in the form."""
        one = self._of
        if one is None or self._busy:
            return
        day = self.back.signed_on()
        if day is None:
            return
        form = self.back
        signer, office, paper = form.signer.text(), form.office.text(), form.paper.text()
        work = partial(self._lists.hand_back, one.code, signer, day, office, paper)
        self._do(work, text("police.back_done", number=one.number), self.to_desk)

    def _take_back_away(self) -> None:
        one = self.current
        if one is not None:
            said = text("police.back_undone", number=one.number)
            self._do(partial(self._lists.take_hand_back_away, one.code), said)

    def _withdraw(self) -> None:
        one = self.current
        if one is None:
            return
        question = Question(
            text("police.withdraw_ask", number=one.number),
            text("police.withdraw_details", count=number(one.rows)),
            (
                Choice("withdraw", text("police.withdraw"), destroys=True),
                Choice("keep", text("police.back")),
            ),
        )
        if self._notifier.ask(question) == "withdraw":
            said = text("police.withdrawn_done", number=one.number)
            self._do(partial(self._lists.withdraw, one.code), said)

    def _undo_answers(self) -> None:
        one = self.current
        if one is None:
            return
        question = Question(
            text("police.undo_ask", number=one.number),
            text("police.undo_details", count=number(one.answered)),
            (
                Choice("undo", text("police.undo_answers"), destroys=True),
                Choice("keep", text("police.back")),
            ),
        )
        if self._notifier.ask(question) == "undo":
            said = text("police.undone", number=one.number)
            self._do(partial(self._answers.undo, one.code), said)

    def _do(
        self, work: Callable[[], T], said: str, then: Callable[[], None] = lambda: None
    ) -> None:
        if self._busy:
            return
        self._busy = True

        def done(_result: T) -> None:
            self._busy = False
            self._notifier.say(Notice(Kind.DONE, said, topic=_TOPIC))
            self.changed.emit()
            then()
            self.load()

        self._tasks.run(work, done, self._failed, lane=Lane.WRITE, owner=self)

    def _failed(self, error: AppError) -> None:
        self._busy = False
        self._notifier.say(error_notice(error))

    # --- keys -------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Keys of the two tables."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        deed: Callable[[], None] | None = None
        if watched is self.village_table:
            deed = {
                Qt.Key.Key_Space: self._toggle,
                Qt.Key.Key_A: self._toggle_all if event.modifiers() else None,
            }.get(key)
        elif watched is self.list_table:
            deed = {
                Qt.Key.Key_1: self.print_current,
                Qt.Key.Key_2: self.write_current,
                Qt.Key.Key_3: self.begin_hand_back,
                **dict.fromkeys(_ENTER, self.choose_answer),
            }.get(key)
        if deed is None:
            return super().eventFilter(watched, event)
        if not event.isAutoRepeat():
            deed()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        """Ctrl+Enter finishes what is being looked at."""
        shown = self.stack.currentWidget()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        finishes = event.key() in _ENTER and control and not event.isAutoRepeat()
        if not finishes or shown is self.desk:
            super().keyPressEvent(event)
        elif shown is self.answers:
            self.apply()
        else:
            self.keep_hand_back()

    def _toggle(self) -> None:
        self.villages.toggle(self.village_table.currentIndex().row())
        self._say_chosen()

    def _toggle_all(self) -> None:
        self.villages.toggle_all()
        self._say_chosen()
