"""What is kept unapplied: listed with its reason in words, let in or dropped by a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.errors import KnownError
from app.history.door import Reason, State
from app.history.operation import Operation
from app.i18n import catalogue
from app.models.audit import recent
from app.models.materialising import Touched
from app.models.queries import refusals, register
from app.models.schema import refused_above
from app.models.work import Change
from app.services.rights import ALL_RIGHTS, Right
from app.services.stopped_lines import StoppedLines
from app.services.waiting import Waiting
from app.services.workplace import Workplace
from app.sync.apply import apply_delivery, release, take_back
from app.sync.delivery import collect
from tests.dumps import dump_store
from tests.workplaces import COMMUNE, KEY, again, make_workplace

DISTRICT = "522@2024"
NEIGHBOUR = "21025@2024"


@dataclass(frozen=True)
class Pair:
    """A commune and the district above it."""

    commune: Workplace
    district: Workplace

    def deliver(
        self,
        operations: Sequence[Operation] | None = None,
        scope: Sequence[str] = (),
        number: int = 1,
    ) -> None:
        """Carry the commune's log, or only some of it, to the district."""
        delivery = collect(self.commune.store, self.commune.tree, DISTRICT, "an")
        if operations is not None:
            delivery = replace(delivery, operations=lambda: iter(operations))
        with self.district.write() as work:
            apply_delivery(
                work,
                delivery,
                self.district.tree,
                number,
                bundle_id=number.to_bytes(32, "big"),
                scope=scope,
            )
            work.commit()

    def log(self) -> list[Operation]:
        return list(collect(self.commune.store, self.commune.tree, DISTRICT, "an").operations())


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(
        make_workplace(tmp_path / "commune", COMMUNE),
        make_workplace(tmp_path / "district", DISTRICT),
    )
    yield made
    made.commune.store.close()
    made.district.store.close()


def _child(workplace: Workplace, owner: str = COMMUNE) -> str:
    with workplace.write() as work:
        done = work.record(Change("child", {"owner_unit": owner, "full_name": "Lê Thị Mai"}))
        work.record(Change("child", {"full_name": "Lê Thị Mây"}, id=done.id))
        work.commit()
    return done.id


def _name(workplace: Workplace, child: str) -> object:
    with workplace.store.read() as reading:
        found = register.record(reading, "child", child)
    return None if found is None else found.values.get("full_name")


def test_an_empty_list_where_everything_was_accepted(pair: Pair) -> None:
    child = _child(pair.commune)
    pair.deliver()
    assert Waiting(pair.district).list() == []
    assert _name(pair.district, child) == "Lê Thị Mây"


def test_an_edit_without_its_creation_waits_and_says_for_what(pair: Pair) -> None:
    child = _child(pair.commune)
    pair.deliver(pair.log()[1:])
    (found,) = Waiting(pair.district).list()
    assert (found.entity, found.id, found.state) == ("child", child, State.WAITING)
    assert found.reason == Reason.PARENT_UNKNOWN.value
    assert found.why == catalogue("vi")["waiting.reason.parent_unknown"]
    assert Waiting(pair.district).counts()[State.WAITING] == 1


def test_opening_the_door_does_not_let_in_what_lacks_its_parent(pair: Pair) -> None:
    child = _child(pair.commune)
    pair.deliver(pair.log()[1:])
    opened = Waiting(pair.district).accept(child)
    assert (opened.accepted, opened.still_waiting) == (0, 1)
    assert _name(pair.district, child) is None


def test_a_refused_record_is_let_in_by_name_with_all_its_operations(pair: Pair) -> None:
    child = _child(pair.commune, NEIGHBOUR)
    pair.deliver()
    found = Waiting(pair.district).list()
    assert found
    assert found[0].reason == Reason.NOT_OWNER.value
    opened = Waiting(pair.district).accept(child)
    assert (opened.asked, opened.accepted, opened.still_waiting) == (2, 2, 0)
    assert _name(pair.district, child) == "Lê Thị Mây"
    assert Waiting(pair.district).list() == []


def test_what_waits_of_a_further_unit_is_judged_by_the_certificate_that_brought_it(
    pair: Pair,
) -> None:
    child = _child(pair.commune, NEIGHBOUR)
    creation, edit = pair.log()
    pair.deliver([edit], (COMMUNE, NEIGHBOUR))
    opened = Waiting(pair.district).accept(child)
    assert (opened.accepted, opened.still_waiting) == (0, 1)
    # Its creation comes by a certificate that does not reach it, and is let in by name: no word of
    # the first unit decides about the second.
    pair.deliver([creation], (COMMUNE,), 2)
    states = {one.operation: one.state for one in Waiting(pair.district).list()}
    assert states == {creation.op_id: State.REFUSED, edit.op_id: State.WAITING}
    opened = Waiting(pair.district).accept(creation.op_id.hex())
    assert (opened.accepted, opened.still_waiting) == (1, 0)
    assert _name(pair.district, child) == "Lê Thị Mây"
    assert Waiting(pair.district).list() == []


def test_what_was_refused_of_a_further_unit_is_judged_anew_under_the_larger_certificate(
    pair: Pair,
) -> None:
    child = _child(pair.commune, NEIGHBOUR)
    pair.deliver(scope=(COMMUNE,))
    assert {one.state for one in Waiting(pair.district).list()} == {State.REFUSED, State.WAITING}
    pair.deliver(scope=(COMMUNE, NEIGHBOUR), number=2)
    assert Waiting(pair.district).list() == []
    assert _name(pair.district, child) == "Lê Thị Mây"


def test_an_operation_may_be_named_by_the_beginning_of_its_id(pair: Pair) -> None:
    _child(pair.commune, NEIGHBOUR)
    pair.deliver()
    first = next(o for o in pair.log() if not o.parents)
    opened = Waiting(pair.district).accept(first.op_id.hex()[:8])
    assert opened.accepted == 1


def test_dropping_refuses_for_good_and_keeps_the_operation(pair: Pair) -> None:
    child = _child(pair.commune)
    pair.deliver(pair.log()[1:])
    assert Waiting(pair.district).drop(child) == 1
    (found,) = Waiting(pair.district).list()
    assert (found.state, found.reason) == (State.REFUSED, Reason.DROPPED_HERE.value)
    with pytest.raises(KnownError) as refused:
        Waiting(pair.district).drop(child)
    assert refused.value.message_id == "waiting.unknown"


@pytest.mark.parametrize("name", ["", "1234", "ffffffffffff", "no-such-id"])
def test_a_name_that_fits_nothing_changes_nothing(pair: Pair, name: str) -> None:
    _child(pair.commune, NEIGHBOUR)
    pair.deliver()
    before = dump_store(pair.district.settings.store_path, KEY)
    with pytest.raises(KnownError) as refused:
        Waiting(pair.district).accept(name)
    assert refused.value.message_id == "waiting.unknown"
    assert dump_store(pair.district.settings.store_path, KEY) == before


def test_the_door_is_opened_only_with_the_right_to_receive(pair: Pair) -> None:
    child = _child(pair.commune, NEIGHBOUR)
    pair.deliver()
    typist = again(pair.district, ALL_RIGHTS - {Right.HANDOVER})
    for act in (Waiting(typist).accept, Waiting(typist).drop, Waiting(typist).dismiss):
        with pytest.raises(KnownError) as refused:
            act(child)
        assert refused.value.message_id == "rights.denied"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_reason_of_the_door_has_a_sentence(language: str) -> None:
    sentences = catalogue(language)
    for reason in Reason:
        assert f"waiting.reason.{reason.value.replace('-', '_')}" in sentences


def _refuse_above(workplace: Workplace, *operations: tuple[str, bytes]) -> None:
    """The district does not take them: as a bundle from it says so."""
    touched = Touched()
    with workplace.write() as work:
        take_back(work, operations, State.REFUSED, Reason.REFUSED_ABOVE, touched)
        for ent_id, op_id in operations:
            row = {"op_id": op_id, "sender": "an", "ent_id": ent_id, "reason": "dropped-here"}
            work.connection.execute(refused_above.insert().values(row))
        work.bring_up_to_date(touched)
        work.commit()


def _let_in(workplace: Workplace, *operations: tuple[str, bytes]) -> None:
    """The district takes them after all."""
    with workplace.write() as work:
        work.connection.execute(refused_above.delete())
        release(work, workplace.tree, operations, lambda _op: True)
        work.commit()


def _owed(workplace: Workplace) -> list[tuple[str, str]]:
    with workplace.store.read() as reading:
        return refusals.refused_above(reading)


def test_what_a_unit_above_refused_and_has_no_page_here_is_left_at_that(pair: Pair) -> None:
    workplace = pair.commune
    with workplace.write() as work:
        home = work.record(Change("household", {"owner_unit": COMMUNE, "head_name": "Lê Bình"}))
        other = work.record(Change("household", {"owner_unit": COMMUNE, "head_name": "Lê An"}))
        work.commit()
    assert home.op_id is not None
    assert other.op_id is not None
    refused = ((home.id, home.op_id), (other.id, other.op_id))
    _refuse_above(workplace, *refused)
    assert _owed(workplace) == [("household", home.id), ("household", other.id)]
    with workplace.store.read() as reading:
        assert refusals.first_page(reading) is None, "there is nowhere to write it anew"
    assert [one.unanswered for one in StoppedLines(workplace).list()] == [True, True]
    waiting = Waiting(workplace)
    assert waiting.dismiss(home.id) == 1
    assert _owed(workplace) == [("household", other.id)]
    # It is kept and told, but asks for nothing any more.
    told = {one.id: one.unanswered for one in waiting.list()}
    assert told == {home.id: False, other.id: True}
    with workplace.store.read() as reading:
        (event,) = recent(reading, 1)
    assert event.event == "waiting-dismiss"
    assert event.details == {"record": home.id, "dismissed": 1}
    for name, said in ((home.id, "waiting.not_unanswered"), ("no-such-id", "waiting.unknown")):
        with pytest.raises(KnownError) as wrong:
            waiting.dismiss(name)
        assert wrong.value.message_id == said
    # Taken in after all and refused once more it is told again.
    _let_in(workplace, *refused)
    assert waiting.list() == []
    _refuse_above(workplace, refused[0])
    assert _owed(workplace) == [("household", home.id)]


def test_only_what_a_unit_above_refused_is_left_at_that(pair: Pair) -> None:
    child = _child(pair.commune, NEIGHBOUR)
    pair.deliver()
    before = dump_store(pair.district.settings.store_path, KEY)
    with pytest.raises(KnownError) as refused:
        Waiting(pair.district).dismiss(child)
    assert refused.value.message_id == "waiting.not_unanswered"
    assert dump_store(pair.district.settings.store_path, KEY) == before
