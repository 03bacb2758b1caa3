"""Receipts for handovers that came with somebody else's bundle: for which of them there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.ids import derived_id
from app.models.log import last_position
from app.models.queries import register
from app.models.work import Change
from app.services import receipts
from app.services.workplace import Workplace
from app.sync.bundle_reader import VerifiedBundle
from tests.workplaces import COMMUNE, DISTRICT, PROVINCE, make_workplace

#: A commune of the district; the other one belongs to another.
BELOW = "21064@2024"


@pytest.fixture
def above(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "province", PROVINCE)
    yield made
    made.store.close()


def receipted(workplace: Workplace, giver: str, to: str, relay: str = DISTRICT) -> bool:
    """Whether a handover of `giver` to `to` that came with a bundle of `relay` got a receipt."""
    manifest = SimpleNamespace(sender=SimpleNamespace(unit=relay), created="2026-11-05T03:00:00Z")
    bundle = cast(VerifiedBundle, cast(Any, SimpleNamespace(manifest=manifest)))
    key = "ab" * 32
    with workplace.write() as work:
        position = last_position(work.connection)
        values = {"owner_unit": giver, "sent_to": to, "sent_on": "2026-11-04T03:00:00Z"}
        work.record(Change("handover", values, key=key))
        receipts.write_for_relayed(workplace, work, position, bundle)
        work.commit()
    with workplace.store.read() as reading:
        found = register.record(reading, "handover", derived_id(giver, key))
    assert found is not None
    return "received_province_on" in found.values


@pytest.mark.parametrize(
    ("giver", "to", "written"),
    [
        (BELOW, DISTRICT, True),
        # What the bringer gave itself, to a unit below it for instance, did not come here.
        (DISTRICT, BELOW, False),
        # The bringer does not speak for units outside its scope.
        (COMMUNE, "522@2024", False),
        (PROVINCE, DISTRICT, False),
        # Handed over to this unit: its own file brings the receipt, which may be lost.
        (BELOW, PROVINCE, False),
    ],
)
def test_which_relayed_handover_gets_a_receipt(
    above: Workplace, giver: str, to: str, written: bool
) -> None:
    assert receipted(above, giver, to) is written
