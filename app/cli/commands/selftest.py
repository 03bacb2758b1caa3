"""`selftest`: whether this installation can still be trusted. Ends with 1 when a test fails."""

from __future__ import annotations

from argparse import Namespace

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import text


def add_commands(group: CommandParser) -> None:
    """Describe the command."""
    group.runs(_selftest)


def _selftest(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services, session.progress("cli.selftest.testing") as progress:
        report = services.selftest.run(progress)
    document = {
        "passed": report.passed,
        "tests": [
            {
                "name": one.name,
                "passed": one.passed,
                "detail": one.detail,
                "seconds": round(one.seconds, 3),
            }
            for one in report.results
        ],
    }
    rows = [
        [
            text("cli.selftest.passed") if one.passed else text("cli.selftest.failed"),
            one.title,
            one.detail,
        ]
        for one in report.results
    ]
    last = text("cli.selftest.sound") if report.passed else text("cli.selftest.unsound")
    names = ("result", "test", "details")
    lines = columns([text(f"cli.column.{name}") for name in names], rows)
    session.output.answer(document, [*lines, last])
    return ExitCode.DONE if report.passed else ExitCode.KNOWN_ERROR
