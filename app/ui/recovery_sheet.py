"""The recovery code on paper: printed once, locked away, never written to a file by us."""

from __future__ import annotations

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QFont, QPagedPaintDevice, QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from app.i18n import text

_POINT = 1 / 72


def print_recovery_code(parent: QWidget, code: str) -> bool:
    """Let the person choose a printer and print the sheet; False when they gave up."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return False
    paint_recovery_code(printer, code)
    return True


def paint_recovery_code(device: QPagedPaintDevice, code: str) -> None:
    """Paint the sheet on a page of paper."""
    device.setPageMargins(QMarginsF(25, 25, 20, 20), QPageLayout.Unit.Millimeter)
    painter = QPainter(device)
    width = painter.viewport().width()
    unit = painter.device().logicalDpiY() * _POINT
    y = 0.0
    for words, size, bold in (
        (text("recovery.title"), 16, True),
        (text("recovery.why"), 12, False),
        (code.replace("-", "  -  "), 20, True),
        (text("recovery.keep"), 12, False),
    ):
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
