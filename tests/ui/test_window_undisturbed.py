"""The window goes on while something long runs beside it: nothing lost, nothing frozen."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services.importing.columns import load_column_map
from app.services.register_import import ImportResult
from app.ui.household.field_edit import Key as FieldKey
from app.ui.tasks import Lane
from tests.counts import tell
from tests.faults.ground import MAP, sheet_of
from tests.faults.killing import LONG
from tests.ui.watchdog import FRAME, Watchdog
from tests.ui.window_desk import CTRL, PLAIN_CHILD, UNIT, Desk, Key, prepared_home

ROWS = 5000 if LONG else 1200
#: The longest that the window's own thread may work at one thing, in seconds of the processor:
#: three frames, at most now and then.
LONGEST = 0.05


class Importing:
    """An import that runs in the lane where the window writes."""

    def __init__(self, desk: Desk, sheet: Path) -> None:
        self.results: list[object] = []
        run = desk.shell._services.register_import.run
        desk.window.tasks.run(
            partial(run, sheet, UNIT, load_column_map(MAP)),
            self.results.append,
            self.results.append,
            lane=Lane.WRITE,
            owner=desk.shell,
        )

    @property
    def running(self) -> bool:
        return not self.results

    @property
    def created(self) -> int:
        (result,) = self.results
        assert isinstance(result, ImportResult), result
        return result.created


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return sheet_of(tmp_path / "sheet.csv", (UNIT,), ROWS, 5)


def test_the_watchdog_sees_what_holds_the_window_up(qtbot: QtBot) -> None:
    def busy() -> None:
        end = time.thread_time() + LONGEST * 1.5
        while time.thread_time() < end:
            pass

    window = QWidget()
    qtbot.addWidget(window)
    QTimer.singleShot(20, window, busy)
    watchdog = Watchdog()
    watchdog.turn(0.2, "the test")
    assert watchdog.worst[0] > LONGEST
    assert watchdog.part_over(FRAME) > 0.5


def test_typing_goes_on_undisturbed_while_a_register_is_imported(desk: Desk, sheet: Path) -> None:
    desk.new_household()
    desk.settle()
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.settle()
    kept: list[bool] = []
    desk.shell.drafts.settled.connect(lambda: kept.append(importing.running))
    watchdog, typed = Watchdog(), ""
    importing = Importing(desk, sheet)
    words = "Phạm Thị Hân "
    while importing.running and len(typed) < 1900:
        letter = words[len(typed) % len(words)]
        typed += letter
        watchdog.during(partial(desk.text, letter), "key")
        watchdog.turn(0.02, "after a key")
    watchdog.until(lambda: not importing.running, "the import")
    assert importing.created == ROWS
    assert len(typed) > 30, "somebody typed meanwhile"
    assert kept.count(True) > 3, "drafts were on the disk before the import was"
    field = desk.page.child_form.edit(FieldKey("", "full_name"))
    assert field is not None
    assert field.text() == typed
    tell(f"typing beside an import of {ROWS} rows, {len(typed)} keys: {watchdog.say()}")
    assert watchdog.worst[0] < LONGEST, watchdog.say()
    assert watchdog.part_over(FRAME) < 0.5, watchdog.say()
    desk.settle()
    assert desk.child.texts["full_name"] == typed


def test_a_page_saved_while_an_import_writes_says_so_until_it_is_done_and_loses_nothing(
    desk: Desk, sheet: Path
) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    importing = Importing(desk, sheet)
    desk.press(Key.Key_Return, CTRL)
    watchdog = Watchdog()
    watchdog.turn(0.2, "the save waits")
    assert importing.running
    assert desk.shell.status.kept.text() == text("status.saving")
    assert desk.child.new, "the next line is open at once"
    assert desk.at() == "full_name"
    desk.text("Phạm Văn Tín")
    watchdog.until(lambda: not importing.running, "the import")
    desk.settle()
    assert importing.created == ROWS
    assert desk.shell.status.kept.text() != text("status.saving")
    assert desk.child.values["full_name"] == "Phạm Văn Tín"
    desk.page.save_all()
    desk.settle()
    household = desk.page.keeper.household
    assert household is not None
    rows = desk.shell.entry.page(household.id)
    assert rows is not None
    names = {child.values["full_name"] for child in rows.children}
    assert names == {"Phạm Thị Hân", "Phạm Văn Tín"}


def test_f2_while_an_import_writes_keeps_the_keys_for_the_page_that_comes(
    desk: Desk, sheet: Path
) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    before = desk.page.keeper.household
    importing = Importing(desk, sheet)
    desk.press(Key.Key_F2)
    watchdog = Watchdog()
    watchdog.turn(0.1, "F2 waits")
    assert importing.running
    assert desk.shell.status.kept.text() == text("status.saving")
    desk.text("77")
    watchdog.until(lambda: not importing.running, "the import")
    desk.settle()
    now = desk.page.keeper.household
    assert now is not None
    assert now is not before
    assert watchdog.worst[0] < LONGEST, watchdog.say()
    assert before is not None
    assert desk.shell.entry.page(before.id) is not None, "it was saved"
    assert now.new
    field = desk.page.household_form.edit(FieldKey("", desk.at()))
    assert field is not None
    assert field.text() == "77"


def test_pages_are_left_and_entered_in_short_stretches_with_a_large_register(
    desk: Desk, sheet: Path
) -> None:
    importing = Importing(desk, sheet)
    watchdog = Watchdog()
    watchdog.until(lambda: not importing.running, "the import")
    assert importing.created == ROWS
    watchdog = Watchdog()
    for name in desk.shell.navigation.names * 2:
        watchdog.during(partial(desk.go_to, name), f"to {name}")
        watchdog.turn(0.3, f"after {name}")
        watchdog.until(lambda: not desk.window.tasks.busy, name)
    desk.press(Key.Key_F, CTRL)
    for letter in "nguyen":
        watchdog.during(partial(desk.text, letter), "search")
        watchdog.turn(0.15, "after searching")
    tell(f"going through the pages, {ROWS} children: {watchdog.say()}")
    assert watchdog.worst[0] < LONGEST * 2, watchdog.say()
