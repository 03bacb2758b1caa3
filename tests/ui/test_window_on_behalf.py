"""Typing on behalf at the window: the page says whose records they are, lists who entered them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.household.field_edit import Key as FieldKey
from app.ui.register.rows import NAME, STATE
from app.ui.theme import Theme, apply_theme
from tests.e2e.command_line import Homes
from tests.e2e.test_verification import child, prepared
from tests.ui.looks import cut_words, nameless, poor_contrast, unreachable
from tests.ui.window_desk import CTRL, Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, sit_down

__all__ = ["prepared"]  # a fixture


@pytest.fixture
def homes(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    shutil.copytree(prepared, tmp_path / "homes")
    return Homes(tmp_path / "homes", monkeypatch)


def open_child(desk: Desk, who: str) -> None:
    """From the search to the page of a child."""
    home = desk.shell.entry.child_rows([who])[0].household
    desk.shell.open_household(home, who)
    desk.settle()


def states(desk: Desk) -> dict[str, str]:
    """Name → what the list of all children says of its state."""
    desk.go_to("register")
    desk.settle()
    rows = desk.shell.register.rows
    for at in range(rows.rowCount()):
        rows.row(at)
    desk.settle()
    return {
        str(rows.index(at, NAME).data()): str(rows.index(at, STATE).data())
        for at in range(rows.rowCount())
    }


def test_the_page_says_for_whom_one_types_and_the_commune_sees_who_did(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    who = child(district, "pham thi han")
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    open_child(desk, who)
    assert desk.page.behalf.isVisible()
    assert desk.page.behalf.whole == "Nhập thay xã Tịnh Châu"
    desk.page.child_form.focus(FieldKey("", "other_name"))
    desk.text("Bé Hân")
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert states(desk)["Phạm Thị Hân"].endswith("· huyện nhập")
    desk.close()

    homes.carry(district, commune, COMMUNE)
    desk, _page = sit_down(qtbot, homes, COMMUNE)
    told = states(desk)
    assert told["Phạm Thị Hân"].endswith("· huyện nhập")
    assert "nhập" not in told["Đinh Văn Lía"]
    open_child(desk, who)
    assert desk.page.behalf.whole == "Do thành phố Quảng Ngãi nhập"
    open_child(desk, _other(desk, "Võ Thị Bưởi"))
    assert desk.page.behalf.isHidden(), "the commune's own page says nothing"
    desk.close()


def _other(desk: Desk, name: str) -> str:
    entry = desk.shell.entry
    return next(one.id for one in entry.child_rows(entry.child_ids()) if one.full_name == name)


def test_with_large_letters_the_head_of_the_page_holds_it(
    qtbot: QtBot, homes: Homes, qapp: QApplication
) -> None:
    try:
        desk, _page = sit_down(qtbot, homes, DISTRICT, 1.5)
        open_child(desk, _other(desk, "Phạm Thị Hân"))
        assert desk.page.behalf.isVisible()
        for measure in (cut_words, nameless, unreachable, poor_contrast):
            assert measure(desk.window) == [], measure.__name__
        desk.close()
    finally:
        apply_theme(qapp, Theme())
