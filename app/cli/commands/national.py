"""`register export-national`: the accepted register as a workbook by a mapping, and
`register national-mapping`: the one that ships.
"""

from __future__ import annotations

import json
from argparse import Namespace

from app.cli.exit_code import ExitCode
from app.cli.parser import Commands
from app.cli.revealing import add_reveal, reveal_of
from app.cli.session import Session
from app.cli.sheets import refuse_to_replace
from app.cli.written import path
from app.i18n import number, text


def add_national(commands: Commands) -> None:
    """Describe both commands."""
    save = commands.add_parser("export-national", help=text("cli.register.export_national"))
    save.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.register.national_file")
    )
    save.add_argument(
        "--mapping",
        type=path,
        metavar=text("cli.arg.file"),
        help=text("cli.register.national_map"),
    )
    save.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.register.export_unit"))
    add_reveal(save)
    save.runs(_export)
    commands.add_parser("national-mapping", help=text("cli.register.national_mapping")).runs(_show)


def _export(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.national.export import unmapped_words, why_waiting

    refuse_to_replace(arguments.file)
    with session.open() as services, session.progress("cli.register.exporting") as progress:
        done = services.national_export.export(
            arguments.file,
            arguments.mapping,
            arguments.unit,
            progress,
            reveal_of(arguments.reveal),
        )
    seen, waiting = done.seen, done.seen.waiting
    lines = [
        text(
            "cli.register.national_done",
            children=number(seen.children),
            file=done.file,
            name=seen.mapping,
        ),
        text("cli.register.national_layout"),
    ]
    if waiting.total:
        lines.append(
            text(
                "cli.register.national_waiting",
                count=number(waiting.total),
                why=why_waiting(waiting),
            )
        )
    if done.left_out:
        lines.append(text("cli.register.national_left_out", columns="; ".join(done.left_out)))
    lines += [": ".join(one) for one in unmapped_words(done.unmapped)]
    if done.withheld:
        lines.append(text("cli.register.withheld" if done.may_reveal else "cli.register.no_right"))
    session.output.answer(
        {
            "file": str(done.file),
            "mapping": seen.mapping,
            "children": seen.children,
            "sheets": [{"sheet": name, "rows": rows} for name, rows in done.sheets],
            "not_accepted": waiting.total,
            "never_accepted": waiting.never,
            "changed_since": waiting.changed,
            "sent_back": waiting.sent_back,
            "left_out": list(done.left_out),
            "unmapped": [
                {"sheet": sheet, "column": title, "values": count}
                for sheet, title, count in done.unmapped
            ],
            "withheld": done.withheld,
            "sha256": done.sha256,
        },
        lines,
    )
    return ExitCode.WAITS if waiting.total else ExitCode.DONE


def _show(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        said = services.national_export.mapping_text()
    session.output.answer(json.loads(said), said.splitlines())
    return ExitCode.DONE
