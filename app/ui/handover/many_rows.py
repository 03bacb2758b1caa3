"""The list of many files: what each is, what it would bring, and what it brought.

What a person has to look after stands on top: nobody reads a hundred lines that went well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QColor

from app.i18n import number, text
from app.services.exchange import Received
from app.services.handover_looking import FileLook
from app.services.handover_receiving import FileResult, Inspection, is_left_out
from app.services.handover_stated import differs, stated_words
from app.services.missing_numbers import gap_words
from app.ui.handover.received_facts import minded_words
from app.ui.line_table import LineRows
from app.ui.theme import Theme

FILE, FROM, SEQ, WHAT = range(4)
_HEADINGS = tuple(f"handovers.many.{one}" for one in ("file", "from", "number", "what"))
#: The state of a file that only lies on the same stick: it is another unit's, or was made here.
ELSEWHERE = "elsewhere"
#: The states of a line in the order of the list.
_URGENCY = ("error", "warning", "", "done", ELSEWHERE)
_SIGNS = {
    "done": "\N{CHECK MARK} ",
    "warning": "\N{BLACK UP-POINTING TRIANGLE} ",
    "error": "\N{MULTIPLICATION X} ",
    "": "",
    ELSEWHERE: "",
}


class FileLine:
    """A file with what is known of it, and what became of it."""

    def __init__(self, look: FileLook) -> None:
        self.look = look
        #: What taking it in would bring, once somebody asked.
        self.preview: FileResult | None = None
        self.result: FileResult | None = None

    @property
    def is_left(self) -> bool:
        """Whether it can be taken in and was not: nobody tried yet, or somebody stopped before."""
        return self.look.fits and (self.result is None or is_left_out(self.result))

    @property
    def state(self) -> str:
        """The state of the theme that its words are told in."""
        result, look = self.result, self.look
        if result is not None and not is_left_out(result):
            if result.received is None:
                return "done" if result.status == "already" else "error"
            return "warning" if result.received.needs_a_person else "done"
        if look.seen is None:
            return ELSEWHERE if look.elsewhere else "error"
        if self.preview is not None and self.preview.status != "already":
            got = self.preview.received
            if got is None:
                return "error"
            if got.needs_a_person:
                return "warning"
        return "warning" if look.missing is not None or look.seen.time_question else ""

    @property
    def words(self) -> str:
        """What it would bring, what it brought, or in short why it cannot be received."""
        result, look = self.result, self.look
        if result is not None:
            return _came_to(result)
        seen = look.seen
        if seen is None:
            return look.short or _in_one_line(look.why_not)
        if seen.already:
            return text("handovers.many.already")
        said = [self._would(seen)]
        if look.missing is not None:
            said.append(gap_words("handovers.many.missing", look.missing))
        if seen.time_question:
            said.append(text("handovers.many.clock"))
        return " · ".join(said)

    @property
    def whole(self) -> str:
        """The same at length, with what to do, and the name of the file once."""
        name, words = self.look.file.name, self.words
        result = self.result
        if result is None and self.preview is not None and self.preview.status == "rejected":
            result = self.preview
        if result is not None and result.status == "rejected" and not is_left_out(result):
            words = _in_one_line(result.message)
        elif result is None and self.look.seen is None:
            words = _in_one_line(self.look.why_not)
        return words if name in words else f"{name}: {words}"

    def _would(self, seen: Inspection) -> str:
        if self.preview is not None:
            return _came_to(self.preview, "handovers.many.would_bring")
        return text(
            "handovers.many.would",
            households=number(seen.households),
            children=number(seen.children),
        )


def _in_one_line(words: str) -> str:
    return " ".join(words.split("\n"))


def _came_to(result: FileResult, brought: str = "handovers.many.brought") -> str:
    if is_left_out(result):
        return text("handovers.many.left")
    got = result.received
    if got is None:
        if result.status == "already":
            return text("handovers.many.already")
        return result.short or _in_one_line(result.message)
    said = [text(brought, counts=_counts(got))]
    if got.needs_a_person:
        said.append(minded_words(got))
    if got.stated is not None and got.counted is not None and differs(got.stated, got.counted):
        said.append(stated_words(got.stated, got.counted))
    said += [one.message for one in result.besides]
    return " · ".join(said)


def _counts(got: Received) -> str:
    """Households and children apart: together they are no number that anybody could check."""
    pairs = (
        ("new", got.households_new, got.children_new),
        ("changed", got.households_changed, got.children_changed),
    )
    said = [
        text(f"handovers.many.{key}", households=number(homes), children=number(children))
        for key, homes, children in pairs
        if homes or children
    ]
    return " · ".join(said) or text("handovers.many.nothing")


class FileRows(LineRows[FileLine]):
    """The model."""

    def __init__(self, theme: Theme, unit_name: Callable[[str], str]) -> None:
        super().__init__(theme, _HEADINGS)
        self._unit_name = unit_name

    def show_files(self, found: Sequence[FileLook]) -> None:
        """Show what was looked at."""
        self.show_sorted([FileLine(one) for one in found])

    def show_sorted(self, lines: Sequence[FileLine]) -> None:
        """Show lines, those first that a person has to look after, else in their order."""
        self.show_lines(sorted(lines, key=lambda one: _URGENCY.index(one.state)))

    def count(self, state: str) -> int:
        """How many lines are in a state."""
        return sum(1 for one in self.lines if one.state == state)

    def words(self, row: FileLine, column: int) -> str:
        claim = row.look.claim
        if column == FILE:
            return row.look.file.name
        if column == FROM:
            return "" if claim is None else self._unit_name(claim.unit)
        if column == SEQ:
            return "" if claim is None else number(claim.seq)
        return f"{_SIGNS[row.state]}{row.words}"

    def colour(self, row: FileLine, column: int) -> QColor | None:
        if column != WHAT or not row.state:
            return None
        return self._theme.colour("muted" if row.state == ELSEWHERE else row.state)
