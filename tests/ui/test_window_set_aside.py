"""What a unit above took out of its register again: its giver reads so; and where another PC of
that unit accepted it, a line of the worklist leads to whoever has to settle it.
"""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.bootstrap import open_services
from app.models.queries import register
from app.models.work import Change
from app.services.installation import unlock
from app.services.worklist import Duty
from app.settings import Settings
from app.ui.handover.register import ANSWER
from tests.e2e.command_line import PASSPHRASE, Homes
from tests.e2e.test_copies import receive, send, type_child
from tests.ui.test_window_answers_owed import counted, enter
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


def taken_back(homes: Homes) -> str:
    """The commune handed over and its district took it back; the handover."""
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Hân")
    sent = send(commune, DISTRICT, homes)
    receive(district, str(sent["file"]))
    handover = str(sent["handover"])
    district.must("handover", "undo", handover, "--reason", "Giao nhầm")
    return handover


def test_the_giver_reads_that_it_was_set_aside_and_is_not_in_use(
    qtbot: QtBot, homes: Homes
) -> None:
    taken_back(homes)
    receive(homes.at(COMMUNE), str(send(homes.at(DISTRICT), COMMUNE, homes)["file"]))
    desk, page = sit_down(qtbot, homes, COMMUNE)
    desk.go_to("handover")
    desk.settle()
    said = [
        item.text()
        for row in range(page.table.rowCount())
        if (item := page.table.item(row, ANSWER)) is not None
    ]
    assert "▲ huyện để riêng, chưa dùng" in said
    desk.tab_to(page.table)
    page.table.selectRow(said.index("▲ huyện để riêng, chưa dùng"))
    desk.enter()
    desk.settle()
    assert "; sau đó để riêng, chưa dùng" in page.one.facts.text
    desk.close()


def accepted_beside(homes: Homes, handover: str) -> None:
    """As a verdict comes from another PC of the unit: nothing here is asked."""
    with (
        open_services(
            Settings(homes.at(DISTRICT).home), lambda settings: unlock(settings, PASSPHRASE)
        ) as services,
        services.workplace.write() as work,
    ):
        found = register.record(work.connection, "handover", handover)
        assert found is not None
        names = ("", "_on", "_by", "_reason")
        said = ("accepted", "2026-11-30T08:00:00Z", "Lê Bình", None)
        values = {f"verdict_district{name}": one for name, one in zip(names, said, strict=True)}
        work.record(Change("handover", values, id=handover, base=found.heads, loaded=found.values))
        work.commit()


def test_what_is_taken_back_here_and_accepted_beside_is_settled_from_the_worklist(
    qtbot: QtBot, homes: Homes
) -> None:
    handover = taken_back(homes)
    accepted_beside(homes, handover)
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    assert counted(desk)[Duty.UNDONE_BUT_ACCEPTED] == 1
    page = enter(desk, Duty.UNDONE_BUT_ACCEPTED)
    assert page.one.isVisible()
    desk.tab_to(page.one.release)
    desk.enter()
    desk.settle()
    assert Duty.UNDONE_BUT_ACCEPTED not in counted(desk)
    assert len(desk.shell.entry.child_ids()) == 1
    desk.close()


def test_the_giver_s_first_page_leads_to_what_was_set_aside_above(
    qtbot: QtBot, homes: Homes
) -> None:
    handover = taken_back(homes)
    receive(homes.at(COMMUNE), str(send(homes.at(DISTRICT), COMMUNE, homes)["file"]))
    desk, _page = sit_down(qtbot, homes, COMMUNE)
    assert counted(desk)[Duty.SET_ASIDE_ABOVE] == 1
    page = enter(desk, Duty.SET_ASIDE_ABOVE)
    assert page.one.isVisible()
    assert page.one._view is not None
    assert page.one._view.id == handover
    assert "; sau đó để riêng, chưa dùng" in page.one.facts.text
    desk.close()
