"""Whom a unit's cursor waits for: its PCs, how far each has this log, when it was last heard."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.models.schema import bundle_in, peer, station


@dataclass(frozen=True, slots=True)
class PeerRow:
    """One PC of a unit under one replica id; `replica` is empty for a PC never heard of.

    `acked` is a position of this log, `heard` UTC seconds of its newest bundle (0 for none).
    `active`: the cursor waits for it.
    """

    unit: str
    station: str
    replica: str
    acked: int
    heard: int
    active: bool


def peers(connection: Connection, this_station: str) -> list[PeerRow]:
    """Every PC that bundles from here are or were meant for, by unit, PC and replica."""
    heard = {
        row.replica: int(row.received)
        for row in connection.execute(
            select(bundle_in.c.replica, func.max(bundle_in.c.received).label("received")).group_by(
                bundle_in.c.replica
            )
        )
    }
    found = [
        PeerRow(
            row.unit, row.station, row.replica, row.acked, heard.get(row.replica, 0), row.active
        )
        for row in connection.execute(select(peer))
    ]
    known = {(row.unit, row.station) for row in found if row.active}
    certified: dict[tuple[str, str], bool] = {}
    for row in connection.execute(select(station.c.unit, station.c.station, station.c.active)):
        pc = (row.unit, row.station)
        certified[pc] = certified.get(pc, False) or bool(row.active)
    ever = {(row.unit, row.station) for row in found}
    for pc, active in certified.items():
        if pc[1] != this_station and pc not in (known if active else ever):
            found.append(PeerRow(*pc, "", 0, 0, active))
    return sorted(found, key=lambda row: (row.unit, row.station, row.replica))


def given_up(connection: Connection) -> frozenset[str]:
    """The replica ids that nobody waits for any more: their PC writes under another one since a
    restore or a copy, or was taken out. Under none of them anything is sent again.
    """
    heard: dict[str, bool] = {}
    for row in connection.execute(select(peer.c.replica, peer.c.active)):
        heard[row.replica] = heard.get(row.replica, False) or bool(row.active)
    return frozenset(replica for replica, active in heard.items() if not active)
