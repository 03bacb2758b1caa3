"""JSON read so that a text has one meaning.

Refuses invalid UTF-8, doubled keys, NaN and infinities, floating numbers, integers beyond ±2^53,
lone surrogates, and nesting deeper than the caller allows: two programs must never read two things.
"""

from __future__ import annotations

import json
import re

MAX_INTEGER = 1 << 53
# A string that never ends is taken to the end of the text, or each of its quotes would be tried as
# a new beginning: quadratic time for a file of anybody's making.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


class NotStrict(ValueError):
    """The text breaks a rule; `rule` is its name."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def read_strict(data: bytes, max_depth: int) -> Json:
    """Parse `data`. Raises NotStrict."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotStrict("utf-8") from None
    _check_depth(data, max_depth)
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except json.JSONDecodeError:
        raise NotStrict("json") from None
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise NotStrict("surrogate") from None
    return value


def _check_depth(data: bytes, max_depth: int) -> None:
    """Before parsing, because the parser itself recurses."""
    depth = 0
    for byte in _STRING.sub(b"", data):
        if byte in b"[{":
            depth += 1
            if depth > max_depth:
                raise NotStrict("depth")
        elif byte in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotStrict("duplicate-key")
    return value


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise NotStrict("integer-range")
    return int(text)


def _no_float(_text: str) -> float:
    raise NotStrict("number")
