"""The figure of the handover record: laying out and writing it, against painting its lines bare.

Measures; judges nothing. The record is an invented one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPdfWriter

from app.printing.fonts import UNITS_PER_POINT, document_font
from app.printing.layout import Pages
from app.printing.painter import pages_of, paper_of
from app.printing.pdf import write_pdf
from app.reports.document_texts import document_texts
from app.reports.handover_facts import HandedFile, HandoverFacts, Party, VillageLine
from app.reports.handover_record import handover_record


@dataclass(frozen=True, slots=True)
class PaintingFigure:
    """Medians in seconds. `lines` is how many pieces of text both sides painted."""

    record: float
    bare: float
    lines: int

    @property
    def ratio(self) -> float:
        """Record over bare: must be at most 3, aim 2."""
        return self.record / self.bare


def sample_facts(rows: int) -> HandoverFacts:
    """An invented handover with `rows` villages, for figures and trial prints."""
    texts = document_texts("handover_sample")
    villages = tuple(
        VillageLine(texts["village"].format(number=number), 1, 40 + number % 50, 90 + number % 70)
        for number in range(1, rows + 1)
    )

    def party(side: str) -> Party:
        return Party(
            name=texts[f"{side}.name"],
            body=texts[f"{side}.body"],
            symbol=texts[f"{side}.symbol"],
            governing_body=texts[f"{side}.governing_body"],
            place=texts[f"{side}.place"],
        )

    children = sum(line.children for line in villages)
    return HandoverFacts(
        giver=party("giver"),
        receiver=party("receiver"),
        unit=texts["unit"],
        round_title=texts["round"],
        file=HandedFile("00001-2024_1.tevn", 1_234_567, "5a" * 32, 1, "c3" * 32, "0"),
        books=rows,
        households=sum(line.households for line in villages),
        children=children,
        girls=children // 2,
        incomplete=rows,
        errors=0,
        warnings=rows,
        villages=villages,
    )


def handover_painting(folder: Path, rows: int = 500, rounds: int = 7) -> PaintingFigure:
    """Time both ways in turn, `rounds` times, writing into `folder`; the first round warms up."""
    texts = document_texts("handover_record")
    facts = sample_facts(rows)
    pages = pages_of(handover_record(facts, texts))

    def whole() -> None:
        write_pdf(handover_record(facts, texts), folder / "record.pdf")

    def bare() -> None:
        _paint_bare(pages, folder / "bare.pdf")

    pairs = [(_seconds(whole), _seconds(bare)) for _ in range(rounds + 1)][1:]
    return PaintingFigure(
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        sum(len(page.texts) for page in pages.pages),
    )


def _seconds(action: Callable[[], None]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _paint_bare(pages: Pages, path: Path) -> None:
    """The same text at the same places, nothing measured, ruled or made sure of."""
    writer = QPdfWriter(str(path))
    writer.setResolution(72 * UNITS_PER_POINT)
    writer.setPageLayout(paper_of(pages))
    painter = QPainter(writer)
    for index, page in enumerate(pages.pages):
        if index:
            writer.newPage()
        font = None
        for item in page.texts:
            if item.font != font:
                font = item.font
                painter.setFont(document_font(font))
            painter.drawText(QPointF(item.x * UNITS_PER_POINT, item.y * UNITS_PER_POINT), item.text)
    painter.end()
