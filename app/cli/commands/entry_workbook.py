"""`register entry-workbook`: an empty workbook to fill in where there is no program."""

from __future__ import annotations

from argparse import Namespace

from app.cli.exit_code import ExitCode
from app.cli.parser import Commands
from app.cli.session import Session
from app.cli.sheets import refuse_to_replace
from app.cli.written import path
from app.i18n import number, text


def add_entry_workbook(commands: Commands) -> None:
    """Describe the command."""
    empty = commands.add_parser("entry-workbook", help=text("cli.register.entry_workbook"))
    empty.add_argument(
        "--out",
        type=path,
        required=True,
        metavar=text("cli.arg.file"),
        help=text("cli.register.entry_out"),
    )
    empty.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.register.entry_unit"))
    empty.add_argument(
        "--village", metavar=text("cli.arg.text"), help=text("cli.register.entry_village")
    )
    empty.runs(_write)


def _write(session: Session, arguments: Namespace) -> ExitCode:
    refuse_to_replace(arguments.out)
    with session.open() as services:
        done = services.entry_workbook.write(arguments.out, arguments.unit, arguments.village)
    session.output.answer(
        {
            "file": str(done.file),
            "columns": done.columns,
            "required": done.required,
            "lists": done.lists,
        },
        [
            text(
                "cli.register.entry_written",
                file=done.file,
                columns=number(done.columns),
                required=number(done.required),
                lists=number(done.lists),
            )
        ],
    )
    return ExitCode.DONE
