"""Lists of children: what is found, in which order, and what nobody may learn by looking for it."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import KnownError
from app.models.queries import listing, register
from app.models.queries.register import RegisterFilter
from app.models.schema import ENTITY_TABLES, audit_event
from app.models.work import Change
from app.services.lists import ChildLists, ListFilter, Sort
from app.services.lookup.directory import Ids
from app.services.masking import Reveal
from app.services.rights import ALL_RIGHTS, Right
from app.services.workplace import Workplace
from app.text.fold import fold
from tests.workplaces import COMMUNE, again, make_workplace, settle

NOBODY_SEES = ALL_RIGHTS - {Right.REVEAL}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """A register of 400 invented children, which no test changes."""
    workplace = make_workplace(tmp_path_factory.mktemp("lists"))
    with workplace.write() as work:
        settle(work, 400)
        work.commit()
    yield workplace
    workplace.store.close()


def lists_of(workplace: Workplace, issues: set[str] | None = None) -> ChildLists:
    return ChildLists(workplace, lambda _which: issues or set())


def by_rows(workplace: Workplace, words: str) -> list[str]:
    with workplace.store.read() as reading:
        return register.child_ids(reading, RegisterFilter(words=tuple(fold(words).split())))


def household(workplace: Workplace, **values: str) -> str:
    with workplace.write() as work:
        made = work.record(Change("household", {"owner_unit": COMMUNE, **values})).id
        work.commit()
    return made


def child(workplace: Workplace, home: str, **values: object) -> str:
    with workplace.write() as work:
        made = work.record(
            Change("child", {"owner_unit": COMMUNE, "household": home, **values})  # type: ignore[dict-item]
        ).id
        work.commit()
    return made


def change(workplace: Workplace, entity: str, ent_id: str, **values: object) -> None:
    with workplace.write() as work:
        work.record(Change(entity, values, id=ent_id))  # type: ignore[arg-type]
        work.commit()


def names(workplace: Workplace, found: object) -> list[str]:
    with workplace.store.read() as reading:
        return [one.full_name for one in register.child_rows(reading, list(found))]  # type: ignore[call-overload]


def test_the_directory_finds_what_the_rows_find_for_whatever_is_typed(filled: Workplace) -> None:
    lists = lists_of(filled)
    with filled.store.read() as reading:
        rows = reading.execute(
            select(ENTITY_TABLES["child"].c.search_fold, ENTITY_TABLES["household"].c.search_fold)
            .join_from(
                ENTITY_TABLES["child"],
                ENTITY_TABLES["household"],
                ENTITY_TABLES["child"].c.household == ENTITY_TABLES["household"].c.id,
            )
            .limit(60)
        ).all()
    words = sorted({word for row in rows for text in row for word in text.split()})
    chance = random.Random(7)
    typed = {""}
    for word in chance.sample(words, 60):
        start = chance.randrange(len(word))
        typed |= {word[: start + 1], word[start:], f"{word[:2]} {chance.choice(words)[:3]}"}
    assert len(typed) > 100
    for one in sorted(typed):
        assert list(lists.find(ListFilter(words=one))) == by_rows(filled, one), one


def test_few_digits_are_the_beginning_of_a_number_and_four_also_its_end(
    made_one: Workplace,
) -> None:
    home = household(made_one, household_no="12", head_name="Đinh Văn Rê", phone="0912345678")
    other = household(made_one, household_no="7", head_name="Đinh Văn Rô")
    here = child(made_one, home, full_name="Đinh Thị Ẩn", personal_id="051314004417")
    there = child(made_one, other, full_name="Đinh Thị Bé", personal_id="051312120099")
    lists = lists_of(made_one)
    found = {
        word: set(lists.find(ListFilter(words=word)))
        for word in ("12", "051", "4417", "5678", "314")
    }
    assert found == {
        "12": {here},
        "051": {here, there},
        "4417": {here},
        "5678": {here},
        "314": set(),
    }


@pytest.mark.parametrize("typed", ["đỗ", "Đỗ", "do", "DO", unicodedata.normalize("NFD", "đỗ")])
def test_a_name_is_found_with_and_without_marks_and_as_any_keyboard_sends_it(
    made_one: Workplace, typed: str
) -> None:
    home = household(made_one, household_no="3", head_name="Hồ Văn Đỗ")
    one = child(made_one, home, full_name="Đỗ Thị Hà")
    child(made_one, household(made_one, head_name="Lê Văn Lía"), full_name="Lê Thị Na")
    assert list(lists_of(made_one).find(ListFilter(words=typed))) == [one]


@pytest.mark.parametrize(
    "typed",
    [
        *("ha", "nga dinh", "lia", "re", "09055", "51314004417"[-4:], "h'ren", "100.1b", "100.1B"),
        *("0905 512 345", "0905.512.345", "051 314 004417", "051-314-004417"),
    ],
)
def test_a_child_is_found_by_parent_head_telephone_number_and_household(
    made_one: Workplace, typed: str
) -> None:
    home = household(made_one, household_no="100.1B", head_name="Đinh Văn Rê")
    one = child(
        made_one,
        home,
        full_name="H’Ren Hà",
        mother_name="Đinh Thị Nga",
        father_name="Phạm Văn Lía",
        caregiver_phone="0905512345",
        personal_id="051314004417",
    )
    child(made_one, household(made_one, head_name="Võ Công"), full_name="Võ Tú")
    assert list(lists_of(made_one).find(ListFilter(words=typed))) == [one]


def test_what_is_written_afterwards_stands_at_its_place_at_once(made_one: Workplace) -> None:
    home = household(made_one, head_name="Đinh Văn Rê")
    for name in ("Đinh Thị An", "Đinh Văn Dũng", "Đinh Văn Ý"):
        child(made_one, home, full_name=name)
    lists = lists_of(made_one)
    assert names(made_one, lists.find(ListFilter())) == [
        "Đinh Thị An",
        "Đinh Văn Dũng",
        "Đinh Văn Ý",
    ]
    new = child(made_one, home, full_name="Đinh Văn Đức")
    child(made_one, home, full_name="Đinh Thị Ẩn")
    everybody = ["Đinh Thị An", "Đinh Thị Ẩn", "Đinh Văn Dũng", "Đinh Văn Đức", "Đinh Văn Ý"]
    assert names(made_one, lists.find(ListFilter())) == everybody
    assert names(made_one, lists.find(ListFilter())[1:4]) == everybody[1:4]
    change(made_one, "child", new, full_name="Lò Văn Báo")
    assert names(made_one, lists.find(ListFilter(words="duc"))) == []
    assert names(made_one, lists.find(ListFilter()))[2] == "Lò Văn Báo"
    change(made_one, "household", home, head_name="Hồ Thị Xoan")
    assert len(lists.find(ListFilter(words="xoan"))) == 5
    assert len(lists.find(ListFilter(words="dinh van re"))) == 0
    change(made_one, "child", new, hidden_reason="duplicate", merged_into=home)
    assert "Lò Văn Báo" not in names(made_one, lists.find(ListFilter()))


def test_a_directory_with_much_written_beside_it_equals_one_made_anew(made_one: Workplace) -> None:
    with made_one.write() as work:
        settle(work, 60)
        work.commit()
    lists = lists_of(made_one)
    lists.find(ListFilter())
    some = list(lists.find(ListFilter()))[::3]
    for place, one in enumerate(some):
        change(
            made_one,
            "child",
            one,
            full_name=f"Đinh Thị {'ABCDĐEHLMN'[place % 10]}a",
            birth_date=f"20{10 + place % 9}",
        )
    for sort in Sort:
        anew = lists_of(made_one)
        beside, made = list(lists.find(ListFilter(), sort)), list(anew.find(ListFilter(), sort))
        assert sorted(beside) == sorted(made)
        if sort is Sort.NAME:
            assert beside == made
    for words in ("dinh", "a", "thi"):
        assert list(lists.find(ListFilter(words=words))) == list(
            lists_of(made_one).find(ListFilter(words=words))
        )


def test_a_list_goes_by_birth_or_by_the_order_of_the_book(made_one: Workplace) -> None:
    twelve = household(made_one, household_no="12", head_name="A")
    hundred = household(made_one, household_no="100.1", head_name="B")
    child(made_one, hundred, full_name="Đinh Thị An", birth_date="2015-03-02", line_no=1)
    child(made_one, twelve, full_name="Đinh Thị Bê", birth_date="2015", line_no=2)
    child(made_one, twelve, full_name="Đinh Thị Cam", birth_date="2014-12-31", line_no=1)
    lists = lists_of(made_one)
    by_birth = names(made_one, lists.find(ListFilter(), Sort.BIRTH))
    assert by_birth == ["Đinh Thị Cam", "Đinh Thị An", "Đinh Thị Bê"]
    in_book = names(made_one, lists.find(ListFilter(), Sort.HOUSEHOLD))
    assert in_book == ["Đinh Thị Cam", "Đinh Thị Bê", "Đinh Thị An"]


def test_the_order_of_the_book_follows_a_village_that_is_renamed(made_one: Workplace) -> None:
    with made_one.write() as work:
        one, other = (
            work.record(Change("village", {"owner_unit": COMMUNE, "name": name})).id
            for name in ("Thôn An", "Thôn Bình")
        )
        work.commit()
    child(made_one, household(made_one, village=one), full_name="Đinh Thị An")
    child(made_one, household(made_one, village=other), full_name="Đinh Thị Bê")
    lists = lists_of(made_one)
    before = names(made_one, lists.find(ListFilter(), Sort.HOUSEHOLD))
    assert before == ["Đinh Thị An", "Đinh Thị Bê"]
    change(made_one, "village", one, name="Thôn Yên")
    assert names(made_one, lists.find(ListFilter(), Sort.HOUSEHOLD)) == before[::-1]


def test_an_age_is_reckoned_by_the_latest_day_that_a_birth_date_allows(
    made_one: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(made_one), "today", lambda _self: date(2026, 6, 15))
    home = household(made_one, head_name="A")
    for name, born in (("Một", "2020"), ("Hai", "2020-06-15"), ("Ba", "2020-06-16"), ("Bốn", "")):
        child(made_one, home, full_name=name, **({"birth_date": born} if born else {}))
    lists = lists_of(made_one)
    of_six = lists.find(ListFilter(age_from=6, age_to=6))
    assert names(made_one, of_six) == ["Hai"]
    of_five = lists.find(ListFilter(age_from=5, age_to=5))
    assert sorted(names(made_one, of_five)) == ["Ba", "Một"]
    assert len(lists.find(ListFilter(age_to=5))) == 2
    assert len(lists.find(ListFilter(age_from=0))) == 3


def test_filters_add_up(made_one: Workplace) -> None:
    home = household(made_one, head_name="A", village="v1")
    done = child(made_one, home, full_name="Một", complete=True, personal_id="051314004417")
    open_one = child(made_one, home, full_name="Hai")
    elsewhere = child(made_one, household(made_one, head_name="B"), full_name="Ba")
    lists = lists_of(made_one, {done, open_one})

    def ids(**wanted: object) -> set[str]:
        return set(lists.find(ListFilter(**wanted)))  # type: ignore[arg-type]

    assert ids(missing_id=True) == {open_one, elsewhere}
    assert ids(missing_id=True, village="v1") == {open_one}
    assert ids(no_village=True) == {elsewhere}
    assert ids(issues="errors") == {done, open_one}
    assert ids(issues="errors", missing_id=True) == {open_one}
    assert ids(unit=COMMUNE) == {done, open_one, elsewhere}
    assert ids(unit="21100@2025") == set()
    assert ids(conflicts=True) == set()
    assert ids(returned=True) == set()
    assert open_one in ids(unfinished=True)


def test_not_confirmed_asks_for_a_round(made_one: Workplace) -> None:
    with pytest.raises(KnownError) as refused:
        lists_of(made_one).find(ListFilter(not_confirmed=True))
    assert refused.value.message_id == "lists.no_round"


# --- what is masked ---------------------------------------------------------------------------


def _with_groups(workplace: Workplace) -> dict[str, str]:
    home = household(workplace, head_name="A")
    found = {}
    for name, group, subgroups in (
        ("HIV", "C05", []),
        ("divorced", "R03", ["R03.1"]),
        ("family", "R03", ["R03.1", "R03.3"]),
        ("orphan", "C01", ["C01.3"]),
    ):
        found[name] = child(workplace, home, full_name=name)
        with workplace.write() as work:
            values = {"record": found[name], "group": group, "episode": 1, "subgroups": subgroups}
            work.record(Change("circumstance", values, key=f"{group}/1"))  # type: ignore[arg-type]
            work.commit()
    return found


def test_without_the_right_nobody_learns_by_a_filter_who_is_in_a_guarded_group(
    made_one: Workplace,
) -> None:
    who = _with_groups(made_one)
    clerk = lists_of(again(made_one, NOBODY_SEES))
    assert "C05" not in {one.code for one in clerk.groups()}
    for ask in (clerk.find, clerk.count):
        with pytest.raises(KnownError) as refused:
            ask(ListFilter(group="C05"))
        assert refused.value.message_id == "rights.denied"
    with pytest.raises(KnownError) as refused:
        clerk.reveal_group("C05", Reveal("tò mò"))
    assert refused.value.message_id == "rights.denied"
    # Of a group that holds guarded codes only those are found that hold none of them.
    assert set(clerk.find(ListFilter(group="R03"))) == {who["divorced"]}
    assert set(clerk.find(ListFilter(group="C01"))) == {who["orphan"]}


@pytest.mark.parametrize("words", ["C05", "HIV/AIDS", "R03.3", "r03"])
def test_no_word_finds_a_circumstance(made_one: Workplace, words: str) -> None:
    _with_groups(made_one)
    assert len(lists_of(made_one).find(ListFilter(words=words))) == 0


def test_with_the_right_a_guarded_group_is_found_for_a_reason_that_is_on_record(
    made_one: Workplace,
) -> None:
    who = _with_groups(made_one)
    lists = lists_of(made_one)
    assert {"C05", "K01"} <= {one.code for one in lists.groups() if one.guarded}
    assert {"R03", "R04"} == {one.code for one in lists.groups() if one.partly}
    with pytest.raises(KnownError) as refused:
        lists.find(ListFilter(group="C05"))
    assert refused.value.message_id == "masking.no_reason"
    assert set(lists.find(ListFilter(group="R03"))) == {who["divorced"]}
    lists.reveal_group("C05", Reveal("lập kế hoạch trợ giúp quý IV"))
    lists.reveal_group("R03", Reveal("lập kế hoạch trợ giúp quý IV"))
    assert set(lists.find(ListFilter(group="C05"))) == {who["HIV"]}
    assert set(lists.find(ListFilter(group="R03"))) == {who["divorced"], who["family"]}
    with made_one.store.read() as reading:
        rows = reading.execute(select(audit_event.c.details)).scalars().all()
    assert sum("lập kế hoạch trợ giúp quý IV" in one for one in rows) == 2


def test_who_may_not_read_finds_nobody(made_one: Workplace) -> None:
    lists = lists_of(again(made_one, frozenset({Right.HANDOVER})))
    for ask in (lists.find, lists.count):
        with pytest.raises(KnownError) as refused:
            ask(ListFilter())
        assert refused.value.message_id == "rights.denied"


@pytest.fixture
def made_one(tmp_path: Path) -> Iterator[Workplace]:
    workplace = make_workplace(tmp_path / "one")
    yield workplace
    workplace.store.close()


def test_a_large_store_answers_from_its_rows_until_the_directory_is_made(
    made_one: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made_one.write() as work:
        settle(work, 40)
        work.commit()
    small = lists_of(made_one)
    hidden = small.find(ListFilter())[0]
    change(made_one, "child", hidden, entered_in_error=True)
    monkeypatch.setattr("app.services.lists._SMALL", 0)
    lists = lists_of(made_one)
    for wanted in (
        ListFilter(),
        ListFilter(words="nguyen"),
        ListFilter(unfinished=True),
        ListFilter(unit=COMMUNE, words="051"),
    ):
        found = list(lists.find(wanted))
        assert not lists.is_ready
        assert hidden not in found
        assert found == list(small.find(wanted))
    assert len(lists.find(ListFilter(missing_id=True))) >= 0
    assert lists.is_ready, "what the rows do not answer is worth the wait"


def test_the_list_of_all_comes_out_of_the_indexes_alone(made_one: Workplace) -> None:
    """Reading 300,000 wide rows to show 64 of them takes ten times as long."""
    with made_one.store.read() as reading:
        plan = reading.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT child.id FROM child WHERE child.id NOT IN"
            " (SELECT c.id FROM child AS c WHERE _hidden = 1) ORDER BY child.name_sort, child.id"
        ).all()
        steps = [row[3] for row in plan]
        assert "SCAN child USING COVERING INDEX ix_child_name_sort_id" in steps
        assert any(one.startswith("SCAN c USING") and "ix_child_hidden" in one for one in steps)
        assert list(listing.visible_in_order(reading)) == []


def test_what_is_written_while_the_directory_is_made_is_not_lost(
    made_one: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = household(made_one, head_name="Đinh Văn Rê")
    child(made_one, home, full_name="Đinh Thị An")
    lists = lists_of(made_one)
    real = listing.children
    late: list[str] = []

    def meanwhile(*given: object) -> object:
        pages = list(real(*given))  # type: ignore[arg-type]
        if not late:
            late.append(child(made_one, home, full_name="Lò Văn Báo"))
        return iter(pages)

    monkeypatch.setattr(listing, "children", meanwhile)
    lists.prepare()
    assert late
    assert names(made_one, lists.find(ListFilter())) == ["Đinh Thị An", "Lò Văn Báo"]


@pytest.mark.parametrize(
    "odd",
    [
        "ABCDEF00-0000-4000-8000-000000000001",
        "abcdef000-000-4000-8000-000000000001",
        "x",
        "",
        "abcdef00-0000-4000-8000-00000000000g",
    ],
)
def test_an_id_of_another_form_is_kept_as_it_is(odd: str) -> None:
    usual = ["0b2c6f1e-5d5e-5a59-9c1f-0d4f7d6f9a10", "1b2c6f1e-5d5e-5a59-9c1f-0d4f7d6f9a10"]
    for given in (usual, [odd, *usual], [*usual, odd], [usual[0][:35], usual[1] + "0"]):
        ids = Ids()
        ids.extend(given)
        ids.extend(usual)
        assert [ids[place] for place in range(len(ids))] == [*given, *usual]
