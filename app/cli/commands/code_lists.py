"""`codelist`: the code lists and their editions. Loading one is the province's."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from app.cli.commands.templates import note_unused, state_of
from app.cli.days import day, day_with_precision
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.written import path
from app.i18n import number, text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    listing = commands.add_parser("list", help=text("cli.codelist.list"))
    listing.runs(_list)
    load = commands.add_parser("load", help=text("cli.codelist.load"))
    load.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.list_file")
    )
    load.add_argument(
        "--edition",
        required=True,
        metavar=text("cli.arg.text"),
        help=text("cli.argument.list_edition"),
    )
    load.add_argument(
        "--from",
        dest="begins",
        type=day,
        required=True,
        metavar=text("cli.arg.day"),
        help=text("cli.argument.list_from"),
    )
    load.add_argument(
        "--name", default="", metavar=text("cli.arg.name"), help=text("cli.codelist.name")
    )
    load.runs(_load)


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.references.lists()
        left = services.references.unused()
    rows = [
        [
            one.name,
            one.edition or text("cli.template.shipped"),
            day_with_precision(one.valid_from),
            number(one.codes),
            state_of(needs_newer=one.needs_newer, faulty=one.faulty),
        ]
        for one in found
    ]
    names = ("name", "edition", "valid_from", "codes", "state")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows),
    )
    note_unused(session, left)
    return ExitCode.DONE


def _load(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.references.load_list(
            arguments.file, arguments.edition, arguments.begins, arguments.name
        )
    session.output.answer(
        asdict(done),
        [text("cli.codelist.done", what=done.what), text("cli.reference.next")],
    )
    return ExitCode.DONE
