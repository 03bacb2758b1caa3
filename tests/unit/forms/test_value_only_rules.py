"""What a rule says of itself when it claims to look at the value alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from app.forms.facts import Facts
from app.forms.issues import Value
from app.forms.template import newest
from app.forms.validator import plan_of

#: Sound and unsound values of every shape that a store may hold.
VALUES: tuple[Value, ...] = (
    "", "1", "2", "99", "051314004417", "051214004417", "999914004417", "0912345678", "0312345678",
    "0000000000", "2019", "2019-05", "2019-01-01", "2019-05-31", "12", "100.1", "12a", "05/2019",
    "5/1998", "TE1510512345678", "XX1510512345678", "Hân", "HIV", "xâm hại", -1, 0, 1, 7, 13, 99,
    10**9, True, False, [], ["0"], ["0", "1"], ["normal", "stunted"],
)  # fmt: skip


class Untouchable:
    """Facts that nobody may look at."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"the rule asked for {name}")


def _uses() -> Iterator[tuple[str, str, object]]:
    for form in ("child", "household"):
        for entity, plan in plan_of(newest(form)).items():
            for name, field in plan.fields.items():
                for check, use in () if field.fresh is None else field.fresh.checks:
                    if use.value_only:
                        yield f"{entity}.{name}", use.rule, check


def test_rules_that_claim_to_look_at_the_value_alone_look_at_nothing_else() -> None:
    nobody = cast(Facts, Untouchable())
    asked = set()
    for _place, rule, check in _uses():
        for value in VALUES:
            check(nobody, value)  # type: ignore[operator]
        asked.add(rule)
    assert {"in_range", "pid_child_century", "consistent_sex_digit", "first_of_january"} <= asked


def test_a_rule_that_looks_further_would_be_seen() -> None:
    by_rule = {
        use.rule: check
        for plan in plan_of(newest("child")).values()
        for field in plan.fields.values()
        if field.fresh is not None
        for check, use in field.fresh.checks
    }
    with pytest.raises(AssertionError, match="the rule asked for"):
        by_rule["pid_of_parent"](cast(Facts, Untouchable()), "051314004417")
