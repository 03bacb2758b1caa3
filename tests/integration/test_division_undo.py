"""A division is taken back: its villages go back whole where nobody worked on them since."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import select

from app.errors import KnownError
from app.history.door import Reason, State
from app.history.operation import Value
from app.ids import derived_id
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.schema import ENTITY_TABLES
from app.models.store import Reading
from app.models.work import Change
from app.services.dividing import Dividing
from app.services.division_undo import DivisionUndo
from app.services.rights import ALL_RIGHTS, Right
from app.services.waiting import Waiting
from app.services.workplace import Workplace
from app.sync.apply import apply_delivery
from app.sync.delivery import collect
from tests.dumps import dump_read
from tests.integration.registers import Made
from tests.integration.test_dividing import (
    OLD,
    ONE,
    OTHER,
    PROVINCE,
    children_counted,
    halved,
    owners,
    province,
    villages_of,
)
from tests.workplaces import again

__all__ = ["province"]  # a fixture


def _edit(workplace: Workplace, entity: str, ent_id: str, **values: Value) -> None:
    with workplace.write() as work:
        found = register.record(work.connection, entity, ent_id)
        assert found is not None
        work.record(Change(entity, values, id=ent_id, base=found.heads, loaded=found.values))
        work.commit()


def _add(workplace: Workplace, entity: str, **values: Value) -> str:
    with workplace.write() as work:
        done = work.record(Change(entity, values))
        work.commit()
    return done.id


def test_everything_a_division_moved_goes_back_in_one_act(province: Workplace) -> None:
    said = halved(province)
    village = next(iter(said))
    book = {"owner_unit": OLD, "village": village, "book_number": "1"}
    _add(province, "book", **dict(book))
    before = {one: owners(province, one) for one in ("village", "book", "household", "child")}
    counted, parts = children_counted(province), villages_of(province)
    undo = DivisionUndo(province)
    assert undo.standing() == []
    with pytest.raises(KnownError) as refused:
        undo.take_back(OLD)
    assert refused.value.message_id == "dividing.nothing_divided"
    done = Dividing(province).divide(OLD, said)
    (standing,) = undo.standing()
    assert (standing.unit, standing.households, standing.children) == (
        OLD,
        done.households,
        done.children,
    )
    with province.store.read() as reading:
        as_it_was = dump_read(reading)
    told = undo.preview(OLD)
    with province.store.read() as reading:
        assert dump_read(reading) == as_it_was
    assert undo.take_back(OLD) == told
    assert (told.households, told.children, told.staying) == (done.households, done.children, ())
    assert told.records == sum(done.to.values())
    assert {one: owners(province, one) for one in before} == before
    assert children_counted(province) == counted
    assert villages_of(province) == parts
    assert undo.standing() == []
    # Divided the other way round, it can be taken back once more.
    swapped = {one: ONE if unit == OTHER else OTHER for one, unit in said.items()}
    Dividing(province).divide(OLD, swapped)
    assert undo.take_back(OLD).records == told.records
    assert {one: owners(province, one) for one in before} == before


def _edit_child(workplace: Workplace, village: str, _unit: str) -> None:
    _edit(workplace, "child", _of_village(workplace, village)[1], full_name="Hồ Văn Sửa")


def _add_circumstance(workplace: Workplace, village: str, _unit: str) -> None:
    child = _of_village(workplace, village)[1]
    values: dict[str, Value] = {"record": child, "group": "C14", "episode": 1}
    with workplace.write() as work:
        work.record(Change("circumstance", values, key="C14/1"))
        work.commit()


def _begin_household(workplace: Workplace, village: str, unit: str) -> None:
    _add(workplace, "household", owner_unit=unit, village=village, head_name="Hồ Mới")


def _rename_village(workplace: Workplace, village: str, _unit: str) -> None:
    _edit(workplace, "village", village, name="Thôn Đổi Tên")


def _move_on(workplace: Workplace, village: str, _unit: str) -> None:
    child = _of_village(workplace, village)[1]
    _edit(workplace, "child", child, owner_unit="outside", life_status="MOVED_OUT")


@pytest.mark.parametrize(
    ("work", "told"),
    [
        (_edit_child, (1, 0)),
        (_add_circumstance, (1, 0)),
        (_begin_household, (0, 1)),
        (_rename_village, (1, 0)),
        (_move_on, (1, 0)),
    ],
)
def test_a_village_in_which_somebody_worked_since_stays_whole_and_is_told(
    province: Workplace, work: Callable[[Workplace, str, str], None], told: tuple[int, int]
) -> None:
    said = halved(province)
    Dividing(province).divide(OLD, said)
    kept = _with_children(province, said)[0]
    work(province, kept, said[kept])
    undo = DivisionUndo(province)
    preview = undo.preview(OLD)
    assert {one.id: (one.worked_on, one.begun) for one in preview.staying} == {kept: told}
    with province.store.read() as reading:
        before = {one.id: one.values["owner_unit"] for one in _pages(reading, kept)}
    assert undo.take_back(OLD) == preview
    with province.store.read() as reading:
        for village in register.records(reading, "village", set(said)).values():
            pages = _pages(reading, village.id)
            found = {one.id: one.values["owner_unit"] for one in (village, *pages)}
            if village.id == kept:
                assert found == {**before, kept: said[kept]}
            else:
                assert {*found.values()} == {OLD}
    # What stays is told again, and nothing more is written.
    assert undo.take_back(OLD).records == 0


def _pages(reading: Reading, village: str) -> list[RecordView]:
    """The households of a village with their children, wherever these belong."""
    table = ENTITY_TABLES["household"]
    ids = reading.execute(select(table.c.id).where(table.c.village == village)).scalars()
    homes = list(register.records(reading, "household", set(ids)).values())
    return [*homes, *(child for one in homes for child in register.children_of(reading, one.id))]


def _of_village(workplace: Workplace, village: str) -> tuple[str, str]:
    """A household of the village with children, and the first of them."""
    with workplace.store.read() as reading:
        child = next(one for one in _pages(reading, village) if one.entity == "child")
    return str(child.values["household"]), child.id


def _with_children(workplace: Workplace, said: Iterable[str]) -> list[str]:
    """The villages that have a child."""
    with workplace.store.read() as reading:
        return [one for one in said if any(page.entity == "child" for page in _pages(reading, one))]


def test_what_moved_otherwise_is_no_division(province: Workplace) -> None:
    """A family that moved to one of the new units by itself stays there."""
    home = derived_id(OLD, "lost")
    _edit(province, "household", home, owner_unit=ONE, household_no=None)
    _edit(province, "child", derived_id(OLD, "lost child"), owner_unit=ONE)
    assert DivisionUndo(province).standing() == []
    Dividing(province).divide(OLD, halved(province))
    DivisionUndo(province).take_back(OLD)
    assert owners(province, "household")[ONE] == 1


def test_only_who_administers_the_province_takes_a_division_back(
    province: Workplace, made: Made
) -> None:
    Dividing(province).divide(OLD, halved(province))
    for workplace, said in (
        (again(province, ALL_RIGHTS - {Right.ADMIN}), "rights.denied"),
        (made(ONE), "dividing.not_province"),
    ):
        undo = DivisionUndo(workplace)
        with pytest.raises(KnownError) as refused:
            undo.standing()
        assert refused.value.message_id == said
        for act in (undo.preview, undo.take_back):
            with pytest.raises(KnownError) as refused:
                act(OLD)
            assert refused.value.message_id == said
    with pytest.raises(KnownError) as refused:
        DivisionUndo(province).take_back(ONE)
    assert refused.value.message_id == "dividing.not_split"
    assert province.tree.units.unit(PROVINCE) is not None


def _deliver(sender: Workplace, receiver: Workplace, number: int) -> None:
    """Carry everything the receiver may have from one log to the other."""
    delivery = collect(sender.store, sender.tree, receiver.unit, "an")
    with receiver.write() as work:
        apply_delivery(
            work, delivery, receiver.tree, number, bundle_id=number.to_bytes(32, "big"), scope=()
        )
        work.commit()


def test_work_of_the_new_unit_that_was_under_way_stops_at_the_door_by_name(
    province: Workplace, made: Made
) -> None:
    """It is not lost and moves nothing: a person lets it in, or divides once more."""
    said = {one.id: ONE for one in villages_of(province) if one.id}
    Dividing(province).divide(OLD, said)
    commune = made(ONE)
    _deliver(province, commune, 1)
    assert owners(commune, "child")[ONE] == 40
    child = _of_village(commune, _with_children(commune, said)[0])[1]
    _edit(commune, "child", child, full_name="Hồ Văn Đang")
    DivisionUndo(province).take_back(OLD)
    _deliver(commune, province, 1)
    (stopped,) = Waiting(province).list()
    assert (stopped.id, stopped.state, stopped.reason) == (
        child,
        State.REFUSED,
        Reason.MOVED_AWAY.value,
    )
    assert owners(province, "child")[ONE] == 0
    # The new unit is told with the next bundle, and has the pages no more.
    _deliver(province, commune, 2)
    assert owners(commune, "child")[ONE] == 0
    assert Waiting(province).accept(child).accepted == 1
    with province.store.read() as reading:
        found = register.record(reading, "child", child)
    assert found is not None
    assert (found.values["full_name"], found.values["owner_unit"]) == ("Hồ Văn Đang", OLD)
