"""The first page: painted before anything heavy is imported, ready for keys, calm when refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.bootstrap import open_services
from app.crypto.check_code import check_code
from app.i18n import set_language
from app.services import installation
from app.services.worklist import Duty
from app.settings import Settings
from app.ui.admin.asking import AskingSection
from app.ui.admin.own import OwnSection
from app.ui.doorbell import ring
from app.ui.figures.first_paint import FirstPaint, measure_first_paint
from app.ui.first_run.page import FirstRun, Stage
from app.ui.preferences import Preferences, read_preferences
from app.ui.qt_words import QtWords
from app.ui.theme import Theme, apply_theme
from app.ui.unit_finding import find_units
from tests.ui.paper import Paper
from tests.ui.window_desk import PASSPHRASE, Desk, Key, prepared_home

ROOT = Path(__file__).resolve().parents[2]
_AT_FIRST_PAINT = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtWidgets import QApplication, QMessageBox
from app.settings import Settings
from app.ui.application import prepare_window
application = QApplication([])
window = prepare_window(application, Settings(Path(sys.argv[1])), None)
page = window.unlock_page
def painted():
    print(json.dumps([page.field.hasFocus(), sorted(sys.modules)]))
    application.quit()
page.painted.disconnect()
page.painted.connect(painted)
application.exec()
"""


_CLASSES_LOADED = """
import enum, json, os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtWidgets import QApplication, QScrollArea
from app.settings import Settings
from app.ui.application import prepare_window
application = QApplication([])
if len(sys.argv) > 1:
    window = prepare_window(application, Settings(Path(sys.argv[1])), None)
    end = time.monotonic() + 60
    while not window._users and time.monotonic() < end:
        application.processEvents()
loaded = []
make = enum.EnumType.__new__
def counted(*arguments, **more):
    loaded.append(arguments[1])
    return make(*arguments, **more)
enum.EnumType.__new__ = staticmethod(counted)
QScrollArea().viewport()
print(json.dumps(loaded))
"""


def test_classes_of_widgets_are_loaded_beside_the_unlock_page_and_not_under_a_key(
    tmp_path: Path,
) -> None:
    def loaded(*arguments: str) -> list[str]:
        program = [sys.executable, "-c", _CLASSES_LOADED, *arguments]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)
        found: list[str] = json.loads(done.stdout.splitlines()[-1])
        return found

    assert "TabPosition" in loaded(), "the control: a program that only begins loads them there"
    assert loaded(str(prepared_home(tmp_path).home)) == []


def test_the_first_paint_comes_before_database_services_and_forms_are_imported(
    tmp_path: Path,
) -> None:
    (tmp_path / "keyslots.json").write_text("{}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _AT_FIRST_PAINT, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    takes_keys, modules = json.loads(done.stdout)
    assert takes_keys
    heavy = ("sqlalchemy", "sqlcipher3", "cryptography", "openpyxl", "alembic", "msgspec")
    ours = ("app.services", "app.models", "app.forms", "app.sync", "app.crypto", "app.history")
    loaded = [one for one in modules if one.startswith((*heavy, *ours))]
    assert loaded == []
    assert len([one for one in modules if one.startswith("app.")]) < 20


def test_the_figure_of_the_first_paint_is_a_ratio_of_two_started_programs() -> None:
    found = measure_first_paint(rounds=1)
    assert isinstance(found, FirstPaint)
    assert found.empty_window > 0
    assert found.ratio == found.unlock_page / found.empty_window


def test_a_wrong_passphrase_is_refused_in_words_and_can_be_typed_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path))
    desk.text("không phải câu này")
    desk.enter()
    page = desk.window.unlock_page
    assert page is not None
    desk.until(lambda: page.message.property("state") == "error")
    assert page.field.hasFocus()
    assert page.field.selectedText() == page.field.text()
    desk.text(PASSPHRASE)
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    desk.close()


def _answer_all(desk: Desk) -> FirstRun:
    """From the unit to the page that asks for the certificate, by keys."""
    page = _answer_to_code(desk)
    desk.text(page.code_page.whole.rpartition("-")[2])
    desk.enter()
    desk.until(lambda: page.stage is Stage.CERTIFICATE)
    desk.settle()
    return page


def _answer_to_code(desk: Desk) -> FirstRun:
    """From the unit to the page that shows the recovery code."""
    page = desk.window.first_run
    assert page is not None
    desk.text("binh chuong")
    desk.until(lambda: page.unit.units.count() > 0)
    desk.enter()
    desk.text("Nguyễn Thị An")
    for _ in range(3):
        desk.enter()
    for _ in range(2):
        desk.text(PASSPHRASE)
        desk.enter()
    desk.until(lambda: page.stage is Stage.CODE)
    return page


def test_a_new_pc_is_set_up_by_keyboard_and_the_code_must_be_on_paper(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "new")
    desk = Desk(qtbot, settings)
    page = desk.window.first_run
    assert page is not None
    person, secret = page.person, page.secret
    desk.text("binh chuong")
    desk.until(lambda: page.unit.units.count() > 0)
    for _ in range(4):
        desk.enter()
    assert person.full_name.property("state") == "error", "marked where it is wrong"
    assert desk.focus() is person.full_name
    desk.text("Nguyễn Thị An")
    assert person.user.text() == "an"
    assert not person.full_name.property("state")
    desk.tab_to(page.back)
    desk.enter()
    assert page.stage is Stage.UNIT, "Enter presses what the keyboard stands on"
    desk.tab_to(page.next)
    desk.enter()
    assert desk.focus() is person.full_name
    for _ in range(3):
        desk.enter()
    desk.text("ngắn")
    desk.enter()
    desk.enter()
    assert page.message.property("state") == "error"
    assert not settings.installed
    for easy, said in (
        ("aaaaaaaa", "dễ đoán: chữ lặp lại"),
        (f"{person.user.text()}2026!!", "tên đăng nhập"),
    ):
        secret.passphrase.clear()
        desk.text(easy)
        desk.enter()
        desk.enter()
        assert said in page.message.text()
        assert not settings.installed
    secret.passphrase.clear()
    desk.text(PASSPHRASE)
    desk.enter()
    desk.text(PASSPHRASE)
    desk.enter()
    desk.until(lambda: page.stage is Stage.CODE)
    lines = page.code_page.code.text().splitlines()
    assert [len(one.replace(" ", "").strip("-").split("-")) for one in lines] == [4, 3]
    code = "".join(page.code_page.code.text().split())
    assert code == page.code_page.whole
    desk.text("SAI00")
    desk.enter()
    assert page.message.property("state") == "error"
    page.code_page.typed.clear()
    desk.text(code.rpartition("-")[2].lower())
    desk.enter()
    desk.until(lambda: page.stage is Stage.CERTIFICATE)
    desk.settle()
    assert desk.window.shell is None
    desk.tab_to(page.next)
    assert page.next.text() == "Để sau"
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    assert desk.shell.head.unit.whole == "Xã Bình Chương"
    assert Duty.NOT_ENROLLED in [one.duty for one in desk.shell.home.lines.tasks]
    desk.close()


def test_the_last_step_writes_the_request_and_shows_its_code(qtbot: QtBot, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    desk = Desk(qtbot, Settings(tmp_path / "new"))
    page = _answer_all(desk)
    asking = page.pages.currentWidget()
    assert isinstance(asking, AskingSection)
    assert asking.sealing is None, "a commune certifies nobody"
    assert desk.focus() is asking.folder
    desk.text(str(stick))
    desk.enter()
    assert desk.focus() is asking.ask, "who has typed the folder need not choose it"
    desk.enter()
    desk.settle()
    (request,) = stick.iterdir()
    assert asking.code_label.text().replace(" ", "") == check_code(request.read_bytes())
    assert asking.code_label.isVisible()
    assert asking.printing.isVisible()
    assert desk.focus() is asking.printing, "the sheet comes next"
    desk.tab_to(page.next)
    assert page.next.text() == "Bắt đầu"
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    assert desk.shell.home.machine.enrolment.whole.endswith("chờ cấp trên")
    desk.close()


def test_what_is_typed_for_a_stick_and_is_none_is_told_in_a_sentence(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "new")
    desk = Desk(qtbot, settings)
    page = _answer_all(desk)
    asking = page.pages.currentWidget()
    assert isinstance(asking, AskingSection)
    file = tmp_path / "file.txt"
    file.touch()
    own = settings.backups_path
    for typed, said in (
        ("E" * 400, "Không thấy USB"),
        ("E:/" + "thư mục/" * 60, "Không thấy USB"),
        (str(file), "Không thấy USB"),
        (str(file / "below"), "Không thấy USB"),
        (str(settings.home), "thư mục dữ liệu của chương trình"),
        (str(own), "thư mục dữ liệu của chương trình"),
    ):
        asking.folder.setText(typed)
        asking.ask.setFocus()
        desk.enter()
        desk.settle()
        assert said in asking.message.text(), typed[:40]
        assert asking.message.property("state") == "error"
    assert not list(settings.home.rglob("*.csr"))
    desk.close()


def test_the_sheets_of_the_first_run_are_printed_by_keys(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Paper(monkeypatch, tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()
    desk = Desk(qtbot, Settings(tmp_path / "new"))
    page = _answer_to_code(desk)
    code = page.code_page.whole
    assert paper.empty
    desk.tab_to(page.code_page.printing)
    desk.enter()
    sheet = paper.take()
    assert [one for one in sheet.split() if one in code.split("-")] == code.split("-")
    assert "Nguyễn Thị An" in sheet
    desk.tab_to(page.code_page.typed)
    desk.text(code.rpartition("-")[2])
    desk.enter()
    desk.until(lambda: page.stage is Stage.CERTIFICATE)
    desk.settle()
    asking = page.pages.currentWidget()
    assert isinstance(asking, AskingSection)
    desk.text(str(stick))
    desk.enter()
    desk.enter()
    desk.settle()
    (request,) = stick.iterdir()
    groups = check_code(request.read_bytes()).split("-")
    desk.tab_to(asking.printing)
    assert paper.empty
    desk.enter()
    sheet = paper.take()
    assert [one for one in sheet.split() if one in groups] == groups
    assert request.name in sheet
    desk.close()


def test_a_window_closed_at_the_last_step_leaves_a_register_that_opens(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "new")
    desk = Desk(qtbot, settings)
    _answer_all(desk)
    desk.close()
    again = Desk(qtbot, settings).unlock(stay=True)
    duties = [one.duty for one in again.shell.home.lines.tasks]
    assert Duty.NOT_ENROLLED in duties
    assert Duty.CODE_ON_NO_PAPER not in duties, "its end was typed off the paper"
    again.close()


def test_a_code_that_nobody_confirmed_is_told_on_the_first_page_until_there_is_a_new_one(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda box: box.buttons()[0].click() or 0)
    settings = Settings(tmp_path / "new")
    desk = Desk(qtbot, settings)
    _answer_to_code(desk)
    desk.window.close()
    desk = Desk(qtbot, settings).unlock(stay=True)
    home = desk.shell.home
    assert Duty.CODE_ON_NO_PAPER in [one.duty for one in home.lines.tasks]
    assert home.machine.code.isVisible()
    assert "Chưa có trên giấy" in home.machine.code.whole
    desk.tab_to(home.machine.renew)
    desk.enter()
    desk.settle()
    own = desk.shell.admin.sections["own"]
    assert isinstance(own, OwnSection)
    assert own.renew is not None
    assert desk.focus() is own.renew, "the keyboard stands where a new one is made"
    desk.enter()
    desk.settle()
    assert "Đã tạo mã mới" in own.message.text()
    desk.go_to("home")
    desk.settle()
    assert Duty.CODE_ON_NO_PAPER not in [one.duty for one in home.lines.tasks]
    assert not home.machine.code.isVisible()
    assert not home.machine.renew.isVisible()
    desk.close()


def test_where_nobody_is_above_no_certificate_is_asked_for(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, Settings(tmp_path / "new"))
    page = desk.window.first_run
    assert page is not None
    assert page.step.text() == "Bước 1/5"
    desk.text("tỉnh quảng ngãi")
    desk.until(lambda: page.unit.units.count() > 0)
    desk.enter()
    assert page.step.text() == "Bước 2/4"
    desk.text("Lê Văn Tám")
    for _ in range(3):
        desk.enter()
    for _ in range(2):
        desk.text(PASSPHRASE)
        desk.enter()
    desk.until(lambda: page.stage is Stage.CODE)
    assert page.next.text() == "Bắt đầu"
    desk.text(page.code_page.whole.rpartition("-")[2])
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    desk.close()


def test_another_size_of_letters_keeps_all_that_was_answered(
    qtbot: QtBot, tmp_path: Path, qapp: QApplication
) -> None:
    try:
        desk = Desk(qtbot, Settings(tmp_path / "new"))
        first = desk.window.first_run
        assert first is not None
        desk.text("binh")
        desk.until(lambda: first.unit.units.count() > 1)
        desk.press(Key.Key_Down)
        chosen = first.unit.chosen
        desk.enter()
        desk.text("Nguyễn Thị An")
        desk.enter()
        desk.text("Công chức")
        desk.enter()
        first.person.user.selectAll()
        desk.text("thian")
        desk.enter()
        desk.text(PASSPHRASE)
        assert first.stage is Stage.SECRET
        for _ in range(2):
            desk.tab_to(first.back)
            desk.enter()
        desk.tab_to(first.letters)
        desk.press(Key.Key_Down)
        desk.until(lambda: desk.window.first_run is not first)
        page = desk.window.first_run
        assert page is not None
        assert page.stage is Stage.UNIT
        desk.until(lambda: page.unit.chosen is not None)
        assert page.unit.chosen == chosen, "not the first of the list again"
        person = [one.text() for one in page.person.fields]
        assert person == ["Nguyễn Thị An", "Công chức", "thian"]
        assert page.secret.passphrase.text() == PASSPHRASE
        # A name typed by hand is still one typed by hand.
        desk.tab_to(page.next)
        desk.enter()
        desk.text("Trần Thị Bé")
        assert page.person.user.text() == "thian"
        desk.window.close()
    finally:
        apply_theme(qapp, Theme())


def test_language_and_size_are_chosen_on_the_first_page_and_kept_with_the_home(
    qtbot: QtBot, tmp_path: Path, qapp: QApplication
) -> None:
    settings = Settings(tmp_path / "new")
    words = QtWords(qapp)
    qapp.installTranslator(words)
    try:
        desk = Desk(qtbot, settings)
        first = desk.window.first_run
        assert first is not None
        desk.text("binh chuong")
        desk.tab_to(first.language["vi"])
        desk.press(Key.Key_Right)
        desk.until(lambda: desk.window.first_run is not first)
        page = desk.window.first_run
        assert page is not None
        assert page.heading.text() == "Which unit does this PC belong to?"
        assert page.language["en"].isChecked()
        assert desk.focus() is page.language["en"]
        assert not settings.home.exists(), "nothing is set up by it"
        desk.until(lambda: page.unit.units.count() > 0)
        assert qapp.translate("QPlatformTheme", "Cancel") == "Cancel"
        desk.window.start()  # as after the trial, which may come in between
        page = desk.window.first_run
        assert page is not None
        desk.text("binh chuong")
        desk.until(lambda: page.unit.units.count() > 0)
        small = page.heading.sizeHint().height()
        desk.tab_to(page.letters)
        desk.press(Key.Key_Down)
        desk.until(lambda: desk.window.first_run is not page)
        page = desk.window.first_run
        assert page is not None
        assert desk.focus() is page.letters
        assert page.letters.currentText() == "A 115%"
        desk.until(lambda: page.heading.sizeHint().height() > small)
        desk.until(lambda: page.unit.units.count() > 0)
        desk.tab_to(page.next)
        desk.enter()
        desk.text("Nguyễn Thị An")
        for _ in range(3):
            desk.enter()
        for _ in range(2):
            desk.text(PASSPHRASE)
            desk.enter()
        desk.until(lambda: page.stage is Stage.CODE)
        desk.window.close()
        assert read_preferences(settings) == Preferences("en", 1.15)
    finally:
        set_language("vi")
        apply_theme(qapp, Theme())
        qapp.removeTranslator(words)


def test_a_sign_in_name_typed_by_hand_stays_and_has_the_rule_of_every_account(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "new")
    desk = Desk(qtbot, settings)
    page = desk.window.first_run
    assert page is not None
    desk.text("binh chuong")
    desk.until(lambda: page.unit.units.count() > 0)
    desk.enter()
    person = page.person
    desk.text("Nguyễn Thị An.")
    assert person.user.text() == "an."
    desk.tab_to(person.user)
    for wrong in ("a n", "an\N{GRINNING FACE}", "a/n", ""):
        person.user.selectAll()
        desk.press(Key.Key_Delete)
        desk.text(wrong)
        desk.enter()
        assert page.stage is Stage.PERSON, wrong
        assert page.message.property("state") == "error"
        assert desk.focus() is person.user
    desk.text("canbo-an")
    desk.tab_to(person.full_name)
    desk.press(Key.Key_End)
    desk.text("h")
    assert person.full_name.text() == "Nguyễn Thị An.h"
    assert person.user.text() == "canbo-an", "the correction leaves it alone"
    person.user.setFocus()
    person.user.selectAll()
    desk.press(Key.Key_Delete)
    person.full_name.setFocus()
    desk.press(Key.Key_End)
    desk.press(Key.Key_Backspace)
    assert person.user.text() == "an.", "who takes it out again is proposed one"
    desk.tab_to(page.next)
    desk.enter()
    assert page.stage is Stage.SECRET
    for _ in range(2):
        desk.text(" " * 8)
        desk.enter()
    assert page.stage is Stage.SECRET
    assert page.message.property("state") == "error"
    assert "quá ngắn" in page.message.text()
    assert not settings.installed
    desk.window.close()


def test_units_are_found_with_and_without_marks_and_say_since_or_until_when() -> None:
    found = find_units("binh chuong")
    assert [one.ref for one in found] == [one.ref for one in find_units("Bình Chương")]
    assert {one.ref for one in found} == {"21100@2025", "21100@2024"}
    assert all("2025" in one.validity for one in found)
    assert find_units("không có xã nào tên này") == []


def test_a_unit_with_a_slip_in_its_name_is_found_and_says_which() -> None:
    first, second = find_units("Xã Bình Chươn, huyện Bình Sơn")
    assert (first.ref, second.ref) == ("21100@2024", "21100@2025")
    assert first.validity.endswith("sai một chữ")
    assert find_units("Bình Chương")[0].validity == "21100@2025 · địa giới từ ngày 01/07/2025"


def test_of_a_split_commune_every_unit_that_is_there_today_can_be_chosen() -> None:
    former, *parts = find_units("Xã Trà Bùi, huyện Trà Bồng")
    assert former.ref == "21142@2024"
    assert {one.ref for one in parts} == {"21136@2025", "21157@2025"}
    assert all(one.validity.endswith("nay ở chỗ đơn vị đó") for one in parts)


def test_a_window_on_a_home_that_another_holds_is_told_so(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.home._WAIT_SECONDS", 0.5)
    settings = prepared_home(tmp_path)
    first = Desk(qtbot, settings).unlock()
    second = Desk(qtbot, settings)
    second.text(PASSPHRASE)
    second.press(Key.Key_Return)
    page = second.window.unlock_page
    assert page is not None
    second.until(lambda: page.message.property("state") == "error")
    second.window.close()
    first.close()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_second_start_brings_the_first_window_to_the_front_and_ends(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = prepared_home(tmp_path)
    first = Desk(qtbot, settings).unlock()
    rung: list[bool] = []
    first.window.doorbell.rung.connect(lambda: rung.append(True))
    with subprocess.Popen(
        [sys.executable, "-m", "app", "--home", str(settings.home)], cwd=ROOT
    ) as second:
        first.until(lambda: second.poll() is not None)
        assert second.returncode == 0
    assert rung == [True]
    first.close()
    assert not ring(settings.home), "nobody answers any more"


def test_a_marker_that_a_killed_window_left_does_not_stop_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "open-window").touch()
    assert not ring(tmp_path)


def _without_store(settings: Settings) -> None:
    settings.store_path.unlink()


def _empty_store(settings: Settings) -> None:
    settings.store_path.write_bytes(b"")


def _damaged_store(settings: Settings) -> None:
    content = bytearray(settings.store_path.read_bytes())
    content[:4096] = bytes(4096)
    settings.store_path.write_bytes(content)


def _newer_store(settings: Settings) -> None:
    held = open_services(settings, lambda it: installation.unlock(it, PASSPHRASE))
    with closing(held), held.workplace.write() as work:
        work.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        work.commit()


def _damaged_keys(settings: Settings) -> None:
    settings.keyslots_path.write_text("{", encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "happened", "next_step"),
    [
        (_without_store, "Tệp dữ liệu store.db bị mất hoặc bị hỏng", "«Khôi phục từ bản sao lưu»"),
        (_empty_store, "Tệp dữ liệu store.db bị mất hoặc bị hỏng", "«Khôi phục từ bản sao lưu»"),
        (_damaged_store, "tệp bị hỏng", "khôi phục"),
        (_newer_store, "chương trình mới hơn", "cài bản chương trình mới nhất"),
        (_damaged_keys, "Tệp khóa keyslots.json bị hỏng", "khôi phục"),
    ],
)
def test_a_home_that_cannot_be_opened_is_one_calm_page_with_a_next_step(
    qtbot: QtBot,
    tmp_path: Path,
    harm: Callable[[Settings], None],
    happened: str,
    next_step: str,
) -> None:
    settings = prepared_home(tmp_path)
    harm(settings)
    desk = Desk(qtbot, settings)
    desk.text(PASSPHRASE)
    desk.enter()
    page = desk.window.unlock_page
    assert page is not None
    desk.until(lambda: page.message.property("state") == "error")
    words = page.message.text()
    assert happened in words
    assert next_step in words
    said = page.message
    desk.until(lambda: said.height() >= said.heightForWidth(said.width()))
    assert desk.window.unlock_page is page
    if harm is _without_store:
        assert not settings.store_path.exists(), "no empty register is made in its place"
    desk.window.close()


def test_a_register_whose_key_file_is_gone_is_not_set_up_anew(qtbot: QtBot, tmp_path: Path) -> None:
    settings = prepared_home(tmp_path)
    settings.keyslots_path.unlink()
    desk = Desk(qtbot, settings)
    page = desk.window.first_run
    assert page is not None
    desk.until(lambda: page.message.property("state") == "error")
    assert "keyslots.json" in page.message.text()
    assert not page.next.isEnabled()
    assert desk.focus() is page.leave, "the keyboard is somewhere on a page with nothing to fill in"
    desk.enter()
    desk.until(lambda: not desk.window.isVisible())
