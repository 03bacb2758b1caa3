"""The quarterly review on a real store: how far a village is, confirming, taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.schema import Severity
from app.models.work import Change
from app.services.quarter import Quarter
from app.services.records import Records
from app.services.rights import RIGHTS_OF, Role
from app.services.workplace import Workplace
from tests.village_of_three import (
    DAY,
    HEADS,
    OTHER_VILLAGE,
    TODAY,
    VILLAGE,
    edit,
    home_id,
    open_round,
    settle_village,
    stored,
    village_id,
)
from tests.workplaces import COMMUNE, DISTRICT, again, make_workplace

HOME = home_id(COMMUNE, "1")


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    made.clock = lambda: DAY
    with made.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    yield made
    made.store.close()


def _said(workplace: Workplace, ent_id: str) -> tuple[object, object]:
    values = stored(workplace, "household", ent_id).values
    return values.get("survey_round"), values.get("survey_date")


def test_the_ground_of_these_tests_breaks_no_rule(commune: Workplace) -> None:
    open_round(commune)
    for number in HEADS:
        Quarter(commune).confirm(home_id(COMMUNE, number))
    found = [
        (one.field, one.rule)
        for number in HEADS
        for view in [Records(commune).household(home_id(COMMUNE, number))]
        for issues in (view.issues, *(child.issues for child in view.children))
        for one in issues
        if one.severity is not Severity.NOTE
    ]
    assert found == []


def test_without_an_open_round_nothing_is_counted_and_a_walk_says_what_to_do(
    commune: Workplace,
) -> None:
    quarter = Quarter(commune)
    assert quarter.progress().round_id == ""
    assert quarter.progress().villages == ()
    for wanted in (lambda: quarter.walk(village_id(COMMUNE)), lambda: quarter.confirm(HOME)):
        with pytest.raises(KnownError) as failed:
            wanted()
        assert failed.value.message_id == "quarter.no_round"


def test_a_village_is_walked_in_the_order_of_the_book_and_counted(commune: Workplace) -> None:
    now = open_round(commune)
    quarter = Quarter(commune)
    steps = quarter.walk(village_id(COMMUNE))
    assert [one.id for one in steps] == [home_id(COMMUNE, number) for number in HEADS]
    assert not any(one.confirmed for one in steps)
    quarter.confirm(HOME)
    progress = quarter.progress()
    assert (progress.round_id, progress.round_name, progress.days_left) == (now, "Quý IV/2026", 43)
    (village,) = progress.villages  # a village without a household is nobody's way
    assert (village.name, village.confirmed, village.households) == (VILLAGE, 1, 3)
    assert (progress.confirmed, progress.households, village.done) == (1, 3, False)
    assert [one.confirmed for one in quarter.walk(village_id(COMMUNE))] == [True, False, False]


def test_a_confirmation_says_which_round_and_which_day_and_keeps_the_declaration(
    commune: Workplace,
) -> None:
    now = open_round(commune)
    done = Quarter(commune).confirm(HOME)
    assert _said(commune, HOME) == (now, TODAY)
    assert stored(commune, "household", HOME).values["complete"] is True
    assert done.incomplete is False


def test_a_confirmation_is_taken_back_to_what_stood_there_before(commune: Workplace) -> None:
    before = open_round(commune, "Quý III/2026", state="closed")
    edit(commune, "household", HOME, survey_round=before)
    open_round(commune)
    quarter = Quarter(commune)
    done = quarter.confirm(HOME)
    quarter.take_back(done)
    assert _said(commune, HOME) == (before, "2026-08-10")
    assert quarter.progress().confirmed == 0


def test_a_confirmation_that_somebody_built_on_is_not_taken_back(commune: Workplace) -> None:
    open_round(commune)
    quarter = Quarter(commune)
    done = quarter.confirm(HOME)
    edit(commune, "household", HOME, phone="0912345678")
    with pytest.raises(KnownError) as failed:
        quarter.take_back(done)
    assert failed.value.message_id == "quarter.changed_since"
    assert _said(commune, HOME)[1] == TODAY


def test_another_round_begins_at_nothing(commune: Workplace) -> None:
    first = open_round(commune)
    quarter = Quarter(commune)
    for step in quarter.walk(village_id(COMMUNE)):
        quarter.confirm(step.id)
    assert quarter.progress().confirmed == 3
    with commune.write() as work:
        work.sign_reference = lambda operation: operation
        work.record(Change("round", {"state": "closed"}, id=first))
        work.commit()
    open_round(commune, "Quý I/2027", opens_on="2027-01-01", closes_on="2027-03-31")
    assert (quarter.progress().confirmed, quarter.progress().households) == (0, 3)


def test_households_of_no_village_and_hidden_ones(commune: Workplace) -> None:
    open_round(commune)
    edit(commune, "household", home_id(COMMUNE, "2"), village=None)
    edit(commune, "household", home_id(COMMUNE, "10"), entered_in_error=True, hidden_reason="nhầm")
    quarter = Quarter(commune)
    assert [(one.name, one.households) for one in quarter.progress().villages] == [
        (VILLAGE, 1),
        ("", 1),
    ]
    assert [one.id for one in quarter.walk("")] == [home_id(COMMUNE, "2")]
    assert quarter.walk(village_id(COMMUNE, OTHER_VILLAGE)) == []


def test_an_office_above_sees_every_commune(tmp_path: Path) -> None:
    district = make_workplace(tmp_path, DISTRICT)
    district.clock = lambda: DAY
    other = "21064@2024"
    with district.write() as work:
        for unit in (COMMUNE, other):
            settle_village(work, unit)
        work.commit()
    open_round(district)
    quarter = Quarter(district)
    quarter.confirm(home_id(other, "1"))
    found = {one.unit: (one.confirmed, one.households) for one in quarter.progress_by_commune()}
    assert found == {other: (1, 3)}  # the commune of the other district is nothing of this one's
    assert quarter.progress(other).confirmed == 1
    district.store.close()


def test_who_only_checks_confirms_nothing(commune: Workplace) -> None:
    open_round(commune)
    checker = again(commune, RIGHTS_OF[Role.CHECKER])
    checker.clock = commune.clock
    assert Quarter(checker).progress().households == 3
    with pytest.raises(KnownError) as failed:
        Quarter(checker).confirm(HOME)
    assert failed.value.message_id == "rights.denied"
