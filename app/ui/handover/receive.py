"""Receiving: pick the file → verified and previewed → into the register.

A preview writes nothing; a file that is refused says why and changes nothing. What waits for a
person is told with what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QWidget

from app.i18n import text
from app.plain_files import is_folder
from app.services.handover_people import KnownSigners
from app.services.sticks import Stick
from app.ui.handover.clock_question import clock_is_right
from app.ui.handover.desk import HandoverDesk, progress_of
from app.ui.handover.facts import Fact, Facts
from app.ui.handover.received_facts import Outcome, facts_of, outcome_of
from app.ui.handover.signers import SignersEdit
from app.ui.handover.wizard import PathEdit, Wizard, named
from app.ui.notify import Kind, Notice, Notifier
from app.ui.step import Step
from app.ui.stick_row import StickRow
from app.ui.tasks import Tasks, Watch
from app.ui.theme import Theme

_SUFFIX = ".tebundle"


class ReceiveWizard(Wizard):
    """`done` comes when a file was taken in, `many_wanted` where there are several, or a folder,
    `rows_wanted` for what a preview found, row by row.
    """

    many_wanted = Signal(object)
    rows_wanted = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(tasks, notifier, theme, text("handovers.receive"), "receiving", parent)
        #: What was taken in last.
        self.handover = ""
        self._desk = desk
        self._unit_name = unit_name
        self._file: Path | None = None
        #: Other files of the folder in which this one was found, and what they are.
        self._others: tuple[Fact, ...] = ()
        #: The handover whose taking in is told below the file, "" for none.
        self._told = ""
        px = theme.pixels
        self.file = PathEdit()
        self.file.setAccessibleName(text("handovers.file"))
        self.file.setPlaceholderText(text("handovers.file_placeholder"))
        self.file.textChanged.connect(self._changed)
        self.file.returnPressed.connect(self.look_now)
        self.choose = Step(text("handovers.choose"))
        self.choose.clicked.connect(self._choose)
        self.look = Step(text("handovers.look"))
        self.look.clicked.connect(self.look_now)
        self.facts = Facts(theme, self)
        self.take = Step(text("handovers.take"))
        self.take.setProperty("role", "primary")
        self.take.clicked.connect(self.take_now)
        self._found: Outcome | None = None
        self.see_rows = Step(text("arrivals.see"))
        self.see_rows.clicked.connect(lambda: self.rows_wanted.emit(self._found))
        self.see_rows.hide()
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(4))
        grid.setColumnStretch(0, 1)
        grid.addWidget(named(text("handovers.step_file"), self.file), 0, 0)
        grid.addWidget(self.file, 1, 0)
        grid.addWidget(self.choose, 1, 1)
        grid.addWidget(self.look, 1, 2)
        self.sticks = StickRow(theme, self, to_write=False)
        self.sticks.chosen.connect(self._stick_chosen)
        grid.addWidget(self.sticks, 2, 0, 1, 3)
        grid.addWidget(self.facts, 3, 0, 1, 3)
        #: Only what comes from below is receipted here, and a receipt names them.
        self.signers = SignersEdit(theme, self)
        self.signers_why = named(text("handovers.signers.why"), self.signers.giver.name)
        grid.addWidget(self.signers_why, 4, 0, 1, 3)
        grid.addWidget(self.signers, 5, 0, 1, 3)
        self.column.addLayout(grid)
        self.column.addWidget(self.progress)
        self.column.addStretch(1)
        last = QHBoxLayout()
        last.addWidget(self.see_rows)
        last.addStretch(1)
        last.addWidget(self.take)
        self.column.addLayout(last)
        self._changed()

    def _changed(self) -> None:
        self._file = None
        self._others = ()
        self._told = ""
        self._offer_rows(None)
        self._ask_names(None)
        self.facts.say(text("handovers.look_first"))
        self.set_running(False)

    def _offer_rows(self, found: Outcome | None) -> None:
        arrivals = None if found is None else found.result.arrivals
        self._found = found
        self.see_rows.setVisible(arrivals is not None and bool(arrivals.rows))

    def _ask_names(self, known: KnownSigners | None) -> None:
        for widget in (self.signers, self.signers_why):
            widget.setVisible(known is not None)
        if known is not None:
            self.signers.propose(known)

    def set_running(self, running: bool) -> None:
        """Lock or unlock the steps."""
        for widget in (self.file, self.choose, self.signers):
            widget.setEnabled(not running)
        self.look.setEnabled(not running and bool(self.file.path))
        self.take.setEnabled(not running and self._file is not None)
        self.see_rows.setEnabled(not running)

    def forget(self, handover: str) -> None:
        """What a handover brought was taken back, or counts again: what was told when it came is
        true no more.
        """
        if handover and handover == self._told and not self.running:
            self._changed()
            self._notifier.dismiss_topic(self._topic)

    def after_failure(self) -> None:
        """Back to the file."""
        self.file.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_sticks(self, found: Sequence[Stick]) -> None:
        """Offer the sticks that are there, as folders to look into."""
        self.sticks.show_sticks(found)

    # --- the steps --------------------------------------------------------------------------

    def _stick_chosen(self, folder: str) -> None:
        self.file.setText(folder)
        self.look_now()

    def _choose(self) -> None:
        found, _filter = QFileDialog.getOpenFileNames(
            self, text("handovers.choose_file"), "", f"*{_SUFFIX}"
        )
        if len(found) == 1:
            self.file.setText(found[0])
            self.look_now()
        elif found:
            self.many_wanted.emit([Path(one) for one in found])

    def show_found(self, file: Path, others: Sequence[Fact]) -> None:
        """Look at the one file of a folder that can be received; `others` tells of the rest."""
        self.file.setText(str(file))
        self._others = tuple(others)
        self.look_now()

    def begin(self) -> None:
        """Put the keyboard on the first step that is open."""
        first = self.take if self.take.isEnabled() else self.file
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def say_none(self, words: str) -> None:
        """There is no bundle in the place that was typed or chosen."""
        self.facts.say(words, "warning")
        self.file.setFocus(Qt.FocusReason.OtherFocusReason)
        self.file.selectAll()

    def look_now(self) -> None:
        """Verify the file and show what it would change."""
        if not self.file.path or self._ticket is not None:
            return
        desk, file = self._desk, Path(self.file.path)
        if is_folder(file):
            self.many_wanted.emit([file])
            return

        def look(watch: Watch) -> object:
            found = desk.receive_preview(file, progress_of(watch.report, watch.cancelled))
            return outcome_of(desk, found)

        self._run(text("handovers.looking"), look, lambda result: self._looked(file, result))

    def _looked(self, file: Path, result: object) -> None:
        if not isinstance(result, Outcome):
            return
        self._told = ""
        self._file = file if result.result.status == "imported" else None
        self._offer_rows(result)
        self._ask_names(result.signers if self._file is not None else None)
        self._show(result, taken=False)
        self.set_running(False)
        next_one = self.take if self._file is not None else self.file
        if self.held:
            next_one.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_now(self) -> None:
        """Import the file."""
        if self._file is None or self._ticket is not None:
            return
        desk, files, signers = self._desk, (self._file,), self.signers.signers
        why = "" if self._found is None else self._found.result.time_question
        if why and not clock_is_right(self._notifier, desk.today(), [(self._file.name, why)]):
            return

        def take(watch: Watch) -> object:
            progress = progress_of(watch.report, watch.cancelled)
            done = desk.receive(files, progress, signers, clock_confirmed=bool(why))
            return [outcome_of(desk, one) for one in done]

        self._run(text("handovers.taking"), take, self._taken)

    def _taken(self, results: object) -> None:
        self._file = None
        self._offer_rows(None)
        self._ask_names(None)
        self.signers.forget()
        came = False
        for result in results if isinstance(results, list) else ():
            self._show(result, taken=True)
            if result.result.status == "imported":
                came = True
                self._notifier.say(Notice(Kind.DONE, text(result.said), topic=self._topic))
                self.handover = self._told = result.handover
        self.set_running(False)
        if came:
            self.done.emit()
        elif self.held:
            self.after_failure()

    # --- what is said -----------------------------------------------------------------------

    def _show(self, outcome: Outcome, *, taken: bool) -> None:
        result = outcome.result
        if result.status == "already":
            self.facts.say(text("handovers.already", file=result.file), "done")
        elif result.received is None:
            # Not put in as a parameter: the reason and its next step stand on lines of their own.
            refused = text("handovers.rejected", file=result.file)
            self.facts.say(f"{refused}\n{result.message}", "error")
        else:
            facts = facts_of(outcome, self._unit_name, taken=taken)
            self.facts.show_facts((*facts, *(() if taken else self._others)))
