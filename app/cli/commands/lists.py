"""`list`: lists of poverty, of allowances and of other support, held against the register."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from typing import TYPE_CHECKING

from app.cli.days import day
from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser, Commands
from app.cli.session import Session
from app.cli.sheets import print_to, refuse_other_files, refuse_to_replace
from app.cli.written import path, whole
from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.crosscheck.views import BookRow, ListResult, ListSummary, ResultRow

_KINDS = ("poverty", "allowance", "support")
#: Rows of a part that are listed on a screen; `--json` gives all.
_SHOWN = 30
_OPEN, _NOBODY = "open", "none"
_SETTLED = ("found", "not_here", "entered", _OPEN)


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    for kind in _KINDS:
        _add_kind(commands, kind)
    showing = commands.add_parser("show", help=text("cli.list.show"))
    showing.add_argument("list", nargs="?", metavar="ID", help=text("cli.list.id"))
    _add_out(showing)
    showing.runs(_show)
    deciding = commands.add_parser("decide", help=text("cli.list.decide"))
    _add_row(deciding)
    deciding.add_argument("child", metavar="ID|none|open", help=text("cli.list.decide_child"))
    deciding.runs(_decide)
    settling = commands.add_parser("settle", help=text("cli.list.settle"))
    _add_row(settling)
    settling.add_argument("how", choices=_SETTLED, help=text("cli.list.settle_how"))
    settling.runs(_settle)
    commands.add_parser("tasks", help=text("cli.list.tasks")).runs(_tasks)
    applying = commands.add_parser("apply", help=text("cli.list.apply"))
    _add_list(applying)
    applying.add_argument("--preview", action="store_true", help=text("cli.list.apply_preview"))
    applying.add_argument("--type", default="", help=text("cli.list.apply_type"))
    applying.add_argument(
        "--on", type=day, metavar=text("cli.arg.day"), help=text("cli.list.apply_on")
    )
    applying.add_argument(
        "--by", default="", type=whole, metavar=text("cli.arg.name"), help=text("cli.list.apply_by")
    )
    applying.runs(_apply)
    undoing = commands.add_parser("undo", help=text("cli.list.undo"))
    undoing.add_argument("act", metavar="ACT", help=text("cli.list.act"))
    undoing.runs(_undo)
    removing = commands.add_parser("remove", help=text("cli.list.remove"))
    _add_list(removing)
    removing.runs(_remove)
    printing = commands.add_parser("print", help=text("cli.list.print"))
    _add_list(printing)
    printing.add_argument(
        "--out",
        type=path,
        required=True,
        metavar=text("cli.arg.file"),
        help=text("cli.list.print_out"),
    )
    printing.runs(_print)


def _add_kind(commands: Commands, kind: str) -> None:
    parser = commands.add_parser(kind, help=text(f"cli.list.{kind}"))
    parser.add_argument("file", type=path, metavar=text("cli.arg.file"), help=text("cli.list.file"))
    parser.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.list.unit"))
    parser.add_argument("--columns", type=path, metavar="MAP.json", help=text("cli.list.columns"))
    if kind == "support":
        parser.add_argument(
            "--occasion",
            type=whole,
            default="",
            metavar=text("cli.arg.name"),
            help=text("cli.list.occasion"),
        )
    parser.add_argument(
        "--year", type=int, metavar=text("cli.list.year_form"), help=text("cli.list.year")
    )
    parser.add_argument("--preview", action="store_true", help=text("cli.list.preview"))
    _add_out(parser)
    parser.runs(_TAKES_IN[kind])


def _add_out(parser: CommandParser) -> None:
    parser.add_argument("--out", type=path, metavar=text("cli.arg.file"), help=text("cli.list.out"))


def _add_list(parser: CommandParser) -> None:
    parser.add_argument("list", metavar="ID", help=text("cli.list.id"))


def _add_row(parser: CommandParser) -> None:
    _add_list(parser)
    parser.add_argument("row", type=int, metavar="N", help=text("cli.list.row"))


def _take_in(kind: str, session: Session, arguments: Namespace) -> ExitCode:
    from app.services.crosscheck.listed import ListKind

    refuse_to_replace(arguments.out)
    of, unit = ListKind(kind), arguments.unit
    if arguments.preview:
        with session.open() as services:
            seen = services.crosscheck.preview(
                arguments.file, of, unit, arguments.columns, arguments.year
            )
        document = {
            "title": seen.title,
            "year": seen.year,
            "columns": [
                {
                    "title": one.title,
                    "role": None if one.role is None else one.role.value,
                    "by_content": one.by_content,
                }
                for one in seen.columns
            ],
            "children": seen.children,
            "adults": seen.adults,
            "headings": seen.headings,
            "doubtful": seen.doubtful,
            "old_text_cells": seen.converted,
            "sheets_passed_over": list(seen.passed_over),
            "known": seen.known or None,
        }
        lines = [
            text("cli.list.read_year", year=str(seen.year)),
            text("cli.list.read", children=number(seen.children), adults=number(seen.adults)),
            *(
                "  " + text("cli.list.column", title=one.title or "–", role=_role_words(one.role))
                for one in seen.columns
            ),
        ]
        if seen.converted:
            lines.append(text("crosscheck.old_text", count=number(seen.converted)))
        session.output.answer(document, lines)
        return ExitCode.DONE
    with session.open() as services, session.progress("cli.list.matching") as steps:
        found = services.crosscheck.take_in(
            arguments.file,
            of,
            unit,
            arguments.columns,
            steps,
            arguments.year,
            getattr(arguments, "occasion", ""),
        )
        if arguments.out is not None:
            services.crosscheck_papers.export(found.list.id, arguments.out, steps)
    return _answer(session, found)


def _poverty(session: Session, arguments: Namespace) -> ExitCode:
    return _take_in("poverty", session, arguments)


def _allowance(session: Session, arguments: Namespace) -> ExitCode:
    return _take_in("allowance", session, arguments)


def _support(session: Session, arguments: Namespace) -> ExitCode:
    return _take_in("support", session, arguments)


_TAKES_IN = {"poverty": _poverty, "allowance": _allowance, "support": _support}


def _role_words(role: object) -> str:
    from app.services.crosscheck.words import Role

    return text(
        f"crosscheck.role.{role.value}" if isinstance(role, Role) else "crosscheck.role.unknown"
    )


def _show(session: Session, arguments: Namespace) -> ExitCode:
    refuse_to_replace(arguments.out)
    with session.open() as services:
        if arguments.list is None:
            lists = services.crosscheck.lists()
            session.output.answer([_summary(one) for one in lists], _list_lines(lists))
            waits = any(one.to_review or one.to_visit for one in lists if one.current)
            return ExitCode.WAITS if waits else ExitCode.DONE
        found = services.crosscheck.result(arguments.list)
        if arguments.out is not None:
            with session.progress("cli.list.writing") as steps:
                services.crosscheck_papers.export(found.list.id, arguments.out, steps)
    return _answer(session, found)


def _decide(session: Session, arguments: Namespace) -> ExitCode:
    said = {_OPEN: None, _NOBODY: ""}.get(arguments.child, arguments.child)
    with session.open() as services:
        services.crosscheck.decide(arguments.list, arguments.row, said)
        found = services.crosscheck.result(arguments.list)
    return _answer(session, found, row=arguments.row)


def _settle(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.crosscheck.views import Settled

    how = None if arguments.how == _OPEN else Settled(arguments.how)
    with session.open() as services:
        services.crosscheck.settle(arguments.list, arguments.row, how)
        found = services.crosscheck.result(arguments.list)
    return _answer(session, found, row=arguments.row)


def _tasks(session: Session, _arguments: Namespace) -> ExitCode:
    from app.services.crosscheck.words_of import adult_words, birth_words, list_words

    with session.open() as services:
        tasks = services.crosscheck.tasks()
    document = [
        {
            "list": one.list.id,
            "row": one.number,
            "name": one.row.name,
            "birth_date": one.row.births[0] if one.row.births else None,
            "adults": adult_words(one.row) or None,
            "village": one.row.village or None,
        }
        for one in tasks
    ]
    lines = [text("cli.list.tasks_found", count=number(len(tasks)))]
    for one in tasks:
        who = ", ".join(
            filter(
                None,
                (one.row.name, birth_words(one.row), adult_words(one.row), one.row.village),
            )
        )
        lines.append(f"  {list_words(one.list)}, {one.number}: {who}")
    session.output.answer(document, lines)
    return ExitCode.WAITS if tasks else ExitCode.DONE


def _apply(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.crosscheck.taking import SupportGiven

    given = SupportGiven(
        arguments.type,
        "" if arguments.on is None else arguments.on.isoformat(),
        arguments.by.strip(),
    )
    with session.open() as services:
        desk = services.crosscheck
        if arguments.preview:
            would = desk.proposal(arguments.list)
            session.output.answer(
                {
                    "households": would.households,
                    "children": would.children,
                    "undecided": would.undecided,
                    "needs_day": would.needs_day,
                },
                _numbers(would.households, would.children, would.undecided),
            )
            return ExitCode.WAITS if would.undecided else ExitCode.DONE
        done = desk.apply(arguments.list, given)
    session.output.answer(
        {
            "act": done.act,
            "households": done.households,
            "children": done.children,
            "undecided": done.undecided,
        },
        [
            *_numbers(done.households, done.children, done.undecided),
            text("cli.list.applied", act=done.act),
        ],
    )
    return ExitCode.WAITS if done.undecided else ExitCode.DONE


def _numbers(households: int, children: int, undecided: int) -> list[str]:
    counts = (("households", households), ("children", children), ("undecided", undecided))
    return [
        text(f"crosscheck.apply.{name}", count=number(count)) for name, count in counts if count
    ]


def _undo(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        count = services.crosscheck.take_back(arguments.act)
    session.output.answer({"operations": count}, [text("cli.list.undone", count=number(count))])
    return ExitCode.DONE


def _remove(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        services.crosscheck.remove(arguments.list)
    session.output.answer({"list": arguments.list}, [text("cli.list.removed")])
    return ExitCode.DONE


def _print(session: Session, arguments: Namespace) -> ExitCode:
    refuse_other_files(arguments.out)
    with session.open() as services:
        services.crosscheck_papers.print(arguments.list, partial(print_to, arguments.out))
    session.output.answer(
        {"file": str(arguments.out)}, [text("cli.sheet.written", file=arguments.out)]
    )
    return ExitCode.DONE


# --- answers ----------------------------------------------------------------------------------


def _answer(session: Session, found: ListResult, row: int | None = None) -> ExitCode:
    from app.services.crosscheck.views import Standing
    from app.services.crosscheck.words_of import list_words, total_words, totals_of

    rows = [one for one in found.rows if row is None or one.number == row]
    document = {
        **_summary(found.list),
        "totals": dict(totals_of(found.totals)),
        "rows": [_row(one) for one in rows],
        "only_book": [_book(one) for one in found.only_book],
        "acts": list(found.acts),
    }
    lines = [f"{list_words(found.list)}  {found.list.id}", *total_words(found)]
    if row is not None:
        lines += [_line(found, one) for one in rows]
    else:
        for standing in (Standing.REVIEW, Standing.ONLY_LIST, Standing.DIFFERS, Standing.UNSAID):
            part = found.of(standing)
            if part:
                lines.append(text(f"crosscheck.part.{standing.value}", count=number(len(part))))
                lines += [_line(found, one) for one in part[:_SHOWN]]
                lines += _more(len(part))
        if found.only_book:
            lines.append(text("crosscheck.part.only_book", count=number(len(found.only_book))))
            lines += [_book_line(one) for one in found.only_book[:_SHOWN]]
            lines += _more(len(found.only_book))
    session.output.answer(document, lines)
    totals = found.totals
    return ExitCode.WAITS if totals.review or totals.only_list else ExitCode.DONE


def _more(count: int) -> list[str]:
    return ["  " + text("cli.list.more", count=number(count - _SHOWN))] if count > _SHOWN else []


def _line(found: ListResult, one: ResultRow) -> str:
    from app.services.crosscheck.words_of import (
        adult_words,
        birth_words,
        child_words,
        difference_words,
        reason_words,
        standing_words,
    )

    who = ", ".join(
        filter(None, (one.row.name, birth_words(one.row), adult_words(one.row), one.row.village))
    )
    says = [standing_words(one)]
    if one.child is not None:
        says.append(f"{one.child.id} {child_words(one.child)}")
        says.append(difference_words(found.list.kind, one))
    says += [
        f"{each.child.id} {child_words(each.child)} ({reason_words(each.evidence)})"
        for each in (() if one.child is not None else one.offered)
    ]
    return f"  {one.number}: {who} – " + " – ".join(filter(None, says))


def _book_line(one: BookRow) -> str:
    from app.services.crosscheck.words_of import child_words, missing_words

    return f"  {one.child.id} {child_words(one.child)} – {missing_words(one)}"


def _list_lines(lists: tuple[ListSummary, ...]) -> list[str]:
    from app.services.crosscheck.words_of import list_words
    from app.text.moments import moment_words

    lines = [text("cli.list.kept", count=number(len(lists)))]
    for one in lists:
        counts = text("cli.list.counts", review=number(one.to_review), visit=number(one.to_visit))
        state = "" if one.current else f" · {text('crosscheck.replaced')}"
        lines.append(
            f"  {one.id}  {list_words(one)} · {one.unit_name} · {moment_words(one.added)}"
            f" · {counts}{state}"
        )
    return lines


def _summary(one: ListSummary) -> dict[str, object]:
    return {
        "list": one.id,
        "kind": one.kind.value,
        "unit": one.unit,
        "title": one.title or None,
        "year": one.year,
        "file": one.file,
        "current": one.current,
        "to_review": one.to_review,
        "to_visit": one.to_visit,
    }


def _row(one: ResultRow) -> dict[str, object]:
    return {
        "row": one.number,
        "sheet": one.row.sheet,
        "name": one.row.name,
        "birth_date": one.row.births[0] if one.row.births else None,
        "birth_written": one.row.birth_written or None,
        "village": one.row.village or None,
        "standing": one.standing.value,
        "child": None if one.child is None else one.child.id,
        "decided": one.decided,
        "settled": None if one.settled is None else one.settled.value,
        "proposed": one.proposed or None,
        "applied": one.applied,
        "doubts": list(one.row.doubts),
        "candidates": [
            {
                "child": each.child.id,
                "name": each.child.name,
                "chance": round(each.chance, 3),
                "evidence": {part.what: round(part.bits, 1) for part in each.evidence},
            }
            for each in one.offered
        ],
    }


def _book(one: BookRow) -> dict[str, object]:
    return {
        "child": one.child.id,
        "name": one.child.name,
        "household": one.child.household,
        "why": one.why.value,
    }
