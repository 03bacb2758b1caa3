"""Lists that were issued, as people see them, and finding one by what stands on its paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.errors import KnownError
from app.models import police_lists
from app.models.police_lists import HandBack, StoredList
from app.models.store import Reading
from app.services.police.codes import begins
from app.services.police.defects import Kind
from app.services.police.gathering import VILLAGE
from app.services.police.outcomes import Outcome
from app.text.moments import day_of


class State(Enum):
    """Where a list is."""

    OUT = "out"  # with the police, nothing came back
    ANSWERED = "answered"  # an answered file was applied; the signed paper is still out
    BACK = "back"  # handed back signed
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class TakenAnswer:
    """An answered file that was applied: its act, when and by whom; `undone` was taken back."""

    act: str
    on: date | None
    by: str
    undone: bool


@dataclass(frozen=True, slots=True)
class IssuedList:
    """A list. `villages` are the names of its villages in order ("" for none), `by_kind` its rows
    by list, `by_outcome` what the answers came to; `days_out` is how many days it has been out, 0
    where it is not. `withdrawn_by` is "" unless somebody withdrew it.
    """

    id: str
    number: int
    code: str
    unit: str
    on: date | None
    by: str
    state: State
    rows: int
    villages: tuple[str, ...]
    by_kind: Mapping[Kind, int]
    by_outcome: Mapping[Outcome, int]
    days_out: int
    back: HandBack | None
    answers: tuple[TakenAnswer, ...]
    withdrawn_by: str = ""

    @property
    def answered(self) -> int:
        """How many of its rows were answered."""
        return sum(self.by_outcome.values())


def issued_lists(reading: Reading, today: date) -> list[IssuedList]:
    """All lists, the newest first."""
    outcomes = police_lists.outcomes(reading)
    taken: dict[str, list[TakenAnswer]] = {}
    by_row: dict[str, dict[str, str]] = {}
    for one in police_lists.answers(reading):
        answer = TakenAnswer(one.act, day_of(one.read), one.read_by, one.undone is not None)
        taken.setdefault(one.list, []).append(answer)
        by_row.setdefault(one.list, {}).update(outcomes.get(one.act, {}))
    return [
        _issued(reading, one, tuple(taken.get(one.id, ())), by_row.get(one.id, {}), today)
        for one in police_lists.lists(reading)
    ]


def _issued(
    reading: Reading,
    one: StoredList,
    answers: tuple[TakenAnswer, ...],
    by_row: Mapping[str, str],
    today: date,
) -> IssuedList:
    rows = police_lists.rows_of(reading, one.id)
    issued = day_of(one.issued)
    if one.withdrawn is not None:
        state = State.WITHDRAWN
    elif one.back is not None:
        state = State.BACK
    else:
        state = State.ANSWERED if by_row else State.OUT
    days = 0 if issued is None or not one.is_out else max(0, (today - issued).days)
    return IssuedList(
        one.id,
        one.number,
        one.code,
        one.unit,
        issued,
        one.issued_by,
        state,
        len(rows),
        tuple(dict.fromkeys((row.printed or {}).get(VILLAGE, "") for row in rows)),
        Counter(Kind(row.kind) for row in rows),
        Counter(Outcome(said) for said in by_row.values()),
        days,
        one.back,
        answers,
        one.withdrawn_by,
    )


def list_named(reading: Reading, named: str) -> StoredList:
    """The list called by its number, its code, or the five letters its code begins with. Raises
    KnownError `police.unknown_list`.
    """
    wanted = named.strip().upper()
    for one in police_lists.lists(reading):
        if wanted in (str(one.number), one.code, begins(one.code)):
            return one
    raise KnownError("police.unknown_list", "police.unknown_list_hint", name=named.strip())
