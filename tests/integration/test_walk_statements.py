"""What the pages of the review and of the check ask of the store at every key: by index alone.

A commune's walk and check must not read a province's rows; it is the database's plan that is
looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.services.entry import Entry
from app.services.life_events.desk import LifeEvents
from app.services.life_events.views import Draft
from app.services.quarter import Quarter
from app.services.second_check import Lists, SecondCheck
from app.services.workplace import Workplace
from tests.village_of_three import DAY, child_id, home_id, open_round, settle_village, village_id
from tests.workplaces import COMMUNE, make_workplace

HOME, CHILD = home_id(COMMUNE, "2"), child_id(COMMUNE, "2", 1)
#: Tables with a row for each household, child, part or operation.
WIDE = ("child", "household", "op", "circumstance", "support", "life_event", "review")


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    made.clock = lambda: DAY
    with made.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    open_round(made)
    check = SecondCheck(made, Entry(made))
    check.check(HOME, check.page(HOME).heads, Lists(poverty=True, allowance=True), "một cán bộ")
    yield made
    made.store.close()


def _walks(workplace: Workplace, deed: Callable[[], object]) -> set[str]:
    """The statements of a deed that read a wide table row after row."""
    heard: list[tuple[str, Any]] = []

    def listen(_c: object, _k: object, statement: str, given: object, *_more: object) -> None:
        if statement.startswith("SELECT"):
            heard.append((statement, given))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        deed()
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert heard
    found = set()
    with workplace.store.read() as reading:
        for statement, given in heard:
            plan = reading.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            found |= {f"{step}: {statement}" for *_, step in plan if _is_walk(step)}
    return found


def _is_walk(step: str) -> bool:
    words = step.split()
    return words[0] == "SCAN" and words[1] in WIDE and "USING" not in words


def test_neither_walk_reads_a_table_from_end_to_end(commune: Workplace) -> None:
    quarter, events = Quarter(commune), LifeEvents(commune)
    check = SecondCheck(commune, Entry(commune))
    draft = Draft(
        "dropped_out",
        HOME,
        CHILD,
        {
            "event_date": "2026-10-02",
            "highest_grade_completed": 6,
            "dropout_reason": "economic",
        },
    )
    for deed in (
        quarter.progress,
        lambda: quarter.walk(village_id(COMMUNE)),
        lambda: quarter.card(HOME),
        lambda: events.judge(draft),
        lambda: events.write(draft),
        lambda: quarter.confirm(HOME),
        check.villages,
        lambda: check.walk(village_id(COMMUNE)),
        lambda: check.state_of(HOME),
        lambda: check.page(HOME),
    ):
        # Returns are few and found by what they say: their own table alone may be walked.
        walked = {one for one in _walks(commune, deed) if "SCAN review" not in one}
        assert walked == set()


def test_the_search_finds_a_walk(commune: Workplace) -> None:
    def walk() -> None:
        with commune.store.read() as reading:
            reading.exec_driver_sql("SELECT full_name FROM child").all()

    assert len(_walks(commune, walk)) == 1
