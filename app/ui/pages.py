"""The pages of the window: what each must offer, and in which order the navigation names them.

A page is built only where the account has the right for it. Its name is the key of its words
(`window.page.<name>`); its place among those that are there is its shortcut (Ctrl+1, Ctrl+2, … and
from the tenth on Ctrl+Shift+1, …).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from app.ui.tab_order import set_tab_order
from app.ui.theme import Theme

#: The pages in the order of the navigation; a household's page stands under `register`.
ORDER = (
    "home",
    "register",
    "issues",
    "quarter",
    "crosscheck",
    "police",
    "check",
    "handover",
    "conflicts",
    "duplicates",
    "moves",
    "admin",
)
_NAME = int(Qt.ItemDataRole.UserRole)
#: So many pages have a digit of their own.
_DIGITS = 9


def page_keys(place: int) -> str:
    """The keys that lead to the page at a place of the navigation, counted from 1."""
    return f"Ctrl+{place}" if place <= _DIGITS else f"Ctrl+Shift+{place - _DIGITS}"


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

    def __init__(self, theme: Theme, names: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
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
            item.setToolTip(page_keys(place))
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
    """The pages themselves; those of the navigation are found by name.

    A page is built when somebody first comes to it: building all of them kept a clerk waiting who
    only wants to type.
    """

    def __init__(self, makers: Mapping[str, Callable[[], NamedPage]], parent: QWidget) -> None:
        super().__init__(parent)
        self.named: Mapping[str, NamedPage] = _Named(self, makers)
        self.built: dict[str, NamedPage] = {}

    def build(self, name: str) -> NamedPage:
        """The page of a name, built if it was not yet."""
        return self.named[name]

    @property
    def shown(self) -> str:
        """The name of the page that is shown, "" for one that the navigation does not name."""
        now = self.currentWidget()
        return next((name for name, page in self.built.items() if page.widget is now), "")


class _Named(Mapping[str, NamedPage]):
    """The pages by name; looking one up builds it."""

    def __init__(self, stack: PageStack, makers: Mapping[str, Callable[[], NamedPage]]) -> None:
        self._stack = stack
        self._makers = makers

    def __getitem__(self, name: str) -> NamedPage:
        built = self._stack.built
        if name not in built:
            page = self._makers[name]()
            self._stack.addWidget(page.widget)
            set_tab_order(page.widget)
            built[name] = page
        return built[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
