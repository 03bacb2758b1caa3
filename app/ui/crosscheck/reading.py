"""A file that is to be held against the register: of what kind, how it was read, and corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError, KnownError
from app.forms.code_lists import lookup_key
from app.i18n import number, text
from app.services.crosscheck.columns import ListColumn
from app.services.crosscheck.desk import CrossCheck
from app.services.crosscheck.listed import ListKind
from app.services.crosscheck.shelf import EARLIEST_YEAR
from app.services.crosscheck.views import Preview
from app.services.crosscheck.words import Role
from app.services.crosscheck.words_of import adult_words, birth_words
from app.services.table_export import Holds
from app.ui.labels import Elided
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Notifier, error_notice
from app.ui.step import Step
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

_TITLE, _ROLE, _SAMPLE = range(3)
_SHOWN = 3


class _ColumnRows(LineRows[tuple[ListColumn, str]]):
    """The columns of a file with what each was recognised as, and how."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            ("crosscheck.column.title", "crosscheck.column.role", "crosscheck.column.how"),
        )

    def words(self, row: tuple[ListColumn, str], column: int) -> str:
        one, how = row
        if column == _TITLE:
            return one.title or text("crosscheck.untitled", place=str(one.index + 1))
        return role_words(one.role) if column == _ROLE else how

    def colour(self, row: tuple[ListColumn, str], column: int) -> QColor | None:
        unknown = column == _ROLE and row[0].role is None
        return self._theme.colour("warning") if unknown else None


def role_words(role: Role | None) -> str:
    """What a column is, in words."""
    return text("crosscheck.role.unknown" if role is None else f"crosscheck.role.{role.value}")


class ReadingPanel(QFrame):
    """The panel. `wanted` gives what is to be taken in: path, kind, unit, corrections (or None)."""

    wanted = Signal(object)
    given_up = Signal()

    def __init__(
        self, tasks: Tasks, desk: CrossCheck, notifier: Notifier, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._tasks, self._desk, self._notifier, self._theme = tasks, desk, notifier, theme
        self._path: Path | None = None
        self._seen: Preview | None = None
        self._roles: dict[str, Role] = {}
        #: What a person said; None for what the list says.
        self._said_year: int | None = None
        self._filling = False
        px = theme.pixels
        heading = QLabel(text("crosscheck.new_title"), self)
        heading.setProperty("role", "crumb")
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(text("crosscheck.kind"))
        for one in ListKind:
            self.kind.addItem(text(f"crosscheck.kind.{one.value}"), one)
        self.unit = QComboBox(self)
        self.unit.setAccessibleName(text("crosscheck.unit"))
        self.year = QSpinBox(self)
        self.year.setAccessibleName(text("crosscheck.year"))
        self.year.setRange(EARLIEST_YEAR, desk.today().year + 1)
        # The style draws no buttons of its own; the arrow keys count up and down.
        self.year.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.occasion = QLineEdit(self)
        self.occasion.setAccessibleName(text("crosscheck.occasion"))
        self.occasion.setPlaceholderText(text("crosscheck.occasion_form"))
        self.occasion.setMaxLength(120)
        self.choose = Step(text("crosscheck.choose"), self)
        self.choose.setProperty("role", "primary")
        self.file = Elided()
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.columns = _ColumnRows(theme)
        self.table = LineTable(
            self.columns,
            text("crosscheck.columns"),
            theme,
            {_TITLE: 280, _ROLE: 220},
            _SAMPLE,
            120,
            self,
        )
        offer(self.table, "list_columns", Holds.PERSONS)
        self.role = QComboBox(self)
        self.role.setAccessibleName(text("crosscheck.this_column"))
        self.role.addItem(role_words(None), None)
        for role in Role:
            self.role.addItem(role_words(role), role)
        self.go = Step(text("crosscheck.go"), self)
        self.go.setProperty("role", "primary")
        self.stop = Step(text("crosscheck.give_up"), self)
        self._lay(heading)
        self.choose.clicked.connect(self.ask_file)
        self.kind.currentIndexChanged.connect(lambda _at: self._read_again())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_role())
        self.year.editingFinished.connect(self._correct_year)
        self.role.activated.connect(lambda _at: self._correct())
        self.go.clicked.connect(self._go)
        self.stop.clicked.connect(self.given_up.emit)
        self._show(None)
        del px

    def _lay(self, heading: QLabel) -> None:
        px = self._theme.pixels
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(8))
        grid.setColumnStretch(1, 1)
        self._labels: dict[str, QLabel] = {}
        for row, (name, widget) in enumerate(
            (
                ("kind", self.kind),
                ("unit", self.unit),
                ("year", self.year),
                ("occasion", self.occasion),
            )
        ):
            label = QLabel(text(f"crosscheck.{name}"), self)
            label.setProperty("role", "label")
            label.setBuddy(widget)
            self._labels[name] = label
            grid.addWidget(label, row, 0)
            left = Qt.AlignmentFlag.AlignLeft if widget is self.year else Qt.AlignmentFlag(0)
            grid.addWidget(widget, row, 1, left)
        chosen = QHBoxLayout()
        chosen.setSpacing(px(16))
        chosen.addWidget(self.choose)
        chosen.addWidget(self.file, 1)
        corrected = QHBoxLayout()
        corrected.setSpacing(px(8))
        self.this_column = QLabel(text("crosscheck.this_column"), self)
        self.this_column.setProperty("role", "label")
        self.this_column.setBuddy(self.role)
        corrected.addWidget(self.this_column)
        corrected.addWidget(self.role)
        corrected.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addWidget(self.go)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(16), px(16), px(16))
        column.setSpacing(px(8))
        column.addWidget(heading)
        column.addLayout(grid)
        column.addLayout(chosen)
        column.addWidget(self.about)
        column.addWidget(self.table, 1)
        column.addLayout(corrected)
        column.addLayout(buttons)

    def begin(self, units: Sequence[tuple[str, str]]) -> None:
        """Begin with nothing chosen; `units` are those a list may be of, with their names."""
        self.unit.clear()
        for ref, name in units:
            self.unit.addItem(name, ref)
        several = len(units) > 1
        self.unit.setVisible(several)
        self._labels["unit"].setVisible(several)
        self._path, self._roles, self._said_year = None, {}, None
        self.occasion.clear()
        self._show(None)
        self.kind.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_file(self) -> None:
        """Ask which file, and look at it."""
        title = text("crosscheck.choose_title")
        found, _kind = QFileDialog.getOpenFileName(self, title, "", text("crosscheck.files"))
        if found:
            self._path, self._roles, self._said_year = Path(found), {}, None
            self._read(remembered=True)

    def _read_again(self) -> None:
        if self._path is not None:
            self._read(remembered=not self._roles)

    def _read(self, *, remembered: bool) -> None:
        path, kind, unit = self._path, ListKind(self.kind.currentData()), self.unit.currentData()
        if path is None:
            return
        roles = None if remembered else dict(self._roles)
        self.go.setEnabled(False)
        look = partial(self._desk.preview, path, kind, unit, roles, self._said_year)
        self._tasks.run(look, self._show, self._failed, owner=self)

    def _failed(self, error: AppError) -> None:
        self._notifier.say(replace(error_notice(error), topic="crosscheck"))
        self._path = None
        self._show(None)
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, seen: Preview | None) -> None:
        first = self._seen is None
        self._seen = seen
        self.file.say("" if seen is None else seen.file)
        for one in (
            self.about,
            self.table,
            self.role,
            self.this_column,
            self.year,
            self._labels["year"],
        ):
            one.setVisible(seen is not None)
        gift = seen is not None and seen.kind is ListKind.SUPPORT
        self.occasion.setVisible(gift)
        self._labels["occasion"].setVisible(gift)
        self.go.setEnabled(seen is not None and seen.children > 0)
        if seen is None:
            return
        self.year.setValue(seen.year)
        self.about.setText("\n".join(_about(seen)))
        place = max(self.table.currentIndex().row(), 0)
        self.columns.show_lines([(one, _how(one)) for one in seen.columns])
        self.table.setCurrentIndex(self.columns.index(min(place, len(seen.columns) - 1), 0))
        self._show_role()
        if first:
            (self.go if self.go.isEnabled() else self.table).setFocus(
                Qt.FocusReason.OtherFocusReason
            )

    def _show_role(self) -> None:
        line = self.columns.line(self.table.currentIndex().row())
        if line is not None:
            roles = [self.role.itemData(at) for at in range(self.role.count())]
            self.role.setCurrentIndex(roles.index(line[0].role))
            # A column without a title cannot be named again in another file.
            self.role.setEnabled(bool(line[0].title))

    def _correct(self) -> None:
        line = self.columns.line(self.table.currentIndex().row())
        if line is None or self._seen is None:
            return
        chosen = self.role.currentData()
        role = Role.IGNORED if chosen is None else Role(chosen)
        if not self._roles:
            # What stands there now is the person's word from here on.
            self._roles = {
                lookup_key(one.title): one.role
                for one in self._seen.columns
                if one.title and one.role is not None and self._seen.remembered
            }
        self._roles[lookup_key(line[0].title)] = role
        self._read(remembered=False)

    def _correct_year(self) -> None:
        """Another year of the list: ages are read by it, and the book gets it."""
        if self._seen is not None and self.year.value() != self._seen.year:
            self._said_year = self.year.value()
            self._read(remembered=not self._roles)

    def _go(self) -> None:
        if self._path is None or self._seen is None:
            return
        roles = dict(self._roles) if self._roles else None
        kind, unit = ListKind(self.kind.currentData()), self.unit.currentData()
        # The year that is shown is the one that counts.
        occasion = self.occasion.text().strip() if kind is ListKind.SUPPORT else ""
        if kind is ListKind.SUPPORT and not (occasion or self._seen.title or self._seen.known):
            error = KnownError("crosscheck.no_occasion", "crosscheck.no_occasion_hint")
            self._notifier.say(replace(error_notice(error), topic="crosscheck"))
            self.occasion.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.wanted.emit((self._path, kind, unit, roles, self.year.value(), occasion))


def _how(column: ListColumn) -> str:
    if column.role is None:
        return text("crosscheck.how.nobody")
    return text("crosscheck.how.content" if column.by_content else "crosscheck.how.title")


def _about(seen: Preview) -> list[str]:
    lines = [
        text(
            "crosscheck.seen",
            title=seen.title or seen.file,
            children=number(seen.children),
            adults=number(seen.adults),
        )
    ]
    if seen.children:
        names = "; ".join(
            ", ".join(filter(None, (one.name, birth_words(one), adult_words(one))))
            for one in seen.first[:_SHOWN]
        )
        lines.append(text("crosscheck.seen_first", names=names))
    else:
        lines.append(text("crosscheck.seen_nobody"))
    counts = (
        ("crosscheck.old_text", seen.converted),
        ("crosscheck.seen_doubtful", seen.doubtful),
        ("crosscheck.seen_sheets", len(seen.passed_over)),
    )
    lines += [text(words, count=number(count)) for words, count in counts if count]
    if seen.known:
        lines.append(text("crosscheck.seen_known"))
    if seen.remembered:
        lines.append(text("crosscheck.seen_remembered"))
    return lines
