"""`handover deliveries`: who below has handed over in a round, and the list of who has not.

Ends with 4 when a unit that has to hand over still is late.
"""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.days import day_of_moment
from app.cli.exit_code import ExitCode
from app.cli.output import Document, columns
from app.cli.parser import Commands
from app.cli.session import Session
from app.cli.sheets import print_to, refuse_other_files
from app.cli.written import path
from app.i18n import text

if TYPE_CHECKING:
    from app.services.delivery_values import Deliveries, Delivery


def add_deliveries(commands: Commands) -> None:
    """Describe the command."""
    found = commands.add_parser("deliveries", help=text("cli.handover.deliveries"))
    found.add_argument(
        "--round",
        default="",
        metavar=text("cli.arg.round"),
        help=text("cli.handover.deliveries_round"),
    )
    found.add_argument(
        "--out",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.handover.deliveries_out"),
    )
    found.runs(_deliveries)


def _deliveries(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.delivery_words import other_open_rounds, summary_of, title_of

    out: Path | None = arguments.out
    refuse_other_files(out)
    with session.open() as services:
        desk = services.handovers.deliveries
        found = desk.read(arguments.round)
        if out is not None:
            desk.print(partial(print_to, out), arguments.round)
    names = ("unit", "name", "stage", "last", "counts", "note")
    heads = [text(f"cli.deliveries.{name}") for name in names]
    rows = [_row(one) for one in found.units]
    said = [*columns(heads, rows), summary_of(found)] if rows else [text("cli.deliveries.nobody")]
    lines = [title_of(found), *said, *filter(None, [other_open_rounds(found)])]
    if out is not None:
        lines.append(text("deliveries.written", file=out))
    session.output.answer({**_document(found), "file": None if out is None else str(out)}, lines)
    return ExitCode.WAITS if found.overdue else ExitCode.DONE


def _row(one: Delivery) -> list[str]:
    from app.services.delivery_words import counts_words, note_words

    return [
        one.unit,
        one.name,
        text(f"deliveries.stage.{one.stage.value}"),
        "" if one.last is None else day_of_moment(one.last.moment),
        counts_words(one),
        note_words(one),
    ]


def _document(found: Deliveries) -> dict[str, Document]:
    return {
        "round": found.round_name or None,
        "round_id": found.round_id or None,
        "due": None if found.due is None else found.due.isoformat(),
        "rounds": [{"id": one.id, "name": one.name, "state": one.state} for one in found.rounds],
        "units": [_unit(one) for one in found.units],
    }


def _unit(one: Delivery) -> dict[str, Document]:
    held = one.held
    return {
        "unit": one.unit,
        "stage": one.stage.value,
        "handovers": one.handovers,
        "last": None if one.last is None else one.last.id,
        "late": one.late,
        "late_days": one.late_days,
        "missing": [{"first": gap.first, "last": gap.last} for gap in one.missing],
        "forked": one.forked,
        "undone": one.undone,
        "kept": one.kept,
        "sent_back": one.sent_back,
        "has_pc": one.has_pc,
        "held": None
        if held is None
        else {"households": held.households, "children": held.children},
        "other_round": one.other_round or None,
        "newer": one.newer,
        "gone": one.gone,
        "merged": one.merged._asdict(),
        "below": one.below._asdict(),
    }
