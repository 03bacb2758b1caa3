"""What a command prints: one answer on stdout, everything about the way there on stderr.

Whatever stands in a name of a file or a cell, nothing that is printed steers the terminal. With
`--json` stdout holds exactly one JSON document and nothing else, also when a command fails.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TextIO, TypeAlias

from app.errors import AppError
from app.i18n import error_text, number, plain, text

#: What `json` can write: plain containers, texts, numbers.
Document: TypeAlias = object
_BETWEEN_LINES = 0.2  # seconds


def use_utf8() -> None:
    """stdout and stderr write UTF-8, whatever the console of this PC would choose."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


class Output:
    """The two streams of one command."""

    def __init__(self, *, as_json: bool, out: TextIO, notes: TextIO) -> None:
        self.as_json = as_json
        self._out = out
        self._notes = notes
        self._answered = False

    def answer(self, document: Document, lines: Iterable[str]) -> None:
        """The answer of the command: the document with `--json`, else the lines."""
        if self.as_json:
            self.raw(json.dumps(document, ensure_ascii=False))
            return
        for line in lines:
            self._out.write(plain(line, keep="\n\t") + "\n")

    def raw(self, document: str) -> None:
        """A JSON document that is already written out."""
        self._answered = True
        self._out.write(document + "\n")

    def note(self, line: str) -> None:
        """A sentence about what is going on; never part of the answer."""
        self._notes.write(plain(line, keep="\n\t") + "\n")

    def failure(self, error: AppError) -> None:
        """What happened and what to do next."""
        self.failed(error.message_id, error_text(error))

    def failed(self, message_id: str, sentence: str) -> None:
        """A failure: a sentence for people and, with `--json`, a document that says the same."""
        self.note(sentence)
        if self.as_json and not self._answered:
            self.raw(json.dumps({"error": message_id, "message": sentence}, ensure_ascii=False))

    def steps(self, what: str) -> Steps:
        """Progress lines for a long command; `what` is a message id."""
        return Steps(self._notes, what)


class Steps:
    """One line on a terminal that counts and estimates; silent where there is no terminal."""

    def __init__(self, notes: TextIO, what: str) -> None:
        self._notes = notes if notes.isatty() else None
        self._id, self._what = what, text(what)
        self._began = time.monotonic()
        self._last = 0.0
        self._width = 0

    def show(self, done: int, total: int) -> None:
        """Write how far it is. At most five times a second."""
        now = time.monotonic()
        if self._notes is None or now - self._last < _BETWEEN_LINES:
            return
        self._last = now
        line = f"{self._what}: {self._so_far(done, total, now - self._began)}"
        self._notes.write("\r" + line.ljust(self._width))
        self._notes.flush()
        self._width = len(line)

    def phase(self, name: str) -> None:
        """Another part of the work begins: its own words, and an estimate of its own."""
        self._what, self._began = text(f"{self._id}.{name}"), time.monotonic()

    def _so_far(self, done: int, total: int, seconds: float) -> str:
        if not total:
            return text("cli.progress.count", done=number(done))
        if not done or seconds < 1:
            return text("cli.progress.of", done=number(done), total=number(total))
        left = round(seconds * (total - done) / done)
        return text(
            "cli.progress.left", done=number(done), total=number(total), seconds=number(left)
        )

    def end(self) -> None:
        """Take the line away."""
        if self._notes is not None and self._width:
            self._notes.write("\r" + " " * self._width + "\r")
            self._notes.flush()


def columns(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table, columns as wide as their widest cell."""
    cells = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(headings))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
