"""Sensitive groups and counts that could point at a child never reach a printed table."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.reports.disclosure import (
    SENSITIVE_GROUPS,
    GroupCount,
    printable_groups,
    printable_total,
)

CODES = [f"C{n:02d}" for n in range(1, 15)] + [f"R{n:02d}" for n in range(1, 8)] + ["K01", "K02"]
GROUPS = st.lists(
    st.builds(GroupCount, st.sampled_from(CODES), st.just("a group"), st.integers(0, 40)),
    max_size=23,
)


def test_sensitive_groups_are_those_of_level_a() -> None:
    assert {"C05", "C06", "C07", "C09", "C10", "C11", "C12", "K01"} == SENSITIVE_GROUPS


@given(GROUPS, st.booleans())
def test_sensitive_groups_are_left_out_at_every_level(
    groups: list[GroupCount], whole_province: bool
) -> None:
    shown = printable_groups(groups, whole_province=whole_province)
    assert [group.code for group in shown] == [
        group.code for group in groups if group.code not in SENSITIVE_GROUPS
    ]


@given(GROUPS)
def test_below_the_province_no_count_from_one_to_four_is_shown(groups: list[GroupCount]) -> None:
    shown = printable_groups(groups, whole_province=False)
    assert not {group.children for group in shown} & {1, 2, 3, 4}


@given(GROUPS, st.integers(0, 200))
def test_a_total_is_withheld_with_any_of_its_groups(
    groups: list[GroupCount], distinct: int
) -> None:
    shown = printable_groups(groups, whole_province=False)
    total = printable_total(distinct, shown, whole_province=False)
    hidden = any(group.children is None for group in shown)
    assert (total is None) == (hidden or 0 < distinct < 5)


def test_a_whole_province_shows_small_counts() -> None:
    shown = printable_groups([GroupCount("C02", "a group", 3)], whole_province=True)
    assert [group.children for group in shown] == [3]
    assert printable_total(3, shown, whole_province=True) == 3
