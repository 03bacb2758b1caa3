"""Where requests, replies and keys go by stick, the sticks that are there are offered, as they are
where bundles are sent and received.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services import sticks as found_sticks
from app.services.sticks import Stick
from app.settings import Settings
from app.ui.admin.enrolment import EnrolmentSection
from app.ui.admin.issuing import IssuingSection
from app.ui.admin.keys import KeysSection
from app.ui.admin.reopening import ReopeningSection
from app.ui.admin.section import Section
from app.ui.admin.sticks_here import SticksHere
from tests.e2e.command_line import PASSPHRASE, Homes
from tests.ui.window_admin import open_part
from tests.ui.window_desk import Desk

COMMUNE, PROVINCE = "21100@2025", "51@2025"


def _stick(folder: Path, name: str) -> Stick:
    """A stick of 8 GB, nearly empty."""
    place = folder / name
    place.mkdir()
    return Stick(place, name, 7_000_000_000, 8_000_000_000, read_only=False)


def _put_in(monkeypatch: pytest.MonkeyPatch, *found: Stick) -> None:
    monkeypatch.setattr(found_sticks, "sticks", lambda: list(found))


def _press(desk: Desk, row: SticksHere, place: int = 0) -> None:
    desk.tab_to(row.steps[place])
    desk.enter()
    desk.settle()


def _rows(section: Section) -> list[SticksHere]:
    return section.findChildren(SticksHere)


def test_a_request_goes_to_the_stick_that_is_there_and_its_reply_is_found_on_it(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = _stick(tmp_path, "KINGSTON")
    _put_in(monkeypatch, stick)
    home = Homes(tmp_path, monkeypatch).init(COMMUNE)
    desk = Desk(qtbot, Settings(home.home)).unlock(PASSPHRASE, stay=True)
    section = open_part(desk, "enrolment")
    assert isinstance(section, EnrolmentSection)
    folder, reply = _rows(section)
    desk.until(lambda: section.folder.text() == str(stick.folder))
    assert folder.steps[0].text() == "KINGSTON · trống 7 GB"
    desk.tab_to(section.ask)
    desk.enter()
    desk.settle()
    (request,) = stick.folder.iterdir()
    assert request.name == "SoTreEm-21100.csr"
    # No reply lies there yet: that is said, and where else to look.
    _press(desk, reply)
    assert section.file.text() == ""
    assert text("sticks.no_file", folder=str(stick.folder), kind=".tebundle") in (
        section.message.text()
    )
    # Among those of other communes its own is meant.
    for name in ("SoTreEm-21103.tebundle", "SoTreEm-21100.tebundle"):
        (stick.folder / name).write_bytes(b"")
    _press(desk, reply)
    assert section.file.text() == str(stick.folder / "SoTreEm-21100.tebundle")
    assert desk.focus() is section.fingerprint
    assert section.message.text() == "", "what was said of the stick is not true any more"
    desk.close()


def test_the_province_finds_requests_on_the_stick_and_copies_its_keys_to_one(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = _stick(tmp_path, "A"), _stick(tmp_path, "B")
    _put_in(monkeypatch, one, other)
    homes = Homes(tmp_path, monkeypatch)
    province, commune = homes.init(PROVINCE), homes.init(COMMUNE)
    province.must("authority", "init")
    asked = one.folder / "SoTreEm-21100.csr"
    commune.must("enrol", "request", "--out", asked)
    desk = Desk(qtbot, Settings(province.home)).unlock(PASSPHRASE, stay=True)
    section = open_part(desk, "issuing")
    assert isinstance(section, IssuingSection)
    (row,) = _rows(section)
    desk.until(row.steps[1].isVisible)
    _press(desk, row)
    assert section.file.text() == str(asked)
    assert desk.focus() is section.heard, "the request is looked at"
    # Of several a person has to choose.
    for name in ("1.csr", "2.csr"):
        (other.folder / name).write_bytes(b"")
    section.file.clear()
    _press(desk, row, 1)
    assert section.file.text() == ""
    assert text("sticks.several", folder=str(other.folder), kind=".csr") in section.message.text()

    desk.go_to("home")
    desk.settle()
    keys = open_part(desk, "keys")
    assert isinstance(keys, KeysSection)
    (row,) = _rows(keys)
    desk.until(row.steps[1].isVisible)
    assert keys.to.text() == "", "of two sticks a person chooses"
    _press(desk, row, 1)
    assert keys.to.text() == str(other.folder)
    assert desk.focus() is keys.copy
    desk.go_to("home")
    desk.settle()
    reopening = open_part(desk, "reopening")
    assert isinstance(reopening, ReopeningSection)
    (row,) = _rows(reopening)
    desk.until(row.steps[1].isVisible)
    desk.close()


def test_the_province_has_nobody_above_whom_it_could_ask(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Homes(tmp_path, monkeypatch).init(PROVINCE)
    desk = Desk(qtbot, Settings(home.home)).unlock(PASSPHRASE, stay=True)
    section = open_part(desk, "enrolment")
    assert isinstance(section, EnrolmentSection)
    said = [one.text() for one in section.findChildren(QLabel) if one.text()]
    assert not [one for one in said if "cấp trên" in one.lower() and "mất khóa gốc" not in one]
    assert any("máy giữ khóa gốc của tỉnh" in one for one in said)
    desk.close()
