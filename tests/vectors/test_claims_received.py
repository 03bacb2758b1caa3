"""A well-formed false claim that only the sender could check does no more than an honest bundle.

The tables are `tests/insiders/claims.py` and `GRANTED` in `tests/insiders/certificates.py`, and
stand in FORMAT.md.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.models.lines import SignedManifest
from app.services.checks import CheckSummary
from app.services.handover_sending import Sending
from app.sync.container import read_container
from app.sync.payload import left_line
from tests.dumps import Dump
from tests.insiders.certificates import GRANTED, carrying
from tests.insiders.changes import F, P, put
from tests.insiders.claims import CLAIMS, LINE_CLAIMS, STATED_CLAIMS, Ack, Truth
from tests.insiders.control import said
from tests.insiders.desk import Desk, new_child
from tests.insiders.issuing import same
from tests.invented_province import COMMUNE, enrol

CHILDREN = [new_child(number) for number in range(3)]
#: What a bundle says of itself and of its line, and the handover that bears its id.
OF_THE_BUNDLE = ("bundle_in", "line_in", "handover")


@dataclass(frozen=True)
class Office:
    """A closed district's home that has sent a bundle to the commune, and what that one could
    acknowledge or say; `honest` is what an honest bundle without acknowledgements makes of it.
    """

    folder: Path
    true: Ack
    truth: Truth
    #: Another replica of the very PC that sends, heard of before.
    earlier: str
    honest: Dump

    def taking(self, change: Callable[[dict[str, object]], object], folder: Path) -> Dump:
        """What a bundle with this change of the manifest makes of a copy of the home."""
        return _taken_in(self.folder, folder, manifest=change)

    def forged(self, folder: Path, **changes: Any) -> Dump:
        """What a bundle forged with these changes makes of a copy of the home."""
        folder.mkdir(exist_ok=True)
        return _taken_in(self.folder, folder, **changes)


def _taken_in(home: Path, folder: Path, **changes: Any) -> Dump:
    shutil.copytree(home, folder / "home")
    desk = Desk.again(folder / "home")
    result = desk.receive(F.forge(folder, operations=CHILDREN, **changes))
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
    first, neighbour = (
        replace(F.sender, replica=str(uuid.uuid4())),
        enrol(P.district_authority, COMMUNE),
    )
    held = new_child(9)
    for sender, operations in ((first, [held]), (neighbour, [])):
        file = F.forge(folder, sender=sender, operations=operations)
        assert desk.receive(file).status == "imported"
    sent = Sending(desk.workplace, lambda _progress, _units: CheckSummary()).send(
        str(COMMUNE), folder
    )
    true = {
        "unit": str(COMMUNE),
        "replica": F.sender.replica,
        "sender": desk.workplace.store.replica,
        "seq": sent.seq,
        "manifest_sha256": sent.bundle_id,
    }
    with sent.file.open("rb") as opened:
        container = read_container(opened, "")
    truth = Truth(
        SignedManifest(container.manifest, container.signature),
        held,
        desk.workplace.store.replica,
        neighbour.replica,
    )
    desk.close()
    (folder / "honest").mkdir()
    honest = _taken_in(folder / "home", folder / "honest")
    return Office(folder / "home", true, truth, first.replica, honest)


def test_a_true_acknowledgement_moves_the_cursor_and_nothing_else(
    office: Office, tmp_path: Path
) -> None:
    """So the false ones below are false in the one point that each of them changes."""
    found = office.taking(put("acks", value=[office.true]), tmp_path)
    assert _differing(found, office.honest) == {"peer"}


def test_a_replica_that_the_sending_pc_truly_gave_up_is_waited_for_no_more(
    office: Office, tmp_path: Path
) -> None:
    """So the false `left` lines below are read, and false in whose replica they name."""
    found = office.forged(tmp_path, **said(left_line(office.earlier)))
    assert _differing(found, office.honest) == {"peer"}


def _differing(found: Dump, honest: Dump) -> set[str]:
    assert found.keys() == honest.keys()
    return {name for name in found if found[name] != honest[name]}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_false_claim_does_no_more_than_an_honest_bundle(
    office: Office, tmp_path: Path, name: str
) -> None:
    assert office.taking(CLAIMS[name](office.true), tmp_path) == office.honest


@pytest.mark.parametrize("name", STATED_CLAIMS)
def test_a_false_statement_does_no_more_than_an_honest_bundle(
    office: Office, tmp_path: Path, name: str
) -> None:
    found = office.forged(tmp_path, stated=STATED_CLAIMS[name])
    assert _differing(found, office.honest) == set()


@pytest.mark.parametrize("name", LINE_CLAIMS)
def test_a_false_line_does_no_more_than_an_honest_bundle(
    office: Office, tmp_path: Path, name: str
) -> None:
    found = office.forged(tmp_path, **LINE_CLAIMS[name](office.truth))
    assert _differing(found, office.honest) == set()


@pytest.mark.parametrize("kind", GRANTED)
def test_what_an_authority_may_grant_changes_what_is_known_of_its_certificates_alone(
    office: Office, tmp_path: Path, kind: str
) -> None:
    honest = office.forged(tmp_path / "honest", **carrying(kind, same))
    for number, (name, (change, tables)) in enumerate(GRANTED[kind].items()):
        found = office.forged(tmp_path / str(number), **carrying(kind, change))
        assert _differing(found, honest) == tables, name
