"""A fleet of installations that exchange deliveries without files, for the merge laws.

Each replica is a real encrypted store; a delivery is what `collect` gives, kept as long as a stick
would keep it. Only the container (files, signatures, encryption) is left out here.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, NamedTuple

import msgspec
from msgspec import structs
from sqlalchemy import Table, select

from app.history.door import Direction, Reason, State
from app.history.entities import ENTITIES, HOLDERS, REFERENCES, Family
from app.history.operation import Operation, ReferenceSignature, Value, encode_line
from app.models import lines, scope_out
from app.models.log import last_position, operations_of
from app.models.queries import sending
from app.models.rows import operation_of, split_ids, values_of
from app.models.schema import (
    ENTITY_TABLES,
    bundle_in,
    conflict,
    metadata,
    op,
    refused_above,
    station,
)
from app.models.store import Store, open_store
from app.models.work import Change, Recorded, UnitOfWork
from app.services.taking_on import taken_on
from app.sync.apply import Outcome, apply_delivery
from app.sync.delivery import Delivery, Tree, collect, direction_of
from tests.places import fast_folder
from tests.properties import naive, naive_told
from tests.workplaces import KEY, empty_store

#: Every row of a table. A statement that is made once is hashed once.
ALL_OF = {name: select(table) for name, table in metadata.tables.items()}
ALL_OF_ENTITY = {name: ALL_OF[table.name] for name, table in ENTITY_TABLES.items()}
_IDS_OF = {name: select(table.c.id) for name, table in ENTITY_TABLES.items()}
_ROOT_ACCEPTED = select(op).where(op.c.state == "accepted", op.c.root == op.c.ent_id)
#: Stands for the province's signature under reference data.
SIGNED = ReferenceSignature("province", "signed")
NO_FILE = lines.FileFacts("x", 0, "", "")

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


def check_sums(sent: Sent, outcome: Outcome) -> None:
    """Every operation of the delivery is counted once."""
    assert outcome.operations == len(sent.operations)
    parts = (outcome.known, outcome.waiting, outcome.refused, outcome.set_aside)
    assert outcome.operations == outcome.accepted + sum(parts)
    assert min(*parts, outcome.accepted, outcome.freed, outcome.taken_back) >= 0


def roots_of(operations: Collection[Operation]) -> dict[tuple[str, str], str]:
    """Record → the household, child, … it belongs to, by what its creation says."""
    found: dict[tuple[str, str], str] = {}
    for one in operations:
        record = (one.ent_type, one.ent_id)
        if ENTITIES[one.ent_type].family is not Family.SUB:
            found[record] = one.ent_id
        elif not one.parents and one.body is not None:
            found[record] = str(one.body["record"])
    return found


def children_of(operations: Collection[Operation]) -> dict[str, tuple[str, str]]:
    """Decision → the two children it is about, by its creation."""
    return {
        one.ent_id: (str(one.body["record"]), str(one.body["other_child"]))
        for one in operations
        if ENTITIES[one.ent_type].family is Family.PAIR and not one.parents and one.body is not None
    }


def holders_for(root: str, before: Collection[Operation], now: Collection[Operation]) -> set[str]:
    """Whose a household or child was before the bundle, or who creates it in the bundle."""
    held = [o for o in before if o.ent_id == root and o.ent_type in HOLDERS]
    if held:
        return naive.naive_owners(held)
    born = [o for o in now if o.ent_id == root and not o.parents]
    return {str((o.body or {})["owner_unit"]) for o in born}


def owners_for(
    operation: Operation,
    roots: dict[tuple[str, str], str],
    before: Collection[Operation],
    now: Collection[Operation],
) -> set[str]:
    """Whose the record was when the operation arrived: before the bundle, or born in it, and for
    a root also by what the operation itself builds on."""
    record = (operation.ent_type, operation.ent_id)
    if ENTITIES[operation.ent_type].family is Family.SUB:
        return holders_for(roots[record], before, now)
    of_record = [o for o in now if (o.ent_type, o.ent_id) == record]
    above = naive.ancestors_of(of_record)[operation.op_id]
    seen = [o for o in of_record if o in before or o.op_id in above]
    if seen:
        return naive.naive_owners(seen)
    return {str((operation.body or {})["owner_unit"])}


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

    def tiers_above(self, unit: str) -> Collection[str]:
        return {self.tier(one) for one in PARENTS if one != unit and self.covers([one], unit)}

    def exists(self, unit: str) -> bool:
        return unit in PARENTS


TREE = SmallTree()


def opened(path: Path) -> Store:
    """An existing store of the fleet's."""
    return open_store(path, KEY, before_migration=lambda: None)


@dataclass(frozen=True)
class Sent:
    """A stick with one delivery. `head` is what its sender signed, whatever a test cut out."""

    delivery: Delivery
    bundle_id: bytes
    operations: tuple[Operation, ...]
    head: bytes = b"[]"

    def content(self) -> Delivery:
        return replace(self.delivery, operations=lambda: iter(self.operations))


@dataclass
class Form:
    """An open page: what it was loaded with, and on which heads."""

    entity: str
    id: str
    base: tuple[bytes, ...]
    loaded: dict[str, Value]


class Known(NamedTuple):
    """An operation of a replica's log with its state."""

    operation: Operation
    state: State


class Replica:
    """One installation. `station` is its certificate's; a copied disk has the same one.

    `brought` remembers who brought an operation here, `ever` every unit that owned a root by what
    was accepted here at any time: the test's own memory, which the program does not read.
    """

    def __init__(self, store: Store, folder: Path, name: str, fleet: Fleet) -> None:
        self.store = store
        self.folder = folder
        self.name = name
        self.station = name.partition("~")[0]
        self.fleet = fleet
        self.wall = 1_700_000_000
        self.brought: dict[bytes, set[tuple[Direction, str]]] = {}
        #: What counted here at some time: a refusal from above that is lifted lets it in again.
        self.counted: set[bytes] = set()
        self._brought_by_image: dict[Path, dict[bytes, set[tuple[Direction, str]]]] = {}
        self.ever: dict[str, set[str]] = {}
        self.pages: list[Form] = []
        self.shares_its_id = False

    @property
    def unit(self) -> str:
        return self.store.unit

    def save(self, change: Change) -> Recorded:
        """Save as the program does; what the form was loaded with is noted as the truth."""
        base = change.base
        if change.id is not None and change.loaded is None:
            base = self.heads(change.entity, change.id)
        with self.writing() as work:
            change, base = self.taken_on(work, change, base)
            done = work.record(change)
            work.commit()
        if done.op_id is not None:
            self.fleet.seen_by[done.op_id] = frozenset(base if change.id is not None else ())
            self.fleet.counts["saves"] += 1
            self._remember_owners()
        return done

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """A transaction of somebody at this PC; that of the province signs reference data."""
        with self.store.write(self.name) as work:
            work.clock = lambda: self.wall
            if self.unit == self.fleet.top:
                work.sign_reference = lambda one: structs.replace(one, signature=SIGNED)
            yield work

    def taken_on(
        self, work: UnitOfWork, change: Change, base: tuple[bytes, ...]
    ) -> tuple[Change, tuple[bytes, ...]]:
        """The change and what it is based on, after the word that its unit has taken a child on."""
        if change.entity != "child" or change.id is None:
            return change, base
        if change.loaded is None:
            page = self.open_page("child", change.id)
            change = replace(change, base=page.base, loaded=page.loaded)
        told = taken_on(work, change, None)
        if told is change:
            return change, base
        self.fleet.seen_by[told.base[0]] = frozenset(base)
        self.fleet.counts["children taken on"] += 1
        return told, told.base

    def open_page(self, entity: str, ent_id: str) -> Form:
        row = self.row(entity, ent_id)
        assert row is not None
        return Form(entity, ent_id, self.heads(entity, ent_id), row)

    def save_page(self, page: Form, values: dict[str, Value]) -> Recorded:
        """Save an open page as a face does: its base becomes the operation, its values the new."""
        done = self.save(Change(page.entity, values, page.id, None, page.base, dict(page.loaded)))
        if done.op_id is not None:
            page.base = (done.op_id,)
            page.loaded.update(values)
            for name in [name for name, value in page.loaded.items() if value is None]:
                del page.loaded[name]
        return done

    def send(self, to: str) -> Sent:
        delivery = collect(self.store, TREE, to, self.station)
        operations = tuple(delivery.operations())
        self._check_told(delivery, len(operations))
        head = head_of(delivery, operations)
        sent = Sent(delivery, bundle_id_of(delivery, operations), operations, head)
        with self.store.write(self.name) as work:
            header = delivery.header(sent.bundle_id)
            scope_out.note(work.connection, delivery.replica, to, delivery.about)
            lines.note_sent(work.connection, header, to, NO_FILE, 0)
            work.commit()
        self.fleet.counts["bundles sent"] += 1
        self.fleet.check_scope(self, sent)
        return sent

    def _check_told(self, delivery: Delivery, number: int) -> None:
        """Who hands over is told beforehand how many operations will go."""
        down = delivery.to != self.unit and TREE.covers([self.unit], delivery.to)
        units = TREE.below(delivery.to) if down else None
        with self.store.read() as reading:
            assert sending.carried(reading, delivery.span, units) == number

    def receive(self, sent: Sent) -> Outcome | None:
        """Take a delivery in, None when it was here before."""
        before = self.log()
        pages = naive_told.pages(self) if self.fleet.watching else {}
        direction = direction_of(TREE, sent.delivery.unit, self.unit)
        assert direction is not None
        with self.store.write(self.name) as work:
            if lines.already_received(work.connection, sent.bundle_id):
                self.fleet.counts["bundles doubled"] += 1
                return None
            number = lines.next_bundle_number(work.connection)
            outcome = apply_delivery(
                work,
                sent.content(),
                TREE,
                number,
                bundle_id=sent.bundle_id,
                signed_here=signed_by(self.station),
                reference_signed=is_signed,
            )
            note_received(work.connection, number, sent, outcome)
            work.commit()
        for operation in sent.operations:
            self.brought.setdefault(operation.op_id, set()).add((direction, sent.delivery.unit))
        self._remember_owners()
        self.fleet.check_arrival(self, sent, before, outcome)
        if self.fleet.watching:
            states = {op_id: known.state for op_id, known in before.items()}
            naive_told.check_told(
                outcome, (states, self.states()), (pages, naive_told.pages(self)), sent.operations
            )
        if outcome.renewed is not None:
            mine = {op_id for op_id in self.fleet.invented if op_id not in before}
            told = any(one.op_id in mine for one in sent.operations)
            assert self.shares_its_id or told, "a new id without a second history"
            self.shares_its_id = False
            self.fleet.counts[f"new ids ({outcome.renewed.value})"] += 1
        return outcome

    def log(self) -> dict[bytes, Known]:
        """Every operation known here with its state."""
        with self.store.read() as connection:
            rows = connection.execute(ALL_OF[op.name]).all()
        return {row.op_id: Known(operation_of(row), State(row.state)) for row in rows}

    def since(self, position: int) -> dict[bytes, Operation]:
        """What was written here after a position of the log."""
        with self.store.read() as connection:
            rows = connection.execute(select(op).where(op.c.position > position))
            return {row.op_id: operation_of(row) for row in rows}

    def _remember_owners(self) -> None:
        with self.store.read() as connection:
            rows = connection.execute(_ROOT_ACCEPTED).all()
        for row in rows:
            owner = (operation_of(row).body or {}).get("owner_unit")
            if isinstance(owner, str):
                self.ever.setdefault(row.ent_id, set()).add(owner)

    def accepted(self) -> list[Operation]:
        return [known.operation for known in self.log().values() if known.state is State.ACCEPTED]

    def tables(self) -> dict[str, list[tuple[object, ...]]]:
        """Every table of the store, for "changes nothing"; the audit trail is left out."""
        return self._read(ALL_OF.keys() - {"audit_event"})

    def _read(self, names: Collection[str]) -> dict[str, list[tuple[object, ...]]]:
        with self.store.read() as connection:
            return {
                name: sorted(map(tuple, connection.execute(ALL_OF[name])), key=repr)
                for name in names
            }

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

    def refused_above(self) -> dict[bytes, set[str]]:
        """Operation → the units above that refuse it, by the newest bundle of each of their PCs."""
        found: dict[bytes, set[str]] = {}
        with self.store.read() as connection:
            for row in connection.execute(ALL_OF[refused_above.name]):
                unit = self.fleet.units[row.sender.partition("~")[0]]
                found.setdefault(row.op_id, set()).add(unit)
        return found

    def ids(self, entity: str) -> list[str]:
        with self.store.read() as connection:
            return sorted(connection.execute(_IDS_OF[entity]).scalars())

    def dump(self) -> dict[str, dict[str, tuple[object, ...]]]:
        """Every travelling row and conflict, by table and record."""
        found: dict[str, dict[str, tuple[object, ...]]] = {}
        with self.store.read() as connection:
            for name in ENTITIES:
                rows = connection.execute(ALL_OF_ENTITY[name])
                found[name] = {row.id: tuple(row) for row in rows}
            rows = connection.execute(ALL_OF[conflict.name])
            found["conflict"] = {f"{r.ent_id}/{r.field_group}": tuple(r) for r in rows}
        return found

    def full_rows(self) -> dict[tuple[str, str], dict[str, object]]:
        """Record → its row: values, heads, number of conflicts, hidden, and what is derived."""
        found: dict[tuple[str, str], dict[str, object]] = {}
        with self.store.read() as connection:
            for name in ENTITIES:
                for row in connection.execute(ALL_OF_ENTITY[name]).mappings():
                    held = dict(row)
                    found[name, held["id"]] = {**held, "values": values_of(name, held)}
        return found

    def derived_tables(self) -> dict[str, list[tuple[object, ...]]]:
        """Every table that is a function of the accepted operations."""
        return self._read({*ENTITIES, "conflict", "record_owner", "departed", "same_child"})

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
        self.store = opened(self.store.path)
        self._brought_by_image[copy] = {one: set(who) for one, who in self.brought.items()}
        return copy

    def put_back(self, image: Path, *, new_replica: bool) -> None:
        """Go back to an earlier image of this PC; a proper restore takes a new replica id.

        Without one the disk came back behind the program's back: it has to find out by itself.
        """
        self.pages.clear()
        self.store.close()
        for suffix in ("-wal", "-shm"):
            Path(str(self.store.path) + suffix).unlink(missing_ok=True)
        shutil.copy(image, self.store.path)
        self.store = opened(self.store.path)
        self.brought = {one: set(who) for one, who in self._brought_by_image[image].items()}
        if new_replica:
            take_new_replica(self.store)


def take_new_replica(store: Store) -> None:
    """What restoring a backup does to the copy."""
    with store.write("restore") as work:
        work.take_new_replica()
        work.commit()


def is_signed(operation: Operation) -> bool:
    """Whether the province signed it."""
    return operation.signature == SIGNED


def head_of(delivery: Delivery, operations: Sequence[Operation]) -> bytes:
    """Stands for the manifest of a bundle with this content: its hash names the bundle."""
    head = msgspec.json.encode(
        [
            delivery.replica,
            delivery.station,
            delivery.to,
            delivery.seq,
            (delivery.prev or b"").hex(),
            delivery.span.start,
            delivery.span.end,
            [(a.replica, a.sender, a.seq, a.bundle_id.hex()) for a in delivery.acknowledgements],
            [one.op_id.hex() for one in delivery.refused],
        ]
    )
    return head + b"\n" + b"\n".join(encode_line(one) for one in operations)


def signed_by(station: str) -> Callable[[lines.SignedManifest], str | None]:
    """Whose key signed is said by the head here, as by a signature in a file."""

    def signed_here(proof: lines.SignedManifest) -> str | None:
        said = msgspec.json.decode(proof.manifest.partition(b"\n")[0])
        return said[0] if said and said[1] == station else None

    return signed_here


def bundle_id_of(delivery: Delivery, operations: Sequence[Operation]) -> bytes:
    """The name of a bundle with this content, as the hash of a manifest would be."""
    return hashlib.sha256(head_of(delivery, operations)).digest()


def note_received(connection, number: int, sent: Sent, outcome: Outcome) -> None:
    delivery = sent.delivery
    values = {
        "number": number,
        "bundle_id": sent.bundle_id,
        "replica": delivery.replica,
        "station": delivery.station,
        "unit": delivery.unit,
        "seq": delivery.seq,
        "prev": delivery.prev,
        "log_from": delivery.span.start,
        "log_to": delivery.span.end,
        "fork": outcome.continuity is lines.Continuity.FORK,
        "manifest": sent.head,
    }
    connection.execute(bundle_in.insert().values(**{**empty_row(bundle_in), **values}))


def empty_row(table: Table) -> dict[str, object]:
    """Something for every column that must not be null and that merging does not look at."""
    empty = {str: "", bytes: b"", int: 0, bool: True}
    return {
        column.name: empty[column.type.python_type]
        for column in table.columns
        if not column.nullable
    }


class Fleet:
    """Replicas by name: two PCs of commune A, two of district 1, one of every other unit."""

    tree: Tree = TREE
    top = PROVINCE
    UNITS: ClassVar = {
        "A1": COMMUNE_A,
        "A2": COMMUNE_A,
        "B": COMMUNE_B,
        "C": COMMUNE_C,
        "D1": DISTRICT_1,
        "D1b": DISTRICT_1,
        "D2": DISTRICT_2,
        "P": PROVINCE,
    }

    def __init__(self, names: Sequence[str] = tuple(UNITS)) -> None:
        self.folder = fast_folder()
        self.counts: Counter[str] = Counter()
        #: The second judgement of every arrival; off where a record is too large for plain sets.
        self.watching = True
        #: Operation → what the writer had seen of the record. Forged ones are not in it.
        self.seen_by: dict[bytes, frozenset[bytes]] = {}
        #: What an insider made up, some of it in another PC's name.
        self.invented: set[bytes] = set()
        self.units = {name: self.UNITS[name] for name in names}
        self.replicas: dict[str, Replica] = {}
        for name in names:
            folder = self.folder / name
            folder.mkdir()
            store = empty_store(folder / "store.db", self.UNITS[name])
            self.replicas[name] = Replica(store, folder, name, self)
        for one in self:
            self._enrol(one)

    def _enrol(self, replica: Replica) -> None:
        """Every PC knows the certificates of its neighbours, its upper and its lower units."""
        here = replica.unit
        near = {here, PARENTS[here]} | {unit for unit, above in PARENTS.items() if above == here}
        with replica.store.write("enrol") as work:
            for name, unit in self.units.items():
                if unit in near:
                    work.connection.execute(
                        station.insert().values(
                            **{**empty_row(station), "station": name, "unit": unit}
                        )
                    )
            work.commit()

    def copy(self, replica: Replica, name: str) -> Replica:
        """A second PC from a copied disk: the same replica id, the same station."""
        image = replica.image()
        store = opened(image)
        made = Replica(store, image.parent, f"{replica.station}~{name}", self)
        made.brought = {op_id: set(who) for op_id, who in replica.brought.items()}
        made.ever = {root: set(units) for root, units in replica.ever.items()}
        made.shares_its_id = replica.shares_its_id
        return made

    # --- what must hold whenever something is sent or arrives

    def check_scope(self, sender: Replica, sent: Sent) -> None:
        """I10: no operation reaches a station outside its scope; owners ever accepted count."""
        if sent.delivery.to == sender.unit or not TREE.covers([sender.unit], sent.delivery.to):
            return
        inside = set(TREE.below(sent.delivery.to))
        accepted = sender.accepted()
        roots, pairs = roots_of(accepted), children_of(accepted)
        for one in sent.operations:
            if one.ent_type in REFERENCES:
                continue
            about = pairs.get(one.ent_id, (roots[one.ent_type, one.ent_id],))
            owners = {unit for root in about for unit in sender.ever.get(root, ())}
            assert owners & inside, f"I10: {one.ent_type} of {owners} went to {sent.delivery.to}"

    def check_arrival(
        self, here: Replica, sent: Sent, before: dict[bytes, Known], outcome: Outcome
    ) -> None:
        """I10 and I4 at every arrival, judged once more with nothing but sets."""
        after = here.log()
        accepted_before = {i: k.operation for i, k in before.items() if k.state is State.ACCEPTED}
        accepted_now = {i: k.operation for i, k in after.items() if k.state is State.ACCEPTED}
        check_sums(sent, outcome)
        self.counts["operations freed"] += outcome.freed
        assert before.keys() <= after.keys(), "I4: an operation was dropped"
        for op_id in {one.op_id for one in sent.operations}:
            assert op_id in after, "I4: an operation that arrived was dropped"
        if not self.watching:
            return
        roots = roots_of(accepted_now.values())
        pairs = children_of(accepted_now.values())
        here.counted |= accepted_before.keys()
        for op_id in accepted_now.keys() - here.counted:
            operation = accepted_now[op_id]
            if operation.ent_type in REFERENCES:
                assert is_signed(operation), f"{operation.ent_type} that the province did not sign"
                continue
            who = here.brought.get(op_id, set())
            if not who or any(direction is not Direction.BELOW for direction, _ in who):
                continue
            reach = {unit for _, by in who for unit in TREE.below(by)}
            stood, stands = accepted_before.values(), accepted_now.values()
            if operation.ent_id in pairs:
                asked = [holders_for(child, stood, stands) for child in pairs[operation.ent_id]]
            else:
                asked = [owners_for(operation, roots, stood, stands)]
            for owners in asked:
                assert owners & reach, f"I10: {operation.ent_type} of {owners} was written by {who}"
        for op_id, operation in accepted_now.items():
            missing = [p for p in operation.parents if p not in accepted_now]
            assert not missing, "accepted without its ancestors"
            if op_id not in accepted_before and ENTITIES[operation.ent_type].family is Family.SUB:
                root = roots[operation.ent_type, operation.ent_id]
                assert any(o.ent_id == root for o in accepted_now.values()), "without its record"
            elif op_id not in accepted_before and operation.ent_id in pairs:
                held = {o.ent_id for o in accepted_now.values()}
                assert held.intersection(pairs[operation.ent_id]), "without either child"
        self.check_refused_above(here, accepted_now)
        for state in State:
            self.counts[f"operations {state.value}"] += sum(
                1 for op_id in after.keys() - before.keys() if after[op_id].state is state
            )

    def check_refused_above(self, here: Replica, accepted: dict[bytes, Operation]) -> None:
        """What a unit above refuses is not accepted here, unless that unit's other PC or a unit
        above it brought it; and what one above all who refuse it brought is not refused.
        """
        refusers = here.refused_above()
        with here.store.read() as connection:
            rows = connection.execute(
                select(op.c.op_id).where(op.c.reason == Reason.REFUSED_ABOVE.value)
            )
            refused = set(rows.scalars())
        for op_id, units in refusers.items():
            who = here.brought.get(op_id, set())
            from_above = [unit for direction, unit in who if direction is Direction.ABOVE]
            if op_id in accepted:
                assert any(all(TREE.covers([by], one) for one in units) for by in from_above), (
                    "refused above and accepted here"
                )
                self.counts["refusals overruled by a unit above"] += 1
            elif op_id in refused:
                assert not any(
                    all(one != by and TREE.covers([by], one) for one in units) for by in from_above
                ), "refused here over the head of a unit above"

    def __getitem__(self, name: str) -> Replica:
        return self.replicas[name]

    def __iter__(self) -> Iterator[Replica]:
        return iter(self.replicas.values())

    def above(self, replica: Replica) -> str | None:
        return PARENTS[replica.unit]

    def of_unit(self, unit: str) -> list[Replica]:
        return [one for one in self if one.unit == unit]

    def carry(self, sender: Replica, to: str) -> None:
        """A handover without mishap: every PC of the unit gets the bundle.

        A copied disk has the sender's certificate, to which nothing of its own is sealed.
        """
        sent = sender.send(to)
        for one in self.of_unit(to):
            if one.station != sender.station:
                one.receive(sent)

    def exchange_beside(self) -> None:
        for one in self:
            if len(self.of_unit(one.unit)) > 1:
                self.carry(one, one.unit)

    def full_round(self, *, beside: bool = True) -> None:
        """Everything up, then everything down; PCs of one unit among each other first and last,
        unless they leave that to the unit above."""
        tiers = ([COMMUNE_A, COMMUNE_B, COMMUNE_C], [DISTRICT_1, DISTRICT_2])
        if beside:
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
        if beside:
            self.exchange_beside()

    def close(self) -> None:
        for one in self:
            one.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)
