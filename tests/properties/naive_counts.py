"""Whom the books count, read a second time and naively from the rows of a fleet.

Comparing the PCs with each other does not see a fault that is the same on all of them. What the
histories never write (a short stay, a death, a child of 16) is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

#: Of `invariants.REPORT`: a day, a month or a year of these is not before the two quarters.
_TWO_QUARTERS_AGO = "2026-03"


def check(
    rows: Mapping[tuple[str, str], Mapping[str, object]],
    books: Mapping[str, str],
    pairs: Iterable[Collection[str]],
) -> int:
    """Hold the books of a PC (child → unit that counts it) against its rows, by I11. Children of
    `pairs`, about whom somebody decided, are left to the told histories (`test_told_counted.py`).
    Returns how many were looked at.
    """
    decided = {child for pair in pairs for child in pair}
    told: dict[str, list[str]] = {}
    for (name, _), row in rows.items():
        values = _values(row)
        if name == "life_event" and not row["_hidden"] and values.get("event") == "moved_out":
            told.setdefault(str(values["record"]), []).append(str(values.get("event_date", "")))
    looked = 0
    for (name, child), row in rows.items():
        if name != "child" or row["_hidden"] or child in decided:
            continue
        owner, status = str(row["owner_unit"]), _values(row).get("life_status", "ACTIVE")
        days = told.get(child, [])
        if status == "ACTIVE" and "@" in owner:
            assert books.get(child) == owner, f"I11: a child of {owner} is counted elsewhere"
        elif status in ("ACTIVE", "MOVED_OUT"):
            lately = not days or any(not day or day >= _TWO_QUARTERS_AGO for day in days)
            assert (child in books) is lately, "I11: who left is not counted as long as it should"
        looked += 1
    return looked


def _values(row: Mapping[str, object]) -> Mapping[str, object]:
    values = row["values"]
    assert isinstance(values, Mapping)
    return values
