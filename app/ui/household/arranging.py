"""One pass over a form from top to bottom: where every field, label and message stands.

The form owns the widgets; this puts them in their places and writes down the words to paint. A new
pass is made whenever a message comes or goes, a section opens, or the width changes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QWidget

from app.forms.schema import Field, Label, Severity
from app.i18n import text
from app.ui.household.blocks import Row, Want, columns_of, rows_of, wrapped
from app.ui.household.field_edit import FieldEdit, Key
from app.ui.household.looks import (
    COLOUR,
    DASH,
    INHERITED_SIGN,
    SIGNS,
    Message,
    PartLine,
    ProposalLine,
    SectionState,
    Words,
)
from app.ui.household.plan import SectionPlan
from app.ui.household.proposal import Proposal

if TYPE_CHECKING:
    from app.ui.household.body import FormBody

#: A coded field is at most so wide for the sake of its longest label.
_WIDEST_CODE = 216
#: A table narrower than this share of what its columns want becomes rows of labelled fields.
_MOST_CROWDED = 1.15
#: As wide as a date gets.
_ANY_DATE = "00/00/0000"
#: The narrowest line a sentence is broken into.
_LEAST_LINE = 280
#: Sections and widths whose rows are remembered; a window that is pulled about has many widths.
_MOST_ROWS = 100
#: Lines and widths whose shortened words are remembered.
_MOST_CUTS = 300
OPENED = "\N{BLACK DOWN-POINTING TRIANGLE}"
CLOSED = "\N{BLACK RIGHT-POINTING TRIANGLE}"


def changed_area(before: Sequence[Words], now: Sequence[Words], width: int) -> QRect | None:
    """The strip of a form in which painted words differ; None where none do. What a field leaves
    behind when it moves Qt paints itself.
    """
    most = min(len(before), len(now))
    start = next((at for at in range(most) if before[at] != now[at]), most)
    if start == len(before) == len(now):
        return None
    end = next((at for at in range(most - start) if before[-1 - at] != now[-1 - at]), most - start)
    differ = [*before[start : len(before) - end], *now[start : len(now) - end]]
    top = min(one.rect.top() for one in differ)
    bottom = max(one.rect.bottom() for one in differ)
    return QRect(0, top, width, bottom - top + 1)


class Page:
    """One pass of arranging a form from top to bottom."""

    def __init__(self, form: FormBody, px: Callable[[int], int], metrics: QFontMetrics) -> None:
        self.form = form
        self.px = px
        self.metrics = metrics
        self.line = metrics.height()
        self.y = 0
        self.words: list[Words] = []
        self.order: list[QWidget] = []
        #: Everything in its place, in the order in which it is read: Tab goes by it.
        self.placed: list[QWidget] = []
        self.shown: set[QWidget] = set()

    @property
    def width(self) -> int:
        # A little air between the last field and the scroll bar.
        return self.form.width() - self.px(8)

    def measure(self, words: str) -> int:
        known = self.form.advances.get(words)
        if known is None:
            known = self.form.advances[words] = self.metrics.horizontalAdvance(words)
        return known

    def cut(self, words: str, room: int) -> str:
        """Words that end in an ellipsis where there is no room for all of them. What was cut is
        remembered: Qt measures every letter of a long line.
        """
        known, asked = self.form.cuts, (words, room)
        found = known.get(asked)
        if found is None:
            if len(known) > _MOST_CUTS:
                known.clear()
            found = self.metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
            known[asked] = found
        return found

    def finish(self) -> None:
        """Hide what has no place, show the rest, take the height."""
        form = self.form
        before, form.words = form.words, self.words
        form.order = self.order
        form.take_tab_order(self.placed)
        every: list[QWidget] = [*form.edits.values(), *form.proposals, form.more]
        for held in form.sections.values():
            every.append(held.fold)
            if held.add is not None:
                every.append(held.add)
        for widget in every:
            wanted = widget in self.shown
            if widget.isVisibleTo(form) != wanted:
                widget.setVisible(wanted)
        form.setFixedHeight(max(1, self.y))
        changed = changed_area(before, self.words, form.width())
        if changed is not None:
            form.update(changed)

    def put(self, widget: QWidget, rect: QRect, *, walk: bool = True) -> None:
        if widget.geometry() != rect:
            widget.setGeometry(rect)
        self.shown.add(widget)
        self.placed.append(widget)
        if walk:
            self.order.append(widget)

    def title(self, words: str, fields: Sequence[Field] = ()) -> None:
        self.y += self.px(8) if self.y else 0
        rect = QRect(0, self.y, self.width, self.line + self.px(4))
        self.words.append(Words(rect, words, "accent_strong", bold=True))
        looks = self.form.looks
        if any(
            look.state == "inherited"
            for one in fields
            if (look := looks.get(Key("", one.name))) is not None
        ):
            said = (text("entry.inherited"), text("entry.inherited_short"), "")
            # Bold letters are wider than the metrics of the plain font tell.
            free = self.width - round(self.measure(words) * 1.15) - self.px(16)
            hints = (f"{INHERITED_SIGN} {one}".rstrip() for one in said)
            hint = next((one for one in hints if self.measure(one) <= free), INHERITED_SIGN)
            self.words.append(Words(rect, hint, "accent", right=True))
        self.y = rect.bottom() + 1

    # --- rows of fields ---

    def want(self, one: Field) -> Want:
        characters = one.width or 16
        return Want(
            self.px(20) + round(characters * self.metrics.averageCharWidth() * 0.94), str(one.label)
        )

    def visible(self, fields: Sequence[Field]) -> list[Field]:
        """Fields with a widget, and the computed ones: these keep their place while they are
        empty, so that nothing moves when they are filled in. Ids that only the program needs are
        left out.
        """
        painted = self.form.painted
        return [
            one
            for one in fields
            if Key("", one.name) in self.form.edits
            or painted.get(one.name, "" if one.type == "uuid" or not one.auto else DASH)
        ]

    def rows(self, fields: Sequence[Field]) -> list[Row]:
        """The rows of some fields. The same fields in the same width have the same rows: they are
        remembered, for a pass is made while somebody types.
        """
        known, wanted = self.form.rows, (self.width, tuple(one.name for one in fields))
        found = known.get(wanted)
        if found is None:
            if len(known) > _MOST_ROWS:
                known.clear()
            wants = [self.want(one) for one in fields]
            found = known[wanted] = rows_of(wants, self.width, self.px(8), self.measure)
        return found

    def some_rows(self, fields: Sequence[Field], count: int) -> list[Field]:
        """As many fields, in order, as some rows hold. Those that do not apply now keep their
        place: what is typed into one field must not move the others.
        """
        kept = self.visible(fields)
        rows = self.rows(kept)
        return kept[: sum(len(row.spots) for row in rows[:count])]

    def flow(self, fields: Sequence[Field]) -> None:
        kept = self.visible(fields)
        if not kept:
            return
        for row in self.rows(kept):
            self.row(row, [Key("", kept[spot.index].name) for spot in row.spots], 0)

    def labels(self, row: Row, left: int) -> None:
        for spot in row.spots:
            top = self.y + (row.label_lines - len(spot.lines)) * self.line
            for place, words in enumerate(spot.lines):
                rect = QRect(left + spot.x, top + place * self.line, spot.width, self.line)
                self.words.append(Words(rect, words, "muted"))
        self.y += row.label_lines * self.line + self.px(2)

    def row(self, row: Row, keys: Sequence[Key], left: int) -> None:
        self.labels(row, left)
        self.boxes(row, keys, left)
        self.y += self.px(4)

    def boxes(self, row: Row, keys: Sequence[Key], left: int) -> None:
        height = self.px(32)
        messages: list[tuple[int, Message]] = []
        spoken: list[FieldEdit] = []
        for spot, key in zip(row.spots, keys, strict=True):
            x = left + spot.x
            edit = self.form.edits.get(key)
            if edit is None:
                rect = QRect(x, self.y, spot.width, height)
                shown = self.form.painted.get(key.name) or DASH
                self.words.append(Words(rect, self.cut(shown, spot.width), "text"))
                continue
            self.put(edit, QRect(x, self.y, spot.width, height))
            edit.said_below = 0
            look = self.form.looks.get(key)
            if look is not None and look.messages:
                spoken.append(edit)
                messages += [(x, one) for one in look.messages]
        self.y += height
        top = self.y
        self.messages(messages)
        for edit in spoken:
            edit.said_below = self.y - top

    def messages(self, found: Sequence[tuple[int, Message]]) -> None:
        """What is said under a row of boxes, each below its own: side by side where there is room.

        `found` goes from left to right. A sentence too long for its place takes lines of its own.
        """
        top, ends = self.y, list[int]()
        long: list[tuple[int, Message]] = []
        broken: set[int] = set()  # fields whose first sentence is long: the others stand below it
        for x, message in found:
            sentence = f"{SIGNS[message.severity]} {message.text}"
            width = self.measure(sentence)
            if width > self.width - x or x in broken:
                broken.add(x)
                long.append((x, message))
                continue
            free = (at for at, end in enumerate(ends) if end + self.px(16) <= x)
            shelf = next(free, len(ends))
            ends[shelf : shelf + 1] = [x + width]
            rect = QRect(x, top + shelf * self.line + self.px(1), width + 1, self.line)
            self.words.append(Words(rect, sentence, COLOUR[message.severity]))
        self.y = top + len(ends) * self.line + (self.px(2) if ends else 0)
        for x, message in long:
            self.message(x, message)

    def message(self, x: int, message: Message) -> None:
        sentence = f"{SIGNS[message.severity]} {message.text}"
        # Under its field when a readable line fits there, else moved left by as much as it lacks.
        start = max(0, min(x, self.width - self.px(_LEAST_LINE)))
        room = self.width - start
        for words in wrapped(sentence, room, self.measure):
            rect = QRect(start, self.y + self.px(1), room, self.line)
            self.words.append(Words(rect, words, COLOUR[message.severity]))
            self.y += self.line
        self.y += self.px(2)

    # --- tables ---

    def table(self, plan: SectionPlan) -> None:
        table = plan.table
        if table is None:
            return
        names = [str(one) for one in table.rows]
        lead = max(self.measure(one) for one in names) + self.px(12)
        wants = [
            Want(self.want(cell).width, str(header))
            for cell, header in zip(table.cells[0], table.headers, strict=True)
        ]
        if sum(want.width for want in wants) > (self.width - lead) * _MOST_CROWDED:
            for cells in table.cells:
                self.flow(cells)
            return
        row = columns_of(wants, self.width - lead, self.px(8), self.measure)
        self.labels(row, lead)
        for name, cells in zip(names, table.cells, strict=True):
            rect = QRect(0, self.y, lead, self.px(32))
            self.words.append(Words(rect, name, "text", bold=True))
            self.boxes(row, [Key("", one.name) for one in cells], lead)
            self.y += self.px(4)
        self.y += self.px(2)

    def parts(self, held: SectionState) -> None:
        plan = held.plan.parts
        if plan is None:
            return
        columns: list[tuple[str, Label, int, int]] = []
        if plan.kinds:
            columns.append(("event", held.plan.section.label, 22, 0))
        date = self.measure(_ANY_DATE) + self.px(20)
        columns += [
            (one.name, one.label, one.width or 12, date if one.type == "date" else 0)
            for one in plan.columns
            if not one.auto
        ]
        if held.parts:
            lead = 0 if plan.kinds else min(self.px(300), int(self.width * 0.34))
            average = self.metrics.averageCharWidth()
            wants = [
                Want(max(least, self.px(16) + width * average), str(label), least)
                for _, label, width, least in columns
            ]
            row = columns_of(wants, self.width - lead, self.px(8), self.measure)
            self.labels(row, lead)
            for line in held.parts:
                if lead:
                    rect = QRect(0, self.y, lead - self.px(8), self.px(32))
                    self.words.append(Words(rect, self.cut(line.title, rect.width()), "text"))
                self.boxes(row, [Key(line.id, column[0]) for column in columns], lead)
                self.y += self.px(4)
        if held.add is not None:
            width = held.add.sizeHint().width()
            self.put(held.add, QRect(0, self.y, width, self.px(28)), walk=False)
            self.y += self.px(32)

    def former(self, lines: Sequence[str]) -> None:
        """What stands in fields that the form no longer has."""
        if not lines:
            return
        self.title(text("entry.former"))
        for line in lines:
            for words in wrapped(line, self.width, self.measure):
                rect = QRect(0, self.y, self.width, self.line)
                self.words.append(Words(rect, words, "muted"))
                self.y += self.line
        self.y += self.px(4)

    # --- proposals, folds, chips ---

    def proposals(self, buttons: Sequence[Proposal], lines: Sequence[ProposalLine]) -> None:
        action = text("entry.space_confirms")
        room = self.width - self.measure(action) - self.px(64)
        for button, line in zip(buttons, lines, strict=False):
            # Bold letters are wider than the metrics of the plain font tell.
            button.title = wrapped(line.title, int(room * 0.9), self.measure)
            button.reason = wrapped(line.reason, room, self.measure)
            button.action = action
            rows = len(button.title) + len(button.reason)
            height = rows * self.line + self.px(12)
            self.put(button, QRect(0, self.y, self.width, height))
            self.y += height + self.px(4)

    def fold(self, held: SectionState, rest: Sequence[Field]) -> None:
        if not rest or not self.visible(rest):
            return
        self.fold_line(held.fold, self.visible(rest), held.open)

    def more(self, button: QPushButton, fields: Sequence[Field], *, in_short: bool) -> None:
        self.fold_line(button, self.visible(fields), self.form.more_open, in_short=in_short)

    def fold_line(
        self, button: QPushButton, rest: Sequence[Field], opened: bool, *, in_short: bool = False
    ) -> None:
        """The line that opens further fields and names them; `in_short` says what they hold."""
        filled = sum(1 for one in rest if self.form.holds(Key("", one.name)))
        names = ", ".join(str(one.label) for one in rest)
        sign = OPENED if opened else CLOSED
        if in_short and filled:
            held = ((one, self.form.edits.get(Key("", one.name))) for one in rest)
            names = " · ".join(
                f"{one.label}: {edit.text()}" for one, edit in held if edit and edit.text()
            )
            said = f"{names} (F4)"
        else:
            said = text("entry.more_fields", count=len(rest), filled=filled, names=names)
        if not opened:
            # What is wrong out of sight is counted first.
            said = f"{self._issues_of({one.name for one in rest})}  {said}".strip()
        cut = self.cut(f"{sign} {said}", self.width - self.px(16))
        if button.text() != cut:
            button.setText(cut)
        if button.toolTip() != names:
            button.setToolTip(names)
        if button.accessibleName() != said:
            button.setAccessibleName(said)
        self.put(button, QRect(0, self.y, self.width, self.px(24)), walk=False)
        self.y += self.px(28)

    def chips(self, held: Sequence[SectionState]) -> None:
        x = 0
        self.y += self.px(8)
        for one in held:
            plan = one.plan
            sign = OPENED if one.open else CLOSED
            issues = self._issues_of({each.name for each in plan.rest}, self._lines(plan))
            words = f"{sign} {plan.number} · {plan.section.label}  {issues}".rstrip()
            if one.fold.text() != words:
                one.fold.setText(words)
            width = self.measure(words) + self.px(28)
            if x and x + width > self.width:
                x = 0
                self.y += self.px(32)
            self.put(one.fold, QRect(x, self.y, width, self.px(28)), walk=False)
            x += width + self.px(8)
        hint = text("entry.f6_opens")
        if x + self.measure(hint) <= self.width:
            rect = QRect(x, self.y, self.width - x, self.px(28))
            self.words.append(Words(rect, hint, "muted"))
        self.y += self.px(36)

    def _issues_of(self, names: Collection[str], lines: Sequence[PartLine] = ()) -> str:
        """How many errors and warnings stand at some fields and lines, each with its sign."""
        counts = {Severity.ERROR: 0, Severity.WARNING: 0}
        parts = {one.id for one in lines}
        for key, look in self.form.looks.items():
            if not look.messages:
                continue
            if key.part in parts or (not key.part and key.name in names):
                for message in look.messages:
                    if message.severity in counts:
                        counts[message.severity] += 1
        return "  ".join(f"{SIGNS[kind]} {count}" for kind, count in counts.items() if count)

    def _lines(self, plan: SectionPlan) -> Sequence[PartLine]:
        return self.form.sections[plan.name].parts
