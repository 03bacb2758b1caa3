"""`village`: the villages of a commune."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.services import Services


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    listing = commands.add_parser("list", help=text("cli.village.list"))
    _unit(listing)
    listing.runs(_list)
    add = commands.add_parser("add", help=text("cli.village.add"))
    add.add_argument("name", metavar=text("cli.arg.name"), help=text("cli.argument.village_name"))
    add.add_argument(
        "--kind", default="", metavar=text("cli.arg.kind"), help=text("cli.argument.village_kind")
    )
    _unit(add)
    add.runs(_add)


def _unit(parser: CommandParser) -> None:
    parser.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.village.unit"))


def _chosen(services: Services, arguments: Namespace) -> str:
    own = services.workplace.unit
    return services.workplace.unit_named(arguments.unit) if arguments.unit else own


def _list(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.villages.list(_chosen(services, arguments))
    rows = [
        [
            one.name or text("cli.village.unnamed"),
            number(one.households),
            number(one.children),
            one.id,
        ]
        for one in found
    ]
    names = ("village", "households", "children", "id")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows)
        if found
        else [text("cli.village.none")],
    )
    return ExitCode.DONE


def _add(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        made = services.villages.add(_chosen(services, arguments), arguments.name, arguments.kind)
    session.output.answer({"id": made}, [text("cli.village.added", id=made)])
    return ExitCode.DONE
