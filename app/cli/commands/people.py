"""`person`: the directory of people who sign and who carry books."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    listing = commands.add_parser("list", help=text("cli.person.list"))
    listing.runs(_list)
    add = commands.add_parser("add", help=text("cli.person.add"))
    add.add_argument("name", metavar=text("cli.arg.name"), help=text("cli.argument.person_name"))
    add.add_argument(
        "--title", default="", metavar=text("cli.arg.name"), help=text("cli.argument.person_title")
    )
    add.add_argument(
        "--roles", default="", metavar=text("cli.arg.text"), help=text("cli.argument.person_roles")
    )
    add.add_argument("--phone", default="", metavar="N", help=text("cli.argument.person_phone"))
    add.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.argument.person_unit"))
    add.runs(_add)
    retire = commands.add_parser("retire", help=text("cli.person.retire"))
    retire.add_argument("id", metavar="ID", help=text("cli.argument.person_id"))
    retire.runs(_retire)


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.people.list()
    rows = [[one.full_name, one.title, one.roles, one.unit, one.id] for one in found]
    names = ("name", "title_of_office", "roles", "unit", "id")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows),
    )
    return ExitCode.DONE


def _add(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = services.workplace.unit
        if arguments.unit:
            unit = services.workplace.unit_named(arguments.unit)
        made = services.people.add(
            unit, arguments.name, arguments.title, arguments.roles, arguments.phone
        )
    session.output.answer({"id": made}, [text("cli.person.added", id=made)])
    return ExitCode.DONE


def _retire(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        services.people.retire(arguments.id)
    session.output.answer({"id": arguments.id}, [text("cli.person.retired")])
    return ExitCode.DONE
