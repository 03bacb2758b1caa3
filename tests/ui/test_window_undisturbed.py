"""The window goes on while something long runs beside it: nothing lost, nothing frozen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from threading import Semaphore
from weakref import WeakKeyDictionary

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services.importing.column_maps import load_column_map
from app.services.register_import import ImportResult
from app.services.workplace import Progress
from app.ui.household.field_edit import Key as FieldKey
from app.ui.tasks import Lane
from tests.counts import tell
from tests.faults.ground import MAP, sheet_of
from tests.long_runs import LONG
from tests.ui.watchdog import Watchdog
from tests.ui.window_desk import CTRL, PLAIN_CHILD, UNIT, Desk, Key, prepared_home

ROWS = 5000 if LONG else 1200
#: Rows between two steps of an import, and its steps at least.
BATCH = 20
STEPS = 2 * ROWS // BATCH
#: A frame in bare pages of `watchdog` (10 ms each): the longest that the window's own thread may
#: work at one thing while somebody types. When a page comes, little of the work may take longer
#: (where the machine is busy with others a stretch is now and then), and none of it this long.
FRAME = 1.7
LONGEST_ENTERING = 2.5
LITTLE = 0.1
#: How often the style sheet may be asked about a widget while its page is built: once when it comes
#: to where it stands, and some are told a state. Each level of a page that is put together from its
#: parts outwards asks once more, and that was half the time of entering it.
DRESSED = 2
#: What a key usually takes by the clock, at most: sleeping, locks and the disk count here, too.
USUAL = 3


class Importing:
    """An import that runs in the lane where the window writes.

    It waits before each of its steps until `let` or `free` says go on: how long it runs beside the
    typist is for the test to say, not for the machine.
    """

    def __init__(self, desk: Desk, sheet: Path) -> None:
        self.results: list[object] = []
        self._steps = Semaphore(0)
        run = desk.shell._services.register_import.run
        progress = Progress(on_step=lambda _done, _total: self._steps.acquire())
        desk.window.tasks.run(
            partial(run, sheet, UNIT, load_column_map(MAP), progress),
            self.results.append,
            self.results.append,
            lane=Lane.WRITE,
            owner=desk.shell,
        )

    def let(self, steps: int) -> None:
        """Let it go on by so many steps."""
        self._steps.release(steps)

    def free(self) -> None:
        """Let it go on to its end."""
        self._steps.release(10 * STEPS)

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
def importing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Importing]]:
    """Begins an import; freed at the end, for a window that closes lets its writes finish."""
    monkeypatch.setattr("app.services.register_import.BATCH_ROWS", BATCH)
    sheet = sheet_of(tmp_path / "sheet.csv", (UNIT,), ROWS, 5)
    begun: list[Importing] = []

    def begin() -> Importing:
        begun.append(Importing(desk, sheet))
        return begun[-1]

    yield begin
    for one in begun:
        one.free()


def test_the_watchdog_sees_what_holds_the_window_up(qtbot: QtBot) -> None:
    def busy() -> None:
        end = time.thread_time() + watchdog.paces[0] * LONGEST_ENTERING * 3
        while time.thread_time() < end:
            pass

    window = QWidget()
    qtbot.addWidget(window)
    watchdog = Watchdog()
    watchdog.turn(0.05, "before it")
    assert watchdog.worst < FRAME
    QTimer.singleShot(0, window, busy)
    watchdog.turn(0.1, "the test")
    watchdog.pace()
    assert watchdog.worst > LONGEST_ENTERING
    assert watchdog.part_over(FRAME) > 0.5


def test_the_watchdog_sees_who_sleeps_at_every_key_and_minds_no_single_pause(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    watchdog = Watchdog()
    asleep = USUAL * 2 * median(watchdog.clock)
    for number in range(9):
        watchdog.during(lambda: time.sleep(asleep), "a key that sleeps")
        watchdog.during(partial(time.sleep, 0 if number % 3 else asleep), "a key now and then")
    watchdog.pace()
    assert watchdog.worst < FRAME, "the processor has nothing to tell"
    assert watchdog.usual("a key that sleeps") > 1
    assert watchdog.usual("a key now and then") < USUAL


def test_typing_goes_on_undisturbed_while_a_register_is_imported(
    desk: Desk, importing: Callable[[], Importing]
) -> None:
    desk.new_household()
    desk.settle()
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.settle()
    kept: list[bool] = []
    desk.shell.drafts.settled.connect(lambda: kept.append(beside.running))
    watchdog, typed = Watchdog(), ""
    beside = importing()
    words = "Phạm Thị Hân "
    while len(typed) < STEPS or kept.count(True) < 4:
        assert beside.running
        assert len(typed) < 1900, "no draft was kept while the import was under way"
        letter = words[len(typed) % len(words)]
        typed += letter
        if len(typed) < STEPS:
            beside.let(1)
        watchdog.during(partial(desk.text, letter), "key")
        watchdog.turn(0.02, "after a key")
        if len(typed) % 30 == 0:
            watchdog.pace()
    beside.free()
    watchdog.until(lambda: not beside.running, "the import")
    watchdog.pace()
    assert beside.created == ROWS
    field = desk.page.child_form.edit(FieldKey("", "full_name"))
    assert field is not None
    assert field.text() == typed
    usual = f"a key usually {watchdog.usual('key'):.2f} bare pages by the clock"
    tell(f"typing beside an import of {ROWS} rows, {len(typed)} keys: {watchdog.say()}; {usual}")
    assert watchdog.worst < FRAME, watchdog.say()
    assert watchdog.usual("key") < USUAL, usual
    desk.settle()
    assert desk.child.texts["full_name"] == typed


def test_a_page_saved_while_an_import_writes_says_so_until_it_is_done_and_loses_nothing(
    desk: Desk, importing: Callable[[], Importing]
) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    beside = importing()
    beside.let(STEPS // 2)
    desk.press(Key.Key_Return, CTRL)
    watchdog = Watchdog()
    kept = desk.shell.status.kept
    assert kept.text() == text("status.saving")
    watchdog.until(lambda: kept.text() == text("status.waiting"), "the save waits")
    assert beside.running
    assert not desk.shell.notices.notices, "typing goes on in sight"
    assert desk.child.new, "the next line is open at once"
    assert desk.at() == "full_name"
    desk.text("Phạm Văn Tín")
    desk.until(lambda: not desk.shell.drafts.waiting)
    assert beside.running
    assert kept.text() == text("status.waiting"), "a draft does not hide what is waited for"
    beside.free()
    watchdog.until(lambda: not beside.running, "the import")
    desk.settle()
    assert beside.created == ROWS
    assert kept.text() not in (text("status.saving"), text("status.waiting"))
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
    desk: Desk, importing: Callable[[], Importing]
) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.settle()
    before = desk.page.keeper.household
    beside = importing()
    beside.let(STEPS // 2)
    watchdog = Watchdog()
    desk.press(Key.Key_F2)
    watchdog.until(lambda: bool(desk.shell.notices.notices), "F2 waits")
    assert beside.running
    assert desk.shell.status.kept.text() == text("status.waiting")
    assert [one.text for one in desk.shell.notices.notices] == [text("window.save_waits")]
    desk.text("77")
    assert beside.running
    beside.free()
    watchdog.until(lambda: not beside.running, "the import")
    watchdog.pace()
    desk.settle()
    now = desk.page.keeper.household
    assert now is not None
    assert now is not before
    assert not desk.shell.notices.notices
    tell(f"F2 beside an import: {watchdog.say()}")
    assert watchdog.worst < FRAME, watchdog.say()
    assert before is not None
    assert desk.shell.entry.page(before.id) is not None, "it was saved"
    assert now.new
    field = desk.page.household_form.edit(FieldKey("", desk.at()))
    assert field is not None
    assert field.text() == "77"


def test_pages_are_left_and_entered_in_short_stretches_with_a_large_register(
    desk: Desk, importing: Callable[[], Importing]
) -> None:
    beside = importing()
    beside.free()
    desk.until(lambda: not beside.running)
    assert beside.created == ROWS
    watchdog = Watchdog()
    for name in desk.shell.navigation.names * 2:
        watchdog.during(partial(desk.go_to, name), f"to {name}")
        watchdog.turn(0.1, f"after {name}")
        watchdog.until(lambda: not desk.window.tasks.busy, name)
        watchdog.pace()
        if name != "admin":
            continue
        for part in desk.shell.admin.sections:
            watchdog.during(partial(desk.shell.admin.go_to, part), f"to {part}")
            watchdog.turn(0.1, f"after {part}")
        watchdog.pace()
    desk.press(Key.Key_F, CTRL)
    for letter in "nguyen":
        watchdog.during(partial(desk.text, letter), "search")
        watchdog.turn(0.05, "after searching")
    desk.settle()
    watchdog.pace()
    tell(f"going through the pages, {ROWS} children: {watchdog.say()}")
    assert watchdog.worst < LONGEST_ENTERING, watchdog.say()
    assert watchdog.part_over(FRAME) < LITTLE, watchdog.say()


class _Dressings(QObject):
    """Counts how often the style sheet is asked about a widget anew."""

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._counts: WeakKeyDictionary[QWidget, int] = WeakKeyDictionary()
        self._application = application
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        if event.type() == QEvent.Type.StyleChange and isinstance(watched, QWidget):
            self._counts[watched] = self._counts.get(watched, 0) + 1
        return False

    def of(self, page: QWidget) -> float:
        """How often, for each widget of a page."""
        widgets = [page, *page.findChildren(QWidget)]
        assert len(widgets) > 9, "nothing was built"
        return sum(self._counts.get(one, 0) for one in widgets) / len(widgets)

    def end(self) -> None:
        """Count no more."""
        self._application.removeEventFilter(self)


def test_a_page_is_built_from_outside_in_so_that_every_widget_is_dressed_once(
    qtbot: QtBot, tmp_path: Path, qapp: QApplication
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path))
    dressings = _Dressings(qapp)
    desk.unlock()
    for name in desk.shell.navigation.names:
        desk.go_to(name)
        desk.settle()
        assert dressings.of(desk.shell.pages.named[name].widget) < DRESSED, name
    for name, section in desk.shell.admin.sections.items():
        desk.shell.admin.go_to(name)
        desk.settle()
        assert dressings.of(section) < DRESSED, name
    dressings.end()
    desk.close()
