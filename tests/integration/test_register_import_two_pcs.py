"""Two PCs of one commune import one file, then exchange what they have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models import lines
from app.models.work import Change
from app.services.register_import import RegisterImport
from app.services.workplace import Workplace
from app.sync.apply import apply_delivery
from app.sync.delivery import collect
from tests.integration.registers import MAP, SAMPLE, by_name, everything, ids, table, take
from tests.properties.fleet import COMMUNE_A, TREE, Sent, bundle_id_of, note_received
from tests.workplaces import make_workplace


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Workplace, Workplace]]:
    two = make_workplace(tmp_path / "1", COMMUNE_A), make_workplace(tmp_path / "2", COMMUNE_A)
    yield two
    for one in two:
        one.store.close()


def carry(sender: Workplace, receiver: Workplace, station: str) -> None:
    """All that one PC has, to the other, without the container."""
    delivery = collect(sender.store, TREE, COMMUNE_A, station)
    operations = tuple(delivery.operations())
    sent = Sent(delivery, bundle_id_of(delivery, operations), operations)
    with receiver.write() as work:
        number = lines.next_bundle_number(work.connection)
        outcome = apply_delivery(work, sent.content(), TREE, number, bundle_id=sent.bundle_id)
        note_received(work.connection, number, sent, outcome)
        work.commit()
    assert (outcome.waiting, outcome.refused) == (0, 0)


def exchange(one: Workplace, other: Workplace) -> None:
    carry(one, other, "1")
    carry(other, one, "2")


def content(workplace: Workplace) -> dict[str, dict[str, object]]:
    return {
        entity: {one.id: (one.values, one.heads) for one in everything(workplace, entity)}
        for entity in ("village", "household", "child")
    }


def conflicts(workplace: Workplace) -> int:
    return sum(
        one.conflicts
        for entity in ("village", "household", "child")
        for one in everything(workplace, entity)
    )


def test_one_file_on_two_pcs_meets_without_a_conflict(pair: tuple[Workplace, Workplace]) -> None:
    for one in pair:
        RegisterImport(one).run(SAMPLE, columns=MAP)
    assert ids(pair[0]) == ids(pair[1])
    exchange(*pair)
    assert conflicts(pair[0]) == conflicts(pair[1]) == 0
    assert content(pair[0]) == content(pair[1])
    for one in pair:
        assert RegisterImport(one).run(SAMPLE, columns=MAP).operations == 0


def test_rows_without_keys_meet_too(pair: tuple[Workplace, Workplace], tmp_path: Path) -> None:
    titles = ("Thôn", "Số hộ", "Chủ hộ", "Họ tên", "Ngày sinh", "Ngày điều tra", "Hộ nghèo")
    rows = [
        ["Thôn 1", "1", "Rơm", "Trai", "2024", "2025-03-01", "Hộ nghèo"],
        ["Thôn 1", "1", "Rơm", "Trai", "2024", "2025-03-01", "Hộ nghèo"],
        ["Thôn 2", "", "Rạ", "Mai", "2019", "", ""],
    ]
    path = table(tmp_path / "a.csv", titles, rows)
    for one in pair:
        take(one, path)
    exchange(*pair)
    assert conflicts(pair[0]) == 0
    assert content(pair[0]) == content(pair[1])
    assert len(everything(pair[0], "child")) == 3


def test_a_correction_of_the_other_pc_is_not_undone_by_the_file(
    pair: tuple[Workplace, Workplace], tmp_path: Path
) -> None:
    path = table(tmp_path / "a.csv", ("rec_id", "name", "dob"), [["1", "Mai", "2019"]])
    one, other = pair
    take(one, path)
    exchange(one, other)
    child = by_name(other)["Mai"]
    with other.write() as work:
        work.record(Change("child", {"birth_date": "2018"}, id=child.id, base=child.heads))
        work.commit()
    exchange(one, other)
    result = take(one, path)
    assert (result.operations, result.kept) == (0, 1)
    assert by_name(one)["Mai"].values["birth_date"] == "2018"
