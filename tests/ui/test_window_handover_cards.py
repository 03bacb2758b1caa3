"""The handover page with lists in the place of its wizards, an empty stick, and its own keys."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services.handover_receiving import FileResult, Receiving
from app.ui.handover.page import HandoverPage
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import held, send, type_child
from tests.ui.window_desk import CTRL, Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


def _at_handover(qtbot: QtBot, homes: Homes, unit: str) -> tuple[Desk, HandoverPage]:
    desk, page = sit_down(qtbot, homes, unit)
    desk.go_to("handover")
    desk.settle()
    return desk, page


def _look_into(desk: Desk, page: HandoverPage, place: Path) -> None:
    desk.tab_to(page.receiving.file)
    desk.press(Key.Key_A, CTRL)
    desk.text(str(place))
    desk.enter()
    desk.settle()


def test_a_place_without_a_bundle_says_what_one_is_called_where_it_lies_and_what_to_do(
    qtbot: QtBot, homes: Homes, tmp_path: Path
) -> None:
    empty = tmp_path / "USB"
    empty.mkdir()
    (empty / "danh sach.xlsx").write_bytes(b"PK")
    desk, page = _at_handover(qtbot, homes, DISTRICT)
    _look_into(desk, page, empty)
    told = page.receiving.facts.text
    for words in (str(empty), ".tebundle", "TEBUNDLE", "nhờ bên giao ghi lại gói"):
        assert words in told.replace("\u200b", "")
    assert page.receiving.facts.state == "warning"
    assert desk.focus() is page.receiving.file
    # Typing goes on in place of the wrong path; the program's own folder is told apart.
    desk.text(str(homes.at(DISTRICT).home))
    desk.enter()
    desk.settle()
    assert "thư mục dữ liệu của chính phần mềm này" in page.receiving.facts.text
    desk.close()


def test_f6_walks_the_parts_of_the_page_and_f12_lists_what_its_keys_do(
    qtbot: QtBot, homes: Homes
) -> None:
    type_child(homes.at(COMMUNE), "1", "Phạm Thị Hân")
    homes.carry(homes.at(COMMUNE), homes.at(DISTRICT), DISTRICT)
    desk, page = _at_handover(qtbot, homes, DISTRICT)
    assert page.sending.isAncestorOf(desk.focus())
    desk.press(Key.Key_F6)
    assert desk.focus() is page.receiving.file
    desk.press(Key.Key_F6)
    assert desk.focus() is page.table
    desk.press(Key.Key_F12)
    told = [one.text() for one in desk.shell.keys._words]
    assert text("keys.handover_enter") in told
    assert text("keys.handover_parts") in told
    assert text("keys.open") not in told, "no household is opened here"
    desk.press(Key.Key_F12)
    desk.press(Key.Key_F6)
    assert page.sending.isAncestorOf(desk.focus())
    desk.close()


@pytest.mark.parametrize("card", ["deliveries", "stopped", "news", "kept"])
def test_a_list_has_the_whole_page_and_gives_it_back(qtbot: QtBot, homes: Homes, card: str) -> None:
    if card == "news":
        type_child(homes.at(COMMUNE), "1", "Phạm Thị Hân")
        homes.carry(homes.at(COMMUNE), homes.at(DISTRICT), DISTRICT)
    desk, page = _at_handover(qtbot, homes, DISTRICT)
    if card == "news":
        desk.tab_to(page.sending.check)
        desk.enter()
        desk.settle()
        desk.tab_to(page.sending.see_news)
        desk.enter()
    elif card == "deliveries":
        desk.tab_to(page.to_deliveries)
        desk.enter()
    else:
        getattr(page, f"open_{card}")()
    desk.settle()
    assert not page.sending.isVisible()
    assert getattr(page, card).isVisible()
    assert getattr(page, card).height() > page.viewport().height() * 3 // 4
    desk.press(Key.Key_Escape)
    assert page.sending.isVisible()
    desk.close()


def test_while_files_are_taken_in_the_card_stays_with_the_way_to_stop(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in (("1", "Phạm Thị Hân"), ("2", "Phạm Văn Dòng")):
        type_child(homes.at(COMMUNE), number, name)
        up = send(homes.at(COMMUNE), DISTRICT, homes)
    desk, page = _at_handover(qtbot, homes, DISTRICT)
    _look_into(desk, page, Path(str(up["file"])).parent)
    many, take_one, seen = page.many, Receiving._one, list[tuple[bool, bool]]()

    def watched(self: Receiving, *given: object, **named: object) -> FileResult:
        seen.append((many.close_card.isEnabled(), many.work.stop.isEnabled()))
        return take_one(self, *given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Receiving, "_one", watched)
        assert desk.focus() is many.take
        desk.enter()
        desk.settle()
    assert seen == [(False, True)] * 2
    assert many.isVisible()
    assert many.close_card.isEnabled()
    desk.close()


def test_closing_stops_after_the_file_in_hand_says_so_and_keeps_what_came_in(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in (("1", "Phạm Thị Hân"), ("2", "Phạm Văn Dòng"), ("3", "Hồ Thị Na")):
        type_child(homes.at(COMMUNE), number, name)
        up = send(homes.at(COMMUNE), DISTRICT, homes)
    desk, page = _at_handover(qtbot, homes, DISTRICT)
    _look_into(desk, page, Path(str(up["file"])).parent)
    take_one, begun, go_on = Receiving._one, list[str](), threading.Event()

    def held_up(self: Receiving, file: Path, *given: object, **named: object) -> FileResult:
        begun.append(file.name)
        result = take_one(self, file, *given, **named)  # type: ignore[arg-type]
        assert go_on.wait(60)
        return result

    with monkeypatch.context() as patched:
        patched.setattr(Receiving, "_one", held_up)
        assert desk.focus() is page.many.take
        desk.enter()
        desk.until(lambda: bool(begun))
        desk.window.close()
        desk.until(lambda: bool(desk.shell.notices.notices))
        assert desk.shell.notices.notices[-1].text == text("window.closing")
        assert desk.window.isVisible(), "what stops is told in a window that is painted"
        go_on.set()
        desk.until(lambda: desk.window._opened is None)
    assert len(begun) == 1
    kept = held(homes.at(DISTRICT), "pham thi han", "pham van dong", "ho thi na")
    assert kept == [True, False, False], "the file in hand was taken in, no other one"


def test_the_record_printed_right_after_receiving_says_what_was_verified_and_who_handed_over(
    qtbot: QtBot, homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_child(homes.at(COMMUNE), "1", "Phạm Thị Hân")
    up = send(homes.at(COMMUNE), DISTRICT, homes)
    path = tmp_path / "nhan.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    desk, page = _at_handover(qtbot, homes, DISTRICT)
    _look_into(desk, page, Path(str(up["file"])))
    desk.tab_to(page.receiving.signers.giver.name)
    desk.press(Key.Key_A, CTRL)
    desk.text("Đinh Thị Giao")
    desk.tab_to(page.receiving.take)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.table
    desk.enter()
    assert desk.focus() is page.one.print
    desk.enter()
    desk.settle()
    words = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    printed = " ".join(words.stdout.split())
    assert "Đúng, nguyên vẹn: khi nhận, phần mềm đã kiểm tra chữ ký số" in printed
    assert "□" not in printed[printed.index("kiểm tra tệp") :][:80]
    assert "Đinh Thị Giao" in printed
    desk.close()
