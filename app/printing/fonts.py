"""The fonts of the program and the Qt metrics that layout measures with.

Documents are set in Times New Roman, as Decree 30/2020/ND-CP asks: the real one on Windows when it
is installed, elsewhere Liberation Serif, which the program ships and which has the same widths.
Refuses to run in a process whose Qt application has no fonts.
"""

from __future__ import annotations

import sys
from functools import lru_cache

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QApplication

from app.errors import BugError
from app.printing.typesetting import FontSpec
from app.settings import resources_dir

#: Fonts are set at this many pixels a point; painters scale by their resolution over 72 x this.
UNITS_PER_POINT = 10

_SHIPPED_DOCUMENT_FAMILY = "Liberation Serif"
_WINDOWS_DOCUMENT_FAMILY = "Times New Roman"
WINDOW_FAMILY = "Noto Sans"

_own_application: QGuiApplication | None = None


def ensure_application() -> None:
    """Make the Qt application that fonts need, when there is none yet.

    Without a screen (a command on a server) the offscreen platform is enough to print.
    Raises BugError when the process runs a Qt application without fonts.
    """
    global _own_application
    running = QCoreApplication.instance()
    if running is None:
        arguments = ["sotreem"]
        if sys.platform.startswith("linux"):
            arguments += ["-platform", "offscreen"]
        # One with widgets: a window opened later in this process could not replace a lesser one.
        _own_application = QApplication(arguments)
    elif not isinstance(running, QGuiApplication):
        raise BugError("printing.no_fonts")


def load_document_fonts() -> None:
    """Register the fonts of documents, once. Raises BugError when a file is missing or damaged."""
    _load("LiberationSerif-*.ttf", _SHIPPED_DOCUMENT_FAMILY)


def load_window_fonts() -> None:
    """Register the fonts of the window, once. Raises BugError when a file is missing or damaged."""
    _load("NotoSans-*.ttf", WINDOW_FAMILY)


@lru_cache(maxsize=8)
def _load(pattern: str, family: str) -> None:
    ensure_application()
    families: set[str] = set()
    for path in sorted((resources_dir() / "fonts").glob(pattern)):
        number = QFontDatabase.addApplicationFont(str(path))
        if number < 0:
            raise BugError("printing.font_unreadable", file=path.name)
        families.update(QFontDatabase.applicationFontFamilies(number))
    if family not in families:
        raise BugError("printing.font_unreadable", file=pattern)


@lru_cache(maxsize=1)
def document_family() -> str:
    """The family documents are set in."""
    load_document_fonts()
    if sys.platform == "win32" and QFontDatabase.hasFamily(_WINDOWS_DOCUMENT_FAMILY):
        return _WINDOWS_DOCUMENT_FAMILY
    return _SHIPPED_DOCUMENT_FAMILY


@lru_cache(maxsize=256)
def document_font(spec: FontSpec, spacing: float = 0.0) -> QFont:
    """The Qt font of a cut, in units of 1/10 point; `spacing` (points) widens its spaces."""
    font = QFont(document_family())
    font.setPixelSize(round(spec.size * UNITS_PER_POINT))
    font.setBold(spec.bold)
    font.setItalic(spec.italic)
    # Hinting would round widths to the pixels of one device; pages must be alike on all.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if spacing:
        font.setWordSpacing(spacing * UNITS_PER_POINT)
    return font


class QtMeasure:
    """`TextMeasure` with Qt's metrics. Keeps what it measured; make one for each document."""

    def __init__(self) -> None:
        load_document_fonts()
        self._metrics: dict[FontSpec, QFontMetricsF] = {}
        self._heights: dict[FontSpec, tuple[float, float]] = {}
        self._advances: dict[tuple[FontSpec, str], float] = {}

    def advance(self, font: FontSpec, text: str) -> float:
        """Width of `text` in points."""
        key = (font, text)
        known = self._advances.get(key)
        if known is None:
            known = self._of(font).horizontalAdvance(text) / UNITS_PER_POINT
            self._advances[key] = known
        return known

    def ascent(self, font: FontSpec) -> float:
        """Height above the baseline in points."""
        return self._height(font)[0]

    def descent(self, font: FontSpec) -> float:
        """Depth below the baseline in points."""
        return self._height(font)[1]

    def _height(self, font: FontSpec) -> tuple[float, float]:
        known = self._heights.get(font)
        if known is None:
            metrics = self._of(font)
            known = (metrics.ascent() / UNITS_PER_POINT, metrics.descent() / UNITS_PER_POINT)
            self._heights[font] = known
        return known

    def _of(self, font: FontSpec) -> QFontMetricsF:
        metrics = self._metrics.get(font)
        if metrics is None:
            metrics = QFontMetricsF(document_font(font))
            self._metrics[font] = metrics
        return metrics
