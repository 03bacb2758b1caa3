"""How the store is asked: a check reads every page once, a save asks for no more than it needs.

Neither shows in a result, only in the time of a register of 270,000 children, so it is the
database's own plan that is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.forms.issues import Value
from app.ids import derived_id
from app.models.log import last_position
from app.models.queries import counting, verifying
from app.models.queries.covering import Covered, Span, after, inside
from app.models.store import Reading
from app.models.work import Change
from app.services.checks import Checks
from app.services.outstanding_work import outstanding_work
from app.services.records import Records
from app.services.saving import RecordSave
from app.services.workplace import Workplace
from tests.unit.forms.invented import GOOD_CHILD
from tests.workplaces import COMMUNE, make_workplace, settle

WIDE = ("child", "household", "op")
Asked = list[tuple[str, Any]]


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    with made.write() as work:
        settle(work, 40)
        work.commit()
    yield made
    made.store.close()


@pytest.fixture
def asked() -> Iterator[Asked]:
    heard: Asked = []

    def listen(_c: object, _k: object, statement: str, given: object, *_more: object) -> None:
        heard.append((statement, given))

    event.listen(Engine, "before_cursor_execute", listen)
    yield heard
    event.remove(Engine, "before_cursor_execute", listen)


def _walks(reading: Reading, statement: str, given: Any) -> set[str]:
    """The steps of a plan that read wide rows one after the other, out of the order of the file or
    in it: `SCAN child USING INDEX …`, `SCAN child`.
    """
    plan = reading.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
    return {
        step
        for *_, step in plan
        if step.startswith("SCAN ") and step.split()[1] in WIDE and "COVERING" not in step
    }


def test_a_check_reads_the_households_once_and_walks_over_no_other_row(
    workplace: Workplace, asked: Asked
) -> None:
    Checks(workplace).run(lambda _issues: None)
    selects = [one for one in asked if one[0].startswith("SELECT") and one[1] is not None]
    with workplace.store.read() as reading:
        walks = [walk for statement, given in selects for walk in _walks(reading, statement, given)]
    assert walks == ["SCAN household"]


def test_who_left_is_found_and_counted_without_a_walk_over_the_children(
    workplace: Workplace, asked: Asked
) -> None:
    with workplace.write() as work:
        ids = [
            work.record(Change("child", {**GOOD_CHILD, "owner_unit": COMMUNE})).id for _ in range(3)
        ]
        for one in ids[:2]:
            event: dict[str, Value] = {"record": one, "event": "moved_out"}
            work.record(Change("life_event", {**event, "event_date": "2026-08-01"}))
            gone: dict[str, Value] = {"life_status": "MOVED_OUT", "owner_unit": "outside"}
            work.record(Change("child", gone, one))
        pair: dict[str, Value] = {"record": min(ids[1:]), "other_child": max(ids[1:])}
        work.record(Change("match_decision", {**pair, "verdict": "same"}))
        work.commit()
    asked.clear()
    with workplace.store.read() as reading:
        found = counting.still_counted(reading, [COMMUNE], counting.Basis(date(2026, 9, 1)))
        assert [one.id for one in found] == [ids[0]]
        selects = [one for one in asked if one[0].startswith("SELECT")]
        assert {
            walk for statement, given in selects for walk in _walks(reading, statement, given)
        } == (set())


def test_a_walk_would_be_seen(workplace: Workplace) -> None:
    with workplace.store.read() as reading:
        for order in ("", " ORDER BY id"):
            statement = f"SELECT full_name FROM child{order}"  # noqa: S608 - of this test
            assert len(_walks(reading, statement, ())) == 1


def test_a_save_of_a_new_child_reads_once(workplace: Workplace, asked: Asked) -> None:
    home = derived_id(COMMUNE, "household/that nobody declared complete")
    child = {**GOOD_CHILD, "owner_unit": COMMUNE, "household": home, "complete": None}
    records = Records(workplace)
    records.save([RecordSave(Change("child", {**child, "full_name": "Trần Thị Lan"}))])
    asked.clear()
    records.save([RecordSave(Change("child", {**child, "personal_id": None}))])
    kinds = [statement.split()[0] for statement, _ in asked]
    assert kinds == ["BEGIN", "UPDATE", "INSERT", "INSERT", "SELECT"]


@pytest.mark.parametrize("late", [frozenset[int](), frozenset({9})])
def test_what_came_after_a_handover_is_read_from_the_end_of_the_log(
    workplace: Workplace, asked: Asked, late: frozenset[int]
) -> None:
    with workplace.store.read() as reading:
        end = Covered(last_position(reading) - 2, 3, late)
        asked.clear()
        verifying.changed_in(reading, [COMMUNE], after(end))
        verifying.changed_in(reading, [COMMUNE], inside(Span(Covered(10**6, 8), end, 10**6)))
        plans = [
            {
                step
                for *_, step in reading.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given)
                if " op" in step
            }
            for said, given in list(asked)
        ]
    assert plans == [{"SEARCH op USING INTEGER PRIMARY KEY (rowid>?)"}] * 4


def test_what_is_not_handed_over_is_counted_without_reading_the_log(
    workplace: Workplace, asked: Asked
) -> None:
    with workplace.store.read() as reading:
        asked.clear()
        assert outstanding_work(workplace, reading).unsent > 0
        counts = [(said, given) for said, given in asked if " FROM op " in said.replace("\n", " ")]
        assert len(counts) == 1
        statement, given = counts[0]
        plan = reading.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        steps = [step for *_, step in plan if " op " in f"{step} "]
    assert steps == [
        "SEARCH op USING COVERING INDEX ix_op_written (by=? AND state=? AND position>?)"
    ]
