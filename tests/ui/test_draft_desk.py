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
