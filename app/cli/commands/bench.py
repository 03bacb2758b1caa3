"""`bench`: the figures of this program on this machine. Ends with 1 when a *must* is not met."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import language, number, text

if TYPE_CHECKING:
    from app.services.bench.figure import Line


def add_commands(group: CommandParser) -> None:
    """Describe the command."""
    group.add_argument(
        "names", nargs="*", default=[], metavar=text("bench.arg.name"), help=text("bench.help.name")
    )
    group.add_argument(
        "--children", type=int, default=None, metavar="N", help=text("bench.help.children")
    )
    group.runs(_bench)


def _bench(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.bench.figure import Result
    from app.services.bench.runner import chosen, run
    from app.services.bench.workshop import CHILDREN

    figures = chosen(arguments.names)
    children = max(arguments.children or CHILDREN, 1)
    session.output.note(text("bench.starts", children=number(children)))
    with session.progress("bench.working") as progress:
        lines = list(
            run(
                figures,
                children,
                progress=progress,
                before=lambda figure: session.output.note(text("bench.next", name=figure.name)),
            )
        )
    session.output.answer(
        {"children": children, "figures": [_document(line) for line in lines]}, _table(lines)
    )
    failed = any(line.result is Result.NOT_MET for line in lines)
    return ExitCode.KNOWN_ERROR if failed else ExitCode.DONE


def _document(line: Line) -> dict[str, object]:
    measured = line.measured
    return {
        "figure": line.row.name,
        "unit": line.row.unit.value,
        "measured": None if measured is None else measured.value,
        "by_processor": None if measured is None else measured.by_processor,
        "must": line.row.must,
        "aim": line.row.aim,
        "result": line.result.value,
        "reason": line.reason,
        "platform": "" if measured is None else measured.platform,
        "parts": {} if measured is None else dict(measured.parts),
    }


def _table(lines: list[Line]) -> list[str]:
    headings = ["figure", "measured", "by_processor", "must", "aim", "result"]
    titles = [text(f"bench.column.{name}") for name in headings]
    platforms = sorted({x.measured.platform for x in lines if x.measured} - {""})
    said = [text("bench.platform", names=", ".join(platforms))] if platforms else []
    return [*columns(titles, [_cells(x) for x in lines]), *said]


def _cells(line: Line) -> list[str]:
    measured = line.measured
    result = text(f"bench.result.{line.result.value}")
    if line.reason:
        result += f": {text(line.reason)}"
    return [
        text(f"bench.row.{line.row.name.replace('-', '_')}"),
        "" if measured is None else _written(measured.value, line),
        "" if measured is None else _written(measured.by_processor, line),
        _written(line.row.must, line),
        _written(line.row.aim, line),
        result,
    ]


def _written(value: float | None, line: Line) -> str:
    """A number as people of the language in force write it, with its unit."""
    if value is None:
        return ""
    if line.row.unit.value == "megabytes":
        return f"{value:.0f} MB"
    if line.row.unit.value == "kilobytes":
        return f"{_in_language(f'{value:.1f}')} kB"
    if line.row.unit.value == "count":
        return f"{value:.0f}"
    if line.row.unit.value == "seconds":
        return f"{_in_language(f'{value:.1f}' if value >= 1 else f'{value:.2f}')} s"
    return _in_language(f"{value:.2f}")


def _in_language(written: str) -> str:
    return written.replace(".", ",") if language() == "vi" else written
