"""In its last months the certificate of a PC is renewed in the window, from what waits on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.services import enrolment, enrolment_state, stations
from app.services.worklist import Duty
from app.settings import Settings
from app.ui.admin.enrolment import EnrolmentSection
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes
from tests.e2e.conftest import _enrolled_pair, enrolled_pair
from tests.ui.paper import Paper
from tests.ui.window_admin import open_part
from tests.ui.window_desk import Desk

__all__ = ["_enrolled_pair", "enrolled_pair"]


def _desk(qtbot: QtBot, homes: Homes, unit: str) -> Desk:
    return Desk(qtbot, Settings(homes.at(unit).home)).unlock(PASSPHRASE, stay=True)


def _part(desk: Desk) -> EnrolmentSection:
    section = open_part(desk, "enrolment")
    assert isinstance(section, EnrolmentSection)
    return section


def _ask(desk: Desk, section: EnrolmentSection, homes: Homes) -> None:
    section.folder.clear()
    desk.tab_to(section.folder)
    desk.text(str(homes.stick))
    desk.tab_to(section.ask)
    desk.enter()
    desk.settle()


def test_a_certificate_is_renewed_in_the_window_in_its_last_months_and_not_before(
    qtbot: QtBot, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, stick = Paper(monkeypatch, enrolled_pair.folder), enrolled_pair.stick
    desk = _desk(qtbot, enrolled_pair, COMMUNE)
    section = _part(desk)
    assert "đã được cấp chứng thư" in section.state.text()
    _ask(desk, section, enrolled_pair)
    assert "trong 6 tháng cuối" in section.message.text().lower()
    assert list(stick.iterdir()) == []
    # Here the whole life of a certificate is its last months.
    for module in (enrolment, enrolment_state, stations):
        monkeypatch.setattr(module, "RENEWAL", timedelta(days=4 * 366))
    desk.go_to("home")
    desk.settle()
    assert Duty.CERTIFICATE_ENDS in [one.duty for one in desk.shell.home.lines.tasks]
    section = _part(desk)
    section.load()
    desk.settle()
    assert "sắp hết hạn" in section.state.text()
    _ask(desk, section, enrolled_pair)
    (request,) = stick.iterdir()
    code = section.code_label.text().replace(" ", "")
    desk.tab_to(section.printing)
    desk.enter()
    printed = paper.take()
    station = section.state.text().rpartition(" ")[2].rstrip(".")
    assert station in printed
    assert [one for one in printed.split() if one in code.split("-")] == code.split("-")

    top = enrolled_pair.at(PROVINCE)
    reply = stick / "again.tebundle"
    granted = top.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    listed = [one for one in top.must("authority", "stations") if one["unit"] == COMMUNE]
    assert [one["state"] for one in listed] == ["ending"], "one line, however often certified"

    desk.tab_to(section.file)
    desk.text(str(reply))
    desk.tab_to(section.fingerprint)
    desk.text(granted["root_fingerprint"].lower())
    desk.tab_to(section.accept)
    desk.enter()
    desk.settle()
    assert "Từ nay bàn giao được" in section.message.text(), section.message.text()
    desk.close()


def test_a_pc_begins_anew_only_after_a_question_and_then_asks_as_a_new_one_does(
    qtbot: QtBot, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _desk(qtbot, enrolled_pair, COMMUNE)
    section = _part(desk)
    before = section.state.text().rpartition(" ")[2]
    asked, answers = [], [1, 0]

    def answer(box: QMessageBox) -> int:
        asked.append(box.informativeText())
        box.buttons()[answers.pop(0)].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    desk.tab_to(section.anew)
    desk.enter()
    desk.settle()
    assert "không mở được nữa" in asked[0]
    assert "đã được cấp chứng thư" in section.state.text(), "who says no keeps it"
    desk.enter()
    desk.settle()
    assert "chưa gửi yêu cầu" in section.state.text()
    assert not section.anew.isVisible(), "there is nothing left to forget"
    _ask(desk, section, enrolled_pair)
    assert "chờ cấp trên" in section.state.text()
    assert section.state.text().rpartition(" ")[2] != before, "another PC than before"
    desk.close()
