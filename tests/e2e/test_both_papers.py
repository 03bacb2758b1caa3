"""The two papers of one handover: whose names, which day, whom they count, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.cli.program import main
from app.forms.age import years_before
from app.forms.units import load_units
from app.reports.document_texts import document_texts
from app.reports.handover_facts import FileCheck, HandoverFacts, Side
from app.reports.handover_record import handover_record
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_odd_handovers import years_away
from tests.e2e.test_record_says import facts
from tests.e2e.test_two_pcs import SIBLINGS, write_book
from tests.older_program import seal_without_counts

PROVINCE, COMMUNE = "51@2025", "21211@2025"


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    made = Homes(tmp_path, monkeypatch)
    province, commune = made.init(PROVINCE), made.at(COMMUNE)
    commune.must("init", "--unit", COMMUNE, "--user", "huyen")
    made.enrol(province, commune, province.must("authority", "init")["root_fingerprint"])
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    commune.must("register", "import", book, codes=(0, 4))
    return made


def paper(prompt: Prompt, handover: str) -> str:
    return repr(handover_record(facts(prompt, handover), document_texts("handover_record")))


def test_what_came_from_above_stands_on_both_papers_before_the_givers_half_has_come(
    homes: Homes,
) -> None:
    """All but the check of the file, which only the receiver has made."""
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    homes.carry(below, top, PROVINCE)
    words = ("--by", "Lê Na", "--title", "Chuyên viên", "--receiver", "Trần Mẫu")
    sent = top.must("handover", "send", "--to", COMMUNE, "--out", homes.stick, *words)
    below.must("handover", "receive", sent["file"], codes=(0, 4))
    given, got = (facts(prompt, sent["handover"]) for prompt in (top, below))
    assert (got.households, got.children) == (1, 2)
    assert got == replace(given, check=got.check)
    assert got.check is FileCheck.VERIFIED


def test_a_sign_in_name_is_nobodys_name_on_paper(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _ = homes.carry(below, top, PROVINCE)
    homes.carry(below, top, PROVINCE)
    homes.carry(top, below, COMMUNE)
    for prompt in (top, below):
        said = facts(prompt, sent["handover"])
        assert [one.name for one in said.giver.people] == [""]
        assert [one.name for one in said.receiver.people] == ["Nguyễn Thị An"]
        assert "huyen" not in paper(prompt, sent["handover"])
    # Who says a name at the handover is named.
    named = below.must("handover", "send", "--to", PROVINCE, "--out", homes.stick, "--by", "Lê Na")
    assert [one.name for one in facts(below, named["handover"]).giver.people] == ["Lê Na"]


def _signed(prompt: Prompt, handover: str) -> list[tuple[str, str]]:
    """(name, title) of who handed over and who received, as the paper of this PC says."""
    said = facts(prompt, handover)
    return [(one.name, one.title) for side in (said.giver, said.receiver) for one in side.people]


def test_both_papers_name_both_people_from_the_first_day_and_each_side_has_the_last_word(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_without_counts(monkeypatch)
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    words = ("--by", "Lê Na", "--title", "Công chức", "--receiver", "Trần Mẫu")
    sent = below.must("handover", "send", "--to", PROVINCE, "--out", homes.stick, *words)
    assert _signed(below, sent["handover"]) == [("Lê Na", "Công chức"), ("Trần Mẫu", "")]
    words = ("--by", "Trần Văn Mẫu", "--title", "Phó phòng", "--from", "Lê  Na")
    top.must("handover", "receive", sent["file"], *words, codes=(0, 4))
    # The giver's half has not come: the receiver's own word stands in for it.
    assert _signed(top, sent["handover"]) == [("Lê Na", ""), ("Trần Văn Mẫu", "Phó phòng")]
    homes.carry(below, top, PROVINCE)
    homes.carry(top, below, COMMUNE)
    both = [("Lê Na", "Công chức"), ("Trần Văn Mẫu", "Phó phòng")]
    assert _signed(top, sent["handover"]) == _signed(below, sent["handover"]) == both
    # They are proposed the next time, the latest word first, beside the directory of people.
    below.must("person", "add", "Đinh Văn Lía", "--title", "Chủ tịch")
    proposed = below.must("handover", "people", "--to", PROVINCE)
    assert [one["name"] for one in proposed["givers"]] == ["Lê Na", "Đinh Văn Lía"]
    assert proposed["receivers"] == [
        {"name": "Nguyễn Thị An", "title": ""},
        {"name": "Trần Văn Mẫu", "title": "Phó phòng"},
    ]
    # Nobody named: a sign-in name is no name on paper.
    again = below.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    assert _signed(below, again["handover"]) == [("", ""), ("", "")]


# --- the day they are counted for -----------------------------------------------------------


def _born(days: int) -> str:
    """The birthday of who turns 16 in so many days."""
    turns = date.today() + timedelta(days=days)  # noqa: DTZ011 -- the day of this PC
    return years_before(turns, 16)


def _older(homes: Homes, *days: int) -> None:
    rows = [
        f"Thôn 1,2,Hồ Văn Xa,{at},Hồ Thị Xa,{_born(one)},2" for at, one in enumerate(days, start=1)
    ]
    book = write_book(homes.folder, "b.csv", *rows)
    homes.at(COMMUNE).must("register", "import", book, codes=(0, 4))


def _counted(said: HandoverFacts) -> tuple[int, int, int]:
    return said.households, said.children, said.of_age


def test_who_turns_16_between_sending_and_receiving_counts_alike_at_both_ends(
    homes: Homes,
) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    _older(homes, 10, -10)
    sent = below.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    got = years_away(top, 30 / 365.25, "handover", "receive", sent["file"])
    assert got.document[0]["status"] == "imported"
    handed_over = date.today()  # noqa: DTZ011 -- the day of this PC
    at_once = facts(top, sent["handover"])
    homes.carry(below, top, PROVINCE)
    homes.carry(top, below, COMMUNE)
    for said in (at_once, facts(top, sent["handover"]), facts(below, sent["handover"])):
        assert _counted(said) == (2, 3, 1)
        assert (said.dated, said.counted_on) == (handed_over, handed_over)
        assert said.received is None
        assert not said.changed_since
        assert said.days_apart == (handed_over, handed_over + timedelta(days=30))
    for prompt in (top, below):
        assert "hai bên cùng tính số liệu theo ngày lập gói" in paper(prompt, sent["handover"])


def test_a_giver_two_years_behind_is_counted_for_its_own_day_and_the_papers_say_so(
    homes: Homes,
) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    _older(homes, -10)
    words = ("handover", "send", "--to", PROVINCE, "--out", homes.stick, "--clock-confirmed")
    sent = years_away(below, -2, *words).document
    assert (sent["of_age"], sent["children"]) == (0, 3)
    homes_day = date.fromisoformat(sent["counted_on"])
    top.must("handover", "receive", sent["file"], codes=(0, 4))
    at_once = facts(top, sent["handover"])
    homes.carry(below, top, PROVINCE)
    homes.carry(top, below, COMMUNE)
    for said in (at_once, facts(top, sent["handover"]), facts(below, sent["handover"])):
        assert _counted(said) == (2, 3, 0)
        assert (said.dated, said.received) == (homes_day, None)
        assert said.days_apart == (homes_day, date.today())  # noqa: DTZ011


def test_a_receipt_before_the_handover_proves_a_wrong_clock(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent = years_away(below, 1, "handover", "send", "--to", PROVINCE, "--out", homes.stick).document
    top.must("handover", "receive", sent["file"], codes=(0, 4))
    assert "đồng hồ của một trong hai máy sai" in paper(top, sent["handover"])
    homes.carry(below, top, PROVINCE)
    plain, _ = homes.carry(below, top, PROVINCE)
    for clue in ("theo ngày lập gói", "đồng hồ"):
        assert clue not in paper(top, plain["handover"])


# --- whom they count ------------------------------------------------------------------------


def test_who_is_of_age_is_told_beside_every_total(
    homes: Homes, capsys: pytest.CaptureFixture[str]
) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    _older(homes, -10, -20, -400)
    today = date.today()  # noqa: DTZ011 -- the day of this PC
    said = f"Không tính 3 trẻ đã đủ 16 tuổi vào ngày {today:%d/%m/%Y}"
    answer = below("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    assert said in answer.notes
    sent = answer.document
    assert (sent["children"], sent["of_age"], sent["left_out"]) == (5, 3, 0)
    assert sent["counted_on"] == today.isoformat()
    assert [one["children"] for one in sent["units"]] == [2]
    top.must("handover", "receive", sent["file"], codes=(0, 4))
    for prompt in (top, below):
        words = paper(prompt, sent["handover"])
        assert "và 02 trẻ em (trong đó" in words
        assert f"Không tính vào số trên 03 trẻ em đã đủ 16 tuổi vào ngày {today:%d/%m/%Y}" in words
        assert "05 trẻ em, kể cả trẻ em không tính vào tổng số ghi ở trên" in words
    capsys.readouterr()
    plain = ["--home", str(below.home), "handover", "send", "--to", PROVINCE, "--out"]
    assert main([*plain, str(homes.stick)], open_services) == 0
    assert said in capsys.readouterr().out


# --- before the giver's half has come -------------------------------------------------------


def test_what_nobody_has_said_is_null_and_what_the_manifest_said_is_known(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_without_counts(monkeypatch)
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _ = homes.carry(below, top, PROVINCE)
    (listed,) = top.must("handover", "list")
    unknown = ("households", "children", "incomplete", "sent_on")
    assert {name: listed[name] for name in unknown} == dict.fromkeys(unknown)
    assert (listed["giver"], listed["to"], listed["seq"]) == (COMMUNE, PROVINCE, sent["seq"])
    assert listed["file"] == Path(sent["file"]).name
    assert [one["children"] for one in listed["receipts"]] == [2]


def test_a_child_moved_to_a_giver_that_handed_over_nothing_is_not_in_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_without_counts(monkeypatch)
    homes = Homes(tmp_path, monkeypatch)
    district, commune, beside = "524@2024", "21064@2024", "21067@2024"
    top = homes.init("51@2024")
    root = top.must("authority", "init")["root_fingerprint"]
    middle, below, empty = (homes.init(unit) for unit in (district, commune, beside))
    homes.enrol(top, middle, root)
    for one in (below, empty):
        homes.enrol(middle, one, root)
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    below.must("register", "import", book, codes=(0, 4))
    child = below.must("register", "search", "pham")[0]["id"]
    below.must("register", "set", child, f"owner_unit={beside}")
    files = [
        one.must("handover", "send", "--to", district, "--out", homes.stick)
        for one in (below, empty)
    ]
    middle.must("handover", "receive", *(one["file"] for one in files), codes=(0, 4))
    said = facts(middle, files[1]["handover"])
    assert (files[1]["children"], said.children, said.counted_by) == (0, 1, Side.RECEIVER)
    words = paper(middle, files[1]["handover"])
    assert "chưa nhận được số liệu của bên giao. Bên nhận tự tính được 01 hồ sơ, gồm" in words
    # Its half says what it gave; what the district counts stands beside it as the district's.
    homes.carry(empty, middle, district)
    said = facts(middle, files[1]["handover"])
    assert (said.children, said.counted_by) == (0, Side.GIVER)
    assert said.received is not None
    assert said.received.children == 1
    assert "Bên nhận tự kiểm tra và tính được 0 hộ" in paper(middle, files[1]["handover"])


def test_every_tier_names_what_was_relayed_and_accepts_it_after_its_receiver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    province, district, commune = "51@2024", "524@2024", "21064@2024"
    top, middle, below = (homes.init(unit) for unit in (province, district, commune))
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, middle, root)
    homes.enrol(middle, below, root)
    row = "Thôn 1,1,Phạm Văn Rơm,1,Phạm Thị Hân,2015-03-02,2"
    book = write_book(tmp_path, "a.csv", row)
    below.must("register", "import", book, codes=(0, 4))
    sent, _ = homes.carry(below, middle, district)
    homes.carry(middle, top, province)
    named = {one["id"]: one for one in top.must("handover", "list")}
    relayed = named[sent["handover"]]
    assert (relayed["giver"], relayed["to"], relayed["seq"]) == (commune, district, sent["seq"])
    assert (relayed["households"], relayed["sent_on"]) == (None, None)
    capsys.readouterr()
    assert main(["--home", str(top.home), "handover", "list"], open_services) == 0
    line = next(one for one in capsys.readouterr().out.splitlines() if sent["handover"] in one)
    units = load_units()
    names = [units.unit(one).full_name() for one in (commune, district)]
    assert " → ".join(names) in line, "in words, as people know them"
    assert "chưa rõ" not in line
    refused = top("handover", "accept", sent["handover"])
    assert (refused.code, refused.document["error"]) == (1, "handover.not_delivered")
    assert district in refused.document["message"]
    middle.must("handover", "accept", sent["handover"])
    homes.carry(middle, top, province)
    top.must("handover", "accept", sent["handover"])
    # The giver's own half says the same of itself: nothing waits for anybody.
    homes.carry(below, middle, district)
    homes.carry(middle, top, province)
    for prompt in (top, middle):
        assert prompt.must("conflict", "list") == []
