"""Tables, the empty workbook and the accepted register out of the window, by keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QTableView, QTreeView
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.models.work import Change
from app.services.national.mapping import shipped_file
from app.services.rights import RIGHTS_OF, Role
from app.ui.admin.exports import ExportsSection
from app.ui.shortcut_list import WINDOW_KEYS
from app.ui.table_export import KEYS, offered, typed
from tests.ui.looks import amiss
from tests.ui.window_admin import open_part
from tests.ui.window_desk import CTRL, UNIT, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, prepared_home(tmp_path)).unlock()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """What the dialog answers next."""

    def name(path: Path) -> None:
        kind = "CSV (*.csv)" if path.suffix == ".csv" else "Excel (*.xlsx)"
        for one in ("getSaveFileName", "getOpenFileName"):
            monkeypatch.setattr(QFileDialog, one, lambda *_: (str(path), kind))

    return name


def _register(desk: Desk) -> None:
    with desk.workplace.write() as work:
        village = work.record(Change("village", {"owner_unit": UNIT, "name": "Thôn 1"})).id
        values = {"owner_unit": UNIT, "village": village, "household_no": "7"}
        home = work.record(Change("household", {**values, "head_name": "Đinh Văn Rê"})).id
        for name, born in (("Đinh Thị An", "2019-05-01"), ("Đinh Văn Bá", "2015")):
            child = {"owner_unit": UNIT, "household": home, "full_name": name, "birth_date": born}
            work.record(Change("child", child))
        work.commit()


def _export(desk: Desk) -> str:
    desk.press(Key.Key_E, CTRL)
    desk.settle()
    return desk.shell.notices.notices[0].text


def _sheet(path: Path) -> list[tuple[object, ...]]:
    return [*openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]


def test_the_list_of_issues_goes_out_as_it_stands_marked_and_noted(
    desk: Desk, tmp_path: Path, named: Callable[[Path], None]
) -> None:
    _register(desk)
    desk.go_to("issues")
    desk.settle()
    page = desk.shell.issues
    assert page.rows.rowCount() > 3
    path = tmp_path / "loi.xlsx"
    named(path)
    assert str(path) in _export(desk)
    head, *rows = _sheet(path)
    assert head[0] == text("issues.column.severity")
    assert len(rows) == page.rows.rowCount()
    assert {"Đinh Thị An", "Đinh Văn Bá"} <= {row[1] for row in rows}
    book = openpyxl.load_workbook(path)
    assert "LƯU HÀNH NỘI BỘ" in str(book.worksheets[0].oddHeader.right.text)
    assert "Nguyễn Thị An" in str(book.worksheets[0].oddFooter.left.text)
    assert desk.focus() is page.table, "the keyboard is where it was"
    section = open_part(desk, "audit")
    assert "lỗi và cảnh báo" in section.rows.whole(0)
    desk.close()


def test_the_register_goes_out_with_all_columns_by_the_same_key(
    desk: Desk, tmp_path: Path, named: Callable[[Path], None]
) -> None:
    _register(desk)
    desk.shell.register.load()
    desk.settle()
    path = tmp_path / "so.xlsx"
    named(path)
    _export(desk)
    head, *rows = _sheet(path)
    assert len(head) > 60
    born = head.index("Ngày, tháng, năm sinh")
    day, year = [row[born] for row in rows]
    assert isinstance(day, datetime)
    assert (day.date(), year) == (date(2019, 5, 1), "2015")
    desk.close()


def test_what_waits_goes_out_and_a_page_without_a_table_says_so(
    desk: Desk, tmp_path: Path, named: Callable[[Path], None]
) -> None:
    _register(desk)
    desk.go_to("home")
    desk.settle()
    path = tmp_path / "viec.csv"
    named(path)
    _export(desk)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[1] == "Số lượng,Việc,Cách làm"
    assert len(lines) > 2
    open_part(desk, "own")
    assert _export(desk) == text("export.no_table")
    desk.close()


def test_who_may_not_carry_persons_away_is_told_before_anything_is_asked(
    qtbot: QtBot, tmp_path: Path, named: Callable[[Path], None]
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    _register(desk)
    account = desk.workplace.account
    object.__setattr__(account, "rights", RIGHTS_OF[Role.CHECKER])
    desk.go_to("issues")
    desk.settle()
    path = tmp_path / "loi.xlsx"
    named(path)
    assert text("rights.denied") in _export(desk)
    assert not path.exists()
    object.__setattr__(account, "rights", RIGHTS_OF[Role.HEAD])
    desk.close()


def test_every_table_of_the_pages_is_offered_or_says_why_not(desk: Desk) -> None:
    """Whoever adds a table decides."""
    shell = desk.shell
    for name in shell.navigation.names:
        shell.pages.build(name)
    for name in shell.admin.sections:
        shell.admin.sections[name]
    tables = [
        one
        for one in shell.findChildren(QAbstractItemView)
        if isinstance(one, QTableView) and not isinstance(one, QTreeView)
    ]
    assert len(tables) >= 20
    assert {type(one).__name__ for one in tables if offered(one) is None} == _KEPT_IN
    words = {one.kind for one in map(offered, tables) if one is not None and one.kind}
    for kind in words:
        assert text(f"export.table.{kind}")
    desk.close()


#: Tables of one open household or record, which may show what somebody revealed for a reason.
_KEPT_IN = {"AnswerSides", "ChildrenGrid", "SheetTable", "Sides", "Differences"}


def test_an_empty_workbook_is_made_and_the_national_export_says_what_it_is(
    desk: Desk, tmp_path: Path, named: Callable[[Path], None]
) -> None:
    _register(desk)
    section = open_part(desk, "exports")
    assert isinstance(section, ExportsSection)
    assert "không phải mẫu của Bộ" in " ".join(
        one.text() for one in section.findChildren(type(section.counts))
    )
    assert "0 trẻ đã được nhận" in section.counts.text()
    assert not section.export.isEnabled()
    assert desk.focus() is section.make
    path = tmp_path / "nhap.xlsx"
    named(path)
    desk.press(Key.Key_Space, text=" ")
    desk.settle()
    assert str(path) in section.message.text()
    assert openpyxl.load_workbook(path).sheetnames[0] == "Bảng nhập"
    assert amiss(section) == []
    desk.close()


def test_a_mapping_is_saved_edited_and_loaded_and_a_wrong_one_changes_nothing(
    desk: Desk, tmp_path: Path, named: Callable[[Path], None]
) -> None:
    section = open_part(desk, "exports")
    assert isinstance(section, ExportsSection)
    file = tmp_path / "mau.json"
    named(file)
    desk.tab_to(section.save)
    desk.press(Key.Key_Space, text=" ")
    desk.settle()
    assert file.read_bytes() == shipped_file().read_bytes()
    said = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**said, "name": "Mẫu của tỉnh"}), encoding="utf-8")
    desk.tab_to(section.choose)
    desk.press(Key.Key_Space, text=" ")
    desk.settle()
    assert "Mẫu của tỉnh" in section.mapping.text()
    assert section.shipped.isEnabled()
    file.write_text("{", encoding="utf-8")
    desk.press(Key.Key_Space, text=" ")
    desk.settle()
    assert "mau.json" in section.message.text()
    assert "sotreem" not in section.message.text(), "nobody at the window types a command"
    assert "Mẫu của tỉnh" in section.mapping.text()
    desk.tab_to(section.shipped)
    desk.press(Key.Key_Space, text=" ")
    desk.settle()
    assert "Sổ Trẻ Em" in section.mapping.text()
    desk.close()


def test_the_key_stands_in_the_list_of_keys() -> None:
    assert KEYS in [key for key, _ in WINDOW_KEYS]


@pytest.mark.parametrize(
    ("words", "is_number", "value"),
    [
        ("01/05/2019", False, date(2019, 5, 1)),
        ("05/2019", False, "05/2019"),
        ("0512", False, "0512"),
        ("", False, None),
        ("1.234", True, 1234),
        ("12", True, 12),
        ("39,1", True, 39.1),
        ("1.234,5", True, 1234.5),
        ("–", True, "–"),
        ("0,5%", True, "0,5%"),
    ],
)
def test_days_and_numbers_of_the_screen_become_days_and_numbers(
    words: str, is_number: bool, value: object
) -> None:
    assert typed(words, is_number=is_number) == value
