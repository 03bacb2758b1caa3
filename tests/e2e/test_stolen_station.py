"""A request names its own station id: naming a neighbour's takes nothing away from the neighbour.

The rows of FORMAT.md, "Variants refused by what the receiving PC has heard before".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.services import enrolment, granting
from tests.dumps import dump_home
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.modified_client import ModifiedClient, opened
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import type_child
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, PROVINCE, SIBLING
from tests.insiders.heard import HEARD, Heard, Pc

NEIGHBOUR, LATE = "21211@2024", "21214@2024"
UNITS = {Pc.READER: DISTRICT, Pc.VICTIM: COMMUNE, Pc.NEIGHBOUR: NEIGHBOUR, Pc.THIEF: SIBLING}


@dataclass(frozen=True)
class Theft:
    """A district, the commune whose station id is wanted, a PC of the sibling that asks for it, and
    a neighbour with a station id of its own."""

    homes: Homes
    thief: Prompt
    request: Path
    check_code: str
    fingerprint: str

    @property
    def district(self) -> Prompt:
        return self.homes.at(DISTRICT)

    @property
    def victim(self) -> Prompt:
        return self.homes.at(COMMUNE)

    def grant(self, reply: Path) -> Any:
        return self.district(
            *("enrol", "grant", self.request, "--out", reply, "--check-code", self.check_code)
        )


@pytest.fixture(scope="module")
def theft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theft]:
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("theft")
    ground = grounds.prepare(folder, patch, (COMMUNE, NEIGHBOUR), children=10)
    homes = Homes(folder, patch)
    homes.carry(homes.at(COMMUNE), homes.at(DISTRICT), DISTRICT)
    with opened(homes.at(COMMUNE).home) as store:
        station = store.setting("station")
    thief = homes.init(SIBLING)
    with patch.context() as chosen:
        chosen.setattr(enrolment, "new_id", lambda: station)
        asked = thief.must("enrol", "request", "--out", folder / "thief.request")
    yield Theft(homes, thief, folder / "thief.request", asked["check_code"], ground.fingerprint)
    patch.undo()


def _stations(prompt: Prompt) -> list[tuple[str, bool]]:
    listed = prompt.must("authority", "status")["stations"]
    return sorted((one["unit"], one["active"]) for one in listed)


def test_a_request_under_a_neighbours_station_id_is_not_granted(
    theft: Theft, tmp_path: Path
) -> None:
    before = dump_home(theft.district.home, PASSPHRASE)
    reply = tmp_path / "reply.tebundle"
    answer = theft.grant(reply)
    assert said_plainly(answer) == "enrol.station_taken"
    assert COMMUNE in answer.document["message"]
    assert not reply.exists()
    assert dump_home(theft.district.home, PASSPHRASE) == before


def test_an_authority_without_scruples_takes_nothing_from_the_neighbour_either(
    theft: Theft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes, district, thief, victim = theft.homes, theft.district, theft.thief, theft.victim
    reply = tmp_path / "reply.tebundle"
    with monkeypatch.context() as patch:
        patch.setattr(
            granting.GrantingDesk, "_must_be_its_own_station", lambda *_: None, raising=True
        )
        assert theft.grant(reply).code == 0
    thief.must("enrol", "accept", reply, "--fingerprint", theft.fingerprint)
    assert (COMMUNE, True) in _stations(district)
    homes.carry(district, victim, COMMUNE)  # bundles are still sealed to the victim

    for name, variant in HEARD.items():
        _is_refused(theft, name, variant)
    sent, got = homes.carry(victim, district, DISTRICT)
    assert got["continuity"] == "normal"
    with opened(district.home) as store, store.read() as reading:
        from app.models.queries import sending

        (said,) = sending.acknowledgements_for(
            reading, unit=COMMUNE, here=DISTRICT, replica=store.replica
        )
    assert said.seq == sent["seq"]

    # The thief's certificate rides up in the district's bundle.
    top = homes.at(PROVINCE)
    homes.carry(district, top, PROVINCE)
    assert (COMMUNE, True) in _stations(top)
    assert (SIBLING, True) in _stations(top)
    top.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)


def test_a_pc_whose_id_another_one_took_before_it_was_heard_of_is_told_a_way_out_that_helps(
    theft: Theft,
) -> None:
    """Ids stand in clear in every manifest, so a neighbour can use one first."""
    homes, district = theft.homes, theft.district
    late, insider = homes.init(LATE), homes.at(NEIGHBOUR)
    homes.enrol(district, late, theft.fingerprint)
    type_child(late, "1", "Đinh Thị Nga")
    client = ModifiedClient(insider.home, NEIGHBOUR)
    client.call_itself(ModifiedClient(late.home, LATE).replica)
    homes.carry(insider, district, DISTRICT)

    sent = late.must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    before = dump_home(district.home, PASSPHRASE)
    answer = district("handover", "receive", sent["file"])
    assert said_plainly(answer) == "sender-differs"
    told = answer.document[0]["message"]
    with opened(insider.home) as store:
        assert store.setting("station")[:8].upper() in told, "who used it first"
    assert "khôi phục" in told
    assert dump_home(district.home, PASSPHRASE) == before

    copy = late.must("backup", "create")["file"]
    late.must("backup", "restore", copy)
    _, got = homes.carry(late, district, DISTRICT)
    assert (got["continuity"], got["alarm"]) == ("normal", False)
    assert len(district.must("register", "search", "Đinh Thị Nga")) == 1
    homes.carry(district, late, LATE)


def _is_refused(theft: Theft, name: str, variant: Heard) -> None:
    """A bundle under another's name is refused whole and by name, and changes nothing."""
    sender = theft.homes.at(UNITS[variant.sender])
    client = ModifiedClient(sender.home, UNITS[variant.sender])
    if variant.claims is not None:
        unit = UNITS[variant.claims]
        client.call_itself(ModifiedClient(theft.homes.at(unit).home, unit).replica)
    before = dump_home(theft.district.home, PASSPHRASE)
    sent = sender.must("handover", "send", "--to", DISTRICT, "--out", theft.homes.stick)
    client.call_itself(client.replica)
    answer = theft.district("handover", "receive", sent["file"])
    assert said_plainly(answer) == variant.refusal.value, name
    assert f"{variant.refusal.value}: {variant.detail}" in answer.document[0]["message"], name
    assert dump_home(theft.district.home, PASSPHRASE) == before, name
