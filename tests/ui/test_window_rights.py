"""What a person with few rights meets at the window: nothing that refuses, no way to get stuck."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.models import accounts
from app.models.accounts import AccountRow
from app.services.rights import RIGHTS_OF, Right, Role, pack
from app.ui.household.field_edit import FieldEdit
from tests.long_runs import slice_or_all
from tests.ui.window_desk import CTRL, UNIT, Desk, Key, prepared_home
from tests.village_of_three import child_id, home_id, settle_village, stored


def signed_in(qtbot: QtBot, folder: Path, role: Role, *, settled: bool = True) -> Desk:
    """Somebody of a role in front of a village of three households, or of an empty register."""
    desk = Desk(qtbot, prepared_home(folder)).unlock()
    with desk.workplace.write() as work:
        if settled:
            settle_village(work, UNIT)
        row = AccountRow("an", "Nguyễn Thị An", "", pack(RIGHTS_OF[role]), active=True)
        accounts.put_account(work.connection, row)
        work.commit()
    desk.press(Key.Key_L, CTRL)
    desk.until(lambda: desk.window.shell is None)
    desk.settle()
    return desk.unlock(stay=True)


def offered(desk: Desk) -> list[str]:
    """The words of every button that is shown and can be pressed."""
    every = desk.window.findChildren(QAbstractButton)
    return [one.text() for one in every if one.isVisible() and one.isEnabled()]


def locked(desk: Desk, words: str) -> list[str]:
    """Why the buttons that begin so are locked."""
    every = desk.window.findChildren(QAbstractButton)
    shown = [one for one in every if one.isVisible() and not one.isEnabled()]
    return [one.toolTip() for one in shown if one.text().startswith(words)]


def notices(desk: Desk) -> str:
    said = desk.shell.notices.findChildren(QLabel)
    return "\n".join(one.text() for one in said if one.isVisible())


def test_who_only_checks_looks_at_a_household_and_can_neither_type_nor_get_stuck(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = signed_in(qtbot, tmp_path, Role.CHECKER)
    desk.shell.open_household(home_id(UNIT, "10"), child_id(UNIT, "10", 1))
    desk.settle()
    assert "chỉ xem" in desk.page.crumb.whole
    assert not desk.page.foot.save.isVisible()
    assert "Hộ mới" not in desk.page.next.text()
    assert not [one for one in offered(desk) if "Thêm dòng" in one], "no line is added"
    assert desk.page.grid.model().rowCount() == 1, "no child is begun"
    assert "Gõ" not in desk.page.foot.first.whole
    before = stored(desk.workplace, "child", child_id(UNIT, "10", 1)).heads
    for _ in range(12):
        assert isinstance(desk.focus(), FieldEdit)
        shown = desk.focus().text()
        desk.text("x1 ")
        assert desk.focus().text() == shown
        desk.enter()
    none = Qt.KeyboardModifier.NoModifier
    for key, modifiers in (
        (Key.Key_F5, none),
        (Key.Key_F7, none),
        (Key.Key_Return, CTRL),
        (Key.Key_PageDown, none),
        (Key.Key_N, CTRL),
    ):
        desk.press(key, modifiers)
        desk.settle()
    assert "không có quyền" in notices(desk)
    assert desk.shell.pages.currentWidget() is desk.page
    assert [one.new for one in desk.page.keeper.lines] == [False]
    # After the last household comes the list, not a new one.
    desk.press(Key.Key_F2)
    desk.settle()
    assert desk.shell.pages.currentWidget() is not desk.page
    assert stored(desk.workplace, "child", child_id(UNIT, "10", 1)).heads == before
    assert desk.page.keeper.unsaved() == []
    desk.close()


@pytest.mark.parametrize("role", [Role.SIGNER, Role.AUDITOR])
def test_who_may_not_read_persons_is_offered_no_list_of_them_and_is_refused_nothing(
    qtbot: QtBot, tmp_path: Path, role: Role
) -> None:
    desk = signed_in(qtbot, tmp_path, role)
    assert "register" not in desk.shell.pages.named
    assert not desk.shell.search.isVisible()
    for name in desk.shell.navigation.names:
        desk.go_to(name)
        desk.settle()
    desk.press(Key.Key_F, CTRL)
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.shell.pages.named["admin"].widget
    assert "quyền" not in notices(desk)
    desk.press(Key.Key_N, CTRL)
    desk.settle()
    assert "quyền" in notices(desk)
    assert desk.shell.pages.currentWidget() is not desk.page
    desk.close()


def test_who_may_not_enter_is_told_why_no_household_is_begun(qtbot: QtBot, tmp_path: Path) -> None:
    desk = signed_in(qtbot, tmp_path, Role.CHECKER)
    assert desk.shell.home.check.isEnabled(), "who reads may check the whole register"
    desk.go_to("register")
    desk.settle()
    (why,) = locked(desk, "Hộ mới")
    assert "nhập liệu" in why
    desk.close()


@pytest.mark.parametrize("role", [Role.CHECKER, Role.SIGNER, Role.ADMIN])
def test_an_empty_register_offers_the_first_household_to_nobody_who_may_not_enter_it(
    qtbot: QtBot, tmp_path: Path, role: Role
) -> None:
    desk = signed_in(qtbot, tmp_path, role, settled=False)
    home = desk.shell.home
    assert home.stack.currentWidget() is home.begin_card
    assert desk.focus() is home.begin_card.trial
    said = [one.text() for one in home.begin_card.findChildren(QLabel) if one.isVisible()]
    assert any("không có quyền" in one for one in said)
    assert not any("Ctrl+N" in one or "import" in one for one in said)
    for name in desk.shell.navigation.names:
        desk.go_to(name)
        desk.settle()
        assert not any("Nhập hộ đầu tiên" in one for one in offered(desk))
    desk.close()


@pytest.mark.parametrize("role", [Role.SIGNER, Role.KEYS, Role.ADMIN, Role.AUDITOR])
def test_who_may_not_read_persons_is_not_offered_to_check_the_register(
    qtbot: QtBot, tmp_path: Path, role: Role
) -> None:
    desk = signed_in(qtbot, tmp_path, role)
    (why,) = locked(desk, "Kiểm tra toàn bộ sổ")
    assert "xem sổ" in why
    desk.close()


@pytest.mark.parametrize("role", [Role.HEAD, Role.CLERK, Role.CHECKER])
def test_a_list_is_taken_out_only_by_who_has_the_right(
    qtbot: QtBot, tmp_path: Path, role: Role
) -> None:
    desk = signed_in(qtbot, tmp_path, role)
    desk.go_to("register")
    desk.settle()
    assert desk.shell.register.rows.rowCount() == 4
    may = Right.EXPORT in RIGHTS_OF[role]
    assert desk.shell.register.exporting.button.isVisible() is may
    assert (text("lists.export") in offered(desk)) is may
    desk.close()


@pytest.mark.parametrize("role", slice_or_all([Role.HEAD, Role.CLERK, Role.AUDITOR], [*Role]))
def test_the_parts_of_the_administration_are_those_that_a_role_can_use(
    qtbot: QtBot, tmp_path: Path, role: Role
) -> None:
    kept, watched = ["people", "own", "work", "villages"], ["audit", "selftest"]
    parts = {
        Role.CLERK: ["own", "work", "books", "exports"],
        Role.PROTECTION: ["own", "work", "books", "exports"],
        Role.CHECKER: ["own", "work", "books", "exports"],
        Role.SIGNER: ["own"],
        Role.KEYS: ["own", "enrolment", "stations", "erasures"],
        Role.ADMIN: [*kept, "references", "rounds", "backups", *watched],
        Role.AUDITOR: ["own", *watched],
        Role.HEAD: [
            *kept,
            "references",
            "books",
            "exports",
            "rounds",
            "enrolment",
            "stations",
            "erasures",
            "backups",
            *watched,
        ],
    }
    desk = signed_in(qtbot, tmp_path, role)
    assert list(desk.shell.admin.sections) == parts[role]
    for name in parts[role]:
        desk.shell.admin.go_to(name)
        desk.settle()
        assert not desk.shell.admin.sections[name].message.text().startswith("✕"), name
    assert "quyền" not in notices(desk)
    desk.close()


def test_somebody_who_may_and_somebody_who_may_not_take_out_a_list_are_among_them() -> None:
    assert {Right.EXPORT in RIGHTS_OF[one] for one in (Role.HEAD, Role.CLERK, Role.CHECKER)} == {
        True,
        False,
    }
