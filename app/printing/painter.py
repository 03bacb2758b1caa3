"""One painter for paper, PDF and preview: what the screen shows is what the printer gets."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPen,
)

from app.errors import KnownError
from app.printing.fonts import UNITS_PER_POINT, QtMeasure, document_font
from app.printing.layout import Page, Pages, lay_out
from app.printing.strips import CodeItem, RuleItem, TextItem
from app.reports.document import Document

_UNITS_PER_INCH = 72 * UNITS_PER_POINT
#: Neighbouring rows of a QR code overlap by this part of a module, or viewers show seams.
_OVERLAP = 0.02


def pages_of(document: Document) -> Pages:
    """Lay a document out with the metrics of the document font."""
    return lay_out(document, QtMeasure())


def paper_of(pages: Pages) -> QPageLayout:
    """The paper of a document: full page, since margins are part of the layout."""
    size = QPageSize(
        QSizeF(pages.width, pages.height),
        QPageSize.Unit.Point,
        "",
        QPageSize.SizeMatchPolicy.FuzzyMatch,
    )
    paper = QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
    # A printer that cannot print at the edge would move the page by the margins it needs.
    paper.setMode(QPageLayout.Mode.FullPageMode)
    return paper


def paint(pages: Pages, device: QPagedPaintDevice) -> None:
    """Paint all pages on a PDF writer or a printer.

    Raises KnownError `printing.no_device` when the device does not take the job.
    """
    device.setPageLayout(paper_of(pages))
    painter = QPainter()
    if not painter.begin(device):
        raise KnownError("printing.no_device", "printing.no_device.hint")
    try:
        scale = device.logicalDpiX() / _UNITS_PER_INCH
        for index, page in enumerate(pages.pages):
            if index and not device.newPage():
                raise KnownError("printing.no_device", "printing.no_device.hint")
            _paint_page(page, painter, scale)
    finally:
        painter.end()


def page_image(pages: Pages, index: int, dots_per_inch: int = 96) -> QImage:
    """One page as a picture on white, for the preview."""
    image = QImage(
        round(pages.width / 72 * dots_per_inch),
        round(pages.height / 72 * dots_per_inch),
        QImage.Format.Format_RGB32,
    )
    image.fill(QColor(Qt.GlobalColor.white))
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_page(pages.pages[index], painter, dots_per_inch / _UNITS_PER_INCH)
    finally:
        painter.end()
    return image


def _paint_page(page: Page, painter: QPainter, scale: float) -> None:
    painter.save()
    # A scale of 1 is left out: the transform would be written into the file all the same.
    if abs(scale - 1.0) > 1e-9:
        painter.scale(scale, scale)
    _paint_texts(page.texts, painter)
    _paint_rules(page.rules, painter)
    for code in page.codes:
        _paint_code(code, painter)
    painter.restore()


def _paint_texts(items: tuple[TextItem, ...], painter: QPainter) -> None:
    current: tuple[object, float] | None = None
    draw = painter.drawText
    for x, y, text, font, spacing in items:
        if (font, spacing) != current:
            current = (font, spacing)
            painter.setFont(document_font(font, spacing))
        draw(QPointF(x * UNITS_PER_POINT, y * UNITS_PER_POINT), text)


def _paint_rules(items: tuple[RuleItem, ...], painter: QPainter) -> None:
    by_width: dict[float, list[QLineF]] = {}
    for x1, y1, x2, y2, width in items:
        by_width.setdefault(width, []).append(
            QLineF(
                x1 * UNITS_PER_POINT,
                y1 * UNITS_PER_POINT,
                x2 * UNITS_PER_POINT,
                y2 * UNITS_PER_POINT,
            )
        )
    black = QColor(Qt.GlobalColor.black)
    for width, lines in by_width.items():
        pen = QPen(black, width * UNITS_PER_POINT)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLines(lines)


def _paint_code(code: CodeItem, painter: QPainter) -> None:
    module = code.module * UNITS_PER_POINT
    left, top = code.x * UNITS_PER_POINT, code.y * UNITS_PER_POINT
    rectangles = []
    for row, modules in enumerate(code.rows):
        start = None
        for column, dark in enumerate((*modules, 0)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                rectangles.append(
                    QRectF(
                        left + start * module,
                        top + row * module,
                        (column - start) * module,
                        module * (1 + _OVERLAP),
                    )
                )
                start = None
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(Qt.GlobalColor.black))
    painter.drawRects(rectangles)
    painter.restore()
