"""The merge written a second time, from MERGE.md alone and as plainly as sets allow.

Slow on purpose and without a line of the program's: what both agree on is what the page says. A
record is a list of operations; `parents` may be given separately, as the test's own knowledge of
what a writer had seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from app.history.operation import Operation

#: Group → fields, copied by hand from MERGE.md; a test compares it with the program's.
GROUPS = {
    "household": {
        "poverty": ["poverty_status", "poverty_standard", "poverty_year"],
        "place": ["village", "household_no", "owner_unit"],
        "hidden": ["entered_in_error", "merged_into", "hidden_reason", "_seen"],
    },
    "child": {
        "father": ["father_name", "father_status", "father_away_since"],
        "mother": ["mother_name", "mother_status", "mother_away_since"],
        "care": ["care_arrangement", "caregiver_name", "caregiver_relation", "facility_name"],
        "schooling": [
            "schooling_status",
            "education_level",
            "grade",
            "highest_grade_completed",
            "dropout_date",
            "dropout_reason",
        ],
        "hidden": ["entered_in_error", "merged_into", "hidden_reason", "_seen"],
    },
    "circumstance": {
        "period": ["circumstance_from", "circumstance_to"],
        "hidden": ["_deleted", "_seen"],
    },
    "support": {"hidden": ["_deleted", "_seen"]},
    "life_event": {"hidden": ["_deleted", "_seen"]},
    "review": {
        "finding": ["finding", "finding_fields", "missing_children"],
        "hidden": ["_deleted", "_seen"],
    },
    "note": {"hidden": ["_deleted", "hidden_reason", "_seen"]},
    "village": {"hidden": ["entered_in_error", "merged_into", "hidden_reason", "_seen"]},
    "person": {"hidden": ["entered_in_error", "merged_into", "hidden_reason", "_seen"]},
    "enumerator": {"hidden": ["entered_in_error", "merged_into", "hidden_reason", "_seen"]},
    "book": {
        "place": ["village", "book_number", "owner_unit"],
        "issued": ["issued_on", "issued_to", "enumerator"],
        "collected": ["collected_on", "collected_by"],
        "checked": ["checked_on", "checked_by"],
        "returned": ["returned_on", "returned_to"],
        "hidden": ["entered_in_error", "merged_into", "hidden_reason", "_seen"],
    },
    "match_decision": {
        "verdict": ["verdict", "basis", "reason", "moved_from", "decided_by", "decided_on", "act"],
    },
    "handover": {
        f"{half}_{tier}": [f"{half}_{tier}{name}" for name in names]
        for tier in ("commune", "district", "province")
        for half, names in (
            (
                "received",
                [
                    *("_on", "_by", "_by_title", "_from", "_from_title", "_manifest", "_round"),
                    *("_households", "_children", "_girls", "_incomplete", "_refused", "_waiting"),
                ],
            ),
            ("verdict", ["", "_on", "_by", "_reason"]),
        )
    },
}
#: Of the halves of a handover, what makes two statements the same one.
SAME = {"received": ["_manifest"], "verdict": ["", "_reason"]}
Parents = Mapping[bytes, Collection[bytes]]


@dataclass(frozen=True)
class NaiveState:
    values: dict[str, object]
    heads: frozenset[bytes]
    conflicts: dict[str, frozenset[bytes]]
    hidden: bool


def ancestors_of(operations: Iterable[Operation], parents: Parents | None = None) -> dict:
    """Operation → all it descends from, by growing the sets until nothing is new."""
    ids = {one.op_id for one in operations}
    above = {one.op_id: {p for p in _parents(one, parents) if p in ids} for one in operations}
    changed = True
    while changed:
        changed = False
        for op_id, found in above.items():
            more = set().union(*(above[one] for one in found)) - found
            if more:
                above[op_id] = found | more
                changed = True
    return above


def _parents(operation: Operation, parents: Parents | None) -> Collection[bytes]:
    if parents is None:
        return operation.parents
    return parents.get(operation.op_id, operation.parents)


def fields_of(ent_type: str, group: str) -> list[str]:
    return GROUPS.get(ent_type, {}).get(group, [group])


def groups_of(operation: Operation) -> set[str]:
    """The groups an operation writes; what a record was derived from only its creation writes."""
    of = {f: g for g, fields in GROUPS.get(operation.ent_type, {}).items() for f in fields}
    written = {of.get(field, field) for field in operation.body or {}}
    return written - {"record", "other_child", "_key"} if operation.parents else written


def written(operation: Operation, group: str) -> dict[str, object]:
    """What an operation says about a group: its values that are not empty."""
    body = operation.body or {}
    names = fields_of(operation.ent_type, group)
    return {name: body[name] for name in names if body.get(name) is not None}


def meant(operation: Operation, group: str) -> dict[str, object]:
    return meaning(operation.ent_type, group, written(operation, group))


def meaning(ent_type: str, group: str, said: Mapping[str, object]) -> dict[str, object]:
    """What values of a group mean: of a half of a handover only what it is about, if it says so."""
    half = group.partition("_")[0]
    if ent_type == "handover" and half in SAME and group + SAME[half][0] in said:
        return {name: said[name] for name in said if name in [group + one for one in SAME[half]]}
    twice = ent_type == "match_decision" and said.get("basis") == "duplicate"
    if twice and "verdict" in said:
        return {"verdict": said["verdict"], "basis": "duplicate"}
    return {name: value for name, value in said.items() if name != "_seen"}


def has_numbers(operation: Operation, group: str) -> bool:
    """Whether it is a receipt that says what was counted, or a decision that a person made."""
    if operation.ent_type == "match_decision" and group == "verdict":
        return "decided_by" in written(operation, group)
    counted = f"{group}_households" in written(operation, group)
    return operation.ent_type == "handover" and group.startswith("received_") and counted


def latest(writers: Iterable[Operation], above: Mapping[bytes, set[bytes]]) -> list[Operation]:
    """Those writers that no other writer descends from."""
    them = list(writers)
    return [w for w in them if not any(w.op_id in above[other.op_id] for other in them)]


def naive_state(
    operations: Collection[Operation],
    sub_heads: Collection[bytes] = (),
    parents: Parents | None = None,
) -> NaiveState:
    """The state of a record by its accepted operations."""
    operations = list(operations)
    above = ancestors_of(operations, parents)
    deep: dict[bytes, int] = {}
    for one in sorted(operations, key=lambda o: len(above[o.op_id])):
        known = [p for p in _parents(one, parents) if p in deep]
        deep[one.op_id] = 1 + max((deep[p] for p in known), default=-1)
    values: dict[str, object] = {}
    conflicts: dict[str, frozenset[bytes]] = {}
    for group in {group for one in operations for group in groups_of(one)}:
        last = latest((o for o in operations if group in groups_of(o)), above)
        shown = max(last, key=lambda o: (has_numbers(o, group), deep[o.op_id], o.op_id))
        values.update(written(shown, group))
        if any(meant(one, group) != meant(shown, group) for one in last):
            conflicts[group] = frozenset(one.op_id for one in last)
    heads = frozenset(
        o.op_id for o in operations if not any(o.op_id in above[x.op_id] for x in operations)
    )
    ent_type = operations[0].ent_type
    hidden = False
    if is_hiding(ent_type, values):
        hiders = hiding_heads(operations, above)
        hidden = any(unchallenged(h, hiders, operations, above, sub_heads) for h in hiders)
        if not hidden:
            conflicts.setdefault("hidden", frozenset(h.op_id for h in hiders))
    return NaiveState(values, heads, conflicts, hidden)


def stands_anyway(ent_id: str, look: Callable[[str], NaiveState | None], owned: bool) -> bool:
    """Whether a merged record is shown because nothing else of the child or household would be:
    straight before one that is gone otherwise, or the smallest id of a circle. `owned`: one unit
    that is named answers for it.
    """

    def goes_on_to(one: str) -> str | None:
        state = look(one)
        if state is None or not state.hidden or state.values["owner_unit"] != owner:
            return None
        if state.values.get("entered_in_error") is True:
            return "gone"
        return str(state.values["merged_into"])

    own = look(ent_id)
    assert own is not None
    owner = own.values.get("owner_unit")
    first = goes_on_to(ent_id)
    if not owned or first in (None, "gone"):
        return False
    if goes_on_to(first) == "gone":
        return True
    circle, at = {ent_id}, first
    while at not in circle:
        circle.add(at)
        following = goes_on_to(at)
        if following in (None, "gone"):
            return False
        at = following
    return at == ent_id and ent_id == min(circle)


def is_hiding(ent_type: str, values: Mapping[str, object]) -> bool:
    names = fields_of(ent_type, "hidden")
    if names == ["hidden"]:
        return False
    flags = [values.get(name) is True for name in ("entered_in_error", "_deleted") if name in names]
    into = values.get("merged_into") if "merged_into" in names else None
    return any(flags) or (isinstance(into, str) and into != "")


def hiding_heads(operations: Collection[Operation], above) -> list[Operation]:
    last = latest((o for o in operations if "hidden" in groups_of(o)), above)
    return [o for o in last if is_hiding(o.ent_type, o.body or {})]


def unchallenged(hider, hiders, operations, above, sub_heads) -> bool:
    """Whether the hider had seen, or was seen by, everybody who did not hide the record too."""
    for other in operations:
        seen = other.op_id in above[hider.op_id] or hider.op_id in above[other.op_id]
        if not seen and other not in hiders and other is not hider:
            return False
    known = (hider.body or {}).get("_seen") or []
    return all(head.hex() in known for head in sub_heads)


def naive_owners(operations: Collection[Operation], parents: Parents | None = None) -> set[str]:
    """Units that own a root record: the latest words about it; no unit means the unit before."""
    above = ancestors_of(operations, parents)
    writers = [o for o in operations if isinstance((o.body or {}).get("owner_unit"), str)]

    def named(among: list[Operation]) -> set[str]:
        found: set[str] = set()
        for one in latest(among, above):
            owner = one.body["owner_unit"]
            if owner in ("outside", "unknown"):
                found |= named([w for w in among if w.op_id in above[one.op_id]])
            else:
                found.add(owner)
        return found

    return named(writers)


def naive_id(operation: Operation) -> bytes:
    """The id of an operation by FORMAT.md, with nothing but hashlib and json."""

    def spelled(value: object) -> bytes:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()

    hashed = operation.body_hash
    if operation.salt is not None:  # of what was erased by law the hash is all there is
        hashed = hashlib.sha256(operation.salt + spelled(dict(operation.body))).digest()
    content = [
        "TEVN-OP",
        1,
        operation.ent_type,
        operation.ent_id,
        [parent.hex() for parent in sorted(operation.parents)],
        hashed.hex(),
        operation.unit,
        operation.by,
        operation.replica,
        operation.author,
        operation.wall,
    ]
    return hashlib.sha256(spelled(content)).digest()
