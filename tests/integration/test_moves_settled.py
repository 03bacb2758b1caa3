"""Two people decided otherwise about one pair, and a third settles it on the page of conflicts: the
child who left belongs afterwards to whom that decision gives it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.forms.issues import Value
from app.models.queries import counting, register
from app.models.queries import moves as queries
from app.models.queries.register import RecordView
from app.models.work import Change
from app.services.conflicts import Conflicts
from app.services.masking import MASKED, open_values
from app.services.moves import Moves
from app.services.records import Records
from app.services.workplace import Workplace
from tests.workplaces import DISTRICT, make_workplace, write

OLD, NEW = "21046@2024", "21049@2024"
BASIS = counting.Basis(date(2026, 8, 31))


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, unit=DISTRICT)
    yield made
    made.store.close()


def _child(workplace: Workplace, unit: str) -> str:
    home = write(workplace, "household", owner_unit=unit, household_no="7")
    whole = {"full_name": "Hồ Thị Niếu", "birth_date": "2018-03-02", "sex": "2"}
    return write(workplace, "child", owner_unit=unit, household=home, **whole)


def _left_and_came(workplace: Workplace) -> tuple[str, str]:
    left, came = _child(workplace, OLD), _child(workplace, NEW)
    write(workplace, "life_event", record=left, event="moved_out", event_date="2026-08-01")
    write(workplace, "child", left, life_status="MOVED_OUT", owner_unit="outside")
    return left, came


def _decision(workplace: Workplace, ent_id: str) -> RecordView:
    with workplace.store.read() as reading:
        found = register.record(reading, "match_decision", ent_id)
    assert found is not None
    return found


def _beside(workplace: Workplace, seen: RecordView, **values: Value) -> None:
    """What somebody wrote who had seen no more than that."""
    said: dict[str, Value] = {"basis": "move", "moved_from": None, **values}
    with workplace.write() as work:
        work.record(Change("match_decision", said, seen.id, base=seen.heads, loaded=seen.values))
        work.commit()


def _owner(workplace: Workplace, child: str) -> str:
    with workplace.store.read() as reading:
        (found,) = queries.movers(reading, [child], "moved_out")
    return found.owner


def _counted(workplace: Workplace) -> list[int]:
    with workplace.store.read() as reading:
        return [counting.counts(reading, units, BASIS).children for units in ([OLD], [NEW], ())]


@pytest.mark.parametrize("verdict", ["different", "open"])
def test_settled_as_no_pair_the_child_goes_back(district: Workplace, verdict: str) -> None:
    left, came = _left_and_came(district)
    moves = Moves(district)
    seen = _decision(district, moves.apart(left, came).decision)
    said = {"verdict": "same", "moved_from": "outside", "reason": "x"}
    _beside(district, seen, **said)
    # What goes with calling them one child.
    write(district, "child", left, owner_unit=NEW)
    _beside(district, seen, verdict=verdict, reason="y")
    assert _owner(district, left) == NEW
    settled = Conflicts(district, Records(district))
    settled.decide("match_decision", seen.id, {"verdict": verdict, "basis": "move"})
    assert _decision(district, seen.id).values["verdict"] == verdict
    assert _owner(district, left) == "outside"
    assert _counted(district) == [1, 1, 2]


def test_settled_as_one_child_it_goes_to_where_it_came_and_can_be_taken_back(
    district: Workplace,
) -> None:
    left, came = _left_and_came(district)
    moves = Moves(district)
    seen = _decision(district, moves.pair(left, came).decision)
    _beside(district, seen, verdict="same", moved_from="outside", reason="x")
    _beside(district, seen, verdict="open", reason="y")
    write(district, "child", left, owner_unit="outside")  # it was taken back elsewhere
    settled = Conflicts(district, Records(district))
    # From the command line, with the word alone.
    settled.resolve("match_decision", seen.id, {"verdict": "same"})
    assert _owner(district, left) == NEW
    assert _counted(district) == [0, 1, 1]
    assert _decision(district, seen.id).values["moved_from"] == "outside"
    assert moves.take_back(left, came).moved_to == "outside"
    assert _owner(district, left) == "outside"
    assert _counted(district) == [1, 1, 2]


def test_a_decision_about_something_else_moves_nobody(district: Workplace) -> None:
    left, came = _left_and_came(district)
    seen = _decision(district, Moves(district).apart(left, came).decision)
    for verdict in ("same", "open"):
        _beside(district, seen, verdict=verdict, basis="names")
    Conflicts(district, Records(district)).decide(
        "match_decision", seen.id, {"verdict": "same", "basis": "names"}
    )
    assert _owner(district, left) == "outside"


@pytest.mark.parametrize("verdict", ["same", "different", "open"])
def test_a_verdict_chosen_by_its_word_stands_in_the_name_of_who_chose_it(
    district: Workplace, verdict: str
) -> None:
    """Whichever of the two others is shown while nobody has decided."""
    left, came = _left_and_came(district)
    seen = _decision(district, Moves(district).apart(left, came).decision)
    said = {"same": "một nhà", "different": "khác mẹ"}
    for word, reason in said.items():
        _beside(district, seen, verdict=word, reason=reason, decided_by=f"Người nói {word}")
    settled = Conflicts(district, Records(district))
    settled.resolve("match_decision", seen.id, {"verdict": verdict})
    values = _decision(district, seen.id).values
    assert values["decided_by"] == district.account.full_name
    assert values["decided_on"] == district.today().isoformat()
    assert values.get("reason") == said.get(verdict)


def test_a_reason_that_speaks_of_illness_is_masked_and_stays_with_the_verdict(
    district: Workplace,
) -> None:
    left, came = _left_and_came(district)
    seen = _decision(district, Moves(district).apart(left, came).decision)
    why = "cùng mẹ nhiễm HIV"
    _beside(district, seen, verdict="same", moved_from="outside", reason=why)
    _beside(district, seen, verdict="open", reason="chưa rõ")
    settled = Conflicts(district, Records(district))
    (found,) = settled.open()
    by_verdict = {str(one.values["verdict"]): one for one in found.heads}
    assert [one.values["reason"] for one in found.heads] == [MASKED, MASKED]
    taken = open_values(by_verdict["same"].values)
    settled.decide("match_decision", seen.id, taken, found.base_heads, by_verdict["same"].operation)
    decided = _decision(district, seen.id).values
    assert (decided["verdict"], decided["reason"]) == ("same", why)
