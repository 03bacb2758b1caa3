"""Every named rule has a record that breaks it and one, close by, that does not."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from app.forms.context import Context, Holders, Lists, Round
from app.forms.issues import Issue, Value
from app.forms.rules import RULES
from app.forms.template import newest
from app.forms.validator import validate
from tests.unit.forms.invented import (
    GOOD_CHILD,
    GOOD_HOUSEHOLD,
    around,
    child,
    circumstance,
    rules_of,
    with_groups,
)

Record = dict[str, Value]


class Case(NamedTuple):
    rule: str
    field: str
    broken: tuple[Record, Context]
    sound: tuple[Record, Context]


def _child(
    rule: str,
    field: str,
    broken: Record,
    sound: Record,
    context: Context | None = None,
    sound_context: Context | None = None,
) -> Case:
    return Case(
        rule,
        field,
        (child(**broken), context or around()),
        (child(**sound), sound_context or context or around()),
    )


def _house(
    rule: str,
    field: str,
    broken: Record,
    sound: Record,
    context: Context | None = None,
    sound_context: Context | None = None,
) -> Case:
    return Case(
        rule,
        field,
        ({**GOOD_HOUSEHOLD, **broken}, context or around()),
        ({**GOOD_HOUSEHOLD, **sound}, sound_context or context or around()),
    )


NOVEMBER = Round(date(2026, 11, 1), date(2026, 11, 30))
CHAINS = {
    "21010@2024": ("21010@2024", "522@2024", "51@2024"),
    "21010@2025": ("21010@2025", "51@2025"),
    "21011@2024": ("21011@2024", "51@2024"),
}


def _units(owner: str) -> Context:
    return around(
        owner_unit=owner,
        unit_chain=lambda unit: CHAINS.get(unit, ()),
        unit_in_force=lambda unit, day: unit.endswith("2025") == (day >= date(2025, 7, 1)),
    )


def _event(kind: str, day: str = "2026-11-05", **more: Value) -> Record:
    return {"id": "event-1", "event": kind, "event_date": day, **more}


CHECKED: Record = {"checked_poverty_list": True, "checked_allowance_list": True}
TWIN: Record = {"line_no": 2, "twin_group": 1, "birth_date": "2016-03-15", "birth_order": 3}

CASES: list[Case] = [
    # --- household ---
    _house("unit_known", "commune_code", {}, {}, _units("99999@2024"), _units("21010@2025")),
    _house("unit_in_force", "commune_code", {}, {}, _units("21010@2024"), _units("21010@2025")),
    _house(
        "unit_of_owner",
        "province_code",
        {"province_code": "62@2024"},
        {"province_code": "51@2024"},
        _units("21010@2024"),
    ),
    _house(
        "district_by_tiers",
        "district_code",
        {"district_code": "522@2024"},
        {"district_code": "522@2024"},
        _units("21010@2025"),
        _units("21010@2024"),
    ),
    _house("district_needed", "district_code", {}, {}, _units("21011@2024"), _units("21010@2024")),
    _house(
        "known_village",
        "village",
        {"village": "Thôn 9"},
        {"village": "Thôn 2"},
        around(villages={"Thôn 1", "Thôn 2"}),
    ),
    _house(
        "one_enumerator",
        "enumerator_name",
        {},
        {},
        around(enumerators=lambda *_: ["Võ Thị Sen"]),
        around(enumerators=lambda *_: ["Phạm Thị Lài"]),
    ),
    _house(
        "one_book_owner",
        "book_number",
        {"book_number": "01"},
        {"book_number": "02"},
        around(book_owners=lambda *book: ["Võ Thị Sen"] if "01" in book else []),
    ),
    _house(
        "inside_round",
        "survey_date",
        {"survey_date": "2026-10-31"},
        {"survey_date": "2026-11-01"},
        around(round=NOVEMBER),
    ),
    _house(
        "round_open",
        "survey_round",
        {},
        {},
        around(round=NOVEMBER, today=date(2026, 12, 1)),
        around(round=NOVEMBER, today=date(2026, 11, 30)),
    ),
    _house("household_no_form", "household_no", {"household_no": "0"}, {"household_no": "100.1"}),
    _house(
        "household_no_unique",
        "household_no",
        {},
        {},
        around(record_id="me", number_holders=lambda *_: ["me", "other"]),
        around(record_id="me", number_holders=lambda *_: ["me"]),
    ),
    _house(
        "adult_birth_year", "head_birth_year", {"head_birth_year": 2012}, {"head_birth_year": 2011}
    ),
    _house(
        "pid_adult_century",
        "head_personal_id",
        {"head_personal_id": "051485000001"},
        {"head_personal_id": "051085000001"},
    ),
    _house(
        "poverty_list_differs",
        "poverty_status",
        {"poverty_status": "1"},
        {"poverty_status": "2"},
        around(lists=Lists(poverty_status="2")),
    ),
    _house(
        "poverty_certificate",
        "poverty_certificate_no",
        {"poverty_status": "1"},
        {"poverty_status": "1", "poverty_certificate_no": "12/GCN"},
        around(lists=Lists(poverty_status="0")),
    ),
    _house(
        "poverty_standard_of_date",
        "poverty_standard",
        {"poverty_standard": "2016-2020"},
        {"poverty_standard": "2026-2030"},
    ),
    _house("year_of_status", "poverty_year", {"poverty_year": 2027}, {"poverty_year": 2026}),
    _house(
        "children_counted",
        "children_count",
        {"children_count": 3},
        {"children_count": 2},
        around(children_count=2),
    ),
    _house("not_counted", "residence_status", {"residence_status": "3"}, {"residence_status": "2"}),
    _house(
        "not_future", "survey_date", {"survey_date": "2026-11-23"}, {"survey_date": "2026-11-22"}
    ),
    _house(
        "no_private_words",
        "note",
        {"note": "Nhà có người NHIỄM HIV, hỏi trạm."},
        {"note": "Chivas chỉ có nhà buổi tối."},
    ),
    # --- the child's own entry ---
    _child(
        "required", "sex", {"sex": None}, {"sex": "9", "personal_id": None, "birth_registered": "9"}
    ),
    _child(
        "required_when",
        "father_name",
        {"father_name": None},
        {"father_name": None, "father_status": "UNKNOWN"},
    ),
    _child("in_range", "line_no", {"line_no": 100}, {"line_no": 99}),
    _child("line_beyond_children", "line_no", {"line_no": 21}, {"line_no": 20}),
    _house(
        "many_children",
        "household_no",
        {},
        {},
        around(children_count=21),
        around(children_count=20),
    ),
    _child(
        "line_unique", "line_no", {"line_no": 2}, {"line_no": 3}, around(siblings=[{"line_no": 2}])
    ),
    _child(
        "placeholder_is_not_official",
        "full_name",
        {"full_name": "Gái"},
        {"full_name": "Gái", "name_status": "PLACEHOLDER_GAI"},
    ),
    _child(
        "name_status_of_name",
        "name_status",
        {"name_status": "PLACEHOLDER_GAI"},
        {"name_status": "OFFICIAL"},
    ),
    _child(
        "placeholder_sex",
        "sex",
        {"full_name": "Trai", "name_status": None},
        {"full_name": "Gái", "name_status": None},
    ),
    _child(
        "placeholder_late",
        "full_name",
        {"full_name": "Gái", "name_status": None, "birth_date": "2026-09-10"},
        {"full_name": "Gái", "name_status": None, "birth_date": "2026-09-11"},
    ),
    _child(
        "name_of_the_house",
        "full_name",
        {"full_name": "Cu Bin"},
        {"full_name": "Cù Thị Bin"},
    ),
    _child(
        "placeholder_registered",
        "full_name",
        {"full_name": "Gái", "name_status": None},
        {"full_name": "Gái", "name_status": None, "birth_registered": "2"},
    ),
    _child("under_16", "birth_date", {"birth_date": "2010-11-10"}, {"birth_date": "2010-11-11"}),
    _child("age_by_latest_date", "birth_date", {"birth_date": "2010"}, {"birth_date": "2011"}),
    _child(
        "survey_year_window",
        "birth_date",
        {"birth_date": "2009-12-20"},
        {"birth_date": "2010-12-20"},
        around(reference_date=date(2025, 12, 1)),
    ),
    _child("first_of_january", "birth_date", {"birth_date": "2016-01-01"}, {"birth_date": "2016"}),
    _child(
        "round_cut_off",
        "birth_date",
        {"birth_date": "2016-06-30"},
        {"birth_date": "2016-07-01"},
        around(round=Round(born_from="2016-07-01")),
    ),
    _child(
        "not_after_survey", "birth_date", {"birth_date": "2026-11-11"}, {"birth_date": "2026-11-10"}
    ),
    _child(
        "registration_late",
        "birth_registered",
        {"birth_registered": "2", "birth_date": "2026-09-10"},
        {"birth_registered": "2", "birth_date": "2026-09-11"},
    ),
    _child(
        "ethnicity_of_a_parent",
        "ethnicity",
        {"ethnicity": "25"},
        {"ethnicity": "25", "mother_ethnicity": "25"},
    ),
    _child(
        "foreign_ethnicity",
        "ethnicity",
        {"ethnicity": "55"},
        {"ethnicity": "55", "nationality": "LA"},
    ),
    _child(
        "parent_age_at_birth",
        "father_birth_year",
        {"father_birth_year": 2002},
        {"father_birth_year": 2001},
    ),
    _child(
        "twins_same_birth",
        "twin_group",
        {"twin_group": 1, "birth_order": 2},
        {"twin_group": 1, "birth_order": 2, "birth_date": "2016-03-16"},
        around(siblings=[TWIN, {**TWIN, "birth_date": "2016-03-17", "birth_order": 4}]),
        around(siblings=[TWIN]),
    ),
    _child(
        "same_as_sibling",
        "full_name",
        {"full_name": "Nguyễn Thị Mai"},
        {"full_name": "Nguyễn Thị Mơ"},
        around(siblings=[{"full_name": "NGUYEN THI MÀI", "birth_date": "2016-03-14"}]),
    ),
    _child(
        "twin_alone", "twin_group", {"twin_group": 2}, {"twin_group": 1}, around(siblings=[TWIN])
    ),
    _child(
        "twins_order",
        "birth_order",
        {"twin_group": 1, "birth_order": 1},
        {"twin_group": 1, "birth_order": 2},
        around(siblings=[TWIN]),
    ),
    _child(
        "child_as_head",
        "relation_to_head",
        {"relation_to_head": "head"},
        {"relation_to_head": "head"},
        around(),
        with_groups(circumstance("C14", "C14.1")),
    ),
    # --- numbers ---
    _child(
        "pid_child_century",
        "personal_id",
        {"personal_id": "051016123456"},
        {"personal_id": "051316123456"},
    ),
    _child(
        "consistent_sex_digit",
        "personal_id",
        {"personal_id": "051216123456"},
        {"personal_id": "051216123456", "sex": "1"},
    ),
    _child(
        "consistent_birth_year",
        "personal_id",
        {"personal_id": "051317123456"},
        {"birth_date": "2016"},
    ),
    _child(
        "pid_known_province",
        "personal_id",
        {"personal_id": "003316123456"},
        {"personal_id": "101316123456"},
    ),
    _child(
        "pid_unique",
        "personal_id",
        {},
        {},
        around(record_id="me", id_holders=lambda _: Holders(["me", "other"])),
        around(record_id="me", id_holders=lambda _: Holders(["me"], ["theirs"])),
    ),
    _child(
        "pid_elsewhere",
        "personal_id",
        {},
        {},
        around(record_id="me", id_holders=lambda _: Holders((), ["theirs"])),
        around(record_id="me", id_holders=lambda _: Holders(["me", "other"])),
    ),
    _child(
        "pid_of_parent",
        "personal_id",
        {"mother_personal_id": "051316123456"},
        {"mother_personal_id": "051190123456"},
    ),
    _child(
        "pid_needs_registration",
        "birth_registered",
        {"birth_registered": "2"},
        {"birth_registered": "2", "personal_id": None},
    ),
    _child(
        "certificate_form",
        "birth_cert_no",
        {"birth_cert_no": "Quyển 3 số 5"},
        {"birth_cert_no": "5/2016"},
    ),
    _child(
        "certificate_year",
        "birth_cert_no",
        {"birth_cert_no": "45/2015"},
        {"birth_cert_no": "45/2016"},
    ),
    _child(
        "known_phone_prefix",
        "caregiver_phone",
        {"caregiver_phone": "0511234567"},
        {"caregiver_phone": "0521234567"},
    ),
    # --- care ---
    _child(
        "relation_fits_care",
        "caregiver_relation",
        {
            "caregiver_name": "Lê Thị Sáu",
            "caregiver_relation": "mother",
            "care_arrangement": "KINSHIP",
        },
        {
            "caregiver_name": "Lê Thị Sáu",
            "caregiver_relation": "grandmother",
            "care_arrangement": "KINSHIP",
        },
    ),
    _child(
        "parents_can_care",
        "care_arrangement",
        {"father_status": "DETAINED", "mother_status": "MISSING"},
        {"father_status": "DETAINED", "mother_status": "ALIVE_AWAY"},
    ),
    _child(
        "none_means_nobody",
        "care_arrangement",
        {"care_arrangement": "NONE", "caregiver_name": "Lê Thị Sáu"},
        {"care_arrangement": "NONE"},
    ),
    # --- health ---
    _child(
        "card_under_6",
        "has_bhyt",
        {"has_bhyt": "2", "bhyt_number": None, "birth_date": "2021-01-05"},
        {"has_bhyt": "2", "bhyt_number": None},
    ),
    _child("card_but_none", "has_bhyt", {"has_bhyt": "2"}, {"has_bhyt": "2", "bhyt_number": None}),
    _child(
        "te_card_expired",
        "bhyt_number",
        {"bhyt_number": "TE1510512345678", "birth_date": "2020-09-30"},
        {"bhyt_number": "TE1510512345678", "birth_date": "2020-11-10"},
    ),
    _child(
        "card_object",
        "bhyt_number",
        {"bhyt_number": "ZZ1510512345678"},
        {"bhyt_number": "HS1510512345678"},
    ),
    _child(
        "card_is_personal_id",
        "bhyt_number",
        {"bhyt_number": "051316999999"},
        {"bhyt_number": "051316123456"},
    ),
    _child(
        "insurance_number_of_card",
        "bhxh_number",
        {"bhxh_number": "0512345679"},
        {"bhxh_number": "0512345678"},
    ),
    _child(
        "disability_certificate",
        "disability_cert_no",
        {},
        {"disability_cert_no": "15/GXN"},
        with_groups(circumstance("C04", "C04.3")),
    ),
    _child(
        "plausible_weight",
        "weight_kg",
        {"birth_date": "2024-11-01", "weight_kg": "25"},
        {"birth_date": "2024-11-01", "weight_kg": "11.5"},
    ),
    _child("plausible_height", "height_cm", {"height_cm": "30"}, {"height_cm": "135"}),
    _child(
        "only_below_age",
        "nutrition_status",
        {"nutrition_status": ["stunted"]},
        {"nutrition_status": ["stunted"], "birth_date": "2022-01-05"},
    ),
    _child(
        "stands_alone",
        "nutrition_status",
        {"nutrition_status": ["normal", "stunted"]},
        {"nutrition_status": ["normal"]},
    ),
    # --- education ---
    _child(
        "school_leaver_age",
        "schooling_status",
        {"schooling_status": "2", "birth_date": "2020-11-11"},
        {"schooling_status": "2", "birth_date": "2020-11-10"},
    ),
    _child(
        "not_yet_school_age",
        "schooling_status",
        {"schooling_status": "0"},
        {"schooling_status": "0", "birth_date": "2019-12-01"},
    ),
    _child(
        "finished_needs_grade_9",
        "schooling_status",
        {"schooling_status": "4", "highest_grade_completed": 8},
        {"schooling_status": "4", "highest_grade_completed": 9},
    ),
    _child(
        "level_of_age",
        "education_level",
        {"education_level": "upper_secondary", "grade": 10},
        {"education_level": "lower_secondary", "grade": 6},
    ),
    _child("grade_of_level", "grade", {"grade": 6}, {"grade": 5}),
    _child("grade_of_age", "grade", {"grade": 1}, {"grade": 2}),
    _child(
        "completed_grade_of_age",
        "highest_grade_completed",
        {"schooling_status": "2", "highest_grade_completed": 8},
        {"schooling_status": "2", "highest_grade_completed": 5},
    ),
    _child(
        "not_before",
        "dropout_date",
        {"schooling_status": "2", "dropout_date": "2016-02"},
        {"schooling_status": "2", "dropout_date": "2016-03"},
    ),
    # --- follow-up, events, support, check ---
    _child(
        "status_by_event",
        "life_status",
        {"life_status": "DECEASED"},
        {"life_status": "DECEASED"},
        around(events=[]),
        around(events=[_event("died", death_cause="disease")]),
    ),
    _child(
        "aged_out_needs_age",
        "life_status",
        {"life_status": "AGED_OUT"},
        {"life_status": "AGED_OUT", "birth_date": "2010-01-02"},
    ),
    _child(
        "event_sets_status",
        "life_status",
        {},
        {"life_status": "DECEASED"},
        around(events=[_event("died", death_cause="disease")]),
    ),
    _child(
        "event_in_period",
        "event_date",
        {},
        {},
        around(previous_update=date(2026, 9, 30), events=[_event("dropped_out", "2026-09-30")]),
        around(previous_update=date(2026, 9, 30), events=[_event("dropped_out", "2026-10-01")]),
    ),
    _child(
        "injury_death_is_k02",
        "death_cause",
        {"life_status": "DECEASED", "injury_type": "drowning"},
        {"life_status": "DECEASED"},
        around(events=[_event("died", death_cause="injury")]),
        around(events=[_event("died", death_cause="disease")]),
    ),
    _child(
        "allowance_list",
        "monthly_allowance",
        {},
        {},
        around(lists=Lists(allowance=True)),
        around(lists=Lists(allowance=False)),
    ),
    _child(
        "allowance_category_fits",
        "allowance_category",
        {"monthly_allowance": "1", "allowance_category": "k6"},
        {"monthly_allowance": "1", "allowance_category": "k6"},
        around(),
        with_groups(circumstance("C04", "C04.1")),
    ),
    _child(
        "allowance_expected",
        "monthly_allowance",
        {},
        {"monthly_allowance": "1"},
        with_groups(circumstance("C02", "C02.1")),
    ),
    _child(
        "second_person",
        "checked_by",
        {},
        {},
        around(entered_by="lan", reviews=[CHECKED | {"checked_by": "lan"}]),
        around(entered_by="lan", reviews=[CHECKED | {"checked_by": "hai"}]),
    ),
    # --- groups beyond V1–V18 (those are in test_forms_rules_v.py) ---
    _child(
        "c07_age",
        "circumstance_codes",
        {"birth_date": "2016-11-11"},
        {"birth_date": "2016-11-10"},
        with_groups(circumstance("C07", "C07.2")),
    ),
    _child(
        "c10_beside_c11",
        "circumstance_codes",
        {},
        {},
        with_groups(circumstance("C10", "C10.3")),
        with_groups(circumstance("C10", "C10.3"), circumstance("C11", "C11.5")),
    ),
    _child(
        "c14_needs_no_parents",
        "circumstance_codes",
        {"caregiver_name": "Lê Thị Sáu"},
        {"caregiver_name": "Lê Thị Sáu", "father_status": "UNKNOWN", "mother_status": "UNKNOWN"},
        with_groups(circumstance("C14", "C14.1")),
    ),
    _child(
        "c03_parents_pair",
        "circumstance_codes",
        {"father_status": "MISSING", "mother_status": "DETAINED"},
        {"father_status": "MISSING", "mother_status": "IN_FACILITY"},
        with_groups(circumstance("C03", "C03.5")),
    ),
    _child(
        "circumstance_period",
        "circumstance_from",
        {},
        {},
        with_groups(circumstance("C02", "C02.1", circumstance_from="2016-03-13")),
        with_groups(circumstance("C02", "C02.1", circumstance_from="2016-03-14")),
    ),
    _child(
        "detained_suggests_r05",
        "circumstance_codes",
        {"father_status": "DETAINED"},
        {"father_status": "DETAINED"},
        around(),
        with_groups(circumstance("R05", "R05.2")),
    ),
    _child(
        "derived_not_confirmed",
        "circumstance_codes",
        {"parents_divorced": True},
        {"parents_divorced": True},
        around(),
        with_groups(circumstance("R03", "R03.1")),
    ),
    _child(
        "parents_pair_unclassified",
        "circumstance_codes",
        {"father_status": "MISSING", "mother_status": "INCAPABLE"},
        {"father_status": "MISSING", "mother_status": "MISSING"},
    ),
    _child(
        "family_problem_gone",
        "circumstance_codes",
        {},
        {},
        with_groups(
            circumstance("R04", "R04.1"),
            household={**GOOD_HOUSEHOLD, "family_problem_flags": ["R03.2"]},
        ),
        with_groups(
            circumstance("R04", "R04.1"),
            household={**GOOD_HOUSEHOLD, "family_problem_flags": ["R04.1"]},
        ),
    ),
    _child(
        "k02_needs_event",
        "circumstance_codes",
        {},
        {},
        with_groups(circumstance("K02"), events=[]),
        with_groups(circumstance("K02"), events=[_event("injured")]),
    ),
    _child(
        "r07_beside_c03",
        "circumstance_codes",
        {"father_status": "DECEASED", "mother_status": "MISSING"},
        {"father_status": "DECEASED", "mother_status": "MISSING"},
        with_groups(circumstance("C03", "C03.1"), circumstance("R07", "R07.1")),
        with_groups(circumstance("C03", "C03.1")),
    ),
]

#: V1–V18 have their own file; the generic rules that no built-in field uses are tested below.
V_RULES = {
    "c01_iff_both_parents_dead",
    "c01_excludes",
    "r07_one_parent_dead",
    "r07_expected",
    "subgroup_count",
    "c13_needs_poor_household",
    "r01_iff_poor",
    "c08_r02_need_dropout",
    "c08_excludes_r02",
    "c04_level",
    "c04_allowance",
    "r06_both_away",
    "c02_known_dead_parents",
    "c02_has_care",
    "care_fits_subgroup",
    "c14_nationality",
    "c12_return",
    "c06_age",
    "k02_death",
    "evidence_before_confirmed",
    "c03_11_recheck",
    "circumstance_answer_given",
}
UNUSED = {"not_after", "one_of"}


def _issues(record: tuple[Record, Context]) -> list[Issue]:
    values, context = record
    form = "household" if "household_no" in values else "child"
    return validate(newest(form), values, context)


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_rule_finds_the_broken_record_and_leaves_its_neighbour_alone(case: Case) -> None:
    broken = [(i.rule, i.field) for i in _issues(case.broken)]
    assert (case.rule, case.field) in broken
    assert case.rule not in rules_of(_issues(case.sound))


def test_good_records_raise_nothing() -> None:
    assert _issues((GOOD_CHILD, around())) == []
    assert _issues((GOOD_HOUSEHOLD, around())) == []


def test_every_rule_has_a_record_that_breaks_it() -> None:
    assert {case.rule for case in CASES} | V_RULES | UNUSED == set(RULES)


def test_every_rule_but_the_generic_ones_is_used_by_a_template() -> None:
    used = {
        use.rule for form in ("child", "household") for f in newest(form).fields for use in f.rules
    }
    # `required` stands in the templates as the key of that name, too.
    assert set(RULES) - used == UNUSED


def test_sixteenth_birthday_itself_is_out_and_the_day_before_is_in() -> None:
    for survey, out in ((date(2026, 3, 13), False), (date(2026, 3, 14), True)):
        context = around(reference_date=survey, survey_date=survey)
        values = child(birth_date="2010-03-14", personal_id=None)
        assert ("under_16" in rules_of(validate(newest("child"), values, context))) is out


def test_value_of_the_wrong_shape_is_reported_once_and_its_rules_stay_silent() -> None:
    issues = _issues((child(personal_id="12345"), around()))
    assert [(i.field, i.rule) for i in issues] == [("personal_id", "type")]
    assert issues[0].parameters == {"count": 5}


def test_field_that_does_not_apply_gets_a_note_and_no_error() -> None:
    issues = _issues((child(father_away_since="2030-01"), around()))
    assert [(i.rule, i.severity.value) for i in issues] == [("not_applicable", "note")]


def test_rule_without_its_data_stays_silent() -> None:
    bare = Context(reference_date=date(2026, 11, 10))
    assert validate(newest("child"), child(), bare) == []
