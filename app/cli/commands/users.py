"""`user`: the accounts of this PC."""

from __future__ import annotations

from argparse import Namespace

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import text


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    group.commands().add_parser("list", help=text("cli.user.list")).runs(_list)


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.accounts.list()
    document = [
        {
            "name": one.name,
            "full_name": one.full_name,
            "title": one.title,
            "rights": sorted(right.value for right in one.rights),
            "active": one.active,
        }
        for one in found
    ]
    rows = [
        [
            one.name,
            one.full_name,
            one.title,
            text("cli.user.active") if one.active else text("cli.user.inactive"),
            ", ".join(sorted(text(f"rights.name.{right.value}") for right in one.rights)),
        ]
        for one in found
    ]
    names = ("account", "name", "title_of_office", "state", "rights")
    session.output.answer(document, columns([text(f"cli.column.{name}") for name in names], rows))
    return ExitCode.DONE
