"""The merge against a second, naive writing of its rules, over random histories of a record."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.history.materialise import ancestry, materialise
from app.history.merge_groups import group_of, incomplete_groups, members, whole_groups
from app.history.operation import Operation, Value, make_operation
from tests.growth import growth, ratio
from tests.long_runs import slice_or_all
from tests.properties import naive

CHILD = "2ddf29f1-0c2b-5d1f-a3d7-87d4f9e6f373"
VALUES: dict[str, dict[str, list[Value]]] = {
    "child": {
        "full_name": ["a", "b", None],
        "grade": [1, 2, None],
        "schooling_status": ["in", "out"],
        "father_name": ["x", "y", None],
        "father_status": ["alive", "dead"],
        "owner_unit": ["21010@2024", "21025@2024", "outside"],
        "entered_in_error": [True, False, None, "yes"],
        "merged_into": [CHILD, None, ""],
        "hidden_reason": ["r"],
        "record": ["p", "q"],
        "_key": ["k", "l"],
        "new_field": ["1", "2"],
    },
    "circumstance": {
        "subgroups": [["a"], ["a", "b"], None],
        "circumstance_from": ["2020", "2021"],
        "circumstance_to": ["2022", None],
        "_deleted": [True, False],
        "merged_into": ["z"],
    },
    "handover": {"sent_on": ["1", "2"], "_deleted": [True], "entered_in_error": [True]},
    "a_later_type": {"x": ["1", "2"], "_deleted": [True]},
}
SUB_HEADS = [bytes([200 + n]) * 32 for n in range(2)]


@st.composite
def records(draw) -> tuple[list[Operation], list[bytes]]:
    """Some operations of one record, closed under ancestors, and the heads below the record."""
    ent_type = draw(st.sampled_from(["child", "child", "child", *VALUES]))
    made: list[Operation] = []
    for n in range(draw(st.integers(1, 9))):
        ids = [one.op_id for one in made]
        parents = draw(st.lists(st.sampled_from(ids), max_size=3)) if ids else []
        body = draw(_body(ent_type))
        if draw(st.booleans()) and parents:
            shown = naive.naive_state(made).values
            body = dict(whole_groups(ent_type, body, shown))  # type: ignore[arg-type]
        if draw(st.integers(0, 9)) == 0:
            body["_seen"] = sorted(h.hex() for h in draw(st.lists(st.sampled_from(SUB_HEADS))))
            body["_seen"] = sorted(set(body["_seen"]))
        one = make_operation(
            ent_type=ent_type,
            ent_id=CHILD,
            parents=parents,
            body=body,
            salt=n.to_bytes(16, "big"),
            unit="21010@2024",
            by="21010@2024",
            replica=CHILD,
            author="x",
            wall=draw(st.integers(0, 5)),
        )
        if draw(st.integers(0, 14)) == 0:
            one = msgspec.structs.replace(one, body=None, body_json=None, salt=None)
        made.append(one)
    return made, draw(st.lists(st.sampled_from(SUB_HEADS), unique=True, max_size=2))


@st.composite
def _body(draw, ent_type: str) -> dict[str, Value]:
    fields = VALUES[ent_type]
    names = draw(st.lists(st.sampled_from(sorted(fields)), max_size=4, unique=True))
    return {name: draw(st.sampled_from(fields[name])) for name in names}


@settings(max_examples=slice_or_all(80, 300), deadline=None)
@given(records(), st.randoms(use_true_random=False))
def test_the_merge_is_what_its_page_says(record, rng):
    operations, sub_heads = record
    expected = naive.naive_state(operations, sub_heads)
    shuffled = list(operations)
    rng.shuffle(shuffled)
    for order in (operations, shuffled):
        state = materialise(order, sub_heads)
        assert dict(state.values) == expected.values
        assert state.heads == tuple(sorted(expected.heads))
        assert {c.group: frozenset(c.heads) for c in state.conflicts} == expected.conflicts
        assert state.hidden == expected.hidden


@settings(max_examples=slice_or_all(60, 200), deadline=None)
@given(records())
def test_ancestry_agrees_with_growing_sets(record):
    operations, _ = record
    graph = ancestry({one.op_id: one.parents for one in operations})
    above = naive.ancestors_of(operations)
    assert set(graph.order) == above.keys()
    for op_id, at in graph.index.items():
        found = {graph.order[n] for n in range(len(graph.order)) if graph.ancestors[at] >> n & 1}
        assert found == above[op_id]
        assert all(graph.index[one] < at for one in above[op_id])


def chain(length: int, **body: Value) -> list[Operation]:
    made: list[Operation] = []
    for n in range(length):
        made.append(
            make_operation(
                ent_type="child",
                ent_id=CHILD,
                parents=[made[-1].op_id] if made else [],
                body={"full_name": f"n{n}", **body},
                salt=bytes(16),
                unit="21010@2024",
                by="21010@2024",
                replica=CHILD,
                author="x",
                wall=n,
            )
        )
    return made


def test_a_record_of_2000_operations_is_merged_in_a_moment():
    operations = chain(2000, grade=1)
    begun = {size: operations[:size] for size in (500, 2000)}
    for some in begun.values():
        random.Random(1).shuffle(some)
    state = materialise(begun[2000])
    assert state.values["full_name"] == "n1999"
    assert state.conflicts == ()
    assert growth(lambda size: materialise(begun[size]), 500) < 9, "quadratic is 16"


def test_2000_people_who_hide_a_record_do_not_take_long_either():
    hiding = [
        make_operation(
            ent_type="child",
            ent_id=CHILD,
            parents=[],
            body={"entered_in_error": True, "hidden_reason": "r", "merged_into": None},
            salt=n.to_bytes(16, "big"),
            unit="21010@2024",
            by="21010@2024",
            replica=CHILD,
            author="x",
            wall=0,
        )
        for n in range(2000)
    ]
    assert materialise(hiding).hidden
    # 5 times; each pair of them looked at in Python would be some 100 times
    following = chain(2000, grade=1)
    assert ratio(lambda: materialise(hiding), lambda: materialise(following)) < 30


def _saved(n: int, *after: Operation, **values: Value) -> Operation:
    return make_operation(
        ent_type="child",
        ent_id=CHILD,
        parents=sorted(one.op_id for one in after),
        body=dict(values),
        salt=n.to_bytes(16, "big"),
        unit="21010@2024",
        by="21010@2024",
        replica=CHILD,
        author="x",
        wall=0,
    )


HIDING: dict[str, Value] = {"entered_in_error": True, "hidden_reason": "r", "merged_into": None}


def test_two_who_hide_a_record_at_once_are_no_strangers_to_one_another():
    """Neither saw the other, and they mean the same: nobody contradicts."""
    first = _saved(0, full_name="An")
    state = materialise([first, _saved(1, first, **HIDING), _saved(2, first, **HIDING)])
    assert state.hidden
    assert state.conflicts == ()


def test_who_edits_a_record_that_was_hidden_before_their_eyes_leaves_it_hidden():
    first = _saved(0, full_name="An")
    hider = _saved(1, first, **HIDING)
    later = _saved(2, hider, full_name="Ân")
    state = materialise([first, hider, later, _saved(3, later, grade=3, schooling_status="in")])
    assert state.hidden
    assert state.conflicts == ()


def test_one_of_two_who_hide_is_enough_when_nobody_contradicts_that_one():
    first = _saved(0, full_name="An")
    edit = _saved(1, first, full_name="Ân")
    saw_nothing, saw_it = _saved(2, first, **HIDING), _saved(3, edit, **HIDING)
    state = materialise([first, edit, saw_nothing, saw_it])
    assert state.hidden
    assert state.conflicts == ()


def test_when_both_who_hide_are_contradicted_the_record_stays_and_both_are_named():
    first = _saved(0, full_name="An")
    one, other = _saved(1, first, full_name="Ân"), _saved(2, first, grade=3, schooling_status="in")
    saw_one, saw_other = _saved(3, one, **HIDING), _saved(4, other, **HIDING)
    state = materialise([first, one, other, saw_one, saw_other])
    assert not state.hidden
    both = tuple(sorted((saw_one.op_id, saw_other.op_id)))
    assert [(one.group, one.heads) for one in state.conflicts] == [("hidden", both)]


def test_who_hides_a_record_once_more_is_the_one_who_is_named():
    first = _saved(0, full_name="An")
    edit, hider = _saved(1, first, full_name="Ân"), _saved(2, first, **HIDING)
    again = _saved(3, hider, **{**HIDING, "hidden_reason": "twice"})
    state = materialise([first, edit, hider, again])
    assert not state.hidden
    assert [(one.group, one.heads) for one in state.conflicts] == [("hidden", (again.op_id,))]


def test_the_groups_are_those_of_the_page():
    for ent_type, groups in naive.GROUPS.items():
        assert {g: list(fields) for g, fields in members(ent_type).items()} == groups
        assert group_of(ent_type) == {f: g for g, fields in groups.items() for f in fields}


def test_a_save_writes_the_whole_group():
    whole = whole_groups("child", {"grade": 3}, {"schooling_status": "in", "full_name": "a"})
    assert whole["schooling_status"] == "in"
    assert "full_name" not in whole
    assert incomplete_groups("child", whole) == []
    assert incomplete_groups("child", {"grade": 3}) == ["schooling"]
