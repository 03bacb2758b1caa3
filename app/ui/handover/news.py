"""What the next bundle holds that is new for its receiver: counts first, each opens its list.

Nothing is decided here; sealing stands where the receiver was chosen. Enter opens a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.errors import AppError
from app.i18n import in_sentence, number, text
from app.services.outgoing_news import MOST, KindCount, NewsKind, NewsRow, OutgoingNews
from app.services.table_export import Holds
from app.ui.handover.desk import HandoverDesk
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Notifier, error_notice
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

WHO, SORT, VILLAGE, WHAT = range(4)
_HEADINGS = tuple(f"handovers.news.{one}" for one in ("who", "sort", "village", "what"))
#: Where room is short the sort goes first, then the village: the line below has them.
_WIDTHS = {WHO: 200, VILLAGE: 176, SORT: 96}
_LEAST_WHAT = 260
#: Before the count whose list is shown: the colour alone must not say so.
_CHOSEN = "\N{BLACK RIGHT-POINTING SMALL TRIANGLE} "
#: Villages whose counts are told above the list.
_MOST_PLACES = 12


def news_words(one: KindCount) -> str:
    """A count of one kind; what there is none of is not told."""
    if one.events:
        return text("handovers.news.events", events=number(one.events))
    numbers = {"households": number(one.households), "children": number(one.children)}
    which = "both" if one.households and one.children else ""
    which = which or ("households" if one.households else "children")
    return text(
        f"handovers.news.of.{one.kind.value}", what=text(f"handovers.news.{which}", **numbers)
    )


class NewsRows(LineRows[NewsRow]):
    """The model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def words(self, row: NewsRow, column: int) -> str:
        return (row.who, row.sort, row.village, row.what)[column]

    def colour(self, row: NewsRow, column: int) -> QColor | None:
        hidden = column == WHO and row.kind is NewsKind.HIDDEN
        return self._theme.colour("muted") if hidden else None


class NewsCard(QFrame):
    """The card. `left` comes when the person wants back."""

    left = Signal()
    #: A household and a child of it ("" for none).
    record_wanted = Signal(str, str)

    def __init__(
        self,
        tasks: Tasks,
        desk: HandoverDesk,
        notifier: Notifier,
        theme: Theme,
        unit_name: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._desk, self._notifier = tasks, desk, notifier
        self._unit_name, self._to = unit_name, ""
        self._kind = NewsKind.NEW
        self._told: dict[NewsKind, KindCount] = {}
        px = theme.pixels
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.places = QLabel(self)
        self.places.setProperty("role", "muted")
        self.places.setWordWrap(True)
        self.places.setTextFormat(Qt.TextFormat.PlainText)
        self.steps = {kind: Step(parent=self) for kind in NewsKind}
        counts = QHBoxLayout()
        counts.setSpacing(px(8))
        for kind, step in self.steps.items():
            step.setCheckable(True)
            step.clicked.connect(lambda _=False, it=kind: self.show_kind(it))
            counts.addWidget(step)
        counts.addStretch(1)
        self.rows = NewsRows(theme)
        self.table = LineTable(
            self.rows, text("handovers.news.title"), theme, _WIDTHS, WHAT, _LEAST_WHAT, self
        )
        offer(self.table, "news", Holds.PERSONS)
        self.table.opens(self.open_current)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.whole = QLabel(self)
        self.whole.setWordWrap(True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.open = Step(f"{text('handovers.open_record')}   Enter", self)
        self.open.clicked.connect(self.open_current)
        self.close_card = Step(f"{text('handovers.news.close')}   Esc", self)
        self.close_card.clicked.connect(self.left)
        deeds = QHBoxLayout()
        deeds.addWidget(self.open)
        deeds.addStretch(1)
        deeds.addWidget(self.close_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addWidget(self.places)
        column.addLayout(counts)
        column.addWidget(self.table, 1)
        column.addWidget(self.whole)
        column.addLayout(deeds)

    def show_news(self, to: str, found: OutgoingNews) -> None:
        """Show the counts, and the list of the first of them."""
        self._to = to
        self.title.setText(text("handovers.news.title_to", to=in_sentence(self._unit_name(to))))
        said = [
            text(
                "arrivals.in_village",
                village=one.name or text("register.no_village"),
                households=number(one.households),
                children=number(one.children),
            )
            for one in found.places[:_MOST_PLACES]
        ]
        if len(found.places) > _MOST_PLACES:
            said.append("\N{HORIZONTAL ELLIPSIS}")
        self.places.setText(" · ".join(said))
        self._told = told = {one.kind: one for one in found.counts}
        for kind, step in self.steps.items():
            step.setVisible(kind in told)
        if told:
            self.show_kind(next(iter(told)))

    def show_kind(self, kind: NewsKind) -> None:
        """The list of one of the counts."""
        self._kind = kind
        for one, step in self.steps.items():
            step.setChecked(one is kind)
            if one in self._told:
                sign = _CHOSEN if one is kind else ""
                step.setText(sign + news_words(self._told[one]))
        desk, to = self._desk, self._to
        self._tasks.run(
            lambda: desk.news_rows(to, kind),
            lambda found: self._show_rows(kind, found),
            self._failed,
            owner=self,
        )

    def _show_rows(self, kind: NewsKind, found: Sequence[NewsRow]) -> None:
        if kind is not self._kind:
            return  # another count was chosen meanwhile
        self.rows.show_lines(found)
        if found:
            self.table.setCurrentIndex(self.rows.index(0, WHO))
        self._follow()

    def begin(self) -> None:
        """Put the keyboard into the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, error: AppError) -> None:
        self._notifier.say(error_notice(error))

    @property
    def line(self) -> NewsRow | None:
        """The page under the keyboard."""
        return self.rows.line(self.table.currentIndex().row())

    def _follow(self) -> None:
        line = self.line
        self.open.setEnabled(line is not None and bool(line.household or line.child))
        said = (
            ""
            if line is None
            else " · ".join(filter(None, (line.who, line.sort, line.village, line.what)))
        )
        if self.rows.rowCount() >= MOST:
            said = f"{said}\n{text('handovers.news.more', count=number(MOST))}"
        self.whole.setText(said)

    def open_current(self) -> None:
        """Enter: the page."""
        line = self.line
        if line is not None and (line.household or line.child):
            self.record_wanted.emit(line.household, line.child)
