"""The register of bundles on this PC: what came in, with the evidence, and what went out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, delete, select, update

from app.history.door import Direction
from app.history.operation import Value
from app.models.lines import FileFacts, Header
from app.models.schema import bundle_in, bundle_out, setting


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who brought what, provable later: manifest, its signature, the certificates."""

    manifest: bytes
    signature: bytes
    certificates: bytes


@dataclass(frozen=True, slots=True)
class Intake:
    """What a bundle came to, in operations."""

    operations: int
    accepted: int
    known: int
    waiting: int
    refused: int
    fork: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """Who took back what a bundle brought, when (UTC seconds) and why."""

    on: int
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class IncomingBundle:
    """One received bundle. `received` is UTC seconds."""

    number: int
    bundle_id: bytes
    replica: str
    station: str
    unit: str
    direction: str
    seq: int
    received: int
    received_by: str
    handover: str
    intake: Intake
    file: FileFacts
    undone: Undone | None = None
    #: What its giver stated inside it, as `sync/stated.py` keeps it.
    stated: bytes | None = None


@dataclass(frozen=True, slots=True)
class OutgoingBundle:
    """One sent bundle. `created` is UTC seconds; `file` the name on the stick."""

    bundle_id: bytes
    unit: str
    seq: int
    file: FileFacts
    created: int
    handover: str
    #: What was stated inside it, as `sync/stated.py` keeps it.
    stated: bytes | None = None


def certificates_of(connection: Connection, numbers: Collection[int]) -> dict[int, bytes]:
    """Number of a received bundle → the certificates that came with it, as stored."""
    rows = connection.execute(
        select(bundle_in.c.number, bundle_in.c.certificates).where(
            bundle_in.c.number.in_(sorted(numbers))
        )
    )
    return {row.number: row.certificates for row in rows}


def note_received(
    connection: Connection,
    number: int,
    header: Header,
    direction: str,
    intake: Intake,
    evidence: Evidence,
    file: FileFacts,
    *,
    handover: str,
    received: int,
    received_by: str,
    stated: bytes | None = None,
) -> None:
    """Write a bundle that was taken in, and what its giver stated in it, into the register."""
    connection.execute(
        bundle_in.insert().values(
            number=number,
            bundle_id=header.bundle_id,
            replica=header.replica,
            station=header.station,
            unit=header.unit,
            direction=direction,
            seq=header.seq,
            prev=header.prev,
            log_from=header.log_from,
            log_to=header.log_to,
            received=received,
            received_by=received_by,
            fork=intake.fork,
            file=file.name,
            bytes=file.size,
            sha256=file.sha256,
            certificate=file.certificate,
            handover=handover,
            operations=intake.operations,
            accepted=intake.accepted,
            known=intake.known,
            waiting=intake.waiting,
            refused=intake.refused,
            manifest=evidence.manifest,
            signature=evidence.signature,
            certificates=evidence.certificates,
            stated=stated,
        )
    )


def set_handover(connection: Connection, bundle_id: bytes, handover: str) -> None:
    """Say which handover a sent bundle became."""
    connection.execute(
        update(bundle_out).where(bundle_out.c.bundle_id == bundle_id).values(handover=handover)
    )


_UNFINISHED = "unfinished-sendings"


def unfinished(connection: Connection) -> list[dict[str, Value]]:
    """What was stated of each sending whose file may not have reached a stick, the oldest first."""
    found = connection.execute(
        select(setting.c.value).where(setting.c.name == _UNFINISHED)
    ).scalar()
    return [] if found is None else msgspec.json.decode(found, type=list[dict[str, Value]])


def not_delivered(connection: Connection, replica: str, unit: str) -> list[int]:
    """The numbers of a line from here under which nothing was handed over, ascending: their file
    never reached a stick, or they went to one PC that was enrolled.

    Of those that stopped on their way nobody knows: they are none of them.
    """
    open_ones = {bytes.fromhex(str(one["sent_manifest"])) for one in unfinished(connection)}
    rows = connection.execute(
        select(bundle_out.c.seq, bundle_out.c.bundle_id)
        .where(
            bundle_out.c.replica == replica,
            bundle_out.c.unit == unit,
            bundle_out.c.handover.is_(None),
        )
        .order_by(bundle_out.c.seq)
    )
    return [row.seq for row in rows if row.bundle_id not in open_ones]


def newest_manifests(connection: Connection, replicas: Collection[str]) -> dict[str, bytes]:
    """Replica → the manifest of the bundle with the highest number that came of its line."""
    found: dict[str, bytes] = {}
    for replica in sorted(replicas):
        manifest = connection.execute(
            select(bundle_in.c.manifest)
            .where(bundle_in.c.replica == replica)
            .order_by(bundle_in.c.seq.desc(), bundle_in.c.number.desc())
            .limit(1)
        ).scalar()
        if manifest is not None:
            found[replica] = manifest
    return found


def put_unfinished(connection: Connection, sendings: Sequence[Mapping[str, Value]]) -> None:
    """Put these in place of all `unfinished`."""
    connection.execute(delete(setting).where(setting.c.name == _UNFINISHED))
    if sendings:
        value = msgspec.json.encode([dict(one) for one in sendings]).decode()
        connection.execute(setting.insert().values(name=_UNFINISHED, value=value))


#: What is read of every received bundle: all but its evidence, which is far more than the rest.
_ABOUT = [
    column
    for column in bundle_in.c
    if column.name not in ("prev", "log_from", "log_to", "manifest", "signature", "certificates")
]


def incoming(connection: Connection, handovers: Collection[str] = ()) -> list[IncomingBundle]:
    """Received bundles, the newest first; only those of some handovers when named."""
    statement = select(*_ABOUT).order_by(bundle_in.c.number.desc())
    if handovers:
        statement = statement.where(bundle_in.c.handover.in_(sorted(handovers)))
    return _listed(connection, statement)


def waited_in(connection: Connection) -> list[IncomingBundle]:
    """Received bundles from below that count here and of which something waited when they came,
    the newest first.
    """
    statement = select(*_ABOUT).order_by(bundle_in.c.number.desc())
    return _listed(
        connection,
        statement.where(
            bundle_in.c.direction == Direction.BELOW.value,
            bundle_in.c.waiting > 0,
            bundle_in.c.undone.is_(None),
        ),
    )


def taken_back(connection: Connection) -> list[IncomingBundle]:
    """Received bundles from below that were taken back here, the newest first."""
    statement = select(*_ABOUT).order_by(bundle_in.c.number.desc())
    return _listed(
        connection,
        statement.where(
            bundle_in.c.direction == Direction.BELOW.value, bundle_in.c.undone.is_not(None)
        ),
    )


def _listed(connection: Connection, statement: Select[Any]) -> list[IncomingBundle]:
    return [
        IncomingBundle(
            row.number,
            row.bundle_id,
            row.replica,
            row.station,
            row.unit,
            row.direction,
            row.seq,
            row.received,
            row.received_by,
            row.handover or "",
            Intake(
                row.operations, row.accepted, row.known, row.waiting, row.refused, bool(row.fork)
            ),
            FileFacts(row.file, row.bytes, row.sha256, row.certificate),
            None
            if row.undone is None
            else Undone(row.undone, row.undone_by or "", row.undone_why or ""),
            row.stated,
        )
        for row in connection.execute(statement)
    ]


def manifests(connection: Connection, numbers: Collection[int]) -> dict[int, bytes]:
    """Received bundle → its manifest."""
    rows = connection.execute(
        select(bundle_in.c.number, bundle_in.c.manifest).where(
            bundle_in.c.number.in_(sorted(numbers))
        )
    )
    return {row.number: bytes(row.manifest) for row in rows}


def note_undone(connection: Connection, number: int, undone: Undone | None) -> None:
    """Say that what a received bundle brought was taken back, or with None that it counts again."""
    connection.execute(
        update(bundle_in)
        .where(bundle_in.c.number == number)
        .values(
            undone=None if undone is None else undone.on,
            undone_by=None if undone is None else undone.by,
            undone_why=None if undone is None else undone.why,
        )
    )


def evidence_of(connection: Connection, handover: str) -> Evidence | None:
    """What came here with the bundle of a handover from below or beside, None without one."""
    row = connection.execute(
        select(bundle_in.c.manifest, bundle_in.c.signature, bundle_in.c.certificates)
        .where(bundle_in.c.handover == handover, bundle_in.c.direction != "above")
        .limit(1)
    ).first()
    return None if row is None else Evidence(row.manifest, row.signature, row.certificates)


def manifest_of(connection: Connection, handover: str) -> bytes:
    """The manifest that came here with the bundle of a handover, from wherever; empty for none."""
    found = connection.execute(
        select(bundle_in.c.manifest).where(bundle_in.c.handover == handover).limit(1)
    ).scalar()
    return bytes(found or b"")


def stated_of(connection: Connection, handover: str) -> bytes | None:
    """What was stated inside the bundle of a handover that went out or came in here."""
    for table in (bundle_out, bundle_in):
        found = connection.execute(
            select(table.c.stated)
            .where(table.c.handover == handover, table.c.stated.is_not(None))
            .limit(1)
        ).scalar()
        if found is not None:
            return bytes(found)
    return None


def newest_manifest(connection: Connection) -> bytes:
    """The manifest of the bundle that came in last; empty before the first."""
    newest = select(bundle_in.c.manifest).order_by(bundle_in.c.number.desc()).limit(1)
    return bytes(connection.execute(newest).scalar() or b"")


def outgoing(connection: Connection) -> list[OutgoingBundle]:
    """Sent bundles, the newest first."""
    return [
        OutgoingBundle(
            row.bundle_id,
            row.unit,
            row.seq,
            FileFacts(row.file, row.bytes, row.sha256, row.certificate),
            row.created,
            row.handover or "",
            row.stated,
        )
        for row in connection.execute(
            select(bundle_out).order_by(bundle_out.c.created.desc(), bundle_out.c.seq.desc())
        )
    ]
