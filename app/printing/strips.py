"""Blocks become strips: pieces of a page that are never cut, one under the other.

A strip knows its height, what is drawn on it and whom it must not be parted from; `layout` stacks
strips on pages. All lengths are points, measured from the strip's own top left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import segno

from app.printing.typesetting import (
    POINTS_PER_MM,
    FontSpec,
    TextMeasure,
    break_paragraph,
    font_of,
    line_height,
)
from app.reports.document import (
    Align,
    Block,
    Column,
    Columns,
    Framed,
    Grid,
    PageBreak,
    Paragraph,
    QrCode,
    Run,
    Section,
    Signatures,
    Space,
    Table,
    TextStyle,
)

RULE_WIDTH = 0.75
GRID_WIDTH = 0.5
#: Distance of a rule from the depth of the text above it, and its own room.
_RULE_GAP, _RULE_ROOM = 3.5, 6.0
_FRAME_PAD_X, _FRAME_PAD_Y = 7.0, 3.0
_CELL_PAD_X, _CELL_PAD_Y = 4.0, 2.5
#: Quiet zone of a QR code in modules (ISO/IEC 18004 asks for 4).
_QUIET = 4


class TextItem(NamedTuple):
    """Text on its baseline; `spacing` widens the spaces."""

    x: float
    y: float
    text: str
    font: FontSpec
    spacing: float


class RuleItem(NamedTuple):
    """A straight line of `width` points."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float


class CodeItem(NamedTuple):
    """A QR code without its quiet zone: rows of 0 and 1, each module `module` points wide."""

    x: float
    y: float
    module: float
    rows: tuple[bytes, ...]


@dataclass(slots=True)
class Strip:
    """One uncut piece. `columns` are the x of a table's vertical lines."""

    height: float = 0.0
    before: float = 0.0
    keep_next: bool = False
    break_before: bool = False
    texts: list[TextItem] = field(default_factory=list)
    rules: list[RuleItem] = field(default_factory=list)
    codes: list[CodeItem] = field(default_factory=list)
    head: Strip | None = None
    columns: tuple[float, ...] | None = None


def section_strips(section: Section, width: float, measure: TextMeasure) -> list[Strip]:
    """All strips of a section in a text area of `width`."""
    strips: list[Strip] = []
    broken = False
    for block in section.blocks:
        if isinstance(block, PageBreak):
            broken = True
            continue
        made = _block_strips(block, width, measure)
        if broken and made:
            made[0].break_before = True
            broken = False
        if strips and isinstance(block, Signatures):
            strips[-1].keep_next = True
        if strips and isinstance(block, Space):
            made[0].keep_next = strips[-1].keep_next
        strips += made
    return strips


def _block_strips(block: Block, width: float, measure: TextMeasure) -> list[Strip]:
    match block:
        case Paragraph():
            return _paragraph(block, width, measure)
        case Table():
            return _table(block, width, measure)
        case Columns() | Signatures():
            return [_columns(block, width, measure)]
        case Space():
            return [Strip(before=block.points)]
        case Framed():
            return [_framed(block, width, measure)]
        case Grid():
            return [_grid(block, measure)]
        case QrCode():
            return [_code(block)]
        case PageBreak():
            raise ValueError("a page break has no strip of its own")


def _paragraph(paragraph: Paragraph, width: float, measure: TextMeasure) -> list[Strip]:
    style = paragraph.style
    font = font_of(style)
    height = line_height(style, measure)
    descent = measure.descent(font)
    baseline = height - descent
    lines = break_paragraph(paragraph, width, measure)
    strips = []
    for line in lines:
        strip = Strip(height=height)
        strip.texts = [
            TextItem(part.x, baseline, part.text, part.font, part.spacing) for part in line.segments
        ]
        strips.append(strip)
    strips[0].before = style.before
    # Two lines of a paragraph at least stay together at its beginning and at its end.
    if len(strips) > 1:
        strips[0].keep_next = True
        strips[-2].keep_next = True
    last = strips[-1]
    last.keep_next = paragraph.keep_with_next
    if paragraph.rule:
        line = lines[-1]
        length = line.width * paragraph.rule
        x = line.x + (line.width - length) / 2
        y = height + _RULE_GAP
        last.rules.append(RuleItem(x, y, x + length, y, RULE_WIDTH))
        last.height += _RULE_ROOM
    return strips


def _stack(blocks: Sequence[Block], width: float, measure: TextMeasure) -> Strip:
    """Blocks of one column as one strip; the space above the first one is dropped."""
    whole = Strip()
    y = 0.0
    for block in blocks:
        for strip in _block_strips(block, width, measure):
            if y or isinstance(block, Space):
                y += strip.before
            merge(whole, strip, 0.0, y)
            y += strip.height
    whole.height = y
    return whole


def merge(target: Strip, strip: Strip, x: float, y: float) -> None:
    """Draw `strip` on `target` at (x, y)."""
    target.texts += [
        TextItem(item.x + x, item.y + y, item.text, item.font, item.spacing) for item in strip.texts
    ]
    target.rules += [
        RuleItem(item.x1 + x, item.y1 + y, item.x2 + x, item.y2 + y, item.width)
        for item in strip.rules
    ]
    target.codes += [
        CodeItem(item.x + x, item.y + y, item.module, item.rows) for item in strip.codes
    ]


def _columns(block: Columns | Signatures, width: float, measure: TextMeasure) -> Strip:
    whole = Strip(before=block.before)
    if isinstance(block, Signatures):
        whole.keep_next = True  # no page holds the list of recipients alone
    else:
        whole.keep_next = block.keep_with_next
        whole.before = max(whole.before, _first_before(block.columns))
    x = 0.0
    for column in block.columns:
        part = _stack(column.blocks, width * column.share, measure)
        merge(whole, part, x, 0.0)
        whole.height = max(whole.height, part.height)
        x += width * column.share
    return whole


def _first_before(columns: Sequence[Column]) -> float:
    """Space above a row of columns: that of the paragraphs they begin with."""
    firsts = [column.blocks[0] for column in columns if column.blocks]
    return max((item.style.before for item in firsts if isinstance(item, Paragraph)), default=0.0)


def _framed(block: Framed, width: float, measure: TextMeasure) -> Strip:
    font = font_of(block.style)
    text = block.text.upper() if block.style.caps else block.text
    inner = measure.advance(font, text)
    ascent, descent = measure.ascent(font), measure.descent(font)
    left = (width - inner) / 2 - _FRAME_PAD_X
    right = left + inner + 2 * _FRAME_PAD_X
    bottom = ascent + descent + 2 * _FRAME_PAD_Y
    corners = ((left, 0.0), (right, 0.0), (right, bottom), (left, bottom), (left, 0.0))
    strip = Strip(height=bottom)
    strip.texts.append(TextItem(left + _FRAME_PAD_X, _FRAME_PAD_Y + ascent, text, font, 0.0))
    strip.rules += [RuleItem(*start, *end, RULE_WIDTH) for start, end in pairwise(corners)]
    return strip


def _grid(block: Grid, measure: TextMeasure) -> Strip:
    font = font_of(block.style)
    height = line_height(block.style, measure)
    pitch = block.pitch * POINTS_PER_MM
    strip = Strip(height=height * len(block.rows), before=block.style.before)
    strip.texts = [
        TextItem(column * pitch, (row + 1) * height - measure.descent(font), token, font, 0.0)
        for row, tokens in enumerate(block.rows)
        for column, token in enumerate(tokens)
    ]
    return strip


@lru_cache(maxsize=64)
def code_modules(payload: str) -> tuple[bytes, ...]:
    """The modules of the QR code for `payload`, one byte each, level M (ISO/IEC 18004)."""
    code = segno.make(payload, error="m", micro=False, boost_error=False)
    return tuple(bytes(row) for row in code.matrix)


def _code(block: QrCode) -> Strip:
    rows = code_modules(block.payload)
    size = block.size * POINTS_PER_MM
    module = size / (len(rows) + 2 * _QUIET)
    strip = Strip(height=size)
    # The quiet zone on the left is the margin of the page: only what the layout needs is kept.
    strip.codes.append(CodeItem(0.0, _QUIET * module / 2, module, rows))
    return strip


def _table(table: Table, width: float, measure: TextMeasure) -> list[Strip]:
    widths = [column.share * width for column in table.columns]
    edges = [0.0]
    for share in widths:
        edges.append(edges[-1] + share)
    grid = tuple(edges)
    aligns = tuple(column.align for column in table.columns)
    titles = tuple(column.title for column in table.columns)
    centred = (Align.CENTER,) * len(titles)
    row_maker = _RowMaker(grid, measure)
    head = row_maker.make(titles, centred, table.head, middle=True)
    head.keep_next = True
    head.before = table.before
    strips = [head]
    strong = _bold(table.cell)
    for index, cells in enumerate(table.rows):
        heading = index in table.bold_rows
        strip = row_maker.make(cells, aligns, strong if heading else table.cell)
        strip.head = head
        strip.keep_next = heading
        strip.height = max(strip.height, table.least)
        strips.append(strip)
    if table.total is not None:
        strips[-1].keep_next = True
        total = row_maker.make(table.total, aligns, strong)
        total.head = head
        strips.append(total)
    return strips


def _bold(style: TextStyle) -> TextStyle:
    return TextStyle(
        size=style.size, bold=True, italic=style.italic, line_spacing=style.line_spacing
    )


class _RowMaker:
    """Rows of one table: what stays the same from row to row is worked out once."""

    def __init__(self, edges: tuple[float, ...], measure: TextMeasure) -> None:
        self._edges = edges
        self._measure = measure

    def make(
        self,
        cells: tuple[str, ...],
        aligns: tuple[Align, ...],
        style: TextStyle,
        *,
        middle: bool = False,
    ) -> Strip:
        edges = self._edges
        if len(cells) != len(edges) - 1:
            raise ValueError("a table row has as many cells as the table has columns")
        measure = self._measure
        font = font_of(style)
        height = line_height(style, measure)
        baseline = _CELL_PAD_Y + height - measure.descent(font)
        texts: list[TextItem] = []
        wrapped: list[tuple[int, int]] = []
        most = 1
        for index, cell in enumerate(cells):
            if not cell:
                continue
            left = edges[index] + _CELL_PAD_X
            room = edges[index + 1] - _CELL_PAD_X - left
            natural = measure.advance(font, cell)
            if natural <= room:
                wrapped.append((len(texts), 1))
                texts.append(
                    TextItem(
                        left + _shift(aligns[index], room - natural), baseline, cell, font, 0.0
                    )
                )
                continue
            paragraph = Paragraph((Run(cell),), _aligned(style, aligns[index]))
            lines = break_paragraph(paragraph, room, measure)
            most = max(most, len(lines))
            wrapped.append((len(texts), len(lines)))
            for row, line in enumerate(lines):
                texts += [
                    TextItem(left + part.x, baseline + row * height, part.text, part.font, 0.0)
                    for part in line.segments
                ]
        strip = Strip(height=most * height + 2 * _CELL_PAD_Y, columns=edges)
        strip.texts = _centred(texts, wrapped, most, height) if middle else texts
        return strip


def _centred(
    texts: list[TextItem], wrapped: list[tuple[int, int]], most: int, height: float
) -> list[TextItem]:
    """Cells with fewer lines than the highest one are moved to the middle of the row."""
    moved = list(texts)
    for start, count in wrapped:
        down = (most - count) * height / 2
        for index in range(start, start + count):
            item = texts[index]
            moved[index] = item._replace(y=item.y + down)
    return moved


def _shift(align: Align, room: float) -> float:
    if align is Align.CENTER:
        return room / 2
    if align is Align.RIGHT:
        return room
    return 0.0


def _aligned(style: TextStyle, align: Align) -> TextStyle:
    return TextStyle(
        size=style.size,
        bold=style.bold,
        italic=style.italic,
        align=align,
        line_spacing=style.line_spacing,
    )
