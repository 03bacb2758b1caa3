"""The same child written twice: looked for in the register, or in any list of people.

Suggestions, and of those alone that a search is asked to keep the certain ones are recorded; who
decides on all others is a person (4-sync.md, "Same child twice").
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import KnownError
from app.forms.field_types.base import FieldProblem
from app.forms.field_types.date_types import PartialDateType
from app.i18n import text
from app.matching.pair import Found, Level, Pair
from app.matching.person import Person
from app.models.log import last_position
from app.models.queries import compared, suggested
from app.models.queries.suggested import Weighed
from app.models.work import UnitOfWork
from app.plain_files import open_plain
from app.services.duplicate_decisions import record_certain
from app.services.rights import Right, allows
from app.services.suggested_pairs import is_placeholder, keep_pairs, weighed_pairs
from app.services.workplace import Progress, Workplace
from app.settings import resources_dir
from app.text.fold import fold
from app.workbooks.cells import BadFile, CellFault, OldText, SheetRow, converted_text
from app.workbooks.reading import Header, Workbook, find_header, open_workbook, rows_below
from app.workbooks.writing import Column, write_csv

if TYPE_CHECKING:
    from app.matching.people import Prepared

#: Bits from which on something compared is worth a word.
_SAYS_SOMETHING = 1.0
#: `19560409`, as lists of other countries write it; ours begin with the day.
_YEAR_FIRST = re.compile("(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
#: The setting that holds the day of the last search, ISO.
SEARCHED_ON = "duplicates_searched_on"
#: So many children of one personal id are looked at when one of them comes.
_MOST_SHARING = 20
_FIELDS = tuple(one.name for one in fields(Person))


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Pairs of records that may be one child, the surest first; of how many records, and how many
    pairs were compared. `left_out`: kind of key → (keys that too many share, records behind them);
    `alone`: how many records were for that reason compared with nobody.
    `settled` pairs were decided before and are not among them; `recorded` were called the same by
    the search itself, and are not among them either. `told`: of a list, what was not read as it
    stands (`hidden` and `heading` rows, cells at `fault`, `old_text`) → how often.
    """

    pairs: tuple[Pair, ...]
    records: int
    compared: int
    left_out: Mapping[str, tuple[int, int]]
    settled: int = 0
    recorded: int = 0
    alone: int = 0
    told: Mapping[str, int] = field(default_factory=dict)

    def count(self, level: Level) -> int:
        """How many of a level."""
        return sum(one.level is level for one in self.pairs)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the whole register came to, its pairs as they are to be kept, and the place in
    the log of what it read.
    """

    found: Suggestions
    weighed: tuple[Weighed, ...]
    at: int


class Duplicates:
    """Use cases on children written twice."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def find(self, progress: Progress | None = None) -> Suggestions:
        """Compare every child that the register follows here with every other one it may be.

        Raises KnownError `rights.denied`; Cancelled.
        """
        self._workplace.require(Right.READ)
        return self._find(progress or Progress())[0]

    def search(self, progress: Progress | None = None) -> Suggestions:
        """`look`, then `keep`. Raises KnownError `rights.denied`; Cancelled, keeping nothing."""
        self._workplace.require(Right.ENTER)
        return self.keep(self.look(progress))

    def look(self, progress: Progress | None = None) -> Looked:
        """As `find`, for `keep`: whoever waits at a window saves meanwhile, and what was written
        meanwhile is told as changed.
        """
        self._workplace.require(Right.READ)
        found, pairs, at = self._find(progress or Progress())
        with self._workplace.store.read() as reading:
            # The decided ones, too: what is opened again waits again.
            weighed = weighed_pairs(reading, pairs)
            children = {child for one in weighed for child in (one.first, one.second)}
            since = compared.written_since(reading, children, at)
        return Looked(found, tuple(one.changed(since) for one in weighed), at)

    def keep(self, looked: Looked) -> Suggestions:
        """Keep what a look at the whole register came to: the certain pairs are called the same
        (`record_certain`), the others wait for somebody to look at them, and so do the pairs of
        children who came or changed while it looked. Raises KnownError `rights.denied`.
        """
        self._workplace.require(Right.ENTER)
        found = looked.found
        stood = {(one.first, one.second): one for one in looked.weighed}
        sure = {(one.first, one.second) for one in found.pairs if one.level is Level.CERTAIN}
        with self._workplace.write() as work:
            # A child that was written since may be no longer the one that was weighed.
            heads = suggested.heads_of(work.connection, {child for pair in sure for child in pair})
            sure = {pair for pair in sure if pair in stood and stood[pair].stands(heads)}
            kept = suggested.kept_children(work.connection)
            written = compared.written_since(work.connection, kept, looked.at)
            suggested.keep_only(work.connection, looked.weighed, written)
            recorded = record_certain(self._workplace, work, sorted(sure))
            day = self._workplace.today().isoformat()
            self._workplace.store.put_settings(work, {SEARCHED_ON: day})
            work.settle()
            rows = suggested.waiting(work.connection, Level.LOW.value)
            work.commit()
        now = {(one.first, one.second) for one in rows}
        left = tuple(one for one in found.pairs if (one.first, one.second) in now)
        return replace(found, pairs=left, recorded=recorded)

    def _find(self, steps: Progress) -> tuple[Suggestions, tuple[Pair, ...], int]:
        """What is suggested, every pair that was found, and the place in the log of what was read.
        Weighing takes its time, and a store that is read meanwhile lets its log grow.
        """
        with self._workplace.store.read() as reading:
            at = last_position(reading)
            ready = _prepared(compared.compared_people(reading), steps)
            decided = compared.decided_pairs(reading)
        found = _found(ready, steps)
        open_pairs = tuple(
            one for one in found.pairs if frozenset((one.first, one.second)) not in decided
        )
        settled = len(found.pairs) - len(open_pairs)
        said = replace(_said(found), pairs=open_pairs, settled=settled)
        return said, found.pairs, at

    def find_in_file(
        self, path: Path, columns: Path | None = None, progress: Progress | None = None
    ) -> Suggestions:
        """The same in a list of people, of any language: .csv or .xlsx. `columns` is a JSON file
        that says which column is what (`{"name": "Họ tên", "birth_date": "dob"}`).

        Raises KnownError `duplicates.columns_unreadable`, `duplicates.no_columns`, and `import.…`
        for a bad file; Cancelled.
        """
        steps = progress or Progress()
        named = {} if columns is None else _columns(columns)
        with open_workbook(path) as book:
            told: Counter[str] = Counter()
            people = _people_of(book, named, self._workplace.today().year, told)
            ready = _prepared(people, steps)
        return replace(_said(_found(ready, steps)), told=told)

    def write(self, path: Path, found: Suggestions) -> None:
        """Write the pairs as .csv: `id_a,id_b,score,level,reasons`. No names stand in it.

        Raises KnownError `import.cannot_write`, `import.disk_full`, `import.name_too_long`.
        """
        rows = (
            (
                one.first,
                one.second,
                f"{one.score:.1f}",
                one.level.name.lower(),
                reason_words(one),
            )
            for one in found.pairs
        )
        heads = [Column(title) for title in ("id_a", "id_b", "score", "level", "reasons")]
        write_csv(path, heads, rows, self._workplace.parts.noted)


def note_new(workplace: Workplace, work: UnitOfWork, since: int, act: str | None = None) -> int:
    """Look at the children that the caller's transaction wrote after a place in the log, by their
    personal id alone: what is certain is recorded where the account may enter records, what is
    alike waits for somebody to look at it; gives how many were recorded. It costs as much as the
    children that were written, and asks nothing of the others.
    """
    reading = work.connection
    sharing = compared.sharing_a_number(reading, since)
    if not sharing:
        return 0
    people = compared.people_among(reading, {one for group in sharing.values() for one in group})
    pairs = _among(people, sharing.values())
    keep_pairs(work, pairs)
    if not allows(workplace.account.rights, Right.ENTER):
        return 0
    sure = {(one.first, one.second) for one in pairs if one.level is Level.CERTAIN}
    return record_certain(workplace, work, sorted(sure), act)


def _among(people: Mapping[str, Person], groups: Iterable[Sequence[str]]) -> list[Pair]:
    """Who is alike within small groups. Of a number that many bear, as a typing exercise leaves it,
    the first ones of a group are looked at: the search looks at all.
    """
    from app.matching.alone import alike

    found: dict[tuple[str, str], Pair] = {}
    for group in groups:
        some = [people[one] for one in group if one in people][:_MOST_SHARING]
        for at, one in enumerate(some):
            for pair in alike(one, some[at + 1 :], is_placeholder):
                found[pair.first, pair.second] = pair
    return list(found.values())


def _prepared(people: Iterable[Person], steps: Progress) -> list[Prepared]:
    # What compares letters is loaded when somebody asks, not with every command.
    from app.matching.duplicates import made_ready

    steps.phase("reading")
    return made_ready(people, is_placeholder, steps.step)


def _found(ready: Sequence[Prepared], steps: Progress) -> Found:
    from app.matching.duplicates import find_among

    return find_among(ready, steps.step, steps.phase)


def _said(found: Found) -> Suggestions:
    return Suggestions(
        found.pairs, found.records, found.compared, found.left_out, alone=found.alone
    )


def reason_words(pair: Pair) -> str:
    """What speaks for a pair, then what speaks against it, in words."""
    said = (
        text(f"duplicates.{'for' if part.bits > 0 else 'against'}.{part.what}")
        for part in sorted(pair.evidence, key=lambda part: -part.bits)
        if abs(part.bits) >= _SAYS_SOMETHING
    )
    return "; ".join(said)


@cache
def _titles() -> dict[str, str]:
    """Folded title → field of `Person`, for lists that name their columns as lists do."""
    file = resources_dir() / "lists" / "people_columns.json"
    known: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return {fold(title): field for field, titles in known.items() for title in titles}


def _columns(path: Path) -> dict[str, str]:
    """Folded title → field of `Person`."""
    try:
        with open_plain(path) as file:
            said = json.loads(file.read().decode("utf-8-sig"))
        wanted = {str(field): str(title) for field, title in said.items()}
    except OSError as problem:
        raise BadFile("unreachable", path.name) from problem
    except (ValueError, AttributeError) as problem:
        raise KnownError(
            "duplicates.columns_unreadable",
            "duplicates.columns_unreadable_hint",
            file=path.name,
        ) from problem
    strangers = sorted(wanted.keys() - set(_FIELDS))
    if strangers:
        raise KnownError(
            "duplicates.no_field",
            "duplicates.no_field_hint",
            file=path.name,
            names=", ".join(strangers),
            known=", ".join(_FIELDS),
        )
    return {fold(title): field for field, title in wanted.items()}


def _people_of(
    book: Workbook, named: Mapping[str, str], year: int, told: Counter[str]
) -> Iterator[Person]:
    def field_of(title: str) -> str | None:
        folded = fold(title)
        return (named or _titles()).get(folded)

    header = find_header(book, lambda title: field_of(title) is not None)
    if header is None:
        raise KnownError("duplicates.no_columns", "duplicates.no_columns_hint", file=book.file)
    targets = [field_of(title) for title in header.cells]
    ids: set[str] = set()
    for row in _rows(book, header, told):
        said = _values(row, targets, told)
        if not said:
            continue
        said.setdefault("id", str(row.number))
        if said["id"] in ids:
            # A pair is named by two ids.
            said["id"] = text("duplicates.id_again", id=said["id"], row=str(row.number))
        ids.add(said["id"])
        if "birth_date" in said:
            said["birth_date"] = _birth(said["birth_date"], year)
        yield Person(**{"name": "", **said})


def _rows(book: Workbook, header: Header, told: Counter[str]) -> Iterator[SheetRow]:
    """The rows in which people stand, as far as the sheet shows them."""
    for row in rows_below(book, header):
        if row.hidden:
            told["hidden"] += 1
        elif row.across or header.repeated_by(row):
            told["heading"] += 1
        else:
            yield row


def _values(row: SheetRow, targets: list[str | None], told: Counter[str]) -> dict[str, str]:
    """Field of `Person` → what a row says of it."""
    said: dict[str, str] = {}
    for target, cell in zip(targets, row.cells, strict=False):
        if target is None or isinstance(cell, CellFault):
            told["fault"] += target is not None
            continue
        told["old_text"] += isinstance(cell, OldText)
        if value := converted_text(cell).strip():
            said[target] = f"{said[target]} {value}" if target in said else value
    return said


def _birth(written: str, year: int) -> str:
    """A date of birth as it is stored, however a list writes it; what nobody can read as it is."""
    if _YEAR_FIRST.fullmatch(written):
        return written
    try:
        return str(PartialDateType(year).parse(written) or "")
    except FieldProblem:
        return written
