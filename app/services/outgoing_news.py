"""What the next bundle to a unit holds that is new since its last word: counts, then the pages.

Pages and villages are told by the right to read; of what changed the fields are told, not the
values: these stand on the page, masked as they are there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.forms.units import Tier
from app.models.queries import leaving, register, sending
from app.models.queries.leaving import Leaving, Piece, PlaceNews
from app.models.queries.register import ChildRow, HouseholdRow, RecordView
from app.models.store import Reading
from app.services import trust
from app.services.arrivals_besides import Besides, references_in_words
from app.services.handles import name_unseen
from app.services.handover_scope import is_whole, reach, units_to
from app.services.outstanding_work import OutstandingWork, outstanding_work
from app.services.rights import Right, allows
from app.services.village_places import place_words, unit_names
from app.services.wording import Labels, entity_in_words, values_in_words
from app.services.workplace import Workplace

#: The faces know it by this name.
NewsKind = leaving.NewsKind

#: Pages of each kind that are told one by one.
MOST = 200
#: Fields of a page that are named.
_MOST_FIELDS = 8
#: What the program keeps for itself, or tells by other words.
_NOT_TOLD = frozenset(("template", "record", "household", "line_no", "inherited"))


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many households and children are new in one way; for events `events` alone."""

    kind: NewsKind
    households: int = 0
    children: int = 0
    events: int = 0

    @property
    def total(self) -> int:
        """Everything of this kind."""
        return self.households + self.children + self.events


@dataclass(frozen=True, slots=True)
class PlaceTotal:
    """Households and children of a village that are new in any way, "" for no village; where this
    is no commune, of a unit below. `id` is the village's, or the unit's.
    """

    name: str
    households: int
    children: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class NewsRow:
    """One page or event. `household` and `child` lead to the page; `what` names changed fields or
    the event.
    """

    kind: NewsKind
    id: str
    who: str
    sort: str
    village: str
    what: str
    household: str
    child: str
    village_id: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingNews:
    """Counts of every kind that there is any of, then the places; for the unit above what it does
    not have yet, as the status bar says it; for others the reference data that go along.
    """

    counts: tuple[KindCount, ...]
    places: tuple[PlaceTotal, ...]
    outstanding: OutstandingWork | None = None
    besides: tuple[Besides, ...] = ()


class Outgoing:
    """Use cases: what is new for a unit."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def counts(self, to: str) -> OutgoingNews:
        """The counts by kind; and by village with the right to read: a village of one child names
        whom it is about.
        """
        with self._workplace.store.read() as reading:
            piece = self._piece(reading, to)
            found = leaving.by_place(reading, piece)
            events = leaving.events(reading, piece)
            besides = self._besides(reading, piece)
            above = self._workplace.tree.parent(self._workplace.unit)
            work = outstanding_work(self._workplace, reading) if to == above else None
        by_kind: dict[tuple[NewsKind, str], int] = {}
        households: Counter[str] = Counter()
        children: Counter[str] = Counter()
        names: dict[str, str] = {}
        for one in found:
            by_kind[one.kind, one.entity] = by_kind.get((one.kind, one.entity), 0) + one.pages
            place, name = self._place(one)
            names[place] = name
            (children if one.entity == "child" else households)[place] += one.pages
        counts = [
            KindCount(kind, by_kind.get((kind, "household"), 0), by_kind.get((kind, "child"), 0))
            for kind in NewsKind
            if kind is not NewsKind.EVENT
        ]
        counts.append(KindCount(NewsKind.EVENT, events=events))
        told = names if self._may_read else {}
        return OutgoingNews(
            tuple(one for one in counts if one.total),
            tuple(
                PlaceTotal(name, households[place], children[place], place)
                for place, name in told.items()
            ),
            work,
            besides,
        )

    def _besides(self, reading: Reading, piece: Piece) -> tuple[Besides, ...]:
        """Rounds, forms, lists and units; the unit above has them from where they are made."""
        if piece.above:
            return ()
        begun = leaving.begun(reading, piece, "round")
        return references_in_words(self._workplace, reading, leaving.besides(reading, piece), begun)

    @property
    def _may_read(self) -> bool:
        return allows(self._workplace.account.rights, Right.READ)

    def _place(self, one: PlaceNews) -> tuple[str, str]:
        """What a place is told by, and its name: a village of a commune, a unit of a larger one."""
        units = self._workplace.tree.units
        if self._workplace.tier is Tier.COMMUNE and one.unit == self._workplace.unit:
            return one.village, one.name
        return one.unit, units.unit(one.unit).full_name() if one.unit in units else one.unit

    def rows(self, to: str, kind: NewsKind) -> list[NewsRow]:
        """The first pages of a kind, no more than `MOST`; none without the right to read."""
        if not self._may_read:
            return []
        with self._workplace.store.read() as reading:
            piece = self._piece(reading, to)
            found = leaving.pages(reading, piece, kind, MOST)
            return self._told(reading, piece, found)

    def _piece(self, reading: Reading, to: str) -> Piece:
        """The piece of the log that the next bundle covers, and whose records of it travel."""
        workplace = self._workplace
        units = units_to(workplace, reading, to)
        within = None if is_whole(workplace, to, units) else reach(workplace.tree, units)
        station = workplace.store.setting(trust.STATION)
        span = sending.span_for(reading, to, within, station)
        here, tree = workplace.unit, workplace.tree
        above = to == tree.parent(here)
        writers = tree.below(here if above else to)
        return Piece(span, within, to, writers, above=above, beside=to == here)

    def _told(
        self,
        reading: Reading,
        piece: Piece,
        found: Sequence[Leaving],
    ) -> list[NewsRow]:
        roots = sorted({one.root for one in found})
        children = {one.id: one for one in register.child_rows(reading, roots)}
        asked = sorted({*roots, *(one.household for one in children.values())})
        homes = {one.id: one for one in register.household_rows(reading, asked)}
        changed = [one.root for one in found if one.kind is NewsKind.CHANGED]
        what = self._fields(reading, piece, changed)
        ids = [one.id for one in found if one.entity == "life_event"]
        events = register.records(reading, "life_event", ids) if ids else {}
        units = unit_names(self._workplace, {one.owner_unit for one in homes.values()})
        villages = register.villages_of(reading, homes)
        rows = [self._row(one, children, homes, what, events, units) for one in found]
        return [replace(one, village_id=villages.get(one.household, "")) for one in rows]

    def _row(
        self,
        one: Leaving,
        children: Mapping[str, ChildRow],
        homes: Mapping[str, HouseholdRow],
        what: Mapping[str, str],
        events: Mapping[str, RecordView],
        units: Mapping[str, str],
    ) -> NewsRow:
        child = children.get(one.root)
        home = homes.get(one.root if child is None else child.household)
        name = child.full_name if child is not None else "" if home is None else home.head_name
        village = "" if home is None else home.village
        if home is not None and village:
            village = place_words(village, home.owner_unit, units)
        told = what.get(one.root, "")
        if one.entity == "life_event" and one.id in events:
            told = self._event(events[one.id])
        return NewsRow(
            one.kind,
            name_unseen(self._workplace.handles, one.entity, one.id),
            name,
            entity_in_words("household" if child is None else "child"),
            village,
            told,
            "" if home is None else home.id,
            "" if child is None else child.id,
        )

    def _event(self, found: RecordView) -> str:
        values = {name: found.values.get(name) for name in ("event", "event_date")}
        said = values_in_words(self._workplace.catalogue, "life_event", values, None)
        return " ".join(str(one.value) for one in said if one.value)

    def _fields(
        self,
        reading: Reading,
        piece: Piece,
        roots: Sequence[str],
    ) -> dict[str, str]:
        """What of each page was written: labels of its own fields, kinds of what belongs to it."""
        called = Labels(self._workplace.catalogue)
        told: dict[str, list[str]] = {}
        if not roots:
            return {}
        for root, entity, body in leaving.fields(reading, piece, roots):
            said = told.setdefault(root, [])
            if entity in ("household", "child"):
                names = [name for name in json.loads(body) if name not in _NOT_TOLD]
                words = [called.of(entity, name) for name in names]
            else:
                words = [entity_in_words(entity)]
            said += [one for one in words if one and one not in said]
        return {
            root: ", ".join(said[:_MOST_FIELDS]) + (", …" if len(said) > _MOST_FIELDS else "")
            for root, said in told.items()
        }
