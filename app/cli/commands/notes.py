"""`register note`: the notes of a child or household, read, written, taken away, taken back."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.parser import Commands
from app.cli.revealing import add_reveal, reveal_of
from app.cli.session import Session
from app.i18n import text
from app.text.moments import moment_words

if TYPE_CHECKING:
    from app.services.notes import NoteKept, NoteView

_INDENT = "    "


def add_note(commands: Commands) -> None:
    """Describe the command."""
    note = commands.add_parser("note", help=text("cli.note.help"))
    note.add_argument("id", metavar="ID", help=text("cli.note.id"))
    note.add_argument("text", nargs="*", metavar=text("cli.arg.text"), help=text("cli.note.text"))
    note.add_argument("--protected", action="store_true", help=text("cli.note.protected"))
    other = note.add_mutually_exclusive_group()
    other.add_argument("--list", action="store_true", help=text("cli.note.list"))
    other.add_argument("--remove", metavar=text("cli.arg.reason"), help=text("cli.note.remove"))
    other.add_argument("--take-back", action="store_true", help=text("cli.note.take_back"))
    add_reveal(note)
    note.runs(_note)


def _note(session: Session, arguments: Namespace) -> ExitCode:
    words = " ".join(arguments.text)
    if arguments.remove is not None:
        with session.open() as services:
            return _answer(session, services.notes.remove(arguments.id, arguments.remove))
    if arguments.take_back:
        with session.open() as services:
            return _answer(session, services.notes.take_back(arguments.id))
    if words and not arguments.list:
        with session.open() as services:
            done = services.notes.write(arguments.id, words, protected=arguments.protected)
        return _answer(session, done, asked=arguments.protected)
    with session.open() as services:
        found = services.notes.of(arguments.id, reveal_of(arguments.reveal))
    lines = [line for one in found for line in _lines(one)]
    session.output.answer([_document(one) for one in found], lines or [text("cli.note.none")])
    return ExitCode.DONE


def _answer(session: Session, done: NoteKept, *, asked: bool = True) -> ExitCode:
    lines = [text("cli.register.saved")]
    if done.protected and not asked:
        lines.append(text("cli.note.became_protected"))
    if done.elsewhere:
        lines.append(text("cli.register.elsewhere", unit=done.elsewhere))
    document = {"id": done.id, "protected": done.protected, "elsewhere": done.elsewhere or None}
    session.output.answer(document, lines)
    return ExitCode.WAITS if done.elsewhere else ExitCode.DONE


def _lines(one: NoteView) -> list[str]:
    from app.cli.shown import words_of

    when = moment_words(one.wall)
    head = text("notes.by", when=when, author=one.author, unit=one.unit_name)
    signs = [text("notes.protected")] if one.protected else []
    if one.removed:
        signs.append(text("notes.removed_for", reason=words_of(one.reason)))
    said = text("notes.erased") if one.words is None else words_of(one.words)
    lines = [" · ".join((head, *signs, one.id))]
    return lines + [_INDENT + line for line in said.split("\n")]


def _document(one: NoteView) -> dict[str, object]:
    from app.cli.shown import document_of

    return {
        "id": one.id,
        "author": one.author,
        "unit": one.unit,
        "wall": one.wall,
        "protected": one.protected,
        "removed": one.removed,
        **document_of({"note": one.words, "reason": one.reason}),
    }
