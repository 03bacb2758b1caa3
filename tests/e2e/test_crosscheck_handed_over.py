"""What lists held against the register came to stands on the giver's paper, and nowhere else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from app.reports.handover_facts import CrossCheckLine
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes
from tests.e2e.test_record_says import facts
from tests.e2e.test_two_pcs import SIBLINGS, write_book

_LIST = [
    ["TT", "Chủ hộ", "Tên trẻ em", "Năm sinh", "Diện"],
    ["1", "Phạm Văn Rơm", "Phạm Thị Hân", "2015", "HN"],
    ["2", "Trần Văn Lạ", "Trần Thị Mơ", "2019", "HN"],
]


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    enrolled_pair.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return enrolled_pair


def _held_against(homes: Homes, tmp_path: Path) -> None:
    path = tmp_path / "ngheo.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_LIST)
    homes.at(COMMUNE).must("list", "poverty", path, codes=(4,))


def test_the_totals_of_the_round_stand_on_the_givers_paper(homes: Homes, tmp_path: Path) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    _held_against(homes, tmp_path)
    to = ("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    without = below.must(*to)
    assert facts(below, without["handover"]).crosschecks == (), "no round says since when"

    opened = ("--opens", "1/1/2020", "--closes", "31/12/2090", "--reference", "31/12/2090")
    top.must("round", "new", "Quý IV", *opened)
    homes.carry(top, below, COMMUNE)
    sent = below.must(*to)
    (line,) = facts(below, sent["handover"]).crosschecks
    assert line == CrossCheckLine(
        kind="poverty",
        year=line.year,
        on=line.on,
        rows=2,
        both=0,
        differs=1,
        review=0,
        only_list=1,
        settled=0,
        grown=0,
        only_book=0,
    )
    top.must("handover", "receive", sent["file"], codes=(0, 4))
    assert facts(top, sent["handover"]).crosschecks == (), "a list never leaves its PC"

    more = write_book(tmp_path, "b.csv", "Thôn 1,2,Đinh Văn Lía,1,Đinh Thị Nga,2016,2")
    below.must("register", "import", more, codes=(0, 4))
    assert facts(below, sent["handover"]).crosschecks == (), "counts of another day stand on none"
