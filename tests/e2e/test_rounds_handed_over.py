"""Two rounds open at once: which one a handover is for is said, and may be chosen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_both_papers import paper
from tests.e2e.test_record_says import facts
from tests.e2e.test_two_pcs import SIBLINGS, write_book
from tests.older_program import seal_without_counts

SURVEY, QUARTER = "Rà soát năm 2026", "Quý IV/2026"


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    enrolled_pair.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return enrolled_pair


def _opened(homes: Homes, name: str, opens: str, *more: str) -> str:
    days = ("--reference", opens, "--opens", opens, "--closes", "31/12/2026")
    made = homes.at(PROVINCE).must("round", "new", name, *days, *more)
    return str(made["id"])


def _both(homes: Homes) -> tuple[str, str]:
    """The survey leaves out who was born before 2016, the quarter nobody; the quarter is newer."""
    opened = (
        _opened(homes, SURVEY, "1/3/2026", "--born-from", "1/1/2016"),
        _opened(homes, QUARTER, "1/10/2026"),
    )
    homes.carry(homes.at(PROVINCE), homes.at(COMMUNE), COMMUNE)
    return opened


def _send(homes: Homes, *words: str) -> tuple[str, ...]:
    return ("handover", "send", "--to", PROVINCE, "--out", str(homes.stick), *words)


def test_unasked_the_newest_round_is_taken_and_the_other_named(homes: Homes) -> None:
    below = homes.at(COMMUNE)
    survey, quarter = _both(homes)
    sent = below.must(*_send(homes))
    assert sent["round"] == {"id": quarter, "name": QUARTER}
    assert sent["other_rounds"] == [{"id": survey, "name": SURVEY}]
    assert facts(below, sent["handover"]).round_title == QUARTER
    told = "\n".join(below.told(*_send(homes)))
    assert f"Bàn giao theo đợt «{QUARTER}»." in told
    assert f"Đợt khác cũng đang mở: «{SURVEY}»." in told


@pytest.mark.parametrize("by", ["id", "beginning", "name"])
def test_another_round_may_be_named_and_its_cut_off_counts(homes: Homes, by: str) -> None:
    below = homes.at(COMMUNE)
    survey, _quarter = _both(homes)
    named = {"id": survey, "beginning": survey[:8], "name": SURVEY.upper()}[by]
    sent = below.must(*_send(homes, "--round", named))
    assert (sent["round"]["name"], sent["counted_on"]) == (SURVEY, "2026-03-01")
    said = facts(below, sent["handover"])
    assert (said.round_title, said.born_from) == (SURVEY, date(2016, 1, 1))
    assert said.left_out == sent["left_out"] > 0
    assert not said.changed_since


def test_a_receiver_that_counted_for_another_round_says_so_on_both_papers(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a bundle that does not say its round."""
    seal_without_counts(monkeypatch)
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    survey, _quarter = _both(homes)
    sent = below.must(*_send(homes, "--round", survey))
    top.must("handover", "receive", sent["file"], codes=(0, 4))
    homes.carry(below, top, PROVINCE)
    homes.carry(top, below, COMMUNE)
    for prompt in (top, below):
        said = facts(prompt, sent["handover"])
        assert (said.round_title, said.receiver_round) == (SURVEY, QUARTER)
        assert said.received is not None
        assert (said.children, said.received.children) == (1, 2)
        words = paper(prompt, sent["handover"])
        assert (
            f"tự kiểm tra theo đợt rà soát khác với bên giao ({QUARTER}), tính được 01 hộ" in words
        )
    # For the round that everybody takes unasked nothing of this is said.
    sent, _ = homes.carry(below, top, PROVINCE)
    homes.carry(below, top, PROVINCE)
    said = facts(top, sent["handover"])
    assert (said.round_title, said.receiver_round, said.received) == (QUARTER, "", None)


def test_a_receipt_stays_true_to_its_round_when_that_is_closed(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    survey, quarter = _both(homes)
    top.must("round", "close", quarter)
    homes.carry(top, below, COMMUNE)
    sent, _ = homes.carry(below, top, PROVINCE)
    top.must("round", "close", survey)
    said = facts(top, sent["handover"])
    assert (said.children, said.left_out, said.changed_since) == (1, 1, False)
    assert said.counted_on == date(2026, 3, 1)


def test_what_is_no_open_round_is_refused_before_anything_is_sealed(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    survey, _quarter = _both(homes)
    refused = below(*_send(homes, "--round", "Quý V"))
    assert said_plainly(refused) == "handover.round_unknown"
    assert QUARTER in refused.document["message"]
    top.must("round", "close", survey)
    homes.carry(top, below, COMMUNE)
    refused = below(*_send(homes, "--round", SURVEY))
    assert said_plainly(refused) == "handover.round_closed"
    assert below.must("handover", "unfinished") == []
    assert list(homes.stick.rglob(f"{COMMUNE[:5]}-*-{PROVINCE[:2]}-*")) == []


def test_without_an_open_round_the_answer_says_so(homes: Homes) -> None:
    below: Prompt = homes.at(COMMUNE)
    sent = below.must(*_send(homes))
    assert (sent["round"], sent["other_rounds"]) == (None, [])
    assert "Không có đợt rà soát nào đang mở" in "\n".join(below.told(*_send(homes)))


def test_a_round_stops_what_has_errors_of_the_rules_it_names(homes: Homes) -> None:
    """Unfinished records may always go up, unless the round says which errors it does not take."""
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    rule = "circumstance_answer_given"
    _opened(homes, QUARTER, "1/10/2026", "--blocking-rule", rule)
    homes.carry(top, below, COMMUNE)
    refused = below(*_send(homes))
    assert said_plainly(refused) == "handover.blocked"
    said = refused.document["message"]
    assert "«Phải trả lời câu hỏi về nhóm hoàn cảnh" in said
    assert "hay thuộc ít nhất một nhóm» (2)" in said
    assert rule not in said, "the clerk knows no names of rules"
    listed = [one["giver"] for one in below.must("handover", "list")]
    assert COMMUNE not in listed, "nothing was numbered, nothing is on the stick"
    assert not list(homes.stick.rglob("21211-*.tebundle"))
    for found in below.must("register", "search", "pham"):
        below.must("register", "set", found["id"], "circumstance_answer=none", codes=(0, 4))
    sent = below.must(*_send(homes))
    # What comes down is no answer to the round: the same errors would not stop a correction.
    top.must("handover", "receive", sent["file"], codes=(0, 4))
    for found in top.must("register", "search", "pham"):
        top.must("register", "set", found["id"], "circumstance_answer=", codes=(0, 4))
    homes.carry(top, below, COMMUNE)


def test_a_rule_that_no_form_has_cannot_block(homes: Homes) -> None:
    days = ("--reference", "1/10/2026", "--opens", "1/10/2026", "--closes", "31/12/2026")
    top = homes.at(PROVINCE)
    refused = top("round", "new", QUARTER, *days, "--blocking-rule", "khong-co")
    assert said_plainly(refused) == "rounds.no_rule"
    assert "khong-co" in refused.document["message"]
    assert "circumstance_answer_given" in refused.document["message"]
    assert top.must("round", "list") == []
