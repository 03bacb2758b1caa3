"""The law: once it is called the same, a record written twice changes no number of children."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.forms.issues import Value
from app.models.queries import (
    counting,
    counting_groups,
    police,
    quarter,
    register,
    second_check,
    verifying,
    working,
    worklist,
)
from app.models.queries.covering import Covered, Span
from app.models.queries.register import RegisterFilter
from app.services.checks import Checks
from app.services.duplicate_decisions import DuplicateDecisions
from app.services.entry import Entry
from app.services.issue_book import IssueBook
from app.services.lists import ChildLists, ListFilter
from app.services.moves import Moves
from app.services.samples import Samples
from app.services.second_check import SecondCheck
from app.services.standing import standing_of
from app.services.work_statistics import WorkStatisticsDesk
from app.services.worklist import Duty, Worklist
from app.services.workplace import Workplace
from tests.police_register import desks
from tests.workplaces import COMMUNE, make_workplace, write

DAY = date(2026, 9, 30)
BASIS = counting.Basis(DAY)
DAYS = worklist.Days(DAY, date(2026, 12, 30), date(2026, 8, 1))
#: What a page may be like of which something is to be done, by what the child on it says.
TO_DO: dict[str, dict[str, Value]] = {
    "unfinished, without an id": {},
    "soon 16": {"birth_date": "2010-12-15"},
    "without a name": {"full_name": "Gái", "name_status": "PLACEHOLDER_GAI"},
    "without a sex": {"sex": None},
}


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    yield made
    made.store.close()


def _home(workplace: Workplace) -> tuple[str, str]:
    """(village, household), the household finished."""
    place = write(workplace, "village", owner_unit=COMMUNE, name="Thôn 1", expected_children=9)
    home = write(
        workplace,
        "household",
        owner_unit=COMMUNE,
        village=place,
        household_no="12",
        head_name="Đinh Văn Rơ",
    )
    return place, home


def _child(workplace: Workplace, home: str, **values: Value) -> str:
    said: dict[str, Value] = {
        "owner_unit": COMMUNE,
        "household": home,
        "full_name": "Đinh Thị Hạ",
        "birth_date": "2019-05-01",
        "sex": "2",
        **values,
    }
    found = write(
        workplace, "child", **{name: one for name, one in said.items() if one is not None}
    )
    write(workplace, "circumstance", record=found, group="C04", episode=1)
    write(workplace, "life_event", record=found, event="injured", event_date="2026-03-01")
    return found


def _numbers(workplace: Workplace, place: str) -> dict[str, object]:
    """Every number of children that is told, by what tells it."""
    units = (COMMUNE,)
    with workplace.store.read() as reading:
        found: dict[str, object] = {
            "counts": counting.counts(reading, units, BASIS),
            "counts of all": counting.counts(reading, (), BASIS),
            "by unit": counting.counts_by_unit(reading, units, BASIS),
            "by village": counting.counts_by_village(reading, COMMUNE, BASIS),
            "groups": {
                group: len(ids)
                for group, ids in counting_groups.children_by_group(reading, units, BASIS).items()
            },
            "unanswered": counting_groups.children_unanswered(reading, units, BASIS),
            "injured": len(counting_groups.children_injured(reading, units)),
            "to do": worklist.count_children(reading, DAYS),
            "progress": worklist.progress(reading, units, "", by_village=True),
            "declared wrong": worklist.declared_wrong(reading),
            "for the police": len(police.children_now(reading, units, DAY)),
            "incomplete": len(register.child_ids(reading, RegisterFilter(only_incomplete=True))),
            "places": [
                (one.unit, one.village, one.children, one.unfinished)
                for one in verifying.places(reading, units, BASIS, Span(Covered(0, 0)))
            ],
            "holding": verifying.holding_children(reading, units, None, BASIS),
            "ahead": (
                working.unfinished_children(reading, COMMUNE, BASIS),
                working.missing_children(reading, COMMUNE, BASIS),
            ),
            "arrivals": len(quarter.arrivals(reading, COMMUNE)),
            "pages": [
                page.finished for page in second_check.pages(reading, COMMUNE, place).values()
            ],
        }
    lists = ChildLists(workplace, lambda _which: set())
    for village in ("", place):
        for name, wanted in (
            ("unfinished", ListFilter(village=village, unfinished=True)),
            ("without an id", ListFilter(village=village, missing_id=True)),
            ("not checked", ListFilter(village=village, not_checked=True)),
        ):
            found[f"list {name} {village}"] = lists.count(wanted)
    found["police"] = [(one.id, dict(one.by_kind), one.out) for one in desks(workplace)[0].count()]
    found["standing"] = (standing_of(workplace).children, standing_of(workplace).incomplete)
    found["drawn"] = Samples(workplace).draw(9, "seed").of
    found["statistics"] = WorkStatisticsDesk(workplace).read().ahead
    view = Worklist(
        workplace,
        IssueBook(workplace, Checks(workplace)),
        SecondCheck(workplace, Entry(workplace)),
        Moves(workplace),
    ).read_all()
    beside = (Duty.NOT_HANDED_OVER, Duty.DUPLICATES)
    found["tasks"] = {one.duty: one.count for one in view.tasks if one.duty not in beside}
    return found


@pytest.mark.parametrize("kind", TO_DO)
def test_a_double_changes_no_number_of_children(commune: Workplace, kind: str) -> None:
    place, home = _home(commune)
    one = _child(commune, home, **TO_DO[kind])
    before = _numbers(commune, place)
    other = _child(commune, home, **TO_DO[kind])
    assert _numbers(commune, place) != before
    DuplicateDecisions(commune).decide(one, other, "same")
    assert _numbers(commune, place) == before
