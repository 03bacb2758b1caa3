"""What a round may say, the same for one that is opened here and one that came.

Every check, count and paper goes by the days of the open round: one that nobody can read would
stop them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from app.forms.references import Fault, fault
from app.forms.tables import is_day, is_plain

MAX_NAME = 200
#: Years a round may speak of: ages are reckoned back from its days.
YEARS = range(1990, 2200)
#: For how many quarters before its day a round counts a child who moved out where it was, until
#: the child is found elsewhere; what a round means that names no number (4-sync.md, "Moves").
MOVED_OUT_QUARTERS = 2
#: What a round may name.
QUARTERS = range(9)
_DAYS = ("reference_date", "born_from", "opens_on", "closes_on")


def round_faults(values: Mapping[str, object]) -> Iterator[Fault]:
    """What is wrong with a round, by the names of its fields."""
    said = {name: str(values.get(name) or "") for name in ("name", *_DAYS)}
    if not said["name"]:
        yield fault("round_name")
    if not is_plain(said["name"]):
        yield fault("control")
    if len(said["name"]) > MAX_NAME:
        yield fault("too_long", most=MAX_NAME)
    for name in _DAYS:
        day = said[name]
        if day and not (is_day(day) and date.fromisoformat(day).year in YEARS):
            yield fault("round_day", day=day, first=YEARS[0], last=YEARS[-1])
    quarters = values.get("moved_out_quarters")
    if quarters is not None and not (isinstance(quarters, int) and quarters in QUARTERS):
        yield fault("round_quarters", most=QUARTERS[-1])
    if said["closes_on"] and said["closes_on"] < said["opens_on"]:
        yield fault("round_dates", opens=said["opens_on"], closes=said["closes_on"])
