"""`authority`: the root of a province, the state of trust here, the PCs, revoking one."""

from __future__ import annotations

from argparse import Namespace

from app.cli.authority_passphrase import authority_passphrase
from app.cli.days import day, day_of
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.sheets import add_sheet, refuse_other_files, write_sheet
from app.cli.written import path
from app.i18n import number, text

_REASONS = ("lost", "exposed", "broken", "unused")


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    init = commands.add_parser("init", help=text("cli.authority.init"))
    add_sheet(init)
    init.runs(_init)
    commands.add_parser("status", help=text("cli.authority.status")).runs(_status)
    revoke = commands.add_parser("revoke", help=text("cli.authority.revoke"))
    revoke.add_argument(
        "station", metavar=text("cli.arg.station"), help=text("cli.argument.station")
    )
    revoke.add_argument("--reason", choices=_REASONS, help=text("cli.authority.reason"))
    add_sheet(revoke)
    revoke.runs(_revoke)
    commands.add_parser("stations", help=text("cli.authority.stations")).runs(_stations)
    commands.add_parser("below", help=text("cli.authority.below")).runs(_below)
    one = commands.add_parser("revoke-authority", help=text("cli.authority.revoke_authority"))
    one.add_argument("key", metavar=text("cli.arg.code"), help=text("cli.authority.key"))
    one.add_argument("--reason", choices=_REASONS, help=text("cli.authority.reason"))
    add_sheet(one)
    one.runs(_revoke_authority)
    complete = commands.add_parser("complete-lists", help=text("cli.authority.complete_lists"))
    complete.runs(_complete_lists)
    rotate = commands.add_parser("rotate-root", help=text("cli.authority.rotate"))
    rotate.add_argument(
        "--root-file", type=path, metavar=text("cli.arg.file"), help=text("cli.authority.root_file")
    )
    rotate.add_argument(
        "--today", type=day, metavar=text("cli.arg.day"), help=text("cli.argument.today")
    )
    add_sheet(rotate)
    rotate.runs(_rotate)
    renew = commands.add_parser("renew", help=text("cli.authority.renew"))
    renew.add_argument("--new-keys", action="store_true", help=text("cli.authority.new_keys"))
    renew.add_argument(
        "--today", type=day, metavar=text("cli.arg.day"), help=text("cli.argument.today")
    )
    add_sheet(renew)
    renew.runs(_renew)
    copy = commands.add_parser("copy-keys", help=text("cli.authority.copy_keys"))
    copy.add_argument(
        "--out", type=path, required=True, metavar=text("cli.arg.folder"), help=text("unit_keys.to")
    )
    copy.runs(_copy_keys)
    take = commands.add_parser("take-keys", help=text("cli.authority.take_keys"))
    take.add_argument(
        "folder", type=path, metavar=text("cli.arg.folder"), help=text("unit_keys.taken_from")
    )
    take.runs(_take_keys)


def _init(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.key_sheets import kept_root, kept_root_sheet, whose

    refuse_other_files(arguments.sheet)
    with session.open() as services:
        made = services.authority.found(authority_passphrase(session))
        sheet = kept_root_sheet(kept_root(services.authority), whose(services.workplace))
    printed = write_sheet(arguments.sheet, sheet)
    session.output.answer(
        {
            "root_fingerprint": made.root_fingerprint,
            "root_file": made.root_file,
            "authority_file": made.authority_file,
            **printed.document,
        },
        [
            text("cli.authority.made", fingerprint=made.root_fingerprint),
            text("cli.authority.keep_root", file=made.root_file),
            *printed.lines,
        ],
    )
    return ExitCode.DONE


def _status(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        status = services.authority.status()
        unit_name = services.entry.unit_name
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
    holders = ", ".join(map(unit_name, status.escrow))
    lines.append(text("escrow.holders", units=holders) if holders else text("escrow.nobody"))
    if status.unlisted:
        lines.append(text("cli.authority.unlisted", count=number(status.unlisted)))
    lines += [
        text(
            "cli.authority.station" if one.active else "cli.authority.station_out",
            station=one.station,
            unit=unit_name(one.unit),
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
            "escrow": list(status.escrow),
            "unlisted": status.unlisted,
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
    from app.services.authority import RevocationReason
    from app.services.key_sheets import RevokedPc, revoked_sheet, whose
    from app.services.stations import short_station

    refuse_other_files(arguments.sheet)
    reason = None if arguments.reason is None else RevocationReason(arguments.reason)
    with session.open() as services:
        station = services.stations.named(arguments.station)
        revoked = services.authority.revoke(station, authority_passphrase(session), reason)
        views = [one for one in services.stations.list() if one.station == station]
        units = {one.unit for one in views}
        pc = RevokedPc(
            ", ".join(map(services.entry.unit_name, sorted(units))),
            short_station(station),
            "" if reason is None else text(f"stations.reason.{reason.value}"),
            revoked.number,
            any(one.issues for one in views),
        )
        sheet = revoked_sheet(pc, whose(services.workplace))
    lines = [text("cli.authority.revoked", station=station, number=revoked.number)]
    printed = write_sheet(arguments.sheet, sheet)
    session.output.answer(
        {
            "station": station,
            "crl_number": revoked.number,
            "reason": arguments.reason,
            **printed.document,
        },
        lines + printed.lines,
    )
    return ExitCode.DONE


def _complete_lists(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        made = services.authority.complete_lists(authority_passphrase(session))
    session.output.answer(
        {"crl_numbers": [one.number for one in made]},
        [text("stations.lists_done" if made else "cli.authority.lists_complete")],
    )
    return ExitCode.DONE


def _stations(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.stations.list()
        names = [services.entry.unit_name(one.unit) for one in found]
    heads = [text(f"stations.column.{one}") for one in ("unit", "station", "until", "heard")]
    rows = [
        [
            name,
            one.short,
            day_of(one.until),
            "" if one.last_heard is None else day_of(one.last_heard),
            text(f"stations.state.{'own' if one.own else one.state.value}"),
        ]
        for name, one in zip(names, found, strict=True)
    ]
    session.output.answer(
        [
            {
                "unit": one.unit,
                "station": one.station,
                "role": one.role,
                "until": one.until.isoformat(),
                "last_heard": None if one.last_heard is None else one.last_heard.isoformat(),
                "state": one.state.value,
                "issued_here": one.issued_here,
                "own": one.own,
                "lowest": one.lowest,
            }
            for one in found
        ],
        columns([*heads, text("stations.column.state")], rows)
        if found
        else [text("cli.authority.no_stations")],
    )
    return ExitCode.DONE


def _rotate(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.key_sheets import kept_root, kept_root_sheet, whose

    refuse_other_files(arguments.sheet)
    with session.open() as services:
        made = services.root_rotation.rotate(
            authority_passphrase(session), arguments.root_file, arguments.today
        )
        sheet = kept_root_sheet(kept_root(services.authority), whose(services.workplace))
    printed = write_sheet(arguments.sheet, sheet)
    session.output.answer(
        {
            "root_fingerprint": made.root_fingerprint,
            "root_file": made.root_file,
            "authority_file": made.authority_file,
            "old_fingerprint": made.old_fingerprint,
            **printed.document,
        },
        [
            text("cli.authority.rotated", fingerprint=made.root_fingerprint),
            text("cli.authority.rotated_next"),
            text("cli.authority.keep_root", file=made.root_file),
            *printed.lines,
        ],
    )
    return ExitCode.DONE


def _renew(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.key_sheets import RenewedPc, renewed_sheet, whose
    from app.services.stations import short_station

    refuse_other_files(arguments.sheet)
    with session.open() as services:
        done = services.own_renewal.renew(
            authority_passphrase(session), new_keys=arguments.new_keys, today=arguments.today
        )
        pc = RenewedPc(short_station(done.station), done.until, done.list_number)
        sheet = renewed_sheet(pc, whose(services.workplace))
    lines = [
        text("own_renewal.done", day=day_of(done.until), count=number(done.signed)),
        text("own_renewal.next_new" if arguments.new_keys else "own_renewal.next"),
    ]
    printed = write_sheet(arguments.sheet, sheet)
    session.output.answer(
        {
            "station": done.station,
            "valid_until": done.until.isoformat(),
            "signed": done.signed,
            "new_keys": arguments.new_keys,
            "crl_number": done.list_number or None,
            **printed.document,
        },
        lines + printed.lines,
    )
    return ExitCode.DONE


def _copy_keys(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.key_files.copy(arguments.out)
    session.output.answer(
        {"folder": str(done.folder), "files": list(done.names)},
        [text("unit_keys.copied", count=number(len(done.names)), folder=done.folder)],
    )
    return ExitCode.DONE


def _take_keys(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.key_files.take_back(arguments.folder, authority_passphrase(session))
    session.output.answer(
        {"folder": str(done.folder), "files": list(done.names)},
        [text("unit_keys.taken", count=number(len(done.names)))],
    )
    return ExitCode.DONE


def _below(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.authorities_below.list()
        names = [services.entry.unit_name(one.unit) for one in found]
    heads = [text(f"below.column.{one}") for one in ("unit", "key", "since", "until", "stations")]
    rows = [
        [
            name,
            one.key_id[:8],
            day_of(one.since),
            day_of(one.until),
            number(one.stations),
            text("stations.state.revoked" if one.revoked else "stations.state.in_use"),
        ]
        for name, one in zip(names, found, strict=True)
    ]
    session.output.answer(
        [
            {
                "unit": one.unit,
                "key": one.key_id,
                "since": one.since.isoformat(),
                "until": one.until.isoformat(),
                "revoked": one.revoked,
                "stations": one.stations,
            }
            for one in found
        ],
        columns([*heads, text("stations.column.state")], rows) if found else [text("below.none")],
    )
    return ExitCode.DONE


def _revoke_authority(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.authority import RevocationReason
    from app.services.key_sheets import revoked_authority_sheet, whose

    refuse_other_files(arguments.sheet)
    reason = None if arguments.reason is None else RevocationReason(arguments.reason)
    with session.open() as services:
        view, made = services.authorities_below.revoke(
            arguments.key, authority_passphrase(session), reason
        )
        unit = services.entry.unit_name(view.unit)
        sheet = revoked_authority_sheet(
            unit,
            "" if reason is None else text(f"stations.reason.{reason.value}"),
            made.number,
            number(view.stations),
            whose(services.workplace),
        )
    printed = write_sheet(arguments.sheet, sheet)
    session.output.answer(
        {
            "unit": view.unit,
            "stations": view.stations,
            "crl_number": made.number,
            **printed.document,
        },
        [
            text("below.revoked", unit=unit, count=number(view.stations)),
            *printed.lines,
        ],
    )
    return ExitCode.DONE
