"""The first page: painted before anything heavy is imported, ready for keys, calm when refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap import open_services
from app.services import installation
from app.settings import Settings
from app.ui.doorbell import ring
from app.ui.figures.first_paint import FirstPaint, measure_first_paint
from app.ui.unit_finding import find_units
from tests.ui.window_desk import PASSPHRASE, Desk, Key, prepared_home

ROOT = Path(__file__).resolve().parents[2]
_AT_FIRST_PAINT = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtWidgets import QApplication
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


def test_a_new_pc_is_set_up_by_keyboard_and_the_code_must_be_on_paper(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "new")
    desk = Desk(qtbot, settings)
    page = desk.window.first_run
    assert page is not None
    desk.text("binh chuong")
    desk.until(lambda: page.units.count() > 0)
    for _ in range(4):
        desk.enter()
    assert page.full_name.property("state") == "error", "marked where it is wrong"
    assert desk.focus() is page.full_name
    desk.text("Nguyễn Thị An")
    assert page.user.text() == "an"
    assert not page.full_name.property("state")
    desk.tab_to(page.back)
    desk.enter()
    assert page.pages.currentIndex() == 0, "Enter presses what the keyboard stands on"
    desk.tab_to(page.next)
    desk.enter()
    assert desk.focus() is page.full_name
    for _ in range(3):
        desk.enter()
    desk.text("ngắn")
    desk.enter()
    desk.enter()
    assert page.message.property("state") == "error"
    assert not settings.installed
    page.passphrase.clear()
    desk.text(PASSPHRASE)
    desk.enter()
    desk.text(PASSPHRASE)
    desk.enter()
    desk.until(lambda: page.pages.currentIndex() == 3)
    lines = page.code.text().splitlines()
    assert [len(one.replace(" ", "").strip("-").split("-")) for one in lines] == [4, 3]
    code = "".join(page.code.text().split())
    desk.text("SAI00")
    desk.enter()
    assert page.message.property("state") == "error"
    page.typed.clear()
    desk.text(code.rpartition("-")[2].lower())
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    assert desk.shell.head.unit.whole == "Xã Bình Chương"
    desk.close()


def test_units_are_found_with_and_without_marks_and_say_since_or_until_when() -> None:
    found = find_units("binh chuong")
    assert found == find_units("Bình Chương")
    assert {one.ref for one in found} == {"21100@2025", "21100@2024"}
    assert all("2025" in one.validity for one in found)
    assert find_units("không có xã nào tên này") == []


def test_a_window_on_a_home_that_another_holds_is_told_so(qtbot: QtBot, tmp_path: Path) -> None:
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
        (_without_store, "Tệp dữ liệu store.db bị mất hoặc bị hỏng", "sotreem backup restore"),
        (_empty_store, "Tệp dữ liệu store.db bị mất hoặc bị hỏng", "sotreem backup restore"),
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
