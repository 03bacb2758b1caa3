"""Between operations, record values and the rows of the travelling tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from app.history.entities import ENTITIES, SYSTEM_FIELDS, TYPE_OF, Kind, fits
from app.history.operation import (
    Operation,
    ReferenceSignature,
    Value,
    decode_body,
)
from app.models.schema import DERIVED, ENTITY_TABLES
from app.text.fold import fold, fold_number
from app.text.sort_key import name_sort_key, natural_key

ID_BYTES = 32
_BETWEEN = "|"
_json_encode = msgspec.json.Encoder(order="deterministic").encode
_json_decode = msgspec.json.Decoder(list[str]).decode
_extra_decode = msgspec.json.Decoder(dict[str, str | int | bool | list[str] | None]).decode

#: Columns of `op` in the order of `operation_row`.
OP_COLUMNS = (
    "position",
    "ent_id",
    "op_id",
    "ent_type",
    "root",
    "parents",
    "body",
    "salt",
    "body_hash",
    "unit",
    "by",
    "replica",
    "author",
    "wall",
    "signature",
    "bundle_in",
    "act",
    "writes_owner",
    "state",
    "reason",
    "judged_for",
)


def join_ids(ids: Iterable[bytes]) -> bytes:
    """Several 32-byte ids as one blob."""
    return b"".join(ids)


def split_ids(blob: bytes) -> tuple[bytes, ...]:
    """The 32-byte ids of a blob made by `join_ids`."""
    return tuple(blob[at : at + ID_BYTES] for at in range(0, len(blob), ID_BYTES))


def join_names(names: Iterable[str]) -> str:
    """Bringers as `op.judged_for` keeps them."""
    return _BETWEEN.join(names)


def split_names(joined: str | None) -> tuple[str, ...]:
    """The bringers of `op.judged_for`; none for an operation made here."""
    return tuple(joined.split(_BETWEEN)) if joined else ()


def signature_text(signature: ReferenceSignature | None) -> str | None:
    """A reference signature as it stands in its column."""
    return None if signature is None else f"{signature.c}:{signature.s}"


def operation_of(row: Any, *, read_body: bool = True) -> Operation:
    """The operation of a row of `op` (all of OP_COLUMNS selected, in their order).

    Without `read_body` its `body` is left out: a sender only passes `body_json` on.
    """
    # By place: a row asks for each name anew, and there are half a million rows.
    _, ent_id, op_id, ent_type, _, parents, body_json, salt, body_hash = row[:9]
    unit, by, replica, author, wall, signature = row[9:15]
    signed = None
    if signature is not None:
        certificate, _, given = signature.partition(":")
        signed = ReferenceSignature(certificate, given)
    return Operation(
        op_id,
        ent_type,
        ent_id,
        split_ids(parents) if parents else (),
        body_json,
        None if body_json is None or not read_body else decode_body(body_json),
        salt,
        body_hash,
        unit,
        by,
        replica,
        author,
        wall,
        signed,
    )


class _Layout:
    """Where the columns of one travelling table stand in a row."""

    def __init__(self, ent_type: str) -> None:
        table = ENTITY_TABLES[ent_type]
        kinds = {**ENTITIES[ent_type].fields, **SYSTEM_FIELDS}
        derived = DERIVED.get(ent_type, ())
        own = {"id", "_extra", "_heads", "_conflicts", "_hidden", *derived}
        # Plain strings: these names go into documents, and a subclass of str cannot be written.
        self.columns = tuple(str(column.name) for column in table.columns)
        self.stored = tuple((name, kinds[name]) for name in self.columns if name not in own)
        place = {name: at for at, name in enumerate(self.columns)}
        #: Field → (place in the row, the exact type its value has, its kind).
        self.slots = {name: (place[name], TYPE_OF[kind], kind) for name, kind in self.stored}
        self.derived = slice(place[derived[0]], place[derived[-1]] + 1) if derived else slice(0, 0)
        self.last = slice(place["_extra"], place["_hidden"] + 1)
        self.empty: list[object] = [None] * len(self.columns)


@cache
def _layout(ent_type: str) -> _Layout:
    return _Layout(ent_type)


def columns_of(ent_type: str) -> tuple[str, ...]:
    """Column names of a travelling table, in the order of `entity_row`."""
    return _layout(ent_type).columns


def entity_row(
    ent_type: str,
    ent_id: str,
    values: Mapping[str, Value],
    heads: Sequence[bytes],
    conflicts: int,
    hidden: bool,
) -> tuple[object, ...]:
    """The row of a record, in the order of `columns_of`; `values` may hold nulls.

    A value of an unexpected kind or of an unknown field goes to `_extra`: nothing is lost.
    """
    layout = _layout(ent_type)
    row = layout.empty.copy()
    extra: dict[str, Value] | None = None
    slots = layout.slots
    for name, value in values.items():
        if value is None:
            continue
        slot = slots.get(name)
        # The type is compared first because it nearly always fits; `fits` decides.
        if slot is None or (type(value) is not slot[1] and not fits(slot[2], value)):
            extra = {} if extra is None else extra
            extra[name] = value
        elif slot[1] is list:
            row[slot[0]] = _json_encode(value).decode()
        else:
            row[slot[0]] = value
    row[0] = ent_id
    row[layout.derived] = _derived(ent_type, values)
    row[layout.last] = (
        None if extra is None else _json_encode(extra).decode(),
        join_ids(heads),
        conflicts,
        hidden,
    )
    return tuple(row)


def values_of(ent_type: str, row: Mapping[str, Any]) -> dict[str, Value]:
    """The record values that a row holds: no nulls, sets as lists, extras among the others."""
    values: dict[str, Value] = {}
    for name, kind in _layout(ent_type).stored:
        value = row[name]
        if value is None:
            continue
        if kind is Kind.SET:
            values[name] = _json_decode(value)
        elif kind is Kind.BOOL:
            values[name] = bool(value)
        else:
            values[name] = value
    if row["_extra"] is not None:
        values.update(_extra_decode(row["_extra"]))
    return values


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _household_keys(values: Mapping[str, Value]) -> list[str]:
    head = _text(values, "head_name")
    folded = fold(head)
    number = _text(values, "household_no")
    return [folded, name_sort_key(head), natural_key(number), household_search(values)]


def household_search(values: Mapping[str, Value]) -> str:
    """What a household is found by: head, number, telephone and personal id of the head, folded."""
    return " ".join(
        (
            fold(_text(values, "head_name")),
            fold(_text(values, "household_no")),
            fold_number(_text(values, "phone")),
            fold_number(_text(values, "head_personal_id")),
        )
    )


def child_search(values: Mapping[str, Value]) -> str:
    """What a child is found by: name, parents, personal id, the caregiver's telephone, folded."""
    return " ".join(
        (
            fold(_text(values, "full_name")),
            fold(_text(values, "father_name") + " " + _text(values, "mother_name")),
            fold_number(_text(values, "personal_id")),
            fold_number(_text(values, "caregiver_phone")),
        )
    )


def _child_keys(values: Mapping[str, Value]) -> list[str]:
    name = _text(values, "full_name")
    folded = fold(name)
    return [folded, name_sort_key(name), child_search(values)]


def _name_keys(field: str) -> Callable[[Mapping[str, Value]], list[str]]:
    def keys(values: Mapping[str, Value]) -> list[str]:
        name = _text(values, field)
        return [fold(name), name_sort_key(name)]

    return keys


def _no_keys(_values: Mapping[str, Value]) -> list[str]:
    return []


_DERIVE: Mapping[str, Callable[[Mapping[str, Value]], list[str]]] = {
    "household": _household_keys,
    "child": _child_keys,
    "village": _name_keys("name"),
    "person": _name_keys("full_name"),
}


def _derived(ent_type: str, values: Mapping[str, Value]) -> list[str]:
    return _DERIVE.get(ent_type, _no_keys)(values)
