"""Who below has handed over, round by round: for which one, for none, in time or late."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import type_child
from tests.e2e.test_deliveries import line_of
from tests.e2e.test_two_pcs import write_book


@pytest.fixture
def homes(enrolled_pair: Homes) -> Homes:
    type_child(enrolled_pair.at(COMMUNE), "1", "Phạm Thị Hân")
    return enrolled_pair


def opened(prompt: Prompt, name: str, opens: str = "1/3/2026", closes: str = "31/12/2099") -> str:
    days = ("--reference", opens, "--opens", opens, "--closes", closes)
    return str(prompt.must("round", "new", name, *days)["id"])


def told(prompt: Prompt, *words: str, unit: str = COMMUNE) -> str:
    """The line of a unit, as people read it."""
    lines = prompt.told("handover", "deliveries", *words, codes=(0, 4))
    return next(one for one in lines if unit in one)


def paper(prompt: Prompt, file: Path, *words: str) -> str:
    """The list of who has not handed over, in one line."""
    prompt.must("handover", "deliveries", "--out", file, *words, codes=(0, 4))
    read = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
    return " ".join(read.stdout.decode().split())


def name_of(prompt: Prompt, unit: str = COMMUNE) -> str:
    """The last word of a unit's name."""
    return told(prompt, unit=unit).split("  ")[1].split()[-1]


def test_who_has_not_heard_of_the_round_has_handed_over_for_none_and_is_not_missing(
    homes: Homes, tmp_path: Path
) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    opened(above, "Quý I", closes="15/4/2026")
    sent, _ = homes.carry(below, above, PROVINCE)
    found = line_of(above)
    assert (found["stage"], found["last"]) == ("outside", sent["handover"])
    assert "đã giao ngoài đợt" in told(above)
    said = above.told("handover", "deliveries", codes=(0, 4))
    assert any("1 đơn vị đã giao ngoài đợt này." in one for one in said)
    words = paper(above, tmp_path / "list.pdf")
    assert "Đã giao nhưng không theo đợt này" in words
    listed, beneath = words.split("Đã giao nhưng không theo đợt này")
    assert name_of(above) in beneath.split("Đã giao sau ngày")[0]
    assert name_of(above) not in listed
    # Once it has heard it hands over for the round.
    homes.carry(above, below, COMMUNE)
    later, _ = homes.carry(below, above, PROVINCE)
    found = line_of(above)
    assert (found["stage"], found["last"]) == ("received", later["handover"])


def test_what_came_for_no_round_and_went_back_is_outstanding(homes: Homes) -> None:
    above = homes.at(PROVINCE)
    opened(above, "Quý IV")
    sent, _ = homes.carry(homes.at(COMMUNE), above, PROVINCE)
    above.must("handover", "return", sent["handover"], "--reason", "thiếu thôn Hai")
    assert line_of(above)["stage"] == "returned"


def test_each_of_two_open_rounds_tells_who_handed_over_for_it(homes: Homes, tmp_path: Path) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    survey, quarter = opened(above, "Rà soát"), opened(above, "Quý IV", opens="1/10/2026")
    homes.carry(above, below, COMMUNE)
    to = ("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    sent = below.must(*to, "--round", survey)
    above.must("handover", "receive", sent["file"], codes=(0, 4))
    found = line_of(above)
    assert (found["stage"], found["other_round"]) == ("none", "Rà soát")
    assert "đã giao theo đợt «Rà soát»" in told(above)
    assert "đã giao theo đợt khác: Rà soát" in paper(above, tmp_path / "list.pdf")
    said = above.told("handover", "deliveries", codes=(0, 4))
    assert "Đợt khác cũng đang mở: «Rà soát»." in said
    for named in (survey, survey[:8], "rà soát"):
        line = line_of(above, COMMUNE, "--round", named)
        assert (line["stage"], line["other_round"]) == ("received", None)
    document = above("handover", "deliveries", "--round", survey).document
    assert document["round_id"] == survey
    assert [one["id"] for one in document["rounds"]] == [quarter, survey]


def test_a_round_counts_what_its_giver_says_and_not_what_was_noted_before(homes: Homes) -> None:
    """The receiver notes the round that the bundle states; nothing counts in two rounds."""
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    survey = opened(above, "Rà soát")
    homes.carry(above, below, COMMUNE)
    quarter = opened(above, "Quý IV", opens="1/10/2026")
    homes.carry(below, above, PROVINCE)  # it knows of the survey alone
    assert line_of(above, COMMUNE, "--round", survey)["stage"] == "received"
    assert line_of(above, COMMUNE, "--round", quarter)["stage"] == "none"


def test_a_closed_round_is_asked_for_and_tells_who_was_late(homes: Homes, tmp_path: Path) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    made = opened(above, "Quý I", closes="15/4/2026")
    homes.carry(above, below, COMMUNE)
    homes.carry(below, above, PROVINCE)  # long after the last day
    above.must("round", "close", made)
    assert above("handover", "deliveries").document["round"] is None
    document = above("handover", "deliveries", "--round", "Quý I").document
    assert [(one["name"], one["state"]) for one in document["rounds"]] == [("Quý I", "closed")]
    (line,) = [one for one in document["units"] if one["unit"] == COMMUNE]
    assert (line["stage"], line["late"]) == ("received", True)
    assert line["late_days"] > 200
    assert f"nộp muộn {line['late_days']} ngày" in told(above, "--round", made)
    words = paper(above, tmp_path / "list.pdf", "--round", made)
    assert f"(muộn {line['late_days']} ngày)" in words.split("Đã giao sau ngày hết hạn: ")[1]


def test_a_round_that_nobody_knows_is_refused_by_name(homes: Homes) -> None:
    above = homes.at(PROVINCE)
    refused = above("handover", "deliveries", "--round", "Quý V")
    assert said_plainly(refused) == "deliveries.round_unknown"
    opened(above, "Quý IV")
    refused = above("handover", "deliveries", "--round", "Quý V")
    assert "«Quý IV»" in refused.document["message"]


def test_a_unit_without_a_pc_is_waited_for_by_nobody_and_what_is_held_of_it_is_told(
    homes: Homes, tmp_path: Path
) -> None:
    above, other = homes.at(PROVINCE), "21025@2025"
    opened(above, "Quý I", closes="15/4/2026")
    mine, none = line_of(above), line_of(above, other)
    assert (mine["late"], mine["has_pc"], mine["held"]) == (True, True, None)
    assert (none["late"], none["has_pc"]) == (False, False)
    assert none["held"] == {"households": 0, "children": 0}
    assert "không có máy bàn giao" in told(above, unit=other)
    book = write_book(tmp_path, "typed.csv", "Thôn 1,1,Phạm Văn Rơm,1,Phạm Thị Nga,2015-03-02,2")
    above.must("register", "import", book, "--unit", other, codes=(0, 4))
    assert line_of(above, other)["held"] == {"households": 1, "children": 1}
    assert "sổ ở đây có 1 hộ, 1 trẻ" in told(above, unit=other)
    assert "không có máy bàn giao" in paper(above, tmp_path / "list.pdf")
