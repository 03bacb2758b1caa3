"""Told histories: a record that a modified client fills with operations stops nobody else."""

from __future__ import annotations

import pytest

from app.models import log
from tests.properties.fleet import COMMUNE_A, DISTRICT_1, Fleet
from tests.properties.stories import a_child, change, reasons, value, with_operations, written


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many operations of one record a writer may make here."""
    monkeypatch.setattr(log, "MAX_OPERATIONS", 4)
    return 4


def test_what_a_stranger_was_refused_takes_no_room_from_the_record(
    fleet: Fleet, little_room: int
) -> None:
    child = a_child(fleet["A1"])
    fleet.carry(fleet["A1"], DISTRICT_1)
    heads = fleet["D1"].heads("child", child)
    forged = [
        written(fleet["B"], "child", child, heads, full_name=f"Trần {n}")
        for n in range(little_room)
    ]
    fleet["D1"].receive(with_operations(fleet["B"].send(DISTRICT_1), *forged))
    assert set(reasons(fleet["D1"])) == {one.op_id for one in forged}
    change(fleet["D1"], child, full_name="Trần Ân")
    fleet.carry(fleet["D1"], COMMUNE_A)
    assert value(fleet["A1"], child, "full_name") == "Trần Ân"


def test_what_waits_of_a_stranger_takes_no_room_either(fleet: Fleet, little_room: int) -> None:
    child = a_child(fleet["A1"])
    fleet.carry(fleet["A1"], DISTRICT_1)
    forged = [
        written(fleet["B"], "child", child, (bytes([n]) * 32,), full_name=f"Trần {n}")
        for n in range(little_room)
    ]
    fleet["D1"].receive(with_operations(fleet["B"].send(DISTRICT_1), *forged))
    change(fleet["D1"], child, full_name="Trần Ân")
    assert value(fleet["D1"], child, "full_name") == "Trần Ân"
