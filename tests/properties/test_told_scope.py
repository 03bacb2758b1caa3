"""Told histories: the units that a receiver's scope reaches become more, or fewer."""

from __future__ import annotations

import pytest

from app.models.queries import sending, totals
from app.models.schema import scope_out
from app.sync.delivery import collect
from tests.properties import fleet as fleets
from tests.properties.fleet import (
    COMMUNE_A,
    COMMUNE_B,
    COMMUNE_C,
    DISTRICT_2,
    PROVINCE,
    SmallTree,
)
from tests.properties.stories import a_child, a_circumstance, change, value


class Merged(SmallTree):
    """Commune A went whole into C, which lies in the other district."""

    def covers(self, scope, unit):
        reached = super().covers(scope, unit)
        return reached or (unit == COMMUNE_A and super().covers(scope, COMMUNE_C))


@pytest.fixture
def merge(monkeypatch):
    """The decree arrives everywhere; with `merged=False` it never was."""
    return lambda merged=True: monkeypatch.setattr(
        fleets, "TREE", Merged() if merged else SmallTree()
    )


def rounds(fleet, number: int = 2) -> None:
    for _ in range(number):
        fleet.full_round()


def test_a_commune_merged_into_another_district_brings_its_old_records_there(fleet, merge):
    child = a_child(fleet["A1"])
    circumstance = a_circumstance(fleet["A1"], child)
    rounds(fleet, 3)
    assert fleet["D2"].row("child", child) is None
    merge()
    rounds(fleet)
    for name in ("D2", "C"):
        assert fleet[name].row("circumstance", circumstance) is not None, name
        assert value(fleet[name], child, "full_name") == "Trần An"
    change(fleet["A1"], child, full_name="Trần Ân")
    rounds(fleet)
    for name in ("D2", "C"):
        assert value(fleet[name], child, "full_name") == "Trần Ân", name
        assert not fleet[name].operations(fleets.State.WAITING)


def test_who_left_the_merged_commune_before_is_known_to_its_new_district(fleet, merge):
    child = a_child(fleet["A1"])
    rounds(fleet)
    move = change(fleet["A1"], child, owner_unit=COMMUNE_B)
    rounds(fleet)
    edit = change(fleet["B"], child, full_name="Trần Ân")
    rounds(fleet)
    merge()
    rounds(fleet)
    known = fleet["D2"].states()
    assert known[move] is fleets.State.ACCEPTED, "as for a PC that hears of the commune at once"
    assert edit not in known


def test_a_bundle_that_is_lost_is_followed_by_one_that_holds_the_same(fleet, merge):
    child = a_child(fleet["A1"])
    rounds(fleet, 3)
    merge()
    lost, again = fleet["P"].send(DISTRICT_2), fleet["P"].send(DISTRICT_2)
    for sent in (lost, again):
        assert child in {one.ent_id for one in sent.operations}
    fleet["D2"].receive(again)
    assert fleet["D2"].row("child", child) is not None
    fleet.carry(fleet["D2"], PROVINCE)
    heard = fleet["P"].send(DISTRICT_2)
    assert child not in {one.ent_id for one in heard.operations}, "what arrived is not sent again"


def test_the_word_of_an_earlier_bundle_does_not_cover_what_came_into_the_scope_since(fleet, merge):
    child = a_child(fleet["A1"])
    rounds(fleet, 3)
    on_its_way = fleet["P"].send(DISTRICT_2)
    merge()
    fleet["P"].send(DISTRICT_2)
    fleet["D2"].receive(on_its_way)
    fleet.carry(fleet["D2"], PROVINCE)
    fleet.carry(fleet["P"], DISTRICT_2)
    assert fleet["D2"].row("child", child) is not None


def test_a_commune_that_leaves_and_comes_back_brings_what_was_written_in_between(fleet, merge):
    child = a_child(fleet["A1"])
    rounds(fleet)
    merge()
    rounds(fleet)
    merge(merged=False)
    rounds(fleet)
    missed = change(fleet["A1"], child, full_name="Trần Ân")
    rounds(fleet)
    assert missed not in fleet["D2"].states()
    merge()
    rounds(fleet)
    assert fleet["D2"].states()[missed] is fleets.State.ACCEPTED


def test_what_is_told_before_is_what_goes_and_telling_it_notes_nothing(fleet, merge):
    a_circumstance(fleet["A1"], a_child(fleet["A1"]))
    rounds(fleet, 3)
    merge()
    units, here = fleets.TREE.below(DISTRICT_2), fleet["P"]
    before = here.tables()["scope_out"]
    with here.store.read() as reading:
        span = sending.span_for(reading, DISTRICT_2, units, here.station)
        told = sending.carried(reading, span, units), totals.touched(reading, span, units)
    assert here.tables()["scope_out"] == before
    sent = here.send(DISTRICT_2)
    with here.store.read() as reading:
        went = totals.touched(reading, sent.delivery.span, units)
    assert (told[0], told[1]) == (len(sent.operations), went)
    assert told[1] == (0, 1)


def test_a_new_replica_id_believes_nothing_of_what_went_out_under_the_old_one(fleet, merge):
    child = a_child(fleet["A1"])
    rounds(fleet, 3)
    merge()
    fleet["P"].send(DISTRICT_2)  # it reaches nobody, and the disk it was noted on is restored
    fleets.take_new_replica(fleet["P"].store)
    with fleet["P"].store.read() as reading:
        assert reading.execute(scope_out.select()).all() == []
    rounds(fleet)
    assert fleet["D2"].row("child", child) is not None


def test_a_neighbour_that_had_a_part_of_the_log_and_gets_all_of_it_gets_the_old_part_too(fleet):
    one, other = fleet["A1"], fleet["A2"]
    child = a_child(one)

    def handed(within):
        delivery = collect(one.store, fleets.TREE, COMMUNE_A, one.station, within=within)
        operations = tuple(delivery.operations())
        sent = fleets.Sent(
            delivery,
            fleets.bundle_id_of(delivery, operations),
            operations,
            fleets.head_of(delivery, operations),
        )
        with one.store.write(one.name) as work:
            header = delivery.header(sent.bundle_id)
            fleets.scope_out.note(work.connection, delivery.replica, COMMUNE_A, delivery.about)
            fleets.lines.note_sent(work.connection, header, COMMUNE_A, fleets.NO_FILE, 0)
            work.commit()
        other.receive(sent)
        fleet.carry(other, COMMUNE_A)

    handed([COMMUNE_B])
    handed([COMMUNE_B])
    assert other.row("child", child) is None
    handed(None)
    assert other.row("child", child) is not None
    assert handed_next(one) == 0


def handed_next(here) -> int:
    return len(tuple(collect(here.store, fleets.TREE, COMMUNE_A, here.station).operations()))
