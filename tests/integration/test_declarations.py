"""A declaration *complete* counts while the validator finds no error, wherever it came from.

Whatever is changed and in whatever order, the verdicts kept at the end of a transaction are those
of judging the whole store anew.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.forms.issues import Value
from app.forms.schema import Severity
from app.ids import derived_id
from app.models import declarations, lines
from app.models.materialising import rebuild
from app.models.queries import checking, counting, register
from app.models.queries.register import RegisterFilter
from app.models.schema import op, unsound
from app.models.store import create_store
from app.models.work import Change
from app.services import declarations as judging
from app.services.checks import Checks, FoundIssue
from app.services.declarations import Declarations
from app.services.entry import Entry
from app.services.records import Records
from app.services.workplace import Workplace
from app.sync.apply import apply_delivery
from app.sync.delivery import collect
from tests.unit.forms.invented import GOOD_CHILD, GOOD_HOUSEHOLD
from tests.workplaces import COMMUNE, make_workplace, reopened, settle

DISTRICT, NEIGHBOUR = "522@2024", "21025@2024"
VILLAGE = derived_id(COMMUNE, "village/1")
HOME, CHILD = derived_id(COMMUNE, "household/1"), derived_id(COMMUNE, "child/1")
#: A child who is fifteen on that day and in the school year for it.
FIFTEEN: dict[str, Value] = {
    "birth_date": "2011-06-01",
    "personal_id": None,
    "education_level": "lower_secondary",
    "grade": 9,
}
DAY = 1_795_000_000.0  # in November 2026, inside what the good records were surveyed for


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = _at(tmp_path / "commune", COMMUNE)
    yield made
    made.store.close()


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = _at(tmp_path / "district", DISTRICT)
    yield made
    made.store.close()


def _at(folder: Path, unit: str) -> Workplace:
    made = make_workplace(folder, unit)
    made.clock = lambda: DAY
    return made


def _put(workplace: Workplace, *changes: Change) -> None:
    """As a program without scruples would: nothing is written off."""
    with workplace.write() as work:
        for change in changes:
            work.record(change)
        work.commit()


def _village() -> Change:
    return Change("village", {"owner_unit": COMMUNE, "name": "Thôn 2"}, key="village/1")


def _household(key: str = "household/1", **more: Value) -> Change:
    own: dict[str, Value] = {
        **GOOD_HOUSEHOLD,
        "owner_unit": COMMUNE,
        "village": VILLAGE,
        "complete": True,
        **more,
    }
    return Change("household", own, key=key)


def _child(key: str = "child/1", **more: Value) -> Change:
    own: dict[str, Value] = {
        **GOOD_CHILD,
        "owner_unit": COMMUNE,
        "household": HOME,
        "complete": True,
        **more,
    }
    return Change("child", own, key=key)


def _edit(workplace: Workplace, ent_id: str, entity: str = "child", **values: Value) -> None:
    _put(workplace, Change(entity, values, id=ent_id))


def _carry(giver: Workplace, receiver: Workplace) -> None:
    """What the giver has, taken in by the receiver through its door."""
    bundle_id = random.randbytes(32)
    delivery = collect(giver.store, giver.tree, receiver.unit, "an")
    with receiver.write() as work:
        number = lines.next_bundle_number(work.connection)
        outcome = apply_delivery(work, delivery, receiver.tree, number, bundle_id=bundle_id)
        assert not outcome.refused
        work.commit()


def _verdicts(workplace: Workplace) -> set[tuple[str, str]]:
    with workplace.store.read() as reading:
        return {(row.ent_type, row.record) for row in reading.execute(select(unsound))}


def _incomplete(workplace: Workplace) -> int:
    with workplace.store.read() as reading:
        return counting.counts(reading, (COMMUNE,), counting.Basis(workplace.today())).incomplete


def _judged_anew(workplace: Workplace) -> set[tuple[str, str]]:
    """What judging everything comes to; nothing of it is kept."""
    with workplace.write() as work:
        declarations.forget_all(work.connection)
        judging.judge_all_unless_judged(workplace, work.connection)
        return set(declarations.unsound_records(work.connection))


def _written(workplace: Workplace) -> int:
    with workplace.store.read() as reading:
        return len(reading.execute(select(op.c.op_id)).all())


def test_what_a_modified_client_declares_complete_counts_as_unfinished_and_is_named(
    commune: Workplace, district: Workplace
) -> None:
    _put(commune, _village(), _household(), _child(birth_date=None))
    _carry(commune, district)
    with district.store.read() as reading:
        found = register.record(reading, "child", CHILD)
        assert found is not None
        assert found.values["complete"] is True  # the clerk's word stays what it was
        listed = register.child_ids(reading, RegisterFilter(only_incomplete=True))
        assert listed == [CHILD]
        assert not register.child_rows(reading, listed)[0].complete
        assert register.household_rows(reading, [HOME])[0].complete
    assert _incomplete(district) == 1
    assert Entry(district).standing().incomplete == 1
    (named,) = Declarations(district).list()
    assert (named.entity, named.id, named.unit) == ("child", CHILD, COMMUNE)
    assert "birth_date" in {error.issue.field for error in named.errors}
    assert [(one.by, one.author) for one in named.sources] == [(COMMUNE, "Đặng An")]
    assert Checks(district).run(lambda _issues: None).declared == 1


def test_two_sound_saves_that_merge_into_an_error_count_as_unfinished_and_nothing_is_written(
    commune: Workplace, district: Workplace
) -> None:
    _put(commune, _village(), _household(), _child(personal_id=None))
    _carry(commune, district)
    _edit(commune, CHILD, personal_id="051316123456")  # a girl's number
    _edit(district, CHILD, sex="1")
    assert _incomplete(commune) == _incomplete(district) == 0
    at_the_commune, at_the_district = _written(commune), _written(district)
    _carry(commune, district)
    _carry(district, commune)
    for workplace in (commune, district):
        assert _verdicts(workplace) == {("child", CHILD)}
        assert _incomplete(workplace) == 1
        (named,) = Declarations(workplace).list()
        assert {error.issue.rule for error in named.errors} == {"consistent_sex_digit"}
        assert {source.by for source in named.sources} == {COMMUNE, DISTRICT}
    # Each has its own saves and the other's one, and no operation of a merge.
    assert _written(commune) == at_the_commune + 1
    assert _written(district) == at_the_district + 1


def test_a_neighbour_on_the_page_changes_the_verdict_both_ways(commune: Workplace) -> None:
    _put(commune, _village(), _household(), _child())
    assert _verdicts(commune) == set()
    _put(commune, _child("child/2", personal_id=None, complete=False))  # the same line number
    assert _verdicts(commune) == {("child", CHILD)}
    second = derived_id(COMMUNE, "child/2")
    _edit(commune, second, line_no=2)
    assert _verdicts(commune) == set()
    _edit(commune, second, line_no=1)
    _edit(commune, second, household=None)
    assert _verdicts(commune) == set()


def test_a_number_held_twice_changes_the_verdict_on_both_and_giving_it_up_on_the_other(
    commune: Workplace,
) -> None:
    _put(
        commune,
        _village(),
        _household(),
        _child(),
        _household("household/2"),
        _child("child/2", household=derived_id(COMMUNE, "household/2")),
    )
    other, home = derived_id(COMMUNE, "child/2"), derived_id(COMMUNE, "household/2")
    everybody = {("child", CHILD), ("child", other), ("household", HOME), ("household", home)}
    assert _verdicts(commune) == everybody
    _edit(commune, other, personal_id=None)
    _edit(commune, home, "household", household_no="13")
    assert _verdicts(commune) == set()
    _edit(commune, other, personal_id=GOOD_CHILD["personal_id"], entered_in_error=True)
    assert _verdicts(commune) == set()


def test_a_number_given_up_frees_the_other_who_holds_it_and_nothing_else_has_to_change(
    commune: Workplace,
) -> None:
    away = derived_id(COMMUNE, "household/2")
    _put(
        commune,
        _village(),
        _household(),
        _child(),
        _household("household/2", household_no="13"),
        _child("child/2", household=away),
    )
    assert _verdicts(commune) == {("child", CHILD), ("child", derived_id(COMMUNE, "child/2"))}
    _edit(commune, derived_id(COMMUNE, "child/2"), personal_id=None)
    assert _verdicts(commune) == set()


def test_what_another_commune_writes_into_a_household_makes_nothing_wrong_there(
    commune: Workplace, district: Workplace, tmp_path: Path
) -> None:
    """Nobody there holds the other's child or household, and so nobody could mend it."""
    _put(commune, _village(), _household(), _child())
    _carry(commune, district)
    neighbour = _at(tmp_path / "neighbour", NEIGHBOUR)
    stranger = _child("child/9", owner_unit=NEIGHBOUR, personal_id=None, complete=False)
    second = _household("household/9", owner_unit=NEIGHBOUR, complete=False)
    _put(neighbour, stranger, second)
    _carry(neighbour, district)
    neighbour.store.close()
    assert _verdicts(district) == set() == _judged_anew(district)
    assert _incomplete(district) == 0
    with district.store.read() as reading:
        (seen,) = checking.chosen(reading, [HOME], [])
    assert len(seen[0].children) == 2
    issues: list[FoundIssue] = []
    Checks(district).run(issues.extend)
    wrong = {one.root for one in issues if one.issue.severity is Severity.ERROR}
    assert wrong.isdisjoint({("child", CHILD), ("household", HOME)})
    shown = Records(district).household(HOME)
    assert not [one for one in shown.issues if one.severity is Severity.ERROR]
    _edit(district, CHILD, full_name="Nguyễn Thị Mai Anh")
    assert _verdicts(district) == set()


def test_one_number_in_two_communes_is_for_the_unit_above_to_look_into(
    commune: Workplace, district: Workplace, tmp_path: Path
) -> None:
    """A child who moved, or lives in two places: neither commune has done anything wrong."""
    _put(commune, _village(), _household(), _child())
    _carry(commune, district)
    neighbour = _at(tmp_path / "neighbour", NEIGHBOUR)
    other, home = derived_id(NEIGHBOUR, "child/9"), derived_id(NEIGHBOUR, "household/9")
    village = Change("village", {"owner_unit": NEIGHBOUR, "name": "Thôn 9"}, key="village/9")
    theirs = {"owner_unit": NEIGHBOUR, "village": derived_id(NEIGHBOUR, "village/9")}
    second = _household("household/9", **theirs)
    _put(neighbour, village, second, _child("child/9", owner_unit=NEIGHBOUR, household=home))
    assert _verdicts(neighbour) == set()
    _carry(neighbour, district)
    neighbour.store.close()
    assert _verdicts(district) == set() == _judged_anew(district)
    issues: list[FoundIssue] = []
    summary = Checks(district).run(issues.extend)
    assert not summary.by_severity[Severity.ERROR]
    told = {one.root for one in issues if one.issue.rule == "pid_elsewhere"}
    assert told == {("child", CHILD), ("child", other)}
    for page, ent_id in ((HOME, CHILD), (home, other)):
        (child,) = Records(district).household(page).children
        assert child.record.id == ent_id
        rules = {one.rule for one in child.issues}
        assert "pid_elsewhere" in rules
        assert "pid_unique" not in rules
    held = Entry(district).holders(CHILD, COMMUNE, str(GOOD_CHILD["personal_id"]))
    assert held == ([], [other])
    _edit(district, CHILD, full_name="Nguyễn Thị Mai Anh")
    assert _incomplete(district) == 0


def test_a_circumstance_that_comes_alone_changes_the_verdict_on_its_child(
    commune: Workplace,
) -> None:
    _put(commune, _village(), _household(), _child())
    values: dict[str, Value] = {"record": CHILD, "group": "C04", "episode": 1}
    _put(commune, Change("circumstance", values, key="C04/1"))
    assert _verdicts(commune) == {("child", CHILD)} == _judged_anew(commune)
    _edit(commune, derived_id(CHILD, "C04/1"), "circumstance", _deleted=True)
    assert _verdicts(commune) == set()


def test_another_program_judges_everything_anew(
    commune: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rules may be others, though not a record and no form has changed."""
    _put(commune, _village(), _household(), _child())
    judging.judge_unless_judged(commune)
    with commune.write() as work:
        declarations.note_unsound(work.connection, "child", (), [CHILD])
        work.commit()
    judging.judge_unless_judged(commune)
    assert _verdicts(commune) == {("child", CHILD)}
    monkeypatch.setattr(judging, "__version__", "99.0")
    judging.judge_unless_judged(commune)
    assert _verdicts(commune) == set()


def test_a_round_judges_everything_anew(commune: Workplace) -> None:
    _put(
        commune,
        _village(),
        _household(),
        _child(**FIFTEEN),
    )
    assert _verdicts(commune) == set()
    with commune.write() as work:
        work.sign_reference = lambda operation: operation
        values: dict[str, Value] = {
            "name": "Đợt thử",
            "reference_date": "2027-12-31",
            "opens_on": "2027-10-01",
            "closes_on": "2027-12-31",
            "state": "open",
        }
        work.record(Change("round", values))
        work.commit()
    assert _verdicts(commune) == {("child", CHILD)}  # 16 on the new day
    assert _verdicts(commune) == _judged_anew(commune)


def test_what_was_kept_at_every_save_is_what_judging_the_whole_store_comes_to(
    commune: Workplace,
) -> None:
    with commune.write() as work:
        settle(work, 60)
        work.commit()
    assert _verdicts(commune) == _judged_anew(commune) != set()
    with commune.store.read() as reading:
        children = [one for page in register.stream(reading, "child") for one in page]
        households = [one.id for page in register.stream(reading, "household") for one in page]
    ids = [one.id for one in children]
    numbers = [one.values.get("personal_id") for one in children]
    dice = random.Random(7)
    for _ in range(60):
        ent_id, other = dice.sample(ids, 2)
        values: dict[str, Value] = dice.choice(
            [
                {"line_no": dice.randint(1, 3)},
                {"household": dice.choice([*households, None])},
                {"personal_id": dice.choice(numbers)},
                {"complete": dice.choice([True, False, None])},
                {"entered_in_error": dice.choice([True, None])},
                {"birth_date": dice.choice(["2011", "2020-02-01", None])},
            ]
        )
        with commune.write() as work:
            work.record(Change("child", values, id=ent_id))
            work.record(Change("child", {"grade": dice.choice([1, 5, None])}, id=other))
            home = dice.choice(households)
            number, poverty = dice.choice(["1", "2"]), dice.choice(["0", "1", "2"])
            work.record(
                Change("household", {"household_no": number, "poverty_status": poverty}, id=home)
            )
            work.commit()
        assert _verdicts(commune) == _judged_anew(commune)


def test_verdicts_are_dropped_with_the_rows_and_made_again(commune: Workplace) -> None:
    _put(commune, _village(), _household(), _child(birth_date=None))
    before = _verdicts(commune)
    with commune.write() as work:
        rebuild(work.connection)
        work.commit()
    assert _verdicts(commune) == set()
    opened = reopened(commune)
    judging.judge_unless_judged(opened)
    assert _verdicts(opened) == before == {("child", CHILD)}
    opened.store.close()


def test_rows_written_past_the_judge_are_judged_when_the_store_is_opened(
    commune: Workplace,
) -> None:
    _put(commune, _village(), _household(), _child())
    with commune.store.write("x") as work:
        work.record(Change("child", {"birth_date": None}, id=CHILD))
        work.commit()
    judging.judge_unless_judged(commune)
    assert _verdicts(commune) == {("child", CHILD)}


def test_a_check_keeps_what_a_passing_day_changed(commune: Workplace) -> None:
    _put(
        commune,
        _village(),
        _household(),
        _child(**FIFTEEN),
    )
    commune.clock = lambda: DAY + 366 * 86_400
    assert _verdicts(commune) == set()
    Checks(commune).run(lambda _issues: None)
    assert _verdicts(commune) == {("child", CHILD)}  # 16 by now


def test_a_preview_leaves_no_verdict(commune: Workplace) -> None:
    _put(commune, _village(), _household(), _child())
    with commune.write() as work:
        work.record(Change("child", {"birth_date": None}, id=CHILD))
        work.settle()
        assert declarations.unsound_records(work.connection) == [("child", CHILD)]
    assert _verdicts(commune) == set()


def test_a_new_store_has_nothing_judged(tmp_path: Path) -> None:
    store = create_store(tmp_path / "s.db", None, COMMUNE)
    with store.read() as reading:
        assert declarations.judged_by(reading) == ""
    store.close()
