"""`move`: who left and who came, paired up, kept apart, or opened again."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.moves import Decided, MovePair, Mover


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    listing = commands.add_parser("list", help=text("cli.move.list"))
    listing.runs(_list)
    for name, run in (("pair", _pair), ("apart", _apart)):
        parser = commands.add_parser(name, help=text(f"cli.move.{name}"))
        _name_two(parser)
        parser.add_argument(
            "--reason",
            default="",
            metavar=text("cli.arg.reason"),
            help=text("cli.argument.move_reason"),
        )
        parser.runs(run)
    back = commands.add_parser("open", help=text("cli.move.open"))
    _name_two(back)
    back.runs(_open)


def _name_two(parser: CommandParser) -> None:
    parser.add_argument("left", metavar="ID", help=text("cli.argument.move_left"))
    parser.add_argument("came", metavar="ID", help=text("cli.argument.move_came"))


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.moves.read()
    lines: list[str] = []
    for title, pairs in (
        ("pairs", found.pairs),
        ("paired", found.paired),
        ("kept_apart", found.apart),
    ):
        lines.append(text(f"cli.move.{title}", count=number(len(pairs))))
        lines += [line for one in pairs for line in _lines(one)]
    for title, movers in (("left", found.left), ("came", found.came)):
        lines.append(text(f"cli.move.{title}", count=number(len(movers))))
        lines += [f"  {_told(one)}" for one in movers]
    session.output.answer(
        {
            "pairs": [_pair_document(one) for one in found.pairs],
            "left": [_document(one) for one in found.left],
            "came": [_document(one) for one in found.came],
            "paired": [_pair_document(one) for one in found.paired],
            "apart": [_pair_document(one) for one in found.apart],
        },
        lines,
    )
    return ExitCode.WAITS if found.pairs else ExitCode.DONE


def _lines(one: MovePair) -> Iterator[str]:
    from app.services.move_words import likeness_words, sign_words

    yield f"  {likeness_words(one)}: {sign_words(one)}"
    yield f"    {_told(one.left)}"
    yield f"    {_told(one.came)}"


def _told(one: Mover) -> str:
    from app.services.move_words import mover_words

    return f"{one.id}  {mover_words(one)}"


def _pair_document(one: MovePair) -> dict[str, object]:
    return {
        "left": _document(one.left),
        "came": _document(one.came),
        "likeness": None if one.likeness is None else one.likeness.value,
        "signs": [sign.value for sign in one.signs],
        "decided_by": one.decided_by or None,
        "decided_on": one.decided_on or None,
    }


def _document(one: Mover) -> dict[str, object]:
    return {
        "id": one.id,
        "full_name": one.full_name,
        "birth_date": one.birth_date or None,
        "sex": one.sex or None,
        "personal_id": one.personal_id or None,
        "unit": one.unit,
        "household": one.household or None,
        "place": one.place or None,
        "day": one.day or None,
        "outside": one.outside,
    }


def _pair(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.moves.pair(arguments.left, arguments.came, arguments.reason)
    return _answer(session, done, "paired_done")


def _apart(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.moves.apart(arguments.left, arguments.came, arguments.reason)
    return _answer(session, done, "apart_done")


def _open(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.moves.take_back(arguments.left, arguments.came)
    return _answer(session, done, "open_done")


def _answer(session: Session, done: Decided, what: str) -> ExitCode:
    document = {"decision": done.decision, "moved_to": done.moved_to or None}
    session.output.answer(document, [text(f"cli.move.{what}")])
    return ExitCode.DONE
