"""To whom a child who left belongs, when it is decided whether another record is the same child.

Called the same it goes to the unit of the record that came, called anything else it goes back
(4-sync.md, "Moves"). So it is after a decision by a pair's own act, and after two people decided
otherwise and a third settled that on the page of conflicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from app.errors import KnownError
from app.forms.issues import Value
from app.history.departure import MOVED_OUT
from app.history.entities import OUTSIDE, UNKNOWN
from app.models.queries import departed, register
from app.models.queries import moves as queries
from app.models.queries.moves import SAME
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.work import Change
from app.services.saving import RecordSave
from app.services.taking_on import once_more

DECISION = "match_decision"
#: What a decision about a move says it is about.
BASIS = "move"


def given_to(reading: Reading, child: str, unit: str) -> RecordSave:
    """The save that gives a child to a unit, also where it belongs to it already.

    Raises KnownError `records.unknown`.
    """
    found = register.record(reading, "child", child)
    if found is None:
        raise KnownError("records.unknown", "records.unknown_hint", id=child)
    change = Change("child", {}, child, base=found.heads, loaded=found.values)
    return RecordSave(once_more(child, unit, change))


def had_before(reading: Reading, child: str, owner: str) -> str | None:
    """What a decision keeps of a child's owner before it: to whom it is to be given back. The unit
    in whose book it is counted where the owner was only named and has not taken it on.
    """
    if owner in (OUTSIDE, UNKNOWN):
        return owner
    return departed.book_of(reading, child) or owner or None


def given_back(reading: Reading, child: str, owner: str) -> list[RecordSave]:
    """The saves that make a child's owner what it was. Given to nobody it is with the unit that had
    it last, so that one is named once more before: else it were that of the pair. And it leaves the
    book it left once more, where that named a unit which has not taken it on.

    Raises KnownError `records.unknown`.
    """
    if owner not in (OUTSIDE, UNKNOWN):
        left, named = queries.leaving(reading, child)
        back = [given_to(reading, child, owner)]
        if owner == left and named not in ("", left, OUTSIDE, UNKNOWN):
            again: dict[str, Value] = {"owner_unit": named, "life_status": MOVED_OUT}
            back.append(RecordSave(Change("child", again, child), anew=frozenset(again)))
        return back
    book = queries.last_book(reading, child)
    # What builds on the save before reads the record as that one leaves it.
    to_nobody = RecordSave(Change("child", {"owner_unit": owner}, child))
    return [given_to(reading, child, book), to_nobody] if book else [to_nobody]


def settled(
    reading: Reading,
    reach: AbstractSet[str],
    decision: RecordView,
    sides: Iterable[Mapping[str, Value]],
    values: Mapping[str, Value],
) -> tuple[dict[str, Value], list[RecordSave]]:
    """What goes with settling what two people said about a pair of records: further values of the
    decision, and the saves of the child who left. Nothing where the pair does not lie within
    `reach`, or neither of the two left.

    `sides` are the statements in conflict, `values` what was settled.
    """
    if "verdict" not in values or values.get("basis", decision.values.get("basis")) != BASIS:
        return {}, []
    pair = {str(decision.values[name]) for name in ("record", "other_child")}
    gone = {one.id: one for one in queries.movers(reading, pair, "moved_out")}
    held = {unit for one in gone.values() for unit in one.held}
    left = [one for one in sorted(gone) if queries.is_gone(reading, one)]
    if gone.keys() != pair or not held <= reach or len(left) != 1:
        return {}, []
    (child,) = left
    (came,) = pair - {child}
    before = next((said["moved_from"] for said in sides if said.get("moved_from")), None)
    owner = gone[child].owner
    if values["verdict"] != SAME:
        back = str(before or "")
        saves = given_back(reading, child, back) if back and back != owner else []
        return {"moved_from": None}, saves
    target = gone[came].owner
    if not queries.is_followed(reading, came) or target not in gone[came].held:
        return {}, []
    before = before or had_before(reading, child, owner)
    return {"moved_from": before}, [given_to(reading, child, target)]
