"""Restoring from a backup, before a register is open, or on a PC that has none yet: choose one, see
what it holds and what would be lost, then restore.

It opens nothing for work itself: what was restored is unlocked as ever, by a signal. Nothing is
replaced before its counts were seen, and whatever is chosen or typed anew asks for them again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QWidget

from app.crypto.keyslots import Keyslots
from app.i18n import number, text
from app.services import installation
from app.services.installation import Unlocked
from app.services.restore_look import BeforeRestore, backups_of, look
from app.services.restore_words import before_restore, moment
from app.services.restoring import Restored, by_passphrase, restore
from app.settings import Settings
from app.ui.gate_card import GatePage, GatePart
from app.ui.handover.facts import Fact, Facts
from app.ui.notify import Choice, Question, ask_in
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

#: What is said by colour is said by a sign, too.
_SIGNS = {
    "": "",
    "done": "\N{CHECK MARK} ",
    "warning": "\N{BLACK UP-POINTING TRIANGLE} ",
    "error": "\N{BLACK UP-POINTING TRIANGLE} ",
}
_FILE = int(Qt.ItemDataRole.UserRole)


class RestorePart(GatePart):
    """The steps. `restored` gives passphrase and user."""

    restored = Signal(str, str)

    def __init__(self, tasks: Tasks, theme: Theme, settings: Settings, parent: QWidget) -> None:
        why = "restore.why" if settings.installed else "restore.why.empty"
        super().__init__(tasks, theme, text("restore.heading"), text(why), parent)
        self._settings = settings
        self._seen: BeforeRestore | None = None
        self.list = QListWidget()
        self.list.setMaximumHeight(theme.pixels(96))
        self.list.setAccessibleName(text("restore.file"))
        self.list.currentRowChanged.connect(lambda _row: self._forget())
        self.labelled(text("restore.file"), self.list)
        self.elsewhere = Step(text("restore.elsewhere"))
        self.elsewhere.clicked.connect(self._choose)
        self.row(self.elsewhere)
        self.build_user()
        self.passphrase = self.field(text("restore.passphrase"), secret=True)
        self.passphrase.textEdited.connect(lambda _now: self._forget())
        self.see = self.step(text("restore.look"), self._look)
        self.row(self.see)
        self.facts = Facts(theme, self)
        self.column.addWidget(self.facts)
        self.go = self.step(text("restore.go"), self._restore, "danger")
        self.row(self.back, self.go)
        self.close_column()
        self.first = self.list
        self._forget()

    # --- choosing ---------------------------------------------------------------------------

    def offer(self, chosen: Path | None) -> None:
        """Show the backups of this PC, `chosen` under the keyboard."""
        self.list.clear()
        for made, file in backups_of(self._settings):
            words = text(
                "restore.line",
                when=moment(made),
                size=number(max(1, file.stat().st_size // 1024)),
                file=file.name,
            )
            self._add(words, file)
        if chosen is not None:
            self.take(chosen)
        elif self.list.count():
            self.list.setCurrentRow(0)
        else:
            self.say(text("restore.none"))

    def _add(self, words: str, file: Path) -> None:
        item = QListWidgetItem(words)
        item.setData(_FILE, file)
        self.list.addItem(item)

    def take(self, file: Path) -> None:
        """Put the keyboard on a backup, which may lie elsewhere."""
        files = [self.list.item(row).data(_FILE) for row in range(self.list.count())]
        if file not in files:
            self._add(str(file), file)
            files.append(file)
        self.list.setCurrentRow(files.index(file))

    def _choose(self) -> None:
        found, _kind = QFileDialog.getOpenFileName(self, text("restore.choose_file"), "", "*.db")
        if found:
            self.take(Path(found))
            self.passphrase.setFocus()

    @property
    def file(self) -> Path | None:
        """The backup that is chosen."""
        item = self.list.currentItem()
        return None if item is None else Path(item.data(_FILE))

    def _forget(self) -> None:
        self._seen = None
        self.facts.show_facts(())
        self.go.hide()

    # --- look, decide, do -------------------------------------------------------------------

    def _ways(self) -> tuple[Callable[[Settings], Unlocked], Callable[[Keyslots], Unlocked]]:
        """How the register that stands is opened, and key slots beside a backup."""
        passphrase, user = self.passphrase.text(), self._named()
        return (
            lambda settings: installation.unlock(settings, passphrase, user or None),
            lambda slots: by_passphrase(slots, passphrase),
        )

    def _named(self) -> str:
        return self.user.currentText() if self.user.count() > 1 else ""

    def _look(self) -> None:
        file, settings = self.file, self._settings
        if file is None:
            self.refuse("restore.no_file", self.list)
            return
        if not self.passphrase.text():
            self.refuse("restore.passphrase_needed", self.passphrase)
            return
        unlock, beside = self._ways()
        self.act(
            lambda: look(settings, file, unlock, beside),
            self._show,
            refused=lambda _error: self.lead_to(self.passphrase),
        )
        self.say(text("restore.looking"))

    def _show(self, found: BeforeRestore) -> None:
        if found.file != self.file:
            return  # another one was chosen meanwhile
        self._seen = found
        told = before_restore(found)
        self.facts.show_facts([Fact("", _SIGNS[state] + said, state) for said, state in told])
        self.go.setVisible(found.same)
        if found.same:
            self.lead_to(self.go)

    def _restore(self) -> None:
        seen, settings = self._seen, self._settings
        if seen is None or not self._agreed(seen):
            return
        unlock, beside = self._ways()
        passphrase, user = self.passphrase.text(), self._named()

        def done(_restored: Restored) -> None:
            self.restored.emit(passphrase, user)

        self.act(lambda: restore(settings, seen.file, unlock, beside), done, lane=Lane.WRITE)
        self.say(text("restore.restoring"))

    def _agreed(self, seen: BeforeRestore) -> bool:
        state = ".empty" if seen.empty else ""
        question = Question(
            text(f"restore.question{state}", when=moment(seen.made)),
            text(f"restore.details{state}"),
            (
                Choice("go", text("restore.go"), destroys=not seen.empty),
                Choice("stay", text("restore.not_now")),
            ),
        )
        return ask_in(self.window(), question) == "go"


class RestorePage(GatePage[RestorePart]):
    """The page."""

    restored = Signal(str, str)

    def __init__(
        self, tasks: Tasks, theme: Theme, settings: Settings, chosen: Path | None = None
    ) -> None:
        super().__init__(
            theme, lambda parent: RestorePart(tasks, theme, settings, parent), (620, 680)
        )
        self.part.restored.connect(self.restored)
        self.part.offer(chosen)
        self.setFocusProxy(self.part.list if chosen is None else self.part.passphrase)

    @property
    def steps(self) -> Sequence[Step]:
        """As the frame says."""
        return self.part.see, self.part.go, self.part.back
