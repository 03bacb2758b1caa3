"""Importing a register from Excel or CSV: preview it, then take it in whole or not at all.

One import is one transaction and one act. Rows stream through; memory grows by a few bytes a row.
Refuses a file with columns it does not know, and says which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from app.errors import KnownError
from app.ids import new_id
from app.models.log import last_position
from app.models.work import UnitOfWork
from app.plain_files import is_folder, open_plain
from app.services import acts
from app.services.acts import Obstacle
from app.services.duplicates import note_new
from app.services.import_look import ImportLook
from app.services.importing.batch import BATCH_ROWS, BatchWriter, Tally
from app.services.importing.column_maps import (
    load_column_map,
    map_document,
    map_of,
    named_column_map,
)
from app.services.importing.drafts import ACT_PREFIX
from app.services.importing.issues import (
    Correction,
    ImportIssue,
    IssueList,
    Proposal,
    cell_words,
    issue_text,
    row_and_sheet,
    row_in_file,
    sentence_of,
)
from app.services.importing.name_editions import (
    NameEdition,
    must_be_edition,
    name_editions,
    of_edition,
)
from app.services.importing.results import (
    ColumnView,
    FieldChoice,
    FileView,
    ImportPreview,
    ImportResult,
    RowsLeftOut,
    SheetView,
    column_view,
)
from app.services.importing.row_kinds import Kind
from app.services.importing.rows import RowCounts, RowReader
from app.services.importing.tables import How, Tables
from app.services.importing.targets import IGNORED, ColumnMap, Role, Target
from app.services.importing.units_of_rows import UnitOfRow, UnitsOfRows
from app.services.rights import Right, allows
from app.services.suggested_pairs import keep_pairs
from app.services.surroundings import frame_of
from app.services.workplace import Progress, Workplace
from app.workbooks.cells import BadFile
from app.workbooks.reading import Workbook, rows_below

__all__ = [
    "IGNORED",
    "ColumnMap",
    "ColumnView",
    "Correction",
    "FieldChoice",
    "FileView",
    "How",
    "ImportIssue",
    "ImportPreview",
    "ImportResult",
    "Kind",
    "NameEdition",
    "Proposal",
    "RegisterImport",
    "RowsLeftOut",
    "SheetView",
    "Target",
    "cell_words",
    "issue_text",
    "load_column_map",
    "map_of",
    "named_column_map",
    "sentence_of",
]


@dataclass(frozen=True, slots=True)
class _Choices:
    """What a person chose for an import (`RegisterImport.run`)."""

    unit: str | None
    accepted: frozenset[Correction]
    hidden: bool | None
    progress: Progress
    names_of: str


class RegisterImport:
    """Use cases on a register in a file."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._look = ImportLook(workplace)

    def preview(
        self,
        path: Path,
        unit: str | None = None,
        columns: ColumnMap | None = None,
        progress: Progress | None = None,
        accepted: frozenset[Correction] = frozenset(),
        sheets: Sequence[str] = (),
        *,
        hidden: bool | None = None,
        names_of: str = "",
    ) -> ImportPreview:
        """Say exactly what `run` would do: the file is imported and everything taken back.

        Raises as `run`, but for unknown columns, which are listed, for hidden rows nobody was asked
        about, which are counted as taken, and for names of nobody knows when, which are counted.
        """
        self._workplace.require(Right.ENTER)
        choices = _Choices(unit, accepted, hidden, progress or Progress(), names_of)
        with self._look.opened(path, columns) as (book, finder):
            tables = finder.tables(sheets)
            tables.first.plan.must_not_double(book.file)
            looked, _rows = finder.look(tables.first)
            with self._workplace.write() as work:
                result = self._import(work, book, tables, choices)
        self._workplace.fold_in_after(result.operations)
        header, plan = tables.first.header, tables.first.plan
        said = of_edition([(one.written.key, one.target) for one in looked], names_of)
        return ImportPreview(
            tuple(one.header.sheet for one in tables.chosen),
            header.row,
            tuple(column_view(one) for one in looked),
            plan.unknown,
            plan.ignored,
            map_document(said, self._look.titles()),
            result,
        )

    def run(
        self,
        path: Path,
        unit: str | None = None,
        columns: ColumnMap | None = None,
        progress: Progress | None = None,
        accepted: frozenset[Correction] = frozenset(),
        sheets: Sequence[str] = (),
        *,
        hidden: bool | None = None,
        names_of: str = "",
        remember: bool = False,
    ) -> ImportResult:
        """Import the rows of `unit` (`CODE@EDITION`; None: of this installation's scope).

        `columns` None: as the titles say, or as was remembered for them. Proposals of the kinds in
        `accepted` are taken; the text of the others is kept as it is. `sheets` are read, all of one
        layout; none named: the first that holds a table. `hidden` says whether rows that a sheet
        does not show are taken. `names_of`: the edition by whose names communes are called, empty
        for that of the unit column, if it has one. `remember` the columns for the next file of
        these titles, with that edition.

        Raises KnownError: a bad file (`import.file_…`), `import.no_header`, `import.no_sheet`,
        `import.sheets_differ`, `import.unknown_columns`, `import.doubled_columns`,
        `import.old_font_places` where villages or groups are named in an old font and nobody said
        that it is read right, `import.unit_needed`, `import.no_rows`,
        `import.no_rows_of_unit`, `import.hidden_rows` where nobody was asked about them,
        `import.names_undated` where names meant other units before than now and nobody has said
        which are written, `import.no_edition`, `rights.denied`; Cancelled. Then nothing has changed
        but the audit trail.
        """
        self._workplace.require(Right.ENTER)
        choices = _Choices(unit, accepted, hidden, progress or Progress(), names_of)
        try:
            return self._run(path, columns, choices, tuple(sheets), remember=remember)
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
        columns: ColumnMap | None,
        choices: _Choices,
        sheets: tuple[str, ...],
        *,
        remember: bool,
    ) -> ImportResult:
        digest = _sha256(path)
        with self._look.opened(path, columns) as (book, finder):
            tables = finder.tables(sheets)
            tables.first.plan.must_be_clear(book.file)
            with self._workplace.write() as work:
                result = self._import(work, book, tables, choices)
                if result.hidden_rows and choices.hidden is None:
                    raise KnownError(
                        "import.hidden_rows",
                        "import.hidden_rows_hint",
                        file=book.file,
                        count=result.hidden_rows,
                    )
                if result.undated:
                    raise KnownError(
                        "import.names_undated",
                        "import.names_undated_hint",
                        file=book.file,
                        count=result.undated,
                        options=", ".join(
                            f"--names-of {one.code} ({one.words})" for one in result.editions
                        ),
                    )
                if result.must_convert:
                    raise KnownError(
                        "import.old_font_places",
                        "import.old_font_places_hint",
                        file=book.file,
                        count=result.must_convert,
                    )
                if remember:
                    self._look.remember(work, finder, tables.first, choices.names_of)
                work.audit(
                    "import",
                    act=result.act,
                    file_sha256=digest,
                    unit=choices.unit or self._workplace.unit,
                    rows=result.rows,
                    created=result.created,
                    changed=result.changed,
                    issues=result.issue_count,
                    confirmed=result.accepted,
                )
                # The last moment to turn back: afterwards it has happened.
                choices.progress.step(result.rows, result.rows)
                work.commit()
        self._workplace.fold_in_after(result.operations)
        return result

    def _import(
        self, work: UnitOfWork, book: Workbook, tables: Tables, choices: _Choices
    ) -> ImportResult:
        workplace, plan, unit = self._workplace, tables.first.plan, choices.unit
        chosen = workplace.unit if unit is None else workplace.unit_named(unit)
        scope = workplace.scope_units(chosen)
        of_column = (c.target.edition for c in plan.columns if c.target.role is Role.UNIT)
        tree = workplace.tree.units
        edition = must_be_edition(tree, choices.names_of) or next(of_column, "")
        units = UnitsOfRows(
            tree,
            workplace.own_editions,
            scope,
            edition,
            workplace.today(),
            workplace.reach(),
        )
        issues = IssueList(
            {column.title: column.index for column in plan.columns}
            | {one.title: next(iter(one.of.values())).index for one in plan.composed},
            tuple(one.header.sheet for one in tables.chosen),
        )
        form_for = frame_of(workplace, work.connection).template_for
        reader = RowReader(
            plan,
            units,
            self._fixed_unit(units, chosen),
            workplace.today().year,
            issues,
            workplace.catalogue.code_list("circumstances"),
            book.file,
            choices.accepted,
            from_1904=book.from_1904,
            takes_hidden=choices.hidden is not False,
        )
        act = f"{ACT_PREFIX}{new_id()}"
        sees_all = allows(workplace.account.rights, Right.REVEAL)
        masks = None if sees_all else workplace.catalogue.masks
        writer = BatchWriter(
            work,
            act,
            units.records,
            plan.layout,
            plan.titles,
            issues,
            form_for,
            masks,
            takes_slips=Correction.VILLAGES in choices.accepted,
        )
        before = last_position(work.connection)
        self._stream(book, tables, reader, writer, choices.progress)
        counts, tally = reader.counts, writer.tally
        if counts.taken == 0:
            raise _nothing_found(book.file, chosen, counts.skipped)
        keep_pairs(work, writer.similar.pairs)
        recorded = note_new(workplace, work, before, act)
        tally.operations += recorded
        editions = name_editions(tree, workplace.today())
        return _result(counts, tally, issues, tables, act, recorded, edition, editions)

    def _fixed_unit(self, units: UnitsOfRows, chosen: str) -> UnitOfRow | None:
        """The unit of rows that name none: the chosen one, if it is a commune."""
        if self._workplace.tree.units.holds_records(chosen):
            return units.of_unit(chosen)
        return None

    @staticmethod
    def _stream(
        book: Workbook,
        tables: Tables,
        reader: RowReader,
        writer: BatchWriter,
        progress: Progress,
    ) -> None:
        expected = [book.expected_rows(one.header.sheet) for one in tables.chosen]
        total = sum(expected)
        progress.step(0, total)
        before = 0
        for at, table in enumerate(tables.chosen):
            reader.begin(table.header)
            rows = rows_below(book, table.header)
            first = True
            while part := list(islice(rows, BATCH_ROWS)):
                done = before + part[-1].number
                if at:
                    part = [replace(row, number=row_in_file(at, row.number)) for row in part]
                if first:
                    reader.learn(part)
                    first = False
                parsed = [row for one in part if (row := reader.read(one)) is not None]
                progress.step(done, max(total, done))
                if parsed:
                    writer.write(parsed)
                progress.step(done, max(total, done))
            before += expected[at]


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
    counts: RowCounts,
    tally: Tally,
    issues: IssueList,
    tables: Tables,
    act: str,
    recorded: int,
    edition: str,
    editions: tuple[NameEdition, ...],
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
        issues=issues.in_order(),
        issue_count=issues.count,
        kinds=dict(issues.kinds),
        proposals=dict(issues.proposals),
        accepted=tally.accepted + counts.confirmed,
        by_content=tally.by_content,
        undecided=tally.undecided,
        left_out={
            kind: RowsLeftOut(one.count, tuple(_row_words(row, tables) for row in one.rows))
            for kind, one in counts.left_out.items()
        },
        hidden_rows=counts.hidden,
        must_convert=counts.must_convert,
        undated=counts.undated,
        names_of=edition,
        editions=editions,
        other_sheets=tables.others,
        remembered=tables.first.remembered,
        act=act,
        recorded=recorded,
    )


def _row_words(number: int, tables: Tables) -> str:
    row, sheet = row_and_sheet(number)
    if len(tables.chosen) < 2:
        return str(row)
    return f"{tables.chosen[sheet].header.sheet}!{row}"


def _sha256(path: Path) -> str:
    if is_folder(path):
        raise BadFile("folder", path.name)
    try:
        with open_plain(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise BadFile("unreachable", path.name) from problem
