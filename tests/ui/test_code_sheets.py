"""The sheets with codes, as they come out of the printer: whole and on one page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.i18n import set_language, text
from app.reports.document import Document
from app.services.key_sheets import (
    KeptRoot,
    RevokedPc,
    Whose,
    kept_root_sheet,
    recovery_sheet,
    request_sheet,
    revoked_sheet,
    root_sheet,
)
from app.ui.code_sheets import print_sheet
from tests.ui.paper import Paper

#: The widest letters there are.
GROUPS = ("WWWWW", "MMMMM", "QQQQQ", "OOOOO", "WMWMW", "ABCDE", "Z2345")
WHOSE = Whose("Xã Bình Chương, tỉnh Quảng Ngãi", "Nguyễn Thị An", date(2026, 11, 30), "21100@2024")


KEPT = KeptRoot(
    "-".join(GROUPS[:5]), date(2046, 11, 25), "-".join(GROUPS[1:6]), Path("C:/SoTreEm/authority")
)


def _recovery() -> Document:
    return recovery_sheet("-".join(GROUPS), WHOSE)


def _request() -> Document:
    return request_sheet("-".join(GROUPS[:5]), "SoTreEm-21100.csr", "5740B3AE", WHOSE)


def _root() -> Document:
    return root_sheet("-".join(GROUPS[:5]), WHOSE)


@pytest.mark.parametrize(
    ("make", "groups"),
    [(_recovery, GROUPS), (_request, GROUPS[:5]), (_root, GROUPS[:5])],
)
def test_a_printed_code_is_whole_numbered_and_on_one_page(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], Document],
    groups: tuple[str, ...],
) -> None:
    paper = Paper(monkeypatch, tmp_path)
    parent = QWidget()
    qtbot.addWidget(parent)
    assert print_sheet(parent, make())
    read = paper.take()
    assert read.count("\f") == 1
    words = read.split()
    assert [one for one in words if one in groups] == list(groups), "none is broken"
    assert all(f"Nhóm {place}" in " ".join(words) for place in range(1, len(groups) + 1))
    assert "Xã Bình Chương" in " ".join(words)
    assert "30/11/2026" in read


def _printed(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: Document) -> str:
    paper = Paper(monkeypatch, tmp_path)
    parent = QWidget()
    qtbot.addWidget(parent)
    assert print_sheet(parent, sheet)
    return " ".join(paper.take().split())


def test_a_request_names_its_unit_as_the_one_who_grants_must_type_it(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Mã đơn vị: 21100@2024" in _printed(qtbot, tmp_path, monkeypatch, _request())


def test_a_revocation_tells_when_its_list_was_made(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of a list counts seconds: grouped in thousands it says nothing to anybody."""
    moment = datetime(2026, 11, 30, 17, 23).astimezone()
    made = int(moment.timestamp())
    pc = RevokedPc("Xã Bình Chương", "5740B3AE", "Mất máy", made)
    read = _printed(qtbot, tmp_path, monkeypatch, revoked_sheet(pc, WHOSE))
    assert f"Danh sách thu hồi: lập lúc 17:23 30/11/2026 (số {made})" in read


@pytest.mark.parametrize("language", ["vi", "en"])
def test_sentences_about_pcs_and_keys_below_name_the_part_of_the_page_that_lists_them(
    language: str,
) -> None:
    before = i18n.language()
    set_language(language)
    try:
        keys, pcs = text("below.short"), text("stations.title")
        assert keys in text("stations.sheet_key")
        assert keys in text("authority.unknown_authority_hint.window")
        assert pcs in text("authority.unknown_station_hint.window")
    finally:
        set_language(before)


@pytest.mark.parametrize("sheet", ["revoked", "root"])
def test_what_is_still_to_be_done_is_not_told_as_past(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: str
) -> None:
    """«gần nhất» is the last one that was, everywhere in the program."""
    pc = RevokedPc("Xã Bình Chương", "5740B3AE", "Mất máy", 1)
    made = revoked_sheet(pc, WHOSE) if sheet == "revoked" else kept_root_sheet(KEPT, WHOSE)
    read = _printed(qtbot, tmp_path, monkeypatch, made)
    assert "lần bàn giao tới" in read
    assert "gần nhất" not in read


def test_the_sheet_of_a_root_says_where_its_files_are_and_how_long_it_is_good(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = _printed(qtbot, tmp_path, monkeypatch, kept_root_sheet(KEPT, WHOSE))
    assert read.count("\f") <= 1
    assert "Khóa gốc dùng đến hết ngày: 25/11/2046" in read
    assert f"Thư mục khóa trên máy: {KEPT.folder}" in read


def test_who_gives_up_the_dialog_prints_nothing(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QPrintDialog, "exec", lambda _dialog: QPrintDialog.DialogCode.Rejected)
    parent = QWidget()
    qtbot.addWidget(parent)
    assert not print_sheet(parent, _recovery())
