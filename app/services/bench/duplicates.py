"""Finding children who are written twice in an invented register of which it is known who they are.

In a process of its own, which is given the people as lines of JSON: what is measured is the search,
and the most memory that it takes. The register and its second records follow from a seed that no
weight was chosen by. Other children under copied ids stand between them: what is certain is judged
with these, so that an error there would show; a person is to be asked about each, so of what is
only very alike they are no part.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from itertools import combinations
from pathlib import Path
from statistics import median

from app.matching.pair import Level
from app.matching.person import Person
from app.models.yardstick import Lap, Stopwatch
from app.services.bench.figure import Figure, Measured, NotMeasured, Row, Unit, ratio
from app.services.bench.own_process import in_own_process
from app.services.bench.peak import peak_bytes
from app.services.bench.workshop import REFERENCE_DATE, Workshop
from app.services.invented.copied_ids import CopiedIds
from app.services.invented.doubles import doubled
from app.services.invented.register import InventedHousehold, generate
from app.services.suggested_pairs import is_placeholder

_SEED = 48_271
#: With fewer children there are too few second records to say a share of them.
_FEWEST = 3_000
_ROUNDS = 3
_MEGABYTE = 1 << 20


def _duplicates(workshop: Workshop) -> Sequence[Measured]:
    if getattr(sys, "frozen", False):
        raise NotMeasured("bench.needs_interpreter")
    file = workshop.scratch / "twice.jsonl"
    children = max(workshop.children, _FEWEST)
    written = _write(file, children, workshop.communes)
    took = in_own_process(workshop.giver, "duplicates", file)
    file.unlink()
    parts = {
        name: took[name]
        for name in ("records", "compared", "pairs", "certain", "certain_right", "copied_ids")
    }
    parts["doubles"] = float(written)
    search, one_pass = (Lap(took[f"{one}_wall"], took[f"{one}_cpu"]) for one in ("find", "pass"))
    found = [
        Measured("duplicates-recall", 1 / took["recall"], None, parts),
        Measured("duplicates-precision", 1 / took["precision"], None, parts),
        Measured("duplicates-certain", 1 / took["certain_right"], None, parts),
        ratio("duplicates", search, one_pass, parts),
    ]
    if took["peak_bytes"]:
        found.append(Measured("duplicates-memory", took["peak_bytes"] / _MEGABYTE))
    return found


def _write(file: Path, children: int, communes: Sequence[str]) -> int:
    """Write a line for each person, with whose second record it is and whether its id was copied
    from another child; returns how many are second records.
    """
    count = 0
    copied = CopiedIds(_SEED + 2)
    with file.open("w", encoding="utf-8") as lines:

        def put(one: InventedHousehold, truth: Mapping[str, str], *, other: bool = False) -> None:
            for person in people_of(one):
                line = [*astuple(person), truth.get(person.id, ""), other]
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")

        register = generate(_SEED, children, communes, REFERENCE_DATE)
        for household, truth in doubled(register, _SEED + 1):
            put(household, truth)
            count += len(truth)
            for one in () if truth else copied.write(household):
                put(one, {}, other=True)
    return count


def people_of(one: InventedHousehold) -> Iterator[Person]:
    """The children of a household as they are compared."""
    home = {name: one.values.get(name) for name in ("head_name", "phone")}
    for child in one.children:
        said = {name: str(value) for name, value in {**child.values, **home}.items() if value}
        yield Person(
            id=child.key,
            name=said.get("full_name", ""),
            birth_date=said.get("birth_date", ""),
            sex=said.get("sex", ""),
            personal_id=said.get("personal_id", ""),
            mother=said.get("mother_name", ""),
            mother_year=said.get("mother_birth_year", ""),
            father=said.get("father_name", ""),
            father_year=said.get("father_birth_year", ""),
            head=said.get("head_name", ""),
            phone=said.get("phone", ""),
            household=one.key,
            village=one.village,
            unit=one.commune,
        )


def measured(file: Path) -> dict[str, float]:
    """What a search in the people of that file came to, and what it took."""
    from app.matching.duplicates import find

    same: dict[str, set[str]] = {}
    others: set[str] = set()

    def people() -> Iterator[Person]:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                *values, of, is_other = json.loads(line)
                if is_other:
                    others.add(values[0])
                if of:
                    same.setdefault(of, {of}).add(values[0])
                yield Person(*values)

    watch = Stopwatch()
    with watch.running():
        found = find(people(), is_placeholder)
    # Of the search alone: the pass that it is compared with keeps every pair.
    most = peak_bytes()
    wanted = {frozenset(pair) for group in same.values() for pair in combinations(group, 2)}
    level = {frozenset((one.first, one.second)): one.level for one in found.pairs}
    sure = {
        pair
        for pair, is_of in level.items()
        if is_of in (Level.CERTAIN, Level.HIGH) and not pair & others
    }
    certain = {pair for pair, is_of in level.items() if is_of is Level.CERTAIN}
    laps = _passes(file)
    return {
        "records": float(found.records),
        "compared": float(found.compared),
        "pairs": float(len(level)),
        "certain": float(len(certain)),
        "copied_ids": float(len(others)),
        "certain_right": len(certain & wanted) / len(certain) if certain else 1.0,
        "recall": len(sure & wanted) / max(len(wanted), 1),
        "precision": len(sure & wanted) / max(len(sure), 1),
        "find_wall": watch.lap.wall,
        "find_cpu": watch.lap.cpu,
        "peak_bytes": float(most),
        "pass_wall": median(lap.wall for lap in laps),
        "pass_cpu": median(lap.cpu for lap in laps),
    }


def _passes(file: Path) -> list[Lap]:
    """One likeness of each name of a candidate pair: the child's, the mother's, the father's. What
    somebody writes who has the pairs and the names already and wants to know how alike they are.
    """
    from rapidfuzz import fuzz

    from app.matching.blocking import blocks_of
    from app.matching.columns import Columns
    from app.matching.people import prepared

    with file.open(encoding="utf-8") as lines:
        people = (Person(*json.loads(line)[:-2]) for line in lines)
        ready = list(prepared(people, is_placeholder))
    blocks = blocks_of(Columns(ready))
    near = [(at, blocks.take(at)) for at in reversed(range(len(ready)))]
    pairs = [(at, other) for at, others in near for other in others]
    names = [(one.full, one.mother_full, one.father_full) for one in ready]
    laps = []
    for _ in range(_ROUNDS):
        watch = Stopwatch()
        with watch.running():
            for at, place in pairs:
                one, other = names[at], names[place]
                fuzz.ratio(one[0], other[0])
                fuzz.ratio(one[1], other[1])
                fuzz.ratio(one[2], other[2])
        laps.append(watch.lap)
    return laps


DUPLICATES = Figure(
    "duplicates",
    (
        Row("duplicates-recall", 1 / 0.94, 1 / 0.96),
        Row("duplicates-precision", 1 / 0.98, 1 / 0.99),
        Row("duplicates-certain", 1.0, 1.0),
        Row("duplicates", 4.0, 2.0),
        Row("duplicates-memory", 1024.0, 500.0, Unit.MEGABYTES),
    ),
    _duplicates,
)
