"""`book`: the paper books of the open round, and who carries them."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from app.cli.days import day, day_with_precision
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.paper_books import EnumeratorRow, PaperBook
    from app.services.services import Services

_STEPS = ("supplied", "issued", "collected", "checked", "entered", "returned", "lost")


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    listing = commands.add_parser("list", help=text("cli.book.list"))
    _unit(listing)
    _round(listing)
    listing.runs(_list)
    supply = commands.add_parser("supply", help=text("cli.book.supply"))
    supply.add_argument(
        "numbers", metavar=text("cli.arg.count"), help=text("cli.argument.book_numbers")
    )
    _village(supply)
    _unit(supply)
    _round(supply)
    _day(supply)
    supply.runs(_supply)
    step = commands.add_parser("step", help=text("cli.book.step"))
    step.add_argument("step", choices=_STEPS, help=text("cli.argument.book_step"))
    step.add_argument("books", nargs="+", metavar="ID", help=text("cli.argument.books"))
    step.add_argument(
        "--who", default="", metavar=text("cli.arg.name"), help=text("cli.argument.book_who")
    )
    for what in ("households", "children"):
        said = text(f"cli.argument.book_{what}")
        step.add_argument(f"--{what}", type=int, metavar=text("cli.arg.count"), help=said)
    _day(step)
    step.runs(_step)
    back = commands.add_parser("back", help=text("cli.book.back"))
    back.add_argument("book", metavar="ID", help=text("cli.argument.books"))
    back.runs(_back)
    who = commands.add_parser("enumerators", help=text("cli.book.enumerators"))
    _unit(who)
    _round(who)
    who.runs(_enumerators)
    assign = commands.add_parser("assign", help=text("cli.book.assign"))
    assign.add_argument("name", metavar=text("cli.arg.name"), help=text("cli.argument.person_name"))
    assign.add_argument("--phone", default="", metavar="N", help=text("cli.argument.person_phone"))
    _village(assign, action="append")
    _unit(assign)
    assign.runs(_assign)
    release = commands.add_parser("release", help=text("cli.book.release"))
    release.add_argument("id", metavar="ID", help=text("cli.argument.enumerator"))
    release.runs(_release)


def _unit(parser: CommandParser) -> None:
    parser.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.argument.book_unit"))


def _round(parser: CommandParser) -> None:
    parser.add_argument(
        "--round", default="", metavar=text("cli.arg.round"), help=text("cli.argument.book_round")
    )


def _village(parser: CommandParser, action: str = "store") -> None:
    default: object = "" if action == "store" else []
    said = text("cli.argument.book_village")
    parser.add_argument("--village", action=action, default=default, metavar="ID", help=said)


def _day(parser: CommandParser) -> None:
    parser.add_argument(
        "--on", type=day, metavar=text("cli.arg.day"), help=text("cli.argument.book_day")
    )


def _list(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = services.workplace.unit_named(arguments.unit) if arguments.unit else None
        found = services.paper_books.all(unit, _chosen_round(services, arguments))
    rows = [_row(one) for one in found]
    names = ("book", "village", "unit", "book_state", "day", "holder", "round", "id")
    session.output.answer(
        [_document(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows)
        if rows
        else [text("paper_books.none")],
    )
    return ExitCode.DONE


def _chosen_round(services: Services, arguments: Namespace) -> str | None:
    return services.paper_books.round_named(arguments.round) if arguments.round else None


def _row(one: PaperBook) -> list[str]:
    state = text(f"paper_books.step.{one.step.value}")
    day = day_with_precision(one.day)
    place = (one.number, one.village_name, one.unit_name)
    return [*place, state, day, one.holder, one.round_name, one.id]


def _document(one: PaperBook) -> dict[str, object]:
    return {
        "id": one.id,
        "unit": one.unit,
        "number": one.number,
        "village": one.village or None,
        "round": one.round or None,
        "step": one.step.value,
        "day": one.day or None,
        "holder": one.holder or None,
        "households": one.households,
        "children": one.children,
    }


def _supply(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = services.workplace.unit
        if arguments.unit:
            unit = services.workplace.unit_named(arguments.unit)
        made = services.paper_books.supply(
            unit,
            arguments.numbers,
            village=arguments.village,
            on=arguments.on,
            round_id=_chosen_round(services, arguments),
        )
    said = text("cli.book.supplied", count=number(len(made)))
    session.output.answer({"ids": made}, [said])
    return ExitCode.DONE


def _step(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.paper_books import BookStep

    step = BookStep(arguments.step)
    with session.open() as services:
        done = services.paper_books.advance(
            arguments.books,
            step,
            on=arguments.on,
            who=arguments.who,
            households=arguments.households,
            children=arguments.children,
        )
    state = text(f"paper_books.step.{step.value}")
    said = text("cli.book.stepped", count=number(done), state=state)
    session.output.answer({"books": done, "step": step.value}, [said])
    return ExitCode.DONE


def _back(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        step = services.paper_books.step_back(arguments.book)
    state = text(f"paper_books.step.{step.value}")
    session.output.answer({"step": step.value}, [text("cli.book.stands", state=state)])
    return ExitCode.DONE


def _enumerators(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = services.workplace.unit_named(arguments.unit) if arguments.unit else None
        found = services.paper_books.enumerators(unit, _chosen_round(services, arguments))
        unit_name = services.entry.unit_name
    rows = [[_named(one), one.phone, unit_name(one.unit), one.id] for one in found]
    session.output.answer(
        [_enumerator(one) for one in found],
        columns([text(f"cli.column.{name}") for name in ("name", "phone", "unit", "id")], rows)
        if rows
        else [text("paper_books.nobody_yet")],
    )
    return ExitCode.DONE


def _named(one: EnumeratorRow) -> str:
    return text("paper_books.still_holds", name=one.full_name) if one.ended else one.full_name


def _enumerator(one: EnumeratorRow) -> dict[str, object]:
    return {
        "id": one.id,
        "unit": one.unit,
        "full_name": one.full_name,
        "title": one.title,
        "phone": one.phone,
        "villages": list(one.villages),
        "ended": one.ended or None,
    }


def _assign(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = services.workplace.unit
        if arguments.unit:
            unit = services.workplace.unit_named(arguments.unit)
        made = services.paper_books.assign(
            unit, arguments.name, phone=arguments.phone, villages=arguments.village
        )
    session.output.answer({"id": made}, [text("cli.book.assigned", id=made)])
    return ExitCode.DONE


def _release(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        services.paper_books.release(arguments.id)
    session.output.answer({"id": arguments.id}, [text("cli.book.released")])
    return ExitCode.DONE
