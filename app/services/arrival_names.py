"""Whose the records of a bundle are, and in which village: as the register has them, else as the
bundle says.

What waits or is refused is in no table: its name stands in the stopped operation alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.history.entities import ENTITIES, Family
from app.history.operation import Value
from app.i18n import text
from app.models.queries import brought as brought_queries
from app.models.queries import register
from app.models.queries.brought import Brought
from app.models.queries.register import ChildRow, HouseholdRow
from app.models.store import Reading
from app.services.village_places import place_words
from app.text.normalize import clean

#: What names a record: a child or any other person, a household, a village, a book.
_NAMES = ("full_name", "head_name", "name", "book_number")


def name_in(values: Mapping[str, Value]) -> str:
    """What people call a record with these values; "" where nothing names it."""
    for name in _NAMES:
        said = values.get(name)
        if isinstance(said, str) and said:
            return clean(said)
    return ""


class ArrivalNames:
    """The names of what `found` is about, read at once; villages with their unit where there are
    names for `units`.
    """

    def __init__(
        self, reading: Reading, found: Collection[Brought], units: Mapping[str, str]
    ) -> None:
        self._units = units
        roots = sorted({one.root for one in found})
        self._children: dict[str, ChildRow] = {
            one.id: one for one in register.child_rows(reading, roots)
        }
        ids = {*roots, *(one.id for one in found), *self._homes_of_children()}
        self._stopped = brought_queries.stopped_values(reading, ids)
        for further in ("household", "village"):  # of a child that waits, then of its household
            self._stopped |= brought_queries.stopped_values(reading, self._named(further))
        asked = sorted({*roots, *self._homes_of_children(), *self._named("household")})
        self._homes: dict[str, HouseholdRow] = {
            one.id: one for one in register.household_rows(reading, asked)
        }
        self._village_ids = register.villages_of(reading, self._homes)
        villages = register.records(reading, "village", self._named("village"))
        self._villages = {ent_id: name_in(view.values) for ent_id, view in villages.items()}

    def _homes_of_children(self) -> set[str]:
        return {one.household for one in self._children.values()}

    def _named(self, field: str) -> set[str]:
        return {said for one in self._stopped.values() if isinstance(said := one.get(field), str)}

    def who(self, one: Brought, values: Sequence[Mapping[str, Value]]) -> str:
        """Whom a record is about; `values` are what the register has of it, now and before."""
        child, household = self._page(one.root)
        if child is not None:
            return child.full_name
        if one.root in self._homes:
            return self._homes[one.root].head_name
        own = values if ENTITIES[one.entity].family is Family.ROOT else ()
        told = (self._stopped.get(ent_id, {}) for ent_id in (one.root, household))
        return next(filter(None, map(name_in, (*own, *told))), "")

    def village(self, one: Brought) -> tuple[str, str]:
        """The village of the household that a record belongs to: its id and what it is called; ""
        where none is known.
        """
        _child, household = self._page(one.root)
        if household in self._homes:
            home = self._homes[household]
            called = self.place(home.village, home.owner_unit) if home.village else ""
            return self._village_ids.get(household, ""), called
        village = self._stopped.get(household, {}).get("village")
        if not isinstance(village, str):
            return "", ""
        return village, self._villages.get(village) or name_in(self._stopped.get(village, {}))

    def place(self, village: str, unit: str) -> str:
        """A village, or what stands in none, told apart from its namesakes of other units."""
        return place_words(village or text("register.no_village"), unit, self._units)

    def _page(self, root: str) -> tuple[ChildRow | None, str]:
        """The child, if the record is of one, and the id of the household."""
        child = self._children.get(root)
        if child is not None:
            return child, child.household
        household = self._stopped.get(root, {}).get("household")
        return None, household if isinstance(household, str) else root
