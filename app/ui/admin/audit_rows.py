"""The audit trail as a list: the numbers of events in order, rows a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtGui import QColor

from app.i18n import number, text
from app.models.audit import AuditEvent
from app.services.audit_words import details_in_words, event_in_words
from app.ui.paged_rows import PagedRows
from app.ui.theme import Theme

WHEN, WHO, WHAT, DETAILS = range(4)
_HEADINGS = tuple(f"administration.audit.{one}" for one in ("when", "who", "what", "details"))


class AuditRows(PagedRows[int, AuditEvent]):
    """The model: its keys are the numbers of the events."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def placed(self, keys: Sequence[int], rows: Sequence[AuditEvent]) -> Mapping[int, AuditEvent]:
        """By number: a row taken out of the store leaves its own line empty, not the next one's."""
        places = {key: at for at, key in enumerate(keys)}
        return {places[one.number]: one for one in rows if one.number in places}

    def words(self, row: AuditEvent, column: int) -> str:
        if column == WHEN:
            return f"{_moment(row):%H:%M %d/%m/%Y}"
        if column == WHO:
            return row.account
        return event_in_words(row) if column == WHAT else details_in_words(row)

    def colour(self, row: AuditEvent, column: int) -> QColor | None:
        del row, column
        return None

    def whole(self, place: int) -> str:
        """A line in full, for where there is room for it; empty while its row is not here."""
        row = self.row(place) if 0 <= place < self.rowCount() else None
        if row is None:
            return ""
        said = text(
            "administration.audit.line",
            number=number(row.number),
            when=f"{_moment(row):%H:%M:%S %d/%m/%Y}",
            who=row.account,
            what=event_in_words(row),
        )
        return f"{said}\n{details_in_words(row)}"


def _moment(row: AuditEvent) -> datetime:
    """When it was, by the calendar of this PC."""
    return datetime.fromtimestamp(row.wall, tz=UTC).astimezone()
