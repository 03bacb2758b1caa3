"""What a signed record says, at both ends and in every state, against file and registers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.reports.handover_facts import FileCheck, HandoverFacts, Received
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.modified_client import ModifiedClient
from tests.e2e.test_three_tiers import services_of
from tests.e2e.test_two_pcs import SIBLINGS, children, write_book
from tests.older_program import seal_without_counts

ELSEWHERE = "21040@2025"


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    enrolled_pair.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return enrolled_pair


def facts(prompt: Prompt, handover: str) -> HandoverFacts:
    with services_of(prompt) as services:
        return services.handovers.register.facts(handover)


def totals(said: HandoverFacts) -> tuple[int, int, int, int]:
    return said.households, said.children, said.girls, said.incomplete


def handed_over(homes: Homes) -> tuple[Any, Any]:
    """One handover up, its half with the next one, the receipts back down: (sent, inspected)."""
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent = below.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    seen = top.must("handover", "inspect", sent["file"])
    top.must("handover", "receive", sent["file"], codes=(0, 4))
    return sent, seen


def settle(homes: Homes) -> None:
    homes.carry(homes.at(COMMUNE), homes.at(PROVINCE), PROVINCE)
    homes.carry(homes.at(PROVINCE), homes.at(COMMUNE), COMMUNE)


def says_what_the_file_holds(said: HandoverFacts, sent: Any, seen: Any) -> None:
    assert said.contents is not None
    held = (said.contents.operations, said.contents.households, said.contents.children)
    assert held == (seen["ops"], seen["households"], seen["children"])
    assert held == (sent["ops"], sent["households"], sent["children"])
    assert (said.file.sha256, said.file.size, said.file.number) == (
        seen["sha256"],
        seen["bytes"],
        seen["seq"],
    )


def test_first_then_nothing_new_then_a_correction(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_without_counts(monkeypatch)
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    made = [handed_over(homes)]
    settle(homes)
    made.append(handed_over(homes))
    settle(homes)
    (child,) = children(below, "pham van dong")
    below.must("register", "set", child, "full_name=Phạm Văn Đồng")
    made.append(handed_over(homes))
    before_the_half = facts(top, made[2][0]["handover"])
    settle(homes)
    assert [(seen["households"], seen["children"]) for _, seen in made] == [(1, 2), (0, 0), (0, 1)]
    for prompt in (top, below):
        for sent, seen in made:
            said = facts(prompt, sent["handover"])
            says_what_the_file_holds(said, sent, seen)
            assert totals(said) == (1, 2, 1, 3)
            assert (said.errors, said.warnings) == (sent["errors"], sent["warnings"])
            assert said.received is None
            assert said.check is FileCheck.MATCHES
            assert not said.changed_since
    says_what_the_file_holds(before_the_half, *made[2])
    assert totals(before_the_half) == (1, 2, 1, 3)
    assert before_the_half.errors is None


def test_what_was_refused_is_told_on_both_papers(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    client = ModifiedClient(below.home, COMMUNE)
    client.slip_in(
        client.forge("child", "0d6a9d6e-3a35-4d39-8a0e-5d5f4cbbbb01", {"full_name": "Lê Na"})
    )
    sent, seen = handed_over(homes)
    assert sent["ops"] == seen["ops"]
    at_once = facts(top, sent["handover"])
    assert at_once.received == Received(1, 2, 1, 3, 0, 1)
    settle(homes)
    for prompt in (top, below):
        assert facts(prompt, sent["handover"]).received == Received(1, 2, 1, 3, 0, 1)


def test_what_the_receiver_holds_besides_stands_beside_what_was_stated(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_without_counts(monkeypatch)
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    handed_over(homes)
    settle(homes)
    book = write_book(homes.folder, "b.csv", "Thôn 1,9,Hồ Văn Xa,1,Hồ Thị Xa,2018-03-02,2")
    top.must("register", "import", book, "--unit", COMMUNE, codes=(0, 4))
    sent, _ = handed_over(homes)
    settle(homes)
    for prompt in (top, below):
        said = facts(prompt, sent["handover"])
        assert totals(said) == (1, 2, 1, 3)
        assert said.received == Received(2, 3, 2, 5)
        assert said.changed_since  # by now the commune holds the province's record too
        assert (said.books, said.villages) == (None, ())


@pytest.mark.parametrize("verdict", ["accepted", "returned"])
def test_the_receivers_verdict_stands_on_both_papers(homes: Homes, verdict: str) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _ = handed_over(homes)
    settle(homes)
    assert facts(top, sent["handover"]).verdict is None
    if verdict == "accepted":
        top.must("handover", "accept", sent["handover"])
    else:
        top.must("handover", "return", sent["handover"], "--reason", "Thiếu sổ thôn Hai")
    homes.carry(top, below, COMMUNE)
    for prompt in (top, below):
        said = facts(prompt, sent["handover"]).verdict
        assert said is not None
        assert said.accepted is (verdict == "accepted")
        assert said.on is not None
        assert said.reason == ("" if verdict == "accepted" else "Thiếu sổ thôn Hai")


def test_what_goes_down_is_counted_for_who_gets_it(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    handed_over(homes)
    book = write_book(homes.folder, "b.csv", "Thôn 1,9,Hồ Văn Xa,1,Hồ Thị Xa,2018-03-02,2")
    top.must("register", "import", book, "--unit", ELSEWHERE, codes=(0, 4))
    sent, _ = homes.carry(top, below, COMMUNE)
    seen = below.must("handover", "inspect", sent["file"])
    said = facts(top, sent["handover"])
    says_what_the_file_holds(said, sent, seen)
    assert totals(said) == (1, 2, 1, 3)
    issues = [one["severity"] for one in top.must("check", "--unit", COMMUNE, codes=(0, 1, 4))]
    assert (said.errors, said.warnings) == (issues.count("error"), issues.count("warning"))
    assert said.unit == "xã Tịnh Khê"
    # A child that the province moves there comes with all its history, and counts as held; one
    # that it moves away is told there for the last time.
    handed_over(homes)  # and the commune says what it has
    (came,), (left,) = children(top, "ho thi xa"), children(top, "pham van dong")
    top.must("register", "set", came, f"owner_unit={COMMUNE}")
    top.must("register", "set", left, f"owner_unit={ELSEWHERE}")
    sent, _ = homes.carry(top, below, COMMUNE)
    seen = below.must("handover", "inspect", sent["file"])
    assert (seen["households"], seen["children"]) == (0, 2)
    says_what_the_file_holds(facts(top, sent["handover"]), sent, seen)
