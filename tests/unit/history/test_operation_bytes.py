"""An operation has one spelling, and its name is the hash of its content."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.history.operation import (
    MAX_CONTENT_BYTES,
    MAX_INTEGER,
    MAX_LINE_BYTES,
    MAX_PARENTS,
    MAX_TEXT_BYTES,
    MalformedOperation,
    Operation,
    ReferenceSignature,
    check_body,
    decode_line,
    encode_line,
    make_operation,
)
from tests.properties.naive import naive_id

CHILD = "2ddf29f1-0c2b-5d1f-a3d7-87d4f9e6f373"
REPLICA = "11111111-2222-4333-8444-55555555555a"


def made(**changes: object) -> Operation:
    given_values: dict[str, object] = {
        "ent_type": "child",
        "ent_id": CHILD,
        "parents": (),
        "body": {
            "full_name": "Trần An",
            "grade": 3,
            "complete": True,
            "sex": None,
            "x": ["a", "b"],
        },
        "salt": bytes(range(16)),
        "unit": "21010@2024",
        "by": "522@2024",
        "replica": REPLICA,
        "author": "Lê Thị Hoa",
        "wall": 1_700_000_000,
    }
    return make_operation(**(given_values | changes))  # type: ignore[arg-type]


def line_with(**changes: object) -> bytes:
    """The line of `made()` with members changed or, when None, left out; spelled canonically."""
    members = json.loads(encode_line(made()))
    members.update(changes)
    kept = {name: value for name, value in members.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_a_line_reads_back_as_the_same_operation():
    operation = made(parents=(bytes([2] * 32), bytes([1] * 32)))
    assert decode_line(encode_line(operation)) == operation
    assert operation.parents == (bytes([1] * 32), bytes([2] * 32))


def test_the_id_is_the_hash_of_the_documented_array():
    operation = made(parents=(bytes([1] * 32),))
    body = json.dumps(
        operation.body, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    assert operation.body_json is not None
    assert operation.body_json.encode() == body
    assert operation.body_hash == hashlib.sha256(operation.salt + body).digest()
    assert operation.op_id == naive_id(operation)


def test_the_signature_of_reference_data_takes_no_part_in_the_id():
    signed = msgspec.structs.replace(made(), signature=ReferenceSignature("ab" * 32, "30" * 70))
    read = decode_line(encode_line(signed))
    assert read.signature == signed.signature
    assert read.op_id == made().op_id


def test_an_erased_operation_keeps_its_id():
    whole = made()
    erased = msgspec.structs.replace(whole, body=None, body_json=None, salt=None)
    read = decode_line(encode_line(erased))
    assert read.op_id == whole.op_id
    assert read.body is None
    assert b"full_name" not in encode_line(erased)


CONTENT = {
    "ent_type": "household",
    "ent_id": "2ddf29f1-0c2b-5d1f-a3d7-87d4f9e6f374",
    "parents": (bytes([9] * 32),),
    "body": {"full_name": "Trần Ân"},
    "salt": bytes(16),
    "unit": "21025@2024",
    "by": "21025@2024",
    "replica": "11111111-2222-4333-8444-555555555556",
    "author": "Lê Thị Huệ",
    "wall": 1_700_000_001,
}


@pytest.mark.parametrize("member", CONTENT)
def test_every_part_of_the_content_changes_the_id(member):
    assert made(**{member: CONTENT[member]}).op_id != made().op_id


@dataclass(frozen=True)
class Bad:
    rule: str
    line: bytes


NFD = unicodedata.normalize("NFD", "Trần Ân")
HEX = "ab" * 32
BAD_LINES = {
    "not JSON": Bad("line-json", b"{"),
    "not UTF-8": Bad("line-json", b'{"a":"\xff"}'),
    "no object": Bad("line-json", b"[]"),
    "an unknown member": Bad("line-json", line_with(z=1)),
    "a member missing": Bad("line-json", line_with(e=None)),
    "a clock that is no integer": Bad("line-json", line_with(w=1.5)),
    "nesting without end": Bad("line-json", line_with(b=json.loads("[" * 500 + "]" * 500))),
    "not an operation": Bad("line-value", line_with(t="h")),
    "an id in capitals": Bad("line-value", line_with(i=CHILD.upper())),
    "an id too short": Bad("line-value", line_with(i=CHILD[:-1])),
    "a replica that is no id": Bad("line-value", line_with(r="A1")),
    "a type in capitals": Bad("line-value", line_with(e="Child")),
    "a unit without edition": Bad("line-value", line_with(u="21010")),
    "a unit of four digits": Bad("line-value", line_with(u="2101@2024")),
    "outside is no writer's unit": Bad("line-value", line_with(y="outside")),
    "a clock beyond all integers": Bad("line-value", line_with(w=MAX_INTEGER + 1)),
    "a clock beyond 64 bits": Bad("line-value", line_with(w=10**30)),
    "an author of 201 letters": Bad("line-value", line_with(a="x" * 201)),
    "an author with a tab": Bad("control-character", line_with(a="a\tb")),
    "an author in NFD": Bad("not-nfc", line_with(a=NFD)),
    "a parent in capitals": Bad("line-value", line_with(p=[HEX.upper()])),
    "a parent too short": Bad("line-value", line_with(p=[HEX[:-2]])),
    "parents out of order": Bad("set-order", line_with(p=[HEX, "aa" * 32])),
    "a parent twice": Bad("set-order", line_with(p=[HEX, HEX])),
    "65 parents": Bad("too-many-parents", line_with(p=[f"{n:064x}" for n in range(65)])),
    "a signature that is no hex": Bad("line-value", line_with(g={"c": HEX, "s": "x:y"})),
    "a certificate's name too short": Bad("line-value", line_with(g={"c": "ab", "s": "30" * 70})),
    "a signature too long": Bad("line-value", line_with(g={"c": HEX, "s": "30" * 73})),
    "a signature with more in it": Bad("line-json", line_with(g={"c": HEX, "s": "30", "t": ""})),
    "neither body nor hash": Bad("line-value", line_with(b=None)),
    "body and hash": Bad("line-value", line_with(h=HEX)),
    "a hash with a salt": Bad("line-value", line_with(b=None, h=HEX)),
    "a hash too short": Bad("line-value", line_with(b=None, s=None, h=HEX[:-2])),
    "a body without salt": Bad("line-value", line_with(s=None)),
    "a salt too short": Bad("line-value", line_with(s="00" * 15)),
    "a salt that is no hex": Bad("line-value", line_with(s="zz" * 16)),
    "a salt in capitals": Bad("line-value", line_with(s="AB" * 16)),
    "a body that is a list": Bad("line-json", line_with(b=["a"])),
    "a floating number": Bad("line-json", line_with(b={"weight_kg": 3.5})),
    "a map in a body": Bad("line-json", line_with(b={"a": {"b": 1}})),
    "a number in a set": Bad("line-json", line_with(b={"a": [1]})),
    "an integer too large": Bad("integer-range", line_with(b={"grade": MAX_INTEGER + 1})),
    "an integer far too large": Bad("integer-range", line_with(b={"grade": 10**30})),
    "a field in capitals": Bad("field-name", line_with(b={"Name": "x"})),
    "a field with a blank": Bad("field-name", line_with(b={"full name": "x"})),
    "an empty field name": Bad("field-name", line_with(b={"": "x"})),
    "a set out of order": Bad("set-order", line_with(b={"a": ["b", "a"]})),
    "a set with one twice": Bad("set-order", line_with(b={"a": ["a", "a"]})),
    "a text in NFD": Bad("not-nfc", line_with(b={"full_name": NFD})),
    "a set in NFD": Bad("not-nfc", line_with(b={"a": [NFD]})),
    "a tab in a text": Bad("control-character", line_with(b={"note": "a\tb"})),
    "a delete character": Bad("control-character", line_with(b={"note": "a\x7fb"})),
    "a text too long": Bad("text-length", line_with(b={"note": "x" * (MAX_TEXT_BYTES + 1)})),
    "a text of too many bytes": Bad("text-length", line_with(b={"note": "ẫ" * 6000})),
    "a content too long": Bad(
        "text-length", line_with(b={"content": "x" * (MAX_CONTENT_BYTES + 1)})
    ),
    "a line too long": Bad("line-length", line_with(b={f"f{n}": "x" * 16000 for n in range(70)})),
    "blanks between members": Bad("not-canonical", encode_line(made()).replace(b",", b", ", 1)),
    "members in another order": Bad(
        "not-canonical", json.dumps(dict(reversed(json.loads(line_with()).items()))).encode()
    ),
    "a member twice": Bad("not-canonical", line_with()[:-1] + b',"y":"522@2024"}'),
    "a field twice": Bad(
        "not-canonical", line_with(b={"grade": 1}).replace(b'"grade":1', b'"grade":2,"grade":1')
    ),
    "fields out of order": Bad(
        "not-canonical",
        line_with(b={"a": 1, "b": 2}).replace(b'{"a":1,"b":2}', b'{"b":2,"a":1}'),
    ),
    "blanks in a body": Bad(
        "not-canonical", line_with(b={"a": 1}).replace(b'{"a":1}', b'{"a": 1}')
    ),
    "a letter spelled as an escape": Bad(
        "not-canonical", line_with(b={"a": "x"}).replace(b'"x"', b'"\\u0078"')
    ),
    "half of a surrogate pair": Bad(
        "line-json", line_with(b={"a": "x"}).replace(b'"x"', b'"\\ud800"')
    ),
    "minus zero": Bad("not-canonical", line_with(b={"a": 0}).replace(b":0}", b":-0}")),
    "a line feed at the end": Bad("not-canonical", encode_line(made()) + b"\n"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_second_spelling_is_refused_by_the_rule_it_breaks(name):
    with pytest.raises(MalformedOperation) as refused:
        decode_line(BAD_LINES[name].line)
    assert refused.value.rule == BAD_LINES[name].rule


#: What stands before and after the body of a line, in texts of its writer.
MARKS = ('"b":{', '},"e":"child"', '"b":{},"e":"child"')


@pytest.mark.parametrize("mark", MARKS)
def test_the_marks_of_a_body_may_stand_in_texts(mark):
    body = {"note": mark, "phones": [mark]}
    operation = made(author=mark, body=body)
    read = decode_line(encode_line(operation))
    assert (read, read.body, read.author) == (operation, body, mark)
    assert read.body_json == operation.body_json


BAD_PARTS = {
    "line-value": [
        {"ent_id": "x"},
        {"replica": REPLICA.upper()},
        {"unit": "outside"},
        {"by": ""},
        {"ent_type": "child type"},
        {"wall": 2**60},
        {"author": "x" * 201},
        {"salt": bytes(15)},
        {"parents": (b"short",)},
    ],
    "not-nfc": [{"author": NFD}, {"body": {"full_name": NFD}}],
    "control-character": [{"author": "a\nb\x00"}, {"body": {"note": "\x1f"}}],
    "too-many-parents": [{"parents": [n.to_bytes(32, "big") for n in range(MAX_PARENTS + 1)]}],
    "line-length": [{"body": {f"f{n}": "x" * 16000 for n in range(70)}}],
    "value-kind": [{"body": {"weight": 3.5}}, {"body": {"a": [1]}}, {"body": {"a": {"b": 1}}}],
    "set-order": [{"body": {"a": ["b", "a"]}}],
}


@pytest.mark.parametrize(
    ("rule", "change"), [(rule, c) for rule, changes in BAD_PARTS.items() for c in changes]
)
def test_nothing_is_written_that_no_reader_would_take(rule, change):
    with pytest.raises(MalformedOperation) as refused:
        made(**change)
    assert refused.value.rule == rule


def test_the_largest_things_allowed_are_read_back():
    largest = made(
        parents=[n.to_bytes(32, "big") for n in range(MAX_PARENTS)],
        author="ẫ" * 200,
        wall=-MAX_INTEGER,
        body={"content": "x" * MAX_CONTENT_BYTES, "note": "ẫ" * (MAX_TEXT_BYTES // 3), "n": -1},
    )
    line = encode_line(largest)
    assert decode_line(line) == largest
    assert len(line) <= MAX_LINE_BYTES


texts = (
    st.text(max_size=12)
    .map(lambda t: unicodedata.normalize("NFC", t))
    .filter(lambda t: unicodedata.is_normalized("NFC", t))
)
names = st.from_regex(r"_?[a-z][a-z0-9_]{0,8}", fullmatch=True)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**54), 2**54),
    texts,
    st.lists(texts, max_size=4).map(lambda items: sorted(set(items))),
)


@given(st.dictionaries(names, values, max_size=8))
def test_whatever_the_writer_takes_the_reader_takes_and_nothing_else(body):
    """Both sides agree on every body, also where the reader judges all texts in one sweep."""
    line = line_with(b=dict(body))
    if msgspec.json.encode(msgspec.json.decode(line), order="deterministic") != line:
        return  # Python's json spells some rare characters otherwise than the canonical form
    if _takes(check_body, body):
        assert decode_line(line).body == body
        assert decode_line(line).op_id == naive_id(decode_line(line))
    else:
        assert not _takes(decode_line, line)


def _takes(judge: Callable[[Any], object], given_to_it: object) -> bool:
    try:
        judge(given_to_it)
    except MalformedOperation:
        return False
    return True
