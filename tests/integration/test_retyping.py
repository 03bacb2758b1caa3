"""Typing again without seeing, on a real store: what differs, what becomes of it, what is kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.forms.retyped import retyped_fields, retyped_names
from app.forms.template import newest
from app.models.queries import register
from app.models.work import Change
from app.services.entry import Entry
from app.services.retyping import Blank, Decision, RetypeForm, Retyping
from app.services.rights import RIGHTS_OF, Role
from app.services.samples import Samples
from app.services.second_check import Lists, SecondCheck, State
from app.services.workplace import Workplace
from tests.village_of_three import (
    DAY,
    TODAY,
    VILLAGE,
    child_id,
    edit,
    home_id,
    settle_village,
    stored,
    village_id,
)
from tests.workplaces import COMMUNE, again, make_workplace

HOME = home_id(COMMUNE, "2")
FIRST, SECOND = child_id(COMMUNE, "2", 1), child_id(COMMUNE, "2", 2)
NAMES = ("full_name", "birth_date", "sex", "personal_id", "father_name", "mother_name")


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    made.clock = lambda: DAY
    with made.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    yield made
    made.store.close()


def _checker(workplace: Workplace, role: Role = Role.HEAD) -> Workplace:
    other = again(workplace, RIGHTS_OF[role])
    other.account = replace(other.account, name="binh", full_name="Trần Bình")
    other.clock = workplace.clock
    return other


def _paper(
    workplace: Workplace, form: RetypeForm, **differs: Value
) -> dict[tuple[str, str], Value]:
    """What stands in the paper: as it was typed, but for what differs on the first child."""
    told: dict[tuple[str, str], Value] = {}
    for one in form.blanks:
        value = stored(workplace, one.entity, one.record).values.get(one.field.name)
        if one.record == FIRST and one.field.name in differs:
            value = differs[one.field.name]
        told[one.place] = value
    return told


def _reviews(workplace: Workplace, record: str, result: str) -> list[dict[str, Value]]:
    with workplace.store.read() as reading:
        held = register.belonging_to(reading, [record]).get(record, [])
    return [dict(one.values) for one in held if one.values.get("result") == result]


def test_every_field_that_is_typed_again_stands_in_the_newest_forms() -> None:
    for form, names in retyped_names().items():
        assert tuple(one.name for one in retyped_fields(newest(form))) == names
    assert retyped_names()["child"] == NAMES


def test_the_form_asks_and_tells_nothing_of_what_was_typed(commune: Workplace) -> None:
    form = Retyping(_checker(commune)).form(HOME)
    assert [one.place for one in form.blanks] == [
        (child, name) for child in (FIRST, SECOND) for name in NAMES
    ]
    assert [one.line for one in form.blanks] == [1] * 6 + [2] * 6
    assert {one.name for one in fields(Blank)} == {"record", "entity", "line", "field"}
    assert (form.village, form.number) == (VILLAGE, "2")
    assert (form.masked, form.mine) == (0, False)
    assert Retyping(commune).form(HOME).mine is True


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("full_name", "đinh  văn TÈO"),
        ("full_name", unicodedata.normalize("NFD", "Đinh Văn Tèo")),
        ("birth_date", "1/5/2014"),
        ("birth_date", "010514"),
        ("father_name", "same"),
    ],
)
def test_what_is_only_written_in_another_way_does_not_differ(
    commune: Workplace, name: str, again: str
) -> None:
    desk = Retyping(_checker(commune))
    form = desk.form(HOME)
    paper = _paper(commune, form)
    if again != "same":
        paper[FIRST, name] = again
    found = desk.compare(HOME, form.heads, paper)
    assert (found.compared, found.differences) == (12, ())


def test_the_place_of_a_tone_is_no_difference_and_the_tone_is(commune: Workplace) -> None:
    edit(commune, "child", FIRST, full_name="Đinh Văn Hoà")
    desk = Retyping(_checker(commune))
    form = desk.form(HOME)
    same = desk.compare(HOME, form.heads, _paper(commune, form, full_name="Đinh Văn Hòa"))
    assert same.differences == ()
    other = desk.compare(HOME, form.heads, _paper(commune, form, full_name="Đinh Văn Hóa"))
    (one,) = other.differences
    assert (one.typed, one.retyped, one.line, one.may_take) == (
        "Đinh Văn Hoà",
        "Đinh Văn Hóa",
        1,
        True,
    )


def test_each_difference_is_decided_and_all_of_it_is_kept(commune: Workplace) -> None:
    desk = Retyping(_checker(commune))
    form = desk.form(HOME)
    paper = _paper(
        commune, form, full_name="Đinh Văn Tẻo", birth_date="2014-05-11", mother_name=None
    )
    found = desk.compare(HOME, form.heads, paper)
    told = {one.field.name: (one.typed, one.retyped) for one in found.differences}
    assert told["birth_date"] == ("01/05/2014", "11/05/2014")
    assert told["mother_name"][1] == ""
    decided = {
        (FIRST, "full_name"): Decision.TAKE,
        (FIRST, "birth_date"): Decision.STANDS,
    }
    with pytest.raises(KnownError) as failed:
        desk.settle(HOME, form.heads, paper, decided)
    assert failed.value.message_id == "retyping.undecided"
    assert stored(commune, "child", FIRST).values["full_name"] == "Đinh Văn Tèo"
    decided[FIRST, "mother_name"] = Decision.RETURN
    done = desk.settle(HOME, form.heads, paper, decided)
    assert (done.compared, done.differed, done.taken, done.returned) == (12, 3, 1, 1)
    child = stored(commune, "child", FIRST)
    assert child.values["full_name"] == "Đinh Văn Tẻo"
    assert child.values["birth_date"] == "2014-05-01"
    # It goes back after the change, so that the change is no answer to it; no text goes with it.
    (back,) = SecondCheck(commune, Entry(commune)).returned_to()
    assert (back.child, back.field, back.mine) == (FIRST, "mother_name", True)
    assert "Họ và tên mẹ" in back.reason
    assert str(child.values["mother_name"]) not in back.reason
    (kept,) = _reviews(commune, HOME, "retyped")
    assert kept["typist"] == "Đặng An"
    assert kept["reviewer"] == "Trần Bình"
    assert kept["reviewed_on"] == TODAY
    assert (kept["retyped_fields"], kept["differing_fields"]) == (12, 3)
    assert (kept["taken_fields"], kept["returned_fields"]) == (1, 1)
    assert kept["differing_names"] == ["birth_date", "full_name", "mother_name"]
    page = SecondCheck(_checker(commune), Entry(commune)).page(HOME)
    assert page.retyped is not None
    assert (page.retyped.compared, page.retyped.differed) == (12, 3)
    assert page.retyped.as_it_stands is True
    edit(commune, "child", SECOND, school_name="TH Ba Tơ")
    later = SecondCheck(_checker(commune), Entry(commune)).page(HOME)
    assert later.retyped is not None
    assert later.retyped.as_it_stands is False


def test_typing_again_is_no_check_and_a_taken_value_is_the_checkers_own(commune: Workplace) -> None:
    checker = _checker(commune)
    desk, second = Retyping(checker), SecondCheck(checker, Entry(checker))
    form = desk.form(HOME)
    desk.settle(HOME, form.heads, _paper(commune, form), {})
    now = second.state_of(HOME)
    assert now is not None
    assert now.state is State.NEVER
    paper = _paper(commune, form, full_name="Đinh Văn Tẻo")
    desk.settle(HOME, form.heads, paper, {(FIRST, "full_name"): Decision.TAKE})
    page = second.page(HOME)
    assert page.typed_by_me is True
    with pytest.raises(KnownError) as failed:
        second.check(HOME, page.heads, Lists(poverty=True, allowance=True))
    assert failed.value.message_id == "second_check.same_person"


def test_who_may_not_enter_takes_nothing_and_sends_it_back(commune: Workplace) -> None:
    desk = Retyping(_checker(commune, Role.CHECKER))
    form = desk.form(HOME)
    paper = _paper(commune, form, sex="2")
    (one,) = desk.compare(HOME, form.heads, paper).differences
    assert one.may_take is False
    with pytest.raises(KnownError) as failed:
        desk.settle(HOME, form.heads, paper, {one.place: Decision.TAKE})
    assert failed.value.message_id == "retyping.cannot_take"
    assert (one.why_not, failed.value.hint_id) == ("retyping.cannot_take_right",) * 2
    done = desk.settle(HOME, form.heads, paper, {one.place: Decision.RETURN})
    assert (done.taken, done.returned) == (0, 1)
    with pytest.raises(KnownError) as denied:
        Retyping(_checker(commune, Role.CLERK)).form(HOME)
    assert denied.value.message_id == "rights.denied"


def test_text_that_no_field_can_hold_is_compared_and_not_taken(commune: Workplace) -> None:
    desk = Retyping(_checker(commune))
    form = desk.form(HOME)
    (one,) = desk.compare(
        HOME, form.heads, _paper(commune, form, birth_date="31/02/2014")
    ).differences
    assert (one.retyped, one.may_take) == ("31/02/2014", False)
    assert one.why_not == "retyping.cannot_take_fits"


def test_a_value_that_makes_an_error_leaves_the_record_unfinished_and_says_so(
    commune: Workplace,
) -> None:
    desk = Retyping(_checker(commune))
    form = desk.form(HOME)
    paper = _paper(commune, form, sex="2")  # the fourth digit of the personal id says a boy
    done = desk.settle(HOME, form.heads, paper, {(FIRST, "sex"): Decision.TAKE})
    assert done.errors > 0
    assert stored(commune, "child", FIRST).values["complete"] is False


def test_what_changed_meanwhile_is_not_compared_with_what_was_seen(commune: Workplace) -> None:
    desk = Retyping(_checker(commune))
    form = desk.form(HOME)
    edit(commune, "child", FIRST, school_name="TH Ba Tơ")
    with pytest.raises(KnownError) as failed:
        desk.settle(HOME, form.heads, _paper(commune, form), {})
    assert failed.value.message_id == "second_check.changed_since"
    edit(commune, "child", FIRST, complete=False)
    with pytest.raises(KnownError) as unfinished:
        desk.form(HOME)
    assert unfinished.value.message_id == "second_check.unfinished"


def test_each_typist_is_told_apart_and_who_passed_a_value_on_did_not_type_it(
    commune: Workplace,
) -> None:
    third = again(commune, RIGHTS_OF[Role.CLERK])
    third.account = replace(third.account, name="cuc", full_name="Lê Cúc")
    # The mother's name is of a merge group whose other fields travel with it.
    edit(third, "child", FIRST, mother_occupation="Làm nông", birth_date="2014-05-02")
    with third.write() as work:
        current = stored(commune, "child", SECOND)
        change = Change("child", {"father_name": "Đinh Văn Ây"}, SECOND, base=current.heads)
        work.record(replace(change, loaded=current.values), act="import-01")
        work.commit()
    desk = Retyping(_checker(commune))
    form = desk.form(HOME)
    desk.settle(HOME, form.heads, _paper(commune, form), {})
    kept = _reviews(commune, HOME, "retyped")
    told = {
        (str(one["typist"]), bool(one.get("typed_by_import"))): one["retyped_fields"]
        for one in kept
    }
    assert told == {("Đặng An", False): 10, ("Lê Cúc", False): 1, ("Lê Cúc", True): 1}
    page = SecondCheck(_checker(commune), Entry(commune)).page(HOME)
    assert page.retyped is not None
    assert page.retyped.compared == 12


def test_a_protected_field_is_neither_asked_nor_counted(
    commune: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"household": (), "child": (*NAMES, "allowance_category")}
    monkeypatch.setattr("app.forms.retyped.retyped_names", lambda: names)
    desk = Retyping(_checker(commune))
    form = desk.form(HOME)
    assert {one.field.name for one in form.blanks} == set(NAMES)
    assert form.masked == 2


def test_a_seed_draws_the_same_children_again_and_a_new_child_changes_only_its_own_place(
    commune: Workplace,
) -> None:
    desk = Samples(_checker(commune))
    everyone = desk.draw(100, "7")
    assert (len(everyone.drawn), everyone.of, everyone.seed) == (4, 4, "7")
    assert [(one.village, one.number, one.line) for one in everyone.drawn] == [
        (VILLAGE, "1", 1),
        (VILLAGE, "2", 1),
        (VILLAGE, "2", 2),
        (VILLAGE, "10", 1),
    ]
    assert list(everyone.children) == [home_id(COMMUNE, one) for one in ("1", "2", "10")]
    first = desk.draw(2, "7")
    assert first == desk.draw(2, "7", village=village_id(COMMUNE))
    assert len(first.drawn) == 2
    drawn = {str(seed): desk.draw(2, str(seed)).children for seed in range(12)}
    assert len({tuple(sorted(one.items())) for one in drawn.values()}) > 2
    lone = desk.draw(1).seed
    assert len(lone) == 6
    assert desk.draw(1, lone) == desk.draw(1, lone)
    # Whoever is out of the running leaves the others' order alone.
    edit(commune, "child", child_id(COMMUNE, "10", 1), complete=False)
    left = desk.draw(100, "7")
    assert left.of == 3
    before = {one for ids in first.children.values() for one in ids}
    gone = child_id(COMMUNE, "10", 1)
    now = {one for ids in desk.draw(2, "7").children.values() for one in ids}
    assert before - {gone} <= now
    # Who died is not drawn, and keeps nobody of the household out of the draw.
    edit(commune, "child", child_id(COMMUNE, "2", 1), complete=False, life_status="DECEASED")
    assert [(one.number, one.line) for one in desk.draw(100, "7").drawn] == [("1", 1), ("2", 2)]
    with pytest.raises(KnownError):
        desk.draw(0)


def test_of_a_sample_only_the_drawn_children_are_asked_for(commune: Workplace) -> None:
    desk = Retyping(_checker(commune))
    form = desk.form(HOME, [SECOND])
    assert {one.record for one in form.blanks} == {SECOND}
    assert {one.line for one in form.blanks} == {2}
    done = desk.settle(HOME, form.heads, _paper(commune, form), {}, [SECOND], "481516")
    assert done.compared == 6
    (kept,) = _reviews(commune, SECOND, "retyped")
    assert kept["sample"] == "481516"


def test_who_was_typed_again_stays_in_the_draw_and_the_sums_are_told(commune: Workplace) -> None:
    checker = _checker(commune)
    desk, samples = Retyping(checker), Samples(checker)
    before = samples.draw(100, "481516")
    assert (before.done, before.result.mistaken_percent) == (frozenset(), None)
    form = desk.form(HOME)
    # The taken value makes an error: the record is unfinished now, and its child was drawn.
    paper = _paper(commune, form, sex="2", full_name="Đinh Văn Tẻo")
    decided = {(FIRST, "sex"): Decision.TAKE, (FIRST, "full_name"): Decision.STANDS}
    desk.settle(HOME, form.heads, paper, decided, (), "481516")
    after = samples.draw(100, "481516")
    assert after.drawn == before.drawn
    assert after.done == {FIRST, SECOND}
    assert (after.result.retyped, after.result.differing, after.result.mistaken) == (12, 2, 1)
    assert after.result.mistaken_percent == 8.3
    assert samples.draw(100, "another").of == 2


def _type(commune: Workplace, desk: Retyping, seed: str, children: list[str]) -> None:
    form = desk.form(HOME, children)
    desk.settle(HOME, form.heads, _paper(commune, form), {}, children, seed)


def test_of_a_seed_used_again_only_the_children_that_were_typed_are_done(
    commune: Workplace,
) -> None:
    checker = _checker(commune)
    desk, samples = Retyping(checker), Samples(checker)
    _type(commune, desk, "2", [FIRST])
    drawn = samples.draw(100, "2")
    assert drawn.done == {FIRST}
    assert drawn.left[HOME] == (SECOND,)
    assert samples.result("2", [one.child for one in drawn.drawn]).retyped == 6
    # Of a sample as of a whole page it is told beside the sheet when it was typed again.
    page = SecondCheck(checker, Entry(checker)).page(HOME)
    assert page.retyped is not None
    assert page.retyped.compared == 6
    _type(commune, desk, "2", [SECOND])
    drawn = samples.draw(100, "2")
    assert (drawn.done, drawn.result.retyped) == ({FIRST, SECOND}, 12)
    assert HOME not in drawn.left
    # Typed once more, it counts once.
    _type(commune, desk, "2", [SECOND])
    assert samples.draw(100, "2").result.retyped == 12
    assert samples.draw(100, "3").done == frozenset()


def test_a_child_whose_compared_fields_were_written_anew_is_typed_again_under_its_seed(
    commune: Workplace,
) -> None:
    checker = _checker(commune)
    desk, samples = Retyping(checker), Samples(checker)
    _type(commune, desk, "1", [FIRST, SECOND])
    edit(commune, "child", FIRST, school_name="TH Ba Tơ")  # nobody types that again
    assert samples.draw(100, "1").done == {FIRST, SECOND}
    edit(commune, "child", FIRST, full_name="Đinh Văn Tẻo")
    drawn = samples.draw(100, "1")
    assert (drawn.done, drawn.result.retyped) == ({SECOND}, 6)
    edit(commune, "household", HOME, survey_round="2026-Q4")
    drawn = samples.draw(100, "1")
    assert (drawn.done, drawn.result.retyped) == (frozenset(), 0)


def test_that_what_differed_is_put_right_leaves_its_child_done(commune: Workplace) -> None:
    checker = _checker(commune)
    desk, samples = Retyping(checker), Samples(checker)
    form = desk.form(HOME, [FIRST])
    paper = _paper(commune, form, full_name="Đinh Văn Tẻo")
    decided = {(FIRST, "full_name"): Decision.RETURN}
    desk.settle(HOME, form.heads, paper, decided, [FIRST], "1")
    edit(commune, "child", FIRST, full_name="Đinh Văn Tẻo")
    drawn = samples.draw(100, "1")
    assert drawn.done == {FIRST}
    assert (drawn.result.retyped, drawn.result.mistaken) == (6, 1)
