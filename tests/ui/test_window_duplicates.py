"""The page of duplicates: found, side by side, decided by one key, taken back, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap import open_services
from app.forms.issues import Value
from app.i18n import text
from app.models.accounts import AccountRow, put_account
from app.models.queries import register
from app.models.work import Change
from app.services.installation import unlock
from app.services.pair_decision import decision_save
from app.services.rights import Right, pack
from app.services.wording import entity_in_words
from app.services.worklist import Duty
from app.ui.duplicates.page import DuplicatesPage
from app.ui.duplicates.rows import HOME, NAME, ONE, OTHER, OTHER_HOME, OTHER_NAME, SIGN, WHAT, Which
from app.ui.gone import double_words, gone_parts
from app.ui.register.rows import STATE
from tests.ui.looks import amiss
from tests.ui.window_desk import CTRL, PASSPHRASE, SHIFT, UNIT, Desk, Key, prepared_home
from tests.village_of_three import home_id, settle_village
from tests.workplaces import write

HOMES = [home_id(UNIT, number) for number in ("1", "10")]
NUMBER = "051319000017"


def _child(desk: Desk, home: str, **values: Value) -> str:
    return write(desk.workplace, "child", owner_unit=UNIT, household=home, sex="2", **values)


def _settled(desk: Desk) -> tuple[tuple[str, str], tuple[str, str]]:
    """A village of three in which two girls are written twice: one certainly, one very probably."""
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    named: dict[str, Value] = {"full_name": "Đinh Thị Hạ", "birth_date": "2019-05-01"}
    sure = [_child(desk, home, **named, personal_id=NUMBER) for home in HOMES]
    alike = [
        _child(
            desk,
            home,
            full_name="Hồ Thị Rế",
            birth_date="2016-03-06",
            mother_name="Hồ Thị Bích",
            father_name=father,
            ethnicity="19",
        )
        for home, father in zip(HOMES, ("Hồ Văn Rơm", "Hồ Văn Rờm"), strict=True)
    ]
    (one, other), (three, four) = sorted(sure), sorted(alike)
    return (one, other), (three, four)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, prepared_home(tmp_path)).unlock()


def _page(desk: Desk) -> DuplicatesPage:
    desk.go_to("duplicates")
    desk.settle()
    return desk.shell.duplicates


def _searched(desk: Desk) -> DuplicatesPage:
    page = _page(desk)
    desk.press(Key.Key_F5)
    desk.settle()
    return page


def _choose(desk: Desk, page: DuplicatesPage, which: Which) -> None:
    desk.tab_to(page.which)
    page.which.setCurrentIndex(list(Which).index(which))
    desk.settle()


def _said(desk: Desk) -> str:
    return desk.shell.notices.notices[0].text


def _keys(page: DuplicatesPage) -> list[tuple[str, str]]:
    return [one.key for one in page.rows.lines]


def _facts(page: DuplicatesPage) -> dict[str, tuple[str, str, str]]:
    rows = range(page.facts.rowCount())
    cells = [[str(page.facts.index(row, at).data()) for at in range(4)] for row in rows]
    return {one[WHAT]: (one[ONE], one[SIGN], one[OTHER]) for one in cells}


def test_an_empty_page_says_what_to_do_first(desk: Desk) -> None:
    page = _page(desk)
    assert desk.focus() is page.search
    assert page.nothing.what.text() == text("duplicates.nothing.never")
    assert amiss(desk.window) == []
    desk.close()


def test_a_search_records_what_is_certain_and_shows_the_rest_side_by_side(desk: Desk) -> None:
    sure, alike = _settled(desk)
    page = _searched(desk)
    assert _keys(page) == [alike]
    assert page.which.currentText() == text("duplicates.list.waiting", count="1")
    assert desk.focus() is page.table
    assert text("duplicates.found_certain", pairs="1") in _said(desk)
    facts = _facts(page)
    assert facts["Họ và tên cha"] in (
        ("Hồ Văn Rơm", "\N{NOT EQUAL TO}", "Hồ Văn Rờm"),
        ("Hồ Văn Rờm", "\N{NOT EQUAL TO}", "Hồ Văn Rơm"),
    )
    assert "Họ và tên trẻ" not in facts, "what is alike is folded away"
    assert "tên mẹ giống" in page.about.whole
    assert all("Nguyễn Thị An" in one.whole for one in page.entered)
    desk.press(Key.Key_Space)
    assert _facts(page)["Họ và tên trẻ"] == ("Hồ Thị Rế", "=", "Hồ Thị Rế")
    assert amiss(desk.window) == []
    _choose(desk, page, Which.SAME)
    assert _keys(page) == [sure]
    assert page.about.whole == text("duplicates.decided.automatic")
    assert page.books[0].whole.startswith(text("duplicates.counted", child=""))
    assert page.books[1].whole.startswith(text("duplicates.not_counted", child=""))
    assert amiss(desk.window) == []
    desk.close()


@pytest.mark.parametrize(
    ("key", "which", "done"),
    [(Key.Key_1, Which.SAME, "same"), (Key.Key_2, Which.APART, "different")],
)
def test_one_key_decides_and_another_takes_it_back(
    desk: Desk, key: Key, which: Which, done: str
) -> None:
    _sure, alike = _settled(desk)
    page = _searched(desk)
    desk.press(Key.Key_0)
    desk.press(key)
    desk.settle()
    assert _said(desk) == text(f"duplicates.done.{done}")
    assert _keys(page) == []
    desk.press(Key.Key_F5)
    desk.settle()
    assert _keys(page) == [], "what was decided is not asked again"
    _choose(desk, page, which)
    assert alike in _keys(page)
    desk.tab_to(page.table)
    page.table.setCurrentIndex(page.rows.index(page.rows.place_of(alike), 1))
    desk.settle()
    assert desk.workplace.account.full_name in page.about.whole
    desk.press(Key.Key_1)
    desk.settle()
    assert alike in _keys(page), "only 0 means anything here"
    desk.press(Key.Key_0)
    desk.settle()
    assert alike not in _keys(page)
    _choose(desk, page, Which.WAITING)
    assert _keys(page) == [alike], "it is offered again"
    desk.close()


def test_a_pair_left_for_later_stays_and_the_next_one_is_looked_at(desk: Desk) -> None:
    _sure, alike = _settled(desk)
    for home in HOMES:
        _child(
            desk,
            home,
            full_name="Đinh Thị Rôm",
            birth_date="2018-02-03",
            mother_name="Đinh Thị Bé",
            father_name="Đinh Văn Ó",
        )
    page = _searched(desk)
    first, second = _keys(page)
    assert alike in (first, second)
    desk.press(Key.Key_3)
    desk.settle()
    assert page.line is not None
    assert page.line.key == second
    desk.press(Key.Key_3)
    assert _said(desk) == text("duplicates.last_one")
    assert _keys(page) == [first, second]
    desk.press(Key.Key_Up)
    desk.press(Key.Key_1)
    desk.settle()
    assert _keys(page) == [second]
    assert desk.focus() is page.table
    desk.close()


def test_enter_goes_to_one_record_and_shift_enter_to_the_other(desk: Desk) -> None:
    _sure, alike = _settled(desk)
    page = _searched(desk)
    assert _keys(page) == [alike]
    line = page.line
    assert line is not None
    assert line.one is not None
    assert line.other is not None
    desk.press(Key.Key_Return)
    desk.settle()
    household = desk.page.keeper.household
    assert household is not None
    assert household.id == line.one.household
    for _ in range(2):  # a list of the first field may be open
        if desk.shell.pages.shown != "duplicates":
            desk.press(Key.Key_Escape)
            desk.settle()
    assert desk.shell.pages.shown == "duplicates"
    desk.press(Key.Key_Return, SHIFT)
    desk.settle()
    household = desk.page.keeper.household
    assert household is not None
    assert household.id == line.other.household
    desk.close()


def test_a_record_that_was_changed_since_the_search_is_told(desk: Desk) -> None:
    _sure, alike = _settled(desk)
    page = _searched(desk)
    assert not page.changed_since.isVisible()
    write(desk.workplace, "child", alike[0], mother_name="Hồ Thị Bách")
    page.load()
    desk.settle()
    assert page.changed_since.isVisible()
    desk.close()


def test_who_was_compared_with_nobody_is_told_when_the_search_ends(desk: Desk) -> None:
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        values: dict[str, Value] = {
            "owner_unit": UNIT,
            "full_name": "Lê Văn Khoa",
            "birth_date": "2020-01-01",
        }
        work.record_many([Change("child", values) for _ in range(41)])
        work.commit()
    _searched(desk)
    assert text("duplicates.limits.alone", count="41") in _said(desk)
    assert amiss(desk.window) == []
    desk.close()


def test_the_worklist_leads_to_the_page(desk: Desk) -> None:
    _settled(desk)
    _searched(desk)
    desk.go_to("home")
    desk.settle()
    home = desk.shell.home
    assert home.view is not None
    assert {one.duty: one.count for one in home.view.tasks}[Duty.DUPLICATES] == 1
    home.go(Duty.DUPLICATES)
    desk.settle()
    assert desk.focus() is desk.shell.duplicates.table
    desk.close()


def test_who_only_reads_decides_nothing_and_is_told_why(qtbot: QtBot, tmp_path: Path) -> None:
    settings = prepared_home(tmp_path)
    writing = Desk(qtbot, settings).unlock()
    sure, alike = _settled(writing)
    _searched(writing)
    writing.close()
    rights = pack(frozenset((Right.READ,)))
    with (
        open_services(settings, lambda one: unlock(one, PASSPHRASE)) as services,
        services.workplace.write() as work,
    ):
        account = services.workplace.account
        row = AccountRow(account.name, account.full_name, account.title, rights, active=True)
        put_account(work.connection, row)
        work.commit()
    desk = Desk(qtbot, settings).unlock()
    page = _page(desk)
    assert not page.search.isEnabled()
    assert page.told.whole == text("duplicates.only_read")
    desk.tab_to(page.table)
    for key in (Key.Key_1, Key.Key_2):
        desk.press(key)
        desk.settle()
        assert _keys(page) == [alike]
        assert _said(desk) == text("duplicates.only_read")
    _choose(desk, page, Which.SAME)
    desk.tab_to(page.table)
    for key in (Key.Key_0, Key.Key_4):
        desk.press(key)
        desk.settle()
    assert _keys(page) == [sure]
    assert not page.take.isVisible()
    desk.close()


def test_one_key_takes_what_the_record_that_counts_leaves_empty(desk: Desk) -> None:
    (stands, double), _alike = _settled(desk)
    said: dict[str, Value] = {
        "ethnicity": "19",
        "mother_name": "Hồ Thị Bích",
        "relation_to_head": "1",
        "birth_place": "Trạm y tế xã",
    }
    write(desk.workplace, "child", double, **said)
    write(desk.workplace, "child", stands, birth_place="Bệnh viện huyện")
    page = _searched(desk)
    _choose(desk, page, Which.SAME)
    desk.tab_to(page.table)
    assert page.take.isVisible()
    assert page.take.text().startswith(text("duplicates.take", count="2"))
    desk.press(Key.Key_4)
    desk.settle()
    assert _said(desk) == text("duplicates.taken", count="2")
    assert not page.take.isVisible()
    with desk.workplace.store.read() as reading:
        found = register.record(reading, "child", stands)
    assert found is not None
    assert found.values["ethnicity"] == "19"
    assert found.values["mother_name"] == "Hồ Thị Bích"
    assert found.values["birth_place"] == "Bệnh viện huyện", "what is there stays"
    assert found.values.get("relation_to_head") is None, "to whose head it is the page says"
    assert _keys(page) == [(stands, double)]
    desk.close()


def test_nothing_is_taken_while_two_records_wait_to_be_looked_at(desk: Desk) -> None:
    _sure, (one, other) = _settled(desk)
    write(desk.workplace, "child", max(one, other), birth_place="Trạm y tế xã")
    page = _searched(desk)
    assert not page.take.isVisible()
    desk.press(Key.Key_4)
    desk.settle()
    with desk.workplace.store.read() as reading:
        found = register.record(reading, "child", min(one, other))
    assert found is not None
    assert found.values.get("birth_place") is None
    desk.close()


def test_what_belongs_to_both_stands_beside_each_other_and_level_a_is_masked(desk: Desk) -> None:
    _sure, (one, other) = _settled(desk)
    for group in ("C04", "C05"):
        write(desk.workplace, "circumstance", record=one, group=group, episode=1)
    write(desk.workplace, "life_event", record=other, event="injured", event_date="2026-03-01")
    write(desk.workplace, "note", record=other, text="gọi lại")
    page = _searched(desk)
    facts = _facts(page)
    circumstance, empty = facts[entity_in_words("circumstance")], text("duplicates.empty")
    assert circumstance[1:] == ("\N{NOT EQUAL TO}", empty)
    assert circumstance[0].startswith("2: ")
    assert "C04" in circumstance[0]
    assert "C05" not in circumstance[0]
    assert text("masking.mask") in circumstance[0]
    event = facts[entity_in_words("life_event")]
    assert event[0] == empty
    assert "01/03/2026" in event[2]
    assert facts[entity_in_words("note")][2] == text("duplicates.notes", count=1)
    desk.close()


def test_masked_groups_of_both_are_never_called_alike(desk: Desk) -> None:
    _sure, pair = _settled(desk)
    for one in pair:
        write(desk.workplace, "circumstance", record=one, group="C05", episode=1)
    page = _searched(desk)
    assert _facts(page)[entity_in_words("circumstance")][1] == "\N{NOT EQUAL TO}"
    desk.close()


def test_who_died_by_one_record_only_is_told(desk: Desk) -> None:
    (stands, double), _alike = _settled(desk)
    page = _searched(desk)
    write(desk.workplace, "child", double, life_status="DECEASED")
    write(desk.workplace, "life_event", record=double, event="died", event_date="2026-04-01")
    page.load()
    _choose(desk, page, Which.SAME)
    assert _keys(page) == [(stands, double)]
    assert page.told.isVisible()
    gone = " ".join(gone_parts("DECEASED", "2026-04-01"))
    assert page.told.whole == text("duplicates.other_is_gone", gone=gone)
    assert "01/04/2026" in page.told.whole
    desk.close()


def test_with_large_letters_nothing_is_cut(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), 1.5).unlock()
    _settled(desk)
    page = _searched(desk)
    for which in Which:
        _choose(desk, page, which)
        assert amiss(desk.window) == [], which
        columns = range(page.rows.columnCount())
        shown = [one for one in columns if not page.table.isColumnHidden(one)]
        assert {NAME, HOME, OTHER_NAME, OTHER_HOME} <= {*shown}, "which child is meant is told"
        if page.rows.lines:
            assert [one.text() for one in page.books] == [one.whole for one in page.books]
            assert all(f"{desk.workplace.today():%d/%m/%Y}" in one.text() for one in page.entered)
        if which is Which.SAME:
            assert page.about.text() == page.about.whole
            assert page.about.whole.endswith(text("duplicates.counts_left"))
    desk.close()


def test_with_large_letters_a_warning_covers_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path), 1.5).unlock()
    (_stands, double), _alike = _settled(desk)
    page = _searched(desk)
    write(desk.workplace, "child", double, life_status="DECEASED")
    page.load()
    _choose(desk, page, Which.SAME)
    assert page.told.isVisible()
    assert page.sides.geometry().bottom() < page.told.geometry().top()
    assert page.told.geometry().bottom() < page.back.geometry().top()
    assert page.sides.viewport().height() >= page.sides.rowHeight(0)
    assert amiss(desk.window) == []
    desk.close()


def test_whoever_types_a_child_that_is_there_already_is_told_at_once(desk: Desk) -> None:
    _sure, alike = _settled(desk)
    desk.shell._services.lists.prepare()
    desk.new_household(household_no="33", head_name="Hồ Văn Rơm")
    desk.fill(
        full_name="Hồ Thị Rê",
        birth_date="06032016",
        mother_name="Hồ Thị Bích",
        father_name="Hồ Văn Rơm",
    )
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    (notice,) = [one for one in desk.shell.notices.notices if one.topic == "similar-child"]
    assert "Hồ Thị Rế" in notice.text
    assert "tên mẹ giống" in notice.text
    assert notice.action is not None
    desk.press(Key.Key_F11)
    desk.settle()
    page = desk.shell.duplicates
    assert desk.shell.pages.shown == "duplicates"
    assert page.line is not None
    assert not set(alike).isdisjoint(page.line.key)
    desk.close()


def test_lists_and_the_tree_say_which_record_is_counted_in_the_place_of_a_double(
    desk: Desk,
) -> None:
    _sure, alike = _settled(desk)
    write(
        desk.workplace,
        "match_decision",
        record=alike[0],
        other_child=alike[1],
        verdict="same",
        basis="duplicate",
        decided_by="An",
    )
    stands, double = (desk.shell.entry.child_rows([one])[0] for one in alike)
    assert (stands.double_of, double.double_of) == ("", alike[0])
    assert double_words(double) == text("duplicates.double_of", number=stands.household_no)
    desk.go_to("home")
    desk.settle()
    desk.go_to("register")
    desk.settle()
    rows = desk.shell.register.rows
    desk.until(lambda: rows.rowCount() > 0 and rows.index(rows.rowCount() - 1, STATE).data() != "…")
    said = [str(rows.index(row, STATE).data()) for row in range(rows.rowCount())]
    assert said.count(double_words(double)) == 1
    desk.close()


def _written(desk: Desk, pair: tuple[str, str], *said: dict[str, Value]) -> None:
    """What other PCs say of a pair, none of which had seen the others."""
    with desk.workplace.write() as work:
        changes = [decision_save(work.connection, *pair, dict(one)).change for one in said]
        work.record_many(changes)
        work.commit()


def test_what_was_decided_elsewhere_meanwhile_is_not_written_over(desk: Desk) -> None:
    _sure, alike = _settled(desk)
    page = _searched(desk)
    said: dict[str, Value] = {"verdict": "different", "basis": "duplicate", "decided_by": "Lê Lan"}
    _written(desk, alike, said)
    desk.press(Key.Key_1)
    desk.settle()
    assert text("duplicates.moved_on") in _said(desk)
    assert _keys(page) == [], "the page was read again"
    _choose(desk, page, Which.APART)
    assert "Lê Lan" in page.about.whole
    desk.close()


def test_a_contested_decision_is_shown_so_and_leads_to_the_conflicts(desk: Desk) -> None:
    sure, alike = _settled(desk)
    page = _searched(desk)
    sides: list[dict[str, Value]] = [
        {"verdict": verdict, "basis": "duplicate", "decided_by": who}
        for verdict, who in (("same", "An"), ("different", "Lan"))
    ]
    _written(desk, sure, *sides)
    page.load()
    desk.settle()
    assert _keys(page) == [sure, alike], "what is in doubt is looked at first"
    assert page.which.currentText() == text("duplicates.list.waiting", count="2")
    desk.press(Key.Key_Up)
    desk.settle()
    assert text("duplicates.doubt.conflict") in page.about.whole
    assert [one.isVisible() for one in (page.same, page.apart, page.back)] == [False] * 3
    assert amiss(desk.window) == []
    desk.tab_to(page.table)
    for key in (Key.Key_1, Key.Key_2, Key.Key_0):
        desk.press(key)
        desk.settle()
        assert _said(desk) == text("duplicates.on_page_of_conflicts")
        assert _keys(page) == [sure, alike]
    action = desk.shell.notices.notices[0].action
    assert action is not None
    action.do(desk.shell.notices)
    desk.settle()
    assert desk.shell.pages.shown == "conflicts"
    desk.close()


def test_what_lost_its_ground_waits_for_a_person_who_confirms_it(desk: Desk) -> None:
    sure, alike = _settled(desk)
    page = _searched(desk)
    write(desk.workplace, "child", sure[1], full_name="Đinh Thị Hà Giang")
    page.load()
    desk.settle()
    assert _keys(page) == [sure, alike]
    desk.press(Key.Key_Up)
    desk.settle()
    assert text("duplicates.doubt.ground") in page.about.whole
    assert amiss(desk.window) == []
    desk.tab_to(page.table)
    desk.press(Key.Key_1)
    desk.settle()
    assert _said(desk) == text("duplicates.done.same")
    assert _keys(page) == [alike]
    desk.close()
