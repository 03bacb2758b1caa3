"""`unit`: look units up. Needs no installation unless the question is about one's own unit."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import text

if TYPE_CHECKING:
    from app.services.unit_lookup import UnitView


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    find = commands.add_parser("find", help=text("cli.unit.find"))
    find.add_argument("name", nargs="+", metavar=text("cli.arg.name"))
    find.add_argument("--edition", metavar="2024|2025", help=text("cli.unit.edition"))
    _tier(find)
    find.runs(_find)
    listing = commands.add_parser("list", help=text("cli.unit.list"))
    listing.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.unit.of"))
    listing.add_argument("--deep", action="store_true", help=text("cli.unit.deep"))
    _tier(listing)
    listing.runs(_list)


def _tier(parser: CommandParser) -> None:
    parser.add_argument(
        "--tier", choices=("commune", "district", "province"), help=text("cli.unit.tier")
    )


def _find(session: Session, arguments: Namespace) -> ExitCode:
    from app.forms.units import Tier, load_units
    from app.services.unit_lookup import find_units

    tier = Tier(arguments.tier) if arguments.tier else None
    found = find_units(load_units(), " ".join(arguments.name), arguments.edition, tier)
    _show(session, found)
    return ExitCode.DONE


def _list(session: Session, arguments: Namespace) -> ExitCode:
    from app.forms.units import Tier, load_units
    from app.services.unit_lookup import unit_in_force, units_below

    tier = Tier(arguments.tier) if arguments.tier else None
    tree = load_units()
    if arguments.unit:
        unit = unit_in_force(tree, arguments.unit)
    else:
        with session.open() as services:
            unit = services.workplace.unit
    _show(session, units_below(tree, unit, tier, deep=arguments.deep))
    return ExitCode.DONE


def _show(session: Session, found: list[UnitView]) -> None:
    rows = [[one.ref, text(f"cli.tier.{one.tier}"), one.full_name] for one in found]
    names = ("unit", "tier", "name")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows),
    )
