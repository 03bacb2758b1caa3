"""Text of a cell that its field cannot hold: kept as it was written, with what it may have meant.

Nothing that was written is lost: such a text becomes the field's value, the validator reports it
there, and the record is unfinished until somebody corrects it. What the program believes was meant
(an old mobile prefix, a zero that a spreadsheet dropped, a day it shows as a count of days) is
proposed and shown, and taken only when a person confirms that kind of proposal. A text never takes
the place of a value that can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.forms.field_types import FieldProblem, field_type
from app.forms.issues import Value
from app.forms.schema import Field, Template
from app.history.operation import MAX_TEXT_BYTES
from app.services.importing.issues import Because, Correction, Proposal
from app.text.normalize import clean, clean_lines
from app.workbooks.cells import OldText

#: Bytes of such text that one row may bring: an operation travels on one line of a bundle.
ROOM_OF_A_ROW = 128 * 1024


_KINDS: Mapping[str, Correction] = {
    "forms.problem.phone_old_prefix": Correction.PHONES,
    "forms.problem.phone_lost_zero": Correction.ZEROS,
    "forms.problem.pid_lost_zero": Correction.ZEROS,
    "forms.problem.card_lost_zero": Correction.ZEROS,
    "forms.problem.digits_lost_zero": Correction.ZEROS,
    "import.problem_serial": Correction.DATES,
    "import.problem_swapped": Correction.SWAPPED,
    "import.problem_short_year": Correction.YEARS,
}


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that could not be read. `accepted`: what the program proposes was confirmed, and
    stands for the text.

    `text` is empty when it could not be kept. `issue` names what is said of it (`IssueList.add`).
    """

    column: str
    text: str
    because: Because
    proposal: Proposal | None = None
    accepted: bool = False
    issue: str = "value"

    @property
    def becomes(self) -> Value:
        """What is proposed; None for nothing."""
        return None if self.proposal is None else self.proposal.becomes

    @property
    def value(self) -> Value:
        """What the field is to hold; None for nothing."""
        return self.becomes if self.accepted else self.text or None

    @property
    def meanings(self) -> tuple[Value, ...]:
        """Every value that is this text, whether its proposal was confirmed or not."""
        return (self.text,) if self.proposal is None else (self.text, self.becomes)

    def is_met_by(self, held: Value) -> bool:
        """Whether a record that holds this value has nothing to learn from the text."""
        return held == self.value or (self.proposal is not None and held == self.becomes)


def too_large(column: str, because: Because) -> Unread:
    """A text that is longer than a field, or a whole row, may be."""
    return Unread(column, "", because, issue="too_large")


def old_font(column: str, text: str) -> Unread:
    """A text that a field takes, but whose letters are those of an old font."""
    return Unread(
        column, text, Because("import.issue_old_font", {"column": column}), issue="old_font"
    )


def converted(column: str, cell: OldText, said: Value, *, accepted: bool) -> Unread:
    """A text in an old font that says `said`."""
    # The ư of TCVN3 is the soft hyphen, which no text of the store may hold.
    kept = clean(str(cell).replace("\N{SOFT HYPHEN}", "-"))
    if len(kept.encode()) > MAX_TEXT_BYTES:
        return too_large(column, Because("import.problem_old_font", {}))
    proposal = Proposal(Correction.FONTS, kept, said, cell.encoding.value)
    because = Because("import.problem_old_font", {})
    return Unread(column, kept, because, proposal, accepted, issue="old_font")


def unread(
    column: str, field: Field, text: str, problem: FieldProblem, accepted: frozenset[Correction]
) -> Unread:
    """What becomes of a text that `field` refused for `problem`."""
    if field.auto:
        # Nobody could correct it: the program fills the field in.
        return Unread(column, "", Because.of(problem), issue="automatic")
    kept = clean_lines(text) if field.type == "note" else clean(text)
    if len(kept.encode()) > MAX_TEXT_BYTES:
        return too_large(column, Because.of(problem))
    kind = _KINDS.get(problem.message_id)
    if kind is None or problem.proposal is None:
        return Unread(column, kept, Because.of(problem))
    proposal = Proposal(kind, kept, problem.proposal)
    return Unread(column, kept, Because.of(problem), proposal, kind in accepted)


def is_sound(form: Template, entity: str, name: str, value: Value) -> bool:
    """Whether a value that a record holds is one that its field can hold; not so for none."""
    if value is None:
        return False
    field = next((one for one in form.fields_of(entity) if one.name == name), None)
    return field is None or field_type(field).check(value) is None
