"""`police`: the lists that the commune police verify, out and back.

`answers` ends with 4 while rows wait for a decision or were refused; with `--preview` nothing is
written. A list is called by the number or the code that stands on its paper.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from app.cli.commands.police_answers import add_answers
from app.cli.days import day
from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser, Commands
from app.cli.session import Session
from app.cli.sheets import print_to, refuse_other_files, refuse_to_replace, sheet_by, written
from app.cli.written import path
from app.i18n import number, text

if TYPE_CHECKING:
    from app.reports.document import Document
    from app.services.police.gathering import VillageCount
    from app.services.police.issued_list import IssuedList

_KINDS = ("without_id", "wrong_id", "wrong_basic")


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    counting = commands.add_parser("count", help=text("cli.police.count"))
    _add_unit(counting)
    counting.runs(_count)
    _add_issue(commands)
    listing = commands.add_parser("list", help=text("cli.police.list"))
    listing.runs(_list)
    printing = commands.add_parser("print", help=text("cli.police.print"))
    add_list(printing)
    printing.add_argument(
        *("--out",),
        required=True,
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.argument.police_print_out"),
    )
    printing.runs(_print)
    add_answers(commands)
    _add_handback(commands)
    for name, run in (("withdraw", _withdraw), ("undo", _undo)):
        parser = commands.add_parser(name, help=text(f"cli.police.{name}"))
        add_list(parser)
        parser.runs(run)


def add_list(parser: CommandParser) -> None:
    """The argument that names a list."""
    parser.add_argument("list", metavar="LIST", help=text("cli.argument.police_named"))


def _add_unit(parser: CommandParser) -> None:
    parser.add_argument(
        "--unit", metavar=text("cli.arg.unit"), help=text("cli.argument.police_unit")
    )


def _add_issue(commands: Commands) -> None:
    issue = commands.add_parser("issue", help=text("cli.police.issue"))
    _add_unit(issue)
    issue.add_argument(
        *("--village",),
        action="append",
        default=[],
        metavar=text("cli.arg.village"),
        help=text("cli.argument.police_village"),
    )
    issue.add_argument(
        "--kind", action="append", choices=_KINDS, help=text("cli.argument.police_kind")
    )
    issue.add_argument(
        *("--out",),
        required=True,
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.argument.police_out"),
    )
    issue.add_argument(
        *("--paper",),
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.argument.police_paper"),
    )
    issue.add_argument("--also-out", action="store_true", help=text("cli.argument.police_also_out"))
    issue.runs(_issue)


def _add_handback(commands: Commands) -> None:
    back = commands.add_parser("handback", help=text("cli.police.handback"))
    add_list(back)
    one = back.add_mutually_exclusive_group(required=True)
    one.add_argument(
        "--signed-by", metavar=text("cli.arg.name"), help=text("cli.argument.police_signed_by")
    )
    one.add_argument("--undo", action="store_true", help=text("cli.argument.police_undo_back"))
    back.add_argument(
        "--title", default="", metavar=text("cli.arg.text"), help=text("cli.argument.police_title")
    )
    back.add_argument(
        "--on", type=day, metavar=text("cli.arg.day"), help=text("cli.argument.police_on")
    )
    back.add_argument(
        *("--paper",),
        default="",
        metavar=text("cli.arg.text"),
        help=text("cli.argument.police_paper_no"),
    )
    back.runs(_handback)


def _count(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services, session.progress("cli.police.checking") as progress:
        found = services.police_lists.count(arguments.unit, progress)
    total = sum(sum(one.by_kind.values()) for one in found)
    out = sum(one.out for one in found)
    lines = [text("cli.police.counted", count=number(total), out=number(out))]
    lines += [f"  {_village_line(one)}" for one in found]
    session.output.answer([_village_document(one) for one in found], lines)
    return ExitCode.DONE


def _village_line(one: VillageCount) -> str:
    counts = {kind.value: number(count) for kind, count in one.by_kind.items()}
    return text(
        "cli.police.village_count",
        village=one.name or text("police.no_village"),
        **{kind: counts.get(kind, "0") for kind in _KINDS},
    )


def _village_document(one: VillageCount) -> dict[str, object]:
    counts = {kind.value: count for kind, count in one.by_kind.items()}
    return {
        "village": one.id or None,
        "name": one.name or None,
        **{kind: counts.get(kind, 0) for kind in _KINDS},
        "out": one.out,
    }


def _issue(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.police.defects import Kind
    from app.services.rights import Right

    refuse_to_replace(arguments.out)
    refuse_other_files(arguments.paper)
    with session.open() as services, session.progress("cli.police.checking") as progress:
        desk = services.police_lists
        if arguments.paper is not None:
            services.workplace.require(Right.PRINT)
        villages = desk.villages_named(arguments.unit, arguments.village)
        kinds = tuple(map(Kind, arguments.kind or _KINDS))
        made = desk.issue(
            arguments.out,
            arguments.unit,
            villages,
            kinds,
            progress,
            also_out=arguments.also_out,
        )

        def put_paper(put: Callable[[Document], None]) -> None:
            desk.print(made.code, put)

        paper = sheet_by(arguments.paper, put_paper)
    session.output.answer(
        {**document(made), "file": str(arguments.out), **paper.document},
        [
            text(
                "cli.police.issued",
                number=made.number,
                code=made.code,
                rows=number(made.rows),
                file=arguments.out,
            ),
            *paper.lines,
        ],
    )
    return ExitCode.DONE


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.police_lists.issued()
    lines = [line for one in found for line in _lines(one)]
    session.output.answer([document(one) for one in found], lines or [text("cli.police.none")])
    return ExitCode.DONE


def _lines(one: IssuedList) -> Iterator[str]:
    from app.services.police.list_words import back_words, list_words

    yield list_words(one)
    if one.back is not None:
        yield f"  {back_words(one.back)}"


def document(one: IssuedList) -> dict[str, object]:
    """A list for `--json`."""
    back = one.back
    return {
        "number": one.number,
        "code": one.code,
        "unit": one.unit,
        "issued": None if one.on is None else one.on.isoformat(),
        "issued_by": one.by,
        "state": one.state.value,
        "rows": one.rows,
        "answered": one.answered,
        "days_out": one.days_out,
        "kinds": {kind.value: count for kind, count in one.by_kind.items()},
        "outcomes": {outcome.value: count for outcome, count in one.by_outcome.items()},
        "hand_back": None
        if back is None
        else {
            "signed_by": back.signed_by,
            "title": back.title or None,
            "signed_on": back.signed_on,
            "paper": back.paper or None,
            "received_by": back.received_by,
        },
    }


def _print(session: Session, arguments: Namespace) -> ExitCode:
    out = arguments.out
    workbook = out.suffix.lower() == ".xlsx"
    (refuse_to_replace if workbook else refuse_other_files)(out)
    with session.open() as services:
        desk = services.police_lists
        if workbook:
            found = desk.write(arguments.list, out)
        else:
            found = desk.print(arguments.list, partial(print_to, out))
    line = text("cli.police.written", number=found.number, file=out) if workbook else written(out)
    session.output.answer({**document(found), "file": str(out)}, [line])
    return ExitCode.DONE


def _handback(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        desk = services.police_lists
        if arguments.undo:
            done = desk.take_hand_back_away(arguments.list)
            lines = [text("cli.police.hand_back_undone", number=done.number)]
        else:
            on = arguments.on or services.workplace.today()
            done = desk.hand_back(
                arguments.list, arguments.signed_by, on, arguments.title, arguments.paper
            )
            lines = [text("cli.police.handed_back", number=done.number), *_lines(done)]
    session.output.answer(document(done), lines)
    return ExitCode.DONE


def _withdraw(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.police_lists.withdraw(arguments.list)
    session.output.answer(document(done), [text("cli.police.withdrawn", number=done.number)])
    return ExitCode.DONE


def _undo(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.police_answers.undo(arguments.list)
    session.output.answer({"operations": done}, [text("cli.police.undone", count=number(done))])
    return ExitCode.DONE
