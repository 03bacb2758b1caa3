"""`waiting`: what is kept unapplied or was returned from above, and opening the door by name.

`accept` ends with 4 when some of it still waits for what it builds on.
"""

from __future__ import annotations

from argparse import Namespace

from app.cli.commands.templates import note_unused
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import number, text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    commands.add_parser("list", help=text("cli.waiting.list")).runs(_list)
    accept = commands.add_parser("accept", help=text("cli.waiting.accept"))
    accept.add_argument("id", metavar="ID", help=text("cli.waiting.id"))
    accept.runs(_accept)
    drop = commands.add_parser("drop", help=text("cli.waiting.drop"))
    drop.add_argument("id", metavar="ID", help=text("cli.waiting.id"))
    drop.runs(_drop)
    dismiss = commands.add_parser("dismiss", help=text("cli.waiting.dismiss"))
    dismiss.add_argument("id", metavar="ID", help=text("cli.waiting.id"))
    dismiss.runs(_dismiss)


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    from app.services.stopped_lines import StoppedLines
    from app.services.wording import entity_in_words

    with session.open() as services:
        found = services.waiting.list()
        stopped = StoppedLines(services.workplace).list()
        returned = services.waiting.returned()
        left = services.references.unused()
        unit_name = services.entry.unit_name
    document: list[dict[str, object]] = [
        {
            "entity": one.entity,
            "id": one.id,
            "operation": one.operation.hex(),
            "state": one.state.value,
            "reason": one.reason or None,
            "message": one.why,
            "brought_by": one.brought_by or None,
            "refused_by": one.refused_by or None,
            "refused_for": one.refused_for or None,
            "unanswered": one.unanswered,
        }
        for one in found
    ]
    document += [
        {
            "entity": one.entity,
            "id": one.id,
            "operation": None,
            "state": "returned",
            "reason": "returned",
            "message": one.reason,
            "brought_by": one.by,
            "refused_by": None,
            "refused_for": None,
            "unanswered": True,
        }
        for one in returned
    ]
    # As at the window, but whose record it is: a terminal keeps what was written on it.
    rows = [
        [
            text(f"cli.state.{one.state.value}"),
            one.what,
            one.id,
            one.brought_by and unit_name(one.brought_by),
            one.why,
        ]
        for one in stopped
    ]
    rows += [
        [
            text("cli.state.returned"),
            entity_in_words(one.entity),
            one.id,
            unit_name(one.by),
            one.reason,
        ]
        for one in returned
    ]
    headings = [text(f"cli.column.{name}") for name in ("state", "id", "brought_by", "why")]
    headings.insert(1, text("handovers.stopped.what"))
    lines = columns(headings, rows)
    if owed := sum(one.unanswered for one in found):
        lines.append(text("cli.waiting.unanswered", count=number(owed)))
    session.output.answer(document, lines if rows else [text("cli.waiting.none")])
    note_unused(session, left)
    return ExitCode.DONE


def _accept(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        opened = services.waiting.accept(arguments.id)
    lines = [text("cli.waiting.accepted", count=number(opened.accepted))]
    if opened.still_waiting:
        lines.append(text("cli.waiting.still", count=number(opened.still_waiting)))
    session.output.answer(
        {"accepted": opened.accepted, "still_waiting": opened.still_waiting}, lines
    )
    return ExitCode.WAITS if opened.still_waiting else ExitCode.DONE


def _drop(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        dropped = services.waiting.drop(arguments.id)
    session.output.answer(
        {"dropped": dropped}, [text("cli.waiting.dropped", count=number(dropped))]
    )
    return ExitCode.DONE


def _dismiss(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        dismissed = services.waiting.dismiss(arguments.id)
    session.output.answer(
        {"dismissed": dismissed}, [text("cli.waiting.dismissed", count=number(dismissed))]
    )
    return ExitCode.DONE
