"""The last check of the whole store, as a page looks through it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.schema import Severity
from app.models.queries import register
from app.models.work import Change
from app.services.checks import Checks, FoundIssue
from app.services.issue_book import IssueBook, IssueFilter
from app.services.rights import Right
from app.services.workplace import Cancelled, Progress, Workplace
from tests.workplaces import COMMUNE, again, make_workplace, settle


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home")
    with made.write() as work:
        settle(work, 60)
        work.commit()
    yield made
    made.store.close()


def book_of(workplace: Workplace) -> IssueBook:
    return IssueBook(workplace, Checks(workplace))


def collected(workplace: Workplace) -> list[FoundIssue]:
    found: list[FoundIssue] = []
    Checks(workplace).run(found.extend)
    return found


def test_the_book_holds_what_the_check_found_and_nothing_else(workplace: Workplace) -> None:
    book, found = book_of(workplace), collected(workplace)
    assert found, "a check that finds nothing proves nothing"
    last = book.check()
    assert (last.errors, last.warnings) == (
        sum(one.issue.severity is Severity.ERROR for one in found),
        sum(one.issue.severity is Severity.WARNING for one in found),
    )
    numbers = book.find(IssueFilter())
    rows = book.rows(numbers[0 : len(numbers)])
    assert Counter((one.record, one.field, one.rule, one.sentence) for one in rows) == Counter(
        (one.root[1], one.issue.field, one.issue.rule, one.message) for one in found
    )
    rules = {
        (one.severity, one.rule, one.form, one.field): one.count
        for one in book.rules(IssueFilter())
    }
    assert rules == Counter(
        (one.issue.severity, one.issue.rule, one.root[0], one.issue.field) for one in found
    )


def test_errors_come_first_and_the_list_follows_the_rules(workplace: Workplace) -> None:
    book = book_of(workplace)
    book.check()
    numbers = book.find(IssueFilter())
    rows = book.rows(numbers[0 : len(numbers)])
    listed = [(one.severity, one.rule, one.form, one.field) for one in rows]
    in_turn = list(dict.fromkeys(listed))
    assert in_turn == [
        (one.severity, one.rule, one.form, one.field) for one in book.rules(IssueFilter())
    ]
    ranks = [[Severity.ERROR, Severity.WARNING, Severity.NOTE].index(one[0]) for one in in_turn]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1


def test_issues_are_narrowed_by_severity_rule_field_and_village(workplace: Workplace) -> None:
    book, found = book_of(workplace), collected(workplace)
    book.check()
    one = next(each for each in found if each.village)
    for wanted, fits in (
        (IssueFilter("error"), lambda each: each.issue.severity is Severity.ERROR),
        (IssueFilter(rule=one.issue.rule), lambda each: each.issue.rule == one.issue.rule),
        (IssueFilter(field=one.issue.field), lambda each: each.issue.field == one.issue.field),
        (IssueFilter(village=one.village), lambda each: each.village == one.village),
    ):
        assert len(book.find(wanted)) == sum(map(fits, found)) > 0
    assert {one.id for one in book.villages()} == {each.village for each in found}


def test_fields_of_one_name_in_two_forms_are_two_rules(workplace: Workplace) -> None:
    """The residence of three households and of a child is empty: not four of either."""
    with workplace.write() as work:
        homes = [
            work.record(
                Change("household", {"owner_unit": COMMUNE, "household_no": str(900 + place)})
            ).id
            for place in range(3)
        ]
        values = {"owner_unit": COMMUNE, "household": homes[0], "full_name": "Hân"}
        child = work.record(Change("child", values)).id  # type: ignore[arg-type] -- all text
        work.commit()
    book = book_of(workplace)
    book.check()
    rules = [one for one in book.rules(IssueFilter()) if one.field == "residence_status"]
    assert len(rules) == len({(one.severity, one.rule, one.form) for one in rules})
    assert {one.form for one in rules if one.rule == "required"} == {"household", "child"}
    for one in rules:
        numbers = book.find(IssueFilter(one.severity.value, one.rule, one.field, form=one.form))
        rows = book.rows(numbers[0 : len(numbers)])
        assert len(rows) == one.count
        assert {row.form for row in rows} == {one.form}
        assert {bool(row.child) for row in rows} == {one.form == "child"}
        if one.rule == "required":
            assert {row.record for row in rows} & {*homes, child} == (
                {child} if one.form == "child" else set(homes)
            )


def test_the_lines_of_a_rule_stand_as_the_books_go(tmp_path: Path) -> None:
    """By unit, by village, by household number as people count; a child after its household."""
    workplace = make_workplace(tmp_path / "books", "51@2024")
    books = [
        ("21028@2024", "Thôn 2", "1"),
        (COMMUNE, "Thôn 10", "1"),
        (COMMUNE, "Thôn 2", "10"),
        (COMMUNE, "Thôn 2", "9.1"),
        (COMMUNE, "Thôn 2", "2"),
        (COMMUNE, "", "3"),
    ]
    with workplace.write() as work:
        villages: dict[tuple[str, str], str] = {}
        for at, (unit, village, number) in enumerate(books):
            if village and (unit, village) not in villages:
                order = {"Thôn 2": 1, "Thôn 10": 2}[village]
                named = {"owner_unit": unit, "name": village, "list_order": order}
                villages[unit, village] = work.record(Change("village", named)).id  # type: ignore[arg-type]
            home = work.record(
                Change(
                    "household",
                    {
                        "owner_unit": unit,
                        "village": villages.get((unit, village)),
                        "household_no": number,
                    },
                )
            ).id
            values = {"owner_unit": unit, "household": home, "full_name": str(at)}
            work.record(Change("child", values))  # type: ignore[arg-type] -- all text
        work.record(Change("child", {"owner_unit": COMMUNE, "full_name": "lost"}))
        work.commit()
    book = book_of(workplace)
    book.check()
    for form in ("household", "child"):
        numbers = book.find(IssueFilter("error", "required", "residence_status", form=form))
        told = [
            (one.owner_unit, one.village, one.household_no)
            for one in book.rows(numbers[0 : len(numbers)])
        ]
        wanted = [
            (COMMUNE, "", "3"),
            (COMMUNE, "Thôn 2", "2"),
            (COMMUNE, "Thôn 2", "9.1"),
            (COMMUNE, "Thôn 2", "10"),
            (COMMUNE, "Thôn 10", "1"),
            ("21028@2024", "Thôn 2", "1"),
        ]
        if form == "child":
            wanted.insert(5, (COMMUNE, "", ""))
        assert told == wanted
    listed = [(one.name, one.unit) for one in book.villages() if one.id]
    assert listed == [("Thôn 2", COMMUNE), ("Thôn 10", COMMUNE), ("Thôn 2", "21028@2024")]
    everything = book.find(IssueFilter())
    assert sorted(everything[0 : len(everything)]) == list(range(len(everything)))
    workplace.store.close()


def test_a_line_names_the_page_and_the_field_it_leads_to(workplace: Workplace) -> None:
    with workplace.write() as work:
        home = work.record(
            Change("household", {"owner_unit": COMMUNE, "household_no": "77", "head_name": "Rơm"})
        ).id
        child = work.record(
            Change(
                "child",
                {
                    "owner_unit": COMMUNE,
                    "household": home,
                    "full_name": "Hân",
                    "birth_date": "2091",
                },
            )
        ).id
        part = work.record(
            Change(
                "life_event",
                {"record": child, "event": "moved_in", "event_date": "2091-01-01"},
            )
        ).id
        work.commit()
    book = book_of(workplace)
    book.check()
    numbers = book.find(IssueFilter())
    rows = [one for one in book.rows(numbers[0 : len(numbers)]) if one.child == child]
    births = [one for one in rows if one.field == "birth_date"]
    assert births
    assert births[0].place == {
        "household": home,
        "record": child,
        "part": "",
        "field": "birth_date",
    }
    assert (births[0].full_name, births[0].household_no) == ("Hân", "77")
    assert part in {one.part for one in rows}


def test_the_last_check_is_remembered_and_says_when_something_was_written_since(
    workplace: Workplace,
) -> None:
    book = book_of(workplace)
    assert book.last() is None
    assert len(book.find(IssueFilter())) == 0
    book.check()
    last = book.last()
    assert last is not None
    assert not last.changed_since
    workplace.audit("lock")
    assert not book.last().changed_since  # type: ignore[union-attr] -- as above
    with workplace.write() as work:
        work.record(Change("household", {"owner_unit": COMMUNE, "head_name": "A"}))
        work.commit()
    assert book.last().changed_since  # type: ignore[union-attr] -- as above
    assert not book.check().changed_since
    assert not book.last().changed_since  # type: ignore[union-attr] -- as above


def test_a_check_that_is_stopped_leaves_the_last_one(workplace: Workplace) -> None:
    book = book_of(workplace)
    first = book.check()
    with pytest.raises(Cancelled):
        book.check(Progress(cancelled=lambda: True))
    last = book.last()
    assert last is not None
    assert (last.at, last.errors) == (first.at, first.errors)
    assert len(book.find(IssueFilter())) > 0


def test_children_with_errors_are_what_the_list_is_filtered_by(workplace: Workplace) -> None:
    book, found = book_of(workplace), collected(workplace)
    with pytest.raises(KnownError) as refused:
        book.with_issues("errors")
    assert refused.value.message_id == "lists.not_checked", "unknown is not none"
    book.check()
    for which, severities in (
        ("errors", {Severity.ERROR}),
        ("warnings", {Severity.WARNING}),
        ("any", {Severity.ERROR, Severity.WARNING}),
    ):
        assert book.with_issues(which) == {
            one.root[1]
            for one in found
            if one.root[0] == "child" and one.issue.severity in severities
        }


def test_a_child_that_was_merged_away_leaves_the_list_at_the_next_check(
    workplace: Workplace,
) -> None:
    book = book_of(workplace)
    book.check()
    rows = book.rows(list(book.find(IssueFilter())))
    gone, stays = [*dict.fromkeys(one.child for one in rows if one.child)][:2]
    with workplace.store.read() as reading:
        found = register.record(reading, "child", gone)
    assert found is not None
    with workplace.write() as work:
        merged = {"merged_into": stays}
        change = Change("child", merged, gone, base=found.heads, loaded=found.values)
        work.record(change)
        work.commit()
    book.check()
    after = {one.child for one in book.rows(list(book.find(IssueFilter())))}
    assert stays in after
    assert gone not in after


def test_who_may_not_read_sees_no_issue(workplace: Workplace) -> None:
    book = book_of(again(workplace, frozenset({Right.HANDOVER})))
    for ask in (book.check, book.last, lambda: book.find(IssueFilter()), book.villages):
        with pytest.raises(KnownError) as refused:
            ask()
        assert refused.value.message_id == "rights.denied"


def test_a_line_of_the_check_before_leads_to_nobody_else(workplace: Workplace) -> None:
    """Another page may check anew while a list still shows what the check before found."""
    book = book_of(workplace)
    book.check()
    before = book.find(IssueFilter())
    last = before[len(before) - 1]
    with workplace.write() as work:
        home = work.record(Change("household", {"owner_unit": COMMUNE, "household_no": "0"})).id
        work.record(Change("child", {"owner_unit": COMMUNE, "household": home}))
        work.commit()
    book.check()
    assert book.rows([before[0], last]) == []
    now = book.find(IssueFilter())
    assert len(book.rows(now[0 : len(now)])) == len(now) > len(before)
    book.check()
    assert book.rows([now[len(now) - 1]]) == []
