"""What the faces see of life events: a form to fill in, a verdict on it, what was written."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.forms.issues import Parameter, Value
from app.forms.schema import Field
from app.services.entry import Choice
from app.services.life_events.short_forms import About, Asked


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as it is being typed: `answers` by field name, as stored. `child` is "" for one that
    is new, or where the household is meant; `ticked` are the children who leave in a split.
    `reason` settles doubts and is kept with the event.
    """

    code: str
    household: str
    child: str = ""
    answers: Mapping[str, Value] = dataclasses.field(default_factory=dict)
    ticked: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One field of a short form: how it is asked, the template's field, what it may name. `own` is
    what the household itself is called, where another one is to be named.
    """

    asked: Asked
    field: Field
    choices: tuple[Choice, ...] = ()
    own: str = ""


@dataclass(frozen=True, slots=True)
class BoundForm:
    """A short form as the forms in force word it; `today` is the day of the workplace."""

    code: str
    about: About
    answers: tuple[Answer, ...]
    today: date


class Weight(Enum):
    """How a remark stands in the way."""

    MISSING = "missing"  # not answered yet
    ERROR = "error"  # cannot be so
    DOUBT = "doubt"  # wants a reason
    NOTE = "note"  # said, and that is all


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about an answer ("" for the event as such)."""

    field: str
    weight: Weight
    message_id: str
    parameters: Mapping[str, Parameter] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of an event before it is written."""

    remarks: tuple[Remark, ...] = ()

    def of(self, *weights: Weight) -> tuple[Remark, ...]:
        """The remarks of some weights."""
        return tuple(one for one in self.remarks if one.weight in weights)

    @property
    def stopped(self) -> bool:
        """Whether it cannot be written, whatever reason is given."""
        return bool(self.of(Weight.MISSING, Weight.ERROR))

    @property
    def wants_reason(self) -> bool:
        """Whether it can be written with a reason only."""
        return bool(self.of(Weight.DOUBT))


@dataclass(frozen=True, slots=True)
class Written:
    """What was written under one act. `child` is a child that is new here, `household` a household
    that is; `unfinished` counts the records whose declaration the event wrote off. `elsewhere` is
    the unit that answers for a record of it, where this PC may not write it.
    """

    act: str
    code: str
    child: str = ""
    household: str = ""
    unfinished: int = 0
    elsewhere: str = ""
