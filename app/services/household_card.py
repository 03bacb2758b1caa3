"""A household on one card: head, address, its children in a line each, what happened lately.

For walking through a village, where a whole page would be too much. All of it is in words, as the
forms show values, and comes through a closed sight: what is masked stays masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from app.forms.age import completed_months, latest, sixteenth_birthday
from app.forms.facts import known_bounds
from app.forms.field_types import field_type
from app.forms.field_types.base import Language
from app.forms.schema import Template
from app.i18n import language
from app.models.declarations import are_finished
from app.models.queries import quarter as quarter_queries
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.queries.rounds import RoundView
from app.models.store import Reading
from app.services.life_events.consequences import is_followed
from app.services.masking import MASKED, Shown, Sight, closed
from app.services.surroundings import Frame, frame_of
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class CardChild:
    """A child's line. `months` is the least age in full months today, None where nobody can say.
    `sixteen` is the day of the sixteenth birthday where it falls before the end of the round,
    `turned` says that it has come. `status` is a code of `life_status`, "" while the child is
    followed; `label` says it in words.
    """

    id: str
    line: str
    name: str
    birth: str
    months: int | None
    sex: str
    school: str
    status: str
    label: str
    sixteen: date | None
    turned: bool
    finished: bool


@dataclass(frozen=True, slots=True)
class CardEvent:
    """A life event of this round: the day and what it was, of whom ("" for the household), where
    to or from.
    """

    day: str
    label: str
    who: str
    place: str


@dataclass(frozen=True, slots=True)
class Card:
    """A household. `confirmed_on` is the day of the visit in the open round, "" before it."""

    household: str
    number: str
    head: str
    address: str
    phone: str
    poverty: str
    confirmed_on: str
    finished: bool
    children: tuple[CardChild, ...]
    events: tuple[CardEvent, ...]


def card_of(
    workplace: Workplace, reading: Reading, household: str, current: RoundView
) -> Card | None:
    """The card of a household in a round, None where it is not here."""
    found = register.record(reading, "household", household)
    if found is None or found.hidden:
        return None
    sight, frame = closed(workplace), frame_of(workplace, reading)
    children = register.children_of(reading, household)
    finished = are_finished(reading, [household, *(one.id for one in children)])
    words = _Words(frame, sight)
    home = words.of(found)
    lines = tuple(
        words.child(one, _last_day(current, frame), finished=one.id in finished) for one in children
    )
    confirmed = found.values.get("survey_round") == current.id
    return Card(
        household,
        home("household_no"),
        home("head_name"),
        home("address_detail"),
        home("phone"),
        home("poverty_status"),
        home("survey_date") if confirmed else "",
        household in finished,
        lines,
        _events(words, reading, found, lines, current),
    )


def _last_day(current: RoundView, frame: Frame) -> date:
    """The day up to which a sixteenth birthday is of interest in a round."""
    closes = date.fromisoformat(current.closes_on) if current.closes_on else frame.reference_date
    return max(closes, frame.today)


class _Words:
    """Values of records as their forms word them."""

    def __init__(self, frame: Frame, sight: Sight) -> None:
        self._frame, self._sight = frame, sight
        self._language = cast(Language, language())

    def of(self, view: RecordView) -> _Worded:
        """The values of a household or child."""
        template = self._frame.template_of(view.entity, view.values)
        return _Worded(template, self._sight.record(view).values, self._language)

    def label(self, code_list: str, code: str) -> str:
        """The word of a code."""
        return self._frame.catalogue.code_list(code_list).label(code, self._language)

    def child(self, view: RecordView, last: date, *, finished: bool) -> CardChild:
        """A child's line."""
        said = self.of(view)
        born = view.values.get("birth_date")
        known = isinstance(born, str) and known_bounds(born) is not None
        months = sixteen = None
        if known and isinstance(born, str):
            months = max(0, completed_months(latest(born), self._frame.today))
            birthday = sixteenth_birthday(born)
            sixteen = birthday if birthday <= last else None
        status = "" if is_followed(view.values) else str(view.values.get("life_status"))
        grade = said("grade")
        school = said("schooling_status")
        return CardChild(
            view.id,
            said("line_no"),
            said("full_name"),
            said("birth_date"),
            months,
            said("sex"),
            f"{school} ({grade})" if grade else school,
            status,
            said("life_status") if status else "",
            sixteen,
            sixteen is not None and sixteen <= self._frame.today,
            finished,
        )


class _Worded:
    """The values of one record, by field name."""

    def __init__(
        self, template: Template, values: Mapping[str, Shown], language_now: Language
    ) -> None:
        self._fields = {one.name: one for one in template.fields_of(template.form)}
        self._values, self._language = values, language_now

    def __call__(self, name: str) -> str:
        value, field = self._values.get(name), self._fields.get(name)
        if value is None or value is MASKED or field is None:
            return ""
        return field_type(field).format(value, self._language)


def _events(
    words: _Words,
    reading: Reading,
    found: RecordView,
    lines: tuple[CardChild, ...],
    current: RoundView,
) -> tuple[CardEvent, ...]:
    names = {one.id: one.name for one in lines}
    held = quarter_queries.events_since(reading, [found.id, *names], current.opens_on)
    return tuple(
        CardEvent(
            "/".join(reversed(str(one.values.get("event_date") or "").split("-"))),
            words.label("life_events", str(one.values.get("event") or "")),
            names.get(str(one.values.get("record")), ""),
            str(one.values.get("event_place") or ""),
        )
        for one in held
    )
