"""What the findings of the validator mean for an answered row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.forms.issues import Issue, issue_text
from app.forms.schema import Severity
from app.forms.validator import may_be_accepted
from app.services.police.answered_row import AnsweredRow, Difference, Why
from app.services.police.defects import list_rules


class Judged:
    """What stands in the way of a row, what is doubtful about it, and what it settles (as
    `field/rule`). `label` names a column.
    """

    def __init__(self, row: AnsweredRow, label: Callable[[str], str]) -> None:
        self._row, self._label = row, label
        self.refused: list[Why] = []
        self.doubts: list[Why] = []
        self.settles: list[str] = []

    def look(self, before: Sequence[Issue], after: Sequence[Issue]) -> None:
        """Compare the issues as the child stands with those as it would stand."""
        rules = list_rules()
        changed = {one.field: one for one in self._row.differences}
        known = {one.key for one in before}
        for issue in after:
            if issue.accepted:
                continue
            name = issue.field
            told = {"column": self._label(name), "sentence": issue_text(issue)}
            if name in changed:
                self._of_changed(changed[name], issue, told)
            elif not rules.asks(issue):
                continue
            elif name in self._row.confirmed and issue.rule in rules.settles:
                if issue.severity is Severity.ERROR:
                    self.doubts.append(Why("contradicts", told))
                self.settles.append(issue.key)
            elif issue.key not in known:
                self.doubts.append(Why("contradicts", told))

    def _of_changed(self, change: Difference, issue: Issue, told: Mapping[str, str]) -> None:
        rules = list_rules()
        asked = rules.asks(issue)
        hard = issue.severity is Severity.ERROR and not may_be_accepted(issue)
        if change.restored and asked:
            self.refused.append(Why("lost_zero", told))
        elif hard or issue.rule in rules.never:
            self.refused.append(Why("rule", told))
        elif issue.severity is Severity.ERROR or (asked and issue.rule not in rules.settles):
            self.doubts.append(Why("contradicts", told))
        if issue.rule in rules.settles:
            self.settles.append(issue.key)
