"""The register of paper books on two PCs of a commune and at the province, by the command line."""

from __future__ import annotations

import pytest

from app.services.paper_books import BookStep
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_two_pcs import second_pc, write_book
from tests.e2e.test_verification import services_of

Two = tuple[Homes, Prompt, Prompt, Prompt]


@pytest.fixture
def two(enrolled_pair: Homes) -> Two:
    """The province, and two PCs of a commune that know of each other, in an open round; the
    commune has a book in each of two villages.
    """
    homes = enrolled_pair
    top, first = homes.at(PROVINCE), homes.at(COMMUNE)
    root = top.must("authority", "status")["root_fingerprint"]
    second = second_pc(homes)
    homes.enrol(top, second, root)
    days = ("--reference", "2026-12-31", "--opens", "2026-10-01", "--closes", "2026-12-31")
    top.must("round", "new", "Quý IV/2026", *days)
    down = top.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)["file"]
    for one in (first, second):
        one.must("handover", "receive", down, codes=(0, 4))
    rows = ("Thôn 1,1,Phạm Văn Rơm,1,Phạm Thị Hân,2015-03-02,2",)
    rows += ("Thôn 2,1,Đinh Văn Lía,1,Đinh Thị Nga,2016-01-02,2",)
    first.must("register", "import", write_book(homes.folder, "a.csv", *rows), codes=(0, 4))
    return homes, top, first, second


def test_who_carries_books_is_one_person_though_two_pcs_note_him(two: Two) -> None:
    homes, top, first, second = two
    one, other = first.must("book", "supply", "1-2")["ids"]
    homes.carry(first, second, COMMUNE)
    first.must("book", "step", "issued", one, "--who", "Hồ Thị Na")
    second.must("book", "step", "issued", other, "--who", "Hồ Thị Na")
    homes.carry(first, second, COMMUNE)
    homes.carry(second, first, COMMUNE)
    homes.carry(first, top, PROVINCE)
    for prompt in (first, second, top):
        names = [found["full_name"] for found in prompt.must("book", "enumerators")]
        assert names == ["Hồ Thị Na"], prompt.home


def test_a_number_is_of_its_village(two: Two) -> None:
    """«unique per village and year» (form_fields.csv); the annex counts so."""
    _homes, _top, first, _second = two
    villages = [one["id"] for one in first.must("village", "list") if one["id"]]
    assert len(villages) == 2
    for one in villages:
        first.must("book", "supply", "1", "--village", one)
    assert len(first.must("book", "list")) == 2
    answer = first("book", "supply", "1", "--village", villages[0])
    assert (answer.code, answer.document["error"]) == (1, "paper_books.there_already")


def test_what_was_entered_is_no_more_said_once_that_was_taken_back(two: Two) -> None:
    _homes, _top, first, _second = two
    (book,) = first.must("book", "supply", "1")["ids"]
    with services_of(first) as services:
        books = services.paper_books
        for step in (BookStep.ISSUED, BookStep.COLLECTED, BookStep.CHECKED):
            books.advance([book], step, who="Hồ Thị Na")
        books.advance([book], BookStep.ENTERED, households=40, children=71)
        books.step_back(book)
        (found,) = books.all()
        assert (found.step, found.households, found.children) == (BookStep.CHECKED, None, None)


def test_the_command_says_how_much_was_entered_of_one_book(two: Two) -> None:
    _homes, _top, first, _second = two
    (book,) = first.must("book", "supply", "1")["ids"]
    first.must("book", "step", "issued", book, "--who", "Hồ Thị Na")
    for step in ("collected", "checked"):
        first.must("book", "step", step, book)
    first.must("book", "step", "entered", book, "--households", "40", "--children", "71")
    (found,) = first.must("book", "list")
    assert (found["households"], found["children"]) == (40, 71)
    others = first.must("book", "supply", "2-3")["ids"]
    answer = first("book", "step", "entered", *others, "--households", "40")
    assert (answer.code, answer.document["error"]) == (1, "paper_books.counts_of_one")
    answer = first("book", "step", "issued", others[0], "--who", "Na", "--children", "4")
    assert (answer.code, answer.document["error"]) == (1, "paper_books.counts_of_one")


def test_a_book_named_twice_is_one(two: Two) -> None:
    _homes, _top, first, _second = two
    (book,) = first.must("book", "supply", "1")["ids"]
    assert first.must("book", "step", "issued", book, book, "--who", "Hồ Thị Na")["books"] == 1


def test_a_book_still_out_is_seen_when_the_next_round_opens(two: Two) -> None:
    homes, top, first, _second = two
    (book,) = first.must("book", "supply", "1")["ids"]
    first.must("book", "step", "issued", book, "--who", "Hồ Thị Na")
    days = ("--reference", "2027-03-31", "--opens", "2026-12-01", "--closes", "2027-03-31")
    top.must("round", "new", "Quý I/2027", *days)
    homes.carry(top, first, COMMUNE)
    listed = first.must("book", "list")
    assert [one["number"] for one in listed] == ["1"], listed
    assert first.must("book", "list", "--round", "Quý I/2027") == []
    assert first.must("book", "list", "--round", "Quý IV/2026") == listed
    (carrier,) = first.must("book", "enumerators", "--round", "Quý IV/2026")
    assert (carrier["full_name"], first.must("book", "enumerators")) == ("Hồ Thị Na", [])
    answer = first("book", "list", "--round", "Quý 9")
    assert (answer.code, answer.document["error"]) == (1, "rounds.unknown")
    for step in ("collected", "checked", "entered", "returned"):
        first.must("book", "step", step, book)
    assert first.must("book", "list") == [], "it is out no more"


def test_two_pcs_that_issue_one_book_to_two_people_say_so(two: Two) -> None:
    homes, _top, first, second = two
    (one,) = first.must("book", "supply", "1")["ids"]
    homes.carry(first, second, COMMUNE)
    first.must("book", "step", "issued", one, "--who", "Hồ Thị Na")
    second.must("book", "step", "issued", one, "--who", "Đinh Văn Lía")
    homes.carry(first, second, COMMUNE)
    homes.carry(second, first, COMMUNE)
    for prompt in (first, second):
        (found,) = prompt.must("conflict", "list")
        assert found["entity"] == "book"
        prompt.told("conflict", "list")
    first.must("conflict", "resolve", "book", one, "issued_to=Hồ Thị Na")
    homes.carry(first, second, COMMUNE)
    for prompt in (first, second):
        assert prompt.must("conflict", "list") == [], prompt.home
        (book,) = prompt.must("book", "list")
        assert book["holder"] == "Hồ Thị Na"


def test_two_pcs_supply_the_same_number_and_one_has_gone_on(two: Two) -> None:
    homes, top, first, second = two
    (one,) = first.must("book", "supply", "1", "--on", "1/10/2026")["ids"]
    first.must("book", "step", "issued", one, "--who", "Hồ Thị Na")
    assert second.must("book", "supply", "1", "--on", "3/10/2026")["ids"] == [one]
    homes.carry(first, second, COMMUNE)
    homes.carry(second, first, COMMUNE)
    homes.carry(first, top, PROVINCE)
    for prompt in (first, second, top):
        (book,) = prompt.must("book", "list")
        assert (book["step"], book["holder"]) == ("issued", "Hồ Thị Na")


def test_who_carries_books_carries_those_of_a_village_that_there_is(two: Two) -> None:
    """As `book supply --village` asks."""
    _homes, _top, first, _second = two
    answer = first("book", "assign", "Hồ Thị Na", "--village", "Thôn 77")
    assert (answer.code, answer.document["error"]) == (1, "villages.unknown")


def test_a_step_is_not_taken_before_the_one_it_follows(two: Two) -> None:
    _homes, _top, first, _second = two
    (book,) = first.must("book", "supply", "1", "--on", "1/10/2026")["ids"]
    first.must("book", "step", "issued", book, "--who", "Hồ Thị Na", "--on", "5/10/2026")
    answer = first("book", "step", "collected", book, "--on", "5/10/2016")
    assert answer.code == 1, first.must("book", "list")
    assert "05/10/2016" in answer.notes
    assert "05/10/2026" in answer.notes
    first.must("book", "step", "collected", book, "--on", "5/10/2026")


def test_the_villages_of_an_enumerator_are_a_list(two: Two) -> None:
    _homes, _top, first, _second = two
    (village, *_more) = [one["id"] for one in first.must("village", "list") if one["id"]]
    first.must("book", "assign", "Hồ Thị Na", "--village", village)
    (found,) = first.must("book", "enumerators")
    assert found["villages"] == [village]


def _two_books(two: Two) -> tuple[str, str]:
    """Two books that both PCs of the commune know of."""
    homes, _top, first, second = two
    one, other = first.must("book", "supply", "1-2")["ids"]
    homes.carry(first, second, COMMUNE)
    return one, other


def _exchange(two: Two) -> None:
    homes, _top, first, second = two
    homes.carry(first, second, COMMUNE)
    homes.carry(second, first, COMMUNE)


def test_who_was_taken_off_on_one_pc_and_got_a_book_on_the_other_stays_on_the_list(
    two: Two,
) -> None:
    _homes, _top, first, second = two
    one, other = _two_books(two)
    first.must("book", "step", "issued", one, "--who", "Hồ Thị Na")
    _exchange(two)
    (who,) = first.must("book", "enumerators")
    first.must("book", "step", "collected", one)
    first.must("book", "release", who["id"])
    second.must("book", "step", "issued", other, "--who", "Hồ Thị Na")
    _exchange(two)
    for prompt in (first, second):
        (found,) = prompt.must("book", "enumerators")
        assert (found["full_name"], found["ended"] is None) == ("Hồ Thị Na", False)
        assert "còn giữ sổ" in "\n".join(prompt.told("book", "enumerators"))
    first.must("book", "step", "collected", other)
    assert first.must("book", "enumerators") == [], "he holds none any more"


def test_small_letters_on_one_pc_and_capitals_on_the_other_are_no_conflict(two: Two) -> None:
    _homes, _top, first, second = two
    one, other = _two_books(two)
    first.must("book", "step", "issued", one, "--who", "Hồ Thị Na")
    second.must("book", "step", "issued", other, "--who", "hồ thị na")
    _exchange(two)
    assert first.must("conflict", "list") == []
    assert {found["holder"] for found in first.must("book", "list")} == {"Hồ Thị Na"}
