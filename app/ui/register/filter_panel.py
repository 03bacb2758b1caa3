"""What the list is narrowed by: boxes to tick, an age, a group of circumstances.

Every change counts at once. A group of level A, offered to those only who may see it, asks for its
reason first; without one it is not looked for. Nothing here names a person, so the choice may be
kept for the next day.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.i18n import text
from app.services.lists import GroupChoice, ListFilter
from app.ui.labels import ElidedChoice, SetWords
from app.ui.theme import Theme

#: The boxes: field of the filter, or `issues` with its value.
BOXES = (
    ("unfinished", ""),
    ("missing_id", ""),
    ("issues", "errors"),
    ("issues", "warnings"),
    ("not_confirmed", ""),
    ("returned", ""),
    ("not_checked", ""),
    ("conflicts", ""),
)
_MOST_AGE = 2


def in_words(wanted: ListFilter, groups: list[GroupChoice]) -> list[str]:
    """The conditions of a filter, each in words."""
    found = []
    if wanted.issues:
        found.append(text(f"lists.is.{wanted.issues}"))
    found += [text(f"lists.is.{name}") for name, _ in BOXES if getattr(wanted, name) is True]
    low, high = wanted.age_from, wanted.age_to
    if low is not None and high is not None:
        found.append(text("lists.age_between", low=low, high=high))
    elif low is not None:
        found.append(text("lists.age_from", low=low))
    elif high is not None:
        found.append(text("lists.age_to", high=high))
    if wanted.group:
        label = next((one.label for one in groups if one.code == wanted.group), "")
        found.append(f"{wanted.group} {label}".strip())
    return found


def why_nothing(wanted: ListFilter) -> str:
    """Why a filter can fit nobody, "" where it can."""
    low, high = wanted.age_from, wanted.age_to
    if low is not None and high is not None and low > high:
        return text("lists.age_turned", low=low, high=high)
    return ""


class FilterPanel(QFrame):
    """The panel. `changed` gives the filter's conditions; `reason_given` the reason for a group."""

    changed = Signal(object)
    reason_given = Signal(str, str)
    kept = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "proposal")
        self._theme = theme
        self._groups: list[GroupChoice] = []
        self._filling = False
        self.value = ListFilter()
        px = theme.pixels
        self.boxes: dict[str, QCheckBox] = {}
        for name, value in BOXES:
            box = QCheckBox(text(f"lists.box.{value or name}"), self)
            box.toggled.connect(self._changed)
            self.boxes[value or name] = box
        self.low, self.high = (self._age(name) for name in ("low", "high"))
        self.group = ElidedChoice()
        self.group.setAccessibleName(text("lists.group"))
        self.group.setMinimumContentsLength(12)
        self.group.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.group.activated.connect(self._group_chosen)
        self.group.installEventFilter(self)
        #: No condition itself: it stands below them all.
        self.keep = QCheckBox(text("lists.keep"))
        self.keep.toggled.connect(self._kept)
        self.asking = QWidget(self)
        self.question = SetWords()
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(text("lists.reason_placeholder"))
        self.reason.returnPressed.connect(self._reason)
        asking = QVBoxLayout(self.asking)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(px(4))
        asking.addWidget(self.question)
        asking.addWidget(self.reason)
        self.asking.hide()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(4))
        ages = QHBoxLayout()
        ages.setSpacing(px(8))
        ages.addWidget(_label(text("lists.age"), self.low))
        ages.addWidget(self.low)
        ages.addWidget(_label(text("lists.age_until"), self.high))
        ages.addWidget(self.high)
        ages.addSpacing(px(16))
        ages.addWidget(_label(text("lists.group"), self.group))
        ages.addWidget(self.group, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(self._grid)
        column.addLayout(ages)
        column.addWidget(self.asking)
        column.addWidget(self.keep)
        self._columns, self._most = 0, 4
        # In one column until there is a width to go by: Tab takes their order from here.
        self._place_boxes(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _age(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(text(f"lists.{name}"))
        field.setMaxLength(_MOST_AGE)
        field.setValidator(QIntValidator(0, 99, field))  # what is no number would filter nothing
        field.setFixedWidth(self._theme.pixels(56))
        field.textEdited.connect(self._changed)
        return field

    def offer(self, groups: list[GroupChoice], *, has_round: bool) -> None:
        """Offer these groups of circumstances, and what a round must be open for."""
        self._groups = groups
        of_round = self.boxes["not_confirmed"]
        of_round.setEnabled(has_round or of_round.isChecked())
        of_round.setToolTip("" if has_round else text("lists.no_round"))
        self.group.clear()
        self.group.addItem(text("lists.any_group"), "")
        for one in groups:
            words = f"{one.code}  {one.label}"
            only_open = one.partly and not one.asks
            self.group.addItem(
                text("lists.only_open", group=words) if only_open else words, one.code
            )
        self.show_value(self.value)

    @property
    def groups(self) -> list[GroupChoice]:
        """The groups that are offered."""
        return self._groups

    def show_value(self, wanted: ListFilter, *, tell: bool = False) -> None:
        """Show a filter's conditions."""
        self._filling = True
        for name, value in BOXES:
            held = getattr(wanted, name)
            on = held in (value, "any") if value else bool(held)
            self.boxes[value or name].setChecked(on)
        for field, age in ((self.low, wanted.age_from), (self.high, wanted.age_to)):
            if _number(field.text()) != age:
                field.setText("" if age is None else str(age))
        self.group.setCurrentIndex(max(0, self.group.findData(wanted.group)))
        self.asking.hide()
        self._filling = False
        self.value = wanted.conditions
        if tell:
            self.changed.emit(self.value)

    def _changed(self) -> None:
        if self._filling:
            return
        on = {name: box.isChecked() for name, box in self.boxes.items()}
        issues = [one for one in ("errors", "warnings") if on[one]]
        self.value = replace(
            self.value,
            issues="any" if len(issues) > 1 else "".join(issues),
            unfinished=on["unfinished"],
            missing_id=on["missing_id"],
            not_confirmed=on["not_confirmed"],
            returned=on["returned"],
            not_checked=on["not_checked"],
            conflicts=on["conflicts"],
            age_from=_number(self.low.text()),
            age_to=_number(self.high.text()),
        )
        self.changed.emit(self.value)

    # --- groups -----------------------------------------------------------------------------

    def _group_chosen(self) -> None:
        code = str(self.group.currentData() or "")
        found = next((one for one in self._groups if one.code == code), None)
        self.asking.hide()
        if found is None or not found.asks:
            self._take_group(code)
            return
        self._take_group("")  # the group before is not meant any more
        self.question.setText(
            text("lists.reason" if found.guarded else "lists.reason_partly", group=code)
        )
        self.asking.show()
        self.question.fit(self.width() - self._theme.pixels(24))
        self.reason.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter at a group that asks for a reason goes to it; arrows only pass by."""
        if (
            watched is self.group
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not self.asking.isHidden()
        ):
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().eventFilter(watched, event)

    def _take_group(self, code: str) -> None:
        self.value = replace(self.value, group=code)
        self.changed.emit(self.value)

    def _reason(self) -> None:
        said = self.reason.text().strip()
        if said:
            self.reason_given.emit(str(self.group.currentData()), said)

    def take_revealed(self, code: str) -> None:
        """The look at a group is on record: look for it from now on."""
        self.asking.hide()
        self.group.setFocus(Qt.FocusReason.OtherFocusReason)
        self._take_group(code)

    def give_up_reason(self) -> None:
        """No reason: a group of level A is not looked for, of another what is open."""
        code = str(self.group.currentData() or "")
        found = next((one for one in self._groups if one.code == code), None)
        self.asking.hide()
        self.group.setFocus(Qt.FocusReason.OtherFocusReason)
        if found is not None and found.guarded:
            self.group.setCurrentIndex(max(0, self.group.findData(self.value.group)))
        else:
            self._take_group(code)

    def _kept(self, on: bool) -> None:
        if not self._filling:
            self.kept.emit(on)

    def show_kept(self, *, kept: bool) -> None:
        """Show whether the conditions are kept for the next day."""
        self._filling = True
        self.keep.setChecked(kept)
        self._filling = False

    def escape(self) -> bool:
        """Give up a reason that is asked for; whether there was one."""
        asking = not self.asking.isHidden()
        if asking:
            self.give_up_reason()
        return asking

    def arrange(self, most: int) -> None:
        """Put the boxes in as many columns as there is room for, and no more than `most`."""
        self._most = most
        room = self.width() - 2 * self._theme.pixels(8)
        columns = next((one for one in range(most, 1, -1) if self._across(one) <= room), 1)
        if columns == self._columns:
            return
        self._columns = columns
        self._place_boxes(columns)

    def _place_boxes(self, columns: int) -> None:
        for place, box in enumerate(self.boxes.values()):
            # What stands below the panel may be high; its words are not cut for it.
            box.setMinimumHeight(box.sizeHint().height())
            self._grid.addWidget(box, place // columns, place % columns)

    def _across(self, columns: int) -> int:
        """How wide so many columns are."""
        widths = [0] * columns
        for place, box in enumerate(self.boxes.values()):
            at = place % columns
            widths[at] = max(widths[at], box.sizeHint().width())
        return sum(widths) + (columns - 1) * self._grid.horizontalSpacing()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        self.arrange(self._most)


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() else None


def _label(words: str, field: QWidget) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "label")
    label.setBuddy(field)
    return label
