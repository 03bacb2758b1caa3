"""Names typed into a dialog: none is cut short, and no file is written over unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.ui.named_file import with_ending
from app.ui.pdf_file import name_pdf


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Danh sách 01.12", "Danh sách 01.12.pdf"),
        ("da-ky", "da-ky (2).pdf"),
        ("da-ky.pdf", "da-ky.pdf"),  # the dialog has asked about this one
    ],
)
def test_the_name_of_a_paper_stands_as_typed_and_takes_no_file_that_is_there(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, named: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    (tmp_path / "da-ky.pdf").write_bytes(b"signed")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), ""))
    assert name_pdf(window, "", "") == tmp_path / named


def test_a_name_with_the_ending_is_left_alone(tmp_path: Path) -> None:
    assert with_ending(str(tmp_path / "a.XLSX"), ".xlsx") == tmp_path / "a.XLSX"
