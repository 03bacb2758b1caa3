"""The lists of a verification: villages, rules, records with their marks, what was sent back."""

from __future__ import annotations

from collections.abc import Callable, Container

from PySide6.QtGui import QColor

from app.forms.schema import Severity
from app.i18n import in_sentence, number, text
from app.services.issue_book import IssueRow, RuleCount
from app.services.verification import ReturnedLine, VillageLine
from app.ui.issues.rows import SIGNS, WHO, IssueRows, gist
from app.ui.line_table import LineRows
from app.ui.theme import Theme

VILLAGE, HOUSEHOLDS, CHILDREN, UNFINISHED, CHANGED, ERRORS, WARNINGS, RETURNED = range(8)
_VILLAGE_HEADINGS = tuple(
    f"verification.column.{one}"
    for one in (
        *("village", "households", "children", "unfinished"),
        *("changed", "errors", "warnings", "returned"),
    )
)
#: Where room is short what was sent back goes first: it has a list of its own.
VILLAGE_WIDTHS = {
    ERRORS: 72,
    WARNINGS: 96,
    HOUSEHOLDS: 72,
    CHILDREN: 72,
    CHANGED: 96,
    UNFINISHED: 112,
    RETURNED: 96,
}
SEVERITY, COUNT, FIELD, SENTENCE = range(4)
_RULE_HEADINGS = tuple(
    f"verification.column.{one}" for one in ("severity", "count", "field", "sentence")
)
RULE_WIDTHS = {SEVERITY: 112, COUNT: 72, FIELD: 176}
STATE, ABOUT, PLACE, ON, REASON = range(5)
_BACK_HEADINGS = tuple(
    f"verification.column.{one}" for one in ("state", "who", "place", "on", "reason")
)
BACK_WIDTHS = {STATE: 232, ABOUT: 176, ON: 104, PLACE: 176}
_CHECKED, _UNCHECKED = "\N{BALLOT BOX WITH CHECK}", "\N{BALLOT BOX}"
_COLOURS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "muted"}


class VillageRows(LineRows[VillageLine]):
    """Villages with their numbers; of several units each village with its unit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _VILLAGE_HEADINGS)

    def words(self, row: VillageLine, column: int) -> str:
        if column == VILLAGE:
            nowhere = "register.departed" if row.departed else "register.no_village"
            return self.place_words(row.name or text(nowhere), row.unit)
        return number(
            {
                HOUSEHOLDS: row.households,
                CHILDREN: row.children,
                UNFINISHED: row.unfinished,
                CHANGED: row.changed,
                ERRORS: row.errors,
                WARNINGS: row.warnings,
                RETURNED: row.returned,
            }[column]
        )

    def colour(self, row: VillageLine, column: int) -> QColor | None:
        if column == ERRORS and row.errors:
            return self._theme.colour("error")
        return self._theme.colour("warning") if column == WARNINGS and row.warnings else None


class RuleRows(LineRows[RuleCount]):
    """Rules and how often each is broken; `label` gives what a form calls a field of that name."""

    def __init__(self, theme: Theme, label: Callable[[str, str], str]) -> None:
        super().__init__(theme, _RULE_HEADINGS)
        self._label = label

    def words(self, row: RuleCount, column: int) -> str:
        if column == SEVERITY:
            return f"{SIGNS[row.severity]} {text(f'check.severity.{row.severity.value}')}"
        if column == COUNT:
            return number(row.count)
        return self._label(row.form, row.field) if column == FIELD else gist(row.sentence)

    def colour(self, row: RuleCount, column: int) -> QColor | None:
        return self._theme.colour(_COLOURS[row.severity]) if column == SEVERITY else None


class MarkedIssues(IssueRows):
    """Issues, each with a sign that says whether its record is to be sent back."""

    def __init__(
        self, theme: Theme, label: Callable[[str, str], str], marked: Container[str]
    ) -> None:
        super().__init__(theme, label)
        self._marked = marked

    def words(self, row: IssueRow, column: int) -> str:
        said = super().words(row, column)
        if column != WHO:
            return said
        return f"{_CHECKED if row.record in self._marked else _UNCHECKED} {said}"

    def marks_changed(self) -> None:
        """The signs are to be painted again; the rows stay."""
        self._all_changed()


class BackRows(LineRows[ReturnedLine]):
    """What was sent back, and whether it was answered."""

    def __init__(self, theme: Theme, unit_name: Callable[[str], str]) -> None:
        super().__init__(theme, _BACK_HEADINGS)
        self._unit_name = unit_name

    def words(self, row: ReturnedLine, column: int) -> str:
        if column == STATE:
            return self.state_words(row)
        if column == ABOUT:
            return row.name or text("entry.no_name")
        if column == PLACE:
            home = text("verification.household", number=row.number) if row.number else ""
            village = self.place_words(row.village, row.unit) if row.village else ""
            return " · ".join(filter(None, (village, home)))
        return day_words(row.on) if column == ON else row.reason

    def state_words(self, row: ReturnedLine) -> str:
        """Whether it was answered, by whom and when."""
        if row.waits:
            return f"\N{WHITE CIRCLE} {text('verification.waits')}"
        unit = in_sentence(self._unit_name(row.answered_by))
        said = text(
            "verification.answered",
            unit=unit,
            day=day_words(row.answered_on) or text("day.unknown"),
        )
        return f"\N{CHECK MARK} {said}"

    def colour(self, row: ReturnedLine, column: int) -> QColor | None:
        if column != STATE:
            return None
        return self._theme.colour("warning" if row.waits else "done")


def day_words(day: str) -> str:
    """An ISO day as people here write it."""
    return "/".join(reversed(day.split("-")))
