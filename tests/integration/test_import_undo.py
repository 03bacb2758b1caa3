"""What a received bundle brought is taken back and used again; bundles as files, real keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import KnownError
from app.history.door import State
from app.i18n import text
from app.ids import derived_id
from app.models.queries import register
from app.models.schema import ENTITY_TABLES
from app.models.work import Change
from app.services.bench.workshop import PROVINCE, Workshop
from app.services.checks import CheckSummary
from app.services.exchange import Received
from app.services.handover_receiving import Receiving
from app.services.handover_register import HandoverRegister, SendBack
from app.services.handover_sending import Sending
from app.services.handover_values import ACCEPTED, RETURNED, TIERS
from app.services.import_undo import ImportUndo, Obstacle
from app.services.rights import ALL_RIGHTS, Right
from app.services.stopped_lines import StoppedLines
from app.services.waiting import Waiting
from app.services.workplace import Workplace
from tests.dumps import Dump, dump_store
from tests.unit.forms.invented import GOOD_CHILD, GOOD_HOUSEHOLD
from tests.workplaces import again

COMMUNE = "21010@2024"
#: A commune of another district.
ELSEWHERE = "21040@2024"


class Two:
    """A district with its province above it."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.district: Workplace = workshop.giver
        self.province: Workplace = workshop.receiver
        self.undo = ImportUndo(self.province)

    def send(self) -> Path:
        sending = Sending(self.district, lambda _progress, _units: CheckSummary())
        return sending.send(PROVINCE, self.workshop.scratch).file

    def receive(self, file: Path) -> Received:
        (result,) = Receiving(self.province).receive([file])
        assert result.received is not None, result
        return result.received

    def deliver(self) -> Received:
        return self.receive(self.send())

    def write(self, workplace: Workplace, *changes: Change) -> None:
        with workplace.write() as work:
            for change in changes:
                work.record(change)
            work.commit()

    def value(self, workplace: Workplace, entity: str, ent_id: str, name: str) -> object:
        with workplace.store.read() as reading:
            found = register.record(reading, entity, ent_id)
        return None if found is None else found.values.get(name)

    def dump(self) -> Dump:
        settings = self.province.settings
        return dump_store(settings.store_path, self.province.dek)

    def handovers(self) -> list[dict[str, object]]:
        """What the handovers say, but for the word that an undo puts beside its receipt."""
        with self.province.store.read() as reading:
            found = reading.execute(select(ENTITY_TABLES["handover"])).mappings().all()
        left_out = {"_heads", *(f"received_{tier}_set_aside" for tier in TIERS)}
        rows = [{name: row[name] for name in row if name not in left_out} for row in found]
        return sorted(rows, key=lambda row: str(row["id"]))


#: What differs after something was set aside and came back, though nothing about people does.
#: The handovers are compared by what they say.
_BY_ARRIVAL = ("op", "counter", "audit_event", "handover")


def _people(dump: Dump) -> dict[str, object]:
    return {name: rows for name, rows in dump.items() if name not in _BY_ARRIVAL}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    made = Workshop(tmp_path / "world", 12)
    yield Two(made)
    made.close()


def _home(key: str) -> tuple[Change, str]:
    home = derived_id(COMMUNE, f"household/{key}")
    values = {**GOOD_HOUSEHOLD, "owner_unit": COMMUNE, "village": None, "household_no": key}
    return Change("household", values, key=f"household/{key}"), home


def _child(key: str, home: str) -> tuple[Change, str]:
    values = {**GOOD_CHILD, "owner_unit": COMMUNE, "household": home, "personal_id": None}
    return Change("child", values, key=f"child/{key}"), derived_id(COMMUNE, f"child/{key}")


def test_a_bundle_is_taken_back_and_used_again_and_nothing_differs(two: Two) -> None:
    two.deliver()
    new, home = _home("31")
    mine, child = _child("31/1", home)
    with two.district.store.read() as reading:
        (old, *_) = register.household_ids(reading)
    before = two.value(two.province, "household", old, "address_detail")
    two.write(two.district, new, mine, Change("household", {"address_detail": "Xóm Mới"}, id=old))
    earlier = two.dump()
    got = two.deliver()
    received, told = two.dump(), two.handovers()
    seen = two.undo.preview(got.handover)
    assert two.dump() == received
    assert (seen.households_gone, seen.children_gone) == (1, 1)
    assert (seen.households_changed, seen.children_changed) == (1, 0)
    assert (seen.will_wait, seen.left_without, seen.in_the_way) == (0, 0, None)
    assert two.undo.set_aside(got.handover, "Giao nhầm tệp cũ") == seen
    reasons = {one.why for one in StoppedLines(two.province).list()}
    assert reasons == {text("waiting.reason.set_aside")}
    assert "Sổ bàn giao" in reasons.pop(), "where it may be used again"
    assert two.value(two.province, "household", home, "household_no") is None
    assert two.value(two.province, "child", child, "full_name") is None
    assert two.value(two.province, "household", old, "address_detail") == before
    # Of households and children nothing is left of it; the evidence and the handover stay.
    now = two.dump()
    for table in ("household", "child", "circumstance", "conflict"):
        assert now[table] == earlier[table], table
    assert two.handovers() == told
    assert two.value(two.province, "handover", got.handover, "received_province_set_aside")
    (line,) = [one for one in HandoverRegister(two.province).list() if one.id == got.handover]
    assert line.undone is not None
    assert (line.undone.by, line.undone.why) == (
        two.province.account.full_name,
        "Giao nhầm tệp cũ",
    )
    aside = Waiting(two.province).list((State.SET_ASIDE,))
    assert len(aside) == seen.operations

    done = two.undo.release(got.handover)
    assert (done.asked, done.accepted) == (seen.operations, seen.operations)
    assert _people(two.dump()) == _people(received)
    assert two.handovers() == told
    assert not two.value(two.province, "handover", got.handover, "received_province_set_aside")


def test_what_belongs_to_a_child_of_the_bundle_is_set_aside_with_it_and_does_not_wait(
    two: Two,
) -> None:
    two.deliver()
    new, home = _home("34")
    mine, child = _child("34/1", home)
    values = {"record": child, "group": "C04", "episode": 1, "subgroups": ["C04.1"]}
    two.write(two.district, new, mine, Change("circumstance", dict(values), key="C04/1"))
    got = two.deliver()
    seen = two.undo.set_aside(got.handover, "Giao nhầm")
    assert (seen.operations, seen.will_wait) == (3, 0)
    assert len(Waiting(two.province).list((State.SET_ASIDE,))) == 3
    assert Waiting(two.province).list((State.WAITING,)) == []
    done = two.undo.release(got.handover)
    assert (done.asked, done.accepted) == (3, 3)


def test_what_was_set_aside_stays_so_when_it_comes_again(two: Two) -> None:
    two.deliver()
    new, home = _home("32")
    two.write(two.district, new)
    file = two.send()
    got = two.receive(file)
    two.undo.set_aside(got.handover, "Sai đợt")
    (again_,) = Receiving(two.province).receive([file])
    assert again_.status == "already"
    # No receipt has come back, so the next bundle holds all of it once more, and more.
    two.write(two.district, Change("household", {"address_detail": "Xóm Dưới"}, id=home))
    got = two.deliver()
    assert two.value(two.province, "household", home, "household_no") is None
    assert got.waiting == 1
    undone = [one.id for one in HandoverRegister(two.province).list() if one.undone is not None]
    assert len(undone) == 1
    assert got.handover not in undone


def test_later_bundles_that_build_on_it_wait_until_it_counts_again(two: Two) -> None:
    two.deliver()
    new, home = _home("33")
    two.write(two.district, new)
    first = two.deliver()
    mine, child = _child("33/1", home)
    two.write(two.district, mine, Change("household", {"address_detail": "Xóm Trên"}, id=home))
    two.deliver()
    before, told = two.dump(), two.handovers()
    seen = two.undo.set_aside(first.handover, "Thử")
    assert (seen.households_gone, seen.children_gone) == (1, 0)
    assert seen.will_wait == 1
    assert seen.left_without == 1  # the child of the second bundle names a household that is gone
    assert two.value(two.province, "child", child, "household") == home
    two.undo.release(first.handover)
    assert _people(two.dump()) == _people(before)
    assert two.handovers() == told
    assert two.value(two.province, "household", home, "address_detail") == "Xóm Trên"


def test_what_somebody_here_built_on_keeps_it_and_is_named(two: Two) -> None:
    two.deliver()
    new, home = _home("34")
    mine, child = _child("34/1", home)
    two.write(two.district, new, mine)
    got = two.deliver()
    review = {"record": child, "result": "returned", "reason": "Xem lại ngày sinh"}
    two.write(
        two.province,
        Change("review", review),
        Change("household", {"address_detail": "Xóm Giữa"}, id=home),
    )
    before = two.dump()
    seen = two.undo.preview(got.handover)
    assert seen.in_the_way is not None
    assert seen.in_the_way.what is Obstacle.BUILT_ON
    assert seen.in_the_way.count == 2
    assert ("household", home) in seen.in_the_way.records
    assert {one.entity for one in seen.in_the_way.records} == {"household", "review"}
    with pytest.raises(KnownError) as refused:
        two.undo.set_aside(got.handover, "Thử")
    assert refused.value.message_id == "undo.built_on"
    assert two.dump() == before


def test_a_child_put_here_into_a_household_of_it_keeps_it(two: Two) -> None:
    two.deliver()
    new, home = _home("35")
    two.write(two.district, new)
    got = two.deliver()
    mine, child = _child("35/own", home)
    two.write(two.province, mine)
    seen = two.undo.preview(got.handover)
    assert seen.in_the_way is not None
    assert seen.in_the_way.records == (("child", child),)


def test_what_was_sent_on_or_accepted_or_is_not_named_is_refused_in_words(two: Two) -> None:
    got = two.deliver()
    for wanted, why, key in (
        (got.handover, " ", "undo.no_reason"),
        ("0" * 36, "Thử", "handover.unknown"),
    ):
        with pytest.raises(KnownError) as refused:
            two.undo.set_aside(wanted, why)
        assert refused.value.message_id == key
    with pytest.raises(KnownError) as refused:
        two.undo.release(got.handover)
    assert refused.value.message_id == "undo.not_set_aside"
    HandoverRegister(two.province).accept(got.handover)
    with pytest.raises(KnownError) as refused:
        two.undo.set_aside(got.handover, "Thử")
    assert refused.value.message_id == "undo.accepted"


def test_of_what_was_taken_back_nothing_is_accepted_and_no_single_record_returned(
    two: Two,
) -> None:
    new, home = _home("35")
    two.write(two.district, new)
    got = two.deliver()
    two.undo.set_aside(got.handover, "Giao nhầm")
    register, before = HandoverRegister(two.province), two.dump()
    for decide in (
        lambda: register.accept(got.handover),
        lambda: register.return_(got.handover, "Sai", [home]),
        lambda: register.settle(got.handover, [SendBack(home, "Sai")], RETURNED, "Sai"),
        lambda: register.settle(got.handover, [SendBack(home, "Sai")], ACCEPTED),
    ):
        with pytest.raises(KnownError) as refused:
            decide()
        assert refused.value.message_id == "handover.undone"
    assert two.dump() == before
    two.undo.release(got.handover)
    (said,) = register.accept(got.handover).verdicts
    assert said.verdict == ACCEPTED


def test_what_a_later_accepted_handover_stands_on_is_not_taken_back(two: Two) -> None:
    first, second = _home("35/first")[0], _home("35/second")[0]
    two.write(two.district, first)
    earlier = two.deliver()
    two.write(two.district, second)
    later = two.deliver()
    HandoverRegister(two.province).accept(later.handover)
    before = two.dump()
    seen = two.undo.preview(earlier.handover)
    assert seen.in_the_way is not None
    assert (seen.in_the_way.what, seen.in_the_way.seq) == (Obstacle.ACCEPTED, later.seq)
    with pytest.raises(KnownError) as refused:
        two.undo.set_aside(earlier.handover, "Giao nhầm")
    assert refused.value.message_id == "undo.accepted"
    assert two.dump() == before
    # What came after it was accepted by nobody.
    two.write(two.district, _home("35/third")[0])
    last = two.deliver()
    assert two.undo.set_aside(last.handover, "Giao nhầm").households_gone == 1


def test_what_was_accepted_stays_so_when_it_has_left_the_units_it_was_accepted_of(
    two: Two,
) -> None:
    two.deliver()
    first, home = _home("35/first")
    two.write(two.district, first)
    earlier = two.deliver()
    later = two.deliver()
    HandoverRegister(two.province).accept(later.handover)
    two.write(two.district, Change("household", {"owner_unit": ELSEWHERE}, id=home))
    two.deliver()
    assert two.value(two.province, "household", home, "owner_unit") == ELSEWHERE
    with pytest.raises(KnownError) as refused:
        two.undo.set_aside(earlier.handover, "Giao nhầm")
    assert refused.value.message_id == "undo.accepted"


def test_nothing_is_accepted_that_stands_on_what_was_taken_back(two: Two) -> None:
    first, second = _home("35/first")[0], _home("35/second")[0]
    two.write(two.district, first)
    earlier = two.deliver()
    two.undo.set_aside(earlier.handover, "Giao nhầm")
    two.write(two.district, second)
    later = two.deliver()
    register, before = HandoverRegister(two.province), two.dump()
    with pytest.raises(KnownError) as refused:
        register.accept(later.handover)
    assert refused.value.message_id == "handover.undone_before"
    assert refused.value.parameters["seq"] == earlier.seq
    assert two.dump() == before
    # It may be returned, for nothing is said of what came before.
    (said,) = register.return_(later.handover, "Thiếu hộ").verdicts
    assert said.verdict == "returned"
    two.undo.release(earlier.handover)
    (said,) = register.accept(later.handover).verdicts
    assert said.verdict == ACCEPTED


def test_what_was_returned_and_taken_back_keeps_no_later_handover_from_being_accepted(
    two: Two,
) -> None:
    two.write(two.district, _home("35/first")[0])
    earlier = two.deliver()
    register = HandoverRegister(two.province)
    register.return_(earlier.handover, "Gói của xã khác")
    two.undo.set_aside(earlier.handover, "Giao nhầm")
    two.write(two.district, _home("35/second")[0])
    later = two.deliver()
    (said,) = register.accept(later.handover).verdicts
    assert said.verdict == ACCEPTED


def test_what_was_taken_back_is_returned_as_a_whole_and_its_data_stay_aside(two: Two) -> None:
    new, home = _home("35")
    two.write(two.district, new)
    got = two.deliver()
    register = HandoverRegister(two.province)
    assert register.undone() is None
    two.undo.set_aside(got.handover, "Giao nhầm")
    waits = register.undone()
    assert waits is not None
    assert waits.id == got.handover
    (said,) = register.return_(got.handover, "Gửi lại tệp mới").verdicts
    assert (said.verdict, said.reason) == (RETURNED, "Gửi lại tệp mới")
    assert register.undone() is None, "its giver is told by the next bundle"
    assert two.value(two.province, "household", home, "household_no") is None
    # Used again it is a returned handover like any other: the data count, the return stands, and
    # it is accepted where somebody says so.
    two.undo.release(got.handover)
    assert two.value(two.province, "household", home, "household_no") == "35"
    (view,) = [one for one in register.list() if one.id == got.handover]
    assert [one.verdict for one in view.verdicts] == [RETURNED]
    (said,) = register.accept(got.handover).verdicts
    assert said.verdict == ACCEPTED


def test_only_who_may_hand_over_takes_back_and_uses_again(two: Two) -> None:
    got = two.deliver()
    other = ImportUndo(again(two.province, ALL_RIGHTS - {Right.HANDOVER}))
    for act in (
        lambda: other.preview(got.handover),
        lambda: other.set_aside(got.handover, "Thử"),
        lambda: other.release(got.handover),
    ):
        with pytest.raises(KnownError) as refused:
            act()
        assert refused.value.message_id == "rights.denied"
