"""What an import has to say about single rows, and no more of it than a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from app import i18n
from app.errors import AppError
from app.forms.issues import Value

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


class Correction(Enum):
    """A kind of proposal, confirmed or left as a whole."""

    PHONES = "phones"  # the mobile prefixes of before 2018
    ZEROS = "zeros"  # leading zeros that a spreadsheet dropped
    DATES = "dates"  # days that a spreadsheet shows as its own count of days
    UNITS = "units"  # communes whose name is written with one slip


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a cell that cannot be read was probably meant to say; to be shown and confirmed."""

    correction: Correction
    text: str
    becomes: Value


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """One remark on one row. `column` is its title, empty when the whole row is meant.

    `parameters` hold titles, row numbers and sentences; never what stood in the cell. That is only
    in `proposal`, for the eyes of who imports: never for a log.
    """

    row: int
    column: str
    message_id: str
    parameters: Mapping[str, object]
    proposal: Proposal | None = None


def issue_text(issue: ImportIssue) -> str:
    """The row and the sentence of an issue in the language in force."""
    sentence = i18n.text(issue.message_id, **issue.parameters)
    return i18n.text("import.issue_at_row", row=issue.row, issue=sentence)


@dataclass(slots=True)
class IssueList:
    """Issues in the order of the rows: the first `KEPT` and the first of each kind and column, the
    number of all, and of each (kind as a message id, column) without the proposals.
    """

    kept: list[ImportIssue] = field(default_factory=list)
    count: int = 0
    kinds: dict[tuple[str, str], int] = field(default_factory=dict)
    proposals: dict[Correction, int] = field(default_factory=dict)

    def add(self, row: int, name: str, column: str = "", **parameters: object) -> None:
        """Note `import.issue_<name>` on a row."""
        if column:
            parameters["column"] = column
        self._note(ImportIssue(row, column, f"import.issue_{name}", parameters))

    def propose(self, row: int, column: str, problem: Because, proposal: Proposal) -> None:
        """Note a cell whose text waits for somebody to confirm what it was meant to say."""
        said = {"column": column, "problem": problem}
        self._propose(ImportIssue(row, column, "import.issue_proposal", said, proposal))

    def propose_unit(self, row: int, column: str, text: str, unit: str) -> None:
        """Note a row that is not imported before somebody confirms which commune it names."""
        proposal = Proposal(Correction.UNITS, text, unit)
        said = {"column": column}
        self._propose(ImportIssue(row, column, "import.issue_unit_proposal", said, proposal))

    def _propose(self, issue: ImportIssue) -> None:
        if issue.proposal is not None:
            kind = issue.proposal.correction
            self.proposals[kind] = self.proposals.get(kind, 0) + 1
        self._note(issue)

    def _note(self, issue: ImportIssue) -> None:
        self.count += 1
        first = False
        if issue.proposal is None:
            kind = issue.message_id, issue.column
            first = kind not in self.kinds
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if first or len(self.kept) < KEPT:
            self.kept.append(issue)
