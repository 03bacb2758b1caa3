"""Bàn giao: send in three steps, receive in three steps, and the register of what took place.

Each wizard goes *look → decide → do*: nothing is written before the counts were seen, and nobody
is asked anything while work runs. Long work shows a count and can be cancelled; a cancelled deed
leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.i18n import text
from app.services.handover_receiving import FileResult
from app.services.handover_register import HandoverView
from app.services.handover_sending import SendPreview, Sent
from app.ui.handover_desk import HandoverDesk, Receiver, progress_of
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.tasks import Lane, Tasks, Ticket, Watch
from app.ui.theme import Theme, set_state

_SUFFIX = ".tebundle"


class HandoverPage(QWidget):
    """The page: two wizards above, the register of handovers below."""

    #: Before anything is sent, what is typed has to be saved; the shell calls back.
    save_first = Signal(object)
    #: Records came in: open pages look again.
    received = Signal()
    sent = Signal()

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
    ) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._tasks = tasks
        self._desk = desk
        self._notifier = notifier
        self._unit_name = unit_name
        px = theme.pixels
        self.sending = SendWizard(tasks, desk, notifier, theme)
        self.receiving = ReceiveWizard(tasks, desk, notifier, theme, unit_name)
        self.sending.save_first.connect(self.save_first)
        self.sending.done.connect(self._was_sent)
        self.receiving.done.connect(self._was_received)
        self.table = _Register(theme, unit_name)
        self.table.print_wanted.connect(self._print)
        title = QLabel(text("handovers.register"))
        title.setProperty("role", "title")
        self.empty = QLabel(text("handovers.empty"))
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        below = QFrame()
        below.setProperty("role", "card")
        column = QVBoxLayout(below)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addWidget(title)
        column.addWidget(self.empty)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        both = QHBoxLayout()
        both.setSpacing(px(8))
        both.addWidget(self.sending, 1)
        both.addWidget(self.receiving, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(16), px(16), px(8))
        column.setSpacing(px(8))
        column.addLayout(both)
        column.addWidget(below, 1)

    def load(self) -> None:
        """Read the receivers and the register."""
        self._tasks.run(self._desk.receivers, self.sending.show_receivers, self._failed, owner=self)
        self._tasks.run(self._desk.register, self._show, self._failed, owner=self)

    def _show(self, found: Sequence[HandoverView]) -> None:
        self.table.show_lines(found)
        self.table.setVisible(bool(found))
        self.empty.setVisible(not found)

    def _was_sent(self) -> None:
        self.load()
        self.sent.emit()

    def _was_received(self) -> None:
        self.load()
        self.received.emit()

    def _print(self, handover: str) -> None:
        wanted, _filter = QFileDialog.getSaveFileName(
            self, text("handovers.save_record"), text("handovers.record_file"), "PDF (*.pdf)"
        )
        if wanted:
            self.write_record(handover, Path(wanted))

    def write_record(self, handover: str, path: Path) -> None:
        """Write the handover record to a file."""
        desk = self._desk

        def write() -> Path:
            desk.record_pdf(handover, path)
            return path

        self._tasks.run(write, self._written, self._failed, lane=Lane.WRITE, owner=self)

    def _written(self, path: Path) -> None:
        words = text("handovers.record_written", file=str(path))
        self._notifier.say(Notice(Kind.DONE, words, topic="record"))

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))


class _Wizard(QFrame):
    """What both wizards share: a title, steps, a progress bar that can be stopped."""

    done = Signal()

    def __init__(self, tasks: Tasks, notifier: Notifier, theme: Theme, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._tasks = tasks
        self._notifier = notifier
        self._ticket: Ticket[object] | None = None
        px = theme.pixels
        heading = QLabel(title)
        heading.setProperty("role", "crumb")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.doing = QLabel()
        self.doing.setProperty("role", "muted")
        self.cancel = QPushButton(text("handovers.cancel"))
        self.cancel.clicked.connect(self._cancel)
        self.progress = QWidget()
        row = QHBoxLayout(self.progress)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.doing)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        self.progress.hide()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(16), px(8), px(16), px(16))
        self.column.setSpacing(px(8))
        self.column.addWidget(heading)

    def _run(
        self, words: str, op: Callable[[Watch], object], on_done: Callable[[object], None]
    ) -> None:
        self.doing.setText(words)
        self.bar.setRange(0, 0)
        self.progress.show()
        self.set_running(True)

        def finished(result: object) -> None:
            self._stop()
            on_done(result)

        self._ticket = self._tasks.run_watched(
            op, finished, self._failed, self._report, lane=Lane.WRITE, owner=self
        )

    def _report(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))

    def _cancel(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()

    def _stop(self) -> None:
        self._ticket = None
        self.progress.hide()
        self.set_running(False)

    def _failed(self, error: AppError) -> None:
        self._stop()
        self._notifier.say(error_notice(error))

    def set_running(self, running: bool) -> None:
        """Lock or unlock the buttons of the wizard."""
        raise NotImplementedError


class SendWizard(_Wizard):
    """Check → counts → write to the stick and read back."""

    save_first = Signal(object)

    def __init__(self, tasks: Tasks, desk: HandoverDesk, notifier: Notifier, theme: Theme) -> None:
        super().__init__(tasks, notifier, theme, text("handovers.send"))
        self._desk = desk
        self._receivers: list[Receiver] = []
        self._preview: SendPreview | None = None
        px = theme.pixels
        self.to = QComboBox()
        self.to.setAccessibleName(text("handovers.to"))
        self.to.currentIndexChanged.connect(self._changed)
        self.folder = QLineEdit()
        self.folder.setAccessibleName(text("handovers.folder"))
        self.folder.setPlaceholderText(text("handovers.folder_placeholder"))
        self.folder.textChanged.connect(lambda _now: self._enable())
        self.choose = QPushButton(text("handovers.choose"))
        self.choose.clicked.connect(self._choose)
        self.check = QPushButton(text("handovers.check"))
        self.check.clicked.connect(self.check_now)
        self.counts = QLabel(text("handovers.check_first"))
        self.counts.setWordWrap(True)
        self.counts.setMinimumHeight(px(72))
        self.counts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.send = QPushButton(text("handovers.seal"))
        self.send.setProperty("role", "primary")
        self.send.clicked.connect(self.send_now)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(4))
        grid.addWidget(_label(text("handovers.step_to")), 0, 0)
        grid.addWidget(self.to, 1, 0)
        grid.addWidget(self.check, 1, 1)
        grid.addWidget(_label(text("handovers.step_folder")), 2, 0)
        grid.addWidget(self.folder, 3, 0)
        grid.addWidget(self.choose, 3, 1)
        grid.setColumnStretch(0, 1)
        self.column.addLayout(grid)
        self.column.addWidget(self.counts)
        self.column.addWidget(self.progress)
        self.column.addStretch(1)
        self.column.addWidget(self.send, 0, Qt.AlignmentFlag.AlignRight)
        self._enable()

    def show_receivers(self, found: list[Receiver]) -> None:
        """Offer the units one may send to."""
        if found == self._receivers:
            return
        self._receivers = found
        self.to.clear()
        for one in found:
            self.to.addItem(one.name, one.unit)

    def _changed(self) -> None:
        self._preview = None
        self.counts.setText(text("handovers.check_first"))
        set_state(self.counts, "")
        self._enable()

    def _enable(self) -> None:
        ready = self._preview is not None and bool(self.folder.text().strip())
        self.send.setEnabled(ready and self.progress.isHidden())

    def set_running(self, running: bool) -> None:
        """Lock or unlock the buttons."""
        for widget in (self.to, self.check, self.choose, self.folder):
            widget.setEnabled(not running)
        self._enable()

    def _choose(self) -> None:
        found = QFileDialog.getExistingDirectory(self, text("handovers.choose_folder"))
        if found:
            self.folder.setText(found)

    def check_now(self) -> None:
        """Save what is typed, check the whole register, and show the counts."""
        self.save_first.emit(self._check)

    def _check(self) -> None:
        desk, to = self._desk, str(self.to.currentData() or "")
        if not to:
            return

        def look(watch: Watch) -> object:
            return desk.send_preview(to, progress_of(watch.report, watch.cancelled))

        self._run(text("handovers.checking"), look, self._checked)

    def _checked(self, result: object) -> None:
        if not isinstance(result, SendPreview):
            return
        self._preview = result
        errors, warnings = result.issues or (0, 0)
        self.counts.setText(
            text(
                "handovers.counts",
                operations=result.operations,
                changed_households=result.changed_households,
                changed_children=result.changed_children,
                households=result.households,
                children=result.children,
                girls=result.girls,
                incomplete=result.incomplete,
                errors=errors,
                warnings=warnings,
                conflicts=result.conflicts,
            )
        )
        set_state(self.counts, "warning" if result.incomplete or errors else "done")
        self._enable()

    def send_now(self) -> None:
        """Seal, write to the stick, read back."""
        preview = self._preview
        if preview is None:
            return
        desk, to, folder = self._desk, preview.to, Path(self.folder.text().strip())
        checked = preview.issues or (0, 0)

        def seal(watch: Watch) -> object:
            return desk.send(to, folder, checked, progress_of(watch.report, watch.cancelled))

        self._run(text("handovers.sealing"), seal, self._was_sent)

    def _was_sent(self, result: object) -> None:
        if not isinstance(result, Sent):
            return
        self._preview = None
        words = text(
            "handovers.sent",
            seq=result.seq,
            file=result.file.name,
            folder=str(result.file.parent),
            households=result.households,
            children=result.children,
        )
        self.counts.setText(words)
        set_state(self.counts, "done")
        self._notifier.say(Notice(Kind.DONE, text("handovers.take_stick"), topic="sent"))
        self._enable()
        self.done.emit()


class ReceiveWizard(_Wizard):
    """Pick the file → verify and preview → import."""

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
    ) -> None:
        super().__init__(tasks, notifier, theme, text("handovers.receive"))
        self._desk = desk
        self._unit_name = unit_name
        self._file: Path | None = None
        px = theme.pixels
        self.file = QLineEdit()
        self.file.setAccessibleName(text("handovers.file"))
        self.file.setPlaceholderText(text("handovers.file_placeholder"))
        self.file.textChanged.connect(self._changed)
        self.choose = QPushButton(text("handovers.choose"))
        self.choose.clicked.connect(self._choose)
        self.look = QPushButton(text("handovers.look"))
        self.look.clicked.connect(self.look_now)
        self.counts = QLabel(text("handovers.look_first"))
        self.counts.setWordWrap(True)
        self.counts.setMinimumHeight(px(72))
        self.counts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.take = QPushButton(text("handovers.take"))
        self.take.setProperty("role", "primary")
        self.take.clicked.connect(self.take_now)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(4))
        grid.addWidget(_label(text("handovers.step_file")), 0, 0)
        grid.addWidget(self.file, 1, 0)
        grid.addWidget(self.choose, 1, 1)
        grid.addWidget(self.look, 1, 2)
        grid.setColumnStretch(0, 1)
        self.column.addLayout(grid)
        self.column.addWidget(self.counts)
        self.column.addWidget(self.progress)
        self.column.addStretch(1)
        self.column.addWidget(self.take, 0, Qt.AlignmentFlag.AlignRight)
        self._changed()

    def _changed(self) -> None:
        self._file = None
        self.counts.setText(text("handovers.look_first"))
        set_state(self.counts, "")
        self.set_running(False)

    def set_running(self, running: bool) -> None:
        """Lock or unlock the buttons."""
        for widget in (self.file, self.choose):
            widget.setEnabled(not running)
        self.look.setEnabled(not running and bool(self.file.text().strip()))
        self.take.setEnabled(not running and self._file is not None)

    def _choose(self) -> None:
        found, _filter = QFileDialog.getOpenFileName(
            self, text("handovers.choose_file"), "", f"*{_SUFFIX}"
        )
        if found:
            self.file.setText(found)

    def look_now(self) -> None:
        """Verify the file and show what it would change."""
        desk, file = self._desk, Path(self.file.text().strip())

        def look(watch: Watch) -> object:
            return desk.receive_preview(file, progress_of(watch.report, watch.cancelled))

        self._run(text("handovers.looking"), look, lambda result: self._looked(file, result))

    def _looked(self, file: Path, result: object) -> None:
        if not isinstance(result, FileResult):
            return
        self._file = file if result.status == "imported" else None
        self.counts.setText(self._words(result, "handovers.would_change"))
        set_state(self.counts, _state_of(result))
        self.set_running(False)

    def _words(self, result: FileResult, key: str) -> str:
        if result.status == "already":
            return text("handovers.already", file=result.file)
        if result.received is None:
            return text("handovers.rejected", file=result.file, message=result.message)
        got = result.received
        return text(
            key,
            sender=self._unit_name(got.sender),
            seq=got.seq,
            new=got.new,
            changed=got.changed,
            unchanged=got.unchanged,
            conflicts=got.conflicts,
            waiting=got.waiting,
            refused=got.refused,
        )

    def take_now(self) -> None:
        """Import the file."""
        if self._file is None:
            return
        desk, files = self._desk, (self._file,)

        def take(watch: Watch) -> object:
            return desk.receive(files, progress_of(watch.report, watch.cancelled))

        self._run(text("handovers.taking"), take, self._taken)

    def _taken(self, results: object) -> None:
        self._file = None
        for result in results if isinstance(results, list) else ():
            self.counts.setText(self._words(result, "handovers.changed"))
            set_state(self.counts, _state_of(result))
        self.set_running(False)
        self.done.emit()


def _state_of(result: FileResult) -> str:
    if result.status == "rejected":
        return "error"
    if result.received is not None and result.received.needs_a_person:
        return "warning"
    return "done"


class _Register(QTableWidget):
    """The handovers of this PC, the newest first."""

    print_wanted = Signal(str)

    def __init__(self, theme: Theme, unit_name: Callable[[str], str]) -> None:
        super().__init__(0, 6)
        self._unit_name = unit_name
        px = theme.pixels
        self.setProperty("role", "plain")
        self.setAccessibleName(text("handovers.register"))
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(self.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(px(36))
        names = ("on", "from", "to", "number", "counts", "print")
        self.setHorizontalHeaderLabels([text(f"handovers.column.{name}") for name in names])
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for section in (1, 2):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
        for section, width in ((0, 152), (3, 64), (4, 256), (5, 128)):
            header.resizeSection(section, px(width))

    def show_lines(self, found: Sequence[HandoverView]) -> None:
        """Show the register."""
        self.setRowCount(len(found))
        for place, one in enumerate(found):
            counts = text(
                "handovers.line_counts",
                households=one.households,
                children=one.children,
                incomplete=one.incomplete,
            )
            cells = (
                _moment(one.sent_on or one.received_here),
                self._unit_name(one.giver),
                self._unit_name(one.to),
                str(one.seq),
                counts,
            )
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                self.setItem(place, column, item)
            button = QPushButton(text("handovers.print"))
            button.setProperty("role", "link")
            button.clicked.connect(lambda _=False, it=one.id: self.print_wanted.emit(it))
            self.setCellWidget(place, 5, button)


def _moment(written: str) -> str:
    """A UTC moment as people here write it."""
    try:
        moment = datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return written
    return f"{moment.astimezone():%d/%m/%Y %H:%M}"


def _label(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "label")
    return label
