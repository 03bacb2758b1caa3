"""The first page: what waits, where it leads, by keys alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.forms.code_lists import load_code_list
from app.history.operation import Value
from app.models.work import Change
from app.services.installation import install
from app.services.worklist import Duty, Task, Worklist, WorkView
from app.settings import Settings
from app.ui.home.lines import OF_UNITS_BELOW, hint_of
from app.ui.home.page import HomePage
from app.ui.last_day import before_or_after
from app.ui.notify import Kind, Notice
from tests.long_runs import slice_or_all
from tests.ui.looks import cut_words
from tests.ui.window_desk import CTRL, PASSPHRASE, UNIT, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock(stay=True)
    yield made
    made.close()


def _home(desk: Desk) -> HomePage:
    return desk.shell.home


def _fill(desk: Desk) -> tuple[str, str]:
    """A village with one household and one child that waits for a number; their ids."""
    named: dict[str, Value] = {"owner_unit": UNIT}
    with desk.workplace.write() as work:
        work.judge = None  # what counts here is what is declared
        work.sign_reference = lambda operation: operation
        days = {"reference_date": "2026-11-01", "opens_on": "2026-10-01", "closes_on": "2099-12-15"}
        work.record(Change("round", {"name": "Quý IV", "kind": "survey", "state": "open", **days}))
        village = work.record(Change("village", {**named, "name": "Thôn Phước Thọ"}))
        own = {"village": village.id, "household_no": "1", "head_name": "Phạm Văn Rơm"}
        household = work.record(Change("household", {**named, **own, "complete": True}))
        about = {"full_name": "Phạm Thị Hân", "birth_date": "2019-03-02", "sex": "2"}
        of = {"household": household.id, "line_no": 1, "complete": True}
        child = work.record(Change("child", {**named, **about, **of}))
        work.commit()
    return household.id, child.id


def _come_back(desk: Desk) -> None:
    desk.go_to("register")
    desk.settle()
    desk.go_to("home")
    desk.settle()


def test_it_is_the_first_page_and_an_empty_register_says_what_to_do_first(desk: Desk) -> None:
    assert desk.shell.pages.currentWidget() is _home(desk)
    assert desk.focus() is _home(desk).begin_card.first
    desk.enter()
    desk.settle()
    assert desk.at() == "household_no"


def test_typing_a_search_from_the_first_page_is_one_key_away(desk: Desk) -> None:
    _fill(desk)
    desk.press(Key.Key_F, CTRL)
    desk.text("han")
    desk.settle()
    assert desk.shell.register.rows.rowCount() == 1


def test_every_line_is_walked_by_keys_and_enter_opens_the_first_record(desk: Desk) -> None:
    household, child = _fill(desk)
    _come_back(desk)
    lines = _home(desk).lines
    assert desk.focus() is lines
    assert [one.duty for one in lines.tasks] == [
        Duty.NOT_SEEN,
        Duty.TO_CHECK,
        Duty.TURNING_16,
        Duty.NO_NUMBER,
        Duty.NOT_ENROLLED,
        Duty.NOT_HANDED_OVER,
        Duty.BACKUP_LATE,
    ]
    desk.press(Key.Key_Home)
    for _ in range(2):
        desk.press(Key.Key_Down)
    assert lines.tasks[lines.currentRow()].duty is Duty.TURNING_16
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    assert desk.page.keeper.household is not None
    assert desk.page.keeper.household.id == household
    assert desk.child.id == child


def test_unfinished_children_are_a_list_of_as_many_as_were_counted(desk: Desk) -> None:
    _household, child = _fill(desk)
    with desk.workplace.write() as work:
        work.judge = None
        work.record(Change("child", {"complete": False}, id=child))
        work.commit()
    _come_back(desk)
    lines = _home(desk).lines
    (task,) = [one for one in lines.tasks if one.duty is Duty.UNFINISHED]
    lines.choose(Duty.UNFINISHED)
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.shell.register
    assert desk.shell.register.wanted.unfinished
    assert desk.shell.register.rows.rowCount() == task.count == 1


def test_a_line_about_handing_over_leads_to_its_page(desk: Desk) -> None:
    _fill(desk)
    _come_back(desk)
    lines = _home(desk).lines
    lines.choose(Duty.NOT_HANDED_OVER)
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.shell.handover


def test_a_line_whose_work_was_done_meanwhile_says_so_and_goes(desk: Desk) -> None:
    _household, child = _fill(desk)
    _come_back(desk)
    lines = _home(desk).lines
    lines.choose(Duty.TURNING_16)
    with desk.workplace.write() as work:
        work.judge = None
        work.record(Change("child", {"life_status": "MOVED_OUT"}, id=child))
        work.commit()
    desk.enter()
    desk.settle()
    assert Duty.TURNING_16 not in [one.duty for one in lines.tasks]
    assert any("vừa xong" in one.text for one in desk.shell.notices.notices)


def test_the_whole_store_is_checked_from_here_and_its_errors_become_a_line(desk: Desk) -> None:
    _fill(desk)
    _come_back(desk)
    home = _home(desk)
    assert "Chưa kiểm tra" in home.checked.text()
    desk.tab_to(home.check)
    desk.enter()
    desk.settle()
    assert Duty.ERRORS in [one.duty for one in home.lines.tasks]
    assert "lỗi" in home.checked.text()
    home.lines.choose(Duty.ERRORS)
    home.lines.setFocus()
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is not home


def test_a_check_that_had_not_begun_reads_nothing_once_the_register_is_locked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store would be opened again, with its key, behind the page that asks for it."""
    tasks, free, read = desk.window.tasks, threading.Event(), Worklist.read
    for _ in range(2):
        tasks.run(lambda: free.wait(30), lambda _: None, lambda _: None)
    _home(desk).run_check()
    late: list[Worklist] = []

    def noted(worklist: Worklist) -> WorkView:
        late.append(worklist)
        return read(worklist)

    monkeypatch.setattr(Worklist, "read", noted)
    desk.shell.lock()
    desk.until(lambda: desk.window.shell is None and tasks.writes == 0)
    free.set()
    desk.settle()
    assert late == []


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("vi", 3, "còn 3 ngày"),
        ("vi", 0, "hôm nay là ngày cuối"),
        ("vi", -2, "đã quá hạn 2 ngày"),
        ("en", 1, "1 day left"),
        ("en", 0, "today is the last day"),
        ("en", -1, "1 day overdue"),
    ],
)
def test_the_last_day_of_a_round_is_told_as_people_say_it(
    language: str, days: int, said: str
) -> None:
    i18n.set_language(language)
    try:
        for where in ("worklist.days", "quarter.days", "window.round"):
            key = f"{where}_{before_or_after(days)}"
            words = i18n.text(key, days=abs(days), day="31/12/2026", name="Quý IV/2026")
            assert said in words.casefold(), key
    finally:
        i18n.set_language("vi")


def test_the_chart_says_its_numbers_in_words(desk: Desk) -> None:
    _fill(desk)
    _come_back(desk)
    chart = _home(desk).chart
    said = chart.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Thôn Phước Thọ: rà soát 0/1 hộ · xong 0"
    assert _home(desk).bar.accessibleName() == "rà soát 0/1 hộ · xong 0"


def _stand_apart(ways: QWidget) -> None:
    """Nothing covers anything, and nothing is outside."""
    parts = [one for one in ways.children() if isinstance(one, QWidget)]
    assert len(parts) > 4
    for place, one in enumerate(parts):
        for other in parts[place + 1 :]:
            assert not one.geometry().intersects(other.geometry())
        assert ways.rect().contains(one.geometry())


@pytest.mark.parametrize("language", slice_or_all(["en"], ["vi", "en"]))
def test_the_first_steps_of_an_empty_register_can_be_read_in_large_letters(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    settings = prepared_home(tmp_path)
    i18n.set_language(language)
    try:
        desk = Desk(qtbot, settings, 1.5).unlock(stay=True)
        home = _home(desk)
        assert home.stack.currentWidget() is home.begin_card
        assert cut_words(desk.window) == []
        assert home.round_name.text() == home.round_name.whole, "that no round is open"
        _stand_apart(home.begin_card.ways)
        assert home.begin_card.height() >= home.begin_card.ways.height(), "all is in sight"
        for _ in range(2):
            desk.shell.notices.say(Notice(Kind.WARNING, "một lời dài\nhai dòng\nba dòng"))
        for _ in range(3):
            QApplication.processEvents()
        _stand_apart(home.begin_card.ways)
        desk.tab_to(home.begin_card.trial)
        assert not home.begin_card.trial.visibleRegion().isEmpty(), "it comes into sight"
        desk.close()
    finally:
        i18n.set_language("vi")


def test_nobody_is_told_to_enter_what_the_program_reckons() -> None:
    events = load_code_list("life_events")
    for language in ("vi", "en"):
        i18n.set_language(language)
        derived = events.label("aged_out", language)
        assert derived.casefold() not in i18n.text("worklist.hint.turning_16").casefold()
    i18n.set_language("vi")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_who_gathers_is_not_told_to_mend_what_others_type(language: str) -> None:
    i18n.set_language(language)
    try:
        for duty in OF_UNITS_BELOW:
            task = Task(duty, 3)
            typed, gathered = (hint_of(task, top=False, gathers=one) for one in (False, True))
            assert typed != gathered
            assert gathered != f"worklist.hint.{duty.value}_below"
        ends = Task(Duty.CERTIFICATE_ENDS, 1)
        assert "cấp trên" not in hint_of(ends, top=True, gathers=True)
        assert hint_of(ends, top=True) != hint_of(ends, top=False)
    finally:
        i18n.set_language("vi")


def test_a_province_reads_what_it_can_do_itself(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "province")
    who = {"user": "an", "full_name": "Nguyễn Thị An", "title": "Chuyên viên"}
    install(settings, unit="51@2025", **who, passphrase=PASSPHRASE)
    desk = Desk(qtbot, settings).unlock(stay=True)
    _fill(desk)
    _come_back(desk)
    desk.until(lambda: Duty.NO_NUMBER in {one.duty for one in _home(desk).lines.tasks})
    lines = _home(desk).lines
    hints = {
        task.duty: lines.item(row).toolTip().splitlines()[-1]
        for row, task in enumerate(lines.tasks)
    }
    for duty in OF_UNITS_BELOW & hints.keys():
        assert hints[duty] == i18n.text(f"worklist.hint.{duty.value}_below")
    assert OF_UNITS_BELOW & hints.keys()
    desk.close()


def test_under_a_long_message_in_large_letters_the_round_stays_readable(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), 1.5).unlock(stay=True)
    _fill(desk)
    _come_back(desk)
    home = _home(desk)
    assert home.legend.isVisible()
    long = "Hộ 12 · Phạm Văn Rơm, thôn Phước Thọ, xã Bình Chương, tỉnh Quảng Ngãi. " * 4
    desk.shell.notices.say(Notice(Kind.WARNING, long))
    desk.until(lambda: not home.legend.isVisible())
    desk.settle()
    for one in (home.round_name, home.bar, home.whole, home.pace):
        assert one.height() >= one.minimumSizeHint().height(), one
    assert home.chart.height() >= home.chart.sizeHintForRow(0), "a place and its bar"
    desk.press(Key.Key_Escape)
    desk.until(home.legend.isVisible)
    desk.close()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_that_is_shown_is_cut_off(qtbot: QtBot, tmp_path: Path, scale: float) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), scale).unlock(stay=True)
    _fill(desk)
    _come_back(desk)
    home = _home(desk)
    page = QRect(0, 0, home.width(), home.height())
    for one in (home.lines, home.chart, home.machine, home.check, home.checked, home.legend):
        place = QRect(one.mapTo(home, one.rect().topLeft()), one.size())
        assert page.contains(place), one
        assert one.height() >= one.minimumSizeHint().height(), one
    for label in (home.machine.backup, home.machine.handover, home.machine.enrolment):
        assert label.text() == label.whole
    desk.close()


def test_the_first_line_has_the_keyboard_until_somebody_goes_to_another(desk: Desk) -> None:
    _fill(desk)
    _come_back(desk)
    tasks = _home(desk).lines
    tasks.show_tasks([Task(Duty.NOT_ENROLLED, 1)])
    counted_later = [Task(Duty.ERRORS, 3), Task(Duty.NOT_ENROLLED, 1)]
    tasks.show_tasks(counted_later)
    assert tasks.currentRow() == 0
    tasks.setFocus()
    desk.press(Key.Key_Down)
    assert tasks.currentRow() == 1
    tasks.show_tasks([Task(Duty.CONFLICTS, 1), *counted_later])
    assert tasks.currentRow() == 2


def test_the_foot_names_f1_only_where_it_explains_something(desk: Desk) -> None:
    keys = desk.shell.status.keys
    assert keys.text() == "F12 phím tắt"
    desk.go_to("issues")
    assert keys.text() == "F1 giải thích ô · F12 phím tắt"
    desk.go_to("handover")
    assert keys.text() == "F12 phím tắt"
    desk.press(Key.Key_N, CTRL)
    desk.until(lambda: "F1" in keys.text())


def test_a_child_whose_household_is_gone_is_led_to_on_its_page(desk: Desk) -> None:
    """The other PC took the household out while the child was typed into it."""
    household, child = _fill(desk)
    with desk.workplace.write() as work:
        gone: dict[str, Value] = {"entered_in_error": True, "hidden_reason": "Ghi hai lần"}
        work.record(Change("household", gone, household))
        work.commit()
    _come_back(desk)
    page = _home(desk)
    page.lines.choose(Duty.HOME_GONE)
    desk.settle()
    page.go(Duty.HOME_GONE)
    desk.settle()
    assert desk.child.id == child
