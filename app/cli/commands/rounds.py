"""`round`: open, list and close rounds. Opening and closing is the province's."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from app.cli.days import day, day_with_precision
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    new = commands.add_parser("new", help=text("cli.round.new"))
    new.add_argument("name", metavar=text("cli.arg.name"), help=text("cli.argument.round_name"))
    written = text("cli.arg.day")
    new.add_argument(
        "--reference", type=day, required=True, metavar=written, help=text("cli.round.reference")
    )
    new.add_argument(
        "--opens", type=day, required=True, metavar=written, help=text("cli.round.opens")
    )
    new.add_argument(
        "--closes", type=day, required=True, metavar=written, help=text("cli.round.closes")
    )
    new.add_argument("--born-from", type=day, metavar=written, help=text("cli.round.born_from"))
    new.add_argument(
        "--moved-out-quarters",
        type=int,
        metavar=text("cli.arg.count"),
        help=text("cli.round.moved_out_quarters"),
    )
    new.add_argument(
        "--kind",
        choices=("survey", "quarterly"),
        default="survey",
        help=text("cli.argument.round_kind"),
    )
    new.add_argument(
        "--blocking-rule",
        action="append",
        default=[],
        metavar=text("cli.arg.rule"),
        help=text("cli.argument.blocking_rule"),
    )
    new.runs(_new)
    commands.add_parser("list", help=text("cli.round.list")).runs(_list)
    close = commands.add_parser("close", help=text("cli.round.close"))
    close.add_argument("id", metavar="ID", help=text("cli.argument.round_id"))
    close.runs(_close)


def _new(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.rounds import MOVED_OUT_QUARTERS, NewRound

    quarters = arguments.moved_out_quarters
    asked = NewRound(
        arguments.name,
        arguments.reference,
        arguments.opens,
        arguments.closes,
        arguments.kind,
        arguments.born_from,
        tuple(arguments.blocking_rule),
        MOVED_OUT_QUARTERS if quarters is None else quarters,
    )
    with session.open() as services:
        made = services.rounds.new(asked)
    session.output.answer({"id": made}, [text("cli.round.opened", id=made)])
    return ExitCode.DONE


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.rounds.list()
    rows = [
        [
            one.name,
            *map(day_with_precision, (one.reference_date, one.opens_on, one.closes_on)),
            _state(one.state),
            one.id,
        ]
        for one in found
    ]
    names = ("name", "reference", "opens", "closes", "state", "id")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows)
        if found
        else [text("cli.round.none")],
    )
    return ExitCode.DONE


def _state(state: str) -> str:
    return text(f"rounds.state.{state}") if state in ("open", "closed") else state


def _close(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        services.rounds.close(arguments.id)
    session.output.answer({"id": arguments.id}, [text("cli.round.closed", id=arguments.id)])
    return ExitCode.DONE
