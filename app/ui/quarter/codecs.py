"""How the fields of a short form are read that no page has: a place, another household."""

from __future__ import annotations

from dataclasses import dataclass

from app.forms.field_types import FieldProblem
from app.forms.issues import Value
from app.services.life_events.views import Answer
from app.text.normalize import clean
from app.text.spelling import may_begin
from app.ui.household.codec import Codec


@dataclass(frozen=True, slots=True)
class PlaceCodec(Codec):
    """A place is text that a list helps with: who moved abroad is in no list of communes."""

    def _reference(self, text: str) -> Value:
        return clean(text) or None


@dataclass(frozen=True, slots=True)
class HouseholdCodec(Codec):
    """Another household of the commune; `own` is what the one at hand is called."""

    own: str = ""

    def _reference(self, text: str) -> Value:
        try:
            return super(HouseholdCodec, self)._reference(text)
        except FieldProblem as problem:
            if problem.message_id != "forms.problem.code_unknown":
                raise
            itself = may_begin(self.own, clean(text))
            said = "same_household" if itself else "no_such_household"
            raise FieldProblem(f"quarter.refused.{said}") from None

    def parse(self, text: str) -> Value:
        """The stored value of a text. Raises FieldProblem, also where there is no other one."""
        return self._reference(text)


def codec_of(answer: Answer, year: int) -> Codec:
    """How an answer is read; `year` is what two digits of a year are of."""
    field = answer.field
    if field.name == "household":
        return HouseholdCodec(field, answer.choices, year, own=answer.own)
    kind = PlaceCodec if field.name == "event_place" else Codec
    return kind(field, answer.choices, year)
