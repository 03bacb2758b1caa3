"""Whose a household becomes that is typed at a district: said on the page, or asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.e2e.command_line import Homes
from tests.e2e.test_verification import prepared
from tests.ui.looks import cut_words, nameless, poor_contrast, unreachable
from tests.ui.window_desk import CTRL, Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, PROVINCE, sit_down

__all__ = ["prepared"]  # a fixture


@pytest.fixture
def homes(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    shutil.copytree(prepared, tmp_path / "homes")
    return Homes(tmp_path / "homes", monkeypatch)


def owner_of_new(desk: Desk) -> tuple[object, object]:
    household = desk.page.keeper.household
    assert household is not None
    assert household.new
    return household.values.get("owner_unit"), household.values.get("village")


def test_a_household_begun_from_one_of_a_commune_is_that_communes(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    row = desk.shell.entry.child_rows(desk.shell.entry.child_ids())[0]
    desk.shell.open_household(row.household, row.id)
    desk.settle()
    assert desk.page.keeper.household is not None
    village = desk.page.keeper.household.values["village"]
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    assert owner_of_new(desk) == (COMMUNE, village)
    assert desk.page.behalf.isVisible()
    assert desk.page.behalf.whole == "Nhập thay xã Tịnh Châu"
    assert "-" not in desk.page.village.text(), "a village is called by its name"
    desk.fill(head_name="Phạm Văn Thay")
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    assert owner_of_new(desk) == (COMMUNE, village), "and so is the one after it"
    desk.close()
    rows = homes.at(DISTRICT).must("register", "search", "pham thi han")
    assert {one["unit"] for one in rows} == {COMMUNE}


def test_where_no_commune_is_chosen_it_is_asked_before_anything_is_typed(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    ask = desk.shell.commune
    desk.go_to("register")
    desk.settle()
    before = desk.focus()
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    assert ask.isVisible()
    assert desk.focus() is ask.name
    assert desk.page.keeper.household is None
    offered = [ask.list.item(at).text() for at in range(ask.list.count())]
    assert "Xã Tịnh Châu" in offered
    assert "Thành phố Quảng Ngãi" not in offered, "a district owns nothing itself"
    for measure in (cut_words, nameless, unreachable, poor_contrast):
        assert measure(desk.window) == [], measure.__name__
    desk.press(Key.Key_Escape)
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.shell.register
    assert desk.focus() is before, "the keyboard is where it was"
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    desk.text("khong co xa nao")
    desk.settle()
    assert ask.none.isVisible()
    desk.enter()
    assert ask.isVisible(), "nothing is begun for no unit"
    ask.name.selectAll()
    desk.text("tinh chau")
    desk.enter()
    desk.settle()
    assert owner_of_new(desk) == (COMMUNE, None)
    assert desk.at() == "household_no", "the Enter that chose was not one on the page as well"
    assert desk.page.behalf.whole == "Nhập thay xã Tịnh Châu"
    desk.close()


def test_what_the_cover_of_one_communes_book_says_is_not_carried_into_anothers(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    row = desk.shell.entry.child_rows(desk.shell.entry.child_ids())[0]
    desk.shell.open_household(row.household, row.id)
    desk.settle()
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    desk.shell.new_household("", "")
    desk.settle()
    ask = desk.shell.commune
    others = (ask.list.item(at).text() for at in range(ask.list.count()))
    desk.text(next(one for one in others if one != "Xã Tịnh Châu"))
    desk.enter()
    desk.settle()
    owner, village = owner_of_new(desk)
    assert owner != COMMUNE
    assert village is None
    assert desk.page.keeper.household is not None
    assert desk.page.keeper.household.values.get("household_no") is None
    desk.close()


def test_who_is_called_so_comes_before_who_lies_in_a_district_of_that_name(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, _page = sit_down(qtbot, homes, PROVINCE)
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    ask = desk.shell.commune
    desk.text("ba to")
    names = [ask.list.item(at).text() for at in range(ask.list.count())]
    assert names[0] == "Thị trấn Ba Tơ, huyện Ba Tơ"
    assert len(names) > 5
    assert all(name.endswith("huyện Ba Tơ") for name in names)
    assert not desk.shell.status.pending.whole, "a province hands over to nobody"
    desk.close()


def test_a_commune_is_never_asked(qtbot: QtBot, homes: Homes) -> None:
    desk, _page = sit_down(qtbot, homes, COMMUNE)
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    assert owner_of_new(desk)[0] == COMMUNE
    assert desk.page.behalf.isHidden()
    desk.close()


@pytest.mark.parametrize(
    "written", ["X.Ba Vinh (H.Ba Tơ)", "xãBa Vinh", "UBND xã Ba Vinh cũ", "xã Ba Vinhh"]
)
def test_a_commune_is_found_however_its_name_is_written(
    qtbot: QtBot, homes: Homes, written: str
) -> None:
    desk, _page = sit_down(qtbot, homes, PROVINCE)
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    ask = desk.shell.commune
    desk.text(written)
    desk.settle()
    names = [ask.list.item(at).text() for at in range(ask.list.count())]
    assert names == ["Xã Ba Vinh, huyện Ba Tơ"]
    assert not ask.none.isVisible()
    desk.text(" không có đâu")
    desk.settle()
    assert ask.none.isVisible()
    desk.close()
