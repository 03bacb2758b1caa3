"""Errors of a child who left and is counted in the book it left, or as another record, are no
errors of the unit that its record belongs to.
"""

from __future__ import annotations

from tests.decrees import ONE, OTHER, TOP
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_copies import type_child
from tests.e2e.test_delivery_lines import _pair, fresh
from tests.e2e.test_returned_and_moved import move, open_round
from tests.e2e.test_verification import COMMUNE, DISTRICT, Three, child, prepared, three

__all__ = ["fresh", "prepared", "three"]  # fixtures

BESIDE = "21016@2024"
NUMBERS = ("households", "children", "incomplete", "errors", "warnings")


def errors_of(prompt: Prompt, to: str) -> int:
    """How many errors a handover would state."""
    return int(prompt.must("handover", "send", "--to", to, "--preview", codes=(0, 4))["errors"])


def enrolled_beside(three: Three) -> Prompt:
    """The PC of the commune that a child moves to."""
    beside = three.homes.init(BESIDE)
    root = three.province.must("authority", "status")["root_fingerprint"]
    three.homes.enrol(three.district, beside, root)
    return beside


def test_a_child_that_is_still_counted_in_the_old_book_adds_no_errors_to_the_new_one(
    three: Three,
) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    beside = enrolled_beside(three)
    open_round(three)
    homes.carry(district, beside, BESIDE)
    move(commune, child(commune, "pham thi han"), "Phường Quảng Phú")
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, beside, BESIDE)
    found = beside.must("handover", "send", "--to", DISTRICT, "--preview")
    assert {name: found[name] for name in NUMBERS} == dict.fromkeys(NUMBERS, 0)


def test_nor_does_it_stop_the_new_book_s_handover_by_a_rule_of_the_round(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    beside = enrolled_beside(three)
    days = ("--reference", "2026-12-31", "--opens", "2026-10-01", "--closes", "2026-12-31")
    blocking = ("--blocking-rule", "circumstance_answer_given")
    three.province.must("round", "new", "Quý này", *days, *blocking)
    homes.carry(three.province, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    homes.carry(district, beside, BESIDE)
    han = child(commune, "pham thi han")
    move(commune, han, "Phường Quảng Phú")
    for name in ("dinh", "pham", "vo", "ho", "le"):
        for row in commune.must("register", "search", name):
            if row["id"] != han:
                commune("register", "set", row["id"], "circumstance_answer=none")
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, beside, BESIDE)
    answer = beside("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    assert answer.code == 0, answer


def test_the_errors_of_a_child_that_was_paired_are_those_of_the_record_that_is_counted(
    fresh: Homes,
) -> None:
    top = _pair(fresh, "31/12/2099")
    one, other = fresh.at(ONE), fresh.at(OTHER)
    for prompt, unit in ((one, ONE), (other, OTHER)):
        fresh.carry(top, prompt, unit)
    type_child(one, "1", "Lê Thị Mai")
    left = child(one, "Lê Thị Mai")
    move(one, left, "xã Ba Vinh")
    type_child(other, "7", "Lê Thị Mai")
    came = child(other, "Lê Thị Mai")
    alone = errors_of(other, TOP)
    assert alone > 0
    fresh.carry(one, top, TOP)
    fresh.carry(other, top, TOP)
    top.must("move", "pair", left, came)
    fresh.carry(top, other, OTHER)
    assert errors_of(other, TOP) == alone
