"""A strict text has one meaning or none."""

from __future__ import annotations

import pytest

from app.sync.strict_json import MAX_INTEGER, NotStrict, read_strict
from tests.growth import growth


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"{'a':1}", "json"),
        (b'{"a":1,}', "json"),
        (b'{"a":01}', "json"),
        (b'"\xff"', "utf-8"),
        (b'"\xc0\x80"', "utf-8"),
        (b'{"a":1,"a":1}', "duplicate-key"),
        (b'{"a":1,"\\u0061":1}', "duplicate-key"),
        (b"[1.0]", "number"),
        (b"[1e2]", "number"),
        (b"[NaN]", "number"),
        (b"[Infinity]", "number"),
        (b"[9007199254740993]", "integer-range"),
        (b"[-9007199254740993]", "integer-range"),
        (b"[" + b"9" * 5000 + b"]", "integer-range"),
        (b'"\\udc00"', "surrogate"),
        (b'"\x01"', "json"),
        (b"[[[[1]]]]", "depth"),
        (b"[" * 60_000, "depth"),
    ],
)
def test_a_text_that_could_be_read_in_two_ways_is_refused(text: bytes, rule: str) -> None:
    with pytest.raises(NotStrict) as caught:
        read_strict(text, 3)
    assert caught.value.rule == rule


def test_plain_json_is_read() -> None:
    text = '{"a":[1,-2,true,null,"Đỗ \\"{[\\u00e0"],"b":{"c":{}}}'.encode()
    assert read_strict(text, 3) == {"a": [1, -2, True, None, 'Đỗ "{[à'], "b": {"c": {}}}
    assert read_strict(str(MAX_INTEGER).encode(), 1) == MAX_INTEGER


def test_brackets_inside_text_are_not_depth() -> None:
    assert read_strict(b'["[[[[[[[[{{{{{{"]', 1) == ["[[[[[[[[{{{{{{"]
    assert read_strict(b'["\\\\",["\\"[["]]', 2) == ["\\", ['"[[']]


def test_a_text_made_to_be_slow_is_refused_at_once() -> None:
    def refused(size: int) -> None:
        for text in (b'"' + b'\\"' * size, b'["' * size, b'"' * 2 * size, b'"\\' * size):
            with pytest.raises(NotStrict):
                read_strict(text, 6)

    assert growth(refused, 8_000) < 9, "quadratic is 16"
