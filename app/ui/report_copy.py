"""The button of a message about a bug: a copy of the report where the person wants it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from app.i18n import text
from app.system_failures import known
from app.ui.notify import Kind, Notice, NoticeBar, error_notice

_TOPIC = "report"


def keep_copy(report: Path, notices: NoticeBar) -> None:
    """Ask where to, copy the report there, and say what came of it."""
    found, _kind = QFileDialog.getSaveFileName(
        notices.window(), text("notify.keep_report_where"), report.name, "*.txt"
    )
    if not found:
        return
    try:
        content = report.read_bytes()
        Path(found).write_bytes(content)
    except OSError as refused:
        error = known(refused)
        if error is None:
            raise
        notices.say(error_notice(error))
        return
    notices.say(Notice(Kind.DONE, text("notify.report_kept", file=Path(found).name), topic=_TOPIC))
