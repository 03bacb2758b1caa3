"""`user`: the accounts of this PC."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.passphrase import read_new_passphrase
from app.cli.session import Session
from app.i18n import text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    commands.add_parser("list", help=text("cli.user.list")).runs(_list)
    passwd = commands.add_parser("passwd", help=text("cli.user.passwd"))
    add_recovery(passwd)
    passwd.add_argument(
        "--new-passphrase-file",
        type=Path,
        metavar=text("cli.arg.file"),
        help=text("cli.user.new_passphrase_file"),
    )
    passwd.runs(_passwd)


def add_recovery(command: CommandParser) -> None:
    """The options of a command that the recovery code can open the data for."""
    command.add_argument("--recovery", action="store_true", help=text("cli.user.recovery"))
    command.add_argument(
        "--code-file", type=Path, metavar=text("cli.arg.file"), help=text("cli.user.code_file")
    )


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.accounts.list()
    document = [
        {
            "name": one.name,
            "full_name": one.full_name,
            "title": one.title,
            "rights": sorted(right.value for right in one.rights),
            "active": one.active,
        }
        for one in found
    ]
    rows = [
        [
            one.name,
            one.full_name,
            one.title,
            text("cli.user.active") if one.active else text("cli.user.inactive"),
            ", ".join(sorted(text(f"rights.name.{right.value}") for right in one.rights)),
        ]
        for one in found
    ]
    names = ("account", "name", "title_of_office", "state", "rights")
    session.output.answer(document, columns([text(f"cli.column.{name}") for name in names], rows))
    return ExitCode.DONE


def _passwd(session: Session, arguments: Namespace) -> ExitCode:
    by_code = bool(arguments.recovery)
    unlock = session.unlock_by_code(arguments.code_file) if by_code else session.unlock
    with session.open(unlock) as services:
        new = read_new_passphrase(arguments.new_passphrase_file)
        authority = services.accounts.set_passphrase(new, by_code=by_code)
        user = services.workplace.account.name
    lines = [text("cli.user.passphrase_set", user=user), text("cli.user.old_backups")]
    if authority:
        lines.append(text("cli.user.authority_keeps"))
    session.output.answer(
        {
            "user": user,
            "by": "recovery-code" if by_code else "passphrase",
            "authority_keeps_its_own": authority,
        },
        lines,
    )
    return ExitCode.DONE
