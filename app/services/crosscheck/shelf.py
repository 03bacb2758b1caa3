"""The lists that are kept on this PC: read from their files, held against the register, told apart.

Nothing here asks for a right or commits; the use cases are `desk`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from app.errors import KnownError
from app.ids import derived_id
from app.matching.placed import Band
from app.models.log import last_position
from app.models.queries import crosscheck as queries
from app.models.queries.crosscheck import FileRow, KeptRow
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.plain_files import open_plain
from app.services.crosscheck.columns import load_corrections
from app.services.crosscheck.listed import ListKind, NoNames, ReadList, RowKind
from app.services.crosscheck.listing import read_list
from app.services.crosscheck.placing import Where, contents, placed, second_of
from app.services.crosscheck.results import result_of
from app.services.crosscheck.views import (
    ListResult,
    ListSummary,
)
from app.services.crosscheck.words import Role
from app.services.workplace import Progress, Workplace
from app.workbooks.cells import BadFile
from app.workbooks.reading import open_workbook

#: The first year that a list may be of.
EARLIEST_YEAR = 2000
#: Of so many layouts of a kind the corrections are tried.
_LAYOUTS = 20
_BLOCK = 1 << 20
#: A row is called by its number in the file; rows of further sheets by so much more.
_NEXT_SHEET = 10_000_000
_CHILD = RowKind.CHILD.value


class ListShelf:
    """The lists of one installation."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def unit(self, unit: str | None) -> str:
        """The unit of a list, as a person named it. Raises KnownError `units.…`."""
        workplace = self._workplace
        where = workplace.unit if unit is None else workplace.unit_named(unit)
        workplace.scope_units(where)
        return where

    def units_of(self, unit: str) -> Collection[str]:
        """The units in whose register its children are looked for."""
        return self._workplace.scope_units(unit)

    def moment(self, reading: Reading) -> int:
        """Now, after every list that is kept: of two lists the later one is in force, whatever a
        clock that was put back says.
        """
        newest = max((one.added for one in queries.files(reading)), default=0)
        return max(int(self._workplace.clock()), newest + 1)

    def by(self) -> str:
        """Who is signed in, by the written name."""
        return self._workplace.account.full_name or self._workplace.account.name

    def read(
        self,
        reading: Reading,
        path: Path,
        kind: ListKind,
        columns: Path | Mapping[str, Role] | None,
        of_year: int | None,
    ) -> tuple[ReadList, dict[str, Role]]:
        """The list, read by the corrections given, else by those that were given for the same
        titles the last time. Raises KnownError `crosscheck.no_year`.
        """
        year = self._workplace.today().year
        if of_year is not None and not EARLIEST_YEAR <= of_year <= year + 1:
            raise KnownError(
                "crosscheck.no_year", "crosscheck.no_year_hint", first=EARLIEST_YEAR, last=year + 1
            )
        with open_workbook(path) as book:
            if columns is not None:
                given = load_corrections(columns) if isinstance(columns, Path) else dict(columns)
                return read_list(book, kind, given, year, of_year), given
            for layout, roles in self.remembered(reading, kind):
                try:
                    read = read_list(book, kind, roles, year, of_year)
                except NoNames:
                    continue  # that correction is of another layout
                if read.layout == layout:
                    return read, roles
            return read_list(book, kind, {}, year, of_year), {}

    @staticmethod
    def remembered(reading: Reading, kind: ListKind) -> list[tuple[str, dict[str, Role]]]:
        """The corrections that were given for lists of the kind, by layout, the newest first."""
        found: dict[str, dict[str, Role]] = {}
        for one in queries.files(reading):
            if one.kind == kind.value and one.layout not in found:
                said: dict[str, str] = json.loads(one.roles)
                found[one.layout] = {title: Role(role) for title, role in said.items()}
        return [(layout, roles) for layout, roles in found.items() if roles][:_LAYOUTS]

    @staticmethod
    def id_of(path: Path, kind: ListKind, unit: str) -> str:
        """The id of a file of that kind and unit: the same file is the same list."""
        return derived_id("list", kind.value, unit, sha256_of(path))

    def kept_rows(self, reading: Reading, file: FileRow, read: ReadList) -> list[KeptRow]:
        """The rows as they are kept, with what people decided about rows that say the same. Of rows
        that say the same twice in one list nobody knows which was meant in another; how a child was
        settled holds for lists of the same thing.
        """
        said = contents(read.rows)
        before = queries.said_before(reading, said, file.kind, file.unit)
        seconds = {second_of(one) for one in said}
        twice = seconds.intersection(said) | queries.repeated(reading, seconds)
        series = {one.id: one.series for one in queries.files(reading)}
        acts = {one.content: one.act for one in queries.rows(reading, file.id)}
        kept = []
        for row, content in zip(read.rows, said, strict=True):
            number = row.number + read.sheets.index(row.sheet) * _NEXT_SHEET
            spoken = before.get(content) if row.kind is RowKind.CHILD else None
            fresh = KeptRow(
                file.id,
                number,
                row.kind.value,
                content,
                msgspec.json.encode(row).decode(),
                Band.NONE.value,
                "",
                "[]",
                act=acts.get(content),
            )
            if spoken is not None and spoken.list != file.id and second_of(content) in twice:
                spoken = None
            if spoken is not None:
                fresh = fresh._replace(
                    decision=spoken.decision,
                    decided_by=spoken.decided_by,
                    decided=spoken.decided,
                )
            if spoken is not None and series.get(spoken.list) == file.series:
                fresh = fresh._replace(
                    settled=spoken.settled,
                    settled_by=spoken.settled_by,
                    settled_at=spoken.settled_at,
                )
            kept.append(fresh)
        return kept

    def file(self, reading: Reading, list_id: str) -> FileRow:
        """A list. Raises KnownError `crosscheck.unknown`."""
        found = queries.file(reading, list_id)
        if found is None:
            raise KnownError("crosscheck.unknown", "crosscheck.unknown_hint", id=list_id)
        return found

    def row(self, reading: Reading, list_id: str, number: int) -> KeptRow:
        """A row of a child. Raises KnownError `crosscheck.unknown`, `crosscheck.no_row`."""
        self.file(reading, list_id)
        found = queries.row(reading, list_id, number)
        if found is None or found.kind != _CHILD:
            raise KnownError("crosscheck.no_row", "crosscheck.no_row_hint", row=number)
        return found

    def result(self, reading: Reading, list_id: str) -> ListResult:
        """A list as it stands against the register now. Raises KnownError `crosscheck.unknown`."""
        file = self.file(reading, list_id)
        rows = queries.rows(reading, list_id)
        if file.position != last_position(reading):
            rows = self.placed(reading, file, rows)
        summary = self.summaries(reading)[list_id]
        return result_of(self._workplace, reading, file, rows, summary, self.units_of(file.unit))

    def placed(
        self,
        reading: Reading,
        file: FileRow,
        rows: Sequence[KeptRow],
        progress: Progress | None = None,
    ) -> list[KeptRow]:
        """Rows with bands, children and candidates as the register stands now."""
        where = Where(
            frozenset(self.units_of(file.unit)),
            self._workplace.reach(),
            self._workplace.today(),
        )
        children = [one for one in rows if one.kind == _CHILD]
        steps = progress or Progress()
        again = {one.number: one for one in placed(reading, children, where, steps.step)}
        return [again.get(one.number, one) for one in rows]

    def place_again(self, work: UnitOfWork, list_id: str) -> None:
        """Hold the rows against the register as it stands in this transaction."""
        reading = work.connection
        file = self.file(reading, list_id)
        rows = self.placed(reading, file, queries.rows(reading, list_id))
        queries.put_file(reading, file._replace(position=last_position(reading)), rows)

    def summaries(self, reading: Reading) -> dict[str, ListSummary]:
        """Id → list; of one series the list of the latest year, and of those the newest, is the one
        in force.
        """
        found = queries.files(reading)
        newest: dict[str, FileRow] = {}
        for one in found:
            held = newest.get(one.series)
            if held is None or (one.year, one.added) > (held.year, held.added):
                newest[one.series] = one
        counts = queries.waiting_counts(reading)
        tree = self._workplace.tree.units
        summaries = {}
        for one in found:
            unit = tree.get(one.unit)
            review, visit = counts.get(one.id, (0, 0))
            summaries[one.id] = ListSummary(
                one.id,
                ListKind(one.kind),
                one.unit,
                one.unit if unit is None else unit.full_name(),
                one.title,
                one.year,
                one.file,
                one.added,
                one.added_by,
                newest[one.series] is one,
                review,
                visit,
            )
        return summaries


def sha256_of(path: Path) -> str:
    """The hash of a file. Raises BadFile where it cannot be read."""
    made = hashlib.sha256()
    try:
        with open_plain(path) as file:
            while block := file.read(_BLOCK):
                made.update(block)
    except OSError as problem:
        raise BadFile("unreachable", path.name) from problem
    return made.hexdigest()
