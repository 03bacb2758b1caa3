"""Where Tab goes on a page: from one thing to the next as they stand there.

Qt goes by the order in which widgets came into the window, and that is how a page is put together,
not how it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class PlacesItself(Protocol):
    """A widget that puts what stands in it into its place without a layout."""

    def tab_stops(self) -> Sequence[QWidget]:
        """What takes the keyboard in it, in the order in which it is read."""
        ...


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
        yield from _stops_in(layout)


def _stops_in(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, nested = item.widget(), item.layout()
        if widget is not None:
            yield from _stops(widget)
        elif nested is not None:
            yield from _stops_in(nested)
