"""A list that becomes a PDF: its name is asked for, it is written beside the window, and where it
lies is said.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import AppError
from app.i18n import text
from app.ui.named_file import with_ending
from app.ui.notify import Kind, Notice, Notifier, error_notice
from app.ui.tasks import Lane, Tasks


def name_pdf(parent: QWidget, title: str, name: str) -> Path | None:
    """The file that a person names, with the ending of a PDF; None where the question was given up.
    `name` is proposed.
    """
    wanted, _kind = QFileDialog.getSaveFileName(parent, title, name, "PDF (*.pdf)")
    return with_ending(wanted, ".pdf") if wanted else None


def write_pdf(
    owner: QWidget,
    tasks: Tasks,
    notifier: Notifier,
    deed: Callable[[Path], None],
    path: Path,
    *,
    written: str,
    topic: str,
) -> None:
    """Write a file by `deed`; `written` is the id of the sentence that names it then."""

    def done(_none: None) -> None:
        notifier.say(Notice(Kind.DONE, text(written, file=str(path)), topic=topic))

    def failed(error: AppError) -> None:
        notifier.say(error_notice(error))

    tasks.run(lambda: deed(path), done, failed, lane=Lane.WRITE, owner=owner)
