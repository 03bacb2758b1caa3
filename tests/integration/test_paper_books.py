"""The register of paper books: their steps in order, what is refused, who carries them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.errors import KnownError
from app.ids import derived_id
from app.models.work import Change
from app.services.paper_books import (
    MOST_IN_BOOK,
    BookStep,
    PaperBook,
    PaperBooks,
    next_steps,
    numbers_of,
)
from app.services.rights import Right
from app.services.workplace import Workplace
from tests.village_of_three import OTHER_VILLAGE, open_round, settle_village, village_id
from tests.workplaces import COMMUNE, again, make_workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    with made.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    open_round(made)
    yield made
    made.store.close()


def _steps(books: PaperBooks) -> dict[str, BookStep]:
    return {one.number: one.step for one in books.all()}


def _one(books: PaperBooks, number: str) -> PaperBook:
    return next(one for one in books.all() if one.number == number)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("1-3, 7", ["1", "2", "3", "7"]),
        ("5", ["5"]),
        (" 2 – 4 ,4", ["2", "3", "4"]),
        ("A1, A2", ["A1", "A2"]),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, numbers: list[str]) -> None:
    assert numbers_of(typed) == numbers


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("", "no_numbers"),
        (" , ", "no_numbers"),
        ("9-3", "no_numbers"),
        ("1-99999", "too_many"),
        (",".join(map(str, range(600))), "too_many"),
    ],
)
def test_what_names_no_books_is_refused(typed: str, refused: str) -> None:
    with pytest.raises(KnownError, match=rf"paper_books\.{refused}"):
        numbers_of(typed)


def test_a_book_goes_through_its_steps_in_order_and_back(workplace: Workplace) -> None:
    books = PaperBooks(workplace)
    ids = books.supply(COMMUNE, "1-2, 10", village=village_id(COMMUNE), on=date(2026, 10, 1))
    assert [one.number for one in books.all()] == ["1", "2", "10"], "as numbers, not as text"
    assert set(_steps(books).values()) == {BookStep.SUPPLIED}
    with pytest.raises(KnownError, match=r"paper_books\.out_of_order"):
        books.advance(ids, BookStep.CHECKED)
    assert books.advance(ids[:2], BookStep.ISSUED, on=date(2026, 10, 5), who="Hồ Thị Na") == 2
    issued = _one(books, "1")
    assert (issued.step, issued.day, issued.holder) == (BookStep.ISSUED, "2026-10-05", "Hồ Thị Na")
    books.advance(ids[:1], BookStep.COLLECTED, who="Đinh Văn Lía")
    assert _one(books, "1").holder == "", "the commune has it again"
    books.advance(ids[:1], BookStep.CHECKED)
    books.advance(ids[:1], BookStep.ENTERED, households=40, children=71)
    books.advance(ids[:1], BookStep.RETURNED, who="Hồ Thị Na")
    done = _one(books, "1")
    assert (done.step, done.holder, done.households, done.children) == (
        BookStep.RETURNED,
        "Hồ Thị Na",
        40,
        71,
    )
    assert next_steps(done.step) == ()
    assert books.step_back(ids[0]) is BookStep.ENTERED
    assert _one(books, "1").holder == ""
    assert books.step_back(ids[1]) is BookStep.SUPPLIED
    with pytest.raises(KnownError, match=r"paper_books\.at_its_start"):
        books.step_back(ids[1])
    (count,) = books.counts()
    assert (count.books, dict(count.at)) == (3, {BookStep.ENTERED: 1, BookStep.SUPPLIED: 2})


def test_one_step_that_does_not_fit_stops_all(workplace: Workplace) -> None:
    books = PaperBooks(workplace)
    ids = books.supply(COMMUNE, "1-3")
    books.advance(ids[:1], BookStep.ISSUED, who="Hồ Thị Na")
    with pytest.raises(KnownError, match=r"paper_books\.out_of_order"):
        books.advance(ids, BookStep.ISSUED, who="Hồ Thị Na")
    assert _steps(books) == {"1": BookStep.ISSUED, "2": BookStep.SUPPLIED, "3": BookStep.SUPPLIED}


def test_a_lost_book_is_found_again(workplace: Workplace) -> None:
    books = PaperBooks(workplace)
    (book,) = books.supply(COMMUNE, "4")
    books.advance([book], BookStep.ISSUED, who="Hồ Thị Na")
    books.advance([book], BookStep.LOST)
    assert next_steps(_one(books, "4").step) == ()
    assert books.step_back(book) is BookStep.ISSUED
    assert _one(books, "4").holder == "Hồ Thị Na"


def test_two_who_supply_the_same_number_meet_in_one_book(workplace: Workplace) -> None:
    books = PaperBooks(workplace)
    (book,) = books.supply(COMMUNE, "7")
    (round_id,) = {one.id for one in _rounds(workplace)}
    assert book == derived_id(COMMUNE, f"book/{round_id}/7")
    with pytest.raises(KnownError, match=r"paper_books\.there_already"):
        books.supply(COMMUNE, "6-8")
    assert [one.number for one in books.all()] == ["7"], "nothing of the others was written"


def test_a_book_of_before_whose_id_names_no_village_keeps_its_place(workplace: Workplace) -> None:
    """The id followed from round and number alone."""
    books = PaperBooks(workplace)
    (round_id,) = {one.id for one in _rounds(workplace)}
    here, other = village_id(COMMUNE), village_id(COMMUNE, OTHER_VILLAGE)
    with workplace.write() as work:
        values = {"owner_unit": COMMUNE, "round": round_id, "village": here, "book_number": "7"}
        old = work.record(Change("book", values, key=f"book/{round_id}/7"))
        work.commit()
    assert [one.id for one in books.all()] == [old.id]
    for village in (here, ""):
        with pytest.raises(KnownError, match=r"paper_books\.there_already"):
            books.supply(COMMUNE, "7", village=village)
    (new,) = books.supply(COMMUNE, "7", village=other)
    assert new == derived_id(COMMUNE, f"book/{round_id}/{other}/7")
    books.advance([old.id], BookStep.ISSUED, who="Hồ Thị Na")
    assert {one.village: one.step for one in books.all()} == {
        here: BookStep.ISSUED,
        other: BookStep.SUPPLIED,
    }


def test_a_step_on_the_day_of_the_one_before_is_taken_and_no_earlier(workplace: Workplace) -> None:
    books = PaperBooks(workplace)
    (book,) = books.supply(COMMUNE, "1", on=date(2026, 10, 5))
    with pytest.raises(KnownError, match=r"paper_books\.day_before") as refused:
        books.advance([book], BookStep.LOST, on=date(2026, 10, 4))
    assert (refused.value.parameters["day"], refused.value.parameters["before"]) == (
        "04/10/2026",
        "05/10/2026",
    )
    assert books.advance([book], BookStep.ISSUED, on=date(2026, 10, 5), who="Hồ Thị Na") == 1


@pytest.mark.parametrize("count", [-1, MOST_IN_BOOK + 1])
def test_a_count_that_no_book_holds_is_refused(workplace: Workplace, count: int) -> None:
    books = PaperBooks(workplace)
    (book,) = books.supply(COMMUNE, "1")
    books.advance([book], BookStep.ISSUED, who="Hồ Thị Na")
    for step in (BookStep.COLLECTED, BookStep.CHECKED):
        books.advance([book], step)
    with pytest.raises(KnownError, match=r"paper_books\.count_out_of_range"):
        books.advance([book], BookStep.ENTERED, children=count)


def _rounds(workplace: Workplace):
    from app.models.queries import rounds

    with workplace.store.read() as reading:
        return rounds.open_rounds(reading)


def test_books_are_issued_to_somebody_of_this_commune_and_by_who_may_enter(
    workplace: Workplace,
) -> None:
    books = PaperBooks(workplace)
    (book,) = books.supply(COMMUNE, "1")
    with pytest.raises(KnownError, match=r"paper_books\.nobody"):
        books.advance([book], BookStep.ISSUED, who=" ")
    with pytest.raises(KnownError, match=r"villages\.unknown"):
        books.supply(COMMUNE, "2", village=village_id("21025@2024"))
    with pytest.raises(KnownError, match=r"units\.outside_scope"):
        books.supply("21025@2024", "2")
    with pytest.raises(KnownError, match=r"paper_books\.unknown"):
        books.advance([COMMUNE], BookStep.LOST)
    reader = PaperBooks(again(workplace, frozenset((Right.READ,))))
    assert len(reader.all()) == 1
    with pytest.raises(KnownError, match=r"rights\.denied"):
        reader.supply(COMMUNE, "3")


def test_who_carries_books_is_noted_for_the_round_and_taken_off(workplace: Workplace) -> None:
    books = PaperBooks(workplace)
    (book,) = books.supply(COMMUNE, "1")
    books.advance([book], BookStep.ISSUED, who="Đinh Văn Lía")
    (new,) = books.enumerators()
    assert new.full_name == "Đinh Văn Lía", "who gets a book is noted for the round"
    (other,) = books.supply(COMMUNE, "2")
    books.advance([other], BookStep.ISSUED, who="Đinh Văn Lía")
    assert books.enumerators() == [new], "once"
    assert books.assign(COMMUNE, "Đinh Văn Lía", phone="0905333444") == new.id
    assert [one.phone for one in books.enumerators()] == ["0905333444"]
    books.release(new.id)
    (holding,) = books.enumerators()
    assert (holding.id, bool(holding.ended)) == (new.id, True), "two books are out with him"
    books.advance([book, other], BookStep.COLLECTED)
    made = books.assign(COMMUNE, " Hồ Thị  Na ", phone="0905111222", villages=[village_id(COMMUNE)])
    (found,) = books.enumerators()
    assert (found.id, found.full_name, found.phone) == (made, "Hồ Thị Na", "0905111222")
    assert village_id(COMMUNE) in found.villages
    books.release(made)
    assert books.enumerators() == []
    assert books.assign(COMMUNE, "hồ thị na") == made, "who stopped carries books again"
    (found,) = books.enumerators()
    assert (found.full_name, found.phone) == ("Hồ Thị Na", "0905111222")
    books.release(made)
    (third,) = books.supply(COMMUNE, "3")
    books.advance([third], BookStep.ISSUED, who="Hồ Thị Na")
    assert [one.id for one in books.enumerators()] == [made], "so does who gets a book again"
    with pytest.raises(KnownError, match=r"villages\.unknown"):
        books.assign(COMMUNE, "Hồ Thị Na", villages=[village_id("21025@2024")])
    with pytest.raises(KnownError, match=r"people\.no_name"):
        books.assign(COMMUNE, "  ")
