"""`demo`: the main job with three throw-away installations, on the real path from end to end."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from pathlib import Path

from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.written import path
from app.i18n import text

DEFAULT_CHILDREN = 200


def add_commands(group: CommandParser) -> None:
    """Describe the command."""
    group.add_argument(
        "--children",
        type=int,
        default=DEFAULT_CHILDREN,
        metavar="N",
        help=text("cli.demo.children"),
    )
    group.add_argument(
        "--out", type=path, default=None, metavar=text("cli.arg.folder"), help=text("cli.demo.out")
    )
    group.runs(_demo)


def _demo(session: Session, arguments: Namespace) -> ExitCode:
    from app.cli.demo_story import tell

    folder = arguments.out or Path(tempfile.mkdtemp(prefix="sotreem-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    told = tell(session, folder, arguments.children)
    session.output.answer(told.document, told.lines)
    return ExitCode.DONE
