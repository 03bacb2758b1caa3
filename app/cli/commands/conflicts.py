"""`conflict`: two people's values side by side, and the decision."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.revealing import add_reveal, reveal_of
from app.cli.session import Session
from app.i18n import number, text
from app.text.moments import moment_words

if TYPE_CHECKING:
    from app.services.conflicts import Conflicts, ConflictView, HeadValue
    from app.services.masking import Shown
    from app.services.wording import Worded


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    listing = commands.add_parser("list", help=text("cli.conflict.list"))
    listing.add_argument("--id", metavar="ID", help=text("cli.conflict.of"))
    add_reveal(listing)
    listing.runs(_list)
    resolve = commands.add_parser("resolve", help=text("cli.conflict.resolve"))
    resolve.add_argument(
        "entity", metavar=text("cli.arg.entity"), help=text("cli.argument.conflict_entity")
    )
    resolve.add_argument("id", metavar="ID", help=text("cli.register.id"))
    resolve.add_argument(
        "values",
        nargs="+",
        metavar=text("cli.arg.assignment"),
        help=text("cli.argument.assignments"),
    )
    resolve.runs(_resolve)


def _list(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.conflicts.open(arguments.id, reveal_of(arguments.reveal))
        name = services.entry.unit_name
        lines = [line for one in found for line in _lines(services.conflicts, one, name)]
    lines.append(text("cli.conflict.how") if found else text("cli.conflict.none"))
    session.output.answer([_document(one) for one in found], lines)
    return ExitCode.DONE


def _document(one: ConflictView) -> dict[str, object]:
    from app.cli.shown import document_of

    return {
        "entity": one.entity,
        "id": one.id,
        "unit": one.unit,
        "group": one.group,
        "fields": list(one.fields),
        "shown": document_of(one.shown),
        "base": document_of(one.base),
        "heads": [_side(head) for head in one.heads],
        "kept": None if one.kept is None else _side(one.kept),
        "unsaid": [document_of(side.values) for side in one.unsaid],
    }


def _side(head: HeadValue) -> dict[str, object]:
    from app.cli.shown import document_of

    return {
        "operation": head.operation.hex() or None,
        "values": document_of(head.values),
        "author": head.author,
        "by": head.by,
        "wall": head.wall,
        "brought_by": head.brought_by or None,
    }


def _lines(
    conflicts: Conflicts, one: ConflictView, unit_name: Callable[[str], str]
) -> Iterator[str]:
    def said(values: Mapping[str, Shown]) -> str:
        worded = conflicts.in_words(one, values)
        return " · ".join(_worded(value, values.get(value.name), one) for value in worded)

    yield f"{one.entity} {one.id}"
    yield "  " + text("cli.conflict.before", values=said(one.base))
    for head in one.sides:
        if any(head is unsaid for unsaid in one.unsaid):
            yield "  " + text("cli.conflict.unsaid", values=said(head.values))
            continue
        if head is one.kept and not head.author:
            yield "  " + said(head.values)
            continue
        yield "  " + text(
            "cli.conflict.side",
            values=said(head.values),
            author=head.author,
            unit=unit_name(head.by),
            day=moment_words(head.wall),
        )


def _worded(value: Worded, raw: Shown, one: ConflictView) -> str:
    """A value in words, and beside them what is to be typed where the words cannot be."""
    from app.cli.shown import words_of

    words = words_of(value.value) or text("cli.conflict.empty")
    said = f"{value.label or value.name} ({value.name}): {words}"
    if isinstance(raw, bool):
        return f"{said} [{'true' if raw else 'false'}]"
    # The words for a unit hold its code already.
    named = isinstance(raw, str) and raw in one.named and f"({raw})" not in words
    return f"{said} [{raw}]" if named else said


def _resolve(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.typed_values import assignments

    wanted = assignments(arguments.values)
    with session.open() as services:
        done = services.conflicts.resolve(arguments.entity, arguments.id, wanted)
        left = len(services.conflicts.open(arguments.id))
    lines = [text("cli.conflict.resolved")]
    emptied = sorted(name for name, typed in wanted.items() if not typed.strip())
    if emptied:
        lines.append(text("cli.conflict.emptied", fields=", ".join(emptied)))
    if left:
        lines.append(text("cli.conflict.left", count=number(left)))
    session.output.answer(
        {
            "id": done.id,
            "operation": done.op_id.hex() if done.op_id else None,
            "left": left,
            "emptied": emptied,
        },
        lines,
    )
    return ExitCode.WAITS if left else ExitCode.DONE
