"""`register`: records one by one, and the register in and out of files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.cli.commands.entry_workbook import add_entry_workbook
from app.cli.commands.importing import add_import
from app.cli.commands.national import add_national
from app.cli.commands.notes import add_note
from app.cli.days import day_with_precision
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser
from app.cli.revealing import add_reveal, reveal_of
from app.cli.session import Session
from app.cli.sheets import refuse_to_replace
from app.cli.written import path
from app.i18n import decimal, number, text
from app.text.moments import moment_words

if TYPE_CHECKING:
    from app.services.records import RecordDetail, ShownEntry
    from app.services.wording import Labels, Worded


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    add_import(commands)
    save = commands.add_parser("export", help=text("cli.register.export"))
    save.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.register.export_file")
    )
    save.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.register.export_unit"))
    save.add_argument(
        "--headers",
        choices=("names", "labels"),
        default="names",
        help=text("cli.register.headers"),
    )
    add_reveal(save)
    save.runs(_export)
    add_entry_workbook(commands)
    add_national(commands)
    show = commands.add_parser("show", help=text("cli.register.show"))
    show.add_argument("id", metavar="ID", help=text("cli.register.id"))
    add_reveal(show)
    show.runs(_show)
    fields = commands.add_parser("fields", help=text("cli.register.fields"))
    fields.add_argument(
        "entity",
        nargs="?",
        choices=("child", "household"),
        default="child",
        help=text("cli.register.fields_entity"),
    )
    fields.runs(_fields)
    change = commands.add_parser("set", help=text("cli.register.set"))
    change.add_argument("id", metavar="ID", help=text("cli.register.id"))
    change.add_argument(
        "values",
        nargs="+",
        metavar=text("cli.arg.assignment"),
        help=text("cli.argument.assignments"),
    )
    change.runs(_set)
    history = commands.add_parser("history", help=text("cli.register.history"))
    history.add_argument("id", metavar="ID", help=text("cli.register.id"))
    add_reveal(history)
    history.runs(_history)
    add_note(commands)
    search = commands.add_parser("search", help=text("cli.register.search"))
    search.add_argument(
        "text", nargs="+", metavar=text("cli.arg.text"), help=text("cli.argument.search_text")
    )
    search.add_argument(
        "--limit", type=int, default=50, metavar="N", help=text("cli.register.limit")
    )
    search.runs(_search)
    sample = commands.add_parser("sample", help=text("cli.register.sample"))
    sample.add_argument(
        "--count", type=int, default=20, metavar="N", help=text("cli.register.sample_count")
    )
    sample.add_argument("--seed", default="", help=text("cli.register.sample_seed"))
    sample.add_argument(
        "--unit", metavar=text("cli.arg.unit"), help=text("cli.register.sample_unit")
    )
    sample.runs(_sample)


def _export(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.register_export import Headers

    refuse_to_replace(arguments.file)
    with session.open() as services, session.progress("cli.register.exporting") as progress:
        done = services.register_export.export(
            arguments.file,
            arguments.unit,
            Headers(arguments.headers),
            progress,
            reveal_of(arguments.reveal),
        )
    lines = [text("cli.register.exported", children=number(done.rows), file=done.file)]
    if done.withheld:
        lines.append(text("cli.register.withheld" if done.may_reveal else "cli.register.no_right"))
    session.output.answer(
        {
            "file": str(done.file),
            "rows": done.rows,
            "columns": done.columns,
            "withheld": done.withheld,
            "sha256": done.sha256,
        },
        lines,
    )
    return ExitCode.DONE


def _show(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.records.show(arguments.id, reveal_of(arguments.reveal))
        worded = [services.records.in_words(one) for one in (found.record, *found.belongings)]
    session.output.answer(_detail(found), _detail_lines(found, worded))
    return ExitCode.DONE


def _detail(found: RecordDetail) -> dict[str, object]:
    from app.cli.shown import document_of

    return {
        "entity": found.record.entity,
        "id": found.record.id,
        "true_id": found.record.true_id or None,
        "hidden": found.record.hidden,
        "heads": [head.hex() for head in found.record.heads],
        "values": document_of(found.record.values),
        "belongings": [
            {
                "entity": one.entity,
                "id": one.id,
                "true_id": one.true_id or None,
                "values": document_of(one.values),
            }
            for one in found.belongings
        ],
        "conflicts": list(found.conflicts),
        "stopped": [_entry(one) for one in found.stopped],
    }


def _detail_lines(found: RecordDetail, worded: Sequence[Sequence[Worded]]) -> list[str]:
    from app.cli.shown import words_of
    from app.services.wording import entity_in_words

    lines = []
    for record, values in zip((found.record, *found.belongings), worded, strict=True):
        indent = "" if record is found.record else "  "
        lines.append(f"{indent}{entity_in_words(record.entity)} {record.id}")
        if record.true_id:
            lines.append(f"    id = {record.true_id}")
        for one in values:
            name = f"{one.label} ({one.name})" if one.label else one.name
            lines.append(f"    {name}: {words_of(one.value)}")
    lines += [text("cli.register.conflict", group=group) for group in found.conflicts]
    if found.stopped:
        lines.append(text("cli.register.stopped", count=number(len(found.stopped))))
        lines += _stopped_lines(found.stopped)
    return lines


def _stopped_lines(stopped: Sequence[ShownEntry]) -> list[str]:
    return [
        "  " + text("cli.register.stopped_one", when=_moment(one), author=one.author, why=one.why)
        for one in stopped
    ]


def _moment(one: ShownEntry) -> str:
    return moment_words(one.wall)


def _fields(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.records.fields(arguments.entity)
    heads = [text("cli.column.field"), text("cli.column.title")]
    session.output.answer(
        [{"field": name, "label": label} for name, label in found],
        columns(heads, [[name, label] for name, label in found]),
    )
    return ExitCode.DONE


def _set(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.typed_values import assignments

    wanted = assignments(arguments.values)
    with session.open() as services:
        done = services.records.set_fields(arguments.id, wanted)
    changed = done.op_id is not None
    lines = [text("cli.register.saved") if changed else text("cli.register.nothing_new")]
    if done.errors:
        lines.append(text("cli.register.unfinished", count=number(done.errors)))
    if done.elsewhere:
        lines.append(text("cli.register.elsewhere", unit=done.elsewhere))
    session.output.answer(
        {
            "id": done.id,
            "operation": done.op_id.hex() if done.op_id else None,
            "errors": done.errors,
            "elsewhere": done.elsewhere or None,
        },
        lines,
    )
    return ExitCode.WAITS if done.errors or done.elsewhere else ExitCode.DONE


def _history(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        entries = services.records.history(arguments.id, reveal_of(arguments.reveal))
        lines = _history_lines(entries, services.records.labels(), services.entry.unit_name)
    session.output.answer([_entry(one) for one in entries], lines)
    return ExitCode.DONE


def _entry(one: ShownEntry) -> dict[str, object]:
    from app.cli.shown import document_of

    return {
        "operation": one.op_id.hex(),
        "parents": [parent.hex() for parent in one.parents],
        "state": one.state.value,
        "reason": None if one.reason is None else one.reason.value,
        "refused_above": one.refused_above,
        "refused_for": one.refused_for or None,
        "message": one.why or None,
        "wall": one.wall,
        "by": one.by,
        "author": one.author,
        "brought_by": one.brought_by,
        "fields": sorted(one.values or {}),
        "values": None if one.values is None else document_of(one.values),
    }


def _history_lines(
    entries: Sequence[ShownEntry], labels: Labels, unit_name: Callable[[str], str]
) -> list[str]:
    def named(entity: str, name: str) -> str:
        label = labels.of(entity, name)
        return f"{label} ({name})" if label else name

    rows = [
        [
            _moment(one),
            unit_name(one.by),
            one.author,
            text(f"cli.state.{one.state.value}"),
            "; ".join(
                named(one.entity, name) for name in sorted(one.values or {}) if name[0] != "_"
            ),
            one.why,
        ]
        for one in entries
    ]
    names = ["when", "unit", "author", "state", "fields", "why"]
    if not any(one.why for one in entries):
        names, rows = names[:-1], [row[:-1] for row in rows]
    return columns([text(f"cli.column.{name}") for name in names], rows)


def _search(session: Session, arguments: Namespace) -> ExitCode:
    limit = max(arguments.limit, 1)
    with session.open() as services:
        found = services.records.search(" ".join(arguments.text), limit + 1)
        unit_name = services.entry.unit_name
    more, found = len(found) > limit, found[:limit]
    document = [
        {
            "id": one.id,
            "household": one.household,
            "full_name": one.full_name,
            "birth_date": one.birth_date,
            "sex": one.sex,
            "household_no": one.household_no,
            "head_name": one.head_name,
            "village": one.village,
            "unit": one.owner_unit,
            "entered_by": one.entered_by or one.owner_unit,
            "complete": one.complete,
            "conflicts": one.conflicts,
        }
        for one in found
    ]
    names = ("name", "born", "head", "village", "unit", "id")
    rows = [
        [
            one.full_name,
            day_with_precision(one.birth_date),
            one.head_name,
            one.village,
            unit_name(one.owner_unit),
            one.id,
        ]
        for one in found
    ]
    lines = columns([text(f"cli.column.{name}") for name in names], rows)
    count = number(len(found))
    told = text("cli.found", count=count)
    if more:
        told = text("cli.register.found_more", count=count, more=limit * 10)
        if session.output.as_json:
            session.output.note(told)
    session.output.answer(document, [*lines, told])
    return ExitCode.DONE


def _sample(session: Session, arguments: Namespace) -> ExitCode:
    """Children to be typed again, by where the book has them; their names are not told."""
    with session.open() as services:
        unit = services.workplace.unit_named(arguments.unit) if arguments.unit else ""
        found = services.samples.draw(arguments.count, arguments.seed, unit)
    document = {
        "seed": found.seed,
        "of": found.of,
        "households_done": len(found.children) - len(found.left),
        "children_done": len(found.done),
        "retyped_fields": found.result.retyped,
        "differing_fields": found.result.differing,
        "mistaken_fields": found.result.mistaken,
        "mistaken_percent": found.result.mistaken_percent,
        "children": [
            {
                "id": one.child,
                "household": one.household,
                "village": one.village,
                "household_no": one.number,
                "line_no": one.line,
            }
            for one in found.drawn
        ],
    }
    lines = [
        text(
            "cli.register.sampled",
            count=number(len(found.drawn)),
            of=number(found.of),
            seed=found.seed,
        )
    ]
    share = found.result.mistaken_percent
    if share is not None:
        lines.append(
            text(
                "cli.register.sample_done",
                done=number(len(found.children) - len(found.left)),
                homes=number(len(found.children)),
                fields=number(found.result.retyped),
                mistaken=number(found.result.mistaken),
                percent=decimal(share),
            )
        )
    if found.drawn:
        rows = [[one.village, one.number, str(one.line), one.child] for one in found.drawn]
        names = ("village", "household_no", "line_no", "id")
        lines += columns([text(f"cli.column.{name}") for name in names], rows)
    session.output.answer(document, lines)
    return ExitCode.DONE
