"""Circumstances that follow from facts, and what a clerk has to confirm or to end."""

from __future__ import annotations

import itertools

import pytest

from app.forms.circumstances import C03_PAIRS, Proposal, compare, derive, unclassified_pair
from app.forms.context import Context
from app.forms.facts import Facts
from app.forms.issues import Value
from app.i18n import catalogue
from tests.unit.forms.invented import GOOD_HOUSEHOLD, around, child, circumstance, with_groups


def _facts(values: dict[str, Value], context: Context | None = None) -> Facts:
    return Facts(values, context or around())


def _codes(proposals: tuple[Proposal, ...]) -> set[str]:
    return {code for p in proposals for code in (p.subgroups or (p.group,))}


def _derived(context: Context | None = None, **changes: Value) -> set[str]:
    return _codes(derive(_facts(child(**changes), context)))


def test_a_child_at_home_with_both_parents_gets_no_proposal() -> None:
    assert derive(_facts(child())) == ()


@pytest.mark.parametrize(
    ("care", "code"),
    [
        ("NONE", "C01.1"),
        ("FACILITY", "C01.2"),
        ("KINSHIP", "C01.3"),
        ("FOSTER_NON_KIN", "C01.4"),
        ("PARENTS", "C01"),
        (None, "C01"),
    ],
)
def test_orphan_of_both_by_form_of_care(care: str | None, code: str) -> None:
    derived = _derived(father_status="DECEASED", mother_status="DECEASED", care_arrangement=care)
    assert derived == {code}


def test_an_adopted_orphan_is_not_proposed() -> None:
    changes: dict[str, Value] = {"father_status": "DECEASED", "mother_status": "DECEASED"}
    assert _derived(**changes, care_arrangement="ADOPTED") == set()


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("DECEASED", "MISSING", "C03.1"),
        ("DECEASED", "IN_FACILITY", "C03.2"),
        ("DECEASED", "INCAPABLE", "C03.2"),
        ("DECEASED", "DETAINED", "C03.3"),
        ("MISSING", "MISSING", "C03.4"),
        ("MISSING", "IN_FACILITY", "C03.5"),
        ("MISSING", "DETAINED", "C03.6"),
        ("INCAPABLE", "INCAPABLE", "C03.7"),
        ("IN_FACILITY", "IN_FACILITY", "C03.8"),
        ("DETAINED", "DETAINED", "C03.9"),
        ("IN_FACILITY", "DETAINED", "C03.10"),
        ("RIGHTS_RESTRICTED", "RIGHTS_RESTRICTED", "C03.12"),
    ],
)
def test_pairs_of_parents_in_either_order(one: str, other: str, code: str) -> None:
    for father, mother in ((one, other), (other, one)):
        assert _derived(father_status=father, mother_status=mother) == {code}


def test_exactly_three_absent_pairs_have_no_subgroup_and_are_said_to_have_none() -> None:
    absent = ("DECEASED", "MISSING", "IN_FACILITY", "DETAINED", "INCAPABLE")
    unclassified = {
        frozenset((father, mother))
        for father, mother in itertools.product(absent, repeat=2)
        if unclassified_pair(_facts(child(father_status=father, mother_status=mother)))
    }
    assert unclassified == {
        frozenset(("MISSING", "INCAPABLE")),
        frozenset(("IN_FACILITY", "INCAPABLE")),
        frozenset(("DETAINED", "INCAPABLE")),
    }
    assert not unclassified & {frozenset(pair) for pair in C03_PAIRS}
    assert unclassified_pair(_facts(child(father_status="MISSING"))) is None


def test_one_dead_parent() -> None:
    assert _derived(father_status="DECEASED") == {"R07.1"}
    assert _derived(mother_status="DECEASED", father_status="UNKNOWN") == {"R07.2"}


def test_both_parents_away_count_from_six_months_on() -> None:
    away: dict[str, Value] = {"father_status": "ALIVE_AWAY", "mother_status": "ALIVE_AWAY"}
    assert _derived(**away, father_away_since="2026-05", mother_away_since="2026-01") == {"R06"}
    assert _derived(**away, father_away_since="2026-06", mother_away_since="2026-01") == set()
    assert _derived(**away, father_away_since=None, mother_away_since="2026-01") == set()


@pytest.mark.parametrize(
    ("status", "code"), [("1", "R01.1"), ("2", "R01.2"), ("0", None), ("3", None)]
)
def test_poor_household(status: str, code: str | None) -> None:
    context = around(household={**GOOD_HOUSEHOLD, "poverty_status": status})
    assert _derived(context) == ({code} if code else set())
    disease = _derived(context, serious_disease="Bệnh tim")
    assert disease == ({code, f"C13.{status}"} if code else set())


def test_leaving_school_to_earn_or_otherwise() -> None:
    left: dict[str, Value] = {
        "birth_date": "2012-05-02",
        "schooling_status": "2",
        "highest_grade_completed": 8,
    }
    assert _derived(**left) == {"R02"}
    assert _derived(**left, dropout_reason="distance") == {"R02"}
    assert _derived(**left, dropout_reason="earning") == {"C08.2"}
    assert _derived(**left, dropout_reason="earning", care_arrangement="NONE") == {"C08.1"}
    assert _derived(**{**left, "highest_grade_completed": 9}) == set()
    assert _derived(**{**left, "highest_grade_completed": None}) == set()
    assert _derived(**{**left, "birth_date": "2020-11-11"}) == set()
    never = {**left, "schooling_status": "3", "highest_grade_completed": None}
    assert _derived(**never) == set()
    assert _derived(**never, dropout_reason="earning") == {"C08.2"}


def test_family_problems_come_from_the_household_and_from_divorce() -> None:
    flags = {**GOOD_HOUSEHOLD, "family_problem_flags": ["R03.2", "R04.1", "R04.2", "R05.2"]}
    assert _derived(around(household=flags)) == {"R03.2", "R04.1", "R04.2", "R05.2"}
    assert _derived(parents_divorced=True) == {"R03.1"}
    both_dead = _derived(parents_divorced=True, father_status="DECEASED", mother_status="DECEASED")
    assert "R03.1" not in both_dead


def test_disability_needs_level_and_type() -> None:
    assert _derived(disability_level="2", disability_types=["1"]) == {"C04.2"}
    assert _derived(disability_level="2") == set()


def test_a_proposal_names_its_reason_and_the_article() -> None:
    proposal = derive(_facts(child(father_status="MISSING", mother_status="DETAINED")))[0]
    assert proposal.legal_basis == "NĐ 56/2017/NĐ-CP Đ5 k6"
    text = catalogue("vi")[proposal.reason_message_id].format(**proposal.parameters)
    assert "Mất tích" in text
    assert "{" not in text


def test_what_is_missing_is_to_be_confirmed_and_what_stands_is_not() -> None:
    values = child(father_status="DECEASED")
    assert _codes(compare(_facts(values)).to_confirm) == {"R07.1"}
    declared = with_groups(circumstance("R07", "R07.1"))
    assert compare(_facts(values, declared)) == ((), (), None)
    closed = with_groups(circumstance("R07", "R07.1", circumstance_to="2026-10-01"))
    assert _codes(compare(_facts(values, closed)).to_confirm) == {"R07.1"}


@pytest.mark.parametrize(
    ("group", "subs", "changes"),
    [
        ("C01", ("C01.3",), {"father_status": "DECEASED"}),
        ("C03", ("C03.4",), {"father_status": "MISSING"}),
        ("R07", ("R07.1",), {}),
        ("R06", (), {"father_status": "ALIVE_AWAY", "father_away_since": "2025-01"}),
        ("R01", ("R01.1",), {}),
        ("C13", ("C13.1",), {"serious_disease": "Bệnh tim"}),
        ("R02", (), {}),
        ("C08", ("C08.2",), {}),
    ],
)
def test_facts_that_no_longer_hold_get_a_proposed_end_date(
    group: str, subs: tuple[str, ...], changes: dict[str, Value]
) -> None:
    context = with_groups(circumstance(group, *subs))
    ended = compare(_facts(child(**changes), context)).to_end
    assert [(e.circumstance.group, e.subgroups, e.proposed_end) for e in ended] == [
        (group, subs, "2026-11-10")
    ]


@pytest.mark.parametrize(
    ("group", "subs", "changes"),
    [
        ("C01", ("C01.3",), {"father_status": "UNKNOWN"}),
        ("C03", ("C03.11",), {}),
        ("C03", ("C03.12",), {}),
        ("R07", ("R07.1",), {"father_status": "DECEASED", "mother_status": "MISSING"}),
        ("R06", (), {"father_status": None}),
        ("R04", ("R04.1",), {}),
        ("C05", (), {}),
        ("C14", ("C14.1",), {}),
    ],
)
def test_unknown_facts_and_groups_that_only_people_know_end_nothing(
    group: str, subs: tuple[str, ...], changes: dict[str, Value]
) -> None:
    context = with_groups(circumstance(group, *subs))
    assert compare(_facts(child(**changes), context)).to_end == ()


def test_one_of_two_family_problems_that_is_gone_is_named_alone() -> None:
    household = {**GOOD_HOUSEHOLD, "family_problem_flags": ["R04.2"]}
    context = with_groups(circumstance("R04", "R04.1", "R04.2"), household=household)
    ended = compare(_facts(child(), context)).to_end
    assert [e.subgroups for e in ended] == [("R04.1",)]


def test_deleted_circumstances_do_not_count() -> None:
    context = with_groups(circumstance("R01", "R01.1", _deleted=True))
    assert compare(_facts(child(), context)) == ((), (), None)


@pytest.mark.parametrize("wrong", [[], ["x"], 5, True, "", "2026-13"])
def test_malformed_facts_propose_nothing_wrong_and_raise_nothing(wrong: Value) -> None:
    names = [
        "father_status",
        "mother_status",
        "father_away_since",
        "care_arrangement",
        "schooling_status",
        "highest_grade_completed",
        "dropout_reason",
        "disability_level",
        "birth_date",
        "parents_divorced",
    ]
    declared = with_groups(
        *(circumstance(group) for group in ("C01", "C03", "C08", "R01", "R05", "R06", "R07"))
    )
    for name in names:
        compare(_facts(child(**{name: wrong}), declared))
    for name in ("poverty_status", "family_problem_flags", "survey_date"):
        household = {**GOOD_HOUSEHOLD, name: wrong}
        assert derive(_facts(child(), around(household=household))) == ()


def test_the_reason_says_poor_or_near_poor() -> None:
    for status, reason in (("1", "poor"), ("2", "near_poor")):
        context = around(household={**GOOD_HOUSEHOLD, "poverty_status": status})
        found = derive(_facts(child(serious_disease="Bệnh tim"), context))
        assert [p.reason_message_id for p in found] == [
            f"forms.derived.{reason}",
            f"forms.derived.disease_{reason}",
        ]
