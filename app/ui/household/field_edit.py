"""One field of a form, and the list that opens under a coded one.

A field reports what is typed and where the person wants to go; it never changes the text while
somebody types in it, so that replacing input methods (Unikey and its kin) work. The list takes no
keyboard focus and no key but the arrows and Escape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyleOptionFrame,
    QWidget,
)

from app.i18n import text
from app.ui.household.codec import Codec, Suggestion, resolve

#: Longest text a field takes in: a paste of a whole file ends here, and the field says so.
LONGEST = 2000
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
#: The share of the page that a list may cover across.
_WIDEST = 0.6
#: Pixels around the words of a list's line, around its lines, and between it and the page's edge.
_SIDES, _FRAME, _EDGE = 40, 4, 8
#: What Qt leaves free left and right of the text in a line edit.
_TEXT_MARGIN = 2
#: Milliseconds between a key and the list that follows it: the letter is painted first.
_SOON = 8


class Key(NamedTuple):
    """Where a field stands: the id of a sub-record ("" for the record itself) and its name."""

    part: str
    name: str


class FieldEdit(QLineEdit):
    """A field. `step` is +1 or -1; `left_field` comes when the person goes on from it."""

    stepped = Signal(object, int)
    left_field = Signal(object)
    entered = Signal(object)
    asked_list = Signal(object)
    closed_list = Signal()
    space_on_empty = Signal(object)

    def __init__(self, key: Key, codec: Codec, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = key
        self.codec = codec
        self.list: SuggestionList | None = None
        #: Whether an input method holds a word under the cursor that is not in the text yet.
        self.composing = False
        #: Pixels that what is said of the field takes below it.
        self.said_below = 0
        #: The text last found to fit, and the size of the field that it fits.
        self._fits = ("", QSize())
        #: What the pointer shows: how the book means the field, and the key that says it, too.
        self.tip = text("entry.help_tip", help=escape(str(codec.field.help)))
        self.setToolTip(self.tip)
        self.setMaxLength(LONGEST)
        self.setAccessibleName(str(codec.field.label))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 -- Qt's name
        key, plain = (
            event.key(),
            event.modifiers()
            in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ),
        )
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (plain or shift):
            self.stepped.emit(self.key, -1 if shift else 1)
            return
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and plain:
            step = 1 if key == Qt.Key.Key_Down else -1
            if self.list is not None and self.list.serves(self):
                self.list.move(step)
            elif step == 1 and self.codec.is_coded and not self.isReadOnly():
                self.asked_list.emit(self.key)
            else:
                self.stepped.emit(self.key, step)
            return
        if key == Qt.Key.Key_Escape and self.list is not None and self.list.serves(self):
            self.closed_list.emit()
            return
        if key == Qt.Key.Key_Space and plain and not self.text():
            self.space_on_empty.emit(self.key)
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802 -- Qt's name
        """Know when a word is being composed; when that ends, the text counts."""
        super().inputMethodEvent(event)
        before, self.composing = self.composing, bool(event.preeditString())
        if before and not self.composing:
            self.textEdited.emit(self.text())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 -- Qt's name
        super().focusInEvent(event)
        if event.reason() not in (
            Qt.FocusReason.MouseFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.PopupFocusReason,
        ):
            self.selectAll()
        self.entered.emit(self.key)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 -- Qt's name
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.closed_list.emit()
        if event.reason() not in (
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.PopupFocusReason,
        ):
            self.setCursorPosition(0)  # a long text shows its beginning
            self.left_field.emit(self.key)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 -- Qt's name
        """A text longer than its field ends in an ellipsis while nobody is in it."""
        super().paintEvent(event)
        if self.hasFocus():
            return
        words = self.text()
        if not words or (words, self.size()) == self._fits:
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = (
            self.style()
            .subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
            .adjusted(_TEXT_MARGIN, 0, -_TEXT_MARGIN, 0)
        )
        metrics, right = self.fontMetrics(), Qt.TextElideMode.ElideRight
        if metrics.horizontalAdvance(words) <= inside.width():
            self._fits = (words, self.size())
            return
        kept = metrics.elidedText(words, right, inside.width()).removesuffix(_ELLIPSIS)
        # From the end of the last letter that is whole: half a letter reads like another one.
        corner = inside.adjusted(metrics.horizontalAdvance(kept), 0, _TEXT_MARGIN, 0)
        painter = QPainter(self)
        painter.fillRect(corner, self.palette().base())
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(corner, int(Qt.AlignmentFlag.AlignVCenter), _ELLIPSIS)
        painter.end()

    def chosen_text(self) -> str:
        """The text as it is taken over when going on: the highlighted line for a half-typed one."""
        if self.list is not None and self.list.serves(self):
            return self.list.choice_for(self)
        return self.text()

    def show_text(self, text: str) -> None:
        """Show a text from the record, from its beginning."""
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)


class SuggestionList(QListWidget):
    """The list under the field that is being typed in; one for the whole window."""

    picked = Signal(object, str)
    added = Signal(object, str)

    def __init__(self, parent: QWidget, row_height: int) -> None:
        super().__init__(parent)
        self._window = parent
        self._row_height = row_height
        self._field: FieldEdit | None = None
        self._lines: list[Suggestion] = []
        self._moved = False
        self._gap = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("role", "suggestions")
        self.itemClicked.connect(self._clicked)
        self._due: Callable[[], None] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self.open_due)
        self.hide()

    def open_soon(self, opening: Callable[[], None]) -> None:
        """Have the list opened by `opening` in a moment, or as soon as somebody asks for it."""
        self._due = opening
        self._soon.start()

    def open_due(self) -> None:
        """Open what is to be opened soon, now."""
        due, self._due = self._due, None
        self._soon.stop()
        if due is not None:
            due()

    @property
    def is_open(self) -> bool:
        """Whether the list stands on the page."""
        self.open_due()
        return self.isVisible()

    def serves(self, field: FieldEdit) -> bool:
        """Whether the list is open under this field."""
        return self.is_open and self._field is field

    def open_for(self, field: FieldEdit, lines: Sequence[Suggestion]) -> None:
        """Open under a field, or close when there is nothing to offer."""
        if not lines:
            self.close_list()
            return
        if self.isHidden() or self._field is not field:
            self._gap = field.said_below  # afterwards it keeps still while somebody types
        self._follow(field)
        self._moved = False
        if list(lines) != self._lines:
            self._lines = list(lines)
            self._fill()
        self._place(field)
        # What Enter does not take is not shown as taken.
        self.setCurrentRow(-1 if self._lines[0].new and field.codec.choices else 0)
        self.show()
        self.raise_()

    def _fill(self) -> None:
        """Put the lines into rows that stay: taking rows away under a key that has just opened the
        list ended the program once (PySide6 6.11, `QListWidget.clear`).
        """
        while self.count() < len(self._lines):
            self.addItem("")
        for row in range(self.count()):
            shown = row < len(self._lines)
            self.setRowHidden(row, not shown)
            if shown:
                item, label = self.item(row), self._lines[row].label
                item.setText(label)
                item.setToolTip(label)

    def _place(self, field: FieldEdit) -> None:
        """Under the field and what is said of it, or above it where more room is; never over it,
        and never so wide that the page behind is gone: a long line wraps.
        """
        window = self._window
        # The width of a line is told a fraction short: in just that room its last word would wrap.
        widest = 2 + max(self.fontMetrics().horizontalAdvance(one.label) for one in self._lines)
        most = max(field.width(), round(window.width() * _WIDEST))
        width = min(max(field.width(), widest + _SIDES), most, window.width() - 2 * _EDGE)
        height = self._set_rows(width - _SIDES) + _FRAME
        corner = field.mapTo(window, QPoint(0, field.height() + 2 + self._gap))
        top = field.mapTo(window, QPoint(0, -2)).y()
        below, above = window.height() - _EDGE - corner.y(), top - _EDGE
        if height > below and above > below:
            height = min(height, above)
            corner.setY(top - height)
        height = min(height, max(below, above))
        corner.setX(max(_EDGE, min(corner.x(), window.width() - width - _EDGE)))
        self.setGeometry(QRect(corner.x(), corner.y(), width, height))

    def _set_rows(self, room: int) -> int:
        """Give every line the height its words need in `room` pixels; the sum."""
        metrics, wrap = self.fontMetrics(), int(Qt.TextFlag.TextWordWrap)
        around = self._row_height - metrics.height()
        total = 0
        for row, line in enumerate(self._lines):
            height = around + metrics.boundingRect(0, 0, room, 9999, wrap, line.label).height()
            self.item(row).setSizeHint(QSize(0, height))
            total += height
        return total

    def _follow(self, field: FieldEdit | None) -> None:
        """A message above the field, or scrolling, moves it: the list goes with it."""
        before, self._field = self._field, field
        if before is field:
            return
        for widget in self._around(before):
            widget.removeEventFilter(self)
        for widget in self._around(field):
            widget.installEventFilter(self)

    def _around(self, field: FieldEdit | None) -> Iterator[QWidget]:
        """The field and all it stands in, up to the page."""
        widget: QWidget | None = field
        while widget is not None and widget is not self._window:
            yield widget
            widget = widget.parentWidget()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Stay beside the field that is served; showing itself makes Qt lay out what waits, while
        the list is neither hidden nor visible.
        """
        if isinstance(event, QMoveEvent) and self._field is not None and not self.isHidden():
            self._place(self._field)
        return super().eventFilter(watched, event)

    def close_list(self) -> None:
        """Close it; the field keeps its text."""
        self._due = None
        self._follow(None)
        if not self.isHidden():
            self.hide()

    def move(self, step: int) -> None:  # type: ignore[override]  # rows, not pixels
        """Highlight the next or previous line."""
        self._moved = True
        self.setCurrentRow((self.currentRow() + step) % max(1, len(self._lines)))

    def choice_for(self, field: FieldEdit) -> str:
        """What going on from the field takes: the line a person moved to, else what the text
        means, else the highlighted line.
        """
        row = self.currentRow()
        if not 0 <= row < len(self._lines):
            return field.text()
        line = self._lines[row]
        if line.new:
            if self._moved or not field.codec.choices:
                self.added.emit(field.key, line.text)
            return field.text()
        if self._moved:
            return line.text
        if not field.text().strip():
            return field.text()
        return resolve(field.codec, field.text(), self._lines, row)

    def _clicked(self, item: QListWidgetItem) -> None:
        line = self._lines[self.row(item)]
        if self._field is None:
            return
        if line.new:
            self.added.emit(self._field.key, line.text)
        else:
            self.picked.emit(self._field.key, line.text)
        self.close_list()
