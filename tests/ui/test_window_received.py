"""The window sends nobody to a line of the register of handovers that is not there, and every
received bundle has one: from another PC of the unit it is taken back there.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.settings import Settings
from app.ui.handover.register import ANSWER, COUNTS, FROM, TO
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.test_copies import type_child
from tests.older_program import seal_without_counts
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, PROVINCE, homes, receive, sit_down

__all__ = ["homes"]  # a fixture


def _told(qtbot: QtBot, homes: Homes, unit: str, file: Path) -> tuple[list[str], int]:
    """The notices after a bundle was received, and how many lines the register then has."""
    desk, page = sit_down(qtbot, homes, unit)
    receive(desk, page, file)
    said = [one.text for one in desk.shell.notices.notices]
    lines = page.table.rowCount()
    desk.close()
    return said, lines


def test_of_what_came_from_above_the_record_is_written_here_too_as_the_file_states_it(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "2", "Phạm Thị Hân")
    up = commune.must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    said, lines = _told(qtbot, homes, DISTRICT, Path(up["file"]))
    assert (said, lines) == ([text("handovers.send_receipt")], 1)
    down = district.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    said, lines = _told(qtbot, homes, COMMUNE, Path(down["file"]))
    assert (said, lines) == ([text("handovers.from_above")], 2)
    (view,) = [one for one in commune.must("handover", "list") if one["giver"] == DISTRICT]
    assert (view["households"], view["children"]) == (1, 1), "nobody waits for the giver's half"
    assert view["sent_on"]
    paper = homes.folder / "giấy.pdf"
    commune.must("handover", "record", view["id"], "--out", paper)
    assert paper.read_bytes().startswith(b"%PDF")


def test_an_older_program_above_states_nothing_and_writes_the_record_itself(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_without_counts(monkeypatch)
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    down = district.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    said, lines = _told(qtbot, homes, COMMUNE, Path(down["file"]))
    assert (said, lines) == ([text("handovers.no_line")], 1)
    (view,) = commune.must("handover", "list")
    refused = commune("handover", "record", view["id"], "--out", homes.folder / "giấy.pdf")
    assert (refused.code, refused.document["error"]) == (1, "handover.unknown")


def test_what_came_from_another_pc_of_the_unit_has_a_line_and_is_taken_back_there(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_without_counts(monkeypatch)
    commune, other = homes.at(COMMUNE), _another_pc(homes)
    type_child(commune, "2", "Phạm Thị Hân")
    sent = commune.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    desk = Desk(qtbot, Settings(other.home)).unlock(PASSPHRASE)
    page = desk.shell.handover
    receive(desk, page, Path(sent["file"]))
    (said,) = [one.text for one in desk.shell.notices.notices]
    assert said == text("handovers.copied")
    # The keyboard is on its line, and says where it came from and that it is here.
    assert desk.focus() is page.table
    view = page.table._views[page.table.currentRow()]
    assert (view.direction, view.seq) == ("beside", sent["seq"])
    row = [page.table.item(page.table.currentRow(), at) for at in (COUNTS, ANSWER, FROM, TO)]
    words = [one.text() for one in row if one is not None]
    assert words[2:] == ["Máy khác của xã Tịnh Châu", "Xã Tịnh Châu"]
    assert words[0].endswith("thay đổi vào sổ")
    assert words[1] == text("handovers.received_here")
    desk.press(Key.Key_Escape)
    desk.enter()
    desk.settle()
    desk.tab_to(page.one.undo)
    desk.enter()
    desk.settle()
    assert "1 trẻ" in page.one.told.text()
    desk.text("Nhận nhầm tệp")
    desk.enter()
    desk.settle()
    assert list(desk.shell.entry.child_ids()) == []
    assert not page.one.release.isHidden()
    desk.tab_to(page.one.release)
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 1
    desk.close()
    # The command lists it as well, and takes it back by what it lists.
    (one,) = other.must("handover", "list")
    assert (one["id"], one["received_here"] is not None) == (view.id, True)
    assert other.must("handover", "undo", one["id"], "--preview")["children_gone"] == 1
    other.must("handover", "undo", one["id"], "--reason", "Nhận nhầm tệp")
    (one,) = other.must("handover", "list")
    assert one["undone"]["why"] == "Nhận nhầm tệp"


def _another_pc(homes: Homes) -> Prompt:
    """A second PC of the commune, enrolled by the district; it has heard of the first."""
    district = homes.at(DISTRICT)
    other = Prompt(homes.folder / "pc-b", homes._monkeypatch)
    other.must("init", "--unit", COMMUNE, "--user", "binh", "--full-name", "Trần Thị Bình")
    homes.enrol(district, other, homes.at(PROVINCE).must("authority", "status")["root_fingerprint"])
    homes.carry(district, homes.at(COMMUNE), COMMUNE)
    return other
