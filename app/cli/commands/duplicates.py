"""`duplicates`: children that may have been written twice, in the register or in any list."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.sheets import refuse_to_replace
from app.cli.written import path
from app.i18n import number, text

if TYPE_CHECKING:
    from app.matching.pair import Pair
    from app.services.duplicates import Suggestions


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    finding = commands.add_parser("find", help=text("cli.duplicates.find"))
    finding.add_argument(
        "file",
        nargs="?",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.argument.duplicates_file"),
    )
    finding.add_argument(
        "--columns",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.argument.duplicates_columns"),
    )
    finding.add_argument(
        "--out",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.argument.duplicates_out"),
    )
    finding.runs(_find)


def _find(session: Session, arguments: Namespace) -> ExitCode:
    refuse_to_replace(arguments.out)
    with session.open() as services, session.progress("cli.duplicates.comparing") as steps:
        desk = services.duplicates
        if arguments.file is None:
            found = desk.find(steps)
        else:
            found = desk.find_in_file(arguments.file, arguments.columns, steps)
        if arguments.out is not None:
            desk.write(arguments.out, found)
    session.output.answer([_document(one) for one in found.pairs], _lines(found))
    return ExitCode.WAITS if found.pairs and arguments.file is None else ExitCode.DONE


def _document(one: Pair) -> dict[str, object]:
    from app.services.duplicates import reason_words

    return {
        "id_a": one.first,
        "id_b": one.second,
        "score": round(one.score, 1),
        "level": one.level.name.lower(),
        "reasons": reason_words(one),
        "evidence": {part.what: round(part.bits, 1) for part in one.evidence},
    }


def _lines(found: Suggestions) -> list[str]:
    from app.matching.pair import Level
    from app.services.duplicates import reason_words

    lines = [
        text(
            "cli.duplicates.found",
            records=number(found.records),
            pairs=number(len(found.pairs)),
            compared=number(found.compared),
        )
    ]
    lines += [
        text(f"duplicates.level.{level.name.lower()}", count=number(found.count(level)))
        for level in Level
        if found.count(level)
    ]
    lines += [
        text("cli.duplicates.left_out", key=kind, keys=number(keys), records=number(records))
        for kind, (keys, records) in sorted(found.left_out.items())
    ]
    lines += [
        "  "
        + text("cli.duplicates.pair", first=one.first, second=one.second, reasons=reason_words(one))
        for one in found.pairs
    ]
    return lines
