"""Two people's values of one field: both are shown, a person decides, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.cli.commands.conflicts import _lines
from app.errors import KnownError
from app.forms.issues import Value
from app.models.queries import register
from app.models.work import Change, Recorded
from app.services.conflicts import Conflicts, ConflictView
from app.services.masking import MASKED, Reveal, open_values
from app.services.records import Records
from app.services.rights import ALL_RIGHTS, Right
from app.services.workplace import Workplace
from tests.dumps import dump_store
from tests.workplaces import COMMUNE, KEY, again, make_workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    yield made
    made.store.close()


def _conflicts(workplace: Workplace) -> Conflicts:
    return Conflicts(workplace, Records(workplace))


def _create(workplace: Workplace, entity: str, values: Mapping[str, Value]) -> Recorded:
    with workplace.write() as work:
        done = work.record(Change(entity, {"owner_unit": COMMUNE, **values}))
        work.commit()
    return done


def _diverge(
    workplace: Workplace,
    entity: str,
    ent_id: str,
    one: Mapping[str, Value],
    other: Mapping[str, Value],
) -> None:
    """Two saves from forms that were loaded with the same values."""
    with workplace.store.read() as reading:
        loaded = register.record(reading, entity, ent_id)
    assert loaded is not None
    for values in (one, other):
        with workplace.write() as work:
            work.record(Change(entity, values, id=ent_id, base=loaded.heads, loaded=loaded.values))
            work.commit()


def _values(workplace: Workplace, entity: str, ent_id: str) -> Mapping[str, Value]:
    with workplace.store.read() as reading:
        found = register.record(reading, entity, ent_id)
    assert found is not None
    return found.values


def _only(workplace: Workplace) -> ConflictView:
    (found,) = _conflicts(workplace).open()
    return found


def _named_twice(workplace: Workplace) -> str:
    child = _create(workplace, "child", {"full_name": "Lê Thị Mai", "sex": "2"}).id
    _diverge(workplace, "child", child, {"full_name": "Lê Thị May"}, {"full_name": "Lê Thị Mây"})
    return child


def test_a_conflict_shows_each_side_its_writer_and_what_stood_before(
    workplace: Workplace,
) -> None:
    child = _named_twice(workplace)
    found = _only(workplace)
    assert (found.entity, found.id, found.group) == ("child", child, "full_name")
    assert found.base == {"full_name": "Lê Thị Mai"}
    sides = sorted(str(head.values["full_name"]) for head in found.heads)
    assert sides == ["Lê Thị May", "Lê Thị Mây"]
    assert {head.author for head in found.heads} == {"Đặng An"}
    assert {head.by for head in found.heads} == {COMMUNE}
    assert found.shown["full_name"] in sides


@pytest.mark.parametrize("choice", ["Lê Thị May", "Lê Thị Mây", "Lê Thị Mai", "Lê Thị Máy"])
def test_any_value_may_be_chosen_even_the_one_already_shown(
    workplace: Workplace, choice: str
) -> None:
    child = _named_twice(workplace)
    done = _conflicts(workplace).resolve("child", child, {"full_name": choice})
    assert done.op_id is not None
    assert _conflicts(workplace).open() == []
    assert _values(workplace, "child", child)["full_name"] == choice
    assert _values(workplace, "child", child)["sex"] == "2"


def test_an_empty_value_may_be_chosen(workplace: Workplace) -> None:
    child = _create(workplace, "child", {"full_name": "Lê Mai"}).id
    _diverge(workplace, "child", child, {"other_name": "Bé"}, {"other_name": "Bi"})
    _conflicts(workplace).resolve("child", child, {"other_name": ""})
    assert _conflicts(workplace).open() == []
    assert "other_name" not in _values(workplace, "child", child)


def test_a_group_is_decided_as_a_whole(workplace: Workplace) -> None:
    home = _create(workplace, "household", {"poverty_status": "0", "poverty_year": 2025}).id
    _diverge(
        workplace,
        "household",
        home,
        {"poverty_status": "1", "poverty_year": 2026, "poverty_standard": "2026-2030"},
        {"poverty_status": "2", "poverty_year": 2026, "poverty_standard": "2026-2030"},
    )
    found = _only(workplace)
    assert found.group == "poverty"
    assert set(found.fields) == {"poverty_status", "poverty_standard", "poverty_year"}
    _conflicts(workplace).resolve("household", home, {"poverty_status": "1"})
    values = _values(workplace, "household", home)
    assert _conflicts(workplace).open() == []
    assert (values["poverty_status"], values["poverty_year"]) == ("1", 2026)


def test_a_conflict_of_the_place_keeps_the_owner(workplace: Workplace) -> None:
    home = _create(workplace, "household", {"household_no": "1", "head_name": "Lê Bình"}).id
    _diverge(workplace, "household", home, {"household_no": "2"}, {"household_no": "3"})
    _conflicts(workplace).resolve("household", home, {"household_no": "3"})
    values = _values(workplace, "household", home)
    assert (values["household_no"], values["owner_unit"]) == ("3", COMMUNE)
    history = Records(workplace).history(home)
    assert len(history[-1].parents) == 2
    assert _conflicts(workplace).open() == []


def test_sets_in_conflict_can_be_decided(workplace: Workplace) -> None:
    child = _create(workplace, "child", {"full_name": "Lê Mai"}).id
    _diverge(
        workplace,
        "child",
        child,
        {"warning_reasons": ["a/b: x"]},
        {"warning_reasons": ["a/b: y"]},
    )
    _conflicts(workplace).decide("child", child, {"warning_reasons": ["a/b: y"]})
    assert _conflicts(workplace).open() == []
    assert _values(workplace, "child", child)["warning_reasons"] == ["a/b: y"]


def test_the_losing_value_stays_in_the_history(workplace: Workplace) -> None:
    child = _named_twice(workplace)
    _conflicts(workplace).resolve("child", child, {"full_name": "Lê Thị May"})
    written = [(one.values or {}).get("full_name") for one in Records(workplace).history(child)]
    assert "Lê Thị Mây" in written


def test_one_of_two_conflicts_may_be_decided_alone(workplace: Workplace) -> None:
    child = _create(workplace, "child", {"full_name": "Lê Mai"}).id
    _diverge(
        workplace,
        "child",
        child,
        {"full_name": "Lê May", "sex": "1"},
        {"full_name": "Lê Mây", "sex": "2"},
    )
    _conflicts(workplace).resolve("child", child, {"sex": "2"})
    assert _only(workplace).group == "full_name"
    assert _conflicts(workplace).count() == 1


def test_a_sensitive_value_is_masked_without_the_right_and_cannot_be_decided(
    workplace: Workplace,
) -> None:
    home = _create(workplace, "household", {"head_name": "Lê Bình"}).id
    _diverge(
        workplace,
        "household",
        home,
        {"family_problem_flags": ["1"]},
        {"family_problem_flags": ["2"]},
    )
    clerk = again(workplace, ALL_RIGHTS - {Right.REVEAL})
    for anybody in (clerk, workplace):
        found = _only(anybody)
        assert {head.values["family_problem_flags"] for head in found.heads} == {MASKED}
        assert found.shown == {"family_problem_flags": MASKED}
    with pytest.raises(KnownError) as refused:
        _conflicts(clerk).decide("household", home, {"family_problem_flags": ["1"]})
    assert refused.value.message_id == "rights.denied"
    (opened,) = _conflicts(workplace).open(reveal=Reveal("quyết định xung đột"))
    assert opened.heads[0].values["family_problem_flags"] in (["1"], ["2"])


def test_a_circumstance_is_masked_on_every_side_when_one_side_is_secret(
    workplace: Workplace,
) -> None:
    home = _create(workplace, "household", {"head_name": "Lê Bình"}).id
    child = _create(workplace, "child", {"full_name": "Lê Mai", "household": home}).id
    part = _create(workplace, "circumstance", {"record": child, "group": "C01", "episode": 1}).id
    _diverge(workplace, "circumstance", part, {"group": "C05"}, {"group": "C13"})
    conflicts = _conflicts(workplace)
    (found,) = conflicts.open()
    said = [found.shown, found.base, *(head.values for head in found.heads)]
    assert {value for one in said for value in one.values() if value is not None} == {MASKED}
    # Where the secret side is the one that is shown it is called by its handle, and found by that.
    assert [one.id for one in conflicts.open(found.id)] == [found.id]


@pytest.mark.parametrize(
    ("entity", "choices", "expected"),
    [
        ("child", {"sex": "1"}, "conflicts.not_in_conflict"),
        ("child", {}, "conflicts.not_in_conflict"),
        ("household", {"full_name": "x"}, "records.unknown_field"),
        ("household", {"head_name": "Lê Bình"}, "conflicts.wrong_type"),
        ("hoho", {"full_name": "Lê Thị May"}, "conflicts.unknown_type"),
        ("child", {"full_name": "1234"}, "records.bad_value"),
        ("child", {"no_such_field": "1"}, "records.unknown_field"),
    ],
)
def test_what_cannot_be_decided_is_refused_by_name_and_changes_nothing(
    workplace: Workplace, entity: str, choices: dict[str, str], expected: str
) -> None:
    child = _named_twice(workplace)
    before = dump_store(workplace.settings.store_path, KEY)
    with pytest.raises(KnownError) as refused:
        _conflicts(workplace).resolve(entity, child, choices)
    assert refused.value.message_id == expected
    assert dump_store(workplace.settings.store_path, KEY) == before


def test_a_record_without_a_conflict_says_so(workplace: Workplace) -> None:
    child = _create(workplace, "child", {"full_name": "Lê Mai"}).id
    with pytest.raises(KnownError) as refused:
        _conflicts(workplace).resolve("child", child, {"full_name": "Lê May"})
    assert refused.value.message_id == "conflicts.none"


def test_deciding_needs_the_right_to_enter(workplace: Workplace) -> None:
    child = _named_twice(workplace)
    reader = again(workplace, frozenset({Right.PRINT}))
    with pytest.raises(KnownError) as refused:
        _conflicts(reader).resolve("child", child, {"full_name": "Lê Thị May"})
    assert refused.value.message_id == "rights.denied"


def test_a_record_that_one_hid_unknown_to_another_may_be_kept_and_says_what_was_changed(
    workplace: Workplace,
) -> None:
    child = _create(workplace, "child", {"full_name": "Lê Thị Mai", "sex": "2"}).id
    wrong = {"entered_in_error": True, "hidden_reason": "ghi hai lần"}
    _diverge(workplace, "child", child, wrong, {"full_name": "Lê Thị May"})
    found = _only(workplace)
    assert found.kept is not None
    assert found.sides == (*found.heads, found.kept)
    assert found.edited == ("Họ và tên trẻ",)
    lines = list(_lines(_conflicts(workplace), found, str))
    assert "(entered_in_error): Không" in lines[-1]
    stays = {name: found.kept.values[name] for name in found.fields}
    _conflicts(workplace).decide("child", child, open_values(stays), found.base_heads)
    assert _conflicts(workplace).open() == []
    assert _values(workplace, "child", child)["entered_in_error"] is False


def test_two_who_hid_it_for_different_reasons_leave_nobody_who_keeps_it(
    workplace: Workplace,
) -> None:
    child = _create(workplace, "child", {"full_name": "Lê Thị Mai", "sex": "2"}).id
    first = {"entered_in_error": True, "hidden_reason": "ghi hai lần"}
    other = {"entered_in_error": True, "hidden_reason": "không có trẻ này"}
    _diverge(workplace, "child", child, first, other)
    found = _only(workplace)
    assert (found.kept, found.edited) == (None, ())


def test_what_an_id_names_is_told_with_the_id_that_is_to_be_typed(workplace: Workplace) -> None:
    villages = [
        _create(workplace, "village", {"name": name}).id for name in ("Thôn 1", "Thôn 2", "Thôn 3")
    ]
    home = _create(workplace, "household", {"head_name": "Lê Văn Tám", "village": villages[0]}).id
    _diverge(workplace, "household", home, {"village": villages[1]}, {"village": villages[2]})
    found = _only(workplace)
    told = "\n".join(_lines(_conflicts(workplace), found, str))
    for name, ent_id in zip(("Thôn 1", "Thôn 2", "Thôn 3"), villages, strict=True):
        assert f"(village): {name} [{ent_id}]" in told
