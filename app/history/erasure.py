"""What is left of an operation whose body was erased by law (pure).

Erased are the values; who owns the record, what it belongs to, and that something was written stay,
or the register would fall apart around the gap and an older value would come back. The erasure
says so itself, for each operation, because nobody else can: its content maps records to operations
to what is left of each (4-sync.md, "Erasure by law").
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.history.entities import ENTITIES, SYSTEM_FIELDS
from app.history.operation import Body, MalformedOperation, Value, canonical, check_body

#: What is left as it was: whose the record is, what it refers to, whether it is hidden and which
#: of two children a decision is about. None of them says anything about a person.
KEPT = frozenset(
    (
        "owner_unit",
        "household",
        "village",
        "record",
        "other_child",
        "verdict",
        "template",
        "entered_in_error",
        "_deleted",
        "_seen",
    )
)
#: What is left of one operation at most, before it is cut down (`bounded_left_of`). What is left
#: then are some hundred names and ten texts of 16 KiB: an act holds it.
MAX_LEFT = 64 * 1024
#: What the id was derived from may name a person or a group, and is not left.
_KEY = "_key"
_decode = msgspec.json.Decoder(
    dict[str, dict[str, dict[str, str | int | bool | list[str] | None]]]
).decode


def left_of(body: Body) -> dict[str, Value]:
    """What is left of a body: what is kept, and a null for every other field it wrote."""
    return {name: value if name in KEPT else None for name, value in body.items() if name != _KEY}


def bounded_left_of(ent_type: str, body: Body) -> dict[str, Value]:
    """What is left of a body, small enough for an act whatever the body holds.

    Of more than `MAX_LEFT` bytes no field is left that this program does not know, and no list.
    Nothing older comes back by that: what a field held before stands in operations that the same
    act erases.
    """
    left = left_of(body)
    if len(canonical(left)) <= MAX_LEFT:
        return left
    entity = ENTITIES.get(ent_type)
    known = {*SYSTEM_FIELDS, *KEPT, *(() if entity is None else entity.fields)}
    return {
        name: None if isinstance(value, list) else value
        for name, value in left.items()
        if name in known
    }


def content_of(erased: Mapping[str, Mapping[bytes, Body]]) -> str:
    """The content of an erasure: record → operation (hex) → what is left of its body."""
    return canonical(
        {
            ent_id: {op_id.hex(): left_of(body) for op_id, body in sorted(of_record.items())}
            for ent_id, of_record in erased.items()
        }
    ).decode()


def read_content(content: object) -> dict[str, dict[bytes, str]] | None:
    """Record → operation → what is left of its body, as canonical JSON; None for what is no content
    of an erasure: a value that is not left, an id that is none.
    """
    if not isinstance(content, str):
        return None
    found: dict[str, dict[bytes, str]] = {}
    try:
        for ent_id, of_record in _decode(content).items():
            for name, left in of_record.items():
                op_id = bytes.fromhex(name)
                if len(op_id) != 32 or any(
                    value is not None and field not in KEPT for field, value in left.items()
                ):
                    return None
                check_body(left)
                found.setdefault(ent_id, {})[op_id] = canonical(left).decode()
    except (MalformedOperation, msgspec.DecodeError, ValueError):
        return None
    return found
