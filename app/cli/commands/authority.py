"""`authority`: the root of a province, the state of trust here, revoking a PC."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from app.cli.authority_passphrase import authority_passphrase
from app.cli.days import day, day_of
from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    commands.add_parser("init", help=text("cli.authority.init")).runs(_init)
    commands.add_parser("status", help=text("cli.authority.status")).runs(_status)
    revoke = commands.add_parser("revoke", help=text("cli.authority.revoke"))
    revoke.add_argument(
        "station", metavar=text("cli.arg.station"), help=text("cli.argument.station")
    )
    revoke.runs(_revoke)
    rotate = commands.add_parser("rotate-root", help=text("cli.authority.rotate"))
    rotate.add_argument(
        "--root-file", type=Path, metavar=text("cli.arg.file"), help=text("cli.authority.root_file")
    )
    rotate.add_argument(
        "--today", type=day, metavar=text("cli.arg.day"), help=text("cli.argument.today")
    )
    rotate.runs(_rotate)


def _init(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        made = services.authority.found(authority_passphrase(session))
    session.output.answer(
        {
            "root_fingerprint": made.root_fingerprint,
            "root_file": made.root_file,
            "authority_file": made.authority_file,
        },
        [
            text("cli.authority.made", fingerprint=made.root_fingerprint),
            text("cli.authority.keep_root", file=made.root_file),
        ],
    )
    return ExitCode.DONE


def _status(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        status = services.authority.status()
    lines = [
        text("cli.authority.root", fingerprint=status.root_fingerprint or "-"),
        *(
            text(
                "cli.authority.older_root",
                fingerprint=one.fingerprint,
                until=day_of(one.valid_until.astimezone().date()),
            )
            for one in status.roots
            if not one.newest
        ),
        text("cli.authority.enrolled" if status.is_enrolled else "cli.authority.not_enrolled"),
    ]
    lines += [
        text(
            "cli.authority.station" if one.active else "cli.authority.station_out",
            station=one.station,
            unit=one.unit,
            until=day_of(one.valid_until.astimezone().date()),
        )
        for one in status.stations
    ]
    session.output.answer(
        {
            "root_fingerprint": status.root_fingerprint,
            "roots": [
                {
                    "fingerprint": one.fingerprint,
                    "valid_until": one.valid_until.isoformat(),
                    "newest": one.newest,
                }
                for one in status.roots
            ],
            "enrolled": status.is_enrolled,
            "authority": status.is_authority,
            "certificate": status.certificate_fingerprint,
            "valid_until": None if status.valid_until is None else status.valid_until.isoformat(),
            "stations": [
                {
                    "station": one.station,
                    "unit": one.unit,
                    "role": one.role,
                    "valid_until": one.valid_until.isoformat(),
                    "active": one.active,
                }
                for one in status.stations
            ],
        },
        lines,
    )
    return ExitCode.DONE


def _revoke(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        revoked = services.authority.revoke(arguments.station, authority_passphrase(session))
    session.output.answer(
        {"station": arguments.station, "crl_number": revoked.number},
        [text("cli.authority.revoked", station=arguments.station, number=revoked.number)],
    )
    return ExitCode.DONE


def _rotate(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        made = services.root_rotation.rotate(
            authority_passphrase(session), arguments.root_file, arguments.today
        )
    session.output.answer(
        {
            "root_fingerprint": made.root_fingerprint,
            "root_file": made.root_file,
            "authority_file": made.authority_file,
            "old_fingerprint": made.old_fingerprint,
        },
        [
            text("cli.authority.rotated", fingerprint=made.root_fingerprint),
            text("cli.authority.rotated_next"),
            text("cli.authority.keep_root", file=made.root_file),
        ],
    )
    return ExitCode.DONE
