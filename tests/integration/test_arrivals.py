"""What a bundle would bring is told row by row, field by field, before it is taken in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.forms.issues import Value
from app.ids import derived_id
from app.models.queries import register
from app.models.work import Change
from app.services.arrivals import Arrival, ArrivalRow, Arrivals
from app.services.bench.workshop import Workshop
from app.services.handover_receiving import Receiving
from app.services.masking import MASKED
from app.services.rights import ALL_RIGHTS, Right
from tests.integration.test_import_undo import COMMUNE, Two, _child, _home
from tests.workplaces import again


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    made = Workshop(tmp_path / "world", 12)
    yield Two(made)
    made.close()


def _preview(two: Two, file: Path) -> Arrivals:
    before = two.dump()
    found = Receiving(two.province).preview(file)
    assert two.dump() == before
    assert found.arrivals is not None, found
    return found.arrivals


def _told(found: Arrivals, arrival: Arrival) -> list[ArrivalRow]:
    return [one for one in found.rows if one.arrival is arrival]


def test_new_changed_and_unchanged_records_are_told_apart_field_by_field(two: Two) -> None:
    two.deliver()
    new, home = _home("31")
    mine, child = _child("31/1", home)
    with two.district.store.read() as reading:
        old, same, *_ = register.household_ids(reading)
        stood = register.record(reading, "household", old)
        untouched = register.record(reading, "household", same)
    assert stood is not None
    assert untouched is not None
    was = untouched.values.get("address_detail")
    two.write(
        two.district,
        new,
        mine,
        Change("household", {"address_detail": "Xóm Mới"}, id=old),
        Change("household", {"address_detail": "Tạm"}, id=same),
    )
    two.write(two.district, Change("household", {"address_detail": was}, id=same))
    found = _preview(two, two.send())
    assert {one.id for one in _told(found, Arrival.NEW)} == {home, child}
    (changed,) = _told(found, Arrival.CHANGED)
    assert changed.id == old
    assert changed.who == stood.values["head_name"]
    (one,) = changed.changes
    assert one.label
    assert (one.before, one.after) == (stood.values.get("address_detail"), "Xóm Mới")
    assert same not in {one.id for one in found.rows}, "it looks as before"
    assert not found.more
    assert ("", 1, 1) in [(one.village, one.households, one.children) for one in found.villages]


def test_what_would_be_in_conflict_is_told_first(two: Two) -> None:
    two.deliver()
    with two.district.store.read() as reading:
        old, *_ = register.household_ids(reading)
    for workplace, words in ((two.district, "Xóm Trên"), (two.province, "Xóm Dưới")):
        two.write(workplace, Change("household", {"address_detail": words}, id=old))
    found = _preview(two, two.send())
    first = found.rows[0]
    assert (first.arrival, first.id) == (Arrival.CONFLICT, old)


def test_what_would_wait_is_told_with_why(two: Two) -> None:
    two.deliver()
    new, home = _home("32")
    two.write(two.district, new)
    got = two.deliver()
    two.undo.set_aside(got.handover, "Thử")
    two.write(two.district, Change("household", {"address_detail": "Xóm Giữa"}, id=home))
    found = _preview(two, two.send())
    (waits,) = _told(found, Arrival.WAITING)
    assert waits.id == home
    assert waits.why
    assert waits.who == new.values["head_name"], "it stands in what was set aside"


def test_a_child_whose_household_is_not_here_is_called_by_its_name_and_village(two: Two) -> None:
    two.deliver()
    place = Change("village", {"owner_unit": COMMUNE, "name": "Thôn Mới"}, key="thôn mới")
    home, homed = _home("41")
    home = replace(home, values={**home.values, "village": derived_id(COMMUNE, "thôn mới")})
    child, childed = _child("41/1", homed)
    second, younger = _child("41/2", homed)
    two.write(two.district, place, home, child)
    got = two.deliver()
    two.undo.set_aside(got.handover, "Thử")
    two.write(two.district, second, Change("child", {"other_name": "Bé"}, id=childed))
    rows = {one.id: one for one in _preview(two, two.send()).rows}
    assert rows[childed].arrival is Arrival.WAITING
    for ent_id in (childed, younger):
        assert (rows[ent_id].who, rows[ent_id].village) == (child.values["full_name"], "Thôn Mới")


def test_a_new_village_is_told_by_its_name(two: Two) -> None:
    two.deliver()
    two.write(two.district, Change("village", {"owner_unit": COMMUNE, "name": "Thôn Mới"}, key="m"))
    (row,) = _told(_preview(two, two.send()), Arrival.NEW)
    assert (row.entity, row.who) == ("village", "Thôn Mới")


def test_a_return_is_told_as_one_with_whose_and_why(two: Two) -> None:
    two.deliver()
    with two.district.store.read() as reading:
        old, *_ = register.household_ids(reading)
        stood = register.record(reading, "household", old)
    assert stood is not None
    said = {"record": old, "result": "returned", "reason": "Thiếu số nhà", "reviewer": "Lê Văn Rà"}
    two.write(two.district, Change("review", said))
    (row,) = _told(_preview(two, two.send()), Arrival.RETURNED)
    assert row.who == stood.values["head_name"]
    assert row.why.endswith("Thiếu số nhà")


def test_a_protected_value_is_told_to_change_and_never_said(two: Two) -> None:
    two.deliver()
    with two.district.store.read() as reading:
        old, *_ = register.household_ids(reading)
    flags: dict[str, Value] = {"family_problem_flags": ["1"]}
    two.write(two.district, Change("household", flags, id=old))
    (row,) = [one for one in _preview(two, two.send()).rows if one.id == old]
    (one,) = row.changes
    assert one.after is MASKED


def test_who_may_not_read_persons_is_told_no_name(two: Two) -> None:
    two.deliver()
    new, _home_id = _home("33")
    two.write(two.district, new)
    file = two.send()
    blind = again(two.province, ALL_RIGHTS - {Right.READ, Right.REVEAL, Right.EXPORT})
    found = Receiving(blind).preview(file)
    assert found.arrivals is not None
    assert {(one.who, one.village, one.changes) for one in found.arrivals.rows} == {("", "", ())}
    assert COMMUNE
