"""`handover returned`: everything that was sent back, and the list of what waits for the desk where
the paper books lie.

Ends with 4 when something waits.
"""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from app.cli.days import day_with_precision
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import Commands
from app.cli.revealing import add_reveal, reveal_of
from app.cli.session import Session
from app.cli.sheets import print_to, refuse_other_files, written
from app.cli.written import path
from app.i18n import number, text


def add_returned(commands: Commands) -> None:
    """Describe the command."""
    found = commands.add_parser("returned", help=text("cli.handover.returned_list"))
    found.add_argument(
        "--out", type=path, metavar=text("cli.arg.file"), help=text("cli.handover.returned_out")
    )
    add_reveal(found)
    found.runs(_returned)


def _returned(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.returned_list import ReturnedList

    refuse_other_files(arguments.out)
    with session.open() as services:
        desk = ReturnedList(services.workplace)
        found = desk.read(reveal_of(arguments.reveal))
        below = desk.waiting_below()
        if arguments.out is not None:
            desk.print(partial(print_to, arguments.out))
    rows = [
        [
            text("cli.state.answered" if one.answered else "cli.state.returned"),
            one.place,
            one.household_no,
            text("handovers.returned.bundle", seq=one.seq) if one.seq else one.name or one.head,
            day_with_precision(one.birth),
            one.label,
            one.by,
            day_with_precision(one.on),
            one.reason,
        ]
        for one in found
    ]
    names = ("state", "village", "home", "who", "birth", "field", "by", "on", "reason")
    heads = [text(f"handovers.returned.column.{name}") for name in names]
    bundles = any(one.seq and not one.answered for one in found)
    steps = [text("cli.handover.returned_step")] if bundles else []
    if any(one.masked for one in found):
        steps.append(text("cli.handover.returned_masked"))
    lines = [*columns(heads, rows), *steps] if rows else [text("handovers.returned.none")]
    if below:
        lines.append(text("cli.handover.returned_below", count=number(below)))
    if arguments.out is not None:
        lines.append(written(arguments.out))
    session.output.answer(
        [
            {
                "record": one.child or one.household or None,
                "household": one.household or None,
                "seq": one.seq or None,
                "unit": one.unit or None,
                "village": one.village,
                "household_no": one.household_no,
                "name": one.name or one.head,
                "birth": one.birth or None,
                "field": one.field or None,
                "reason": {"masked": True} if one.masked else one.reason,
                "by": one.by,
                "on": one.on or None,
                "answered": one.answered or None,
                "from_above": one.from_above,
            }
            for one in found
        ],
        lines,
    )
    return ExitCode.WAITS if any(not one.answered for one in found) else ExitCode.DONE
