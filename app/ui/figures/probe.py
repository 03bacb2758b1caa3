"""One measure of the window in this process, which the bench started for it; prints what it found.

`main(open_services, task, home)` reads `{"passphrase", "effort", "household", "other", "sheet"}`
from standard input. The composition root is handed in, as to the window itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from app.services.services import Services
from app.settings import Settings
from app.ui.application import OpenServices
from app.ui.figures.desk import REST, MeasuredDesk
from app.ui.figures.lists import LISTINGS, SEARCHED, measure_list, measure_search
from app.ui.figures.opening import ROUNDS, cpu, measure_opening, wall
from app.ui.figures.typing import PRESSES, high, measure_keys
from app.ui.figures.work import work_a_day
from app.ui.shell import Shell

_Told = Mapping[str, str]
_Found = dict[str, float]
_Task = Callable[[MeasuredDesk, Shell, Services, _Told], _Found]


def main(open_services: OpenServices, task: str, home: str) -> None:
    """Open the window of the home, measure, close it, print `{"platform", "found"}`."""
    told: _Told = json.load(sys.stdin)
    # Where it is only tried, somebody waits no longer than the page itself does.
    desk = MeasuredDesk(REST if float(told["effort"]) >= 1 else REST / 2)
    shell = desk.open(Settings(Path(home)), open_services, told["passphrase"])
    found = _TASKS[task](desk, shell, shell._services, told)
    desk.close()
    said = {"platform": desk.application.platformName(), "found": found}
    sys.stdout.write(json.dumps(said) + "\n")


def _times(told: _Told, whole: int, least: int) -> int:
    """How often something is tried, by the share of the whole effort that is wanted."""
    return max(least, round(whole * float(told["effort"])))


def _keys(desk: MeasuredDesk, shell: Shell, _services: Services, told: _Told) -> _Found:
    found = measure_keys(desk, shell, told["household"], _times(told, PRESSES, 2))
    return {
        "seconds": high(found.page, 99),
        "yardstick_seconds": high(found.bare, 99),
        "median_seconds": median(found.page),
        "median_yardstick_seconds": median(found.bare),
        "cpu_seconds": high(found.page_cpu, 99),
        "cpu_yardstick_seconds": high(found.bare_cpu, 99),
        "presses": float(len(found.page)),
    }


def _opening(desk: MeasuredDesk, shell: Shell, _services: Services, told: _Told) -> _Found:
    rounds = _times(told, ROUNDS, 1)
    found = measure_opening(desk, shell, told["household"], told["other"], rounds)
    return {
        "seconds": wall(found.page),
        "yardstick_seconds": wall(found.bare),
        "cpu_seconds": cpu(found.page),
        "cpu_yardstick_seconds": cpu(found.bare),
        "in_sight_yardstick_seconds": wall(found.hidden),
        "fields": float(found.fields),
        "in_sight": float(found.in_sight),
    }


def _list(desk: MeasuredDesk, shell: Shell, services: Services, told: _Told) -> _Found:
    found = measure_list(desk, shell, services, _times(told, LISTINGS, 1))
    return {
        "seconds": median(found.first_rows),
        "yardstick_seconds": median(found.all_ids),
        "added_bytes": float(found.added_bytes),
    }


def _search(desk: MeasuredDesk, shell: Shell, services: Services, told: _Told) -> _Found:
    searched = SEARCHED[: _times(told, len(SEARCHED), 1)]
    found = measure_search(desk, shell, services, searched)
    return {
        "seconds": high(found.searches, 95),
        "yardstick_seconds": median(found.selects),
        "median_seconds": median(found.searches),
        "painted_seconds": high(found.painted, 95),
        "median_painted_seconds": median(found.painted),
        "painted_cpu_seconds": high(found.painted_cpu, 95),
        "median_painted_cpu_seconds": median(found.painted_cpu),
        "rest_seconds": found.rest,
    }


def _work(desk: MeasuredDesk, shell: Shell, services: Services, told: _Told) -> _Found:
    day = work_a_day(desk, shell, services, told["household"], Path(told["sheet"]))
    parts = {f"{name}_bytes": float(size) for name, size in day.resident.items()}
    return {
        **parts,
        "most_bytes": float(max(day.resident.values())),
        "keys": float(day.cost.keys),
        "seconds_a_child": day.cost.seconds_a_child,
    }


_TASKS: Mapping[str, _Task] = {
    "keys": _keys,
    "opening": _opening,
    "list": _list,
    "search": _search,
    "work": _work,
}
