"""What can be measured of a page as it stands: words that are cut, widgets that are out of reach or
have no name, colours that cannot be read, a keyboard that is not seen.

Each function gives findings in words, empty when all is well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from app.ui.labels import Elided

#: WCAG 2.1, 1.4.3: text against its ground.
LEAST_CONTRAST = 4.5
_FEW_PIXELS = 12


def named(widget: QWidget) -> str:
    """What a widget is called in a finding."""
    words = widget.accessibleName() or getattr(widget, "text", lambda: "")()
    return f"{type(widget).__name__} «{str(words)[:60]}»"


def cut_words(window: QWidget) -> list[str]:
    """Texts of visible labels and buttons that are wider or higher than what they stand in.

    A text may end in an ellipsis where its whole is said by the tool tip.
    """
    found = []
    for widget in _shown(window, QLabel, QAbstractButton):
        words = widget.text()  # type: ignore[attr-defined]
        if not words:
            continue
        if isinstance(widget, Elided):
            if widget.whole not in (words, widget.toolTip()):
                found.append(f"{named(widget)} hides {widget.whole}")
            continue
        if isinstance(widget, QLabel) and widget.wordWrap():
            fits = widget.height() >= widget.heightForWidth(widget.width()) - 1
        elif widget.property("role") in ("fold", "chip", "proposal"):
            fits = widget.fontMetrics().horizontalAdvance(words) <= widget.width()
        else:
            least = widget.minimumSizeHint()
            fits = widget.width() >= least.width() and widget.height() >= least.height() - 1
        if not fits:
            found.append(f"{named(widget)} is cut: {widget.width()}x{widget.height()}")
    return found


def unreachable(window: QWidget) -> list[str]:
    """Widgets that take the keyboard but stand outside the window or under another one."""
    found = []
    for widget in stops(window):
        if _scrolls(widget, window):
            continue
        corner = widget.mapTo(window, QPoint())
        place = QRect(corner, widget.size())
        if not window.rect().contains(place):
            found.append(f"{named(widget)} stands at {place.getRect()} outside the window")
            continue
        above = window.childAt(place.center())
        if above is None or not (
            above is widget or widget.isAncestorOf(above) or above.isAncestorOf(widget)
        ):
            found.append(f"{named(widget)} is under {above and named(above)}")
    return found


def nameless(window: QWidget) -> list[str]:
    """Widgets that take the keyboard and say nothing to whoever cannot see them."""
    found = []
    for widget in stops(window):
        if not _spoken(widget).strip():
            inside = widget.parentWidget()
            found.append(f"{type(widget).__name__} in {inside and type(inside).__name__}")
    return found


def _spoken(widget: QWidget) -> str:
    """What a widget is called aloud. Of a combo box the words that it was given, or those of its
    label: Qt calls one without a name by what is chosen in it.
    """
    if isinstance(widget, QComboBox):
        named_by = [
            one.text()
            for one in widget.window().findChildren(QLabel)
            if one.buddy() is widget and one.isVisible()
        ]
        return widget.accessibleName() or "".join(named_by)
    spoken = QAccessible.queryAccessibleInterface(widget)
    return "" if spoken is None else spoken.text(QAccessible.Text.Name)


def out_of_order(window: QWidget) -> list[str]:
    """Steps of Tab that go back in the order of reading: to what stands above, or further left in
    the same row. What stands in different parts of the page is judged by those parts, and a column
    may follow that stands beside the one before.
    """
    found = []
    for before, after in pairwise(_chain(window)):
        first, second = _parts(before, after)
        here, there = (QRect(one.mapTo(window, QPoint()), one.size()) for one in (first, second))
        beside = there.left() > here.right() and not (first is before and second is after)
        above = there.bottom() < here.top() and not beside
        left = there.right() < here.left() and not there.top() > here.bottom()
        if above or left:
            found.append(f"Tab goes back from {named(before)} to {named(after)}")
    return found


def _chain(window: QWidget) -> list[QWidget]:
    """What Tab comes to as the window stands, in its order."""
    wanted, found = set(stops(window)), []
    now = window.nextInFocusChain()
    while now is not None and now is not window:
        if now in wanted:
            found.append(now)
        now = now.nextInFocusChain()
    return found


def _parts(one: QWidget, other: QWidget) -> tuple[QWidget, QWidget]:
    """The parts of the page that two widgets stand in, directly within what holds both."""
    first, second = one, other
    while (around := first.parentWidget()) is not None and not around.isAncestorOf(other):
        first = around
    while (around := second.parentWidget()) is not None and not around.isAncestorOf(one):
        second = around
    return first, second


def unseen_keyboard(window: QWidget) -> list[str]:
    """Widgets that look the same with the keyboard in them and without."""
    found = []
    every = list(stops(window))
    for widget in every:
        other = next((one for one in every if one is not widget), None)
        if other is None or _scrolls(widget, window):
            continue
        other.setFocus(Qt.FocusReason.TabFocusReason)
        QCoreApplication.processEvents()
        without = _edge(window, widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        QCoreApplication.processEvents()
        if QApplication.focusWidget() is not widget:
            continue  # it hands the keyboard on
        if _edge(window, widget) == without:
            found.append(f"no ring around {named(widget)}")
    return found


def poor_contrast(window: QWidget) -> list[str]:
    """Words that are not read easily, judged by the pixels that are on the screen."""
    found = []
    for widget in _shown(window, QLabel, QAbstractButton):
        words = widget.text()  # type: ignore[attr-defined]
        if not words.strip() or not widget.isEnabled() or _scrolls(widget, window):
            continue
        picture = window.grab(QRect(widget.mapTo(window, QPoint()), widget.size())).toImage()
        ratio = best_contrast(picture)
        if ratio is not None and ratio < LEAST_CONTRAST:
            found.append(f"{named(widget)} has a contrast of {ratio:.1f}")
    return found


def best_contrast(picture: QImage) -> float | None:
    """The greatest contrast of some pixels to the ground of a picture; None where nothing stands.

    Letters are smoothed at their edges: the pixels within a stroke have the colour of the text.
    """
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    # Lines of this format have no filling: four bytes for every pixel.
    counted = Counter(memoryview(plain.constBits()).cast("B").cast("I"))
    if len(counted) < 2:
        return None
    (ground, _), *others = counted.most_common()
    ratios = sorted((contrast(QColor(one), QColor(ground)) for one, _ in others), reverse=True)
    return ratios[min(len(ratios) - 1, _FEW_PIXELS // 4)]


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.1 contrast ratio of two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def stops(window: QWidget) -> Iterator[QWidget]:
    """Visible widgets that Tab leads to."""
    for widget in window.findChildren(QWidget):
        if not (widget.focusPolicy() & Qt.FocusPolicy.TabFocus):
            continue
        if widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None:
            yield widget


def _shown(window: QWidget, *kinds: type[QWidget]) -> Iterator[QWidget]:
    for kind in kinds:
        for widget in window.findChildren(kind):
            if widget.isVisible() and widget.width() > 1:
                yield widget


def _scrolls(widget: QWidget, window: QWidget) -> bool:
    """Whether it is a part of something that scrolls, and not wholly in view now."""
    inside = widget.parentWidget()
    while inside is not None and inside is not window:
        if isinstance(inside, QScrollArea | QAbstractScrollArea):
            return widget.visibleRegion().boundingRect() != widget.rect()
        inside = inside.parentWidget()
    return False


def _edge(window: QWidget, widget: QWidget) -> QImage:
    """The picture of a widget; of a field without its inside, where a cursor blinks."""
    place = QRect(widget.mapTo(window, QPoint()), widget.size()).adjusted(-3, -3, 3, 3)
    picture = window.grab(place.intersected(window.rect())).toImage()
    if isinstance(widget, QLineEdit):
        painter = QPainter(picture)
        painter.fillRect(picture.rect().adjusted(8, 8, -8, -8), QColor("black"))
        painter.end()
    return picture


def amiss(window: QWidget) -> list[str]:
    """Everything of a window that cannot be read, reached or told by its name, or does not show
    where the keyboard is.
    """
    measures = (cut_words, nameless, unreachable, poor_contrast, unseen_keyboard)
    return [f"{measure.__name__}: {one}" for measure in measures for one in measure(window)]
