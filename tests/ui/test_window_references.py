"""The province loads a code list and a form at the window; others see what is in force."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.models.queries.references import references
from app.services.authority import AuthorityDesk
from app.services.installation import install, open_workplace, unlock
from app.settings import Settings
from app.ui.admin.references import NAME, SIZE, STATE, Kind, ReferencesSection
from tests.ui.looks import cut_words
from tests.ui.window_admin import open_part
from tests.ui.window_desk import PASSPHRASE, Desk, Key, prepared_home
from tests.unit.forms.test_catalogue import COLUMNS, template

PROVINCE = "51@2025"
LOAD, KEEP = "Kiểm tra và nạp", "Chưa nạp"

_prepared: Path | None = None


def _answers(monkeypatch: pytest.MonkeyPatch, *which: str) -> None:
    """Answer the questions to come, by the words on the buttons."""
    answers = list(which)

    def answer(box: QMessageBox) -> int:
        words = answers.pop(0)
        (button,) = [one for one in box.buttons() if one.text().replace("&", "") == words]
        button.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)


def _home(folder: Path) -> Settings:
    """The home of a province with its root key, made once."""
    global _prepared
    if _prepared is None or not _prepared.exists():
        _prepared = folder / "prepared"
        settings = Settings(_prepared)
        who = {"user": "an", "full_name": "Nguyễn Thị An", "title": "Chuyên viên"}
        install(settings, unit=PROVINCE, **who, passphrase=PASSPHRASE)
        workplace = open_workplace(settings, unlock(settings, PASSPHRASE))
        AuthorityDesk(workplace).found("một câu dài dễ nhớ")
        workplace.store.close()
    shutil.copytree(_prepared, folder / "home")
    return Settings(folder / "home")


def _part(desk: Desk) -> ReferencesSection:
    section = open_part(desk, "references")
    assert isinstance(section, ReferencesSection)
    desk.until(lambda: section.rows.rowCount() > 0)
    return section


def _said(section: ReferencesSection, column: int) -> list[str]:
    rows = range(section.rows.rowCount())
    return [str(section.rows.index(row, column).data()) for row in rows]


def _fill(desk: Desk, section: ReferencesSection, kind: Kind, file: Path) -> None:
    desk.tab_to(section.kind)
    desk.press(Key.Key_Home)
    while section.kind.currentData() is not kind:
        before = section.kind.currentIndex()
        desk.press(Key.Key_Down)
        assert section.kind.currentIndex() == before + 1
    desk.tab_to(section.file)
    desk.text(str(file))


def test_a_list_and_a_form_are_loaded_by_keys_alone(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answers(monkeypatch, LOAD, LOAD)
    lists = tmp_path / "internet_kinds.csv"
    lists.write_text(f"{COLUMNS}\nF,Cáp quang,Fibre,,,,\nM,Mạng di động,Mobile,,,,\n", "utf-8")
    form = tmp_path / "child.v2.json"
    form.write_text(json.dumps(template(), ensure_ascii=False), "utf-8")
    desk = Desk(qtbot, _home(tmp_path)).unlock(stay=True)
    section = _part(desk)
    assert "Danh mục dân tộc (ethnic_groups)" in _said(section, NAME)
    _fill(desk, section, Kind.LIST, lists)
    desk.tab_to(section.edition)
    desk.text("2027.1")
    desk.tab_to(section.since)
    desk.text("010127")
    desk.tab_to(section.load_it)
    desk.enter()
    desk.until(lambda: section.message.text().startswith("✓ Đã nạp internet_kinds 2027.1"))
    desk.until(lambda: "Danh mục internet_kinds (internet_kinds)" in _said(section, NAME))
    place = _said(section, NAME).index("Danh mục internet_kinds (internet_kinds)")
    assert _said(section, SIZE)[place] == "2 mã"
    _fill(desk, section, Kind.TEMPLATE, form)
    assert not section.of_list.isVisible()
    assert not section.of_units.isVisible()
    desk.tab_to(section.load_it)
    desk.enter()
    desk.until(lambda: "child.v2" in section.message.text())
    with desk.workplace.store.read() as reading:
        (row,) = references(reading, "form_template")
    assert row.values["version"] == 2
    assert desk.workplace.catalogue.newest("child").version == 2
    desk.until(lambda: _said(section, NAME).count("Biểu mẫu về trẻ") == 2)
    desk.close()


def test_a_file_with_a_fault_loads_nothing_and_says_where(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answers(monkeypatch, KEEP, LOAD)
    lists = tmp_path / "internet_kinds.csv"
    lists.write_text(f"{COLUMNS}\nF,Cáp quang,Fibre,,,,\nF,Hai lần,Twice,,,,\n", "utf-8")
    desk = Desk(qtbot, _home(tmp_path)).unlock(stay=True)
    section = _part(desk)
    desk.tab_to(section.load_it)
    desk.enter()
    assert section.message.text() == "✕ Hãy chọn tệp trước."
    assert desk.focus() is section.file
    _fill(desk, section, Kind.LIST, lists)
    desk.tab_to(section.load_it)
    desk.enter()
    assert section.message.text() == "✕ Hãy ghi tên phiên bản."
    desk.text("2027.1")
    desk.tab_to(section.since)
    desk.text("010127")
    desk.tab_to(section.load_it)
    desk.enter()
    desk.settle()
    assert section.file.text() == str(lists), "nothing was done"
    desk.enter()
    desk.until(lambda: "mã F đã có ở dòng 2" in section.message.text())
    assert "internet_kinds.csv" in section.message.text()
    with desk.workplace.store.read() as reading:
        assert references(reading, "code_list") == []
    desk.close()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_commune_sees_what_it_goes_by_and_loads_nothing(
    qtbot: QtBot, tmp_path: Path, scale: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), scale).unlock(stay=True)
    section = _part(desk)
    assert not section.loading.isVisible()
    assert "đang dùng để gõ" in _said(section, STATE)
    assert "Đơn vị hành chính" in _said(section, NAME)
    assert cut_words(desk.window) == []
    desk.close()
