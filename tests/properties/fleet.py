"""A fleet of installations that exchange deliveries without files, for the merge laws.

Each replica is a real encrypted store; a delivery is what `collect` gives, kept as long as a stick
would keep it. Only the container (files, signatures, encryption) is left out here.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from sqlalchemy import select

from app.history.door import State
from app.history.entities import ENTITIES
from app.history.operation import Operation, Value, encode_line
from app.models import lines
from app.models.log import last_position, operations_of
from app.models.rows import operation_of, split_ids, values_of
from app.models.schema import ENTITY_TABLES, conflict, op
from app.models.store import Store, create_store, open_store
from app.models.work import Change, Recorded
from app.sync.apply import Outcome, apply_delivery
from app.sync.delivery import Delivery, collect

KEY = bytes(range(32))

#: unit → parent. Two districts of a province, communes below, as before July 2025.
PARENTS = {
    "51@2024": None,
    "522@2024": "51@2024",
    "524@2024": "51@2024",
    "21010@2024": "522@2024",
    "21025@2024": "522@2024",
    "21064@2024": "524@2024",
}
PROVINCE, DISTRICT_1, DISTRICT_2 = "51@2024", "522@2024", "524@2024"
COMMUNE_A, COMMUNE_B, COMMUNE_C = "21010@2024", "21025@2024", "21064@2024"
COMMUNES = (COMMUNE_A, COMMUNE_B, COMMUNE_C)


class SmallTree:
    """The tree of `PARENTS`, as sync asks for it."""

    def covers(self, scope: Sequence[str], unit: str) -> bool:
        at: str | None = unit
        while at is not None:
            if at in scope:
                return True
            at = PARENTS.get(at)
        return False

    def below(self, unit: str) -> Sequence[str]:
        return [one for one in PARENTS if self.covers([unit], one)]

    def tier(self, unit: str) -> str:
        return {2: "province", 3: "district", 5: "commune"}[len(unit.partition("@")[0])]

    def exists(self, unit: str) -> bool:
        return unit in PARENTS


TREE = SmallTree()


def fast_folder() -> Path:
    """A folder in memory where there is one: these tests are about merging, not about disks."""
    shm = Path("/dev/shm")
    return Path(tempfile.mkdtemp(dir=shm if shm.is_dir() else None))


@dataclass(frozen=True)
class Sent:
    """A stick with one delivery on it."""

    delivery: Delivery
    bundle_id: bytes
    operations: tuple[Operation, ...]

    def content(self) -> Delivery:
        return replace(self.delivery, operations=lambda: iter(self.operations))


class Replica:
    """One installation. `held` are the sticks that are on their way to it."""

    def __init__(self, store: Store, folder: Path, name: str) -> None:
        self.store = store
        self.folder = folder
        self.name = name
        self.wall = 1_700_000_000

    @property
    def unit(self) -> str:
        return self.store.unit

    def save(self, change: Change) -> Recorded:
        with self.store.write(self.name) as work:
            work.clock = lambda: self.wall
            done = work.record(change)
            work.commit()
        return done

    def send(self, to: str) -> Sent:
        delivery = collect(self.store, TREE, to, self.name)
        operations = tuple(delivery.operations())
        spelled = b"\n".join(encode_line(one) for one in operations)
        head = msgspec.json.encode(
            [
                delivery.replica,
                delivery.to,
                delivery.seq,
                (delivery.prev or b"").hex(),
                delivery.span.start,
                delivery.span.end,
                [(a.sender, a.seq, a.bundle_id.hex()) for a in delivery.acknowledgements],
                [one.op_id.hex() for one in delivery.refused],
            ]
        )
        bundle_id = hashlib.sha256(head + spelled).digest()
        with self.store.write(self.name) as work:
            file = lines.FileFacts("x", 0, "", "")
            lines.note_sent(work.connection, delivery.header(bundle_id), to, file, 0)
            work.commit()
        return Sent(delivery, bundle_id, operations)

    def receive(self, sent: Sent) -> Outcome | None:
        """Take a delivery in, None when it was here before."""
        with self.store.write(self.name) as work:
            if lines.already_received(work.connection, sent.bundle_id):
                return None
            number = lines.next_bundle_number(work.connection)
            outcome = apply_delivery(work, sent.content(), TREE, number, bundle_id=sent.bundle_id)
            note_received(work.connection, number, sent, outcome)
            work.commit()
        return outcome

    def operations(self, *states: State) -> dict[bytes, Operation]:
        wanted = [state.value for state in states or tuple(State)]
        with self.store.read() as connection:
            rows = connection.execute(select(op).where(op.c.state.in_(wanted)))
            return {row.op_id: operation_of(row) for row in rows}

    def states(self) -> dict[bytes, State]:
        with self.store.read() as connection:
            rows = connection.execute(select(op.c.op_id, op.c.state))
            return {row.op_id: State(row.state) for row in rows}

    def row(self, entity: str, ent_id: str) -> dict[str, Value] | None:
        table = ENTITY_TABLES[entity]
        with self.store.read() as connection:
            found = connection.execute(select(table).where(table.c.id == ent_id)).mappings().first()
            return None if found is None else values_of(entity, dict(found))

    def heads(self, entity: str, ent_id: str) -> tuple[bytes, ...]:
        table = ENTITY_TABLES[entity]
        with self.store.read() as connection:
            blob = connection.execute(
                select(table.c["_heads"]).where(table.c.id == ent_id)
            ).scalar_one()
        return split_ids(blob)

    def ids(self, entity: str) -> list[str]:
        table = ENTITY_TABLES[entity]
        with self.store.read() as connection:
            return sorted(connection.execute(select(table.c.id)).scalars())

    def dump(self) -> dict[str, dict[str, tuple[object, ...]]]:
        """Every travelling row and conflict, by table and record."""
        found: dict[str, dict[str, tuple[object, ...]]] = {}
        with self.store.read() as connection:
            for name in ENTITIES:
                rows = connection.execute(select(ENTITY_TABLES[name]))
                found[name] = {row.id: tuple(row) for row in rows}
            rows = connection.execute(select(conflict))
            found["conflict"] = {f"{r.ent_id}/{r.field_group}": tuple(r) for r in rows}
        return found

    def accepted_of(self, ent_id: str) -> list[Operation]:
        with self.store.read() as connection:
            return operations_of(connection, [ent_id]).get(ent_id, [])

    def position(self) -> int:
        with self.store.read() as connection:
            return last_position(connection)

    def image(self) -> Path:
        """A copy of the closed store, as a disk image or a backup would be."""
        self.store.close()
        copy = Path(tempfile.mkdtemp(dir=self.folder)) / "store.db"
        shutil.copy(self.store.path, copy)
        self.store = open_store(self.store.path, KEY, before_migration=lambda: None)
        return copy

    def put_back(self, image: Path, *, new_replica: bool) -> None:
        """Go back to an earlier image of this PC; a proper restore takes a new replica id."""
        self.store.close()
        for suffix in ("-wal", "-shm"):
            Path(str(self.store.path) + suffix).unlink(missing_ok=True)
        shutil.copy(image, self.store.path)
        self.store = open_store(self.store.path, KEY, before_migration=lambda: None)
        if new_replica:
            take_new_replica(self.store)


def take_new_replica(store: Store) -> None:
    from app.ids import new_id

    with store.write("restore") as work:
        store.put_settings(work, {"replica": new_id()})
        work.commit()


def note_received(connection, number: int, sent: Sent, outcome: Outcome) -> None:
    from app.models.schema import bundle_in

    delivery = sent.delivery
    connection.execute(
        bundle_in.insert().values(
            number=number,
            bundle_id=sent.bundle_id,
            replica=delivery.replica,
            station=delivery.station,
            unit=delivery.unit,
            direction="x",
            seq=delivery.seq,
            prev=delivery.prev,
            log_from=delivery.span.start,
            log_to=delivery.span.end,
            received=0,
            received_by="x",
            fork=outcome.continuity is lines.Continuity.FORK,
            file="x",
            bytes=0,
            sha256="",
            certificate="",
            operations=outcome.operations,
            accepted=outcome.accepted,
            known=outcome.known,
            waiting=outcome.waiting,
            refused=outcome.refused,
            manifest=b"",
            signature=b"",
            certificates=b"",
        )
    )


class Fleet:
    """Replicas by name: `A1`, `A2` (two PCs of one commune), `B`, `C`, `D1`, `D2`, `P`."""

    UNITS = {
        "A1": COMMUNE_A,
        "A2": COMMUNE_A,
        "B": COMMUNE_B,
        "C": COMMUNE_C,
        "D1": DISTRICT_1,
        "D2": DISTRICT_2,
        "P": PROVINCE,
    }

    def __init__(self, names: Sequence[str] = tuple(UNITS)) -> None:
        self.folder = fast_folder()
        self.replicas = {name: self._make(name) for name in names}

    def _make(self, name: str) -> Replica:
        folder = self.folder / name
        folder.mkdir()
        store = create_store(folder / "store.db", KEY, self.UNITS[name])
        return Replica(store, folder, name)

    def __getitem__(self, name: str) -> Replica:
        return self.replicas[name]

    def __iter__(self) -> Iterator[Replica]:
        return iter(self.replicas.values())

    def above(self, replica: Replica) -> str | None:
        return PARENTS[replica.unit]

    def of_unit(self, unit: str) -> list[Replica]:
        return [one for one in self if one.unit == unit]

    def carry(self, sender: Replica, to: str) -> None:
        """A handover without mishap: every PC of the unit gets the bundle."""
        sent = sender.send(to)
        for one in self.of_unit(to):
            if one is not sender:
                one.receive(sent)

    def exchange_beside(self) -> None:
        for one in self:
            if len(self.of_unit(one.unit)) > 1:
                self.carry(one, one.unit)

    def full_round(self) -> None:
        """Everything up, then everything down; PCs of one unit among each other first and last."""
        tiers = ([COMMUNE_A, COMMUNE_B, COMMUNE_C], [DISTRICT_1, DISTRICT_2])
        self.exchange_beside()
        for units in tiers:
            for unit in units:
                for one in self.of_unit(unit):
                    self.carry(one, str(PARENTS[unit]))
        for unit in (PROVINCE, DISTRICT_1, DISTRICT_2):
            for one in self.of_unit(unit):
                for child, parent in PARENTS.items():
                    if parent == unit:
                        self.carry(one, child)
        self.exchange_beside()

    def close(self) -> None:
        for one in self:
            one.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)
