"""The day today is, asked for only where the clock of this PC may be wrong."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QTimer

from app.errors import AppError
from app.i18n import text
from app.ui.admin.day_edit import DayGrid
from app.ui.admin.section import Section

#: What a service says that wants to be told the day (`services.issuing_day`).
_WANTED = ("issuing.which_day", "issuing.other_day")


class DayAsked:
    """A field in the column of `section`, out of sight until a refusal asks for the day."""

    def __init__(self, section: Section) -> None:
        self._section = section
        with section.together() as self._shown:
            days = DayGrid(section.theme, section)
            self.edit = days.add("administration.issuing.today", needed=False)
            self.edit.setPlaceholderText(text("administration.day_how"))
            section.column.addWidget(days)
        self._shown.hide()

    @property
    def day(self) -> date | None:
        """The day that was said. Raises FieldProblem for what is none."""
        return self.edit.day

    def refused(self) -> bool:
        """Whether what was typed is no day; then it is said."""
        return self._section.refuse_by(self.edit.judge, self.edit)

    def ask(self, error: AppError) -> None:
        """After a refusal: come into sight with the keyboard, where it asks for the day."""
        if error.message_id in _WANTED:
            self._shown.show()
            QTimer.singleShot(0, self._section, lambda: self._section.lead_to(self.edit))

    def forget(self) -> None:
        """What was said is of no more use."""
        self.edit.clear()
        self._shown.hide()
