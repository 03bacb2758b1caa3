"""Where things stand on a form: rows of labelled fields, tables, notes. Pure geometry.

Lengths are pixels; everything lies on the 8-pixel grid of the design at 100 %, scaled with it. A
label may take two lines; it is never cut. A row is filled from the left and stretched to the right
edge when it is nearly full, so that edges align.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Measure = Callable[[str], int]

#: A row this full is stretched to the right edge.
_NEARLY_FULL = 0.72
_MOST_STRETCH = 1.9


@dataclass(frozen=True, slots=True)
class Want:
    """What a field asks for: a width for its text, a label, and what its text cannot do without."""

    width: int
    label: str
    least: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a field stands in its row: left edge, width, the lines of its label."""

    index: int
    x: int
    width: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of fields; `label_lines` is the greatest number of label lines in it."""

    spots: tuple[Spot, ...]
    label_lines: int


def wrapped(text: str, width: int, measure: Measure) -> tuple[str, ...]:
    """The lines of a text within a width; a single longer word keeps its line."""
    if measure(text) <= width:
        return (text,)
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and measure(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return (*lines, line) if line else tuple(lines)


def two_line_width(text: str, measure: Measure) -> int:
    """The least width in which a text fits on two lines."""
    words = text.split()
    best = measure(text)
    for place in range(1, len(words)):
        first, second = " ".join(words[:place]), " ".join(words[place:])
        best = min(best, max(measure(first), measure(second)))
    return best


def rows_of(wants: Sequence[Want], width: int, gap: int, measure: Measure) -> list[Row]:
    """Fields in order, row by row."""
    least = [min(width, max(want.width, two_line_width(want.label, measure) + 2)) for want in wants]
    rows: list[list[int]] = []
    used = 0
    for index, one in enumerate(least):
        if rows and used + gap + one <= width:
            rows[-1].append(index)
            used += gap + one
        else:
            rows.append([index])
            used = one
    return [_row(row, wants, least, width, gap, measure) for row in rows]


def _row(
    row: Sequence[int],
    wants: Sequence[Want],
    least: Sequence[int],
    width: int,
    gap: int,
    measure: Measure,
) -> Row:
    room = width - gap * (len(row) - 1)
    taken = sum(least[index] for index in row)
    widths = {index: least[index] for index in row}
    if taken >= room * _NEARLY_FULL:
        factor = room / taken
        widths = {index: int(least[index] * min(factor, _MOST_STRETCH)) for index in row}
        widths[row[-1]] += room - sum(widths.values()) if factor <= _MOST_STRETCH else 0
    spots: list[Spot] = []
    x = 0
    for index in row:
        lines = wrapped(wants[index].label, widths[index], measure)
        spots.append(Spot(index, x, widths[index], lines))
        x += widths[index] + gap
    return Row(tuple(spots), max(len(spot.lines) for spot in spots))


def columns_of(wants: Sequence[Want], width: int, gap: int, measure: Measure) -> Row:
    """One row of columns that always fill the width.

    Where room is short, columns give way as far as the longest word of their label and the text
    that stands in them allow.
    """
    liked = [max(want.width, two_line_width(want.label, measure) + 2) for want in wants]
    room = max(1, width - gap * (len(wants) - 1))
    if sum(liked) <= room:
        widths = [int(one * room / sum(liked)) for one in liked]
    else:
        least = [
            max(want.least, max(map(measure, want.label.split()), default=0) + 4) for want in wants
        ]
        spare = max(1, sum(liked) - sum(least))
        share = min(1.0, (sum(liked) - room) / spare)
        widths = [int(one - (one - low) * share) for one, low in zip(liked, least, strict=True)]
    widths[-1] += max(0, room - sum(widths))
    spots: list[Spot] = []
    x = 0
    for index, want in enumerate(wants):
        spots.append(Spot(index, x, widths[index], wrapped(want.label, widths[index], measure)))
        x += widths[index] + gap
    return Row(tuple(spots), max(len(spot.lines) for spot in spots))
