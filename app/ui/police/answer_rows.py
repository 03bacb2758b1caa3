"""The rows of an answered file: what wants a person first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor

from app.i18n import text
from app.services.police.answered_row import AnsweredRow, Verdict
from app.services.police.list_words import converted_words, row_words, why_words
from app.text.days import day_in_words
from app.ui.line_table import LineRows
from app.ui.theme import Theme

ROW, NAME, BORN, VILLAGE, BECOMES, WHAT = range(6)
_HEADINGS = (
    "police.column.row",
    "police.column.child",
    "police.column.born",
    "police.column.village",
    "police.column.becomes",
    "police.column.what",
)
_ORDER = (
    Verdict.DOUBTFUL,
    Verdict.REFUSED,
    Verdict.CHANGES,
    Verdict.NOTES,
    Verdict.CONFIRMS,
    Verdict.SAME,
    Verdict.BLANK,
)
_COLOURS = {
    Verdict.DOUBTFUL: "warning",
    Verdict.REFUSED: "error",
    Verdict.CHANGES: "done",
    Verdict.SAME: "muted",
    Verdict.BLANK: "muted",
}
_SIGNS = {
    Verdict.DOUBTFUL: "\N{BLACK UP-POINTING TRIANGLE}",
    Verdict.REFUSED: "\N{MULTIPLICATION X}",
    Verdict.CHANGES: "\N{CHECK MARK}",
}


class AnswerRows(LineRows[AnsweredRow]):
    """The model. `taken` are the doubtful rows that were decided for, `left` those decided against:
    code → token of the row as it was looked at.

    What was decided of a file is kept while the page lives: who leaves it and reads it again goes
    on there.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)
        self.taken: dict[str, str] = {}
        self.left: dict[str, str] = {}
        #: Digest of a file → what was decided of it: taken, left.
        self._kept: dict[str, tuple[dict[str, str], dict[str, str]]] = {}

    def show_rows(self, rows: Sequence[AnsweredRow], sha256: str) -> None:
        """Show a file, with what was decided of rows that still are what they were then."""
        self.taken, self.left = self._kept.setdefault(sha256, ({}, {}))
        doubtful = {one.code: one.token for one in rows if one.verdict is Verdict.DOUBTFUL}
        for decided in (self.taken, self.left):
            for code in [code for code, token in decided.items() if doubtful.get(code) != token]:
                del decided[code]
        self.show_lines(sorted(rows, key=lambda one: _ORDER.index(one.verdict)))

    def decide(self, row: AnsweredRow, *, take: bool) -> None:
        """Take a doubtful row, or leave it."""
        self.taken.pop(row.code, None)
        self.left.pop(row.code, None)
        (self.taken if take else self.left)[row.code] = row.token
        self._all_changed()

    def next_open(self, place: int) -> int:
        """The next doubtful row after a place that nobody decided; the place itself without one."""
        order = [*range(place + 1, len(self.lines)), *range(place)]
        return next((at for at in order if self._is_open(self.lines[at])), place)

    def _is_open(self, row: AnsweredRow) -> bool:
        decided = row.code in self.taken or row.code in self.left
        return row.verdict is Verdict.DOUBTFUL and not decided

    def words(self, row: AnsweredRow, column: int) -> str:
        if column == BECOMES:
            return self._becomes(row)
        if column == WHAT:
            return why_words(row) or _what(row)
        return {
            ROW: row_words(row),
            NAME: row.name or text("police.nobody_known" if not row.child else "police.no_name"),
            BORN: day_in_words(row.birth),
            VILLAGE: row.village,
        }[column]

    def _becomes(self, row: AnsweredRow) -> str:
        if row.code in self.taken:
            return f"{_SIGNS[Verdict.CHANGES]} {text('police.taken')}"
        if row.code in self.left:
            return text("police.left")
        words = text(f"police.verdict.{row.verdict.value}")
        sign = _SIGNS.get(row.verdict)
        return f"{sign} {words}" if sign else words

    def colour(self, row: AnsweredRow, column: int) -> QColor | None:
        if column != BECOMES:
            return None
        if row.code in self.taken:
            return self._theme.colour("done")
        name = "muted" if row.code in self.left else _COLOURS.get(row.verdict)
        return None if name is None else self._theme.colour(name)


def _what(row: AnsweredRow) -> str:
    said = [one.label for one in row.differences]
    if row.not_here:
        said.append(text("police.outcome.not_here"))
    if row.remark:
        said.append(converted_words(row.raw_remark, row.remark))
    return ", ".join(said)
