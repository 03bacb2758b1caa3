"""The tables of the store. Every constraint has a name from the first migration on.

Travelling tables are derived from `app.history.entities`: a column per field, beside it what the
program computes. Nothing here is unique but ids, and nothing refers to another travelling table:
a reference not yet known is a state, never a refused bundle (4-sync.md, "Merge").
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from app.history.entities import ENTITIES, Family, Kind

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_COLUMN_TYPE: Mapping[Kind, TypeEngine[Any]] = MappingProxyType(
    {Kind.TEXT: Text(), Kind.INT: BigInteger(), Kind.BOOL: Boolean(), Kind.SET: Text()}
)

#: What the program computes beside the fields: search and sort keys (3-data.md).
DERIVED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "household": ("head_fold", "head_sort", "no_sort", "search_fold"),
        "child": ("name_fold", "name_sort", "search_fold"),
        "village": ("name_fold", "name_sort"),
        "person": ("name_fold", "name_sort"),
    }
)


def _entity_table(name: str) -> Table:
    entity = ENTITIES[name]
    columns: list[Column[Any]] = [Column("id", Text, primary_key=True)]
    for field, kind in entity.fields.items():
        columns.append(Column(field, _COLUMN_TYPE[kind]))
    if "_deleted" not in entity.fields:
        columns.append(Column("_deleted", Boolean))
    columns += [Column(derived, Text) for derived in DERIVED.get(name, ())]
    columns += [
        Column("_key", Text),
        Column("_seen", Text),
        Column("_extra", Text),
        Column("_heads", LargeBinary, nullable=False),
        Column("_conflicts", Integer, nullable=False),
        Column("_hidden", Boolean, nullable=False),
    ]
    return Table(name, metadata, *columns)


ENTITY_TABLES: Mapping[str, Table] = MappingProxyType(
    {name: _entity_table(name) for name in ENTITIES}
)

for _name, _table in ENTITY_TABLES.items():
    if ENTITIES[_name].family is Family.SUB:
        Index(None, _table.c.record)
    elif ENTITIES[_name].family is Family.PAIR:
        Index(None, _table.c.record)
        Index(None, _table.c.other_child)
    elif ENTITIES[_name].family is Family.ROOT:
        Index(None, _table.c.owner_unit)
Index(None, ENTITY_TABLES["child"].c.household, ENTITY_TABLES["child"].c.complete)
Index(None, ENTITY_TABLES["child"].c.personal_id)
Index(None, ENTITY_TABLES["child"].c.name_sort, ENTITY_TABLES["child"].c.id)
#: A query uses the index only if it says this very thing, with the constant written out.
HIDDEN = text("_hidden = 1")
Index("ix_child_hidden", ENTITY_TABLES["child"].c.id, sqlite_where=HIDDEN)
#: As above: who moved out, a few among all.
MOVED_OUT = text("life_status = 'MOVED_OUT'")
Index("ix_child_moved_out", ENTITY_TABLES["child"].c.id, sqlite_where=MOVED_OUT)
Index(None, ENTITY_TABLES["household"].c.village, ENTITY_TABLES["household"].c.household_no)

#: The log. `position` is the order in which this replica accepted operations; never a truth
#: elsewhere. `root` is the household, child, … whose scope the operation shares.
op = Table(
    "op",
    metadata,
    Column(
        "position",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("ent_id", Text, nullable=False),
    Column("op_id", LargeBinary, nullable=False),
    Column("ent_type", Text, nullable=False),
    Column("root", Text, nullable=False),
    Column("parents", LargeBinary, nullable=False),
    Column("body", Text),
    Column("salt", LargeBinary),
    Column("body_hash", LargeBinary, nullable=False),
    Column("unit", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("replica", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("wall", BigInteger, nullable=False),
    Column("signature", Text),
    Column("bundle_in", Integer),
    Column("act", Text),
    Column("writes_owner", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("judged_for", Text),
    UniqueConstraint("ent_id", "op_id"),
    CheckConstraint("state IN ('accepted','waiting','refused','set_aside')", name="state"),
)
#: Only what belongs to another record: every other operation is found by its own record's id, and a
#: large import writes half a million fewer entries all over the index.
Index("ix_op_root", op.c.root, sqlite_where=text("root != ent_id"))
#: A query uses the index only if it says this very thing, with the constant written out.
NOT_ACCEPTED = text("state != 'accepted'")
Index("ix_op_state", op.c.state, sqlite_where=NOT_ACCEPTED)
#: Whatever `queries.sending.own_work` asks of an operation stands in the index: the rows themselves
#: are as wide as their bodies.
Index("ix_op_written", op.c.by, op.c.state, op.c.position, op.c.ent_type, op.c.bundle_in)
Index("ix_op_act", op.c.act, sqlite_where=op.c.act.is_not(None))
Index("ix_op_writes_owner", op.c.ent_id, sqlite_where=text("writes_owner = 1"))

conflict = Table(
    "conflict",
    metadata,
    Column("ent_id", Text, primary_key=True),
    Column("field_group", Text, primary_key=True),
    Column("ent_type", Text, nullable=False),
    Column("heads", LargeBinary, nullable=False),
)

#: Households and children that declare themselves complete while the validator finds an error in
#: them. Derived like the rows beside it, never sent: `app.services.declarations` writes it.
unsound = Table(
    "unsound",
    metadata,
    Column("record", Text, primary_key=True),
    Column("ent_type", Text, primary_key=True),
)

#: Present owners of a root record where its `owner_unit` alone does not say it: while ownership is
#: in conflict, or after a move to no unit. Every other record has no row here.
record_owner = Table(
    "record_owner",
    metadata,
    Column("record", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
)
Index(None, record_owner.c.unit)

#: Units that once owned a record whose owner has changed.
record_owner_ever = Table(
    "record_owner_ever",
    metadata,
    Column("record", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
)
Index(None, record_owner_ever.c.unit)

#: In whose book a child is counted that left one (`app.history.departure`): a few among all.
departed = Table(
    "departed",
    metadata,
    Column("record", Text, primary_key=True),
    Column("unit", Text, nullable=False),
)
Index(None, departed.c.unit)

#: Children called the same as another one, and which of them all stands for them in every count
#: ("" where none does that is followed here): derived, like a row (`app.models.doubled`). `held`:
#: whether the record itself is in the store.
same_child = Table(
    "same_child",
    metadata,
    Column("record", Text, primary_key=True),
    Column("stands", Text, nullable=False),
    Column("held", Boolean, nullable=False),
)
Index(None, same_child.c.stands)

#: Pairs of children that may be one, as the last search left them and what came since adds to them:
#: what speaks for each, and how its two records stood when it was weighed.
suggested_pair = Table(
    "suggested_pair",
    metadata,
    Column("first", Text, primary_key=True),
    Column("second", Text, primary_key=True),
    Column("level", BigInteger, nullable=False),  # see app.matching.pair.Level
    Column("score", BigInteger, nullable=False),  # in hundredths of a bit
    Column("evidence", Text, nullable=False),  # JSON: what was compared → bits
    Column("first_heads", LargeBinary, nullable=False),
    Column("second_heads", LargeBinary, nullable=False),
)
Index(None, suggested_pair.c.second)

#: A record came into a unit's scope after its creation: its whole history is sent once more.
entered = Table(
    "entered",
    metadata,
    Column("record", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

#: Bundles this replica sent: one line per receiving unit.
bundle_out = Table(
    "bundle_out",
    metadata,
    Column("bundle_id", LargeBinary, primary_key=True),
    Column("replica", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("log_from", BigInteger, nullable=False),
    Column("log_to", BigInteger, nullable=False),
    Column("file", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("handover", Text),
    # What was stated inside the bundle: numbers and who signs (`sync/stated.py`).
    Column("stated", LargeBinary),
    UniqueConstraint("replica", "unit", "seq"),
)

#: Bundles received here, for ever; `number` is what `op.bundle_in` refers to.
bundle_in = Table(
    "bundle_in",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("bundle_id", LargeBinary, nullable=False, unique=True),
    Column("replica", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("prev", LargeBinary),
    Column("log_from", BigInteger, nullable=False),
    Column("log_to", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("received_by", Text, nullable=False),
    Column("fork", Boolean, nullable=False),
    Column("file", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("handover", Text),
    Column("operations", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("certificates", LargeBinary, nullable=False),
    # Taken back by somebody here: when (UTC seconds), who, and why. What it brought is set aside.
    Column("undone", BigInteger),
    Column("undone_by", Text),
    Column("undone_why", Text),
    # What the giver stated inside the bundle; null where an older program sealed it.
    Column("stated", LargeBinary),
)
Index("ix_bundle_in_line", bundle_in.c.replica, bundle_in.c.seq)

#: How far this replica has a sender's log without a gap, and which bundle says so.
line_in = Table(
    "line_in",
    metadata,
    Column("replica", Text, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("have", BigInteger, nullable=False),
    Column("newest_seq", Integer, nullable=False),
    Column("ack_seq", Integer, nullable=False),
    Column("ack_bundle", LargeBinary),
    Column("forked", Boolean, nullable=False),
)

#: How far a replica elsewhere has this replica's log; the lowest of a unit is its cursor.
peer = Table(
    "peer",
    metadata,
    Column("replica", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("station", Text, nullable=False),
    Column("acked", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
)

#: Which units the bundles to a unit are about, and since which position of this log
#: (`app.models.scope_out`). Never sent.
scope_out = Table(
    "scope_out",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("member", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

#: What a unit above refused of ours, by the newest bundle of its line.
refused_above = Table(
    "refused_above",
    metadata,
    Column("op_id", LargeBinary, primary_key=True),
    Column("sender", Text, primary_key=True),
    Column("ent_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

#: Operations that a unit above refuses and that a person here leaves at that. By the place in the
#: log: what is let in after all and refused once more stands elsewhere, and is told.
dismissed = Table(
    "dismissed",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
)

station = Table(
    "station",
    metadata,
    Column("station", Text, primary_key=True),
    Column("fingerprint", Text, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("age", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("not_after", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
)
Index(None, station.c.unit)

trust = Table(
    "trust",
    metadata,
    Column("kind", Text, primary_key=True),  # see app.models.trust.TrustKind
    Column("name", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("rights", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("wall", BigInteger, nullable=False),
    Column("account", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("chain", LargeBinary, nullable=False),
)

#: Lists of children that were given to the commune police to verify (`app.services.police`); days
#: in ISO, moments in UTC seconds. Never sent: what the answers change travels, the paper does not.
police_list = Table(
    "police_list",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("unit", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("issued", BigInteger, nullable=False),
    Column("issued_by", Text, nullable=False),
    # Taken back before it was answered.
    Column("withdrawn", BigInteger),
    Column("withdrawn_by", Text),
    # The signed hand-back: who of the police signed, as what, when, the number of the paper.
    Column("signed_by", Text),
    Column("signed_title", Text),
    Column("signed_on", Text),
    Column("paper", Text),
    Column("received", BigInteger),
    Column("received_by", Text),
    UniqueConstraint("code"),
)

#: What such a list says of each child; `printed` is emptied when the law erases the child.
police_row = Table(
    "police_row",
    metadata,
    Column("list", Text, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False),
    Column("child", Text, nullable=False),
    Column("household", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("printed", Text, nullable=False),
    UniqueConstraint("code"),
)
Index(None, police_row.c.child)
Index(None, police_row.c.household)

#: The answered files that were applied, each as one act, and what each said of which row.
police_answer = Table(
    "police_answer",
    metadata,
    Column("act", Text, primary_key=True),
    Column("list", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("read_by", Text, nullable=False),
    Column("undone", BigInteger),
    Column("undone_by", Text),
)
Index(None, police_answer.c.list)

police_outcome = Table(
    "police_outcome",
    metadata,
    Column("act", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
)

#: A list that was held against the register (`app.services.crosscheck`). Never sent.
list_file = Table(
    "list_file",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("unit", Text, nullable=False),
    # What makes a later list of the same thing its successor.
    Column("series", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("roles", Text, nullable=False),  # JSON: folded title → what a person said it is
    Column("added", BigInteger, nullable=False),
    Column("added_by", Text, nullable=False),
    # The position of the log at which its rows were last held against the register.
    Column("position", BigInteger, nullable=False),
)
Index(None, list_file.c.unit, list_file.c.kind)

#: Its rows, each with what it says, which child it may be, and what people decided about it.
list_row = Table(
    "list_row",
    metadata,
    Column("list", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    # What the row says, so that the same row is known again in a file that was saved anew.
    Column("content", Text, nullable=False),
    Column("said", Text, nullable=False),  # JSON
    Column("band", Text, nullable=False),
    Column("child", Text, nullable=False),
    Column("candidates", Text, nullable=False),  # JSON
    # A person's word: which child the row is, or none; and how a row without a child was settled.
    Column("decision", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided", BigInteger),
    Column("settled", Text, nullable=False),
    Column("settled_by", Text, nullable=False),
    Column("settled_at", BigInteger),
    # The act that took over what the row says.
    Column("act", Text),
)
Index(None, list_row.c.content)
