"""The PCs that sending waits for, and taking a dead one out.

A bundle holds everything after the lowest acknowledgement of the receiving unit's PCs. One that is
broken for good would keep every bundle as large as its last word; a person says that it is. Taking
out loses nothing: a PC that speaks again is waited for again. It is no revocation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.errors import KnownError
from app.models import trust as store_trust
from app.models.log import last_position
from app.models.queries import peers
from app.services import trust
from app.services.handover_scope import in_line
from app.services.rights import Right
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class PeerView:
    """One PC of a unit. `replica` is empty for a PC never heard of.

    `behind` is how much of this PC's log it has not acknowledged, in operations; `active` whether
    sending waits for it, `lowest` whether it is the one that the unit's bundles start from.
    """

    unit: str
    station: str
    replica: str
    behind: int
    last_heard: datetime | None
    active: bool
    lowest: bool


class Peers:
    """Use cases on the PCs at the other end."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self) -> list[PeerView]:
        """Every PC that bundles from here are or were meant for: above, below and beside. Others
        come to be known by their certificates alone, and nothing can be sent to them.
        """
        workplace = self._workplace
        with workplace.store.read() as reading:
            rows = [
                one
                for one in peers.peers(reading, workplace.store.setting(trust.STATION))
                if in_line(workplace, one.unit)
            ]
            end = last_position(reading)
        lowest: dict[str, int] = {}
        for row in rows:
            if row.active:
                lowest[row.unit] = min(row.acked, lowest.get(row.unit, row.acked))
        return [
            PeerView(
                row.unit,
                row.station,
                row.replica,
                end - row.acked,
                datetime.fromtimestamp(row.heard, tz=UTC) if row.heard else None,
                row.active,
                row.active and row.acked == lowest[row.unit],
            )
            for row in rows
        ]

    def beside(self) -> bool:
        """Whether a bundle can go to another PC of this unit: one is known here and active."""
        workplace = self._workplace
        with workplace.store.read() as reading:
            own = workplace.store.setting(trust.STATION)
            known = store_trust.stations(reading, [workplace.unit])
        return any(one.station != own for one in known)

    def take_out(self, named: str) -> str:
        """Wait no more for a PC (its station id), or for an id it gave up (a replica id).

        Returns its unit. Raises KnownError `peer.unknown`, `peer.own`.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        if named in (workplace.store.setting(trust.STATION), workplace.store.replica):
            raise KnownError("peer.own", "peer.own_hint")
        with workplace.write() as work:
            unit = store_trust.take_out(work.connection, named)
            if unit is None:
                raise KnownError("peer.unknown", "peer.unknown_hint", id=named)
            work.audit("peer.taken_out", id=named, unit=unit)
            work.commit()
        return unit
