"""Fields that mean something only together are merged together.

The groups decide what every replica shows, so they are fixed here for the fields of this program
and never change (MERGE.md, "Merge groups"); the templates must agree, which a test checks. Fields
of newer templates stand alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.history.operation import Body, Value

#: The tiers that write halves of a handover, and the parts of each half.
_TIERS = ("commune", "district", "province")
_RECEIPT = (
    *("on", "by", "by_title", "from", "from_title", "manifest", "round"),
    *("households", "children", "girls", "incomplete", "refused", "waiting"),
)
_VERDICT = ("", "_on", "_by", "_reason")

_GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "household": {
        "poverty": ("poverty_status", "poverty_standard", "poverty_year"),
        "place": ("village", "household_no", "owner_unit"),
        "hidden": ("entered_in_error", "merged_into", "hidden_reason", "_seen"),
    },
    "child": {
        "father": ("father_name", "father_status", "father_away_since"),
        "mother": ("mother_name", "mother_status", "mother_away_since"),
        "care": ("care_arrangement", "caregiver_name", "caregiver_relation", "facility_name"),
        "schooling": (
            "schooling_status",
            "education_level",
            "grade",
            "highest_grade_completed",
            "dropout_date",
            "dropout_reason",
        ),
        "hidden": ("entered_in_error", "merged_into", "hidden_reason", "_seen"),
    },
    "circumstance": {
        "period": ("circumstance_from", "circumstance_to"),
        "hidden": ("_deleted", "_seen"),
    },
    "support": {"hidden": ("_deleted", "_seen")},
    "life_event": {"hidden": ("_deleted", "_seen")},
    "review": {
        "finding": ("finding", "finding_fields", "missing_children"),
        "hidden": ("_deleted", "_seen"),
    },
    "note": {"hidden": ("_deleted", "hidden_reason", "_seen")},
    "village": {"hidden": ("entered_in_error", "merged_into", "hidden_reason", "_seen")},
    "person": {"hidden": ("entered_in_error", "merged_into", "hidden_reason", "_seen")},
    "enumerator": {"hidden": ("entered_in_error", "merged_into", "hidden_reason", "_seen")},
    "book": {
        "place": ("village", "book_number", "owner_unit"),
        "issued": ("issued_on", "issued_to", "enumerator"),
        "collected": ("collected_on", "collected_by"),
        "checked": ("checked_on", "checked_by"),
        "returned": ("returned_on", "returned_to"),
        "hidden": ("entered_in_error", "merged_into", "hidden_reason", "_seen"),
    },
    "match_decision": {
        "verdict": ("verdict", "basis", "reason", "moved_from", "decided_by", "decided_on", "act"),
    },
    "handover": {
        **{
            f"received_{tier}": tuple(f"received_{tier}_{one}" for one in _RECEIPT)
            for tier in _TIERS
        },
        **{f"verdict_{tier}": tuple(f"verdict_{tier}{one}" for one in _VERDICT) for tier in _TIERS},
    },
}
#: Groups of which two PCs of one unit may each write the same statement: what it is about. Heads
#: that agree in this are no conflict, though each has its own moment and its own person.
_ABOUT: dict[str, dict[str, tuple[str, ...]]] = {
    "handover": {
        **{f"received_{tier}": (f"received_{tier}_manifest",) for tier in _TIERS},
        **{f"verdict_{tier}": (f"verdict_{tier}", f"verdict_{tier}_reason") for tier in _TIERS},
    },
    "match_decision": {"verdict": ("verdict", "basis")},
}
#: A statement of the group is about that only where it says this: what was decided about a move
#: says besides whose the child was, and to that the one who takes it back returns.
_ONLY_WHERE: dict[str, tuple[str, str]] = {"match_decision": ("basis", "duplicate")}
#: Of two such statements that one is shown which says this: who took in a later bundle first could
#: not count, and the other PC did (`services/receipts.py`); and a person goes before the program.
_RATHER: dict[str, dict[str, str]] = {
    "handover": {f"received_{tier}": f"received_{tier}_households" for tier in _TIERS},
    "match_decision": {"verdict": "decided_by"},
}

_MEMBERS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(_GROUPS)
_GROUP_OF: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        entity: {field: group for group, fields in groups.items() for field in fields}
        for entity, groups in _GROUPS.items()
    }
)
_NONE: Mapping[str, str] = MappingProxyType({})
_NO_MEMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def group_of(ent_type: str) -> Mapping[str, str]:
    """Field → group for the grouped fields of a type; every other field is its own group."""
    return _GROUP_OF.get(ent_type, _NONE)


def members(ent_type: str) -> Mapping[str, tuple[str, ...]]:
    """Group → its fields, for the groups of more than one field."""
    return _MEMBERS.get(ent_type, _NO_MEMBERS)


def meant(ent_type: str, group: str, body: Body) -> list[Value]:
    """What an operation says of a group, or of the field of that name: heads of one meaning are no
    conflict. `_seen` says what the writer knew, not what the writer meant.
    """
    about = _ABOUT.get(ent_type, _NO_MEMBERS).get(group)
    field, value = _ONLY_WHERE.get(ent_type, ("", None))
    if about is not None and body.get(about[0]) is not None and body.get(field) == value:
        return [body.get(field) for field in about]
    fields = members(ent_type).get(group, (group,))
    return [body.get(field) for field in fields if field != "_seen"]


def is_fuller(ent_type: str, group: str, body: Body) -> bool:
    """Whether an operation says of a group what goes before its place in the history: it is shown
    rather than a concurrent one that does not say it. False for every group without such a field.
    """
    field = _RATHER.get(ent_type, _NONE).get(group)
    return field is not None and body.get(field) is not None


def incomplete_groups(ent_type: str, body: Body) -> list[str]:
    """The groups of which `body` names some fields but not all.

    A creation may leave empty fields out; any later operation writes a whole group or none of it.
    """
    of = group_of(ent_type)
    touched = {of[field] for field in body if field in of}
    groups = members(ent_type)
    return sorted(g for g in touched if not all(field in body for field in groups[g]))


def whole_groups(
    ent_type: str, changed: Mapping[str, Value], current: Mapping[str, Value]
) -> dict[str, Value]:
    """`changed` plus the other fields of every group it touches, as they are in `current`."""
    of = group_of(ent_type)
    groups = members(ent_type)
    whole: dict[str, Value] = dict(changed)
    for field in changed:
        for other in groups.get(of.get(field, ""), ()):
            if other not in whole:
                whole[other] = current.get(other)
    return whole
