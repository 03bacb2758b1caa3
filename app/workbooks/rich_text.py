"""The text of one cell in runs, each in a font of its own, and whether any of it is old text.

A run without a font is in the font of its cell. Old text is read run by run: half a cell may stand
in `.VnTime` and half in a font of Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.text.old_text import OldEncoding, Recognised, convert, encoding_of_font
from app.workbooks.cells import LONGEST_JUDGED, OldText, judged_text

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """`_x000D_` and the like are characters that XML cannot hold (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text; `font` is None where the cell's font goes for it."""

    text: str
    font: str | None


class RichText(str):
    """A text of several runs of which one names a font."""

    __slots__ = ("runs",)
    runs: tuple[Run, ...]

    def __new__(cls, runs: Sequence[Run]) -> RichText:
        """The runs as one text."""
        made = super().__new__(cls, "".join(run.text for run in runs))
        made.runs = tuple(runs)
        return made


def in_font(text: str, font: OldEncoding | None) -> str:
    """The text of a cell whose own font is made for that code; an OldText where it is one."""
    if len(text) > LONGEST_JUDGED:
        return str(text)
    if font is None and not isinstance(text, RichText):
        return judged_text(text)
    if isinstance(text, RichText):
        codes = [
            (run.text, font if run.font is None else encoding_of_font(run.font))
            for run in text.runs
        ]
    else:
        codes = [(text, font)]
    named = next((code for _, code in codes if code is not None), None)
    if named is None:
        return judged_text(str(text))
    converted = unicodedata.normalize(
        "NFC",
        "".join(piece if code is None else convert(piece, code) for code, piece in _joined(codes)),
    )
    # Digits and plain letters are the same in either font.
    if converted == unicodedata.normalize("NFC", text):
        return str(text)
    return OldText(str(text), Recognised(named, converted))


def _joined(
    codes: Sequence[tuple[str, OldEncoding | None]],
) -> list[tuple[OldEncoding | None, str]]:
    """Neighbouring runs of one code as one: a word may be cut anywhere."""
    return [
        (code, "".join(text for text, _ in runs))
        for code, runs in groupby(codes, key=lambda one: one[1])
    ]


class RunCollector:
    """Takes the pieces of a text as the parser brings them."""

    def __init__(self) -> None:
        self._done: list[Run] = []
        self._font: str | None = None
        self._fonts = False

    def note(self, element: str, attributes: Mapping[str, str], pieces: list[str]) -> None:
        """A run begins (`r`), which ends what came before it, or names its font (`rFont`)."""
        if element == "r":
            self._end(pieces)
        else:
            self._font = attributes.get("val")
            self._fonts = self._fonts or self._font is not None

    def _end(self, pieces: list[str]) -> None:
        if pieces:
            self._done.append(Run(unescape("".join(pieces)), self._font))
            pieces.clear()
        self._font = None

    def finish(self, pieces: list[str]) -> str:
        """The whole text; forgets it."""
        self._end(pieces)
        text = RichText(self._done) if self._fonts else "".join(run.text for run in self._done)
        self._done = []
        self._font = None
        self._fonts = False
        return text
