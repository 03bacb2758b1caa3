"""A well-formed false claim that only the sender could check does no more than an honest bundle.

The table is `tests/insiders/claims.py`, and stands in FORMAT.md.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.services.handover_sending import Sending
from tests.dumps import Dump
from tests.forged_bundles import keep
from tests.insiders.changes import F, put
from tests.insiders.claims import CLAIMS, Ack
from tests.insiders.desk import Desk, new_child
from tests.invented_province import COMMUNE

CHILDREN = [new_child(number) for number in range(3)]
#: What a bundle says of itself and of its line, and the handover that bears its id.
OF_THE_BUNDLE = ("bundle_in", "line_in", "handover")


@dataclass(frozen=True)
class Office:
    """A closed district's home that has sent a bundle to the commune, and what that one could
    acknowledge; `honest` is what an honest bundle without acknowledgements makes of it."""

    folder: Path
    true: Ack
    honest: Dump

    def taking(self, change: Callable[[dict[str, object]], object], folder: Path) -> Dump:
        """What a bundle with this change of the manifest makes of a copy of the home."""
        return _taken_in(self.folder, folder, change)


def _taken_in(
    home: Path, folder: Path, change: Callable[[dict[str, object]], object] = keep
) -> Dump:
    shutil.copytree(home, folder / "home")
    desk = Desk.again(folder / "home")
    result = desk.receive(F.forge(folder, operations=CHILDREN, manifest=change))
    assert result.received is not None, result
    assert (result.received.new, result.received.refused) == (len(CHILDREN), 0)
    found = desk.dump()
    desk.close()
    return _register(found)


def _register(found: Dump) -> Dump:
    """Everything but what is the bundle's own."""
    handovers = {row[0] for row in found["handover"]}
    return {
        name: [row for row in rows if handovers.isdisjoint(row)]
        for name, rows in found.items()
        if name not in OF_THE_BUNDLE
    }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    desk = Desk(folder / "home")
    first = replace(F.sender, replica=str(uuid.uuid4()))
    assert desk.receive(F.forge(folder, sender=first, operations=[])).status == "imported"
    sent = Sending(desk.workplace, lambda _progress, _units: (0, 0)).send(str(COMMUNE), folder)
    true = {
        "unit": str(COMMUNE),
        "replica": F.sender.replica,
        "sender": desk.workplace.store.replica,
        "seq": sent.seq,
        "manifest_sha256": sent.bundle_id,
    }
    desk.close()
    (folder / "honest").mkdir()
    return Office(folder / "home", true, _taken_in(folder / "home", folder / "honest"))


def test_a_true_acknowledgement_moves_the_cursor_and_nothing_else(
    office: Office, tmp_path: Path
) -> None:
    """So the false ones below are false in the one point that each of them changes."""
    found = office.taking(put("acks", value=[office.true]), tmp_path)
    assert {name for name in found if found[name] != office.honest[name]} == {"peer"}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_false_claim_does_no_more_than_an_honest_bundle(
    office: Office, tmp_path: Path, name: str
) -> None:
    assert office.taking(CLAIMS[name](office.true), tmp_path) == office.honest
