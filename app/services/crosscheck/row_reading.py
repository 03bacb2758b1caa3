"""One row of a list after the other, as a child, an adult or a heading."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from app.forms.code_lists import lookup_key
from app.services.crosscheck.amounts import read_amount
from app.services.crosscheck.births import WrittenBirth, read_age, read_birth
from app.services.crosscheck.listed import STATUS_UNCLEAR, ListKind, ListRow, RowKind
from app.services.crosscheck.poverty_wording import NOT_POOR, UNCLEAR
from app.services.crosscheck.words import Role, list_words
from app.text.normalize import clean
from app.workbooks.cells import Cell, CellFault, SheetRow, cell_text
from app.workbooks.reading import Header

#: From this age on nobody on a list is looked for in the register: an allowance may run to 22 for
#: who is still in school (NĐ 20/2021 Đ5 k2), and some lists keep whoever once was on them.
_GROWN_UP = 22
_ID_DIGITS = re.compile(r"[\s.\-]")
_ROMAN = re.compile(r"(?:[ivx]+|[a-z]|[0-9]{1,2})[.)]\s*(.+)", re.IGNORECASE)


class SheetView(Protocol):
    """What a row has to know of its sheet."""

    name: str
    year: int
    head: Header
    titles: tuple[str, ...]
    status: str

    @property
    def kind(self) -> ListKind:
        """What the list is of."""

    @property
    def from_1904(self) -> bool:
        """How the file counts its days."""

    def said(self, cell: Cell) -> Cell:
        """A cell as it is meant."""


class RowReader:
    """Reads row after row, with what headings and heads of households said before."""

    def __init__(self, sheet: SheetView, by_role: Mapping[Role, Sequence[int]]) -> None:
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
            # Of a heading that may mean two nobody carries on the one before it.
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
        status = self._poverty(cells)
        doubts = [births.doubt] if births.doubt else []
        if status == UNCLEAR:
            status = ""
            if self._sheet.kind is ListKind.POVERTY:
                doubts.append(STATUS_UNCLEAR)
        if kind is RowKind.CHILD and not births.days and not births.doubt:
            doubts.append("no_birth")
        amount, unsure = self._amount(cells)
        if unsure and self._sheet.kind is not ListKind.POVERTY:
            doubts.append("amount_unclear")
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
            amount,
            self._text(cells, Role.COEFFICIENT),
            self._text(cells, Role.SINCE),
            self._text(cells, Role.SUPPORT),
            self._text(cells, Role.PROVIDER),
            self._block,
            tuple(doubts),
        )

    def _poverty(self, cells: Sequence[Cell]) -> str:
        """What the row says in its columns, else the heading above it, else the whole sheet."""
        columns = self._at.get(Role.POVERTY, ())
        found: set[str] = set()
        for at in columns:
            text = "" if at >= len(cells) or isinstance(cells[at], CellFault) else cells[at]
            written = clean(cell_text(text))
            under = self._words.ticked(
                self._sheet.titles[at] if at < len(self._sheet.titles) else ""
            )
            said = under if self._words.is_mark(written) else self._words.poverty_of(written)
            # A `no` in one of several columns denies that column alone.
            if said and not (len(columns) > 1 and said == NOT_POOR and under not in ("", NOT_POOR)):
                found.add(said)
        if found:
            return found.pop() if len(found) == 1 else UNCLEAR
        if self._sheet.kind is not ListKind.POVERTY:
            return ""
        # A row that leaves its own column empty is not what the title says of the others.
        return self._status or ("" if columns else self._sheet.status)

    def _amount(self, cells: Sequence[Cell]) -> tuple[int | None, bool]:
        for at in self._at.get(Role.AMOUNT, ()):
            if at < len(cells) and cells[at] is not None:
                return read_amount(cells[at])
        return None, False

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


def _without_title(name: str) -> str:
    """`Bà: Nguyễn Thị A` is Nguyễn Thị A."""
    called, colon, rest = name.partition(":")
    return rest.strip() if colon and len(called.split()) < 3 else name
