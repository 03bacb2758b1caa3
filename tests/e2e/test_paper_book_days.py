"""The days of paper books, by the command line: none lies ahead, and a wrong one is put right."""

from __future__ import annotations

from app.models.work import Change
from tests.e2e.command_line import COMMUNE
from tests.e2e.test_paper_books_of_two_pcs import Two, two
from tests.e2e.test_verification import services_of

__all__ = ["two"]  # fixture


def test_a_day_that_has_not_come_is_refused_for_supply_and_step(two: Two) -> None:
    _homes, _top, first, _second = two
    answer = first("book", "supply", "1", "--on", "2062-12-01")
    assert (answer.code, answer.document["error"]) == (1, "paper_books.day_to_come")
    assert "01/12/2062" in answer.notes
    assert first.must("book", "list") == []
    (book,) = first.must("book", "supply", "1")["ids"]
    ahead = ("--who", "Hồ Thị Na", "--on", "2062-12-01")
    answer = first("book", "step", "issued", book, *ahead)
    assert (answer.code, answer.document["error"]) == (1, "paper_books.day_to_come")


def test_the_day_of_supply_is_put_right_while_nothing_else_was_done(two: Two) -> None:
    _homes, _top, first, _second = two
    (book,) = first.must("book", "supply", "1", "--on", "2026-11-30")["ids"]
    first.must("book", "step", "supplied", book, "--on", "2026-10-01")
    (found,) = first.must("book", "list")
    assert (found["step"], found["day"]) == ("supplied", "2026-10-01")
    first.must("book", "step", "issued", book, "--who", "Hồ Thị Na", "--on", "2026-10-02")
    answer = first("book", "step", "supplied", book, "--on", "2026-10-03")
    assert (answer.code, answer.document["error"]) == (1, "paper_books.out_of_order")


def test_a_day_ahead_that_another_pc_wrote_holds_up_no_step(two: Two) -> None:
    homes, _top, first, second = two
    (book,) = first.must("book", "supply", "1")["ids"]
    with services_of(first) as services, services.workplace.write() as work:
        work.record(Change("book", {"supplied_on": "2062-12-01"}, book))
        work.commit()
    homes.carry(first, second, COMMUNE)
    for one in (first, second):
        assert one.must("book", "list")[0]["day"] == "2062-12-01"
    second.must("book", "step", "issued", book, "--who", "Hồ Thị Na")
