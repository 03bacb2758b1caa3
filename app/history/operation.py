"""An operation: one immutable save, named by the hash of its content.

This module knows the bytes and refuses every second spelling of them (FORMAT.md, "Operations").
It knows nothing of who may write what: that is the door's.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

import msgspec

from app.errors import KnownError

Value = str | int | bool | list[str] | None
Body = Mapping[str, Value]

MAX_PARENTS = 64
MAX_TEXT_BYTES = 16 * 1024
#: A template or code list travels as the one text `content` of a reference record.
MAX_CONTENT_BYTES = 512 * 1024
MAX_INTEGER = 2**53
MAX_AUTHOR = 200
ID_BYTES = 32
SALT_BYTES = 16
#: A line of a payload; an operation that needs more is refused where it would be made.
MAX_LINE_BYTES = 1024 * 1024
#: More than everything of a line but its body can take: 64 parents, a signature, the author.
_HEAD_BYTES = 8 * 1024
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX16 = re.compile(r"[0-9a-f]{32}")
_HEX32 = re.compile(r"[0-9a-f]{64}")
#: A DER signature over P-256 is at most 72 bytes long.
_HEX_DER = re.compile(r"(?:[0-9a-f]{2}){8,72}")
_NAME = re.compile(r"_?[a-z][a-z0-9_]{0,62}")
#: An owner value besides CODE@EDITION is judged by the door; here only the written form is bounded.
_UNIT = re.compile(r"(?:[0-9]{2}|[0-9]{3}|[0-9]{5})@[0-9]{4}[a-z]?")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode_body = msgspec.json.Decoder(dict[str, str | int | bool | list[str] | None]).decode
_Bounded = Annotated[int, msgspec.Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]
_decode_bounded = msgspec.json.Decoder(dict[str, str | _Bounded | bool | list[str] | None]).decode


class MalformedOperation(KnownError):
    """The bytes are not the one spelling of an operation. `rule` names what they break."""

    def __init__(self, rule: str) -> None:
        super().__init__("bundle.malformed_operation", "bundle.ask_again", rule=rule)
        self.rule = rule


class ReferenceSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A province's signature over an `op_id`: `c` certificate SHA-256 (hex), `s` DER (hex)."""

    c: str
    s: str


class Operation(msgspec.Struct, frozen=True, gc=False):
    """One save of one record.

    `op_id`, `body_hash` and each of `parents` are 32 bytes, `salt` is 16; `parents` are sorted.
    `body_json` is the canonical JSON of `body`. When the body was erased by law there is no `salt`,
    and `body` is what the erasure leaves of it; both are None as long as no erasure is known.
    `wall` is UTC seconds by the writer's clock, for people only.
    """

    op_id: bytes
    ent_type: str
    ent_id: str
    parents: tuple[bytes, ...]
    body_json: str | None
    body: Body | None
    salt: bytes | None
    body_hash: bytes
    unit: str
    by: str
    replica: str
    author: str
    wall: int
    signature: ReferenceSignature | None = None


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The line of a payload. Fields stand in code point order, as the canonical form wants."""

    a: str
    b: msgspec.Raw | msgspec.UnsetType
    e: str
    g: ReferenceSignature | msgspec.UnsetType
    h: str | msgspec.UnsetType
    i: str
    p: list[str]
    r: str
    s: str | msgspec.UnsetType
    t: str
    u: str
    w: int
    y: str


class _LineIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """The line as it is read: the body with it, so that the text is gone through once."""

    a: str
    b: dict[str, str | _Bounded | bool | list[str] | None] | msgspec.UnsetType = msgspec.UNSET
    e: str
    g: ReferenceSignature | msgspec.UnsetType = msgspec.UNSET
    h: str | msgspec.UnsetType = msgspec.UNSET
    i: str
    p: list[str]
    r: str
    s: str | msgspec.UnsetType = msgspec.UNSET
    t: str
    u: str
    w: int
    y: str


class _BodyIn(msgspec.Struct, frozen=True):
    """A line of which only the body matters."""

    b: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_decode_line = msgspec.json.Decoder(_LineIn).decode
_decode_only_body = msgspec.json.Decoder(_BodyIn).decode


def canonical(value: object) -> bytes:
    """Canonical JSON: UTF-8, no spaces, keys sorted by code point.

    The caller answers for NFC and for the absence of floating numbers; `check_body` does both.
    """
    return _encode(value)


def check_body(body: Body) -> None:
    """Raise MalformedOperation unless every name and value may stand in an operation."""
    for name, value in body.items():
        if name not in _names_seen:
            _check_name(name)
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, str):
            _check_text(value, MAX_CONTENT_BYTES if name == "content" else MAX_TEXT_BYTES)
        elif isinstance(value, int):
            if not -MAX_INTEGER <= value <= MAX_INTEGER:
                raise MalformedOperation("integer-range")
        elif isinstance(value, list):
            _check_set(value)
        else:
            raise MalformedOperation("value-kind")


def _check_raw(body: Body, raw: bytes, text: str) -> None:
    """`check_body` for a body whose JSON is at hand: the texts are judged in one sweep.

    A control character is an escape in JSON, so a body without a backslash holds none, and a quote
    never takes part in a composition, so the whole is NFC when and only when each part is. The
    decoder has judged the integers.
    """
    if len(raw) > MAX_TEXT_BYTES or b"\\" in raw or b"\x7f" in raw:
        check_body(body)
        return
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise MalformedOperation("not-nfc")
    if not _names_seen.issuperset(body):
        for name in body:
            _check_name(name)
    if b"[" in raw:
        for value in body.values():
            if isinstance(value, list):
                _check_set(value)


#: Names that passed the pattern; bounded, because a hostile file could bring a million names.
_names_seen: set[str] = set()


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise MalformedOperation("field-name")
    if len(_names_seen) < 10_000:
        _names_seen.add(name)


def _check_text(value: str, limit: int = MAX_TEXT_BYTES) -> None:
    if len(value) > limit // 4 and len(value.encode()) > limit:
        raise MalformedOperation("text-length")
    if not value.isprintable() and _CONTROL.search(value):
        raise MalformedOperation("control-character")
    if not value.isascii() and not unicodedata.is_normalized("NFC", value):
        raise MalformedOperation("not-nfc")


def _check_set(value: list[str]) -> None:
    for item in value:
        if not isinstance(item, str):
            raise MalformedOperation("value-kind")
        _check_text(item)
    if any(a >= b for a, b in pairwise(value)):
        raise MalformedOperation("set-order")


def _check_head(
    ent_type: str, ent_id: str, unit: str, by: str, replica: str, author: str, wall: int
) -> None:
    """What stands around the body: the writer makes nothing that a reader would not take."""
    if not _UUID.fullmatch(ent_id) or not -MAX_INTEGER <= wall <= MAX_INTEGER:
        raise MalformedOperation("line-value")
    origin = (ent_type, unit, by, replica, author)
    if origin not in _origins_seen:
        _check_origin(*origin)
        if len(_origins_seen) < 10_000:
            _origins_seen.add(origin)


#: Origins that passed; a file holds a few of them a hundred thousand times.
_origins_seen: set[tuple[str, str, str, str, str]] = set()


def _check_origin(ent_type: str, unit: str, by: str, replica: str, author: str) -> None:
    if not _UUID.fullmatch(replica):
        raise MalformedOperation("line-value")
    if not _NAME.fullmatch(ent_type) or not _UNIT.fullmatch(unit) or not _UNIT.fullmatch(by):
        raise MalformedOperation("line-value")
    if len(author) > MAX_AUTHOR:
        raise MalformedOperation("line-value")
    _check_text(author)


def body_hash(salt: bytes, body_json: bytes) -> bytes:
    """SHA-256(salt ‖ canonical body): a body can be erased by law while the id stays."""
    return hashlib.sha256(salt + body_json).digest()


def operation_id(
    ent_type: str,
    ent_id: str,
    parents: Sequence[str],
    hash_of_body: bytes,
    unit: str,
    by: str,
    replica: str,
    author: str,
    wall: int,
) -> bytes:
    """The 32-byte name of an operation: SHA-256 of its canonical content; `parents` are hex."""
    hashed = hash_of_body.hex()
    content = ("TEVN-OP", 1, ent_type, ent_id, parents, hashed, unit, by, replica, author, wall)
    return hashlib.sha256(_encode(content)).digest()


def make_operation(
    *,
    ent_type: str,
    ent_id: str,
    parents: Iterable[bytes],
    body: Body,
    salt: bytes,
    unit: str,
    by: str,
    replica: str,
    author: str,
    wall: int,
) -> Operation:
    """Put an operation together; raises MalformedOperation for what no reader would accept."""
    encoded, read = _spelled(body)
    ordered = tuple(sorted(set(parents)))
    if len(ordered) > MAX_PARENTS:
        raise MalformedOperation("too-many-parents")
    if len(salt) != SALT_BYTES or any(len(parent) != ID_BYTES for parent in ordered):
        raise MalformedOperation("line-value")
    _check_head(ent_type, ent_id, unit, by, replica, author, wall)
    if len(encoded) > MAX_LINE_BYTES - _HEAD_BYTES:
        raise MalformedOperation("line-length")
    hashed, named = body_hash(salt, encoded), [parent.hex() for parent in ordered]
    return Operation(
        operation_id(ent_type, ent_id, named, hashed, unit, by, replica, author, wall),
        ent_type,
        ent_id,
        ordered,
        encoded.decode(),
        read,
        salt,
        hashed,
        unit,
        by,
        replica,
        author,
        wall,
    )


#: The exact types of the values of nearly every body.
_PLAIN = frozenset((str, int, bool, list, type(None)))


def _spelled(body: Body) -> tuple[bytes, Body]:
    """The canonical JSON of a body and what a reader makes of it; judged as `check_body` does."""
    plain = _PLAIN.issuperset(map(type, body.values()))
    if not plain:
        # The encoder would turn dates, bytes and even not-a-number into something it knows.
        check_body(body)
    encoded = _encode(body)
    try:
        read = _decode_bounded(encoded)
    except msgspec.DecodeError:
        check_body(body)
        raise
    if plain:
        # The sets are those given, not those read: what stands in them is judged, too.
        _check_raw(body, encoded, encoded.decode())
    return encoded, read


def decode_body(body_json: str | bytes) -> dict[str, Value]:
    """The body of a stored operation. The store holds only what `check_body` let through."""
    return _decode_body(body_json)


def encode_line(operation: Operation) -> bytes:
    """The line of this operation in a payload, without the line feed."""
    erased = operation.salt is None or operation.body_json is None
    return _encode(
        _Line(
            a=operation.author,
            b=msgspec.UNSET if erased else msgspec.Raw(operation.body_json or ""),
            e=operation.ent_type,
            g=operation.signature or msgspec.UNSET,
            h=operation.body_hash.hex() if erased else msgspec.UNSET,
            i=operation.ent_id,
            p=[parent.hex() for parent in operation.parents],
            r=operation.replica,
            s=msgspec.UNSET if erased or operation.salt is None else operation.salt.hex(),
            t="op",
            u=operation.unit,
            w=operation.wall,
            y=operation.by,
        )
    )


def decode_line(line: bytes) -> Operation:
    """Read a line of a payload. Raises MalformedOperation unless it is spelled the one way."""
    if len(line) > MAX_LINE_BYTES:
        raise MalformedOperation("line-length")
    try:
        read = _decode_line(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _why_not(line) from None
    if read.t != "op":
        raise MalformedOperation("line-value")
    _check_head(read.e, read.i, read.u, read.y, read.r, read.a, read.w)
    if read.g is not msgspec.UNSET and not (
        _HEX32.fullmatch(read.g.c) and _HEX_DER.fullmatch(read.g.s)
    ):
        raise MalformedOperation("line-value")
    if _encode(read) != line:
        raise MalformedOperation("not-canonical")
    body_json, salt, hashed = _body_of(read, line)
    return Operation(
        operation_id(read.e, read.i, read.p, hashed, read.u, read.y, read.r, read.a, read.w),
        read.e,
        read.i,
        _parents_of(read.p) if read.p else (),
        body_json,
        None if read.b is msgspec.UNSET else read.b,
        salt,
        hashed,
        read.u,
        read.y,
        read.r,
        read.a,
        read.w,
        None if read.g is msgspec.UNSET else read.g,
    )


def _why_not(line: bytes) -> MalformedOperation:
    """The rule that a line breaks which the decoder did not take."""
    try:
        body = _decode_only_body(line).b
        if body is not msgspec.UNSET:
            check_body(_decode_body(body))
    except MalformedOperation as found:
        return found
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return MalformedOperation("line-json")
    return MalformedOperation("line-json")


def _parents_of(parents: list[str]) -> tuple[bytes, ...]:
    if len(parents) > MAX_PARENTS:
        raise MalformedOperation("too-many-parents")
    if not all(_HEX32.fullmatch(parent) for parent in parents):
        raise MalformedOperation("line-value")
    if any(a >= b for a, b in pairwise(parents)):
        raise MalformedOperation("set-order")
    return tuple(bytes.fromhex(parent) for parent in parents)


def _body_of(read: _LineIn, line: bytes) -> tuple[str | None, bytes | None, bytes]:
    """(canonical JSON of the body, salt, hash) of a line that is spelled the one way."""
    if read.b is msgspec.UNSET:
        if read.s is not msgspec.UNSET or read.h is msgspec.UNSET or not _HEX32.fullmatch(read.h):
            raise MalformedOperation("line-value")
        return None, None, bytes.fromhex(read.h)
    if read.s is msgspec.UNSET or read.h is not msgspec.UNSET or not _HEX16.fullmatch(read.s):
        raise MalformedOperation("line-value")
    # A quote in a text is an escape, so neither mark can stand in the author before the body or in
    # what follows it.
    raw = line[line.index(b'"b":{') + 4 : line.rindex(b'},"e":"') + 1]
    text = raw.decode()
    _check_raw(read.b, raw, text)
    salt = bytes.fromhex(read.s)
    return text, salt, body_hash(salt, raw)
