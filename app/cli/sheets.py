"""The sheets that go with keys, from the command line: a PDF file to be printed.

Asked for by `--sheet`; a recovery code is never put into one, for it would lie on the disk.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from app.cli.parser import CommandParser
from app.cli.written import path
from app.errors import KnownError
from app.i18n import error_text, text
from app.reports.document import Document


def add_sheet(command: CommandParser) -> None:
    """The option of a command that has a sheet."""
    command.add_argument(
        "--sheet", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.sheet")
    )


def refuse_other_files(arguments: Namespace) -> None:
    """Refuse a file that is no PDF, or lies nowhere, before anything is done: the sheet comes last.

    Raises KnownError `printing.no_pdf`, `printing.cannot_write`.
    """
    sheet: Path | None = arguments.sheet
    if sheet is not None and sheet.suffix.lower() != ".pdf":
        raise KnownError("printing.no_pdf", "printing.no_pdf.hint", file=sheet.name)
    if sheet is not None and (sheet.is_dir() or not sheet.parent.is_dir()):
        raise KnownError("printing.cannot_write", "printing.cannot_write.hint", file=sheet.name)


def write_sheet(arguments: Namespace, document: Document) -> list[str]:
    """Write the sheet where it was asked for; what is to be said of it.

    What it goes with was done: a sheet that cannot be written must not call that undone.
    """
    if arguments.sheet is None:
        return []
    # Qt is loaded only here, where something is printed.
    from app.printing.pdf import write_pdf

    try:
        write_pdf(document, arguments.sheet)
    except KnownError as error:
        return [text("cli.sheet.not_written", why=error_text(error))]
    return [text("cli.sheet.written", file=arguments.sheet)]
