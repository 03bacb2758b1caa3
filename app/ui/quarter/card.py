"""A household as one walks past it: head and address, a line for each child, what happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.i18n import number, text
from app.services.household_card import CardChild, CardEvent
from app.services.quarter import Card
from app.services.table_export import Holds
from app.ui.gone import gone_sign
from app.ui.labels import Elided
from app.ui.table_export import offer
from app.ui.theme import Theme, set_state

_ID = int(Qt.ItemDataRole.UserRole)
LINE, NAME, BIRTH, AGE, SCHOOL, STATE = range(6)
_WIDTHS = {LINE: 44, BIRTH: 108, AGE: 76, SCHOOL: 128, STATE: 152}
_LEAST_NAME = 140
#: Events that are told on the card; the rest are on the page.
_MOST_EVENTS = 3
_DONE, _OPEN = "\N{CHECK MARK}", "\N{WHITE CIRCLE}"
_SIGN_EVENT = "\N{BLACK DIAMOND SUIT}"
_SIGN_WAITING = "\N{BLACK UP-POINTING TRIANGLE}"


class ChildrenTable(QTableWidget):
    """The children, with the keyboard in it while one walks. What a key means the page decides."""

    #: (key, whether it repeats because it is held down); true when it was taken.
    on_key: Callable[[QKeyEvent], bool]
    opened = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(0, len(_WIDTHS) + 1, parent)
        self._theme = theme
        self.on_key = lambda _event: False
        self.setProperty("role", "plain")
        self.setAccessibleName(text("quarter.children"))
        offer(self, "quarter", Holds.PERSONS)
        self.setHorizontalHeaderLabels(
            [text(f"quarter.column.{one}") for one in ("line", "name", "birth", "age", "school")]
            + [text("quarter.column.state")]
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.pixels(32))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def fit(self, room: int) -> None:
        """Large letters on a small screen: the name keeps its room, others give way."""
        px = self._theme.pixels
        left = room - px(_LEAST_NAME)
        for column in (STATE, AGE, SCHOOL, BIRTH, LINE):
            width = px(_WIDTHS[column])
            left -= width
            self.setColumnHidden(column, left < 0)
            self.horizontalHeader().resizeSection(column, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        if not self.on_key(event):
            super().keyPressEvent(event)

    @property
    def child(self) -> str:
        """The child under the keyboard, "" for none."""
        item = self.item(self.currentRow(), LINE)
        return "" if item is None else str(item.data(_ID))

    def show_children(self, children: tuple[CardChild, ...], at: str) -> None:
        """Show the lines, with the keyboard on one of them."""
        self.setRowCount(len(children))
        for row, child in enumerate(children):
            for column, words in enumerate(
                (
                    child.line,
                    child.name or text("entry.no_name"),
                    child.birth,
                    age_words(child.months),
                    child.school,
                    state_words(child),
                )
            ):
                item = QTableWidgetItem(words)
                item.setData(_ID, child.id)
                item.setToolTip(words)
                if column == STATE:
                    item.setForeground(self._theme.colour(_state_colour(child)))
                self.setItem(row, column, item)
        ids = [one.id for one in children]
        if ids:
            self.setCurrentCell(ids.index(at) if at in ids else 0, NAME)


def age_words(months: int | None) -> str:
    """An age as people say it: in months under two years."""
    if months is None:
        return ""
    if months < 24:
        return text("quarter.age.months", count=months)
    return text("quarter.age.years", count=months // 12)


def state_words(child: CardChild) -> str:
    """What is to be known of a child at once."""
    if child.status:
        return f"{gone_sign(child.status)} {child.label}"
    if child.sixteen is not None:
        key = "turned" if child.turned else "turns"
        return text(f"quarter.sixteen.{key}", day=f"{child.sixteen:%d/%m/%Y}")
    if not child.finished:
        return f"{_OPEN} {text('quarter.unfinished')}"
    return f"{_DONE} {text('quarter.finished')}"


def _state_colour(child: CardChild) -> str:
    if child.status:
        return "muted"
    if child.sixteen is not None or not child.finished:
        return "warning"
    return "done"


class HouseholdCard(QFrame):
    """The card."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._compact = False
        self.setProperty("role", "card")
        px = theme.pixels
        self.head = Elided()
        self.head.setProperty("role", "heading")
        self.place = QLabel()
        self.place.setProperty("role", "muted")
        self.confirmed = QLabel()
        self.address = Elided()
        self.children_table = ChildrenTable(theme, self)
        self.events = QLabel()
        self.events.setTextFormat(Qt.TextFormat.PlainText)
        self.events.setWordWrap(True)
        #: Events that were begun and not written.
        self.waiting = QLabel()
        self.waiting.setTextFormat(Qt.TextFormat.PlainText)
        self.waiting.setWordWrap(True)
        set_state(self.waiting, "warning")
        top = QHBoxLayout()
        top.setSpacing(px(16))
        top.addWidget(self.head, 1)
        top.addWidget(self.confirmed)
        top.addWidget(self.place)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(4))
        column.addLayout(top)
        column.addWidget(self.address)
        column.addWidget(self.children_table, 1)
        column.addWidget(self.events)
        column.addWidget(self.waiting)

    def show_card(self, card: Card, place: int, total: int, at: str) -> None:
        """Show a household, the `place`-th of `total`, with the keyboard on a child."""
        head = card.head or text("entry.no_name")
        self.head.say(f"{card.number} · {head}" if card.number else head)
        self.place.setText(text("quarter.place", place=number(place), total=number(total)))
        if card.confirmed_on:
            self.confirmed.setText(f"{_DONE} {text('quarter.confirmed', day=card.confirmed_on)}")
        else:
            self.confirmed.setText(f"{_OPEN} {text('quarter.not_confirmed')}")
        set_state(self.confirmed, "done" if card.confirmed_on else "warning")
        self.address.say(" · ".join(filter(None, (card.address, card.phone, card.poverty))))
        self.address.setVisible(bool(self.address.whole))
        self.children_table.show_children(card.children, at)
        told = [_birthday_words(one) for one in card.children if one.sixteen and not one.status]
        told += [_event_words(one) for one in card.events[:_MOST_EVENTS]]
        more = len(card.events) - _MOST_EVENTS
        if more > 0:
            told.append(text("quarter.more_events", count=number(more)))
        self.events.setText("\n".join(told))
        self._fit()

    def set_compact(self, compact: bool) -> None:
        """Show only whose household it is, where something else needs the room."""
        self._compact = compact
        self._fit()

    def _fit(self) -> None:
        self.children_table.setVisible(not self._compact)
        for label in (self.events, self.waiting):
            label.setVisible(bool(label.text()) and not self._compact)

    def show_waiting(self, events: Sequence[str]) -> None:
        """Name the events of the household that were begun and not written."""
        words = text("quarter.waiting", events=", ".join(events))
        self.waiting.setText(f"{_SIGN_WAITING} {words}" if events else "")
        self._fit()


def _birthday_words(child: CardChild) -> str:
    return f"{_SIGN_EVENT} {child.name}: {state_words(child)}"


def _event_words(event: CardEvent) -> str:
    said = ", ".join(filter(None, (event.who, event.place)))
    line = f"{_SIGN_EVENT} {event.day} · {event.label}"
    return f"{line}: {said}" if said else line
