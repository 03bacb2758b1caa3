"""The pages of the window: what each must offer, and in which order the navigation names them.

A page is built only where the account has the right for it. Its name is the key of its words
(`window.page.<name>`); its place among those that are there is its shortcut (Ctrl+1, Ctrl+2, …).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.i18n import text
from app.ui.theme import Theme

#: The pages in the order of the navigation; a household's page stands under `register`.
ORDER = ("home", "register", "issues", "quarter", "check", "handover", "admin")
_NAME = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page of the navigation. `load` reads what it shows, beside the window's thread; `begin`
    puts the keyboard where work begins. Both are called whenever somebody comes to the page.
    """

    widget: QWidget
    load: Callable[[], None]
    begin: Callable[[], None]


class Navigation(QFrame):
    """The list of pages at the left of the window."""

    #: Another page became the current one.
    chosen = Signal(str)
    #: A page was clicked or opened by Enter, also the one that is current.
    pressed = Signal(str)

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        super().__init__()
        px = theme.pixels
        self.names = tuple(one for one in ORDER if one in names)
        self.setProperty("role", "side")
        # Large letters on a small screen leave the page more room.
        self.setFixedWidth(px(176) if theme.scale <= 1.25 else px(136))
        name = QLabel(text("window.name"))
        name.setProperty("role", "brand")
        self.list = QListWidget()
        self.list.setProperty("role", "navigation")
        self.list.setAccessibleName(text("window.pages"))
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for place, one in enumerate(self.names, start=1):
            item = QListWidgetItem(text(f"window.page.{one}"))
            item.setData(_NAME, one)
            item.setToolTip(f"Ctrl+{place}")
            item.setSizeHint(QSize(0, px(40)))
            self.list.addItem(item)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, px(8), 0, px(8))
        column.setSpacing(px(8))
        column.addWidget(name)
        column.addWidget(self.list, 1)
        self.list.currentItemChanged.connect(self._moved)
        self.list.itemClicked.connect(self._pressed)
        self.list.itemActivated.connect(self._pressed)

    def _moved(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_NAME))

    def _pressed(self, item: QListWidgetItem) -> None:
        self.pressed.emit(item.data(_NAME))

    def show_at(self, name: str) -> None:
        """Mark a page as the current one without going there."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(self.names.index(name))
        self.list.blockSignals(False)

    def go_to(self, name: str) -> None:
        """Go to a page as if somebody had clicked it."""
        self.list.setCurrentRow(self.names.index(name))
        self.pressed.emit(name)


class PageStack(QStackedWidget):
    """The pages themselves; those of the navigation are found by name."""

    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, NamedPage] = {}

    def add(self, name: str, page: NamedPage) -> None:
        """Put a page of the navigation in."""
        self.addWidget(page.widget)
        self.named[name] = page
