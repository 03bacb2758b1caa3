"""Tự kiểm tra in the administration, by keys: results by test, what to do next, stopping."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text as sql

from app.services import known_answers
from app.services.selftest import SelfTestReport
from app.services.workplace import Progress
from app.ui.admin.selftest import RESULT, TEST, SelfTestSection
from tests.ui.window_admin import open_part
from tests.ui.window_desk import CTRL, Desk, Key, prepared_home

#: Steps of a self-test that does not end by itself while a test looks on.
STEPS = 20_000


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    if made.window._opened is not None:
        made.close()


@pytest.fixture
def ended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A self-test that takes its time; holds True once it has run to its end."""
    done: list[bool] = []

    def run(progress: Progress) -> SelfTestReport:
        for _ in range(STEPS):
            progress.step(3, 15)
            time.sleep(0.001)
        done.append(True)
        return SelfTestReport(())

    monkeypatch.setattr(desk.shell._services.selftest, "run", run)
    return done


def _opened(desk: Desk) -> SelfTestSection:
    section = open_part(desk, "selftest")
    assert isinstance(section, SelfTestSection)
    assert desk.focus() is section.start
    return section


def _results(section: SelfTestSection) -> dict[str, str]:
    rows = range(section.table.rowCount())
    cells = [(section.table.item(row, TEST), section.table.item(row, RESULT)) for row in rows]
    return {test.text(): result.text() for test, result in cells if test and result}


def test_a_sound_pc_passes_every_test_and_the_trail_says_that_it_was_tested(desk: Desk) -> None:
    section = _opened(desk)
    desk.enter()
    desk.settle()
    assert set(_results(section).values()) == {"✓ đạt"}
    assert len(_results(section)) == 15
    assert "Đạt cả 15 phép thử" in section.message.text()
    assert section.message.property("state") == "done"
    assert desk.focus() is section.start
    newest = desk.shell._services.audit_trail.recent(1)[0]
    assert (newest.event, newest.details["failed"]) == ("self-test", 0)


def test_a_trail_that_was_thinned_out_is_named_with_what_to_do(desk: Desk) -> None:
    with desk.workplace.write() as work:
        for _ in range(3):
            work.audit("backup", bytes=1)
        work.connection.execute(
            sql("DELETE FROM audit_event WHERE number = (SELECT max(number) - 1 FROM audit_event)")
        )
        work.commit()
    section = _opened(desk)
    desk.enter()
    desk.settle()
    failed = [test for test, result in _results(section).items() if result == "✕ HỎNG"]
    assert failed == ["nhật ký nguyên vẹn"]
    assert "1 trong 15 phép thử không đạt" in section.message.text()
    assert section.message.property("state") == "error"
    assert desk.focus() is section.table, "on the test that failed"
    assert "«nhật ký nguyên vẹn» không đạt" in section.whole.text()
    assert "báo ngay cho người quản lý khóa" in section.whole.text()


def test_a_damaged_program_is_installed_again_and_the_data_are_left_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_answers, "_PLAIN", b"So Tre Am")
    section = _opened(desk)
    desk.enter()
    desk.settle()
    assert "cài lại chương trình" in section.whole.text()
    assert desk.workplace.store.refusal is None


def test_a_damaged_store_says_from_which_backup_it_is_put_back(desk: Desk) -> None:
    desk.new_household()
    desk.page.save_all()
    desk.settle()
    copy = desk.shell._services.backups.create().file
    with desk.workplace.write() as work:
        work.connection.execute(sql("UPDATE household SET head_name = 'x'"))
        work.commit()
    section = _opened(desk)
    desk.enter()
    desk.settle()
    assert _results(section)["dựng lại sổ từ các thay đổi"] == "✕ HỎNG"
    assert "mục Sao lưu" in section.whole.text()
    assert copy.name in section.message.text()


def test_it_is_stopped_by_keys_and_can_be_run_again(desk: Desk, ended: list[bool]) -> None:
    section = _opened(desk)
    desk.enter()
    desk.until(lambda: section.work.far.text() != "")
    assert section.work.far.text().startswith("3/15")
    assert desk.focus() is section.work.stop
    assert not section.start.isEnabled()
    desk.enter()
    desk.settle()
    assert not ended
    assert section.work.isHidden()
    assert desk.focus() is section.start
    said = [one.text() for one in desk.shell.notices.findChildren(QLabel) if one.isVisible()]
    assert any("dừng" in one for one in said), said
    assert section.table.rowCount() == 0


def test_a_window_that_closes_stops_it(desk: Desk, ended: list[bool]) -> None:
    section = _opened(desk)
    desk.enter()
    desk.until(lambda: section.work.far.text() != "")
    desk.close()
    assert not ended


def test_a_window_that_is_locked_stops_it(desk: Desk, ended: list[bool]) -> None:
    section = _opened(desk)
    desk.enter()
    desk.until(lambda: section.work.far.text() != "")
    desk.press(Key.Key_L, CTRL)
    desk.until(lambda: desk.window.shell is None)
    desk.settle()
    assert not ended
