"""Bring the rows of records up to date with their accepted operations.

The only writer of the travelling tables. New operations that chain onto a record's heads are
applied to its row; everything else is merged anew from all accepted operations, by
`app.history.materialise`. Both give equal rows, which a property test proves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, or_, select

from app.history.departure import book_of_departed, is_departed
from app.history.door import present_owners
from app.history.entities import ENTITIES, Family
from app.history.materialise import (
    FIXED,
    HIDDEN_GROUP,
    Conflict,
    RecordState,
    hiding_fields,
    hiding_operations,
    materialise,
)
from app.history.merge_groups import incomplete_groups
from app.history.merged import leads_nowhere
from app.history.operation import Operation, Value
from app.models.bulk import chunks, insert_rows
from app.models.declarations import Stirred, forget_all
from app.models.doubled import refresh_all
from app.models.effect import Effect
from app.models.log import IDS_AT_ONCE, next_positions, operations_of
from app.models.merged import (
    Changed,
    can_be_merged,
    looking,
    merged_ones,
    standing_of,
    stood_at,
    to_look_at,
)
from app.models.rows import columns_of, entity_row, join_ids, split_ids, values_of
from app.models.schema import (
    ENTITY_TABLES,
    conflict,
    departed,
    entered,
    op,
    record_owner,
    record_owner_ever,
    same_child,
)

_CONFLICT_COLUMNS = ("ent_id", "field_group", "ent_type", "heads")
_SUB_TYPES = tuple(name for name, entity in ENTITIES.items() if entity.family is Family.SUB)


class Touched:
    """Newly accepted operations by record, waiting to be written into rows.

    `effect` is told of the rows that are written, where somebody wants to know.
    """

    def __init__(self, effect: Effect | None = None) -> None:
        self.effect = effect
        self.by_type: dict[str, dict[str, list[Operation]]] = defaultdict(dict)
        self.again: dict[str, set[str]] = defaultdict(set)
        #: Records of which the log held no operation before: they can have no row either.
        self.unheard: dict[str, set[str]] = defaultdict(set)

    def add(self, operation: Operation) -> None:
        """An operation that was accepted just now, after its ancestors."""
        self.by_type[operation.ent_type].setdefault(operation.ent_id, []).append(operation)

    def redo(self, ent_type: str, ent_id: str) -> None:
        """A record whose set of accepted operations shrank or grew in the middle."""
        self.again[ent_type].add(ent_id)

    def __len__(self) -> int:
        return sum(map(len, self.by_type.values())) + sum(map(len, self.again.values()))


def bring_up_to_date(connection: Connection, touched: Touched, stirred: Stirred) -> None:
    """Write the rows of every touched record; `stirred` is told of them."""
    owners_to_check: set[str] = set()
    changed = Changed()
    for ent_type in sorted({*touched.by_type, *touched.again}):
        if ent_type not in ENTITIES:
            continue
        fresh = touched.by_type.get(ent_type, {})
        again = touched.again.get(ent_type, set())
        for part in chunks(sorted({*fresh, *again}), IDS_AT_ONCE):
            written = _Batch(connection, ent_type, stirred, touched.effect, changed)
            written.run(part, fresh, again, touched.unheard.get(ent_type, ()))
            owners_to_check |= written.owners_to_check
    if owners_to_check:
        _recheck_hidden(connection, owners_to_check, stirred, touched.effect, changed)
    for ent_type, records in changed.by_type.items():
        for part in chunks(to_look_at(connection, ent_type, records), IDS_AT_ONCE):
            if touched.effect is not None:
                # They came with no line of the delivery: what it did to them is told all the same.
                others = [one for one in part if one not in records]
                stood = stood_at(connection, others, touched.effect.position)
                touched.effect.also_stands(stood)
            _Batch(connection, ent_type, stirred, touched.effect).run(part, {}, set(part))


class _Batch:
    """The records of one type that one statement can name."""

    def __init__(
        self,
        connection: Connection,
        ent_type: str,
        stirred: Stirred,
        effect: Effect | None = None,
        changed: Changed | None = None,
    ) -> None:
        self.connection = connection
        self.ent_type = ent_type
        self.stirred = stirred
        self.effect = effect
        self.is_root = ENTITIES[ent_type].family is Family.ROOT
        self.is_sub = ENTITIES[ent_type].family is Family.SUB
        self.changed = changed if can_be_merged(ent_type) else None
        self.table = ENTITY_TABLES[ent_type]
        self.rows: list[tuple[object, ...]] = []
        self.new_rows: list[tuple[object, ...]] = []
        self.held: Mapping[str, Any] = {}
        self.conflicts: list[tuple[object, ...]] = []
        self.clear_conflicts: list[str] = []
        self.gone: list[str] = []
        self.owners_to_check: set[str] = set()
        self.sub_heads: Mapping[str, Collection[bytes]] = {}

    def run(
        self,
        ids: Sequence[str],
        fresh: Mapping[str, list[Operation]],
        again: Collection[str],
        unheard: Collection[str] = (),
    ) -> None:
        current = _current_rows(
            self.connection, self.ent_type, [one for one in ids if one not in unheard]
        )
        self.held = current
        merge_anew: list[str] = []
        for ent_id in ids:
            operations = fresh.get(ent_id, [])
            row = current.get(ent_id)
            if ent_id in again or not self._applied(ent_id, operations, row):
                merge_anew.append(ent_id)
        if merge_anew:
            if self.is_root:
                self.sub_heads = _sub_heads(self.connection, merge_anew)
            accepted = operations_of(self.connection, merge_anew)
            for ent_id in merge_anew:
                # A record is a type and an id: nothing of another type under the same id counts.
                own = [o for o in accepted.get(ent_id, ()) if o.ent_type == self.ent_type]
                self._merge(ent_id, own, current.get(ent_id))
        self._write()

    def _applied(self, ent_id: str, operations: Sequence[Operation], row: Any) -> bool:
        """Apply operations that chain onto the heads; False when a real merge is needed."""
        if row is None:
            return self._created(ent_id, operations)
        if row["_hidden"] or row["_conflicts"]:
            return False
        heads = split_ids(row["_heads"])
        values = values_of(self.ent_type, row)
        owner_before = values.get("owner_unit")
        for operation in operations:
            body = operation.body
            if operation.parents != heads or body is None:
                return False
            if _touches_hidden(self.ent_type, body) or not FIXED.isdisjoint(body):
                return False
            if incomplete_groups(self.ent_type, body) or self._moves_a_child(values, body):
                return False
            for name, value in body.items():
                if value is None:
                    values.pop(name, None)
                else:
                    values[name] = value
            heads = (operation.op_id,)
        if self.is_root and values.get("owner_unit") != owner_before:
            return False
        self._put(ent_id, values, heads)
        return True

    def _created(self, ent_id: str, operations: Sequence[Operation]) -> bool:
        """Write the row of a record of which nothing but its creation is known."""
        if len(operations) != 1 or operations[0].parents or operations[0].body is None:
            return False
        body = operations[0].body
        if _touches_hidden(self.ent_type, body):
            return False
        if self.ent_type == "child" and is_departed(body):
            return False
        self._put(ent_id, body, (operations[0].op_id,))
        return True

    def _moves_a_child(self, values: Mapping[str, Value], body: Mapping[str, Value]) -> bool:
        """Whether a write may change in whose book a child is counted, though not its owner."""
        if self.ent_type != "child":
            return False
        # An owner that is written once more is a unit that takes on a child who left.
        return "owner_unit" in body or (
            "life_status" in body and (is_departed(values) or is_departed(body))
        )

    def _merge(self, ent_id: str, accepted: Sequence[Operation], row: Any) -> None:
        if row is not None and row["_conflicts"]:
            self.clear_conflicts.append(ent_id)
        if not accepted:
            if row is not None:
                self.gone.append(ent_id)
                self.stirred.row(self.ent_type, ent_id, {}, row)
                if self.effect is not None:
                    self.effect.row(self.ent_type, ent_id, {}, row)
                self._check_owner_of(values_of(self.ent_type, row))
                self._note_hiding(ent_id, {}, row)
            if self.is_root:
                self.connection.execute(delete(record_owner).where(record_owner.c.record == ent_id))
            if self.ent_type == "child":
                _note_departed(self.connection, ent_id, (), {}, row)
            return
        state = self._in_sight(ent_id, accepted)
        self._put(ent_id, state.values, state.heads, len(state.conflicts), hidden=state.hidden)
        # What is only created, or chains onto a record in sight, hides nothing and shows nothing.
        self._note_hiding(ent_id, state.values, row)
        for found in state.conflicts:
            self.conflicts.append((ent_id, found.group, self.ent_type, join_ids(found.heads)))
        if self.is_root:
            _note_owners(self.connection, ent_id, accepted, state.values, row)
        if self.ent_type == "child":
            _note_departed(self.connection, ent_id, accepted, state.values, row)

    def _in_sight(self, ent_id: str, accepted: Sequence[Operation]) -> RecordState:
        """What the operations come to; a record that stands for what it was merged into is shown,
        as a conflict.
        """
        state = materialise(accepted, self.sub_heads.get(ent_id, ()))
        own = standing_of(state.values, hidden=state.hidden)
        if not (own.hidden and own.into and can_be_merged(self.ent_type)):
            return state
        if present_owners(accepted) != (own.owner,):
            return state  # not everybody who answers for it holds what it leads to
        others = looking(self.connection, self.ent_type, self._hidden_by_itself)
        if not leads_nowhere(ent_id, lambda one: own if one == ent_id else others(one)):
            return state
        conflicts = {one.group: one for one in state.conflicts}
        conflicts.setdefault(HIDDEN_GROUP, Conflict(HIDDEN_GROUP, hiding_operations(accepted)))
        ordered = tuple(conflicts[group] for group in sorted(conflicts))
        return replace(state, hidden=False, conflicts=ordered)

    def _hidden_by_itself(self, ent_id: str) -> bool:
        """Whether a record's own operations hide it, whatever it was merged into."""
        accepted = operations_of(self.connection, [ent_id]).get(ent_id, ())
        own = [one for one in accepted if one.ent_type == self.ent_type]
        heads = _sub_heads(self.connection, [ent_id]).get(ent_id, ())
        return materialise(own, heads).hidden

    def _note_hiding(self, ent_id: str, values: Mapping[str, Value], before: Any) -> None:
        """Whoever leads to a record that is hidden or shown is looked at after it."""
        if self.changed is None:
            return
        said = before is not None and _says_hidden(self.ent_type, before)
        if said or _says_hidden(self.ent_type, values):
            self.changed.note(self.ent_type, ent_id, before["merged_into"] if said else None)

    def _put(
        self,
        ent_id: str,
        values: Mapping[str, Value],
        heads: Sequence[bytes],
        conflicts: int = 0,
        *,
        hidden: bool = False,
    ) -> None:
        row = entity_row(self.ent_type, ent_id, values, heads, conflicts, hidden)
        before = self.held.get(ent_id)
        self.stirred.row(self.ent_type, ent_id, values, before, hidden=hidden)
        if self.effect is not None:
            self.effect.row(self.ent_type, ent_id, values, before, hidden=hidden)
        (self.new_rows if before is None else self.rows).append(row)
        if not self.is_root:
            self._check_owner_of(values)

    def _check_owner_of(self, values: Mapping[str, Value]) -> None:
        record = values.get("record")
        if self.is_sub and isinstance(record, str):
            self.owners_to_check.add(record)

    def _write(self) -> None:
        columns = columns_of(self.ent_type)
        insert_rows(self.connection, self.table, columns, self.new_rows)
        insert_rows(self.connection, self.table, columns, self.rows, on_conflict="update")
        for part in chunks(self.clear_conflicts, IDS_AT_ONCE):
            self.connection.execute(
                delete(conflict).where(
                    conflict.c.ent_id.in_(part), conflict.c.ent_type == self.ent_type
                )
            )
        insert_rows(self.connection, conflict, _CONFLICT_COLUMNS, self.conflicts, "update")
        for part in chunks(self.gone, IDS_AT_ONCE):
            self.connection.execute(delete(self.table).where(self.table.c.id.in_(part)))


def _current_rows(connection: Connection, ent_type: str, ids: Sequence[str]) -> dict[str, Any]:
    if not ids:
        return {}
    rows = connection.execute(_rows_of(ent_type), {"ids": ids}).mappings()
    return {row["id"]: row for row in rows}


@cache
def _rows_of(ent_type: str) -> Select[Any]:
    """Built once for each type: it runs at every save."""
    table = ENTITY_TABLES[ent_type]
    return select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


def _touches_hidden(ent_type: str, values: Mapping[str, Value]) -> bool:
    return any(name in values for name in hiding_fields(ent_type))


def _sub_heads(connection: Connection, roots: Sequence[str]) -> dict[str, list[bytes]]:
    """Root → the heads of the records that belong to it."""
    found: dict[str, list[bytes]] = {}
    for name in _SUB_TYPES:
        table = ENTITY_TABLES[name]
        rows = connection.execute(
            select(table.c.record, table.c["_heads"]).where(table.c.record.in_(roots))
        )
        for record, heads in rows:
            found.setdefault(record, []).extend(split_ids(heads))
    return found


def sub_heads_of(connection: Connection, root: str) -> list[bytes]:
    """The heads of every record that belongs to `root`, sorted."""
    return sorted(_sub_heads(connection, [root]).get(root, []))


def _recheck_hidden(
    connection: Connection,
    roots: Collection[str],
    stirred: Stirred,
    effect: Effect | None,
    changed: Changed,
) -> None:
    """A new operation on a sub-record may bring a hidden owner back to sight, and back."""
    for name, entity in ENTITIES.items():
        if entity.family is not Family.ROOT or not hiding_fields(name):
            continue
        table = ENTITY_TABLES[name]
        created = stirred.created.rows.get(name, {})
        asked = [one for one in roots if one not in created or _says_hidden(name, created[one])]
        for part in chunks(sorted(asked), IDS_AT_ONCE):
            found = select(table.c.id).where(table.c.id.in_(part), _said_hidden(table))
            ids = list(connection.execute(found).scalars())
            if ids:
                _Batch(connection, name, stirred, effect, changed).run(ids, {}, set(ids))


def _says_hidden(ent_type: str, values: Mapping[str, Value]) -> bool:
    return any(values.get(name) is not None for name in hiding_fields(ent_type))


def _said_hidden(table: Table) -> ColumnElement[bool]:
    """Rows that somebody hid, whether the others agree or not."""
    return or_(*[table.c[field].is_not(None) for field in hiding_fields(table.name)])


def _note_owners(
    connection: Connection,
    record: str,
    accepted: Sequence[Operation],
    values: Mapping[str, Value],
    row: Any,
) -> None:
    """Keep who owns and owned a record whose `owner_unit` was written more than once."""
    owners = set(present_owners(accepted))
    ever = {
        owner
        for operation in accepted
        if isinstance(owner := (operation.body or {}).get("owner_unit"), str) and "@" in owner
    }
    connection.execute(delete(record_owner).where(record_owner.c.record == record))
    if owners != {values.get("owner_unit")}:
        insert_rows(
            connection,
            record_owner,
            ("record", "unit"),
            [(record, unit) for unit in sorted(owners)],
        )
    if len(ever) > 1:
        insert_rows(
            connection,
            record_owner_ever,
            ("record", "unit"),
            [(record, unit) for unit in sorted(ever)],
            "nothing",
        )
    if row is None:
        return  # the operations that make the record known have newer positions than any cursor
    new_here = owners - {row["owner_unit"]}
    if new_here:
        # A position of its own: a bundle that ended at the newest one may be out already, and no
        # operation was written when the owner changed because one was turned back.
        position = next_positions(connection, 1)
        insert_rows(
            connection,
            entered,
            ("record", "unit", "position"),
            [(record, unit, position) for unit in sorted(new_here)],
            "update",
        )


def _note_departed(
    connection: Connection,
    child: str,
    accepted: Sequence[Operation],
    values: Mapping[str, Value],
    row: Any,
) -> None:
    """Keep in whose book a child is counted that left one."""
    if row is not None and is_departed(row):
        connection.execute(delete(departed).where(departed.c.record == child))
    if is_departed(values) and (unit := book_of_departed(accepted)):
        insert_rows(connection, departed, ("record", "unit"), [(child, unit)], "update")


def rebuild(connection: Connection, on_step: Callable[[int], None] = lambda _records: None) -> None:
    """Drop every travelling row and build it again from the operations.

    Part of the weekly self-check and of the tests: the result must equal what stood before. What
    the validator made of the rows is dropped with them, and judged anew by whoever opens the store.
    `on_step` is told how many records stand again; what it raises ends the work half done.
    """
    forget_all(connection)
    connection.execute(delete(conflict))
    connection.execute(delete(record_owner))
    connection.execute(delete(departed))
    connection.execute(delete(same_child))
    for table in ENTITY_TABLES.values():
        connection.execute(delete(table))
    # What belongs to a record comes first: whether the record is hidden depends on it.
    done = 0
    for ent_type in sorted(ENTITIES, key=lambda name: name not in _SUB_TYPES):
        for part in chunks(_ids_of(connection, ent_type), IDS_AT_ONCE):
            _Batch(connection, ent_type, Stirred()).run(part, {}, set(part))
            done += len(part)
            on_step(done)
    for ent_type in filter(can_be_merged, ENTITIES):
        for part in chunks(merged_ones(connection, ent_type), IDS_AT_ONCE):
            _Batch(connection, ent_type, Stirred()).run(part, {}, set(part))
    refresh_all(connection)


def _ids_of(connection: Connection, ent_type: str) -> list[str]:
    statement = (
        select(op.c.ent_id).where(op.c.ent_type == ent_type, op.c.state == "accepted").distinct()
    )
    return sorted(connection.execute(statement).scalars())
