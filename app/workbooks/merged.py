"""Cells of a sheet that are merged: downwards, every row they cover says what the first one says.

Lists of children are written so: one village, one household number over the lines of several
children. Merged over several columns a text is a heading: of the columns, or, alone in its row, of
the rows below it. The merges stand behind the rows in the part, so they are found in a pass of
their own that parses nothing.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from app.workbooks.cells import Cell, SheetRow

_BLOCK = 1 << 20
#: Longer than any reference.
_OVERLAP = 80
#: As many as a sheet has rows; more only a file made for the purpose has.
MOST = 1 << 20
_MERGE = re.compile(
    rb"""mergeCell\s+ref=["']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})["']"""
)


@dataclass(frozen=True, slots=True)
class Merge:
    """One block of merged cells: its rows from `first` to `last`, from `column` (0 is A) on."""

    first: int
    last: int
    column: int
    width: int


class Merges:
    """The merged blocks of a sheet in order of their first rows; a few bytes each."""

    def __init__(self) -> None:
        self._first = array("I")
        self._last = array("I")
        self._column = array("I")
        self._width = array("I")

    def __len__(self) -> int:
        return len(self._first)

    def read(self, stream: IO[bytes]) -> None:
        """Find the merges of a sheet part. Raises OverflowError beyond `MOST`."""
        before = b""
        while block := stream.read(_BLOCK):
            text = before + block
            end = 0
            for found in _MERGE.finditer(text):
                end = found.end()
                self._note(found)
            if len(self._first) > MOST:
                raise OverflowError
            before = text[max(end, len(text) - _OVERLAP) :]
        order = sorted(range(len(self._first)), key=self._first.__getitem__)
        for name in ("_first", "_last", "_column", "_width"):
            held = getattr(self, name)
            setattr(self, name, array("I", (held[at] for at in order)))

    def _note(self, found: re.Match[bytes]) -> None:
        first, last = int(found[2]), int(found[4])
        left, right = _column(found[1]), _column(found[3])
        if first <= last and left <= right and (first < last or left < right):
            self._first.append(first)
            self._last.append(last)
            self._column.append(left)
            self._width.append(right - left + 1)

    def beginning(self, first: int, last: int) -> Iterator[Merge]:
        """The blocks whose first row lies between these two, both included."""
        at = bisect_left(self._first, first)
        while at < len(self._first) and self._first[at] <= last:
            yield self._at(at)
            at += 1

    def _at(self, at: int) -> Merge:
        return Merge(self._first[at], self._last[at], self._column[at], self._width[at])

    def filled(self, rows: Iterable[SheetRow], below: int) -> Iterator[SheetRow]:
        """The rows, each with what stands in the merges over it that begin below row `below`, and
        with `across` where its only text is merged over several columns.
        """
        at = 0
        held: dict[int, tuple[int, Cell]] = {}
        for row in rows:
            cells = row.cells
            across = 0
            while at < len(self._first) and self._first[at] <= row.number:
                if self._first[at] == row.number > below:
                    merge = self._at(at)
                    if merge.first < merge.last and merge.column < len(cells):
                        held[merge.column] = (merge.last, cells[merge.column])
                    if merge.width > 1 and _stands_alone(row, merge.column):
                        across = merge.width
                at += 1
            if held or across:
                yield SheetRow(row.number, _filled(row, held), row.hidden, across)
            else:
                yield row


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1


def _stands_alone(row: SheetRow, column: int) -> bool:
    filled = [at for at, cell in enumerate(row.cells) if cell not in (None, "")]
    return filled == [column] and isinstance(row.cells[column], str)


def _filled(row: SheetRow, held: dict[int, tuple[int, Cell]]) -> tuple[Cell, ...]:
    cells = list(row.cells)
    for column, (last, value) in list(held.items()):
        if last < row.number:
            del held[column]
        elif column >= len(cells):
            cells += [None] * (column - len(cells))
            cells.append(value)
        elif cells[column] in (None, ""):
            cells[column] = value
    return tuple(cells)
