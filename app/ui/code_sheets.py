"""A sheet of the keys on paper, by the printer that a person chooses."""

from __future__ import annotations

from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from app.printing.painter import pages_of, paint
from app.reports.document import Document


def print_sheet(parent: QWidget, sheet: Document) -> bool:
    """Print a sheet on the printer a person chooses; False when they gave up.

    Raises KnownError `printing.no_device` when the printer does not take it.
    """
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(sheet.title)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return False
    paint(pages_of(sheet), printer)
    return True
