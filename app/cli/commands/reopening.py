"""`reopen`: a register whose passphrases and recovery code are lost, by the unit above."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from app.cli.authority_passphrase import authority_passphrase
from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.passphrase import read_new_passphrase, typed_code
from app.cli.session import Session
from app.cli.sheets import add_sheet, refuse_other_files, write_sheet
from app.cli.written import path
from app.i18n import text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    request = commands.add_parser("request", help=text("cli.reopen.request"))
    _out(request, "cli.argument.request_out")
    _new_passphrase(request)
    add_sheet(request)
    request.runs(_request)
    grant = commands.add_parser("grant", help=text("cli.reopen.grant"))
    _file(grant, "cli.argument.request_file")
    _out(grant, "cli.argument.reply_out")
    grant.add_argument(
        "--check-code", default="", metavar=text("cli.arg.code"), help=text("cli.enrol.compare")
    )
    add_sheet(grant)
    grant.runs(_grant)
    accept = commands.add_parser("accept", help=text("cli.reopen.accept"))
    _file(accept, "cli.argument.reply_file")
    _new_passphrase(accept)
    accept.runs(_accept)


def _file(command: CommandParser, help_id: str) -> None:
    command.add_argument("file", type=path, metavar=text("cli.arg.file"), help=text(help_id))


def _out(command: CommandParser, help_id: str) -> None:
    command.add_argument(
        "--out", type=path, required=True, metavar=text("cli.arg.file"), help=text(help_id)
    )


def _new_passphrase(command: CommandParser) -> None:
    command.add_argument(
        "--new-passphrase-file",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.user.new_passphrase_file"),
    )


def _request(session: Session, arguments: Namespace) -> ExitCode:
    from app.services import reopening
    from app.services.key_sheets import locked_whose, reopening_sheet
    from app.services.stations import short_station

    refuse_other_files(arguments.sheet)
    new = read_new_passphrase(arguments.new_passphrase_file)
    done = reopening.ask(session.settings, arguments.out, new, session.options.user)
    station = short_station(done.station)
    sheet = reopening_sheet(
        done.check_code, arguments.out.name, station, locked_whose(done.unit, done.user)
    )
    lines = [
        text("cli.reopen.requested", user=done.user, file=arguments.out),
        text("cli.enrol.read_out", code=done.check_code),
    ]
    printed = write_sheet(arguments.sheet, sheet)
    session.output.answer(
        {
            "request": str(arguments.out),
            "check_code": done.check_code,
            "unit": done.unit,
            "station": done.station,
            "user": done.user,
            **printed.document,
        },
        lines + printed.lines,
    )
    return ExitCode.DONE


def _grant(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.key_sheets import RegisterOf, reopened_sheet, whose
    from app.services.stations import short_station

    refuse_other_files(arguments.sheet)
    with session.open() as services:
        passphrase = authority_passphrase(session)
        view = services.reopening.inspect(arguments.file, passphrase)
        unit, station = services.entry.unit_name(view.unit), short_station(view.station)
        session.output.note(text("reopening.asks", unit=unit, station=station, user=view.user))
        compared = arguments.check_code or typed_code()
        done = services.reopening.grant(
            arguments.file, arguments.out, passphrase=passphrase, compared=compared
        )
        sheet = reopened_sheet(
            RegisterOf(unit, station, view.user), done.path.name, whose(services.workplace)
        )
    printed = write_sheet(arguments.sheet, sheet)
    session.output.answer(
        {
            "file": str(done.path),
            "unit": view.unit,
            "station": view.station,
            "user": view.user,
            **printed.document,
        },
        [text("reopening.granted", unit=unit, file=done.path), *printed.lines],
    )
    return ExitCode.DONE


def _accept(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.reopening import unlock_with_reply

    new = read_new_passphrase(arguments.new_passphrase_file)
    unlock = partial(unlock_with_reply, file=arguments.file, passphrase=new)
    with session.open(unlock) as services:
        services.reopening.finish(new)
        user = services.workplace.account.name
    session.output.answer(
        {"user": user, "by": "escrow"},
        [text("cli.user.passphrase_set", user=user), text("reopening.new_code")],
    )
    return ExitCode.DONE
