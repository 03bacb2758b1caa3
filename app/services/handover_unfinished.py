"""Sendings that were sealed and numbered and of which nobody knows whether they reached a stick.

A sending is written into the register of handovers only after its file was read back under its
final name. A power cut before that leaves it here. Whoever has the stick can finish it: the file
proves itself by its hash. Or it is dropped: its number stays used, its content goes with the next.
Where the receiver acknowledges it, or a receipt comes, it took place and finishes by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import KnownError
from app.history.operation import Value
from app.ids import derived_id
from app.models import bundles
from app.models.queries import register
from app.models.queries.sending import Acknowledgement
from app.models.work import Change, UnitOfWork
from app.plain_files import open_plain
from app.services.handover_values import TIERS
from app.services.rights import Right
from app.services.workplace import Workplace
from app.sync.files import sha256_of, world_failed

#: The giver's half of a handover, as `sent_…` values of the record.
Stated = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class UnfinishedSending:
    """A sending that stopped on its way. `handover` is the id it gets when it is finished."""

    handover: str
    to: str
    seq: int
    file: str
    sealed_on: str


class Unfinished:
    """Use cases on sendings that stopped on their way."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self) -> list[UnfinishedSending]:
        """Every sending that is neither finished nor dropped, the oldest first."""
        with self._workplace.store.read() as reading:
            found = bundles.unfinished(reading)
        return [
            UnfinishedSending(
                self._handover(one),
                str(one["sent_to"]),
                int(str(one["sent_seq"])),
                str(one["sent_file"]),
                str(one["sent_on"]),
            )
            for one in found
        ]

    def finish(self, handover: str, folder: Path) -> None:
        """The file lies whole in `folder`: the sending took place.

        Raises KnownError `handover.not_unfinished`, `handover.not_on_stick`, `files.…`.
        """
        self._workplace.require(Right.HANDOVER)
        with self._workplace.write() as work:
            stated = self._one(work, handover)
            file = folder / str(stated["sent_file"])
            try:
                whole = lies_whole(stated, folder)
            except OSError as error:
                raise world_failed(error, file) from error
            if not whole:
                raise KnownError(
                    "handover.not_on_stick", "handover.not_on_stick_hint", file=file.name
                )
            note_sent(self._workplace, work, stated)
            work.commit()

    def drop(self, handover: str) -> None:
        """Nobody has the file; its number stays used. Raises KnownError as `finish`."""
        self._workplace.require(Right.HANDOVER)
        with self._workplace.write() as work:
            forget(work, self._one(work, handover))
            work.commit()

    def _one(self, work: UnitOfWork, handover: str) -> Stated:
        for one in bundles.unfinished(work.connection):
            if self._handover(one) == handover:
                return one
        raise KnownError("handover.not_unfinished", "handover.not_unfinished_hint", id=handover)

    def _handover(self, stated: Stated) -> str:
        return derived_id(self._workplace.unit, str(stated["sent_manifest"]))


def begin(work: UnitOfWork, stated: Stated) -> None:
    """Note a sending before its file leaves the internal disk."""
    bundles.put_unfinished(work.connection, [*bundles.unfinished(work.connection), stated])


def forget(work: UnitOfWork, stated: Stated) -> None:
    """The sending came to nothing: only its number stays."""
    _take_out(work, stated)
    work.audit("handover.dropped", bundle=str(stated["sent_manifest"])[:16])


def note_sent(workplace: Workplace, work: UnitOfWork, stated: Stated) -> None:
    """The file was read back under its name: write the giver's half, which travels with the next.

    The id follows from the bundle's, so that both ends write on one record.
    """
    bundle_id = str(stated["sent_manifest"])
    _take_out(work, stated)
    work.record(Change("handover", dict(stated), key=bundle_id))
    handover = derived_id(workplace.unit, bundle_id)
    bundles.set_handover(work.connection, bytes.fromhex(bundle_id), handover)
    work.audit("handover.sent", handover=handover, to=str(stated["sent_to"]))


def finish_arrived(
    workplace: Workplace, work: UnitOfWork, giver: str, acknowledgements: Sequence[Acknowledgement]
) -> None:
    """The sendings that a bundle of unit `giver`, just taken in, shows to have arrived: the unit
    they went to acknowledges that very bundle, or a receipt for it has come. Whoever has the file
    need not be asked for the stick.
    """
    heard = {one.bundle_id.hex() for one in acknowledgements if one.unit == giver}
    for stated in bundles.unfinished(work.connection):
        bundle_id = str(stated["sent_manifest"])
        acknowledged = bundle_id in heard and stated["sent_to"] == giver
        if acknowledged or _is_receipted(work, derived_id(workplace.unit, bundle_id), bundle_id):
            note_sent(workplace, work, stated)


def _is_receipted(work: UnitOfWork, handover: str, bundle_id: str) -> bool:
    found = register.record(work.connection, "handover", handover)
    said = {} if found is None else found.values
    return any(said.get(f"received_{tier}_manifest") == bundle_id for tier in TIERS)


def lies_whole(stated: Stated, folder: Path) -> bool:
    """Whether the very file lies under its name in `folder`. Raises OSError."""
    try:
        with open_plain(folder / str(stated["sent_file"])) as file:
            return sha256_of(file) == stated["sent_sha256"]
    except (FileNotFoundError, NotADirectoryError):
        return False


def _take_out(work: UnitOfWork, stated: Stated) -> None:
    bundles.put_unfinished(
        work.connection,
        [
            one
            for one in bundles.unfinished(work.connection)
            if one["sent_manifest"] != stated["sent_manifest"]
        ],
    )
