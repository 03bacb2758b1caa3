"""A template may put any rule on a field of any type: none may fail on what such a field can hold.

A failure would end the check of a whole store, by one value in one record.
"""

from __future__ import annotations

import json
from datetime import date
from itertools import cycle, product
from typing import Any

import pytest
from msgspec import structs

from app.forms.context import Context
from app.forms.field_types import TYPE_NAMES, needs_code_list
from app.forms.issues import Value, issue_text
from app.forms.rules import RULES
from app.forms.template import load_template
from app.forms.validator import validate
from tests.long_runs import slice_or_all
from tests.unit.forms.invented import GOOD_CHILD
from tests.unit.forms.test_catalogue import template

TYPES = sorted(TYPE_NAMES)
VALUES: tuple[Value, ...] = (
    *("2019-05-01", "2019-05", "2019", "abc", "1", "0", "C01", "C01.1", "051219001234", "12,5"),
    *(5, 0, -3, 10**14, True, False, ["1"], ["1", "2"], ["C01"], ["C01", "C01.1"]),
)
CARES = ("PARENTS", "FACILITY", None)
AROUND = Context(
    date(2027, 1, 1),
    today=date(2027, 1, 1),
    household={"poverty_status": "1"},
    owner_unit="21484@2025",
    circumstances=[{"id": "a", "group": "C01", "subgroups": ["C01.1"]}],
    events=[{"id": "e", "event": "injured", "event_date": "2020-01-01"}],
    siblings=[GOOD_CHILD],
)


def _use(name: str) -> dict[str, Any]:
    given = {"other": "birth_date", "condition": "under_6", "low": 1, "high": 5, "values": ["1"]}
    use = {key: value for key, value in given.items() if key in RULES[name].takes}
    return {"rule": name, "severity": "error", **use}


@pytest.mark.parametrize("name", sorted(RULES))
@pytest.mark.parametrize("entity", ["child", "support"])
def test_no_rule_fails_on_what_a_field_of_any_type_may_hold(name: str, entity: str) -> None:
    content = template()
    words = {"vi": "x", "en": "x"}
    content["sections"][-1]["fields"] = [
        {
            "name": f"new_{kind}",
            "type": kind,
            "label": words,
            "help": words,
            "since": 2,
            "entity": entity,
            "rules": [_use(name)],
            **({"code_list": "circumstances"} if needs_code_list(kind) else {}),
        }
        for kind in TYPES
    ]
    form = load_template(json.dumps(content).encode())
    said = 0
    # In every run each value meets one way of care, in the long one all of them.
    for value, care in slice_or_all(
        zip(VALUES, cycle(CARES), strict=False), product(VALUES, CARES)
    ):
        held: dict[str, Value] = {f"new_{kind}": value for kind in TYPES}
        child = {**GOOD_CHILD, "care_arrangement": care, **(held if entity == "child" else {})}
        around = structs.replace(AROUND, supports=[{"id": "s", **held}])
        issues = validate(form, child, around if entity == "support" else AROUND)
        said += sum(bool(issue_text(one)) for one in issues)
    assert said > 0
