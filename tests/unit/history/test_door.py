"""The door: every reason is reached, and the verdict does not depend on the order."""

from __future__ import annotations

from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from app.history.door import (
    Bringer,
    Direction,
    Holder,
    Known,
    Reason,
    State,
    Verdict,
    judge,
    pair_key,
    present_owners,
)
from app.history.entities import ENTITIES, Kind
from app.history.erasure import left_of
from app.history.operation import Operation, canonical, make_operation
from app.ids import derived_id
from tests.long_runs import slice_or_all
from tests.properties.naive import naive_owners

A, B, C = "21010@2024", "21025@2024", "21064@2024"
DISTRICT = "522@2024"
ACCEPTED = (State.ACCEPTED, None)
_salts = count()


def op(
    ent_type: str, ent_id: str, body: dict[str, Any], parents: tuple[Operation, ...] = ()
) -> Operation:
    return make_operation(
        ent_type=ent_type,
        ent_id=ent_id,
        parents=[one.op_id for one in parents],
        body=body,
        salt=next(_salts).to_bytes(16, "big"),
        unit=A,
        by=A,
        replica="11111111-2222-4333-8444-55555555555a",
        author="x",
        wall=1,
    )


def created(owner: str = A, key: str = "k", ent_type: str = "child", **body: Any) -> Operation:
    return op(ent_type, derived_id(owner, key), {"owner_unit": owner, "_key": key, **body})


def edited(*parents: Operation, **body: Any) -> Operation:
    return op(parents[0].ent_type, parents[0].ent_id, body, parents)


def below(unit: str = A, tier: str = "commune") -> Bringer:
    reach = {DISTRICT: {A, B, DISTRICT}}.get(unit, {unit})
    return Bringer(Direction.BELOW, tier, reach.__contains__, unit)


ABOVE = Bringer(Direction.ABOVE, "province", {A, B, C}.__contains__)
BESIDE = Bringer(Direction.BESIDE, "commune", {A}.__contains__)


def verdict(one: Operation, *others: Operation, bringer: Bringer | None = None, **known: Any):
    found = judge([one, *others], bringer or below(), Known(**known))[one.op_id]
    return found.state, found.reason


CHILD = created()
MOVED = edited(CHILD, owner_unit=B)
IN_DOUBT = [CHILD, MOVED, edited(CHILD, owner_unit=A)]
HOME = "00000000-0000-4000-8000-000000000001"


def circumstance(record: str = HOME, **body: Any) -> Operation:
    whole = {"record": record, "group": "C04", "episode": 1, "_key": "C04/1", **body}
    return op("circumstance", derived_id(record, "C04/1"), whole)


OTHER = "ffffffff-0000-4000-8000-000000000002"


def decision(first: str = HOME, second: str = OTHER, **body: Any) -> Operation:
    key = pair_key(second)
    whole = {"record": first, "other_child": second, "verdict": "same", "_key": key, **body}
    return op("match_decision", derived_id(first, key), whole)


def of(*units: str, ever: tuple[str, ...] = ()) -> Holder:
    return Holder(frozenset(units), frozenset(), frozenset(ever))


BORN = Holder(None, frozenset([A]), frozenset())
SAME = decision()


def review(by: str = A, key: str = "k", **body: Any) -> Operation:
    made = op("review", derived_id(HOME, key), {"record": HOME, "_key": key, **body})
    return op_by(by, made)


def note(key: str) -> Operation:
    return op("note", derived_id(HOME, key), {"record": HOME, "_key": key, "note": "Hỏi lại"})


HANDED = created(key="bundle", ent_type="handover", sent_children=2)
NOT_SAID: dict[str, Any] = {
    "verdict_district_on": None,
    "verdict_district_by": None,
    "verdict_district_reason": None,
}
ACCEPTED_BY_A: dict[str, Any] = {
    "verdict_commune": "accepted",
    "verdict_commune_on": "2026-01-01",
    "verdict_commune_by": "x",
    "verdict_commune_reason": None,
}
#: A commune that A went into, whole.
SUCCESSOR = Bringer(Direction.BELOW, "commune", {A, B}.__contains__, B)


def above(unit: str) -> set[str]:
    return {"province"} if unit == DISTRICT else {"district", "province"}


TAKEN_AWAY: dict[str, Any] = {"_deleted": True, "hidden_reason": "x", "_seen": None}


def op_by(by: str, one: Operation) -> Operation:
    return make_operation(
        ent_type=one.ent_type,
        ent_id=one.ent_id,
        parents=one.parents,
        body=one.body or {},
        salt=one.salt or b"",
        unit=one.unit,
        by=by,
        replica=one.replica,
        author=one.author,
        wall=one.wall,
    )


FOUND = review(DISTRICT, result="resurveyed", finding="moved")


def erased(one: Operation) -> Operation:
    left = left_of(one.body or {})
    return structs.replace(one, body=left, body_json=canonical(left).decode(), salt=None)


ROUND = op("round", derived_id("round", "2026"), {"name": "x", "_key": "2026"})
UNIT = op("org_unit", derived_id("org_unit", "1"), {"code": "21010", "edition": "2024"})
FORM = op(
    "form_template",
    derived_id("form_template", "child.v2"),
    {"form": "child", "version": 2, "content": "{}", "valid_from": "2027-01-01"},
)
CODES = op("code_list", derived_id("code_list", "a/1"), {"name": "a", "content": "code"})
WAITS = State.WAITING
REFUSED = State.REFUSED
TABLE: dict[str, tuple[tuple[State, Reason | None], Any]] = {
    # what a commune may do
    "a child of its own": (ACCEPTED, lambda: verdict(CHILD)),
    "an edit of a child of its own": (
        ACCEPTED,
        lambda: verdict(edited(CHILD, sex="1"), accepted_before=[CHILD]),
    ),
    "a child and its edit in one bundle": (
        ACCEPTED,
        lambda: verdict(edited(CHILD, sex="1"), CHILD),
    ),
    "moving its child to another commune": (
        ACCEPTED,
        lambda: verdict(MOVED, accepted_before=[CHILD]),
    ),
    "an erasure of the province": (
        ACCEPTED,
        lambda: verdict(
            op("erase", HOME, {"content": f'{{"{HOME}":{{"{"00" * 32}":{{"full_name":null}}}}}}'}),
            reference_signed=lambda _one: True,
        ),
    ),
    "a child whose creation was erased": (
        ACCEPTED,
        lambda: verdict(erased(CHILD)),
    ),
    "a circumstance whose creation was erased": (
        ACCEPTED,
        lambda: verdict(erased(circumstance()), owners={A}),
    ),
    "two children of its own are one": (
        ACCEPTED,
        lambda: verdict(SAME, pair=[of(A), of(A)]),
    ),
    "a child of its own and one of the same bundle are one": (
        ACCEPTED,
        lambda: verdict(SAME, pair=[of(A), BORN]),
    ),
    "two children of two communes are one, says their district": (
        ACCEPTED,
        lambda: verdict(SAME, pair=[of(A), of(B)], bringer=below(DISTRICT, "district")),
    ),
    "two children of whom one is here are one, says a unit above": (
        ACCEPTED,
        lambda: verdict(SAME, pair=[None, of(A)], bringer=ABOVE),
    ),
    "a decision taken back": (
        ACCEPTED,
        lambda: verdict(
            edited(
                SAME,
                verdict="open",
                basis=None,
                reason=None,
                moved_from=None,
                decided_by=None,
                decided_on=None,
                act=None,
            ),
            accepted_before=[SAME],
            pair=[of(A), of(A)],
        ),
    ),
    "a child it moved to nowhere": (
        ACCEPTED,
        lambda: verdict(
            edited(gone := edited(CHILD, owner_unit="outside"), sex="1"),
            accepted_before=[CHILD, gone],
        ),
    ),
    "a second creation of its own child": (
        ACCEPTED,
        lambda: verdict(created(sex="1"), accepted_before=[CHILD]),
    ),
    "an edit while two units claim the child": (
        ACCEPTED,
        lambda: verdict(edited(CHILD, sex="1"), accepted_before=IN_DOUBT),
    ),
    "a circumstance of its own child": (ACCEPTED, lambda: verdict(circumstance(), owners={A})),
    "a circumstance of a child born in the bundle": (
        ACCEPTED,
        lambda: verdict(circumstance(), born_here={A}),
    ),
    "a settled move brought by the unit above both": (
        ACCEPTED,
        lambda: verdict(
            edited(*IN_DOUBT[1:], owner_unit=B),
            accepted_before=IN_DOUBT,
            bringer=below(DISTRICT, "district"),
        ),
    ),
    "its own half of a handover": (
        ACCEPTED,
        lambda: verdict(created(ent_type="handover", sent_on="2026-01-01")),
    ),
    "the district's receipt brought by the district": (
        ACCEPTED,
        lambda: verdict(
            created(ent_type="handover", received_district_on="x", received_commune_on="y"),
            bringer=below(DISTRICT, "district"),
        ),
    ),
    "signed reference data": (
        ACCEPTED,
        lambda: verdict(ROUND, reference_signed=lambda _one: True),
    ),
    "a field of a newer form": (ACCEPTED, lambda: verdict(created(a_new_field="x"))),
    # what waits
    "an edit of what has not come": (
        (WAITS, Reason.PARENT_UNKNOWN),
        lambda: verdict(edited(CHILD, sex="1")),
    ),
    "an edit built on what waits": (
        (WAITS, Reason.PARENT_NOT_ACCEPTED),
        lambda: verdict(edited(CHILD, sex="1"), states={CHILD.op_id: State.WAITING}),
    ),
    "an edit built on what is refused in the same bundle": (
        (WAITS, Reason.PARENT_NOT_ACCEPTED),
        lambda: verdict(edited(foreign := created(B), sex="1"), foreign),
    ),
    "a circumstance of an unknown child": (
        (WAITS, Reason.RECORD_UNKNOWN),
        lambda: verdict(circumstance()),
    ),
    "a circumstance of an unknown child from above": (
        (WAITS, Reason.RECORD_UNKNOWN),
        lambda: verdict(circumstance(), bringer=ABOVE),
    ),
    "a move to a unit not heard of": (
        (WAITS, Reason.UNIT_UNKNOWN),
        lambda: verdict(MOVED, accepted_before=[CHILD], unit_known=lambda unit: unit != B),
    ),
    "a type of a newer program": (
        (WAITS, Reason.NEWER_PROGRAM),
        lambda: verdict(op("vaccination", HOME, {"dose": "2"})),
    ),
    "an operation without its body that no erasure names": (
        (WAITS, Reason.ERASURE_UNKNOWN),
        lambda: verdict(structs.replace(CHILD, body=None, body_json=None, salt=None)),
    ),
    "two children are one of whom one is not known": (
        (WAITS, Reason.RECORD_UNKNOWN),
        lambda: verdict(SAME, pair=[of(A), None]),
    ),
    "two children are one and neither is known": (
        (WAITS, Reason.RECORD_UNKNOWN),
        lambda: verdict(SAME, pair=[None, None], bringer=ABOVE),
    ),
    # what is refused
    "an erasure that says what is left of a name": (
        (REFUSED, Reason.BAD_VALUE),
        lambda: verdict(
            op("erase", HOME, {"content": f'{{"{HOME}":{{"{"00" * 32}":{{"full_name":"x"}}}}}}'}),
            reference_signed=lambda _one: True,
        ),
    ),
    "an erasure that nobody signed": (
        (REFUSED, Reason.REFERENCE_UNSIGNED),
        lambda: verdict(op("erase", HOME, {"content": "{}"}), bringer=ABOVE),
    ),
    "a child of its own and a neighbour's are one": (
        (REFUSED, Reason.NOT_OWNER),
        lambda: verdict(SAME, pair=[of(A), of(B)]),
    ),
    "a child of its own and one that moved away are one": (
        (REFUSED, Reason.MOVED_AWAY),
        lambda: verdict(SAME, pair=[of(B, ever=(A, B)), of(A)]),
    ),
    "a decision that names the greater child first": (
        (REFUSED, Reason.ID_NOT_DERIVED),
        lambda: verdict(decision(OTHER, HOME), pair=[of(A), of(A)]),
    ),
    "a decision under the id of another pair": (
        (REFUSED, Reason.ID_NOT_DERIVED),
        lambda: verdict(decision(_key=pair_key(HOME)), pair=[of(A), of(A)]),
    ),
    "a decision turned to another child": (
        (REFUSED, Reason.RECORD_CHANGED),
        lambda: verdict(
            edited(SAME, other_child=HOME), accepted_before=[SAME], pair=[of(A), of(A)]
        ),
    ),
    "a child of another commune": ((REFUSED, Reason.NOT_OWNER), lambda: verdict(created(B))),
    "an edit of another's child": (
        (REFUSED, Reason.NOT_OWNER),
        lambda: verdict(edited(CHILD, sex="1"), accepted_before=[CHILD], bringer=below(B)),
    ),
    "another's child created again": (
        (REFUSED, Reason.NOT_OWNER),
        lambda: verdict(created(sex="1"), accepted_before=[CHILD], bringer=below(B)),
    ),
    "another's child taken over": (
        (REFUSED, Reason.NOT_OWNER),
        lambda: verdict(edited(CHILD, owner_unit=B), accepted_before=[CHILD], bringer=below(B)),
    ),
    "a circumstance of another's child": (
        (REFUSED, Reason.NOT_OWNER),
        lambda: verdict(circumstance(), owners={B}),
    ),
    "an edit of a child whose owner nobody said": (
        (REFUSED, Reason.NOT_OWNER),
        lambda: verdict(
            edited(orphan := op("child", HOME, {"sex": "1"}), owner_unit=A),
            accepted_before=[orphan],
        ),
    ),
    "an edit of a child it moved out": (
        (REFUSED, Reason.MOVED_AWAY),
        lambda: verdict(edited(CHILD, sex="1"), accepted_before=[CHILD, MOVED]),
    ),
    "a child it moved out, created again": (
        (REFUSED, Reason.MOVED_AWAY),
        lambda: verdict(created(sex="1"), accepted_before=[CHILD, MOVED]),
    ),
    "a circumstance of a child it moved out": (
        (REFUSED, Reason.MOVED_AWAY),
        lambda: verdict(circumstance(), owners={B}, owners_ever={A, B}),
    ),
    "a move while two units claim the child": (
        (REFUSED, Reason.OWNER_CHANGE),
        lambda: verdict(edited(*IN_DOUBT[1:], owner_unit=A), accepted_before=IN_DOUBT),
    ),
    "its child created again while another unit claims it": (
        (REFUSED, Reason.OWNER_CHANGE),
        lambda: verdict(created(sex="1"), accepted_before=IN_DOUBT),
    ),
    "a child under an id of its own making": (
        (REFUSED, Reason.ID_NOT_DERIVED),
        lambda: verdict(op("child", HOME, {"owner_unit": A, "_key": "k"})),
    ),
    "another's id with an owner of its own": (
        (REFUSED, Reason.ID_NOT_DERIVED),
        lambda: verdict(op("child", derived_id(B, "k"), {"owner_unit": A, "_key": "k"})),
    ),
    "a child without a key": (
        (REFUSED, Reason.ID_NOT_DERIVED),
        lambda: verdict(op("child", CHILD.ent_id, {"owner_unit": A})),
    ),
    "a circumstance under another key": (
        (REFUSED, Reason.ID_NOT_DERIVED),
        lambda: verdict(circumstance(episode=2), owners={A}),
    ),
    "another's circumstance created as one's own": (
        (REFUSED, Reason.ID_NOT_DERIVED),
        lambda: verdict(
            op(
                "life_event",
                derived_id(HOME, "k"),
                {"record": CHILD.ent_id, "_key": "k"},
            ),
            owners={A},
        ),
    ),
    "a circumstance hung on another child": (
        (REFUSED, Reason.RECORD_CHANGED),
        lambda: verdict(
            edited(there := circumstance(), record=CHILD.ent_id),
            accepted_before=[there],
            owners={A},
        ),
    ),
    "a child given another key": (
        (REFUSED, Reason.RECORD_CHANGED),
        lambda: verdict(edited(CHILD, _key="l"), accepted_before=[CHILD]),
    ),
    "a child's id used for a handover": (
        (REFUSED, Reason.RECORD_CHANGED),
        lambda: verdict(created(ent_type="handover"), taken=True),
    ),
    "an edit built on a record of another type": (
        (REFUSED, Reason.RECORD_CHANGED),
        lambda: verdict(
            op("village", CHILD.ent_id, {"owner_unit": A}, (CHILD,)), strangers={CHILD.op_id}
        ),
    ),
    "a unit's code written anew, though signed": (
        (REFUSED, Reason.RECORD_CHANGED),
        lambda: verdict(
            edited(UNIT, code="21011"),
            accepted_before=[UNIT],
            reference_signed=lambda _one: True,
        ),
    ),
    "rewriting a version of a form, though signed": (
        (REFUSED, Reason.RECORD_CHANGED),
        lambda: verdict(
            edited(FORM, content="[]"),
            accepted_before=[FORM],
            reference_signed=lambda _one: True,
        ),
    ),
    "rewriting an edition of a list, though signed": (
        (REFUSED, Reason.RECORD_CHANGED),
        lambda: verdict(
            edited(CODES, content="x"),
            accepted_before=[CODES],
            reference_signed=lambda _one: True,
        ),
    ),
    "unsigned reference data": ((REFUSED, Reason.REFERENCE_UNSIGNED), lambda: verdict(ROUND)),
    "unsigned reference data from above": (
        (REFUSED, Reason.REFERENCE_UNSIGNED),
        lambda: verdict(ROUND, bringer=ABOVE),
    ),
    "a receipt of the district by a commune": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(created(ent_type="handover", received_district_on="2026-01-01")),
    ),
    "a verdict of the province by a district": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            created(ent_type="handover", verdict_province="accepted"),
            bringer=below(DISTRICT, "district"),
        ),
    ),
    "a commune saying that its district set its work aside, or uses it again": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(created(ent_type="handover", received_district_set_aside=None)),
    ),
    "a receipt of a tier that does not exist": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(created(ent_type="handover", received_ward_on="2026-01-01")),
    ),
    "a verdict of its own tier on its own handover": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            edited(HANDED, sent_children=500, **ACCEPTED_BY_A),
            accepted_before=[HANDED],
            tiers_above=above,
        ),
    ),
    "a verdict with the handover itself": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(created(ent_type="handover", **ACCEPTED_BY_A), tiers_above=above),
    ),
    "a receipt of its own tier on its own handover": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            created(ent_type="handover", received_commune_on="2026-01-01"), tiers_above=above
        ),
    ),
    "a verdict of the giver's tier, brought by the unit above it": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            edited(HANDED, **ACCEPTED_BY_A),
            accepted_before=[HANDED],
            bringer=below(DISTRICT, "district"),
            tiers_above=above,
        ),
    ),
    "a verdict of the unit above the giver": (
        ACCEPTED,
        lambda: verdict(
            edited(HANDED, verdict_district="accepted", **NOT_SAID),
            accepted_before=[HANDED],
            bringer=below(DISTRICT, "district"),
            tiers_above=above,
        ),
    ),
    "a verdict of the commune that the giver's went into": (
        ACCEPTED,
        lambda: verdict(
            edited(HANDED, **ACCEPTED_BY_A),
            accepted_before=[HANDED],
            bringer=SUCCESSOR,
            tiers_above=lambda _unit: {"commune", "province"},
        ),
    ),
    "the same verdict from the giver": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            edited(HANDED, **ACCEPTED_BY_A),
            accepted_before=[HANDED],
            tiers_above=lambda _unit: {"commune", "province"},
        ),
    ),
    "a receipt for a unit that is not heard of yet": (
        (State.WAITING, Reason.UNIT_UNKNOWN),
        lambda: verdict(
            created(ent_type="handover", received_district_on="2026-01-01"),
            bringer=below(DISTRICT, "district"),
            unit_known=lambda _unit: False,
            tiers_above=lambda _unit: (),
        ),
    ),
    "a result of a re-survey in the district's name by a commune": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(FOUND, owners={A}),
    ),
    "a finding on a review of its own": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(review(result="checked", missing_children=0), owners={A}),
    ),
    "a result of a re-survey by the district": (
        ACCEPTED,
        lambda: verdict(FOUND, owners={A}, bringer=below(DISTRICT, "district")),
    ),
    "a result of a re-survey of a commune's handover by the district": (
        ACCEPTED,
        lambda: verdict(
            review(DISTRICT, result="resurveyed", handover=HANDED.ent_id),
            owners={A},
            bringer=below(DISTRICT, "district"),
            giver=lambda _handover: (A, "commune"),
        ),
    ),
    "a result of a re-survey of its own handover by a district": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            review("51@2024", result="resurveyed", handover=HANDED.ent_id),
            owners={A},
            bringer=below(DISTRICT, "district"),
            giver=lambda _handover: (DISTRICT, "district"),
        ),
    ),
    "a result of a re-survey of another district's handover": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            review(DISTRICT, result="resurveyed", handover=HANDED.ent_id),
            owners={A},
            bringer=below(DISTRICT, "district"),
            giver=lambda _handover: (C, "commune"),
        ),
    ),
    "a result of a re-survey turned to the district's own handover": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            op_by(DISTRICT, edited(FOUND, handover=HANDED.ent_id)),
            accepted_before=[FOUND],
            owners={A},
            bringer=below(DISTRICT, "district"),
            giver=lambda _handover: (DISTRICT, "district"),
        ),
    ),
    "the district's finding put right by the district": (
        ACCEPTED,
        lambda: verdict(
            op_by(
                DISTRICT,
                edited(FOUND, finding="agrees", finding_fields=None, missing_children=None),
            ),
            accepted_before=[FOUND],
            owners={A},
            bringer=below(DISTRICT, "district"),
        ),
    ),
    "the district's finding hidden by a commune": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            op_by(DISTRICT, edited(FOUND, _deleted=True, _seen=None)),
            accepted_before=[FOUND],
            owners={A},
        ),
    ),
    "the province's return taken back by a district": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            edited(back := review("51@2024", result="returned"), _deleted=True, _seen=None),
            accepted_before=[back],
            owners={A},
            bringer=below(DISTRICT, "district"),
        ),
    ),
    "the district's return created once more by a commune": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            review(result="right"),
            accepted_before=[review(DISTRICT, result="returned")],
            owners={A},
        ),
    ),
    "the district's return created once more in its name": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            review(DISTRICT, result="right"),
            accepted_now=[review(DISTRICT, result="returned")],
            owners={A},
        ),
    ),
    "an edit of a second creation of the district's note": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            edited(second := op_by(A, note("n")), note="Không có gì"),
            accepted_before=[op_by(DISTRICT, note("n")), second],
            owners={A},
        ),
    ),
    "the district's word after a commune's under its id": (
        ACCEPTED,
        lambda: verdict(
            review(DISTRICT, result="returned"),
            accepted_before=[review(result="right")],
            owners={A},
            bringer=below(DISTRICT, "district"),
        ),
    ),
    "the district's word after what a commune made up in the province's name": (
        ACCEPTED,
        lambda: verdict(
            review(DISTRICT, result="returned"),
            accepted_before=[made_up := review("51@2024", result="right")],
            claimed={made_up.op_id: {A}},
            owners={A},
            bringer=below(DISTRICT, "district"),
        ),
    ),
    "a neighbour's word under the id of what the district told in the province's name": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            review(result="right"),
            accepted_before=[told := review("51@2024", result="returned")],
            claimed={told.op_id: {DISTRICT}},
            owners={A},
        ),
    ),
    "two PCs of a unit under one key": (
        ACCEPTED,
        lambda: verdict(
            review(result="checked"), accepted_before=[review(result="checked")], owners={A}
        ),
    ),
    "a check of its own taken back": (
        ACCEPTED,
        lambda: verdict(
            edited(mine := review(result="checked"), _deleted=True, _seen=None),
            accepted_before=[mine],
            owners={A},
        ),
    ),
    "a district's note taken away by a commune": (
        (REFUSED, Reason.FOREIGN_HALF),
        lambda: verdict(
            edited(said := op_by(DISTRICT, note("n")), **TAKEN_AWAY),
            accepted_before=[said],
            owners={A},
        ),
    ),
    "a note of its own taken away": (
        ACCEPTED,
        lambda: verdict(
            edited(own := op_by(A, note("n")), **TAKEN_AWAY), accepted_before=[own], owners={A}
        ),
    ),
    "a number where a name belongs": (
        (REFUSED, Reason.BAD_VALUE),
        lambda: verdict(created(full_name=3)),
    ),
    "text that nobody could read where a number belongs": (
        ACCEPTED,
        lambda: verdict(created(line_no="thứ hai", disability_types="không rõ")),
    ),
    "text where the program keeps its books": (
        (REFUSED, Reason.BAD_VALUE),
        lambda: verdict(created(complete="xong")),
    ),
    "a tick where a number belongs": (
        (REFUSED, Reason.BAD_VALUE),
        lambda: verdict(created(line_no=True)),
    ),
    "text in a record that is no household and no child": (
        (REFUSED, Reason.BAD_VALUE),
        lambda: verdict(created(ent_type="person", active="có")),
    ),
    "a child whose owner is emptied": (
        (REFUSED, Reason.BAD_VALUE),
        lambda: verdict(edited(CHILD, owner_unit=None), accepted_before=[CHILD]),
    ),
    "half a merge group": (
        (REFUSED, Reason.PARTIAL_GROUP),
        lambda: verdict(edited(CHILD, grade=3), accepted_before=[CHILD]),
    ),
}
#: Given elsewhere: by the list of a unit above, by a person, and by a revocation list.
NOT_OF_THE_DOOR = {Reason.REFUSED_ABOVE, Reason.DROPPED_HERE, Reason.BRINGER_REVOKED}


@pytest.mark.parametrize(
    ("ent_type", "names"),
    {
        "org_unit": "code edition parent tier",
        "org_unit_successor": "old_unit new_unit split",
        "form_template": "form version edition content",
        "code_list": "name edition content",
    }.items(),
)
def test_what_records_are_read_by_for_ever_is_not_rewritten(ent_type: str, names: str) -> None:
    """Though signed, and by a value of its own kind; the other fields are corrected freely."""
    first = op(ent_type, HOME, {"_key": "x"})
    known = {"accepted_before": [first], "reference_signed": lambda _one: True}
    fields = ENTITIES[ent_type].fields
    for name, kind in fields.items():
        value = {Kind.TEXT: "y", Kind.INT: 7, Kind.BOOL: True, Kind.SET: ["y"]}[kind]
        for bringer in (ABOVE, BESIDE, below()):
            said = verdict(edited(first, **{name: value}), bringer=bringer, **known)
            fixed = name in names.split()
            assert said == ((REFUSED, Reason.RECORD_CHANGED) if fixed else ACCEPTED), name
    assert {*names.split()} <= fields.keys()


@pytest.mark.parametrize("case", TABLE)
def test_the_door_says(case):
    expected, said = TABLE[case]
    assert said() == expected


def test_every_reason_of_the_door_is_in_the_table():
    reached = {expected[1] for expected, _ in TABLE.values()} - {None}
    assert reached == set(Reason) - NOT_OF_THE_DOOR


@pytest.mark.parametrize("bringer", [ABOVE, BESIDE], ids=["above", "beside"])
def test_what_a_unit_above_or_a_neighbour_accepted_is_accepted(bringer):
    foreign = created(C)
    odd = op("child", HOME, {"sex": 3, "owner_unit": C})
    half = edited(foreign, grade=3)
    said = judge([foreign, half], bringer, Known())
    assert {one.state for one in said.values()} == {State.ACCEPTED}
    assert judge([odd], bringer, Known())[odd.op_id] == Verdict(State.ACCEPTED)


def test_the_verdicts_do_not_depend_on_the_order():
    mine = created(sex="1")
    edit = edited(mine, sex="2")
    move = edited(edit, owner_unit=B)
    late = edited(edit, full_name="x")
    after = edited(move, full_name="y")
    foreign = created(B)
    operations = [mine, edit, move, late, after]
    first = judge(operations, below(), Known())
    assert first[late.op_id].state is State.ACCEPTED  # the move is in the same bundle
    assert first[after.op_id] == Verdict(State.REFUSED, Reason.MOVED_AWAY)
    for order in permutations(operations):
        assert judge(order, below(), Known()) == first
    assert judge([foreign], below(), Known())[foreign.op_id].reason is Reason.NOT_OWNER


@st.composite
def ownership(draw) -> list[Operation]:
    made = [CHILD]
    for _ in range(draw(st.integers(0, 7))):
        parents = draw(st.lists(st.sampled_from(made), min_size=1, max_size=3))
        body = draw(
            st.sampled_from(
                [{"owner_unit": unit} for unit in (A, B, C, "outside", "unknown")]
                + [{"sex": "1"}, {"sex": "2"}]
            )
        )
        made.append(edited(*{one.op_id: one for one in parents}.values(), **body))
    return made


@settings(max_examples=slice_or_all(80, 200), deadline=None)
@given(ownership())
def test_present_owners_agree_with_the_naive_reading(operations):
    assert set(present_owners(operations)) == naive_owners(operations)
    assert present_owners(reversed(operations)) == present_owners(operations)
