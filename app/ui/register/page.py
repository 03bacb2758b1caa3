"""Sổ và hộ: villages with their households on the left, the children of the chosen one beside.

Everything is read beside the window's thread: ids first, then the rows one looks at. Typing in the
search box finds by name, parents, head, number, telephone and personal id, with and without marks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.i18n import number, text
from app.services.entry import ChildRow, Entry, HouseholdRow, UnitLine, VillageLine
from app.ui.labels import Elided, SetWords
from app.ui.notify import Notifier, error_notice
from app.ui.register.rows import BIRTH, HEAD, HOUSEHOLD, NAME, SEX, STATE, VILLAGE, ChildRows
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme

T = TypeVar("T")
_KIND = int(Qt.ItemDataRole.UserRole)
_ID = _KIND + 1
_UNIT = _KIND + 2
_REST = 90
#: From this width on, at 100 %, all columns have their place.
_ROOMY = 900
_LEAST_NAME = 176
_WIDTHS = {BIRTH: 104, SEX: 84, HOUSEHOLD: 64, HEAD: 176, VILLAGE: 136, STATE: 112}
#: The width of a village with the name of its commune.
_PLACE = 184


class RegisterPage(QWidget):
    """The register. `open_household` gives the household and the child to begin at."""

    open_household = Signal(str, str)
    new_household = Signal(str, str)

    def __init__(self, tasks: Tasks, entry: Entry, notifier: Notifier, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._tasks = tasks
        self._entry = entry
        self._notifier = notifier
        self._theme = theme
        self._words = ""
        self._asked = 0
        self._answered = 0
        self._open_first = False
        self._unit, self._village, self._village_name = "", "", ""
        self.rows = ChildRows(theme)
        self._widths = dict(_WIDTHS)
        self.rows.page_wanted.connect(self._fetch)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self._find)
        self._build()

    def _build(self) -> None:
        px = self._theme.pixels
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setProperty("role", "plain")
        self.tree.setAccessibleName(text("register.tree"))
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(px(16))
        self.tree.itemExpanded.connect(self._expanded)
        self.tree.currentItemChanged.connect(self._chosen)
        self.tree.itemActivated.connect(self._activated)
        self.new = Step(f"{text('register.new_household')}   Ctrl+N")
        self.new.clicked.connect(self.begin_household)
        books = Elided()
        books.say(text("register.books"))
        books.setProperty("role", "title")
        left = QFrame()
        left.setProperty("role", "card")
        self._left = left
        column = QVBoxLayout(left)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(8))
        self._books_hint = hint = QLabel(text("register.books_hint"))
        hint.setProperty("role", "muted")
        head = QHBoxLayout()
        head.addWidget(books, 1)
        head.addWidget(hint)
        column.addLayout(head)
        column.addWidget(self.tree, 1)
        column.addWidget(self.new)
        self.title = QLabel()
        self.title.setProperty("role", "crumb")
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.unfinished = QCheckBox(text("register.only_unfinished"))
        self.unfinished.toggled.connect(lambda _on: self._find())
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(self.title)
        head.addWidget(self.count, 1)
        head.addWidget(self.unfinished)
        self.table = QTableView()
        self.table.setModel(self.rows)
        self.table.setProperty("role", "plain")
        self.table.setAccessibleName(text("register.children"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(px(32))
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for section, width in self._widths.items():
            header.resizeSection(section, px(width))
        self.table.activated.connect(self._open_row)
        self.table.installEventFilter(self)
        self.empty = _EmptyPage(self._theme)
        self.empty.begin.clicked.connect(self.begin_household)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.nothing = _NothingFound(self._theme)
        self.nothing.everywhere.clicked.connect(self.search_everywhere)
        self.stack.addWidget(self.nothing)
        right = QFrame()
        right.setProperty("role", "card")
        column = QVBoxLayout(right)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(16), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(left)
        row.addWidget(right, 1)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the villages and the list again; what is chosen stays chosen."""
        self._run(self._entry.communes, self._show_communes)
        self._find()

    def search(self, words: str) -> None:
        """Show what fits the typed words; called at every key."""
        self._words = words
        self._open_first = False
        self._timer.start()

    def _run(self, op: Callable[[], T], on_done: Callable[[T], None]) -> None:
        self._tasks.run(op, on_done, self._failed, owner=self)

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def _show_communes(self, found: Sequence[UnitLine]) -> None:
        expanded = self._expanded_ids()
        chosen = self._current_id()
        several = len(found) > 1
        self.rows.tell_apart({one.unit: one.name for one in found} if several else {})
        self._widths[VILLAGE] = _PLACE if several else _WIDTHS[VILLAGE]
        self._fit_columns()
        self.tree.blockSignals(True)
        self.tree.clear()
        everything = _item(text("register.everything"), "all", "", "")
        self.tree.addTopLevelItem(everything)
        if len(found) == 1:
            self._run(
                partial(self._entry.villages, found[0].unit),
                partial(self._show_villages, None, found[0].unit, expanded, chosen),
            )
        for one in found if len(found) > 1 else ():
            item = _item(one.name, "unit", one.unit, one.unit)
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            self.tree.addTopLevelItem(item)
        self.tree.blockSignals(False)
        if not chosen:
            self.tree.setCurrentItem(everything)

    def _show_villages(
        self,
        parent: QTreeWidgetItem | None,
        unit: str,
        expanded: frozenset[str],
        chosen: str,
        found: Sequence[VillageLine],
    ) -> None:
        self.tree.blockSignals(True)
        for line in found:
            name = line.name or text("register.no_village")
            words = text(
                "register.village_line",
                name=name,
                households=number(line.households),
                children=number(line.children),
            )
            item = _item(words, "village", line.id, unit)
            item.setToolTip(0, words)
            if line.households:
                policy = QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator
                item.setChildIndicatorPolicy(policy)
            if parent is None:
                self.tree.addTopLevelItem(item)
            else:
                parent.addChild(item)
        self.tree.blockSignals(False)
        for item in self._items():
            if item.data(0, _ID) in expanded and item.data(0, _KIND) == "village":
                item.setExpanded(True)
            if chosen and item.data(0, _ID) == chosen:
                self.tree.setCurrentItem(item)

    def _expanded(self, item: QTreeWidgetItem) -> None:
        if item.childCount():
            return
        kind, one, unit = (item.data(0, role) for role in (_KIND, _ID, _UNIT))
        if kind == "unit":
            self._run(
                partial(self._entry.villages, one),
                partial(self._show_villages, item, unit, frozenset(), ""),
            )
        elif kind == "village":
            entry = self._entry

            def read() -> list[HouseholdRow]:
                return entry.household_rows(entry.household_ids(unit, one))

            self._run(read, partial(self._show_households, one))

    def _show_households(self, village: str, found: Sequence[HouseholdRow]) -> None:
        parent = next((one for one in self._items() if one.data(0, _ID) == village), None)
        if parent is None or parent.childCount():
            return
        for row in found:
            head = row.head_name or text("entry.no_name")
            words = text(
                "register.household_line",
                head=f"{row.household_no} · {head}" if row.household_no else head,
                children=row.children,
            )
            item = _item(words, "household", row.id, row.owner_unit)
            item.setToolTip(0, words)
            parent.addChild(item)

    def _items(self) -> list[QTreeWidgetItem]:
        found: list[QTreeWidgetItem] = []
        waiting = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        while waiting:
            item = waiting.pop()
            if item is None:
                continue
            found.append(item)
            waiting += [item.child(row) for row in range(item.childCount())]
        return found

    def _expanded_ids(self) -> frozenset[str]:
        return frozenset(one.data(0, _ID) for one in self._items() if one.isExpanded())

    def _current_id(self) -> str:
        item = self.tree.currentItem()
        return "" if item is None else str(item.data(0, _ID))

    # --- choosing ---------------------------------------------------------------------------

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        kind, one, unit = (item.data(0, role) for role in (_KIND, _ID, _UNIT))
        if kind == "household":
            return
        self._unit = unit
        self._village = one if kind == "village" else ""
        self._village_name = item.text(0).partition("  ")[0] if kind != "all" else ""
        self._find()

    def _activated(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _KIND) == "household":
            self.open_household.emit(item.data(0, _ID), "")
        else:
            item.setExpanded(not item.isExpanded())

    def begin_household(self) -> None:
        """Ctrl+N: a new household in the chosen village."""
        self.new_household.emit(self._unit, self._village)

    def _find(self) -> None:
        self._timer.stop()
        self._asked += 1
        asked = self._asked
        read = partial(
            self._entry.child_ids,
            self._words,
            self._village,
            self._unit if not self._village else "",
            self.unfinished.isChecked(),
        )
        self._run(read, partial(self._show_ids, asked))

    def _show_ids(self, asked: int, found: list[str]) -> None:
        if asked != self._asked:
            return  # the person has typed on
        self._answered = asked
        self.rows.set_ids(found)
        self.title.setText(self._village_name or text("register.all_children"))
        if self._words.strip():
            self.count.setText(text("register.found", count=number(len(found))))
        else:
            self.count.setText(text("register.count", count=number(len(found))))
        if found:
            self._turn_to(self.table)
        elif self._words.strip() or self.unfinished.isChecked():
            self.nothing.show_for(self._words.strip(), self._village_name)
            self._turn_to(self.nothing)
        else:
            self.empty.show_for(in_village=bool(self._village))
            self._turn_to(self.empty)
        if found:
            self.table.setCurrentIndex(self.rows.index(0, NAME))
        if self._open_first:
            self._open_first = False
            self.open_current()

    def _fetch(self, page: int) -> None:
        read = partial(self._entry.child_rows, self.rows.ids_of(page))
        take = partial(self.rows.take_page, self.rows.generation, page)
        self._run(read, take)

    def _turn_to(self, page: QWidget) -> None:
        """Show the list or what stands for it; the keyboard never stays in what is hidden."""
        if page is self.stack.currentWidget():
            return
        held = QApplication.focusWidget()
        inside = held is not None and self.stack.isAncestorOf(held)
        self.stack.setCurrentWidget(page)
        if inside:
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
            self.focus_list()

    def search_everywhere(self) -> None:
        """Look for the same words in every village."""
        self.unfinished.setChecked(False)
        everything = self.tree.topLevelItem(0)
        if everything is not None:
            self.tree.setCurrentItem(everything)

    def focus_list(self) -> None:
        """Go to the list, after a search; to the way out when nothing was found."""
        shown = self.stack.currentWidget()
        target: QWidget = self.table
        if shown is self.empty:
            target = self.empty.begin
        elif shown is self.nothing and not self.nothing.everywhere.isHidden():
            target = self.nothing.everywhere
        elif shown is self.nothing:
            return  # the search box keeps the keyboard: there is nowhere to go
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        """Large letters on a small screen: the name of the child keeps its room, others give way.

        What has no column here stands on the household's page.
        """
        super().resizeEvent(event)
        px = self._theme.pixels
        roomy = self.width() >= px(_ROOMY)
        side = px(248 if roomy else 216)
        self._left.setFixedWidth(side)
        self._books_hint.setVisible(roomy)
        self._fit_columns()

    def _fit_columns(self) -> None:
        px = self._theme.pixels
        room = self.width() - self._left.width() - px(64 + _LEAST_NAME)
        for column in (BIRTH, HOUSEHOLD, STATE, HEAD, VILLAGE, SEX):
            width = px(self._widths[column])
            room -= width
            self.table.setColumnHidden(column, room < 0)
            self.table.horizontalHeader().resizeSection(column, width)

    def open_current(self) -> None:
        """Open the household of the highlighted child; of the first one found, when the answer
        to what was typed is still on its way (the old list must not be opened instead)."""
        if self._timer.isActive():
            self._find()
        if self._answered != self._asked:
            self._open_first = True
        else:
            self._open_row(self.table.currentIndex())

    def _open_row(self, index: QModelIndex) -> None:
        """Open what the line stands for, also when its row has not been fetched yet: a quick
        Enter after a search must not get lost."""
        if index.isValid():
            child = self.rows.id_at(index.row())
            self._run(partial(self._entry.child_rows, [child]), self._open_found)

    def _open_found(self, found: Sequence[ChildRow]) -> None:
        for row in found:
            self.open_household.emit(row.household, row.id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        """Enter in the list opens the household (Qt activates by double click only here)."""
        if (
            watched is self.table
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.open_current()
            return True
        return super().eventFilter(watched, event)


class _EmptyPage(QWidget):
    """What to do first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        px = theme.pixels
        self.words = QLabel()
        self.words.setProperty("role", "heading")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        steps = SetWords()
        steps.setText(text("register.empty_steps"))
        steps.setProperty("role", "muted")
        steps.setFixedWidth(px(448))
        steps.fit(px(448))
        steps.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.begin = Step(f"{text('register.begin')}   Ctrl+N")
        self.begin.setProperty("role", "primary")
        column = QVBoxLayout(self)
        column.setSpacing(px(16))
        column.addStretch(2)
        column.addWidget(self.words)
        column.addWidget(steps, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_for(self, *, in_village: bool) -> None:
        """Say whether the whole register is empty or one village."""
        key = "register.empty_village" if in_village else "register.empty"
        self.words.setText(text(key))


class _NothingFound(QWidget):
    """What was looked for is not there: say so, and offer the way out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        px = theme.pixels
        self.words = QLabel()
        self.words.setProperty("role", "crumb")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.hint = QLabel(text("register.nothing_hint"))
        self.hint.setProperty("role", "muted")
        for label in (self.words, self.hint):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.everywhere = Step(text("register.search_everywhere"))
        column = QVBoxLayout(self)
        column.setSpacing(px(16))
        column.addStretch(2)
        column.addWidget(self.words)
        column.addWidget(self.hint)
        column.addWidget(self.everywhere, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_for(self, words: str, village: str) -> None:
        """Say what was looked for and where; `words` is empty when only unfinished ones were."""
        if not words:
            self.words.setText(text("register.nothing_unfinished"))
        elif village:
            self.words.setText(text("register.nothing_here", words=words, village=village))
        else:
            self.words.setText(text("register.nothing", words=words))
        self.hint.setVisible(bool(words))
        self.everywhere.setVisible(bool(village and words))


def _item(words: str, kind: str, one: str, unit: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([words])
    item.setData(0, _KIND, kind)
    item.setData(0, _ID, one)
    item.setData(0, _UNIT, unit)
    return item
