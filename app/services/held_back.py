"""What waits from a PC that was revoked meanwhile is not let in silently.

A bundle of a revoked PC is kept and not read in (4-sync.md, "Identity"). What came from it before
and was accepted stays, for that is the word of whoever accepted it; what still waits is nobody's
word yet: it goes on waiting until a person accepts or drops it by name.
"""

from __future__ import annotations

from collections.abc import Collection

from app.crypto.certificate import Certificate
from app.crypto.certificate_file import parse_certificates
from app.history.door import Reason, State
from app.models import bundles
from app.models.queries import receiving
from app.models.queries.receiving import Judged, WaitingFrom
from app.models.work import UnitOfWork


def hold_back(work: UnitOfWork, issuer: str, serials: Collection[int]) -> int:
    """Hold back what waits from PCs whose path leads over a certificate of `issuer` (the key id of
    an authority) with one of these serial numbers; returns how many operations.

    To be called once, when the revocation becomes known: a bundle that the key holder accepts by
    name later passes the door as usual, and what waits of it is judged like any other.
    """
    connection = work.connection
    waiting = receiving.waiting_from_bundles(connection)
    evidence = bundles.certificates_of(connection, waiting)
    changes: list[Judged] = []
    for bundle, operations in waiting.items():
        path = _path(evidence[bundle])
        if any(one.issuer_key_id == issuer and one.serial in serials for one in path):
            changes += [_held(one) for one in operations]
    receiving.change_states(connection, changes)
    held = sum(one.reason is Reason.BRINGER_REVOKED for one in changes)
    if held:
        work.audit("waiting.held_back", operations=held)
    return held


def _held(one: WaitingFrom) -> Judged:
    """Where somebody else brought the operation too it waits for that one; the PCs of one unit are
    not told apart.
    """
    others = tuple(name for name in one.names if name.partition("+")[0] != one.bringer)
    reason = one.reason if others else Reason.BRINGER_REVOKED
    return Judged(one.ent_id, one.op_id, State.WAITING, reason, one.root, others or one.names)


def _path(certificates: bytes) -> list[Certificate]:
    """The sender of a bundle and the authorities above it, by the bundle's own evidence."""
    sender, *others = parse_certificates(certificates).certificates
    above = {one.key_id: one for one in others if one.is_authority}
    path = [sender]
    while (issuer := above.pop(path[-1].issuer_key_id, None)) is not None:
        path.append(issuer)
    return path
