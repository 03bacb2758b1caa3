"""The list of everything that was sent back: reached from the worklist by one key, every line told
apart, each leading to its field; printed for the desk where the books lie, and given by command.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.i18n import set_language, text
from app.services.handover_register import SendBack
from app.services.worklist import Duty
from app.ui.handover.returned import FIELD, ON, VILLAGE, ReturnedCard
from app.ui.theme import Theme, apply_theme
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import receive, send, type_child
from tests.long_runs import slice_or_all
from tests.ui.looks import amiss, cut_words, poor_contrast
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture

CHILDREN = 7
REASON = "Sai ngày sinh, đối chiếu giấy khai sinh"
SECRET = "Ghi nhầm mục HIV"


def returned(homes: Homes) -> list[str]:
    """The district sends back seven children of one name in seven households, one of a field that
    is masked, and the household of the first; the ids of the children.
    """
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    book = commune.home / "book.csv"
    rows = [
        f"Thôn {1 + at % 2},{20 - at},Đinh Văn Lía,1,Phạm Thị Hân,201{at}-03-02,2"
        for at in range(CHILDREN)
    ]
    head = "village,household_no,head_name,line_no,full_name,birth_date,sex"
    book.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    commune.must("register", "import", book, codes=(0, 4))
    book.unlink()
    sent, _ = homes.carry(commune, district, DISTRICT)
    found = commune.must("register", "search", "Phạm Thị Hân")
    ids = [str(one["id"]) for one in sorted(found, key=lambda one: one["birth_date"])]
    back = ("handover", "return", sent["handover"])
    district.must(*back, "--record", *ids, "--reason", REASON)
    (first,) = [one for one in found if one["id"] == ids[0]]
    district.must(*back, "--record", first["household"], "--reason", "Thiếu địa chỉ")
    receive(commune, str(send(district, COMMUNE, homes)["file"]))
    return ids


def opened(qtbot: QtBot, homes: Homes, scale: float = 1.0) -> tuple[Desk, ReturnedCard]:
    """From the worklist, by its first line."""
    desk, page = sit_down(qtbot, homes, COMMUNE, scale)
    desk.go_to("home")
    desk.shell.home.load()
    desk.settle()
    home = desk.shell.home
    desk.tab_to(home.lines)
    desk.press(Key.Key_Home)
    assert home.lines.tasks[home.lines.currentRow()].duty is Duty.RETURNED
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is page
    assert desk.focus() is page.returned.table
    return desk, page.returned


def test_every_return_has_a_line_of_its_own_and_enter_opens_its_record(
    qtbot: QtBot, homes: Homes
) -> None:
    ids = returned(homes)
    desk, card = opened(qtbot, homes)
    page = desk.shell.handover
    shown = [
        tuple(card.rows.words(line, column) for column in range(card.rows.columnCount()))
        for line in card.rows.lines
    ]
    assert len(shown) == CHILDREN + 1
    assert len(set(shown)) == len(shown), "no two lines are alike"
    places = [(one.village, int(one.household_no)) for one in card.rows.lines]
    assert places == sorted(places), "as the books go"
    assert page._above.isHidden(), "the list has the whole page"
    desk.press(Key.Key_End)
    last = card.line
    assert last is not None
    assert REASON in card.whole.text()
    assert "Thành phố Quảng Ngãi" in card.whole.text()
    desk.enter()
    desk.until(lambda: desk.shell.pages.currentWidget() is desk.page)
    desk.settle()
    assert desk.child.id == last.child in ids
    # What was worked on is answered, and stands at the end.
    desk.close()
    homes.at(COMMUNE).must("register", "set", last.child, "other_name=Hân")
    desk, card = opened(qtbot, homes)
    assert [one.child for one in card.rows.lines if one.answered] == [last.child]
    assert card.rows.lines[-1].child == last.child
    assert text("handovers.returned.counted", waiting=CHILDREN, answered=1) == card.title.text()
    desk.press(Key.Key_Escape)
    assert desk.focus() is page.table or desk.focus() is desk.shell.handover.table
    desk.close()


def test_a_whole_handover_says_when_it_came_back_and_what_is_to_be_done(
    qtbot: QtBot, homes: Homes
) -> None:
    """And a household, its own field: not by the name that the child's form gives it."""
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    book = commune.home / "book.csv"
    head = "village,household_no,head_name,line_no,full_name,birth_date,sex"
    rows = [
        f"Thôn Phước Thọ Thượng {at},{at},Đinh Văn Lía,1,Phạm Thị Hân,201{at}-03-02,2"
        for at in (1, 2)
    ]
    book.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    commune.must("register", "import", book, codes=(0, 4))
    book.unlink()
    sent, _ = homes.carry(commune, district, DISTRICT)
    child, _other = commune.must("register", "search", "Phạm Thị Hân")
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    desk.shell._services.handovers.register.settle(
        sent["handover"],
        [
            SendBack(child["household"], "Thiếu", "residence_status"),
            SendBack(child["id"], "Thiếu", "residence_status"),
        ],
    )
    day = desk.workplace.today()
    today = f"{day:%d/%m/%Y}"
    desk.close()
    district.must("handover", "return", sent["handover"], "--reason", REASON)
    receive(commune, str(send(district, COMMUNE, homes)["file"]))
    desk, card = opened(qtbot, homes)
    assert card.title.text() == "Bị trả lại: 3 chờ sửa, 0 đã sửa"
    whole, household, one = card.rows.lines
    assert whole.seq == 1
    assert card.rows.words(whole, ON) == today
    assert not card.table.isColumnHidden(ON)
    assert "Sửa theo lý do rồi gửi gói mới ở trang Bàn giao." in card.whole.text()
    assert today in card.whole.text()
    assert card.rows.words(household, FIELD) == "Tình trạng cư trú của hộ"
    assert card.rows.words(one, FIELD) == "Tình trạng cư trú của trẻ"
    metrics = card.table.fontMetrics()
    for column in (VILLAGE, FIELD):
        words = card.rows.words(one, column)
        assert metrics.horizontalAdvance(words) < card.table.columnWidth(column), words
    desk.press(Key.Key_Down)
    assert "gửi gói mới" not in card.whole.text()
    desk.close()
    told = " ".join(commune.told("handover", "returned", codes=(4,)))
    assert "Cả gói bị trả lại: sửa theo lý do rồi gửi gói mới" in told
    (first, *_) = commune("handover", "returned").document
    assert (first["seq"], first["on"]) == (1, day.isoformat())


def test_the_card_of_what_waits_tells_namesakes_apart_and_leads_to_the_list(
    qtbot: QtBot, homes: Homes
) -> None:
    returned(homes)
    desk, page = sit_down(qtbot, homes, COMMUNE)
    desk.go_to("handover")
    desk.settle()
    lines = page.pending.text.splitlines()
    assert len(set(lines)) == len(lines)
    assert any("hộ 20" in one for one in lines)
    desk.tab_to(page.pending.buttons()[-1])
    desk.enter()
    desk.settle()
    assert desk.focus() is page.returned.table
    desk.close()


def test_the_printed_list_and_the_command_have_what_waits_and_nothing_protected(
    qtbot: QtBot, homes: Homes, tmp_path: Path
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    ids = returned(homes)
    (child,) = [one for one in commune.must("register", "search", "Hân") if one["id"] == ids[1]]
    (handover,) = [
        one["id"] for one in district.must("handover", "list") if one["giver"] == COMMUNE
    ]
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    desk.shell._services.handovers.register.settle(
        handover, [SendBack(child["household"], SECRET, "family_problem_flags")]
    )
    desk.close()
    receive(commune, str(send(district, COMMUNE, homes)["file"]))
    commune.must("register", "set", ids[0], "other_name=Hân")
    path = tmp_path / "tra-lai.pdf"
    found = commune("handover", "returned", "--out", path)
    assert found.code == 4
    told = {one["record"]: one["answered"] for one in found.document if one["record"] in ids}
    assert told[ids[0]]
    assert not any(told[one] for one in ids[1:])
    assert {one["by"] for one in found.document} == {"Thành phố Quảng Ngãi"}
    said = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "DANH SÁCH" in said
    words = " ".join(said.split())
    assert "02/03/2011" in words
    assert "02/03/2010" not in words, "answered"
    assert "Có mục" in words
    assert "Thiếu địa chỉ" not in words, "work on a child of it answers"
    assert "HIV" not in words
    desk, card = opened(qtbot, homes)
    card.write(tmp_path / "cua-so.pdf")
    desk.settle()
    assert (tmp_path / "cua-so.pdf").stat().st_size > 1000
    desk.close()


@pytest.mark.parametrize("language", slice_or_all(["vi"], ["vi", "en"]))
def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, homes: Homes, language: str, qapp: QApplication
) -> None:
    before = i18n.language()
    returned(homes)
    set_language(language)
    try:
        desk, _card = opened(qtbot, homes, 1.5)
        assert amiss(desk.window) == []
        desk.close()
    finally:
        set_language(before)
        apply_theme(qapp, Theme())


def test_a_reason_of_illness_is_masked_there_and_read_for_a_reason(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Hân")
    sent, _ = homes.carry(commune, district, DISTRICT)
    (child,) = commune.must("register", "search", "Phạm Thị Hân")
    back = ("handover", "return", sent["handover"], "--record", child["id"])
    district.must(*back, "--reason", "Trẻ nhiễm HIV, xem lại", "--field", "birth_date")
    receive(commune, str(send(district, COMMUNE, homes)["file"]))
    desk, card = opened(qtbot, homes)
    assert card.rows.lines[0].reason == text("masking.mask")
    assert "HIV" not in card.whole.text()
    assert cut_words(desk.window) == []
    desk.press(Key.Key_F3)
    assert desk.focus() is card.why
    desk.press(Key.Key_Escape)
    assert desk.focus() is card.table
    desk.press(Key.Key_F3)
    desk.text("Sửa theo yêu cầu")
    assert cut_words(desk.window) == []
    assert poor_contrast(desk.window) == []
    desk.enter()
    desk.settle()
    assert card.rows.lines[0].reason == "Trẻ nhiễm HIV, xem lại"
    assert card.reveal.isHidden()
    # Enter leads to the field, whose note keeps the reason masked.
    desk.enter()
    desk.settle()
    page = desk.shell.household
    assert page.isVisible()
    assert "HIV" not in page.foot.first.text()
    desk.close()
