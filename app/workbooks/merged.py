"""Cells of a sheet that are merged downwards: every row they cover says what the first one says.

Lists of children are written so: one village, one household number over the lines of several
children. The merges stand behind the rows in the part, so they are found in a pass of their own
that parses nothing. Takes a merge for its first column only: a value over several columns is a
heading.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from typing import IO

from app.workbooks.cells import Cell, SheetRow

_BLOCK = 1 << 20
#: Longer than any reference.
_OVERLAP = 80
#: As many as a sheet has rows; more only a file made for the purpose has.
MOST = 1 << 20
_MERGE = re.compile(rb'mergeCell\s+ref="([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})"')


class Merges:
    """Merges of more than one row, in order of their first rows; a few bytes each."""

    def __init__(self) -> None:
        self._first = array("I")
        self._last = array("I")
        self._column = array("I")

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
                self._note(found[1], int(found[2]), int(found[3]))
            if len(self._first) > MOST:
                raise OverflowError
            before = text[max(end, len(text) - _OVERLAP) :]
        order = sorted(range(len(self._first)), key=self._first.__getitem__)
        for name in ("_first", "_last", "_column"):
            held = getattr(self, name)
            setattr(self, name, array("I", (held[at] for at in order)))

    def _note(self, letters: bytes, first: int, last: int) -> None:
        if first < last:
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            self._first.append(first)
            self._last.append(last)
            self._column.append(column - 1)

    def filled(self, rows: Iterable[SheetRow], below: int) -> Iterator[SheetRow]:
        """The rows, each with what stands in the merges over it that begin below row `below`."""
        at = 0
        held: dict[int, tuple[int, Cell]] = {}
        for row in rows:
            cells = row.cells
            while at < len(self._first) and self._first[at] <= row.number:
                column = self._column[at]
                if self._first[at] == row.number > below and column < len(cells):
                    held[column] = (self._last[at], cells[column])
                at += 1
            yield row if not held else SheetRow(row.number, _filled(row, held))


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
