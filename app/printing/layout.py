"""Strips become pages. Pure: the same pages are painted on paper, in a PDF and in a preview.

A page never begins or ends with a lone line of a paragraph, a heading or a table head stays with
what follows, and signatures bring the sentence before them along. All lengths are points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.printing.strips import (
    GRID_WIDTH,
    CodeItem,
    RuleItem,
    Strip,
    TextItem,
    merge,
    section_strips,
)
from app.printing.typesetting import POINTS_PER_MM, TextMeasure, font_of, line_height
from app.reports.document import Document, PageStyle, Section

_FOOTER_GAP = 10.0
#: Rounding may not push the last line to the next page.
_SLACK = 0.01


@dataclass(frozen=True, slots=True)
class Page:
    """One page ready to paint, positions measured from the corner of the paper."""

    texts: tuple[TextItem, ...]
    rules: tuple[RuleItem, ...]
    codes: tuple[CodeItem, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """A laid-out document. `width` and `height` of the paper in points."""

    title: str
    width: float
    height: float
    pages: tuple[Page, ...]


_Placed = list[tuple[float, Strip]]


def lay_out(document: Document, measure: TextMeasure) -> Pages:
    """All pages of a document. Raises ValueError when a row is higher than a page."""
    style = document.page
    pages: list[Page] = []
    for section in document.sections:
        width = (style.width - style.left - style.right) * POINTS_PER_MM
        height = (style.height - style.top - style.bottom) * POINTS_PER_MM
        if section.footer is not None:
            height -= line_height(style.footer, measure) + _FOOTER_GAP
        placed = _paginate(section_strips(section, width, measure), height)
        pages += [
            _page(strips, number, section, style, measure)
            for number, strips in enumerate(placed, start=1)
        ]
    return Pages(
        document.title, style.width * POINTS_PER_MM, style.height * POINTS_PER_MM, tuple(pages)
    )


class _Stack:
    """Pages being filled from top to bottom."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.pages: list[_Placed] = [[]]
        self.y = 0.0

    def new_page(self) -> None:
        if self.pages[-1]:
            self.pages.append([])
            self.y = 0.0

    def fits(self, height: float) -> bool:
        return self.y + height <= self.height + _SLACK

    def place(self, strip: Strip) -> None:
        if not self.pages[-1] and strip.head is not None:
            self._put(strip.head)
        if self.pages[-1]:
            self.y += strip.before if strip.head is None else 0.0
        self._put(strip)

    def _put(self, strip: Strip) -> None:
        self.pages[-1].append((self.y, strip))
        self.y += strip.height


def _paginate(strips: Sequence[Strip], height: float) -> list[_Placed]:
    stack = _Stack(height)
    index = 0
    while index < len(strips):
        end = _chain_end(strips, index)
        chain = strips[index:end]
        if chain[0].break_before or not stack.fits(_extent(chain, on_top=not stack.pages[-1])):
            stack.new_page()
        if stack.fits(_extent(chain, on_top=not stack.pages[-1])):
            for strip in chain:
                stack.place(strip)
        else:
            _place_one_by_one(stack, chain)
        index = end
    return stack.pages


def _place_one_by_one(stack: _Stack, chain: Sequence[Strip]) -> None:
    """What is longer than a page is cut where it must."""
    for strip in chain:
        if not stack.fits(_extent([strip], on_top=not stack.pages[-1])):
            stack.new_page()
        if not stack.fits(_extent([strip], on_top=True)) and not stack.pages[-1]:
            raise ValueError("a piece of the document is higher than a page")
        stack.place(strip)


def _chain_end(strips: Sequence[Strip], start: int) -> int:
    """Index after the last strip that must stand on one page with `start`."""
    end = start
    while strips[end].keep_next and end + 1 < len(strips) and not strips[end + 1].break_before:
        end += 1
    return end + 1


def _extent(chain: Sequence[Strip], *, on_top: bool) -> float:
    height = sum(strip.height for strip in chain)
    height += sum(strip.before for strip in chain[1:] if strip.head is None)
    first = chain[0]
    if not on_top:
        return height + (first.before if first.head is None else 0.0)
    return height + (first.head.height if first.head is not None else 0.0)


def _page(
    placed: _Placed, number: int, section: Section, style: PageStyle, measure: TextMeasure
) -> Page:
    left, top = style.left * POINTS_PER_MM, style.top * POINTS_PER_MM
    canvas = Strip()
    for y, strip in placed:
        merge(canvas, strip, left, top + y)
    canvas.rules += _table_grid(placed, left, top)
    if number > 1:
        canvas.texts.append(_page_number(number, style, measure))
    if section.footer is not None:
        canvas.texts += _footer(section.footer, style, measure)
    return Page(tuple(canvas.texts), tuple(canvas.rules), tuple(canvas.codes))


def _table_grid(placed: _Placed, left: float, top: float) -> list[RuleItem]:
    """The lines of the tables of a page: each vertical line is drawn once for all its rows."""
    rules: list[RuleItem] = []
    index = 0
    while index < len(placed):
        columns = placed[index][1].columns
        if columns is None:
            index += 1
            continue
        start = index
        while index < len(placed) and placed[index][1].columns is columns:
            index += 1
        rows = placed[start:index]
        first = top + rows[0][0]
        last = top + rows[-1][0] + rows[-1][1].height
        heights = [top + y for y, _strip in rows] + [last]
        right = left + columns[-1]
        rules += [RuleItem(left + columns[0], y, right, y, GRID_WIDTH) for y in heights]
        rules += [RuleItem(left + x, first, left + x, last, GRID_WIDTH) for x in columns]
    return rules


def _page_number(number: int, style: PageStyle, measure: TextMeasure) -> TextItem:
    """Centred in the top margin (Decree 30/2020/ND-CP annex I part I.7)."""
    font = font_of(style.number)
    text = str(number)
    left = style.left * POINTS_PER_MM
    width = (style.width - style.left - style.right) * POINTS_PER_MM
    middle = style.top * POINTS_PER_MM / 2
    baseline = middle + (measure.ascent(font) - measure.descent(font)) / 2
    return TextItem(left + (width - measure.advance(font, text)) / 2, baseline, text, font, 0.0)


def _footer(footer: tuple[str, str], style: PageStyle, measure: TextMeasure) -> list[TextItem]:
    font = font_of(style.footer)
    baseline = (style.height - style.bottom) * POINTS_PER_MM - measure.descent(font)
    right = (style.width - style.right) * POINTS_PER_MM - measure.advance(font, footer[1])
    left = style.left * POINTS_PER_MM
    return [
        TextItem(left, baseline, footer[0], font, 0.0),
        TextItem(right, baseline, footer[1], font, 0.0),
    ]
