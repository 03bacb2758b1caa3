"""What stands in a list: its columns, and each of its rows as a child, an adult or a heading.

Every named row is read; nothing is dropped without being counted. Refuses a file in which no
column of names is found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from itertools import islice

from app.errors import KnownError
from app.forms.code_lists import lookup_key
from app.services.crosscheck.births import WrittenBirth, read_age, read_birth
from app.services.crosscheck.columns import LOOKED_AT, ListColumn, recognise
from app.services.crosscheck.words import Role, Words, list_words
from app.text.fold import fold
from app.text.normalize import clean
from app.workbooks.cells import Cell, CellFault, OldText, SheetRow, cell_text, converted_text
from app.workbooks.reading import Header, Workbook, find_header, rows_below

#: From this age on nobody on a list is looked for in the register: an allowance may run to 22 for
#: who is still in school (NĐ 20/2021 Đ5 k2), and some lists keep whoever once was on them.
_GROWN_UP = 22
_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
_TITLE_ROWS = 20
_AMOUNT = re.compile(r"[0-9][0-9.,\s]*")
_ID_DIGITS = re.compile(r"[\s.\-]")
_ROMAN = re.compile(r"(?:[ivx]+|[a-z]|[0-9]{1,2})[.)]\s*(.+)", re.IGNORECASE)


class NoNames(KnownError):
    """No sheet of a file has a column of names."""

    def __init__(self, file: str) -> None:
        super().__init__("crosscheck.no_names", "crosscheck.no_names_hint", file=file)


class ListKind(Enum):
    """What a list is of."""

    POVERTY = "poverty"
    ALLOWANCE = "allowance"
    SUPPORT = "support"


class RowKind(Enum):
    """What a row of a list is."""

    CHILD = "child"
    HEAD = "head"
    ADULT = "adult"
    SECTION = "section"
    TOTAL = "total"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row as it was read; texts are what the file shows, old fonts converted. `births` are all
    dates the cell may mean; `status` a code of `poverty_status`, of the household where the row is
    its head; `block` is one for all rows of a household. `doubts` name what is odd in it.
    """

    sheet: str
    number: int
    kind: RowKind
    name: str = ""
    births: tuple[str, ...] = ()
    birth_written: str = ""
    sex: str = ""
    personal_id: str = ""
    relation: str = ""
    head: str = ""
    mother: str = ""
    father: str = ""
    adults: tuple[str, ...] = ()
    village: str = ""
    status: str = ""
    category: str = ""
    amount: int | None = None
    coefficient: str = ""
    since: str = ""
    support: str = ""
    provider: str = ""
    block: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list that was read: its title and year as far as it says them, the titles it was told by
    (one layout, one text), its columns, its rows. `sheets` were read, `passed_over` hold nothing
    that looks like this list; `converted` cells were written for an old font.
    """

    title: str
    year: int
    layout: str
    columns: tuple[ListColumn, ...]
    rows: tuple[ListRow, ...]
    sheets: tuple[str, ...]
    passed_over: tuple[str, ...]
    converted: int

    @property
    def children(self) -> tuple[ListRow, ...]:
        """The rows of children."""
        return tuple(one for one in self.rows if one.kind is RowKind.CHILD)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Titles of columns that nobody recognised."""
        return tuple(one.title for one in self.columns if one.role is None and one.title)


def read_list(
    book: Workbook, kind: ListKind, corrected: Mapping[str, Role], this_year: int
) -> ReadList:
    """Read all sheets of a file that look like the list. `corrected`: folded title → role.

    Raises NoNames, BadFile.
    """
    sheets: list[_Sheet] = []
    passed_over: list[str] = []
    for name in book.sheets:
        if name in book.hidden_sheets:
            passed_over.append(name)
            continue
        sheet = _Sheet(book, name, kind, corrected, this_year)
        if sheet.finds_names:
            sheets.append(sheet)
        elif sheet.holds_anything:
            passed_over.append(name)
    if not sheets:
        raise NoNames(book.file)
    rows = tuple(row for sheet in sheets for row in sheet.rows())
    first = sheets[0]
    layout = "\n".join(lookup_key(one) for one in first.titles if one)
    return ReadList(
        first.title,
        first.year,
        layout,
        first.columns,
        rows,
        tuple(one.name for one in sheets),
        tuple(passed_over),
        sum(one.converted for one in sheets),
    )


class _Sheet:
    """One sheet: what stands above its columns, what they are, and its rows."""

    def __init__(
        self,
        book: Workbook,
        name: str,
        kind: ListKind,
        corrected: Mapping[str, Role],
        this_year: int,
    ) -> None:
        self._book, self.name, self._kind = book, name, kind
        self._words = list_words()
        self.converted = 0
        known = partial(_is_known, corrected, self._words)
        header = find_header(book, known, 3, [name]) or find_header(book, known, 2, [name])
        first = list(islice(book.rows(name), _TITLE_ROWS + LOOKED_AT))
        self.head = header or _head_by_content(name, first, this_year)
        self.titles = self.head.cells
        self.holds_anything = any(self._texts(row) for row in first)
        above = [row for row in first if row.number < self.head.first]
        self.title = self._title_of(above)
        years = [int(one) for row in above for text in row.cells for one in _years(meant(text))]
        self.year = years[-1] if years and years[-1] <= this_year + 1 else this_year
        below = [row for row in first if row.number > self.head.row]
        sample = [[converted_text(cell) for cell in row.cells] for row in below]
        self.columns = recognise(self.titles, sample[:LOOKED_AT], corrected, self.year)
        if kind is not ListKind.POVERTY:
            self.columns = _no_poverty(self.columns, corrected)
        roles = {one.role for one in self.columns}
        self.finds_names = Role.NAME in roles
        self.converted = 0

    # --- the head of the sheet --------------------------------------------------------------

    def _title_of(self, above: Sequence[SheetRow]) -> str:
        texts = [text for row in above for text in self._texts(row)]
        named = [text for text in texts if "danh sach" in fold(text)]
        return clean(max(named, key=len))[:200] if named else ""

    # --- rows -------------------------------------------------------------------------------

    def rows(self) -> Iterator[ListRow]:
        """Every row under the titles that holds anything."""
        by_role: dict[Role, list[int]] = {}
        for one in self.columns:
            if one.role is not None:
                by_role.setdefault(one.role, []).append(one.index)
        reading = _Rows(self, by_role)
        for row in rows_below(self._book, self.head):
            found = reading.read(row)
            if found is not None:
                yield found

    @property
    def kind(self) -> ListKind:
        """What the list is of."""
        return self._kind

    @property
    def from_1904(self) -> bool:
        """How the file counts its days."""
        return self._book.from_1904

    def said(self, cell: Cell) -> Cell:
        """A cell as it is meant; what was written for an old font is counted."""
        self.converted += isinstance(cell, OldText)
        return meant(cell)

    @staticmethod
    def _texts(row: SheetRow) -> list[str]:
        return [text for cell in row.cells if (text := clean(converted_text(cell)))]


def meant(cell: Cell) -> Cell:
    """A cell as its writer saw it: text for an old font is converted."""
    return cell.converted if isinstance(cell, OldText) else cell


def _is_known(corrected: Mapping[str, Role], words: Words, title: str) -> bool:
    return lookup_key(title) in corrected or words.role_of(title) is not None


def _head_by_content(name: str, rows: Sequence[SheetRow], year: int) -> Header:
    """The head of a sheet whose titles say nothing: the row of words right above the first date."""
    before: SheetRow | None = None
    for row in rows:
        texts = [clean(converted_text(cell)) for cell in row.cells]
        if any(read_birth(cell, year).days for cell in row.cells):
            break
        before = row if len([one for one in texts if one]) > 1 else None
    if before is None:
        return Header(name, 0, (), 0, ())
    titles = tuple(clean(converted_text(cell)) for cell in before.cells)
    return Header(name, before.number, titles, before.number, tuple((one,) for one in titles))


def _years(cell: Cell) -> list[str]:
    return _YEAR.findall(cell) if isinstance(cell, str) else []


def _no_poverty(
    columns: tuple[ListColumn, ...], corrected: Mapping[str, Role]
) -> tuple[ListColumn, ...]:
    """In a list of allowances the column of the kind of person says no poverty."""
    if any(one.role is Role.CATEGORY for one in columns):
        return columns
    return tuple(
        ListColumn(one.index, one.title, Role.CATEGORY, one.by_content)
        if one.role is Role.POVERTY
        and lookup_key(one.title) not in corrected
        and not one.by_content
        and "ngheo" not in fold(one.title)
        else one
        for one in columns
    )


class _Rows:
    """Reads row after row, with what headings and heads of households said before."""

    def __init__(self, sheet: _Sheet, by_role: Mapping[Role, Sequence[int]]) -> None:
        self._sheet = sheet
        self._at = by_role
        self._words = list_words()
        self._village = self._status = self._category = ""
        self._head = self._block = self._home_village = ""
        self._blocks = 0

    def read(self, row: SheetRow) -> ListRow | None:
        """The row; None where nothing stands in it."""
        cells = [self._sheet.said(cell) for cell in row.cells]
        filled = {at: clean(cell_text(cell)) for at, cell in enumerate(cells)}
        filled = {at: text for at, text in filled.items() if text}
        if not filled:
            return None
        if self._sheet.head.repeated_by(row):
            return ListRow(self._sheet.name, row.number, RowKind.OTHER)
        name = self._name(filled)
        births = self._births(cells)
        first = filled[min(filled)]
        if self._words.is_total(first) and not births.days:
            return ListRow(self._sheet.name, row.number, RowKind.TOTAL)
        if (row.across > 1 and not births.days) or self._is_heading(filled, name, births):
            self._learn(first)
            return ListRow(self._sheet.name, row.number, RowKind.SECTION, name=first)
        if not name or (self._words.closes(first) and not births.days):
            return ListRow(self._sheet.name, row.number, RowKind.OTHER)
        person = self._person(row.number, cells, name, births)
        return replace(person, doubts=(*person.doubts, "hidden")) if row.hidden else person

    def _text(self, cells: Sequence[Cell], role: Role) -> str:
        for at in self._at.get(role, ()):
            if at < len(cells) and not isinstance(cells[at], CellFault):
                text = clean(cell_text(cells[at]))
                if text:
                    return text
        return ""

    def _name(self, filled: Mapping[int, str]) -> str:
        (at, *_) = self._at[Role.NAME]
        text = filled.get(at, "")
        return text if any(one.isalpha() for one in text) else ""

    def _births(self, cells: Sequence[Cell]) -> WrittenBirth:
        year, from_1904 = self._sheet.year, self._sheet.from_1904
        found = WrittenBirth()
        for role in (Role.BIRTH, Role.BIRTH_MALE, Role.BIRTH_FEMALE):
            for at in self._at.get(role, ()):
                if at < len(cells) and not found.days:
                    found = read_birth(cells[at], year, from_1904=from_1904)
        for at in self._at.get(Role.AGE, ()):
            if at < len(cells) and not found.days:
                found = read_age(cells[at], year)
        return found

    def _is_heading(self, filled: Mapping[int, str], name: str, births: WrittenBirth) -> bool:
        """One text alone, in a place or of a wording where no child stands."""
        texts = set(filled.values())
        if births.days or len(texts) > 2:
            return False
        words = [text for text in texts if any(one.isalpha() for one in text)]
        if len(words) != 1:
            return False
        said = _ROMAN.fullmatch(words[0])
        inside = said[1] if said is not None else words[0]
        if self._words.is_village(inside) or self._words.poverty_of(inside):
            return True
        if name:
            # A name alone is a child of whom nothing else is known.
            return said is not None and len(texts) == 1
        return len(texts) == 1 or not words[0].isdigit()

    def _learn(self, heading: str) -> None:
        said = _ROMAN.fullmatch(heading)
        inside = said[1] if said is not None else heading
        self._head = self._block = self._home_village = ""
        if self._words.is_village(inside):
            self._village = inside
        elif status := self._words.poverty_of(inside):
            self._status = status
        elif not self._words.closes(inside):
            self._category = inside

    def _person(
        self, number: int, cells: Sequence[Cell], name: str, births: WrittenBirth
    ) -> ListRow:
        relation = lookup_key(self._text(cells, Role.RELATION))
        head = self._text(cells, Role.HEAD)
        is_head = relation in self._words.heads or (
            not relation
            and bool(head)
            and lookup_key(head) == lookup_key(name)
            and self._is_grown(births)
        )
        self._open_household(cells, name if is_head else head, is_head=is_head)
        kind = RowKind.CHILD
        if is_head:
            kind = RowKind.HEAD
        elif relation in self._words.adults or self._is_grown(births):
            kind = RowKind.ADULT
        own_village = self._text(cells, Role.VILLAGE)
        if own_village and is_head:
            self._home_village = own_village
        address = self._text(cells, Role.ADDRESS)
        village = (
            own_village
            or self._home_village
            or self._village
            or (address if self._words.is_village(address) else "")
        )
        status = self._words.poverty_of(self._text(cells, Role.POVERTY)) or (
            self._status if self._sheet.kind is ListKind.POVERTY else ""
        )
        doubts = [births.doubt] if births.doubt else []
        if kind is RowKind.CHILD and not births.days and not births.doubt:
            doubts.append("no_birth")
        adults = [
            clean(cell_text(cells[at]))
            for at in self._at.get(Role.ADULTS, ())
            if at < len(cells) and cell_text(cells[at]).strip()
        ]
        return ListRow(
            self._sheet.name,
            number,
            kind,
            name,
            births.days,
            self._written_birth(cells),
            self._sex(cells),
            _personal_id(self._text(cells, Role.PERSONAL_ID)),
            self._text(cells, Role.RELATION),
            self._head or head,
            self._text(cells, Role.MOTHER),
            self._text(cells, Role.FATHER),
            tuple(_without_title(one) for one in adults),
            village,
            status,
            self._text(cells, Role.CATEGORY) or self._category,
            _amount(self._text(cells, Role.AMOUNT)),
            self._text(cells, Role.COEFFICIENT),
            self._text(cells, Role.SINCE),
            self._text(cells, Role.SUPPORT),
            self._text(cells, Role.PROVIDER),
            self._block,
            tuple(doubts),
        )

    def _open_household(self, cells: Sequence[Cell], head: str, *, is_head: bool) -> None:
        """A row of the head, another head, or another number begins a household."""
        number = self._text(cells, Role.HOUSEHOLD)
        if not (head or number or Role.HEAD in self._at or Role.RELATION in self._at):
            self._head = self._block = ""
            return
        changed = is_head or (bool(head) and lookup_key(head) != lookup_key(self._head))
        if changed or (number and not self._block.endswith(f"#{number}")):
            self._blocks += 1
            self._block = f"{self._sheet.name}:{self._blocks}#{number}"
            self._home_village = ""
            self._head = head

    def _is_grown(self, births: WrittenBirth) -> bool:
        return bool(births.days) and self._sheet.year - int(births.days[0][:4]) >= _GROWN_UP

    def _written_birth(self, cells: Sequence[Cell]) -> str:
        for role in (Role.BIRTH, Role.BIRTH_MALE, Role.BIRTH_FEMALE, Role.AGE):
            if text := self._text(cells, role):
                return text
        return ""

    def _sex(self, cells: Sequence[Cell]) -> str:
        if sex := self._words.sex_of(self._text(cells, Role.SEX)):
            return sex
        for role, sex in (
            (Role.BIRTH_MALE, "1"),
            (Role.BIRTH_FEMALE, "2"),
            (Role.SEX_MALE, "1"),
            (Role.SEX_FEMALE, "2"),
        ):
            if self._text(cells, role):
                return sex
        return ""


def _personal_id(text: str) -> str:
    """Twelve digits, the first zero put back where a spreadsheet dropped it; "" for no such id."""
    digits = _ID_DIGITS.sub("", text)
    if not digits.isdigit() or len(digits) not in (11, 12):
        return ""
    return digits.rjust(12, "0")


def _amount(text: str) -> int | None:
    """Whole đồng: `540.000đ`, `540,000` and `540000` are one sum; None for no sum."""
    found = _AMOUNT.match(text)
    if found is None:
        return None
    digits = re.sub(r"[^0-9]", "", found[0])
    return int(digits) if digits and len(digits) < 13 else None


def _without_title(name: str) -> str:
    """`Bà: Nguyễn Thị A` is Nguyễn Thị A."""
    called, colon, rest = name.partition(":")
    return rest.strip() if colon and len(called.split()) < 3 else name


def statuses(rows: Sequence[ListRow]) -> dict[str, str]:
    """Block → the status of the household: that of its head, else the one that all its rows say;
    "" where they say two.
    """
    heads = {one.block: one.status for one in rows if one.kind is RowKind.HEAD and one.status}
    said: dict[str, Counter[str]] = {}
    for one in rows:
        if one.block and one.status:
            said.setdefault(one.block, Counter())[one.status] += 1
    return {
        block: heads.get(block) or (next(iter(found)) if len(found) == 1 else "")
        for block, found in said.items()
    }
