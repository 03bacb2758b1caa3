"""The last step: what the import did, what is left to look at, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.i18n import number, text
from app.services.register_import import ImportResult
from app.ui.handover.facts import Fact, Facts
from app.ui.importing.issue_lines import IssueTable
from app.ui.importing.outcome_facts import facts_of
from app.ui.importing.scrolling import ScrollingStep
from app.ui.step import Step
from app.ui.theme import Theme


class ResultStep(ScrollingStep):
    """Only shows; what its steps do is up to the page."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        px, inside = theme.pixels, self.inside
        self.facts = Facts(theme, inside)
        self.to_list = Step(text("import_page.to_list"))
        self.to_list.setProperty("role", "primary")
        self.another = Step(text("import_page.another"))
        self.save_issues = Step(text("import_page.save_issues"))
        self.print_issues = Step(text("import_page.print_issues"))
        self.take_back = Step(text("import_page.take_back"))
        self.take_back.setProperty("role", "danger")
        self.issues = IssueTable(theme, inside)
        self.issues_label = QLabel()
        self.issues_label.setProperty("role", "label")
        self.issues_label.setBuddy(self.issues)
        steps = QHBoxLayout()
        steps.setSpacing(px(8))
        for one in (self.to_list, self.another, self.save_issues, self.print_issues):
            steps.addWidget(one)
        steps.addStretch(1)
        steps.addWidget(self.take_back)
        column = self.column
        column.addWidget(self.facts)
        column.addLayout(steps)
        column.addWidget(self.issues_label)
        column.addWidget(self.issues, 1)
        self._room = QWidget(inside)
        column.addWidget(self._room, 1)

    def show_result(self, result: ImportResult, sheets: Sequence[str]) -> None:
        """Show what an import did."""
        facts = facts_of(result, sheets, previewed=False)
        if not result.operations:
            facts.insert(0, Fact("", text("import_page.nothing_new"), "done"))
        waiting = sum(result.proposals.values())
        if waiting:
            words = text("import_page.not_accepted", count=number(waiting))
            facts.append(Fact(text("import_page.fact.proposals"), words, "warning"))
        self.facts.show_facts(facts)
        others = result.issue_count - waiting
        key = "import_page.issues_left" if others else "import_page.no_issues"
        self.issues_label.setText(text(key, count=number(others)))
        self.issues.show_issues(result)
        self.issues.setVisible(bool(others))
        self._room.setVisible(not others)
        for one in (self.save_issues, self.print_issues):
            one.setVisible(bool(result.issue_count))
        self.take_back.setVisible(bool(result.operations))

    def show_taken_back(self, operations: int) -> None:
        """The import was taken back."""
        words = text("import_page.taken_back", count=number(operations))
        self.facts.say(words, "done")
        for one in (
            self.take_back,
            self.issues,
            self.issues_label,
            self.save_issues,
            self.print_issues,
        ):
            one.hide()
        self._room.show()

    def begin(self) -> None:
        """Put the keyboard where one goes on."""
        self.to_list.setFocus(Qt.FocusReason.OtherFocusReason)
