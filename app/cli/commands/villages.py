"""`village`: the villages of a commune."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import called, number, text

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
    rename = commands.add_parser("rename", help=text("cli.village.rename"))
    _village(rename)
    rename.add_argument("name", metavar=text("cli.arg.name"), help=text("cli.argument.new_name"))
    rename.add_argument(
        "--kind", metavar=text("cli.arg.kind"), help=text("cli.argument.village_kind")
    )
    _unit(rename)
    rename.runs(_rename)
    expect = commands.add_parser("expect", help=text("cli.village.expect"))
    _village(expect)
    for name in ("households", "children"):
        expect.add_argument(
            f"--{name}",
            type=int,
            metavar=text("cli.arg.count"),
            help=text(f"cli.argument.expected_{name}"),
        )
    _unit(expect)
    expect.runs(_expect)
    order = commands.add_parser("order", help=text("cli.village.order"))
    order.add_argument(
        "villages",
        nargs="+",
        metavar=text("cli.arg.village"),
        help=text("cli.argument.villages_in_order"),
    )
    _unit(order)
    order.runs(_order)
    retire = commands.add_parser("retire", help=text("cli.village.retire"))
    _village(retire)
    _unit(retire)
    retire.runs(_retire)


def _village(parser: CommandParser) -> None:
    parser.add_argument(
        "village", metavar=text("cli.arg.village"), help=text("cli.argument.village")
    )


def _unit(parser: CommandParser) -> None:
    parser.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.village.unit"))


def _chosen(services: Services, arguments: Namespace) -> str:
    own = services.workplace.unit
    return services.workplace.unit_named(arguments.unit) if arguments.unit else own


def _list(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = _chosen(services, arguments)
        found = [(unit, one) for one in services.villages.list(unit)]
        for before in services.villages.former(unit):
            found += [(before, one) for one in services.villages.list(before)]
    rows = [
        [
            text("cli.village.departed")
            if one.departed
            else one.name or text("cli.village.unnamed"),
            number(one.households),
            number(one.children),
            one.id,
            str(called(of)),
        ]
        for of, one in found
    ]
    names = ["village", "households", "children", "id", "unit"]
    if all(of == unit for of, _one in found):  # the one that was asked for
        names, rows = names[:-1], [row[:-1] for row in rows]
    session.output.answer(
        [{**asdict(one), "unit": of} for of, one in found],
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


def _rename(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = _chosen(services, arguments)
        done = services.villages.rename(unit, arguments.village, arguments.name, arguments.kind)
    session.output.answer({"id": done}, [text("cli.village.renamed", id=done)])
    return ExitCode.DONE


def _expect(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = _chosen(services, arguments)
        counts = arguments.households, arguments.children
        done = services.villages.expect(unit, arguments.village, *counts)
    session.output.answer({"id": done}, [text("cli.village.expected", id=done)])
    return ExitCode.DONE


def _order(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = _chosen(services, arguments)
        services.villages.order(unit, arguments.villages)
        found = services.villages.list(unit)
    names = [one.name for one in found if one.name]
    session.output.answer([one.id for one in found if one.name], names)
    return ExitCode.DONE


def _retire(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.villages.retire(_chosen(services, arguments), arguments.village)
    session.output.answer({"id": done}, [text("cli.village.retired", id=done)])
    return ExitCode.DONE
