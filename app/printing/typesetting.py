"""Breaking paragraphs into lines. Knows no device: text is measured through `TextMeasure`.

Lines break between words only and are justified by widening the spaces, never the letters, so a
Vietnamese letter and its marks are one glyph wherever it stands. All lengths are points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from app.reports.document import Align, Paragraph, Run, TextStyle

POINTS_PER_MM = 72 / 25.4
#: Below this room a row of dots would be no use to a pen, and gets a line of its own.
_LEAST_FILL = 60.0
_GLUE = "\N{NO-BREAK SPACE}"


class FontSpec(NamedTuple):
    """A cut of the document font; `size` in points."""

    size: float
    bold: bool
    italic: bool


class TextMeasure(Protocol):
    """Text metrics in points."""

    def advance(self, font: FontSpec, text: str) -> float:
        """Width of `text` set in one piece."""

    def ascent(self, font: FontSpec) -> float:
        """Height above the baseline."""

    def descent(self, font: FontSpec) -> float:
        """Depth below the baseline."""


class Segment(NamedTuple):
    """Text of one font at `x`, its spaces widened by `spacing`."""

    x: float
    text: str
    font: FontSpec
    spacing: float


class Line(NamedTuple):
    """One line: its segments, where its ink begins and how wide it is."""

    segments: tuple[Segment, ...]
    x: float
    width: float


_Piece = tuple[str, FontSpec]
_Word = list[_Piece]


def font_of(style: TextStyle, run: Run | None = None) -> FontSpec:
    """The cut a run of this style is set in."""
    bold = style.bold if run is None or run.bold is None else run.bold
    italic = style.italic if run is None or run.italic is None else run.italic
    return FontSpec(style.size, bold, italic)


def line_height(style: TextStyle, measure: TextMeasure) -> float:
    """Distance of two baselines of this style."""
    font = font_of(style)
    return (measure.ascent(font) + measure.descent(font)) * style.line_spacing


def break_paragraph(paragraph: Paragraph, width: float, measure: TextMeasure) -> list[Line]:
    """The lines of a paragraph in a column of `width`, at least one."""
    style = paragraph.style
    left = style.left_indent * POINTS_PER_MM
    first = left + style.first_indent * POINTS_PER_MM
    simple = _single_line(paragraph, first, width, measure)
    if simple is not None:
        return [simple]
    words = _words(paragraph.runs, style)
    rows = _fill_rows(words, first, left, width, measure)
    if style.align is Align.CENTER and len(rows) > 1:
        rows = _balanced(words, rows, width, measure)
    lines = [
        _set_line(
            row,
            start=first if index == 0 else left,
            width=width,
            align=_align_of(style.align, last=index == len(rows) - 1),
            measure=measure,
        )
        for index, row in enumerate(rows)
    ]
    if paragraph.fill:
        _fill_with_dots(lines, left, width, font_of(style), measure)
    return lines


def _single_line(
    paragraph: Paragraph, first: float, width: float, measure: TextMeasure
) -> Line | None:
    """The common case, measured once: one run that fits the line."""
    if len(paragraph.runs) != 1 or paragraph.fill:
        return None
    run = paragraph.runs[0]
    text = _said(run, paragraph.style).replace(_GLUE, " ")
    font = font_of(paragraph.style, run)
    natural = measure.advance(font, text)
    if natural > width - first:
        return None
    x = first + _offset(_align_of(paragraph.style.align, last=True), width - first - natural)
    return Line((Segment(x, text, font, 0.0),), x, natural)


def _align_of(align: Align, *, last: bool) -> Align:
    return Align.LEFT if align is Align.JUSTIFY and last else align


def _offset(align: Align, room: float) -> float:
    if align is Align.CENTER:
        return room / 2
    if align is Align.RIGHT:
        return room
    return 0.0


def _said(run: Run, style: TextStyle) -> str:
    return run.text.upper() if style.caps else run.text


def _words(runs: Iterable[Run], style: TextStyle) -> list[_Word]:
    """Words as lists of pieces: a word may change its font in the middle."""
    words: list[_Word] = [[]]
    for run in runs:
        font = font_of(style, run)
        for index, part in enumerate(_said(run, style).split(" ")):
            if index:
                words.append([])
            if part:
                # Glued words break nowhere, but are drawn, copied and widened as others are.
                words[-1].append((part.replace(_GLUE, " "), font))
    return [word for word in words if word]


def _fill_rows(
    words: Sequence[_Word], first: float, left: float, width: float, measure: TextMeasure
) -> list[list[_Word]]:
    rows: list[list[_Word]] = [[]]
    room = width - first
    used = 0.0
    for word in _cut_long_words(words, width - max(first, left), measure):
        natural = sum(measure.advance(font, text) for text, font in word)
        gap = measure.advance(word[0][1], " ") if rows[-1] else 0.0
        if rows[-1] and used + gap + natural > room:
            rows.append([])
            room, used, gap = width - left, 0.0, 0.0
        rows[-1].append(word)
        used += gap + natural
    return rows


def _balanced(
    words: Sequence[_Word], rows: list[list[_Word]], width: float, measure: TextMeasure
) -> list[list[_Word]]:
    """As many rows, as even as can be: the name of an agency is not left with one word below."""
    longest = max(sum(measure.advance(font, text) for text, font in word) for word in words)
    low, high = min(longest, width), width
    while high - low > 0.5:
        middle = (low + high) / 2
        tried = _fill_rows(words, 0.0, 0.0, middle, measure)
        if len(tried) == len(rows):
            rows, high = tried, middle
        else:
            low = middle
    return rows


def _cut_long_words(words: Iterable[_Word], width: float, measure: TextMeasure) -> Iterable[_Word]:
    """A word wider than a line (a file name) is cut where the line ends."""
    for word in words:
        if sum(measure.advance(font, text) for text, font in word) <= width:
            yield word
            continue
        for text, font in word:
            start = 0
            for end in range(1, len(text) + 1):
                if end - start > 1 and measure.advance(font, text[start:end]) > width:
                    yield [(text[start : end - 1], font)]
                    start = end - 1
            yield [(text[start:], font)]


def _set_line(
    row: Sequence[_Word], *, start: float, width: float, align: Align, measure: TextMeasure
) -> Line:
    pieces = _joined(row)
    widths = [measure.advance(font, text) for text, font in pieces]
    natural = sum(widths)
    room = width - start - natural
    spaces = sum(text.count(" ") for text, _font in pieces)
    spacing = room / spaces if align is Align.JUSTIFY and spaces else 0.0
    x = start + _offset(align, room)
    begin = x
    segments = []
    for (text, font), advance in zip(pieces, widths, strict=True):
        segments.append(Segment(x, text, font, spacing))
        x += advance + spacing * text.count(" ")
    return Line(tuple(segments), begin, x - begin)


def _joined(row: Sequence[_Word]) -> list[_Piece]:
    """Words with their spaces, neighbours of one font joined: what is drawn in one piece."""
    pieces: list[_Piece] = []
    for index, word in enumerate(row):
        for place, (text, font) in enumerate(word):
            lead = " " if index and not place else ""
            if pieces and pieces[-1][1] == font:
                pieces[-1] = (pieces[-1][0] + lead + text, font)
            elif lead:
                # The space belongs to the run before it, as in the source.
                pieces[-1] = (pieces[-1][0] + lead, pieces[-1][1])
                pieces.append((text, font))
            else:
                pieces.append((text, font))
    return pieces


def _fill_with_dots(
    lines: list[Line], left: float, width: float, font: FontSpec, measure: TextMeasure
) -> None:
    dot = measure.advance(font, "." * 16) / 16
    gap = measure.advance(font, " ")
    last = lines[-1]
    x = last.x + last.width + gap
    if width - x >= _LEAST_FILL:
        dots = "." * int((width - x) / dot)
        segment = Segment(x, dots, font, 0.0)
        lines[-1] = Line((*last.segments, segment), last.x, x + len(dots) * dot - last.x)
        return
    dots = "." * int((width - left) / dot)
    lines.append(Line((Segment(left, dots, font, 0.0),), left, len(dots) * dot))
