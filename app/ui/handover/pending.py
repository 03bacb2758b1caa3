"""What waits for a person before anything else: returns, sendings cut off, bundles that are kept.

Each line says what happened, to which handover or record, and the next step; where the step can be
taken here, a button stands beside it. Nothing waits: nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import in_sentence, number, text
from app.services.handover_unfinished import UnfinishedSending
from app.ui.handover.desk import Pending, Returned
from app.ui.handover.register import day_of
from app.ui.step import Step
from app.ui.theme import Theme

#: Returns that are told one by one; the rest are counted.
MOST_RETURNS = 4
_SIGN = "\N{BLACK UP-POINTING TRIANGLE}"


def returned_words(one: Returned, unit_name: Callable[[str], str]) -> str:
    """Who sent back what, why, and what to do about it."""
    by = unit_name(one.by)
    if one.name:
        who = f"{one.name} ({one.about})" if one.about else one.name
        return text("handovers.returned.record", by=by, name=who, reason=one.reason)
    if one.seq and one.on:
        return text(
            "handovers.returned.handover", by=by, seq=one.seq, day=day_of(one.on), reason=one.reason
        )
    if one.seq:
        # Another PC of this unit sent it, and its word of the day has not come yet.
        return text("handovers.returned.undated", by=by, seq=one.seq, reason=one.reason)
    return text("handovers.returned.unnamed", by=by, reason=one.reason)


class PendingCard(QFrame):
    """The lines. The signals say what the person decided to do about one."""

    finish_wanted = Signal(object)
    drop_wanted = Signal(object)
    #: A household and a child of it ("" for none).
    open_wanted = Signal(str, str)
    kept_wanted = Signal()
    #: The whole list of what was sent back.
    returned_wanted = Signal()

    def __init__(self, theme: Theme, unit_name: Callable[[str], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._unit_name = unit_name
        self._shown = Pending()
        self._lines: list[QWidget] = []
        px = theme.pixels
        self.setProperty("role", "card")
        title = QLabel(text("handovers.pending"))
        title.setProperty("role", "title")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(16), px(8), px(16), px(8))
        self._column.setSpacing(px(8))
        self._column.addWidget(title)
        self.hide()

    @property
    def text(self) -> str:
        """Everything that is told, line by line."""
        return "\n".join(one.accessibleName() for one in self._lines)

    def buttons(self) -> list[Step]:
        """The steps that can be taken here, from top to bottom."""
        return [button for line in self._lines for button in line.findChildren(Step)]

    def show_pending(self, found: Pending) -> None:
        """Show what waits now; lines that stay the same keep the keyboard."""
        if found == self._shown:
            return
        self._shown = found
        for line in self._lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = [*map(self._sending, found.unfinished), *self._returns(found.returned)]
        if found.kept:
            seeing = Step(text("handovers.kept.see"))
            seeing.clicked.connect(self.kept_wanted)
            self._lines.append(self._line(text("handovers.kept", count=number(found.kept)), seeing))
        for line in self._lines:
            self._column.addWidget(line)
        self.setVisible(bool(self._lines))

    def _sending(self, one: UnfinishedSending) -> QWidget:
        words = text(
            "handovers.unfinished",
            seq=one.seq,
            to=in_sentence(self._unit_name(one.to)),
            day=day_of(one.sealed_on),
            file=one.file,
        )
        finish, drop = Step(text("handovers.finish")), Step(text("handovers.drop"))
        finish.clicked.connect(lambda: self.finish_wanted.emit(one))
        drop.clicked.connect(lambda: self.drop_wanted.emit(one))
        return self._line(words, finish, drop)

    def _returns(self, found: tuple[Returned, ...]) -> list[QWidget]:
        lines = [self._return(one) for one in found[:MOST_RETURNS]]
        more = len(found) - MOST_RETURNS
        if more > 0:
            seeing = Step(text("handovers.returned.see"))
            seeing.clicked.connect(self.returned_wanted)
            lines.append(self._line(text("handovers.returned.more", count=number(more)), seeing))
        return lines

    def _return(self, one: Returned) -> QWidget:
        words = returned_words(one, self._unit_name)
        if not (one.household or one.child):
            return self._line(words)
        opening = Step(text("handovers.open_record"))
        opening.clicked.connect(lambda: self.open_wanted.emit(one.household, one.child))
        return self._line(words, opening)

    def _line(self, words: str, *buttons: Step) -> QWidget:
        line = QWidget()
        line.setAccessibleName(words)
        said = QLabel(f"{_SIGN} {words}")
        said.setWordWrap(True)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setProperty("state", "warning")
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._theme.pixels(8))
        row.addWidget(said, 1)
        for button in buttons:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return line
