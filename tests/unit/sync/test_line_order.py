"""The places that the operations of a delivery get in the log, whatever order their lines have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.history.door import State
from app.history.operation import Operation
from app.models.queries.receiving import Held, Judged
from app.models.work import UnitOfWork
from app.sync import line_order
from app.sync.line_order import as_they_came, take_places

WORK = cast(UnitOfWork, SimpleNamespace(connection=None))


@pytest.fixture(autouse=True)
def _positions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_order, "next_positions", lambda _connection, _count: 101)


def operation(name: bytes, entity: str, *parents: bytes) -> Operation:
    said: dict[str, Any] = {"body_json": None, "body": None, "salt": None, "body_hash": b""}
    about = {"unit": "", "by": "", "replica": "", "author": "", "wall": 0}
    return Operation(name, entity, entity, parents, **said, **about)


def places(*lines: Operation) -> dict[bytes, int]:
    pending: dict[tuple[str, str], list[Operation]] = {}
    for one in lines:
        pending.setdefault((one.ent_type, one.ent_id), []).append(one)
    return take_places(WORK, lines, pending)


def test_lines_of_several_records_keep_the_order_in_which_they_came() -> None:
    born, said, mended = (
        operation(b"a", "child"),
        operation(b"b", "review"),
        operation(b"c", "child", b"a"),
    )
    assert places(born, said, mended) == {b"a": 101, b"b": 102, b"c": 103}


def test_what_comes_twice_has_one_place() -> None:
    born, said = operation(b"a", "child"), operation(b"b", "review")
    found = take_places(WORK, [born, said, born], {("child", "child"): [born]})
    assert found == {b"a": 101}


def test_what_is_built_on_goes_first_where_the_lines_are_in_another_order() -> None:
    born, said, mended = (
        operation(b"a", "child"),
        operation(b"b", "review"),
        operation(b"c", "child", b"a"),
    )
    assert places(mended, said, born) == {b"a": 101, b"b": 102, b"c": 103}


def test_nothing_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(line_order, "next_positions")
    assert take_places(WORK, [operation(b"a", "child")], {}) == {}


def test_verdicts_go_by_where_operations_lie_and_within_a_record_as_given() -> None:
    lies = {b"a": 9, b"b": 5, b"c": 3}
    held = {
        ("child", "child"): {it: Held(State.WAITING, None, lies[it], ()) for it in (b"a", b"c")},
        ("review", "review"): {b"b": Held(State.WAITING, None, lies[b"b"], ())},
    }
    given = [
        Judged(record, op_id, State.ACCEPTED, None, record, ())
        for record, op_id in (("child", b"a"), ("child", b"c"), ("review", b"b"))
    ]
    assert [one.op_id for one in as_they_came(given, held)] == [b"a", b"b", b"c"]
