"""Sealing a bundle: compress, encrypt, hash, sign, in this order, into one new file.

The file appears under its name only when it is whole and on the disk. Refuses to seal what its own
reader would refuse. Who receives, and what is sent, is decided by the caller.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.crypto.age import X25519Recipient
from app.crypto.certificate import Certificate, key_identifier
from app.crypto.certificate_file import parse_certificates
from app.crypto.signatures import SigningKey
from app.models.lines import SignedManifest
from app.sync.container import write_container
from app.sync.delivery import Refused
from app.sync.files import sync_folder
from app.sync.manifest import (
    FORMAT,
    MAX_MANIFEST_BYTES,
    VERSION,
    Acknowledgement,
    Kind,
    LogRange,
    Manifest,
    PayloadClaim,
    Recipient,
    Role,
    Sender,
    Totals,
    encode_manifest,
    header_line,
    written_time,
)
from app.sync.payload import PayloadWriter, fork_line, left_line, refused_line
from app.sync.stated import StatedCounts, seal_stated

_COPY_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Draft:
    """What the sender says before the payload is written. Hashes are lower-case hex.

    `prev` is the `bundle_id` of the bundle before in this line, None for number 1. `audit` is the
    head of the sender's audit chain. `not_delivered` are earlier numbers of the line under which
    nothing was handed over; `stated` are the counts that the giver states, where it states any.
    """

    kind: Kind
    replica: str
    recipients: Sequence[Recipient]
    seq: int
    prev: str | None
    log: LogRange
    acks: Sequence[Acknowledgement]
    created: datetime
    clock_suspect: bool
    app: str
    audit: str | None = None
    not_delivered: Sequence[int] = ()
    stated: StatedCounts | None = None


@dataclass(frozen=True, slots=True)
class SealedBundle:
    """A finished file. `sha256` is of the whole file, `bundle_id` of the manifest (both hex).

    `stated` are the counts it truly carries.
    """

    path: Path
    size: int
    sha256: str
    bundle_id: str
    manifest: Manifest
    stated: StatedCounts | None = None


def recipient_of(certificate: Certificate) -> Recipient:
    """The `to` entry of a verified, unrevoked station certificate. Raises ValueError for others."""
    if certificate.station is None or certificate.age is None:
        raise ValueError("an authority receives no bundles")
    return Recipient(certificate.station, str(certificate.unit), certificate.age.text, Role.TO)


def seal(
    target: Path,
    draft: Draft,
    key: SigningKey,
    certs: bytes,
    operations: Iterable[tuple[bytes, bytes]],
    totals: Callable[[], Totals],
    refused: Iterable[Refused] = (),
    forks: Iterable[SignedManifest] = (),
    left: Iterable[str] = (),
) -> SealedBundle:
    """Write the bundle `target`. `certs` is the member `certs.pem`, the sender's certificate first.

    `operations` gives (op_id of 32 bytes, line without line feed) in the order of the log; `totals`
    is asked after the last of them. Memory does not depend on their number. Raises TooLarge,
    ChainFailure (bad `certs`), OSError (disk full); nothing is left behind then.
    """
    certificate = parse_certificates(certs)
    sender = _sender(certificate.sender, key, draft)
    sealed_payload = target.with_name(target.name + ".payload.part")
    whole = target.with_name(target.name + ".part")
    try:
        with _private_file(sealed_payload) as payload:
            start = _manifest(draft, sender, certs, certificate.crl_numbers)
            keys = [X25519Recipient.from_text(r.age) for r in draft.recipients]
            writer = PayloadWriter(payload, keys)
            said = [*map(fork_line, forks), *map(left_line, left)]
            ops, ops_sha256 = _write_lines(writer, start, draft, operations, said, refused)
            manifest = _completed(start, writer.finish(), ops, ops_sha256, totals())
            stored, stated = _stored(manifest, draft, keys)
            payload.seek(0)
            with _private_file(whole) as file:
                write_container(
                    file, stored, key.sign(stored), certs, payload, manifest.payload.bytes
                )
                size, sha256 = _settle(file)
        whole.replace(target)
        sync_folder(target.parent)
    except BaseException:
        whole.unlink(missing_ok=True)
        raise
    finally:
        sealed_payload.unlink(missing_ok=True)
    return SealedBundle(target, size, sha256, hashlib.sha256(stored).hexdigest(), manifest, stated)


def _stored(
    manifest: Manifest, draft: Draft, keys: Sequence[X25519Recipient]
) -> tuple[bytes, StatedCounts | None]:
    """The manifest's bytes, and what of the stated counts there was room for."""
    bare = encode_manifest(manifest, draft.not_delivered)
    if draft.stated is None:
        return bare, None
    room = MAX_MANIFEST_BYTES - len(encode_manifest(manifest, draft.not_delivered, stated="-"))
    sealed = seal_stated(draft.stated, manifest.payload.sha256, keys, room)
    if sealed is None:
        return bare, None
    text, stated = sealed
    return encode_manifest(manifest, draft.not_delivered, text), stated


def _sender(certificate: Certificate, key: SigningKey, draft: Draft) -> Sender:
    if certificate.station is None or key_identifier(key.key.public_key()) != certificate.key_id:
        raise ValueError("the first certificate is not that of the signing station")
    return Sender(certificate.station, draft.replica, str(certificate.unit), certificate.sha256)


def _manifest(draft: Draft, sender: Sender, certs: bytes, crls: dict[str, int]) -> Manifest:
    """The manifest with everything that is known before the payload."""
    return Manifest(
        format=FORMAT,
        v=VERSION,
        min_reader=1,
        kind=draft.kind,
        sender=sender,
        recipients=tuple(draft.recipients),
        seq=draft.seq,
        prev=draft.prev,
        log=draft.log,
        ops=0,
        ops_sha256="",
        entities=Totals(0, 0),
        acks=tuple(draft.acks),
        created=written_time(draft.created),
        clock_suspect=draft.clock_suspect,
        payload=PayloadClaim(0, "", "zstd", 0, 0),
        certs_sha256=hashlib.sha256(certs).hexdigest(),
        crls=crls,
        app=draft.app,
    )


def _write_lines(
    writer: PayloadWriter,
    start: Manifest,
    draft: Draft,
    operations: Iterable[tuple[bytes, bytes]],
    said: Iterable[bytes],
    refused: Iterable[Refused],
) -> tuple[int, str]:
    """(number of operations, SHA-256 over their ids in order)."""
    writer.write_line(header_line(start))
    for line in said:
        writer.write_line(line)
    for one in refused:
        writer.write_line(refused_line(one))
    count = 0
    digest = hashlib.sha256()
    write_line, update = writer.write_line, digest.update
    for op_id, line in operations:
        update(op_id)
        write_line(line)
        count += 1
    writer.write_end(draft.audit)
    return count, digest.hexdigest()


def _completed(
    start: Manifest, payload: PayloadClaim, ops: int, ops_sha256: str, totals: Totals
) -> Manifest:
    return Manifest(
        **{
            **{name: getattr(start, name) for name in Manifest.__struct_fields__},
            "ops": ops,
            "ops_sha256": ops_sha256,
            "entities": totals,
            "payload": payload,
        }
    )


def _private_file(path: Path) -> BinaryIO:
    """A new file that only this user can read."""
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "w+b")


def _settle(file: BinaryIO) -> tuple[int, str]:
    """Bring the file to the disk; (size, SHA-256 of what can be read back)."""
    file.flush()
    os.fsync(file.fileno())
    file.seek(0)
    digest = hashlib.sha256()
    size = 0
    while block := file.read(_COPY_BLOCK):
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()
