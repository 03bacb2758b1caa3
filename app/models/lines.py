"""Delivery lines: which bundle of which replica came and went, and what was acknowledged.

A line runs from a sending replica to a receiving unit and is numbered 1, 2, 3, … An acknowledgement
is transport only and never a receipt. Lost, late and doubled bundles change how much is sent next,
never what the records are (4-sync.md, "Receiving").
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from app.models.bulk import insert_rows
from app.models.queries.sending import Acknowledgement
from app.models.schema import bundle_in, bundle_out, line_in, peer, refused_above

#: How many forked lines of a unit are shown in one bundle, and by how many bundles each.
MOST_FORKS, MOST_PROOFS = 4, 8


class Continuity(Enum):
    """How a bundle fits its line."""

    NORMAL = "normal"
    GAP = "gap"  # it starts beyond what is here: something in between has not come
    LATE = "late"  # an older one, not seen before
    FORK = "fork"  # two histories under one replica id: a copied disk or a restored image


class Numbers(NamedTuple):
    """The numbers of a line from `first` to `last`; none where that lies before `first`."""

    first: int = 1
    last: int = 0

    def __bool__(self) -> bool:
        return self.first <= self.last


NO_NUMBERS = Numbers()


@dataclass(frozen=True, slots=True)
class Header:
    """What a bundle says of itself that matters to its line. Ids are 32 bytes."""

    bundle_id: bytes
    replica: str
    station: str
    unit: str
    seq: int
    prev: bytes | None
    log_from: int
    log_to: int


def already_received(connection: Connection, bundle_id: bytes) -> bool:
    """Whether this very bundle was imported here."""
    found = select(bundle_in.c.number).where(bundle_in.c.bundle_id == bundle_id)
    return connection.execute(found).first() is not None


def home_of(connection: Connection, replica: str) -> tuple[str, str] | None:
    """(PC, unit) that a replica was first heard from, None for a replica not heard of."""
    row = connection.execute(
        select(bundle_in.c.station, bundle_in.c.unit)
        .where(bundle_in.c.replica == replica)
        .order_by(bundle_in.c.number)
        .limit(1)
    ).first()
    return None if row is None else (row.station, row.unit)


def unit_of_station(connection: Connection, station: str) -> str | None:
    """The unit that a PC was first heard from, None for a PC not heard of."""
    return connection.execute(
        select(bundle_in.c.unit)
        .where(bundle_in.c.station == station)
        .order_by(bundle_in.c.number)
        .limit(1)
    ).scalar()


def sent_up_to(connection: Connection, unit: str) -> int:
    """The last position of this log that any bundle to a unit covered; 0 before the first."""
    newest = select(func.max(bundle_out.c.log_to)).where(bundle_out.c.unit == unit)
    return int(connection.execute(newest).scalar() or 0)


def next_bundle_number(connection: Connection) -> int:
    """The number the next imported bundle gets here."""
    newest = connection.execute(select(func.max(bundle_in.c.number))).scalar()
    return 1 if newest is None else int(newest) + 1


def continuity(connection: Connection, header: Header) -> Continuity:
    """How the bundle fits what came of its line before."""
    rows = connection.execute(
        select(bundle_in.c.seq, bundle_in.c.bundle_id, bundle_in.c.prev).where(
            bundle_in.c.replica == header.replica
        )
    ).all()
    by_seq = {row.seq: row for row in rows}
    same, before, after = (by_seq.get(header.seq + step) for step in (0, -1, 1))
    if same is not None and same.bundle_id != header.bundle_id:
        return Continuity.FORK
    if before is not None and before.bundle_id != header.prev:
        return Continuity.FORK
    if after is not None and after.prev != header.bundle_id:
        return Continuity.FORK
    newest = max(by_seq, default=0)
    if header.seq <= newest:
        return Continuity.LATE
    # A number may be missing and nothing with it: bundles are cumulative, and an enrol reply to
    # another PC takes a number of the unit's line.
    have = connection.execute(
        select(line_in.c.have).where(line_in.c.replica == header.replica)
    ).scalar()
    return Continuity.GAP if header.log_from > (have or 0) else Continuity.NORMAL


def missing_before(connection: Connection, header: Header) -> Numbers:
    """The numbers of the line between the bundle and the last one here that came before it."""
    before = connection.execute(
        select(func.max(bundle_in.c.seq)).where(
            bundle_in.c.replica == header.replica, bundle_in.c.seq < header.seq
        )
    ).scalar()
    return Numbers(int(before or 0) + 1, header.seq - 1)


def numbers_of(connection: Connection, replicas: Collection[str]) -> dict[str, list[int]]:
    """Replica → the numbers of its bundles that are here, ascending."""
    found: dict[str, list[int]] = {}
    rows = connection.execute(
        select(bundle_in.c.replica, bundle_in.c.seq)
        .where(bundle_in.c.replica.in_(sorted(replicas)))
        .order_by(bundle_in.c.seq)
    )
    for row in rows:
        found.setdefault(row.replica, []).append(row.seq)
    return found


def known_of(connection: Connection, replicas: Collection[str]) -> dict[str, int]:
    """Replica → how far its log is here without a gap; replicas never heard of are left out."""
    rows = connection.execute(
        select(line_in.c.replica, line_in.c.have).where(line_in.c.replica.in_(sorted(replicas)))
    )
    return {row.replica: int(row.have) for row in rows}


def is_newest(connection: Connection, header: Header) -> bool:
    """Whether no bundle with a greater number came of its line before."""
    newest = select(line_in.c.newest_seq).where(line_in.c.replica == header.replica)
    return header.seq >= (connection.execute(newest).scalar() or 0)


def note_line(connection: Connection, header: Header, fits: Continuity) -> bool:
    """Take a bundle into its line; returns whether it is the newest of the line.

    `have` grows only without a gap: a bundle that starts beyond it is imported but not
    acknowledged, so the sender sends the missing part again.
    """
    line = connection.execute(select(line_in).where(line_in.c.replica == header.replica)).first()
    have, newest, ack_seq, ack_bundle, forked = 0, 0, 0, None, False
    if line is not None:
        have, newest, ack_seq = line.have, line.newest_seq, line.ack_seq
        ack_bundle, forked = line.ack_bundle, line.forked
    is_newest = header.seq >= newest
    if fits is Continuity.FORK:
        # Until the copy has taken an id of its own the lower statement holds.
        forked = True
        have = min(have, header.log_from)
    elif header.log_from <= have and header.log_to >= have:
        have = header.log_to
    if header.log_from <= have and header.seq >= ack_seq and not forked:
        ack_seq, ack_bundle = header.seq, header.bundle_id
    insert_rows(
        connection,
        line_in,
        ("replica", "unit", "have", "newest_seq", "ack_seq", "ack_bundle", "forked"),
        [
            (
                header.replica,
                header.unit,
                have,
                max(newest, header.seq),
                ack_seq,
                ack_bundle,
                forked,
            )
        ],
        "update",
    )
    return is_newest


def acknowledged_in(
    connection: Connection, header: Header, acknowledgements: Sequence[Acknowledgement], mine: str
) -> int:
    """How far the sender of a bundle says to have the line from `mine`: a position of this log."""
    said = 0
    for one in acknowledgements:
        if one.sender == mine and one.unit == header.unit and one.replica == header.replica:
            sent = connection.execute(
                select(bundle_out.c.log_to).where(
                    bundle_out.c.replica == mine,
                    bundle_out.c.unit == header.unit,
                    bundle_out.c.seq == one.seq,
                    bundle_out.c.bundle_id == one.bundle_id,
                )
            ).scalar()
            said = max(said, int(sent)) if sent is not None else said
    return said


def take_acknowledgements(
    connection: Connection,
    header: Header,
    acknowledgements: Sequence[Acknowledgement],
    *,
    mine: str,
    is_newest: bool,
    left: Collection[str] = (),
) -> None:
    """Move the cursor of the sending replica by what it says it has of the line from `mine`.

    Only a statement about a bundle that was really sent counts; only the newest number raises the
    cursor, any bundle not seen before may lower it (which costs bytes, never data). Whoever speaks
    is waited for, also after a person took it out. `left` are the ids the sender gave up: on the
    first word under its new id, and only then, nobody waits for these any more. A copy that still
    uses one of them speaks for itself.
    """
    said = acknowledged_in(connection, header, acknowledgements, mine)
    row = connection.execute(
        select(peer).where(peer.c.replica == header.replica, peer.c.unit == header.unit)
    ).first()
    if row is None:
        acked, active = said, True
        gone = set(left) - {header.replica}
        connection.execute(
            update(peer)
            .where(peer.c.replica.in_(gone), peer.c.station == header.station)
            .values(active=False)
        )
    else:
        acked = said if is_newest else min(said, row.acked)
        active = row.active or is_newest
    insert_rows(
        connection,
        peer,
        ("replica", "unit", "station", "acked", "active"),
        [(header.replica, header.unit, header.station, acked, active)],
        "update",
    )


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A bundle as a file: its name, size in bytes, SHA-256 and its signer's certificate (hex)."""

    name: str
    size: int
    sha256: str
    certificate: str


def note_sent(
    connection: Connection,
    header: Header,
    to: str,
    file: FileFacts,
    created: int,
    stated: bytes | None = None,
) -> None:
    """Write a sealed bundle, and what was stated in it, into the register of what was sent."""
    connection.execute(
        bundle_out.insert().values(
            bundle_id=header.bundle_id,
            replica=header.replica,
            unit=to,
            seq=header.seq,
            log_from=header.log_from,
            log_to=header.log_to,
            file=file.name,
            bytes=file.size,
            sha256=file.sha256,
            certificate=file.certificate,
            created=created,
            stated=stated,
        )
    )


def replace_refused(
    connection: Connection, sender: str, refused: Sequence[tuple[str, bytes, str]]
) -> set[tuple[str, bytes]]:
    """Put the newest list of a station above in place of its last one.

    `sender` is the station: two PCs of one unit refuse for themselves until they have exchanged,
    and a restored PC keeps its station while its replica id is new. Returns the (record,
    operation) pairs that this station names no more; others may.
    """
    before = {
        (row.ent_id, row.op_id)
        for row in connection.execute(
            select(refused_above.c.ent_id, refused_above.c.op_id).where(
                refused_above.c.sender == sender
            )
        )
    }
    connection.execute(delete(refused_above).where(refused_above.c.sender == sender))
    insert_rows(
        connection,
        refused_above,
        ("op_id", "sender", "ent_id", "reason"),
        [(op_id, sender, ent_id, reason) for ent_id, op_id, reason in refused],
        "nothing",
    )
    return before - {(ent_id, op_id) for ent_id, op_id, _ in refused}


def forked_lines(connection: Connection) -> list[str]:
    """Replica ids seen with two histories; their PCs are asked to take new ones."""
    rows = connection.execute(
        select(line_in.c.replica).where(line_in.c.forked).order_by(line_in.c.replica)
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest with the signature it came with: proof that its signer's PC sealed it."""

    manifest: bytes
    signature: bytes


def fork_proofs(connection: Connection, unit: str) -> list[SignedManifest]:
    """Bundles of forked lines from `unit` that cannot stand in one history, the newest forks first.

    For each forked line the bundle that showed it and its neighbours: no store has them all in its
    own list, so each copy finds one that it never sealed.
    """
    forks = connection.execute(
        select(bundle_in.c.replica, func.max(bundle_in.c.number).label("number"))
        .join(line_in, line_in.c.replica == bundle_in.c.replica)
        .where(line_in.c.forked, line_in.c.unit == unit, bundle_in.c.fork)
        .group_by(bundle_in.c.replica)
        .order_by(func.max(bundle_in.c.number).desc())
        .limit(MOST_FORKS)
    ).all()
    found: list[SignedManifest] = []
    for fork in forks:
        seq = select(bundle_in.c.seq).where(bundle_in.c.number == fork.number).scalar_subquery()
        near = connection.execute(
            select(bundle_in.c.manifest, bundle_in.c.signature)
            .where(
                bundle_in.c.replica == fork.replica,
                bundle_in.c.seq.between(seq - 1, seq + 1),
                bundle_in.c.number <= fork.number,
            )
            .order_by(bundle_in.c.number.desc())
            .limit(MOST_PROOFS)
        )
        found += [SignedManifest(row.manifest, row.signature) for row in near]
    return found


def sealed_here(connection: Connection, bundle_id: bytes) -> bool:
    """Whether this store has the bundle in its list of bundles sent."""
    found = select(bundle_out.c.seq).where(bundle_out.c.bundle_id == bundle_id)
    return connection.execute(found).first() is not None
