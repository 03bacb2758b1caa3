"""What typing again without seeing withstands: whoever types on, changes the page meanwhile, draws
a sample beside a village, closes the window, or bears the name of somebody else.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.forms.retyped import retyped_names
from app.models.queries import register
from app.services.people_here import PeopleHere
from app.services.retyping import Decision
from app.services.rights import Role
from app.services.second_check import State
from app.ui.check.page import SecondCheckPage
from tests.ui.test_window_check import at_the_check, settle, space, state_of
from tests.ui.test_window_retyping import FIRST, blind, paper, type_all
from tests.ui.window_desk import CTRL, SHIFT, UNIT, Desk, Key, prepared_home
from tests.village_of_three import child_id, edit, home_id, settle_village, stored


def test_whoever_types_on_with_the_eyes_on_the_paper_passes_nothing_and_opens_nothing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    type_all(desk, paper(desk))
    assert page.sheet.isVisible()
    assert "Ctrl+Enter" in page.ok.text()
    assert page.back.text() == "Trả lại"
    for one in ("Võ Văn Tèo", "Gò Gang"):
        for letter in one:
            desk.press(Key.Key_Space if letter == " " else ord(letter.upper()), text=letter)
        desk.enter()
        desk.press(Key.Key_Down)  # also the list of a coded field is gone through unseen
        desk.press(Key.Key_Tab, text="\t")
        settle(desk)
    assert state_of(desk, "1") is State.NEVER
    assert desk.shell.pages.currentWidget() is page
    assert desk.focus() is page.sheet
    assert page.sheet.isVisible()
    assert not page.reason_card.isVisible()
    assert "nhấn Ctrl+Enter" in page.told.whole
    assert "không ô nào khác" in page.told.whole
    # An arrow after a rest is somebody who looks: every key means what it always means.
    page.sheet.clock = lambda: page.sheet._last_key + 2
    desk.press(Key.Key_Down)
    assert "T" in page.back.text().split()
    space(desk)
    assert state_of(desk, "1") is State.CHECKED
    desk.close()


def test_what_is_typed_right_behind_the_last_enter_goes_to_the_household_that_comes(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    page.count.setFocus()
    page.count.selectAll()
    desk.text("2")
    page.seed.setFocus()
    desk.text("481516")
    desk.enter()
    settle(desk)
    for one in (*paper(desk), "Võ Văn Bông", "200112"):
        desk.text(one)
        desk.enter()
    settle(desk)
    assert page.area.head.whole.endswith("Hộ số 10")
    assert list(page.area.form.texts.values()) == ["Võ Văn Bông", "20/01/2012"]
    assert page.area.told.whole != "Gõ tiếp từ lần trước."
    with desk.workplace.store.read() as reading:
        held = register.belonging_to(reading, [FIRST, home_id(UNIT, "1")]).values()
    (kept,) = [one.values for some in held for one in some if one.values.get("sample")]
    assert (kept["retyped_fields"], kept["differing_fields"]) == (6, 0)
    desk.close()


def test_what_is_typed_right_behind_a_difference_decides_nothing_and_stands_nowhere(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    told = paper(desk, birth_date="150316")
    for one in (*told, "1", "Võ Văn Bông"):
        desk.text(one)
        desk.enter()
    settle(desk)
    table = page.area.table
    assert table.isVisible()
    assert table.decided == {}
    assert page.area.form.texts[FIRST, "mother_name"] == told[-1]
    # Passed from the paper, what is typed on is the next household's.
    desk.press(Key.Key_1, text="1")
    desk.enter()
    settle(desk)
    desk.press(Key.Key_Return, CTRL)
    desk.text("Võ Văn Bông")
    desk.enter()
    settle(desk)
    assert state_of(desk, "1") is State.CHECKED
    assert page.area.head.whole.endswith("Hộ số 10")
    assert list(page.area.form.texts.values()) == ["Võ Văn Bông"]
    desk.close()


def _draw(desk: Desk, page: SecondCheckPage, count: str, seed: str) -> None:
    page.count.setFocus()
    page.count.selectAll()
    desk.text(count)
    page.seed.setFocus()
    page.seed.selectAll()
    desk.text(seed)
    desk.enter()
    settle(desk)


def test_a_sample_and_a_village_that_meet_at_one_household_stay_two_things(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    with desk.workplace.store.write("Lê Thị Nhập") as work:
        settle_village(work, UNIT)
        work.commit()
    desk.go_to("check")
    settle(desk)
    page, samples = desk.shell.check, desk.shell._services.samples
    blind(desk, page)
    desk.text("Phạm")
    _draw(desk, page, "4", "481516")
    assert page.area._sample == "481516"
    assert "481516" in page.area.place.text()
    assert page.area.form.texts[FIRST, "full_name"] == "Phạm", "kept for either"
    page.area.form.rows[0].edit.setFocus()
    page.area.form.rows[0].edit.selectAll()
    type_all(desk, paper(desk))
    assert samples.draw(4, "481516").done == {FIRST}
    # The other way round: one drawn child of a household of two, and then the whole of it.
    second = [home_id(UNIT, "2")]
    seed = next(one for one in map(str, range(99)) if [*samples.draw(1, one).children] == second)
    _draw(desk, page, "1", seed)
    assert len(page.area.form.rows) == 6
    edit(desk.workplace, "child", FIRST, complete=False)  # the second household waits first
    page.places.setFocus()
    desk.enter()
    settle(desk)
    assert page.area.head.whole.endswith("Hộ số 2")
    assert len(page.area.form.rows) == 12
    assert page.area.place.text() == "Hộ 2/3"
    assert page.area._sample == ""
    desk.close()


def _retyped_reviews(desk: Desk, record: str) -> list[dict[str, object]]:
    with desk.workplace.store.read() as reading:
        held = register.belonging_to(reading, [record]).get(record, [])
    return [dict(one.values) for one in held if one.values.get("result") == "retyped"]


def test_who_saw_what_differs_does_not_get_to_type_by_changing_the_page(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    type_all(desk, paper(desk, mother_name="Đinh Thị Ngà"))
    table = page.area.table
    assert table.isVisible()
    edit(desk.workplace, "child", FIRST, school_name="TH Ba Tơ")
    desk.press(Key.Key_1, text="1")
    desk.enter()
    settle(desk)
    assert len(desk.shell.notices.notices) == 1
    assert table.isVisible(), "refused, and nothing but a decision is asked for again"
    assert list(table.decided.values()) == [Decision.STANDS]
    desk.enter()
    settle(desk)
    (kept,) = _retyped_reviews(desk, home_id(UNIT, "1"))
    assert (kept["differing_fields"], kept.get("reason")) == (1, None)
    desk.close()


def test_a_difference_that_was_changed_away_on_the_page_is_told_with_the_result(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    type_all(desk, paper(desk, mother_name="Đinh Thị Ngà"))
    edit(desk.workplace, "child", FIRST, mother_name="Đinh Thị Ngà")
    desk.press(Key.Key_1, text="1")
    desk.enter()
    settle(desk)
    assert page.sheet.isVisible()
    # One for whoever typed the rest, one for whoever changed it.
    said = {one["reason"] for one in _retyped_reviews(desk, home_id(UNIT, "1"))}
    assert said == {"Trong lúc đối chiếu, 1 ô đang khác nhau đã được sửa trên trang."}
    desk.close()


def test_of_children_compared_in_a_sample_nothing_is_typed_in_the_whole_household(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    with desk.workplace.store.write("Lê Thị Nhập") as work:
        settle_village(work, UNIT)
        work.commit()
    edit(desk.workplace, "child", FIRST, complete=False)  # the second household waits first
    desk.go_to("check")
    settle(desk)
    page, samples = desk.shell.check, desk.shell._services.samples
    children = {"2": (child_id(UNIT, "2", 1),)}
    seed = next(
        one
        for one in map(str, range(99))
        if list(samples.draw(1, one).children.values()) == [children["2"]]
    )
    _draw(desk, page, "1", seed)
    type_all(desk, ["x"] * 6)
    assert page.area.table.rowCount() == 6
    page.blind.setChecked(True)
    page.places.setFocus()
    desk.enter()
    settle(desk)
    rows = page.area.form.rows
    assert [row.locked for row in rows] == [True] * 6 + [False] * 6
    assert desk.focus() is rows[6].edit
    assert "6 ô đã đối chiếu" in page.area.hint.text()
    desk.press(Key.Key_Return, SHIFT, "\r")  # no way back into them
    assert desk.focus() is rows[6].edit
    second = stored(desk.workplace, "child", child_id(UNIT, "2", 2)).values
    for row in rows[6:]:
        desk.text(str(second[row.blank.field.name]))
        desk.enter()
    settle(desk)
    assert page.area.table.rowCount() == 6
    desk.close()


@pytest.mark.parametrize("half", [True, False])
def test_what_was_half_typed_unseen_is_never_shown_first_after_the_window_was_closed(
    qtbot: QtBot, tmp_path: Path, half: bool
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    if half:
        desk.text("Phạm Thị Hân")
        desk.enter()
    desk.settle()
    desk.close()
    again = Desk(qtbot, desk.settings).unlock(stay=True)
    settle(again)
    assert again.shell.pages.shown == ("check" if half else "home")
    page = again.shell.check
    if not half:
        again.go_to("check")
        settle(again)
        assert not page.blind.isChecked()
        again.enter()
        settle(again)
    assert page.area.isVisible() == half
    assert page.sheet.isVisible() != half
    assert page.blind.isChecked() == half, "and the households that follow as well"
    again.press(Key.Key_Escape)
    settle(again)
    assert not page.sheet.isVisible(), "who leaves it goes to the villages, not to the sheet"
    again.close()


def test_f1_explains_the_field_and_f12_lists_the_keys_of_what_is_in_sight(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)

    def listed() -> set[str]:
        desk.press(Key.Key_F12)
        found = set(desk.shell.keys.shown)
        desk.press(Key.Key_F12)
        return found

    blind(desk, page)
    assert {"F7", "F1"} <= listed()
    assert "T" not in listed()
    desk.press(Key.Key_F1)
    area, told = page.area, paper(desk, birth_date="150316")
    assert area.help.isVisible()
    first, second = (area.form.rows[at].blank.field for at in (0, 1))
    assert str(first.help) in area.help.words.text()
    desk.text(told[0])
    desk.enter()
    assert str(second.label) in area.help.words.text(), "it goes with the keyboard"
    desk.press(Key.Key_Escape)
    assert not area.help.isVisible()
    assert area.isVisible()
    type_all(desk, told[1:])
    assert area.table.isVisible()
    assert {"1", "2", "3", "Enter"} <= listed()
    desk.press(Key.Key_F1)
    assert str(second.help) in area.help.words.text()
    desk.press(Key.Key_Escape)
    desk.press(Key.Key_1, text="1")
    desk.enter()
    settle(desk)
    assert "Ctrl+Enter" in listed()
    assert "T" not in listed()
    desk.close()


def test_a_long_text_that_was_pasted_leaves_the_other_differences_in_sight(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    page.area.form.rows[0].edit.setText("Phạm Thị <b>Hân</b> " * 400)
    page.area.form.rows[-1].edit.setFocus()
    desk.text("Đinh Thị Ngà")
    desk.enter()
    settle(desk)
    table = page.area.table
    assert table.rowCount() == 6
    assert table.rowHeight(0) <= 4 * table.fontMetrics().lineSpacing() + 12
    assert sum(map(table.rowHeight, range(3))) < table.viewport().height()
    tip = table.item(0, 3).toolTip()
    assert "&lt;b&gt;" in tip
    assert len(tip) < 4000
    desk.close()


def test_what_cannot_be_taken_is_told_why(qtbot: QtBot, tmp_path: Path) -> None:
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    type_all(desk, paper(desk, birth_date="31022016", mother_name="Đinh Thị Ngà"))
    desk.press(Key.Key_2, text="2")
    assert "không hợp với ô này" in page.area.told.whole
    assert page.area.table.decided == {}
    desk.close()


def test_a_protected_field_is_not_asked_and_it_is_said_that_it_is_not(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"household": (), "child": (*retyped_names()["child"], "allowance_category")}
    monkeypatch.setattr("app.forms.retyped.retyped_names", lambda: names)
    desk, page = at_the_check(qtbot, tmp_path)
    blind(desk, page)
    assert len(page.area.form.rows) == 6
    assert "1 ô được bảo vệ không gõ lại ở đây" in page.area.hint.text()
    type_all(desk, paper(desk))
    assert "Đã gõ lại 6 ô, không ô nào khác" in page.told.whole
    desk.close()


def test_two_people_of_one_name_type_again_what_the_other_typed_and_see_no_draft_of_theirs(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, page = at_the_check(qtbot, tmp_path, typist="Nguyễn Thị An")
    people = PeopleHere(desk.workplace)
    people.add("an2", "Nguyễn Thị An", "Công chức", Role.HEAD, "mật khẩu lần đầu")
    blind(desk, page)
    assert "Chính bạn đã nhập hộ này" in page.area.hint.text()
    desk.text("Phạm")
    desk.enter()
    desk.settle()
    desk.shell.lock()
    desk.settle()
    door = desk.window.unlock_page
    assert door is not None
    desk.until(lambda: door.user.count() == 2)
    door.user.setCurrentText("an2")
    desk.unlock("mật khẩu lần đầu")
    desk.go_to("check")
    settle(desk)
    page = desk.shell.check
    desk.enter()
    settle(desk)
    assert page.sheet.isVisible(), "what the other one half typed is not this one's"
    desk.press(Key.Key_Escape)
    settle(desk)
    blind(desk, page)
    assert "Chính bạn" not in page.area.hint.text()
    assert page.area.form.texts == {}
    type_all(desk, paper(desk))
    (kept,) = _retyped_reviews(desk, home_id(UNIT, "1"))
    assert kept["typist"] == "Nguyễn Thị An (an)"
    desk.press(Key.Key_Return, CTRL)
    settle(desk)
    assert state_of(desk, "1") is State.CHECKED, "no reason is asked of a second person"
    desk.close()
