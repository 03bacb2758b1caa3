"""Whom the register follows no longer, in rows of lists: told with the page, not child by child."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from app.models.queries import register
from app.models.work import Change
from app.services.entry import Entry
from app.services.life_events.desk import LifeEvents
from app.services.life_events.views import Draft
from app.services.saving import RecordSave, Saved
from app.services.workplace import Workplace
from tests.village_of_three import (
    DAY,
    TODAY,
    child_id,
    edit,
    home_id,
    open_round,
    settle_village,
    stored,
)
from tests.workplaces import COMMUNE, make_workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    made.clock = lambda: DAY
    with made.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    open_round(made)
    yield made
    made.store.close()


def _rows(workplace: Workplace, ids: list[str]) -> tuple[list[register.ChildRow], int]:
    """The rows, and how many statements they took."""
    asked: list[str] = []
    with workplace.store.read() as reading:

        def note(*said: object) -> None:
            asked.append(str(said[2]))

        event.listen(reading, "before_cursor_execute", note)
        found = register.child_rows(reading, ids)
        event.remove(reading, "before_cursor_execute", note)
    return found, len(asked)


def test_rows_say_since_when_a_child_is_followed_no_longer_in_one_more_statement(
    workplace: Workplace,
) -> None:
    ids = [child_id(COMMUNE, "1", 1), child_id(COMMUNE, "2", 1), child_id(COMMUNE, "2", 2)]
    found, alone = _rows(workplace, ids)
    assert [(one.status, one.gone_on) for one in found] == [("", "")] * 3
    events = LifeEvents(workplace)
    for line in (1, 2):
        died = {"event_date": TODAY, "death_cause": "disease"}
        events.write(Draft("died", home_id(COMMUNE, "2"), child_id(COMMUNE, "2", line), died))
    found, asked = _rows(workplace, ids)
    gone = [(one.status, one.gone_on) for one in found]
    assert gone == [("", ""), ("DECEASED", TODAY), ("DECEASED", TODAY)]
    assert asked == alone + 1


def test_a_household_counts_whom_its_village_counts(workplace: Workplace) -> None:
    died = {"event_date": TODAY, "death_cause": "disease"}
    home, child = home_id(COMMUNE, "2"), child_id(COMMUNE, "2", 1)
    LifeEvents(workplace).write(Draft("died", home, child, died))
    # Of the third household the child is 16 by the day of the round.
    edit(workplace, "child", child_id(COMMUNE, "10", 1), birth_date="2010-01-20")
    entry = Entry(workplace)
    homes = [home_id(COMMUNE, number) for number in ("1", "2", "10")]
    rows = entry.household_rows(homes)
    assert [(one.counted, one.children) for one in rows] == [(1, 1), (1, 2), (0, 1)]
    assert sum(one.children for one in entry.villages(COMMUNE)) == 2


def _without_event(workplace: Workplace, child: str) -> Saved:
    """The child's page is saved with the line of its only event taken away."""
    page = Entry(workplace).page(home_id(COMMUNE, "2"))
    assert page is not None
    (shown,) = [one for one in page.children if one.id == child]
    (part,) = [one for one in page.belongings[child] if one.entity == "life_event"]
    own = Change("child", {}, shown.id, base=shown.heads, loaded=shown.open_values)
    line = Change(
        "life_event", {"_deleted": True}, part.id, base=part.heads, loaded=part.open_values
    )
    return Entry(workplace).save([RecordSave(own, (line,))])[0]


@pytest.mark.parametrize("place", ["tỉnh Bình Dương", "Xã Trà Bùi"])
def test_a_move_that_went_with_a_bundle_goes_with_its_line(
    workplace: Workplace, place: str
) -> None:
    """Also to a commune that has the records by then: it is saved, and told whose they are."""
    child = child_id(COMMUNE, "2", 1)
    moved = {"event_date": TODAY, "event_place": place}
    LifeEvents(workplace).write(Draft("moved_out", home_id(COMMUNE, "2"), child, moved))
    saved = _without_event(workplace, child)
    assert (saved.values["life_status"], saved.values["owner_unit"]) == ("ACTIVE", COMMUNE)
    assert bool(saved.elsewhere) is (place == "Xã Trà Bùi")
    page = Entry(workplace).page(home_id(COMMUNE, "2"))
    assert page is not None
    assert page.gone == {}


def test_a_status_stays_while_another_event_says_it(workplace: Workplace) -> None:
    child = child_id(COMMUNE, "2", 1)
    died = {"event_date": TODAY, "death_cause": "disease"}
    LifeEvents(workplace).write(Draft("died", home_id(COMMUNE, "2"), child, died))
    with workplace.write() as work:
        again = {"record": child, "event": "died", "event_date": "2026-11-17"}
        work.record(Change("life_event", again, key="died/again"))
        work.commit()
    page = Entry(workplace).page(home_id(COMMUNE, "2"))
    assert page is not None
    first, second = (one.id for one in page.belongings[child])
    for line, status in ((first, "DECEASED"), (second, "ACTIVE")):
        own = Change("child", {}, child)
        away = Change("life_event", {"_deleted": True}, line)
        Entry(workplace).save([RecordSave(own, (away,))])
        assert stored(workplace, "child", child).values["life_status"] == status
