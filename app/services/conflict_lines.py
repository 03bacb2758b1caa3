"""The list of open conflicts as people read it: who, where, which fields. Values are not in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.forms.issues import Value
from app.history.entities import ENTITIES, Family
from app.history.materialise import HIDDEN_GROUP
from app.i18n import number, text
from app.models.queries import history as history_queries
from app.models.queries import register
from app.models.queries.register import ChildRow, HouseholdRow, RecordView
from app.models.store import Reading
from app.services.conflicts import fields_of
from app.services.handles import name_of
from app.services.handover_values import number_of
from app.services.masking import MASKED, closed
from app.services.names_behind import names_behind
from app.services.paired_owner import DECISION
from app.services.parties import unit_in_sentence
from app.services.rights import Right
from app.services.wording import Labels, entity_in_words, values_in_words
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One field or merge group of one record that two sides wrote differently.

    `entity`, `id` (what the record is called here) and `group` name it. `household` and `child` are
    the page it stands on, empty where it stands on none; `full_name` is the child's. `what` is the
    type of a record that belongs to another and what it is called, with the labels of its fields.
    """

    entity: str
    id: str
    group: str
    household: str
    child: str
    full_name: str
    household_no: str
    head_name: str
    village: str
    owner_unit: str
    what: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it."""
        return self.entity, self.id, self.group

    @property
    def is_typed(self) -> bool:
        """Whether something third can be typed on the page it stands on."""
        return self.entity in _TYPED and self.group != HIDDEN_GROUP


#: What has fields on the page of a household.
_TYPED = frozenset(("household", "child", "circumstance", "support"))
#: The two records of a decision.
_PAIR = ("record", "other_child")
#: What people tell records of one type apart by, which stand on no page of their own.
_TOLD_BY = ("group", "event", "support_type", "name", "full_name", "book_number")


class _Conflict(NamedTuple):
    entity: str
    id: str
    group: str


class ConflictLines:
    """Use case: what is to be decided, in the order of the book."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self) -> list[ConflictLine]:
        """Every open conflict: by unit and village, then by household and child."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            found = [
                _Conflict(*one[:3])
                for one in history_queries.conflicts_of(reading, self._workplace.tier.value)
            ]
            views = _views(reading, found)
            roots = {one: _root(one, views) for one in found}
            children, homes = _pages(reading, set(roots.values()))
            order = _book_order(reading, {row.owner_unit for row in homes.values()})
            named = names_behind(self._workplace, reading, _pairs(views))
        called = Labels(self._workplace.catalogue)
        lines = [
            (
                order.get(line.household, len(order)),
                line.child != "",
                line.full_name,
                line,
            )
            for one in found
            if (view := views.get((one.entity, one.id))) is not None
            for line in [self._line(one, view, roots[one], children, homes, called, named)]
        ]
        lines.sort(key=lambda it: (it[3].owner_unit, *it[:3], it[3].key))
        return [line for *_, line in lines]

    def _line(
        self,
        one: _Conflict,
        view: RecordView,
        root: str,
        children: Mapping[str, ChildRow],
        homes: Mapping[str, HouseholdRow],
        called: Labels,
        named: Mapping[str, str],
    ) -> ConflictLine:
        child = children.get(root)
        home = homes.get(root if child is None else child.household)
        names = [called.of(one.entity, name) for name in fields_of(one.entity, one.group)]
        what = " · ".join(dict.fromkeys(filter(None, names)))
        if one.entity == "handover" or one.group == HIDDEN_GROUP:
            what = called.of(one.entity, one.group) or what
        if one.entity == DECISION:
            pair = (view.values.get(name) for name in _PAIR)
            other = next((str(said) for said in pair if said != root), "")
            what = text("conflicts.pair", name=named.get(other, "?"))
        elif one.entity not in ("child", "household"):
            what = ": ".join(filter(None, (self._called(view), what)))
        owner = child or home
        return ConflictLine(
            one.entity,
            name_of(self._workplace.handles, one.entity, one.id, view.values),
            one.group,
            "" if home is None else home.id,
            "" if child is None else child.id,
            "" if child is None else child.full_name,
            "" if home is None else home.household_no,
            "" if home is None else home.head_name,
            "" if home is None else home.village,
            str(view.values.get("owner_unit") or "") if owner is None else owner.owner_unit,
            what or one.group,
        )

    def _called(self, view: RecordView) -> str:
        """What tells a record that is no household or child from others of its type: the number and
        giver of a handover, the group of a circumstance that is no secret, a name.
        """
        if view.entity == "handover":
            giver = str(view.values.get("owner_unit") or "")
            return text(
                "conflicts.handover",
                seq=number(number_of(view.values, "sent_seq")),
                unit=unit_in_sentence(self._workplace, giver),
            )
        kind = entity_in_words(view.entity)
        shown = closed(self._workplace).values(view.entity, view.values)
        told = {name: shown[name] for name in _TOLD_BY if shown.get(name) not in (None, MASKED)}
        stamp = view.values.get("template")
        worded = values_in_words(self._workplace.catalogue, view.entity, told, stamp)
        name = " · ".join(str(one.value) for one in worded)
        return text("conflicts.one_of", kind=kind, name=name) if name else kind


def _views(reading: Reading, found: Collection[_Conflict]) -> dict[tuple[str, str], RecordView]:
    by_type: dict[str, set[str]] = defaultdict(set)
    for one in found:
        by_type[one.entity].add(one.id)
    return {
        (entity, ent_id): view
        for entity, ids in by_type.items()
        for ent_id, view in register.records(reading, entity, ids).items()
    }


def _pairs(views: Mapping[tuple[str, str], RecordView]) -> list[dict[str, Value]]:
    """The two records of each decision among them."""
    return [
        {name: view.values.get(name) for name in _PAIR}
        for (entity, _), view in views.items()
        if entity == DECISION
    ]


def _root(one: _Conflict, views: Mapping[tuple[str, str], RecordView]) -> str:
    """The household or child whose page shows it; the record itself where none does."""
    view = views.get((one.entity, one.id))
    if view is None or ENTITIES[one.entity].family not in (Family.SUB, Family.PAIR):
        return one.id
    return str(view.values.get("record") or one.id)


def _pages(
    reading: Reading, roots: Collection[str]
) -> tuple[dict[str, ChildRow], dict[str, HouseholdRow]]:
    children = {one.id: one for one in register.child_rows(reading, sorted(roots))}
    wanted = {one.household for one in children.values()} | (set(roots) - children.keys())
    homes = {one.id: one for one in register.household_rows(reading, sorted(filter(None, wanted)))}
    return children, homes


def _book_order(reading: Reading, units: Collection[str]) -> dict[str, int]:
    ids = register.household_ids(reading, units) if units else []
    return {one: place for place, one in enumerate(ids)}
