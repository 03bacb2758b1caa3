"""What the giver states stands beside what is counted: before a bundle is taken in, and after."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.i18n import text
from app.ui.handover.register import COUNTS
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import type_child
from tests.e2e.test_two_pcs import write_book
from tests.ui.looks import cut_words, poor_contrast
from tests.ui.window_desk import Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, receive, sit_down

__all__ = ["homes"]  # a fixture

ALIKE = "đếm được 1 hộ, 1 trẻ (1 nữ), 2 hồ sơ chưa xong, đúng như bên giao ghi"
LATE = "sổ ở đây đã có cả số liệu giao sau gói này nên không tính riêng được"
OTHERWISE = (
    "bên giao ghi 1 hộ, 1 trẻ (1 nữ), 2 hồ sơ chưa xong; "
    "đếm được 2 hộ, 2 trẻ (2 nữ), 4 hồ sơ chưa xong"
)


def _sent(homes: Homes) -> Path:
    type_child(homes.at(COMMUNE), "2", "Phạm Thị Hân")
    up = homes.at(COMMUNE).must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    return Path(up["file"])


def test_the_preview_says_that_what_is_counted_is_what_was_stated(
    qtbot: QtBot, homes: Homes
) -> None:
    file = _sent(homes)
    desk, page = sit_down(qtbot, homes, DISTRICT)
    for said in receive(desk, page, file):
        assert text("handovers.about.stated") in said
        assert f"✓ {ALIKE}" in said
    view = page.table._views[0]
    assert [view.counts_otherwise(one) for one in view.receipts] == [False]
    desk.close()


def test_what_is_counted_otherwise_is_a_warning_there_on_the_list_and_on_the_card(
    qtbot: QtBot, homes: Homes
) -> None:
    file = _sent(homes)
    book = write_book(homes.folder, "b.csv", "Thôn 1,9,Hồ Văn Lai,1,Hồ Thị Lai,2018-03-02,2")
    homes.at(DISTRICT).must("register", "import", book, "--unit", COMMUNE, codes=(0, 4))
    desk, page = sit_down(qtbot, homes, DISTRICT)
    for said in receive(desk, page, file):
        assert f"▲ {OTHERWISE}" in said
    assert cut_words(desk.window) == []
    while desk.shell.notices.notices:
        desk.press(Key.Key_Escape)
    page.table.setFocus()
    page.table.setCurrentCell(0, 0)
    cell = page.table.item(0, COUNTS)
    assert cell is not None
    assert cell.text() == "▲ 1 hộ · 1 trẻ (đếm 2 · 2)"
    assert cell.toolTip() == "bên giao ghi 1 hộ · 1 trẻ; đếm được 2 hộ · 2 trẻ"
    desk.enter()
    desk.settle()
    assert page.one.isVisible()
    assert f"▲ {OTHERWISE}" in page.one.facts.text
    assert cut_words(desk.window) == []
    assert poor_contrast(desk.window) == []
    desk.close()


def test_a_stick_that_comes_late_is_compared_with_nobodys_numbers_and_says_why(
    qtbot: QtBot, homes: Homes
) -> None:
    first = _sent(homes)
    type_child(homes.at(COMMUNE), "3", "Phạm Thị Hoa")
    words = ("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    second = homes.at(COMMUNE).must(*words)["file"]
    homes.at(DISTRICT).must("handover", "receive", second, codes=(0, 4))
    desk, page = sit_down(qtbot, homes, DISTRICT)
    for said in receive(desk, page, first):
        assert LATE in said
        assert "bên giao ghi" not in said
    assert cut_words(desk.window) == []
    while desk.shell.notices.notices:
        desk.press(Key.Key_Escape)
    page.table.setFocus()
    page.table.setCurrentCell(1, 0)
    cell = page.table.item(1, COUNTS)
    assert cell is not None
    assert cell.text() == "1 hộ · 1 trẻ"
    desk.enter()
    desk.settle()
    assert "tính cùng số liệu đến sau nên không có số riêng của gói này" in page.one.facts.text
    assert "▲" not in page.one.facts.text
    assert cut_words(desk.window) == []
    assert poor_contrast(desk.window) == []
    desk.close()
