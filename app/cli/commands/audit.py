"""`audit`: what happened on this PC, and whether the trail of it is whole."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import number, text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    listing = commands.add_parser("list", help=text("cli.audit.list"))
    listing.add_argument(
        "--limit", type=int, default=50, metavar="N", help=text("cli.argument.audit_limit")
    )
    listing.runs(_list)
    commands.add_parser("verify", help=text("cli.audit.verify")).runs(_verify)


def _list(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.audit_words import details_in_words, event_in_words

    with session.open() as services:
        found = services.audit_trail.recent(arguments.limit)
    document = [
        {
            "number": one.number,
            "wall": one.wall,
            "account": one.account,
            "event": one.event,
            "details": dict(one.details),
        }
        for one in found
    ]
    rows = [
        [
            str(one.number),
            datetime.fromtimestamp(one.wall, tz=UTC).astimezone().strftime("%d/%m/%Y %H:%M:%S"),
            one.account,
            event_in_words(one),
            details_in_words(one),
        ]
        for one in found
    ]
    names = ("number", "when", "account", "event", "details")
    session.output.answer(document, columns([text(f"cli.column.{name}") for name in names], rows))
    return ExitCode.DONE


def _verify(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        report = services.audit_trail.verify()
    holds = report.broken_at is None
    if holds:
        line = text("cli.audit.holds", events=number(report.events), head=report.head)
    else:
        line = text("cli.audit.broken", number=report.broken_at)
    session.output.answer(
        {
            "events": report.events,
            "holds": holds,
            "broken_at": report.broken_at,
            "head": report.head,
        },
        [line],
    )
    return ExitCode.DONE if holds else ExitCode.KNOWN_ERROR
