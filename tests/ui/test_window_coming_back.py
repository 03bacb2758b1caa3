"""Where the window opens: on what is there and was asked for, and what was typed waits for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.models.work import Change
from app.settings import Settings
from app.ui.household.field_edit import Key as FieldKey
from app.ui.household.keeper import PLACE
from app.ui.notify import Kind
from tests.ui.window_desk import CTRL, PLAIN_CHILD, SHIFT, UNIT, Desk, Key, prepared_home
from tests.village_of_three import home_id, settle_village

NAME = FieldKey("", "full_name")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return prepared_home(tmp_path)


def _cut_off(desk: Desk) -> None:
    """The program ends here without saving: the drafts alone remember."""
    shell, opened = desk.shell, desk.window._opened
    assert opened is not None
    desk.window.shell = desk.window._opened = None
    desk.window.tasks.shutdown()
    shell.drafts.close()
    opened.services.close()
    desk.window.close()


def _is_on_the_list(desk: Desk) -> bool:
    shell = desk.shell
    return shell.pages.currentWidget() is shell.register and (
        shell.search.hasFocus() or shell.register.isAncestorOf(desk.focus())
    )


@pytest.mark.parametrize("ending", ["closed", "cut off"])
def test_a_household_that_was_begun_and_left_empty_is_no_place_to_come_back_to(
    qtbot: QtBot, settings: Settings, ending: str
) -> None:
    desk = Desk(qtbot, settings).unlock()
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    assert desk.at() == "household_no"
    desk.enter()
    desk.settle()
    if ending == "closed":
        desk.close()
    else:
        _cut_off(desk)
    again = Desk(qtbot, settings).unlock()
    assert _is_on_the_list(again)
    assert again.shell.notices.notices == ()
    assert again.shell.entry.household_ids() == []
    again.close()


def test_the_page_before_an_empty_household_is_not_opened_in_its_place(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.settle()
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    assert desk.page.keeper.household is not None
    assert desk.page.keeper.household.new
    desk.close()
    again = Desk(qtbot, settings).unlock()
    assert _is_on_the_list(again)
    again.close()


def test_a_child_typed_before_its_household_is_found_again_after_a_cut(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    desk.page.child_form.focus(NAME)
    desk.text("Phạm Thị Hân")
    desk.settle()
    _cut_off(desk)
    again = Desk(qtbot, settings).unlock()
    assert again.shell.pages.currentWidget() is again.page
    assert again.at() == "full_name"
    assert again.child.values["full_name"] == "Phạm Thị Hân"
    again.close()
    with_rows = Desk(qtbot, settings).unlock()
    entry = with_rows.shell.entry
    (row,) = entry.child_rows(entry.child_ids())
    assert row.full_name == "Phạm Thị Hân"
    assert entry.household_ids() == [row.household], "the child stands in a household that exists"
    with_rows.close()


def test_a_place_that_is_gone_lands_on_the_list_with_a_hint_and_only_once(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    nowhere = {"household": "no such household", "record": "", "part": "", "field": ""}
    desk.shell.drafts.put(PLACE, nowhere)
    desk.settle()
    _cut_off(desk)
    again = Desk(qtbot, settings).unlock()
    assert _is_on_the_list(again)
    (notice,) = again.shell.notices.notices
    assert notice.kind is Kind.ERROR
    assert text("entry.not_here") in notice.text
    assert "sotreem" not in notice.text
    assert "no such household" not in notice.text
    again.close()
    third = Desk(qtbot, settings).unlock()
    assert third.shell.notices.notices == ()
    third.close()


def test_after_leaving_a_page_while_typing_the_next_start_is_on_the_list(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.text("Phạm Thị Hân")
    desk.settle()
    while desk.shell.pages.currentWidget() is desk.page:
        desk.press(Key.Key_Escape)
        desk.settle()
    desk.close()
    again = Desk(qtbot, settings).unlock()
    assert _is_on_the_list(again)
    again.close()


def test_a_cursor_moved_while_the_page_that_is_left_is_saved_leads_nobody_back(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.text("Phạm Thị Hân")
    desk.settle()
    desk.shell.household.leave()
    assert desk.shell.pages.currentWidget() is desk.page, "it is being saved"
    desk.press(Key.Key_Left)
    desk.page._keep_move()
    desk.settle()
    desk.close()
    again = Desk(qtbot, settings).unlock()
    assert _is_on_the_list(again)
    again.close()


def test_keys_typed_while_a_household_is_begun_are_typed_into_it(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    desk.press(Key.Key_N, CTRL)
    desk.text("17")
    desk.enter()
    desk.text("Lê Thị Đào")
    desk.settle()
    assert desk.shell.search.text() == ""
    household = desk.page.keeper.household
    assert household is not None
    assert household.values["household_no"] == "17"
    assert household.values["head_name"] == "Lê Thị Đào"
    desk.close()


def test_keys_typed_while_the_next_household_opens_never_reach_the_one_before(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    for head in ("Lê Thị Đào", "Lê Văn Mít"):
        desk.press(Key.Key_N, CTRL)
        desk.settle()
        desk.fill(head_name=head)
        desk.page.child_form.focus(NAME)
        desk.text(f"{head} Con")
        desk.settle()
    desk.press(Key.Key_Escape)
    desk.settle()
    entry = desk.shell.entry
    first, second = entry.household_ids()
    heads = {one.id: one.head_name for one in entry.household_rows([first, second])}
    desk.shell.open_household(first)
    desk.settle()
    assert desk.at() == "line_no"
    desk.press(Key.Key_F2)
    desk.enter()
    desk.text("Lê Văn Na")
    desk.settle()
    assert desk.page.keeper.household is not None
    assert desk.page.keeper.household.id == second
    assert desk.child.values["full_name"] == "Lê Văn Na"
    desk.press(Key.Key_Escape)
    desk.settle()
    named = {one.household: one.full_name for one in entry.child_rows(entry.child_ids())}
    assert named == {first: f"{heads[first]} Con", second: "Lê Văn Na"}
    desk.close()


# --- children whose household is not here -------------------------------------------------------


def _child_without_its_household(desk: Desk, household: str | None, name: str, line: int) -> str:
    """A child as it stands here after it moved to this unit: its household stayed where it was."""
    with desk.workplace.write() as work:
        said = {"owner_unit": UNIT, "household": household, "line_no": line, "full_name": name}
        made = work.record(Change("child", {**said, "sex": "2", "birth_date": "2019-05-06"})).id
        work.commit()
    return made


def _open_from_the_list(desk: Desk, words: str) -> None:
    desk.press(Key.Key_F, CTRL)
    desk.text(words)
    desk.settle()
    desk.enter()
    desk.enter()
    desk.settle()


#: A household that the unit before has.
MOVED_FROM = "0b2c6f1e-5d5e-5a59-9c1f-0d4f7d6f9a10"


@pytest.mark.parametrize("household", [MOVED_FROM, None])
def test_a_child_whose_household_is_not_here_is_read_and_corrected_on_a_page_that_says_so(
    qtbot: QtBot, settings: Settings, household: str | None
) -> None:
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.fill(**{**PLAIN_CHILD, "full_name": "Đinh Văn Cũ"})
    desk.settle()
    desk.press(Key.Key_Escape)
    desk.settle()
    child = _child_without_its_household(desk, household, "Hồ Thị Chuyển", 3)
    _open_from_the_list(desk, "chuyen")
    page = desk.page
    assert desk.shell.pages.currentWidget() is page
    assert [one.id for one in page.keeper.lines] == [child]
    assert desk.child.values["full_name"] == "Hồ Thị Chuyển"
    assert desk.at() == "line_no"
    assert page.absent_card.isVisible()
    key = "entry.absent" if household else "entry.no_household"
    assert text(key) in page.absent.text()
    assert not page.household_card.isVisible()
    assert not page.next.isVisible()
    assert page.grid.model().rowCount() == 1, "no child can be begun in a household that is away"
    desk.press(Key.Key_Return, SHIFT)
    assert desk.at() == "line_no", "there is no household to go back into"
    desk.enter()
    desk.text("Hồ Thị Chuyện")
    desk.press(Key.Key_PageDown)
    desk.press(Key.Key_F6)
    desk.press(Key.Key_F6, SHIFT)
    desk.press(Key.Key_F6, SHIFT)
    desk.settle()
    assert page.child_form.isAncestorOf(desk.focus())
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    while page.foot.is_asking:
        desk.enter()
        desk.settle()
    assert _is_on_the_list(desk)
    entry = desk.shell.entry
    (row,) = entry.child_rows([child])
    assert row.full_name == "Hồ Thị Chuyện"
    assert row.household == (household or "")
    assert len(entry.household_ids()) == 1, "nothing is made up for the household that is away"
    _open_from_the_list(desk, "cu")
    assert page.household_card.isVisible()
    assert not page.absent_card.isVisible()
    assert page.grid.model().rowCount() == 2
    desk.close()


def test_siblings_that_moved_together_stand_on_one_page(qtbot: QtBot, settings: Settings) -> None:
    desk = Desk(qtbot, settings).unlock()
    first = _child_without_its_household(desk, MOVED_FROM, "Hồ Thị Hai", 1)
    second = _child_without_its_household(desk, MOVED_FROM, "Hồ Văn Ba", 2)
    _open_from_the_list(desk, "ba")
    assert [one.id for one in desk.page.keeper.lines] == [first, second]
    assert desk.child.id == second
    desk.close()


@pytest.mark.parametrize("household", [MOVED_FROM, None])
def test_what_was_typed_about_a_child_whose_household_is_not_here_survives_a_cut(
    qtbot: QtBot, settings: Settings, household: str | None
) -> None:
    desk = Desk(qtbot, settings).unlock()
    child = _child_without_its_household(desk, household, "Hồ Thị Chuyển", 3)
    _open_from_the_list(desk, "chuyen")
    desk.enter()
    desk.text("Hồ Thị Chuyện")
    desk.settle()
    _cut_off(desk)
    again = Desk(qtbot, settings).unlock()
    assert again.child.id == child
    assert again.at() == "full_name"
    assert again.child.values["full_name"] == "Hồ Thị Chuyện"
    again.close()


def test_a_household_that_cannot_be_opened_leaves_the_list_and_no_other_page(
    qtbot: QtBot, settings: Settings
) -> None:
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.settle()
    desk.press(Key.Key_Escape)
    desk.settle()
    assert _is_on_the_list(desk)
    desk.shell.open_household(MOVED_FROM)
    desk.text("x")
    desk.settle()
    assert _is_on_the_list(desk)
    assert text("entry.not_here") in desk.shell.notices.notices[0].text
    entry = desk.shell.entry
    (row,) = entry.child_rows(entry.child_ids())
    assert row.full_name == "Phạm Thị Hân"
    desk.close()


def test_a_window_that_closes_right_after_a_household_opened_asks_nothing_more(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is, the window closes first.
    monkeypatch.setattr("app.ui.household.open_page._LOOKED_UP", 600_000)
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    wanted = home_id(UNIT, "2")
    desk.shell.open_household(wanted)
    keeper = desk.shell.keeper
    desk.until(lambda: keeper.household is not None and keeper.household.id == wanted)
    assert keeper._looking_up.isActive()
    desk.close()
    assert not keeper._looking_up.isActive()
