"""Many changes in one call leave what they leave one by one, wherever a part of them ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from itertools import count

import msgspec
import pytest

from app.history.operation import Operation, ReferenceSignature, Value
from app.ids import derived_id
from app.models import work as models_work
from app.models.work import BATCH, Change, Recorded
from tests.properties.fleet import COMMUNE_A, COMMUNE_B, Fleet, Replica

OWN: dict[str, Value] = {"owner_unit": COMMUNE_A}
#: How often the whole story below is told; each time it writes as many changes.
ROUNDS = 3


def _signed(operation: Operation) -> Operation:
    """As a province's PC signs reference data; whether it counts is asked by who receives it."""
    return msgspec.structs.replace(operation, signature=ReferenceSignature("0" * 64, "00"))


def _story(n: int) -> Iterator[Change]:
    """Every kind of record and of change, on records of this call and of the one before it."""
    child = derived_id(COMMUNE_A, f"child {n}")
    first = derived_id(COMMUNE_A, "first")
    village = derived_id(COMMUNE_A, f"village {n}")
    yield Change("round", {"name": f"round {n}", "kind": "survey"}, key=f"round {n}")
    yield Change("village", {**OWN, "name": f"Thôn {n}"}, key=f"village {n}")
    yield Change("household", {**OWN, "household_no": str(n), "village": village}, key=f"home {n}")
    home = derived_id(COMMUNE_A, f"home {n}")
    yield Change("child", {**OWN, "full_name": f"n{n}", "household": home}, key=f"child {n}")
    yield Change("circumstance", {"record": child, "group": "C04", "episode": 1}, key=f"C04/{n}")
    yield Change("life_event", {"record": child, "kind": "MOVED_OUT"}, key=f"event {n}")
    yield Change("person", {**OWN, "full_name": "Đinh Rin"}, key=f"person {n}")
    yield Change("handover", {**OWN, "sent_seq": n, "sent_ops": 3}, key=f"handover {n}")
    yield Change("child", {"sex": "1"}, id=child)
    yield Change("child", {"grade": 3, "schooling_status": "in"}, id=child)
    yield Change("child", {"sex": "1"}, id=child)
    yield Change("child", {"full_name": f"Đinh {n}"}, id=first)
    yield Change("circumstance", {"grade": "2"}, id=derived_id(child, f"C04/{n}"))
    yield Change("round", {"state": "closed"}, id=derived_id("round", f"round {n}"))
    yield Change("household", {"phone": f"09{n}"}, id=derived_id(COMMUNE_A, "second"))
    # A move, what is written after it, and back: the owner decides the unit of what follows.
    yield Change("child", {"owner_unit": COMMUNE_B}, id=child)
    yield Change("circumstance", {"record": child, "group": "R01", "episode": 1}, key=f"R01/{n}")
    yield Change("child", {"owner_unit": COMMUNE_B, "grade": 4}, id=child)
    yield Change("child", {"entered_in_error": True, "hidden_reason": "x"}, id=child)
    yield Change("child", {"entered_in_error": False}, id=child)
    yield Change("child", {"owner_unit": COMMUNE_A}, id=first if n % 2 else child)


def _beforehand() -> list[Change]:
    return [
        Change("child", {**OWN, "full_name": "first"}, key="first"),
        Change("household", {**OWN, "household_no": "7"}, key="second"),
    ]


def _changes(rounds: int) -> list[Change]:
    return [change for n in range(rounds) for change in _story(n)]


def _write(
    here: Replica,
    patch: pytest.MonkeyPatch,
    write: Callable[[models_work.UnitOfWork], list[Recorded]],
) -> list[Recorded]:
    """In one transaction, with the salts and the clock that the other way has."""
    salts = count(1)
    patch.setattr(secrets, "token_bytes", lambda size: next(salts).to_bytes(size, "big"))
    with here.store.write("x") as work:
        work.sign_reference = _signed
        work.clock = lambda: 1
        done = write(work)
        work.commit()
    return done


def _both_ways(
    fleet: Fleet, patch: pytest.MonkeyPatch, changes: Sequence[Change], writer: str = "A1"
) -> list[Recorded]:
    """Write on two copies of one PC and compare them to the last byte of every table."""
    one = fleet[writer]
    _write(one, patch, lambda work: work.record_many(_beforehand()))
    other = fleet.copy(one, "copy")
    single = _write(one, patch, lambda work: [work.record(each) for each in changes])
    at_once = _write(other, patch, lambda work: work.record_many(changes))
    assert single == at_once
    assert one.tables() == other.tables()
    assert one.derived_tables() == other.derived_tables()
    other.store.close()
    return single


@pytest.mark.parametrize("batch", [1, 2, 3, 5, 8, 13, 1000])
@pytest.mark.parametrize("writer", ["A1", "D1"])
def test_single_and_bulk_writes_are_equal(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, batch: int, writer: str
) -> None:
    """Also by the district that types for the commune: a record's unit is not the writer's then."""
    monkeypatch.setattr(models_work, "BATCH", batch)
    changes = _changes(ROUNDS)
    assert batch == 1000 or len(changes) > 3 * batch
    done = _both_ways(fleet, monkeypatch, changes, writer)
    assert done[10].op_id is None, "the second saving of one value writes nothing"
    assert sum(one.op_id is None for one in done) < len(done) / 4
    rows = fleet[writer].full_rows()
    assert rows["child", derived_id(COMMUNE_A, "child 1")]["owner_unit"] == COMMUNE_B
    assert rows["child", derived_id(COMMUNE_A, "child 2")]["owner_unit"] == COMMUNE_A
    assert ("round", derived_id("round", "round 0")) in rows
    events = {change.entity for change in changes}
    assert events <= {entity for entity, _ in rows}


def test_more_changes_than_one_part_takes_are_equal_to_single_ones(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the part as long as the program makes it, ending between a child and what is its own."""
    changes = _changes(2 * BATCH // len(_changes(1)) + 1)
    last = max(at for at in range(BATCH) if changes[at].entity == "child" and not changes[at].id)
    assert changes[last + 1].values["record"]
    changes[:0] = [Change("person", OWN, key=f"more {n}") for n in range(BATCH - 1 - last)]
    assert len(changes) > 2 * BATCH
    _both_ways(fleet, monkeypatch, changes)


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_edits_of_loaded_records_are_equal(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """As an import makes them: with the values and the heads each record was read with."""
    monkeypatch.setattr(models_work, "BATCH", batch)
    here = fleet["A1"]
    _write(here, monkeypatch, lambda work: work.record_many(_changes(ROUNDS)[1:2] + _beforehand()))
    changes = []
    values: dict[str, Value]
    for entity, key, field in (
        ("child", "first", "full_name"),
        ("household", "second", "phone"),
        ("village", "village 0", "name"),
    ):
        page = here.open_page(entity, derived_id(COMMUNE_A, key))
        changes += [
            Change(entity, {name: value}, page.id, None, page.base, page.loaded)
            for name, value in ((field, "one"), (field, "two"), ("owner_unit", COMMUNE_B))
        ]
    for entity, key in (("child", "first"), ("household", "second")):
        page = here.open_page(entity, derived_id(COMMUNE_A, key))
        for group in ("C04", "R01"):
            values = {"record": page.id, "group": group, "episode": 1}
            changes.append(Change("circumstance", values, key=f"{group}/1"))
        # What is hidden is hidden with what was written on it in this very call (`_seen`).
        values = {"entered_in_error": True, "hidden_reason": "x"}
        changes.append(Change(entity, values, page.id, None, page.base, page.loaded))
    other = fleet.copy(here, "copy")
    single = _write(here, monkeypatch, lambda work: [work.record(each) for each in changes])
    at_once = _write(other, monkeypatch, lambda work: work.record_many(changes))
    assert single == at_once
    assert all(one.op_id is not None for one in single)
    assert here.tables() == other.tables()
    other.store.close()
