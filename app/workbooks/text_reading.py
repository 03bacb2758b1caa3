"""Text files with separators, as Excel, old programs and people write them.

Finds out the encoding (UTF-8, UTF-16, Windows-1258) and the separator; refuses a file whose letters
would come out wrong, and one that was cut off. Texts of the old fonts (TCVN3, VNI) come out as
Excel shows them, with what they say beside (OldText).
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from app.text.old_fonts import is_old_font_bytes
from app.text.old_text import OldEncoding
from app.workbooks.cells import BadFile, OldText, SheetRow, judged_text
from app.workbooks.file_kinds import MAX_UNPACKED, FileKind
from app.workbooks.merged import Merges
from app.workbooks.xlsx_parts import Visibility

_BLOCK = 1 << 20
_SEPARATORS = (";", "\t", ",", "|")
_SAMPLE_LINES = 30
#: As Excel reads the bytes of an old text: one sign for each.
_OLD_BYTES = "cp1252"
#: Longest cell; beyond it a quote was left open.
_MAX_CELL = 1 << 17
csv.field_size_limit(_MAX_CELL)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a first pass over the file found: encoding, line ends, and whether the last is there."""

    encoding: str
    lines: int
    ends_with_line: bool


class TextFile:
    """An open text file: one sheet without a name. Use as a context."""

    from_1904 = False

    def __init__(self, path: Path, kind: FileKind) -> None:
        self.file = path.name
        self._path = path
        self._kind = kind
        self._found = self._look_through()
        self._separator, self._skip = self._separator_of()

    def close(self) -> None:
        """Nothing is held open between passes."""

    @property
    def sheets(self) -> tuple[str, ...]:
        """The one sheet."""
        return ("",)

    @property
    def hidden_sheets(self) -> Mapping[str, Visibility]:
        """None: a text hides nothing."""
        return {}

    def hidden_columns(self, sheet: str) -> frozenset[int]:  # noqa: ARG002 -- there is but one
        """None: a text hides nothing."""
        return frozenset()

    def expected_rows(self, sheet: str) -> int:  # noqa: ARG002 -- there is but one
        """The number of lines."""
        return self._found.lines

    def merges(self, sheet: str) -> Merges:  # noqa: ARG002 -- there is but one
        """None: a text merges nothing."""
        return Merges()

    def _bytes(self) -> BinaryIO:
        try:
            if self._kind is FileKind.GZIP:
                return cast("BinaryIO", gzip.open(self._path, "rb"))
            return self._path.open("rb")
        except OSError as problem:
            raise BadFile("unreachable", self.file) from problem

    def _blocks(self) -> Iterator[bytes]:
        total = 0
        with self._bytes() as file:
            while True:
                try:
                    block = file.read(_BLOCK)
                except EOFError as problem:
                    raise BadFile("cut", self.file) from problem
                except (gzip.BadGzipFile, zlib.error) as problem:
                    raise BadFile("cut", self.file) from problem
                except OSError as problem:
                    raise BadFile("unreachable", self.file) from problem
                if not block:
                    return
                total += len(block)
                if total > MAX_UNPACKED:
                    raise BadFile("bomb", self.file)
                yield block

    def _look_through(self) -> _Found:
        blocks = self._blocks()
        first = next(blocks, b"")
        if not first:
            raise BadFile("empty", self.file)
        if self._kind is FileKind.GZIP and first.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise BadFile("no_table", self.file)
        encoding = _marked(first)
        lines, last = first.count(b"\n"), first
        judge = _Utf8() if encoding == "utf-8" else None
        if judge is not None:
            judge.feed(first)
        old = is_old_font_bytes(first)
        for block in blocks:
            lines += block.count(b"\n")
            last = block
            if judge is not None:
                judge.feed(block)
                old = old or is_old_font_bytes(block)
        if judge is not None:
            judge.feed(b"", final=True)
            encoding = self._verdict(judge, old_font=old)
        complete = last.rstrip(b"\0").endswith((b"\n", b"\r"))  # UTF-16 ends in a zero byte
        return _Found(encoding, lines + (not complete), complete)

    def _verdict(self, judge: _Utf8, *, old_font: bool) -> str:
        if judge.broken_line is None:
            return "utf-8-sig"
        if judge.marked or judge.foreign_letters:
            # It was UTF-8 up to here: the file is damaged or cut, not in another encoding.
            raise BadFile("letters", self.file, line=judge.broken_line)
        return _OLD_BYTES if old_font else "cp1258"

    def _text(self) -> IO[str]:
        # newline="" leaves line ends inside quotes to the csv module.
        return io.TextIOWrapper(self._bytes(), encoding=self._found.encoding, newline="")

    def _separator_of(self) -> tuple[str, int]:
        sample: list[str] = []
        try:
            with self._text() as text:
                for line in text:
                    sample.append(line)
                    if len(sample) == _SAMPLE_LINES:
                        break
        except UnicodeDecodeError as problem:
            raise BadFile("letters", self.file, line=len(sample) + 1) from problem
        except OSError as problem:
            raise BadFile("unreachable", self.file) from problem
        named = sample[0].lstrip("\ufeff").strip().lower()
        if named.startswith("sep=") and len(named) <= 5:
            return (named[4:] or "\t"), 1
        return max(_SEPARATORS, key=lambda one: self._regularity(sample, one)), 0

    @staticmethod
    def _regularity(sample: list[str], separator: str) -> tuple[int, int]:
        """How many rows have the same number of cells, and how many: a comma inside addresses
        cuts rows into pieces too, but into ever different numbers of them.
        """
        try:
            widths = Counter(len(row) for row in csv.reader(sample, delimiter=separator))
        except csv.Error:
            return 0, 0
        return max(((rows, width) for width, rows in widths.items() if width > 1), default=(0, 0))

    def rows(
        self,
        sheet: str,  # noqa: ARG002 -- there is but one
        last: int = sys.maxsize,
    ) -> Iterator[SheetRow]:
        """The rows that hold anything, up to line `last`. `number` is that of the line on which a
        row ends.

        Raises BadFile `cut` for an open quote or a last line that stops short, `long_cell` for a
        cell that nobody can have typed, `letters` for bytes that are no text.
        """
        with self._text() as text:
            reader = csv.reader(text, delimiter=self._separator, strict=True)
            widest = ended = 0
            held: SheetRow | None = None
            # A file of bytes is written in one code: what a word does not tell, those above it do.
            old = self._found.encoding == _OLD_BYTES
            code: OldEncoding | None = None
            try:
                for row in reader:
                    ended = reader.line_num
                    if reader.line_num <= self._skip:
                        continue
                    if held is not None:
                        yield held
                        held = None
                    if reader.line_num > last:
                        return
                    if any(row):
                        cells = tuple(judged_text(cell, code) for cell in row)
                        held = SheetRow(reader.line_num, cells)
                        if old:
                            code = next((c.encoding for c in cells if isinstance(c, OldText)), code)
                        widest = max(widest, len(row))
            except csv.Error as problem:
                reason = _what_broke(str(problem), reader.line_num - ended)
                raise BadFile(reason, self.file, line=reader.line_num) from problem
            except UnicodeDecodeError as problem:
                raise BadFile("letters", self.file, line=reader.line_num + 1) from problem
            except OSError as problem:  # the stick was pulled out
                raise BadFile("unreachable", self.file) from problem
            if held is not None:
                if len(held.cells) < widest and not self._found.ends_with_line:
                    raise BadFile("cut", self.file, line=held.number)
                yield held


def _what_broke(said: str, lines: int) -> str:
    """The reason for what the csv module said of a row that goes over so many lines.

    An open quote swallows the rest of the file, up to its end or the longest cell; a cell that is
    too long on a line of its own is just that.
    """
    if "field larger" in said:
        return "long_cell" if lines <= 1 else "cut"
    return "cut" if "unexpected end" in said else "damaged_line"


class _Utf8:
    """Whether bytes are UTF-8, and whether they were until something broke."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._lines = 0
        self.marked = False
        self.foreign_letters = False
        self.broken_line: int | None = None

    def feed(self, block: bytes, *, final: bool = False) -> None:
        if self.broken_line is not None:
            return
        if not self._lines and block.startswith(codecs.BOM_UTF8):
            self.marked = True
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as problem:
            sound = problem.object[: problem.start]
            # A two-byte sequence may be chance in another encoding; longer ones are not.
            self.foreign_letters |= any(char > "\u07ff" for char in sound.decode("utf-8"))
            self.broken_line = self._lines + sound.count(b"\n") + 1
            return
        self._lines += block.count(b"\n")
        if not self.foreign_letters and not text.isascii():
            self.foreign_letters = any(char > "\u07ff" for char in text)


def _marked(first: bytes) -> str:
    """The encoding by its mark, or by the zero bytes of UTF-16 without one; else `utf-8`."""
    if first.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"  # its mark begins like that of UTF-16
    if first.startswith(codecs.BOM_UTF16_LE):
        return "utf-16"
    if first.startswith(codecs.BOM_UTF16_BE):
        return "utf-16"
    head = first[:2000]
    if head[1::2].count(0) * 3 > len(head) // 2:
        return "utf-16-le"
    if head[0::2].count(0) * 3 > len(head) // 2:
        return "utf-16-be"
    return "utf-8"
