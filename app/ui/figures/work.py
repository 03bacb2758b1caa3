"""A working day of a commune in one process: what it holds in memory, and what a page costs.

The window is unlocked, the list is shown and searched, the full household is opened and typed into,
a household of two children is typed from an empty page to the last key, and a sheet is imported
beside. Its resident size is taken after each, and the largest counts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.services.invented.typed_page import typical_page
from app.services.register_import import ImportResult
from app.services.services import Services
from app.ui.figures.desk import MeasuredDesk
from app.ui.figures.entry_cost import Cost, type_page
from app.ui.figures.memory import resident_bytes
from app.ui.household.field_edit import FieldEdit
from app.ui.household.page import HouseholdPage
from app.ui.shell import Shell
from app.ui.tasks import Lane

_PLAIN = Qt.KeyboardModifier.NoModifier
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Day:
    """Bytes after each part of the work, and what the typed page cost."""

    resident: dict[str, int]
    cost: Cost


class _Clerk:
    """Somebody who types with an input method: letters come as they are to be read."""

    def __init__(self, desk: MeasuredDesk, shell: Shell) -> None:
        self._desk = desk
        self._shell = shell

    @property
    def page(self) -> HouseholdPage:
        return self._shell.household

    def at(self) -> str:
        widget = QApplication.focusWidget()
        return widget.key.name if isinstance(widget, FieldEdit) else ""

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _PLAIN) -> None:
        self._send(int(key), modifiers, "\r" if key == Qt.Key.Key_Return else "")

    def text(self, words: str) -> None:
        for letter in words:
            self._send(0, _PLAIN, letter)

    def _send(self, key: int, modifiers: Qt.KeyboardModifier, text: str) -> None:
        target = QApplication.focusWidget()
        if target is None:
            raise RuntimeError("the window has lost the keyboard")
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text))

    def settle(self) -> None:
        self._desk.settle()


def work_a_day(
    desk: MeasuredDesk, shell: Shell, services: Services, household: str, sheet: Path
) -> Day:
    """Do all of it."""
    resident = {"opened": resident_bytes()}
    shell.navigation.go_to("register")
    desk.settle()
    shell.go_to_search()
    for letter in "LAN":
        desk.key(Qt.Key(ord(letter)))
    desk.settle()
    resident["listed"] = resident_bytes()
    shell.open_household(household)
    desk.settle()
    for letter in "HREN":
        desk.key(Qt.Key(ord(letter)))
    shell.household.save_all()
    desk.settle()
    resident["page"] = resident_bytes()
    _import(desk, shell, services, sheet)
    resident["imported"] = resident_bytes()
    cost = _type_typical(desk, shell, services)
    resident["typed"] = resident_bytes()
    return Day(resident, cost)


def _import(desk: MeasuredDesk, shell: Shell, services: Services, sheet: Path) -> None:
    window = desk.window
    done: list[object] = []
    if window is None:
        raise RuntimeError("the window is not open")

    def imported(result: ImportResult) -> None:
        done.append(result)

    window.tasks.run(
        partial(services.register_import.run, sheet),
        imported,
        done.append,
        lane=Lane.WRITE,
        owner=shell,
    )
    end = time.perf_counter() + _PATIENCE
    while not done and time.perf_counter() < end:
        desk.wait_for(time.perf_counter() + 0.01)
    if not done or not isinstance(done[0], ImportResult) or not done[0].created:
        raise RuntimeError(f"the sheet was not imported: {done}")


def _type_typical(desk: MeasuredDesk, shell: Shell, services: Services) -> Cost:
    """The second household of a book: what its cover says was typed with the first."""
    clerk = _Clerk(desk, shell)
    page = typical_page(services.workplace.today())
    shell.new_household("", "")
    desk.settle()
    left = dict(page.cover)
    shell.household.household_form.set_more(True)
    for _ in range(60):
        words = left.pop(clerk.at(), "")
        clerk.text(words)
        desk.settle()
        if not left:
            break
        clerk.press(Qt.Key.Key_Return)
    while clerk.page._form_with_focus() is clerk.page.household_form:
        clerk.press(Qt.Key.Key_Return)
    clerk.text("Dinh Van Re")
    clerk.press(Qt.Key.Key_F2)
    desk.settle()
    return type_page(clerk, page)
