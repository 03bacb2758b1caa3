"""Codes on paper: the recovery code, printed once and locked away, never written to a file by us;
the code of a request, to be read by telephone.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QFont, QPagedPaintDevice, QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from app.i18n import text

_POINT = 1 / 72


#: What is printed: the words, their size in points, whether they are bold.
Part = tuple[str, float, bool]


def print_recovery_code(parent: QWidget, code: str) -> bool:
    """Let the person choose a printer and print the sheet; False when they gave up."""
    return print_parts(parent, _of_code(code))


def print_parts(parent: QWidget, parts: Sequence[Part]) -> bool:
    """Print a sheet of paragraphs on the printer a person chooses; False when they gave up."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return False
    paint_parts(printer, parts)
    return True


def paint_recovery_code(device: QPagedPaintDevice, code: str) -> None:
    """Paint the sheet on a page of paper."""
    paint_parts(device, _of_code(code))


def _of_code(code: str) -> tuple[Part, ...]:
    return (
        (text("recovery.title"), 16, True),
        (text("recovery.why"), 12, False),
        (code.replace("-", "  -  "), 20, True),
        (text("recovery.keep"), 12, False),
    )


def paint_parts(device: QPagedPaintDevice, parts: Sequence[Part]) -> None:
    """Paint paragraphs on a page of paper, one below the other."""
    device.setPageMargins(QMarginsF(25, 25, 20, 20), QPageLayout.Unit.Millimeter)
    painter = QPainter(device)
    width = painter.viewport().width()
    unit = painter.device().logicalDpiY() * _POINT
    y = 0.0
    for words, size, bold in parts:
        font = QFont(painter.font())
        font.setPointSizeF(size)
        font.setBold(bold)
        painter.setFont(font)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
        room = QRectF(0, y, width, 400 * unit)
        used = painter.boundingRect(room, flags, words)
        painter.drawText(room, flags, words)
        y = used.bottom() + 18 * unit
    painter.end()
