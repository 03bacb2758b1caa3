"""Nhật ký in the administration, by keys: the list, what it is narrowed to, the proof."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import text as sql

from app.ui.admin.audit import AuditSection
from app.ui.admin.audit_rows import DETAILS, WHAT, WHEN, WHO
from app.ui.paged_rows import PAGE, WAITING
from tests.ui.window_admin import open_part
from tests.ui.window_desk import CTRL, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


def _written(desk: Desk, who: str, event: str, count: int = 1) -> None:
    with desk.workplace.store.write(who) as work:
        for place in range(count):
            work.audit(event, rows=place)
        work.commit()


def _opened(desk: Desk) -> AuditSection:
    section = open_part(desk, "audit")
    assert isinstance(section, AuditSection)
    return section


def _cell(section: AuditSection, row: int, column: int) -> str:
    return str(section.rows.index(row, column).data())


def test_the_newest_event_is_first_in_words_and_the_whole_of_a_line_stands_below(
    desk: Desk,
) -> None:
    _written(desk, "Trần Văn Bình", "export")
    section = _opened(desk)
    assert desk.focus() is section.table
    assert _cell(section, 0, WHO) == "Trần Văn Bình"
    assert _cell(section, 0, WHAT) == "xuất sổ"
    assert _cell(section, 0, DETAILS) == "số dòng: 0"
    assert _cell(section, 0, WHEN).endswith(f"{desk.workplace.today():%d/%m/%Y}")
    for said in ("Trần Văn Bình", "xuất sổ", "số dòng: 0"):
        assert said in section.whole.text()
    desk.press(Key.Key_Down)
    assert section.table.currentIndex().row() == 1
    assert "đăng nhập" in section.whole.text()


def test_thousands_are_listed_and_only_the_pages_that_are_seen_are_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _written(desk, "Trần Văn Bình", "export", 3000)
    asked: list[int] = []
    trail = desk.shell._services.audit_trail
    rows = trail.rows
    monkeypatch.setattr(trail, "rows", lambda numbers: (asked.extend(numbers), rows(numbers))[1])
    section = _opened(desk)
    total = section.rows.rowCount()
    assert total > 3000
    assert "3.0" in section.count.whole
    assert 0 < len(asked) <= 2 * PAGE
    desk.press(Key.Key_End, CTRL)
    desk.settle()
    assert section.table.currentIndex().row() == total - 1
    assert _cell(section, total - 1, WHAT) not in ("", WAITING)
    assert len(asked) <= 4 * PAGE


def test_the_list_is_narrowed_by_keys_to_a_person_and_to_a_kind(desk: Desk) -> None:
    _written(desk, "Trần Văn Bình", "export", 2)
    _written(desk, "Trần Văn Bình", "backup")
    section = _opened(desk)
    everything = section.rows.rowCount()
    desk.tab_to(section.who)
    names = [section.who.itemText(at) for at in range(section.who.count())]
    assert names == ["Mọi người", "Nguyễn Thị An", "Trần Văn Bình"], "in the order of given names"
    desk.press(Key.Key_End)
    desk.settle()
    assert section.who.currentText() == "Trần Văn Bình"
    assert section.rows.rowCount() == 3
    desk.tab_to(section.kind)
    while section.kind.currentText() != "xuất sổ":
        before = section.kind.currentIndex()
        desk.press(Key.Key_Down)
        assert section.kind.currentIndex() == before + 1
    desk.settle()
    assert [_cell(section, row, WHAT) for row in range(section.rows.rowCount())] == ["xuất sổ"] * 2
    desk.press(Key.Key_Home)
    desk.tab_to(section.who)
    desk.press(Key.Key_Home)
    desk.settle()
    assert section.rows.rowCount() == everything


def test_who_comes_back_sees_what_happened_since_and_keeps_the_line(desk: Desk) -> None:
    _written(desk, "Trần Văn Bình", "export")
    section = _opened(desk)
    desk.press(Key.Key_Down)
    chosen = section.whole.text()
    before = section.rows.rowCount()
    _written(desk, "Trần Văn Bình", "backup")
    desk.go_to("home")
    desk.settle()
    assert _opened(desk) is section
    assert section.rows.rowCount() == before + 1, "looking wrote nothing itself"
    assert _cell(section, 0, WHAT) == "sao lưu"
    assert section.table.currentIndex().row() == 2
    assert section.whole.text() == chosen


def test_the_chain_is_proved_and_a_row_taken_out_is_told_by_its_number(desk: Desk) -> None:
    _written(desk, "Trần Văn Bình", "export", 5)
    section = _opened(desk)
    desk.tab_to(section.verify)
    desk.enter()
    desk.settle()
    report = desk.shell._services.audit_trail.verify()
    assert "còn nguyên" in section.message.text()
    assert f"{report.events} việc" in section.message.text()
    assert report.head in section.message.text().replace(" ", "")
    assert section.message.property("state") == "done"
    assert desk.focus() is section.verify
    gone = section.rows.key_at(2)
    with desk.workplace.write() as work:
        work.connection.execute(
            sql("DELETE FROM audit_event WHERE number = :number"), {"number": gone}
        )
        work.commit()
    desk.enter()
    desk.settle()
    assert f"từ việc số {gone}." in section.message.text()
    assert section.message.property("state") == "error"
