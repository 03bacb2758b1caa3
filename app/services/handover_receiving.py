"""Handing over, the receiver's side: verify, preview, import, receipt; a transaction a file."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from app.crypto.certificate import Certificate, ChainReason
from app.errors import KnownError
from app.i18n import error_in_short, error_text
from app.ids import UnitRef
from app.models import backup, bundles, lines
from app.models.connection import write_with_little
from app.plain_files import open_plain
from app.services import trust
from app.services.arrivals import Arrivals, arrivals_of
from app.services.arrivals_besides import Besides, besides_of
from app.services.exchange import Received, ahead_of, file_facts, read_in
from app.services.file_claims import refusal_words
from app.services.handover_people import Signers
from app.services.rights import Right
from app.services.workplace import LITTLE, Cancelled, Progress, Workplace
from app.settings import Settings
from app.sync.bundle_reader import (
    VerifiedBundle,
    examine_bundle,
    open_bundle,
    sender_certificate,
)
from app.sync.container import read_container
from app.sync.delivery import direction_of
from app.sync.files import private_copy, sync_folder, world_failed
from app.sync.manifest import parse_manifest, place_of
from app.sync.refusal import BundleRefused, Refusal

BACKUP_HOURS = 24.0
#: The reason of a file that was left when somebody stopped the work.
_LEFT_OUT = "work.cancelled"
_NOBODY = Signers()
_FOR_OTHERS = (Refusal.NOT_FOR_THIS_UNIT, Refusal.NOT_FOR_THIS_STATION)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file says of itself, verified without opening it. `ahead` and `clock_behind` as for
    what was received.
    """

    file: str
    sender: str
    station: str
    to: str
    seq: int
    created: str
    operations: int
    households: int
    children: int
    size: int
    sha256: str
    bundle_id: str
    certificate: str
    time_question: str
    already: bool
    ahead: date | None = None
    clock_behind: bool = False
    #: The line the bundle belongs to, and the piece of the sender's log that it covers.
    replica: str = ""
    log_from: int = 0
    log_to: int = 0


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file: `status` is imported, already or rejected.

    A file that is not imported changed nothing; `reason` names why a file is rejected, `message`
    says it with the next step, `short` in a few words. `seq` is the number of the bundle, None
    where it is not known. `time_question` of a preview: why a certificate is in date only if the
    suspect clock of this PC is right; taking it in asks a person.
    """

    file: str
    status: str
    reason: str = ""
    message: str = ""
    received: Received | None = None
    seq: int | None = None
    #: Of a preview: what it would bring, row by row.
    arrivals: Arrivals | None = None
    #: What it brings besides people's records.
    besides: tuple[Besides, ...] = ()
    short: str = ""
    time_question: str = ""


class Receiving:
    """Use cases of the receiver."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def inspect(self, file: Path) -> Inspection:
        """Verify a file as far as no key is needed. Raises BundleRefused, KnownError `files.…`."""
        workplace = self._workplace
        incoming = workplace.settings.incoming_path
        with private_copy(file, incoming, lambda _done, _total: None) as (copy, sha256):
            with workplace.store.read() as reading:
                base = trust.trust_of(workplace, reading)
            with examine_bundle(copy, base) as bundle:
                return self._inspection(bundle, file, copy.stat().st_size, sha256)

    def preview(self, file: Path, progress: Progress | None = None) -> FileResult:
        """What importing the file would change. Nothing is written, and no lock stays behind.

        The import itself is run and rolled back, so that preview and import cannot differ.
        """
        self._workplace.require(Right.HANDOVER)
        return self._one(file, progress or Progress(), commit=False, accept_question=True)

    def receive(
        self,
        files: Sequence[Path],
        progress: Progress | None = None,
        *,
        accept_question: bool = False,
        signers: Signers = _NOBODY,
        told: Callable[[int, FileResult], None] = lambda _at, _result: None,
    ) -> list[FileResult]:
        """Import files, each in a transaction of its own; those of one PC by their numbers.

        The results stand in the order of `files`; `told` hears each with its place among them as
        soon as it counts. Who stops the work keeps what was taken in: the files that are left are
        rejected as `work.cancelled`, also where `told` raises Cancelled. Raises Cancelled when no
        file came to its end.
        A bad file is refused whole and changes nothing but the audit trail; the others go on.
        `accept_question` answers the question a suspect clock raises about a certificate's dates;
        `signers` are the people whom the receipts name.
        """
        self._workplace.require(Right.HANDOVER)
        step = progress or Progress()
        self._backup()
        results: dict[int, FileResult] = {}
        for at in _in_order(files):
            try:
                step.heed()
                results[at] = self._one(
                    files[at], step, commit=True, accept_question=accept_question, signers=signers
                )
                # Whatever is said from here on, this file counts.
                told(at, results[at])
            except Cancelled:
                if not results:
                    raise
                break
        return [results.get(at) or left_out(file) for at, file in enumerate(files)]

    def _one(
        self,
        file: Path,
        progress: Progress,
        *,
        commit: bool,
        accept_question: bool,
        signers: Signers = _NOBODY,
    ) -> FileResult:
        try:
            return self._import(
                file, progress, commit=commit, accept_question=accept_question, signers=signers
            )
        except Cancelled:
            raise
        except KnownError as error:
            return self._refused(file, error, commit=commit)

    def as_told(self, file: Path, error: KnownError) -> KnownError:
        """What is said of a file that cannot be received."""
        return self._if_sent_from_here(error, file) or error

    def made_here(self, bundle_id: str) -> bool:
        """Whether this PC sealed a bundle."""
        with self._workplace.store.read() as reading:
            return lines.sealed_here(reading, bytes.fromhex(bundle_id))

    def _refused(self, file: Path, error: KnownError, *, commit: bool) -> FileResult:
        reason = error.refusal.value if isinstance(error, BundleRefused) else error.message_id
        told = self.as_told(file, error)
        if commit:
            try:
                if self._keep_if_revoked(error, file):
                    told = KnownError("handover.kept", "handover.kept_hint", file=file.name)
            except KnownError as not_kept:
                told = not_kept
            self._workplace.audit("bundle.refused", reason=reason)
        # Only the sentence about a cut file goes by a number, and by one whose signature holds.
        seq = error.parameters.get("seq")
        number = seq if isinstance(seq, int) else None
        words = refusal_words(told, file)
        short = error_in_short(told)
        return FileResult(file.name, "rejected", reason, words, seq=number, short=short)

    def _if_sent_from_here(self, error: KnownError, file: Path) -> KnownError | None:
        """What to say of this PC's own bundle: taken for one that came, it would be a riddle."""
        if not isinstance(error, BundleRefused) or error.refusal not in _FOR_OTHERS:
            return None
        try:
            with open_plain(file) as source:
                manifest = read_container(source, file.name).manifest
        except (OSError, BundleRefused):
            return None  # gone since; what was found before stands
        if not self.made_here(hashlib.sha256(manifest).hexdigest()):
            return None
        return KnownError(
            "handover.sent_from_here",
            "handover.sent_from_here_hint",
            file=file.name,
            unit=str(parse_manifest(manifest, file.name).receiving_unit),
        )

    def _keep_if_revoked(self, error: KnownError, file: Path) -> bool:
        """Keep a bundle that nothing is wrong with but that its sender was revoked since."""
        if not isinstance(error, BundleRefused) or error.refusal is not Refusal.SENDER_REVOKED:
            return False
        workplace = self._workplace
        incoming = workplace.settings.incoming_path
        with private_copy(file, incoming, lambda _done, _total: None) as (copy, _sha256):
            with workplace.store.read() as reading:
                own = trust.own_station(workplace, reading)
                base = trust.trust_of(workplace, reading)
            try:
                named = trust.accepting(base, sender_certificate(copy))
                with open_bundle(copy, own, named, self._in_line) as bundle:
                    bundle_id = bundle.bundle_id
            except BundleRefused:
                return False  # not good besides: refused as it is, nothing to keep
            with workplace.store.read() as reading:
                if lines.already_received(reading, bytes.fromhex(bundle_id)):
                    return False
            kept = kept_path(workplace.settings, bundle_id)
            try:
                kept.parent.mkdir(mode=0o700, exist_ok=True)
                copy.replace(kept)
                sync_folder(kept.parent)
            except OSError as failed:
                raise world_failed(failed, kept) from failed
        workplace.audit("bundle.kept", bundle=bundle_id[:16])
        return True

    def read_kept(self, file: Path, progress: Progress, *, commit: bool) -> FileResult:
        """Read in a bundle of a revoked PC that the key holder accepted by name, or show what that
        would change.

        The acceptance reaches this file and its sender's certificate, and nothing later.
        """
        self._workplace.require(Right.KEYS)
        if commit:
            self._backup()
        sender = sender_certificate(file)
        return self._import(file, progress, commit=commit, accept_question=True, accepted=sender)

    def _import(
        self,
        file: Path,
        progress: Progress,
        *,
        commit: bool,
        accept_question: bool,
        accepted: Certificate | None = None,
        signers: Signers = _NOBODY,
    ) -> FileResult:
        workplace = self._workplace
        incoming = workplace.settings.incoming_path
        with private_copy(file, incoming, progress.on_step) as (copy, sha256):
            with workplace.store.read() as reading:
                own = trust.own_station(workplace, reading)
                base = trust.accepting(trust.trust_of(workplace, reading), accepted)
            with open_bundle(copy, own, base, self._in_line) as bundle:
                question = bundle.sender.time_question
                if question is not None and not accept_question:
                    raise _clock_question(question, file)
                self._check_room(bundle)
                with workplace.write() as work:
                    if bundle.manifest.ops <= LITTLE:
                        write_with_little(work.connection)
                    if lines.already_received(work.connection, bytes.fromhex(bundle.bundle_id)):
                        return _known(bundle, file)
                    facts = replace(file_facts(bundle, copy, sha256), name=file.name)
                    received = read_in(workplace, work, bundle, facts, progress, signers)
                    if accepted is not None:
                        work.audit(
                            "bundle.revoked_accepted",
                            bundle=bundle.bundle_id[:16],
                            station=accepted.station or "",
                        )
                    # Taken in and not committed: another connection still reads what was before.
                    (taken,) = bundles.incoming(work.connection, [received.handover])
                    told = (workplace, work.connection)
                    with workplace.store.read() as before:
                        besides = besides_of(*told, before, taken)
                        arrivals = None if commit else arrivals_of(*told, before, taken.number)
                    if commit:
                        work.commit()
                workplace.fold_in_after(bundle.manifest.ops)
                return FileResult(
                    file.name,
                    "imported",
                    received=received,
                    seq=received.seq,
                    arrivals=arrivals,
                    besides=besides,
                    time_question="" if question is None else question.value,
                )

    def _in_line(self, unit: UnitRef) -> bool:
        workplace = self._workplace
        return direction_of(workplace.tree, str(unit), workplace.unit) is not None

    def _check_room(self, bundle: VerifiedBundle) -> None:
        """Free space ≥ 3 × (plain + store): the log, the rows and the write-ahead log grow."""
        workplace = self._workplace
        plain = bundle.manifest.payload.plain_bytes
        needed = 3 * (plain + workplace.settings.store_path.stat().st_size)
        if shutil.disk_usage(workplace.settings.home).free < needed:
            raise KnownError("handover.no_room", "handover.no_room_hint", megabytes=needed >> 20)

    def _backup(self) -> None:
        """An import begins with a backup when the last one is over a day old."""
        workplace = self._workplace
        backup.if_older_than(workplace.settings, workplace.dek, BACKUP_HOURS)

    def _inspection(self, bundle: VerifiedBundle, file: Path, size: int, sha256: str) -> Inspection:
        manifest = bundle.manifest
        question = bundle.sender.time_question
        with self._workplace.store.read() as reading:
            already = lines.already_received(reading, bytes.fromhex(bundle.bundle_id))
        return Inspection(
            file.name,
            manifest.sender.unit,
            manifest.sender.station,
            str(manifest.receiving_unit),
            manifest.seq,
            manifest.created,
            manifest.ops,
            manifest.entities.households,
            manifest.entities.children,
            size,
            sha256,
            bundle.bundle_id,
            bundle.sender.certificate.fingerprint,
            "" if question is None else question.value,
            already,
            *ahead_of(self._workplace, manifest.created),
            manifest.sender.replica,
            manifest.log.start,
            manifest.log.to,
        )


def is_left_out(result: FileResult) -> bool:
    """Whether a file was not taken in only because somebody stopped the work."""
    return result.reason == _LEFT_OUT


def left_out(file: Path, why: str = "handover.stopped") -> FileResult:
    """A file that was not taken in because somebody stopped the work; `why` is the sentence."""
    told = KnownError(why, f"{why}_hint", file=file.name)
    return FileResult(file.name, "rejected", _LEFT_OUT, error_text(told))


def _known(bundle: VerifiedBundle, file: Path) -> FileResult:
    manifest = bundle.manifest
    told = KnownError(
        "handover.already",
        "handover.already_hint",
        file=file.name,
        seq=manifest.seq,
        sender=manifest.sender.unit,
    )
    return FileResult(file.name, "already", message=error_text(told), seq=manifest.seq)


def _in_order(files: Sequence[Path]) -> list[int]:
    """Places in `files`, the files of each sending PC exchanged among theirs until they ascend."""
    order = list(range(len(files)))
    by_line: dict[str, list[tuple[int, int]]] = {}
    for at, file in enumerate(files):
        place = _place_of(file)
        if place is not None:
            by_line.setdefault(place[0], []).append((place[1], at))
    for held in by_line.values():
        for to, (_, at) in zip(sorted(at for _, at in held), sorted(held), strict=True):
            order[to] = at
    return order


def _place_of(file: Path) -> tuple[str, int] | None:
    try:
        with open_plain(file) as source:
            return place_of(read_container(source, file.name).manifest)
    except (OSError, BundleRefused):
        return None  # whoever imports it says what is wrong


def kept_path(settings: Settings, bundle_id: str) -> Path:
    """Where a bundle of a revoked PC is kept."""
    return settings.evidence_path / f"revoked-{bundle_id}.tebundle"


def _clock_question(question: ChainReason, file: Path) -> KnownError:
    return KnownError(
        "handover.clock_question",
        "handover.clock_question_hint",
        file=file.name,
        reason=question.value,
    )
