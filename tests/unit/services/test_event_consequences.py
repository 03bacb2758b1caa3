"""What follows from each life event, told without a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.forms.code_lists import load_code_list
from app.forms.issues import Value
from app.forms.template import newest
from app.history.entities import ENTITIES, OUTSIDE, UNKNOWN
from app.history.merge_groups import incomplete_groups, whole_groups
from app.services.life_events.consequences import CONSEQUENCES, Outcome, Scene
from app.services.life_events.places import Commune, destination
from app.services.life_events.refusals import Window, doubts, refusals
from app.services.life_events.short_forms import SHORT_FORMS, About
from tests.unit.forms.invented import GOOD_CHILD, GOOD_HOUSEHOLD

UNIT, THERE = "21010@2024", "21025@2024"
TODAY = date(2026, 11, 18)
HOME, ONE, TWO = "home", "child-1", "child-2"
CHILDREN: dict[str, dict[str, Value]] = {
    ONE: {**GOOD_CHILD, "owner_unit": UNIT, "household": HOME, "line_no": 1},
    TWO: {**GOOD_CHILD, "owner_unit": UNIT, "household": HOME, "line_no": 4},
}
SCENE = Scene(
    UNIT, HOME, {**GOOD_HOUSEHOLD, "owner_unit": UNIT}, CHILDREN, ONE, {}, "new-child", (), "new"
)


def follow(code: str, scene: Scene = SCENE, **answers: Value) -> Outcome:
    return CONSEQUENCES[code]({"event_date": "2026-10-02", **answers}, scene)


def written(outcome: Outcome, ent_id: str) -> dict[str, Value]:
    return dict(next(one.values for one in outcome.writes if one.id == ent_id))


def refused(code: str, scene: Scene = SCENE, **answers: Value) -> list[str]:
    found = refusals(code, {"event_date": "2026-10-02", **answers}, scene, TODAY)
    return [one.message_id.removeprefix("quarter.refused.") for one in found]


def test_every_event_of_the_list_has_a_short_form_but_those_nobody_writes() -> None:
    codes = set(load_code_list("life_events").codes)
    # Turning 16 is derived on reading; a changed circumstance is written on the page itself.
    assert SHORT_FORMS.keys() == CONSEQUENCES.keys() == codes - {"aged_out", "circumstance_changed"}


@pytest.mark.parametrize("code", SHORT_FORMS)
def test_a_short_form_asks_for_fields_of_the_page_and_for_the_day(code: str) -> None:
    names = {
        (entity, field.name)
        for form in ("household", "child")
        for entity in newest(form).entities
        for field in newest(form).fields_of(entity)
    }
    asked = SHORT_FORMS[code].asked
    assert [one.field for one in asked].count("event_date") == 1
    for one in asked:
        assert (one.entity, one.field) in names or one.field == "household"
    assert len(asked) <= 5, "a short form is short"


def test_a_death_ends_the_follow_up_and_says_the_cause_with_the_event() -> None:
    made = follow("died", death_cause="disease")
    assert (made.events, made.said) == ((ONE,), {"death_cause": "disease"})
    assert written(made, ONE) == {"life_status": "DECEASED"}


def test_a_death_by_injury_says_of_which() -> None:
    made = follow("died", death_cause="injury", injury_type="drowning")
    assert written(made, ONE) == {"life_status": "DECEASED", "injury_type": "drowning"}
    (injury,) = (one for one in SHORT_FORMS["died"].asked if one.field == "injury_type")
    assert injury.applies({"death_cause": "injury"})
    assert not injury.applies({"death_cause": "disease"})


def test_who_moves_to_a_commune_of_the_province_belongs_to_it_from_this_act_on() -> None:
    made = follow("moved_out", replace(SCENE, destination=THERE), event_place="Xã Ba Vinh")
    assert written(made, ONE) == {"life_status": "MOVED_OUT", "owner_unit": THERE}
    assert made.said == {"event_place": "Xã Ba Vinh", "event_unit": THERE}
    assert made.events == (ONE,)


@pytest.mark.parametrize("word", [OUTSIDE, UNKNOWN])
def test_who_leaves_the_province_belongs_to_no_unit_that_is_named(word: str) -> None:
    made = follow("moved_out", replace(SCENE, destination=word), event_place="Lào")
    assert written(made, ONE)["owner_unit"] == word
    assert made.said["event_unit"] is None


def test_a_household_that_leaves_takes_everybody_who_is_still_followed() -> None:
    gone = {**CHILDREN, TWO: {**CHILDREN[TWO], "life_status": "DECEASED"}}
    scene = replace(SCENE, child="", children=gone, destination=THERE)
    made = follow("moved_out", scene, event_place="Xã Ba Vinh")
    assert made.events == (ONE, HOME)
    assert [one.id for one in made.writes] == [ONE, HOME]
    # Village and number are of the book it leaves.
    home = {"owner_unit": THERE, "village": None, "household_no": None}
    assert written(made, HOME) == home
    outside = follow("moved_out", replace(scene, destination=OUTSIDE), event_place="Lào")
    assert written(outside, HOME) == {"owner_unit": OUTSIDE}


def test_a_newborn_stands_on_the_next_line_below_school_age() -> None:
    scene = replace(SCENE, child="", starting={"nationality": "VN", "inherited": ["ethnicity"]})
    made = follow("born", scene, full_name="Trai", sex="1", birth_registered="2")
    (write,) = made.writes
    assert (write.id, write.new, made.events) == ("new-child", True, ("new-child",))
    assert write.values == {
        "nationality": "VN",
        "inherited": ["ethnicity"],
        "schooling_status": "0",
        "full_name": "Trai",
        "sex": "1",
        "birth_registered": "2",
        "birth_date": "2026-10-02",
        "owner_unit": UNIT,
        "household": HOME,
        "line_no": 5,
    }


def test_who_moves_in_is_new_here_and_says_from_where() -> None:
    made = follow(
        "moved_in",
        replace(SCENE, child=""),
        full_name="An",
        sex="1",
        birth_date="2015",
        event_place="Xã Ba Vinh",
    )
    assert made.writes[0].new
    assert made.writes[0].values["birth_date"] == "2015"
    assert "schooling_status" not in made.writes[0].values
    assert made.said == {"event_place": "Xã Ba Vinh"}


def test_who_comes_back_is_followed_again_on_the_same_line() -> None:
    gone = {**CHILDREN, ONE: {**CHILDREN[ONE], "life_status": "MOVED_OUT"}}
    made = follow("moved_in", replace(SCENE, children=gone), event_place="Lào")
    assert written(made, ONE) == {"life_status": "ACTIVE"}


def test_who_came_with_a_move_gets_a_line_in_the_household() -> None:
    there = {**CHILDREN[ONE], "household": "far", "line_no": 9, "life_status": "MOVED_OUT"}
    scene = replace(SCENE, children={TWO: CHILDREN[TWO], ONE: there})
    made = follow("moved_in", scene, event_place="Xã Ba Vinh")
    assert written(made, ONE) == {"life_status": "ACTIVE", "household": HOME, "line_no": 5}


def test_an_adoption_changes_the_whole_of_care() -> None:
    made = follow("adopted", caregiver_name="Võ Thị Lành", caregiver_relation="adoptive_parent")
    assert written(made, ONE) == {
        "care_arrangement": "ADOPTED",
        "caregiver_name": "Võ Thị Lành",
        "caregiver_relation": "adoptive_parent",
        "facility_name": None,
    }


def test_who_leaves_school_is_in_no_grade_and_left_in_that_month() -> None:
    made = follow("dropped_out", highest_grade_completed=4, dropout_reason="earning")
    assert written(made, ONE) == {
        "schooling_status": "2",
        "education_level": None,
        "grade": None,
        "highest_grade_completed": 4,
        "dropout_date": "2026-10",
        "dropout_reason": "earning",
    }


@pytest.mark.parametrize(("level", "status"), [("primary", "1"), ("vocational", "5")])
def test_who_is_back_at_school_has_not_left_it(level: str, status: str) -> None:
    made = written(follow("back_to_school", education_level=level, grade=None), ONE)
    assert made["schooling_status"] == status
    assert made["dropout_date"] is made["dropout_reason"] is None


def test_a_name_becomes_official_and_a_certificate_or_number_says_it_is_registered() -> None:
    plain = written(follow("name_corrected", full_name="Đinh Văn An"), ONE)
    assert plain == {"full_name": "Đinh Văn An", "name_status": "OFFICIAL"}
    for name, value in (("birth_cert_no", "9/2026"), ("personal_id", "051226000001")):
        made = written(follow("name_corrected", full_name="Đinh Văn An", **{name: value}), ONE)
        assert made == {**plain, name: value, "birth_registered": "1"}


def test_a_new_head_leaves_nothing_of_the_old_one() -> None:
    made = written(follow("head_changed", head_name="Võ Thị Lành", head_sex="2"), HOME)
    assert made == {
        "head_name": "Võ Thị Lành",
        "head_sex": "2",
        "head_birth_year": None,
        "head_personal_id": None,
        "head_ethnicity": None,
    }


def test_a_split_makes_a_household_of_the_same_village_with_those_who_go() -> None:
    home = {**SCENE.home, "poverty_status": "1", "family_problem_flags": ["1"], "phone": "0912"}
    scene = replace(SCENE, child="", home=home, ticked=(TWO,))
    made = follow("split_household", scene, household_no="31", head_name="Đinh Văn Lía")
    assert made.events == (HOME, "new", TWO)
    new = written(made, "new")
    assert (new["village"], new["household_no"], new["head_name"]) == (
        "Thôn 2",
        "31",
        "Đinh Văn Lía",
    )
    # What is known of one household says nothing of the other; level A is never copied.
    assert not {"poverty_status", "family_problem_flags", "phone"} & new.keys()
    assert written(made, TWO) == {"household": "new", "line_no": 1}


def test_a_merged_household_gives_its_children_behind_the_lines_that_are_taken() -> None:
    scene = replace(SCENE, child="", target="other", target_lines=(1, 2))
    made = follow("merged_household", scene, household="other")
    assert written(made, ONE) == {"household": "other", "line_no": 3}
    assert written(made, TWO) == {"household": "other", "line_no": 4}
    assert (made.writes[-1].id, made.writes[-1].values) == (HOME, {"merged_into": "other"})
    assert made.events == (HOME, "other", ONE, TWO)


@pytest.mark.parametrize("code", CONSEQUENCES)
def test_what_an_event_writes_are_fields_of_this_program_and_whole_groups(code: str) -> None:
    """The door refuses half a merge group; the save fills it up from what stands."""
    scene = replace(
        SCENE,
        ticked=(ONE,),
        target="other",
        destination=THERE,
        child=ONE if SHORT_FORMS[code].about in (About.CHILD, About.CHILD_OR_ALL) else "",
    )
    answers = {one.field: "x" for one in SHORT_FORMS[code].asked}
    for write in CONSEQUENCES[code]({**answers, "event_date": "2026-10-02"}, scene).writes:
        assert write.values.keys() <= ENTITIES[write.entity].fields.keys()
        if not write.new:
            body = whole_groups(write.entity, write.values, {})
            assert incomplete_groups(write.entity, body) == []


# --- what cannot have happened -----------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(CONSEQUENCES))
def test_nothing_happens_in_the_future(code: str) -> None:
    assert "future" in refused(code, event_date="2026-11-19")
    assert "future" not in refused(code, event_date="2026-11-18")


def test_nothing_happens_before_birth() -> None:
    assert "before_birth" in refused("died", event_date="2016-03-13")
    assert "before_birth" not in refused("died", event_date="2016-03-14")
    year = replace(SCENE, children={ONE: {**CHILDREN[ONE], "birth_date": "2016"}})
    assert "before_birth" not in refused("died", year, event_date="2016-01-01")
    assert "before_birth" in refused("died", year, event_date="2015-12-31")
    new = replace(SCENE, child="")
    assert "before_birth" in refused("moved_in", new, birth_date="2026-10-03")


@pytest.mark.parametrize("status", ["DECEASED", "MOVED_OUT"])
def test_whoever_is_dead_or_gone_has_no_more_events_here(status: str) -> None:
    gone = replace(SCENE, children={ONE: {**CHILDREN[ONE], "life_status": status}})
    for code in ("died", "adopted", "dropped_out", "injured", "name_corrected"):
        assert "not_followed" in refused(code, gone)
    assert ("not_followed" in refused("moved_in", gone)) is (status == "DECEASED")


@pytest.mark.parametrize(
    ("code", "changes", "answers", "said"),
    [
        ("moved_in", {}, {}, "is_here"),
        ("moved_out", {"destination": UNIT}, {}, "same_commune"),
        ("moved_out", {"destination": ""}, {}, "place_unclear"),
        ("moved_out", {"child": "", "children": {}, "destination": OUTSIDE}, {}, "nobody_left"),
        ("split_household", {"child": ""}, {}, "nobody_ticked"),
        ("merged_household", {"child": "", "target": HOME}, {}, "same_household"),
        ("back_to_school", {}, {}, "at_school"),
        ("name_corrected", {}, {"full_name": "Gái"}, "placeholder"),
        ("name_corrected", {}, {"full_name": "Nguyễn Thị Mai"}, "same_name"),
    ],
)
def test_what_is_impossible_is_refused(
    code: str, changes: dict[str, Any], answers: dict[str, Value], said: str
) -> None:
    assert refused(code, replace(SCENE, **changes), **answers) == [said]


def test_who_dropped_out_does_not_drop_out_again() -> None:
    out = replace(SCENE, children={ONE: {**CHILDREN[ONE], "schooling_status": "2"}})
    assert refused("dropped_out", out) == ["dropped_out"]
    assert refused("back_to_school", out) == []


def test_a_day_outside_the_round_wants_a_reason() -> None:
    window = Window(date(2027, 1, 9), "2026-08-10", "2026-12-31")
    said = {
        day: [one.message_id for one in doubts("died", {"event_date": day}, SCENE, window)]
        for day in ("2026-08-10", "2026-08-11", "2026-12-31", "2027-01-01", "2027-02-01")
    }
    assert said == {
        "2026-08-10": ["quarter.doubt.before_last_time"],
        "2026-08-11": [],
        "2026-12-31": [],
        "2027-01-01": ["quarter.doubt.after_the_round"],
        "2027-02-01": [],  # it has not come yet: that is refused, not doubted
    }


def _doubted(code: str, scene: Scene, **answers: Value) -> list[str]:
    return [one.message_id for one in doubts(code, answers, scene, Window(TODAY))]


def test_the_present_head_does_not_become_the_head() -> None:
    head = str(GOOD_HOUSEHOLD["head_name"])
    assert refused("head_changed", head_name=head.upper()) == ["same_head"]
    assert refused("head_changed", head_name=f"{head} Hai") == []


def test_nobody_moves_in_from_the_own_commune() -> None:
    arriving = replace(SCENE, child="", origin=UNIT)
    assert refused("moved_in", arriving) == ["same_commune"]
    assert refused("moved_in", replace(arriving, origin=THERE)) == []


def test_a_child_is_adopted_once_by_the_same_person() -> None:
    adopted = {**CHILDREN[ONE], "care_arrangement": "ADOPTED", "caregiver_name": "Phạm Thị Mai"}
    day = "2026-10-02"
    scene = replace(SCENE, children={ONE: adopted}, held=({"event": "adopted", "event_date": day},))
    assert refused("adopted", scene, caregiver_name="Phạm Thị Mai") == ["adopted"]
    assert refused("adopted", scene, caregiver_name="Đinh Văn Khế") == []
    # By somebody else on the same day: possible, and asked about.
    assert _doubted("adopted", scene, event_date=day) == ["quarter.doubt.again"]
    assert _doubted("adopted", scene, event_date="2026-10-03") == []


def test_an_accident_of_one_day_is_written_once() -> None:
    day = "2026-10-02"
    hurt = {**CHILDREN[ONE], "injury_type": "traffic"}
    scene = replace(SCENE, children={ONE: hurt}, held=({"event": "injured", "event_date": day},))
    assert refused("injured", scene, event_date=day, injury_type="traffic") == ["injured"]
    assert refused("injured", scene, event_date=day, injury_type="fall") == []
    assert _doubted("injured", scene, event_date=day) == ["quarter.doubt.again"]
    assert refused("injured", scene, event_date="2026-10-03", injury_type="traffic") == []


@pytest.mark.parametrize(
    ("there", "typed", "asked"),
    [
        ("Gái", "Gái", True),
        ("Gái", "Phạm Thị Mai", True),
        ("Phạm Thị Mai", "Gái", True),
        ("Phạm Thị Mai", "Phạm Thị Lan", False),
    ],
)
def test_a_second_birth_of_one_day_is_asked_about_where_a_name_is_missing(
    there: str, typed: str, asked: bool
) -> None:
    day = "2026-11-01"
    born = {**CHILDREN[TWO], "full_name": there, "birth_date": day}
    scene = replace(SCENE, child="", children={TWO: born})
    said = _doubted("born", scene, event_date=day, full_name=typed)
    assert said == (["quarter.doubt.twins"] if asked else [])
    assert _doubted("born", scene, event_date="2026-11-02", full_name=typed) == []


# --- where to ----------------------------------------------------------------------------------


def _commune(unit: str, name: str, district: str) -> Commune:
    called = frozenset((name.lower(), f"xa {name.lower()}"))
    above = frozenset((district, f"huyen {district}", "quang ngai", "tinh quang ngai"))
    return Commune(unit, f"Xã {name}, Huyện {district}", f"Xã {name}", called, above)


_KNOWN = (
    _commune("1@x", "An Hoa", "ba to"),
    _commune("2@x", "An Hoa", "son ha"),
    _commune("3@x", "Ba Vinh", "ba to"),
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Xã Ba Vinh, Huyện ba to", "3@x"),
        ("xã ba vinh", "3@x"),
        ("Ba Vinh, tỉnh Quảng Ngãi", "3@x"),
        ("Ba Vinh, tỉnh Kon Tum", OUTSIDE),
        ("An Hoa", ""),
        ("xã An Hoa", ""),
        ("Ba Vinh", ""),
        ("An Hoa, Sơn Hà", "2@x"),
        ("TP Hồ Chí Minh", OUTSIDE),
        ("Lào", OUTSIDE),
        ("không rõ", UNKNOWN),
        ("  ", UNKNOWN),
    ],
)
def test_a_place_means_a_commune_only_without_doubt(typed: str, meant: str) -> None:
    assert destination(_KNOWN, typed) == meant
