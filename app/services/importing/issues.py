"""What an import has to say about single rows, and no more of it than a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app import i18n
from app.errors import AppError

#: Issues kept with their row; beyond it they are only counted, so that memory stays flat.
KEPT = 1000


@dataclass(frozen=True, slots=True)
class Because:
    """A sentence inside a sentence, put together in the language in force when it is shown."""

    message_id: str
    parameters: Mapping[str, object]

    def __str__(self) -> str:
        return i18n.text(self.message_id, **self.parameters)

    @classmethod
    def of(cls, problem: AppError) -> Because:
        """The sentence of an error."""
        return cls(problem.message_id, problem.parameters)


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """One remark on one row. `column` is its title, empty when the whole row is meant.

    `parameters` hold titles, row numbers and sentences; never what stood in the cell.
    """

    row: int
    column: str
    message_id: str
    parameters: Mapping[str, object]


def issue_text(issue: ImportIssue) -> str:
    """The row and the sentence of an issue in the language in force."""
    sentence = i18n.text(issue.message_id, **issue.parameters)
    return i18n.text("import.issue_at_row", row=issue.row, issue=sentence)


@dataclass(slots=True)
class IssueList:
    """Issues in the order of the rows: the first `KEPT`, and the number of all."""

    kept: list[ImportIssue] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, name: str, column: str = "", **parameters: object) -> None:
        """Note `import.issue_<name>` on a row."""
        self.count += 1
        if len(self.kept) < KEPT:
            if column:
                parameters["column"] = column
            self.kept.append(ImportIssue(row, column, f"import.issue_{name}", parameters))
