"""Patterns that the shell did not expand are expanded by the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.commands.handover import _view_line
from app.cli.file_patterns import expanded
from app.services.handover_register import HandoverView, Receipt


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    for name in ("b.tebundle", "a.tebundle", "note.txt"):
        (tmp_path / name).touch()
    return tmp_path


def test_a_pattern_means_the_files_it_fits_each_once(stick: Path) -> None:
    wanted = [stick / "b.tebundle", stick / "*.tebundle"]
    assert expanded(wanted) == [stick / "b.tebundle", stick / "a.tebundle"]
    assert expanded([stick / "?.tebundle"]) == [stick / "a.tebundle", stick / "b.tebundle"]


def test_a_file_that_is_called_like_a_pattern_is_meant_itself(stick: Path) -> None:
    (stick / "[ab].tebundle").touch()
    assert expanded([stick / "[ab].tebundle"]) == [stick / "[ab].tebundle"]


def test_what_fits_nothing_is_left_for_the_sentence_about_it(stick: Path) -> None:
    assert expanded([stick / "*.csv", stick / "gone"]) == [stick / "*.csv", stick / "gone"]


@pytest.mark.parametrize(
    ("giver", "said"), [("21064@2024", "Xã 21064@2024"), ("", "chưa rõ bên giao")]
)
def test_a_handover_known_only_by_its_receipt_says_so_in_words(giver: str, said: str) -> None:
    receipt = Receipt("province", "2025-01-02", "51@2024", 1, 2, 0, 0, 0)
    view = HandoverView("id", giver, "", 0, "", "", None, None, None, "", "", "", (receipt,), ())
    line = _view_line(view, lambda unit: f"Xã {unit}", "commune")
    assert "→" not in line
    assert "gói 0" not in line
    assert said in line
    assert "chưa rõ số gói" in line
    assert "cấp trên" not in line
    assert "đã đến" in line
