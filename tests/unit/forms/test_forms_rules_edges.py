"""Edges of single rules: bounds, unknown values, and the parameters a clerk reads."""

from __future__ import annotations

from datetime import date

import pytest

from app.forms.context import Lists, Round
from app.forms.facts import Facts
from app.forms.field_types.text_types import name_status_of
from app.forms.issues import Value
from app.forms.rules import RULES
from app.forms.schema import RuleUse, Severity
from tests.unit.forms.invented import (
    CHILD,
    GOOD_HOUSEHOLD,
    HOUSEHOLD,
    around,
    check,
    child,
    circumstance,
    found,
    rules_of,
    validate,
    with_groups,
)

POOR = {**GOOD_HOUSEHOLD, "poverty_status": "2"}


def test_allowance_and_list_disagree_in_both_directions() -> None:
    paid = child(monthly_allowance="1", allowance_category="other")
    assert "allowance_list" in rules_of(check(paid, around(lists=Lists(allowance=False))))
    assert "allowance_list" not in rules_of(check(paid, around(lists=Lists(allowance=True))))


@pytest.mark.parametrize(
    ("group", "sub", "category"),
    [
        ("C01", "C01.3", "k1b"),
        ("C02", "C02.1", "k1a"),
        ("C03", "C03.1", "k1c"),
        ("C03", "C03.2", "k1d"),
        ("C03", "C03.3", "k1dd"),
        ("C03", "C03.4", "k1e"),
        ("C03", "C03.5", "k1i"),
        ("C03", "C03.6", "k1k"),
        ("C03", "C03.8", "k1g"),
        ("C03", "C03.9", "k1h"),
        ("C03", "C03.10", "k1l"),
        ("C04", "C04.2", "k6"),
    ],
)
def test_each_category_follows_from_its_group_only(group: str, sub: str, category: str) -> None:
    context = with_groups(circumstance(group, sub))

    def fits(code: str) -> bool:
        values = child(monthly_allowance="1", allowance_category=code)
        return "allowance_category_fits" not in rules_of(check(values, context))

    assert fits(category)
    assert not fits("k1a" if category != "k1a" else "k1b")


def test_groups_without_an_allowance_are_not_said_to_miss_one() -> None:
    for sub in ("C03.7", "C03.11", "C03.12"):
        context = with_groups(circumstance("C03", sub))
        assert "allowance_expected" not in rules_of(check(child(), context))
    incapable = child(father_status="DECEASED", mother_status="INCAPABLE")
    facility = child(father_status="DECEASED", mother_status="IN_FACILITY")
    context = with_groups(circumstance("C03", "C03.2"))
    assert "allowance_expected" not in rules_of(check(incapable, context))
    assert "allowance_expected" in rules_of(check(facility, context))


def test_allowance_for_hiv_needs_a_poor_household() -> None:
    values = child(monthly_allowance="1", allowance_category="k3")
    poor = {**GOOD_HOUSEHOLD, "poverty_status": "1"}
    context = with_groups(circumstance("C05"), household=poor)
    assert "allowance_category_fits" not in rules_of(check(values, context))
    near = with_groups(circumstance("C05"), household=POOR)
    assert "allowance_category_fits" in rules_of(check(values, near))


def test_the_category_for_small_children_needs_age_and_poverty() -> None:
    def fits(birth: str, household: dict[str, Value]) -> bool:
        values = child(
            birth_date=birth, personal_id=None, monthly_allowance="1", allowance_category="k7"
        )
        issues = check(values, around(household=household))
        return "allowance_category_fits" not in rules_of(issues)

    assert fits("2023-11-11", POOR)
    assert not fits("2023-11-10", POOR)
    assert not fits("2023-11-11", GOOD_HOUSEHOLD)


def test_a_certificate_is_wanted_only_when_the_list_does_not_say_the_same() -> None:
    def rules(status: str, listed: str | None) -> set[str]:
        values = {**GOOD_HOUSEHOLD, "poverty_status": status}
        return rules_of(validate(HOUSEHOLD, values, around(lists=Lists(poverty_status=listed))))

    assert "poverty_certificate" in rules("1", "0")
    assert "poverty_certificate" in rules("1", "2")
    assert "poverty_certificate" not in rules("1", "1")
    assert "poverty_certificate" not in rules("1", None)
    assert "poverty_certificate" not in rules("0", "1")


@pytest.mark.parametrize(
    ("day", "inside"),
    [("2026-09-30", False), ("2026-10-01", True), ("2026-11-10", True), ("2026-11-11", False)],
)
def test_a_death_by_injury_lies_between_the_last_update_and_the_survey(
    day: str, inside: bool
) -> None:
    events = [{"event": "died", "event_date": day, "death_cause": "injury"}]
    context = with_groups(
        circumstance("K02", "K02.1"), events=events, previous_update=date(2026, 10, 1)
    )
    values = child(life_status="DECEASED", injury_type="fall")
    assert ("k02_death" not in rules_of(check(values, context))) is inside


def test_a_round_without_its_end_is_closed_by_the_survey() -> None:
    events = [{"event": "died", "event_date": "2026-11-11", "death_cause": "injury"}]
    context = with_groups(
        circumstance("K02", "K02.1"), events=events, round=Round(opens_on=date(2026, 10, 1))
    )
    assert "k02_death" in rules_of(check(child(life_status="DECEASED"), context))


def test_a_circumstance_is_open_on_its_last_day() -> None:
    def groups(end: str | None) -> set[str]:
        context = with_groups(circumstance("C02", "C02.1", circumstance_to=end))
        return set(Facts(child(), context).groups)

    assert groups("2026-11-10") == {"C02"}
    assert groups("2026-11-09") == set()
    assert groups(None) == {"C02"}


def test_twins_need_one_mother_and_unknown_mothers_are_not_compared() -> None:
    twin: dict[str, Value] = {"twin_group": 1, "birth_date": "2016-03-14", "birth_order": 1}
    values = child(twin_group=1)
    for mother, wrong in (("Lê Thị Na", True), ("Trần Thị Hoa", False), (None, False)):
        context = around(siblings=[{**twin, "mother_name": mother}])
        assert ("twins_same_birth" in rules_of(check(values, context))) is wrong
    for day, wrong in (("2016-03-13", False), ("2016-03-12", True), (None, False)):
        context = around(siblings=[{**twin, "birth_date": day}])
        assert ("twins_same_birth" in rules_of(check(values, context))) is wrong


def test_every_twin_of_a_household_is_compared_whoever_stands_before() -> None:
    other: dict[str, Value] = {"twin_group": 2, "birth_date": "2018-01-01"}
    wrong: dict[str, Value] = {"twin_group": 1, "birth_date": "2016-03-12"}
    right: dict[str, Value] = {"twin_group": 1, "birth_date": "2016-03-14"}
    for siblings in ([other, wrong], [right, wrong], [wrong, right]):
        rules = rules_of(check(child(twin_group=1), around(siblings=siblings)))
        assert "twins_same_birth" in rules


@pytest.mark.parametrize(("digits", "known"), [("099", False), ("100", True), ("101", True)])
def test_from_100_on_the_first_digits_of_an_id_name_a_country(digits: str, known: bool) -> None:
    rules = rules_of(check(child(personal_id=f"{digits}316123456")))
    assert ("pid_known_province" not in rules) is known


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 12, 31), False)],
)
def test_the_missing_day_decides_from_the_first_birthday_it_allows(day: date, said: bool) -> None:
    rules = rules_of(check(child(birth_date="2010", personal_id=None), around(reference_date=day)))
    assert ("age_by_latest_date" in rules) is said
    assert ("under_16" in rules) is (day == date(2026, 12, 31))


SAME: dict[str, Value] = {"full_name": "nguyễn thị mai", "birth_date": "2016-03-14"}


@pytest.mark.parametrize(
    ("mine", "theirs", "asked"),
    [
        ({}, {}, True),
        ({}, {"full_name": "Nguyễn Thị Mái"}, True),  # a tone apart: twins, or a slip of the pen
        ({}, {"full_name": "Nguyễn  Thi Mai"}, True),
        ({"birth_date": "2016"}, {"birth_date": "2016"}, True),
        ({}, {"full_name": "Nguyễn Thị Mai Anh"}, False),
        ({}, {"birth_date": "2016-03-15"}, False),
        ({}, {"birth_date": "2016"}, False),
        ({}, {"birth_date": None}, False),
        ({"birth_date": None}, {"birth_date": None}, False),
        ({"birth_date": "31/02/2016"}, {"birth_date": "31/02/2016"}, False),
        ({}, {"full_name": None}, False),
        ({"full_name": "Gái"}, {"full_name": "Gái"}, False),
        ({"full_name": "Chưa đặt tên"}, {"full_name": "CHƯA ĐẶT TÊN"}, False),
        ({"twin_group": 1}, {"twin_group": 1}, False),
        ({"twin_group": 1}, {"twin_group": 2}, True),
        ({"twin_group": 1}, {}, True),
        ({"life_status": "MOVED_OUT"}, {"life_status": "ACTIVE"}, True),
        ({"life_status": "ENTERED_IN_ERROR"}, {"life_status": "ACTIVE"}, False),
        ({"life_status": "ACTIVE"}, {"life_status": "ENTERED_IN_ERROR"}, False),
        ({"life_status": "ACTIVE"}, {"life_status": "MERGED"}, False),
    ],
)
def test_the_same_child_twice_in_a_household_is_asked_about(
    mine: dict[str, Value], theirs: dict[str, Value], *, asked: bool
) -> None:
    context = around(siblings=[{"full_name": "Trần Văn Tám"}, {**SAME, **theirs}])
    issues = check(child(**mine), context)
    assert ("same_as_sibling" in rules_of(issues)) is asked
    if asked:
        one = found(issues, "same_as_sibling")
        assert (one.field, one.severity) == ("full_name", Severity.WARNING)
        reasons = ["full_name/same_as_sibling: sinh đôi, tên khác dấu"]
        settled = found(check(child(**mine, warning_reasons=reasons), context), "same_as_sibling")
        assert settled.severity is Severity.NOTE


def test_the_digits_of_the_year_are_shown_as_they_stand_in_the_id() -> None:
    issue = found(check(child(personal_id="051317123456")), "consistent_birth_year")
    assert issue.parameters == {"digits": "17", "year": 2016}


@pytest.mark.parametrize(
    ("sex", "months", "kilograms", "plausible"),
    [
        ("1", 0, "2", True),
        ("1", 0, "1.9", False),
        ("1", 12, "6.8", True),
        ("1", 12, "6.7", False),
        ("1", 12, "13.4", True),
        ("1", 12, "13.5", False),
        ("1", 18, "7.7", True),
        ("1", 18, "7.6", False),
        ("2", 36, "21", True),
        ("2", 36, "21.1", False),
        ("2", 60, "12", True),
        ("2", 60, "11.9", False),
        ("2", 61, "10", True),
        ("2", 61, "9.9", False),
    ],
)
def test_weights_are_plausible_within_three_deviations(
    sex: str, months: int, kilograms: str, plausible: bool
) -> None:
    year, month = divmod(2026 * 12 + 10 - months, 12)
    birth = f"{year:04d}-{month + 1:02d}-10"
    values = child(sex=sex, birth_date=birth, personal_id=None, weight_kg=kilograms)
    assert ("plausible_weight" not in rules_of(check(values))) is plausible


@pytest.mark.parametrize(
    ("months", "centimetres", "plausible"),
    [
        (24, "98", True),
        (24, "98.5", False),
        (24, "77", True),
        (24, "76.5", False),
        (120, "200", True),
    ],
)
def test_heights_are_plausible_within_three_deviations(
    months: int, centimetres: str, plausible: bool
) -> None:
    values = child(
        sex="1", birth_date=f"{2026 - months // 12}-11-10", personal_id=None, height_cm=centimetres
    )
    assert ("plausible_height" not in rules_of(check(values))) is plausible


def test_growth_is_not_judged_without_sex_or_birth_date() -> None:
    for change in ({"sex": "9"}, {"birth_date": None}):
        values = child(**change, personal_id=None, weight_kg="99")
        assert "plausible_weight" not in rules_of(check(values))


@pytest.mark.parametrize(
    ("born", "grade", "sound"),
    [(2016, 2, True), (2016, 1, False), (2016, 6, True), (2016, 7, False)],
)
def test_expected_grade_allows_one_ahead_and_three_behind(
    born: int, grade: int, sound: bool
) -> None:
    level = "primary" if grade < 6 else "lower_secondary"
    values = child(birth_date=f"{born}-03-14", personal_id=None, grade=grade, education_level=level)
    assert ("grade_of_age" not in rules_of(check(values))) is sound


def test_a_survey_in_spring_belongs_to_the_school_year_before() -> None:
    for survey, expected in ((date(2026, 8, 31), 4), (date(2026, 9, 1), 5)):
        values = child(grade=9, education_level="lower_secondary")
        issues = check(values, around(survey_date=survey))
        assert found(issues, "grade_of_age").parameters == {"expected": expected}


@pytest.mark.parametrize("parent", ["father", "mother"])
def test_parents_ages_are_warned_about_and_only_the_impossible_is_refused(parent: str) -> None:
    def said(year: int) -> list[tuple[Severity, str]]:
        issues = check(child(**{f"{parent}_birth_year": year}))
        return [
            (i.severity, i.message_id.rpartition(".")[2] + " " + i.message_id.split(".")[2])
            for i in issues
            if i.rule == "parent_age_at_birth"
        ]

    unusual = [(Severity.WARNING, f"{parent} parent_age_at_birth")]
    impossible = [(Severity.ERROR, f"{parent} parent_older_than_child")]
    assert said(2016 - 15) == []
    assert said(2016 - 14) == unusual
    assert said(2016 - 10) == unusual
    assert said(2016 - 9) == impossible
    assert said(2016 + 5) == impossible
    assert said(2016 - 50) == []
    assert said(2016 - 51) == unusual
    assert said(2016 - 61) == unusual
    assert said(2016 - 75) == unusual


def _built(name: str, **arguments: object) -> object:
    use = RuleUse(rule=name, severity=Severity.ERROR, **arguments)  # type: ignore[arg-type]
    return RULES[name].build(use, CHILD.field("dropout_date"), CHILD)


def test_rules_that_only_later_templates_use_work_too() -> None:
    facts = Facts(child(), around())
    not_after = _built("not_after", other="birth_date")
    assert callable(not_after)
    assert not_after(facts, "2016-03-15")
    assert not not_after(facts, "2016-03")
    assert not not_after(facts, "2016-03-14")
    one_of = _built("one_of", values=("a", "b"))
    assert callable(one_of)
    assert not one_of(facts, "a")
    assert not one_of(facts, ["a", "b"])
    assert one_of(facts, ["a", "c"])


@pytest.mark.parametrize("wrong", [[], ["x"], 5, True, ""])
def test_a_malformed_value_of_any_field_is_reported_and_breaks_no_rule(wrong: Value) -> None:
    for field in CHILD.fields_of("child"):
        issues = check(child(**{field.name: wrong}))
        if field.stored and field.type not in ("bool", "int", "year"):
            assert (field.name, "type") in {(i.field, i.rule) for i in issues}, field.name


def test_a_value_of_the_wrong_shape_is_not_called_missing() -> None:
    issues = check(child(full_name=["x"]))
    assert [(i.field, i.rule) for i in issues] == [("full_name", "type")]


def test_an_age_that_only_may_be_too_low_is_no_error() -> None:
    for birth, wrong in (("2020", False), ("2020-11", False), ("2020-12", True), ("2021", True)):
        values = child(birth_date=birth, personal_id=None, schooling_status="2")
        assert ("school_leaver_age" in rules_of(check(values))) is wrong, birth


def test_a_year_only_birth_is_measured_against_the_cut_off_by_its_latest_day() -> None:
    for cut_off, outside in (("2016-07", False), ("2016-12-31", False), ("2017", True)):
        context = around(round=Round(born_from=cut_off))
        values = child(birth_date="2016", personal_id=None)
        assert ("round_cut_off" in rules_of(check(values, context))) is outside


@pytest.mark.parametrize(("birth", "late"), [("2019-11-10", True), ("2019-11-11", False)])
def test_below_school_age_ends_at_seven(birth: str, late: bool) -> None:
    values = child(birth_date=birth, personal_id=None, schooling_status="0")
    assert ("not_yet_school_age" in rules_of(check(values))) is late


@pytest.mark.parametrize(
    ("level", "born", "sound"),
    [
        ("nursery", 2022, True),
        ("nursery", 2021, False),
        ("kindergarten", 2019, True),
        ("kindergarten", 2018, False),
        ("kindergarten", 2024, True),
        ("kindergarten", 2025, False),
        ("primary", 2021, True),
        ("primary", 2022, False),
        ("lower_secondary", 2016, True),
        ("lower_secondary", 2017, False),
        ("upper_secondary", 2012, True),
        ("upper_secondary", 2013, False),
    ],
)
def test_levels_by_calendar_year_of_age(level: str, born: int, sound: bool) -> None:
    values = child(birth_date=str(born), personal_id=None, education_level=level)
    assert ("level_of_age" not in rules_of(check(values))) is sound


def test_grades_are_asked_only_at_schools_that_have_them() -> None:
    kindergarten = child(education_level="kindergarten", grade=None)
    assert not any(i.field == "grade" for i in check(kindergarten))
    primary = child(grade=None)
    assert [(i.field, i.rule) for i in check(primary)] == [("grade", "required_when")]
    gone = child(schooling_status="4", grade=None)
    assert not any(i.field == "grade" for i in check(gone))


def test_an_injury_asks_for_its_type() -> None:
    def asked(**event: Value) -> bool:
        events = [{"event_date": "2026-11-01", **event}]
        return ("injury_type", "required_when") in {
            (i.field, i.rule) for i in check(child(), around(events=events))
        }

    assert asked(event="injured")
    assert asked(event="died", death_cause="injury")
    assert not asked(event="moved_out", event_place="x")
    assert not asked(event="died", death_cause="disease")


def test_an_event_before_the_birth_is_refused_on_its_own_line() -> None:
    event = {"id": "e1", "event": "dropped_out", "event_date": "2016-03-13"}
    issue = found(check(child(), around(events=[event])), "not_before")
    assert (issue.entity, issue.record, issue.field) == ("life_event", "e1", "event_date")
    same_day = {**event, "event_date": "2016-03-14"}
    assert "not_before" not in rules_of(check(child(), around(events=[same_day])))


def test_a_move_asks_where_and_a_death_asks_why() -> None:
    def asked(event: str) -> set[str]:
        events = [{"event": event, "event_date": "2026-11-01"}]
        return {i.field for i in check(child(), around(events=events)) if i.entity}

    assert asked("moved_out") == {"event_place"}
    assert asked("moved_in") == {"event_place"}
    assert asked("died") == {"death_cause"}
    assert asked("head_changed") == set()


def test_a_caregiver_is_asked_for_only_when_both_parents_are_known_to_be_absent() -> None:
    def asked(father: str | None, mother: str | None, care: str | None) -> bool:
        values = child(father_status=father, mother_status=mother, care_arrangement=care)
        return ("caregiver_name", "required_when") in {(i.field, i.rule) for i in check(values)}

    assert asked("DECEASED", "ALIVE_AWAY", "KINSHIP")
    assert not asked("ALIVE_HOME", "DECEASED", "KINSHIP")
    assert not asked("DECEASED", "ALIVE_HOME", "KINSHIP")
    assert not asked(None, "DECEASED", "KINSHIP")
    assert not asked("DECEASED", None, "KINSHIP")
    assert not asked("DECEASED", "ALIVE_AWAY", "NONE")


@pytest.mark.parametrize(("day", "inside"), [("2026-11-10", True), ("2026-11-11", False)])
def test_an_event_on_the_day_of_the_survey_belongs_to_it(day: str, inside: bool) -> None:
    events = [{"event": "dropped_out", "event_date": day}]
    issues = check(child(), around(events=events, previous_update=date(2026, 9, 30)))
    assert ("event_in_period" not in rules_of(issues)) is inside


@pytest.mark.parametrize(
    ("level", "grades"),
    [("primary", (1, 5)), ("lower_secondary", (6, 9)), ("upper_secondary", (10, 12))],
)
def test_each_level_has_its_grades(level: str, grades: tuple[int, int]) -> None:
    def fits(grade: int) -> bool:
        return "grade_of_level" not in rules_of(check(child(education_level=level, grade=grade)))

    assert [grade for grade in range(1, 13) if fits(grade)] == list(range(grades[0], grades[1] + 1))


def test_nobody_finished_more_grades_than_the_age_allows() -> None:
    for grade, sound in ((0, True), (6, True), (7, False)):
        values = child(schooling_status="2", highest_grade_completed=grade)
        assert ("completed_grade_of_age" not in rules_of(check(values))) is sound


def test_the_poverty_standard_is_that_of_the_survey_and_not_of_the_reference_date() -> None:
    for standard, sound in (("2021-2025", True), ("2026-2030", False)):
        values = {**GOOD_HOUSEHOLD, "poverty_standard": standard, "survey_date": "2025-12-31"}
        context = around(survey_date=date(2025, 12, 31), reference_date=date(2026, 1, 1))
        rules = rules_of(validate(HOUSEHOLD, values, context))
        assert ("poverty_standard_of_date" not in rules) is sound


def test_no_grade_at_all_is_completed_before_school_age() -> None:
    for birth, sound in (("2021-05-01", True), ("2022-05-01", False)):
        values = child(birth_date=birth, schooling_status="2", highest_grade_completed=1)
        assert ("completed_grade_of_age" not in rules_of(check(values))) is sound


def test_of_a_family_problem_each_part_is_confirmed_for_itself() -> None:
    home = {**GOOD_HOUSEHOLD, "family_problem_flags": ["R04.1", "R04.2"]}
    for held, asked in ((["R04.1"], True), (["R04.1", "R04.2"], False)):
        context = with_groups(circumstance("R04", *held), household=home)
        assert ("derived_not_confirmed" in rules_of(check(child(), context))) is asked


def test_nutrition_is_asked_up_to_the_fifth_birthday() -> None:
    for birth, sound in (("2021-11-11", True), ("2021-11-10", False)):
        values = child(birth_date=birth, personal_id=None, nutrition_status=["stunted"])
        assert ("only_below_age" not in rules_of(check(values))) is sound


@pytest.mark.parametrize(
    ("birth", "survey", "valid"),
    [
        ("2020-09-30", date(2026, 9, 30), True),
        ("2020-05-01", date(2026, 9, 30), True),
        ("2020-05-01", date(2026, 10, 1), False),
        ("2020-11-10", date(2026, 11, 10), True),
        ("2020-11-10", date(2026, 11, 11), False),
        ("2020", date(2026, 12, 31), True),
        ("2020", date(2027, 1, 1), False),
    ],
)
def test_a_card_for_small_children_lasts_to_six_or_the_end_of_september(
    birth: str, survey: date, valid: bool
) -> None:
    values = child(birth_date=birth, personal_id=None, bhyt_number="TE1510512345678")
    issues = check(values, around(survey_date=survey, reference_date=survey))
    assert ("te_card_expired" not in rules_of(issues)) is valid


@pytest.mark.parametrize(
    ("line", "siblings", "rules"),
    [
        (0, 0, ["in_range"]),
        (100, 0, ["in_range"]),
        (99, 0, ["line_beyond_children"]),
        (21, 19, ["line_beyond_children"]),
        (21, 20, []),
        (40, 39, []),
        (20, 0, []),
    ],
)
def test_a_line_number_is_told_one_thing_and_a_large_household_nothing_line_by_line(
    line: int, siblings: int, rules: list[str]
) -> None:
    context = around(siblings=[{"full_name": "Trẻ khác"}] * siblings)
    issues = check(child(line_no=line), context)
    assert [one.rule for one in issues if one.field == "line_no"] == rules


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Con bà Lan", True),
        ("CON BÀ LAN", True),
        ("Cu Bin", True),
        ("Bé Na", True),
        ("A", True),
        ("H.", True),
        ("Bế Văn Na", False),
        ("Cù Lan", False),
        ("Bé Thị Ngọc Na", False),
        ("Y Xuân", False),
        ("Côn Lan", False),
        ("Trai", False),
    ],
)
def test_what_a_child_is_called_at_home_is_asked_about(name: str, asked: bool) -> None:
    issues = check(child(full_name=name))
    assert ("name_of_the_house" in rules_of(issues)) is asked
    if asked:
        assert found(issues, "name_of_the_house").severity is Severity.WARNING


def test_a_child_called_only_by_the_word_for_a_small_child_has_no_name_yet() -> None:
    for name in ("Bé", "Cu Tí", "Cu Tý", "Chưa đặt tên"):
        assert name_status_of(name) == "UNKNOWN"
