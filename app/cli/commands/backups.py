"""`backup`: make, verify and restore a copy of the store."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from typing import TYPE_CHECKING

from app.cli.commands.users import add_recovery
from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.passphrase import read_code, read_passphrase
from app.cli.session import Session
from app.cli.written import path
from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.restore_look import BeforeRestore, Held


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    commands.add_parser("create", help=text("cli.backup.create")).runs(_create)
    verify = commands.add_parser("verify", help=text("cli.backup.verify"))
    verify.add_argument(
        "file",
        type=path,
        nargs="?",
        metavar=text("cli.arg.file"),
        help=text("cli.argument.backup_verify"),
    )
    verify.runs(_verify)
    restore = commands.add_parser("restore", help=text("cli.backup.restore"))
    restore.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.backup_restore")
    )
    restore.add_argument(
        "--other-installation", action="store_true", help=text("cli.backup.other_installation")
    )
    restore.add_argument("--preview", action="store_true", help=text("cli.backup.preview"))
    add_recovery(restore)
    restore.runs(_restore)


def _create(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        made = services.backups.create()
    session.output.answer(
        {"file": str(made.file), "bytes": made.bytes},
        [text("cli.backup.created", file=made.file, bytes=number(made.bytes))],
    )
    return ExitCode.DONE


def _verify(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        checked = services.backups.verify(arguments.file)
    session.output.answer(
        {"file": str(checked.file), "bytes": checked.bytes, "sound": True},
        [text("cli.backup.sound", file=checked.file)],
    )
    return ExitCode.DONE


def _restore(session: Session, arguments: Namespace) -> ExitCode:
    from app.crypto.keyslots import Keyslots
    from app.services.installation import Unlocked
    from app.services.restore_look import look
    from app.services.restoring import by_code, by_passphrase, restore
    from app.services.unit_views import called_unopened

    def open_beside(slots: Keyslots) -> Unlocked:
        if arguments.recovery:
            return by_code(slots, read_code(arguments.code_file), session.options.user)
        return by_passphrase(slots, read_passphrase(session.options.passphrase_file))

    unlock = session.unlock_by_code(arguments.code_file) if arguments.recovery else session.unlock
    if arguments.preview:
        return _look(session, look(session.settings, arguments.file, unlock, open_beside))
    done = restore(
        session.settings,
        arguments.file,
        unlock,
        open_beside,
        other_installation=arguments.other_installation,
        counting=partial(session.interruption.committing, changing=True),
    )
    lines = [
        text("cli.backup.restored", file=done.file.name, unit=called_unopened(done.unit)),
        text("cli.backup.new_replica" if done.enrolled else "cli.backup.not_enrolled"),
    ]
    if done.kept is not None:
        lines.append(text("cli.backup.kept", file=done.kept))
    session.output.answer(
        {
            "file": str(done.file),
            "unit": done.unit,
            "enrolled": done.enrolled,
            "kept": None if done.kept is None else str(done.kept),
        },
        lines,
    )
    return ExitCode.DONE


def _look(session: Session, found: BeforeRestore) -> ExitCode:
    """What a restore would bring back and what it would lose; nothing is changed."""
    from app.services.restore_words import before_restore

    lacking = found.lacking
    session.output.answer(
        {
            "file": str(found.file),
            "made": None if found.made is None else found.made.isoformat(),
            "unit": found.unit,
            "enrolled": found.enrolled,
            "same_installation": found.same,
            "holds": _held(found.holds),
            "here": None if found.here is None else _held(found.here),
            "lacking": None
            if lacking is None
            else {
                "received": lacking.received,
                "handed_over": lacking.handed_over,
                "nowhere": lacking.nowhere,
                "households": lacking.households,
                "children": lacking.children,
            },
            "stays_out": None
            if found.stays_out is None
            else {"bundles": found.stays_out.bundles, "operations": found.stays_out.operations},
            "used_again": None
            if found.used_again is None
            else {
                "bundles": len(found.used_again.bundles),
                "operations": len(found.used_again.operations),
            },
        },
        [words for words, _state in before_restore(found)],
    )
    return ExitCode.DONE


def _held(one: Held) -> dict[str, object]:
    return {
        "households": one.households,
        "children": one.children,
        "last_saved": None if one.last_saved is None else one.last_saved.isoformat(),
    }
