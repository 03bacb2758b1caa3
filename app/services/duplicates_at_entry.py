"""A similar child exists: told of what was just typed, while whoever typed it still knows.

Looked for by the personal id, by the given name beside the date of birth, and by what the lists
find children by: the words of the name, and those of the parents, without marks. Never by going
through the register. Refuses to say what is only rather alike: that is for the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

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

#: So many children are compared of those that each way finds, the nearest by date of birth first.
_MOST = 60
#: So many of those who bear some words or a number are read to find the nearest.
_MOST_READ = 1_000


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
        found = list(self._by_words(one))
        with self._workplace.store.read() as reading:
            called = compared.called_alike(reading, one.name, one.birth_date, _MOST)
            found.append([ent_id for ent_id, _born in called])
            if one.personal_id:
                holders = register.holders_of_personal_id(reading, one.personal_id)
                found.append([ent_id for ent_id, _unit in holders[:_MOST_READ]])
            people: dict[str, Person] = {}
            for ids in found:
                bearers = compared.people_among(reading, set(ids) - {one.id})
                nearest = sorted(bearers.values(), key=partial(_apart, one))
                people |= {other.id: other for other in nearest[:_MOST]}
        return alike(one, people.values(), is_placeholder)

    def _by_words(self, one: Person) -> Iterator[Sequence[str]]:
        """Who bears all words of the name, and whose parents bear those of both parents: the given
        name itself may be written with a slip. Nobody waits for lists that are not ready.
        """
        if not self._lists.is_ready:
            return
        asked = [one.name]
        if one.mother and one.father:
            asked.append(f"{one.mother} {one.father}")
        for words in asked:
            if register.is_searchable(register.search_words(words)):
                yield self._lists.find(ListFilter(words=words))[:_MOST_READ]

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


def _apart(one: Person, other: Person) -> tuple[bool, bool, str]:
    """How far apart two were born, as far as it takes to see who comes first."""
    mine, theirs = one.birth_date, other.birth_date
    return (mine != theirs, mine[:4] != theirs[:4], other.id)


def _known(reading: Reading, ids: list[str]) -> set[frozenset[str]]:
    """The pairs of these children that wait for somebody, or about which something is decided."""
    decided = {
        frozenset((row.first, row.second))
        for row in queries.decisions(reading, ids)
        if row.verdict != OPEN
    }
    return decided | {frozenset(pair) for pair in suggested.kept_about(reading, ids)}
