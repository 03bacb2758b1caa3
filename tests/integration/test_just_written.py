"""What is judged from memory is what would have been read, and everything else is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.forms.issues import Value
from app.ids import derived_id
from app.models.declarations import Stirred
from app.models.queries import checking
from app.models.queries.checking import StoredHousehold
from app.models.queries.just_written import just_written
from app.models.store import Reading
from app.models.work import Change
from app.services.workplace import Workplace
from tests.workplaces import COMMUNE, make_workplace, settle

HOME, CHILD = derived_id(COMMUNE, "household/1"), derived_id(COMMUNE, "child/1")
HOUSEHOLD = Change("household", {"owner_unit": COMMUNE, "head_name": "Lê Ba"}, key="household/1")


class Watching:
    """Judges nothing, but looks at what a judge would be given at the end of a transaction."""

    def __init__(self) -> None:
        self.known: list[StoredHousehold] = []
        self.asked: set[str] = set()

    def __call__(self, connection: Reading, stirred: Stirred) -> None:
        self.asked |= stirred.households
        for page in just_written(connection, stirred.created, sorted(stirred.households)):
            ids = [one.id for one in page]
            read = {one.id: one for part in checking.chosen(connection, ids, []) for one in part}
            assert [_bare(one) for one in page] == [_bare(read[one]) for one in ids]
            self.known += page


def _bare(page: StoredHousehold) -> tuple[Any, ...]:
    children = [
        (one.id, _full(one.values), [(name, _full(part)) for name, part in one.belongings])
        for one in page.children
    ]
    return page.id, _full(page.values), page.checked, page.only, children


def _full(values: Any) -> list[tuple[str, type, Value]]:
    return sorted((n, type(value), value) for n, value in values.items() if value is not None)


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "commune", COMMUNE)
    yield made
    made.store.close()


def _written(commune: Workplace, *together: Sequence[Change]) -> Watching:
    """Each group of changes in one call, all in one transaction."""
    watching = Watching()
    with commune.write() as work:
        work.judge = watching
        for changes in together:
            work.record_many(changes)
        work.commit()
    return watching


def _child(key: str = "child/1", **more: Value) -> Change:
    own = {"owner_unit": COMMUNE, "household": HOME, "full_name": "Lê An", "line_no": 1, **more}
    return Change("child", own, key=key)


def _group(**more: Value) -> Change:
    return Change("circumstance", {"record": CHILD, "group": "C01", **more}, key="C01/1")


def test_a_register_written_at_once_is_known_whole(commune: Workplace) -> None:
    with commune.write() as work:
        work.judge = watching = Watching()
        settle(work, 60)
        work.commit()
    assert {one.id for one in watching.known} == watching.asked
    assert sum(len(one.children) for one in watching.known) == 60
    assert any(child.belongings for one in watching.known for child in one.children)


def test_values_of_every_shape_are_those_read_back(commune: Workplace) -> None:
    odd = _child(sex=3, twins="x", complete=True, disability_types=["2", "1"], grade="mười")
    later = _child("child/2", line_no=None, full_name="Lê Bình", new_field=["a"])
    watching = _written(commune, [HOUSEHOLD, later, odd, _group(subgroups=["C01.1"])])
    assert [one.id for one in watching.known] == [HOME]


OTHERS: dict[str, tuple[list[list[Change]], list[list[Change]]]] = {
    "a child was there before": ([[_child()]], [[HOUSEHOLD, _child("child/2")]]),
    "the household was there before": ([[HOUSEHOLD]], [[_child()]]),
    "a child is written twice": (
        [],
        [[HOUSEHOLD, _child()], [Change("child", {"full_name": "Lê Ân"}, id=CHILD)]],
    ),
    "the household is written twice": (
        [],
        [[HOUSEHOLD, _child()], [Change("household", {"phone": "0912345678"}, id=HOME)]],
    ),
    "a group is written twice": (
        [],
        [
            [HOUSEHOLD, _child(), _group()],
            [Change("circumstance", {"note": "x"}, id=derived_id(CHILD, "C01/1"))],
        ],
    ),
    "a child is hidden": (
        [],
        [[HOUSEHOLD, _child(), _child("child/2", entered_in_error=True)]],
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_page_that_is_not_known_whole_is_read(commune: Workplace, case: str) -> None:
    before, now = OTHERS[case]
    for changes in before:
        _written(commune, changes)
    watching = _written(commune, *now)
    assert HOME in watching.asked
    assert watching.known == []


def test_what_one_transaction_created_is_no_news_to_the_next(commune: Workplace) -> None:
    with commune.write() as work:
        work.judge = watching = Watching()
        work.record_many([HOUSEHOLD, _child()])
        work.settle()
        work.record(Change("child", {"grade": 3}, id=CHILD))
        work.settle()
        assert len(watching.known) == 1
        work.commit()
