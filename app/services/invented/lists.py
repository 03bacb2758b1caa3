"""Lists as communes keep them of invented children: of poor households, of allowances, of gifts.

Each is written by another hand, in another layout and perhaps in an old code: marks left out, a
slip of the keys, only a year, an age, day and month of another order, villages called in many ways,
a grandmother instead of the mother. Some of its children are in no book, half of them in a
household that is. Which row is whose is known, so that reading and matching can be judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.services.invented.doubles import Hand
from app.services.invented.draws import Dice
from app.services.invented.register import InventedChild, InventedHousehold
from app.settings import resources_dir
from app.text.old_text import OldEncoding, encode
from app.workbooks.cells import Cell, SheetRow, judged_text
from app.workbooks.merged import Merges
from app.workbooks.sheet_reading import MAX_ROWS
from app.workbooks.xlsx_parts import Visibility

#: Of a hundred children on a list so many are in no book; so many villages are the wrong one.
_UNKNOWN, _WRONG_VILLAGE = 8, 4
#: Of a hundred lists so many are written in each old code.
_TCVN3, _VNI = 25, 15
#: How many of a hundred children stand on a list of allowances, and on one of gifts.
_ALLOWANCE, _GIFTS = 9, 18
_STORED = re.compile(r"20[0-9]{2}(-[0-9]{2}(-[0-9]{2})?)?")
_DAYS = (
    "{d:02d}/{m:02d}/{y}",
    "{d}/{m}/{y}",
    "{d}.{m}.{y}",
    "{d:02d}-{m:02d}-{y}",
    "{d}/{m}/{yy:02d}",
)


@dataclass(slots=True)
class InventedBook:
    """A list as an open workbook (`app.workbooks.reading.Workbook`) of one sheet. `truth`: number
    of a child's row → key of the child in the register, "" for one that is in no book.
    """

    file: str
    kind: str
    commune: str
    lines: list[SheetRow] = field(default_factory=list)
    truth: dict[int, str] = field(default_factory=dict)
    from_1904: bool = False
    sheets: tuple[str, ...] = ("DS",)

    @property
    def hidden_sheets(self) -> Mapping[str, Visibility]:
        """Every sheet is shown."""
        return {}

    def hidden_columns(self, sheet: str) -> frozenset[int]:
        """Every column is shown."""
        del sheet
        return frozenset()

    def expected_rows(self, sheet: str) -> int:
        """How many rows there are."""
        del sheet
        return len(self.lines)

    def rows(self, sheet: str, last: int = MAX_ROWS) -> Iterator[SheetRow]:
        """The rows."""
        del sheet
        return iter(self.lines[:last])

    def merges(self, sheet: str) -> Merges:
        """No cells are merged."""
        del sheet
        return Merges()

    def close(self) -> None:
        """Nothing is open."""


@cache
def _words() -> dict[str, Any]:
    file = resources_dir() / "invented" / "lists.json"
    said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return said


def invented_lists(
    households: Sequence[InventedHousehold],
    strangers: Sequence[InventedHousehold],
    seed: int,
    year: int,
) -> Iterator[InventedBook]:
    """For each commune of the households a list of each layout, all told in `year`; children who
    are in no book are made of the `strangers`.
    """
    dice = Dice(seed)
    by_commune: dict[str, list[InventedHousehold]] = {}
    for one in households:
        by_commune.setdefault(one.commune, []).append(one)
    for commune, homes in by_commune.items():
        for number, layout in enumerate(_words()["layouts"]):
            yield _Writer(dice, layout, year, strangers).write(f"{number}.xlsx", commune, homes)


@dataclass(slots=True)
class _Line:
    """A child on a list with the household it stands in; `key` "" for one in no book."""

    home: InventedHousehold
    values: dict[str, Any]
    key: str


class _Writer:
    def __init__(
        self,
        dice: Dice,
        layout: dict[str, Any],
        year: int,
        strangers: Sequence[InventedHousehold],
    ) -> None:
        self._dice, self._layout, self._year, self._strangers = dice, layout, year, strangers
        self._words = _words()
        self._hand = Hand(dice)
        drawn = dice.below(100)
        self._code = (
            OldEncoding.TCVN3
            if drawn < _TCVN3
            else OldEncoding.VNI
            if drawn < _TCVN3 + _VNI
            else None
        )
        self._day = _DAYS[dice.below(len(_DAYS))]
        self._row = 0

    def write(self, name: str, commune: str, homes: Sequence[InventedHousehold]) -> InventedBook:
        """One list."""
        book = InventedBook(name, self._layout["kind"], commune)
        columns: list[list[str]] = self._layout["columns"]
        self._add(book, [self._words["office"]])
        self._row += 1
        title = self._words["title"].format(what=self._layout["what"], year=self._year)
        self._add(book, [None, title])
        self._row += self._dice.below(3)
        self._add(book, [one[0] for one in columns])
        if any(len(one) > 2 for one in columns):
            self._add(book, [one[2] if len(one) > 2 else "" for one in columns])
        number = 0
        for heading, lines in self._sections(self._chosen(homes)):
            if heading:
                self._add(book, [heading])
            before = ""
            for line in lines:
                if self._layout["members"] and line.home.key != before:
                    before = line.home.key
                    number += 1
                    self._add(book, self._head(line, number, columns))
                number += not self._layout["members"]
                self._add(book, [self._cell(line, one[1], number) for one in columns])
                book.truth[self._row] = line.key
        self._add(book, [self._words["total"], None, str(number)])
        self._add(book, [None, None, self._words["signed"]])
        return book

    # --- who stands on it -------------------------------------------------------------------

    def _chosen(self, homes: Sequence[InventedHousehold]) -> list[_Line]:
        dice, lines = self._dice, []
        share = _ALLOWANCE if self._layout["kind"] == "allowance" else _GIFTS
        for home in homes:
            poor = home.values.get("poverty_status") in ("1", "2")
            for child in home.children:
                # Of a planted error no list is made: nobody could say what it is to be read as.
                born = _STORED.fullmatch(str(child.values.get("birth_date") or ""))
                if born is None or not child.values.get("full_name"):
                    continue
                if poor if self._layout["kind"] == "poverty" else dice.below(100) < share:
                    lines.append(self._known(home, child))
                    if dice.below(100) < _UNKNOWN:
                        lines.append(self._unknown(home))
        return lines

    def _known(self, home: InventedHousehold, child: InventedChild) -> _Line:
        return _Line(home, self._hand.child(child.values), child.key)

    def _unknown(self, home: InventedHousehold) -> _Line:
        """A child in no book: of a family that is in none, or a brother or sister."""
        dice = self._dice
        while True:
            other = self._strangers[dice.below(len(self._strangers))]
            named = [
                one
                for one in other.children
                if one.values.get("full_name")
                and _STORED.fullmatch(str(one.values.get("birth_date") or ""))
            ]
            if named:
                break
        child = named[dice.below(len(named))]
        values = dict(child.values)
        if dice.below(2):
            about = {**other.values, "poverty_status": home.values.get("poverty_status")}
            return _Line(
                InventedHousehold(
                    other.key, home.commune, home.district, home.village, about, (child,)
                ),
                values,
                "",
            )
        own = home.children[0].values
        for name in ("mother_name", "father_name"):
            values[name] = own.get(name)
        name = str(values["full_name"])
        family = str(own.get("full_name") or name).split()[0]
        name = " ".join([family, *name.split()[1:]])
        values["full_name"] = name
        taken = {str(one.values.get("full_name") or "").split(" ")[-1] for one in home.children}
        if name.split(" ")[-1] in taken:
            return self._unknown(home)
        return _Line(home, values, "")

    def _sections(self, lines: list[_Line]) -> Iterator[tuple[str, list[_Line]]]:
        by = self._layout["by"]
        if not by:
            yield "", lines
            return
        parts: dict[str, list[_Line]] = {}
        for one in lines:
            of = one.home.village if by == "village" else str(one.home.values["poverty_status"])
            parts.setdefault(of, []).append(one)
        for number, (of, those) in enumerate(sorted(parts.items())):
            if by == "village":
                yield of.upper(), those
            elif of in self._words["poverty"]:
                yield f"{'I' * (number + 1)}. {self._words['poverty'][of][0].upper()}", those

    # --- how it is written ------------------------------------------------------------------

    def _add(self, book: InventedBook, cells: Sequence[Cell]) -> None:
        self._row += 1
        written = tuple(
            judged_text(encode(cell, self._code), self._code)
            if self._code is not None and isinstance(cell, str)
            else cell
            for cell in cells
        )
        if any(cell not in (None, "") for cell in written):
            book.lines.append(SheetRow(self._row, written))

    def _head(self, line: _Line, number: int, columns: list[list[str]]) -> list[Cell]:
        values = line.home.values
        born = values.get("head_birth_year")
        said: dict[str, Cell] = {
            "number": number,
            "name": self._hand.name(str(values.get("head_name") or "")),
            "relation": self._words["head"],
            "birth": born if isinstance(born, int | str) else None,
            "sex": self._one_of(self._words["sexes"][str(values.get("head_sex") or "1")]),
            "village": self._village(line.home.village),
        }
        return [said.get(one[1]) for one in columns]

    def _cell(self, line: _Line, what: str, number: int) -> Cell:
        values, sex = line.values, str(line.values.get("sex") or "1")
        birth = str(values.get("birth_date") or "")
        members, words = self._layout["members"], self._words
        says: dict[str, Callable[[], Cell]] = {
            "number": lambda: None if members else number,
            "name": lambda: str(values["full_name"]),
            "relation": lambda: self._one_of(words["child"]),
            "birth": lambda: self._birth(birth),
            "year_male": lambda: int(birth[:4]) if sex == "1" else None,
            "year_female": lambda: int(birth[:4]) if sex == "2" else None,
            "age": lambda: self._year - int(birth[:4]),
            "sex": lambda: self._one_of(words["sexes"][sex]),
            "head": lambda: self._hand.name(str(line.home.values.get("head_name") or "")),
            "adult": lambda: self._adult(line),
            "mother": lambda: self._hand.name(str(values.get("mother_name") or "")),
            "father": lambda: self._hand.name(str(values.get("father_name") or "")),
            "village": lambda: None if members else self._village(line.home.village),
            "poverty": lambda: self._one_of(
                words["poverty"][str(line.home.values["poverty_status"])]
            ),
            "amount": lambda: self._one_of(words["amounts"]),
            "since": lambda: f"01/{self._year}",
        }
        return says[what]() if what in says else None

    def _birth(self, stored: str) -> Cell:
        drawn = self._dice.below(10)
        if len(stored) < 10 or drawn < 2:
            return int(stored[:4])
        year, month, day = int(stored[:4]), int(stored[5:7]), int(stored[8:])
        return self._day.format(d=day, m=month, y=year, yy=year % 100)

    def _adult(self, line: _Line) -> str:
        drawn = self._dice.below(20)
        name = line.values.get("mother_name") if drawn < 10 else line.values.get("father_name")
        if drawn > 16 or not name:
            name = line.home.values.get("head_name")
        if drawn == 19:
            name = self._strangers[self._dice.below(len(self._strangers))].values.get("head_name")
        return self._hand.name(str(name or ""))

    def _village(self, name: str) -> str:
        digits = "".join(filter(str.isdigit, name))
        if not digits:
            return name
        number = int(digits)
        if self._dice.below(100) < _WRONG_VILLAGE:
            number += 1
        if number <= len(self._words["numbers"]) and not self._dice.below(4):
            return str(self._words["village_word"].format(word=self._words["numbers"][number - 1]))
        return self._one_of(self._words["villages"]).format(n=number)

    def _one_of(self, words: Sequence[str]) -> str:
        return words[self._dice.below(len(words))]
