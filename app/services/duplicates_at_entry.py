"""A similar child exists: told of what was just typed, while whoever typed it still knows.

Looked for by what the lists find children by, the words of the name without marks, and by the
personal id: never by going through the register. Refuses to say what is only rather alike: that is
for the search.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.matching.pair import Level, Pair
from app.matching.person import Person
from app.models import doubled
from app.models.queries import compared, register, suggested
from app.models.queries import moves as queries
from app.models.queries.moves import OPEN
from app.models.queries.suggested import Weighed
from app.models.store import Reading
from app.services.duplicate_decisions import DuplicateDecisions, Twice
from app.services.duplicates import reason_words
from app.services.lists import ChildLists, ListFilter
from app.services.rights import Right
from app.services.suggested_pairs import is_placeholder, weighed_pairs
from app.services.workplace import Workplace

#: So many children who bear the words of a name are looked at; a name that more bear says little.
_MOST = 60


@dataclass(frozen=True, slots=True)
class Noticed:
    """A child that was typed, and another record that it may be; why in words."""

    typed: Twice
    other: Twice
    level: Level
    reasons: str

    @property
    def key(self) -> tuple[str, str]:
        """What names the pair: the lesser id first."""
        first, second = sorted((self.typed.id, self.other.id))
        return first, second


@dataclass(frozen=True, slots=True)
class NewPairs:
    """What was noticed, the surest first, and the pairs as they are to be kept."""

    noticed: tuple[Noticed, ...] = ()
    weighed: tuple[Weighed, ...] = ()


class DuplicatesAtEntry:
    """Use cases of the page of a household."""

    def __init__(
        self, workplace: Workplace, lists: ChildLists, decisions: DuplicateDecisions
    ) -> None:
        self._workplace = workplace
        self._lists = lists
        self._decisions = decisions

    def look(self, household: str) -> NewPairs:
        """Who may be a child of this household and stands somewhere else, too; without what was
        told before or decided. Raises KnownError `rights.denied`.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            mine = [row.id for row in register.children_of(reading, household)]
            people = compared.people_among(reading, mine)
            known = _known(reading, mine)
        found: dict[tuple[str, str], tuple[str, Pair]] = {}
        for one in people.values():
            for pair in self._alike(one):
                key = (pair.first, pair.second)
                if pair.level <= Level.HIGH and frozenset(key) not in known:
                    found.setdefault(key, (one.id, pair))
        if not found:
            return NewPairs()
        return self._told(list(found.values()))

    def keep(self, pairs: NewPairs) -> None:
        """Let them wait with the others. Raises KnownError `rights.denied`."""
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            suggested.keep_more(work.connection, pairs.weighed)
            work.commit()

    def _alike(self, one: Person) -> tuple[Pair, ...]:
        # What compares letters is loaded when somebody types a child, not with every command.
        from app.matching.alone import alike

        if is_placeholder(one.name):
            return ()
        ids: set[str] = set()
        if self._lists.is_ready:
            ids.update(self._lists.find(ListFilter(words=one.name))[:_MOST])
        with self._workplace.store.read() as reading:
            if one.personal_id:
                holders = register.holders_of_personal_id(reading, one.personal_id)
                ids.update(ent_id for ent_id, _ in holders[:_MOST])
            others = compared.people_among(reading, ids - {one.id})
        return alike(one, others.values(), is_placeholder)

    def _told(self, found: list[tuple[str, Pair]]) -> NewPairs:
        pairs = [pair for _, pair in found]
        ids = {ent_id for pair in pairs for ent_id in (pair.first, pair.second)}
        with self._workplace.store.read() as reading:
            doubles = doubled.doubles_of(reading, ids)
            rows = {row.id: row for row in queries.movers(reading, ids, "moved_in")}
            held = [one for one in found if {one[1].first, one[1].second} <= rows.keys()]
            weighed = weighed_pairs(reading, [pair for _, pair in held])
        told = {ent_id: self._decisions.twice(row, doubles) for ent_id, row in rows.items()}
        noticed = [
            Noticed(
                told[typed],
                told[pair.second if typed == pair.first else pair.first],
                pair.level,
                reason_words(pair),
            )
            for typed, pair in sorted(held, key=lambda one: -one[1].score)
        ]
        return NewPairs(tuple(noticed), tuple(weighed))


def _known(reading: Reading, ids: list[str]) -> set[frozenset[str]]:
    """The pairs of these children that wait for somebody, or about which something is decided."""
    decided = {
        frozenset((row.first, row.second))
        for row in queries.decisions(reading, ids)
        if row.verdict != OPEN
    }
    return decided | {frozenset(pair) for pair in suggested.kept_about(reading, ids)}
