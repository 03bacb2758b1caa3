"""What waits from a PC that was revoked meanwhile is not let in silently.

A bundle of a revoked PC is kept and not read in (4-sync.md, "Identity"). What came from it before
and was accepted stays, for that is the word of whoever accepted it; what still waits is nobody's
word yet: it goes on waiting until a person accepts or drops it by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.crypto.certificate import Certificate
from app.crypto.certificate_file import parse_certificates
from app.history.door import Reason, State
from app.models import bundles
from app.models.queries import receiving
from app.models.queries.receiving import Judged, WaitingFrom
from app.models.store import Reading
from app.models.work import UnitOfWork

#: Key id of an authority and serial number of a certificate of it.
Serial = tuple[str, int]


def hold_back(work: UnitOfWork, issuer: str, serials: Collection[int]) -> int:
    """Hold back what waits from PCs whose path leads over a certificate of `issuer` (the key id of
    an authority) with one of these serial numbers; returns how many operations.

    To be called once, when the revocation becomes known: a bundle that the key holder accepts by
    name later passes the door as usual, and what waits of it is judged like any other.
    """
    waiting = receiving.waiting_from_bundles(work.connection)
    return _hold(work, waiting, {(issuer, serial) for serial in serials})


def hold_back_again(
    work: UnitOfWork, operations: Collection[tuple[str, bytes]], revoked: Collection[Serial]
) -> None:
    """Hold back those operations, given as (record id, operation), that come from PCs revoked by
    now: they wait once more, and lay aside when that became known.
    """
    _hold(work, receiving.from_bundles(work.connection, operations), revoked)


def must_be_let_in_by_key_holder(
    reading: Reading, operations: Collection[tuple[str, bytes]], revoked: Collection[Serial]
) -> bool:
    """Whether any of these operations, given as (record id, operation), was brought by PCs of which
    the path is revoked and by nobody else: also what was dropped or set aside since.
    """
    came = receiving.from_bundles(reading, operations)
    found = _revoked_among(reading, came, revoked)
    return any(not _others(one) for bundle in found for one in came[bundle])


def _hold(
    work: UnitOfWork, came: Mapping[int, Sequence[WaitingFrom]], revoked: Collection[Serial]
) -> int:
    found = _revoked_among(work.connection, came, revoked)
    changes = [_held(one) for bundle in found for one in came[bundle]]
    receiving.change_states(work.connection, changes)
    held = sum(one.reason is Reason.BRINGER_REVOKED for one in changes)
    if held:
        work.audit("waiting.held_back", operations=held)
    return held


def _revoked_among(
    reading: Reading, came: Mapping[int, object], revoked: Collection[Serial]
) -> list[int]:
    """Which of some bundles, by their numbers, were sent by PCs that are revoked by now."""
    evidence = bundles.certificates_of(reading, came) if came and revoked else {}
    return [
        bundle
        for bundle, certificates in evidence.items()
        if any((one.issuer_key_id, one.serial) in revoked for one in _path(certificates))
    ]


def _held(one: WaitingFrom) -> Judged:
    """Where somebody else brought the operation too it waits for that one; the PCs of one unit are
    not told apart.
    """
    others = _others(one)
    reason = one.reason if others else Reason.BRINGER_REVOKED
    return Judged(one.ent_id, one.op_id, State.WAITING, reason, one.root, others or one.names)


def _others(one: WaitingFrom) -> tuple[str, ...]:
    return tuple(name for name in one.names if name.partition("+")[0] != one.bringer)


def _path(certificates: bytes) -> list[Certificate]:
    """The sender of a bundle and the authorities above it, by the bundle's own evidence."""
    sender, *others = parse_certificates(certificates).certificates
    above = {one.key_id: one for one in others if one.is_authority}
    path = [sender]
    while (issuer := above.pop(path[-1].issuer_key_id, None)) is not None:
        path.append(issuer)
    return path
