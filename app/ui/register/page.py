"""Sổ và hộ: the book as a tree on the left, the children that fit beside.

Everything is read beside the window's thread: ids first, then the rows one looks at. Typing in the
search box finds by name, parents, head, number, telephone and personal id, with and without marks;
filters narrow the list further (F4), an order is chosen by F9.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.i18n import number, text
from app.services.entry import ChildRow, Entry, UnitLine
from app.services.list_export import ListExport
from app.services.lists import ChildLists, GroupChoice, ListFilter, Sort
from app.services.lookup.found import FoundIds
from app.services.masking import Reveal
from app.services.rights import Right, allows
from app.ui.household.codec import language
from app.ui.labels import Elided
from app.ui.notify import Notifier, error_notice
from app.ui.register.child_table import ChildTable
from app.ui.register.exporting import Exporting
from app.ui.register.filter_panel import FilterPanel, in_words
from app.ui.register.nothing import EmptyPage, NothingFound
from app.ui.register.rows import NAME, ChildRows
from app.ui.register.tree import BookPlace, BookTree
from app.ui.step import Step
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

T = TypeVar("T")
_REST = 90
#: From this width on, at 100 %, all columns have their place.
_ROOMY = 900
_ORDER = "\N{UP DOWN ARROW}"


class RegisterPage(QWidget):
    """The register. `open_household` gives the household and the child to begin at."""

    open_household = Signal(str, str)
    new_household = Signal(str, str)

    def __init__(
        self,
        tasks: Tasks,
        entry: Entry,
        lists: ChildLists,
        export: ListExport,
        rights: frozenset[Right],
        notifier: Notifier,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._tasks = tasks
        self._lists = lists
        self._notifier = notifier
        self._theme = theme
        self._words = ""
        self._conditions = ListFilter()
        self._sort = Sort.NAME
        self._asked = 0
        self._answered = 0
        self._open_first = False
        self._started = False
        self.rows = ChildRows(theme)
        self.rows.page_wanted.connect(self._fetch)
        self.tree = BookTree(tasks, entry, lists, theme)
        self.table = ChildTable(self.rows, theme)
        self.panel = FilterPanel(theme)
        self.exporting = Exporting(tasks, export, notifier, theme)
        self.exporting.offer(allowed=allows(rights, Right.EXPORT))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self._find)
        self._build()
        self._connect()

    # --- building ---------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._theme.pixels
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(16), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(self._book())
        row.addWidget(self._list(), 1)

    def _book(self) -> QWidget:
        px = self._theme.pixels
        self.new = Step(f"{text('register.new_household')}   Ctrl+N")
        books = Elided()
        books.say(text("register.books"))
        books.setProperty("role", "title")
        self._left = left = QFrame()
        left.setProperty("role", "card")
        self._books_hint = QLabel(text("register.books_hint"))
        self._books_hint.setProperty("role", "muted")
        head = QHBoxLayout()
        head.addWidget(books, 1)
        head.addWidget(self._books_hint)
        column = QVBoxLayout(left)
        column.setContentsMargins(px(8), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.tree, 1)
        column.addWidget(self.new)
        return left

    def _list(self) -> QWidget:
        px = self._theme.pixels
        self.title = Elided(natural=True)
        self.title.setProperty("role", "crumb")
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.sorting = Step()
        self.filters = Step()
        self.filters.setToolTip("F4")
        for one in (self.sorting, self.filters):
            one.setProperty("role", "link")
        self.conditions = Elided()
        self.conditions.setProperty("state", "warning")
        self.unfilter = Step(f"{text('lists.clear')}   Shift+F4")
        self.unfilter.setProperty("role", "link")
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.title)
        head.addWidget(self.count, 1)
        head.addWidget(self.sorting)
        head.addWidget(self.filters)
        head.addWidget(self.exporting.button)
        said = QHBoxLayout()
        said.setSpacing(px(8))
        said.addWidget(self.conditions, 1)
        said.addWidget(self.unfilter)
        self._said = QWidget()
        said.setContentsMargins(0, 0, 0, 0)
        self._said.setLayout(said)
        self._said.hide()
        self.panel.hide()
        self.empty = EmptyPage(self._theme)
        self.nothing = NothingFound(self._theme)
        self.stack = QStackedWidget()
        # What stands there when nothing is found is higher than what the filters leave over.
        self.stack.setMinimumHeight(px(96))
        for page in (self.table, self.empty, self.nothing):
            self.stack.addWidget(page)
        right = QFrame()
        right.setProperty("role", "card")
        column = QVBoxLayout(right)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self._said)
        column.addWidget(self.exporting.work)
        column.addWidget(self.panel)
        column.addWidget(self.stack, 1)
        return right

    def _connect(self) -> None:
        self.tree.chosen.connect(self._place_chosen)
        self.tree.failed.connect(self._failed)
        self.tree.open_household.connect(self.open_household)
        self.tree.communes_known.connect(self._show_communes)
        self.table.opened.connect(self.open_current)
        self.table.activated.connect(self._open_row)
        self.table.sort_wanted.connect(self.sort_by)
        self.new.clicked.connect(self.begin_household)
        self.empty.begin.clicked.connect(self.begin_household)
        self.nothing.everywhere.clicked.connect(self.search_everywhere)
        self.panel.changed.connect(self._narrowed)
        self.panel.reason_given.connect(self._reveal)
        self.panel.kept.connect(self._keep)
        self.exporting.button.clicked.connect(self.export)
        acts: tuple[tuple[str, Step | None, Callable[[], object]], ...] = (
            ("F4", self.filters, self.toggle_filters),
            ("Shift+F4", self.unfilter, self.clear_filter),
            ("F9", self.sorting, self.sort_next),
        )
        self.nothing.unfiltered.clicked.connect(self.clear_filter)
        for keys, step, act in acts:
            # For the window, because the search box above belongs to the list; a page that is not
            # seen takes no keys.
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(act)
            if step is not None:
                step.clicked.connect(act)
        self._say_order()
        self._say_conditions()

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the villages and the list again; what is chosen stays chosen."""
        self.tree.load()
        if not self._started:
            self._started = True
            self._run(partial(self._lists.groups, language()), self._offer)
            self._take_kept(self._lists.kept())
        self._find()

    def search(self, words: str) -> None:
        """Show what fits the typed words; called at every key."""
        self._words = words
        self._open_first = False
        self._timer.start()

    def show_filter(self, wanted: ListFilter) -> None:
        """Show the children that fit a filter, whatever was looked for before; in the place it
        names, or everywhere. A group of level A is looked for only once its reason was given.
        """
        self._words = wanted.words
        self.panel.show_value(wanted)
        self._conditions = self.panel.value
        if wanted.unit or wanted.village:
            self.tree.choose(wanted.unit, wanted.village)
        else:
            self.tree.choose_everything()
        self._find()

    @property
    def wanted(self) -> ListFilter:
        """What the list shows now."""
        place = self.tree.place
        return replace(
            self._conditions,
            unit="" if place.village else place.unit,
            village=place.village,
            no_village=place.no_village,
            words=self._words,
        )

    def _run(self, op: Callable[[], T], on_done: Callable[[T], None]) -> None:
        self._tasks.run(op, on_done, self._failed, owner=self)

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    def _show_communes(self, found: Sequence[UnitLine]) -> None:
        several = len(found) > 1
        self.rows.tell_apart({one.unit: one.name for one in found} if several else {})
        self.table.widen_places(several_units=several)
        self._fit_columns()

    def _place_chosen(self, _place: BookPlace) -> None:
        self._find()

    def begin_household(self) -> None:
        """Ctrl+N: a new household in the chosen village."""
        place = self.tree.place
        self.new_household.emit(place.unit, place.village)

    def _find(self) -> None:
        self._timer.stop()
        self._asked += 1
        asked = self._asked
        read = partial(self._lists.find, self.wanted, self._sort)
        self._run(read, partial(self._show_ids, asked))

    def _show_ids(self, asked: int, found: FoundIds) -> None:
        if asked != self._asked:
            return  # the person has typed on
        self._answered = asked
        self.rows.set_ids(found)
        place, wanted = self.tree.place, self.wanted
        narrowed = wanted.conditions != ListFilter()
        self.title.say(place.name or text("register.all_children"))
        key = "register.found" if self._words.strip() or narrowed else "register.count"
        self.count.setText(text(key, count=number(len(found))))
        self.exporting.button.setEnabled(bool(found))
        said = " · ".join(in_words(wanted, self.panel.groups))
        if found:
            self._turn_to(self.table)
        elif self._words.strip() or narrowed:
            self.nothing.show_for(self._words.strip(), place.name, said)
            self._turn_to(self.nothing)
        else:
            self.empty.show_for(in_village=bool(place.village))
            self._turn_to(self.empty)
        if found:
            self.table.setCurrentIndex(self.rows.index(0, NAME))
        if self._open_first:
            self._open_first = False
            self.open_current()
        if not self._lists.is_ready:
            self._run(self._lists.prepare, lambda _made: None)

    def _fetch(self, page: int) -> None:
        read = partial(self._lists.rows, self.rows.ids_of(page))
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

    # --- filters and orders -----------------------------------------------------------------

    def _offer(self, groups: list[GroupChoice]) -> None:
        self.panel.offer(groups)
        self._say_conditions()

    def _take_kept(self, kept: ListFilter | None) -> None:
        self.panel.show_kept(kept=kept is not None)
        if kept is not None:
            self.panel.show_value(kept)
            self._conditions = self.panel.value
            self._say_conditions()

    def toggle_filters(self) -> None:
        """F4: open or close the filters; the keyboard goes with them."""
        if self.panel.isHidden():
            self.panel.show()
            next(iter(self.panel.boxes.values())).setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.panel.escape()
            held = QApplication.focusWidget()
            inside = held is not None and self.panel.isAncestorOf(held)
            self.panel.hide()
            if inside:
                self.focus_list()

    def escape(self) -> bool:
        """Close what is open over the list; whether anything was."""
        if self.panel.isHidden():
            return False
        if not self.panel.escape():
            self.toggle_filters()
        return True

    def clear_filter(self) -> None:
        """Shift+F4: everybody again; the words that are searched for stay."""
        self.panel.show_value(ListFilter(), tell=True)

    def _narrowed(self, wanted: ListFilter) -> None:
        self._conditions = wanted
        self._say_conditions()
        self._keep(self.panel.keep.isChecked())
        self._timer.start()

    def _say_conditions(self) -> None:
        said = in_words(self._conditions, self.panel.groups)
        self._said.setVisible(bool(said))
        self.conditions.say(text("lists.narrowed", conditions=" · ".join(said)))
        count = f" ({len(said)})" if said else ""
        self.filters.setText(f"{text('lists.filters')}{count}   F4")

    def _keep(self, on: bool) -> None:
        kept = self._conditions if on else None
        if kept == self._lists.kept():
            return
        keep = partial(self._lists.keep, kept)
        self._tasks.run(keep, lambda _: None, self._failed, lane=Lane.WRITE, owner=self)

    def _reveal(self, group: str, reason: str) -> None:
        look = partial(self._lists.reveal_group, group, Reveal(reason))

        def done(_nothing: None) -> None:
            self.panel.take_revealed(group)
            self._run(partial(self._lists.groups, language()), self._offer)

        self._tasks.run(look, done, self._failed, lane=Lane.WRITE, owner=self)

    def sort_next(self) -> None:
        """F9: the next order."""
        orders = list(Sort)
        self.sort_by(orders[(orders.index(self._sort) + 1) % len(orders)])

    def sort_by(self, sort: Sort) -> None:
        """Show the list in another order."""
        self._sort = sort
        self._say_order()
        self._find()

    def _say_order(self) -> None:
        words = text(f"lists.sort.{self._sort.value}")
        roomy = self.width() >= self._theme.pixels(_ROOMY)
        self.sorting.setText(f"{words if roomy else _ORDER}   F9")
        self.sorting.setAccessibleName(words)
        self.sorting.setToolTip(words)
        self.table.show_sort(self._sort)

    def export(self) -> None:
        """Write what is shown to a file."""
        said = in_words(self.wanted, self.panel.groups)
        self.exporting.begin(self.wanted, self._sort, said, self.tree.place.name)

    # --- going on ---------------------------------------------------------------------------

    def search_everywhere(self) -> None:
        """Look for the same words in every village."""
        self.tree.choose_everything()

    def focus_list(self) -> None:
        """Go to the list, after a search; to the way out when nothing was found."""
        shown = self.stack.currentWidget()
        target: QWidget | None = self.table
        if shown is self.empty:
            target = self.empty.begin
        elif shown is self.nothing:
            target = self.nothing.way_out()
        if target is not None:  # else the search box keeps the keyboard: there is nowhere to go
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        px = self._theme.pixels
        roomy = self.width() >= px(_ROOMY)
        self._left.setFixedWidth(px(248 if roomy else 216))
        self._books_hint.setVisible(roomy)
        self.title.setVisible(roomy)  # the tree marks the same place
        self.panel.arrange(4 if roomy else 3)
        self._say_order()
        self._fit_columns()

    def _fit_columns(self) -> None:
        self.table.fit(self.width() - self._left.width() - self._theme.pixels(64))

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
            self._run(partial(self._lists.rows, [child]), self._open_found)

    def _open_found(self, found: Sequence[ChildRow]) -> None:
        for row in found:
            self.open_household.emit(row.household, row.id)
