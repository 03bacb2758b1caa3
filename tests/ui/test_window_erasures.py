"""Erasure by law at the window: found, told in numbers, asked about, done; old copies destroyed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.i18n import number, text
from app.services.worklist import Duty
from app.settings import Settings
from app.ui.admin.erasures import ErasuresSection
from tests.e2e.command_line import PASSPHRASE, Homes
from tests.e2e.test_erasure import (
    COMMUNE,
    OTHER,
    PLANTED,
    PROVINCE,
    child_of,
    holds,
    homes,
    prepared,
)
from tests.ui.looks import amiss
from tests.ui.window_desk import Desk

__all__ = ["homes", "prepared"]  # fixtures


def _sit_down(
    qtbot: QtBot, homes: Homes, unit: str, scale: float = 1.0
) -> tuple[Desk, ErasuresSection]:
    desk = Desk(qtbot, Settings(homes.at(unit).home), scale).unlock(PASSPHRASE)
    desk.go_to("admin")
    desk.settle()
    page = desk.shell.admin
    page.list.setCurrentRow(list(page.sections).index("erasures"))
    desk.settle()
    section = page.sections["erasures"]
    assert isinstance(section, ErasuresSection)
    return desk, section


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked; every question is answered by its first choice."""
    said: list[str] = []

    def answer(box: QMessageBox) -> int:
        said.append(f"{box.text()} {box.informativeText()}")
        box.buttons()[0].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    return said


def test_the_province_finds_a_child_is_told_what_goes_and_erases(
    qtbot: QtBot, homes: Homes, asked: list[str]
) -> None:
    desk, section = _sit_down(qtbot, homes, PROVINCE)
    desk.tab_to(section.erasing)
    desk.enter()
    assert text("erasures.choose") in section.message.text()
    desk.tab_to(section.wanted)
    desk.text("pham thi ngung")
    desk.tab_to(section.finding)
    desk.enter()
    desk.settle()
    assert section.who.currentText().startswith(PLANTED)
    desk.tab_to(section.erasing)
    desk.enter()
    assert text("erasures.no_ground") in section.message.text()
    assert asked == []
    desk.text("Đơn số 5")
    desk.tab_to(section.erasing)
    desk.enter()
    desk.settle()
    (question,) = asked
    assert PLANTED in question
    assert section.list.count() == 1
    assert "Đơn số 5" in section.list.item(0).text()
    desk.close()
    assert not holds(homes.at(PROVINCE), PLANTED)


def test_another_record_of_the_same_child_is_told_and_stands_ready_to_be_erased(
    qtbot: QtBot, homes: Homes, asked: list[str]
) -> None:
    province = homes.at(PROVINCE)
    child, twin = child_of(province, PLANTED), child_of(province, OTHER)
    values = (f"merged_into={child}", "hidden_reason=Nhập trùng")
    province.must("register", "set", twin, *values, codes=(0, 4))
    desk, section = _sit_down(qtbot, homes, PROVINCE)
    desk.tab_to(section.wanted)
    desk.text("pham thi ngung")
    desk.tab_to(section.finding)
    desk.enter()
    desk.settle()
    desk.tab_to(section.ground)
    desk.text("Đơn số 5")
    desk.tab_to(section.erasing)
    desk.enter()
    desk.settle()
    (question,) = asked
    assert OTHER in question
    assert section.who.currentText().startswith(OTHER)
    assert "1 hồ sơ khác" in section.message.text()
    desk.tab_to(section.erasing)
    desk.enter()
    desk.settle()
    assert len(asked) == 2
    assert section.who.count() == 0
    desk.close()
    for name in (PLANTED, OTHER):
        assert not holds(province, name)


def test_a_commune_is_told_of_its_old_copies_and_destroys_them(
    qtbot: QtBot, homes: Homes, asked: list[str]
) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    old = Path(str(commune.must("backup", "create")["file"]))
    ((found),) = province.must("register", "search", PLANTED)
    province.must("erase", "record", found["id"], "--ground", "Đơn số 5", codes=(0, 4))
    homes.carry(province, commune, COMMUNE)
    desk, section = _sit_down(qtbot, homes, COMMUNE)
    assert not section.form.isVisible(), "only the province erases"
    view = desk.shell.home.view
    assert view is not None
    tasks = {one.duty: one.count for one in view.tasks}
    assert tasks[Duty.OLD_COPIES] == section._old >= 1
    desk.tab_to(section.destroying)
    desk.enter()
    desk.settle()
    assert number(tasks[Duty.OLD_COPIES]) in asked[0]
    assert not old.exists()
    assert section.copies.text() == text("erasures.no_copies")
    desk.close()


def test_a_kept_bundle_of_a_revoked_pc_is_told_apart_among_the_old_copies(
    qtbot: QtBot, homes: Homes
) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    ((found),) = commune.must("register", "search", PLANTED)
    commune.must("register", "set", found["id"], f"full_name={PLANTED} A")
    sent = commune.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    (station,) = [
        one["station"]
        for one in province.must("authority", "status")["stations"]
        if one["unit"] == COMMUNE
    ]
    province.must("authority", "revoke", station)
    assert province("handover", "receive", sent["file"]).code == 1
    province.must("erase", "record", found["id"], "--ground", "Đơn số 5", codes=(0, 4))
    desk, section = _sit_down(qtbot, homes, PROVINCE)
    told = section.copies.text()
    assert text("erasures.kept_among", count=number(1)) in told
    assert section.destroying.isVisible()
    desk.close()


def test_erasing_can_be_read_in_large_letters(
    qtbot: QtBot, homes: Homes, large_letters: float
) -> None:
    desk, _section = _sit_down(qtbot, homes, PROVINCE, large_letters)
    assert amiss(desk.window) == []
    desk.close()
