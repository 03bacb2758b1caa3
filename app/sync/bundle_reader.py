"""Opening a bundle: what can be verified is verified before a byte is decrypted.

Order: container, certificates, signature, manifest, chain with purpose and revocation, receiving
unit, sender, recipients, hash of the whole payload, and that what the giver states is sealed to
the same; then decryption, line by line. The caller must not commit before `operations` came to its
end. Refuses whole or not at all.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from app.crypto.age import AgeError, X25519Identity, read_header
from app.crypto.certificate import Certificate, ChainFailure
from app.crypto.certificate_file import CertificateFile, parse_certificates
from app.crypto.chain import (
    Trust,
    VerifiedSender,
    crosses_of,
    root_by_fingerprint,
    signed_by,
    verify_chain,
    with_vouched_roots,
)
from app.history.operation import MalformedOperation, Operation, decode_line
from app.ids import UnitRef
from app.sync.container import Container, read_container
from app.sync.manifest import Kind, Manifest, Role, parse_manifest
from app.sync.payload import PayloadReader, Statements
from app.sync.refusal import BundleRefused, Refusal, chain_refused
from app.sync.stated import StatedCounts, open_stated, sealed_in

_HASH_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class OwnStation:
    """The PC that reads. `unit` is None until the PC is enrolled (it reads its enrol reply)."""

    station: str
    unit: UnitRef | None
    identity: X25519Identity = field(repr=False)


class VerifiedBundle:
    """A bundle that may be read in. Close it, or use it as a context manager.

    `bundle_id` (hex) names it for ever. `manifest_bytes`, `signature` and `certs` are the evidence
    to be kept. `sender.crls` are its revocation lists, to be stored on acceptance.
    """

    def __init__(
        self,
        file: BinaryIO,
        name: str,
        container: Container,
        manifest: Manifest,
        sender: VerifiedSender,
        own: OwnStation | None,
    ) -> None:
        self._file = file
        self._container = container
        self._own = own
        self._statements: Statements | None = None
        self._stated: StatedCounts | None = None
        self._looked = False
        self.name = name
        self.manifest = manifest
        self.manifest_bytes = container.manifest
        self.signature = container.signature
        self.certs = container.certs
        self.sender = sender
        self.bundle_id = hashlib.sha256(container.manifest).hexdigest()
        #: Head of the sender's audit chain; known after a complete pass over the operations.
        self.audit: str | None = None

    def statements(self) -> Statements:
        """What the sender says besides operations. Raises BundleRefused."""
        if self._statements is None:
            self._statements = self._payload().statements()
        return self._statements

    def stated(self) -> StatedCounts | None:
        """The counts that the giver states, None where it states none. Raises BundleRefused."""
        if self._own is None:
            raise ValueError("this bundle was examined, not opened")
        if not self._looked:
            manifest = self.manifest
            sealed = sealed_in(self.manifest_bytes, len(manifest.recipients), self.name)
            if sealed is not None:
                payload = manifest.payload.sha256
                self._stated = open_stated(sealed, self._own.identity, payload, self.name)
            self._looked = True
        return self._stated

    def operations(self) -> Iterator[Operation]:
        """The operations in order; each call makes a pass of its own from the start.

        Raises BundleRefused, at the latest after the last operation: age tags, line count, end
        line, number and hash of the operations are verified only at the end.
        """
        payload = self._payload()
        digest = hashlib.sha256()
        count = 0
        for line in payload.operation_lines():
            try:
                operation = decode_line(line)
            except MalformedOperation as error:
                raise BundleRefused(Refusal.BAD_OPERATION, self.name, error.rule) from error
            digest.update(operation.op_id)
            count += 1
            yield operation
        if count != self.manifest.ops:
            raise BundleRefused(Refusal.OPS_COUNT, self.name)
        if digest.hexdigest() != self.manifest.ops_sha256:
            raise BundleRefused(Refusal.OPS_HASH, self.name)
        self.audit = payload.audit

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> VerifiedBundle:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _payload(self) -> PayloadReader:
        if self._own is None:
            raise ValueError("this bundle was examined, not opened")
        window = _Window(self._file, self._container.payload_offset, self._container.payload_size)
        return PayloadReader(window, self._own.identity, self.manifest, self.name)


def examine_bundle(path: Path, trust: Trust, root_fingerprint: str | None = None) -> VerifiedBundle:
    """Verify everything that needs no key: for the sender before the stick, and for `inspect`.

    Raises BundleRefused. `root_fingerprint`: as typed from the printed sheet, for an enrol reply.
    """
    return _open(path, trust, None, lambda _unit: True, root_fingerprint)


def open_bundle(
    path: Path,
    own: OwnStation,
    trust: Trust,
    in_line: Callable[[UnitRef], bool],
    root_fingerprint: str | None = None,
) -> VerifiedBundle:
    """Verify a bundle for this station. `path` must be a private copy that nobody else changes.

    `in_line(unit)`: whether a sender of that unit stands above, below or beside. Raises
    BundleRefused; then nothing was decrypted.
    """
    return _open(path, trust, own, in_line, root_fingerprint)


def sender_certificate(path: Path) -> Certificate:
    """The certificate of whoever says to have sealed the file. Nothing of it is believed yet.

    Raises BundleRefused.
    """
    try:
        with path.open("rb") as file:
            return parse_certificates(read_container(file, path.name).certs).sender
    except OSError as error:
        raise BundleRefused(Refusal.UNREADABLE, path.name) from error
    except ChainFailure as error:
        raise chain_refused(error.reason, path.name) from error


def _open(
    path: Path,
    trust: Trust,
    own: OwnStation | None,
    in_line: Callable[[UnitRef], bool],
    root_fingerprint: str | None,
) -> VerifiedBundle:
    name = path.name
    try:
        file = path.open("rb")
    except OSError as error:
        raise BundleRefused(Refusal.UNREADABLE, name) from error
    try:
        container = read_container(file, name)
        manifest, sender = _verify_sender(container, trust, root_fingerprint, name)
        if own is not None:
            # First of all whose it is: what units beside send to theirs lies on any shared stick,
            # and is nothing to telephone about.
            _check_receiving_unit(manifest, own, name)
        _check_line(sender, in_line, name)
        if own is not None:
            _check_recipients(manifest, own, name)
        _check_payload(file, container, manifest, name)
        sealed_in(container.manifest, len(manifest.recipients), name)
    except OSError as error:
        file.close()
        raise BundleRefused(Refusal.UNREADABLE, name) from error
    except BaseException:
        file.close()
        raise
    return VerifiedBundle(file, name, container, manifest, sender, own)


def _verify_sender(
    container: Container, trust: Trust, root_fingerprint: str | None, name: str
) -> tuple[Manifest, VerifiedSender]:
    try:
        certs = parse_certificates(container.certs)
        # The signature comes before the first look into the manifest: whoever damaged the file is
        # told so, and no parser is fed bytes that nobody signed.
        if not signed_by(certs.sender, container.signature, container.manifest):
            raise BundleRefused(Refusal.BAD_SIGNATURE, name)
        manifest = parse_manifest(container.manifest, name)
        _check_certs(container, certs, manifest, name)
        base = _with_root(trust, certs, manifest, root_fingerprint, name)
        sender = verify_chain(certs, with_vouched_roots(certs, base))
    except ChainFailure as error:
        raise chain_refused(error.reason, name) from error
    return manifest, sender


def _check_certs(
    container: Container, certs: CertificateFile, manifest: Manifest, name: str
) -> None:
    station = certs.sender
    if hashlib.sha256(container.certs).hexdigest() != manifest.certs_sha256:
        raise BundleRefused(Refusal.CERTS_HASH, name)
    for field_name, claimed, certified in (
        ("cert_sha256", manifest.sender.cert_sha256, station.sha256),
        ("station", manifest.sender.station, station.station),
        ("unit", manifest.sender.unit, str(station.unit)),
    ):
        if claimed != certified:
            raise BundleRefused(Refusal.SENDER_DIFFERS, name, field_name)
    if manifest.crls != certs.crl_numbers:
        raise BundleRefused(Refusal.CRL_NUMBERS, name)
    # A root without a cross-certificate beside it is nobody's word: it belongs on the sheet.
    alone = any(one.is_root and not crosses_of(certs, one) for one in certs.certificates)
    if manifest.kind is Kind.DATA and alone:
        raise BundleRefused(Refusal.ROOT_IN_CERTS, name)


def _with_root(
    trust: Trust,
    certs: CertificateFile,
    manifest: Manifest,
    root_fingerprint: str | None,
    name: str,
) -> Trust:
    """An enrol reply brings the root; it is trusted when its typed fingerprint fits."""
    if manifest.kind is not Kind.ENROL_REPLY or root_fingerprint is None:
        return trust
    root = root_by_fingerprint(certs, root_fingerprint)
    if root is None:
        raise BundleRefused(Refusal.ROOT_FINGERPRINT, name)
    return replace(trust, roots=(root, *trust.roots))


def _check_line(sender: VerifiedSender, in_line: Callable[[UnitRef], bool], name: str) -> None:
    if not in_line(sender.unit):
        raise BundleRefused(Refusal.SENDER_NOT_IN_LINE, name, unit=str(sender.unit))


def _check_receiving_unit(manifest: Manifest, own: OwnStation, name: str) -> None:
    if own.unit is not None and manifest.receiving_unit != own.unit:
        unit = str(manifest.receiving_unit)
        raise BundleRefused(Refusal.NOT_FOR_THIS_UNIT, name, unit=unit)


def _check_recipients(manifest: Manifest, own: OwnStation, name: str) -> None:
    mine = [r for r in manifest.recipients if r.station == own.station and r.role is Role.TO]
    if not mine:
        raise BundleRefused(Refusal.NOT_FOR_THIS_STATION, name)
    if mine[0].age != own.identity.recipient.text:
        raise BundleRefused(Refusal.RECIPIENT_KEY, name)


def _check_payload(file: BinaryIO, container: Container, manifest: Manifest, name: str) -> None:
    claim = manifest.payload
    if claim.bytes != container.payload_size:
        raise BundleRefused(Refusal.PAYLOAD_SIZE, name)
    window = _Window(file, container.payload_offset, container.payload_size)
    digest = hashlib.sha256()
    while block := window.read(_HASH_BLOCK):
        digest.update(block)
    if digest.hexdigest() != claim.sha256:
        raise BundleRefused(Refusal.PAYLOAD_HASH, name)
    try:
        stanzas = read_header(_Window(file, container.payload_offset, container.payload_size))
    except AgeError as error:
        raise BundleRefused(Refusal.BAD_AGE, name, error.detail) from error
    x25519 = all(stanza.type == "X25519" for stanza in stanzas)
    if len(stanzas) != len(manifest.recipients) or not x25519:
        raise BundleRefused(Refusal.STANZAS, name)


class _Window:
    """A part of an open file, read from its start; keeps its own place."""

    def __init__(self, file: BinaryIO, offset: int, size: int) -> None:
        self._file = file
        self._place = offset
        self._end = offset + size

    def read(self, size: int, /) -> bytes:
        self._file.seek(self._place, io.SEEK_SET)
        data = self._file.read(min(size, self._end - self._place))
        self._place += len(data)
        return data
