"""The frame of the register's page: what stands where. What happens there is in `page`."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.i18n import text
from app.services.entry import Entry
from app.services.list_export import ListExport
from app.services.lists import ChildLists, Sort
from app.services.rights import Right, allows
from app.ui.labels import Elided
from app.ui.long_work import LongWork
from app.ui.notify import Notifier
from app.ui.permission import lock_unless
from app.ui.register.child_table import ChildTable
from app.ui.register.exporting import Exporting
from app.ui.register.filter_panel import FilterPanel
from app.ui.register.nothing import EmptyPage, NothingFound
from app.ui.register.rows import ChildRows
from app.ui.register.tree import BookTree
from app.ui.step import Step
from app.ui.tasks import Tasks
from app.ui.theme import Theme

#: From this width on, at 100 %, all columns have their place.
_ROOMY = 900
_ORDER = "\N{UP DOWN ARROW}"


class RegisterFrame(QWidget):
    """The tree of the book at the left, the list with its filters beside it."""

    def __init__(
        self,
        tasks: Tasks,
        entry: Entry,
        lists: ChildLists,
        export: ListExport,
        rights: frozenset[Right],
        notifier: Notifier,
        theme: Theme,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        self._sort = Sort.NAME
        self.rows = ChildRows(theme, entry.writer_name)
        #: The cards of the tree and of the list.
        self._left, self._right = QFrame(self), QFrame(self)
        self.tree = BookTree(tasks, entry, lists, theme, self._left)
        self.table = ChildTable(self.rows, theme)
        self.panel = FilterPanel(theme, self._right)
        self.checking = LongWork(tasks, notifier, theme, "check")
        self.exporting = Exporting(tasks, export, notifier, theme)
        self.exporting.offer(allowed=allows(rights, Right.EXPORT))
        self._build()
        self._may_begin = lock_unless(self.new, rights, Right.ENTER)
        lock_unless(self.import_list, rights, Right.ENTER)
        self.empty.offer(may_begin=self._may_begin, gathers=entry.gathers)

    def _build(self) -> None:
        px = self._theme.pixels
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(16), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(self._tree_card())
        row.addWidget(self._list_card(), 1)

    def _tree_card(self) -> QWidget:
        px = self._theme.pixels
        self.new = Step(f"{text('register.new_household')}   Ctrl+N")
        self.import_list = Step(f"{text('import_page.open')}   Ctrl+I")
        books = Elided()
        books.say(text("register.books"))
        books.setProperty("role", "title")
        left = self._left
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
        column.addWidget(self.import_list)
        return left

    def _list_card(self) -> QWidget:
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
        self._said = QWidget(self._right)
        said.setContentsMargins(0, 0, 0, 0)
        self._said.setLayout(said)
        self._said.hide()
        self.panel.hide()
        self.stack = QStackedWidget(self._right)
        self.empty = EmptyPage(self._theme, self.stack)
        self.nothing = NothingFound(self._theme, self.stack)
        # What stands there when nothing is found is higher than what the filters leave over.
        self.stack.setMinimumHeight(px(96))
        for page in (self.table, self.empty, self.nothing):
            self.stack.addWidget(page)
        right = self._right
        right.setProperty("role", "card")
        column = QVBoxLayout(right)
        column.setContentsMargins(px(16), px(8), px(8), px(8))
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self._said)
        column.addWidget(self.checking)
        column.addWidget(self.exporting.work)
        column.addWidget(self.panel)
        column.addWidget(self.stack, 1)
        return right

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 -- Qt's name
        super().resizeEvent(event)
        px = self._theme.pixels
        roomy = self.width() >= px(_ROOMY)
        self._left.setFixedWidth(px(276 if roomy else 216))
        self._books_hint.setVisible(roomy)
        self.title.setVisible(roomy)  # the tree marks the same place
        self.panel.arrange(4 if roomy else 3)
        self._say_order()
        self._fit_columns()

    def _fit_columns(self) -> None:
        self.table.fit(self.width() - self._left.width() - self._theme.pixels(64))

    def _say_order(self) -> None:
        words = text(f"lists.sort.{self._sort.value}")
        roomy = self.width() >= self._theme.pixels(_ROOMY)
        self.sorting.setText(f"{words if roomy else _ORDER}   F9")
        self.sorting.setAccessibleName(words)
        self.sorting.setToolTip(words)
        self.table.show_sort(self._sort)
