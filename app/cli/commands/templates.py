"""`template`: the versions of the forms. Loading one is the province's."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.cli.days import day_with_precision
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.written import path
from app.i18n import text

if TYPE_CHECKING:
    from app.services.reference_data.unused import Unused


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    listing = commands.add_parser("list", help=text("cli.template.list"))
    listing.runs(_list)
    load = commands.add_parser("load", help=text("cli.template.load"))
    load.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.template_file")
    )
    load.runs(_load)


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.references.templates()
        left = services.references.unused()
    rows = [
        [
            text(f"cli.template.form.{one.form}")
            if one.form in ("child", "household")
            else one.form,
            str(one.version),
            one.edition,
            day_with_precision(one.valid_from),
            day_with_precision(one.valid_to),
            text("cli.template.shipped" if one.shipped else "cli.template.loaded"),
            state_of(needs_newer=one.needs_newer, faulty=one.faulty, in_use=one.in_use),
        ]
        for one in found
    ]
    names = ("form", "version", "edition", "valid_from", "valid_to", "origin", "state")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows),
    )
    note_unused(session, left)
    return ExitCode.DONE


def state_of(*, needs_newer: bool, faulty: bool, in_use: bool = False) -> str:
    """What is said of a form or list in a table."""
    if needs_newer:
        return text("cli.template.needs_newer")
    if faulty:
        return text("cli.template.faulty")
    return text("cli.template.in_use") if in_use else ""


def note_unused(session: Session, found: Iterable[Unused]) -> None:
    """Say what arrived and is not used here, and what to do about it."""
    for one in found:
        session.output.note(one.message)


def _load(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.references.load_template(arguments.file)
    session.output.answer(
        asdict(done),
        [text("cli.template.done", what=done.what), text("cli.reference.next")],
    )
    return ExitCode.DONE
