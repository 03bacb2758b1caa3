"""`user statistics`: what was done at the keyboard, by whom, and how long the rest will take."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.days import day, day_of
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import decimal, number, text

if TYPE_CHECKING:
    from app.services.work_statistics import Work, WorkStatistics

_COLUMNS = (
    "cli.column.day",
    "cli.column.name",
    "cli.column.completed",
    "cli.column.homes_completed",
    "cli.column.changed",
    "cli.column.homes_changed",
    "cli.column.homes_checked",
    "cli.column.sent_back",
    "cli.column.retyped",
    "cli.column.mistaken",
    "cli.column.minutes",
    "cli.column.hourly",
    "cli.column.seconds",
)


def add_statistics(commands: CommandParser) -> None:
    """Describe the options of the command."""
    for name in ("since", "until"):
        commands.add_argument(
            f"--{name}",
            type=day,
            metavar=text("cli.arg.day"),
            help=text(f"cli.user.statistics_{name}"),
        )
    commands.runs(_statistics)


def _statistics(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.statistics.read(arguments.since, arguments.until)
    session.output.answer(_document(found), _lines(found))
    return ExitCode.DONE


def _document(found: WorkStatistics) -> dict[str, object]:
    from app.services.work_statistics import SECONDS_A_CHILD

    ahead = found.ahead
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "target_seconds_a_child": SECONDS_A_CHILD,
        "everybody": found.everybody,
        "imported_children": found.imported,
        "days": [
            {"day": one.day.isoformat(), "name": one.author, **_numbers(one.work)}
            for one in found.days
        ],
        "people": [{"name": name, **_numbers(work)} for name, work in found.people.items()],
        "ahead": None
        if ahead is None
        else {
            "remaining": ahead.remaining,
            "unfinished": ahead.unfinished,
            "missing": ahead.missing,
            "children_a_day": ahead.a_day,
            "days_needed": ahead.days_needed,
            "days_left": ahead.days_left,
        },
    }


def _numbers(work: Work) -> dict[str, object]:
    return {
        "children_completed": work.children_completed,
        "households_completed": work.households_completed,
        "children_changed": work.children_changed,
        "households_changed": work.households_changed,
        "households_checked": work.households_checked,
        "returned": work.returned,
        "retyped_fields": work.retyped_fields,
        "differing_fields": work.differing_fields,
        "mistaken_fields": work.mistaken_fields,
        "mistaken_percent": work.mistaken_percent,
        "entering_seconds": work.entering_seconds,
        "changing_seconds": work.changing_seconds,
        "checking_seconds": work.checking_seconds,
        "seconds_a_child": work.seconds_a_child,
        "children_an_hour": work.children_an_hour,
    }


def _lines(found: WorkStatistics) -> Iterator[str]:
    from app.services.work_statistics import SECONDS_A_CHILD

    yield text(
        "cli.statistics.head",
        since=day_of(found.since),
        until=day_of(found.until),
        target=SECONDS_A_CHILD,
    )
    if not found.everybody:
        yield text("cli.statistics.own")
    if found.days:
        rows = [[day_of(one.day), one.author, *_cells(one.work)] for one in found.days]
        total = text("cli.statistics.total")
        rows += [[total, name, *_cells(work)] for name, work in found.people.items()]
        yield from columns([text(one) for one in _COLUMNS], rows)
    else:
        yield text("cli.statistics.nobody")
    if found.imported:
        yield text("cli.statistics.imported", count=number(found.imported))
    if found.ahead is None:
        return
    remaining, a_day = number(found.ahead.remaining), found.ahead.a_day
    needed, left = found.ahead.days_needed, found.ahead.days_left
    if not found.ahead.remaining:
        yield text("administration.work.all_done")
    elif needed is None:
        yield text("cli.statistics.no_pace", remaining=remaining)
    else:
        pace = decimal(a_day or 0.0)
        yield text("cli.statistics.ahead", remaining=remaining, a_day=pace, needed=number(needed))
    if left is not None:
        key = "cli.statistics.days_left" if left >= 0 else "cli.statistics.days_over"
        yield text(key, days=number(abs(left)))


def _cells(work: Work) -> list[str]:
    hourly, each = work.children_an_hour, work.seconds_a_child
    return [
        number(work.children_completed),
        number(work.households_completed),
        number(work.children_changed),
        number(work.households_changed),
        number(work.households_checked),
        number(work.returned),
        number(work.retyped_fields),
        number(work.mistaken_fields),
        number(work.minutes),
        "" if hourly is None else decimal(hourly),
        "" if each is None else number(each),
    ]
