"""A handover that is stopped has not taken place, on either side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models import bundles
from app.services.bench.workshop import PROVINCE, Workshop
from app.services.checks import Checks
from app.services.handover_receiving import Receiving
from app.services.handover_sending import Sending
from app.services.workplace import Cancelled, Progress
from tests.dumps import dump_store


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    made = Workshop(tmp_path_factory.mktemp("cancel") / "world", children=60)
    yield made
    made.close()


STOPPED = Progress(cancelled=lambda: True)


def test_a_sending_that_is_stopped_leaves_no_file_and_no_number(
    workshop: Workshop, tmp_path: Path
) -> None:
    giver = workshop.giver
    before = dump_store(giver.settings.store_path, giver.dek)
    with pytest.raises(Cancelled):
        Sending(giver, Checks(giver).counted).send(PROVINCE, tmp_path, progress=STOPPED)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    assert not list(giver.settings.home.glob("outgoing-*"))
    assert dump_store(giver.settings.store_path, giver.dek) == before


@pytest.mark.parametrize("part", ["writing", "reading"])
def test_a_sending_that_is_stopped_at_the_stick_costs_its_number_and_nothing_else(
    workshop: Workshop, tmp_path: Path, part: str
) -> None:
    giver, begun = workshop.giver, list[str]()
    stopping = Progress(cancelled=lambda: part in begun, phase=begun.append)
    with giver.store.read() as reading:
        handed_over = len(bundles.outgoing(reading))
    with pytest.raises(Cancelled):
        Sending(giver, Checks(giver).counted).send(PROVINCE, tmp_path, progress=stopping)
    assert begun[-1] == part
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    assert not list(giver.settings.home.glob("outgoing-*"))
    with giver.store.read() as reading:
        assert bundles.unfinished(reading) == []
        last, *_ = sorted(bundles.outgoing(reading), key=lambda one: -one.seq)
        assert last.handover == ""
        assert len(bundles.outgoing(reading)) == handed_over + 1


def test_a_receiving_that_is_stopped_changes_nothing_and_can_be_made_again(
    workshop: Workshop,
) -> None:
    _, sent = workshop.sending
    receiver = workshop.fresh_receiver("stopped")
    before = dump_store(receiver.settings.store_path, receiver.dek)
    with pytest.raises(Cancelled):
        Receiving(receiver).receive([sent.file], STOPPED)
    assert dump_store(receiver.settings.store_path, receiver.dek) == before
    assert list(receiver.settings.incoming_path.iterdir()) == []
    (again,) = Receiving(receiver).receive([sent.file])
    assert again.status == "imported"
    with receiver.store.read() as reading:
        assert len(list(bundles.incoming(reading))) == 1
