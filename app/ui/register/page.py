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
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QWidget,
)

from app.errors import AppError
from app.i18n import number, text
from app.services.entry import ChildRow, Entry, UnitLine
from app.services.issue_book import IssueBook
from app.services.list_export import ListExport
from app.services.lists import ChildLists, GroupChoice, ListFilter, Sort
from app.services.lookup.found import FoundIds
from app.services.masking import Reveal
from app.services.rights import Right
from app.ui.household.codec import language
from app.ui.notify import Notifier, error_notice
from app.ui.register.filter_panel import in_words, why_nothing
from app.ui.register.frame import RegisterFrame
from app.ui.register.rows import NAME, PAGE
from app.ui.register.tree import BookPlace
from app.ui.step import Step
from app.ui.table_export import offer_deed
from app.ui.tasks import Lane, Tasks
from app.ui.theme import Theme

T = TypeVar("T")
_REST = 90


class RegisterPage(RegisterFrame):
    """The register. `open_household` gives the household and the child to begin at."""

    open_household = Signal(str, str)
    new_household = Signal(str, str)
    import_wanted = Signal()

    def __init__(
        self,
        tasks: Tasks,
        entry: Entry,
        lists: ChildLists,
        export: ListExport,
        book: IssueBook,
        rights: frozenset[Right],
        notifier: Notifier,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tasks, entry, lists, export, rights, notifier, theme, parent)
        self._tasks = tasks
        self._lists = lists
        self._book = book
        self._notifier = notifier
        self._words = ""
        self._conditions = ListFilter()
        self._asked = 0
        self._answered = 0
        self._open_first = False
        #: The topics of what was said because a search failed.
        self._refused: set[str] = set()
        self._started = False
        self.rows.page_wanted.connect(self._fetch)
        self.checking.ended.connect(self._checked)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        # Qt's ordinary timer may be a twentieth late.
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._find)
        self._connect()

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
        offer_deed(self.table, self.export)
        self.empty.import_list.clicked.connect(self.import_wanted)
        acts: tuple[tuple[str, Step, Callable[[], object]], ...] = (
            ("Ctrl+I", self.import_list, self.begin_import),
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
            step.clicked.connect(act)
        self._say_order()
        self._say_conditions()

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the villages and the list again; what is chosen stays chosen."""
        self.tree.load()
        if not self._started:
            self._started = True
            self._take_kept(self._lists.kept())
        self._run(partial(_offered, self._lists), self._offer)
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

    def begin_import(self) -> None:
        """Ctrl+I: children from a list in a file."""
        if self.import_list.isEnabled():
            self.import_wanted.emit()

    def _find(self, *, checked: bool = False) -> None:
        """Ask for the list; `checked` where nobody is to wait for another check first."""
        self._timer.stop()
        self._asked += 1
        asked = self._asked
        lists, book, wanted, sort = self._lists, self._book, self.wanted, self._sort

        def find() -> tuple[FoundIds, list[ChildRow]] | None:
            if wanted.issues and not checked and (book.last() is None or book.is_due()):
                return None
            found = lists.find(wanted, sort)
            return found, lists.rows(list(found[:PAGE]))

        self._tasks.run(find, partial(self._show_ids, asked), self._not_searched, owner=self)

    def _not_searched(self, error: AppError) -> None:
        """What could not be looked for is said until something else is."""
        notice = error_notice(error)
        self._refused.add(notice.topic)
        self._notifier.say(notice)

    def _check_first(self) -> None:
        """Nobody knows who has issues before the store was checked."""
        self._asked += 1  # what the list showed so far may be opened meanwhile
        self._answered = self._asked
        self.checking.run(text("issues.checking"), self._book.check, lambda _last: None)

    def _checked(self) -> None:
        if self._book.last() is None:  # stopped: without a check there is no such filter
            self.panel.show_value(replace(self._conditions, issues=""), tell=True)
        if self.checking.held:
            self.focus_list()
        # Who stopped it goes by the check before.
        self._find(checked=self._book.last() is not None)

    def _show_ids(self, asked: int, answer: tuple[FoundIds, list[ChildRow]] | None) -> None:
        if asked != self._asked:
            return  # the person has typed on
        if answer is None:
            self._check_first()
            return
        self._answered = asked
        while self._refused:
            self._notifier.dismiss_topic(self._refused.pop())
        found, rows = answer
        self.rows.set_keys(found)
        if found:
            # The rows one sees come with the list: it is painted once, and not as dots first.
            self.rows.take_page(self.rows.generation, 0, rows)
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
            self.nothing.show_for(self._words.strip(), place.name, said, why_nothing(wanted))
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
        read = partial(self._lists.rows, self.rows.keys_of(page))
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

    def _offer(self, offered: tuple[list[GroupChoice], bool]) -> None:
        groups, has_round = offered
        if self.panel.asking.isHidden():  # what somebody is about to choose stays as it is
            self.panel.offer(groups, has_round=has_round)
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
            self._run(partial(_offered, self._lists), self._offer)

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
            target = None if self.empty.begin.isHidden() else self.empty.begin
        elif shown is self.nothing:
            target = self.nothing.way_out()
        if target is not None:  # else the search box keeps the keyboard: there is nowhere to go
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

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
            child = self.rows.key_at(index.row())
            self._run(partial(self._lists.rows, [child]), self._open_found)

    def _open_found(self, found: Sequence[ChildRow]) -> None:
        for row in found:
            self.open_household.emit(row.household, row.id)


def _offered(lists: ChildLists) -> tuple[list[GroupChoice], bool]:
    """What the filters offer: groups, and whether a round is open."""
    return lists.groups(language()), lists.has_round()
