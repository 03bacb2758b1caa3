"""Told histories: what a unit says in its own name, and who would like it said otherwise."""

from __future__ import annotations

import pytest

from app.history.door import State
from app.history.operation import Operation, Value, make_operation
from app.models.work import Change
from tests.properties.fleet import COMMUNE_A, DISTRICT_1, PROVINCE, Fleet, Replica
from tests.properties.stories import (
    a_child,
    change,
    only,
    reasons,
    value,
    with_operations,
    written,
)

#: Kind → type, what the district says, and what the commune would have it say.
WORDS: dict[str, tuple[str, dict[str, Value], dict[str, Value]]] = {
    "return": (
        "review",
        {"result": "returned", "reason": "Sai ngày sinh"},
        {"result": "right", "reason": "Đã kiểm tra, đúng"},
    ),
    "re-survey": (
        "review",
        {"result": "resurveyed", "finding": "wrong", "finding_fields": ["birth_date"]},
        {"result": "right"},
    ),
    "note": ("note", {"note": "Trẻ bị bạo hành, cần can thiệp"}, {"note": "Không có gì"}),
}


def in_the_name_of(unit: str, one: Operation) -> Operation:
    return make_operation(
        ent_type=one.ent_type,
        ent_id=one.ent_id,
        parents=one.parents,
        body=one.body or {},
        salt=one.salt or b"",
        unit=one.unit,
        by=unit,
        replica=one.replica,
        author=one.author,
        wall=one.wall,
    )


def said_by_the_district(fleet: Fleet, kind: str) -> tuple[str, str, str]:
    """The child of a commune, and the type and id of what the district says of it, known to all."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    entity, said, _ = WORDS[kind]
    (here, *_rest) = fleet.of_unit(DISTRICT_1)
    word = here.save(Change(entity, {"record": child, **said}, key="w")).id
    fleet.full_round()
    return child, entity, word


def greatest(insider: Replica, entity: str, word: str, child: str, kind: str) -> Operation:
    """A second creation whose id is greater than that of the first: the salt is the writer's."""
    (first,) = insider.accepted_of(word)
    for _ in range(400):
        made = written(insider, entity, word, (), record=child, _key="w", **WORDS[kind][2])
        if made.op_id > first.op_id:
            return made
    raise AssertionError("no greater id in 400")


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_a_commune_says_nothing_over_the_district_by_a_second_creation(fleet: Fleet, kind: str):
    child, entity, word = said_by_the_district(fleet, kind)
    insider, (here, *_others) = fleet["A1"], fleet.of_unit(DISTRICT_1)
    before = here.full_rows()[entity, word]
    forged = greatest(insider, entity, word, child, kind)
    gone = written(insider, entity, word, (), record=child, _key="w", _deleted=True)
    edit = written(insider, entity, word, (forged.op_id,), note="x")
    for turn, one in enumerate((forged, gone)):
        here.receive(with_operations(insider.send(DISTRICT_1), one))
        assert reasons(here)[one.op_id] == "foreign-half", turn
        assert here.full_rows()[entity, word] == before
    here.receive(only(insider.send(DISTRICT_1), edit))
    assert here.states()[edit.op_id] is not State.ACCEPTED
    assert here.full_rows()[entity, word] == before
    fleet.full_round()
    assert value(fleet["P"], word, "result" if entity == "review" else "note", entity) == next(
        iter(WORDS[kind][1].values())
    )


def test_what_a_commune_made_up_first_does_not_keep_the_districts_word_out(fleet: Fleet):
    """Brought straight to the province before the district's own bundle, in the province's own
    name: both stand there, and the difference is a conflict that somebody settles."""
    child = a_child(fleet["A1"])
    fleet.full_round()
    (here, *_rest), top, insider = fleet.of_unit(DISTRICT_1), fleet["P"], fleet["A1"]
    word = here.save(Change("review", {"record": child, "result": "returned"}, key="w")).id
    insider.receive(here.send(COMMUNE_A))
    forged = written(insider, "review", word, (), record=child, _key="w", result="right")
    forged = in_the_name_of(PROVINCE, forged)
    top.receive(only(insider.send(PROVINCE), forged))
    assert top.states()[forged.op_id] is State.ACCEPTED
    top.receive(here.send(PROVINCE))
    assert {top.states()[one.op_id] for one in here.accepted_of(word)} == {State.ACCEPTED}
    assert top.full_rows()["review", word]["_conflicts"] == 1
    # Who made it up says no more once the district's word is there.
    more = written(insider, "review", word, (), record=child, _key="w", result="right")
    top.receive(only(insider.send(PROVINCE), more))
    assert reasons(top)[more.op_id] == "foreign-half"


def test_two_pcs_of_a_commune_say_one_thing_under_one_key(fleet: Fleet):
    child = a_child(fleet["A1"])
    fleet.full_round()
    for name in ("A1", "A2"):
        fleet[name].save(Change("review", {"record": child, "result": "checked"}, key="once"))
    fleet.full_round()
    assert reasons(fleet["P"]) == {}
    (review,) = fleet["P"].ids("review")
    assert len(fleet["P"].accepted_of(review)) == 2


def test_a_giver_accepts_nothing_itself(fleet: Fleet):
    made = fleet["A1"].save(
        Change("handover", {"owner_unit": COMMUNE_A, "sent_children": 2}, key="h")
    )
    fleet.full_round()
    verdict = {"verdict_province": "accepted", "verdict_province_by": "An"}
    change(fleet["P"], made.id, "handover", **verdict)
    fleet.full_round()
    own: dict[str, Value] = {f"verdict_commune{one}": None for one in ("_on", "_by", "_reason")}
    own |= {"sent_children": 500, "verdict_commune": "accepted"}
    insider, (here, *_others) = fleet["A1"], fleet.of_unit(DISTRICT_1)
    heads = insider.heads("handover", made.id)
    forged = written(insider, "handover", made.id, heads, **own)
    for one, unit in ((here, DISTRICT_1), (fleet["P"], PROVINCE)):
        one.receive(with_operations(insider.send(unit), forged))
        assert reasons(one)[forged.op_id] == "foreign-half"
        assert value(one, made.id, "sent_children", "handover") == 2
