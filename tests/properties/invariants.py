"""The laws I1 … I16 of 4-sync.md as functions over a fleet; each raises AssertionError by name.

I2, I3, the arriving part of I10 and the sums of a delivery are checked where they happen, in
`histories` and `fleet`; what a file is needed for is tested with the bundles.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from app.history.door import State
from app.history.entities import REFERENCES, ROOTS, SUBS
from app.history.materialise import hiding_fields, materialise
from app.history.operation import Operation, Value, make_operation
from app.models.materialising import rebuild
from app.models.queries import counting
from app.models.rows import split_ids
from app.models.schema import ENTITY_TABLES
from tests.properties import naive, naive_counts
from tests.properties.fleet import Fleet, Replica, children_of, roots_of

Record = tuple[str, str]
_child = ENTITY_TABLES["child"]
#: The day the reports of the fleet are for: some of its moves are long past by then, some are not.
REPORT = date(2026, 9, 1)


class View:
    """What one replica holds and shows, read once."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.log = replica.log()
        self.accepted: dict[Record, list[Operation]] = {}
        for known in self.log.values():
            if known.state is State.ACCEPTED:
                one = known.operation
                self.accepted.setdefault((one.ent_type, one.ent_id), []).append(one)
        self.roots = roots_of([o for held in self.accepted.values() for o in held])
        self.rows = replica.full_rows()
        self._states: dict[Record, naive.NaiveState] = {}
        self.conflicts: dict[Record, dict[str, frozenset[bytes]]] = {}
        for row in replica.dump()["conflict"].values():
            ent_id, group, ent_type, heads = row
            of_record = self.conflicts.setdefault((ent_type, ent_id), {})
            of_record[group] = frozenset(split_ids(heads))

    def below(self, root: str) -> list[Record]:
        return [
            record for record in self.accepted if record[0] in SUBS and self.roots[record] == root
        ]

    def sub_heads(self, root: str) -> list[bytes]:
        return [
            head for record in self.below(root) for head in split_ids(self.rows[record]["_heads"])
        ]

    def expected(self, record: Record, truth: naive.Parents) -> naive.NaiveState:
        """What a record shows, read naively; merged records together with what they lead to."""
        own = self.by_itself(record, truth)
        if own is None or not self._is_merged(record):
            assert own is not None
            return own
        operations = self.accepted[record]
        owners = naive.naive_owners(operations)
        owned = owners == {own.values.get("owner_unit")}
        if not naive.stands_anyway(
            record[1], lambda one: self.by_itself((record[0], one), truth), owned
        ):
            return own
        above = naive.ancestors_of(operations, truth)
        heads = frozenset(o.op_id for o in naive.hiding_heads(operations, above))
        return replace(own, hidden=False, conflicts={"hidden": heads, **own.conflicts})

    def _is_merged(self, record: Record) -> bool:
        return "merged_into" in hiding_fields(record[0]) and bool(
            self.rows[record]["values"].get("merged_into")
        )

    def by_itself(self, record: Record, truth: naive.Parents) -> naive.NaiveState | None:
        """What a record's own operations come to; None for one that is not here."""
        if record not in self.accepted:
            return None
        if record not in self._states:
            self._states[record] = naive.naive_state(
                self.accepted[record], self.sub_heads(record[1]), truth
            )
        return self._states[record]

    def cluster(self, root: str, apart: Collection[bytes] = ()) -> dict[Record, frozenset[bytes]]:
        """A root record with all below it: record → its accepted operations but those `apart`;
        without any of them a record is not there."""
        records = [(name, root) for name in ROOTS if (name, root) in self.accepted]
        found = {
            record: frozenset(o.op_id for o in self.accepted[record] if o.op_id not in apart)
            for record in (*records, *self.below(root))
        }
        return {record: held for record, held in found.items() if held}


def views_of(fleet: Fleet) -> list[View]:
    return [View(one) for one in fleet]


def check_i1_same_operations_same_rows(views: Iterable[View]) -> int:
    """I1: the same accepted operations give identical rows, heads and conflicts."""
    seen: dict[object, object] = {}
    compared = 0
    for view in views:
        for root in {root for record, root in view.roots.items() if record[0] in ROOTS}:
            cluster = view.cluster(root)
            shown = {
                record: (dict(view.rows[record]), view.conflicts.get(record, {}))
                for record in cluster
            }
            for record in [one for one in cluster if one[0] in ROOTS]:
                # Whether it is in sight depends on what it was merged into, too.
                for one in led_to(view, record):
                    cluster |= view.cluster(one[1])
            erased = frozenset(
                op_id
                for held in cluster.values()
                for op_id in held
                if view.log[op_id].operation.salt is None
            )
            key = root, frozenset(cluster.items()), erased
            assert seen.setdefault(key, shown) == shown, "I1: the same operations, other rows"
            compared += 1
    return compared


def led_to(view: View, record: Record) -> list[Record]:
    """The records that a merged one leads to, by the rows, itself left out."""
    found: list[Record] = []
    at: Record | None = record
    while at is not None and at in view.rows:
        into = view.rows[at]["values"].get("merged_into")
        at = (record[0], str(into)) if into else None
        if at is None or at == record or at in found:
            break
        found.append(at)
    return [one for one in found if one in view.accepted]


def check_i4_every_value_is_somewhere(views: Iterable[View], truth: naive.Parents) -> Counter[str]:
    """I4: every value ever written is current, overwritten by somebody who had seen it, in an open
    conflict, set aside, waiting or refused; the sums add up. A statement that another PC of the
    unit made too is current when either of the two is shown (MERGE.md, "One statement")."""
    sums: Counter[str] = Counter()
    for view in views:
        total = 0
        for known in view.log.values():
            groups = naive.groups_of(known.operation)
            total += len(groups)
            if known.state is not State.ACCEPTED:
                sums[known.state.value] += len(groups)
                continue
            for group in groups:
                where = where_is(view, known.operation, group, truth)
                assert where is not None, f"I4: a value of {group} is nowhere"
                sums[where] += 1
        sums["all"] += total
    assert sums["all"] == sum(n for name, n in sums.items() if name != "all"), "I4: the sums differ"
    return sums


def where_is(view: View, one: Operation, group: str, truth: naive.Parents) -> str | None:
    """Where a value of an accepted operation stands, None for nowhere."""
    record = (one.ent_type, one.ent_id)
    if one.op_id in view.conflicts.get(record, {}).get(group, ()):
        return "in an open conflict"
    of_record = view.accepted[record]
    above = naive.ancestors_of(of_record, truth)
    if any(one.op_id in above[o.op_id] and group in naive.groups_of(o) for o in of_record):
        return "overwritten"
    if _shown(view, record, group) == naive.meant(one, group):
        return "current"
    return None


def _shown(view: View, record: Record, group: str) -> dict[str, object]:
    values = view.rows[record]["values"]
    names = naive.fields_of(record[0], group)
    return naive.meaning(record[0], group, {name: values[name] for name in names if name in values})


def check_erased_by_law(views: Iterable[View]) -> int:
    """What an erasure that counts here names has no body here, whatever state it is in, and nothing
    else is without one but what waits for its erasure (4-sync.md, "Erasure by law")."""
    checked = 0
    for view in views:
        named = left_by_law(view)
        for op_id, known in view.log.items():
            one = known.operation
            if op_id in named:
                assert one.salt is None, "erased: a body is here yet"
                assert one.body == named[op_id], "erased: not what the act leaves"
                checked += 1
            elif one.salt is None:
                assert known.state is State.WAITING, "erased: a body is gone and no act says so"
    return checked


def check_erased_everywhere(views: Collection[View]) -> None:
    """Once all have talked every erasure that counts at the province counts on every PC."""
    (top, *_) = [view for view in views if view.replica.unit == view.replica.fleet.top]
    acts = {record for record in top.accepted if record[0] == "erase"}
    for view in views:
        assert acts <= view.accepted.keys(), f"erased: {view.replica.name} has not heard of it"


def left_by_law(view: View) -> dict[bytes, dict[str, Value]]:
    """Operation → what the erasures that count here leave of its body; of two of them the one with
    the smaller id has the word (MERGE.md, "Choices")."""
    found: dict[bytes, dict[str, Value]] = {}
    for _, act in sorted((one for one in view.accepted if one[0] == "erase"), reverse=True):
        (written,) = view.accepted["erase", act]
        for of_record in json.loads(str((written.body or {})["content"])).values():
            found.update((bytes.fromhex(op_id), left) for op_id, left in of_record.items())
    return found


def check_closed(views: Iterable[View]) -> int:
    """The accepted set is closed under ancestors (4-sync.md, "Authority: the door")."""
    checked = 0
    for view in views:
        accepted = {o.op_id for held in view.accepted.values() for o in held}
        for op_id in accepted:
            missing = [p for p in view.log[op_id].operation.parents if p not in accepted]
            assert not missing, "closed: accepted without what it builds on"
            checked += 1
    return checked


def check_set_aside_is_local(
    here: Replica, aside: Collection[bytes], writers: Iterable[Replica]
) -> None:
    """What was set aside stays so here, by whatever bundle it comes again, and its writer keeps
    it (4-sync.md, "Undo of an import is local")."""
    for op_id in aside:
        assert here.states()[op_id] is State.SET_ASIDE, "undo: it counts again"
        for one in writers:
            assert one.states()[op_id] is State.ACCEPTED, "undo: its writer lost it"


def check_i5_no_silent_winner(views: Iterable[View], truth: naive.Parents) -> int:
    """I5: two heads of one field with different values are an open conflict, by what their writers
    had really seen; a head disappears only when somebody who had seen it writes the field."""
    found = 0
    for view in views:
        for record in view.accepted:
            expected = view.expected(record, truth)
            shown = view.conflicts.get(record, {})
            assert shown == expected.conflicts, f"I5: {record[0]}: {shown.keys()}"
            assert view.rows[record]["_conflicts"] == len(shown), "I5: the row counts otherwise"
            found += len(shown)
    return found


def check_i6_clocks_change_nothing(views: Iterable[View]) -> int:
    """I6: other wall clocks change no unconflicted value."""
    compared = 0
    for view in views:
        for operations in view.accepted.values():
            if len(operations) < 2:
                continue
            before = materialise(operations)
            for wall in (lambda n: 4_000_000_000 - n, lambda n: 1_000 + n * 7 % 5):
                after = materialise(_with_clocks(operations, wall))
                open_now = {c.group for c in before.conflicts} | {c.group for c in after.conflicts}
                assert {c.group for c in before.conflicts} == {c.group for c in after.conflicts}, (
                    "I6: a clock opened or closed a conflict"
                )
                ent_type = operations[0].ent_type
                in_doubt = {n for g in open_now for n in naive.fields_of(ent_type, g)} | {"_seen"}
                assert _without(before.values, in_doubt) == _without(after.values, in_doubt), (
                    "I6: a clock changed a value"
                )
                assert before.hidden == after.hidden, "I6: a clock hid a record"
                compared += 1
    return compared


def _without(values: Mapping[str, object], names: set[str]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in names}


def _with_clocks(operations: list[Operation], wall: Callable[[int], int]) -> list[Operation]:
    """The same history written under other clocks: new ids, the same shape."""
    above = naive.ancestors_of(operations)
    new_ids: dict[bytes, bytes] = {}
    made = []
    for n, one in enumerate(sorted(operations, key=lambda o: len(above[o.op_id]))):
        again = make_operation(
            ent_type=one.ent_type,
            ent_id=one.ent_id,
            parents=[new_ids[p] for p in one.parents],
            body=one.body or {},
            salt=one.salt or bytes(16),
            unit=one.unit,
            by=one.by,
            replica=one.replica,
            author=one.author,
            wall=wall(n),
        )
        new_ids[one.op_id] = again.op_id
        made.append(again)
    return made


def check_i7_nothing_is_lost(held_before: set[bytes], fleet: Fleet) -> None:
    """I7: what any PC held before the last rounds is accepted at the province, or stands waiting,
    refused or set aside somewhere with what it builds on."""
    known: dict[bytes, Operation] = {}
    stopped: set[bytes] = set()
    stopped_records: set[str] = set()
    for one in fleet:
        for op_id, held in one.log().items():
            known[op_id] = held.operation
            if held.state in (State.REFUSED, State.SET_ASIDE):
                stopped.add(op_id)
                if not held.operation.parents:
                    stopped_records.add(held.operation.ent_id)
    top = {o.op_id for one in fleet.of_unit(fleet.top) for o in one.accepted()}
    for op_id in held_before:
        assert op_id in known, "I7: an operation is held nowhere any more"
    for op_id in held_before - top - stopped:
        assert _builds_on_stopped(known, op_id, stopped, stopped_records), (
            f"I7: {known[op_id].ent_type} never came to the province and nobody stopped it"
        )


def _builds_on_stopped(
    known: Mapping[bytes, Operation], op_id: bytes, stopped: set[bytes], records: set[str]
) -> bool:
    pending = [op_id]
    while pending:
        one = known.get(pending.pop())
        if one is None:
            continue
        if one.op_id in stopped or (one.body or {}).get("record") in records:
            return True
        pending += one.parents
    return False


def check_i8_unseen_edits_keep_the_record(views: Iterable[View], truth: naive.Parents) -> int:
    """I8: an edit unknown to whoever hid the record keeps it visible; and what was merged away
    leads to something that is left."""
    hidden = 0
    for view in views:
        check_merged_lead_somewhere(view)
        for record, operations in view.accepted.items():
            if not view.rows[record]["_hidden"]:
                continue
            hidden += 1
            above = naive.ancestors_of(operations, truth)
            hiders = naive.hiding_heads(operations, above)
            subs = view.sub_heads(record[1]) if record[0] in ROOTS else []
            assert any(
                naive.unchallenged(one, hiders, operations, above, subs) for one in hiders
            ), "I8: hidden although somebody did not know"
    return hidden


def check_merged_lead_somewhere(view: View) -> int:
    """Whoever goes from a hidden record to what it was merged into comes to one that is shown, as
    long as one unit answers for all of them and they are here. Returns how many were followed.
    """
    followed = 0
    for record in view.accepted:
        if record[0] not in ROOTS or "merged_into" not in hiding_fields(record[0]):
            continue
        way, at = [record], record
        owners = {o for o in naive.naive_owners(view.accepted[record]) if "@" in o}
        while view.rows[at]["_hidden"]:
            values = view.rows[at]["values"]
            into = (record[0], str(values.get("merged_into")))
            if not values.get("merged_into") or values.get("entered_in_error") is True:
                assert len(way) == 1, f"I8: a {record[0]} was merged into one that is gone"
                break
            if into not in view.accepted:
                break
            owners |= naive.naive_owners(view.accepted[into])
            if len(owners) > 1 or view.rows[into]["values"]["owner_unit"] not in owners:
                break
            assert into not in way, f"I8: {len(way)} of {record[0]} went into each other"
            way.append(into)
            at = into
        followed += len(way) - 1
    return followed


def disagreement(fleet: Fleet, apart: Collection[bytes] = ()) -> str | None:
    """Where two PCs that both answer for a record hold or show something else, or None. Operations
    `apart` have not had their round yet: they are left out of the comparison."""
    views = views_of(fleet)
    top = next(view for view in views if view.replica.unit == fleet.top)
    roots = {root for view in views for record, root in view.roots.items() if record[0] in ROOTS}
    disputed = _disputed_above(views)
    fleet.counts["records disputed by copies of the province"] = len(disputed)
    for root in sorted(roots - disputed):
        held = [o for name in ROOTS for o in top.accepted.get((name, root), [])]
        owners = naive.naive_owners(held) if held else set()
        expected = top.cluster(root, apart)
        for view in views:
            inside = any(fleet.tree.covers([view.replica.unit], owner) for owner in owners)
            if not inside:
                continue
            found = view.cluster(root, apart)
            if found != expected:
                return f"I9: {view.replica.name} and the province hold other operations"
            for record in expected:
                under_way = {o.op_id for v in (view, top) for o in v.accepted[record]} & set(apart)
                if not under_way and view.rows[record] != top.rows[record]:
                    return f"I9: {view.replica.name} and the province show another {record[0]}"
    if found := _decided_otherwise(views, top, disputed):
        return found
    for view in views:
        if view.replica.unit != fleet.top:
            continue
        differing = view.accepted.keys() ^ top.accepted.keys()
        if any(view.roots.get(r, top.roots.get(r)) not in disputed for r in differing):
            return "I9: two PCs of the province hold other records"
    return None


def _decided_otherwise(views: list[View], top: View, disputed: set[str]) -> str | None:
    """Where somebody who answers for one of two children holds another decision about them."""
    pairs, tree = children_of(_accepted_of(top)), top.replica.fleet.tree
    for decision, pair in pairs.items():
        if not disputed.isdisjoint((decision, *pair)):
            continue
        record = ("match_decision", decision)
        held = {o.op_id for o in top.accepted[record]}
        owners = {
            owner for child in pair for owner in naive.naive_owners(top.accepted["child", child])
        }
        for view in views:
            if any(tree.covers([view.replica.unit], owner) for owner in owners):
                found = {o.op_id for o in view.accepted.get(record, ())}
                if found != held:
                    return f"I9: {view.replica.name} and the province hold other decisions"
                if view.rows[record] != top.rows[record]:
                    return f"I9: {view.replica.name} and the province show another decision"
    return None


def _disputed_above(views: Iterable[View]) -> set[str]:
    """The roots of which one copy of the province's PC refused what another accepted.

    Copies under one certificate get nothing from each other, and nobody above them settles it: it
    stays so until the copied PC is enrolled anew (MERGE.md, "Choices").
    """
    top = [view for view in views if view.replica.unit == view.replica.fleet.top]
    accepted = {o.op_id: _root_of(view, o) for view in top for o in _accepted_of(view)}
    return {
        accepted[op_id]
        for view in top
        for op_id, known in view.log.items()
        if known.state in (State.REFUSED, State.WAITING) and op_id in accepted
    }


def _accepted_of(view: View) -> list[Operation]:
    return [one for held in view.accepted.values() for one in held]


def _root_of(view: View, one: Operation) -> str:
    return view.roots[one.ent_type, one.ent_id]


def lost_above(fleet: Fleet) -> set[bytes]:
    """What stands somewhere by the word of a unit that lost it with its disk, while the unit
    between refuses it; and what builds on such. Persons settle it (MERGE.md, "Choices"): I9 leaves
    what is refused apart. What the province still holds is not among them.
    """
    held = {op_id for one in fleet.of_unit(fleet.top) for op_id in _accepted_ids(one)}
    known = {op_id: k.operation for one in fleet for op_id, k in one.log().items()}
    found = {
        op_id
        for one in fleet
        for op_id in one.refused_above().keys() & _accepted_ids(one)
        if op_id not in held
    }
    grown = 0
    while found and len(found) != grown:
        grown = len(found)
        found |= {op_id for op_id, one in known.items() if found.intersection(one.parents)}
    fleet.counts["operations lost above and kept below"] = len(found)
    return found


def _accepted_ids(replica: Replica) -> set[bytes]:
    return {one.op_id for one in replica.accepted()}


def check_i9_everybody_agrees(fleet: Fleet, apart: Collection[bytes] = ()) -> None:
    """I9: after the last rounds everybody inside their scope holds and shows the same."""
    found = disagreement(fleet, apart)
    assert found is None, found


def check_i10_nothing_from_outside(fleet: Fleet) -> int:
    """I10: no PC below the province holds an operation of a record that its units never owned."""
    checked = 0
    owners_ever: dict[str, set[str]] = {}
    for one in fleet:
        for root, units in one.ever.items():
            owners_ever.setdefault(root, set()).update(units)
    for one in fleet:
        accepted = one.accepted()
        roots, pairs = roots_of(accepted), children_of(accepted)
        for operation in accepted:
            if operation.ent_type in REFERENCES:
                continue
            about = pairs.get(operation.ent_id, (roots[operation.ent_type, operation.ent_id],))
            owners = {unit for root in about for unit in owners_ever.get(root, ())}
            inside = set(fleet.tree.below(one.unit))
            written_here = operation.by == one.unit or operation.replica == one.store.replica
            assert owners & inside or written_here, "I10: an operation came to a stranger"
            checked += 1
    return checked


def check_i11_children_are_conserved(fleet: Fleet) -> int:
    """I11: every PC counts in its scope exactly the children that the province counts there; so
    the sum over all units stays the province's, whatever moved or merged. Returns how many."""
    (top, *_) = fleet.of_unit(fleet.top)
    fleet.counts["merged records followed"] += check_merged_lead_somewhere(View(top))
    owners = counted_children(top)
    books = books_of(top)
    fleet.counts["children counted naively, too (I11)"] += naive_counts.check(
        top.full_rows(), books, children_of(top.accepted()).values()
    )
    fleet.counts["children of several records counted once (I11)"] += naive_counts.check_clusters(
        top.full_rows(), books
    )
    for one in fleet:
        scope = set(fleet.tree.below(one.unit))
        here = {child for child, unit in counted_children(one).items() if unit in scope}
        expected = {child for child, unit in owners.items() if unit in scope}
        assert here == expected, f"I11: {one.name} counts other children than the province"
        mine = books_of(one)
        for child in books.keys() | mine.keys():
            here_and_above = {mine.get(child), books.get(child)}
            if len(here_and_above) > 1 and here_and_above & scope:
                assert missed(one, top, child), f"I11: {one.name} counts {child} in another book"
                fleet.counts["children counted otherwise for want of what was written"] += 1
    fleet.counts["children counted where they left"] += len(books) - len(
        [child for child, unit in books.items() if owners.get(child) == unit]
    )
    return len(owners)


#: What decides whether a child is counted, beside where it belongs.
_DECIDES = frozenset(
    ("life_status", "birth_date", "residence_status", "household", *hiding_fields("child"))
)


def books_of(replica: Replica) -> dict[str, str]:
    """Child → the unit whose reports count it, as the program's own counts have it."""
    basis = counting.Basis(REPORT)
    with replica.store.read() as connection:
        rows = connection.execute(
            select(_child.c.id, _child.c.owner_unit).where(
                counting.counted(basis), _child.c.owner_unit.contains("@")
            )
        )
        found = {row.id: row.owner_unit for row in rows}
        left = counting.still_counted(connection, (), basis)
        whole = counting.counts(connection, (), basis)
    assert found.keys().isdisjoint(one.id for one in left), "I11: a child is counted twice"
    found.update({one.id: one.unit for one in left})
    assert whole.children == len(found), "I11: the total is not the sum of the books"
    assert whole.moved_away == len(left)
    return found


def missed(here: Replica, top: Replica, child: str) -> bool:
    """Whether a book that a child left did not get what somebody wrote of it beside that (it gets
    what says where the child is now, and what that builds on), or does not hold a record that was
    called the same: it takes that one as counted where it lies. Nor does it know whom a record was
    called that was merged into the child, or that was called the same and left it, too, nor what
    became of that one since: entered in error where it went, it stands for nobody there."""
    pairs = children_of(top.accepted())
    about = [child, *_decided_around(pairs, child)]
    held_here = counted_children(here)
    partners = {one for ent_id in about[1:] for one in pairs[ent_id]} - {child}
    if any(one not in held_here for one in partners):
        return True
    shown = counted_children(top)
    inside = set(here.fleet.tree.below(here.unit))
    if any(one not in shown and held_here[one] not in inside for one in partners):
        return True
    merged = {
        ent_id
        for (name, ent_id), row in top.full_rows().items()
        if name == "child" and row["_hidden"] and row["merged_into"] == child
    }
    if any(not merged.isdisjoint(pair) for pair in pairs.values()):
        return True
    held = {one.op_id for ent_id in about for one in here.accepted_of(ent_id)}
    lacking = [one for ent_id in about for one in top.accepted_of(ent_id) if one.op_id not in held]
    return any(one.ent_id != child or _DECIDES & (one.body or {}).keys() for one in lacking)


def _decided_around(pairs: Mapping[str, Collection[str]], child: str) -> list[str]:
    """The decisions about a child, about those it was called the same as, and so on."""
    around, found, grown = {child}, dict[str, None](), True
    while grown:
        more = [one for one, pair in pairs.items() if one not in found and around & set(pair)]
        found.update(dict.fromkeys(more))
        around.update(member for one in more for member in pairs[one])
        grown = bool(more)
    return list(found)


def counted_children(replica: Replica) -> dict[str, str]:
    """Child → the unit that counts it, or `outside`; hidden ones are not among them."""
    found = {}
    for (name, ent_id), row in replica.full_rows().items():
        if name == "child" and not row["_hidden"]:
            found[ent_id] = str(row["owner_unit"])
    return found


def check_i14_rebuilt_rows_are_equal(fleet: Fleet) -> int:
    """I14: rows and conflicts dropped and rebuilt from the operations are equal."""
    rows = 0
    for one in fleet:
        before = one.derived_tables()
        with one.store.write("rebuild") as work:
            rebuild(work.connection)
            work.commit()
        after = one.derived_tables()
        for name, held in before.items():
            assert after[name] == held, f"I14: {name} is not what the operations say"
            rows += len(held)
    return rows


def check_i15_every_id_recomputes(views: Iterable[View]) -> int:
    """I15: every op_id is the hash of the operation's content, computed a second way."""
    checked = 0
    for view in views:
        for op_id, known in view.log.items():
            assert naive.naive_id(known.operation) == op_id, "I15: an id is not its content"
            checked += 1
    return checked


def check_i16_groups_come_from_one_operation(views: Iterable[View]) -> int:
    """I16: no shown merge group mixes two operations."""
    checked = 0
    for view in views:
        for record, operations in view.accepted.items():
            values = view.rows[record]["values"]
            for group, names in naive.GROUPS.get(record[0], {}).items():
                shown = {name: values[name] for name in names if name in values}
                writers = [o for o in operations if group in naive.groups_of(o)]
                if not writers:
                    assert not shown
                    continue
                assert any(naive.written(o, group) == shown for o in writers), (
                    f"I16: {group} mixes two operations"
                )
                checked += 1
    return checked
