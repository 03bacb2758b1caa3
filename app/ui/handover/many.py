"""Many bundles received in one go: what each file is, then what became of it, one line each.

Every file is a transaction of its own: one that is refused changes nothing, and the others go on.
What a person has to look after stands on top: nobody reads a hundred lines that went well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
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
from app.services.handover_receiving import FileResult, is_left_out
from app.services.missing_numbers import gap_words
from app.services.workplace import Progress
from app.ui.handover.desk import HandoverDesk
from app.ui.handover.signers import PersonEdit
from app.ui.line_table import LineRows, LineTable
from app.ui.long_work import LongWork
from app.ui.notify import Kind, Notice, Notifier
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

FILE, FROM, SEQ, WHAT = range(4)
_HEADINGS = tuple(f"handovers.many.{one}" for one in ("file", "from", "number", "what"))
#: Where room is short the name of the file goes first: the line below the list has it.
_WIDTHS = {FROM: 216, SEQ: 72, FILE: 232}
_LEAST_WHAT = 280
#: The states of a line in the order of the list.
_URGENCY = ("error", "warning", "", "done")
_SIGNS = {
    "done": "\N{CHECK MARK} ",
    "warning": "\N{BLACK UP-POINTING TRIANGLE} ",
    "error": "\N{MULTIPLICATION X} ",
    "": "",
}


class _Line:
    """A file with what is known of it, and what became of it."""

    def __init__(self, look: FileLook) -> None:
        self.look = look
        self.result: FileResult | None = None

    @property
    def is_left(self) -> bool:
        """Whether it can be taken in and was not: nobody tried yet, or somebody stopped before."""
        return self.look.fits and (self.result is None or is_left_out(self.result))

    @property
    def state(self) -> str:
        """The state of the theme that its words are told in."""
        result, look = self.result, self.look
        if result is not None and not is_left_out(result):
            if result.received is None:
                return "done" if result.status == "already" else "error"
            return "warning" if result.received.needs_a_person else "done"
        if look.seen is None:
            return "error"
        return "warning" if look.missing is not None or look.seen.time_question else ""

    @property
    def words(self) -> str:
        """What it would bring, what it brought, or why it cannot be received."""
        result, look = self.result, self.look
        if result is not None:
            return _came_to(result)
        seen = look.seen
        if seen is None:
            return " ".join(look.why_not.split("\n"))
        if seen.already:
            return text("handovers.many.already")
        said = [
            text(
                "handovers.many.would",
                households=number(seen.households),
                children=number(seen.children),
            )
        ]
        if look.missing is not None:
            said.append(gap_words("handovers.many.missing", look.missing))
        if seen.time_question:
            said.append(text("handovers.many.clock"))
        return " · ".join(said)


def _came_to(result: FileResult) -> str:
    if is_left_out(result):
        return text("handovers.many.left")
    got = result.received
    if got is None:
        if result.status == "already":
            return text("handovers.many.already")
        return " ".join(result.message.split("\n"))
    said = [text("handovers.many.brought", new=number(got.new), changed=number(got.changed))]
    if got.needs_a_person:
        said.append(
            text(
                "handovers.facts.minded",
                conflicts=number(got.conflicts),
                waiting=number(got.waiting),
                refused=number(got.refused),
            )
        )
    return " · ".join(said)


class FileRows(LineRows[_Line]):
    """The model."""

    def __init__(self, theme: Theme, unit_name: Callable[[str], str]) -> None:
        super().__init__(theme, _HEADINGS)
        self._unit_name = unit_name

    def show_files(self, found: Sequence[FileLook]) -> None:
        """Show what was looked at."""
        self.show_sorted([_Line(one) for one in found])

    def show_sorted(self, lines: Sequence[_Line]) -> None:
        """Show lines, those first that a person has to look after, else in their order."""
        self.show_lines(sorted(lines, key=lambda one: _URGENCY.index(one.state)))

    def count(self, state: str) -> int:
        """How many lines are in a state."""
        return sum(1 for one in self.lines if one.state == state)

    def words(self, row: _Line, column: int) -> str:
        claim = row.look.claim
        if column == FILE:
            return row.look.file.name
        if column == FROM:
            return "" if claim is None else self._unit_name(claim.unit)
        if column == SEQ:
            return "" if claim is None else number(claim.seq)
        return f"{_SIGNS[row.state]}{row.words}"

    def colour(self, row: _Line, column: int) -> QColor | None:
        return self._theme.colour(row.state) if column == WHAT and row.state else None


class ManyFiles(QFrame):
    """The card. `left` comes when the person wants back, `done` when files were taken in."""

    left = Signal()
    done = Signal()

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
        self._taking: list[_Line] = []
        self._came: dict[int, FileResult] = {}
        px = theme.pixels
        self.title = QLabel(text("handovers.many.title"), self)
        self.title.setProperty("role", "title")
        self.rows = FileRows(theme, unit_name)
        self.table = LineTable(
            self.rows, text("handovers.many.title"), theme, _WIDTHS, WHAT, _LEAST_WHAT, self
        )
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.work = LongWork(tasks, notifier, theme, "receiving")
        self.work.ended.connect(self._ended)
        self.take = Step(parent=self)
        self.take.setProperty("role", "primary")
        self.take.clicked.connect(self.take_now)
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
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        deeds = QHBoxLayout()
        deeds.setSpacing(px(8))
        deeds.addWidget(self.take)
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

    # --- looking ----------------------------------------------------------------------------

    def look_at(self, files: Sequence[Path]) -> None:
        """Look at the files and show what each is."""
        if self.work.running:
            return
        self.rows.show_files(())
        self.whole.clear()
        self.take.hide()
        self.receiver_row.hide()
        self.title.setText(text("handovers.many.title"))
        wanted, desk = list(files), self._desk

        def look(progress: Progress) -> tuple[list[FileLook], KnownSigners | None]:
            found = desk.look_at(wanted, progress)
            return found, _asked_for(found, desk)

        self.work.run(text("handovers.looking"), look, self._looked)
        self.work.focus_stop()

    def _looked(self, looked: tuple[list[FileLook], KnownSigners | None]) -> None:
        found, known = looked
        self.rows.show_files(found)
        fit = sum(1 for one in found if one.fits)
        self.take.setText(text("handovers.many.take", count=number(fit)))
        self.take.setVisible(bool(fit))
        self.receiver_row.setVisible(known is not None)
        if known is not None:
            self.receiver.propose(known.receivers)
        bad = self.rows.count("error")
        key = "handovers.many.found_bad" if bad else "handovers.many.found"
        self.title.setText(text(key, count=number(len(found)), bad=number(bad)))
        if found:
            self.table.setCurrentIndex(self.rows.index(0, WHAT))

    def _follow(self) -> None:
        line = self.rows.line(self.table.currentIndex().row())
        self.whole.setText("" if line is None else f"{line.look.file.name}: {line.words}")

    # --- taking in --------------------------------------------------------------------------

    def take_now(self) -> None:
        """Take in every file that fits and is not taken in yet, each for itself."""
        if self.work.running:
            return
        self._taking = [one for one in self.rows.lines if one.is_left]
        self._came = {}
        files, desk = [one.look.file for one in self._taking], self._desk
        signers, came = Signers(receiver=self.receiver.signer), self._came
        self.receiver_row.setEnabled(False)
        self.work.run(
            text("handovers.taking"),
            lambda progress: desk.receive_all(files, progress, signers, came.__setitem__),
            self._taken,
            Lane.WRITE,
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
        if not left:
            self.receiver_row.hide()
            self.receiver.forget()
        taken = sum(1 for one in results.values() if one.status == "imported")
        minded = sum(1 for one in results.values() if one.received and one.received.needs_a_person)
        refused = self.rows.count("error")
        words = _title_of(taken, refused, minded, left)
        self.title.setText(words)
        kind = Kind.WARNING if refused or minded else Kind.NOTE if left else Kind.DONE
        self._notifier.say(Notice(kind, words, topic=topic))
        if taken:
            self.done.emit()

    def _ended(self) -> None:
        if self._came:
            # Something failed after these were taken in: what is said of that stands beside.
            self._say("received")
        self.receiver_row.setEnabled(True)
        target: QWidget = self.table if self.take.isHidden() else self.take
        if self.work.held:
            target.setFocus(Qt.FocusReason.OtherFocusReason)


def _asked_for(found: Sequence[FileLook], desk: HandoverDesk) -> KnownSigners | None:
    """Who may be the receiver, where a receipt is to name one. Runs beside the window's thread."""
    for one in found:
        if one.fits and one.seen is not None and desk.is_below(one.seen.sender):
            return desk.signers(one.seen.sender, "")
    return None


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
