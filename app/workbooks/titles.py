"""The titles of a table whose head goes over several rows.

`Năm sinh` merged over `Nam` and `Nữ` names two columns; a title merged downwards names one. A row
that only numbers the columns, (1) (2) (3), belongs to the head too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.text.old_text import OldEncoding, convert
from app.workbooks.cells import Cell, OldText, SheetRow, cell_text, converted_text
from app.workbooks.merged import Merges

#: Between the title of a group of columns and the title of one of them.
JOINED_BY = " / "
#: Rows of titles below one that is found to be the head.
_MOST_BELOW = 2
_NUMBER = re.compile(r"\(?\s*([0-9]{1,2}|[A-Z])\s*\)?(?:\s*=.*)?")


@dataclass(slots=True)
class Titles:
    """The head of a table while it is put together: first and last row, and for each column its
    titles from top to bottom.
    """

    first: int
    last: int
    parts: list[list[str]]


def title_texts(row: SheetRow, known: Callable[[str], bool]) -> list[str]:
    """The cells of a row as titles, old text converted. A title that its letters do not tell goes
    with those beside it: «Ghi chó» is a dog only among titles of today.
    """
    code = next((cell.encoding for cell in row.cells if isinstance(cell, OldText)), None)
    return [_title(cell, code, known) for cell in row.cells]


def _title(cell: Cell, code: OldEncoding | None, known: Callable[[str], bool]) -> str:
    text = converted_text(cell)
    if code is None or isinstance(cell, OldText) or text.isascii() or known(text):
        return text
    return convert(text, code)


def whole_head(
    rows: Sequence[SheetRow], at: int, merges: Merges, known: Callable[[str], bool]
) -> Titles:
    """The head of which the row at `at` was found, with the rows above and below that belong to
    it. `rows` are the first ones of the sheet.
    """
    number = rows[at].number
    titles = Titles(number, number, [[one] if one else [] for one in title_texts(rows[at], known)])
    _take_above(titles, rows[at - 1] if at else None, merges, known)
    numbered = {row.number: row for row in rows}
    spans = _spans(rows[at], merges)
    for below in range(number + 1, number + 1 + _MOST_BELOW):
        row = numbered.get(below)
        if row is None or not _names_parts(row, spans):
            break
        _take_below(titles, row, spans, known)
        spans = _spans(row, merges)
    row = numbered.get(titles.last + 1)
    if row is not None and _numbers_columns(row, len([one for one in titles.parts if one])):
        titles.last = row.number
    return titles


def _take_above(
    titles: Titles, row: SheetRow | None, merges: Merges, known: Callable[[str], bool]
) -> None:
    """The row above belongs to the head where a cell is merged out of it into the found row."""
    if row is None or row.number != titles.first - 1:
        return
    blocks = [
        one for one in merges.beginning(row.number, row.number) if one.column < len(row.cells)
    ]
    if not any(one.last == titles.last for one in blocks):
        return
    texts = title_texts(row, known)
    found = len(titles.parts)
    for block in blocks:
        columns = range(block.column, block.column + block.width)
        titles.parts += [[] for _ in range(columns.stop - len(titles.parts))]
        for column in columns:
            # Merged downwards it is the only title; otherwise it stands over that of the column.
            if texts[block.column] and (titles.parts[column] or column == block.column):
                titles.parts[column].insert(0, texts[block.column])
    for column, text in enumerate(texts[:found]):
        if text and not titles.parts[column]:
            titles.parts[column].append(text)
    titles.first = row.number


def _spans(row: SheetRow, merges: Merges) -> dict[int, int]:
    """Column → first column of the title that stands over it and over its neighbours."""
    merged = [one for one in merges.beginning(row.number, row.number) if one.width > 1]
    if merged:
        return {
            column: one.column
            for one in merged
            if one.first == one.last
            for column in range(one.column, one.column + one.width)
        }
    # Without merges, as in a text file, the columns that have no title go with the one before them.
    spans: dict[int, int] = {}
    leader = -1
    for column, cell in enumerate(row.cells):
        if cell not in (None, ""):
            leader = column
        elif leader >= 0:
            spans[column] = spans[leader] = leader
    if leader >= 0 and not spans.get(leader):
        spans[leader] = spans[leader + 1] = leader  # trailing empty cells are absent
    return spans


def _names_parts(row: SheetRow, spans: dict[int, int]) -> bool:
    """Whether a row only names what the titles above are divided into."""
    filled = [(at, cell) for at, cell in enumerate(row.cells) if cell not in (None, "")]
    if not all(
        isinstance(cell, str) and at in spans and not any(one.isdigit() for one in cell)
        for at, cell in filled
    ):
        return False
    under = [spans[at] for at, _ in filled]
    return any(under.count(leader) > 1 for leader in under)


def _take_below(
    titles: Titles, row: SheetRow, spans: dict[int, int], known: Callable[[str], bool]
) -> None:
    for column, text in enumerate(title_texts(row, known)):
        if text:
            titles.parts += [[] for _ in range(column + 1 - len(titles.parts))]
            leader = titles.parts[spans[column]]
            if column != spans[column]:
                titles.parts[column] = leader[: titles.last - titles.first + 1]
            titles.parts[column].append(text)
    titles.last = row.number


def _numbers_columns(row: SheetRow, columns: int) -> bool:
    """Whether a row holds nothing but the numbers of the columns: A B 1 2 3, or (1) (2) (3)."""
    texts = [cell_text(cell).strip() for cell in row.cells if cell not in (None, "")]
    found = [_NUMBER.fullmatch(text) for text in texts]
    numbers = [int(one[1]) for one in found if one is not None and one[1].isdigit()]
    return (
        None not in found
        and len(texts) * 2 >= columns
        and len(numbers) > 2
        and numbers == list(range(1, len(numbers) + 1))
    )


def joined(parts: Sequence[Sequence[str]], known: Callable[[str], bool]) -> tuple[str, ...]:
    """One title for each column: that of the column alone where it is known, no other column has
    it and what stands over it is a mere heading; else the titles over it before it.
    """
    lowest = [one[-1] for one in parts if one]

    def title(one: Sequence[str]) -> str:
        if len(one) < 2:
            return one[0] if one else ""
        heading = not any(known(above) for above in one[:-1])
        alone = heading and known(one[-1]) and lowest.count(one[-1]) == 1
        return one[-1] if alone else JOINED_BY.join(one)

    return tuple(map(title, parts))
