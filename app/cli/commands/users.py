"""`user`: the accounts of this PC."""

from __future__ import annotations

from argparse import Namespace

from app.cli.commands.work_done import add_statistics
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.passphrase import read_new_passphrase
from app.cli.session import Session
from app.cli.written import path
from app.i18n import text
from app.services.rights import Role

_ROLES = [one.value for one in Role]


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    commands.add_parser("list", help=text("cli.user.list")).runs(_list)
    add = commands.add_parser("add", help=text("cli.user.add"))
    _name(add)
    add.add_argument("--role", choices=_ROLES, required=True, help=text("cli.user.role_is"))
    add.add_argument("--full-name", default="", help=text("cli.user.full_name"))
    add.add_argument("--title", default="", help=text("cli.user.title"))
    add.add_argument(
        "--new-passphrase-file",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.user.first_passphrase_file"),
    )
    add.runs(_add)
    role = commands.add_parser("role", help=text("cli.user.role"))
    _name(role)
    role.add_argument("role", choices=_ROLES, help=text("cli.user.role_is"))
    role.runs(_change_role)
    remove = commands.add_parser("remove", help=text("cli.user.remove"))
    _name(remove)
    remove.runs(_remove)
    passwd = commands.add_parser("passwd", help=text("cli.user.passwd"))
    add_recovery(passwd)
    passwd.add_argument(
        "--new-passphrase-file",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.user.new_passphrase_file"),
    )
    passwd.runs(_passwd)
    commands.add_parser("recovery-code", help=text("cli.user.recovery_code")).runs(_new_code)
    add_statistics(commands.add_parser("statistics", help=text("cli.user.statistics")))


def _name(command: CommandParser) -> None:
    command.add_argument("name", metavar=text("cli.arg.name"), help=text("cli.user.name"))


def add_recovery(command: CommandParser) -> None:
    """The options of a command that the recovery code can open the data for."""
    command.add_argument("--recovery", action="store_true", help=text("cli.user.recovery"))
    command.add_argument(
        "--code-file", type=path, metavar=text("cli.arg.file"), help=text("cli.user.code_file")
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


def _add(session: Session, arguments: Namespace) -> ExitCode:
    role = Role(arguments.role)
    with session.open() as services:
        passphrase = read_new_passphrase(arguments.new_passphrase_file)
        services.people_here.add(
            arguments.name, arguments.full_name, arguments.title, role, passphrase
        )
    words = text(f"account.role.{role.value}")
    line = text("cli.user.added", user=arguments.name, role=words)
    session.output.answer({"user": arguments.name, "role": role.value}, [line])
    return ExitCode.DONE


def _change_role(session: Session, arguments: Namespace) -> ExitCode:
    role = Role(arguments.role)
    with session.open() as services:
        services.people_here.change_role(arguments.name, role)
    words = text(f"account.role.{role.value}")
    line = text("cli.user.role_set", user=arguments.name, role=words)
    session.output.answer({"user": arguments.name, "role": role.value}, [line])
    return ExitCode.DONE


def _remove(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        services.people_here.remove(arguments.name)
    line = text("cli.user.removed", user=arguments.name)
    session.output.answer({"user": arguments.name, "removed": True}, [line])
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


def _new_code(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        code = services.people_here.new_recovery_code()
    session.output.answer(
        {"recovery_code": code},
        [text("cli.init.recovery", code=code), text("cli.user.code_renewed")],
    )
    return ExitCode.DONE
