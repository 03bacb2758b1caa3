"""Figures of the window at work: keys, pages, lists, memory, and what a page costs to type.

Services know no Qt, so each is measured in the real window in a process of its own
(`app.ui.figures`), on a home that is made here: a commune with 3,000 children and the household of
which everything is known, or the district with N children.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.services.bench.figure import Figure, Measured, NotMeasured, Row, Unit
from app.services.bench.full_household import add_full_household
from app.services.bench.windows import run_window
from app.services.bench.workshop import COMMUNE, PASSPHRASE, Workshop, fill
from app.services.entry import Entry
from app.services.register_export import Headers, RegisterExport

#: As many children as a village hands in on one sheet.
_SHEET = 300
#: Not the one of the register: they are other children.
_OTHER_SEED = 20_260_615
_MEGABYTE = 1 << 20
_PROBE = """
import sys
from app.bootstrap import open_services
from app.ui.figures.probe import main
main(open_services, *sys.argv[1:])
"""


@dataclass(frozen=True, slots=True)
class Commune:
    """A closed home of a commune, its full household, another one, and a sheet to import."""

    home: Path
    household: str
    other: str
    sheet: Path


def _commune(workshop: Workshop) -> Commune:
    """The commune of this run, made when it is first asked for."""
    found = workshop.kept.get("commune")
    if isinstance(found, Commune):
        return found
    unit = workshop.communes[0]
    written = workshop.installed("sheet", unit)
    fill(written, min(_SHEET, workshop.children), workshop.progress, seed=_OTHER_SEED)
    sheet = workshop.scratch / "sheet-of-a-village.xlsx"
    RegisterExport(written).export(sheet, headers=Headers.NAMES)
    workplace = workshop.installed("commune", unit)
    fill(workplace, min(COMMUNE, workshop.children), workshop.progress)
    household = add_full_household(workplace, workplace.unit)
    other = next(one for one in Entry(workplace).household_ids() if one != household)
    workplace.store.close()
    made = Commune(workplace.settings.home, household, other, sheet)
    workshop.kept["commune"] = made
    return made


@dataclass(frozen=True, slots=True)
class _Found:
    """The numbers of a task, and Qt's name for the screen its window stood on."""

    parts: Mapping[str, float]
    platform: str

    def row(self, name: str, value: float, by_processor: float | None = None) -> Measured:
        return Measured(name, value, by_processor, self.parts, self.platform)

    def ratio(self, name: str) -> Measured:
        cpu, bare = self.parts.get("cpu_seconds"), self.parts.get("cpu_yardstick_seconds")
        by_processor = cpu / bare if cpu is not None and bare else None
        value = self.parts["seconds"] / self.parts["yardstick_seconds"]
        return self.row(name, value, by_processor)


def _of_commune(workshop: Workshop, task: str) -> _Found:
    made = _commune(workshop)
    told = {"household": made.household, "other": made.other, "sheet": str(made.sheet)}
    return _asked(workshop, task, made.home, told)


def _of_district(workshop: Workshop, task: str) -> _Found:
    return _asked(workshop, task, workshop.giver.settings.home, {})


def _asked(workshop: Workshop, task: str, home: Path, told: Mapping[str, str]) -> _Found:
    """What a task found."""
    everything = {"passphrase": PASSPHRASE, "effort": str(workshop.effort), **told}
    said = json.loads(run_window(_PROBE, task, str(home), told=json.dumps(everything)))
    return _Found(said["found"], said["platform"])


def _measured(row: str, task: str, workshop: Workshop) -> Sequence[Measured]:
    return [_of_commune(workshop, task).ratio(row)]


def _search(workshop: Workshop) -> Sequence[Measured]:
    return [_of_district(workshop, "search").ratio("search")]


def _list(workshop: Workshop) -> Sequence[Measured]:
    found = _of_district(workshop, "list")
    if not found.parts["added_bytes"]:
        raise NotMeasured("bench.no_peak")
    return [
        found.ratio("list"),
        found.row("list-memory", found.parts["added_bytes"] / _MEGABYTE),
    ]


def _work(workshop: Workshop) -> Sequence[Measured]:
    found = _of_commune(workshop, "work")
    if not found.parts["most_bytes"]:
        raise NotMeasured("bench.no_peak")
    return [
        found.row("work-memory", found.parts["most_bytes"] / _MEGABYTE),
        found.row("entry-keys", found.parts["keys"]),
        found.row("entry-time", found.parts["seconds_a_child"]),
    ]


KEYS = Figure("key", (Row("key", 4.0, 2.0),), partial(_measured, "key", "keys"))
OPEN = Figure("open", (Row("open", 2.5, 1.5),), partial(_measured, "open", "opening"))
SEARCH = Figure("search", (Row("search", 10.0, 4.0),), _search)
LIST = Figure("list", (Row("list", 3.0, 2.0), Row("list-memory", 20, 20, Unit.MEGABYTES)), _list)
#: What a page costs is counted in the same working day. 92 seconds is what a child may take with
#: looking and checking; half of it for the keys alone is the most, a quarter the aim.
WORK = Figure(
    "work",
    (
        Row("work-memory", 250, 150, Unit.MEGABYTES),
        Row("entry-keys", 460, 230, Unit.COUNT),
        Row("entry-time", 46, 23, Unit.SECONDS),
    ),
    _work,
)
