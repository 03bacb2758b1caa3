"""`duplicates`: children that may have been written twice, in the register or in any list."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.sheets import refuse_to_replace
from app.cli.written import path
from app.errors import KnownError
from app.i18n import number, text

if TYPE_CHECKING:
    from app.matching.pair import Pair
    from app.services.duplicate_decisions import DecidedPair
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
    finding.add_argument(
        "--record", action="store_true", help=text("cli.argument.duplicates_record")
    )
    finding.runs(_find)
    deciding = commands.add_parser("decide", help=text("cli.duplicates.decide"))
    for name in ("first", "second"):
        deciding.add_argument(name, metavar="ID", help=text(f"cli.argument.duplicates_{name}"))
    deciding.add_argument(
        "verdict",
        choices=("same", "different", "open"),
        help=text("cli.argument.duplicates_verdict"),
    )
    deciding.add_argument(
        "--reason",
        default="",
        metavar=text("cli.arg.reason"),
        help=text("cli.argument.duplicates_reason"),
    )
    deciding.runs(_decide)
    commands.add_parser("list", help=text("cli.duplicates.list")).runs(_list)


def _find(session: Session, arguments: Namespace) -> ExitCode:
    refuse_to_replace(arguments.out)
    with session.open() as services, session.progress("cli.duplicates.comparing") as steps:
        desk = services.duplicates
        if arguments.record:
            if arguments.file is not None:
                raise KnownError(
                    "cli.duplicates.record_a_file", "cli.duplicates.record_a_file_hint"
                )
            found = desk.search(steps)
        elif arguments.file is None:
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
    from app.services.duplicate_limits import limit_words
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
    if found.recorded:
        lines.append(text("cli.duplicates.recorded", pairs=number(found.recorded)))
    lines += limit_words(found)
    lines += [
        "  "
        + text("cli.duplicates.pair", first=one.first, second=one.second, reasons=reason_words(one))
        for one in found.pairs
    ]
    return lines


def _decide(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.duplicate_words import decided_words

    with session.open() as services:
        done = services.duplicate_decisions.decide(
            arguments.first, arguments.second, arguments.verdict, arguments.reason
        )
    said: dict[str, object] = {"decision": done.id, "verdict": arguments.verdict}
    lines = [text(f"duplicates.done.{arguments.verdict}")]
    if done.replaced is not None:
        said["replaced"] = _decision_document(done.replaced)
        lines.append(text("cli.duplicates.replaced", what=decided_words(done.replaced)))
    session.output.answer(said, lines)
    return ExitCode.DONE


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    from app.services.duplicate_words import decided_words

    with session.open() as services:
        found = services.duplicate_decisions.decided()
    lines = [text("cli.duplicates.decided", pairs=number(len(found)))]
    for one in found:
        lines.append("  " + decided_words(one))
        lines += [f"    {ent_id}  {told}" for ent_id, told in _told(one)]
    session.output.answer([_decided_document(one) for one in found], lines)
    return ExitCode.DONE


def _told(one: DecidedPair) -> Iterator[tuple[str, str]]:
    from app.services.duplicate_words import child_words

    for ent_id, child in ((one.first, one.one), (one.second, one.other)):
        yield ent_id, text("duplicates.not_held") if child is None else child_words(child)


def _decision_document(one: DecidedPair) -> dict[str, object]:
    return {
        "verdict": "same" if one.same else "different",
        "automatic": one.automatic,
        "about_a_move": one.about_a_move,
        "decided_by": one.decided_by or None,
        "decided_on": one.decided_on or None,
    }


def _decided_document(one: DecidedPair) -> dict[str, object]:
    return {
        "decision": one.id,
        "id_a": one.first,
        "id_b": one.second,
        **_decision_document(one),
        "doubt": None if one.doubt is None else one.doubt.value,
        "counted": next((it.id for it in (one.one, one.other) if it and it.stands), None)
        if one.same
        else None,
    }
