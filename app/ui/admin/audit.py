"""Nhật ký: what happened on this PC, newest first, and whether nobody thinned it out.

The list is of any length: its rows come a page at a time. Looking at it writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QLabel, QTableView, QWidget

from app.i18n import number, text
from app.services.audit_trail import AuditList, AuditTrail, ChainReport
from app.services.audit_words import kind_in_words
from app.services.table_export import Holds
from app.text.sort_key import name_sort_key, natural_key
from app.ui.admin.audit_rows import DETAILS, WHAT, WHEN, WHO, AuditRows
from app.ui.admin.section import Section
from app.ui.labels import Elided, ElidedChoice
from app.ui.paged_cells import PagedCells
from app.ui.table_export import offer
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

_WIDTHS = {WHEN: 144, WHO: 144, WHAT: 184}
_LEAST_DETAILS = 160
#: Lines of the whole of the chosen event.
_LINES = 3
#: Digits of the chain's value that are read aloud together.
_GROUP = 4


class AuditSection(Section):
    """The list, what it is narrowed to, the whole of its chosen line, and the proof."""

    def __init__(self, tasks: Tasks, theme: Theme, trail: AuditTrail, parent: QWidget) -> None:
        super().__init__(tasks, theme, text("administration.audit"), parent)
        self._trail = trail
        self._stale = True
        self._asked = 0
        px = theme.pixels
        self.who = self._choice("who")
        self.kind = self._choice("what")
        self.count = Elided(natural=True)
        self.count.setParent(self)
        self.count.setProperty("role", "muted")
        self.row(self.who, self.kind, self.count)
        self.rows = AuditRows(theme)
        self.rows.page_wanted.connect(self._fetch)
        self.rows.dataChanged.connect(lambda *_: self._say_whole())
        self.table = self._table()
        self.column.addWidget(self.table, 1)
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.whole.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.whole.setFixedHeight(self.whole.fontMetrics().lineSpacing() * _LINES + px(4))
        self.column.addWidget(self.whole)
        self.verify = self.step(text("administration.audit.verify"), self._verify)
        self.row(self.verify)
        self.close_column(room=False)
        self.first = self.table

    def _choice(self, what: str) -> QComboBox:
        box = ElidedChoice(self)
        box.setAccessibleName(text(f"administration.audit.{what}"))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(self.theme.pixels(240))
        box.addItem(text(f"administration.audit.every.{what}"), "")
        box.activated.connect(lambda _row: self._look())
        return box

    def _table(self) -> QTableView:
        px = self.theme.pixels
        table = QTableView(self)
        table.setModel(self.rows)
        table.setItemDelegate(PagedCells(self.rows, self.theme, table))
        table.setAccessibleName(text("administration.audit"))
        offer(table, "audit", Holds.INTERNAL, fetch=self._trail.rows)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setMinimumHeight(px(176))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(px(32))
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(DETAILS, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().currentRowChanged.connect(lambda *_: self._say_whole())
        return table

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read which events there are, once somebody sees them."""
        self._stale = not self.isVisible()
        if not self._stale:
            self._look()

    def _look(self) -> None:
        self._asked += 1
        who, kind = str(self.who.currentData() or ""), str(self.kind.currentData() or "")
        self.read(partial(self._trail.find, who, kind), partial(self._show, self._asked))

    def _show(self, asked: int, found: AuditList) -> None:
        if asked != self._asked:
            return  # narrowed again meanwhile
        _fill(self.who, [(one, one) for one in sorted(found.accounts, key=name_sort_key)])
        kinds = [(kind_in_words(one), one) for one in found.kinds]
        _fill(self.kind, sorted(kinds, key=lambda one: natural_key(one[0])))
        at = self.table.currentIndex().row()
        before = self.rows.key_at(at) if 0 <= at < self.rows.rowCount() else 0
        self.rows.set_keys(found.numbers)
        self.count.say(text("administration.audit.count", count=number(len(found.numbers))))
        if len(found.numbers):
            # Who stood on the newest event stays on the newest.
            row = found.numbers.index(before) if at > 0 and before in found.numbers else 0
            self.table.setCurrentIndex(self.rows.index(row, WHAT))
        self._say_whole()

    def _fetch(self, page: int) -> None:
        wanted = self.rows.keys_of(page)
        take = partial(self.rows.take_page, self.rows.generation, page)
        self.read(partial(self._trail.rows, wanted), take)

    def _say_whole(self) -> None:
        self.whole.setText(self.rows.whole(self.table.currentIndex().row()))

    # --- proving ----------------------------------------------------------------------------

    def _verify(self) -> None:
        self.act(self._trail.verify, self._verified, lane=Lane.READ)

    def _verified(self, found: ChainReport) -> None:
        if found.broken_at is not None:
            self.say(text("administration.audit.broken", number=number(found.broken_at)), "error")
            return
        groups = range(0, len(found.head), _GROUP)
        head = " ".join(found.head[at : at + _GROUP] for at in groups)
        events = number(found.events)
        self.say(text("administration.audit.holds", events=events, head=head), "done")

    # --- showing ----------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 -- Qt's name
        super().showEvent(event)
        if self._stale:
            self.load()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        """Where room is short the person goes: the line below says who."""
        super().resizeEvent(event)
        px = self.theme.pixels
        margins = self.column.contentsMargins()
        room = self.width() - margins.left() - margins.right() - px(_LEAST_DETAILS)
        for column in (WHEN, WHAT, WHO):
            room -= px(_WIDTHS[column])
            self.table.setColumnHidden(column, room < 0)
            self.table.horizontalHeader().resizeSection(column, px(_WIDTHS[column]))


def _fill(box: QComboBox, choices: Sequence[tuple[str, str]]) -> None:
    """Offer (words, what they mean) below the first, which means everything; what is chosen stays,
    and a list somebody has open is left alone.
    """
    held = [(box.itemText(at), box.itemData(at)) for at in range(1, box.count())]
    if held == list(choices):
        return
    chosen = box.currentData()
    while box.count() > 1:
        box.removeItem(box.count() - 1)
    for words, means in choices:
        box.addItem(words, means)
    box.setCurrentIndex(max(0, box.findData(chosen)))
