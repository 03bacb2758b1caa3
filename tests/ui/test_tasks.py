"""Work beside the window answers on the window's thread, in order, and ends before the program."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.errors import AppError, BugError, KnownError
from app.i18n import error_text
from app.ui.tasks import Lane, Tasks, Watch


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.shutdown()


def forbidden(what: object) -> None:
    raise AssertionError(f"not expected: {what!r}")


def test_the_result_arrives_on_the_thread_of_the_window(tasks: Tasks, qtbot: QtBot) -> None:
    seen: list[object] = []
    window = threading.get_ident()

    def op() -> int:
        assert threading.get_ident() != window
        return 6 * 7

    tasks.run(op, lambda value: seen.append((value, threading.get_ident())), forbidden)
    assert seen == []
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(42, window)]
    assert not tasks.busy


def test_a_known_error_arrives_as_it_was_raised(tasks: Tasks, qtbot: QtBot) -> None:
    error = KnownError("printing.disk_full", "printing.disk_full.hint", file="a.pdf")
    seen: list[AppError] = []

    def op() -> None:
        raise error

    tasks.run(op, forbidden, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [error]


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_the_system_refuses_arrives_in_words_and_not_as_a_bug(
    tasks: Tasks, qtbot: QtBot, wrapped: bool
) -> None:
    seen: list[AppError] = []

    def op() -> None:
        full = OSError(errno.ENOSPC, "No space left on device", "so.pdf")
        if wrapped:
            raise BugError("errors.bug") from full
        raise full

    tasks.run(op, forbidden, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], KnownError)
    assert seen[0].message_id == "errors.disk_full"
    assert "so.pdf" in error_text(seen[0])
    assert "No space" not in error_text(seen[0])


def test_any_other_error_arrives_as_a_bug_with_its_cause_and_no_text_of_it(
    tasks: Tasks, qtbot: QtBot
) -> None:
    seen: list[AppError] = []

    def op() -> None:
        raise ZeroDivisionError("Nguyễn Thị Thử")

    tasks.run(op, forbidden, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], BugError)
    assert isinstance(seen[0].__cause__, ZeroDivisionError)
    assert "Nguyễn" not in error_text(seen[0])
    assert "Nguyễn" not in str(seen[0])
    assert "ZeroDivisionError" not in error_text(seen[0])


@pytest.mark.parametrize("lane", [Lane.WRITE, Lane.DRAFTS])
def test_writes_run_one_after_the_other_in_order(lane: Lane, tasks: Tasks, qtbot: QtBot) -> None:
    inside = threading.Lock()
    done: list[int] = []
    names = set()

    def op(number: int) -> int:
        assert inside.acquire(blocking=False), "two writes at a time"
        names.add(threading.current_thread().name)
        inside.release()
        return number

    for number in range(200):
        tasks.run(partial(op, number), done.append, forbidden, lane=lane)
    qtbot.waitUntil(lambda: len(done) == 200)
    assert done == list(range(200))
    assert len(names) == 1


def test_drafts_are_not_held_up_by_a_long_write(tasks: Tasks, qtbot: QtBot) -> None:
    gate = threading.Event()
    done: list[str] = []
    tasks.run(lambda: gate.wait(10), lambda _v: done.append("write"), forbidden, lane=Lane.WRITE)
    tasks.run(lambda: "draft", done.append, forbidden, lane=Lane.DRAFTS)
    qtbot.waitUntil(lambda: done == ["draft"])
    gate.set()
    qtbot.waitUntil(lambda: done == ["draft", "write"])


@pytest.mark.parametrize("how", ["closure", "partial", "method", "list", "default"])
def test_an_operation_that_holds_a_widget_is_refused(how: str, tasks: Tasks, qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    held = [label]

    def default(_label: QLabel = label) -> str:
        return ""

    ops = {
        "closure": lambda: label.text() + "",
        "partial": partial(str, label),
        "method": label.text,
        "list": lambda: len(held),
        "default": default,
    }
    with pytest.raises(BugError, match=r"tasks\.holds_widget"):
        tasks.run(ops[how], forbidden, forbidden)
    assert not tasks.busy


def test_answers_to_a_deleted_owner_are_dropped(tasks: Tasks, qtbot: QtBot) -> None:
    gate = threading.Event()
    owner = QLabel()
    tasks.run(lambda: gate.wait(10), forbidden, forbidden, owner=owner)
    owner.deleteLater()
    gone: list[bool] = []
    owner.destroyed.connect(lambda: gone.append(True))
    qtbot.waitUntil(lambda: bool(gone))
    gate.set()
    qtbot.waitUntil(lambda: not tasks.busy)


def test_progress_arrives_in_order_and_the_last_step_is_shown(tasks: Tasks, qtbot: QtBot) -> None:
    steps: list[tuple[int, int]] = []
    done: list[str] = []

    def op(watch: Watch) -> str:
        for number in range(1, 5001):
            watch.report(number, 5000)
        return "done"

    tasks.run_watched(op, done.append, forbidden, lambda n, total: steps.append((n, total)))
    qtbot.waitUntil(lambda: bool(done))
    assert steps[-1] == (5000, 5000)
    assert steps == sorted(set(steps))
    assert len(steps) < 5000


def test_a_cancelled_operation_stops_at_its_next_step(tasks: Tasks, qtbot: QtBot) -> None:
    errors: list[AppError] = []
    begun = threading.Event()

    def op(watch: Watch) -> None:
        begun.set()
        while not watch.cancelled():
            watch.report(1, 2)
        raise KnownError("printing.cannot_write")

    ticket = tasks.run_watched(op, forbidden, errors.append, lambda _n, _t: None)
    assert begun.wait(10)
    ticket.cancel()
    qtbot.waitUntil(lambda: bool(errors))


def test_what_was_cancelled_before_it_began_never_runs(tasks: Tasks, qtbot: QtBot) -> None:
    gate = threading.Event()
    tasks.run(lambda: gate.wait(10), lambda _v: None, forbidden, lane=Lane.WRITE)
    ran: list[bool] = []
    ticket = tasks.run(lambda: ran.append(True), forbidden, forbidden, lane=Lane.WRITE)
    ticket.cancel()
    gate.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert ran == []


def test_busy_changes_once_on_the_way_up_and_once_down(tasks: Tasks, qtbot: QtBot) -> None:
    changes: list[bool] = []
    tasks.busy_changed.connect(changes.append)
    gate = threading.Event()
    for _ in range(3):
        tasks.run(lambda: gate.wait(10), lambda _v: None, forbidden)
    assert changes == [True]
    gate.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert changes == [True, False]


def test_shutdown_lets_every_write_finish_and_answers_nothing_more(qtbot: QtBot) -> None:
    tasks = Tasks()
    written: list[int] = []
    gate = threading.Event()

    def first() -> None:
        gate.wait(10)
        written.append(0)

    tasks.run(first, forbidden, forbidden, lane=Lane.WRITE)
    for number in range(1, 20):
        tasks.run(partial(written.append, number), forbidden, forbidden, lane=Lane.WRITE)
    threading.Timer(0.05, gate.set).start()
    tasks.shutdown()
    assert written == list(range(20))
    with pytest.raises(BugError, match=r"tasks\.closed"):
        tasks.run(lambda: 1, forbidden, forbidden)
    other = Tasks()
    answered: list[int] = []
    other.run(lambda: 1, answered.append, forbidden)
    qtbot.waitUntil(lambda: answered == [1])
    other.shutdown()


def test_only_the_thread_of_the_window_may_start_work(tasks: Tasks) -> None:
    caught: list[BaseException] = []

    class Elsewhere(QThread):
        def run(self) -> None:
            try:
                tasks.run(lambda: 1, forbidden, forbidden)
            except BugError as error:
                caught.append(error)

    thread = Elsewhere()
    thread.start()
    assert thread.wait(10_000)
    assert [str(error) for error in caught] == ["tasks.wrong_thread()"]


def test_tasks_belong_to_the_window(qapp: object) -> None:
    parent = QObject()
    tasks = Tasks(parent)
    assert tasks.parent() is parent
    tasks.shutdown()
