"""What a command prints as PDF: the sheets that go with keys, asked for by `--sheet`, and lists.

A recovery code is never put into one, for it would lie on the disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from app.cli.parser import CommandParser
from app.cli.written import path
from app.errors import KnownError
from app.i18n import error_text, text
from app.reports.document import Document


class Sheet(NamedTuple):
    """What became of a sheet: what people are told, and for `--json` its file (None when there is
    none) and why it could not be written (`error`, `message`; else None).
    """

    lines: list[str]
    document: dict[str, object]


def add_sheet(command: CommandParser) -> None:
    """The option of a command that has a sheet."""
    command.add_argument(
        "--sheet", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.sheet")
    )


def refuse_other_files(file: Path | None) -> None:
    """Refuse a file that is no PDF, lies nowhere or is there already, before anything is done: the
    sheet comes last.

    Raises KnownError `printing.no_pdf`, `printing.cannot_write`, `printing.file_there`.
    """
    if file is not None and file.suffix.lower() != ".pdf":
        raise KnownError("printing.no_pdf", "printing.no_pdf.hint", file=file.name)
    if file is not None and (file.is_dir() or not _may_write(file.parent)):
        raise KnownError("printing.cannot_write", "printing.cannot_write.hint", file=file.name)
    refuse_to_replace(file)


def refuse_to_replace(file: Path | None) -> None:
    """Refuse a file that is there: it may be what two people signed, or another unit's. At the
    window the dialog asks; a command has nobody to ask. Raises KnownError `printing.file_there`.
    """
    if file is not None and os.path.lexists(file) and not file.is_dir():
        raise KnownError("printing.file_there", "printing.file_there.hint", file=str(file))


def _may_write(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK)


def write_sheet(file: Path | None, document: Document | None, again: str = "") -> Sheet:
    """`sheet_by` of a sheet that is at hand."""
    if document is None:
        return sheet_by(None, again=again)
    return sheet_by(file, lambda put: put(document), again)


def sheet_by(
    file: Path | None,
    deed: Callable[[Callable[[Document], None]], None] = lambda _put: None,
    again: str = "",
) -> Sheet:
    """Write the sheet of something that was done, where it was asked for, by a `deed` that is given
    what puts a document into the file. A sheet that cannot be written must not call that undone;
    `again` says how to have it all the same.
    """
    if file is None:
        return Sheet([], {"sheet": None, "sheet_problem": None})
    try:
        deed(partial(print_to, file))
    except KnownError as error:
        why = error_text(error)
        told = text("cli.sheet.not_written", why=" ".join(why.splitlines()))
        lines = [told, *filter(None, [again])]
        problem = {"error": error.message_id, "message": "\n".join(filter(None, [why, again]))}
        return Sheet(lines, {"sheet": None, "sheet_problem": problem})
    return Sheet([written(file)], {"sheet": str(file), "sheet_problem": None})


def print_to(file: Path, document: Document) -> None:
    """Write a document as PDF. Raises what `write_pdf` raises."""
    # Qt is loaded only here, where something is printed.
    from app.printing.pdf import write_pdf

    write_pdf(document, file)


def written(file: Path) -> str:
    """The sentence that says where a sheet lies."""
    return text("cli.sheet.written", file=file)
