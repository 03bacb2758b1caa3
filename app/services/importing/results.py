"""What an import came to, and what is shown before one begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app import i18n
from app.services.importing.issues import Correction, ImportIssue
from app.services.importing.name_editions import NameEdition
from app.services.importing.row_kinds import Kind
from app.services.importing.tables import How, LookedColumn
from app.services.importing.targets import Role, Target
from app.workbooks.xlsx_reading import column_letters


@dataclass(frozen=True, slots=True)
class RowsLeftOut:
    """Rows of one kind that are no children: how many, and the numbers of the first ones, with
    their sheet where several are read.
    """

    count: int
    first: tuple[str, ...]


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
    people wrote two values there and nobody has chosen. `left_out` are rows that are no children,
    `hidden_rows` those that the sheet does not show. `must_convert` are cells in an old font that
    name a village or a group: nothing is imported before `Correction.FONTS` is accepted.
    `undated` rows name one commune by the names of before a decree and another by those of since:
    nothing is imported before somebody says which of the `editions` they are of; `names_of` is the
    one that was said, empty for none. `other_sheets` hold tables too, and were not read.
    `remembered`: the columns were read as a person once said for such a file. `recorded` pairs of
    children were called one child by the program, because of what the file brought.
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
    left_out: Mapping[Kind, RowsLeftOut]
    hidden_rows: int
    must_convert: int
    undated: int
    names_of: str
    editions: tuple[NameEdition, ...]
    other_sheets: tuple[str, ...]
    remembered: bool
    act: str
    recorded: int


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of a file as a map names it (`key`) and as people see it; `field` is the name of
    what it goes to and `label` how people call that, both empty where nobody knows. `hidden`: the
    sheet does not show it.
    """

    key: str
    letters: str
    title: str
    field: str
    label: str
    how: How
    target: Target | None
    hidden: bool = False

    @property
    def ignored(self) -> bool:
        """Whether it is read over."""
        return self.target is not None and self.target.role is Role.IGNORED


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do. `unknown` titles have to be explained or ignored before the file can
    be imported; `ignored` columns are read over; `map` is the column map as its file has it.
    `sheets` are empty names for a text file, `header_row` is that of the first.
    """

    sheets: tuple[str, ...]
    header_row: int
    columns: tuple[ColumnView, ...]
    unknown: tuple[str, ...]
    ignored: tuple[str, ...]
    map: Mapping[str, object]
    result: ImportResult


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet of a file: about how many rows it has (0: nobody knows), the row that names its
    columns (0: none was found), and whether its columns are those of the sheet that is looked at.
    """

    name: str
    rows: int
    header_row: int
    hidden: bool
    alike: bool


@dataclass(frozen=True, slots=True)
class FileView:
    """A file before anything of it is imported. `rows` are the first ones below the titles, each
    with its number and the texts of `columns`; `remembered` as in ImportResult; `guessed`: no title
    of the row is known, it was taken for the row of titles by its looks.
    """

    file: str
    sheets: tuple[SheetView, ...]
    sheet: str
    header_row: int
    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    remembered: bool
    guessed: bool


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """Something that a column may hold: how people call it, and whose it is (`child`, `household`,
    `file`).
    """

    name: str
    label: str
    of: str
    target: Target


def column_view(column: LookedColumn, unseen: Collection[int] = ()) -> ColumnView:
    """A column as it is shown. `unseen` are the places of those that the sheet hides."""
    target, written = column.target, column.written
    return ColumnView(
        written.key,
        column_letters(written.index),
        written.title,
        "" if target is None else target.name.partition(".")[2] or target.name,
        "" if target is None else label_of(target),
        column.how,
        target,
        written.index in unseen,
    )


def label_of(target: Target) -> str:
    """How people call what a column goes to."""
    if target.field is None:
        return i18n.text(f"import.role_{target.name.replace('.', '_')}")
    if target.part:
        return i18n.text(f"import.part_{target.field.name}_{target.part}")
    return target.field.label.en if i18n.language() == "en" else target.field.label.vi
