"""What a form is told to show: looks of fields, messages, lines, proposals. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QPushButton

from app.forms.schema import Severity
from app.ui.household.plan import SectionPlan

SIGNS = {
    Severity.ERROR: "\N{MULTIPLICATION X}",
    Severity.WARNING: "\N{BLACK UP-POINTING TRIANGLE}",
    Severity.NOTE: "\N{INFORMATION SOURCE}",
}
#: What stands in the box of a field that does not apply, as on paper.
DASH = "\N{EM DASH}"
INHERITED_SIGN = "\N{DOWNWARDS ARROW WITH TIP RIGHTWARDS}"
COLOUR = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "muted"}


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence under a field."""

    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """How one field looks now. `state` is one the style sheet knows; a `masked` field has no text,
    its placeholder says in words that something is there. `tip` is the tool tip.
    """

    text: str = ""
    state: str = ""
    applies: bool = True
    locked: bool = False
    messages: tuple[Message, ...] = ()
    placeholder: str = ""
    masked: bool = False
    tip: str = ""

    def with_hint(self, hint: str) -> Look:
        """The same with a quiet remark more."""
        return replace(self, messages=(*self.messages, Message(Severity.NOTE, hint)))

    @property
    def takes_room(self) -> tuple[object, ...]:
        """What other fields move for, and lines of folded fields count: all but the very text."""
        filled = bool(self.text) or self.masked
        return (self.messages, self.applies, self.state == "inherited", filled)


@dataclass(frozen=True, slots=True)
class PartLine:
    """One line of a repeatable section: its id, what it is called, its tool tip."""

    id: str
    title: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal: what Space confirms, in words, with the reason and the law."""

    id: str
    title: str
    reason: str


@dataclass(slots=True)
class SectionState:
    plan: SectionPlan
    fold: QPushButton
    open: bool = False
    parts: list[PartLine] = field(default_factory=list)
    add: QPushButton | None = None


@dataclass(slots=True)
class Words:
    """A piece of painted text."""

    rect: QRect
    text: str
    colour: str
    bold: bool = False
    italic: bool = False
    right: bool = False
