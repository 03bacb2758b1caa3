"""Life events on a real store: the event and all that follows, in one act, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import KnownError
from app.forms.issues import Value
from app.history.entities import OUTSIDE
from app.models import lines
from app.models.lines import FileFacts, Header
from app.models.queries import counting, counting_groups, quarter, register
from app.models.queries.register import RecordView
from app.models.schema import op
from app.models.work import Change
from app.services import saving
from app.services.acts import Obstacle
from app.services.entry import Entry
from app.services.life_events.begun import Place
from app.services.life_events.desk import LifeEvents
from app.services.life_events.views import Draft, Verdict, Weight
from app.services.quarter import Quarter
from app.services.rights import RIGHTS_OF, Role
from app.services.saving import RecordSave
from app.services.workplace import Workplace
from app.ui.household.codec import Codec
from tests.village_of_three import (
    DAY,
    TODAY,
    child_id,
    edit,
    home_id,
    open_round,
    settle_village,
    stored,
    village_id,
)
from tests.workplaces import COMMUNE, again, make_workplace

HOME, CHILD, SISTER = (
    home_id(COMMUNE, "2"),
    child_id(COMMUNE, "2", 1),
    child_id(COMMUNE, "2", 2),
)
OTHER_HOME = home_id(COMMUNE, "10")
#: Another commune of the province.
NEAR, NEAR_NAME = "21142@2024", "Xã Trà Bùi"


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    made.clock = lambda: DAY
    with made.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    open_round(made)
    yield made
    made.store.close()


def _draft(code: str, child: str = "", household: str = HOME, **answers: Value) -> Draft:
    return Draft(code, household, child, {"event_date": "2026-10-02", **answers})


def _merger(into: str) -> Draft:
    return Draft("merged_household", HOME, "", {"event_date": "2026-10-02", "household": into})


def _events(workplace: Workplace, *records: str) -> list[RecordView]:
    with workplace.store.read() as reading:
        return quarter.events_since(reading, records, "")


def _acts(workplace: Workplace, act: str) -> list[str]:
    with workplace.store.read() as reading:
        rows = reading.execute(
            select(op.c.ent_type).where(op.c.act == act, op.c.state == "accepted")
        )
        return sorted(rows.scalars())


def _said(verdict: Verdict, *weights: Weight) -> list[tuple[str, str]]:
    return [(one.field, one.message_id) for one in verdict.of(*weights)]


def test_a_death_and_what_follows_are_one_act(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    draft = _draft("died", CHILD, death_cause="injury", injury_type="drowning")
    assert not desk.judge(draft).stopped
    done = desk.write(draft)
    child = stored(commune, "child", CHILD)
    assert child.values["life_status"] == "DECEASED"
    assert child.values["injury_type"] == "drowning"
    assert child.values["complete"] is True
    assert done.unfinished == 0
    (event,) = _events(commune, CHILD)
    assert event.values["event"] == "died"
    assert event.values["death_cause"] == "injury"
    assert event.values["act"] == done.act
    assert _acts(commune, done.act) == ["child", "household", "life_event"]
    with commune.store.read() as reading:
        basis = counting.basis_of(reading, date(2026, 11, 18))
        assert counting.counts(reading, (COMMUNE,), basis).children == 3
        assert counting_groups.children_injured(reading, (COMMUNE,)) == {CHILD}


def test_the_day_of_the_visit_is_that_of_the_event_s_writing(commune: Workplace) -> None:
    """What happened after the last visit lies behind its day; this visit's day is today."""
    LifeEvents(commune).write(
        _draft("dropped_out", CHILD, highest_grade_completed=6, dropout_reason="economic")
    )
    home = stored(commune, "household", HOME).values
    assert (home["survey_date"], home["survey_round"]) == (TODAY, "2026-Q3")
    child = stored(commune, "child", CHILD).values
    assert (child["schooling_status"], child["dropout_date"]) == ("2", "2026-10")


def test_who_leaves_school_is_proposed_for_a_group_and_asked_again(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    draft = _draft("dropped_out", CHILD, highest_grade_completed=6, dropout_reason="economic")
    (told,) = (one for one in desk.judge(draft).remarks if one.message_id.endswith("proposed"))
    assert told.parameters["group"] == "R02"
    desk.write(draft)
    page = Entry(commune).page(HOME)
    assert page is not None
    earning = replace(draft, answers={**draft.answers, "dropout_reason": "earning"})
    assert "quarter.refused.dropped_out" in dict.fromkeys(
        one.message_id for one in desk.judge(earning).of(Weight.ERROR)
    )
    back = _draft("back_to_school", CHILD, education_level="lower_secondary", grade=7)
    desk.write(replace(back, answers={**back.answers, "event_date": "2026-11-02"}))
    child = stored(commune, "child", CHILD).values
    assert (child["schooling_status"], child.get("dropout_date")) == ("1", None)


def test_a_newborn_takes_over_what_siblings_share_and_waits_to_be_finished(
    commune: Workplace,
) -> None:
    desk = LifeEvents(commune)
    done = desk.write(_draft("born", full_name="Gái", sex="2", birth_registered="2"))
    child = stored(commune, "child", done.child).values
    assert (child["full_name"], child["name_status"]) == ("Gái", "PLACEHOLDER_GAI")
    assert (child["line_no"], child["birth_date"]) == (3, "2026-10-02")
    assert (child["father_name"], child["ethnicity"]) == ("Nguyễn Văn Bình", "01")
    inherited = child["inherited"]
    assert isinstance(inherited, list)
    assert "father_name" in inherited
    assert not child.get("complete")
    assert [one.values["event"] for one in _events(commune, done.child)] == ["born"]
    assert stored(commune, "household", HOME).values["complete"] is True


def test_naming_makes_the_name_official(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    born = desk.write(_draft("born", full_name="Gái", sex="2", birth_registered="2"))
    named = _draft("name_corrected", born.child, full_name="Đinh Thị Hoa Ban")
    desk.write(replace(named, answers={**named.answers, "birth_cert_no": "12/2026"}))
    child = stored(commune, "child", born.child).values
    assert (child["full_name"], child["name_status"]) == ("Đinh Thị Hoa Ban", "OFFICIAL")
    assert (child["birth_registered"], child["birth_cert_no"]) == ("1", "12/2026")


def test_who_moves_to_a_near_commune_belongs_to_it(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    draft = _draft("moved_out", CHILD, event_place=NEAR_NAME)
    told = [one for one in desk.judge(draft).remarks if one.message_id == "quarter.told.goes_to"]
    assert [one.parameters for one in told] == [{"unit": NEAR_NAME}]
    done = desk.write(draft)
    child = stored(commune, "child", CHILD).values
    assert (child["owner_unit"], child["life_status"]) == (NEAR, "MOVED_OUT")
    (event,) = _events(commune, CHILD)
    assert (event.values["event_place"], event.values["event_unit"]) == (NEAR_NAME, NEAR)
    assert done.elsewhere == "", "it was this commune's when it was written"
    # The event was written while the child was this commune's, so it names this unit.
    with commune.store.read() as reading:
        units = reading.execute(select(op.c.unit).where(op.c.act == done.act)).scalars().all()
    assert set(units) == {COMMUNE}
    page = Entry(commune).page(HOME)
    assert page is not None
    assert len(page.children) == 2


def test_a_household_that_leaves_the_province_leaves_the_walk_and_can_be_looked_at(
    commune: Workplace,
) -> None:
    LifeEvents(commune).write(_draft("moved_out", event_place="Tỉnh Bình Dương"))
    assert stored(commune, "household", HOME).values["owner_unit"] == OUTSIDE
    assert stored(commune, "child", SISTER).values["life_status"] == "MOVED_OUT"
    assert HOME not in [one.id for one in Quarter(commune).walk(village_id(COMMUNE))]
    page = Entry(commune).page(HOME)
    assert page is not None
    assert len(page.children) == 2
    assert [len(_events(commune, one)) for one in (HOME, CHILD, SISTER)] == [1, 1, 1]


def test_who_left_the_province_and_is_back_belongs_here_again(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    desk.write(_draft("moved_out", CHILD, event_place="Lào"))
    assert stored(commune, "child", CHILD).values["owner_unit"] == OUTSIDE
    back = _draft("moved_in", CHILD, event_place="Lào")
    desk.write(replace(back, answers={**back.answers, "event_date": "2026-11-10"}))
    child = stored(commune, "child", CHILD).values
    assert (child["owner_unit"], child["life_status"]) == (COMMUNE, "ACTIVE")
    assert (child["household"], child["line_no"]) == (HOME, 1)


def test_a_child_that_came_without_a_household_is_put_into_one(commune: Workplace) -> None:
    with commune.write() as work:
        values = {**stored(commune, "child", CHILD).values, "owner_unit": COMMUNE}
        values |= {"household": "no-household-of-ours", "life_status": "MOVED_OUT", "line_no": 7}
        values |= {"full_name": "Trần Văn Đến", "personal_id": None, "birth_cert_no": None}
        came = work.record(Change("child", values, key="child/came")).id
        work.commit()
    desk = LifeEvents(commune)
    assert [one.full_name for one in desk.arrivals()] == ["Trần Văn Đến"]
    form = desk.form("moved_in", HOME, came)
    assert [one.asked.field for one in form.answers] == ["event_date", "event_place"]
    desk.write(_draft("moved_in", came, event_place=NEAR_NAME))
    child = stored(commune, "child", came).values
    assert (child["household"], child["line_no"], child["life_status"]) == (HOME, 3, "ACTIVE")
    assert desk.arrivals() == []


def test_what_was_begun_is_found_where_its_key_leads_and_elsewhere_is_told_where_they_are_now(
    commune: Workplace,
) -> None:
    with commune.write() as work:
        values = {**stored(commune, "child", CHILD).values, "household": "no-household-of-ours"}
        values |= {"full_name": "Trần Văn Đến", "personal_id": None, "birth_cert_no": None}
        came = work.record(Change("child", values, key="child/came")).id
        work.commit()
    desk = LifeEvents(commune)
    death, arrival = Place(HOME, "died", CHILD), Place(HOME, "moved_in", came)
    whole, back = Place(HOME, "head_changed", ""), Place(HOME, "moved_in", CHILD)
    places = [death, arrival, whole, back]

    def found() -> dict[Place, tuple[bool, str]]:
        return {one.place: (one.reachable, one.now) for one in desk.begun(places)}

    here = "2 · Đinh Thị Nga"
    assert {one.label for one in desk.begun(places)} == {here}
    # Whoever is here did not move in; who came without a household is still to be put into one.
    assert found() == {
        death: (True, ""),
        arrival: (True, ""),
        whole: (True, ""),
        back: (False, here),
    }
    edit(commune, "child", CHILD, life_status="MOVED_OUT")
    assert found()[back] == (True, "")
    there = "1 · Phạm Văn Rơm"
    edit(commune, "child", came, household=home_id(COMMUNE, "1"))
    edit(commune, "child", CHILD, household=home_id(COMMUNE, "1"))
    gone = (False, there)
    assert found() == {death: gone, arrival: gone, whole: (True, ""), back: gone}
    edit(commune, "household", HOME, merged_into=home_id(COMMUNE, "1"))
    assert found()[whole] == gone
    assert [one.reachable for one in desk.begun([Place("nobody's", "died", "nobody")])] == [False]
    # A household that belongs to another commune by now is not reviewed here.
    other = Place(home_id(COMMUNE, "10"), "head_changed", "")
    assert [one.reachable for one in desk.begun([other])] == [True]
    edit(commune, "household", other.household, owner_unit=NEAR)
    assert [one.reachable for one in desk.begun([other])] == [False]


def test_a_child_of_another_household_is_not_put_into_this_one(commune: Workplace) -> None:
    with pytest.raises(KnownError) as failed:
        LifeEvents(commune).write(
            _draft("moved_in", child_id(COMMUNE, "1", 1), event_place=NEAR_NAME)
        )
    assert failed.value.message_id == "records.unknown"


def test_a_split_makes_a_household_and_moves_whom_it_takes(commune: Workplace) -> None:
    edit(commune, "household", HOME, family_problem_flags=["1"])
    draft = _draft("split_household", household_no="31", head_name="Đinh Văn Lía")
    done = LifeEvents(commune).write(replace(draft, ticked=(SISTER,)))
    new = stored(commune, "household", done.household).values
    assert (new["village"], new["household_no"]) == (village_id(COMMUNE), "31")
    assert "family_problem_flags" not in new
    moved = stored(commune, "child", SISTER).values
    assert (moved["household"], moved["line_no"]) == (done.household, 1)
    assert stored(commune, "child", CHILD).values["household"] == HOME
    every = _events(commune, HOME, done.household, SISTER)
    assert {one.values["act"] for one in every} == {done.act}
    assert len(every) == 3
    assert len(Quarter(commune).walk(village_id(COMMUNE))) == 4


def test_a_number_that_is_taken_is_said_at_the_field(commune: Workplace) -> None:
    draft = replace(
        _draft("split_household", household_no="10", head_name="Đinh Văn Lía"), ticked=(SISTER,)
    )
    verdict = LifeEvents(commune).judge(draft)
    assert ("household_no", "forms.rule.household_no_unique") in _said(verdict, Weight.ERROR)
    with pytest.raises(KnownError) as failed:
        LifeEvents(commune).write(draft)
    assert failed.value.message_id == "forms.rule.household_no_unique"


def test_a_merged_household_is_hidden_and_its_children_are_in_the_other(
    commune: Workplace,
) -> None:
    desk = LifeEvents(commune)
    form = desk.form("merged_household", HOME)
    (target,) = (one for one in form.answers if one.asked.field == "household")
    assert [one.label for one in target.choices] == ["1 · Phạm Văn Rơm", "10 · Võ Thị Lành"]
    done = desk.write(_merger(OTHER_HOME))
    gone = stored(commune, "household", HOME)
    assert (gone.hidden, gone.values["merged_into"]) == (True, OTHER_HOME)
    with commune.store.read() as reading:
        lines_now = [
            (one.id, one.values["line_no"]) for one in register.children_of(reading, OTHER_HOME)
        ]
    assert lines_now[1:] == [(CHILD, 2), (SISTER, 3)]
    assert len(_events(commune, OTHER_HOME, CHILD, SISTER)) == 3
    assert HOME not in [one.id for one in Quarter(commune).walk(village_id(COMMUNE))]
    assert stored(commune, "household", HOME).conflicts == 0
    LifeEvents(commune).take_back(done.act)
    assert stored(commune, "household", HOME).hidden is False
    assert stored(commune, "child", CHILD).values["household"] == HOME


def test_a_household_merges_into_one_of_another_village_found_by_number_or_head(
    commune: Workplace,
) -> None:
    owner = {"owner_unit": COMMUNE}
    with commune.write() as work:
        for name in ("Thôn Ngọc Trì", "Thôn An Phong"):
            values = {**owner, "name": name}
            work.record(Change("village", values, key=f"village/{name}"))
        made = []
        for number, head, place in (
            ("1", "Lê Văn Sáu", "Thôn Ngọc Trì"),
            ("2", "Hồ Thị Đào", "Thôn An Phong"),
        ):
            values = {**owner, "household_no": number, "head_name": head}
            values["village"] = village_id(COMMUNE, place)
            made.append(work.record(Change("household", values)).id)
        work.record(Change("household", {"head_name": "Người xã khác", "owner_unit": NEAR}))
        work.commit()
    form = LifeEvents(commune).form("merged_household", HOME)
    (target,) = (one for one in form.answers if one.asked.field == "household")
    assert [one.label for one in target.choices] == [
        "1 · Phạm Văn Rơm",
        "10 · Võ Thị Lành",
        "2 · Hồ Thị Đào · Thôn An Phong",
        "1 · Lê Văn Sáu · Thôn Ngọc Trì",
    ]
    codec = Codec(target.field, target.choices, 2026)
    # The number of the own village comes first, a head's name finds any of them.
    assert [one.text for one in codec.suggestions("1")][:2] == [
        "1 · Phạm Văn Rơm",
        "1 · Lê Văn Sáu · Thôn Ngọc Trì",
    ]
    assert [one.text for one in codec.suggestions("ho thi dao")] == [
        "2 · Hồ Thị Đào · Thôn An Phong"
    ]
    assert codec.parse("2 · Hồ Thị Đào · Thôn An Phong") == made[1]
    done = LifeEvents(commune).write(_merger(made[1]))
    assert stored(commune, "child", CHILD).values["household"] == made[1]
    LifeEvents(commune).take_back(done.act)
    assert stored(commune, "child", CHILD).values["household"] == HOME


def test_an_event_before_the_child_s_newest_one_or_long_ago_wants_a_reason(
    commune: Workplace,
) -> None:
    desk = LifeEvents(commune)
    desk.write(_draft("moved_out", CHILD, event_place="Lào"))
    back = _draft("moved_in", CHILD, event_place="Lào", event_date="2026-10-01")
    assert _said(desk.judge(back), Weight.DOUBT) == [("event_date", "quarter.doubt.before_other")]
    with pytest.raises(KnownError) as failed:
        desk.write(back)
    assert failed.value.message_id == "quarter.reason_wanted"
    back = replace(back, answers={**back.answers, "event_date": "2026-10-02"})
    assert _said(desk.judge(back), Weight.DOUBT) == []
    # The household was asked in this round, so that its day says nothing of the time before.
    hurt = _draft("injured", SISTER, injury_type="fall", event_date="2026-09-10")
    assert _said(desk.judge(hurt), Weight.DOUBT) == []
    hurt = replace(hurt, answers={**hurt.answers, "event_date": "2020-09-10"})
    assert _said(desk.judge(hurt), Weight.DOUBT) == [("event_date", "quarter.doubt.long_ago")]


@pytest.mark.parametrize("into", ["10", HOME, home_id(COMMUNE, "99"), "merged", "elsewhere"])
def test_nobody_is_merged_into_a_household_that_is_not_here(commune: Workplace, into: str) -> None:
    desk = LifeEvents(commune)
    if into == "merged":
        desk.write(replace(_merger(home_id(COMMUNE, "1")), household=OTHER_HOME))
        into = OTHER_HOME
    elif into == "elsewhere":
        desk.write(_draft("moved_out", household=OTHER_HOME, event_place="Lào"))
        into = OTHER_HOME
    draft = _merger(into)
    (said,) = _said(desk.judge(draft), Weight.ERROR)
    assert said[0] == "household"
    with pytest.raises(KnownError) as failed:
        desk.write(draft)
    assert failed.value.message_id == said[1]
    assert stored(commune, "household", HOME).hidden is False
    assert stored(commune, "child", CHILD).values["household"] == HOME


def test_a_split_that_leaves_no_child_behind_says_so(commune: Workplace) -> None:
    draft = _draft("split_household", household_no="11", head_name="Đinh Văn Tách")
    told = ("", "quarter.told.split_all")
    some = replace(draft, ticked=(CHILD,))
    assert told not in _said(LifeEvents(commune).judge(some), Weight.NOTE)
    assert told in _said(
        LifeEvents(commune).judge(replace(some, ticked=(CHILD, SISTER))), Weight.NOTE
    )


def test_a_dead_child_of_a_household_that_moved_is_nobody_who_came(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    desk.write(_draft("died", CHILD, death_cause="disease"))
    desk.write(_draft("moved_out", event_place="Lào"))
    assert desk.arrivals() == []


def test_an_adoption_and_a_new_head(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    desk.write(
        _draft("adopted", CHILD, caregiver_name="Võ Thị Lành", caregiver_relation="adoptive_parent")
    )
    child = stored(commune, "child", CHILD).values
    assert (child["care_arrangement"], child["caregiver_name"]) == ("ADOPTED", "Võ Thị Lành")
    edit(commune, "household", HOME, head_personal_id="051190000001")
    desk.write(_draft("head_changed", head_name="Võ Thị Lành"))
    home = stored(commune, "household", HOME).values
    assert (home["head_name"], home.get("head_personal_id")) == ("Võ Thị Lành", None)


@pytest.mark.parametrize(
    ("day", "field", "said"),
    [
        ("2026-11-19", "event_date", "quarter.refused.future"),
        ("2010-01-01", "event_date", "quarter.refused.before_birth"),
        (None, "event_date", "quarter.refused.empty"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    commune: Workplace, day: str | None, field: str, said: str
) -> None:
    desk = LifeEvents(commune)
    draft = _draft("died", CHILD, death_cause="disease", event_date=day)
    assert (field, said) in _said(desk.judge(draft), Weight.ERROR, Weight.MISSING)
    before = stored(commune, "child", CHILD).heads
    with pytest.raises(KnownError) as failed:
        desk.write(draft)
    assert failed.value.message_id == said
    assert stored(commune, "child", CHILD).heads == before
    assert _events(commune, CHILD) == []


def _two_numbers(workplace: Workplace) -> RecordView:
    """Two people wrote two numbers of the household, each without the other."""
    found = stored(workplace, "household", HOME)
    with workplace.write() as work:
        for number in ("701", "702"):
            said: dict[str, Value] = {"household_no": number}
            work.record(
                Change("household", said, HOME, base=found.heads, loaded=dict(found.values))
            )
        work.commit()
    return stored(workplace, "household", HOME)


def test_a_household_of_two_numbers_does_not_move_before_somebody_has_chosen(
    commune: Workplace,
) -> None:
    before = _two_numbers(commune)
    assert before.conflicts == 1
    desk = LifeEvents(commune)
    draft = _draft("moved_out", event_place="Tỉnh Bình Dương")
    assert ("", "quarter.refused.undecided") in _said(desk.judge(draft), Weight.ERROR)
    with pytest.raises(KnownError) as failed:
        desk.write(draft)
    assert failed.value.message_id == "quarter.refused.undecided"
    assert stored(commune, "household", HOME) == before
    # A child of it may go: that says nothing about the household.
    assert desk.write(_draft("moved_out", CHILD, event_place="Tỉnh Bình Dương")).act
    assert stored(commune, "household", HOME).conflicts == 1


def test_a_child_comes_back_without_a_household_that_two_people_place_otherwise(
    commune: Workplace,
) -> None:
    """The line of the event is taken away on the page. The household left with it; where it is now
    two people say in two ways, and whoever types of the child decides nothing of that.
    """
    LifeEvents(commune).write(_draft("moved_out", event_place="Tỉnh Bình Dương"))
    before = _two_numbers(commune)
    assert (before.values["owner_unit"], before.conflicts) == (OUTSIDE, 1)
    child = stored(commune, "child", CHILD)
    (event,) = [one for one in _events(commune, CHILD) if one.values["event"] == "moved_out"]
    gone = Change("life_event", {"_deleted": True}, event.id, base=event.heads, loaded=event.values)
    page = Change("child", {}, CHILD, base=child.heads, loaded=child.values)
    saving.save(commune, [RecordSave(page, (gone,))])
    after = stored(commune, "child", CHILD)
    assert (after.values["life_status"], after.values["owner_unit"]) == ("ACTIVE", COMMUNE)
    assert stored(commune, "household", HOME) == before


def test_a_doubtful_day_wants_a_reason_and_keeps_it(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    draft = _draft("died", CHILD, death_cause="disease", event_date="2026-08-01")
    assert _said(desk.judge(draft), Weight.DOUBT) == [
        ("event_date", "quarter.doubt.before_last_time")
    ]
    with pytest.raises(KnownError) as failed:
        desk.write(draft)
    assert failed.value.message_id == "quarter.reason_wanted"
    desk.write(replace(draft, reason=" Lần trước gia đình chưa báo "))
    (event,) = _events(commune, CHILD)
    assert event.values["note"] == "Lần trước gia đình chưa báo"


def test_the_validator_speaks_at_the_fields_that_are_asked(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    # What is missing is told as missing, once, and not as a mistake while one is on the way to it.
    half = desk.judge(_draft("died", CHILD, death_cause="injury"))
    assert _said(half, Weight.ERROR) == []
    assert _said(half, Weight.MISSING) == [("injury_type", "quarter.refused.empty")]
    too_much = _draft(
        "back_to_school", CHILD, education_level="primary", grade=8, event_date="2026-11-01"
    )
    edit(commune, "child", CHILD, schooling_status="2", grade=None)
    assert ("grade", "forms.rule.grade_of_level") in _said(desk.judge(too_much), Weight.ERROR)
    taken = _draft("name_corrected", CHILD, full_name="Đinh Văn An", personal_id="051316000014")
    assert "personal_id" in [name for name, _ in _said(desk.judge(taken), Weight.ERROR)]


def test_what_stands_behind_the_mask_changes_no_word(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    draft = _draft("dropped_out", CHILD, highest_grade_completed=6, dropout_reason="economic")
    before = desk.judge(draft)
    with commune.write() as work:
        for group in ("C05", "C11"):
            part = {"record": CHILD, "group": group, "episode": 1}
            work.record(Change("circumstance", part, key=f"{group}/1"))
        work.record(Change("household", {"family_problem_flags": ["1"]}, id=HOME))
        work.commit()
    assert desk.judge(draft) == before
    desk.write(draft)
    assert stored(commune, "household", HOME).values["family_problem_flags"] == ["1"]


def test_an_event_is_taken_back_whole_until_it_is_built_on_or_sent(commune: Workplace) -> None:
    desk = LifeEvents(commune)
    done = desk.write(_draft("moved_out", CHILD, event_place=NEAR_NAME))
    assert desk.take_back(done.act) == 3
    child = stored(commune, "child", CHILD).values
    assert (child["owner_unit"], child["life_status"]) == (COMMUNE, "ACTIVE")
    assert _events(commune, CHILD) == []
    assert stored(commune, "household", HOME).values["survey_date"] == "2026-08-10"
    with pytest.raises(KnownError) as failed:
        desk.take_back(done.act)
    assert failed.value.message_id == "quarter.act_unknown"
    died = desk.write(_draft("died", CHILD, death_cause="disease"))
    edit(commune, "child", CHILD, school_name="x")
    with pytest.raises(KnownError) as failed:
        desk.take_back(died.act)
    assert failed.value.message_id == "quarter.act_built_on"


def test_a_confirmation_is_undone_before_the_event_before_it(commune: Workplace) -> None:
    """The walk's undo goes back step by step: it must not be stopped by its own steps."""
    event = LifeEvents(commune).write(_draft("died", CHILD, death_cause="disease"))
    confirmed = Quarter(commune).confirm(HOME)
    with pytest.raises(KnownError):
        LifeEvents(commune).take_back(event.act)
    Quarter(commune).take_back(confirmed)
    LifeEvents(commune).take_back(event.act)
    assert stored(commune, "child", CHILD).values["life_status"] == "ACTIVE"


def _sent(workplace: Workplace) -> None:
    header = Header(b"\x01" * 32, workplace.store.replica, "an", COMMUNE, 1, None, 0, 10_000)
    with workplace.write() as work:
        facts = FileFacts("a.tebundle", 9, "ab" * 32, "cd" * 32)
        lines.note_sent(work.connection, header, "524@2024", facts, int(DAY))
        work.commit()


def test_what_may_have_gone_before_a_restore_is_not_taken_back(commune: Workplace) -> None:
    events = LifeEvents(commune)
    event = events.write(_draft("died", CHILD, death_cause="disease"))
    with commune.write() as work:
        work.take_new_replica()
        work.commit()
    with pytest.raises(KnownError) as failed:
        events.take_back(event.act)
    assert failed.value.message_id == "quarter.act_perhaps_sent"
    last = events.last_act(HOME)
    assert last is not None
    assert last.obstacle is Obstacle.PERHAPS_SENT
    assert events.last_act() is None


def test_what_has_gone_with_a_bundle_is_not_taken_back_but_a_confirmation_is_said_anew(
    commune: Workplace,
) -> None:
    event = LifeEvents(commune).write(_draft("died", CHILD, death_cause="disease"))
    confirmed = Quarter(commune).confirm(OTHER_HOME)
    _sent(commune)
    with pytest.raises(KnownError) as failed:
        LifeEvents(commune).take_back(event.act)
    assert failed.value.message_id == "quarter.act_sent"
    Quarter(commune).take_back(confirmed)
    values = stored(commune, "household", OTHER_HOME).values
    assert (values["survey_round"], values["survey_date"]) == ("2026-Q3", "2026-08-10")


def test_without_a_round_or_the_right_nothing_is_written(
    commune: Workplace, tmp_path: Path
) -> None:
    checker = again(commune, RIGHTS_OF[Role.CHECKER])
    draft = _draft("died", CHILD, death_cause="disease")
    with pytest.raises(KnownError) as failed:
        LifeEvents(checker).write(draft)
    assert failed.value.message_id == "rights.denied"
    bare = make_workplace(tmp_path / "bare")
    bare.clock = lambda: DAY
    with bare.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    with pytest.raises(KnownError) as failed:
        LifeEvents(bare).write(draft)
    assert failed.value.message_id == "quarter.no_round"
    bare.store.close()
