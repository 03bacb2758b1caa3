"""One row of a table as values of a child, its household and its circumstances.

Every cell goes through its field's type. A cell that cannot be read is an issue and its text is
kept (`unread`); the rest of the row is imported. A blank cell says nothing: it never empties a
field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.errors import KnownError
from app.forms.code_lists import CodeList
from app.forms.issues import Value
from app.services.importing.column_reader import NOT_YET, CellValue, ColumnReader
from app.services.importing.columns import Plan
from app.services.importing.composing import Composing
from app.services.importing.entry_lines import line_key_of, without
from app.services.importing.groups_of_cell import read_groups
from app.services.importing.issues import Because, Correction, IssueList, Proposal, row_and_sheet
from app.services.importing.row_kinds import Kind, LeftOut, RowKinds
from app.services.importing.targets import Role, Target
from app.services.importing.units_of_rows import UnitOfRow, UnitsOfRows, Verdict
from app.services.importing.unread import (
    ROOM_OF_A_ROW,
    Unread,
    too_large,
)
from app.text.normalize import clean
from app.workbooks.cells import Cell, CellFault, OldText, SheetRow, cell_text, converted_text
from app.workbooks.reading import Header
from app.workbooks.writing import plain_text
from app.workbooks.xlsx_reading import column_letters

_OLD = "import.problem_old_font"

#: Why a row is refused for the unit it names.
_UNIT_ISSUES = {
    Verdict.UNKNOWN: "unit",
    Verdict.SEVERAL: "unit_several",
    Verdict.SPLIT: "unit_split",
    Verdict.UNDATED: "unit_undated",
    Verdict.NO_COMMUNE: "unit_tier",
}


@dataclass(slots=True)
class ParsedRow:
    """What a row says, and of which unit it is. Keys and village are texts of the file; absent
    fields were blank.

    `circumstances` are codes, None when the row says nothing of them; empty for an explicit none.
    `unread` are the cells that could not be read, by `entity.field`; what is kept of them stands
    among the values. `head` is what the head of the household is called where that is proposed:
    the household is one, confirmed or not. `content` is the hash of layout and texts, made only
    when the row has no key of its own. `line_key` is the row's number in an entry workbook.
    """

    number: int
    place: UnitOfRow
    child_key: str = ""
    line_key: str = ""
    household_key: str = ""
    village: str = ""
    child: dict[str, Value] = field(default_factory=dict)
    household: dict[str, Value] = field(default_factory=dict)
    circumstance: dict[str, Value] = field(default_factory=dict)
    circumstances: tuple[str, ...] | None = None
    content: str = ""
    head: str = ""
    unread: dict[str, Unread] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The unit that owns what the row creates."""
        return self.place.owner

    def unread_of(self, entity: str) -> dict[str, Unread]:
        """The unread fields of one of the row's records, by their names."""
        if not self.unread:
            return {}
        lead = f"{entity}."
        return {k.removeprefix(lead): v for k, v in self.unread.items() if k.startswith(lead)}

    @property
    def personal_id(self) -> str | None:
        """The personal id by which the child may be found: one that can be read, or would be when
        its proposal were confirmed. Other text names nobody.
        """
        held = self.unread.get("child.personal_id")
        value = self.child.get("personal_id") if held is None else held.becomes
        return value if isinstance(value, str) else None


@dataclass(slots=True)
class RowCounts:
    """What became of rows before they reached the register. `left_out` are those that are no
    children, by kind; `hidden` the hidden rows, taken or not; `confirmed` were taken because
    somebody confirmed which commune they name. `must_convert` are the cells in an old font that
    name a village or a group, where nobody has confirmed what they say. `undated` rows name one
    commune by the names of before a decree and another one by those of since.
    """

    taken: int = 0
    skipped: int = 0
    refused: int = 0
    confirmed: int = 0
    hidden: int = 0
    must_convert: int = 0
    undated: int = 0
    left_out: dict[Kind, LeftOut] = field(default_factory=dict)

    def leave_out(self, kind: Kind, row: int) -> None:
        """Note a row that is no child."""
        self.left_out.setdefault(kind, LeftOut()).note(row)


class RowReader:
    """Reads the rows of one file after its plan."""

    def __init__(
        self,
        plan: Plan,
        units: UnitsOfRows,
        fixed: UnitOfRow | None,
        reference_year: int,
        issues: IssueList,
        groups: CodeList,
        file: str,
        accepted: frozenset[Correction] = frozenset(),
        *,
        from_1904: bool = False,
        takes_hidden: bool = True,
    ) -> None:
        """`fixed` is the unit of all rows when neither a column nor a section row names one;
        `groups` are the circumstances that may be declared; `accepted` are the kinds of proposals
        that a person confirmed; `from_1904`: the workbook counts its days from there;
        `takes_hidden`: rows that the sheet does not show are read as the others.
        """

        def column(index: int, title: str, target: Target) -> ColumnReader:
            return ColumnReader(index, title, target, reference_year, accepted, from_1904=from_1904)

        columns = [
            column(one.index, one.title, one.target)
            for one in plan.columns
            if one.target.role is not Role.PART
        ]
        self._unit_column = next((c for c in columns if c.role is Role.UNIT), None)
        self._columns = [c for c in columns if c.role is not Role.UNIT]
        keys = (c.index for c in columns if c.role is Role.KEY and c.entity == "child")
        self._keyed = next(keys, None)
        together = [Composing(one) for one in plan.composed]
        self._composed = [(one, column(one.places[0], one.title, one.target)) for one in together]
        self._parts = [one for one in plan.columns if one.target.role is Role.PART]
        # A line number alone is an empty line of the paper list.
        self._of_child = frozenset(
            c.index
            for c in columns
            if (c.entity in ("child", "circumstance") or c.role is Role.CIRCUMSTANCES)
            and c.field_name != "line_no"
        )
        self._accepted = accepted
        self._kinds = RowKinds(plan)
        self._takes_hidden = takes_hidden
        self._untitled = plan.untitled
        self._width = plan.width
        self._layout = plan.layout
        self._units = units
        self._fixed = fixed
        self._file = file
        self._issues = issues
        self._groups = groups
        self._takes_slips = Correction.UNITS in accepted
        self.counts = RowCounts()

    def begin(self, header: Header) -> None:
        """The rows of another sheet follow."""
        self._kinds.begin(header)

    def learn(self, rows: Sequence[SheetRow]) -> None:
        """Look at the first rows before any is read: what a number in a column of dates means, only
        its neighbours can say.
        """
        for column in self._columns:
            column.learn(rows)

    def read(self, row: SheetRow) -> ParsedRow | None:
        """The row, None when it is not for this import: another unit's, no child's, refused."""
        row, line_key = self._without_line_key(row)
        kind = self._kinds.of(row)
        if kind is not Kind.CHILD:
            self.counts.leave_out(kind, row.number)
            if kind is Kind.SECTION and self._kinds.old is not None:
                self._tell_old(row.number, "", self._kinds.old)
            return None
        unit = self._unit_of(row)
        if unit is None:
            return None
        if row.hidden:
            self.counts.hidden += 1
            if not self._takes_hidden:
                self.counts.leave_out(Kind.HIDDEN, row.number)
                return None
        self.counts.taken += 1
        cells = row.cells
        if len(cells) > self._width and any(
            cell not in (None, "") for cell in cells[self._width :]
        ):
            self._refuse(row, "too_many_cells")
            return None
        for index in self._untitled:
            if index < len(cells) and cells[index] not in (None, ""):
                letters = column_letters(index)
                place = f"{letters}{row_and_sheet(row.number)[0]}"
                self._issues.add(row.number, "untitled", letters, place=place)
        parsed = ParsedRow(row.number, unit, line_key=line_key)
        if not self._take_cells(row, parsed):
            self._refuse(row, "no_child")
            return None
        section = self._kinds.section.village
        if section and not parsed.village:
            parsed.village = section
        if not parsed.child_key:
            parsed.content = self._content_of(row, section)
        return parsed

    def _without_line_key(self, row: SheetRow) -> tuple[SheetRow, str]:
        """A row of an entry workbook without its number, and that. The number stands there before
        anybody writes: it is nothing that the row says.
        """
        if self._keyed is None or not (key := line_key_of(row.cells, self._keyed)):
            return row, ""
        return replace(row, cells=without(row.cells, self._keyed)), key

    def _take_cells(self, row: SheetRow, parsed: ParsedRow) -> bool:
        """Read every cell into its place; whether any was about a child."""
        cells = row.cells
        about_child = False
        room = ROOM_OF_A_ROW
        for column in self._columns:
            index = column.index
            if index >= len(cells):
                continue
            cell = cells[index]
            if cell is None or cell == "":
                continue
            if isinstance(cell, CellFault):
                self._issues.add(row.number, "fault", column.title)
                continue
            value = self._value(row.number, column, cell)
            if value is None:
                continue
            about_child = about_child or index in self._of_child
            if isinstance(value, Unread):
                room = self._keep(parsed, column, value, room)
                continue
            self._place(parsed, column, value)
        return self._take_composed(row, parsed, room) or about_child

    def _value(self, row: int, column: ColumnReader, cell: Cell) -> CellValue:
        """What a cell says in its column."""
        if isinstance(cell, OldText):
            if column.role in (Role.VILLAGE, Role.CIRCUMSTANCES):
                self._tell_old(row, column.title, cell)
            return column.read_old(cell)
        text = cell if type(cell) is str else cell_text(cell)
        value = column.memory.get(text, NOT_YET)
        return column.read(text) if value is NOT_YET else value

    def _tell_old(self, row: int, title: str, cell: OldText) -> None:
        """A village or a group is looked up by what its name says; whether that is right has to be
        confirmed before anything is imported (`RowCounts.must_convert`).
        """
        if Correction.FONTS not in self._accepted:
            proposal = Proposal(Correction.FONTS, str(cell), cell.converted, cell.encoding.value)
            self._issues.propose(row, title, Because(_OLD, {}), proposal)
            self.counts.must_convert += 1

    def _take_composed(self, row: SheetRow, parsed: ParsedRow, room: int) -> bool:
        """Read what several cells say together; whether anything was said."""
        said = False
        cells = row.cells
        for composing, column in self._composed:
            if any(at < len(cells) and isinstance(cells[at], CellFault) for at in composing.places):
                self._issues.add(row.number, "fault", column.title)
                continue
            text = composing.of_row(cells)
            if composing.both:
                said = True
                if column.field_name == "sex":
                    self._issues.add(row.number, "both_sexes", column.title)
            if not text:
                continue
            said = True
            value = self._value(row.number, column, text)
            held = parsed.child.get(column.field_name)
            if held is not None:
                # A column of its own says it as well: that counts, and what differs is told.
                if held != value and column.name not in parsed.unread:
                    self._issues.add(row.number, "two_columns", column.title)
            elif isinstance(value, Unread):
                room = self._keep(parsed, column, value, room)
            elif value is not None:
                self._place(parsed, column, value)
        return said

    def _keep(self, parsed: ParsedRow, column: ColumnReader, text: Unread, room: int) -> int:
        """Note an unread text and put in place what is to be kept of it; the room that is left."""
        left = room - len(text.text.encode())
        if left < 0:
            text, left = too_large(text.column, text.because), room
        parsed.unread[column.name] = text
        if text.value is not None:
            self._place(parsed, column, text.value)
        if column.name == "household.head_name":
            parsed.head = str(text.becomes or "")
        return left

    def _unit_of(self, row: SheetRow) -> UnitOfRow | None:
        column = self._unit_column
        found, text = self._fixed, ""
        title = "" if column is None else column.title
        commune = self._kinds.section.commune
        if commune:
            found, text = self._units.of_cell(commune), commune
        if column is not None:
            cell = row.cells[column.index] if column.index < len(row.cells) else None
            said = "" if cell is None else converted_text(cell)
            if said or found is None:
                found, text, commune = self._units.of_cell(said), said, ""
        elif found is None:
            raise KnownError("import.unit_needed", "import.unit_needed_hint", file=self._file)
        if found is None or found.verdict is Verdict.TAKEN:
            return found
        if found.verdict is Verdict.PROPOSED and self._takes_slips:
            self.counts.confirmed += 1
            return self._units.of_unit(found.unit)
        if found.verdict is Verdict.SKIPPED:
            self.counts.skipped += 1
        else:
            self.counts.taken += 1
            # A section row is no cell of the column.
            title, lead = ("", "section_") if commune else (title, "")
            if found.verdict is Verdict.PROPOSED:
                self.counts.refused += 1
                self._issues.propose_unit(row.number, title, text, self._units.called(found.unit))
            else:
                self.counts.undated += found.verdict is Verdict.UNDATED
                self._refuse(row, f"{lead}{_UNIT_ISSUES[found.verdict]}", title)
        return None

    def _refuse(self, row: SheetRow, name: str, column: str = "") -> None:
        self.counts.refused += 1
        self._issues.add(row.number, name, column)

    def _place(self, parsed: ParsedRow, column: ColumnReader, value: Value) -> None:
        if column.role is Role.FIELD:
            if column.entity == "child":
                parsed.child[column.field_name] = value
            elif column.entity == "household":
                parsed.household[column.field_name] = value
            else:
                parsed.circumstance[column.field_name] = value
        elif column.role is Role.KEY:
            if column.entity == "child":
                parsed.child_key = str(value)
            else:
                parsed.household_key = str(value)
        elif column.role is Role.VILLAGE:
            parsed.village = str(value)
        elif column.role is Role.CIRCUMSTANCES:
            parsed.circumstances = self._circumstances(parsed, column, str(value))

    def _circumstances(
        self, parsed: ParsedRow, column: ColumnReader, text: str
    ) -> tuple[str, ...] | None:
        codes, remarks = read_groups(text, self._groups)
        for name in remarks:
            self._issues.add(parsed.number, name, column.title)
        return codes

    def _content_of(self, row: SheetRow, section: str) -> str:
        """The hash of what the row says, as it is written: what was converted or confirmed of it
        makes no other row of it.
        """
        named = [(column.name, column.index) for column in self._columns]
        named += [(one.target.name, one.index) for one in self._parts]
        said = sorted(
            (name, clean(plain_text(cell_text(row.cells[index]))))
            for name, index in named
            if index < len(row.cells) and row.cells[index] not in (None, "")
        )
        if section:
            said.append(("section", section))
        spelled = json.dumps([self._layout, said], ensure_ascii=False).encode()
        return hashlib.sha256(spelled).hexdigest()
