"""Receipts for handovers that came with somebody else's bundle: for which of them there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.history.operation import Value
from app.ids import derived_id
from app.models import bundles
from app.models.bundles import Evidence, Intake, Undone
from app.models.lines import FileFacts, Header
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


KEY = "ab" * 32


def receipted(workplace: Workplace, giver: str, to: str, relay: str = DISTRICT) -> bool:
    """Whether a handover of `giver` to `to` that came with a bundle of `relay` got a receipt."""
    return "received_province_on" in relayed(workplace, giver, to, relay)


def relayed(
    workplace: Workplace, giver: str, to: str, relay: str = DISTRICT
) -> Mapping[str, Value]:
    """What is known of such a handover then."""
    manifest = SimpleNamespace(sender=SimpleNamespace(unit=relay), created="2026-11-05T03:00:00Z")
    bundle = cast(VerifiedBundle, cast(Any, SimpleNamespace(manifest=manifest)))
    with workplace.write() as work:
        position = last_position(work.connection)
        values = {"owner_unit": giver, "sent_to": to, "sent_on": "2026-11-04T03:00:00Z"}
        work.record(Change("handover", values, key=KEY))
        receipts.write_for_relayed(workplace, work, position, bundle)
        work.commit()
    with workplace.store.read() as reading:
        found = register.record(reading, "handover", derived_id(giver, KEY))
    assert found is not None
    return found.values


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


def test_what_lies_taken_back_here_is_receipted_with_that_word_when_its_record_comes_alone(
    above: Workplace,
) -> None:
    """A store that was restored knows the bundle and who took it back, and no receipt of it."""
    header = Header(bytes.fromhex(KEY), "r1", "s1", DISTRICT, 1, None, 0, 5)
    with above.write() as work:
        bundles.note_received(
            work.connection,
            1,
            header,
            "below",
            Intake(1, 1, 0, 0, 0, fork=False),
            Evidence(b"", b"", b""),
            FileFacts("a.tebundle", 900, "c3" * 32, "d4" * 32),
            handover=derived_id(DISTRICT, KEY),
            received=1,
            received_by="Đặng An",
        )
        bundles.note_undone(work.connection, 1, Undone(2, "Đặng An", "Gói của huyện khác"))
        work.commit()
    said = relayed(above, DISTRICT, PROVINCE)
    assert said["received_province_set_aside"] is True
    assert said["received_province_on"]
    assert "Gói của huyện khác" not in str(said)
