"""What stands in a list: its columns, and each of its rows as a child, an adult or a heading.

Every named row is read; nothing is dropped without being counted. Refuses a file in which no
column of names is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

from app.forms.code_lists import lookup_key
from app.services.crosscheck.births import read_birth
from app.services.crosscheck.columns import LOOKED_AT, ListColumn, recognise
from app.services.crosscheck.listed import ListKind, ListRow, NoNames, ReadList
from app.services.crosscheck.poverty_wording import UNCLEAR
from app.services.crosscheck.row_reading import RowReader
from app.services.crosscheck.words import Role, Words, list_words
from app.text.fold import fold
from app.text.normalize import clean
from app.workbooks.cells import Cell, OldText, SheetRow, converted_text
from app.workbooks.reading import Header, Workbook, find_header, rows_below

_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
_NAMED_YEAR = re.compile(r"(?<![a-z])nam (20[0-9]{2})(?![0-9]|\s*[-/–])")
#: Days and the numbers of papers, in a folded line.
_NOT_OF_THE_LIST = re.compile(
    r"[0-9]{1,2}\s*[/.-]\s*[0-9]{1,2}\s*[/.-]\s*[0-9]{4}"
    r"|ngay\s*[0-9.…]*\s*thang\s*[0-9.…]*\s*nam\s*[0-9]{4}"
    r"|so:?\s*[0-9]+\s*/\S*"
    r"|[0-9]+/[0-9]{4}/\S+"
)
_TITLE_ROWS = 20
_OF_PAPERS = ("kem theo", "ban hanh kem", "can cu", "theo ", "quyet dinh", "nghi dinh", "thong tu")


def read_list(
    book: Workbook,
    kind: ListKind,
    corrected: Mapping[str, Role],
    this_year: int,
    year: int | None = None,
) -> ReadList:
    """Read all sheets of a file that look like the list. `corrected`: folded title → role; `year`:
    that of the list as a person says it, None for the one in its title, else this year.

    Raises NoNames, BadFile.
    """
    sheets: list[_Sheet] = []
    passed_over: list[str] = []
    for name in book.sheets:
        if name in book.hidden_sheets:
            passed_over.append(name)
            continue
        sheet = _Sheet(book, name, kind, corrected, this_year, year)
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
        year: int | None,
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
        self.status = self._status_of(above)
        self.year = year or self._year_of(above, this_year)
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

    def _status_of(self, above: Sequence[SheetRow]) -> str:
        """The one status that the name of the sheet, else its title with what continues it, gives
        every row that says none; "" where they name two.
        """
        titled = {self._words.poverty_of(text) for text in self._titled(above)} - {""}
        named = self._words.poverty_of(self.name)
        if named not in ("", UNCLEAR):
            clash = titled not in (set(), {UNCLEAR}, {named})
            return "" if clash else named
        return next(iter(titled)) if len(titled) == 1 and UNCLEAR not in titled else ""

    def _titled(self, above: Sequence[SheetRow]) -> list[str]:
        """The title and what continues it, without the papers that the list goes by."""
        texts = [text for row in above for text in self._texts(row)]
        start = texts.index(self.title) if self.title in texts else len(texts)
        return [text for text in texts[start:] if not is_of_papers(text)]

    def _year_of(self, above: Sequence[SheetRow], this_year: int) -> int:
        """The year that the title names, else one that stands above the titles; days and numbers of
        decisions say nothing of it.
        """
        others = [text for row in above for text in self._texts(row) if not is_of_papers(text)]
        for texts in (self._titled(above), others):
            said = [_NOT_OF_THE_LIST.sub(" ", fold(text)) for text in texts]
            for pattern in (_NAMED_YEAR, _YEAR):
                years = [int(one) for text in said for one in pattern.findall(text)]
                years = [one for one in years if one <= this_year + 1]
                if years:
                    return years[0] if pattern is _NAMED_YEAR else years[-1]
        return this_year

    # --- rows -------------------------------------------------------------------------------

    def rows(self) -> Iterator[ListRow]:
        """Every row under the titles that holds anything."""
        by_role: dict[Role, list[int]] = {}
        for one in self.columns:
            if one.role is not None:
                by_role.setdefault(one.role, []).append(one.index)
        reading = RowReader(self, by_role)
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


def is_of_papers(text: str) -> bool:
    """Whether a line above a list tells of the papers it goes by, not of the list."""
    return lookup_key(text).startswith(_OF_PAPERS)


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
