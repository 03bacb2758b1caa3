"""`handover deliveries`: who below has handed over in the open round, and the list of who has not.

Ends with 4 when a unit is late.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from app.cli.days import day_of_moment
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import Commands
from app.cli.session import Session
from app.i18n import number, text


def add_deliveries(commands: Commands) -> None:
    """Describe the command."""
    found = commands.add_parser("deliveries", help=text("cli.handover.deliveries"))
    found.add_argument(
        "--out",
        type=Path,
        metavar=text("cli.arg.file"),
        help=text("cli.handover.deliveries_out"),
    )
    found.runs(_deliveries)


def _deliveries(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.deliveries import Stage, gap_words, title_of

    with session.open() as services:
        desk = services.handovers.deliveries
        found = desk.read()
        document = None if arguments.out is None else desk.outstanding()
    if document is not None:
        # Qt is loaded only here, by the one command that prints.
        from app.printing.pdf import write_pdf

        write_pdf(document, arguments.out)
    rows = [
        [
            one.unit,
            one.name,
            text(f"deliveries.stage.{one.stage.value}"),
            "" if one.last is None else day_of_moment(one.last.moment),
            gap_words(one.missing),
        ]
        for one in found.units
    ]
    names = ("unit", "name", "stage", "last", "missing")
    heads = [text(f"cli.deliveries.{name}") for name in names]
    said = text(
        "deliveries.said",
        accepted=number(found.count(Stage.ACCEPTED)),
        received=number(found.count(Stage.RECEIVED)),
        returned=number(found.count(Stage.RETURNED)),
        none=number(found.count(Stage.NONE)),
        whole=number(len(found.units)),
    )
    session.output.answer(
        {
            "round": found.round_name or None,
            "due": None if found.due is None else found.due.isoformat(),
            "units": [
                {
                    "unit": one.unit,
                    "stage": one.stage.value,
                    "handovers": one.handovers,
                    "last": None if one.last is None else one.last.id,
                    "late": one.late,
                    "missing": [{"first": gap.first, "last": gap.last} for gap in one.missing],
                    "forked": one.forked,
                    "undone": one.undone,
                }
                for one in found.units
            ],
        },
        [title_of(found), *columns(heads, rows), said],
    )
    return ExitCode.WAITS if any(one.late for one in found.units) else ExitCode.DONE
