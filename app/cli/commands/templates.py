"""`template`: the versions of the forms. Loading one is the province's."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import text

if TYPE_CHECKING:
    from app.services.reference_data.desk import NeedsNewer


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    listing = commands.add_parser("list", help=text("cli.template.list"))
    listing.runs(_list)
    load = commands.add_parser("load", help=text("cli.template.load"))
    load.add_argument("file", type=Path, metavar=text("cli.arg.file"))
    load.runs(_load)


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.references.templates()
        newer = services.references.needing_newer()
    rows = [
        [
            text(f"cli.template.form.{one.form}")
            if one.form in ("child", "household")
            else one.form,
            str(one.version),
            one.edition,
            one.valid_from,
            one.valid_to,
            text("cli.template.shipped" if one.shipped else "cli.template.loaded"),
            _state(one.in_use, one.needs_newer),
        ]
        for one in found
    ]
    names = ("form", "version", "edition", "valid_from", "valid_to", "origin", "state")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows),
    )
    note_newer(session, newer)
    return ExitCode.DONE


def _state(in_use: bool, needs_newer: bool) -> str:
    if needs_newer:
        return text("cli.template.needs_newer")
    return text("cli.template.in_use") if in_use else ""


def note_newer(session: Session, found: list[NeedsNewer]) -> None:
    """Say what arrived and waits for a newer program."""
    for one in found:
        session.output.note(text("cli.reference.needs_newer", what=one.what, count=one.count))


def _load(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.references.load_template(arguments.file)
    session.output.answer(
        asdict(done),
        [text("cli.template.done", what=done.what), text("cli.reference.next")],
    )
    return ExitCode.DONE
