"""One row of a table as values of a child, its household and its circumstances.

Every cell goes through its field's type. A cell that cannot be read is an issue and its text is
kept (`unread`); the rest of the row is imported. A blank cell says nothing: it never empties a
field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from app.forms.code_lists import CodeList, lookup_key
from app.forms.field_types import FieldProblem, FieldType, field_type
from app.forms.issues import Value
from app.services.importing.columns import Plan, PlannedColumn, Role
from app.services.importing.groups_of_cell import read_groups
from app.services.importing.issues import Because, Correction, IssueList
from app.services.importing.serials import Serials
from app.services.importing.units_of_rows import UnitOfRow, UnitsOfRows, Verdict
from app.services.importing.unread import ROOM_OF_A_ROW, Unread, old_font, too_large, unread
from app.text.normalize import clean
from app.text.old_fonts import is_old_font
from app.workbooks.cells import CellFault, SheetRow, cell_text
from app.workbooks.writing import plain_text
from app.workbooks.xlsx_reading import column_letters

#: Texts a column remembers with their values. Names and numbers hardly repeat, codes always do;
#: long texts never, and would fill the memory.
_REMEMBERED = 4096
_SHORT = 200

_Read: TypeAlias = Value | Unread
_NOT_YET = Unread("", "", Because("", {}))

#: Why a row is refused for the unit it names.
_UNIT_ISSUES = {
    Verdict.UNKNOWN: "unit",
    Verdict.SEVERAL: "unit_several",
    Verdict.SPLIT: "unit_split",
    Verdict.NO_COMMUNE: "unit_tier",
}


@dataclass(slots=True)
class ParsedRow:
    """What a row says, and of which unit it is. Keys and village are texts of the file; absent
    fields were blank.

    `circumstances` are codes, None when the row says nothing of them; empty for an explicit none.
    `unread` are the cells that could not be read, by `entity.field`; what is kept of them stands
    among the values. `content` is the hash of layout and texts, made only when the row has no key
    of its own.
    """

    number: int
    place: UnitOfRow
    child_key: str = ""
    household_key: str = ""
    village: str = ""
    child: dict[str, Value] = field(default_factory=dict)
    household: dict[str, Value] = field(default_factory=dict)
    circumstance: dict[str, Value] = field(default_factory=dict)
    circumstances: tuple[str, ...] | None = None
    content: str = ""
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
    """What became of rows before they reached the register. `confirmed`: taken because somebody
    confirmed which commune they name.
    """

    taken: int = 0
    skipped: int = 0
    refused: int = 0
    confirmed: int = 0


class _Column:
    """One column with its reading and its memory."""

    def __init__(
        self,
        planned: PlannedColumn,
        reference_year: int,
        accepted: frozenset[Correction],
        *,
        from_1904: bool,
    ) -> None:
        target = planned.target
        self.index = planned.index
        self.title = planned.title
        self.role = target.role
        self.entity = target.entity
        self.name = target.name
        self.field_name = "" if target.field is None else target.field.name
        self._field = target.field
        self._accepted = accepted
        self._type: FieldType | None = None
        self._serials: Serials | None = None
        if target.field is not None:
            self._type = field_type(target.field, reference_year)
            kind = target.field.type
            self._serials = Serials(kind, self._type, reference_year, from_1904=from_1904)
        self._codes = {lookup_key(written): meant for written, meant in target.codes}
        self.memory: dict[str, _Read] = {}

    def learn(self, rows: Sequence[SheetRow]) -> None:
        """Look at the first cells before any is read."""
        if self._serials is not None:
            at = self.index
            self._serials.learn(cell_text(row.cells[at]) for row in rows if at < len(row.cells))

    def read(self, text: str) -> _Read:
        """The value of a text; an Unread where it has none. Keeps it in `memory`."""
        value = self._parse(plain_text(text))
        if len(text) <= _SHORT:
            memory = self.memory
            if len(memory) >= _REMEMBERED:
                memory.clear()
            memory[text] = value
        return value

    def _parse(self, text: str) -> _Read:
        meant = self._codes.get(lookup_key(text), text) if self._codes else text
        if self._type is None or self._field is None:
            return clean(meant) or None
        try:
            value = self._type.parse(meant)
        except FieldProblem as problem:
            if is_old_font(text) and len(text) <= _SHORT and not self._field.auto:
                return old_font(self.title, clean(text))
            counted = None if self._serials is None else self._serials.problem(text)
            return unread(self.title, self._field, text, counted or problem, self._accepted)
        if type(value) is str and is_old_font(value):
            return old_font(self.title, value)
        return value


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
        accepted: frozenset[Correction] = frozenset(),
        *,
        from_1904: bool = False,
    ) -> None:
        """`fixed` is the unit of all rows when the file has no unit column; `groups` are the
        circumstances that may be declared; `accepted` are the kinds of proposals that a person
        confirmed; `from_1904`: the workbook counts its days from there.
        """
        columns = [
            _Column(one, reference_year, accepted, from_1904=from_1904) for one in plan.columns
        ]
        self._unit_column = next((c for c in columns if c.role is Role.UNIT), None)
        self._columns = [c for c in columns if c.role is not Role.UNIT]
        # A line number alone is an empty line of the paper list.
        self._of_child = frozenset(
            c.index
            for c in columns
            if (c.entity in ("child", "circumstance") or c.role is Role.CIRCUMSTANCES)
            and c.field_name != "line_no"
        )
        self._titles = {c.index: c.title for c in columns}
        self._untitled = plan.untitled
        self._width = plan.width
        self._layout = plan.layout
        self._units = units
        self._fixed = fixed
        self._issues = issues
        self._groups = groups
        self._takes_slips = Correction.UNITS in accepted
        self.counts = RowCounts()

    def learn(self, rows: Sequence[SheetRow]) -> None:
        """Look at the first rows before any is read: what a number in a column of dates means, only
        its neighbours can say.
        """
        for column in self._columns:
            column.learn(rows)

    def read(self, row: SheetRow) -> ParsedRow | None:
        """The row, None when it is not for this import: another unit's, no child's, refused."""
        unit = self._unit_of(row)
        if unit is None:
            return None
        if self._repeats_titles(row):
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
                self._issues.add(row.number, "untitled", letters, place=f"{letters}{row.number}")
        parsed = ParsedRow(row.number, unit)
        if not self._take_cells(row, parsed):
            self._refuse(row, "no_child")
            return None
        if not parsed.child_key:
            parsed.content = self._content_of(row)
        return parsed

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
            text = cell if type(cell) is str else cell_text(cell)
            value = column.memory.get(text, _NOT_YET)
            if value is _NOT_YET:
                value = column.read(text)
            if value is None:
                continue
            about_child = about_child or index in self._of_child
            if isinstance(value, Unread):
                room = self._keep(parsed, column, value, room)
                continue
            self._place(parsed, column, value)
        return about_child

    def _keep(self, parsed: ParsedRow, column: _Column, text: Unread, room: int) -> int:
        """Note an unread text and put in place what is to be kept of it; the room that is left."""
        left = room - len(text.text.encode())
        if left < 0:
            text, left = too_large(text.column, text.because), room
        parsed.unread[column.name] = text
        if text.value is not None:
            self._place(parsed, column, text.value)
        return left

    def _unit_of(self, row: SheetRow) -> UnitOfRow | None:
        column = self._unit_column
        found, text = self._fixed, ""
        if column is not None:
            cell = row.cells[column.index] if column.index < len(row.cells) else None
            text = "" if cell is None else cell_text(cell)
            if text or found is None:
                found = self._units.of_cell(text)
        if found is None or found.verdict is Verdict.TAKEN:
            return found
        if found.verdict is Verdict.PROPOSED and self._takes_slips:
            self.counts.confirmed += 1
            return self._units.of_unit(found.unit)
        if found.verdict is Verdict.SKIPPED:
            self.counts.skipped += 1
        elif not self._repeats_titles(row):
            self.counts.taken += 1
            title = column.title if column is not None else ""
            if found.verdict is Verdict.PROPOSED:
                self.counts.refused += 1
                self._issues.propose_unit(row.number, title, text, self._units.called(found.unit))
            else:
                self._refuse(row, _UNIT_ISSUES[found.verdict], title)
        return None

    def _refuse(self, row: SheetRow, name: str, column: str = "") -> None:
        self.counts.refused += 1
        self._issues.add(row.number, name, column)

    def _repeats_titles(self, row: SheetRow) -> bool:
        """Printed lists repeat the head row on every page."""
        same = 0
        for index, title in self._titles.items():
            cell = row.cells[index] if index < len(row.cells) else None
            if not isinstance(cell, str) or clean(cell) != title:
                return False
            same += 1
        return same > 1

    def _place(self, parsed: ParsedRow, column: _Column, value: Value) -> None:
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
        self, parsed: ParsedRow, column: _Column, text: str
    ) -> tuple[str, ...] | None:
        codes, remarks = read_groups(text, self._groups)
        for name in remarks:
            self._issues.add(parsed.number, name, column.title)
        return codes

    def _content_of(self, row: SheetRow) -> str:
        said = sorted(
            (column.name, clean(plain_text(cell_text(row.cells[column.index]))))
            for column in self._columns
            if column.index < len(row.cells) and row.cells[column.index] not in (None, "")
        )
        spelled = json.dumps([self._layout, said], ensure_ascii=False).encode()
        return hashlib.sha256(spelled).hexdigest()
