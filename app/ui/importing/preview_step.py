"""The third step: what the import would do, every issue at its cell, and what has to be decided
before it is done.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QWidget,
)

from app.i18n import number, text
from app.services.register_import import Correction, ImportResult, NameEdition
from app.ui.handover.facts import Facts
from app.ui.importing.issue_lines import IssueTable
from app.ui.importing.outcome_facts import facts_of
from app.ui.importing.proposals import Proposals
from app.ui.importing.scrolling import ScrollingStep
from app.ui.theme import Theme, set_state


class PreviewStep(ScrollingStep):
    """`changed` says that something was decided."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        px, inside = theme.pixels, self.inside
        self._result: ImportResult | None = None
        self.facts = Facts(theme, inside)
        self.proposals = Proposals(theme, inside)
        self.proposals.changed.connect(self.changed)
        self._hidden_words = QLabel()
        self._hidden_words.setProperty("state", "warning")
        # Not two round buttons: the keyboard reaches only one of them while none is chosen.
        self.hidden_rows = QComboBox()
        self.hidden_rows.setAccessibleName(text("import_page.hidden_choice"))
        for key, taken in (("choose", None), ("take", True), ("leave", False)):
            self.hidden_rows.addItem(text(f"import_page.hidden_{key}"), taken)
        self.hidden_rows.currentIndexChanged.connect(lambda _at: self.changed.emit())
        self._hidden = QFrame(inside)
        self._names_words = QLabel()
        self.names = QComboBox()
        self.names.setAccessibleName(text("import_page.names_of_choice"))
        self.names.addItem(text("import_page.names_of_choose"), "")
        self.names.currentIndexChanged.connect(lambda _at: self.changed.emit())
        self._names = QFrame(inside)
        for frame, words, choice in (
            (self._hidden, self._hidden_words, self.hidden_rows),
            (self._names, self._names_words, self.names),
        ):
            row = QHBoxLayout(frame)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(px(16))
            row.addWidget(words)
            row.addWidget(choice)
            row.addStretch(1)
        self.issues = IssueTable(theme, inside)
        self.issues_label = QLabel()
        self.issues_label.setProperty("role", "label")
        self.issues_label.setBuddy(self.issues)
        column = self.column
        column.addWidget(self.facts)
        column.addWidget(self._names)
        column.addWidget(self._hidden)
        column.addWidget(self.proposals, 2)
        column.addWidget(self.issues_label)
        column.addWidget(self.issues, 3)
        self._room = QWidget(inside)
        column.addWidget(self._room, 1)

    @property
    def accepted(self) -> frozenset[Correction]:
        """The kinds of proposals that are taken."""
        return self.proposals.accepted

    @property
    def hidden(self) -> bool | None:
        """Whether hidden rows are taken; None where nobody has said."""
        taken = self.hidden_rows.currentData()
        return None if taken is None else bool(taken)

    @property
    def names_of(self) -> str:
        """The edition by whose names the communes are called; "" where nobody has said."""
        return str(self.names.currentData() or "")

    @property
    def is_stale(self) -> bool:
        """Whether the names were said to be of another edition than what is shown was read by."""
        return self._result is not None and self.names_of not in ("", self._result.names_of)

    @property
    def obstacle(self) -> str:
        """Why nobody can go on, in words; "" where nothing keeps them."""
        result = self._result
        if result is None:
            return text("import_page.not_previewed")
        if self.is_stale:
            return ""
        if result.undated:
            return text("import_page.names_of_undecided")
        if result.hidden_rows and self.hidden is None:
            return text("import_page.hidden_undecided")
        if result.must_convert and Correction.FONTS not in self.accepted:
            return text("import_page.fonts_undecided", count=number(result.must_convert))
        return ""

    def forget(self) -> None:
        """Another file, or other columns: nothing is decided."""
        self._result = None
        self.proposals.forget()
        self.hidden_rows.setCurrentIndex(0)
        self._offer_names((), "")

    def show_result(self, result: ImportResult, sheets: Sequence[str]) -> None:
        """Show what an import would do."""
        self._result = result
        self.facts.show_facts(facts_of(result, sheets, previewed=True))
        self._hidden.setVisible(bool(result.hidden_rows))
        count = number(result.hidden_rows)
        self._hidden_words.setText(text("import_page.hidden_rows", count=count))
        self._names.setVisible(bool(result.undated or result.names_of))
        key = "import_page.names_of_undated" if result.undated else "import_page.names_of"
        self._names_words.setText(text(key, count=number(result.undated)))
        set_state(self._names_words, "warning" if result.undated else "")
        self._offer_names(result.editions, result.names_of)
        self.proposals.show_result(result)
        others = result.issue_count - sum(result.proposals.values())
        key = "import_page.issues_count" if others else "import_page.no_issues"
        self.issues_label.setText(text(key, count=number(others)))
        self.issues.show_issues(result)
        self.issues.setVisible(bool(others))
        self._room.setVisible(not others)

    def begin(self) -> bool:
        """Put the keyboard on what has to be decided, else on what was found; whether there is
        anything.
        """
        names = (self.names,) if self._result is not None and self._result.undated else ()
        places: tuple[QWidget, ...] = (
            *names,
            self.hidden_rows,
            self.proposals.kinds,
            self.issues,
        )
        for one in places:
            if one.isVisibleTo(self):
                one.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def _offer_names(self, editions: Sequence[NameEdition], chosen: str) -> None:
        """Offer these editions; nothing is read anew for that."""
        self.names.blockSignals(True)
        while self.names.count() > 1:
            self.names.removeItem(1)
        for one in editions:
            self.names.addItem(one.words, one.code)
        self.names.setCurrentIndex(max(0, self.names.findData(chosen)))
        self.names.blockSignals(False)
