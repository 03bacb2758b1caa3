"""`enrol`: request, grant, accept. The two people compare the check code by telephone."""

from __future__ import annotations

from argparse import Namespace
from datetime import date

from app.cli.authority_passphrase import authority_passphrase
from app.cli.days import day, day_of, day_with_precision
from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.passphrase import typed_code
from app.cli.session import Session
from app.cli.sheets import add_sheet, refuse_other_files, write_sheet
from app.cli.written import path
from app.i18n import called, number, text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    request = commands.add_parser("request", help=text("cli.enrol.request"))
    request.add_argument(
        "--out",
        type=path,
        required=True,
        metavar=text("cli.arg.file"),
        help=text("cli.argument.request_out"),
    )
    add_sheet(request)
    request.runs(_request)
    grant = commands.add_parser("grant", help=text("cli.enrol.grant"))
    grant.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.request_file")
    )
    grant.add_argument(
        "--out",
        type=path,
        required=True,
        metavar=text("cli.arg.file"),
        help=text("cli.argument.reply_out"),
    )
    grant.add_argument(
        "--unit",
        nargs="+",
        action="extend",
        default=[],
        metavar=text("cli.arg.unit"),
        help=text("cli.argument.grant_unit"),
    )
    grant.add_argument("--role", metavar=text("cli.arg.name"), help=text("cli.argument.grant_role"))
    grant.add_argument(
        "--check-code", default="", metavar=text("cli.arg.code"), help=text("cli.enrol.compare")
    )
    grant.add_argument(
        "--today", type=day, metavar=text("cli.arg.day"), help=text("cli.argument.today")
    )
    add_sheet(grant)
    grant.runs(_grant)
    accept = commands.add_parser("accept", help=text("cli.enrol.accept"))
    accept.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.reply_file")
    )
    accept.add_argument(
        "--fingerprint",
        required=True,
        metavar=text("cli.arg.code"),
        help=text("cli.argument.fingerprint"),
    )
    accept.add_argument(
        "--accept-clock", action="store_true", help=text("cli.handover.accept_clock")
    )
    accept.runs(_accept)
    anew = commands.add_parser("start-over", help=text("cli.enrol.start_over"))
    anew.add_argument(
        "--unit", required=True, metavar=text("cli.arg.unit"), help=text("cli.enrol.own_unit")
    )
    anew.runs(_start_over)


def _request(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.key_sheets import request_sheet, whose
    from app.services.stations import short_station

    refuse_other_files(arguments.sheet)
    with session.open() as services:
        done = services.enrolment.request(arguments.out, authority_passphrase(session))
        station = short_station(done.station)
        workplace = services.workplace
        top = workplace.tree.units.parent(workplace.unit) is None
        sheet = request_sheet(done.check_code, done.path.name, station, whose(workplace), top=top)
    lines = [
        text("cli.enrol.requested", station=station, file=done.path),
        text("cli.enrol.read_out", code=done.check_code),
    ]
    printed = write_sheet(arguments.sheet, sheet)
    session.output.answer(
        {
            "request": str(done.path),
            "check_code": done.check_code,
            "station": done.station,
            **printed.document,
        },
        lines + printed.lines,
    )
    return ExitCode.DONE


def _grant(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.held_certificate import differences_in_words, held_in_words
    from app.services.key_sheets import GrantedPc, granted_sheet, role_in_words, whose
    from app.services.stations import short_station

    refuse_other_files(arguments.sheet)
    with session.open() as services:
        units = [services.workplace.unit_named(unit) for unit in arguments.unit]
        seen = services.granting.inspect(arguments.file)
        role = seen.role if arguments.role is None else arguments.role
        if seen.held is not None:
            name = services.entry.unit_name
            session.output.note(held_in_words(seen.held, name))
            for said in differences_in_words(seen.held, units or seen.units, role, name):
                session.output.note(said)
        compared = arguments.check_code or typed_code()
        passphrase = authority_passphrase(session)
        with session.progress("cli.enrol.sealing") as progress:
            done = services.granting.grant(
                arguments.file,
                arguments.out,
                passphrase=passphrase,
                units=units,
                role=role,
                compared=compared,
                today=arguments.today,
                progress=progress,
            )
        pc = GrantedPc(
            ", ".join(map(services.entry.unit_name, done.units)),
            short_station(done.station),
            role_in_words(done.role),
            done.until,
            done.path.name,
        )
        sheet = granted_sheet(pc, done.root_fingerprint, whose(services.workplace))
    printed = write_sheet(arguments.sheet, sheet)
    session.output.answer(
        {
            "file": str(done.path),
            "unit": done.unit,
            "station": done.station,
            "check_code": seen.check_code,
            "root_fingerprint": done.root_fingerprint,
            "units": list(done.units),
            "role": done.role,
            "until": done.until.isoformat(),
            "authority_revoked": done.authority_revoked,
            **printed.document,
        },
        [
            text("cli.enrol.granted", file=done.path, unit=called(done.unit)),
            text("cli.enrol.fingerprint", fingerprint=done.root_fingerprint),
            *([_ends(done.until)] if done.ends_with_authority else []),
            *(
                [text("enrol.authority_revoked", unit=called(done.unit))]
                if done.authority_revoked
                else []
            ),
            *printed.lines,
        ],
    )
    return ExitCode.DONE


def _ends(until: date) -> str:
    return text("enrol.ends_with_authority", day=day_of(until))


def _accept(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services, session.progress("cli.enrol.reading") as progress:
        done = services.enrolment.accept(
            arguments.file,
            arguments.fingerprint,
            authority_passphrase(session),
            progress,
            accept_clock=arguments.accept_clock,
        )
    received = done.received
    session.output.answer(
        {
            "unit": done.unit,
            "role": done.role,
            "valid_until": done.valid_until,
            "records": received.new,
            "waiting": received.waiting,
            "refused": received.refused,
            "lacks_authority": done.lacks_authority,
            "key_lost": done.key_lost,
            "authority_until": done.authority_until or None,
            "authority_key_away": done.key_away,
        },
        [
            text(
                "cli.enrol.accepted",
                unit=called(done.unit),
                until=day_with_precision(done.valid_until),
                households=number(received.households_new),
                children=number(received.children_new),
            ),
            *([_lacks(done.key_lost)] if done.lacks_authority else []),
            *(
                [text("enrol.authority_until", day=day_with_precision(done.authority_until))]
                if done.authority_until
                else []
            ),
            *([text("cli.enrol.key_away")] if done.key_away else []),
        ],
    )
    return ExitCode.WAITS if received.needs_a_person else ExitCode.DONE


def _lacks(key_lost: bool) -> str:
    return text("cli.enrol.key_lost" if key_lost else "cli.enrol.no_authority")


def _start_over(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = services.workplace.unit_named(arguments.unit)
        services.starting_over.start_over(unit)
    session.output.answer({"unit": unit, "enrolled": False}, [text("starting_over.done")])
    return ExitCode.DONE
