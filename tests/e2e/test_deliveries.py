"""Who below has handed over, as the register of a unit above tells it: whatever a giver writes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.i18n import set_language, text
from app.models.queries import sending
from app.services.delivery_values import Gap
from app.services.delivery_words import gap_words
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_odd_handovers import years_away
from tests.e2e.test_two_pcs import SIBLINGS, write_book


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    enrolled_pair.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return enrolled_pair


def send(giver: Prompt, homes: Homes, *words: str) -> str:
    sent = giver.must("handover", "send", "--to", PROVINCE, "--out", homes.stick, *words)
    return str(sent["file"])


def numbered(giver: Prompt, homes: Homes, seq: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The next bundle of a giver who changed the program to number it as he likes."""
    with monkeypatch.context() as patch:
        before = (seq - 1, b"\x01" * 32)
        patch.setattr(sending, "line_state", lambda *_args: before)
        return send(giver, homes)


def line_of(prompt: Prompt, unit: str = COMMUNE, *words: str) -> dict[str, Any]:
    answer = prompt("handover", "deliveries", *words)
    (found,) = [one for one in answer.document["units"] if one["unit"] == unit]
    return dict(found)


def test_a_number_of_a_modified_client_costs_nothing_and_hides_no_gap(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    above.must("handover", "receive", send(below, homes), codes=(0, 4))
    send(below, homes)  # its stick is lost
    above.must("handover", "receive", send(below, homes), codes=(0, 4))
    absurd = numbered(below, homes, 3_000_001, monkeypatch)
    above.must("handover", "receive", absurd, codes=(0, 4))
    assert line_of(above)["missing"] == [
        {"first": 2, "last": 2},
        {"first": 4, "last": 3_000_000},
    ]
    told = above.told("handover", "deliveries", codes=(0, 4))
    assert any(one.rstrip().endswith("thiếu gói số 2 và 2.999.997 gói nữa") for one in told), told


def test_a_few_gaps_are_named_and_a_long_one_is_counted() -> None:
    set_language("vi")
    assert gap_words(()) == ""
    assert gap_words((Gap(2, 7), Gap(9, 9), Gap(11, 30_000_000))) == "2–7, 9 và 29.999.990 gói nữa"
    assert gap_words((Gap(2, 30_000_000), Gap(3, 3))) == "3 và 29.999.999 gói nữa"
    assert gap_words((Gap(2, 30_000_000),)) == "2–30.000.000"
    many = tuple(Gap(one, one) for one in range(2, 40, 2))
    assert gap_words(many) == "2, 4, 6, 8, 10 và 14 gói nữa"


def test_a_givers_clock_a_year_ahead_hides_nothing_that_comes_next(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    to = ("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    ahead = years_away(below, 1, *to).document
    above.must("handover", "receive", ahead["file"], codes=(0, 4))
    above.must("handover", "return", ahead["handover"], "--reason", "thiếu thôn Hai")
    later = below.must(*to)
    above.must("handover", "receive", later["file"], codes=(0, 4))
    # Their giver's half comes with a third one, which says the claimed days.
    last = below.must(*to)
    above.must("handover", "receive", last["file"], codes=(0, 4))
    found = line_of(above)
    # None of them answers the return, of which their giver has not heard.
    assert (found["stage"], found["last"]) == ("returned", last["handover"])
    above.must("handover", "accept", last["handover"])
    assert line_of(above)["stage"] == "accepted"


def test_of_one_line_the_greatest_number_counts_in_whatever_order_it_came(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    to = ("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    first, second = below.must(*to), below.must(*to)
    for one in (second, first):
        above.must("handover", "receive", one["file"], codes=(0, 4))
    assert line_of(above)["last"] == second["handover"]


def test_what_was_handed_over_before_the_round_opened_is_no_delivery_of_it(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _got = homes.carry(below, above, PROVINCE)
    assert (line_of(above)["stage"], line_of(above)["last"]) == ("received", sent["handover"])
    days = ("--reference", "1/3/2026", "--opens", "1/3/2026", "--closes", "31/12/2026")
    above.must("round", "new", "Rà soát năm 2026", *days)
    found = line_of(above)
    assert (found["stage"], found["last"], found["handovers"]) == ("none", None, 0)
    homes.carry(above, below, COMMUNE)
    later, _got = homes.carry(below, above, PROVINCE)
    found = line_of(above)
    assert (found["stage"], found["last"], found["handovers"]) == ("received", later["handover"], 1)


def test_the_overview_is_headed_by_its_round_and_tells_days_as_people_write_them(
    homes: Homes,
) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    above.must("handover", "receive", send(below, homes), codes=(0, 4))
    told = above.told("handover", "deliveries", codes=(0, 4))
    assert told[0] == "Theo dõi giao nộp"
    today = datetime.now().astimezone().date()
    line = next(one for one in told if COMMUNE in one)
    assert f"{today:%d/%m/%Y}" in line
    days = ("--reference", "1/11/2026", "--opens", "1/1/2026", "--closes", "15/12/2099")
    above.must("round", "new", "Quý IV", *days)
    told = above.told("handover", "deliveries", codes=(0, 4))
    assert told[0] == "Theo dõi giao nộp · Quý IV, hạn 15/12/2099"


def test_a_unit_to_which_nobody_hands_over_says_so(homes: Homes) -> None:
    told = homes.at(COMMUNE).told("handover", "deliveries")
    assert text("cli.deliveries.nobody") in told
