"""Watches a zstd stream pass by: one frame, bounded window, checksum, a proper end, nothing after.

The streaming reader of the library neither reports a frame that was cut nor data behind its end, so
the structure (RFC 8878 section 3.1) is followed here while the bytes go to the decompressor. Only
block headers are looked at; a block is at most 128 KiB, so this costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

MAX_WINDOW = 8 << 20
_MAGIC = b"\x28\xb5\x2f\xfd"
_DICTIONARY_BYTES = (0, 1, 2, 4)
_SIZE_BYTES = (0, 2, 4, 8)


class BadFrame(ValueError):
    """The stream is not one well-formed frame. `window` tells a window beyond the limit."""

    def __init__(self, rule: str, *, window: bool = False) -> None:
        super().__init__(rule)
        self.rule = rule
        self.window = window


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class FrameWatch:
    """A source for the decompressor that raises BadFrame as soon as a rule is broken."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._head = bytearray()
        self._wanted = 5  # magic number and frame header descriptor
        self._skip = 0
        self._next: Callable[[bytes], None] = self._descriptor
        self._last_block = False
        self._ended = False

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(size)
        if not data and not self._ended:
            raise BadFrame("cut")
        self._follow(data)
        return data

    def _follow(self, data: bytes) -> None:
        place = 0
        while place < len(data):
            if self._skip:
                step = min(self._skip, len(data) - place)
                self._skip -= step
                place += step
                continue
            if self._ended:
                raise BadFrame("data-after-end")
            piece = data[place : place + self._wanted - len(self._head)]
            self._head += piece
            place += len(piece)
            if len(self._head) == self._wanted:
                head = bytes(self._head)
                self._head.clear()
                self._next(head)

    def _descriptor(self, head: bytes) -> None:
        if head[:4] != _MAGIC:
            raise BadFrame("magic")
        flags = head[4]
        if flags & 0b11:
            raise BadFrame("dictionary")
        if flags & 0b1000 or not flags & 0b100:
            raise BadFrame("checksum")
        single = bool(flags & 0b100000)
        size_bytes = _SIZE_BYTES[flags >> 6] or int(single)
        self._single = single
        self._wanted = size_bytes + int(not single)
        self._next = self._window

    def _window(self, head: bytes) -> None:
        if self._single:
            size = int.from_bytes(head, "little") + (256 if len(head) == 2 else 0)
        else:
            base = 1 << (10 + (head[0] >> 3))
            size = base + base // 8 * (head[0] & 7)
        if size > MAX_WINDOW:
            raise BadFrame("window", window=True)
        self._expect_block()

    def _expect_block(self) -> None:
        self._wanted = 3
        self._next = self._block

    def _block(self, head: bytes) -> None:
        value = int.from_bytes(head, "little")
        kind, size = value >> 1 & 3, value >> 3
        if kind == 3:
            raise BadFrame("block-type")
        self._skip = 1 if kind == 1 else size
        if value & 1:
            self._wanted = 4
            self._next = self._checksum

    def _checksum(self, _head: bytes) -> None:
        self._ended = True  # its value is checked by the decompressor
