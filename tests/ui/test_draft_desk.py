"""Drafts between the window's thread and their own: what came at the worst moment is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.models.drafts import DraftStore
from app.ui.drafts import DraftDesk
from app.ui.tasks import Tasks
from tests.workplaces import KEY

#: Milliseconds after the last key until its draft is on its way to the disk, at most.
LATEST = 300


class SlowTasks(QObject):
    """Runs what it is given when the test says so, and delivers the answer later still."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []

    def run(
        self, op: Callable[[], Any], on_done: Callable[[Any], None], _on_error: object, **_how: Any
    ) -> None:
        self.given.append((op, on_done))


def test_a_change_between_the_last_write_and_its_answer_is_written(
    qtbot: QtBot, tmp_path: Path
) -> None:
    tasks = SlowTasks()
    desk = DraftDesk(cast(Tasks, tasks), lambda: DraftStore.opened(tmp_path / "drafts.db", KEY))
    settled: list[str] = []
    desk.settled.connect(lambda: settled.append("settled"))
    desk.put("child", {"full_name": "Phạm Thị H"})
    qtbot.waitUntil(lambda: bool(tasks.given))
    (first,) = tasks.given
    answer = first[0]()
    desk.put("child", {"full_name": "Phạm Thị Hâ"})
    first[1](answer)
    assert not settled, "what was typed last is not on the disk"
    assert desk.waiting
    second = tasks.given[1]
    second[1](second[0]())
    assert settled == ["settled"]
    assert not desk.waiting
    store = DraftStore.opened(tmp_path / "drafts.db", KEY)
    (kept,) = store.all()
    store.close()
    assert "Phạm Thị Hâ" in kept.content
    desk.close()


def test_a_change_goes_to_the_disk_in_time_and_the_next_key_does_not_put_it_off(
    qtbot: QtBot, tmp_path: Path
) -> None:
    tasks = SlowTasks()
    desk = DraftDesk(cast(Tasks, tasks), lambda: DraftStore.opened(tmp_path / "drafts.db", KEY))
    started: list[int] = []
    start = desk._soon.start

    def note(milliseconds: int) -> None:
        started.append(milliseconds)
        start(milliseconds)

    desk._soon.start = note  # type: ignore[method-assign, assignment]
    for typed in ("P", "Ph", "Phạ"):
        desk.put("child", {"full_name": typed})
    (after,) = started
    assert after <= LATEST, "milliseconds, by the timer that starts the writing"
    qtbot.waitUntil(lambda: bool(tasks.given))
    desk.put("child", {"full_name": "Phạm"})
    assert started == [after], "what comes while the disk is busy is written when it answers"
    ((op, answer),) = tasks.given
    answer(op())
    assert not desk.waiting
    desk.close()
