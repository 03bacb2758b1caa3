"""What a rule says of itself: that it looks at the value alone, or concerns some values only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from app.forms.context import Lists
from app.forms.facts import Facts
from app.forms.field_types import field_type
from app.forms.field_types.code_types import CodeType
from app.forms.issues import Value
from app.forms.rules import RULES
from app.forms.template import newest
from app.forms.validator import plan_of
from tests.unit.forms.invented import CHILD, GOOD_CHILD, HOUSEHOLD, around, circumstance

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


def _facts() -> list[Facts]:
    """Records in which each of the rules that concern some values only has something to say."""
    groups = [circumstance("C03", "C03.4"), circumstance("C13")]
    contexts = [around(), around(circumstances=groups, events=[], lists=Lists(allowance=True))]
    contexts.append(around(lists=Lists(allowance=False), siblings=[GOOD_CHILD]))
    dead = {"father_status": "DECEASED", "mother_status": "DECEASED", "caregiver_name": "Lê Văn Ba"}
    changes: list[dict[str, Value]] = [{}, dead, {"highest_grade_completed": 5}]
    changes += [{"birth_date": day} for day in ("2026-10-30", "2025-01-01", "2011-02-03")]
    changes.append({"full_name": "Trai", "name_status": "PLACEHOLDER_GAI"})
    return [Facts({**GOOD_CHILD, **one}, context) for one in changes for context in contexts]


def test_a_rule_that_concerns_some_values_finds_nothing_at_others() -> None:
    records, spoke, silent = _facts(), set(), set()
    for template in (CHILD, HOUSEHOLD):
        for entity in template.entities:
            for field in template.fields_of(entity):
                kind = field_type(field)
                codes = sorted(kind.codes) if isinstance(kind, CodeType) else ()
                for use in field.rules:
                    rule = RULES[use.rule]
                    if rule.concerns is None:
                        continue
                    check = rule.build(use, field, template)
                    for value in (*VALUES, *codes):
                        found = any(check(facts, value) for facts in records)
                        if rule.concerns(use, value):
                            spoke.update({use.rule} if found else ())
                        else:
                            assert not found, (field.name, use.rule, value)
                            silent.add(use.rule)
    concerned = {name for name, rule in RULES.items() if rule.concerns is not None}
    assert spoke == silent == concerned
