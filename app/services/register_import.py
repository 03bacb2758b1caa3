"""Importing a register from Excel or CSV: preview it, then take it in whole or not at all.

One import is one transaction and one act. Rows stream through; memory grows by a few bytes a row.
Refuses a file with columns it does not know, and says which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app import i18n
from app.errors import KnownError
from app.ids import new_id
from app.models.log import last_position
from app.models.work import UnitOfWork
from app.plain_files import is_folder, open_plain
from app.services import acts
from app.services.acts import Obstacle
from app.services.duplicates import note_new
from app.services.importing.batch import BATCH_ROWS, BatchWriter, Tally
from app.services.importing.columns import (
    ColumnMap,
    Plan,
    PlannedColumn,
    Role,
    Titles,
    load_column_map,
    named_column_map,
    plan_columns,
    target_of_title,
    titles_of,
)
from app.services.importing.drafts import ACT_PREFIX
from app.services.importing.issues import (
    Correction,
    ImportIssue,
    IssueList,
    Proposal,
    issue_text,
)
from app.services.importing.rows import RowCounts, RowReader
from app.services.importing.units_of_rows import UnitOfRow, UnitsOfRows
from app.services.rights import Right, allows
from app.services.suggested_pairs import keep_pairs
from app.services.surroundings import frame_of
from app.services.workplace import Progress, Workplace
from app.text.old_fonts import is_old_font
from app.workbooks.cells import BadFile
from app.workbooks.reading import Header, Workbook, find_header, open_workbook, rows_below

__all__ = [
    "ColumnMap",
    "Correction",
    "ImportIssue",
    "ImportPreview",
    "ImportResult",
    "PreviewColumn",
    "Proposal",
    "RegisterImport",
    "issue_text",
    "load_column_map",
    "named_column_map",
]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import came to, in rows (one row is one child).

    `rows` = created + changed + unchanged + refused are the rows of the chosen units; `skipped`
    belong to others. `issues` are the first ones, `issue_count` all, `kinds` how many there are of
    each (message id, column) that proposes nothing; `proposals` counts those of
    them that wait for a confirmation, by kind, and `accepted` the cells for which it was given.
    `kept` counts fields in which the register is ahead of the file. `operations` is 0 when nothing
    changed; `act` names them all. `by_content` rows are found again by their text alone: with a
    cell corrected in the file they are other children. `undecided` cells were left out because two
    people wrote two values there and nobody has chosen. `other_sheets` hold tables too, and were
    not read.
    """

    rows: int
    created: int
    changed: int
    unchanged: int
    refused: int
    skipped: int
    kept: int
    households_created: int
    operations: int
    issues: tuple[ImportIssue, ...]
    issue_count: int
    kinds: Mapping[tuple[str, str], int]
    proposals: Mapping[Correction, int]
    accepted: int
    by_content: int
    undecided: int
    other_sheets: tuple[str, ...]
    act: str


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of a file and where it goes: the field's name, and its label as people read it."""

    title: str
    field: str
    label: str


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do. `unknown` titles have to be renamed or ignored before the file can
    be imported; `ignored` columns are read over. `sheet` is empty for a text file.
    """

    sheet: str
    header_row: int
    columns: tuple[PreviewColumn, ...]
    unknown: tuple[str, ...]
    ignored: tuple[str, ...]
    result: ImportResult


class RegisterImport:
    """Use cases on a register in a file."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def titles(self) -> Titles:
        """What the titles of columns mean: the fields of the forms of the open round."""
        with self._workplace.store.read() as reading:
            form_for = frame_of(self._workplace, reading).template_for
        return titles_of(form_for("child", {}), form_for("household", {}))

    def preview(
        self,
        path: Path,
        unit: str | None = None,
        columns: ColumnMap | None = None,
        progress: Progress | None = None,
        accepted: frozenset[Correction] = frozenset(),
        sheet: str | None = None,
    ) -> ImportPreview:
        """Say exactly what `run` would do: the file is imported and everything taken back.

        Raises as `run`, but for unknown columns, which are listed.
        """
        self._workplace.require(Right.ENTER)
        with open_workbook(path) as book:
            table = _table(book, columns, self.titles(), sheet)
            header, plan = table.header, table.plan
            with self._workplace.write() as work:
                steps = progress or Progress()
                result = self._import(work, book, table, unit, steps, accepted)
        self._workplace.fold_in_after(result.operations)
        shown = tuple(_shown(column) for column in plan.columns)
        return ImportPreview(header.sheet, header.row, shown, plan.unknown, plan.ignored, result)

    def run(
        self,
        path: Path,
        unit: str | None = None,
        columns: ColumnMap | None = None,
        progress: Progress | None = None,
        accepted: frozenset[Correction] = frozenset(),
        sheet: str | None = None,
    ) -> ImportResult:
        """Import the rows of `unit` (`CODE@EDITION`; None: of this installation's scope).

        Proposals of the kinds in `accepted` are taken; the text of the others is kept as it is.
        `sheet` names the sheet to read; None: the first that holds a table.
        Raises KnownError: a bad file (`import.file_…`), `import.no_header`, `import.no_sheet`,
        `import.old_font`, `import.unknown_columns`, `import.doubled_columns`,
        `import.unit_needed`, `import.no_rows`, `import.no_rows_of_unit`, `rights.denied`;
        Cancelled. Then nothing has changed but the audit trail.
        """
        self._workplace.require(Right.ENTER)
        try:
            return self._run(path, unit, columns, progress or Progress(), accepted, sheet)
        except KnownError as problem:
            self._workplace.audit("import_refused", reason=problem.message_id)
            raise

    def set_aside(self, act: str) -> int:
        """Take a whole import back out of the register; returns how many operations that were.

        Its operations stay in the log, set aside: they show nowhere and are not sent. Raises
        KnownError `import.act_unknown`, `import.act_sent` once a bundle may have carried them,
        `import.act_perhaps_sent` when the register was restored since,
        `import.act_built_on` when somebody has since worked on one of the records or put another
        record into a household or village of it, `rights.denied`.
        """
        self._workplace.require(Right.ENTER)
        with self._workplace.write() as work:
            found = acts.in_the_way(work.connection, act)
            if not act.startswith(ACT_PREFIX) or (found and found.what is Obstacle.UNKNOWN):
                raise KnownError("import.act_unknown", "import.act_unknown_hint")
            if found is not None and found.what is Obstacle.SENT:
                raise KnownError("import.act_sent", "import.act_sent_hint")
            if found is not None and found.what is Obstacle.PERHAPS_SENT:
                raise KnownError("import.act_perhaps_sent", "import.act_perhaps_sent_hint")
            if found is not None:
                raise KnownError(
                    "import.act_built_on", "import.act_built_on_hint", count=found.count
                )
            done = acts.put_aside(work, act)
            work.audit("import_set_aside", act=act, operations=done)
            work.commit()
        return done

    def _run(
        self,
        path: Path,
        unit: str | None,
        columns: ColumnMap | None,
        progress: Progress,
        accepted: frozenset[Correction],
        sheet: str | None,
    ) -> ImportResult:
        digest = _sha256(path)
        with open_workbook(path) as book:
            table = _table(book, columns, self.titles(), sheet)
            plan = table.plan
            if any(is_old_font(title) for title in plan.unknown):
                raise KnownError("import.old_font", "import.old_font_hint", file=book.file)
            if plan.unknown:
                raise KnownError(
                    "import.unknown_columns",
                    "import.unknown_columns_hint",
                    file=book.file,
                    columns=", ".join(f"«{title}»" for title in plan.unknown),
                )
            with self._workplace.write() as work:
                result = self._import(work, book, table, unit, progress, accepted)
                work.audit(
                    "import",
                    act=result.act,
                    file_sha256=digest,
                    unit=unit or self._workplace.unit,
                    rows=result.rows,
                    created=result.created,
                    changed=result.changed,
                    issues=result.issue_count,
                    confirmed=result.accepted,
                )
                # The last moment to turn back: afterwards it has happened.
                progress.step(result.rows, result.rows)
                work.commit()
        self._workplace.fold_in_after(result.operations)
        return result

    def _import(
        self,
        work: UnitOfWork,
        book: Workbook,
        table: _Table,
        unit: str | None,
        progress: Progress,
        accepted: frozenset[Correction],
    ) -> ImportResult:
        workplace, header, plan = self._workplace, table.header, table.plan
        chosen = workplace.unit if unit is None else workplace.unit_named(unit)
        scope = workplace.scope_units(chosen)
        edition = next((c.target.edition for c in plan.columns if c.target.role is Role.UNIT), "")
        units = UnitsOfRows(
            workplace.tree.units,
            workplace.own_editions,
            scope,
            edition,
            workplace.today(),
            workplace.reach(),
        )
        fixed = self._fixed_unit(units, chosen, plan, book.file)
        issues = IssueList()
        groups = workplace.catalogue.code_list("circumstances")
        form_for = frame_of(workplace, work.connection).template_for
        year = workplace.today().year
        reader = RowReader(
            plan, units, fixed, year, issues, groups, accepted, from_1904=book.from_1904
        )
        act = f"{ACT_PREFIX}{new_id()}"
        titles = {column.target.name: column.title for column in plan.columns}
        sees_all = allows(workplace.account.rights, Right.REVEAL)
        masks = None if sees_all else workplace.catalogue.masks
        writer = BatchWriter(work, act, units.records, plan.layout, titles, issues, form_for, masks)
        before = last_position(work.connection)
        total = book.expected_rows(header.sheet)
        self._stream(book, header, reader, writer, lambda at: progress.step(at, max(total, at)))
        counts, tally = reader.counts, writer.tally
        if counts.taken == 0:
            raise _nothing_found(book.file, chosen, counts.skipped)
        keep_pairs(work, writer.similar.pairs)
        tally.operations += note_new(workplace, work, before, act)
        return _result(counts, tally, issues, table.others, act)

    def _fixed_unit(
        self, units: UnitsOfRows, chosen: str, plan: Plan, file: str
    ) -> UnitOfRow | None:
        """The unit of rows that name none: the chosen one, if it is a commune."""
        if self._workplace.tree.units.holds_records(chosen):
            return units.of_unit(chosen)
        if not plan.has(Role.UNIT):
            raise KnownError("import.unit_needed", "import.unit_needed_hint", file=file)
        return None

    @staticmethod
    def _stream(
        book: Workbook,
        header: Header,
        reader: RowReader,
        writer: BatchWriter,
        step: Callable[[int], None],
    ) -> None:
        step(0)
        rows = rows_below(book, header)
        first = True
        while part := list(islice(rows, BATCH_ROWS)):
            if first:
                reader.learn(part)
                first = False
            parsed = [row for one in part if (row := reader.read(one)) is not None]
            step(part[-1].number)
            if parsed:
                writer.write(parsed)
            step(part[-1].number)


@dataclass(frozen=True, slots=True)
class _Table:
    """The table of a file that is imported, and the other sheets that hold one."""

    header: Header
    plan: Plan
    others: tuple[str, ...]


def _table(book: Workbook, columns: ColumnMap | None, titles: Titles, sheet: str | None) -> _Table:
    def known(title: str) -> bool:
        # «Tỉnh» and «Huyện» stand above the table as often as over a column.
        target = target_of_title(title, columns, titles)
        return target is not None and target.role is not Role.IGNORED

    if sheet is not None and sheet not in book.sheets:
        raise KnownError(
            "import.no_sheet",
            "import.no_sheet_hint",
            file=book.file,
            sheet=sheet,
            sheets=", ".join(f"«{one}»" for one in book.sheets if one) or "—",
        )
    header = find_header(book, known, sheets=None if sheet is None else (sheet,))
    if header is None:
        # Titles in an old font are known to nobody: it is the font that has to be named.
        if find_header(book, is_old_font, 1) is not None:
            raise KnownError("import.old_font", "import.old_font_hint", file=book.file)
        raise KnownError("import.no_header", "import.no_header_hint", file=book.file)
    others = tuple(
        one
        for one in book.sheets
        if sheet is None and one != header.sheet and find_header(book, known, sheets=(one,))
    )
    return _Table(header, plan_columns(header.cells, columns, book.file, titles), others)


def _shown(column: PlannedColumn) -> PreviewColumn:
    target = column.target
    if target.field is None:
        label = i18n.text(f"import.role_{target.name.replace('.', '_')}")
    elif i18n.language() == "en":
        label = target.field.label.en
    else:
        label = target.field.label.vi
    return PreviewColumn(column.title, target.name.partition(".")[2] or target.name, label)


def _nothing_found(file: str, unit: str, skipped: int) -> KnownError:
    if skipped:
        return KnownError(
            "import.no_rows_of_unit",
            "import.no_rows_of_unit_hint",
            file=file,
            unit=unit,
            skipped=skipped,
        )
    return KnownError("import.no_rows", "import.no_rows_hint", file=file)


def _result(
    counts: RowCounts, tally: Tally, issues: IssueList, others: tuple[str, ...], act: str
) -> ImportResult:
    return ImportResult(
        rows=counts.taken,
        created=tally.created,
        changed=tally.changed,
        unchanged=tally.unchanged,
        refused=counts.refused + tally.refused,
        skipped=counts.skipped,
        kept=tally.kept,
        households_created=tally.households_created,
        operations=tally.operations,
        issues=tuple(sorted(issues.kept, key=lambda issue: issue.row)),
        issue_count=issues.count,
        kinds=dict(issues.kinds),
        proposals=dict(issues.proposals),
        accepted=tally.accepted + counts.confirmed,
        by_content=tally.by_content,
        undecided=tally.undecided,
        other_sheets=others,
        act=act,
    )


def _sha256(path: Path) -> str:
    if is_folder(path):
        raise BadFile("folder", path.name)
    try:
        with open_plain(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise BadFile("unreachable", path.name) from problem
