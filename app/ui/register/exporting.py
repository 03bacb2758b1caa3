"""Writing what a list shows to a file: where to, how far, and what came of it.

The name that is proposed names nobody. The right is asked by the service; without it nothing is
offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from app.errors import KnownError
from app.i18n import number, text
from app.services.list_export import ListExport
from app.services.lists import ListFilter, Sort
from app.services.register_export import ExportResult
from app.ui.long_work import LongWork
from app.ui.named_file import with_ending
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_TOPIC = "export"
#: The file says in itself by whom and when it was made and what its reader owes: no .csv can.
_SUFFIX = ".xlsx"


class Exporting:
    """The button and the line of progress that a page puts where it wants them."""

    def __init__(self, tasks: Tasks, export: ListExport, notifier: Notifier, theme: Theme) -> None:
        self._export = export
        self._notifier = notifier
        self.button = Step(text("lists.export"))
        self.button.setProperty("role", "link")
        self.work = LongWork(tasks, notifier, theme, _TOPIC)
        self.work.ended.connect(self._ended)

    def offer(self, *, allowed: bool) -> None:
        """Take the button from whoever may not take persons out of the store."""
        if not allowed:  # a button that is shown before it is on a page would be a window
            self.button.hide()

    def begin(self, wanted: ListFilter, sort: Sort, said: Sequence[str], place: str) -> None:
        """Ask where to, then write the children that fit."""
        if self.work.running:
            return
        try:
            self._export.must_be_allowed(wanted)
        except KnownError as refused:
            self._notifier.say(replace(error_notice(refused), topic=_TOPIC))
            return
        found, _kind = QFileDialog.getSaveFileName(
            self.button.window(),
            text("lists.export_where"),
            text("lists.export_file"),
            f"Excel (*{_SUFFIX})",
        )
        if not found:
            return
        path = with_ending(found, _SUFFIX)
        op = partial(
            self._export.write, path, wanted, sort, " · ".join((*filter(None, [place]), *said))
        )
        self.work.run(text("lists.exporting"), op, self._done)
        self.button.setEnabled(False)
        self.work.focus_stop()

    def _done(self, result: ExportResult) -> None:
        key = "lists.exported_withheld" if result.withheld else "lists.exported"
        words = text(key, count=number(result.rows), file=result.file.name)
        self._notifier.say(Notice(Kind.DONE, words, topic=_TOPIC))

    def _ended(self) -> None:
        self.button.setEnabled(True)
        if self.work.held:
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)
