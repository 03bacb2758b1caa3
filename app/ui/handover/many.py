"""Many bundles received in one go: what each file is, then what became of it, one line each.

Every file is a transaction of its own: one that is refused changes nothing, and the others go on.
"""

from __future__ import annotations

from collections import Counter
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
from app.services.handover_receiving import FileResult
from app.ui.handover.desk import HandoverDesk
from app.ui.line_table import LineRows, LineTable
from app.ui.long_work import LongWork
from app.ui.notify import Kind, Notice, Notifier
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

FILE, FROM, SEQ, WHAT = range(4)
_HEADINGS = tuple(f"handovers.many.{one}" for one in ("file", "from", "number", "what"))
#: Where room is short the name of the file goes first: the line below the list has it.
_WIDTHS = {FROM: 184, SEQ: 72, FILE: 232}
_LEAST_WHAT = 280
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
    def state(self) -> str:
        """The state of the theme that its words are told in."""
        result, look = self.result, self.look
        if result is not None:
            if result.received is None:
                return "done" if result.status == "already" else "error"
            return "warning" if result.received.needs_a_person else "done"
        if look.seen is None:
            return "error"
        return "warning" if look.missing or look.seen.time_question else ""

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
        if look.missing:
            said.append(text("handovers.many.missing"))
        if seen.time_question:
            said.append(text("handovers.many.clock"))
        return " · ".join(said)


def _came_to(result: FileResult) -> str:
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
        self.show_lines([_Line(one) for one in found])

    def words(self, row: _Line, column: int) -> str:
        seen = row.look.seen
        if column == FILE:
            return row.look.file.name
        if column == FROM:
            return "" if seen is None else self._unit_name(seen.sender)
        if column == SEQ:
            return "" if seen is None else number(seen.seq)
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
        wanted, desk = list(files), self._desk
        self.work.run(
            text("handovers.looking"),
            lambda progress: desk.look_at(wanted, progress),
            self._looked,
        )
        self.work.focus_stop()

    def _looked(self, found: Sequence[FileLook]) -> None:
        self.rows.show_files(found)
        fit = sum(1 for one in found if one.fits)
        self.take.setText(text("handovers.many.take", count=number(fit)))
        self.take.setVisible(bool(fit))
        self.title.setText(text("handovers.many.found", count=number(len(found))))
        if found:
            self.table.setCurrentIndex(self.rows.index(0, WHAT))

    def _follow(self) -> None:
        line = self.rows.line(self.table.currentIndex().row())
        self.whole.setText("" if line is None else f"{line.look.file.name}: {line.words}")

    # --- taking in --------------------------------------------------------------------------

    def take_now(self) -> None:
        """Take in every file that fits, each for itself."""
        if self.work.running:
            return
        places = [at for at, one in enumerate(self.rows.lines) if one.look.fits]
        files, desk = [self.rows.lines[at].look.file for at in places], self._desk

        def taken(results: Sequence[FileResult]) -> None:
            for at, result in zip(places, results, strict=True):
                self.rows.lines[at].result = result
            self._say(results)

        self.work.run(
            text("handovers.taking"),
            lambda progress: desk.receive_all(files, progress),
            taken,
            Lane.WRITE,
        )
        self.work.focus_stop()

    def _say(self, results: Sequence[FileResult]) -> None:
        self.rows.refresh()
        self._follow()
        self.take.hide()
        counts = Counter(one.status for one in results)
        minded = sum(1 for one in results if one.received and one.received.needs_a_person)
        words = text(
            "handovers.many.done",
            taken=number(counts["imported"]),
            refused=number(counts["rejected"]),
            minded=number(minded),
        )
        self.title.setText(words)
        kind = Kind.DONE if not counts["rejected"] and not minded else Kind.WARNING
        self._notifier.say(Notice(kind, words, topic="receiving"))
        if counts["imported"]:
            self.done.emit()

    def _ended(self) -> None:
        target: QWidget = self.table if self.take.isHidden() else self.take
        if self.work.held:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
