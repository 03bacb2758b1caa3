"""Many bundles received in one go: what each file is, then what became of it, one line each.

Every file is a transaction of its own: one that is refused changes nothing, and the others go on.
Enter on a line shows what that file would bring; a single one that fits is shown where one is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.i18n import number, text
from app.services.handover_looking import FileLook
from app.services.handover_people import KnownSigners, Signers
from app.services.handover_receiving import FileResult
from app.services.table_export import Holds
from app.services.workplace import Progress
from app.ui.handover.clock_question import clock_is_right
from app.ui.handover.desk import HandoverDesk
from app.ui.handover.facts import Fact
from app.ui.handover.many_rows import ELSEWHERE, FILE, FROM, SEQ, WHAT, FileLine, FileRows
from app.ui.handover.received_facts import Outcome, outcome_of
from app.ui.handover.signers import PersonEdit
from app.ui.line_table import LineTable
from app.ui.long_work import LongWork
from app.ui.notify import Kind, Notice, Notifier
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

#: Where room is short the name of the file goes first: the line below the list has it.
_WIDTHS = {FROM: 216, SEQ: 72, FILE: 300}
_LEAST_WHAT = 280
#: Files beside the only one that fits that are told one by one.
_MOST_OTHERS = 4


class ManyFiles(QFrame):
    """The card. `left` comes when the person wants back, `done` when files were taken in.

    `one_wanted` gives the only file that fits, with what the others are; `rows_wanted` what was
    found in one of several; `none_found` says what to do where there is no bundle at all.
    """

    left = Signal()
    done = Signal()
    one_wanted = Signal(object, object)
    rows_wanted = Signal(object)
    none_found = Signal(str)

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
        self._desk, self._notifier = desk, notifier
        #: The lines whose files are being taken in, and by place what became of each so far: the
        #: working thread adds, this one reads once it has ended.
        self._taking: list[FileLine] = []
        self._came: dict[int, FileResult] = {}
        px = theme.pixels
        self.title = QLabel(text("handovers.many.title"), self)
        self.title.setProperty("role", "title")
        self.rows = FileRows(theme, unit_name)
        self.table = LineTable(
            self.rows, text("handovers.many.title"), theme, _WIDTHS, WHAT, _LEAST_WHAT, self
        )
        offer(self.table, "bundles", Holds.INTERNAL)
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.work = LongWork(tasks, notifier, theme, "receiving")
        self.work.ended.connect(self._ended)
        self.take = Step(parent=self)
        self.take.setProperty("role", "primary")
        self.take.clicked.connect(self.take_now)
        #: Where the keyboard goes after what runs.
        self._next: QWidget = self.take
        #: Only what comes from below is receipted here, and each receipt names who received.
        self.receiver = PersonEdit("receiver")
        self.receiver_row = QWidget(self)
        named = QHBoxLayout(self.receiver_row)
        named.setContentsMargins(0, 0, 0, 0)
        named.setSpacing(px(8))
        named.addWidget(self.receiver.label)
        named.addWidget(self.receiver.name, 3)
        named.addWidget(self.receiver.title, 2)
        self.receiver_row.hide()
        self.close_card = Step(f"{text('handovers.one.close')}   Esc", self)
        self.close_card.clicked.connect(self.left)
        self.see = Step(f"{text('handovers.many.see')}   Enter", self)
        self.see.clicked.connect(self.preview_now)
        self.see.hide()
        self.table.opens(self.preview_now)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        deeds = QHBoxLayout()
        deeds.setSpacing(px(8))
        deeds.addWidget(self.take)
        deeds.addWidget(self.see)
        deeds.addStretch(1)
        deeds.addWidget(self.close_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addWidget(self.table, 1)
        column.addWidget(self.whole)
        column.addWidget(self.receiver_row)
        column.addWidget(self.work)
        column.addLayout(deeds)

    @property
    def running(self) -> bool:
        """Whether files are looked at or taken in."""
        return self.work.running

    def _set_leaving(self, *, free: bool) -> None:
        """While something runs the card stays, with the way to stop it; its steps wait."""
        for one in (self.close_card, self.take, self.see):
            one.setEnabled(free)
        if free:
            self._follow()

    # --- looking ----------------------------------------------------------------------------

    def look_at(self, files: Sequence[Path]) -> None:
        """Look at the files and show what each is."""
        if self.work.running:
            return
        self._set_leaving(free=False)
        self.rows.show_files(())
        self.whole.clear()
        self.take.hide()
        self.see.hide()
        self.receiver_row.hide()
        self.title.setText(text("handovers.many.title"))
        wanted, desk = list(files), self._desk

        def look(progress: Progress) -> tuple[list[FileLook], KnownSigners | None, str]:
            found = desk.look_at(wanted, progress)
            return found, _asked_for(found, desk), "" if found else desk.nothing_in(wanted)

        self._next = self.take
        self.work.run(text("handovers.looking"), look, self._looked, gives_way=True)
        self.work.focus_stop()

    def _looked(self, looked: tuple[list[FileLook], KnownSigners | None, str]) -> None:
        found, known, nothing = looked
        if nothing:
            self.none_found.emit(nothing)
            return
        self.rows.show_files(found)
        fits = [one for one in self.rows.lines if one.look.fits]
        if len(fits) == 1:
            others = [one for one in self.rows.lines if one is not fits[0]]
            self.one_wanted.emit(fits[0].look.file, _told_of(others))
            return
        fit = len(fits)
        self.take.setText(text("handovers.many.take", count=number(fit)))
        self.take.setVisible(bool(fit))
        self.see.setVisible(bool(fit))
        self.receiver_row.setVisible(known is not None)
        if known is not None:
            self.receiver.propose(known.receivers)
        self.title.setText(_found_words(self.rows))
        if found:
            self.table.setCurrentIndex(self.rows.index(0, WHAT))

    def _follow(self) -> None:
        line = self.line
        self.whole.setText("" if line is None else line.whole)
        self.see.setEnabled(line is not None and line.is_left)

    # --- what one of them would bring -------------------------------------------------------

    @property
    def line(self) -> FileLine | None:
        """The file under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def begin(self) -> None:
        """Put the keyboard into the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def preview_now(self) -> None:
        """Show what the file under the keyboard would bring; nothing is written."""
        line, desk = self.line, self._desk
        if line is None or self.work.running or not line.is_left:
            return
        file = line.look.file

        def look(progress: Progress) -> Outcome:
            return outcome_of(desk, desk.receive_preview(file, progress))

        def looked(found: Outcome) -> None:
            line.preview = found.result
            at = self.rows.lines.index(line)
            self.rows.dataChanged.emit(self.rows.index(at, FILE), self.rows.index(at, WHAT))
            self._follow()
            if found.result.received is not None:
                self.rows_wanted.emit(found)

        self._next = self.table
        self._set_leaving(free=False)
        self.work.run(text("handovers.looking"), look, looked, Lane.WRITE, gives_way=True)
        self.work.focus_stop()

    # --- taking in --------------------------------------------------------------------------

    def take_now(self) -> None:
        """Take in every file that fits and is not taken in yet, each for itself."""
        if self.work.running:
            return
        self._taking = [one for one in self.rows.lines if one.is_left]
        unsure = [
            (one.look.file.name, one.look.seen.time_question)
            for one in self._taking
            if one.look.seen is not None and one.look.seen.time_question
        ]
        if unsure and not clock_is_right(self._notifier, self._desk.today(), unsure):
            return
        self._came = {}
        files, desk = [one.look.file for one in self._taking], self._desk
        signers, came = Signers(receiver=self.receiver.signer), self._came
        self.receiver_row.setEnabled(False)
        self._set_leaving(free=False)
        self._next = self.take
        self.work.run(
            text("handovers.taking"),
            lambda progress: desk.receive_all(
                files, progress, signers, came.__setitem__, clock_confirmed=bool(unsure)
            ),
            self._taken,
            Lane.WRITE,
            gives_way=True,
        )
        self.work.focus_stop()

    def _taken(self, results: Sequence[FileResult]) -> None:
        self._came = dict(enumerate(results))
        self._say("receiving")

    def _say(self, topic: str) -> None:
        """Say what became of the files, of each that came to its end."""
        results, lines = self._came, self._taking
        self._came, self._taking = {}, []
        for at, result in results.items():
            lines[at].result = result
        self.rows.show_sorted(self.rows.lines)
        self.table.setCurrentIndex(self.rows.index(0, WHAT))
        self._follow()
        left = sum(1 for one in self.rows.lines if one.is_left)
        self.take.setText(text("handovers.many.take_rest", count=number(left)))
        self.take.setVisible(bool(left))
        self.see.setVisible(bool(left))
        if not left:
            self.receiver_row.hide()
            self.receiver.forget()
        # Of all that came in here, also before somebody stopped: as many as the list shows.
        came = [one.result for one in self.rows.lines if one.result is not None]
        taken = sum(1 for one in came if one.status == "imported")
        minded = sum(1 for one in came if one.received and one.received.needs_a_person)
        refused = self.rows.count("error")
        words = _title_of(taken, refused, minded, left)
        self.title.setText(words)
        kind = Kind.WARNING if refused or minded else Kind.NOTE if left else Kind.DONE
        self._notifier.say(Notice(kind, words, topic=topic))
        if any(one.status == "imported" for one in results.values()):
            self.done.emit()

    def _ended(self) -> None:
        if self._came:
            # Something failed after these were taken in: what is said of that stands beside.
            self._say("received")
        self.receiver_row.setEnabled(True)
        self._set_leaving(free=True)
        # Where the work led to another card, the keyboard is there.
        if self.work.held and self.isVisible():
            target = self.table if self._next.isHidden() else self._next
            target.setFocus(Qt.FocusReason.OtherFocusReason)


def _told_of(others: Sequence[FileLine]) -> list[Fact]:
    """What the files are that were found beside the one that fits."""
    known = sum(1 for one in others if one.look.seen is not None)
    elsewhere = sum(1 for one in others if one.look.elsewhere)
    bad = [one for one in others if one.state == "error"]
    said = [one.whole for one in bad[:_MOST_OTHERS]]
    if len(bad) > _MOST_OTHERS:
        said.append(text("handovers.many.others_more", count=number(len(bad) - _MOST_OTHERS)))
    if known:
        said.append(text("handovers.many.others_known", count=number(known)))
    if elsewhere:
        said.append(text("handovers.many.others_elsewhere", count=number(elsewhere)))
    about = text("handovers.about.others")
    return [Fact(about if at == 0 else " ", one) for at, one in enumerate(said)]


def _asked_for(found: Sequence[FileLook], desk: HandoverDesk) -> KnownSigners | None:
    """Who may be the receiver, where a receipt is to name one. Runs beside the window's thread."""
    for one in found:
        if one.fits and one.seen is not None and desk.is_below(one.seen.sender):
            return desk.signers(one.seen.sender, "")
    return None


def _found_words(rows: FileRows) -> str:
    """How many files there are, and what of them is not for this unit or cannot be received."""
    total, bad, other = len(rows.lines), rows.count("error"), rows.count(ELSEWHERE)
    key = "found_elsewhere" if other else "found"
    if other == total:
        key = "found_all_elsewhere"
    elif bad:
        key += "_bad"
    return text(
        f"handovers.many.{key}",
        count=number(total),
        mine=number(total - bad - other),
        bad=number(bad),
        other=number(other),
    )


def _title_of(taken: int, refused: int, minded: int, left: int) -> str:
    """What became of the files, of each kind only what there is."""
    said = [text("handovers.many.done", taken=number(taken))]
    if left:
        said.append(text("handovers.many.done_left", left=number(left)))
    if refused:
        said.append(text("handovers.many.done_refused", refused=number(refused)))
    if minded:
        said.append(text("handovers.many.done_minded", minded=number(minded)))
    return " · ".join(said)
