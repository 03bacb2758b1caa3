"""The look of the window: Fusion, Noto Sans from 11 pt, one accent colour, one style sheet.

The sheet `resources/styles/sotreem.qss` names colours and lengths as tokens: `@accent`, `@8` (8
pixels at 100 %), `@16pt`; pictures come from `resources/icons/` as `icons:name.svg`. No widget sets
a colour or a font by itself; it sets the properties `role` and `state`, and the sheet does the
rest. State is never told by colour alone: borders change their kind as well, and the pages add
words and signs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.printing.fonts import WINDOW_FAMILY, load_window_fonts
from app.settings import resources_dir

#: Point size of the window's text at 100 %.
BASE_SIZE: Final = 11.0
SMALLEST_SCALE: Final = 1.0
LARGEST_SCALE: Final = 1.5

#: Every colour of the window. Pairs that carry text have a contrast of at least 4.5:1 (a test).
COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "text": "#1b2733",
        "muted": "#525e6a",
        "page": "#f2f4f7",
        "surface": "#ffffff",
        "dimmed": "#e9edf0",
        "line": "#c9d1d9",
        "field_line": "#7b8894",
        "accent": "#0b5a94",
        "accent_strong": "#07426e",
        "accent_soft": "#e2eef7",
        "on_accent": "#ffffff",
        "error": "#a31515",
        "error_soft": "#fdf0ef",
        "warning": "#774800",
        "warning_soft": "#fdf2d9",
        "done": "#16602a",
        "done_soft": "#e8f4eb",
        "inherited_soft": "#eef5fb",
    }
)

_TOKEN = re.compile(r"@(?:(?P<points>[0-9]+)pt|(?P<pixels>[0-9]+)|(?P<colour>[a-z_]+))\b")


@dataclass(frozen=True, slots=True)
class Theme:
    """The look at one scale, 1.0 to 1.5."""

    scale: float = 1.0

    def __post_init__(self) -> None:
        if not SMALLEST_SCALE <= self.scale <= LARGEST_SCALE:
            raise ValueError("the window scales from 1.0 to 1.5")

    def pixels(self, length: int) -> int:
        """A length of the 100 % design at this scale, at least 1 unless it is 0."""
        return max(1, round(length * self.scale)) if length else 0

    def font(self) -> QFont:
        """The window's font."""
        font = QFont(WINDOW_FAMILY)
        font.setPointSizeF(BASE_SIZE * self.scale)
        return font

    def colour(self, name: str) -> QColor:
        """A named colour, for what is painted by hand. Raises KeyError for an unknown name."""
        return QColor(COLOURS[name])

    def style_sheet(self) -> str:
        """The sheet with its tokens filled in. Raises KeyError for an unknown token."""
        source = (resources_dir() / "styles" / "sotreem.qss").read_text(encoding="utf-8")

        def filled(token: re.Match[str]) -> str:
            if token["points"]:
                return f"{int(token['points']) * self.scale:g}pt"
            if token["pixels"]:
                return f"{self.pixels(int(token['pixels']))}px"
            return COLOURS[token["colour"]]

        return _TOKEN.sub(filled, source)

    def palette(self) -> QPalette:
        """The same colours for what the sheet does not reach."""
        palette = QPalette()
        for role, name in _ROLES.items():
            palette.setColor(role, self.colour(name))
        for role in _TEXT_ROLES:
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.colour("muted"))
        return palette


_Role = QPalette.ColorRole
_ROLES: Final = {
    _Role.Window: "page",
    _Role.WindowText: "text",
    _Role.Base: "surface",
    _Role.AlternateBase: "page",
    _Role.Text: "text",
    _Role.Button: "surface",
    _Role.ButtonText: "text",
    _Role.Highlight: "accent",
    _Role.HighlightedText: "on_accent",
    _Role.PlaceholderText: "muted",
    _Role.ToolTipBase: "surface",
    _Role.ToolTipText: "text",
    _Role.Link: "accent",
}
_TEXT_ROLES: Final = (_Role.WindowText, _Role.Text, _Role.ButtonText)


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Dress the whole application."""
    load_window_fonts()
    QDir.setSearchPaths("icons", [str(resources_dir() / "icons")])
    application.setStyle("Fusion")
    application.setPalette(theme.palette())
    application.setFont(theme.font())
    application.setStyleSheet(theme.style_sheet())


def set_state(widget: QWidget, state: str) -> None:
    """Give a widget a `state` the sheet knows ("" for none) and show it at once."""
    if widget.property("state") == state:
        return
    widget.setProperty("state", state)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # the sheet dresses it when it is first shown
    # Polishing again is enough: every rule with a state says all that differs without it.
    widget.style().polish(widget)
    widget.update()
