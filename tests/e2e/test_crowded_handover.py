"""A commune fills a handover of its own with more than anybody may write on: the units above it
receive, and go on receiving, whatever passes through them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.history.operation import MAX_PARENTS, Operation
from app.ids import derived_id
from app.models.log import MAX_OPERATIONS
from tests.dumps import events_of
from tests.e2e.command_line import PASSPHRASE, Homes
from tests.e2e.modified_client import ModifiedClient, record_at
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, PROVINCE


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    grounds.prepare(tmp_path, monkeypatch, children=6)
    return Homes(tmp_path, monkeypatch)


def _handover(client: ModifiedClient, name: str, beside: int, after: int) -> list[Operation]:
    """A handover with `beside` saves that know nothing of each other, then `after` in a row."""
    ent_id = derived_id(COMMUNE, name)
    values = {"owner_unit": COMMUNE, "_key": name, "sent_to": DISTRICT, "sent_seq": 1}
    made = [client.forge("handover", ent_id, values)]
    first = made[0].op_id
    made += [
        client.forge("handover", ent_id, {"sent_seq": number}, parents=(first,))
        for number in range(beside)
    ]
    for number in range(after):
        parents = (made[-1].op_id,)
        made.append(client.forge("handover", ent_id, {"sent_seq": number}, parents=parents))
    return made


def test_a_crowded_handover_of_a_commune_stops_nobody_above(homes: Homes) -> None:
    """The province answers every handover that passes through a district: this one, too."""
    commune, district, province = (homes.at(unit) for unit in (COMMUNE, DISTRICT, PROVINCE))
    client = ModifiedClient(commune.home, COMMUNE)
    client.slip_in(*_handover(client, "beside", 2 * MAX_PARENTS, 0))
    client.slip_in(*_handover(client, "in a row", 0, MAX_OPERATIONS - 1))
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, province, PROVINCE)

    answered = record_at(province.home, "handover", derived_id(COMMUNE, "beside"))
    assert answered.values["received_province_manifest"] == "beside"
    assert len(answered.heads) == 1
    full = record_at(province.home, "handover", derived_id(COMMUNE, "in a row"))
    assert "received_province_on" not in full.values
    assert events_of(province.home, PASSPHRASE).count("receipt.left_out") == 1
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, province, PROVINCE)
