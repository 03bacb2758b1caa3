"""The giver's numbers come with the bundle itself: both papers say the same from the first day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.reports.handover_facts import HandoverFacts, Person, Received, Side
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes
from tests.e2e.modified_client import ModifiedClient, record_at
from tests.e2e.test_both_papers import paper
from tests.e2e.test_record_says import facts, totals
from tests.e2e.test_two_pcs import SIBLINGS, write_book
from tests.older_program import seal_without_counts

SURVEY, QUARTER = "Rà soát năm 2026", "Quý IV/2026"
BESIDE = "Thôn 2,7,Hồ Văn Xa,1,Hồ Thị Xa,2018-03-02,2"
#: What each side finds out for itself: who received, and what became of the file.
OWN = ("receiver", "check", "received", "receiver_round", "verdict", "days_apart")


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    """The survey leaves out who was born before 2016; at the province another round is newer."""
    book = write_book(tmp_path, "a.csv", *SIBLINGS, BESIDE)
    top, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    below.must("register", "import", book, codes=(0, 4))
    days = ("--closes", "31/12/2026", "--reference")
    survey = ("--opens", "1/3/2026", *days, "1/3/2026", "--born-from", "1/1/2016")
    top.must("round", "new", SURVEY, *survey)
    enrolled_pair.carry(top, below, COMMUNE)
    top.must("round", "new", QUARTER, "--opens", "1/10/2026", *days, "1/10/2026")
    return enrolled_pair


def send(homes: Homes) -> Any:
    words = ("--by", "Lê Na", "--title", "Công chức", "--receiver", "Trần Mẫu")
    return homes.at(COMMUNE).must(
        "handover", "send", "--to", PROVINCE, "--out", homes.stick, *words
    )


def shared(said: HandoverFacts) -> dict[str, object]:
    """What both papers have to say alike."""
    names = set(HandoverFacts.__dataclass_fields__) - set(OWN)
    return {name: getattr(said, name) for name in sorted(names)}


def test_right_after_receipt_both_papers_say_the_same_of_everything(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent = send(homes)
    given = facts(below, sent["handover"])
    top.must("handover", "receive", sent["file"], codes=(0, 4))
    got = facts(top, sent["handover"])
    assert shared(got) == shared(given)
    assert (got.counted_by, got.received, got.receiver_round) == (Side.GIVER, None, "")
    # None of it is empty: these are what the receiver lacked.
    assert got.round_title == SURVEY
    assert (got.children, got.left_out, got.errors) == (2, 1, sent["errors"])
    assert [(one.name, one.children) for one in got.villages] == [("Thôn 1", 1), ("Thôn 2", 1)]
    assert got.giver.people == (Person("Lê Na", "Công chức"),)
    words = paper(top, sent["handover"])
    assert "chưa nhận được số liệu của bên giao" not in words
    assert "tự tính" not in words
    # The half that comes with the next bundle changes nothing of it.
    homes.carry(below, top, PROVINCE)
    assert shared(facts(top, sent["handover"])) == shared(given)


def test_what_the_giver_broke_down_stands_on_both_papers_for_good(homes: Homes) -> None:
    """The register goes on; villages, books and whom the total leaves out are those handed over."""
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _ = homes.carry(below, top, PROVINCE)
    given = facts(below, sent["handover"])
    more = "Thôn 3,9,Lê Văn Mới,1,Lê Thị Mới,2019-03-02,2"
    below.must("register", "import", write_book(homes.folder, "b.csv", more), codes=(0, 4))
    homes.carry(below, top, PROVINCE)
    for prompt in (top, below):
        said = facts(prompt, sent["handover"])
        assert said.changed_since
        assert (said.villages, said.books) == (given.villages, given.books)
        assert (said.left_out, said.children) == (1, 2)
        words = paper(prompt, sent["handover"])
        assert "Phụ lục I - Danh mục sổ theo dõi trẻ em (02 thôn, tổ dân phố)." in words
        assert "Không kèm số trẻ em theo nhóm hoàn cảnh vì sổ hiện không khớp" in words


def test_what_is_counted_otherwise_is_told_before_it_is_taken_in_and_ever_after(
    homes: Homes,
) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    book = write_book(homes.folder, "b.csv", "Thôn 1,9,Hồ Văn Lai,1,Hồ Thị Lai,2018-03-02,2")
    top.must("register", "import", book, "--unit", COMMUNE, codes=(0, 4))
    sent = send(homes)
    stated = {"households": 2, "children": 2, "girls": 1, "incomplete": 4}
    counted = {"households": 3, "children": 3, "girls": 2, "incomplete": 6}
    (seen,) = top.must("handover", "receive", "--preview", sent["file"], codes=(0, 4))
    assert (seen["stated"], seen["counted"]) == (stated, counted)
    said = (
        "bên giao ghi 2 hộ, 2 trẻ (1 nữ), 4 hồ sơ chưa xong;"
        " đếm được 3 hộ, 3 trẻ (2 nữ), 6 hồ sơ chưa xong"
    )
    told = "\n".join(top.told("handover", "receive", sent["file"], codes=(0, 4)))
    assert f"Đối chiếu với số liệu bên giao: {said}." in told
    assert said in "\n".join(top.told("handover", "list"))
    at_once = facts(top, sent["handover"])
    assert totals(at_once) == (2, 2, 1, 4)
    assert at_once.received == Received(3, 3, 2, 6)
    assert at_once.villages == facts(below, sent["handover"]).villages
    (line,) = [one for one in top.must("handover", "list") if one["id"] == sent["handover"]]
    assert [one["differs"] for one in line["receipts"]] == [True]
    assert (line["households"], line["children"]) == (2, 2)


def test_what_is_counted_alike_is_told_so(homes: Homes) -> None:
    top = homes.at(PROVINCE)
    sent = send(homes)
    told = "\n".join(top.told("handover", "receive", sent["file"], codes=(0, 4)))
    said = "đếm được 2 hộ, 2 trẻ (1 nữ), 4 hồ sơ chưa xong, đúng như bên giao ghi"
    assert f"Đối chiếu với số liệu bên giao: {said}." in told
    listed = "\n".join(top.told("handover", "list"))
    assert "bên giao ghi" not in listed


def test_a_bundle_of_an_older_program_is_taken_in_and_its_numbers_are_waited_for(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    with monkeypatch.context() as older:
        seal_without_counts(older)
        sent = send(homes)
    (got,) = top.must("handover", "receive", sent["file"], codes=(0, 4))
    assert (got["status"], got["stated"]) == ("imported", None)
    said = facts(top, sent["handover"])
    assert (said.counted_by, said.errors, said.round_title) == (Side.RECEIVER, None, "")
    assert "chưa nhận được số liệu của bên giao" in paper(top, sent["handover"])
    homes.carry(below, top, PROVINCE)
    said = facts(top, sent["handover"])
    assert (said.counted_by, said.errors) == (Side.GIVER, sent["errors"])
    assert (said.round_title, said.receiver_round) == (SURVEY, QUARTER)


def test_a_half_written_otherwise_does_not_take_the_place_of_what_was_stated(
    homes: Homes,
) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _ = homes.carry(below, top, PROVINCE)
    before = facts(top, sent["handover"])
    homes.carry(top, below, COMMUNE)
    client = ModifiedClient(below.home, COMMUNE)
    heads = record_at(below.home, "handover", sent["handover"]).heads
    otherwise: dict[str, Any] = {"sent_households": 400, "sent_errors": 0}
    client.slip_in(client.forge("handover", sent["handover"], otherwise, parents=heads))
    homes.carry(below, top, PROVINCE)
    said = facts(top, sent["handover"])
    assert shared(said) == {**shared(before), "rewritten": True, "file": said.file}
    assert "bên giao ghi lại khác với gói đã giao" in "\n".join(top.told("handover", "list"))
    assert "biên bản này ghi số liệu có trong gói dữ liệu." in paper(top, sent["handover"])


def test_the_way_down_tells_its_numbers_with_the_bundle_too(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    homes.carry(below, top, PROVINCE)
    sent, _ = homes.carry(top, below, COMMUNE)
    listed = below.must("handover", "list")
    (line,) = [one for one in listed if one["bundle_id"] == sent["bundle_id"]]
    assert (line["households"], line["children"], line["round"]) == (2, 3, QUARTER)
