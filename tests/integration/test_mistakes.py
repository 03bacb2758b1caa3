"""Households and children that were entered in error leave lists and counts, and come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.models.work import Change
from app.services.entry import Entry
from app.services.mistakes import GoesWith, Mistakes
from app.services.records import Records
from app.services.rights import ALL_RIGHTS, Right
from app.services.saving import RecordSave
from app.services.workplace import Workplace
from tests.unit.forms.invented import GOOD_CHILD, GOOD_HOUSEHOLD
from tests.workplaces import COMMUNE, again, make_workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    yield made
    made.store.close()


def _household(workplace: Workplace, **changes: Value) -> str:
    values: dict[str, Value] = {
        **GOOD_HOUSEHOLD,
        "owner_unit": COMMUNE,
        "village": None,
        **changes,
    }
    (saved,) = Records(workplace).save([RecordSave(Change("household", values))])
    return saved.id


def _child(workplace: Workplace, household: str, **changes: Value) -> str:
    values = {**GOOD_CHILD, "owner_unit": COMMUNE, "household": household, **changes}
    parts = (Change("circumstance", {"group": "C04"}, key="C04/1"),)
    with workplace.write() as work:
        child = work.record(Change("child", values)).id
        for one in parts:
            work.record(Change(one.entity, {**one.values, "record": child}, key=one.key))
        work.commit()
    return child


def test_a_child_entered_in_error_leaves_the_page_with_its_reason_and_comes_back(
    workplace: Workplace,
) -> None:
    mistakes, entry = Mistakes(workplace), Entry(workplace)
    home = _household(workplace)
    first, twice = (_child(workplace, home, line_no=line) for line in (1, 2))
    assert mistakes.goes_with("child", twice) == GoesWith(circumstances=1)
    assert mistakes.mark("child", twice, "  ghi hai lần ").records == 1
    page = entry.page(home)
    assert page is not None
    assert [one.id for one in page.children] == [first]
    assert entry.child_ids() == [first]
    assert entry.standing().children == 1
    (told,) = mistakes.of_page(home)
    assert (told.entity, told.id, told.number, told.reason) == ("child", twice, "2", "ghi hai lần")
    assert told.name == GOOD_CHILD["full_name"]
    # What is out already cannot be taken out once more.
    with pytest.raises(KnownError) as refused:
        mistakes.mark("child", twice, "ghi hai lần")
    assert refused.value.message_id == "records.unknown"
    mistakes.take_back("child", twice)
    assert mistakes.of_page(home) == []
    assert sorted(entry.child_ids()) == sorted((first, twice))
    values = Records(workplace).show(twice).record.values
    assert values.get("hidden_reason") is None


def test_a_household_takes_its_children_along_and_brings_back_those_that_went_with_it(
    workplace: Workplace,
) -> None:
    mistakes, entry = Mistakes(workplace), Entry(workplace)
    home, other = _household(workplace), _household(workplace, household_no="77")
    first, before = (_child(workplace, home, line_no=line) for line in (1, 2))
    elsewhere = _child(workplace, home, line_no=3, owner_unit="21103@2025")
    mistakes.mark("child", before, "trẻ của hộ khác")
    assert mistakes.goes_with("household", home) == GoesWith(children=1, circumstances=1)
    assert mistakes.mark("household", home, "không có hộ này").records == 2
    assert entry.household_ids() == [other]
    assert first not in entry.child_ids()
    assert elsewhere in entry.child_ids(), "another unit's child stays with that unit"
    told = mistakes.of_page(other)
    assert [(one.entity, one.id) for one in told] == [("household", home)]
    assert mistakes.take_back("household", home).records == 2
    assert sorted(entry.household_ids()) == sorted((home, other))
    assert [one.id for one in mistakes.of_page(home)] == [before], "it went for a reason of its own"


def test_a_mistake_wants_a_reason_and_the_right_to_enter(workplace: Workplace) -> None:
    home = _household(workplace)
    child = _child(workplace, home)
    with pytest.raises(KnownError) as refused:
        Mistakes(workplace).mark("child", child, "  ")
    assert refused.value.message_id == "records.no_reason"
    looks = Mistakes(again(workplace, ALL_RIGHTS - {Right.ENTER}))
    for act in (
        lambda: looks.mark("child", child, "ghi hai lần"),
        lambda: looks.take_back("child", child),
    ):
        with pytest.raises(KnownError) as refused:
            act()
        assert refused.value.message_id == "rights.denied"
    blind = Mistakes(again(workplace, frozenset((Right.HANDOVER,))))
    for ask in (lambda: blind.of_page(home), lambda: blind.goes_with("child", child)):
        with pytest.raises(KnownError) as refused:
            ask()
        assert refused.value.message_id == "rights.denied"


def test_who_may_not_see_a_circumstance_marks_its_child_all_the_same(workplace: Workplace) -> None:
    home = _household(workplace)
    child = _child(workplace, home)
    with workplace.write() as work:
        part = {"record": child, "group": "C10"}
        work.record(Change("circumstance", part, key="C10/1"))
        work.commit()
    clerk = again(workplace, ALL_RIGHTS - {Right.REVEAL})
    Mistakes(clerk).mark("child", child, "ghi hai lần")
    Mistakes(clerk).take_back("child", child)
    held = Records(workplace).show(child).belongings
    assert len([one for one in held if one.entity == "circumstance"]) == 2
