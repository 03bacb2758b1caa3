"""Where Tab goes on a page: from one thing to the next as they stand there.

Qt goes by the order in which widgets came into the window, and that is how a page is put together,
not how it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def set_tab_order(page: QWidget) -> None:
    """Let Tab go through a page as its layouts have it. What comes to it later follows at its end,
    or has a way of its own.
    """
    follow_each_other(_stops(page))


def follow_each_other(stops: Iterable[QWidget]) -> None:
    """Let Tab go from each of these to the next. The first stays where it is in the window."""
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)


class PlacesItself:
    """A widget that puts what stands in it into its place without a layout, beside `QWidget`.

    No protocol: of one every attribute is looked at, at every widget of every page.
    """

    def tab_stops(self) -> Sequence[QWidget]:
        """What takes the keyboard in it, in the order in which it is read."""
        raise NotImplementedError


def _stops(widget: QWidget) -> Iterator[QWidget]:
    """What takes the keyboard by Tab, from `widget` inwards."""
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
        return
    if isinstance(widget, PlacesItself):
        yield from widget.tab_stops()
    inside = widget.widget() if isinstance(widget, QScrollArea) else None
    if inside is not None:
        yield from _stops(inside)
    layout = widget.layout()
    if layout is not None:
        yield from _stops_in(layout, [one for one in widget.children() if isinstance(one, QWidget)])


def _stops_in(layout: QLayout, widgets: Sequence[QWidget]) -> Iterator[QWidget]:
    """What stands in a layout, by its places. `widgets` are the children of the widget it is of.

    The places themselves are not asked for: of an item that left its layout PySide6 (6.11) keeps a
    wrapper, gives it for whatever comes to the same address, and ends the program when it is freed.
    """
    nested = [one for one in layout.children() if isinstance(one, QLayout)]
    placed: list[tuple[int, QWidget | QLayout]] = [
        *((layout.indexOf(one), one) for one in widgets),
        *((layout.indexOf(one), one) for one in nested),
    ]
    for place, one in sorted(placed, key=lambda it: it[0]):
        if place < 0:
            continue  # it stands in another layout, or in none
        if isinstance(one, QLayout):
            yield from _stops_in(one, widgets)
        else:
            yield from _stops(one)
