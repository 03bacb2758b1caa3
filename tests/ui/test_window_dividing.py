"""A commune that was split: the province divides its records by village at the window, by keys.

Trà Bùi (21142) went in two parts to Cà Đam (21136) and another commune of 2025 (21157).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ids import derived_id
from app.models import accounts
from app.models.accounts import AccountRow
from app.models.work import Change
from app.services import installation
from app.services.dividing import Dividing
from app.services.rights import RIGHTS_OF, Right, Role, pack
from app.services.worklist import Duty
from app.settings import Settings
from app.ui.admin.dividing import DividingSection
from tests.long_runs import slice_or_all
from tests.ui.window_admin import open_part
from tests.ui.window_desk import CTRL, PASSPHRASE, Desk, Key
from tests.workplaces import settle

PROVINCE, OLD = "51@2025", "21142@2024"
ONE, OTHER = "21136@2025", "21157@2025"

_prepared: Path | None = None


def _home(folder: Path) -> Settings:
    """The home of a province, made once."""
    global _prepared
    if _prepared is None or not _prepared.exists():
        _prepared = folder / "prepared"
        installation.install(
            Settings(_prepared),
            unit=PROVINCE,
            user="an",
            full_name="Nguyễn Thị An",
            title="Công chức",
            passphrase=PASSPHRASE,
        )
    shutil.copytree(_prepared, folder / "home")
    return Settings(folder / "home")


def _settle(desk: Desk) -> None:
    """A register of the old commune: its villages, and a household and a child without one."""
    with desk.workplace.write() as work:
        settle(work, 40, (OLD,))
        work.record(Change("household", {"owner_unit": OLD, "head_name": "Hồ A"}, key="lost"))
        home = {"owner_unit": OLD, "full_name": "Hồ B", "household": derived_id(OLD, "lost")}
        work.record(Change("child", dict(home), key="lost child"))
        work.commit()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, _home(tmp_path)).unlock(stay=True)
    _settle(made)
    yield made
    made.close()


def _column(section: DividingSection, column: int) -> list[str]:
    items = [section.table.item(row, column) for row in range(section.table.rowCount())]
    return [one.text() for one in items if one is not None]


def _part(desk: Desk) -> DividingSection:
    section = open_part(desk, "dividing")
    assert isinstance(section, DividingSection)
    assert desk.focus() is section.table or not section.form.isVisible()
    return section


def _split_line(desk: Desk) -> int:
    """How many wait by the line of the worklist; 0 where there is none."""
    desk.go_to("admin")
    desk.settle()
    desk.go_to("home")
    desk.settle()
    return sum(one.count for one in desk.shell.home.lines.tasks if one.duty is Duty.SPLIT_UNITS)


def test_the_worklist_counts_what_is_to_be_divided_and_leads_there(desk: Desk) -> None:
    (split,) = Dividing(desk.workplace).standing()
    assert _split_line(desk) == split.households + split.children
    desk.shell.home.lines.choose(Duty.SPLIT_UNITS)
    desk.press(Key.Key_Return)
    desk.settle()
    section = desk.shell.admin.sections["dividing"]
    assert isinstance(section, DividingSection)
    assert desk.focus() is section.table
    assert "40 " in section.unit.currentText() or "41 trẻ" in section.unit.currentText()


def test_villages_get_their_units_by_digits_and_go_in_one_act_that_was_seen(desk: Desk) -> None:
    section = _part(desk)
    parts = Dividing(desk.workplace).villages(OLD)
    named = [one for one in parts if one.id]
    assert len(named) > 2
    assert _column(section, 3) == ["chưa chọn"] * len(named) + ["ở lại: chưa ghi thôn"]
    assert section.preview.isVisible()
    assert not section.divide.isVisible(), "nothing is done that was not seen"
    # The first is left open, the others go to the two new units in turn.
    desk.press(Key.Key_Down)
    for place in range(1, len(named)):
        digit = place % 2
        desk.press(Key.Key_1 + digit, text=str(digit + 1))
    assert section.table.currentRow() == len(named), "each digit goes on to the next village"
    desk.press(Key.Key_2, text="2")
    assert "chưa ghi thôn thì chưa chia được" in section.message.text()
    names = {one.unit: one.name for one in section.targets}
    assert _column(section, 3)[1:3] == [names[OTHER], names[ONE]]
    desk.enter()
    desk.settle()
    assert desk.focus() is section.divide
    assert not section.divide.visibleRegion().isEmpty()
    told = section.told.text().split("\n")
    for unit, line in zip((ONE, OTHER), told, strict=False):
        gone = [one for n, one in enumerate(named) if n and (ONE, OTHER)[n % 2] == unit]
        households, children = (
            sum(getattr(o, x) for o in gone) for x in ("households", "children")
        )
        assert line == f"{names[unit]}: {len(gone)} thôn, {households} hộ, {children} trẻ"
    left = named[0]
    assert f"{left.households + 1} hộ, {left.children + 1} trẻ" in told[-1]
    assert "chưa ghi thôn: 1 hộ, 1 trẻ; chưa chọn đơn vị: 1 thôn" in told[-1]
    assert {one.id: one.children for one in Dividing(desk.workplace).villages(OLD)} == {
        one.id: one.children for one in parts
    }, "a preview writes nothing"
    desk.enter()
    desk.settle()
    gone = sum(one.children for one in named[1:])
    assert f"{gone} trẻ" in section.message.text()
    assert f"{left.households + 1} hộ, {left.children + 1} trẻ" in section.message.text()
    assert section.message.text().startswith("✓")
    assert _column(section, 0) == [left.name, "(không ghi thôn)"]
    assert desk.focus() is section.table
    assert _split_line(desk) == left.households + left.children + 2


def test_another_choice_takes_the_preview_back(desk: Desk) -> None:
    section = _part(desk)
    desk.press(Key.Key_1, text="1")
    desk.enter()
    desk.settle()
    assert desk.focus() is section.divide
    desk.press(Key.Key_Backtab)
    desk.press(Key.Key_Backtab)
    assert desk.focus() is section.table
    desk.press(Key.Key_Up)
    desk.press(Key.Key_Right)
    assert not section.divide.isVisible()
    assert section.told.text() == ""
    names = [one.name for one in section.targets]
    assert _column(section, 3)[0] == names[1], "the arrow turns to the next unit"
    desk.press(Key.Key_0, text="0")
    assert _column(section, 3)[0] == "chưa chọn"
    desk.enter()
    desk.settle()
    assert not section.divide.isVisible(), "there is nothing to divide"
    assert desk.focus() is section.table


def test_a_preview_that_comes_after_another_choice_offers_nothing(desk: Desk) -> None:
    section = _part(desk)
    desk.press(Key.Key_1, text="1")
    section.preview.click()
    section.table.setFocus()
    desk.press(Key.Key_2, text="2")
    desk.settle()
    assert not section.divide.isVisible(), "nothing is done that was not seen"
    assert desk.focus() is section.table
    section.preview.click()
    desk.settle()
    assert section.divide.isVisible()
    # Nor does it lead back whoever went to another page.
    section.preview.click()
    desk.go_to("home")
    desk.settle()
    assert desk.shell.home.isAncestorOf(desk.focus())


def test_what_turns_up_later_is_told_and_follows_its_village(desk: Desk) -> None:
    dividing = Dividing(desk.workplace)
    said = {one.id: ONE for one in dividing.villages(OLD) if one.id}
    dividing.divide(OLD, said)
    assert _split_line(desk) == 2, "what has no village"
    village = next(iter(said))
    late = {"owner_unit": OLD, "head_name": "Hồ Muộn", "village": village}
    with desk.workplace.write() as work:
        work.record(Change("household", dict(late), key="late"))
        work.commit()
    assert _split_line(desk) == 3
    section = _part(desk)
    name = section.targets[0].name
    assert _column(section, 3) == [f"{name} (thôn đã về từ trước)", "ở lại: chưa ghi thôn"]
    desk.press(Key.Key_2, text="2")
    assert _column(section, 3)[0].startswith(name), "a village is not torn in two"
    desk.enter()
    desk.settle()
    desk.enter()
    desk.settle()
    assert _column(section, 0) == ["(không ghi thôn)"]
    assert _split_line(desk) == 2


def test_a_division_is_taken_back_after_a_preview_that_says_what_stays(desk: Desk) -> None:
    dividing = Dividing(desk.workplace)
    said = {one.id: ONE for one in dividing.villages(OLD) if one.id}
    section = _part(desk)
    assert not section.undo.isVisible(), "nothing was divided yet"
    done = dividing.divide(OLD, said)
    section.load()
    desk.settle()
    undo = section.undo
    assert undo.isVisible()
    assert not undo.deed.isVisible(), "nothing is done that was not seen"
    name = section.targets[0].name
    village = next(iter(said))
    late = {"owner_unit": ONE, "head_name": "Hồ Mới", "village": village}
    with desk.workplace.write() as work:
        work.record(Change("household", dict(late), key="new"))
        work.commit()
    desk.tab_to(undo.preview)
    desk.enter()
    desk.settle()
    assert desk.focus() is undo.deed
    assert not undo.deed.visibleRegion().isEmpty()
    told = undo.told.text().split("\n")
    assert told[0].startswith("Về lại ")
    assert f"{len(said) - 1} thôn" in told[0]
    assert told[1].startswith("Ở lại đơn vị mới: ")
    assert told[1].endswith("(hồ sơ đã sửa sau khi chia: 0, hồ sơ nhập thêm: 1)")
    assert _split_line(desk) == 2, "a preview writes nothing"
    section = _part(desk)
    desk.tab_to(undo.preview)
    desk.enter()
    desk.settle()
    desk.enter()
    desk.settle()
    assert section.message.text().startswith("✓ Đã đưa ")
    assert "chia lại" in section.message.text()
    back = sum(one.children for one in dividing.villages(OLD) if one.id)
    assert 0 < back < done.children
    assert _column(section, 0)[-1] == "(không ghi thôn)"
    assert _split_line(desk) > back
    assert name


def test_a_province_without_split_units_is_told_so(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, _home(tmp_path)).unlock(stay=True)
    section = _part(desk)
    assert not section.form.isVisible()
    assert section.none.isVisible()
    assert _split_line(desk) == 0
    desk.close()


@pytest.mark.parametrize("role", slice_or_all([Role.HEAD, Role.ADMIN, Role.CLERK], [*Role]))
def test_only_who_administers_the_province_is_offered_it(
    qtbot: QtBot, tmp_path: Path, role: Role
) -> None:
    desk = Desk(qtbot, _home(tmp_path)).unlock(stay=True)
    _settle(desk)
    with desk.workplace.write() as work:
        row = AccountRow("an", "Nguyễn Thị An", "", pack(RIGHTS_OF[role]), active=True)
        accounts.put_account(work.connection, row)
        work.commit()
    desk.press(Key.Key_L, CTRL)
    desk.until(lambda: desk.window.shell is None)
    desk.settle()
    desk.unlock(stay=True)
    may = Right.ADMIN in RIGHTS_OF[role]
    assert ("dividing" in desk.shell.admin.sections) is may
    assert (_split_line(desk) > 0) is may
    if may:
        section = _part(desk)
        assert section.table.rowCount() > 1
        assert not section.message.text().startswith("✕")
    desk.close()


def test_in_large_letters_the_act_and_its_numbers_are_in_sight(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, _home(tmp_path), 1.5).unlock(stay=True)
    _settle(desk)
    section = _part(desk)
    desk.press(Key.Key_1, text="1")
    desk.enter()
    desk.settle()
    button = section.divide
    desk.until(lambda: button.visibleRegion().boundingRect() == button.rect())
    assert section.told.visibleRegion().boundingRect() == section.told.rect()
    desk.close()
