"""The backups of this PC: the list, one more, and a look whether one is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.i18n import number, text
from app.services.backups import Backups, BackupView
from app.ui.admin.section import Section
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_FILE = int(Qt.ItemDataRole.UserRole)


class BackupSection(Section):
    """What can be put back, and what putting back takes. `restore_wanted` gives a backup."""

    restore_wanted = Signal(object)

    def __init__(self, tasks: Tasks, theme: Theme, backups: Backups, parent: QWidget) -> None:
        super().__init__(tasks, theme, text("administration.backups"), parent)
        self._backups = backups
        self.words(text("administration.backups.why"))
        self.list = QListWidget()
        self.list.setAccessibleName(text("administration.backups"))
        self.list.setMaximumHeight(theme.pixels(240))
        self.column.addWidget(self.list)
        self.make = self.step(text("administration.backups.make"), self._make, "primary")
        self.verify = self.step(text("administration.backups.verify"), self._verify)
        self.row(self.make, self.verify)
        self.part(text("administration.backups.restore"))
        self.words(text("administration.backups.restore_how"))
        self.restore = self.step(text("administration.backups.restore_this"), self._restore)
        self.row(self.restore)
        self.close_column()
        self.first = self.make

    def load(self) -> None:
        """Read which backups there are."""
        backups = self._backups

        def op() -> list[tuple[BackupView, float]]:
            return [(one, one.file.stat().st_mtime) for one in backups.all()]

        self.read(op, self._show)

    def _show(self, found: Sequence[tuple[BackupView, float]]) -> None:
        self.list.clear()
        for one, written in found:
            made = datetime.fromtimestamp(written, tz=UTC).astimezone()
            words = text(
                "administration.backups.line",
                when=f"{made:%H:%M %d/%m/%Y}",
                size=number(max(1, one.bytes // 1024)),
                file=one.file.name,
            )
            item = QListWidgetItem(words)
            item.setData(_FILE, one.file)
            self.list.addItem(item)
        if found:
            self.list.setCurrentRow(0)
        self.verify.setEnabled(bool(found))
        self.restore.setEnabled(bool(found))

    def _make(self) -> None:
        def done(made: BackupView) -> None:
            self.say(text("administration.backups.made", file=str(made.file)), "done")
            self.load()

        self.act(self._backups.create, done)

    def _restore(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            self.restore_wanted.emit(self.list.item(row).data(_FILE))

    def _verify(self) -> None:
        row = self.list.currentRow()
        if row < 0:
            return
        backups, file = self._backups, self.list.item(row).data(_FILE)

        def done(found: BackupView) -> None:
            self.say(text("administration.backups.whole", file=found.file.name), "done")

        self.act(lambda: backups.verify(file), done)
