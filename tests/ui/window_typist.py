"""A program of its own for the tests that kill it: types into a household and tells what it showed.

Usage: python -m tests.ui.window_typist HOME JOURNAL SEED. After every key and every turn of the
loop that changed something, it appends to the journal what stands on the page and whether the
status bar says that it is kept: a line for each, flushed. The last line that is kept is what
somebody in front of it had been shown as saved; what came after may be there or not. Types,
corrects, goes on to other fields and other children until it is killed.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.bootstrap import open_services
from app.settings import Settings
from app.ui.application import MainWindow
from app.ui.household.field_edit import FieldEdit
from app.ui.household.field_edit import Key as FieldKey
from app.ui.shell import Shell
from app.ui.theme import Theme, apply_theme
from tests.ui.window_desk import PASSPHRASE

_FIELDS = ("full_name", "other_name", "father_name", "mother_name", "birth_place")
_LETTERS = "abcdeghiklmnopqrstuvxyâđêôơư"
_PLAIN = Qt.KeyboardModifier.NoModifier


class Typist:
    """The window and whoever types in it."""

    def __init__(self, home: Path, journal: Path, seed: int) -> None:
        self.application = QApplication([])
        theme = Theme()
        apply_theme(self.application, theme)
        self.window = MainWindow(Settings(home), open_services, theme)
        self.window.show()
        self.window.start()
        self._journal = journal.open("a", encoding="utf-8")
        self._numbers = random.Random(seed)
        self._told = ""

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 120  # only a program that hangs is given up
        while not condition():
            self.turn()
            time.sleep(0.002)
            if time.monotonic() > end:
                raise TimeoutError

    def turn(self) -> None:
        """One turn of the loop; then what is on the screen is written down."""
        self.application.processEvents()
        self.write_down()

    def write_down(self) -> None:
        shell = self.window.shell
        if shell is not None and shell.keeper.household is not None:
            self._write_down(shell)

    def _write_down(self, shell: Shell) -> None:
        keeper, place = shell.keeper, shell.household._place
        household = keeper.household
        assert household is not None
        texts = {
            one.id: {
                name: one.texts.get(name, one.values.get(name))
                for name in (*_FIELDS, "head_name")
                if one.texts.get(name, one.values.get(name)) is not None
            }
            for one in (household, *keeper.lines)
            if one.touched or not one.new
        }
        now = json.dumps(
            {
                "kept": shell.status.kept.text().startswith("✓"),
                "household": household.id,
                "place": [place[0], place[1].name] if place is not None else None,
                "texts": texts,
            },
            ensure_ascii=False,
            sort_keys=True,
        )
        if now != self._told:
            self._told = now
            self._journal.write(now + "\n")
            self._journal.flush()

    def key(self, code: int, text: str = "", modifiers: Qt.KeyboardModifier = _PLAIN) -> None:
        target = QApplication.focusWidget()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(target, QKeyEvent(kind, code, modifiers, text))
        # Before the loop turns: what is written to the disk later stands here already.
        self.write_down()
        self.turn()

    def unlock(self) -> Shell:
        self.until(lambda: QApplication.focusWidget() is not None)
        for letter in PASSPHRASE:
            self.key(0, letter)
        self.key(int(Qt.Key.Key_Return), "\r")
        self.until(lambda: self.window.shell is not None and not self.window.tasks.busy)
        assert self.window.shell is not None
        return self.window.shell

    def begin(self, shell: Shell) -> None:
        shell.new_household("", "")
        self.until(lambda: shell.keeper.page is not None and not self.window.tasks.busy)
        page = shell.household
        page.household_form.focus(FieldKey("", "head_name"))
        for letter in "Phạm Văn Rơm":
            self.key(0, letter)
        page.child_form.focus(FieldKey("", "full_name"))
        for letter in "Phạm Thị Hâ":
            self.key(0, letter)
        self.until(lambda: not shell.drafts.waiting and "lưu…" not in shell.status.kept.text())

    def work(self, shell: Shell) -> None:
        """Whatever people do, at random and for ever."""
        page, numbers = shell.household, self._numbers
        while True:
            what = numbers.random()
            if what < 0.8:
                self.key(0, numbers.choice(_LETTERS))
            elif what < 0.88:
                self.key(int(Qt.Key.Key_Backspace), "\b")
            elif what < 0.97:
                page.child_form.focus(FieldKey("", numbers.choice(_FIELDS)))
                widget = QApplication.focusWidget()
                if isinstance(widget, FieldEdit):
                    widget.end(False)
                self.write_down()
                self.turn()
            else:
                self.key(int(Qt.Key.Key_Return), "\r", Qt.KeyboardModifier.ControlModifier)
            end = time.monotonic() + numbers.choice((0.001, 0.005, 0.02, 0.08))
            while time.monotonic() < end:
                self.turn()
                time.sleep(0.001)


def main(home: Path, journal: Path, seed: int) -> None:
    typist = Typist(home, journal, seed)
    shell = typist.unlock()
    typist.begin(shell)
    print("kept", flush=True)
    typist.work(shell)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
