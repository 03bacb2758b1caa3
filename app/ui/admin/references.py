"""Biểu mẫu, danh mục, đơn vị: what this PC goes by, what came and is not used, and, at the
province, new versions of them, which go down with the next bundles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from app.forms.units import Tier
from app.i18n import catalogue, language, number, text
from app.services.reference_data.desk import ListView, Loaded, ReferenceDesk, TemplateView
from app.services.reference_data.unused import Unused
from app.services.services import Services
from app.services.table_export import Holds
from app.text.days import day_in_words
from app.ui.admin.day_edit import DayEdit
from app.ui.admin.section import Section
from app.ui.line_table import LineRows, LineTable
from app.ui.notify import Choice, Notifier, Question
from app.ui.table_export import offer
from app.ui.tasks import Tasks
from app.ui.theme import Theme

NAME, EDITION, SINCE, SIZE, STATE = range(5)
_COLUMNS = ("name", "edition", "since", "size", "state")
_HEADINGS = tuple(f"references.column.{one}" for one in _COLUMNS)
_WIDTHS = {EDITION: 136, STATE: 168, SINCE: 104, SIZE: 80}
_LEAST_NAME = 200
_FIELD = 400
#: Room for a dozen lines, fewer in large letters.
_HEIGHT, _HEIGHT_LARGE = 304, 176


class Kind(Enum):
    """What the province can load."""

    TEMPLATE = "template"
    LIST = "list"
    UNITS = "units"


class _Line(NamedTuple):
    """One version of a form, edition of a list or of the units, in words."""

    name: str
    edition: str
    since: str
    size: str
    state: str
    wrong: bool = False


class _Found(NamedTuple):
    """What one look gives the section."""

    lines: Sequence[_Line]
    unused: Sequence[Unused]


class _Rows(LineRows[_Line]):
    """The model of the list."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _HEADINGS)

    def words(self, row: _Line, column: int) -> str:
        return str(row[column])

    def colour(self, row: _Line, column: int) -> QColor | None:
        return self._theme.colour("warning") if column == STATE and row.wrong else None


class ReferencesSection(Section):
    """The list of what is in force, and the loading of new versions."""

    changed = Signal()

    def __init__(
        self, tasks: Tasks, theme: Theme, services: Services, notifier: Notifier, parent: QWidget
    ) -> None:
        super().__init__(tasks, theme, text("references.title"), parent)
        self._services, self._notifier = services, notifier
        loads = services.workplace.tier is Tier.PROVINCE
        self.words(text("references.why" if loads else "references.why_below"))
        self.rows = _Rows(theme)
        self.table = LineTable(
            self.rows, text("references.title"), theme, _WIDTHS, NAME, _LEAST_NAME, self
        )
        offer(self.table, "references", Holds.FIGURES)
        self.table.setFixedHeight(theme.pixels(_HEIGHT if theme.scale <= 1.25 else _HEIGHT_LARGE))
        self.column.addWidget(self.table)
        self.unused = self.words("", role="")
        self.unused.hide()
        with self.together() as self.loading:
            self._build_loading()
        self.loading.setVisible(loads)
        self.close_column()
        self.first = self.table

    def _build_loading(self) -> None:
        self.part(text("references.load"))
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(text("references.what"))
        self.kind.setMaximumWidth(self.theme.pixels(_FIELD))
        for one in Kind:
            self.kind.addItem(text(f"references.kind.{one.value}"), one)
        self.labelled(text("references.what"), self.kind)
        self.file = self._file_field("references.file", "references.choose")
        with self.together() as self.of_list:
            self.edition = self.field(text("references.edition"))
            self.since = DayEdit(text("references.since"), self)
            self.since.setMaximumWidth(self.theme.pixels(208))
            self.labelled(text("references.since"), self.since)
            self.name = self.field(text("references.name"))
        with self.together() as self.of_units:
            self.successors = self._file_field("references.successors", "references.choose")
        self.load_it = self.step(text("references.load_it"), self._ask, "primary")
        self.row(self.load_it)
        self.kind.currentIndexChanged.connect(lambda _at: self._turn())
        self._turn()

    def _file_field(self, label: str, choose: str) -> QLineEdit:
        button = self.step(text(choose), lambda: self._choose_file(field, label))
        field = self.field(text(label), beside=button)
        return field

    def _choose_file(self, field: QLineEdit, label: str) -> None:
        kind = "*.json" if self._kind is Kind.TEMPLATE else "*.csv"
        found, _kind = QFileDialog.getOpenFileName(self, text(label), field.text(), kind)
        if found:
            field.setText(found)

    @property
    def _kind(self) -> Kind:
        return Kind(self.kind.currentData())

    def _turn(self) -> None:
        self.of_list.setVisible(self._kind is Kind.LIST)
        self.of_units.setVisible(self._kind is Kind.UNITS)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read what is in force here, and what came and cannot be used."""
        references, workplace = self._services.references, self._services.workplace

        def op() -> _Found:
            tree = workplace.tree.units
            lines = [
                *map(_template_line, references.templates()),
                *(
                    _Line(
                        text("references.units"),
                        one.code,
                        "" if one.valid_from is None else f"{one.valid_from:%d/%m/%Y}",
                        number(len(tree.units_of(one.code))),
                        "",
                    )
                    for one in tree.editions
                ),
                *map(_list_line, references.lists()),
            ]
            return _Found(lines, references.unused())

        self.read(op, self._show)

    def _show(self, found: _Found) -> None:
        at = max(0, self.table.currentIndex().row())
        self.rows.show_lines(found.lines)
        self.table.selectRow(min(at, len(found.lines) - 1))
        self.unused.setVisible(bool(found.unused))
        self.say_in(self.unused, "\n".join(one.message for one in found.unused))

    # --- loading ----------------------------------------------------------------------------

    def _ask(self) -> None:
        op = self._asked()
        if op is None:
            return
        file = Path(self.file.text().strip()).name
        question = Question(
            text("references.question", kind=self.kind.currentText(), file=file),
            text("references.question_why"),
            (
                Choice("load", text("references.load_it")),
                Choice("keep", text("references.keep")),
            ),
        )
        if self._notifier.ask(question) == "load":
            self.act(op, self._loaded, refused=lambda _error: self.lead_to(self.file))

    def _asked(self) -> Callable[[], Loaded] | None:
        """What is to be done by what stands in the fields; None after a field was refused."""
        desk: ReferenceDesk = self._services.references
        if not self.file.text().strip():
            self.refuse("references.no_file", self.file)
            return None
        file = Path(self.file.text().strip())
        if self._kind is Kind.TEMPLATE:
            return partial(desk.load_template, file)
        if self._kind is Kind.UNITS:
            beside = self.successors.text().strip()
            return partial(desk.load_units, file, Path(beside) if beside else None)
        edition = self.edition.text().strip()
        if not edition:
            self.refuse("references.no_edition", self.edition)
            return None
        if self.refuse_by(self.since.judge, self.since):
            return None
        since = self.since.day
        if since is None:  # `judge` refuses an empty day
            return None
        return partial(desk.load_list, file, edition, since, self.name.text().strip())

    def _loaded(self, done: Loaded) -> None:
        for one in (self.file, self.edition, self.since, self.name, self.successors):
            one.clear()
        self.say(text("references.done", what=done.what, count=number(done.count)), "done")
        self.load()
        self.changed.emit()


def _template_line(one: TemplateView) -> _Line:
    form = text(f"references.form.{one.form}") if one.form in ("child", "household") else one.form
    state = _state(needs_newer=one.needs_newer, faulty=one.faulty, in_use=one.in_use)
    edition = text("references.version", version=one.version, edition=one.edition)
    return _Line(form, edition, day_in_words(one.valid_from), "", *state)


def _list_line(one: ListView) -> _Line:
    # The province may load a list that no program before this file has a name for.
    key = f"references.list.{one.name}"
    named = text(key) if key in catalogue(language()) else one.name
    name = text("references.list", name=named, file=one.name)
    edition = one.edition or text("references.shipped")
    state = _state(needs_newer=one.needs_newer, faulty=one.faulty)
    size = text("references.codes", count=number(one.codes))
    return _Line(name, edition, day_in_words(one.valid_from), size, *state)


def _state(*, needs_newer: bool, faulty: bool, in_use: bool = False) -> tuple[str, bool]:
    """(what is said of it, whether it cannot be used)"""
    if needs_newer:
        return text("references.needs_newer"), True
    if faulty:
        return text("references.faulty"), True
    return (text("references.in_use") if in_use else ""), False
