"""The manifest: what a bundle says it holds, in clear, signed, without personal data.

The stored bytes are what is signed, so reading never re-encodes them. Only totals stand here, never
counts by category: "1" in a small commune would be a person. Rules: FORMAT.md, "Manifest".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from app.crypto.age import X25519Recipient
from app.ids import UnitRef, parse_unit
from app.sync.refusal import BundleRefused, Refusal
from app.sync.strict_json import MAX_INTEGER, Json, NotStrict, read_strict

FORMAT = "TEVN-BUNDLE"
VERSION = 1
MAX_MANIFEST_BYTES = 65_536
MAX_DEPTH = 6
MAX_LINES = 5_000_000
MAX_PLAIN_BYTES = 2 << 30
MAX_PAYLOAD_BYTES = (4 << 30) - (1 << 20)  # one file on a FAT32 stick, with room for the rest
MAX_RECIPIENTS = 32
#: How many numbers without a handover one manifest names, the newest of them.
MOST_NOT_DELIVERED = 256
_NOT_DELIVERED = "x_not_delivered"
STATED = "x_stated"

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY_ID = re.compile(r"[0-9a-f]{40}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_APP = re.compile(r"[A-Za-z0-9._+ -]{1,64}")

_encode = msgspec.json.Encoder(order="sorted").encode


class Kind(StrEnum):
    """What a bundle is for."""

    DATA = "data"
    ENROL_REPLY = "enrol-reply"


class Role(StrEnum):
    """Why somebody can open a bundle."""

    TO = "to"
    ESCROW = "escrow"


class Sender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sealed the bundle; `cert_sha256` names the first certificate of `certs.pem`."""

    station: str
    replica: str
    unit: str
    cert_sha256: str


class Recipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One who can open the bundle. For escrow, `station` is the id of the escrow record."""

    station: str
    unit: str
    age: str
    role: Role


class LogRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """Positions of the sender's log that are sent: after `start` (JSON: `from`) up to `to`."""

    start: int
    to: int


class Totals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many households and children the operations touch. Nothing finer may stand here."""

    households: int
    children: int


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`replica` of `unit` has committed bundle `seq` of the line that replica `sender` sends it."""

    unit: str
    replica: str
    sender: str
    seq: int
    manifest_sha256: str


class PayloadClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Binds the ciphertext; `plain_bytes` and `lines` count the whole plain payload."""

    bytes: int
    sha256: str
    comp: str
    plain_bytes: int
    lines: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A manifest that keeps every rule of its own; what it claims is checked by the reader."""

    format: str
    v: int
    min_reader: int
    kind: Kind
    sender: Sender
    recipients: tuple[Recipient, ...]
    seq: int
    prev: str | None
    log: LogRange
    ops: int
    ops_sha256: str
    entities: Totals
    acks: tuple[Acknowledgement, ...]
    created: str
    clock_suspect: bool
    payload: PayloadClaim
    certs_sha256: str
    crls: dict[str, int]
    app: str

    @property
    def receiving_unit(self) -> UnitRef:
        """The one unit that this bundle goes to."""
        return parse_unit(next(r.unit for r in self.recipients if r.role is Role.TO))


def encode_manifest(
    manifest: Manifest, not_delivered: Sequence[int] = (), stated: str = ""
) -> bytes:
    """Canonical JSON, keys in code point order. Raises ValueError for a manifest nobody accepts.

    `not_delivered` are earlier numbers of the line under which nothing was handed over, `stated` is
    what the giver states, sealed (`sync/stated.py`).
    """
    field = broken_rule(manifest)
    if field is not None:
        raise ValueError(f"manifest field {field} breaks its rule")
    written: dict[str, object] = msgspec.to_builtins(manifest)
    if not_delivered:
        written[_NOT_DELIVERED] = sorted(not_delivered)[-MOST_NOT_DELIVERED:]
    if stated:
        written[STATED] = stated
    data = _encode(written)
    if len(data) > MAX_MANIFEST_BYTES:
        raise ValueError("the manifest is longer than 64 KiB")
    return data


def parse_manifest(data: bytes, file: str) -> Manifest:
    """Read stored manifest bytes; `file` is the name of the bundle for the sentence.

    Raises BundleRefused: MANIFEST_JSON, MANIFEST_FIELD, NEWER_FORMAT.
    """
    try:
        read = read_strict(data, MAX_DEPTH)
    except NotStrict as error:
        raise BundleRefused(Refusal.MANIFEST_JSON, file, error.rule) from None
    if not isinstance(read, dict):
        raise BundleRefused(Refusal.MANIFEST_JSON, file, "object")
    if read.get("format") != FORMAT:
        raise BundleRefused(Refusal.MANIFEST_FIELD, file, "format")
    _check_version(read, file)
    known = {name: value for name, value in read.items() if not name.startswith("x_")}
    try:
        manifest = msgspec.convert(known, Manifest)
    except msgspec.ValidationError as error:
        raise BundleRefused(Refusal.MANIFEST_FIELD, file, _field_of(str(error))) from None
    field = broken_rule(manifest)
    if field is not None:
        raise BundleRefused(Refusal.MANIFEST_FIELD, file, field)
    return manifest


def not_delivered_in(data: bytes) -> frozenset[int]:
    """The numbers that a stored manifest says were never handed over; its sender's word, and none
    where it cannot be read. Nothing but a sentence about missing numbers goes by it.
    """
    try:
        read = read_strict(data, MAX_DEPTH)
    except NotStrict:
        return frozenset()
    said = read.get(_NOT_DELIVERED) if isinstance(read, dict) else None
    if not isinstance(said, list):
        return frozenset()
    return frozenset(one for one in said if type(one) is int and one > 0)


def header_line(manifest: Manifest) -> bytes:
    """The first line of the payload, without line feed.

    It repeats under encryption who sends what to whom, so that nobody can peel a payload off and
    sign it as his own.
    """
    rest = {
        "kind": manifest.kind,
        "prev": manifest.prev,
        "recipients": manifest.recipients,
        "sender": manifest.sender,
        "seq": manifest.seq,
    }
    return b'{"t":"h",' + _encode(rest)[1:]


def claims_of(data: bytes) -> tuple[str, int, int] | None:
    """(sender's unit, number, payload bytes) of a cut file's manifest, for a sentence only."""
    try:
        read = read_strict(data, MAX_DEPTH)
    except NotStrict:
        return None
    if not isinstance(read, dict):
        return None
    sender, payload, seq = read.get("sender"), read.get("payload"), read.get("seq")
    if not isinstance(sender, dict) or not isinstance(payload, dict) or not isinstance(seq, int):
        return None
    unit, size = sender.get("unit"), payload.get("bytes")
    if not isinstance(unit, str) or not _is_unit(unit) or not isinstance(size, int):
        return None
    return unit, seq, size


def place_of(data: bytes) -> tuple[str, int] | None:
    """(sender's replica, number) that a manifest claims, unverified: to put files into an order."""
    try:
        read = read_strict(data, MAX_DEPTH)
    except NotStrict:
        return None
    sender, seq = (read.get("sender"), read.get("seq")) if isinstance(read, dict) else (None, None)
    replica = sender.get("replica") if isinstance(sender, dict) else None
    return (replica, seq) if isinstance(replica, str) and isinstance(seq, int) else None


def broken_rule(manifest: Manifest) -> str | None:
    """The first field that breaks a rule which its type alone does not show, or None."""
    checks = {
        "format": manifest.format == FORMAT,
        "v": manifest.v == VERSION,
        "min_reader": 1 <= manifest.min_reader <= VERSION,
        "sender": _sender_ok(manifest.sender),
        "recipients": _recipients_ok(manifest.recipients),
        "seq": 1 <= manifest.seq <= MAX_INTEGER,
        "prev": _prev_ok(manifest.seq, manifest.prev),
        "log": 0 <= manifest.log.start <= manifest.log.to <= MAX_INTEGER,
        "ops": 0 <= manifest.ops <= MAX_LINES - 2,
        "ops_sha256": _is_sha256(manifest.ops_sha256),
        "entities": manifest.entities.households >= 0 and manifest.entities.children >= 0,
        "acks": _acks_ok(manifest.acks),
        "created": _time_ok(manifest.created),
        "payload": _payload_ok(manifest.payload) and manifest.payload.lines >= manifest.ops + 2,
        "certs_sha256": _is_sha256(manifest.certs_sha256),
        "crls": all(
            _KEY_ID.fullmatch(issuer) is not None and 1 <= number <= MAX_INTEGER
            for issuer, number in manifest.crls.items()
        ),
        "app": _APP.fullmatch(manifest.app) is not None,
    }
    return next((field for field, holds in checks.items() if not holds), None)


def written_time(moment: datetime) -> str:
    """UTC seconds as `created` writes them."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_version(read: dict[str, Json], file: str) -> None:
    """Before every other rule: a newer manifest may have fields that this program cannot judge."""
    for name in ("v", "min_reader"):
        value = read.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > VERSION:
            raise BundleRefused(Refusal.NEWER_FORMAT, file, name)


def _field_of(message: str) -> str:
    """The field a type error is about; a name is passed on only when it is a harmless word."""
    at = re.search(r"\$\.([a-z_0-9]+)", message)
    if at is not None:
        return at[1]
    named = re.search(r"field `([a-z_0-9]{1,32})`", message)
    return "manifest" if named is None else named[1]


def _sender_ok(sender: Sender) -> bool:
    return (
        _is_uuid(sender.station)
        and _is_uuid(sender.replica)
        and _is_unit(sender.unit)
        and _is_sha256(sender.cert_sha256)
    )


def _recipients_ok(recipients: tuple[Recipient, ...]) -> bool:
    units = {recipient.unit for recipient in recipients if recipient.role is Role.TO}
    return (
        len(recipients) <= MAX_RECIPIENTS
        and len(units) == 1
        and len({recipient.station for recipient in recipients}) == len(recipients)
        and len({recipient.age for recipient in recipients}) == len(recipients)
        and all(
            _is_uuid(recipient.station) and _is_unit(recipient.unit) and _is_age(recipient.age)
            for recipient in recipients
        )
    )


def _acks_ok(acks: tuple[Acknowledgement, ...]) -> bool:
    return all(
        _is_unit(ack.unit)
        and _is_uuid(ack.replica)
        and _is_uuid(ack.sender)
        and 1 <= ack.seq <= MAX_INTEGER
        and _is_sha256(ack.manifest_sha256)
        for ack in acks
    ) and len({(ack.replica, ack.sender) for ack in acks}) == len(acks)


def _payload_ok(payload: PayloadClaim) -> bool:
    return (
        1 <= payload.bytes <= MAX_PAYLOAD_BYTES
        and _is_sha256(payload.sha256)
        and payload.comp == "zstd"
        and 1 <= payload.plain_bytes <= MAX_PLAIN_BYTES
        and 2 <= payload.lines <= MAX_LINES
    )


def _prev_ok(seq: int, prev: str | None) -> bool:
    return prev is None if seq == 1 else prev is not None and _is_sha256(prev)


def _time_ok(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _is_sha256(text: str) -> bool:
    return _SHA256.fullmatch(text) is not None


def _is_unit(text: str) -> bool:
    try:
        parse_unit(text)
    except ValueError:
        return False
    return True


def _is_age(text: str) -> bool:
    try:
        X25519Recipient.from_text(text)
    except ValueError:
        return False
    return True
