"""The unit of work: one transaction, and the one way to change what travels.

`work.record(Change(...))`, singly or in bulk, is the only writer of operations made here;
`work.accept(...)` is the only writer of operations that came from elsewhere. Both end in the same
materialising step. Leaving the block without `commit()` undoes everything.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, select

from app.errors import BugError, KnownError
from app.history.door import State, pair_key
from app.history.entities import ENTITIES, REFERENCES, Family
from app.history.merge_groups import group_of, whole_groups
from app.history.operation import MAX_PARENTS, Operation, Value, make_operation
from app.ids import derived_id, new_id
from app.models import audit, doubled, erasing, log, replica
from app.models.bulk import chunks
from app.models.declarations import Stirred, forget_all
from app.models.log import Entry
from app.models.materialising import Touched, bring_up_to_date, sub_heads_of
from app.models.rows import split_ids, values_of
from app.models.schema import ENTITY_TABLES
from app.models.undecided import open_groups

#: How many changes are turned into operations and rows before the next are looked at.
BATCH = 500
#: How many pages may have changed before their declarations are judged; the rest at the commit.
PAGES_AT_ONCE = 2000
#: How many written records are named to those who follow them one by one.
MANY = 1000


@dataclass(frozen=True, slots=True)
class Identity:
    """Who writes: this replica, its unit (`CODE@EDITION`), and the account's written name."""

    replica: str
    unit: str
    author: str


@dataclass(frozen=True, slots=True)
class Change:
    """One save of one record.

    For a new record `id` is None and `key` what its id is derived from (a random key when None).
    For an existing one `base` are the heads its values were loaded with and `loaded` those values;
    with `loaded` None the change is made on what the store holds now. Only the fields of `values`
    that differ from `loaded` are written, each with its whole merge group. `unheard` says that the
    key was drawn at random for this very change: nothing can be known of the record yet. `by_rule`
    says that no person looked at this very record: what is in open conflict is not theirs to
    decide, and writing it is refused. `past_limit` says that the act must leave out no record: not
    even one that a modified client gave as many operations as a writer may make.
    """

    entity: str
    values: Mapping[str, Value]
    id: str | None = None
    key: str | None = None
    base: tuple[bytes, ...] = ()
    loaded: Mapping[str, Value] | None = None
    unheard: bool = False
    by_rule: bool = False
    past_limit: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a change came to: the operation (None when nothing differed) and the form's new base."""

    id: str
    op_id: bytes | None
    base: tuple[bytes, ...]


@dataclass(slots=True)
class Written:
    """Whose rows a transaction wrote, for whoever keeps something of them in memory.

    `records` are the households and children themselves and what else was written belongs to;
    `many` says that they were too many to be named.
    """

    records: set[str] = field(default_factory=set)
    many: bool = False

    def add(self, records: set[str]) -> None:
        """Note more of them."""
        self.many = self.many or len(self.records) + len(records) > MANY
        if not self.many:
            self.records |= records
        else:
            self.records.clear()


@dataclass(slots=True)
class _Prepared:
    """What a change is written as; `before` where one operation cannot name all it is based on."""

    operation: Operation
    root: str
    before: Sequence[Operation] = ()


@dataclass(slots=True)
class UnitOfWork:
    """One writing transaction on the store. Made by `Store.write`.

    `judge` says which declarations *complete* still count after the rows in `stirred` were written
    (`app.services.declarations`). Rows written without one are judged when the store is next
    opened.
    """

    connection: Connection
    identity: Identity
    clock: Callable[[], float] = time.time
    sign_reference: Callable[[Operation], Operation] | None = None
    judge: Callable[[Connection, Stirred], None] | None = None
    stirred: Stirred = field(default_factory=Stirred, init=False)
    committed: bool = field(default=False, init=False)
    before_commit: list[Callable[[], None]] = field(default_factory=list, init=False)
    after_commit: list[Callable[[], None]] = field(default_factory=list, init=False)
    #: Whether rows of reference data were written: whoever keeps a catalogue reads it again.
    references_changed: bool = field(default=False, init=False)
    written: Written = field(default_factory=Written, init=False)
    #: The records of which something was erased by law in this transaction.
    erased: set[str] = field(default_factory=set, init=False)
    _born: dict[str, str] = field(default_factory=dict, init=False)
    #: Records that were made since the last judging under a key drawn at random.
    _unheard: set[str] = field(default_factory=set, init=False)
    #: A record of this call got another owner, and its row does not say so yet.
    _moved: bool = field(default=False, init=False)

    def commit(self) -> None:
        """Make everything of this block durable; called once, last."""
        if self.committed:
            raise BugError("store.committed_twice")
        self.settle()
        for act in self.before_commit:
            act()
        self.connection.commit()
        self.committed = True
        for act in self.after_commit:
            act()

    def settle(self) -> None:
        """Judge the declarations that the rows written so far may have touched.

        And note which of several records of one child stands for it. Happens at the commit by
        itself; called before numbers are counted inside a transaction.
        """
        written = self.stirred.records | self.stirred.roots
        # Of a record that was made just now under a name of its own nobody can have decided
        # anything: a page that is typed asks nothing.
        if not written or not written <= self._unheard:
            # Records of one child do not hold each other's personal id: they are judged again.
            self.stirred.roots |= doubled.refresh(self.connection, written)
        self._unheard.clear()
        if not self.stirred:
            return
        if not self.written.many:  # an import of a province writes half a million
            self.written.add(written)
        if self.judge is None:
            forget_all(self.connection)
        else:
            self.judge(self.connection, self.stirred)
        self.stirred.clear()

    def audit(self, event: str, **details: str | int) -> None:
        """Write an audit row in this transaction."""
        audit.append(self.connection, self.identity.author, event, details)

    def take_new_replica(self) -> str:
        """Write on under a new replica id from here on; returns the one given up."""
        old, new = replica.renew(self.connection)
        self.identity = replace(self.identity, replica=new)
        return old

    def record(self, change: Change, *, act: str | None = None) -> Recorded:
        """Save one record: an operation, then its row. Saving nothing writes nothing."""
        return self.record_many([change], act=act)[0]

    def record_many(
        self,
        changes: Iterable[Change],
        *,
        act: str | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> list[Recorded]:
        """Save many records in this transaction; the same operations as one by one.

        Changes of one record in one call are made in the order given. `act` ties them together so
        that they can be shown and set aside as a whole.
        """
        results: list[Recorded] = []
        for part in chunks(changes, BATCH):
            results += self._record_part(part, act)
            if on_progress is not None:
                on_progress(len(results))
        return results

    def accept(self, entries: Sequence[Entry], touched: Touched) -> None:
        """Write operations that came from elsewhere; accepted ones are noted in `touched`."""
        log.append(self.connection, entries)
        for entry in entries:
            if entry.state is State.ACCEPTED:
                touched.add(entry.operation)

    def bring_up_to_date(self, touched: Touched) -> None:
        """Write the rows of all touched records."""
        self._note_references(touched)
        bring_up_to_date(self.connection, touched, self.stirred)
        if erasures := set(touched.by_type.get("erase", ())):
            emptied = Touched(touched.effect)
            self.erased |= erasing.take_away(self.connection, erasures, emptied)
            bring_up_to_date(self.connection, emptied, self.stirred)
        if len(self.stirred) >= PAGES_AT_ONCE:
            self.settle()

    def _record_part(self, changes: Sequence[Change], act: str | None) -> list[Recorded]:
        results: list[Recorded] = []
        entries: list[Entry] = []
        touched = Touched()
        roots: dict[str, str] = {}
        self._born = {}
        for change in changes:
            prepared = self._prepare(change, roots, touched, entries)
            if prepared is None:
                results.append(Recorded(change.id or "", None, change.base))
                continue
            for operation in (*prepared.before, prepared.operation):
                entries.append(
                    Entry(operation, prepared.root, act=act, past_limit=change.past_limit)
                )
                touched.add(operation)
            if change.id is None and (change.unheard or change.key is None):
                touched.unheard[operation.ent_type].add(operation.ent_id)
                self._unheard.add(operation.ent_id)
            roots[operation.ent_id] = prepared.root
            results.append(Recorded(operation.ent_id, operation.op_id, (operation.op_id,)))
        self._flush(entries, touched)
        return results

    def _flush(self, entries: list[Entry], touched: Touched) -> None:
        log.append(self.connection, entries)
        self.bring_up_to_date(touched)
        entries.clear()
        touched.by_type.clear()
        touched.unheard.clear()
        self._moved = False

    def _note_references(self, touched: Touched) -> None:
        if any(name in touched.by_type or name in touched.again for name in REFERENCES):
            self.references_changed = True

    def _prepare(
        self, change: Change, roots: Mapping[str, str], touched: Touched, entries: list[Entry]
    ) -> _Prepared | None:
        if self._moved:
            # What is written after a move is its new owner's, and that is read from the row.
            self._flush(entries, touched)
        if change.id is None:
            return self._creation(change)
        hiding = _hides(change.entity, change.values)
        unwritten = change.id in roots or (hiding and change.id in roots.values())
        if unwritten or change.loaded is None:
            # An earlier change of this call has to be in the row before this one can be compared,
            # and in the log before it can be named as seen by whoever hides the record.
            self._flush(entries, touched)
        return self._edit(change, change.id)

    def _creation(self, change: Change) -> _Prepared:
        key = new_id() if change.key is None else change.key
        body: dict[str, Value] = {
            name: sorted(set(value)) if isinstance(value, list) else value
            for name, value in change.values.items()
            if value is not None
        }
        family = ENTITIES[change.entity].family
        if family is Family.REFERENCE:
            ent_id = derived_id(change.entity, key)
            unit, root = self.identity.unit, ent_id
        else:
            anchor = body.get("owner_unit" if family is Family.ROOT else "record")
            if family is Family.PAIR:
                key = pair_key(str(body["other_child"]))
            if not isinstance(anchor, str):
                raise BugError("store.record_without_owner", entity=change.entity)
            ent_id = derived_id(anchor, key)
            root = ent_id if family is Family.ROOT else anchor
            if family is Family.ROOT:
                self._born[ent_id] = anchor
            unit = anchor if family is Family.ROOT else self._owner_of(anchor)
        body["_key"] = key
        return _Prepared(self._operation(change.entity, ent_id, (), body, unit), root)

    def _edit(self, change: Change, ent_id: str) -> _Prepared | None:
        loaded, base = change.loaded, change.base
        if loaded is None:
            loaded, base = self._current(change.entity, ent_id)
        changed: dict[str, Value] = {}
        for name, value in change.values.items():
            ordered = _sorted_set(value)
            if ordered != loaded.get(name) or type(ordered) is not type(loaded.get(name)):
                changed[name] = ordered
        if not changed:
            return None
        body = whole_groups(change.entity, changed, {**loaded, **changed})
        if change.by_rule:
            self._refuse_undecided(change.entity, ent_id, body)
        if "owner_unit" in changed:
            self._born.pop(ent_id, None)
            self._moved = True
        if _hides(change.entity, changed):
            heads = sub_heads_of(self.connection, ent_id)
            body["_seen"] = [head.hex() for head in heads] or None
        root = ent_id
        if ENTITIES[change.entity].family in (Family.SUB, Family.PAIR):
            root = str(loaded["record"])
            unit = self._owner_of(root)
        elif ENTITIES[change.entity].family is Family.REFERENCE:
            unit = self.identity.unit
        else:
            unit = str(loaded.get("owner_unit", self.identity.unit))
        if "@" not in unit:
            unit = self.identity.unit
        parents, before = tuple(base), []
        while len(parents) > MAX_PARENTS:
            # A modified client may leave a record with any number of heads, and who writes on it
            # next must not be stopped by that: the same save on so many of them, then on the rest.
            part = self._operation(change.entity, ent_id, parents[:MAX_PARENTS], body, unit)
            before.append(part)
            parents = (part.op_id, *parents[MAX_PARENTS:])
        last = self._operation(change.entity, ent_id, parents, body, unit)
        return _Prepared(last, root, before)

    def _refuse_undecided(self, entity: str, ent_id: str, body: Mapping[str, Value]) -> None:
        """What a rule writes decides nothing between people. Raises KnownError
        `conflicts.undecided`.
        """
        of = group_of(entity)
        asked = open_groups(self.connection, [ent_id]).get((entity, ent_id), set())
        if not asked.isdisjoint(of.get(name, name) for name in body):
            raise KnownError("conflicts.undecided", "conflicts.undecided_hint")

    def _operation(
        self,
        entity: str,
        ent_id: str,
        parents: Sequence[bytes],
        body: Mapping[str, Value],
        unit: str,
    ) -> Operation:
        operation = make_operation(
            ent_type=entity,
            ent_id=ent_id,
            parents=parents,
            body=body,
            salt=secrets.token_bytes(16),
            unit=unit,
            by=self.identity.unit,
            replica=self.identity.replica,
            author=self.identity.author,
            wall=int(self.clock()),
        )
        if ENTITIES[entity].family is not Family.REFERENCE:
            return operation
        if self.sign_reference is None:
            # Nobody would accept it: reference data carry the province's signature.
            raise KnownError("rights.not_reference", "rights.not_reference_hint")
        return self.sign_reference(operation)

    def _current(self, entity: str, ent_id: str) -> tuple[dict[str, Value], tuple[bytes, ...]]:
        table = ENTITY_TABLES[entity]
        row = self.connection.execute(select(table).where(table.c.id == ent_id)).mappings().first()
        if row is None:
            raise BugError("store.no_such_record", entity=entity)
        return values_of(entity, dict(row)), split_ids(row["_heads"])

    def _owner_of(self, record: str) -> str:
        if record in self._born:
            return self._born[record]
        for name in ("child", "household"):
            table = ENTITY_TABLES[name]
            owner = self.connection.execute(
                select(table.c.owner_unit).where(table.c.id == record)
            ).scalar()
            if isinstance(owner, str) and "@" in owner:
                return owner
        return self.identity.unit


def _hides(entity: str, names: Iterable[str]) -> bool:
    """Whether writing these fields hides a record, or shows it again."""
    return any(group_of(entity).get(name) == "hidden" for name in names)


def _sorted_set(value: Value) -> Value:
    return sorted(set(value)) if isinstance(value, list) else value
