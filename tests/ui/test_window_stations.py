"""The PCs in the administration, by keys: the list, a revocation with its notice, a PC left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.errors import KnownError
from app.i18n import in_sentence
from app.services import revocations, trust
from app.services.worklist import Duty
from app.settings import Settings
from app.ui.admin.stations import STATE, STATION, UNIT, StationsSection
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes
from tests.e2e.conftest import _enrolled_pair, enrolled_pair
from tests.e2e.modified_client import opened
from tests.ui.looks import cut_words
from tests.ui.paper import Paper
from tests.ui.window_admin import open_part
from tests.ui.window_desk import Desk

__all__ = ["_enrolled_pair", "enrolled_pair"]


@pytest.fixture
def desk(qtbot: QtBot, enrolled_pair: Homes) -> Iterator[Desk]:
    """The window of the province, which has certified a commune's PC."""
    made = Desk(qtbot, Settings(enrolled_pair.at(PROVINCE).home)).unlock(PASSPHRASE, stay=True)
    yield made
    made.close()


def _answers(monkeypatch: pytest.MonkeyPatch, *which: int) -> list[str]:
    """Press these buttons of the questions that come; gives the questions."""
    asked, answers = [], list(which)

    def answer(box: QMessageBox) -> int:
        asked.append(f"{box.text()} {box.informativeText()}")
        box.buttons()[answers.pop(0)].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    return asked


def _opened(desk: Desk) -> StationsSection:
    section = open_part(desk, "stations")
    assert isinstance(section, StationsSection)
    return section


def _cells(section: StationsSection, column: int) -> list[str]:
    return [section.rows.words(one, column) for one in section.rows.lines]


def test_a_lost_pc_is_revoked_by_keys_and_the_notice_is_printed(
    desk: Desk, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Paper(monkeypatch, enrolled_pair.folder)
    section = _opened(desk)
    assert desk.focus() is section.table
    assert len(section.rows.lines) == 2
    assert section.revoke is not None
    own = next(at for at, one in enumerate(section.rows.lines) if one.view.own)
    section.table.selectRow(own)
    assert not section.revoke.isEnabled()
    assert not section.out.isEnabled(), "this PC does not do without itself"
    desk.tab_to(section.search)
    desk.text("tịnh khê")
    (name,) = _cells(section, UNIT)
    assert "Tịnh Khê" in name
    (station,) = _cells(section, STATION)
    asked = _answers(monkeypatch, 1, 0)
    desk.tab_to(section.revoke)
    desk.enter()
    assert "mật khẩu giữ khóa" in section.message.text()
    assert desk.focus() is section.secret
    desk.text(PASSPHRASE)
    desk.enter()
    assert desk.focus() is section.revoke
    desk.enter()
    desk.settle()
    assert f"máy {station}, xã Tịnh Khê?" in asked[0], "no capital inside a sentence"
    assert "Không hủy được" in asked[0]
    assert "đang dùng" in _cells(section, STATE)[0], "who says no changes nothing"
    desk.enter()
    desk.settle()
    assert f"Đã thu hồi chứng thư của máy {station}, xã Tịnh Khê." in section.message.text()
    assert "đã thu hồi" in _cells(section, STATE)[0]
    assert not section.revoke.isEnabled(), "it is done once"
    assert not section.out.isEnabled()
    assert desk.focus() is section.printing
    desk.enter()
    printed = paper.take()
    assert printed.count("\f") == 1
    assert station in printed
    assert "Tịnh Khê" in printed
    assert "Máy bị mất" in printed


def test_a_deed_that_fails_offers_nothing_that_was_not_offered_before(desk: Desk) -> None:
    section = _opened(desk)
    assert section.revoke is not None
    own = next(at for at, one in enumerate(section.rows.lines) if one.view.own)
    section.table.selectRow(own)

    def fails() -> None:
        raise KnownError("stations.no_secret")

    section.act(fails, lambda _done: None)
    desk.settle()
    assert section.message.text()
    assert not section.revoke.isEnabled()
    assert not section.out.isEnabled()


def test_a_pc_that_is_broken_for_good_is_waited_for_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = _opened(desk)
    other = next(at for at, one in enumerate(section.rows.lines) if not one.view.own)
    section.table.selectRow(other)
    asked = _answers(monkeypatch, 0)
    desk.tab_to(section.out)
    desk.enter()
    desk.settle()
    assert "không phải là thu hồi" in asked[0]
    assert "không chờ" in section.message.text()
    unit = in_sentence(section.rows.lines[other].unit)
    for one in (asked[0], section.message.text()):
        assert f", {unit}, nữa" in one, "no capital inside a sentence"
    assert "không chờ nữa" in _cells(section, STATE)[other]
    assert section.revoke is not None
    assert section.revoke.isEnabled(), "it may still be revoked"


def test_a_commune_sees_its_pcs_and_revokes_none(qtbot: QtBot, enrolled_pair: Homes) -> None:
    desk = Desk(qtbot, Settings(enrolled_pair.at(COMMUNE).home)).unlock(PASSPHRASE, stay=True)
    section = _opened(desk)
    assert section.revoke is None
    assert any("máy này" in one for one in _cells(section, STATE))
    above = next(at for at, one in enumerate(section.rows.lines) if not one.view.own)
    section.table.selectRow(above)
    assert "nơi khác cấp" in section.about.text()
    desk.close()


def test_a_list_that_lacks_what_was_revoked_waits_on_the_home_page_and_is_made_anew(
    qtbot: QtBot, enrolled_pair: Homes
) -> None:
    """Two key holders revoked apart: the newest list of the province lacks one of the two."""
    province = enrolled_pair.at(PROVINCE)
    with opened(province.home) as store, store.write("test") as work:
        (own,) = trust.authorities(work.connection)
        when = datetime(2026, 1, 1, tzinfo=UTC)
        revocations.keep_unlisted(work, own.key_id, {4711: when})
        work.commit()
    desk = Desk(qtbot, Settings(province.home)).unlock(PASSPHRASE, stay=True)
    (task,) = [one for one in desk.shell.home.lines.tasks if one.duty is Duty.LISTS_LACK]
    assert task.count == 1
    section = _opened(desk)
    assert section.lacking.isVisible()
    assert cut_words(desk.window) == []
    desk.tab_to(section.complete)
    desk.enter()
    assert desk.focus() is section.lists_secret
    desk.text(PASSPHRASE)
    desk.tab_to(section.complete)
    desk.enter()
    desk.settle()
    assert "Đã lập lại danh sách thu hồi" in section.message.text()
    assert not section.lacking.isVisible()
    desk.go_to("home")
    desk.settle()
    assert Duty.LISTS_LACK not in [one.duty for one in desk.shell.home.lines.tasks]
    desk.close()
    with opened(province.home) as store, store.read() as reading:
        assert (own.key_id, 4711) in revocations.revoked(reading)
