"""A page on which villages are walked: communes and villages at the left, what is walked beside.

Shared by the quarterly review and the second person's check. Everything is read beside the window's
thread; what comes back is shown by the page that asked. Refuses to know what a village is walked
for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.i18n import text
from app.ui.nothing_card import NothingCard
from app.ui.notify import Notifier, error_notice
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme
from app.ui.villages.places import PlaceList

T = TypeVar("T")
#: From this width on, at 100 %, villages and what is walked stand side by side.
_ROOMY = 1000


class VillagePage(QWidget):
    """The page. `open_household` gives a household and a child to begin at."""

    open_household = Signal(str, str)
    #: Something was saved.
    changed = Signal()

    def __init__(
        self, tasks: Tasks, notifier: Notifier, theme: Theme, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._tasks, self._notifier, self._theme = tasks, notifier, theme
        self._unit = ""
        #: Households that were asked for: an answer to an earlier question is not shown.
        self._asked = 0
        #: A step waits for the disk: a key that comes meanwhile is not a second step.
        self._writing = False
        #: A village was chosen: the keyboard goes into it as soon as it is there.
        self._begun = False
        #: What is at the left, and beside it what to do first or what is walked.
        self._left, self.stack = QFrame(self), QStackedWidget(self)

    # --- building ---------------------------------------------------------------------------

    def _arrange(self, name: str, above: Sequence[QWidget], walked: QWidget) -> None:
        """Put the page together: `above` and the list of villages, called `name`, at the left;
        beside it what to do first, or what is walked.
        """
        px = self._theme.pixels
        card = NothingCard(self._theme, self.stack)
        self.what, self.hint = card.what, card.hint
        self.stack.addWidget(card)
        self.stack.addWidget(walked)
        self._left.setProperty("role", "card")
        self.communes = QComboBox(self._left)
        self.communes.setAccessibleName(text("quarter.communes"))
        self.communes.hide()
        self.places = PlaceList(self._theme, name, self._left)
        column = QVBoxLayout(self._left)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(8))
        for widget in (*above, self.communes):
            column.addWidget(widget)
        column.addWidget(self.places, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(16), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(self._left)
        row.addWidget(self.stack, 1)
        self.places.wanted.connect(self.begin_walk)
        self.communes.activated.connect(self._commune_chosen)

    # --- reading ----------------------------------------------------------------------------

    def _run(
        self, op: Callable[[], T], on_done: Callable[[T], None], lane: Lane = Lane.READ
    ) -> None:
        self._tasks.run(op, on_done, self._failed, lane=lane, owner=self)

    def _failed(self, error: AppError) -> None:
        self._writing = False
        self._notifier.say(error_notice(error))

    def _take_communes(self, found: Sequence[tuple[str, str]]) -> None:
        """Offer the communes (unit, words) where there is more than one, and read the villages."""
        units = [unit for unit, _ in found]
        if units and self._unit not in units:
            self._unit = units[0]
        self.communes.setVisible(len(found) > 1)
        self.communes.clear()
        for unit, words in found:
            self.communes.addItem(words, unit)
        self.communes.setCurrentIndex(max(0, self.communes.findData(self._unit)))
        self._read_villages()

    def _commune_chosen(self, row: int) -> None:
        self._unit = str(self.communes.itemData(row))
        self._forget_walk()
        self._read_villages()

    def _read_villages(self) -> None:
        """Ask for the villages of the commune one is at."""
        raise NotImplementedError

    # --- walking ----------------------------------------------------------------------------

    def begin_walk(self, village: str) -> None:
        """Walk a village, from the first household that is open."""
        self.tell("")
        self._begun = True
        self._read_walk(village, "")

    def _read_walk(self, village: str, at: str) -> None:
        """Ask for the households of a village, to go on at one of them."""
        raise NotImplementedError

    def _forget_walk(self) -> None:
        """No village is walked any more."""
        raise NotImplementedError

    def tell(self, words: str) -> None:
        """Say beside the keys what was done."""
        raise NotImplementedError

    def fit(self) -> None:
        """Arrange the page for its present width."""
        raise NotImplementedError

    @property
    def _roomy(self) -> bool:
        return self.width() >= self._theme.pixels(_ROOMY)

    def _fit_side(self, width: int) -> None:
        """Large letters on a small screen: while one walks, the villages give way."""
        self._left.setFixedWidth(self._theme.pixels(width))
        self._left.setVisible(self._roomy or self.stack.currentIndex() == 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self.fit()
