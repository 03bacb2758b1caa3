"""Whom the books count, read a second time and naively from the rows of a fleet.

Comparing the PCs with each other does not see a fault that is the same on all of them. What the
histories never write (a short stay, a death, a child of 16) is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from app.text.fold import fold

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


def check_clusters(
    rows: Mapping[tuple[str, str], Mapping[str, object]], books: Mapping[str, str]
) -> int:
    """Hold the books of a PC against what it holds of records that are one child: one of them
    counts at most, and of those who live in a book the one with the smallest id, in that book.
    Returns how many children stand twice or more.
    """
    children = {ent_id: row for (name, ent_id), row in rows.items() if name == "child"}
    same, by_program, apart = _said(rows, children)
    for child, row in children.items():
        into = _values(row).get("merged_into")
        if row["_hidden"] and isinstance(into, str) and into:
            same.append({child, into})
    for cluster in _joined(same + by_program):
        if not any(pair <= cluster for pair in apart):
            same += [pair for pair in by_program if pair <= cluster]
    looked = 0
    for cluster in _joined(same):
        counted = sorted(cluster & books.keys())
        assert len(counted) <= 1, "I11: a child that was written twice counts twice"
        living = sorted(
            one
            for one in cluster & children.keys()
            if not children[one]["_hidden"]
            and _values(children[one]).get("life_status", "ACTIVE") == "ACTIVE"
            and "@" in str(children[one]["owner_unit"])
        )
        if living and cluster <= children.keys():
            assert counted == living[:1], "I11: a child that was written twice is counted elsewhere"
            assert books[living[0]] == children[living[0]]["owner_unit"]
        looked += len(living) > 1
    return looked


def _said(
    rows: Mapping[tuple[str, str], Mapping[str, object]],
    children: Mapping[str, Mapping[str, object]],
) -> tuple[list[set[str]], list[set[str]], list[set[str]]]:
    """The pairs that people call the same, those the program does, and those that are two or of
    which two statements stand.
    """
    same, by_program, apart = [], [], []
    for (name, _), row in rows.items():
        if name != "match_decision":
            continue
        said = _values(row)
        pair = {str(said[side]) for side in ("record", "other_child")}
        twice = said.get("basis") == "duplicate"
        if said.get("verdict") == "different" or (twice and row["_conflicts"]):
            apart.append(pair)
        elif said.get("verdict") == "same" and (said.get("decided_by") or not twice):
            same.append(pair)
        elif said.get("verdict") == "same" and _has_ground([children.get(one) for one in pair]):
            by_program.append(pair)
    return same, by_program, apart


def _has_ground(pair: Collection[Mapping[str, object] | None]) -> bool:
    """Whether nothing that the program goes by was written otherwise in one of two records."""
    held = [_values(row) for row in pair if row is not None and not row["_hidden"]]
    if len(held) < 2:
        return True
    one, other = held
    sexes = {said["sex"] for said in held if said.get("sex")}
    told = ("personal_id", "birth_date", "full_name")
    return len(sexes) < 2 and all(
        one.get(field) and fold(str(one[field])) == fold(str(other.get(field, "")))
        for field in told
    )


def _joined(pairs: Collection[set[str]]) -> Iterator[set[str]]:
    """The clusters of pairs."""
    left = list(pairs)
    while left:
        cluster = left.pop()
        while joined := [pair for pair in left if pair & cluster]:
            left = [pair for pair in left if not pair & cluster]
            cluster = cluster.union(*joined)
        yield cluster


def _values(row: Mapping[str, object]) -> Mapping[str, object]:
    values = row["values"]
    assert isinstance(values, Mapping)
    return values
