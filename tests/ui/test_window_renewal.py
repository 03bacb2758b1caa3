"""In its last months the certificate of a PC is renewed in the window, from what waits on."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.services import enrolment, enrolment_state, stations
from app.services.worklist import Duty
from app.settings import Settings
from app.ui.admin.enrolment import EnrolmentSection
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes
from tests.e2e.conftest import _enrolled_pair, enrolled_pair
from tests.e2e.modified_client import opened
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
    assert desk.focus() is section.printing, "the sheet comes next"
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


def test_a_pc_that_is_certified_for_one_role_asks_for_its_next_certificate_all_the_same(
    qtbot: QtBot, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, below = enrolled_pair.at(PROVINCE), enrolled_pair.init("21100@2025")
    request, reply = enrolled_pair.folder / "first", enrolled_pair.folder / "first.tebundle"
    code = below.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    root = top.must(*grant, "--role", "clerk")["root_fingerprint"]
    below.must("enrol", "accept", reply, "--fingerprint", root)
    for module in (enrolment, enrolment_state, stations):
        monkeypatch.setattr(module, "RENEWAL", timedelta(days=4 * 366))
    desk = _desk(qtbot, enrolled_pair, "21100@2025")
    section = _part(desk)
    assert "people" not in desk.shell.admin.sections
    assert "stations" not in desk.shell.admin.sections
    _ask(desk, section, enrolled_pair)
    (request,) = enrolled_pair.stick.iterdir()
    assert request.suffix == ".csr"
    desk.close()


def test_a_reply_under_a_clock_that_may_be_wrong_is_taken_when_somebody_says_the_day_is_right(
    qtbot: QtBot, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    for module in (enrolment, enrolment_state, stations):
        monkeypatch.setattr(module, "RENEWAL", timedelta(days=4 * 366))
    request, reply = enrolled_pair.folder / "again", enrolled_pair.stick / "again.tebundle"
    code = below.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    root = top.must(*grant)["root_fingerprint"]
    first = below.must("authority", "status")["certificate"]
    # A unit above has written a day on which the old and the new certificate are over.
    with opened(below.home) as store, store.write("test") as work:
        store.put_settings(work, {"clock-floor": str(int(time.time()) + 5 * 366 * 86400)})
        work.commit()
    desk = _desk(qtbot, enrolled_pair, COMMUNE)
    section = _part(desk)
    answers = ["Chưa nhận", "Đúng, cứ nhận"]
    asked: list[str] = []

    def answer(box: QMessageBox) -> int:
        asked.append(box.text())
        words = answers[len(asked) - 1]
        (button,) = [one for one in box.buttons() if one.text().replace("&", "") == words]
        button.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    for done in (False, True):
        for field, words in ((section.file, str(reply)), (section.fingerprint, root)):
            field.clear()
            desk.tab_to(field)
            desk.text(words)
        desk.tab_to(section.accept)
        desk.enter()
        desk.settle()
        assert (section.file.text() == "") is done, section.message.text()
    assert len(asked) == 2
    assert f"{desk.workplace.today():%d/%m/%Y}" in asked[0]
    desk.close()
    assert below.must("authority", "status")["certificate"] != first


def test_who_takes_a_renewal_in_the_window_reads_that_the_key_in_the_safe_is_renewed_too(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top, district = homes.init("51@2024"), homes.init("522@2024")
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, district, root)
    shutil.move(district.home / "authority" / "authority.age", tmp_path / "safe.age")
    for module in (enrolment, enrolment_state, stations):
        monkeypatch.setattr(module, "RENEWAL", timedelta(days=4 * 366))
    request, reply = district.beside("again.request"), district.beside("again.tebundle")
    code = district.must("enrol", "request", "--out", request)["check_code"]
    top.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    desk = _desk(qtbot, homes, "522@2024")
    section = _part(desk)
    for field, words in ((section.file, str(reply)), (section.fingerprint, root)):
        desk.tab_to(field)
        desk.text(words)
    desk.tab_to(section.accept)
    desk.enter()
    desk.settle()
    said = section.message.text()
    assert "Khóa cấp chứng thư của đơn vị nay dùng được đến" in said
    assert "đang cất ngoài máy này" in said
    assert "không có khóa" not in said
    assert "«sotreem" not in said
    desk.close()
