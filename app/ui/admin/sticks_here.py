"""The sticks that are in this PC, offered below a field of the administration as where bundles are
sent and received: a folder to write to, or the file of one kind that lies on a stick.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit

from app.errors import AppError
from app.i18n import error_text
from app.services import sticks as found_sticks
from app.services.sticks import Stick
from app.ui.admin.section import Section
from app.ui.stick_row import StickRow

#: Milliseconds between two looks for sticks while the row is in sight.
_AGAIN = 3000


class SticksHere(StickRow):
    """The row. It looks by itself, again and again while it is in sight: a stick is put in, or
    taken out.
    """

    def __init__(self, section: Section, field: QLineEdit, *, to_write: bool) -> None:
        super().__init__(section.theme, section, to_write=to_write)
        self._section, self._field = section, field
        # A file is chosen or typed as well: only a folder to write to is asked of a stick.
        self.none.setVisible(to_write)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AGAIN)
        self._timer.timeout.connect(self._look)
        section.column.addWidget(self)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 -- Qt's name
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 -- Qt's name
        super().hideEvent(event)
        self._timer.stop()

    def _look(self) -> None:
        self._section.tasks.run(found_sticks.sticks, self._found, self._failed, owner=self)

    def _failed(self, error: AppError) -> None:
        self._section.say(error_text(error), "error")

    def _found(self, found: Sequence[Stick]) -> None:
        """Show them; the only one is taken as the folder to write to where none was named."""
        before = self.only
        self.show_sticks(found)
        self.none.setVisible(self._to_write and self.none.isVisibleTo(self))
        if self._to_write and self._field.text().strip() in ("", before):
            self._field.setText(self.only)
        if self.isVisible():
            self._timer.start()


def offer_folder(section: Section, field: QLineEdit, then: Callable[[], None]) -> SticksHere:
    """Offer the sticks as folders below the field; `then` is done when one was taken."""
    row = SticksHere(section, field, to_write=True)

    def taken(folder: str) -> None:
        field.setText(folder)
        then()

    row.chosen.connect(taken)
    return row


def offer_file(
    section: Section, field: QLineEdit, suffix: str, then: Callable[[], None], own: str = ""
) -> SticksHere:
    """Offer the file of a kind that lies on a stick; `then` is done when one was taken.

    Of several `own` is meant where it is there; else the person has to choose, and no file at all
    is said.
    """
    row = SticksHere(section, field, to_write=False)

    def found(folder: str, names: Sequence[str]) -> None:
        if own in names or len(names) == 1:
            section.say("")
            field.setText(str(Path(folder) / (own if own in names else names[0])))
            then()
            return
        key = "sticks.several" if names else "sticks.no_file"
        section.refuse(key, field, folder=folder, kind=suffix)

    def taken(folder: str) -> None:
        section.read(partial(_names, Path(folder), suffix), partial(found, folder))

    row.chosen.connect(taken)
    return row


def _names(folder: Path, suffix: str) -> list[str]:
    """The files of that kind that lie on the stick itself. What the system says of a stick that was
    taken out meanwhile is told by the tasks.
    """
    return sorted(one.name for one in folder.iterdir() if one.name.lower().endswith(suffix))
