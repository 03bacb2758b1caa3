"""What a workbook to write is made of: its sheets, how they print, and what may be typed into them.

Plain data for `xlsx_writing`; knows nothing of files. Units: widths in characters of the ordinary
font, rows and columns counted from 1 as Excel shows them, margins in inches as the format has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from app.workbooks.writing import Column, Value


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook says about itself: its properties, a last sheet of pairs of texts, and what
    stands in the margins of every printed page.

    `mark` says who may see the file («LƯU HÀNH NỘI BỘ»), `foot` who made it and when. `told_after`
    gives what is known only once all rows are written, below the notes.
    """

    title: str
    author: str
    sheet: str
    note_sheet: str
    notes: tuple[tuple[str, str], ...]
    mark: str = ""
    foot: str = ""
    told_after: Callable[[], Iterable[tuple[str, str]]] = tuple


class Look(Enum):
    """How a cell that nobody has filled in yet is formatted; the values are those of the sheet of
    styles."""

    PLAIN = 0
    TEXT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What may be typed into the cells of a column.

    `named` is the name of a range whose texts are offered; `low` and `high` bound a whole number.
    `strict` refuses anything else; otherwise it is offered and not enforced. `prompt` is shown
    beside the cell, `told` to whoever typed something else.
    """

    prompt_title: str = ""
    prompt: str = ""
    named: str = ""
    low: int | None = None
    high: int | None = None
    strict: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Columns `first` to `last` (from 1) that belong together, under a heading of their own."""

    first: int
    last: int
    title: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: titles over rows, in a frozen head.

    `bands` puts a row of headings above the titles and lets each part be folded away; `required`
    columns (from 0) have a head of another colour; `entries` says by column (from 0) what may be
    typed, down to the row `entry_rows` below the titles; `looks` how empty cells are formatted.
    Where a sheet goes over several pages side by side, the column `repeated` (from 0) is on each.
    The first `frozen` columns stay in sight as the head does, and are repeated likewise.
    `wrapped` sheets are read rather than sorted: their texts break and there is no filter.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    bands: tuple[Band, ...] = ()
    required: frozenset[int] = frozenset()
    entries: Mapping[int, Entry] = field(default_factory=lambda: MappingProxyType({}))
    entry_rows: int = 0
    looks: Mapping[int, Look] = field(default_factory=lambda: MappingProxyType({}))
    repeated: int | None = None
    frozen: int = 0
    wrapped: bool = False
    titled: bool = True
    on_row: Callable[[int], None] = lambda _count: None


@dataclass(frozen=True, slots=True)
class NamedRange:
    """A name for the cells of a column of a sheet, from row `first` to row `last`."""

    name: str
    sheet: str
    column: int
    first: int
    last: int
