"""The register of handovers: who gave what to whom, and what the other side has answered.

The newest stands first. Enter on a line opens it; nothing is decided in the list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QPushButton, QTableWidget, QTableWidgetItem, QWidget

from app.i18n import in_sentence, number, text
from app.services.arrivals_besides import of_round
from app.services.handover_register import HandoverView, Receipt, Verdict
from app.services.handover_values import RETURNED
from app.services.table_export import Holds
from app.ui.table_export import offer
from app.ui.theme import Theme

ON, FROM, TO, NUMBER, COUNTS, ANSWER, PRINT = range(7)
_NAMES = ("on", "from", "to", "number", "counts", "answer", "print")
#: What a column takes at most; the answer takes at least this, and all that is left.
_WIDTHS = {ON: 140, NUMBER: 64, COUNTS: 216, ANSWER: 232, PRINT: 84}
_LEAST_NAME, _LEAST_COUNTS = 112, 96
#: Beside the words of a cell.
_MARGIN = 24


class HandoverList(QTableWidget):
    """The handovers of this PC. `print_wanted` gives the id of one and the number of its bundle,
    `open_wanted` the one under the keyboard.
    """

    print_wanted = Signal(str, int)
    open_wanted = Signal(object)

    def __init__(self, theme: Theme, unit_name: Callable[[str], str], parent: QWidget) -> None:
        super().__init__(0, len(_NAMES), parent)
        self._unit_name = unit_name
        self._theme = theme
        self._views: list[HandoverView] = []
        #: The handover whose line is to be the one under the keyboard, once it is there.
        self._wanted = ""
        #: How wide the widest words of a column are.
        self._drawn: dict[int, int] = {}
        px = theme.pixels
        self.setProperty("role", "plain")
        self.setAccessibleName(text("handovers.register"))
        offer(self, "handovers", Holds.INTERNAL)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(self.SelectionBehavior.SelectRows)
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(px(36))
        self.setHorizontalHeaderLabels([text(f"handovers.column.{name}") for name in _NAMES])
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(ANSWER, QHeaderView.ResizeMode.Stretch)
        for section, width in _WIDTHS.items():
            header.resizeSection(section, px(width))
        self.installEventFilter(self)
        self.doubleClicked.connect(lambda at: self.open_wanted.emit(self._views[at.row()]))

    def show_lines(self, found: Sequence[HandoverView]) -> None:
        """Show the register; Enter means the handover asked for, else the one it meant before, else
        the newest.
        """
        at = self.currentRow()
        before = self._views[at].id if 0 <= at < len(self._views) else ""
        self._views = list(found)
        self.setRowCount(len(found))
        said: dict[int, set[str]] = {column: set() for column in (FROM, TO, COUNTS)}
        for place, one in enumerate(found):
            cells = (
                moment_of(one.moment),
                self._named(one.giver, one, received=True),
                self._named(one.to, one, received=False),
                str(one.seq) if one.seq else text("handovers.line_unknown"),
                counts_words(one, short=True),
                _answer(one),
            )
            tips = {COUNTS: counts_words(one), ANSWER: _answer_tip(one)}
            for column, shown in said.items():
                shown.add(cells[column])
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(tips.get(column, words))
                self.setItem(place, column, item)
            self.removeCellWidget(place, PRINT)
            if not one.has_file:
                continue
            button = QPushButton(text("handovers.print"))
            button.setProperty("role", "link")
            # The keyboard opens the line with Enter; a stop in every row would be in the way.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, it=one: self.print_wanted.emit(it.id, it.seq))
            self.setCellWidget(place, PRINT, button)
        drawn = self.fontMetrics().horizontalAdvance
        self._drawn = {column: max(map(drawn, it), default=0) for column, it in said.items()}
        self._share_out(self.viewport().width())
        places = {one.id: place for place, one in enumerate(found)}
        meant = self._wanted if self._wanted in places else before
        if meant == self._wanted:
            self._wanted = ""
        if found:
            self.setCurrentCell(places.get(meant, 0), 0)

    def choose(self, handover: str) -> None:
        """Put the keyboard's line on a handover when the register is shown next."""
        self._wanted = handover

    def _named(self, unit: str, one: HandoverView, *, received: bool) -> str:
        """The giver or the receiver; between PCs of one unit its name alone would say nothing: the
        other PC is the giver of what was `received` here, else the receiver.
        """
        name = self._unit_name(unit)
        other = one.to == one.giver and (one.direction == "beside") is received
        return text("handovers.beside", unit=in_sentence(name)) if other else name

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter on a line opens it."""
        if (
            watched is self
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and 0 <= self.currentRow() < len(self._views)
        ):
            self.open_wanted.emit(self._views[self.currentRow()])
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        """Share out the width anew."""
        self._share_out(event.size().width())  # the viewport's
        super().resizeEvent(event)

    def _share_out(self, width: int) -> None:
        """Where room is short the counts go first, then the moment: the tips have them. Names and
        counts take what their words need, the answer what is left: it is the longest.
        """
        px, header = self._theme.pixels, self.horizontalHeader()
        room = left = width - px(2 * _LEAST_NAME)
        for column in (NUMBER, PRINT, ANSWER, ON, COUNTS):
            room -= px(_WIDTHS[column])
            self.setColumnHidden(column, room < 0)
            left = room if room >= 0 else left
        name = px(_LEAST_NAME) + max(left, 0) // 2
        for column, least, most in (
            (FROM, px(_LEAST_NAME), name),
            (TO, px(_LEAST_NAME), name),
            (COUNTS, px(_LEAST_COUNTS), px(_WIDTHS[COUNTS])),
        ):
            needed = self._drawn.get(column, 0) + px(_MARGIN)
            header.resizeSection(column, max(least, min(needed, most)))


def counts_words(one: HandoverView, *, short: bool = False, compared: bool = True) -> str:
    """What was handed over, as the giver stated it; before that word has come, what was received.
    `short` without what is unfinished, where the names need the room; `compared` with what was
    counted otherwise.

    The giver's half travels with the next bundle: until then its counts are not zero but unknown.
    """
    said: tuple[int | None, ...] = (one.households, one.children, one.incomplete)
    key = "handovers.line_counts"
    counted = [got for got in one.receipts if not got.with_later]
    if None in said and counted:
        got = counted[-1]
        said = (got.households, got.children, got.incomplete)
        key = "handovers.line_counts_received"
    households, children, incomplete = (None if it is None else number(it) for it in said)
    if households is None or children is None or incomplete is None:
        if one.brought is not None:
            return text("handovers.line_brought", count=number(one.brought))
        return text("handovers.line_unknown")
    other = next((got for got in one.receipts if _other_numbers(one, got)), None)
    if other is not None and compared:
        return text(
            "handovers.line_counts_differ_short" if short else "handovers.line_counts_differ",
            households=households,
            children=children,
            counted_households=number(other.households),
            counted_children=number(other.children),
        )
    if short:
        return text(f"{key}_short", households=households, children=children)
    return text(key, households=households, children=children, incomplete=incomplete)


def _other_numbers(one: HandoverView, got: Receipt) -> bool:
    """Whether the numbers of this column are others; what else differs is told of one handover."""
    there, here = (one.households, one.children), (got.households, got.children)
    return one.counts_otherwise(got) and there != here


def _answer(one: HandoverView) -> str:
    """The last word: that it was taken back here, a verdict, a receipt, or that none has come."""
    if one.undone is not None:
        if not (one.verdicts and one.verdicts[-1].verdict == RETURNED):
            return text("handovers.one.undone_line")
        by = text(f"handovers.tier.{one.verdicts[-1].tier}")
        return text("handovers.one.undone_returned", tier=by, day=day_of(one.verdicts[-1].on))
    if one.awaited:
        return f"\N{WHITE CIRCLE} {text('handovers.awaited')}"
    aside = [got.tier for got in one.receipts if got.set_aside]
    last = one.verdicts[-1] if one.verdicts else None
    if aside and (last is None or last.verdict != RETURNED):
        return text("handovers.set_aside", tier=text(f"handovers.tier.{aside[-1]}"))
    if last is not None:
        return _verdict(last)
    if one.sent_back:
        tier, count = one.sent_back[-1]
        return text("handovers.sent_back", tier=text(f"handovers.tier.{tier}"), count=number(count))
    if one.receipts:
        got = one.receipts[-1]
        return text(
            "handovers.receipt", tier=text(f"handovers.tier.{got.tier}"), day=day_of(got.on)
        )
    if one.received_here and one.direction in ("beside", "above"):
        return text("handovers.received_here")
    return text("handovers.no_receipt")


def _answer_tip(one: HandoverView) -> str:
    """The same with the round that a receipt counts for, which the column has no room for."""
    words = _answer(one)
    last = one.receipts[-1] if one.receipts else None
    if last is None or not last.round or one.undone is not None or one.verdicts:
        return words
    return f"{words} · {of_round(last.round)}"


def _verdict(one: Verdict) -> str:
    back = one.sent_back if one.verdict == "accepted" else 0
    return text(
        f"handovers.verdict.{one.verdict}{'_but' if back else ''}",
        tier=text(f"handovers.tier.{one.tier}"),
        day=day_of(one.on),
        count=number(back),
    )


def verdict_words(one: Verdict) -> str:
    """What a tier decided, when, by whom, and how many single records it sent back besides."""
    back = one.sent_back if one.verdict == "accepted" else 0
    return text(
        f"handovers.one.{one.verdict}{'_but' if back else ''}",
        day=day_of(one.on),
        by=one.by,
        count=number(back),
    )


def _parsed(written: str) -> datetime | None:
    try:
        return datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone()
    except ValueError:
        return None


def moment_of(written: str) -> str:
    """A UTC moment as people here write it."""
    moment = _parsed(written)
    return written if moment is None else f"{moment:%d/%m/%Y %H:%M}"


def day_of(written: str) -> str:
    """The day of a UTC moment as people here write it; what is no moment stays as it is."""
    moment = _parsed(written)
    return written if moment is None else f"{moment:%d/%m/%Y}"
