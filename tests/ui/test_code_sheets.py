"""The sheets with codes, as they come out of the printer: whole and on one page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.reports.document import Document
from app.services.key_sheets import Whose, recovery_sheet, request_sheet, root_sheet
from app.ui.code_sheets import print_sheet
from tests.ui.paper import Paper

#: The widest letters there are.
GROUPS = ("WWWWW", "MMMMM", "QQQQQ", "OOOOO", "WMWMW", "ABCDE", "Z2345")
WHOSE = Whose("Xã Bình Chương, tỉnh Quảng Ngãi", "Nguyễn Thị An", date(2026, 11, 30))


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


def test_who_gives_up_the_dialog_prints_nothing(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QPrintDialog, "exec", lambda _dialog: QPrintDialog.DialogCode.Rejected)
    parent = QWidget()
    qtbot.addWidget(parent)
    assert not print_sheet(parent, _recovery())
