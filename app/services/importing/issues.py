"""What an import has to say about single rows, and no more of it than a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from app import i18n
from app.errors import AppError
from app.forms.issues import Value
from app.workbooks.xlsx_reading import column_letters

#: Issues kept with their row; beyond it they are only counted, so that memory stays flat.
KEPT = 1000
#: Proposals of each kind that are kept in any case, and so many are shown.
SAMPLES = 20
#: Rows of several sheets are told apart by so many bits of their number; no sheet has more rows.
_SHEET_BITS = 24


def row_in_file(sheet: int, row: int) -> int:
    """One number for a row of the sheet at a place (from 0) among those that are read."""
    return (sheet << _SHEET_BITS) + row


def row_and_sheet(number: int) -> tuple[int, int]:
    """The row as its program shows it, and the place of its sheet."""
    return number & ((1 << _SHEET_BITS) - 1), number >> _SHEET_BITS


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
    VILLAGES = "villages"  # villages whose name is written with one slip
    SWAPPED = "swapped"  # the month written before the day: 05/13/2019
    YEARS = "years"  # years of two digits
    FONTS = "fonts"  # text for the fonts of before Unicode (TCVN3, VNI)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a cell that cannot be read was probably meant to say; to be shown and confirmed.

    `encoding` names the old font of a text.
    """

    correction: Correction
    text: str
    becomes: Value
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """One remark on one row. `column` is its title, empty when the whole row is meant; `place` its
    cell, `C17`, and `sheet` its sheet where several are read.

    `parameters` hold titles, row numbers and sentences; never what stood in the cell. That is only
    in `proposal`, for the eyes of who imports: never for a log.
    """

    row: int
    column: str
    message_id: str
    parameters: Mapping[str, object]
    proposal: Proposal | None = None
    place: str = ""
    sheet: str = ""


def sentence_of(issue: ImportIssue) -> str:
    """The sentence of an issue, without its place, in the language in force."""
    return i18n.text(issue.message_id, **issue.parameters)


def cell_words(issue: ImportIssue) -> str:
    """Where an issue stands within its sheet: `C17`, or the number of the row."""
    return issue.place or str(issue.row)


def issue_text(issue: ImportIssue) -> str:
    """The place and the sentence of an issue in the language in force."""
    sentence = sentence_of(issue)
    if issue.sheet:
        key = "import.issue_at_cell_of_sheet" if issue.place else "import.issue_at_row_of_sheet"
    else:
        key = "import.issue_at_cell" if issue.place else "import.issue_at_row"
    said = {"row": issue.row, "issue": sentence, "place": issue.place, "sheet": issue.sheet}
    return i18n.text(key, **said)


@dataclass(slots=True)
class IssueList:
    """Issues in the order of the rows: the first `KEPT` and the first of each kind and column, the
    number of all, and of each (kind as a message id, column) without the proposals.

    `letters` gives the places (from 0) of the columns by their titles, `sheets` the names of those
    that are read.
    """

    letters: Mapping[str, int] = field(default_factory=dict)
    sheets: tuple[str, ...] = ("",)
    kept: list[ImportIssue] = field(default_factory=list)
    count: int = 0
    kinds: dict[tuple[str, str], int] = field(default_factory=dict)
    proposals: dict[Correction, int] = field(default_factory=dict)

    def add(self, row: int, name: str, column: str = "", **parameters: object) -> None:
        """Note `import.issue_<name>` on a row."""
        if column:
            parameters["column"] = column
        first = parameters.get("first")
        if isinstance(first, int):
            place, sheet = row_and_sheet(first)
            several = len(self.sheets) > 1
            parameters["first"] = f"{self.sheets[sheet]}!{place}" if several else place
        self._note(ImportIssue(row, column, f"import.issue_{name}", parameters))

    def propose(self, row: int, column: str, problem: Because, proposal: Proposal) -> None:
        """Note a cell whose text waits for somebody to confirm what it was meant to say."""
        said = {"column": column, "problem": problem}
        self._propose(ImportIssue(row, column, "import.issue_proposal", said, proposal))

    def propose_unit(self, row: int, column: str, text: str, unit: str) -> None:
        """Note a row that is not imported before somebody confirms which commune it names."""
        proposal = Proposal(Correction.UNITS, text, unit)
        said, name = {"column": column}, "unit" if column else "section_unit"
        self._propose(ImportIssue(row, column, f"import.issue_{name}_proposal", said, proposal))

    def propose_village(self, row: int, column: str, text: str, village: str) -> None:
        """Note a row that is not imported before somebody confirms which village it names."""
        proposal = Proposal(Correction.VILLAGES, text, village)
        self._propose(ImportIssue(row, column, "import.issue_village_proposal", {}, proposal))

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
        else:
            first = self.proposals[issue.proposal.correction] <= SAMPLES
        if first or len(self.kept) < KEPT:
            self.kept.append(self._placed(issue))

    def _placed(self, issue: ImportIssue) -> ImportIssue:
        row, sheet = row_and_sheet(issue.row)
        column = self.letters.get(issue.column)
        place = str(issue.parameters.get("place", ""))
        if column is not None:
            place = f"{column_letters(column)}{row}"
        named = self.sheets[sheet] if len(self.sheets) > 1 else ""
        return replace(issue, row=row, place=place, sheet=named)

    def in_order(self) -> tuple[ImportIssue, ...]:
        """The issues that were kept, sheet by sheet and row by row."""
        order = {name: at for at, name in enumerate(self.sheets)}
        return tuple(sorted(self.kept, key=lambda one: (order.get(one.sheet, 0), one.row)))
