"""What an answered row means for its child: what would change, what stands in the way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from app.forms.issues import Value
from app.i18n import text
from app.services.police.outcomes import Outcome


class Verdict(Enum):
    """What becomes of a row."""

    CHANGES = "changes"
    CONFIRMS = "confirms"  # the police wrote what the register says
    NOTES = "notes"  # a remark or a mark, nothing else
    DOUBTFUL = "doubtful"  # a person decides, row by row
    REFUSED = "refused"
    SAME = "same"  # read before: everything it says is in the register
    BLANK = "blank"


class Why(NamedTuple):
    """Why a row is refused or doubtful: the id of a sentence under `police.why`, and what fills
    it: titles of columns and sentences of the validator, never a value of a person.
    """

    key: str
    parameters: Mapping[str, str] = {}

    @property
    def words(self) -> str:
        """The sentence."""
        return text(f"police.why.{self.key}", **self.parameters)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the answer would change. `issued`, `now` and `new` are words; `value` is stored.
    `edited`: the register says something else than when the list was issued. `restored`: a
    spreadsheet had taken zeros away that were put back. `raw` is the text as it is stored where it
    was written for a font of before Unicode, "" for every other.
    """

    field: str
    label: str
    issued: str
    now: str
    new: str
    value: Value
    edited: bool = False
    restored: bool = False
    raw: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """A row of the file. `number` is that of its sheet, `code` as written; who it is about, "" for
    nobody known. `settles` are `field/rule` of what the word of the police settles; `raw_remark`
    is as `raw` of a difference. `hidden`: the spreadsheet does not show the row.
    """

    number: int
    sheet: str
    code: str
    verdict: Verdict
    child: str = ""
    household: str = ""
    name: str = ""
    birth: str = ""
    village: str = ""
    household_no: str = ""
    differences: tuple[Difference, ...] = ()
    confirmed: tuple[str, ...] = ()
    not_here: bool = False
    remark: str = ""
    refused: tuple[Why, ...] = ()
    doubts: tuple[Why, ...] = ()
    settles: tuple[str, ...] = ()
    raw_remark: str = ""
    hidden: bool = False

    @property
    def token(self) -> str:
        """Names the row as it was looked at: a decision about it counts for nothing else."""
        said = repr(
            (
                self.code,
                [(one.field, one.now, one.value) for one in self.differences],
                [(one.key, sorted(one.parameters.items())) for one in self.doubts],
                self.settles,
            )
        )
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def outcome(self) -> Outcome:
        """What is kept of it once it is applied."""
        if self.not_here:
            return Outcome.NOT_HERE
        if self.differences:
            return Outcome.CHANGED
        return Outcome.CONFIRMED if self.confirmed else Outcome.REMARKED


@dataclass(frozen=True, slots=True)
class AnswerPreview:
    """What a file would do: of which list, which file, row by row as the file goes. `not_in_file`
    counts rows of the list that the file does not have. `back`: the list had been handed back
    signed before the file was read.
    """

    number: int
    code: str
    file: str
    sha256: str
    rows: tuple[AnsweredRow, ...]
    not_in_file: int
    back: bool = False

    def count(self, verdict: Verdict) -> int:
        """How many rows have a verdict."""
        return sum(one.verdict is verdict for one in self.rows)

    @property
    def hidden(self) -> int:
        """How many rows that say anything the spreadsheet does not show."""
        return sum(one.hidden and one.verdict is not Verdict.BLANK for one in self.rows)

    @property
    def changes_nothing(self) -> bool:
        """Whether applying it would write nothing, whatever was decided."""
        quiet = (Verdict.SAME, Verdict.BLANK, Verdict.REFUSED)
        return all(one.verdict in quiet for one in self.rows)
