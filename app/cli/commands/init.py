"""`init`: set this PC up for a unit. The recovery code is shown once and never again."""

from __future__ import annotations

from argparse import Namespace

from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.written import path
from app.i18n import text


def add_commands(group: CommandParser) -> None:
    """Describe the command."""
    group.add_argument(
        "--unit", required=True, metavar=text("cli.arg.unit"), help=text("cli.init.unit")
    )
    group.add_argument(
        "--units", type=path, metavar=text("cli.arg.file"), help=text("cli.init.units")
    )
    group.add_argument(
        "--full-name", default="", metavar=text("cli.arg.name"), help=text("cli.init.full_name")
    )
    group.add_argument(
        "--title", default="", metavar=text("cli.arg.name"), help=text("cli.init.title")
    )
    group.runs(_init)


def _init(session: Session, arguments: Namespace) -> ExitCode:
    from app.forms.units import load_units
    from app.services.installation import install
    from app.services.reference_data.provisional import OwnUnit, read_own_unit, tree_with
    from app.services.unit_views import unit_in_force

    if arguments.units is None:
        own = OwnUnit(unit_in_force(load_units(), arguments.unit), ())
    else:
        own = read_own_unit(arguments.units, arguments.unit)
    tree = tree_with(own.rows)
    passphrase = session.new_passphrase()
    session.interruption.hold()  # the recovery code is shown once, and only after the work
    done = install(
        session.settings,
        unit=own.ref,
        user=session.options.user,
        full_name=arguments.full_name,
        title=arguments.title,
        passphrase=passphrase,
        provisional=own.rows,
    )
    found = tree.unit(done.unit)
    session.output.answer(
        {
            "unit": done.unit,
            "tier": found.tier.value,
            "user": done.user,
            "home": str(session.settings.home),
            "recovery_code": done.recovery_code,
        },
        [
            text("cli.init.done", unit=f"{found.full_name()} ({done.unit})", user=done.user),
            text("cli.init.home", folder=session.settings.home),
            text("cli.init.recovery", code=done.recovery_code),
            text("cli.init.keep"),
        ],
    )
    return ExitCode.DONE
