"""Lists of children: by words as they are typed, by filters that add up, in several orders.

The lists are answered from a directory in memory (`app.services.lookup`), because somebody waits
for them at every key. It is made once, beside the work where the store is large, and what is
written afterwards stands in a small one beside it until there is enough to make it anew. Nothing is
kept of it on the disk. A group of circumstances of level A is no filter for whoever may not see it,
and for whoever may it is a look behind the mask, with a reason and a row of audit (`masking.look`).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import reduce
from threading import Lock

import msgspec

from app.errors import BugError, KnownError
from app.forms.age import years_before
from app.forms.sensitivity import code_level, is_secret
from app.models.bulk import rare_collections
from app.models.queries import listing, register, second_check
from app.models.queries.register import ChildRow, RegisterFilter
from app.models.queries.rounds import open_round
from app.models.store import Reading
from app.models.work import Written
from app.services.lookup import bits
from app.services.lookup.bits import Places
from app.services.lookup.directory import Directory, Place
from app.services.lookup.found import FoundIds, all_of
from app.services.masking import Reveal, look
from app.services.on_behalf import with_writers
from app.services.returns_above import returns_from_above
from app.services.rights import Right, allows, denied
from app.services.surroundings import reference_day
from app.services.workplace import Workplace

#: Children up to whom a directory is made while somebody waits for it.
_SMALL = 20_000
#: Written records beside a directory from which on it is made anew.
_BESIDE = 200
#: A last day that nobody is born after.
_NEVER = 9999_99_99
#: The setting that an account's conditions are kept under.
_KEPT = "list_filter"


class Sort(Enum):
    """What a list goes by."""

    NAME = "name"
    BIRTH = "birth"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which children a list shows: all that fit everything it names.

    `words` as typed. `issues` is `errors`, `warnings` or `any`, by the last check of the whole
    store. `group` is a group of circumstances that is open. Ages are full years on the round's day,
    by the latest birth that the date allows; who has no birth date has no age. Who died, moved away
    or only stays for a while is none of `unfinished`, `missing_id` and `not_checked`, nor is a
    double of another record: nobody waits for them here. `not_checked`: the page of the household
    does not stand as a second person checked it.
    """

    unit: str = ""
    village: str = ""
    no_village: bool = False
    words: str = ""
    issues: str = ""
    unfinished: bool = False
    missing_id: bool = False
    conflicts: bool = False
    not_confirmed: bool = False
    returned: bool = False
    not_checked: bool = False
    group: str = ""
    age_from: int | None = None
    age_to: int | None = None

    @property
    def place(self) -> ListFilter:
        """The place alone."""
        return ListFilter(unit=self.unit, village=self.village, no_village=self.no_village)

    @property
    def conditions(self) -> ListFilter:
        """All but the place and the words: what can be kept for another day."""
        return replace(self, unit="", village="", no_village=False, words="")

    @property
    def is_simple(self) -> bool:
        """Whether the rows themselves answer it."""
        asked = replace(self, unit="", village="", words="", unfinished=False, conflicts=False)
        return asked == ListFilter()


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group of circumstances as a filter. Of a `guarded` one nothing is said without a reason,
    one that is so `partly` holds codes that are found for a reason only. `asks`: this account may
    give one, and has not yet.
    """

    code: str
    label: str
    guarded: bool
    partly: bool
    asks: bool


@dataclass(frozen=True, slots=True)
class _Beside:
    """What was written since the directory was made: the places of it that are out of date, and
    the same children anew, each with how many of the directory stand before it.
    """

    stale: int
    fresh: Directory
    before: tuple[int, ...]


_NOTHING = _Beside(0, Directory((), ()), ())


class ChildLists:
    """Use cases of lists of children. Called from several threads."""

    def __init__(self, workplace: Workplace, with_issues: Callable[[str], Collection[str]]) -> None:
        """`with_issues` gives the children that the last check found `errors`, `warnings` or `any`
        of them with.
        """
        self._workplace = workplace
        self._with_issues = with_issues
        self._making = Lock()
        self._noting = Lock()
        self._directory: Directory | None = None
        self._written = Written()
        self._later: Written | None = None
        self._beside: tuple[int, _Beside] = (0, _NOTHING)
        self._books: tuple[Directory, int, array[int]] | None = None
        #: Counts what was written.
        self._turn = 0
        self._looked: set[str] = set()
        #: Children on checked pages, and after how many writings that was so.
        self._checked: tuple[int, frozenset[str]] | None = None
        workplace.on_written.append(self._note)

    # --- what is offered --------------------------------------------------------------------

    def groups(self, language: str = "vi") -> list[GroupChoice]:
        """The groups that this account may look for."""
        self._workplace.require(Right.READ)
        codes = self._workplace.catalogue.code_list("circumstances")
        may_reveal = allows(self._workplace.account.rights, Right.REVEAL)
        guarded = {one.code for one in codes if _is_guarded(one.code)}
        found = []
        for one in codes:
            if "." in one.code or one.extra.get("nature") == "event":
                continue
            whole = one.code in guarded
            partly = not whole and any(code.startswith(f"{one.code}.") for code in guarded)
            asks = may_reveal and (whole or partly) and one.code not in self._looked
            if may_reveal or not whole:
                label = codes.label(one.code, language)
                found.append(GroupChoice(one.code, label, whole, partly, asks))
        return found

    def has_round(self) -> bool:
        """Whether a round is open, so that somebody can be not confirmed in it."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return open_round(reading) is not None

    def reveal_group(self, group: str, reveal: Reveal) -> None:
        """Let this account find who is in a group of level A, until it is signed out.

        Raises KnownError `rights.denied`, `masking.no_reason`.
        """
        self._workplace.require(Right.READ)
        look(self._workplace, reveal, [("register", f"{self._workplace.unit}/{group}")])
        self._looked.add(group)

    @property
    def looked_for(self) -> frozenset[str]:
        """The groups that a reason was given for: a list by one of them says what is masked."""
        return frozenset(self._looked)

    def may_find(self, group: str) -> bool:
        """Whether a list by the group may be asked for right now."""
        return not _is_guarded(group) or group in self._looked

    # --- lists ------------------------------------------------------------------------------

    def find(self, wanted: ListFilter, sort: Sort = Sort.NAME) -> FoundIds:
        """The ids of the children that fit, in order.

        Raises KnownError `rights.denied` and `masking.no_reason` for a group that is not to be
        looked for, `lists.no_round` for "not confirmed" without an open round, `lists.not_checked`
        for issues before there was a check, `records.long_search`.
        """
        self._workplace.require(Right.READ)
        self._must_find(wanted.group)
        words = register.search_words(wanted.words)
        register.must_be_searchable(words)
        if not self._is_at_hand() and sort is Sort.NAME and wanted.is_simple:
            with self._workplace.store.read() as reading:
                return self._by_rows(reading, wanted, words)
        if not self._is_usable():
            self.prepare()
        with self._workplace.store.read() as reading:
            directory, beside = self._now(reading)
            if sort is Sort.HOUSEHOLD and beside is not _NOTHING:
                self.prepare(anew=True)
        turn = self._turn  # before the reading begins: what is committed meanwhile counts as later
        with self._workplace.store.read() as reading:
            directory, beside = self._now(reading)
            asked = self._asked(reading, wanted, words, turn)
            found = asked(directory) & ~beside.stale
            late = Places(asked(beside.fresh), beside.fresh.size)
            if sort is Sort.HOUSEHOLD:
                order = self._book_order(reading, directory, turn)
                return _by_books(directory, order, found, beside, late)
            return self._sorted(directory, found, beside, late, sort)

    def count(self, wanted: ListFilter) -> int:
        """How many children fit. Raises what `find` raises."""
        return len(self.find(wanted))

    def rows(self, ids: Collection[str]) -> list[ChildRow]:
        """The rows of a page of a list."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            found = with_writers(self._workplace, reading, register.child_rows(reading, list(ids)))
            checked = second_check.covered(reading, {one.household for one in found})
        return [replace(one, checked=one.household in checked) for one in found]

    def of_household(self, household: str) -> list[ChildRow]:
        """The children of a household in the order of the paper lines."""
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return register.child_rows(reading, listing.in_line_order(reading, household))

    # --- what is kept -----------------------------------------------------------------------

    def kept(self) -> ListFilter | None:
        """The conditions that this account keeps from day to day; None where it keeps none."""
        said = self._workplace.store.setting(f"{_KEPT}/{self._workplace.account.name}")
        if not said:
            return None
        try:
            return msgspec.json.decode(said, type=ListFilter).conditions
        except msgspec.DecodeError:
            return None  # of a newer program

    def keep(self, wanted: ListFilter | None) -> None:
        """Keep conditions for the next day, or keep none. No place, no word, and no group of level
        A: of these nobody is to see later who looked for what.
        """
        workplace = self._workplace
        workplace.require(Right.READ)
        said = ""
        if wanted is not None:
            group = "" if _is_guarded(wanted.group) else wanted.group
            said = msgspec.json.encode(replace(wanted.conditions, group=group)).decode()
        with workplace.write(changing=False) as work:
            workplace.store.put_settings(work, {f"{_KEPT}/{workplace.account.name}": said})
            work.commit()

    # --- the directory ----------------------------------------------------------------------

    def prepare(self, *, anew: bool = False) -> None:
        """Make the directory if there is none, or too much was written beside it, or `anew`."""
        with self._making:
            if not anew and not self._is_behind():
                return
            with self._noting:
                # What is committed from here on is noted for the new one, whether its reading sees
                # it or not. Until then lists are answered from the old one and all beside it.
                later = self._later = Written()
            with self._workplace.store.read() as reading, rare_collections():
                made = Directory(listing.in_order(reading), listing.children(reading))
            with self._noting:
                self._directory, self._written, self._later = made, later, None
                self._beside = (-1, _NOTHING)

    @property
    def is_ready(self) -> bool:
        """Whether lists are answered from memory as they should be."""
        return not self._is_behind()

    def _is_behind(self) -> bool:
        with self._noting:
            held, written = self._directory, self._written
        return held is None or written.many or len(written.records) > _BESIDE

    def _is_usable(self) -> bool:
        with self._noting:
            return self._directory is not None and not self._written.many

    def _is_at_hand(self) -> bool:
        """Whether nobody has to wait for the directory, or not for long."""
        if self._is_usable():
            return True
        with self._workplace.store.read() as reading:
            return listing.child_total(reading) <= _SMALL

    def _note(self, written: Written) -> None:
        with self._noting:
            self._turn += 1
            for one in (self._written, self._later):
                if one is not None:
                    one.many = one.many or written.many
                    one.add(written.records)

    def _now(self, reading: Reading) -> tuple[Directory, _Beside]:
        """The directory and what was written since it was made, which belong together."""
        with self._noting:
            directory, written, turn = self._directory, set(self._written.records), self._turn
            made_at, beside = self._beside
        if directory is None:
            raise BugError("lists.not_ready")
        if not written:
            return directory, _NOTHING
        if made_at != turn:
            beside = _beside(reading, directory, written)
            with self._noting:
                if self._directory is directory:
                    self._beside = (turn, beside)
        return directory, beside

    # --- what is asked ----------------------------------------------------------------------

    def _must_find(self, group: str) -> None:
        if self.may_find(group):
            return
        if not allows(self._workplace.account.rights, Right.REVEAL):
            raise denied(Right.REVEAL)
        raise KnownError("masking.no_reason", "masking.no_reason_hint")

    def _by_rows(self, reading: Reading, wanted: ListFilter, words: tuple[str, ...]) -> FoundIds:
        if wanted == ListFilter():
            return all_of(listing.visible_in_order(reading))
        asked = RegisterFilter(
            units=(wanted.unit,) if wanted.unit else (),
            village=wanted.village,
            words=words,
            only_incomplete=wanted.unfinished,
            only_conflicts=wanted.conflicts,
        )
        return all_of([register.child_ids(reading, asked)])

    def _asked(
        self, reading: Reading, wanted: ListFilter, words: tuple[str, ...], turn: int
    ) -> Callable[[Directory], int]:
        """What gives the places of those who fit, in any directory; read after `turn` writings."""
        tests: list[Callable[[Directory], int]] = [lambda one: one.bearing(words)]
        if wanted.unit:
            tests.append(lambda one: one.sharing(Place.UNIT, wanted.unit))
        if wanted.village or wanted.no_village:
            tests.append(lambda one: one.sharing(Place.VILLAGE, wanted.village))
        if wanted.unfinished:
            unsound = listing.not_sound(reading)
            tests.append(lambda one: one.followed & (~one.declared | one.among(unsound)))
        if wanted.missing_id:
            tests.append(lambda one: one.followed & one.without_id)
        if wanted.conflicts:
            tests.append(lambda one: one.contested)
        if wanted.unfinished or wanted.missing_id or wanted.not_checked:
            # On the page of the one that stands for a double it is done.
            doubles = listing.doubles(reading)
            tests.append(lambda one: ~one.among(doubles))
        if wanted.not_checked:
            checked = self._in_checked(reading, turn)
            tests.append(lambda one: one.followed & ~one.among(checked))
        if wanted.not_confirmed:
            current = open_round(reading)
            if current is None:
                raise KnownError("lists.no_round", "lists.no_round_hint")
            tests.append(lambda one: ~one.sharing(Place.ROUND, current.id))
        if wanted.age_from is not None or wanted.age_to is not None:
            after, until = self._births(reading, wanted)
            tests.append(lambda one: one.born(after, until))
        tests += [_among(named) for named in self._named(reading, wanted)]
        return lambda one: reduce(lambda found, test: found & test(one), tests, one.visible)

    def _births(self, reading: Reading, wanted: ListFilter) -> tuple[int, int]:
        day = reference_day(self._workplace, reading)
        after = 0 if wanted.age_to is None else _number(day, wanted.age_to + 1)
        return after, _NEVER if wanted.age_from is None else _number(day, wanted.age_from)

    def _named(self, reading: Reading, wanted: ListFilter) -> list[Collection[str]]:
        """The children that are named one by one, a set for each condition."""
        found: list[Collection[str]] = []
        if wanted.group:
            looked = wanted.group in self._looked
            of_group = listing.of_group(reading, wanted.group)
            found.append({child for child, one in of_group if looked or not is_secret(one)})
        if wanted.returned:
            found.append(self._returned(reading))
        if wanted.issues:
            found.append(self._with_issues(wanted.issues))
        return found

    def _in_checked(self, reading: Reading, turn: int) -> Collection[str]:
        """The children on pages that stand as they were checked: read anew after something was
        written, and not at every key.
        """
        held = self._checked
        if held is None or held[0] != turn:
            homes = second_check.covered(reading)
            children = second_check.children_in(reading, homes)
            held = (turn, frozenset(one for some in children.values() for one in some))
            self._checked = held
        return held[1]

    def _returned(self, reading: Reading) -> set[str]:
        workplace = self._workplace
        back = {one.record for one in second_check.standing_returns(reading, workplace.unit)}
        back |= {one.id for one in returns_from_above(workplace, reading)}
        return back | listing.children_of(reading, back)

    # --- orders -----------------------------------------------------------------------------

    def _sorted(
        self, directory: Directory, found: int, beside: _Beside, late: Places, sort: Sort
    ) -> FoundIds:
        fresh = beside.fresh
        if sort is Sort.BIRTH:
            places = bits.in_order(found, directory.size, directory.by_birth)
            born = sorted(late, key=fresh.births.__getitem__)
            others = [directory.births[place] for place in places] if born else []
            return FoundIds(
                directory.ids,
                places,
                [(bisect_right(others, fresh.births[one]), fresh.ids[one]) for one in born],
            )
        in_order = Places(found, directory.size)
        return FoundIds(
            directory.ids,
            in_order,
            [(in_order.before(beside.before[one]), fresh.ids[one]) for one in late],
        )

    def _book_order(self, reading: Reading, directory: Directory, turn: int) -> array[int]:
        held = self._books
        # A village that was renamed is in no list, but its households stand elsewhere now.
        if held is None or held[0] is not directory or held[1] != turn:
            order = directory.places_of_rows(listing.in_book_order(reading))
            held = (directory, turn, order)
            self._books = held
        return held[2]


def _beside(reading: Reading, directory: Directory, written: set[str]) -> _Beside:
    """The children among written records, and those of households among them, read anew."""
    ids = written | listing.children_of(reading, written)
    fresh = Directory(listing.in_order(reading, ids), listing.children(reading, ids))
    before = []
    for place in range(fresh.size):
        neighbour = listing.before(reading, fresh.ids[place], ids)
        at = None if neighbour is None else directory.place_of(neighbour)
        before.append(0 if at is None else at + 1)
    return _Beside(directory.among(ids), fresh, tuple(before))


def _by_books(
    directory: Directory, order: array[int], found: int, beside: _Beside, late: Places
) -> FoundIds:
    places = bits.in_order(found, directory.size, order)
    # Who was written while this list was made stands at its end.
    last = [(len(places), beside.fresh.ids[one]) for one in late]
    return FoundIds(directory.ids, places, last)


def _among(named: Collection[str]) -> Callable[[Directory], int]:
    return lambda one: one.among(named)


def _is_guarded(code: str) -> bool:
    return bool(code) and code_level(code) == "A"


def _number(day: date, years: int) -> int:
    return int(years_before(day, years).replace("-", ""))
