"""Which values are masked, and which stay on the record."""

from __future__ import annotations

import pytest

from app.forms.sensitivity import code_level, level_of, level_of_circumstance, open_codes
from tests.unit.forms.invented import CHILD, HOUSEHOLD, circumstance

MASKED = ["C05", "C06", "C07", "C09", "C10", "C11", "C12", "K01", "R03.3", "R04.4", "C11.5"]


@pytest.mark.parametrize("code", MASKED)
def test_level_a_is_the_list_of_the_design(code: str) -> None:
    assert code_level(code) == "A"


@pytest.mark.parametrize(
    ("code", "level"),
    [("C04", "B"), ("C13.1", "B"), ("R03.1", "B"), ("R04.1", "B"), ("R05.2", "B"), ("C01", None)],
)
def test_other_groups_have_their_own_level(code: str, level: str | None) -> None:
    assert code_level(code) == level


def test_an_unknown_subgroup_of_a_masked_group_is_masked() -> None:
    assert code_level("C11.9") == "A"
    assert code_level("X99") is None


def test_family_problems_are_as_sensitive_as_the_worst_of_them() -> None:
    field = HOUSEHOLD.field("family_problem_flags")
    assert level_of(field, ["R03.1"]) == "B"
    assert level_of(field, ["R03.1", "R03.3"]) == "A"
    assert level_of(field, None) == "A"
    assert level_of(CHILD.field("ethnicity"), "01") == "B"
    assert level_of(CHILD.field("full_name"), "x") is None


def test_a_circumstance_is_masked_by_its_group_or_its_subgroups() -> None:
    assert level_of_circumstance(circumstance("C05")) == "A"
    assert level_of_circumstance(circumstance("R03", "R03.1")) == "B"
    assert level_of_circumstance(circumstance("R03", "R03.1", "R03.3")) == "A"
    assert level_of_circumstance({}) is None
    assert open_codes(["C01", "C11", "R04.4", "R04.1"]) == ("C01", "R04.1")
