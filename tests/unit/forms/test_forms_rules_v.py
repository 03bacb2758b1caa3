"""The eighteen rules of the domain document: records that break them, records that do not."""

from __future__ import annotations

from datetime import date

import pytest

from app.forms.context import Lists, Round
from app.forms.issues import Value
from app.forms.schema import Severity
from tests.unit.forms.invented import (
    GOOD_HOUSEHOLD,
    around,
    check,
    child,
    circumstance,
    found,
    rules_of,
    with_groups,
)

DEAD: dict[str, Value] = {"father_status": "DECEASED", "mother_status": "DECEASED"}
POOR = {**GOOD_HOUSEHOLD, "poverty_status": "1"}
NEAR_POOR = {**GOOD_HOUSEHOLD, "poverty_status": "2"}
IN_CARE: dict[str, Value] = {
    "care_arrangement": "KINSHIP",
    "caregiver_name": "Lê Thị Sáu",
    "caregiver_relation": "grandmother",
    "circumstance_answer": "some",
}
LEFT: dict[str, Value] = {
    "birth_date": "2013-05-02",
    "personal_id": None,
    "birth_registered": "9",
    "birth_cert_no": None,
    "schooling_status": "2",
    "education_level": None,
    "grade": None,
    "highest_grade_completed": 5,
    "dropout_date": "2025-09",
    "circumstance_answer": "some",
}


def test_v1_both_parents_dead_calls_for_c01() -> None:
    values = child(**DEAD, **IN_CARE, monthly_allowance="1", allowance_category="k1b")
    assert found(check(values), "c01_iff_both_parents_dead").severity is Severity.ERROR
    assert check(values, with_groups(circumstance("C01", "C01.3"))) == []


def test_v1_c01_with_a_living_or_unknown_parent_is_an_error() -> None:
    context = with_groups(circumstance("C01", "C01.3"))
    for mother in ("ALIVE_HOME", "MISSING", "UNKNOWN", None):
        values = child(father_status="DECEASED", **IN_CARE)
        values["mother_status"] = mother
        assert "c01_iff_both_parents_dead" in rules_of(check(values, context))


def test_v1_an_adopted_child_leaves_c01() -> None:
    values = child(
        **DEAD,
        **{**IN_CARE, "care_arrangement": "ADOPTED", "caregiver_relation": "adoptive_parent"},
    )
    assert "c01_iff_both_parents_dead" not in rules_of(check(values))
    context = with_groups(circumstance("C01", "C01.3"))
    assert "c01_iff_both_parents_dead" in rules_of(check(values, context))


@pytest.mark.parametrize("beside", [("R07", "R07.1"), ("R06",), ("C03", "C03.2")])
def test_v1_c01_excludes_half_orphans_and_parents_away(beside: tuple[str, ...]) -> None:
    values = child(**DEAD, **IN_CARE)
    context = with_groups(circumstance("C01", "C01.3"), circumstance(*beside))
    assert found(check(values, context), "c01_excludes").severity is Severity.ERROR
    beside_far = with_groups(circumstance("C01", "C01.3"), circumstance("C03", "C03.12"))
    assert "c01_excludes" not in rules_of(check(values, beside_far))


def test_v2_r07_holds_for_exactly_one_dead_parent() -> None:
    context = with_groups(circumstance("R07", "R07.1"))
    sound = child(father_status="DECEASED", circumstance_answer="some")
    assert check(sound, context) == []
    for father, mother in (("ALIVE_HOME", "ALIVE_HOME"), ("DECEASED", "DECEASED")):
        broken = child(father_status=father, mother_status=mother, circumstance_answer="some")
        issue = found(check(broken, context), "r07_one_parent_dead")
        assert issue.severity is Severity.ERROR


def test_v2_the_subgroup_names_the_dead_parent() -> None:
    values = child(mother_status="DECEASED", circumstance_answer="some")
    wrong = check(values, with_groups(circumstance("R07", "R07.1")))
    assert found(wrong, "r07_one_parent_dead").message_id.endswith(".sub")
    assert check(values, with_groups(circumstance("R07", "R07.2"))) == []


def test_v2_one_dead_parent_without_r07_is_a_warning() -> None:
    values = child(father_status="DECEASED")
    assert found(check(values), "r07_expected").severity is Severity.WARNING


def test_v2_c03_1_to_3_ask_for_c03_and_not_for_r07() -> None:
    values = child(father_status="DECEASED", mother_status="MISSING", **IN_CARE)
    values |= {"monthly_allowance": "1", "allowance_category": "k1c"}
    rules = rules_of(check(values))
    assert "r07_expected" not in rules
    assert "derived_not_confirmed" in rules
    assert check(values, with_groups(circumstance("C03", "C03.1"))) == []


@pytest.mark.parametrize(
    ("group", "subgroups", "wrong"),
    [
        ("C02", ("C02.1",), ()),
        ("C02", ("C02.1",), ("C02.1", "C02.2")),
        ("C04", ("C04.3",), ("C04.2", "C04.3")),
        ("C07", ("C07.1",), ()),
        ("C12", ("C12.1",), ("C12.1", "C12.2")),
        ("C14", ("C14.1",), ()),
        ("C06", ("C06.1",), ("C06.1", "C06.2")),
        ("C10", ("C10.1", "C10.5"), ()),
        ("C11", ("C11.1", "C11.4"), ()),
        ("C05", (), ("C05.1",)),
        ("C09", (), ("C10.1",)),
        ("R04", ("R04.1", "R04.2"), ()),
        ("K02", (), ("K02.2",)),
    ],
)
def test_v3_number_of_subgroups(
    group: str, subgroups: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    sound = check(child(), with_groups(circumstance(group, *subgroups)))
    assert "subgroup_count" not in rules_of(sound)
    broken = check(child(), with_groups(circumstance(group, *wrong)))
    assert found(broken, "subgroup_count").severity is Severity.ERROR


def test_v3_a_group_that_is_not_on_the_list_is_an_error() -> None:
    for strange in ("C15", "C01.1"):
        assert "subgroup_count" in rules_of(check(child(), with_groups(circumstance(strange))))


def test_v4_c13_needs_a_poor_household_with_its_own_subgroup() -> None:
    values = child(serious_disease="Bệnh tim bẩm sinh", circumstance_answer="some")
    both = (circumstance("C13", "C13.1"), circumstance("R01", "R01.1"))
    assert check(values, with_groups(*both, household=POOR)) == []
    for household in (GOOD_HOUSEHOLD, NEAR_POOR):
        issues = check(values, with_groups(*both, household=household))
        assert found(issues, "c13_needs_poor_household").severity is Severity.ERROR


def test_v4_c13_makes_the_disease_a_required_field() -> None:
    both = (circumstance("C13", "C13.1"), circumstance("R01", "R01.1"))
    issues = check(child(circumstance_answer="some"), with_groups(*both, household=POOR))
    assert [(i.field, i.rule) for i in issues] == [("serious_disease", "required_when")]


def test_v5_r01_holds_exactly_in_poor_and_near_poor_households() -> None:
    declared = child(circumstance_answer="some")
    context = with_groups(circumstance("R01", "R01.1"), household=POOR)
    assert check(declared, context) == []
    missing = check(child(), around(household=POOR))
    assert found(missing, "r01_iff_poor").message_id.endswith(".missing")
    not_poor = check(declared, with_groups(circumstance("R01", "R01.1")))
    assert found(not_poor, "r01_iff_poor").message_id.endswith(".not_poor")
    other_sub = check(declared, with_groups(circumstance("R01", "R01.1"), household=NEAR_POOR))
    assert found(other_sub, "r01_iff_poor").message_id.endswith(".sub")


def test_v5_average_living_standard_is_not_poor() -> None:
    household = {**GOOD_HOUSEHOLD, "poverty_status": "3"}
    assert check(child(), around(household=household)) == []


def test_v6_r02_needs_age_six_a_grade_below_nine_and_a_dropout() -> None:
    context = with_groups(circumstance("R02"))
    assert check(child(**LEFT), context) == []
    for change in (
        {"birth_date": "2021-01-02"},
        {"highest_grade_completed": 9},
        {"schooling_status": "1"},
        {"schooling_status": "3"},
    ):
        issues = check(child(**{**LEFT, **change}), context)
        assert "c08_r02_need_dropout" in rules_of(issues), change


def test_v6_c08_takes_a_child_who_never_went_to_school() -> None:
    values = child(**{**LEFT, "schooling_status": "3", "dropout_reason": "earning"})
    context = with_groups(circumstance("C08", "C08.2"))
    assert "c08_r02_need_dropout" not in rules_of(check(values, context))


def test_v6_c08_excludes_r02() -> None:
    values = child(**LEFT, dropout_reason="earning")
    context = with_groups(circumstance("C08", "C08.2"), circumstance("R02"))
    assert found(check(values, context), "c08_excludes_r02").severity is Severity.ERROR
    assert check(values, with_groups(circumstance("C08", "C08.2"))) == []


def test_v7_c04_needs_level_types_and_the_subgroup_of_the_level() -> None:
    told: dict[str, Value] = {
        "disability_level": "3",
        "disability_types": ["1"],
        "disability_cert_no": "15/GXN",
        "circumstance_answer": "some",
    }
    context = with_groups(circumstance("C04", "C04.3"))
    assert check(child(**told), context) == []
    missing = check(child(**{**told, "disability_level": None, "disability_types": None}), context)
    assert {(i.field, i.rule) for i in missing} == {
        ("disability_level", "required_when"),
        ("disability_types", "required_when"),
    }
    other = check(child(**{**told, "disability_level": "1"}), context)
    assert found(other, "c04_level").severity is Severity.ERROR


def test_v7_severe_disability_is_expected_on_the_monthly_list() -> None:
    context = with_groups(circumstance("C04", "C04.2"))
    assert found(check(child(), context), "c04_allowance").severity is Severity.WARNING
    paid = child(monthly_allowance="1", allowance_category="k6")
    assert "c04_allowance" not in rules_of(check(paid, context))
    unlisted = with_groups(circumstance("C04", "C04.2"), lists=Lists(allowance=False))
    assert "c04_allowance" in rules_of(check(paid, unlisted))
    mild = with_groups(circumstance("C04", "C04.3"))
    assert "c04_allowance" not in rules_of(check(child(), mild))


def test_v8_r06_needs_both_parents_away_six_months_and_a_caregiver() -> None:
    away: dict[str, Value] = {
        "father_status": "ALIVE_AWAY",
        "father_away_since": "2026-05",
        "mother_status": "ALIVE_AWAY",
        "mother_away_since": "2026-02",
        **IN_CARE,
    }
    context = with_groups(circumstance("R06"))
    assert check(child(**away), context) == []
    cases: list[tuple[str, dict[str, Value]]] = [
        ("away", {"mother_status": "ALIVE_HOME", "mother_away_since": None}),
        ("away", {"father_status": "ALIVE_HOME", "father_away_since": None}),
        ("months", {"father_away_since": "2026-06"}),
        ("months", {"mother_away_since": "2026-06"}),
        ("caregiver", {"caregiver_name": None, "caregiver_relation": None}),
    ]
    for case, change in cases:
        issue = found(check(child(**{**away, **change}), context), "r06_both_away")
        assert issue.message_id.endswith("." + case)
        assert issue.severity is Severity.ERROR


def test_v9_an_abandoned_child_with_dead_parents_may_be_an_orphan() -> None:
    context = with_groups(circumstance("C02", "C02.2"))
    issues = check(child(**DEAD, **IN_CARE), context)
    assert found(issues, "c02_known_dead_parents").severity is Severity.WARNING
    unknown = child(father_status="UNKNOWN", mother_status="UNKNOWN", **IN_CARE)
    assert "c02_known_dead_parents" not in rules_of(check(unknown, context))


def test_v9_c02_1_beside_lasting_care_suggests_c02_2() -> None:
    values = child(father_status="UNKNOWN", mother_status="UNKNOWN", **IN_CARE)
    issues = check(values, with_groups(circumstance("C02", "C02.1")))
    assert found(issues, "c02_has_care").severity is Severity.WARNING
    right = with_groups(circumstance("C02", "C02.2"))
    assert "c02_has_care" not in rules_of(check(values, right))


@pytest.mark.parametrize(
    ("group", "sub", "broken", "sound"),
    [
        ("C01", "C01.1", {"caregiver_name": "Lê Thị Sáu"}, {"care_arrangement": "NONE"}),
        ("C08", "C08.1", {"caregiver_name": "Lê Thị Sáu"}, {}),
        ("C14", "C14.2", {"caregiver_name": "Lê Thị Sáu"}, {}),
        ("C01", "C01.3", {"care_arrangement": "KINSHIP"}, IN_CARE),
        ("C01", "C01.3", {**IN_CARE, "care_arrangement": "FOSTER_NON_KIN"}, IN_CARE),
        (
            "C01",
            "C01.4",
            {"care_arrangement": "FOSTER_NON_KIN"},
            {**IN_CARE, "care_arrangement": "FOSTER_NON_KIN"},
        ),
        (
            "C01",
            "C01.2",
            {"care_arrangement": "FACILITY"},
            {"care_arrangement": "FACILITY", "facility_name": "Trung tâm A"},
        ),
        ("C02", "C02.2", {}, {"facility_name": "Trung tâm A"}),
        ("C08", "C08.2", {"father_status": "ALIVE_AWAY", "mother_status": "DECEASED"}, {}),
    ],
)
def test_v10_care_fits_the_subgroup(
    group: str, sub: str, broken: dict[str, Value], sound: dict[str, Value]
) -> None:
    context = with_groups(circumstance(group, sub))
    issues = [i for i in check(child(**broken), context) if i.rule == "care_fits_subgroup"]
    assert {issue.severity for issue in issues} == {Severity.ERROR}
    assert "care_fits_subgroup" not in rules_of(check(child(**sound), context))


@pytest.mark.parametrize(
    ("nationality", "right", "wrong"),
    [("VN", "C14.1", "C14.2"), ("LA", "C14.2", "C14.1"), ("UNKNOWN", "C14.3", "C14.1")],
)
def test_v11_subgroup_of_c14_follows_the_nationality(
    nationality: str, right: str, wrong: str
) -> None:
    values = child(nationality=nationality, father_status="UNKNOWN", mother_status="UNKNOWN")
    broken = check(values, with_groups(circumstance("C14", wrong)))
    assert found(broken, "c14_nationality").severity is Severity.ERROR
    sound = check(values, with_groups(circumstance("C14", right)))
    assert "c14_nationality" not in rules_of(sound)


def test_v12_a_child_back_with_its_parents_has_one_at_home() -> None:
    context = with_groups(circumstance("C12", "C12.1"))
    gone = child(father_status="ALIVE_AWAY", mother_status="DECEASED")
    assert found(check(gone, context), "c12_return").severity is Severity.ERROR
    assert "c12_return" not in rules_of(check(child(mother_status="DECEASED"), context))


@pytest.mark.parametrize(("sub", "age"), [("C06.1", 12), ("C06.3", 14)])
def test_v13_measures_below_their_age_are_implausible(sub: str, age: int) -> None:
    context = with_groups(circumstance("C06", sub))
    year = 2026 - age
    young = child(birth_date=f"{year}-11-11", personal_id=None)
    old = child(birth_date=f"{year}-11-10", personal_id=None)
    assert found(check(young, context), "c06_age").severity is Severity.WARNING
    assert "c06_age" not in rules_of(check(old, context))


def test_v14_death_by_injury_needs_a_dead_child_its_cause_and_a_date_in_the_period() -> None:
    quarter = Round(date(2026, 10, 1), date(2026, 12, 31))

    def rules(status: str, cause: str, day: str) -> set[str]:
        events = [{"event": "died", "event_date": day, "death_cause": cause}]
        context = with_groups(circumstance("K02", "K02.1"), events=events, round=quarter)
        return rules_of(check(child(life_status=status), context))

    assert "k02_death" not in rules("DECEASED", "injury", "2026-11-02")
    assert "k02_death" in rules("ACTIVE", "injury", "2026-11-02")
    assert "k02_death" in rules("DECEASED", "disease", "2026-11-02")
    assert "k02_death" in rules("DECEASED", "injury", "2026-09-30")


@pytest.mark.parametrize("group", ["C05", "C09", "C10", "C11", "C12"])
def test_v15_evidence_is_wanted_before_such_a_group_is_confirmed(group: str) -> None:
    def rules(**more: Value) -> set[str]:
        return rules_of(check(child(), with_groups(circumstance(group, **more))))

    assert "evidence_before_confirmed" in rules(verification_status="CONFIRMED")
    assert "evidence_before_confirmed" not in rules(verification_status="CHECKED_COMMUNE")
    proven = {"verification_status": "CONFIRMED", "evidence_ref": "KL 12/2026"}
    assert "evidence_before_confirmed" not in rules(**proven)


def test_v15_the_issue_names_the_circumstance_it_is_about() -> None:
    issues = check(child(), with_groups(circumstance("C09", verification_status="CONFIRMED")))
    issue = found(issues, "evidence_before_confirmed")
    assert (issue.entity, issue.record, issue.field) == (
        "circumstance",
        "id-of-C09",
        "evidence_ref",
    )
    assert issue.severity is Severity.WARNING


def test_v16_counts_the_latest_possible_date_and_says_so() -> None:
    year_only = child(birth_date="2010", personal_id=None)
    rules = rules_of(check(year_only))
    assert "under_16" not in rules
    assert "age_by_latest_date" in rules
    whole = check(child(birth_date="2009", personal_id=None, father_birth_year=1988))
    assert found(whole, "under_16").severity is Severity.ERROR


def test_v17_parents_under_16_call_for_a_second_look_at_the_birth_years() -> None:
    context = with_groups(circumstance("C03", "C03.11"))
    assert found(check(child(), context), "c03_11_recheck").severity is Severity.WARNING
    young = child(birth_date="2026-02-03", father_birth_year=2011, mother_birth_year=2012)
    assert "c03_11_recheck" in rules_of(check(young))
    one = child(birth_date="2026-02-03", father_birth_year=2001, mother_birth_year=2012)
    assert "c03_11_recheck" not in rules_of(check(one))


@pytest.mark.parametrize("answer", [None, "not_asked"])
def test_v18_blank_is_not_none(answer: str | None) -> None:
    issue = found(check(child(circumstance_answer=answer)), "circumstance_answer_given")
    assert issue.severity is Severity.ERROR
    assert check(child(circumstance_answer="none")) == []


def test_v18_none_beside_an_open_group_and_some_without_one_are_errors() -> None:
    open_group = with_groups(circumstance("C02", "C02.1"))
    assert "circumstance_answer_given" in rules_of(check(child(), open_group))
    closed = with_groups(circumstance("C02", "C02.1", circumstance_to="2026-06-01"))
    assert "circumstance_answer_given" not in rules_of(check(child(), closed))
    some = child(circumstance_answer="some")
    assert "circumstance_answer_given" in rules_of(check(some))
