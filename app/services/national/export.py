"""Use case: the accepted register as a workbook by a mapping.

Holds only children whose record and household are accepted (`app.services.accepted`), and says how
many are not. Of level A nothing goes out unless a reason is given by somebody with the right;
columns and rows left out for that are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.errors import KnownError
from app.forms.sensitivity import is_secret
from app.i18n import number, text
from app.models.queries import importing
from app.models.queries.importing import Held
from app.models.store import Reading
from app.services.accepted import AcceptedRegister, Waiting, accepted_register
from app.services.marked_files import about_of, write_book
from app.services.masking import Reveal, look
from app.services.national.mapping import (
    ExportMap,
    MapColumn,
    MapSheet,
    Source,
    load_map,
    shipped_file,
)
from app.services.national.values import Cells, Row
from app.services.register_lines import PAGE, TELLING_OF_GROUPS, Line, RegisterLines
from app.services.rights import Right, allows
from app.services.workplace import Progress, Workplace
from app.workbooks.writing import Column, whole_file
from app.workbooks.xlsx_sheets import About, Sheet

_GROUPS = frozenset(("circumstance", "circumstances"))


@dataclass(frozen=True, slots=True)
class NationalLook:
    """What an export would hold: the mapping by name and hash, how many children are accepted, and
    who is not, and stays out.
    """

    mapping: str
    about: str
    shipped: bool
    sheets: int
    columns: int
    children: int
    waiting: Waiting
    mapping_sha256: str


@dataclass(frozen=True, slots=True)
class NationalFile:
    """What was written: rows by sheet; `left_out` the titles of columns of level A, and whether
    `withheld` groups of circumstances may have stayed out as well. `unmapped` are columns, with
    their sheet, that held values which the mapping does not name, and how many.
    """

    file: Path
    sheets: tuple[tuple[str, int], ...]
    seen: NationalLook
    left_out: tuple[str, ...]
    withheld: bool
    may_reveal: bool
    sha256: str
    unmapped: tuple[tuple[str, str, int], ...] = ()


class NationalExport:
    """Use cases on the export for the national software."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def mapping_text(self) -> str:
        """The mapping that ships, as it is: to be edited and loaded."""
        return shipped_file().read_text(encoding="utf-8")

    def save_mapping(self, path: Path) -> None:
        """Write the mapping that ships to a file, whole or not at all."""
        with whole_file(path, self._workplace.parts.noted) as part:
            part.write_bytes(shipped_file().read_bytes())

    def look(self, mapping: Path | None = None, unit: str | None = None) -> NationalLook:
        """What the export would hold. Raises KnownError `rights.denied`, `export.map_…`,
        `units.…`.
        """
        self._workplace.require(Right.READ)
        read = load_map(mapping, self._workplace.catalogue)
        units = self._workplace.scope_units(self._chosen(unit))
        with self._workplace.store.read(going_over_all=True) as reading:
            return _seen(read, accepted_register(self._workplace, reading, units))

    def export(
        self,
        path: Path,
        mapping: Path | None = None,
        unit: str | None = None,
        progress: Progress | None = None,
        reveal: Reveal | None = None,
        *,
        looked_at: str = "",
    ) -> NationalFile:
        """Write the accepted children of `unit` (None: of this installation) to a .xlsx.

        `mapping` is a file, None the one that ships; `looked_at` the hash that `look` told of it,
        "" where nobody looked: what changed since is not what was chosen. Raises KnownError
        `export.map_changed`, `rights.denied`,
        `masking.no_reason`, `export.map_…`, `export.map_secret_filter`, `export.xlsx_only`,
        `export.nothing_accepted`, `units.…`, and what writing raises; Cancelled. Then there is no
        file.
        """
        workplace, steps = self._workplace, progress or Progress()
        workplace.require(Right.EXPORT)
        workplace.require(Right.READ)
        if path.suffix.lower() != ".xlsx":
            raise KnownError("export.xlsx_only", "export.xlsx_only_hint", file=path.name)
        read = load_map(mapping, workplace.catalogue)
        if looked_at not in ("", read.sha256):
            name = (mapping or shipped_file()).name
            raise KnownError("export.map_changed", "export.map_changed_hint", file=name)
        chosen = self._chosen(unit)
        units = workplace.scope_units(chosen)
        revealing = look(workplace, reveal, [("register", chosen)]).is_open
        if not revealing:
            self._must_not_filter_by_secrets(read)
        with workplace.store.read(going_over_all=True) as reading:
            held = accepted_register(workplace, reading, units)
            seen = _seen(read, held)
            if not held.children:
                raise KnownError(
                    "export.nothing_accepted",
                    "export.nothing_accepted_hint",
                    count=number(held.waiting.total),
                )
            writing = _Writing(workplace, reading, units, held, steps, revealing)
            sheets = [
                writing.sheet(one, at, len(read.sheets)) for at, one in enumerate(read.sheets)
            ]
            about = replace(
                self._about(read, chosen, seen, tuple(writing.left_out), revealing),
                told_after=lambda: unmapped_words(writing.unmapped),
            )
            level_a = "shown" if revealing else "withheld"

            def note(digest: str, _rows: tuple[int, ...]) -> None:
                workplace.audit(
                    "export-national",
                    unit=chosen,
                    rows=len(held.children),
                    not_accepted=held.waiting.total,
                    mapping_sha256=read.sha256,
                    file_sha256=digest,
                    level_a=level_a,
                )

            left = write_book(workplace, path, sheets, about, note=note)
        return NationalFile(
            path,
            tuple(zip((one.name for one in read.sheets), left.rows, strict=True)),
            seen,
            tuple(writing.left_out),
            not revealing and writing.holds_groups,
            allows(workplace.account.rights, Right.REVEAL),
            left.sha256,
            writing.unmapped,
        )

    def _chosen(self, unit: str | None) -> str:
        return self._workplace.unit if unit is None else self._workplace.unit_named(unit)

    def _must_not_filter_by_secrets(self, read: ExportMap) -> None:
        """Who stands in a list by a field of level A tells what the list withholds."""
        for sheet in read.sheets:
            for one in sheet.where:
                tells = one.source.of in _GROUPS or (
                    one.source.of == "child" and one.source.name in TELLING_OF_GROUPS
                )
                if tells or _is_masked(self._workplace, one.source):
                    raise KnownError(
                        "export.map_secret_filter",
                        "export.map_secret_filter_hint",
                        sheet=sheet.name,
                        source=f"{one.source.of}.{one.source.name}",
                    )

    def _about(
        self,
        read: ExportMap,
        unit: str,
        seen: NationalLook,
        left_out: tuple[str, ...],
        revealing: bool,
    ) -> About:
        notes = [
            (text("export.national.layout"), text("export.national.layout_own")),
            (text("export.national.mapping"), f"{read.name}. {read.about}"),
            (text("export.national.mapping_hash"), read.sha256),
            (text("export.national.accepted"), number(seen.children)),
        ]
        if seen.waiting.total:
            why = f"{number(seen.waiting.total)}: {why_waiting(seen.waiting)}"
            notes.append((text("export.national.waiting"), why))
        if left_out:
            notes.append((text("export.national.left_out"), "; ".join(left_out)))
        if not revealing:
            notes.append((text("import.export_withheld"), text("import.export_withheld_text")))
        title = text("export.national.title")
        return about_of(self._workplace, title, title, notes, unit=unit, persons=True)


def _seen(read: ExportMap, held: AcceptedRegister) -> NationalLook:
    return NationalLook(
        read.name,
        read.about,
        read.shipped,
        len(read.sheets),
        sum(len(one.columns) for one in read.sheets),
        len(held.children),
        held.waiting,
        read.sha256,
    )


def unmapped_words(unmapped: tuple[tuple[str, str, int], ...]) -> tuple[tuple[str, str], ...]:
    """Which columns held values that the mapping does not name, as lines of a sheet of notes."""
    return tuple(
        (
            text("export.national.unmapped"),
            text("export.national.unmapped_of", sheet=sheet, column=title, count=number(count)),
        )
        for sheet, title, count in unmapped
    )


def why_waiting(waiting: Waiting) -> str:
    """Why children are not accepted, each reason with how many it keeps back."""
    said = (
        ("never", waiting.never),
        ("changed", waiting.changed),
        ("sent_back", waiting.sent_back),
    )
    found = [text(f"export.national.{why}", count=number(count)) for why, count in said if count]
    return ", ".join(found)


def _is_masked(workplace: Workplace, source: Source) -> bool:
    entity = source.of if source.of in ("child", "household", "circumstance") else ""
    if not entity:
        return False
    masked = workplace.catalogue.masks.fields_of(entity)
    return source.name in masked and source.name not in ("group", "subgroups")


class _Writing:
    """The sheets of one export, each a pass over the accepted children."""

    def __init__(
        self,
        workplace: Workplace,
        reading: Reading,
        units: tuple[str, ...],
        held: AcceptedRegister,
        steps: Progress,
        revealing: bool,
    ) -> None:
        self._workplace, self._reading = workplace, reading
        self._units, self._held = units, held
        self._steps, self._revealing = steps, revealing
        self._lines = RegisterLines(reading)
        rounds = {v: k for k, v in importing.rounds_by_name(reading).items()}
        units_of = workplace.tree.units
        self._cells = partial(Cells, units_of, self._village, rounds, revealing=revealing)
        self._told: list[tuple[str, Cells]] = []
        self.left_out: list[str] = []
        self.holds_groups = False

    def sheet(self, wanted: MapSheet, at: int, of: int) -> Sheet:
        """A sheet to write; its rows are read when it is written."""
        columns = [one for one in wanted.columns if self._goes_out(one)]
        self.left_out += [one.title for one in wanted.columns if one not in columns]
        sources = [source for one in columns for source in one.sources]
        if wanted.rows == "circumstances" or any(one.of in _GROUPS for one in sources):
            self.holds_groups = True
        cells = self._cells()
        self._told.append((wanted.name, cells))
        rows = (
            [cells.cell(one, row) for one in columns]
            for row in self._rows(wanted.rows, at, of)
            if all(cells.fits(one, row) for one in wanted.where)
        )
        called = "head_name" if wanted.rows == "households" else "full_name"
        named = (at for at, one in enumerate(columns) if [s.name for s in one.sources] == [called])
        heads = [Column(one.title, one.width) for one in columns]
        return Sheet(wanted.name, heads, rows, repeated=next(named, None))

    @property
    def unmapped(self) -> tuple[tuple[str, str, int], ...]:
        """Sheet, title and how many values nothing was said about, of the rows written so far."""
        return tuple(
            (sheet, title, count)
            for sheet, cells in self._told
            for title, count in cells.unmapped.items()
            if count
        )

    def _goes_out(self, column: MapColumn) -> bool:
        masked = any(_is_masked(self._workplace, one) for one in column.sources)
        return self._revealing or not masked

    def _may_show(self, one: Held) -> bool:
        return self._revealing or not is_secret(one.values)

    def _village(self, village: str) -> str:
        return self._lines.villages.get(village, "")

    def _rows(self, kind: str, at: int, of: int) -> Iterator[Row]:
        if kind == "households":
            yield from self._households(at, of)
            return
        for line in self._accepted(at, of):
            if kind == "children":
                yield Row(line, None)
                continue
            for one in line.circumstances:
                if not one.hidden and self._may_show(one):
                    yield Row(line, one)

    def _households(self, at: int, of: int) -> Iterator[Row]:
        told: set[str] = set()
        for line in self._accepted(at, of):
            if line.household is not None and line.household.id not in told:
                told.add(line.household.id)
                yield Row(line, None)

    def _accepted(self, at: int, of: int) -> Iterator[Line]:
        """The accepted children, counting through all sheets for the progress."""
        children = self._held.children
        step = partial(self._steps.step, total=len(children) * of)
        done = len(children) * at
        step(done)
        for unit in self._units:  # one book after the other
            for line in self._lines.of_units((unit,)):
                if line.child.id in children:
                    yield line
                    done += 1
                    if done % PAGE == 0:
                        step(done)
