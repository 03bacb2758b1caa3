"""What this PC believes and who it can write to: roots, authorities, revocation lists, stations.

Certificates and lists are stored as DER and read back by `app.crypto`; this module only keeps them.
The station's own private keys lie here too: the store is encrypted, and they never leave it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from app.crypto.certificate import parse_certificate
from app.models.bulk import Prepared, insert_rows
from app.models.schema import peer
from app.models.schema import station as station_table
from app.models.schema import trust as trust_table


class TrustKind(Enum):
    """What a row of the trust table is."""

    ROOT = "root"  # name: SHA-256 of the certificate
    CROSS = "cross"  # name: SHA-256; content: a root's certificate by another root
    AUTHORITY = "ca"  # name: key id
    CRL = "crl"  # name: key id of the authority; number: the list's own
    REVOKED = "revoked"  # what its newest list lacks; name: key id, serial; number: UTC seconds
    GRANTED = "granted"  # name: SHA-256 of an authority's certificate that was issued here
    ESCROW = "escrow"  # name: unit; content: age recipient
    KEY = "key"  # name: what for; content: private key
    OWN = "own"  # name: `certificate`; content: this station's certificate


@dataclass(frozen=True, slots=True)
class TrustRow:
    """One thing believed."""

    kind: TrustKind
    name: str
    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class StationRow:
    """One enrolled PC, by its certificate. `not_after` is UTC seconds."""

    station: str
    fingerprint: str
    unit: str
    age: str
    role: str
    certificate: bytes
    not_after: int
    active: bool


_OF_KIND = trust_table.c.kind == bindparam("of")
#: Asked at every opening, some of them several times.
_ROWS = Prepared(
    select(trust_table.c.name, trust_table.c.number, trust_table.c.content)
    .where(_OF_KIND)
    .order_by(trust_table.c.name)
)
_CONTENT = Prepared(
    select(trust_table.c.content).where(_OF_KIND, trust_table.c.name == bindparam("named"))
)
_OWN_CONTENTS = Prepared(
    select(trust_table.c.kind, trust_table.c.name, trust_table.c.content).where(
        or_(
            trust_table.c.kind == TrustKind.KEY.value,
            trust_table.c.kind == TrustKind.OWN.value,
        )
    )
)


def put(connection: Connection, row: TrustRow) -> None:
    """Add or replace one row."""
    insert_rows(
        connection,
        trust_table,
        ("kind", "name", "number", "content"),
        [(row.kind.value, row.name, row.number, row.content)],
        "update",
    )


def rows(connection: Connection, kind: TrustKind) -> list[TrustRow]:
    """Every row of a kind, by name."""
    found = _ROWS.rows(connection, {"of": kind.value})
    return [TrustRow(kind, *row) for row in found]


def content(connection: Connection, kind: TrustKind, name: str) -> bytes | None:
    """The content of one row, None when there is none."""
    found = _CONTENT.rows(connection, {"of": kind.value, "named": name})
    return bytes(found[0][0]) if found else None


def own_contents(connection: Connection) -> dict[tuple[TrustKind, str], bytes]:
    """This PC's private keys and its certificate, by kind and name."""
    found = _OWN_CONTENTS.rows(connection)
    return {(TrustKind(kind), name): bytes(held) for kind, name, held in found}


def drop(connection: Connection, kind: TrustKind, name: str) -> None:
    """Forget one row."""
    connection.execute(
        delete(trust_table).where(trust_table.c.kind == kind.value, trust_table.c.name == name)
    )


_STATION_COLUMNS = (
    "station",
    "fingerprint",
    "unit",
    "age",
    "role",
    "certificate",
    "not_after",
    "active",
)


def put_station(connection: Connection, row: StationRow) -> None:
    """Note an enrolled PC. A newer certificate of the same PC takes the older one's place.

    The same PC is the same station of the same unit, certified by the same authority or for the
    same key: whoever asks for a certificate chooses the station id, and must not put a neighbour's
    PC out by naming it.
    """
    held = connection.execute(
        select(
            station_table.c.fingerprint, station_table.c.certificate, station_table.c.not_after
        ).where(
            station_table.c.station == row.station,
            station_table.c.unit == row.unit,
            station_table.c.fingerprint != row.fingerprint,
        )
    ).all()
    own = parse_certificate(row.certificate)
    same = []
    for one in held:
        other = parse_certificate(one.certificate)
        if own.issuer_key_id == other.issuer_key_id or own.key_id == other.key_id:
            same.append(one)
    older = [one.fingerprint for one in same if one.not_after <= row.not_after]
    superseded = len(older) < len(same)
    connection.execute(
        update(station_table).where(station_table.c.fingerprint.in_(older)).values(active=False)
    )
    known = connection.execute(
        select(station_table.c.active).where(
            station_table.c.station == row.station,
            station_table.c.fingerprint == row.fingerprint,
        )
    ).scalar()
    if known is not None:
        return  # a PC taken out by a person stays out, whoever else names it again
    insert_rows(
        connection,
        station_table,
        _STATION_COLUMNS,
        [
            (
                row.station,
                row.fingerprint,
                row.unit,
                row.age,
                row.role,
                row.certificate,
                row.not_after,
                row.active and not superseded,
            )
        ],
    )


def take_out_station(connection: Connection, station: str, unit: str) -> None:
    """A PC that is lost, revoked or gone: nothing is sealed to it and nobody waits for it.

    `unit`: a PC of another unit that bears the same station id is another PC.
    """
    connection.execute(
        update(station_table)
        .where(station_table.c.station == station, station_table.c.unit == unit)
        .values(active=False)
    )
    connection.execute(
        update(peer).where(peer.c.station == station, peer.c.unit == unit).values(active=False)
    )


def take_out_certificate(connection: Connection, fingerprint: str) -> None:
    """One certificate of a PC counts no more; others of the PC do."""
    connection.execute(
        update(station_table).where(station_table.c.fingerprint == fingerprint).values(active=False)
    )


def take_out(connection: Connection, named: str) -> str | None:
    """Wait no more for a PC, or for one replica id of a PC; returns the unit, None for a stranger.

    A PC taken out gets no bundles either. Whoever speaks again is waited for again.
    """
    units = connection.execute(
        select(station_table.c.unit).where(station_table.c.station == named).distinct()
    ).scalars()
    found = sorted(str(unit) for unit in units)
    for one in found:
        take_out_station(connection, named, one)
    if found:
        return found[0]
    unit = connection.execute(select(peer.c.unit).where(peer.c.replica == named).limit(1)).scalar()
    if unit is not None:
        connection.execute(update(peer).where(peer.c.replica == named).values(active=False))
        return str(unit)
    return None


def put_back_station(connection: Connection, station: str, unit: str) -> None:
    """A PC that was taken out has spoken: its newest certificate counts again."""
    held = connection.execute(
        select(station_table.c.fingerprint, station_table.c.active)
        .where(station_table.c.station == station, station_table.c.unit == unit)
        .order_by(station_table.c.not_after.desc(), station_table.c.fingerprint)
    ).all()
    if held and not any(row.active for row in held):
        connection.execute(
            update(station_table)
            .where(station_table.c.fingerprint == held[0].fingerprint)
            .values(active=True)
        )


def stations(
    connection: Connection, units: Collection[str] = (), *, active_only: bool = True
) -> list[StationRow]:
    """The enrolled PCs of some units (all when empty), by unit and id."""
    statement = select(station_table).order_by(
        station_table.c.unit, station_table.c.station, station_table.c.fingerprint
    )
    if units:
        statement = statement.where(station_table.c.unit.in_(sorted(units)))
    if active_only:
        statement = statement.where(station_table.c.active)
    return [
        StationRow(
            row.station,
            row.fingerprint,
            row.unit,
            row.age,
            row.role,
            row.certificate,
            row.not_after,
            bool(row.active),
        )
        for row in connection.execute(statement)
    ]
