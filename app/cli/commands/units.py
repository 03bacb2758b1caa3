"""`unit`: look units up, and load those of a new edition (the province's).

Looking up needs no installation; where there is one it is asked, because units may have come since.
"""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.cli.commands.templates import note_unused
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.written import path
from app.i18n import number, text

if TYPE_CHECKING:
    from app.forms.units import UnitTree
    from app.services.dividing import VillagePart
    from app.services.division_undo import DividedUnit
    from app.services.reference_data.unused import Unused
    from app.services.unit_views import UnitView

_COUNTED_UNIT = ("unit", "name", "households", "children")


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    find = commands.add_parser("find", help=text("cli.unit.find"))
    find.add_argument(
        "name", nargs="+", metavar=text("cli.arg.name"), help=text("cli.argument.unit_name")
    )
    find.add_argument("--edition", metavar=text("cli.arg.year"), help=text("cli.unit.edition"))
    _tier(find)
    find.runs(_find)
    listing = commands.add_parser("list", help=text("cli.unit.list"))
    listing.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.unit.of"))
    listing.add_argument("--deep", action="store_true", help=text("cli.unit.deep"))
    _tier(listing)
    listing.runs(_list)
    load = commands.add_parser("load", help=text("cli.unit.load"))
    load.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.units_file")
    )
    load.add_argument(
        "--successors",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.unit.successors"),
    )
    load.runs(_load)
    remap = commands.add_parser("remap", help=text("cli.unit.remap"))
    remap.add_argument(
        "unit", nargs="?", metavar=text("cli.arg.unit"), help=text("cli.unit.remap_unit")
    )
    remap.add_argument(
        "file",
        nargs="?",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.unit.remap_file"),
    )
    remap.add_argument("--preview", action="store_true", help=text("cli.unit.remap_preview"))
    remap.add_argument("--undo", action="store_true", help=text("cli.unit.remap_undo"))
    remap.runs(_remap)


def _tier(parser: CommandParser) -> None:
    parser.add_argument(
        "--tier", choices=("commune", "district", "province"), help=text("cli.unit.tier")
    )


def _find(session: Session, arguments: Namespace) -> ExitCode:
    from app.forms.units import Tier
    from app.matching.unit_reading import Context
    from app.services.unit_views import find_units, how_text, outcome_text, read_unit

    tier = Tier(arguments.tier) if arguments.tier else None
    tree, _, _ = _tree(session)
    name = " ".join(arguments.name)
    found = find_units(tree, name, arguments.edition, tier)
    rows = [
        [one.ref, text(f"cli.tier.{one.tier}"), one.full_name, how_text(one.how)] for one in found
    ]
    names = ("unit", "tier", "name", "recognised")
    said = outcome_text(tree, read_unit(tree, name, Context(edition=arguments.edition or "")))
    lines = columns([text(f"cli.column.{name}") for name in names], rows)
    session.output.answer([asdict(one) for one in found], [*lines, *([said] if said else [])])
    return ExitCode.DONE


def _list(session: Session, arguments: Namespace) -> ExitCode:
    from app.errors import KnownError
    from app.forms.units import Tier
    from app.services.unit_views import unit_in_force, units_below

    tier = Tier(arguments.tier) if arguments.tier else None
    tree, own, left = _tree(session)
    if arguments.unit:
        unit = unit_in_force(tree, arguments.unit)
    elif own:
        unit = own
    else:
        folder = str(session.settings.home)
        raise KnownError("home.nothing_installed", "home.nothing_installed_hint", folder=folder)
    _show(session, units_below(tree, unit, tier, deep=arguments.deep))
    note_unused(session, left)
    return ExitCode.DONE


def _tree(session: Session) -> tuple[UnitTree, str, list[Unused]]:
    """The tree of this installation, its unit, and what came and is not used; without an
    installation the tree of the program.
    """
    from app.forms.units import load_units

    if not session.settings.installed:
        return load_units(), "", []
    with session.open() as services:
        tree = services.workplace.tree.units
        return tree, services.workplace.unit, services.references.unused()


def _load(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        done = services.references.load_units(arguments.file, arguments.successors)
    session.output.answer(
        asdict(done),
        [text("cli.unit.done", count=number(done.count)), text("cli.reference.next")],
    )
    return ExitCode.DONE


def _remap(session: Session, arguments: Namespace) -> ExitCode:
    if arguments.undo:
        return _undo(session, arguments)
    if arguments.unit is None:
        return _split_units(session)
    with session.open() as services:
        unit = services.workplace.unit_named(arguments.unit)
        if arguments.file is None:
            return _villages_of(session, services.dividing.villages(unit))
        by_file = services.dividing.preview_by if arguments.preview else services.dividing.divide_by
        done = by_file(unit, arguments.file)
    lines = [text("cli.unit.remap_would")] if arguments.preview else []
    lines += [
        "  "
        + text(
            "cli.unit.remap_part",
            unit=f"{one.name} ({one.unit})",
            villages=number(one.villages),
            households=number(one.households),
            children=number(one.children),
        )
        for one in done.parts
    ]
    lines.append(
        text(
            "cli.unit.remap_sum" if arguments.preview else "cli.unit.remapped",
            unit=done.unit,
            households=number(done.households),
            children=number(done.children),
            villages=number(done.villages),
        )
    )
    if done.left_households or done.left_children:
        left = {
            "households": number(done.left_households),
            "children": number(done.left_children),
        }
        lines.append(text("cli.unit.remap_left", unit=done.unit, **left))
    if done.disputed_households or done.disputed_children:
        disputed = {
            "households": number(done.disputed_households),
            "children": number(done.disputed_children),
        }
        lines.append(text("cli.unit.remap_disputed", **disputed))
    session.output.answer(asdict(done), lines)
    return ExitCode.WAITS if done.left_households or done.left_children else ExitCode.DONE


def _undo(session: Session, arguments: Namespace) -> ExitCode:
    """Take a division back; without a unit, list what was divided."""
    with session.open() as services:
        undo = services.division_undo
        if arguments.unit is None:
            return _divided_units(session, undo.standing())
        unit = services.workplace.unit_named(arguments.unit)
        done = undo.preview(unit) if arguments.preview else undo.take_back(unit)
    lines = [text("cli.unit.remap_would")] if arguments.preview else []
    lines += [
        "  "
        + text(
            "dividing.undo.stays",
            village=one.name or text("cli.village.unnamed"),
            worked_on=number(one.worked_on),
            begun=number(one.begun),
        )
        for one in done.staying
    ]
    lines.append(
        text(
            "cli.unit.undo_sum" if arguments.preview else "cli.unit.undone",
            unit=done.unit,
            households=number(done.households),
            children=number(done.children),
            villages=number(len(done.villages) - len(done.staying)),
        )
    )
    session.output.answer(asdict(done), lines)
    return ExitCode.WAITS if done.staying else ExitCode.DONE


def _divided_units(session: Session, found: list[DividedUnit]) -> ExitCode:
    rows = [[one.unit, one.name, number(one.households), number(one.children)] for one in found]
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in _COUNTED_UNIT], rows)
        if found
        else [text("dividing.undo.none")],
    )
    return ExitCode.DONE


def _split_units(session: Session) -> ExitCode:
    with session.open() as services:
        found = services.dividing.standing()
    rows = [
        [one.unit, one.name, number(one.households), number(one.children), ", ".join(one.became)]
        for one in found
    ]
    names = ("unit", "name", "households", "children", "became")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows)
        if found
        else [text("cli.unit.remap_none")],
    )
    return ExitCode.DONE


def _villages_of(session: Session, found: list[VillagePart]) -> ExitCode:
    rows = [
        [
            one.name or text("cli.village.unnamed"),
            number(one.households),
            number(one.children),
            one.goes_to,
            one.id,
        ]
        for one in found
    ]
    names = ("village", "households", "children", "went_to", "id")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows)
        if found
        else [text("cli.unit.remap_empty")],
    )
    return ExitCode.DONE


def _show(session: Session, found: list[UnitView]) -> None:
    rows = [[one.ref, text(f"cli.tier.{one.tier}"), one.full_name] for one in found]
    names = ("unit", "tier", "name")
    session.output.answer(
        [asdict(one) for one in found],
        columns([text(f"cli.column.{name}") for name in names], rows),
    )
