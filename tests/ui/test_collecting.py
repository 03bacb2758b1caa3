"""Qt's objects die on the window's thread, whoever allocates when their cycle is found."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from app.ui.collecting import Collector, collect_here
from tests.left_out import as_shipped, leave_out_the_suite
from tests.ui.window_desk import Desk, prepared_home


class _Noted:
    """Says on which thread it went."""

    def __init__(self, where: list[threading.Thread]) -> None:
        self._where = where
        self.me = self  # nothing but a collection ends it

    def __del__(self) -> None:
        self._where.append(threading.current_thread())


@pytest.fixture(autouse=True)
def _collections_as_shipped() -> Iterator[None]:
    with as_shipped():
        yield
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.fixture
def collector(qapp: QCoreApplication) -> Collector:
    # What windows of earlier tests still have to delete goes first: Python takes whatever is freed
    # off its count of what was allocated, and the collector goes by that count.
    qapp.processEvents()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    return collect_here(qapp)


def _allocate() -> None:
    kept: list[list[object]] = [[] for _ in range(200_000)]
    assert len(kept) == 200_000


def test_a_worker_that_allocates_frees_no_cycle_and_the_window_does(
    qtbot: QtBot, collector: Collector
) -> None:
    went: list[threading.Thread] = []
    for _ in range(20):
        _Noted(went)
    worker = threading.Thread(target=_allocate)
    worker.start()
    worker.join()
    assert went == []
    kept: list[list[object]] = []

    def gone_while_the_window_goes_on() -> bool:
        kept.extend([] for _ in range(1_000))
        return len(went) == 20

    qtbot.waitUntil(gone_while_the_window_goes_on)
    assert set(went) == {threading.main_thread()}


def test_there_is_one_collector_however_many_windows(qapp: QObject, collector: Collector) -> None:
    assert collect_here(qapp) is collector
    assert not gc.isenabled()


def test_the_window_collects_from_its_first_page_on(
    qtbot: QtBot, tmp_path: Path, qapp: QObject
) -> None:
    gc.enable()
    for one in qapp.findChildren(Collector):
        one.setParent(None)  # type: ignore[call-overload]
    desk = Desk(qtbot, prepared_home(tmp_path))
    assert not gc.isenabled()
    assert len(qapp.findChildren(Collector)) == 1
    desk.unlock()
    desk.close()


def test_while_a_register_is_shown_the_program_itself_is_left_out_and_locking_frees_its_pages(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    assert gc.get_freeze_count() > 50_000
    went: list[threading.Thread] = []
    _Noted(went)
    gc.freeze()
    gc.collect()
    assert went == [], "the control: what is left out is not freed"
    desk.shell.lock()
    desk.until(lambda: bool(went))
    desk.settle()
    assert gc.get_freeze_count() == 0
    desk.close()


def test_what_is_old_is_gone_through_only_as_often_as_it_costs_little(
    qapp: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = QObject(qapp)
    collector = Collector(parent)
    asked: list[int] = []
    monkeypatch.setattr("app.ui.collecting.gc.get_count", lambda: (700, 10, 10))
    monkeypatch.setattr("app.ui.collecting.gc.get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(
        "app.ui.collecting.gc.collect", lambda generation=2: asked.append(generation)
    )
    clock = iter([100.0, 100.0, 100.1, 100.2, 105.2, 105.2, 105.2])
    monkeypatch.setattr("app.ui.collecting.time.monotonic", lambda: next(clock))
    collector.look()
    collector.look()
    collector.look()
    assert asked == [2, 1, 2], "a tenth of a second is a fiftieth of five"
    parent.setParent(None)  # type: ignore[call-overload]


def test_a_window_of_another_test_goes_through_nothing_that_was_there_before_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    gc.freeze()
    kept = gc.get_freeze_count()
    went: list[threading.Thread] = []
    with pytest.MonkeyPatch.context() as patch:
        leave_out_the_suite(patch)
        desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
        _Noted(went)
        desk.shell.lock()
        desk.until(lambda: bool(went))
        desk.settle()
        desk.close()
    assert gc.get_freeze_count() > kept * 0.9, "only what died since is missing"
