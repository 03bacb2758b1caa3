"""What a list says, row by row, as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from app.errors import KnownError
from app.services.crosscheck.columns import ListColumn

#: The doubt of a row whose poverty status may mean two.
STATUS_UNCLEAR = "status_unclear"


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


def statuses(rows: Sequence[ListRow]) -> dict[str, str]:
    """Block → the status of the household: that of its head, else the one that all its rows say;
    "" where they say two, or where one of them may mean two.
    """
    unsure = {one.block for one in rows if STATUS_UNCLEAR in one.doubts}
    heads = {one.block: one.status for one in rows if one.kind is RowKind.HEAD and one.status}
    said: dict[str, Counter[str]] = {}
    for one in rows:
        if one.block and one.status:
            said.setdefault(one.block, Counter())[one.status] += 1
    return {
        block: heads.get(block)
        or (next(iter(found)) if len(found) == 1 and block not in unsure else "")
        for block, found in said.items()
    }
