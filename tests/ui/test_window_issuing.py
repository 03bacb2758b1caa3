"""Certifying a PC in the window: for several units, for a role, on a day that somebody names."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.services import enrolment
from app.settings import Settings
from app.ui.admin.issuing import IssuingSection
from tests.e2e.command_line import PASSPHRASE, PROVINCE, Homes
from tests.e2e.conftest import _enrolled_pair, enrolled_pair
from tests.e2e.modified_client import opened
from tests.ui.paper import Paper
from tests.ui.window_admin import open_part
from tests.ui.window_desk import Desk, Key

__all__ = ["_enrolled_pair", "enrolled_pair"]

COMMUNE, NEIGHBOUR = "21100@2025", "21211@2025"


def looked_at(qtbot: QtBot, homes: Homes) -> tuple[Desk, IssuingSection, str]:
    """The province's window with a request of a commune opened, and the code of the request."""
    request = homes.stick / "asks.csr"
    if not homes.at(COMMUNE).home.exists():
        homes.init(COMMUNE)
    code = homes.at(COMMUNE).must("enrol", "request", "--out", request)["check_code"]
    desk = Desk(qtbot, Settings(homes.at(PROVINCE).home)).unlock(PASSPHRASE, stay=True)
    section = open_part(desk, "issuing")
    assert isinstance(section, IssuingSection)
    desk.tab_to(section.file)
    desk.text(str(request))
    desk.tab_to(section.look)
    desk.enter()
    desk.settle()
    assert desk.focus() is section.heard
    return desk, section, code


def test_a_pc_is_certified_for_several_units_and_a_role_and_its_sheet_says_so(
    qtbot: QtBot, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Paper(monkeypatch, enrolled_pair.folder)
    desk, section, code = looked_at(qtbot, enrolled_pair)
    offered = [section.more.list.item(row) for row in range(section.more.list.count())]
    refs = [str(item.data(Qt.ItemDataRole.UserRole)) for item in offered]
    assert COMMUNE not in refs, "what it asks for is in it already"
    assert not section.today.edit.isVisible(), "nobody is asked for a day that is sure"
    desk.tab_to(section.more.list)
    section.more.list.setCurrentRow(refs.index(NEIGHBOUR))
    desk.press(Key.Key_Space, text=" ")
    assert section.more.chosen == (NEIGHBOUR,)
    desk.tab_to(section.role)
    section.role.setCurrentIndex(section.role.findData("clerk"))
    desk.tab_to(section.heard)
    desk.text(code)
    desk.enter()
    assert desk.focus() is section.secret
    desk.text(PASSPHRASE)
    desk.enter()
    desk.enter()
    desk.settle()
    assert desk.focus() is section.paper, section.message.text()
    desk.enter()
    printed = " ".join(paper.take().split())
    workplace = desk.workplace
    for ref in (COMMUNE, NEIGHBOUR):
        assert workplace.tree.units.unit(ref).full_name("vi") in printed
    assert "Người nhập liệu" in printed
    root = section._fingerprint
    assert [one for one in printed.split() if one in root.split("-")] == root.split("-")
    desk.close()
    below = enrolled_pair.at(COMMUNE)
    reply = enrolled_pair.stick / "asks.tebundle"
    done = below.must("enrol", "accept", reply, "--fingerprint", root)
    assert done["role"] == "clerk"
    (own,) = [one for one in below.must("authority", "stations") if one["own"]]
    assert own["role"] == "clerk"


def test_where_the_clock_may_be_wrong_somebody_says_what_day_it_is(
    qtbot: QtBot, enrolled_pair: Homes
) -> None:
    with opened(enrolled_pair.at(PROVINCE).home) as store, store.write("test") as work:
        store.put_settings(work, {"clock-floor": str(int(time.time()) + 40 * 86400)})
        work.commit()
    desk, section, code = looked_at(qtbot, enrolled_pair)
    desk.text(code)
    desk.tab_to(section.secret)
    desk.text(PASSPHRASE)
    desk.enter()
    desk.enter()
    desk.settle()
    assert "Chưa cấp chứng thư" in section.message.text()
    assert "Hôm nay là ngày" in section.message.text(), "no option of a command is named"
    assert desk.focus() is section.today.edit
    desk.text("010120")
    desk.tab_to(section.grant)
    desk.enter()
    desk.settle()
    assert "01/01/2020" in section.message.text()
    assert not (enrolled_pair.stick / "asks.tebundle").exists()
    assert desk.focus() is section.today.edit
    section.today.edit.clear()
    desk.text(f"{desk.workplace.today():%d%m%Y}")
    desk.tab_to(section.grant)
    desk.enter()
    desk.settle()
    assert desk.focus() is section.paper, section.message.text()
    assert (enrolled_pair.stick / "asks.tebundle").exists()
    desk.close()


def test_a_renewal_begins_from_what_the_pc_is_certified_for_and_says_what_will_differ(
    qtbot: QtBot, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, below = enrolled_pair.at(PROVINCE), enrolled_pair.init(COMMUNE)
    request, reply = enrolled_pair.folder / "first", enrolled_pair.folder / "first.tebundle"
    code = below.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    words = ("--unit", COMMUNE, NEIGHBOUR, "--role", "clerk")
    root = top.must(*grant, *words)["root_fingerprint"]
    below.must("enrol", "accept", reply, "--fingerprint", root)
    monkeypatch.setattr(enrolment, "RENEWAL", timedelta(days=4 * 366))
    desk, section, code = looked_at(qtbot, enrolled_pair)
    assert section.more.chosen == (NEIGHBOUR,)
    assert section.role.currentData() == "clerk"
    held = section.differs.text()
    assert section.differs.isVisible()
    assert "Người nhập liệu" in held
    assert "Chứng thư mới" not in held

    section.role.setCurrentIndex(0)
    assert "đổi việc được làm thành: Mọi việc" in section.differs.text()
    desk.tab_to(section.more.list)
    row = next(
        row
        for row in range(section.more.list.count())
        if section.more.list.item(row).data(Qt.ItemDataRole.UserRole) == NEIGHBOUR
    )
    section.more.list.setCurrentRow(row)
    desk.press(Key.Key_Space, text=" ")
    assert "không còn" in section.differs.text()
    desk.tab_to(section.heard)
    desk.text(code)
    desk.tab_to(section.secret)
    desk.text(PASSPHRASE)
    desk.enter()
    desk.enter()
    desk.settle()
    assert section._done is not None, section.message.text()
    assert (section._done.units, section._done.role) == ((COMMUNE,), "commune")
    desk.close()
