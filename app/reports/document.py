"""What a printed document is made of: sections of blocks, each block carrying its named style.

Pure data. Nothing here measures text or knows a printer; `app.printing` lays a document out with
real text metrics and paints it. Lengths of the paper are millimetres, of type points (1/72 inch).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Align(Enum):
    """How a line stands between the edges of its column."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    JUSTIFY = "justify"


@dataclass(frozen=True, slots=True)
class PageStyle:
    """Paper and margins in millimetres; `number` is the style of the page number."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    number: TextStyle
    footer: TextStyle


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Type of a paragraph.

    `size`, `before` (space above) in points; indents in millimetres; `line_spacing` as a multiple
    of the height of a single line; `caps` sets the whole text in capitals.
    """

    size: float
    bold: bool = False
    italic: bool = False
    caps: bool = False
    align: Align = Align.LEFT
    first_indent: float = 0.0
    left_indent: float = 0.0
    before: float = 0.0
    line_spacing: float = 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; `bold` and `italic` override the style of the paragraph when given."""

    text: str
    bold: bool | None = None
    italic: bool | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text, broken between words only.

    `rule` draws a line under the last line of text, as a share of that line's width (0: none).
    `fill` completes the last line with a row of dots, room for a pen.
    """

    runs: tuple[Run, ...]
    style: TextStyle
    rule: float = 0.0
    fill: bool = False
    keep_with_next: bool = False


@dataclass(frozen=True, slots=True)
class Space:
    """Empty height in points."""

    points: float


@dataclass(frozen=True, slots=True)
class Framed:
    """A mark in a frame just as wide as its text, centred in its column."""

    text: str
    style: TextStyle


@dataclass(frozen=True, slots=True)
class Grid:
    """Short tokens set in cells of equal width (`pitch`, mm) so that two rows can be compared."""

    rows: tuple[tuple[str, ...], ...]
    pitch: float
    style: TextStyle


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code (error correction level M); `size` in millimetres includes the quiet zone."""

    payload: str
    size: float


@dataclass(frozen=True, slots=True)
class Column:
    """One of several columns side by side; `share` is its part of the width."""

    share: float
    blocks: tuple[ColumnBlock, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns that stay together on one page; all begin at the same height."""

    columns: tuple[Column, ...]
    before: float = 0.0
    keep_with_next: bool = False


@dataclass(frozen=True, slots=True)
class Signatures:
    """Columns of signatures: never broken, and never alone on a page."""

    columns: tuple[Column, ...]
    before: float = 0.0


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table; `share` is its part of the width."""

    title: str
    share: float
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table. Its head is repeated on every page, its total row never stands alone.

    Rows whose index is in `bold_rows` are headings: bold, and never the last on a page. `least` is
    how high a row is at least, in points: room to write in by hand.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    head: TextStyle
    cell: TextStyle
    total: tuple[str, ...] | None = None
    bold_rows: frozenset[int] = frozenset()
    before: float = 0.0
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new page."""


ColumnBlock = Paragraph | Space | Framed | Grid | QrCode
Block = ColumnBlock | Columns | Signatures | Table | PageBreak


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that begin a new page and count their pages from 1.

    The number is shown from page 2. `footer` is (left, right), the last line of every page.
    """

    blocks: tuple[Block, ...]
    footer: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. `title` goes into the file's metadata and must name no person."""

    title: str
    page: PageStyle
    sections: tuple[Section, ...]
