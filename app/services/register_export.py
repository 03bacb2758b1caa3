"""The register as a table for people: one row a child, with its household, to .xlsx or .csv.

What comes out can be read back by the import without changing anything: records are named by their
ids, values are written so that their field reads them. Takes persons out of the store, so it asks a
right of its own and leaves an audit row. Withholds what only a named role may see (3-data.md,
"Sensitivity"): level A fields, and the groups of circumstances that hold a level A code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app import i18n
from app.forms.field_types import field_type
from app.forms.issues import Value
from app.forms.schema import Field, Template
from app.forms.sensitivity import Masks
from app.history.entities import ENTITIES
from app.models.queries import importing
from app.models.store import Reading
from app.services.marked_files import CSV, Left, about_of, must_be_table_file, write_table
from app.services.masking import Reveal, look
from app.services.register_lines import PAGE, Line, RegisterLines, child_value, group_codes
from app.services.rights import Right, allows
from app.services.workplace import Progress, Workplace
from app.text.days import whole_day
from app.workbooks.writing import Column, csv_text, plain_text
from app.workbooks.writing import Value as Written
from app.workbooks.xlsx_sheets import About

#: Types of fields whose values are days, where they are known whole.
_DAYS = frozenset(("date", "partial_date"))


class Headers(Enum):
    """What stands above the columns, and how values are written under it."""

    NAMES = "names"  # field names, stored codes: for programs
    LABELS = "labels"  # labels and words of the form: for people


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written. `withheld`: confidential values were left out, because no reason was given;
    `may_reveal` whether this account could give one.
    """

    file: Path
    rows: int
    columns: int
    withheld: bool
    sha256: str
    may_reveal: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """One column: where its value comes from. `of` is `child`, `household`, or a name of its own:
    `child_uid`, `household_uid`, `commune_code`, `village`, `circumstance_codes`.
    """

    of: str
    field: Field


class RegisterExport:
    """Use case: the register of a unit as a file."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def export(
        self,
        path: Path,
        unit: str | None = None,
        headers: Headers = Headers.NAMES,
        progress: Progress | None = None,
        reveal: Reveal | None = None,
    ) -> ExportResult:
        """Write the children of `unit` (None: of this installation) in the order of the book.

        `path` ends in .xlsx or .csv. Without a reveal what is of level A stays out. Raises
        KnownError `rights.denied`, `masking.no_reason`, `import.export_kind`,
        `units.…`, and what writing raises; Cancelled. Then there is no file.
        """
        workplace = self._workplace
        self._must_be_allowed(path)
        chosen = workplace.unit if unit is None else workplace.unit_named(unit)
        scope = workplace.scope_units(chosen)
        revealing = look(workplace, reveal, [("register", chosen)]).is_open
        with workplace.store.read() as reading:
            total = importing.count_children(reading, scope)
            rows = _Rows(reading, self._sources(revealing), headers, revealing)
            left = self._write(
                path, rows, rows.lines.of_units(scope), total, (chosen, revealing, ""), progress
            )
        return self._told(path, left, rows, revealing=revealing)

    def export_listed(
        self, path: Path, ids: Sequence[str], listed: str, progress: Progress | None = None
    ) -> ExportResult:
        """Write these children in their order, with the labels of the form; `listed` says in words
        which they are. What is of level A stays out. Raises what `export` raises.
        """
        workplace = self._workplace
        self._must_be_allowed(path)
        with workplace.store.read() as reading:
            rows = _Rows(reading, self._sources(revealing=False), Headers.LABELS, revealing=False)
            about = (workplace.unit, False, listed)
            left = self._write(path, rows, rows.lines.of_children(ids), len(ids), about, progress)
        return self._told(path, left, rows, revealing=False)

    def _must_be_allowed(self, path: Path) -> None:
        self._workplace.require(Right.EXPORT)
        self._workplace.require(Right.READ)
        must_be_table_file(path)

    def _sources(self, revealing: bool) -> tuple[_Source, ...]:
        catalogue = self._workplace.catalogue
        forms = (catalogue.newest("household"), catalogue.newest("child"))
        return tuple(_sources(*forms, None if revealing else catalogue.masks))

    def _write(
        self,
        path: Path,
        rows: _Rows,
        lines: Iterable[Line],
        total: int,
        about: tuple[str, bool, str],
        progress: Progress | None,
    ) -> Left:
        """Write the file whole or not at all, and note in the audit trail that it leaves."""
        steps = progress or Progress()
        of_child = {
            *ENTITIES["child"].fields,
            *(one.name for one in self._workplace.catalogue.newest("child").fields_of("child")),
        }
        columns = [
            Column(_title(one, rows.headers, of_child), one.field.width or 14)
            for one in rows.sources
        ]
        steps.step(0, total)

        def on_row(done: int) -> None:
            if done % PAGE == 0:
                steps.step(done, total)

        unit, revealing, listed = about
        level_a = "shown" if revealing else "withheld"

        def note(digest: str, written: int) -> None:
            self._workplace.audit(
                "export", unit=unit, rows=written, file_sha256=digest, level_a=level_a
            )

        return write_table(
            self._workplace,
            path,
            columns,
            rows.csv(lines) if path.suffix.lower() == CSV else rows.xlsx(lines),
            self._about(unit, total, revealing, listed),
            on_row,
            note=note,
            for_programs=rows.headers is Headers.NAMES,
            repeated=next(
                (at for at, one in enumerate(rows.sources) if one.field.name == "full_name"), None
            ),
        )

    def _told(self, path: Path, left: Left, rows: _Rows, *, revealing: bool) -> ExportResult:
        may_reveal = allows(self._workplace.account.rights, Right.REVEAL)
        (written,) = left.rows
        columns = len(rows.sources)
        return ExportResult(path, written, columns, not revealing, left.sha256, may_reveal)

    def _about(self, unit: str, rows: int, revealing: bool, listed: str) -> About:
        workplace = self._workplace
        notes = [(i18n.text("import.export_rows"), str(rows))]
        if listed:
            notes.append((i18n.text("lists.export_listed"), listed))
        if not revealing:
            notes.append(
                (i18n.text("import.export_withheld"), i18n.text("import.export_withheld_text"))
            )
        name = f"{workplace.tree.units.unit(unit).full_name(i18n.language())} ({unit})"
        title = i18n.text("import.export_title", unit=name)
        sheet = i18n.text("import.export_sheet")
        return about_of(workplace, title, sheet, notes, unit=unit, persons=True)


def _sources(household: Template, child: Template, masks: Masks | None) -> Iterator[_Source]:
    """The columns; without `masks` those of level A as well."""
    yield _Source("child_uid", child.field("child_uid"))
    yield _Source("household_uid", household.field("household_uid"))
    yield _Source("commune_code", household.field("commune_code"))
    for form, template in (("household", household), ("child", child)):
        for field in template.fields_of(form):
            if field.name == "circumstance_codes":
                yield _Source("circumstance_codes", field)
            elif field.name == "village":
                yield _Source("village", field)
            elif not field.stored:
                continue
            elif masks is None or field.name not in masks.fields_of(form):
                yield _Source(form, field)


def _title(source: _Source, headers: Headers, of_child: Collection[str]) -> str:
    if headers is Headers.LABELS:
        return source.field.label.vi
    name = source.field.name
    both = source.of == "household" and name in of_child
    return f"household.{name}" if both else name


class _Rows:
    """The rows of an export, a page of households at a time."""

    def __init__(
        self, reading: Reading, sources: Sequence[_Source], headers: Headers, revealing: bool
    ) -> None:
        self.lines = RegisterLines(reading)
        self.sources = sources
        self.headers = headers
        self._labels = headers is Headers.LABELS
        self._revealing = revealing
        self._rounds = {v: k for k, v in importing.rounds_by_name(reading).items()}

    def csv(self, lines: Iterable[Line]) -> Iterator[list[Written]]:
        """Rows for a writer that puts its own mark before what looks like a formula."""
        for line in lines:
            yield [self._value(source, line) for source in self.sources]

    def xlsx(self, lines: Iterable[Line]) -> Iterator[list[Written]]:
        """Rows for a writer whose texts are texts: only what the import would unmark is marked. A
        day that is known whole is a day; a year or a month stays a text.
        """
        days = [source.field.type in _DAYS for source in self.sources]
        for row in self.csv(lines):
            yield [_cell(value, day) for value, day in zip(row, days, strict=True)]

    def _value(self, source: _Source, line: Line) -> Written:
        of, household = source.of, line.household
        if of == "child":
            value = child_value(line, source.field.name, revealing=self._revealing)
            return self._text(source.field, value)
        if of == "household":
            return (
                None
                if household is None
                else self._text(source.field, household.values.get(source.field.name))
            )
        if of == "child_uid":
            return line.child.id
        if of == "commune_code":
            return str(line.child.values.get("owner_unit", ""))
        if of == "circumstance_codes":
            return self._codes(line)
        if household is None:
            return None
        if of == "household_uid":
            return household.id
        return self.lines.villages.get(str(household.values.get("village", "")))

    def _text(self, field: Field, value: Value) -> Written:
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if field.name == "survey_round":
            return self._rounds.get(str(value), str(value)) if self._labels else str(value)
        if self._labels:
            return field_type(field).format(value, "vi")
        if isinstance(value, bool):
            return "true" if value else "false"
        return "; ".join(value) if isinstance(value, list) else value

    def _codes(self, line: Line) -> str | None:
        if codes := group_codes(line, revealing=self._revealing):
            return "; ".join(codes)
        answer = child_value(line, "circumstance_answer", revealing=self._revealing)
        return "NONE" if answer == "none" else None


def _cell(value: Written, day: bool) -> Written:
    if not isinstance(value, str):
        return value
    if day and (whole := whole_day(value)) is not None:
        return whole
    return csv_text(value) if plain_text(value) != value else value
