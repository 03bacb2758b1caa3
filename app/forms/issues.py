"""What the validator says about a field: a rule, a severity, a sentence by its id.

Parameters hold counts, years, codes and labels; never a name, a number of a person or typed text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from app import i18n
from app.forms.schema import Label, Severity

#: A stored value: JSON without floating numbers (4-sync.md, "Canonical").
Value: TypeAlias = str | int | bool | list[str] | None
Parameter: TypeAlias = str | int | Label
Values: TypeAlias = Mapping[str, Value]


class Finding(NamedTuple):
    """What a rule found; the template's use of the rule adds field and severity."""

    message_id: str
    parameters: Mapping[str, Parameter] = {}
    field: str | None = None  # when the trouble is better shown at another field


Findings: TypeAlias = tuple[Finding, ...]
NOTHING: Findings = ()
#: The rule of an issue that only says that something behind the mask is to be looked at.
MASKED_RULE = "masked"


class Issue(msgspec.Struct, frozen=True):
    """An error, warning or note on one field of one record.

    `entity` and `record` name the sub-record (circumstance, event, …) when the issue is about one;
    empty for the record itself. `reason` is the clerk's kept reason for a warning: such an issue
    has become a note.
    """

    field: str
    rule: str
    severity: Severity
    message_id: str
    parameters: Mapping[str, Parameter] = {}
    entity: str = ""
    record: str = ""
    reason: str | None = None

    @property
    def key(self) -> str:
        """`field/rule`, under which a reason is kept."""
        return f"{self.field}/{self.rule}"

    @property
    def accepted(self) -> bool:
        """Whether a reason turned this warning into a note."""
        return self.reason is not None


def issue_text(issue: Issue) -> str:
    """The sentence of an issue in the language in force."""
    return i18n.text(issue.message_id, **issue.parameters)
