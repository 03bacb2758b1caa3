"""The ten worked operations of FORMAT.md: bytes and ids, computed by the program and by hand."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from app.history.materialise import materialise
from app.history.operation import decode_line, encode_line
from app.ids import derived_id
from tests.properties.naive import naive_id

PAGE = (Path(__file__).parents[3] / "app" / "sync" / "FORMAT.md").read_text(encoding="utf-8")
PART = PAGE.split("<!-- operations: begin -->")[1].split("<!-- operations: end -->")[0]
EXAMPLE = re.compile(
    r"(?P<number>\d+)\. (?P<text>[^\n]+)\n"
    r" +```\n +(?P<line>\{.*\})\n"
    r" +body_hash (?P<hash>[0-9a-f]{64})\n +op_id +(?P<id>[0-9a-f]{64})\n +```"
)
EXAMPLES = [found.groupdict() for found in EXAMPLE.finditer(PART)]


def test_there_are_ten_of_them_and_all_are_read():
    assert [one["number"] for one in EXAMPLES] == [str(n) for n in range(1, 11)]
    assert PART.count("op_id") == 10


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["number"] for one in EXAMPLES])
def test_a_worked_operation_is_what_the_page_says(example):
    line = example["line"].encode()
    operation = decode_line(line)
    assert encode_line(operation) == line
    assert operation.body_hash.hex() == example["hash"]
    assert operation.op_id.hex() == example["id"]
    assert naive_id(operation) == operation.op_id


@pytest.mark.parametrize("example", EXAMPLES[:9], ids=[one["number"] for one in EXAMPLES[:9]])
def test_the_hash_of_a_body_can_be_computed_from_the_page_alone(example):
    members = json.loads(example["line"])
    body = example["line"].partition('"b":')[2].partition(',"e":')[0]
    salted = bytes.fromhex(members["s"]) + body.encode()
    assert hashlib.sha256(salted).hexdigest() == example["hash"]


def test_the_ids_of_records_follow_from_owner_and_key():
    household, child, *_ = (decode_line(one["line"].encode()) for one in EXAMPLES)
    circumstance = decode_line(EXAMPLES[5]["line"].encode())
    assert household.ent_id == derived_id("21010@2024", "household/HH-17")
    assert child.ent_id == derived_id("21010@2024", "child/HH-17/1")
    assert circumstance.ent_id == derived_id(child.ent_id, "C04/1")


def test_the_child_of_the_page_is_what_its_operations_come_to():
    operations = [decode_line(EXAMPLES[n]["line"].encode()) for n in (1, 2, 3, 4, 6)]
    state = materialise(operations)
    assert state.conflicts == ()
    assert state.values["birth_date"] == "2019-05-02"
    assert state.values["schooling_status"] == "in"
    assert state.values["owner_unit"] == "21025@2024"
    assert [head.hex() for head in state.heads] == [EXAMPLES[6]["id"]]


def test_the_erased_operation_is_the_third_without_its_body():
    third, erased = EXAMPLES[2], EXAMPLES[9]
    assert erased["id"] == third["id"]
    assert erased["hash"] == third["hash"]
    assert "2019-05-02" not in erased["line"]
