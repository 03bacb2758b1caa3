"""The second step: what each column of the file holds. Guesses are told from what is known by sign,
word and colour, and going on confirms them.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from app.i18n import number, text
from app.services.import_look import FieldChoice, FileView
from app.services.register_import import IGNORED, ColumnMap, How
from app.ui.handover.wizard import named
from app.ui.importing.choices import ColumnChoice, count_of, doubled, map_of_choices
from app.ui.importing.column_sheet import ColumnSheet, SheetRows
from app.ui.labels import Elided, ElidedChoice
from app.ui.step import Step
from app.ui.theme import Theme, set_state


class ColumnsStep(QWidget):
    """`changed` says that a column is taken for something else."""

    changed = Signal()
    forget_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme.pixels
        self.choices: list[ColumnChoice] = []
        self._fields: Sequence[FieldChoice] = ()
        #: Whether the choice was opened from the sheet.
        self._opened = False
        self.told = Elided()
        self.told.setProperty("role", "muted")
        self.forget = Step(text("import_page.forget"))
        self.forget.setProperty("role", "link")
        self.forget.clicked.connect(self.forget_wanted)
        self.rows = SheetRows(theme)
        self.sheet = ColumnSheet(self.rows, theme, self)
        self.field = ElidedChoice()
        self.field.setAccessibleName(text("import_page.field"))
        self.field.setMinimumWidth(px(320))
        self.field.setMaxVisibleItems(16)
        self.field.activated.connect(self._chosen)
        self._label = named("", self.field)
        self.why = Elided()
        self.why.setProperty("role", "muted")
        self.ignore = Step(f"{text('import_page.ignore')}   Del")
        self.ignore.clicked.connect(self._ignore)
        self.remember = QCheckBox(text("import_page.remember"))
        self.remember.setChecked(True)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.told, 1)
        head.addWidget(self.forget)
        about = QHBoxLayout()
        about.setSpacing(px(16))
        about.addWidget(self._label)
        about.addWidget(self.why, 1)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.field)
        row.addWidget(self.ignore)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addLayout(about)
        column.addLayout(row)
        column.addWidget(self.sheet, 1)
        column.addWidget(self.remember)
        self.sheet.chosen.connect(self._at)
        self.sheet.choice_wanted.connect(self._to_choice)
        self.sheet.ignore_wanted.connect(self._ignore)

    def offer_fields(self, fields: Sequence[FieldChoice]) -> None:
        """What a column may hold."""
        self._fields = fields
        self.field.clear()
        self.field.addItem(text("import_page.unknown"), None)
        self.field.addItem(text("import.role_ignored"), IGNORED)
        for one in fields:
            words = one.label
            if one.of == "household":
                words = text("import_page.of_household", label=one.label)
            self.field.addItem(words, one.target)

    def show_file(self, view: FileView) -> None:
        """Show the columns of a file as the program takes them."""
        self.choices = [ColumnChoice.of(one) for one in view.columns]
        self.rows.show_rows(self.choices, view.rows)
        self.sheet.fit_columns()
        self.forget.setVisible(view.remembered)
        first = next(
            (at for at, one in enumerate(self.choices) if one.how is How.UNKNOWN),
            next((at for at, one in enumerate(self.choices) if one.how is How.CONTENT), 0),
        )
        if view.rows and self.choices:
            self.sheet.setCurrentIndex(self.rows.index(0, first))
        self._say()

    @property
    def column_map(self) -> ColumnMap:
        """What was chosen."""
        return map_of_choices(self.choices)

    @property
    def obstacle(self) -> str:
        """Why nobody can go on, in words; "" where nothing keeps them."""
        unknown = [one.view.title for one in self.choices if one.how is How.UNKNOWN]
        if unknown:
            return text("import_page.still_unknown", count=number(len(unknown)), first=unknown[0])
        twice = doubled(self.choices)
        if twice:
            return text("import_page.doubled", label=twice)
        if all(one.ignored for one in self.choices):
            return text("import_page.nothing_chosen")
        return ""

    @property
    def guessed(self) -> int:
        """How many columns were guessed."""
        return count_of(self.choices, How.CONTENT)

    def begin(self) -> None:
        """Put the keyboard where this step begins."""
        self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)

    def _current(self) -> ColumnChoice | None:
        at = self.sheet.currentIndex().column()
        return self.choices[at] if 0 <= at < len(self.choices) else None

    def _at(self, _column: int) -> None:
        one = self._current()
        if one is None:
            return
        at = self.field.findData(one.target)
        places = [place for place, held in enumerate(self._fields) if held.target == one.target]
        if one.target is None:
            at = 0
        elif one.ignored:
            at = 1
        elif places:
            at = places[0] + 2
        else:  # a unit of a named edition, a field with codes of its own: from a map by hand
            at = next(
                (
                    place + 2
                    for place, held in enumerate(self._fields)
                    if one.target.name == held.target.name
                ),
                at,
            )
        self.field.setCurrentIndex(max(at, 0))
        column = text("import_page.column_of", letters=one.view.letters, title=one.view.title)
        if one.view.hidden:
            column = f"{column} · {text('import_page.column_hidden')}"
        self._label.setText(column)
        self.why.say(f"{one.sign} {one.why}")
        set_state(self.why, {"warning": "warning", "error": "error"}.get(one.colour, ""))

    def _to_choice(self) -> None:
        self._opened = True
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.showPopup()

    def _chosen(self, place: int) -> None:
        one = self._current()
        if one is None:
            return
        one.choose(self.field.itemData(place), self.field.itemText(place))
        self._column_changed()
        if self._opened:  # from the sheet, and back to it
            self._opened = False
            self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ignore(self) -> None:
        one = self._current()
        if one is None:
            return
        one.choose(IGNORED, text("import.role_ignored"))
        self._column_changed()

    def _column_changed(self) -> None:
        at = self.sheet.currentIndex().column()
        self.rows.column_changed(at)
        self._at(at)
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        said = [text("import_page.columns_known", count=number(len(self.choices)))]
        for how in (How.REMEMBERED, How.CONTENT, How.UNKNOWN):
            count = count_of(self.choices, how)
            if count:
                said.append(text(f"import_page.columns.{how.value}", count=number(count)))
        self.told.say(" · ".join(said))
