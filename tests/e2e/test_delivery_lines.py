"""Whose line a handover counts in where one PC hands over for several units, several PCs for one,
or a decree made another unit of them; and the alarms of a line, which end.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.decrees import NEW, ONE, OTHER, TOP
from tests.e2e import test_several_units
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import _station, type_child
from tests.e2e.test_deliveries import line_of
from tests.e2e.test_delivery_rounds import name_of, opened, paper, told
from tests.e2e.test_new_unit import HEAD


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


def test_one_pc_that_is_certified_for_two_units_hands_over_for_both(
    fresh: Homes, tmp_path: Path
) -> None:
    several = test_several_units
    top, desk = several.two_units(fresh)
    district = fresh.at(several.DISTRICT)
    several.fill(fresh, desk)
    fresh.carry(top, district, several.DISTRICT)
    sent, _ = fresh.carry(desk, district, several.DISTRICT)
    for unit in (several.MINE, several.ALSO):
        found = line_of(district, unit)
        assert (found["stage"], found["last"]) == ("received", sent["handover"])
        assert found["has_pc"]
    assert name_of(district, several.ALSO) not in paper(district, tmp_path / "list.pdf")


def test_a_return_is_not_hidden_by_a_bundle_of_the_units_other_pc(
    enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = enrolled_pair
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    second = Prompt(homes.folder / "second", monkeypatch)
    second.must("init", "--unit", COMMUNE, "--user", "bình", "--full-name", "Lê Bình")
    homes.enrol(above, second, above.must("authority", "status")["root_fingerprint"])
    type_child(below, "1", "Phạm Thị Hân")
    sent, _ = homes.carry(below, above, PROVINCE)
    above.must("handover", "return", sent["handover"], "--reason", "thiếu thôn Hai")
    homes.carry(second, above, PROVINCE)  # it knows nothing of the first
    assert line_of(above)["stage"] == "returned"
    homes.carry(above, below, COMMUNE)
    homes.carry(below, above, PROVINCE)  # it has heard, and answers
    assert line_of(above)["stage"] == "received"


def test_a_gap_of_a_line_that_a_restore_gave_up_is_told_no_more(enrolled_pair: Homes) -> None:
    homes = enrolled_pair
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    type_child(below, "1", "Phạm Thị Hân")
    homes.carry(below, above, PROVINCE)
    copy = below.must("backup", "create")["file"]
    below.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)  # lost
    homes.carry(below, above, PROVINCE)
    assert line_of(above)["missing"] == [{"first": 2, "last": 2}]
    below.must("backup", "restore", copy)
    homes.carry(below, above, PROVINCE)
    # The PC has given that id up and said so: it does not know number 2 any more.
    assert line_of(above)["missing"] == []


def test_a_fork_is_told_until_both_copies_took_an_id_of_their_own(
    enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = enrolled_pair
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    type_child(below, "1", "Phạm Thị Hân")
    homes.carry(below, above, PROVINCE)
    shutil.copytree(below.home, homes.folder / "copy")
    copy = Prompt(homes.folder / "copy", monkeypatch)
    other = homes.folder / "usb2"
    other.mkdir()
    sticks = ((below, homes.stick), (copy, other))

    def both_send() -> None:
        for prompt, stick in sticks:
            sent = prompt.must("handover", "send", "--to", PROVINCE, "--out", stick)
            above.must("handover", "receive", sent["file"], codes=(0, 4))

    type_child(below, "2", "Đinh Thị Nga")
    type_child(copy, "3", "Hồ Thị Na")
    both_send()
    assert line_of(above)["forked"] is True
    assert "máy gửi có hai bản dữ liệu" in told(above)
    down = above.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    for prompt, _ in sticks:
        prompt.must("handover", "receive", down["file"], codes=(0, 4))
    both_send()
    assert line_of(above)["forked"] is False


def _merged(homes: Homes, since: str) -> None:
    units, successors = homes.folder / "units.csv", homes.folder / "successors.csv"
    units.write_text(HEAD + f"2026a,29999,Ba Mới,commune,51,{since},\n", encoding="utf-8")
    successors.write_text(
        f"old,new,share\n{ONE},{NEW},whole\n{OTHER},{NEW},whole\n", encoding="utf-8"
    )
    homes.at(TOP).must("unit", "load", units, "--successors", successors)


def _pair(homes: Homes, closes: str) -> Prompt:
    """The province, and both communes that are to become one, which know of its round."""
    top = homes.init(TOP)
    root = top.must("authority", "init")["root_fingerprint"]
    opened(top, "Quý I", closes=closes)
    for unit in (ONE, OTHER):
        homes.enrol(top, homes.init(unit), root)
        homes.carry(top, homes.at(unit), unit)
    return top


def test_a_unit_that_was_formed_after_the_last_day_is_not_late(
    fresh: Homes, tmp_path: Path
) -> None:
    top = _pair(fresh, "15/4/2026")
    assert line_of(top, ONE)["late"] is True
    _merged(fresh, "2026-05-01")
    found = line_of(top, NEW)
    assert (found["stage"], found["late"], found["newer"]) == ("none", False, True)
    assert "thành lập sau ngày hết hạn" in told(top, unit=NEW)
    assert "thành lập sau ngày hết hạn" in paper(top, tmp_path / "list.pdf")


def test_what_merged_units_handed_over_counts_for_the_one_they_became(fresh: Homes) -> None:
    top = _pair(fresh, "31/12/2099")
    first, _ = fresh.carry(fresh.at(ONE), top, TOP)
    _merged(fresh, "2026-01-01")
    found = line_of(top, NEW)
    assert (found["stage"], found["last"]) == ("none", first["handover"])
    assert found["merged"] == {"delivered": 1, "of": 2}
    assert "mới có 1/2 đơn vị cũ giao" in told(top, unit=NEW)
    late, _ = fresh.carry(fresh.at(OTHER), top, TOP)  # on its way since before the decree
    found = line_of(top, NEW)
    assert (found["stage"], found["last"], found["handovers"]) == ("received", late["handover"], 2)


def test_a_unit_that_was_split_has_a_line_of_its_own_while_it_hands_over(fresh: Homes) -> None:
    top = _pair(fresh, "31/12/2099")
    units, successors = fresh.folder / "units.csv", fresh.folder / "successors.csv"
    rows = (
        "2026a,29997,Ba Trên,commune,51,2026-01-01,\n2026a,29998,Ba Dưới,commune,51,2026-01-01,\n"
    )
    units.write_text(HEAD + rows, encoding="utf-8")
    parts = "".join(f"{ONE},{new}@2026a,part\n" for new in (29997, 29998))
    successors.write_text("old,new,share\n" + parts, encoding="utf-8")
    top.must("unit", "load", units, "--successors", successors)
    named = [one["unit"] for one in top("handover", "deliveries").document["units"]]
    assert ONE not in named
    sent, _ = fresh.carry(fresh.at(ONE), top, TOP)
    found = line_of(top, ONE)
    assert (found["stage"], found["last"], found["gone"]) == ("received", sent["handover"], True)
    assert "đơn vị cũ, nay không còn" in told(top, unit=ONE)
    said = top.told("handover", "deliveries", codes=(0, 4))
    assert any(f"{len(named)} đơn vị: " in one and "0 đã nhận" in one for one in said)


def test_a_unit_whose_bundle_lies_kept_here_is_told_so(
    enrolled_pair: Homes, tmp_path: Path
) -> None:
    homes = enrolled_pair
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    type_child(below, "1", "Phạm Thị Hân")
    sent = below.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    above.must("authority", "revoke", _station(below))
    above("handover", "receive", sent["file"])
    assert line_of(above)["kept"] == 1
    assert "đang giữ 1 gói của máy bị thu hồi" in told(above)
    assert "đang giữ 1 gói của máy bị thu hồi" in paper(above, tmp_path / "list.pdf")


def test_the_command_tells_how_much_what_was_undone_and_that_it_is_late(
    enrolled_pair: Homes,
) -> None:
    homes = enrolled_pair
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    opened(above, "Quý I", closes="15/4/2026")
    homes.carry(above, below, COMMUNE)
    type_child(below, "1", "Phạm Thị Hân")
    sent, _ = homes.carry(below, above, PROVINCE)
    assert "1 hộ · 1 trẻ" in told(above)
    above.must("handover", "undo", sent["handover"], "--reason", "nhầm", codes=(0, 4))
    line = told(above)
    assert "quá hạn" in line
    assert "lần nhận đã hoàn tác" in line


def test_the_list_is_written_over_no_file_and_its_place_is_said(
    enrolled_pair: Homes, tmp_path: Path
) -> None:
    above, file = enrolled_pair.at(PROVINCE), tmp_path / "list.pdf"
    said = above.told("handover", "deliveries", "--out", file)
    assert said[-1] == f"Đã ghi danh sách: {file}"
    before = file.read_bytes()
    refused = above("handover", "deliveries", "--out", file)
    assert said_plainly(refused) == "printing.file_there"
    assert file.read_bytes() == before
    document = above.must("handover", "deliveries", "--out", tmp_path / "other.pdf")
    assert document["file"] == str(tmp_path / "other.pdf")


def test_a_paper_is_on_record_only_when_it_stands(enrolled_pair: Homes, tmp_path: Path) -> None:
    homes = enrolled_pair
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _ = homes.carry(below, above, PROVINCE)
    papers = {
        "deliveries.printed": ("handover", "deliveries"),
        "handover.printed": ("handover", "record", sent["handover"]),
        "returned.printed": ("handover", "returned"),
    }

    def printed() -> list[str]:
        return sorted(one["event"] for one in above.must("audit", "list") if one["event"] in papers)

    for words in papers.values():
        assert above(*words, "--out", tmp_path / "no-folder" / "paper.pdf").code == 1
    assert printed() == []
    for at, words in enumerate(papers.values()):
        above.must(*words, "--out", tmp_path / f"{at}.pdf")
    assert printed() == sorted(papers)


def test_of_a_district_is_told_how_many_communes_handed_over(fresh: Homes) -> None:
    several = test_several_units
    top, desk = several.two_units(fresh)
    district = fresh.at(several.DISTRICT)
    several.fill(fresh, desk)
    fresh.carry(top, district, several.DISTRICT)
    fresh.carry(desk, district, several.DISTRICT)
    before = line_of(top, several.DISTRICT)["below"]
    assert before["delivered"] == 0
    # Which units a bundle was about comes up with the next one of its giver.
    fresh.carry(desk, district, several.DISTRICT)
    fresh.carry(district, top, several.PROVINCE)
    after = line_of(top, several.DISTRICT)["below"]
    assert after == {"delivered": 2, "of": before["of"]}
    assert f"cấp dưới: 2/{before['of']} đã giao" in told(top, unit=several.DISTRICT)
