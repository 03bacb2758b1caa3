"""The page of errors and warnings by keyboard: checked, looked through, to the field and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.forms.schema import Severity
from app.i18n import text
from app.models.queries.register import RegisterFilter, child_ids
from app.models.work import Change
from app.services.issue_book import IssueFilter
from app.ui.household.field_edit import Key as FieldKey
from app.ui.issues.rows import SENTENCE, SIGNS, WHO
from tests.ui.window_desk import CTRL, PLAIN_CHILD, UNIT, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    made.close()


def add_household(desk: Desk, child: str, born: str) -> None:
    with desk.workplace.write() as work:
        home = work.record(
            Change("household", {"owner_unit": UNIT, "household_no": child[-1], "head_name": child})
        ).id
        values = {"owner_unit": UNIT, "household": home, "full_name": child, "birth_date": born}
        work.record(Change("child", values))  # type: ignore[arg-type]
        work.commit()


def choose(desk: Desk, who: str, field: str) -> None:
    """Walk down the list to a line."""
    issues = desk.shell.issues
    assert issues is not None
    desk.tab_to(issues.table)
    desk.press(Key.Key_Home, CTRL)
    for place in range(issues.rows.rowCount()):
        desk.settle()
        at = issues.table.currentIndex().row()
        said = [issues.rows.data(issues.rows.index(at, column)) for column in (WHO, SENTENCE)]
        if said[0] == who and said[1].startswith(f"{field}: "):
            return
        desk.press(Key.Key_Down)
        assert place < 200
    raise AssertionError(f"there is no line of {who} about {field}")


def test_what_is_wrong_is_told_whole_and_what_to_do_about_it_below_the_list(desk: Desk) -> None:
    add_household(desk, "Phạm Thị Hân 1", "")
    desk.go_to("issues")
    desk.settle()
    issues = desk.shell.issues
    label = issues.rows.label("child", "birth_date")
    choose(desk, "Phạm Thị Hân 1", label)
    place = issues.table.currentIndex().row()
    said = issues.rows.data(issues.rows.index(place, SENTENCE))
    assert said == f"{label}: Không đọc được ngày."
    assert "Gõ liền" in issues.whole.text()
    # Of a kind its number, whose field and what is wrong, on lines of their own.
    told = [issues.rules.item(at).text() for at in range(1, issues.rules.count())]
    assert told
    assert all("\n" in one for one in told)
    room = issues.rules.viewport().width()
    metrics = issues.rules.fontMetrics()
    assert all(metrics.horizontalAdvance(one) < room for some in told for one in some.split("\n"))
    assert any(one.endswith("\nÔ này chưa có thông tin.") for one in told)


def test_a_field_of_two_forms_is_called_as_its_own_form_calls_it(desk: Desk) -> None:
    """The residence of two households and of two children: two rules, not four of one."""
    add_household(desk, "Phạm Thị Hân 1", "2019-05-02")
    add_household(desk, "Phạm Văn Lía 2", "2019-05-02")
    desk.go_to("issues")
    desk.settle()
    issues = desk.shell.issues
    assert issues is not None
    called = {form: issues.rows.label(form, "residence_status") for form in ("household", "child")}
    assert len(set(called.values())) == 2
    lines = [issues.rules.item(at).text() for at in range(issues.rules.count())]
    for label in called.values():
        (line,) = [one for one in lines if label in " ".join(one.split())]
        assert line.startswith(f"{SIGNS[Severity.ERROR]} 2 ")
    for form, label in called.items():
        at = next(
            at
            for at in range(issues.rules.count())
            if label in " ".join(issues.rules.item(at).text().split())
        )
        issues.rules.setCurrentRow(at)
        desk.settle()
        assert issues.rows.rowCount() == 2
        for place in range(2):
            row = issues.rows.row(place)
            assert row is not None
            assert bool(row.child) == (form == "child")
            assert issues.rows.words(row, SENTENCE).startswith(f"{label}: ")
        desk.tab_to(issues.rules)
        desk.press(Key.Key_F1)
        assert label in issues.help.words.text()
        desk.press(Key.Key_Escape)


def test_the_page_checks_the_store_and_each_line_leads_to_its_field_and_back(desk: Desk) -> None:
    add_household(desk, "Phạm Thị Hân 1", "2091-01-01")
    add_household(desk, "Phạm Văn Lía 2", "2019-05-02")
    desk.go_to("issues")
    desk.settle()
    issues = desk.shell.issues
    assert issues is not None
    assert "2 hộ, 2 trẻ" in issues.said.whole
    assert desk.focus() is issues.table
    label = issues.rows.label("child", "birth_date")
    choose(desk, "Phạm Thị Hân 1", label)
    assert "Phạm Thị Hân 1" in issues.whole.text()
    line = issues.table.currentIndex().row()
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    assert desk.child.values["full_name"] == "Phạm Thị Hân 1"
    assert desk.at() == "birth_date"
    desk.press(Key.Key_Escape)
    desk.settle()
    assert desk.shell.pages.currentWidget() is issues
    assert desk.shell.navigation.list.currentItem().text() == "Lỗi, cảnh báo"
    assert desk.focus() is issues.table
    assert issues.table.currentIndex().row() == line


def test_a_rule_narrows_the_list_and_a_correction_is_checked_again_by_itself(desk: Desk) -> None:
    add_household(desk, "Phạm Thị Hân 1", "2091-01-01")
    desk.go_to("issues")
    desk.settle()
    issues = desk.shell.issues
    assert issues is not None
    everything = issues.rows.rowCount()
    desk.tab_to(issues.rules)
    desk.press(Key.Key_Down)
    desk.settle()
    assert 0 < issues.rows.rowCount() < everything
    assert desk.focus() is issues.rules, "one walks through the rules and looks"
    add_household(desk, "Phạm Văn Lía 2", "2019-05-02")
    desk.go_to("register")
    desk.settle()
    desk.go_to("issues")
    desk.settle()
    assert "2 hộ, 2 trẻ" in issues.said.whole
    assert issues.stale.isHidden()
    issues.show_only(severity="warning")
    desk.settle()
    assert issues.severity.currentData() == "warning"


def test_a_large_store_is_checked_when_it_is_asked_for_and_may_be_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.issue_book.SMALL", 0)
    add_household(desk, "Phạm Thị Hân 1", "2091-01-01")
    desk.go_to("issues")
    desk.settle()
    issues = desk.shell.issues
    assert issues is not None
    assert issues.stack.currentWidget() is issues.nothing
    assert "F5" in issues.nothing.text()
    desk.press(Key.Key_F5)
    desk.settle()
    assert issues.rows.rowCount() > 0
    add_household(desk, "Phạm Văn Lía 2", "2019-05-02")
    desk.go_to("register")
    desk.settle()
    desk.go_to("issues")
    desk.settle()
    assert not issues.stale.isHidden(), "what changed since is told"
    before = issues.said.whole
    desk.press(Key.Key_F5)
    issues.work.cancel()
    desk.settle()
    assert issues.said.whole == before or "2 hộ" in issues.said.whole


def test_a_line_of_a_child_that_is_gone_opens_the_household_and_says_so(desk: Desk) -> None:
    add_household(desk, "Phạm Thị Hân 1", "2091-01-01")
    add_household(desk, "Phạm Văn Lía 2", "2019-05-02")
    desk.go_to("issues")
    desk.settle()
    issues = desk.shell.issues
    assert issues is not None
    choose(desk, "Phạm Thị Hân 1", issues.rows.label("child", "birth_date"))
    with desk.workplace.store.read() as reading:
        gone, other = child_ids(reading, RegisterFilter())
    with desk.workplace.write() as work:
        hidden = {"hidden_reason": "duplicate", "merged_into": other}
        work.record(Change("child", hidden, id=gone))  # type: ignore[arg-type]
        work.commit()
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is desk.page
    assert text("entry.child_gone") in [one.text for one in desk.shell.notices.notices]


def test_a_village_narrows_the_chosen_rule_and_every_rule_where_it_was_broken_nowhere(
    desk: Desk,
) -> None:
    add_household(desk, "Phạm Thị Hân 1", "2091-01-01")
    with desk.workplace.write() as work:
        village = work.record(Change("village", {"owner_unit": UNIT, "name": "Thôn 1"})).id
        home = work.record(Change("household", {"owner_unit": UNIT, "village": village})).id
        child = {"owner_unit": UNIT, "household": home, "full_name": "Lò Văn Ý"}
        work.record(Change("child", child))  # type: ignore[arg-type]
        work.commit()
    desk.go_to("issues")
    desk.settle()
    issues = desk.shell.issues
    assert issues is not None

    def narrowed(rule: str) -> tuple[str, int]:
        """Choose a rule, then the village; which rule is shown then, and in how many lines."""
        issues.show_only(rule=rule)
        desk.settle()
        desk.tab_to(issues.village)
        desk.press(Key.Key_Home)
        desk.press(Key.Key_Down)
        desk.settle()
        assert issues.village.currentText() == "Thôn 1"
        return issues.rules.currentItem().data(Qt.ItemDataRole.UserRole)[0], issues.rows.rowCount()

    rule, lines = narrowed("required")
    assert rule == "required"
    book = desk.shell._services.issue_book
    here, all_of_them = (
        {one.rule for one in book.rules(IssueFilter(village=one))} for one in (village, "")
    )
    everything = narrowed(min(all_of_them - here))
    assert everything[0] == ""
    assert everything[1] > lines > 0


def test_in_large_letters_the_numbers_and_whom_a_line_is_about_are_still_seen(
    qtbot: QtBot, tmp_path: Path, large_letters: float
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), large_letters).unlock()
    add_household(desk, "Phạm Thị Hân 1", "2091-01-01")
    desk.go_to("issues")
    desk.settle()
    issues = desk.shell.issues
    errors, warnings, *_ = issues.said.whole.split(" · ")
    assert f"{errors} · {warnings}" in issues.said.text()
    shown = [at for at in (WHO, SENTENCE) if not issues.table.isColumnHidden(at)]
    assert shown == [WHO, SENTENCE]
    assert issues.table.columnWidth(SENTENCE) >= issues.table.columnWidth(WHO)
    desk.close()


def test_a_note_informs_blocks_nothing_and_wants_no_reason(desk: Desk) -> None:
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    first = desk.child
    desk.page.child_form.focus(FieldKey("", "line_no"))
    desk.text("21")
    desk.enter()
    desk.settle()
    look = desk.page.child_form.looks[FieldKey("", "line_no")]
    assert [one.severity for one in look.messages] == [Severity.NOTE]
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert not desk.page.foot.asking.isVisible()
    assert first.values["complete"] is True
    assert first.values["line_no"] == 21


def test_f1_explains_the_field_of_the_line_and_of_the_rule_under_the_keyboard(desk: Desk) -> None:
    add_household(desk, "Phạm Thị Hân 1", "2091-01-01")
    desk.go_to("issues")
    desk.settle()
    issues = desk.shell.issues
    assert issues is not None
    forms = desk.shell._services.entry.forms()
    fields = {one.name: one for form in forms.values() for one in form.fields_of("child")}
    choose(desk, "Phạm Thị Hân 1", issues.rows.label("child", "birth_date"))
    desk.press(Key.Key_F1)
    assert issues.help.isVisible()
    assert str(fields["birth_date"].help) in issues.help.words.text()
    choose(desk, "Phạm Thị Hân 1", issues.rows.label("child", "sex"))
    assert str(fields["sex"].help) in issues.help.words.text(), "it follows the line"
    desk.tab_to(issues.rules)
    desk.press(Key.Key_Down)
    desk.settle()
    _, form, name = issues.rules.currentItem().data(Qt.ItemDataRole.UserRole)
    assert issues.rows.label(form, name) in issues.help.words.text()
    desk.press(Key.Key_Escape)
    assert issues.help.isHidden()
    desk.press(Key.Key_F12)
    assert "F1" in desk.shell.keys.shown
