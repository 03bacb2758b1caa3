"""The authorities of districts in the province's window: the list, revoking one, its notice."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.ui.admin.authorities import STATE, STATIONS, UNIT, AuthoritiesSection
from tests.e2e.command_line import PASSPHRASE, Homes
from tests.ui.looks import cut_words, nameless, poor_contrast
from tests.ui.paper import Paper
from tests.ui.window_admin import open_part
from tests.ui.window_desk import Desk

PROVINCE, DISTRICT = "51@2024", "522@2024"


def _certified(homes: Homes) -> None:
    top, middle = homes.init(PROVINCE), homes.init(DISTRICT)
    homes.enrol(top, middle, top.must("authority", "init")["root_fingerprint"])


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_authority_of_a_district_is_revoked_by_keys_after_a_question(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scale: float
) -> None:
    paper, homes = Paper(monkeypatch, tmp_path), Homes(tmp_path, monkeypatch)
    _certified(homes)
    desk = Desk(qtbot, Settings(homes.at(PROVINCE).home), scale).unlock(PASSPHRASE, stay=True)
    section = open_part(desk, "authorities")
    assert isinstance(section, AuthoritiesSection)
    for measure in (cut_words, nameless, poor_contrast):
        assert measure(desk.window) == []
    (line,) = section.rows.lines
    assert "Quảng Ngãi" in section.rows.words(line, UNIT)
    assert section.rows.words(line, STATIONS) == "0"
    asked, answers = [], [1, 0]

    def answer(box: QMessageBox) -> int:
        asked.append(f"{box.text()} {box.informativeText()}")
        box.buttons()[answers.pop(0)].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    desk.tab_to(section.revoke)
    desk.enter()
    assert desk.focus() is section.secret
    desk.text(PASSPHRASE)
    desk.enter()
    desk.enter()
    desk.settle()
    assert "Không hủy được" in asked[0]
    assert "của thành phố Quảng Ngãi?" in asked[0], "no capital inside a sentence"
    assert "đang dùng" in section.rows.words(section.rows.lines[0], STATE)
    desk.enter()
    desk.settle()
    assert "đã thu hồi" in section.rows.words(section.rows.lines[0], STATE), section.message.text()
    assert not section.revoke.isEnabled()
    assert "của thành phố Quảng Ngãi;" in section.message.text()
    assert desk.focus() is section.printing
    desk.enter()
    printed = " ".join(paper.take().split())
    assert "Thành phố Quảng Ngãi" in printed
    assert "Xin cấp lại từ đầu" in printed
    desk.close()


def test_a_province_of_two_tiers_has_no_such_part(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    homes.init("51@2025")
    desk = Desk(qtbot, Settings(homes.at("51@2025").home)).unlock(PASSPHRASE, stay=True)
    assert "authorities" not in desk.shell.admin.sections
    assert "keys" in desk.shell.admin.sections
    desk.close()
