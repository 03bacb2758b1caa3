"""Between operations, record values and the rows of the travelling tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from app.history.entities import ENTITIES, SYSTEM_FIELDS, Kind, fits
from app.history.operation import (
    Operation,
    ReferenceSignature,
    Value,
    decode_body,
)
from app.models.schema import DERIVED, ENTITY_TABLES
from app.text.fold import fold
from app.text.sort_key import name_sort_key, natural_key

ID_BYTES = 32
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


def signature_text(signature: ReferenceSignature | None) -> str | None:
    """A reference signature as it stands in its column."""
    return None if signature is None else f"{signature.c}:{signature.s}"


def operation_of(row: Any) -> Operation:
    """The operation of a row of `op` (all of OP_COLUMNS selected)."""
    signature = None
    if row.signature is not None:
        certificate, _, signed = row.signature.partition(":")
        signature = ReferenceSignature(certificate, signed)
    return Operation(
        row.op_id,
        row.ent_type,
        row.ent_id,
        split_ids(row.parents),
        row.body,
        None if row.body is None else decode_body(row.body),
        row.salt,
        row.body_hash,
        row.unit,
        row.by,
        row.replica,
        row.author,
        row.wall,
        signature,
    )


@cache
def _layout(ent_type: str) -> tuple[tuple[str, ...], tuple[tuple[str, Kind], ...], frozenset[str]]:
    table = ENTITY_TABLES[ent_type]
    kinds = {**ENTITIES[ent_type].fields, **SYSTEM_FIELDS}
    columns = tuple(column.name for column in table.columns)
    derived = set(DERIVED.get(ent_type, ()))
    own = {"id", "_extra", "_heads", "_conflicts", "_hidden"} | derived
    stored = tuple((name, kinds[name]) for name in columns if name not in own)
    return columns, stored, frozenset(name for name, _ in stored)


def columns_of(ent_type: str) -> tuple[str, ...]:
    """Column names of a travelling table, in the order of `entity_row`."""
    return _layout(ent_type)[0]


def entity_row(
    ent_type: str,
    ent_id: str,
    values: Mapping[str, Value],
    heads: Sequence[bytes],
    conflicts: int,
    hidden: bool,
) -> tuple[object, ...]:
    """The row of a record, in the order of `columns_of`.

    A value of an unexpected kind or of an unknown field goes to `_extra`: nothing is lost.
    """
    _, stored, known = _layout(ent_type)
    extra: dict[str, Value] = {}
    row: list[object] = [ent_id]
    get = values.get
    for name, kind in stored:
        value = get(name)
        if value is None:
            row.append(None)
        elif not fits(kind, value):
            extra[name] = value
            row.append(None)
        elif kind is Kind.SET:
            row.append(_json_encode(value).decode())
        else:
            row.append(value)
    for name in values.keys() - known:
        extra[name] = values[name]
    # `_layout` keeps the table's order: id, fields, derived, _key, _seen, _extra, …
    row[-2:-2] = _derived(ent_type, values)
    row += [_json_encode(extra).decode() if extra else None, join_ids(heads), conflicts, hidden]
    return tuple(row)


def values_of(ent_type: str, row: Mapping[str, Any]) -> dict[str, Value]:
    """The record values that a row holds: no nulls, sets as lists, extras among the others."""
    _, stored, _ = _layout(ent_type)
    values: dict[str, Value] = {}
    for name, kind in stored:
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
    found = (folded, _text(values, "household_no"), _text(values, "phone"))
    return [
        folded,
        name_sort_key(head),
        natural_key(_text(values, "household_no")),
        " ".join((*found, _text(values, "head_personal_id"))),
    ]


def _child_keys(values: Mapping[str, Value]) -> list[str]:
    name = _text(values, "full_name")
    folded = fold(name)
    parents = fold(_text(values, "father_name") + " " + _text(values, "mother_name"))
    found = (folded, parents, _text(values, "personal_id"), _text(values, "caregiver_phone"))
    return [folded, name_sort_key(name), " ".join(found)]


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
