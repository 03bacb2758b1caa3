"""Two records called one child, and the bundle that brought one of them is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from app.errors import KnownError
from app.ids import derived_id
from app.models.queries import counting
from app.models.schema import op
from app.models.work import Change
from app.services.bench.workshop import Workshop
from app.services.erasures import write_erasure
from app.services.import_undo import Obstacle
from app.services.moves import Moves
from app.services.workplace import Workplace
from tests.integration.test_import_undo import COMMUNE, Two, _child, _home

BASIS = counting.Basis(date(2026, 8, 31))
lesser = pytest.mark.parametrize("lesser", ["left", "came"])


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    made = Workshop(tmp_path / "world", 4)
    yield Two(made)
    made.close()


def counted(workplace: Workplace) -> int:
    with workplace.store.read() as reading:
        return counting.counts(reading, (), BASIS).children


def left_and_came(two: Two, lesser: str) -> tuple[str, str, str]:
    """A child who left, handed over, then one who came, handed over with a bundle of its own; and
    the handover of that one. The decision about two belongs to the child of the lesser id.
    """
    keys = sorted(("first", "second"), key=lambda key: derived_id(COMMUNE, f"child/{key}"))
    old, new = keys if lesser == "left" else reversed(keys)
    home, household = _home("71")
    mine, left = _child(old, household)
    gone: dict[str, object] = {"life_status": "MOVED_OUT", "owner_unit": "outside"}
    event = {"record": left, "event": "moved_out", "event_date": "2026-08-01"}
    two.write(two.district, home, mine, Change("life_event", dict(event), key="x"))
    two.write(two.district, Change("child", gone, id=left))  # type: ignore[arg-type]
    two.deliver()
    home, household = _home("72")
    mine, came = _child(new, household)
    two.write(two.district, home, mine)
    return left, came, two.deliver().handover


@lesser
def test_what_was_paired_here_since_is_not_taken_back(two: Two, lesser: str) -> None:
    """The child who left would be counted as one that is in no register."""
    left, came, handover = left_and_came(two, lesser)
    Moves(two.province).pair(left, came)
    found = two.undo.preview(handover).in_the_way
    assert found is not None
    assert found.what is Obstacle.BUILT_ON
    assert "match_decision" in {one.entity for one in found.records}
    with pytest.raises(KnownError, match=r"undo\.built_on"):
        two.undo.set_aside(handover, "Nhầm gói")


@lesser
def test_a_decision_that_the_law_erased_keeps_no_bundle(two: Two, lesser: str) -> None:
    """The verdict is left of it: nobody could take that back."""
    left, came, handover = left_and_came(two, lesser)
    Moves(two.province).pair(left, came)
    with two.province.write() as work:
        write_erasure(work, "child", left, "Quyết định 12", "An", "2026-09-01")
        work.commit()
    assert counted(two.province) == counted(two.district) - 1
    plan = two.undo.set_aside(handover, "Nhầm gói")
    assert (plan.children_gone, plan.in_the_way) == (1, None)


@lesser
def test_who_was_paired_elsewhere_with_one_that_is_taken_back_counts_until_it_is_used_again(
    two: Two, lesser: str
) -> None:
    left, came, handover = left_and_came(two, lesser)
    apart = counted(two.province)
    Moves(two.district).pair(left, came)
    two.deliver()
    one_child = counted(two.province)
    assert one_child == apart - 1
    assert two.undo.set_aside(handover, "Nhầm gói").children_gone == 1
    assert counted(two.province) == one_child
    two.undo.release(handover)
    assert counted(two.province) == one_child


@pytest.mark.parametrize(("state", "counts"), [("refused", 0), ("waiting", 1), ("set_aside", 1)])
def test_what_was_refused_under_the_id_of_a_child_who_lies_elsewhere_counts_nobody_twice(
    two: Two, state: str, counts: int
) -> None:
    """Anybody below can write under such an id: the child who left is counted there all the same.
    What waits or was set aside lies here, and is in no count yet.
    """
    left, came, handover = left_and_came(two, "left")
    Moves(two.district).pair(left, came)
    two.deliver()
    elsewhere = counted(two.province) - 1
    two.undo.set_aside(handover, "Nhầm gói")
    with two.province.store.write("An") as work:
        of_child = (op.c.ent_id == came, op.c.ent_type == "child")
        work.connection.execute(update(op).where(*of_child).values(state=state))
        work.commit()
    assert counted(two.province) == elsewhere + counts
