"""A body is judged in one sweep where that is possible; field by field gives the same answer."""

from __future__ import annotations

import datetime
import decimal
import json
import math
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.history.operation import (
    MAX_INTEGER,
    MalformedOperation,
    check_body,
    decode_line,
    encode_line,
    make_operation,
)

HEAD = {
    "ent_type": "child",
    "ent_id": "00000000-0000-5000-8000-000000000001",
    "parents": (),
    "salt": bytes(16),
    "unit": "21010@2024",
    "by": "21010@2024",
    "replica": "00000000-0000-4000-8000-000000000002",
    "author": "an",
    "wall": 0,
}
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(["\\", '"', "\x7f", "\u0301"]),
    max_size=12,
)
VALUES = st.one_of(
    TEXTS,
    st.integers(-MAX_INTEGER - 2, MAX_INTEGER + 2),
    st.booleans(),
    st.none(),
    st.floats(),
    st.lists(TEXTS, max_size=3),
    st.lists(TEXTS, max_size=3, unique=True).map(sorted),
)
BODIES = st.dictionaries(st.sampled_from(["a", "b_1", "_key", "A", "name"]), VALUES, max_size=4)


def _rule_field_by_field(body) -> str:
    try:
        check_body(body)
    except MalformedOperation as found:
        return found.rule
    return ""


def _made(body) -> str:
    try:
        operation = make_operation(body=body, **HEAD)
    except MalformedOperation as found:
        return found.rule
    assert operation.body == body
    return ""


def _read(body) -> str:
    """What a reader says of a line with this body, spelled the one way."""
    line = encode_line(make_operation(body={}, **HEAD))
    spelled = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        operation = decode_line(line.replace(b'"b":{}', b'"b":' + spelled.encode()))
    except MalformedOperation as found:
        return found.rule
    assert operation.body == body
    return ""


@given(body=BODIES)
def test_the_writer_refuses_what_is_refused_field_by_field(body) -> None:
    assert bool(_made(body)) == bool(_rule_field_by_field(body))


@given(body=BODIES)
def test_the_reader_refuses_what_is_refused_field_by_field(body) -> None:
    assert bool(_read(body)) == bool(_rule_field_by_field(body))


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (1.5, "value-kind"),
        (math.nan, "value-kind"),
        (math.inf, "value-kind"),
        (b"x", "value-kind"),
        (datetime.date(2020, 1, 1), "value-kind"),
        (uuid.UUID(int=1), "value-kind"),
        (decimal.Decimal(1), "value-kind"),
        (("x",), "value-kind"),
        ({"b": 1}, "value-kind"),
        ([b"x"], "value-kind"),
        ([math.nan], "value-kind"),
        ([datetime.date(2020, 1, 1)], "value-kind"),
        ([None], "value-kind"),
        (["b", "a"], "set-order"),
        (["a", "a"], "set-order"),
        (MAX_INTEGER + 1, "integer-range"),
        (2**70, "integer-range"),
        ("e\u0301", "not-nfc"),
        (["e\u0301"], "not-nfc"),
        ("\x00", "control-character"),
        (["\x7f"], "control-character"),
        ("x" * 20_000, "text-length"),
    ],
)
def test_nothing_the_encoder_would_turn_into_something_else_gets_in(value, rule) -> None:
    assert _made({"a": value}) == rule == _rule_field_by_field({"a": value})


def test_an_integer_out_of_range_is_named_by_its_rule_on_reading() -> None:
    assert _read({"a": MAX_INTEGER + 1}) == "integer-range"
    assert _read({"a": -MAX_INTEGER - 1}) == "integer-range"
    assert _read({"a": MAX_INTEGER, "b_1": -MAX_INTEGER}) == ""
