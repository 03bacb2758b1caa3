"""Rows of a list that are no children: sections, totals, titles repeated on the next page, the row
that numbers the columns, and what is signed at the foot.

Only what cannot be a child is called so; whatever else a row says, it is read as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from app.services.importing.columns import Plan
from app.services.importing.targets import Role
from app.services.importing.words import begins_as_village, plain, words
from app.text.normalize import clean
from app.workbooks.cells import Cell, OldText, SheetRow, converted_text
from app.workbooks.reading import Header

#: A head row of fewer columns is not told from a child by its numbers.
_NUMBERED = 3
#: «I.», «2)», «A -» before the name of a section.
_ORDINAL = re.compile(r"^(?:[IVXLC]{1,6}|[0-9]{1,3}|[A-Z])\s*(?:[.)/:\-–]\s*|\s+)")
_ORDINAL_ALONE = re.compile(r"\(?(?:[IVXLC]{1,6}|[0-9]{1,4}|[A-D])[.)]?")
#: «: 35 trẻ», «(35)» behind it.
_COUNT = re.compile(r"\s*(?:[:–-]\s*|\()\s*[0-9][0-9.,]*[^0-9]*\)?\s*$")
#: A count in a column of dates: no day, month or year is written so.
_TOO_SHORT = re.compile(r"[0-9]{1,3}")
_NUMBER = re.compile(r"[0-9][0-9.,]*")
#: Rows that are named.
_TOLD = 20
#: People who sign in one row.
_SIGNED = 2
_NOT_LETTER = re.compile(r"[0-9]+")


class Kind(Enum):
    """What a row is."""

    CHILD = "child"
    BLANK = "blank"
    TITLES = "titles"
    NUMBERS = "numbers"  # of the columns: (1) (2) (3)
    SECTION = "section"
    HEADING = "heading"  # across the table, of no place
    TOTAL = "total"
    FOOT = "foot"
    HIDDEN = "hidden"


class Others(Enum):
    """What stands in a row beside one of its cells."""

    NONE = "none"
    NUMBERS = "numbers"
    WORDS = "words"


@dataclass(slots=True)
class LeftOut:
    """Rows of one kind that are no children: how many, and the first of them."""

    count: int = 0
    rows: list[int] = field(default_factory=list)

    def note(self, row: int) -> None:
        """One more."""
        self.count += 1
        if len(self.rows) < _TOLD:
            self.rows.append(row)


@dataclass(frozen=True, slots=True)
class Section:
    """What a section row says of the rows below it: the village, or the commune."""

    village: str = ""
    commune: str = ""


def section_of(text: str) -> Section | None:
    """«II. Thôn 2 (35 trẻ)» as the village «Thôn 2»; None for what names no place."""
    said = clean(text)
    if not begins_as_village(said) and words("communes").after(said) is None:
        said = _ORDINAL.sub("", said, count=1)
    name = _COUNT.sub("", said).rstrip(" .:-–")
    if words("communes").after(name):
        return Section(commune=name)
    if begins_as_village(name):
        return Section(village=name)
    return None


class RowKinds:
    """Tells the rows of one sheet apart. `section` is the one the rows now stand in."""

    def __init__(self, plan: Plan) -> None:
        self._header: Header | None = None
        self._titles: frozenset[str] = frozenset()
        self._planned = frozenset(
            one.index
            for one in plan.columns
            if one.target.field is None or one.target.field.name != "line_no"
        )
        self._dated = {
            one.index
            for one in plan.columns
            if one.target.role in (Role.FIELD, Role.PART)
            and one.target.field is not None
            and one.target.field.name in ("birth_date", "personal_id")
        }
        self._village_known = plan.has(Role.VILLAGE)
        self._foot = False
        self.section = Section()
        #: The section as it is written, where that is in an old font.
        self.old: OldText | None = None

    def begin(self, header: Header) -> None:
        """Another sheet: what it is called may be the village of its rows."""
        self._header = header
        self._titles = frozenset(clean(one) for parts in header.parts for one in parts)
        named = section_of(header.sheet)
        known = named is None or self._village_known
        self.section = Section() if named is None or known else Section(village=named.village)
        self._foot = False

    def of(self, row: SheetRow) -> Kind:
        """The kind of a row; a section is entered."""
        cells = row.cells
        first = _first_words(cells)
        if first is None:
            return self._of_numbers(cells)
        index, text = first
        if clean(text) in self._titles and self._header and self._header.repeated_by(row):
            return Kind.TITLES
        alone = self._others(cells, index)
        if alone is Others.WORDS:
            # Most children: name, village, parents.
            return self._of_several(cells)
        if _is_foot(text):
            self._foot = True
            return Kind.FOOT
        if index not in self._dated:
            if _says_total(text):
                return Kind.TOTAL
            section = section_of(text)
            if section is not None:
                self._enter(section)
                cell = cells[index]
                self.old = cell if isinstance(cell, OldText) else None
                return Kind.SECTION
            if row.across > 1 and alone is Others.NONE:
                return Kind.HEADING
        # Under «Người lập biểu» stands a name.
        return Kind.FOOT if self._foot and alone is Others.NONE else Kind.CHILD

    def _of_numbers(self, cells: Sequence[Cell]) -> Kind:
        filled = [index for index, cell in enumerate(cells) if converted_text(cell).strip()]
        if not filled:
            return Kind.BLANK
        if _numbers_columns(cells):
            return Kind.NUMBERS
        return Kind.CHILD if self._planned.intersection(filled) else Kind.BLANK

    def _of_several(self, cells: Sequence[Cell]) -> Kind:
        """Two who sign beside each other are no child either."""
        said: list[str] = []
        for cell in cells:
            if isinstance(cell, str) and cell.strip():
                said.append(converted_text(cell))
                if len(said) > _SIGNED:
                    return Kind.CHILD
        if said and all(_is_foot(one) for one in said):
            self._foot = True
            return Kind.FOOT
        if self._foot and not any(
            index < len(cells) and any(map(str.isdigit, converted_text(cells[index])))
            for index in self._dated
        ):
            return Kind.FOOT
        return Kind.NUMBERS if _numbers_columns(cells) else Kind.CHILD

    def _others(self, cells: Sequence[Cell], but: int) -> Others:
        """What stands beside a cell: nothing, counts alone, or words or what dates a child."""
        found = Others.NONE
        for index, cell in enumerate(cells):
            if index == but or cell is None or cell == "":
                continue
            text = converted_text(cell).strip()
            if not text:
                continue
            dates = index in self._dated and not _TOO_SHORT.fullmatch(text)
            if dates or not (_is_number(text) or _is_count(text)):
                return Others.WORDS
            found = Others.NUMBERS
        return found

    def _enter(self, section: Section) -> None:
        if section.commune:
            self.section = Section(commune=section.commune)
        else:
            self.section = Section(section.village, self.section.commune)


def _first_words(cells: Sequence[Cell]) -> tuple[int, str] | None:
    """The first cell that is more than a number, and where it stands."""
    for index, cell in enumerate(cells):
        if cell is None or cell == "":
            continue
        text = converted_text(cell).strip()
        if text and not _is_number(text):
            return index, text
    return None


def _is_number(text: str) -> bool:
    return text[0] in "0123456789(IVXLCABD" and (
        _NUMBER.fullmatch(text) is not None or _ORDINAL_ALONE.fullmatch(text) is not None
    )


def _numbers_columns(cells: Sequence[Cell]) -> bool:
    """(1) (2) (3) under the titles; the first ones may be letters."""
    numbers: list[int] = []
    letters = 0
    for cell in cells:
        text = converted_text(cell).strip(" ()[]")
        if not text:
            continue
        if not numbers and text == "ABCDEF"[letters : letters + 1]:
            letters += 1
            continue
        if len(text) > 3 or not text.isascii() or not text.isdigit():
            return False
        if numbers and int(text) != numbers[-1] + 1:
            return False
        numbers.append(int(text))
    return letters + len(numbers) >= _NUMBERED and bool(numbers) and numbers[0] <= 2


def _is_count(text: str) -> bool:
    """«3 trẻ em»."""
    said = plain(text).split()
    return said[:1] != [] and said[0].isdigit() and all(one in words("counted") for one in said[1:])


def _says_total(text: str) -> bool:
    rest = words("totals").after(text)
    if rest is None:
        return False
    return all(one in words("counted") for one in _NOT_LETTER.sub(" ", rest).split())


def _is_foot(text: str) -> bool:
    said = plain(text)
    without = " ".join(_NOT_LETTER.sub(" ", said).split())
    return words("feet").after(said) is not None or any(
        without.endswith(one) for one in words("dated").phrases
    )
