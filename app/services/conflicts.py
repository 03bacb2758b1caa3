"""Two people's values of one field: showing both, and letting a person decide.

A conflict is data (4-sync.md, "Merge"): shown with every head's value, who wrote it, and what stood
before both. Deciding is an ordinary save based on all heads; the losing values stay in the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.errors import KnownError
from app.forms.issues import Value
from app.history.entities import ENTITIES
from app.history.materialise import HIDDEN_GROUP, ancestry, hiding_fields, materialise
from app.history.merge_groups import group_of, members
from app.history.operation import Operation
from app.i18n import text
from app.models import log
from app.models.queries import history as history_queries
from app.models.queries import moves as queries
from app.models.queries import register
from app.models.queries.history import HistoryEntry
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.models.work import Change
from app.services.handles import id_named
from app.services.masking import Reveal, Shown, Sight, look, require_reveal, require_sight
from app.services.mistakes import children_back
from app.services.names_behind import names_behind, with_names
from app.services.paired_owner import DECISION, settled
from app.services.records import Records, refuse_leaving_children
from app.services.rights import Right
from app.services.saving import RecordSave, Saved
from app.services.surroundings import frame_of
from app.services.typed_beside import typed_value
from app.services.typed_values import form_of, refuse_strangers
from app.services.wording import Labels, Worded, values_in_words
from app.services.workplace import Workplace

#: A side of these is a verdict, and is chosen with its reason though that is masked.
TAKEN_WITH_ITS_REASON = frozenset(("handover", DECISION))
#: Conflicts whose records are read by one statement.
_PAGE = 200


@dataclass(frozen=True, slots=True)
class HeadValue:
    """One side: its values of the group's fields, and who wrote them where and when (UTC seconds).

    `brought_by` is the unit of the bundle it came in, empty when it was written here.
    """

    operation: bytes
    values: Mapping[str, Shown]
    author: str
    by: str
    wall: int
    brought_by: str


@dataclass(frozen=True, slots=True)
class ConflictView:
    """One field or merge group in conflict. `base` holds what stood before all sides, `stamp` says
    with which form the record was saved, `named` what stands behind the ids among the values.

    Of a record that was hidden, and worked on by somebody whom the hider had not seen, only the
    hiders are heads. `kept` is the other side then: it stays, `edited` by that one in these fields.
    Of two children there are three verdicts: `unsaid` are those on no side, each a side of nobody.
    """

    entity: str
    id: str
    unit: str
    group: str
    fields: tuple[str, ...]
    shown: Mapping[str, Shown]
    base: Mapping[str, Shown]
    heads: tuple[HeadValue, ...]
    stamp: Value = None
    #: All heads of the record: what a decision made on this view is based on.
    base_heads: tuple[bytes, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    kept: HeadValue | None = None
    edited: tuple[str, ...] = ()
    unsaid: tuple[HeadValue, ...] = ()

    @property
    def sides(self) -> tuple[HeadValue, ...]:
        """What one may choose from."""
        kept = () if self.kept is None else (self.kept,)
        return (*self.heads, *kept, *self.unsaid)


class Conflicts:
    """Use cases on open conflicts."""

    def __init__(self, workplace: Workplace, records: Records) -> None:
        self._workplace = workplace
        self._records = records

    def open(self, name: str | None = None, reveal: Reveal | None = None) -> list[ConflictView]:
        """Every open conflict, or those of one record by its id or handle, by type and name.

        Values of level A are masked without a reveal. Raises KnownError `records.unknown`,
        `rights.denied`, `masking.no_reason`.
        """
        self._workplace.require(Right.READ)
        require_reveal(self._workplace, reveal)
        with self._workplace.store.read() as reading:
            ids = None if name is None else [self._record_named(reading, name)]
            found = history_queries.conflicts_of(reading, self._workplace.tier.value, ids)
        sight = look(self._workplace, reveal, {(entity, one) for entity, one, _, _ in found})
        with self._workplace.store.read() as reading:
            views: list[ConflictView] = []
            for start in range(0, len(found), _PAGE):
                views += self._views(reading, sight, found[start : start + _PAGE])
        # By name: the order of ids would tell of those that are not shown.
        return sorted(views, key=lambda one: (one.entity, one.id))

    def _record_named(self, reading: Reading, name: str) -> str:
        """The id of a record that is here."""
        ent_id = id_named(self._workplace.handles, reading, name)
        if register.entity_of(reading, ent_id) is None:
            raise KnownError("records.unknown", "records.unknown_hint", id=name)
        return ent_id

    def in_words(self, one: ConflictView, values: Mapping[str, Shown]) -> list[Worded]:
        """One side of it, as the form shows values; whether a part was taken away among them."""
        catalogue = self._workplace.catalogue
        worded = with_names(values_in_words(catalogue, one.entity, values, one.stamp), one.named)
        if _DELETED in values:
            called = Labels(catalogue).of(one.entity, _DELETED)
            gone = text("wording.yes" if values[_DELETED] else "wording.no")
            worded.append(Worded(_DELETED, called, gone))
        return worded

    def count(self) -> int:
        """How many fields and groups wait for a decision."""
        with self._workplace.store.read() as reading:
            return len(history_queries.conflicts_of(reading, self._workplace.tier.value))

    def _views(
        self,
        reading: Reading,
        sight: Sight,
        found: Sequence[tuple[str, str, str, tuple[bytes, ...]]],
    ) -> list[ConflictView]:
        operations = log.operations_of(reading, {ent_id for _, ent_id, _, _ in found})
        views = []
        for entity, ent_id, group, heads in found:
            record = register.record(reading, entity, ent_id)
            if record is not None:
                entries = {one.op_id: one for one in history_queries.history(reading, ent_id)}
                known = operations.get(ent_id, [])
                view = _view(sight, record, group, heads, known, entries)
                if group == HIDDEN_GROUP and not record.hidden:
                    view = self._or_kept(view, known, entries)
                if entity == DECISION and _VERDICT in view.fields:
                    view = replace(view, unsaid=_unsaid(view))
                sides = (view.shown, view.base, *(one.values for one in view.heads))
                views.append(replace(view, named=names_behind(self._workplace, reading, sides)))
        return views

    def _or_kept(
        self,
        view: ConflictView,
        operations: Sequence[Operation],
        entries: Mapping[bytes, HistoryEntry],
    ) -> ConflictView:
        """With the side of whoever did not hide it, where all heads are of those who did. It is
        told by the last one who worked on the record itself; nobody did where it was on a part.
        """
        hiding = hiding_fields(view.entity)
        if not all(any(one.values.get(name) for name in hiding) for one in view.heads):
            return view
        stays: dict[str, Shown] = dict.fromkeys(view.fields)
        if "entered_in_error" in stays:
            stays["entered_in_error"] = False
        strangers = _unseen_by([one.operation for one in view.heads], operations)
        at = [entries[one] for one in strangers if one in entries]
        last = max(at, key=lambda one: (one.wall, one.op_id), default=None)
        said = ("", "", 0) if last is None else (last.author, last.by, last.wall)
        brought = "" if last is None else last.brought_by or ""
        called, of = Labels(self._workplace.catalogue), group_of(view.entity)
        names = {name for one in at for name in one.body or {} if of.get(name) != HIDDEN_GROUP}
        edited = sorted({called.of(view.entity, name) for name in names} - {""})
        kept = HeadValue(b"", stays, *said, brought)
        return replace(view, kept=kept, edited=tuple(edited))

    def resolve(self, entity: str, name: str, choices: Mapping[str, str]) -> Saved:
        """Decide conflicts of one record, by its id or handle, by typed values; a group is decided
        as a whole.

        Fields of a group that are not named keep the value shown now. Raises KnownError
        `conflicts.unknown_type`, `records.unknown`, `conflicts.wrong_type`, `conflicts.none`,
        `conflicts.not_here`, `conflicts.no_verdict`,
        `conflicts.not_in_conflict`, and what typed values may be refused for.
        """
        if entity not in ENTITIES:
            # What was typed is not repeated: it may be somebody's name.
            raise KnownError(
                "conflicts.unknown_type", "conflicts.unknown_type_hint", types=", ".join(ENTITIES)
            )
        with self._workplace.store.read() as reading:
            ent_id = id_named(self._workplace.handles, reading, name)
            record = register.record(reading, entity, ent_id)
            said = {} if record is None else record.values
            template = frame_of(self._workplace, reading).template_for(form_of(entity), said)
            catalogue, year = self._workplace.catalogue, self._workplace.today().year
            values = {
                field: typed_value(template, catalogue, entity, field, text, year)
                for field, text in choices.items()
            }
            if record is not None:
                refuse_strangers(reading, self._workplace.tree, record, values)
        return self.decide(entity, name, values)

    def decide(
        self,
        entity: str,
        name: str,
        values: Mapping[str, Value],
        seen: Sequence[bytes] = (),
        side: bytes | None = None,
    ) -> Saved:
        """`resolve` with stored values, for a page that offers the sides to choose from. `side` is
        the operation whose side was chosen: what of a verdict is masked, its reason, stays with it,
        unread.

        `seen` are the heads of the view that was decided on: a value that came meanwhile must not
        be lost to a choice between others. With a household that is kept its children come back
        that went with it. Raises KnownError also `conflicts.changed_meanwhile`,
        `conflicts.settled_meanwhile`, `records.children_left`.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.store.read() as reading:
            ent_id = id_named(self._workplace.handles, reading, name)
            record = register.record(reading, entity, ent_id)
            if record is None:
                raise _unknown(register.entity_of(reading, ent_id), name)
            tier = self._workplace.tier.value
            open_here = history_queries.conflicts_of(reading, tier, [ent_id])
            groups = {group for _, _, group, _ in open_here}
            if seen and set(seen) != set(record.heads):
                said = "conflicts.changed_meanwhile" if groups else "conflicts.settled_meanwhile"
                raise KnownError(said, f"{said}_hint")
            contested = {op_id for _, _, _, heads in open_here for op_id in heads}
            entries = history_queries.history(reading, ent_id)
            bodies = _bodies(entries)
            further: dict[str, Value] = {}
            saves: list[RecordSave] = []
            if groups and entity == DECISION:
                sides = _bodies(one for one in entries if one.op_id in contested)
                further, saves = settled(reading, self._workplace.reach(), record, sides, values)
                further = {**self._signed(sides, values), **further}
            if entity == "household" and values.get("entered_in_error") is False:
                hid = _bodies(one for one in entries if one.op_id in contested)
                saves = children_back(reading, ent_id, [one.get("hidden_reason") for one in hid])
            refuse_leaving_children(reading, record, values)
        if not groups and record.conflicts:
            raise KnownError("conflicts.not_here", "conflicts.not_here_hint")
        if not groups:
            raise KnownError("conflicts.none", "conflicts.none_hint", id=name)
        of = group_of(entity)
        strangers = sorted(field for field in values if of.get(field, field) not in groups)
        if strangers or not values:
            raise KnownError(
                "conflicts.not_in_conflict",
                "conflicts.not_in_conflict_hint",
                fields=", ".join(strangers),
                groups=", ".join(sorted(groups)),
            )
        require_sight(self._workplace, entity, [record.values, *bodies], values)
        if entity in TAKEN_WITH_ITS_REASON and side is not None:
            bodies_of = {one.op_id: one.body or {} for one in entries}
            whole = {field for name in values for field in fields_of(entity, of.get(name, name))}
            unread = {field: bodies_of.get(side, {}).get(field) for field in whole - {*values}}
            further = {**further, **unread}
        decided = RecordSave(_decision(record, {**values, **further}))
        (done, *_) = self._records.save([decided, *saves])
        return done

    def _signed(
        self, sides: Sequence[Mapping[str, Value]], values: Mapping[str, Value]
    ) -> dict[str, Value]:
        """In whose name the verdict about two children stands that was chosen by its word alone:
        the side that is shown may be somebody's who said the opposite, and for another reason.
        """
        if "verdict" not in values or "decided_by" in values:
            return {}
        alike = [one for one in sides if one.get("verdict") == values["verdict"]]
        said: dict[str, Value] = {
            "reason": next((one["reason"] for one in alike if one.get("reason")), None),
            "decided_by": self._workplace.account.full_name,
            "decided_on": self._workplace.today().isoformat(),
        }
        return {name: value for name, value in said.items() if name not in values}


def _unsaid(view: ConflictView) -> tuple[HeadValue, ...]:
    """The verdicts about two children that nobody chose: a third may know better than both. What
    all say it is about, that one is about as well.
    """
    said = {one.values.get(_VERDICT) for one in view.heads}
    about = {one.values.get(_BASIS) for one in view.heads}
    same: dict[str, Shown] = {_BASIS: about.pop()} if len(about) == 1 else {}
    return tuple(
        HeadValue(b"", {**same, _VERDICT: one}, "", "", 0, "")
        for one in queries.VERDICTS
        if one not in said
    )


def _unknown(entity: str | None, name: str) -> KnownError:
    if entity is None:
        return KnownError("records.unknown", "records.unknown_hint", id=name)
    return KnownError("conflicts.wrong_type", "conflicts.wrong_type_hint", id=name, entity=entity)


def contested_fields(
    reading: Reading, sight: Sight, views: Sequence[RecordView]
) -> dict[str, frozenset[str]]:
    """By the record's name, the fields that wait for a decision; others are left out. Whether the
    record stays is asked by no field: "" stands for it.
    """
    asked = {one.id: sight.name(one) for one in views if one.conflicts}
    found: dict[str, frozenset[str]] = {}
    if asked:
        for entity, ent_id, group, _ in history_queries.conflicts_of(reading, "", asked):
            known = found.get(asked[ent_id], frozenset())
            fields = ("",) if group == HIDDEN_GROUP else fields_of(entity, group)
            found[asked[ent_id]] = known.union(fields)
    return found


def fields_of(entity: str, group: str) -> tuple[str, ...]:
    """The fields of a group that people decide about; what the writer had seen is not theirs."""
    fields = members(entity).get(group, (group,))
    return tuple(name for name in fields if name not in ("_key", "_seen"))


def _view(
    sight: Sight,
    record: RecordView,
    group: str,
    heads: Sequence[bytes],
    operations: Sequence[Operation],
    entries: Mapping[bytes, HistoryEntry],
) -> ConflictView:
    fields = fields_of(record.entity, group)
    # What any side says, or ever said, decides what is masked on every side.
    versions = [record.values, *_bodies(entries.values())]

    def shown(values: Mapping[str, Value]) -> dict[str, Shown]:
        of = sight.values(record.entity, {name: values.get(name) for name in fields}, versions)
        # That a part was taken away tells nothing of what it holds, and is what is decided.
        return {**of, _DELETED: values.get(_DELETED)} if _DELETED in of else of

    return ConflictView(
        record.entity,
        sight.name(record),
        str(record.values.get("owner_unit", "")),
        group,
        fields,
        shown(record.values),
        shown(_base(operations, heads, fields)),
        tuple(
            HeadValue(
                op_id,
                shown(entries[op_id].body or {}),
                entries[op_id].author,
                entries[op_id].by,
                entries[op_id].wall,
                entries[op_id].brought_by or "",
            )
            # As people tell it; a wrong clock moves a column and decides nothing.
            for op_id in sorted(heads, key=lambda it: (_claimed(entries.get(it)), it))
            if op_id in entries
        ),
        record.values.get("template"),
        record.heads,
    )


def _unseen_by(hiders: Sequence[bytes], operations: Sequence[Operation]) -> list[bytes]:
    """What was written on a record unknown to one who hid it, and not knowing of that."""
    graph = ancestry({one.op_id: one.parents for one in operations})
    found: set[bytes] = set()
    for op_id in hiders:
        at = graph.index.get(op_id)
        if at is None:
            continue
        before, hides = graph.ancestors[at], 1 << at
        found |= {
            other
            for place, other in enumerate(graph.order)
            if other not in hiders
            and not before >> place & 1
            and not graph.ancestors[place] & hides
        }
    return sorted(found)


def _claimed(entry: HistoryEntry | None) -> int:
    return 0 if entry is None else entry.wall


def _bodies(entries: Iterable[HistoryEntry]) -> list[Mapping[str, Value]]:
    return [one.body for one in entries if one.body is not None]


def _base(
    operations: Sequence[Operation], heads: Sequence[bytes], fields: Sequence[str]
) -> dict[str, Value]:
    """The values of the fields by what all heads had seen."""
    graph = ancestry({one.op_id: one.parents for one in operations})
    common = (1 << len(graph.order)) - 1
    for op_id in heads:
        at = graph.index.get(op_id)
        common &= 0 if at is None else graph.ancestors[at]
    seen = [one for one in operations if common >> graph.index[one.op_id] & 1]
    if not seen:
        return dict.fromkeys(fields)
    values = materialise(seen).values
    return {name: values.get(name) for name in fields}


def _decision(record: RecordView, values: Mapping[str, Value]) -> Change:
    """A save based on all heads that writes every group named, whole.

    The value shown is only provisional: choosing it must write it too. So one field of each group
    is said to have been loaded with what it cannot hold, and therefore differs. It is never
    `owner_unit`, which says in whose name the operation stands.
    """
    of = group_of(record.entity)
    written: dict[str, Value] = {}
    loaded = dict(record.values)
    for name in values:
        fields = fields_of(record.entity, of.get(name, name))
        for one in fields:
            written[one] = values.get(one, record.values.get(one))
        marked = next((one for one in fields if one != "owner_unit"), name)
        loaded[marked] = "" if isinstance(written[marked], list) else [_NEVER]
    return Change(record.entity, written, id=record.id, base=record.heads, loaded=loaded)


_VERDICT, _BASIS = "verdict", "basis"
#: Whether a part of a record was taken away.
_DELETED = "_deleted"
#: An item that no stored set holds: U+001F never stands in a stored text.
_NEVER = "\x1f"
