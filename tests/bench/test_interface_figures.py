"""The figures of the window: each comes out of the real window, and a slow one is seen."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from app.bootstrap import open_services
from app.models.yardstick import ids_in_order, indexed_select
from app.services.bench import interface, runner, windows
from app.services.bench.figure import NotMeasured
from app.services.bench.full_household import CHILDREN, add_full_household
from app.services.bench.workshop import PASSPHRASE, Workshop
from app.services.entry import Entry
from app.services.invented.typed_page import TypedPage
from app.settings import Settings
from app.ui.figures import work
from app.ui.figures.desk import MeasuredDesk
from app.ui.figures.entry_cost import KEYS_A_SECOND, Clerk, Cost, telex_keys, type_page
from app.ui.figures.opening import measure_opening
from app.ui.figures.typing import KeyTimes, high, measure_keys
from app.ui.household.body import FormBody
from app.ui.household.page_typing import PageTyping
from app.ui.shell import Shell

REGISTER = 60
#: The offscreen platform says of every window that it has no window manager.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture(scope="module")
def commune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[interface.Commune]:
    workshop = Workshop(tmp_path_factory.mktemp("bench") / "world", REGISTER)
    yield interface._commune(workshop)
    workshop.close()


@pytest.fixture
def opened(commune: interface.Commune, qapp: QApplication) -> Iterator[tuple[MeasuredDesk, Shell]]:
    del qapp
    desk = MeasuredDesk()
    shell = desk.open(Settings(commune.home), open_services, PASSPHRASE)
    yield desk, shell
    desk.close()


def test_a_group_stands_for_its_figures_and_each_has_its_own_name() -> None:
    names = [figure.name for figure in runner.chosen(["ui"])]
    assert names == ["first-paint", "key", "open", "work", "list", "search"]
    assert [figure.name for figure in runner.chosen(["ui", "age"])] == [*names, "age"]
    assert [figure.name for figure in runner.chosen(["key"])] == ["key"]


def test_everything_is_known_of_the_children_of_the_full_household(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "world", 5)
    try:
        workplace = workshop.installed("commune", workshop.communes[0])
        found = Entry(workplace).page(add_full_household(workplace, workplace.unit))
    finally:
        workshop.close()
    assert found is not None
    assert len(found.children) == CHILDREN
    for child in found.children:
        assert len([value for value in child.values.values() if value is not None]) > 45
    names = {child.values["full_name"] for child in found.children}
    assert len(names) == CHILDREN


def _times(opened: tuple[MeasuredDesk, Shell], commune: interface.Commune) -> KeyTimes:
    desk, shell = opened
    return measure_keys(desk, shell, commune.household, presses=3)


def test_a_key_that_is_handled_slowly_is_seen_on_the_page_and_not_in_the_bare_field(
    opened: tuple[MeasuredDesk, Shell],
    commune: interface.Commune,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(page: PageTyping, form: FormBody, key: object, now: str) -> None:
        time.sleep(0.03)
        typed(page, form, key, now)  # type: ignore[arg-type]

    typed = PageTyping._typed
    monkeypatch.setattr(PageTyping, "_typed", slow)
    desk, shell = opened
    # The page holds on to what it was built with: another one is built with the slow way.
    shell.household._typed = slow.__get__(shell.household)  # type: ignore[method-assign]
    for form in (shell.household.household_form, shell.household.child_form):
        form.typed.disconnect()
    shell.household._connect_forms()
    found = _times((desk, shell), commune)
    assert len(found.page) == len(found.bare) == 3
    assert high(found.page, 50) > 0.03
    assert high(found.bare, 50) < high(found.page, 50), "nobody slows the bare field down"


def test_work_that_a_key_meets_is_part_of_its_time(
    opened: tuple[MeasuredDesk, Shell],
) -> None:
    from PySide6.QtCore import Qt, QTimer

    from app.ui.figures.desk import Painted

    desk, _shell = opened
    field = QLineEdit()
    field.show()
    field.activateWindow()
    field.setFocus()
    desk.until(field.hasFocus)
    QTimer.singleShot(20, field, lambda: time.sleep(0.1))
    lap = desk.key_to_paint(Qt.Key.Key_A, time.perf_counter() + 0.05, field, Painted(field))
    field.close()
    field.deleteLater()
    assert lap.wall > 0.05, "it was due while the window slept"


def test_opening_is_timed_against_fields_of_the_same_number(
    opened: tuple[MeasuredDesk, Shell], commune: interface.Commune
) -> None:
    desk, shell = opened
    found = measure_opening(desk, shell, commune.household, commune.other, rounds=1)
    assert found.fields > found.in_sight > 20
    assert found.ratio > 0


def test_the_keys_of_a_typical_household_are_those_that_were_pressed(
    opened: tuple[MeasuredDesk, Shell], monkeypatch: pytest.MonkeyPatch
) -> None:
    def watched_send(
        clerk: work._Clerk, key: int, modifiers: Qt.KeyboardModifier, letter: str
    ) -> None:
        chord = modifiers == Qt.KeyboardModifier.ControlModifier
        pressed.append(1 + chord if key else telex_keys(letter))
        send(clerk, key, modifiers, letter)

    def watched_page(clerk: Clerk, page: TypedPage) -> Cost:
        pressed.clear()  # what came before was another household and the cover
        return type_page(clerk, page)

    pressed: list[int] = []
    send = work._Clerk._send
    monkeypatch.setattr(work._Clerk, "_send", watched_send)
    monkeypatch.setattr(work, "type_page", watched_page)
    desk, shell = opened
    cost = work._type_typical(desk, shell, shell._services)
    assert len(cost.children) == 2
    assert sum(pressed) == cost.keys > 100
    assert cost.seconds_a_child == sum(pressed) / KEYS_A_SECOND / 2


def test_yardsticks_of_lists_read_what_they_say(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "world", REGISTER)
    try:
        store = workshop.giver.store
        lap, count = ids_in_order(store)
        assert count == REGISTER
        assert lap.wall > 0
        assert indexed_select(store, 0.0) > 0
        assert indexed_select(store, 1.0) > 0
    finally:
        workshop.close()


def test_a_failure_of_the_measure_is_no_missing_screen() -> None:
    with pytest.raises(RuntimeError, match="broken"):
        windows.run_window("raise RuntimeError('broken')")
    with pytest.raises(NotMeasured):
        windows.run_window("import os; os.abort()")
