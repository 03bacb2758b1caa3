"""`check`: the whole store through the one validator.

Issues are not something that waits for a decision, they are work: the command ends with 0 however
many it finds. With `--json` it gives them all; else the counts, and `--out` the list as a file.
`--declared` names the records that call themselves complete in spite of an error, and on whose
saves they stand: what was made so by a merge, or came so from below.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.sheets import refuse_to_replace
from app.cli.written import path
from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.checks import CheckSummary, FoundIssue
    from app.services.declarations import Unsound


def add_commands(group: CommandParser) -> None:
    """Describe the command."""
    group.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.check.unit"))
    group.add_argument("--declared", action="store_true", help=text("cli.check.declared"))
    group.add_argument("--out", type=path, metavar=text("cli.arg.file"), help=text("cli.check.out"))
    group.runs(_check)


def _check(session: Session, arguments: Namespace) -> ExitCode:
    if not arguments.declared:
        refuse_to_replace(arguments.out)
    with session.open() as services:
        unit = services.workplace.unit_named(arguments.unit) if arguments.unit else None
        if arguments.declared:
            found = services.declarations.list(unit)
            return _declared(session, found, services.entry.unit_name)
        collected = _Collected()
        with session.progress("cli.check.checking") as progress:
            sink = collected.add if session.output.as_json else _nothing
            if arguments.out is not None:
                summary = services.checks.to_file(arguments.out, unit, progress, sink)
            else:
                summary = services.checks.run(sink, unit, progress)
    if session.output.as_json:
        session.output.raw(collected.document())
    else:
        session.output.answer(None, _lines(summary, arguments.out))
    return ExitCode.DONE


def _declared(
    session: Session, found: Sequence[Unsound], unit_name: Callable[[str], str]
) -> ExitCode:
    document = [
        {
            "entity": one.entity,
            "id": one.id,
            "unit": one.unit,
            "errors": [_document(error) for error in one.errors],
            "sources": [
                {
                    "by": source.by,
                    "author": source.author,
                    "wall": source.wall,
                    "brought_by": source.brought_by or None,
                }
                for source in one.sources
            ],
        }
        for one in found
    ]
    rows = [
        [
            unit_name(one.unit),
            one.entity,
            one.id,
            "; ".join(sorted({unit_name(source.by) for source in one.sources})),
            error.message,
        ]
        for one in found
        for error in one.errors
    ]
    names = ("unit", "entity", "id", "by", "why")
    lines = [text("cli.check.declared_none")]
    if found:
        lines = [
            text("cli.check.declared_count", records=number(len(found))),
            *columns([text(f"cli.column.{name}") for name in names], rows),
        ]
    session.output.answer(document, lines)
    return ExitCode.DONE


def _nothing(_issues: Sequence[FoundIssue]) -> None:
    """Counts alone are wanted."""


class _Collected:
    """Issues as they come, already in their written form: a tenth of what objects would need."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def add(self, issues: Sequence[FoundIssue]) -> None:
        self._parts.append(b",".join(msgspec.json.encode(_document(one)) for one in issues))

    def document(self) -> str:
        return "[" + b",".join(self._parts).decode() + "]"


def _document(found: FoundIssue) -> dict[str, str]:
    return {
        "entity": found.entity,
        "id": found.id,
        "field": found.issue.field,
        "rule": found.issue.rule,
        "severity": found.issue.severity.value,
        "message": found.message,
    }


def _lines(summary: CheckSummary, out: Path | None) -> Iterable[str]:
    yield text(
        "cli.check.done",
        households=number(summary.households),
        children=number(summary.children),
        issues=number(summary.issues),
    )
    if summary.issues:
        from app.forms.issues import issue_text

        yield text(
            "cli.check.with_errors",
            records=number(summary.with_errors),
            declared=number(summary.declared),
        )
        rows = [
            [
                text(f"check.severity.{severity.value}"),
                rule,
                number(count),
                issue_text(summary.examples[severity, rule]),
            ]
            for (severity, rule), count in summary.by_rule.most_common()
        ]
        names = ("severity", "rule", "count", "example")
        yield from columns([text(f"cli.column.{name}") for name in names], rows)
    if out is not None:
        yield text("cli.written", file=out, rows=number(summary.issues))
