"""I13 at the door: whatever an enrolled insider makes of operations that are not its own and signs
again, no foreign record changes, and everything stands refused or waiting with its reason."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import select

from app.history.door import State
from app.history.operation import Operation, Value, make_operation
from app.ids import derived_id
from app.models.schema import op
from app.models.work import Change
from tests.counts import tell
from tests.long_runs import LONG
from tests.properties.fleet import COMMUNE_A, COMMUNE_B, DISTRICT_1, Fleet, Replica, Sent
from tests.properties.insider import OWN_KEY, variants
from tests.properties.stories import a_child, a_circumstance, change, only

#: The short run tries every fourth variant of an operation and begins with another at the next,
#: so that every kind of variant comes upon some operation.
SLICES = 1 if LONG else 4


def reason(here: Replica, op_id: bytes) -> tuple[str, str | None]:
    with here.store.read() as connection:
        row = connection.execute(select(op.c.state, op.c.reason).where(op.c.op_id == op_id)).one()
    return row.state, row.reason


def test_no_variant_of_a_foreign_operation_changes_a_foreign_record(fleet: Fleet):
    insider, here = fleet["A1"], fleet["D1"]
    other = fleet["B"]
    own = {"child": a_child(insider, key=OWN_KEY)}
    moved = a_child(insider, key="moved")
    foreign = a_child(other)
    a_circumstance(other, foreign)
    a_circumstance(insider, moved)
    other.save(Change("household", {"owner_unit": COMMUNE_B, "household_no": "1"}, key="h"))
    other.save(Change("handover", {"owner_unit": COMMUNE_B, "sent_on": "2026-01-01"}, key="v"))
    here.save(Change("person", {"owner_unit": DISTRICT_1, "full_name": "x"}, key="p"))
    fleet.full_round()
    change(insider, moved, owner_unit=COMMUNE_B)
    change(other, foreign, sex="1")
    # What the district says of the insider's own child is as foreign as another's child.
    about: dict[str, Value] = {"record": own["child"]}
    here.save(Change("review", {**about, "result": "returned", "reason": "x"}, key="r"))
    here.save(Change("note", {**about, "note": "Hỏi lại"}, key="n"))
    fleet.full_round()
    theirs = sorted(
        (one for one in here.accepted() if one.ent_id != own["child"]),
        key=lambda one: (one.ent_type, bool(one.parents), str((one.body or {}).get("_key"))),
    )
    assert {one.ent_type for one in theirs} == {
        "child",
        "circumstance",
        "household",
        "handover",
        "person",
        "review",
        "note",
    }
    before = without_own(here, own["child"])
    outcomes: Counter[str] = Counter()
    tried = 0
    touched: defaultdict[str, set[str]] = defaultdict(set)
    stick = insider.send(DISTRICT_1)
    kinds: set[str] = set()
    for turn, one in enumerate(theirs):
        heads = here.heads(one.ent_type, one.ent_id)
        for number, (name, variant) in enumerate(variants(one, heads, insider, own)):
            kinds.add(name)
            if number % SLICES != turn % SLICES:
                continue
            tried += 1
            touched[one.ent_type].add(name)
            here.receive(Sent(stick.delivery, tried.to_bytes(32, "big"), (variant,)))
            state, why = reason(here, variant.op_id)
            if state == State.ACCEPTED.value:
                assert (
                    variant.ent_id == own["child"]
                    or derived_from_own(variant)
                    or belongs_to_own(variant, own["child"])
                ), f"I13: {name} of a foreign {one.ent_type} was accepted"
            else:
                assert why is not None, "I13: stopped without a reason"
            outcomes[f"{state} {why}" if why else state] += 1
            assert without_own(here, own["child"]) == before, (
                f"I13: {name} changed a foreign {one.ent_type}"
            )
    tell(f"variants at the door: {tried}: {dict(sorted(outcomes.items()))}")
    assert tried > (300 if LONG else 150)
    assert set().union(*touched.values()) == kinds
    assert touched.keys() == {one.ent_type for one in theirs}
    assert {"refused not-owner", "refused moved-away", "refused id-not-derived"} <= set(outcomes)


def derived_from_own(one: Operation) -> bool:
    """An operation whose id follows from the insider's own unit: a record of its own."""
    body = one.body or {}
    key = str(body.get("_key"))
    return body.get("owner_unit") == COMMUNE_A and one.ent_id == derived_id(COMMUNE_A, key)


def belongs_to_own(one: Operation, child: str) -> bool:
    """An operation that begins a record below the insider's own child; what the district began
    there is held against the rows before.
    """
    body = one.body or {}
    return (
        not one.parents
        and body.get("record") == child
        and one.ent_id == derived_id(child, str(body.get("_key")))
    )


def without_own(here: Replica, child: str) -> dict[object, object]:
    """The rows of the district but those of the insider's own child and what it hangs on it."""
    said_here = {derived_id(child, key) for key in ("r", "n")}
    return {
        record: row
        for record, row in here.full_rows().items()
        if record[1] != child
        and (row["values"].get("record") != child or record[1] in said_here)
        and not (row["values"].get("owner_unit") == COMMUNE_A and row["values"].get("_key"))
    }


def test_an_unsigned_reference_is_refused_from_everybody(fleet: Fleet):
    ent_id = derived_id("round", "2026")
    for n, (sender, to) in enumerate((("A1", "D1"), ("P", "D1"), ("D1b", "D1"))):
        invented = make_operation(
            ent_type="round",
            ent_id=ent_id,
            parents=(),
            body={"name": "x", "_key": "2026"},
            salt=bytes([n]) * 16,
            unit=fleet[sender].unit,
            by=fleet[sender].unit,
            replica=fleet[sender].store.replica,
            author="x",
            wall=0,
        )
        fleet[to].receive(only(fleet[sender].send(fleet[to].unit), invented))
        assert reason(fleet[to], invented.op_id) == ("refused", "reference-unsigned")
    assert fleet["D1"].row("round", ent_id) is None
