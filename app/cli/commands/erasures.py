"""`erase`: take a person's data out by law, see what was, destroy the copies that still hold it."""

from __future__ import annotations

from argparse import Namespace

from app.cli.days import day_with_precision
from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import number, text
from app.services.erasures import is_kept


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    record = commands.add_parser("record", help=text("cli.erase.record"))
    record.add_argument("id", metavar="ID", help=text("cli.register.id"))
    record.add_argument(
        "--ground", default="", metavar=text("cli.arg.text"), help=text("cli.argument.ground")
    )
    record.add_argument("--preview", action="store_true", help=text("cli.argument.erase_preview"))
    record.runs(_record)
    commands.add_parser("list", help=text("cli.erase.list")).runs(_list)
    copies = commands.add_parser("copies", help=text("cli.erase.copies"))
    copies.add_argument("--destroy", action="store_true", help=text("cli.argument.destroy"))
    copies.runs(_copies)


def _record(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        if arguments.preview:
            found = services.erasures.plan(arguments.id)
        else:
            found = services.erasures.erase(arguments.id, arguments.ground)
        left = [] if arguments.preview else services.erasures.old_copies()
    said = "cli.erase.would" if arguments.preview else "cli.erase.done"
    lines = [text(said, parts=number(found.parts), operations=number(found.operations))]
    if found.others:
        which = "; ".join(" ".join(filter(None, (one.id, one.name))) for one in found.others)
        lines.append(text("cli.erase.others", count=number(len(found.others)), which=which))
    if left:
        lines.append(text("cli.erase.copies_left", count=number(len(left))))
    session.output.answer(
        {
            "entity": found.entity,
            "id": found.id,
            "parts": found.parts,
            "operations": found.operations,
            "erased": not arguments.preview,
            "others": [one.id for one in found.others],
            "old_copies": [path.name for path in left],
        },
        lines,
    )
    return ExitCode.WAITS if left or found.others else ExitCode.DONE


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.erasures.all()
    lines = [
        " · ".join((day_with_precision(one.decided_on), one.decided_by, one.ground, one.record))
        for one in found
    ]
    session.output.answer([one._asdict() for one in found], lines or [text("cli.erase.none")])
    return ExitCode.DONE


def _copies(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        if arguments.destroy:
            found = services.erasures.destroy_old_copies()
        else:
            found = services.erasures.old_copies()
    said = "cli.erase.destroyed" if arguments.destroy else "cli.erase.copies_left"
    lines = [str(path) for path in found]
    lines.append(text(said, count=number(len(found))) if found else text("cli.erase.no_copies"))
    if not arguments.destroy and (kept := sum(map(is_kept, found))):
        lines.append(text("erasures.kept_among", count=number(kept)))
    document = {"copies": [str(path) for path in found], "destroyed": arguments.destroy}
    session.output.answer(document, lines)
    return ExitCode.WAITS if found and not arguments.destroy else ExitCode.DONE
