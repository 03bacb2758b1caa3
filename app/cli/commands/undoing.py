"""`handover undo` and `handover release`: take back what a received bundle brought, use it again.

`undo --preview` ends with 4 when something stands in the way, `release` when some of it still waits
for what it builds on.
"""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.parser import Commands
from app.cli.session import Session
from app.i18n import called, error_text, number, text

if TYPE_CHECKING:
    from app.services.import_undo import UndoPlan


_INDENT = "  "


def add_undo(commands: Commands) -> None:
    """Describe both commands."""
    undo = commands.add_parser("undo", help=text("cli.handover.undo"))
    undo.add_argument("id", metavar="ID", help=text("cli.argument.handover_id"))
    undo.add_argument(
        "--reason",
        default="",
        metavar=text("cli.arg.text"),
        help=text("cli.handover.undo_reason"),
    )
    undo.add_argument("--preview", action="store_true", help=text("cli.handover.undo_preview"))
    undo.runs(_undo)
    release = commands.add_parser("release", help=text("cli.handover.release"))
    release.add_argument("id", metavar="ID", help=text("cli.argument.handover_id"))
    release.runs(_release)


def _undo(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.import_undo import refusal

    with session.open() as services:
        undo = services.handovers.undo
        if arguments.preview:
            plan = undo.preview(arguments.id)
        else:
            plan = undo.set_aside(arguments.id, arguments.reason)
    stands = plan.in_the_way
    title = "cli.handover.undo_would" if arguments.preview else "cli.handover.undone"
    lines = [text(title, seq=plan.seq, giver=called(plan.giver)), *_lines(plan)]
    if stands is not None:
        lines.append(error_text(refusal(stands)))
        lines += [
            _INDENT + text("cli.handover.undo_record", entity=one.entity, id=one.id)
            for one in stands.records
        ]
    session.output.answer(_document(plan), lines)
    return ExitCode.DONE if stands is None else ExitCode.WAITS


def _lines(plan: UndoPlan) -> list[str]:
    pairs = (
        ("gone", plan.households_gone, plan.children_gone),
        ("changed", plan.households_changed, plan.children_changed),
    )
    found = [
        _INDENT
        + text(f"cli.handover.undo_{name}", households=number(homes), children=number(children))
        for name, homes, children in pairs
        if homes or children
    ]
    counts = (("aside", plan.operations), ("waits", plan.will_wait), ("left", plan.left_without))
    found += [
        _INDENT + text(f"cli.handover.undo_{name}", count=number(count))
        for name, count in counts
        if count
    ]
    return found


def _document(plan: UndoPlan) -> dict[str, object]:
    stands = plan.in_the_way
    return {
        "handover": plan.handover,
        "giver": plan.giver,
        "seq": plan.seq,
        "operations": plan.operations,
        "households_gone": plan.households_gone,
        "children_gone": plan.children_gone,
        "households_changed": plan.households_changed,
        "children_changed": plan.children_changed,
        "will_wait": plan.will_wait,
        "left_without": plan.left_without,
        "in_the_way": None
        if stands is None
        else {
            "what": stands.what.value,
            "unit": stands.unit or None,
            "count": stands.count,
            "records": [{"entity": one.entity, "id": one.id} for one in stands.records],
        },
    }


def _release(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.handovers.undo.release(arguments.id)
    lines = [text("cli.handover.released", count=number(done.accepted), id=done.handover)]
    if done.still_waiting:
        lines.append(text("cli.handover.release_waits", count=number(done.still_waiting)))
    session.output.answer(
        {"handover": done.handover, "asked": done.asked, "accepted": done.accepted}, lines
    )
    return ExitCode.WAITS if done.still_waiting else ExitCode.DONE
