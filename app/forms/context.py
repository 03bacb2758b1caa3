"""What a check may know beyond the record itself. The caller fills in what it has.

A rule whose data are missing here stays silent: it cannot be judged. Nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from app.forms.code_lists import CodeList, load_code_list
from app.forms.issues import Value, Values

NO_VALUES: Mapping[str, Value] = MappingProxyType({})


class Round(msgspec.Struct, frozen=True):
    """The open round: its window and its age cut-off, a parameter (domain.md 2.4, "Trap")."""

    opens_on: date | None = None
    closes_on: date | None = None
    born_from: str | None = None


class Lists(msgspec.Struct, frozen=True):
    """What the cross-check found for this household or child; None means not compared."""

    poverty_status: str | None = None  # status in the approved list, "0" when it is absent
    allowance: bool | None = None  # whether the child stands on the monthly-assistance list


class Holders(NamedTuple):
    """The ids of the records that hold something too: those of the same register, and others."""

    here: Sequence[str] = ()
    elsewhere: Sequence[str] = ()


class Context(msgspec.Struct, frozen=True):
    """Surroundings of one record.

    `reference_date` decides ages; `survey_date` is the book's own date (falls back to the
    household's, then to the reference date); `today` bounds dates in the future. `household` and
    `siblings` are stored values; siblings are the other children of the household.
    `circumstances`, `events`, `supports`, `reviews` are stored values of the child's sub-records
    (an `id` key names the record); `events` None means unknown, not none. `id_holders` gives the
    *other* records that hold a personal id; `number_holders` those of other households with
    that village and number; `book_owners` the enumerators of that village, book number and round
    as other households name them; `enumerators` those of that village and round.
    `unit_chain` gives the units from a unit (included) up to its province, empty when the tree does
    not hold it; `unit_in_force` whether a unit existed on a day.
    `code_list` gives the lists of this installation by name.
    """

    reference_date: date
    survey_date: date | None = None
    today: date | None = None
    previous_update: date | None = None
    record_id: str = ""
    owner_unit: str | None = None
    entered_by: str | None = None
    household: Values = NO_VALUES
    siblings: Sequence[Values] = ()
    circumstances: Sequence[Values] = ()
    events: Sequence[Values] | None = None
    supports: Sequence[Values] = ()
    reviews: Sequence[Values] = ()
    round: Round = Round()
    lists: Lists = Lists()
    collect_religion: bool = False
    children_count: int | None = None
    villages: Collection[str] | None = None
    id_holders: Callable[[str], Holders] | None = None
    number_holders: Callable[[str, str], Sequence[str]] | None = None
    book_owners: Callable[[str, str, str], Sequence[str]] | None = None
    enumerators: Callable[[str, str], Sequence[str]] | None = None
    unit_chain: Callable[[str], Sequence[str]] | None = None
    unit_in_force: Callable[[str, date], bool] | None = None
    code_list: Callable[[str], CodeList] = load_code_list
