"""What was decided about two records, and is in doubt: both count, somebody is asked, and nobody
decides about what they have not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.models.declarations import are_finished
from app.models.integrity import differing_tables
from app.models.queries import counting, register, suggested
from app.models.work import Change
from app.services.checks import Checks
from app.services.conflicts import Conflicts
from app.services.duplicate_decisions import Doubt, DuplicateDecisions
from app.services.duplicate_pairs import DuplicatePairs, waiting_pairs
from app.services.duplicate_words import decided_words
from app.services.duplicates import Duplicates
from app.services.pair_decision import decision_id, decision_save
from app.services.records import Records
from app.services.workplace import Workplace
from tests.two_books import BASIS, BINH_DONG, BINH_THANH, child
from tests.workplaces import DISTRICT, make_workplace, write

NUMBER = "051319000017"


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, unit=DISTRICT)
    yield made
    made.store.close()


def _called_the_same(workplace: Workplace) -> tuple[str, str]:
    one, other = sorted(
        child(workplace, unit, personal_id=NUMBER) for unit in (BINH_THANH, BINH_DONG)
    )
    assert Duplicates(workplace).search().recorded == 1
    assert _counted(workplace) == 1
    return one, other


def _counted(workplace: Workplace) -> int:
    with workplace.store.read() as reading:
        return counting.counts(reading, (), BASIS).children


def _waiting(workplace: Workplace) -> int:
    with workplace.store.read() as reading:
        return waiting_pairs(reading)


def _two_say(workplace: Workplace, entity: str, ent_id: str, *said: dict[str, Value]) -> None:
    """Several people write a record, each without having seen the others."""
    with workplace.store.read() as reading:
        seen = register.record(reading, entity, ent_id)
    assert seen is not None
    with workplace.write() as work:
        for values in said:
            work.record(Change(entity, values, ent_id, base=seen.heads, loaded=seen.values))
        work.commit()


def _pairs(workplace: Workplace) -> DuplicatePairs:
    return DuplicatePairs(workplace, Duplicates(workplace), DuplicateDecisions(workplace))


@pytest.mark.parametrize(
    ("field", "other", "agrees"),
    [
        ("personal_id", "051319000025", NUMBER),
        ("birth_date", "2019-05-02", "2019-05-01"),
        ("full_name", "Hồ Thị Mai", "Đinh Thị Hạ"),
        ("sex", "1", "2"),
    ],
)
def test_of_a_child_about_whom_two_people_differ_the_program_says_nothing(
    district: Workplace, field: str, other: str, agrees: str
) -> None:
    for at in range(3):  # whichever value is shown
        number = f"05131900{at:02d}17"
        said: dict[str, Value] = {
            "personal_id": number,
            "full_name": f"Đinh Thị Hạ {['Lan', 'Mai', 'Huệ'][at]}",
        }
        child(district, BINH_THANH, f"1{at}", **said)
        disputed = child(district, BINH_DONG, f"2{at}", **{**said, field: None})
        meant = {**said, "birth_date": "2019-05-01", "sex": "2"}[field]
        _two_say(district, "child", disputed, {field: other}, {field: meant})
    assert Duplicates(district).search().recorded == 0
    assert _counted(district) == 6


def test_what_the_program_said_does_not_outlive_its_ground(district: Workplace) -> None:
    one, other = _called_the_same(district)
    write(district, "child", other, personal_id="051319000025", full_name="Hồ Thị Mai")
    assert _counted(district) == 2
    (pair,) = DuplicateDecisions(district).decided()
    assert (pair.doubt, pair.automatic, pair.same) == (Doubt.GROUND, True, True)
    assert "không còn trùng" in decided_words(pair)
    assert _waiting(district) == 1
    with district.store.write("An") as work:
        assert differing_tables(work) == []
    DuplicateDecisions(district).decide(one, other, "same")
    assert _counted(district) == 1, "a person's word needs no ground"
    (pair,) = DuplicateDecisions(district).decided()
    assert (pair.doubt, _waiting(district)) == (None, 0)
    DuplicateDecisions(district).decide(one, other, "open")
    assert (_counted(district), DuplicateDecisions(district).decided()) == (2, [])


def test_a_person_who_says_two_goes_before_what_the_program_chained(district: Workplace) -> None:
    ids = sorted(child(district, BINH_THANH, f"{n}", personal_id=NUMBER) for n in range(3))
    assert Duplicates(district).search().recorded >= 2
    assert _counted(district) == 1
    desk = DuplicateDecisions(district)
    desk.decide(ids[0], ids[1], "different")
    assert _counted(district) == 3
    idle = [one for one in desk.decided() if one.doubt is Doubt.CONTRADICTED]
    assert len(idle) == 2 == _waiting(district)
    desk.decide(ids[1], ids[2], "same")
    assert _counted(district) == 2
    assert Duplicates(district).search().recorded == 0


def test_records_of_one_child_do_not_hold_each_others_number(district: Workplace) -> None:
    home = write(district, "household", owner_unit=BINH_THANH, household_no="9")
    said: dict[str, Value] = {"household": home, "personal_id": NUMBER, "complete": True}
    one, other = (child(district, BINH_THANH, f"{n}", **said) for n in range(2))

    def held_twice() -> int:
        told: list[str] = []
        Checks(district).run(lambda found: told.extend(it.issue.rule for it in found))
        return told.count("pid_unique")

    def finished() -> set[str]:
        with district.store.read() as reading:
            return are_finished(reading, {one, other})

    assert held_twice() == 2
    before = finished()
    desk = DuplicateDecisions(district)
    for verdict, errors in (("same", 0), ("different", 2), ("same", 0), ("open", 2)):
        desk.decide(one, other, verdict)
        assert held_twice() == errors, verdict
        assert finished() == before or not errors, verdict


def test_nobody_decides_about_what_they_have_not_seen(district: Workplace) -> None:
    parents: dict[str, Value] = {"mother_name": "Hồ Thị Bích", "father_name": "Hồ Văn Rơm"}
    one, other = sorted(child(district, unit, **parents) for unit in (BINH_THANH, BINH_DONG))
    Duplicates(district).search()
    pairs = _pairs(district)
    (shown,) = pairs.read().waiting
    said: dict[str, Value] = {"verdict": "different", "basis": "duplicate", "decided_by": "Lê Lan"}
    with district.write() as work:
        work.record(decision_save(work.connection, one, other, said).change)
        work.commit()
    with pytest.raises(KnownError, match=r"duplicates\.moved_on"):
        pairs.decide(one, other, "same", shown.seen)
    (decided,) = pairs.read().decided
    assert (decided.same, decided.decided_by) == (False, "Lê Lan")
    write(district, "child", other, full_name="Hồ Thị Mai")
    with pytest.raises(KnownError, match=r"duplicates\.moved_on"):
        pairs.decide(one, other, "open", decided.seen)
    (decided,) = pairs.read().decided
    pairs.decide(one, other, "open", decided.seen)
    assert pairs.read().decided == ()


def test_a_command_says_what_it_replaces(district: Workplace) -> None:
    one, other = _called_the_same(district)
    desk = DuplicateDecisions(district)
    done = desk.decide(one, other, "different")
    assert done.replaced is not None
    assert (done.replaced.same, done.replaced.automatic) == (True, True)
    done = desk.decide(one, other, "open")
    assert done.replaced is not None
    assert done.replaced.decided_by == district.account.full_name
    assert desk.decide(one, other, "same").replaced is None


def test_what_two_people_say_otherwise_is_shown_so_and_settled_where_both_are_seen(
    district: Workplace,
) -> None:
    one, other = _called_the_same(district)
    decision = decision_id(one, other)
    sides: list[dict[str, Value]] = [
        {"verdict": verdict, "decided_by": who}
        for verdict, who in (("same", "An"), ("different", "Lan"))
    ]
    _two_say(district, "match_decision", decision, *sides)
    assert _counted(district) == 2, "nobody is lost"
    (pair,) = DuplicateDecisions(district).decided()
    assert pair.doubt is Doubt.CONFLICT
    for verdict in ("same", "different", "open"):
        with pytest.raises(KnownError, match=r"duplicates\.in_conflict"):
            DuplicateDecisions(district).decide(one, other, verdict)
    (view,) = Conflicts(district, Records(district)).open()
    assert {head.values["verdict"] for head in view.heads} == {"same", "different"}
    with district.store.read() as reading:
        assert suggested.waiting(reading, 3) == []


def test_who_says_the_same_as_another_makes_no_conflict(district: Workplace) -> None:
    one, other = _called_the_same(district)
    decision = decision_id(one, other)
    sides: list[dict[str, Value]] = [
        {"verdict": "same", "decided_by": who} for who in ("An", "Lan")
    ]
    _two_say(district, "match_decision", decision, *sides)
    (pair,) = DuplicateDecisions(district).decided()
    assert (pair.doubt, _counted(district)) == (None, 1)
    assert Conflicts(district, Records(district)).open() == []
