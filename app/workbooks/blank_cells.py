"""Leaves out of a sheet's markup what only formats: rows and runs of cells that hold nothing.

Whoever colours whole columns makes a file of millions of such cells. A parser that reports each one
takes a minute over what these two patterns pass by in seconds. Refuses to touch anything else: of
every run the last is kept, so that rows and cells without a number of their own stay in place.
"""

from __future__ import annotations

import re

_CELL = rb'<c r="[A-Z]{1,3}[0-9]{1,7}"[^<>]*(?:/>|></c>)'
_CELLS = re.compile(rb"%b\s*(?=%b)" % (_CELL, _CELL))
_ROW = rb'<row r="[0-9]{1,8}"[^<>]*(?:/>|>\s*(?:%b\s*)*</row>)' % _CELL
_ROWS = re.compile(rb"(?:%b\s*)+(%b)" % (_ROW, _ROW))
#: What an empty row or cell ends in, and hardly another.
_ENDS_OF_ROWS = (b"/></row>", b'"></row>', b"/><row ", b'"></c></row>')
_ENDS_OF_CELLS = (b"/><c ", b'"></c>')
#: So many empty rows or cells in a block make it worth the while.
_MANY = 64


class BlankSieve:
    """Takes the blocks of one part in order."""

    def __init__(self) -> None:
        self._before = b""
        self._off = False

    def __call__(self, block: bytes) -> bytes:
        """The block without what holds nothing. What a block's end cuts through stays."""
        # In a comment or a CDATA section the same signs would be text.
        self._off = self._off or b"<!" in self._before + block
        self._before = block[-1:]
        if self._off:
            return block
        if (
            block.count(b"/></row>") + block.count(b"/><row ") + block.count(b'"></c></row>')
            > _MANY
        ):
            block = _ROWS.sub(rb"\1", block)
        if sum(map(block.count, _ENDS_OF_ROWS)) > _MANY:
            block = _ROWS.sub(rb"\1", block)
        blank = sum(map(block.count, _ENDS_OF_CELLS))
        if blank > _MANY and blank * 2 > block.count(b"<c "):
            block = _CELLS.sub(b"", block)
        return block
