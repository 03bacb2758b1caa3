"""A PC whose clock lags behind what units above have written: before a file is taken in whose
certificate depends on it, somebody is asked; by keys alone.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.ui.handover.page import HandoverPage
from app.ui.notify import Question
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import send, type_child
from tests.ui.window_desk import CTRL, Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture

#: Longer than a certificate of a station lasts.
FOUR_YEARS = 4 * 366 * 86_400


def _late(qtbot: QtBot, homes: Homes) -> tuple[Desk, HandoverPage]:
    """The district's window: units above have written a day at which its communes' certificates
    are out of date.
    """
    desk, page = sit_down(qtbot, homes, DISTRICT)
    workplace = desk.workplace
    with workplace.write() as work:
        floor = str(int(time.time()) + FOUR_YEARS)
        workplace.store.put_settings(work, {"clock-floor": floor})
        work.commit()
    return desk, page


def _look_at(desk: Desk, page: HandoverPage, place: Path) -> None:
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.receiving.file)
    desk.press(Key.Key_A, CTRL)
    desk.text(str(place))
    desk.enter()
    desk.settle()


def _answering(desk: Desk, monkeypatch: pytest.MonkeyPatch, reply: str) -> list[Question]:
    asked: list[Question] = []

    def answered(question: Question) -> str:
        asked.append(question)
        return reply

    monkeypatch.setattr(desk.shell.notices, "ask", answered)
    return asked


def test_a_file_is_taken_in_once_somebody_said_that_the_day_is_right(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = homes.at(COMMUNE)
    type_child(commune, "1", "Phạm Thị Hân")
    file = Path(str(send(commune, DISTRICT, homes)["file"]))
    desk, page = _late(qtbot, homes)
    _look_at(desk, page, file)
    assert text("handovers.receive_clock.unsure") in page.receiving.facts.text
    assert desk.focus() is page.receiving.take
    asked = _answering(desk, monkeypatch, "wrong")
    desk.enter()
    desk.settle()
    (question,) = asked
    assert question.text == f"Hôm nay có đúng là ngày {desk.workplace.today():%d/%m/%Y} không?"
    assert question.details == (
        f"Chứng thư của bên giao ({file.name}) chỉ còn hạn nếu đúng ngày này."
    )
    assert [one.label for one in question.choices] == ["Đúng, cứ nhận", "Chưa nhận"]
    assert desk.shell.entry.child_ids() == []
    assert desk.focus() is page.receiving.take, "it can be answered otherwise"
    _answering(desk, monkeypatch, "right")
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 1
    desk.close()


def test_of_many_files_it_is_asked_once(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = homes.at(COMMUNE)
    files = []
    for number in ("1", "2", "3"):
        type_child(commune, number, f"Phạm Thị Thử {'ABCD'[int(number)]}")
        files.append(Path(str(send(commune, DISTRICT, homes)["file"])))
    desk, page = _late(qtbot, homes)
    _look_at(desk, page, files[0].parent)
    assert page.many.isVisible()
    asked = _answering(desk, monkeypatch, "wrong")
    assert desk.focus() is page.many.take
    desk.enter()
    desk.settle()
    (question,) = asked
    assert question.details.startswith(
        f"Chứng thư của bên giao ({files[0].name}, {files[1].name} và 1 tệp khác)"
    )
    assert desk.shell.entry.child_ids() == []
    asked = _answering(desk, monkeypatch, "right")
    desk.enter()
    desk.settle()
    assert len(asked) == 1
    assert len(desk.shell.entry.child_ids()) == 3
    assert page.many.title.text() == text("handovers.many.done", taken="3")
    desk.close()
