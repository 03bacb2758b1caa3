"""A program of its own for the tests that kill it: types into a household and says what was kept.

Usage: python -m tests.ui.window_typist HOME. Prints `kept` when the status bar says that the disk
has answered, then goes on typing until it is killed.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.bootstrap import open_services
from app.settings import Settings
from app.ui.application import MainWindow
from app.ui.household.field_edit import Key as FieldKey
from app.ui.theme import Theme, apply_theme
from tests.ui.window_desk import PASSPHRASE


def main(home: Path) -> None:
    application = QApplication([])
    theme = Theme()
    apply_theme(application, theme)
    window = MainWindow(Settings(home), open_services, theme)
    window.show()
    window.start()

    def until(condition) -> None:  # type: ignore[no-untyped-def]
        end = time.monotonic() + 120  # only a program that hangs is given up
        while not condition():
            application.processEvents()
            time.sleep(0.002)
            if time.monotonic() > end:
                raise TimeoutError

    def key(code: int, text: str = "", modifiers=Qt.KeyboardModifier.NoModifier) -> None:  # type: ignore[no-untyped-def]
        target = QApplication.focusWidget()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(target, QKeyEvent(kind, code, modifiers, text))
        application.processEvents()

    until(lambda: QApplication.focusWidget() is not None)
    for letter in PASSPHRASE:
        key(0, letter)
    key(int(Qt.Key.Key_Return), "\r")
    until(lambda: window.shell is not None and not window.tasks.busy)
    shell = window.shell
    assert shell is not None
    shell.new_household("", "")
    until(lambda: shell.keeper.page is not None and not window.tasks.busy)
    page = shell.household
    page.household_form.focus(FieldKey("", "head_name"))
    for letter in "Phạm Văn Rơm":
        key(0, letter)
    page.child_form.focus(FieldKey("", "full_name"))
    for letter in "Phạm Thị Hâ":
        key(0, letter)
    until(lambda: not shell.drafts.waiting and "lưu…" not in shell.status.kept.text())
    print("kept", flush=True)
    while True:
        key(0, "n")
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
