"""`backup`: make and verify a copy of the store."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import number, text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    commands.add_parser("create", help=text("cli.backup.create")).runs(_create)
    verify = commands.add_parser("verify", help=text("cli.backup.verify"))
    verify.add_argument("file", type=Path, nargs="?", metavar=text("cli.arg.file"))
    verify.runs(_verify)


def _create(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        made = services.backups.create()
    session.output.answer(
        {"file": str(made.file), "bytes": made.bytes},
        [text("cli.backup.created", file=made.file, bytes=number(made.bytes))],
    )
    return ExitCode.DONE


def _verify(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        checked = services.backups.verify(arguments.file)
    session.output.answer(
        {"file": str(checked.file), "bytes": checked.bytes, "sound": True},
        [text("cli.backup.sound", file=checked.file)],
    )
    return ExitCode.DONE
