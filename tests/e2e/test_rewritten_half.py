"""A giver may write his half of a handover again; what was accepted stays what was accepted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes
from tests.e2e.modified_client import ModifiedClient, record_at
from tests.e2e.test_record_says import facts
from tests.e2e.test_two_pcs import SIBLINGS, write_book

OTHERWISE: dict[str, Any] = {
    "sent_children": 500,
    "sent_households": 400,
    "sent_sha256": "0" * 64,
    "sent_manifest": "0" * 64,
    "sent_to": "21220@2025",
    "sent_seq": 77,
    "sent_file": "x.tebundle",
}
TOLD = "bên giao ghi lại sau khi đã chấp nhận"


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    enrolled_pair.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return enrolled_pair


#: The giver's own acceptance, in the name of its tier.
OWN_VERDICT: dict[str, Any] = {
    "verdict_commune": "accepted",
    "verdict_commune_on": "2026-01-01T00:00:00Z",
    "verdict_commune_by": "x",
    "verdict_commune_reason": None,
}


def rewrite(homes: Homes, handover: str, said: dict[str, Any] = OTHERWISE) -> dict[str, Any]:
    """The commune, told of everything, writes its half again and hands over once more; what the
    province received.
    """
    below = homes.at(COMMUNE)
    homes.carry(homes.at(PROVINCE), below, COMMUNE)
    client = ModifiedClient(below.home, COMMUNE)
    heads = record_at(below.home, "handover", handover).heads
    client.slip_in(client.forge("handover", handover, said, parents=heads))
    _sent, got = homes.carry(below, homes.at(PROVINCE), PROVINCE)
    return got


def shown(homes: Homes, handover: str) -> dict[str, Any]:
    (found,) = [one for one in homes.at(PROVINCE).must("handover", "list") if one["id"] == handover]
    names = ("to", "seq", "file", "households", "children", "rewritten")
    return {name: found[name] for name in names}


def test_what_was_accepted_stays_on_list_and_paper_and_the_rewriting_is_told(
    homes: Homes,
) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _got = homes.carry(below, above, PROVINCE)
    homes.carry(below, above, PROVINCE)
    above.must("handover", "accept", sent["handover"])
    listed, printed = shown(homes, sent["handover"]), facts(above, sent["handover"])
    assert (listed["households"], listed["children"], listed["rewritten"]) == (1, 2, False)
    rewrite(homes, sent["handover"])
    assert shown(homes, sent["handover"]) == {**listed, "rewritten": True}
    assert facts(above, sent["handover"]) == replace(printed, rewritten=True)
    told = "\n".join(above.told("handover", "list"))
    assert told.count(TOLD) == 1
    paper = homes.folder / "record.pdf"
    above.must("handover", "record", sent["handover"], "--out", paper)
    # Accepted before the half had come: what it said first is no rewriting.
    later, _got = homes.carry(below, above, PROVINCE)
    above.must("handover", "accept", later["handover"])
    homes.carry(below, above, PROVINCE)
    assert shown(homes, later["handover"])["rewritten"] is False
    rewrite(homes, later["handover"])
    found = shown(homes, later["handover"])
    assert (found["households"], found["children"], found["rewritten"]) == (1, 2, True)


def test_receiver_number_and_file_are_those_that_were_signed(homes: Homes) -> None:
    """Also before anything is accepted: of a bundle that is here nothing is taken from a claim."""
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _got = homes.carry(below, above, PROVINCE)
    rewrite(homes, sent["handover"])
    found = shown(homes, sent["handover"])
    assert (found["to"], found["seq"]) == (PROVINCE, sent["seq"])
    assert found["file"] == Path(sent["file"]).name
    said = facts(above, sent["handover"])
    assert said.file.number == sent["seq"]
    assert said.receiver.name != said.giver.name


def test_a_giver_does_not_say_anew_what_was_accepted_by_accepting_it_itself(homes: Homes) -> None:
    """What was accepted first is what stood then: a giver who may accept could put it anywhere."""
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _got = homes.carry(below, above, PROVINCE)
    homes.carry(below, above, PROVINCE)
    above.must("handover", "accept", sent["handover"])
    listed = shown(homes, sent["handover"])
    got = rewrite(homes, sent["handover"], {**OTHERWISE, **OWN_VERDICT})
    assert got["refused"] == 1
    (stopped,) = above.must("waiting", "list", codes=(0, 4))
    assert (stopped["state"], stopped["reason"]) == ("refused", "foreign-half")
    assert shown(homes, sent["handover"]) == listed
    # A person who lets it in by name lets no acceptance in.
    above.must("waiting", "accept", stopped["id"])
    assert shown(homes, sent["handover"]) == {**listed, "rewritten": True}
    (one,) = [one for one in above.must("handover", "list") if one["id"] == sent["handover"]]
    assert [said["tier"] for said in one["verdicts"]] == ["province"]
