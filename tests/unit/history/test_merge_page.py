"""MERGE.md is true: its examples run, its tables are the program's, the tests it names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.history.door import Reason
from app.history.materialise import RecordState, materialise
from app.history.merge_groups import members
from app.history.operation import Operation, Value, make_operation
from tests.properties import naive

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "app" / "history" / "MERGE.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```\n(.*?)\n```", PAGE, re.DOTALL)
ID = "2ddf29f1-0c2b-5d1f-a3d7-87d4f9e6f373"
LINE = re.compile(r"(?P<name>\d+)(?: < (?P<parents>[\d ]+))?: (?P<body>.+)")


def head_below(name: str) -> bytes:
    return name.encode().ljust(32, b".")


def value_of(field: str, text: str) -> Value:
    if field == "_seen":
        return None if text == "null" else sorted(head_below(n).hex() for n in text.split(","))
    known: dict[str, Value] = {"null": None, "true": True, "false": False}
    if text in known:
        return known[text]
    return int(text) if field == "grade" else text


def body_of(text: str) -> dict[str, Value]:
    pairs = (pair.partition("=") for pair in text.split())
    return {field: value_of(field, value) for field, _, value in pairs}


class Example:
    """One block of the page: its operations by number, heads below, and what it claims."""

    def __init__(self, block: str) -> None:
        first, *lines = block.splitlines()
        self.ent_type, _, self.title = first.partition(": ")
        self.operations: dict[str, Operation] = {}
        self.below: list[bytes] = []
        self.claims: list[str] = []
        for line in lines:
            if line.startswith("=> "):
                self.claims = line[3:].split()
            elif line.startswith("below: "):
                self.below = [head_below(name) for name in line[7:].split()]
            else:
                self._add(line)
        assert self.claims, f"{self.title}: nothing is claimed"

    def _add(self, line: str) -> None:
        found = LINE.fullmatch(line)
        assert found is not None, line
        self.operations[found["name"]] = make_operation(
            ent_type=self.ent_type,
            ent_id=ID,
            parents=[self.operations[p].op_id for p in (found["parents"] or "").split()],
            body=body_of(found["body"]),
            salt=found["name"].encode().ljust(16, b"."),
            unit="21010@2024",
            by="21010@2024",
            replica=ID,
            author="x",
            wall=0,
        )

    def ids(self, names: str) -> tuple[bytes, ...]:
        return tuple(sorted(self.operations[name].op_id for name in names.split(",")))

    def check(self, state: RecordState) -> None:
        conflicts = {one.group: one.heads for one in state.conflicts}
        claimed: dict[str, tuple[bytes, ...]] = {}
        for claim in self.claims:
            name, _, said = claim.partition("=")
            if claim in ("hidden", "visible"):
                assert state.hidden == (claim == "hidden")
            elif name == "heads":
                assert state.heads == self.ids(said)
            elif name == "conflict":
                group, _, heads = said.partition(":")
                claimed[group] = self.ids(heads)
            else:
                assert state.values.get(name) == value_of(name, said)
        assert conflicts == claimed


@pytest.mark.parametrize("block", EXAMPLES, ids=[block.splitlines()[0] for block in EXAMPLES])
def test_an_example_of_the_page_comes_out_as_it_says(block):
    example = Example(block)
    operations = list(example.operations.values())
    for order in (operations, operations[::-1]):
        example.check(materialise(order, example.below))
    plain = naive.naive_state(operations, example.below)
    state = materialise(operations, example.below)
    assert {one.group: frozenset(one.heads) for one in state.conflicts} == plain.conflicts
    assert (dict(state.values), state.hidden) == (plain.values, plain.hidden)


def test_there_are_examples():
    assert len(EXAMPLES) >= 14


def table(heading: str) -> list[list[str]]:
    part = PAGE.split(heading, 1)[1].split("\n\n", 1)[0]
    rows = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_groups_of_the_page_are_those_of_the_program():
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for types, group, fields in table("| type | group | fields |"):
        for ent_type in types.split(", "):
            found.setdefault(ent_type, {})[group] = tuple(fields.split())
    assert found == {ent_type: dict(members(ent_type)) for ent_type in naive.GROUPS}


def test_every_reason_stands_on_the_page():
    rows = table("| state | reason | when |")
    assert {row[1].strip("`") for row in rows} == {reason.value for reason in Reason}
    assert {row[0] for row in rows} == {"waiting", "refused"}


def test_every_choice_names_a_test_that_exists():
    written = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")
    )
    rows = table("| choice | why | test |")
    assert len(rows) >= 10
    for *_, name in rows:
        assert f"def {name.strip('`')}(" in written, f"no test is called {name}"
