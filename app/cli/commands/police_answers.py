"""`police answers`: an answered file, looked at or applied."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.parser import Commands
from app.cli.session import Session
from app.cli.written import path
from app.i18n import text

if TYPE_CHECKING:
    from app.services.police.answered_row import AnsweredRow, AnswerPreview


def add_answers(commands: Commands) -> None:
    """Describe the command."""
    answers = commands.add_parser("answers", help=text("cli.police.answers"))
    answers.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.police_answered")
    )
    answers.add_argument("--preview", action="store_true", help=text("cli.argument.police_preview"))
    answers.add_argument(
        *("--take",),
        action="append",
        default=[],
        metavar=text("cli.arg.code"),
        help=text("cli.argument.police_take"),
    )
    answers.runs(_answers)


def _answers(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.police.answers import ANY
    from app.services.police.codes import read_code
    from app.services.police.list_words import applied_words

    taken = {read_code(one) or one: ANY for one in arguments.take}
    with session.open() as services, session.progress("police.reading") as progress:
        desk, file = services.police_answers, arguments.file
        found = desk.preview(file, taken, progress)
        done = None if arguments.preview else desk.apply(file, taken, found.sha256, progress)
    lines = list(_lines(found))
    said: dict[str, object] = _document(found)
    if done is not None:
        lines.append(applied_words(done))
        said["applied"] = {
            "act": done.act or None,
            "changed": done.changed,
            "confirmed": done.confirmed,
            "noted": done.noted,
            "left": done.left,
            "refused": done.refused,
            "reopened": done.reopened,
        }
    session.output.answer(said, lines)
    waits = found.changes_nothing is False if done is None else bool(done.left or done.refused)
    return ExitCode.WAITS if waits else ExitCode.DONE


def _lines(found: AnswerPreview) -> Iterator[str]:
    from app.services.police.answered_row import Verdict
    from app.services.police.list_words import preview_words

    yield text("cli.police.of_list", file=found.file, number=found.number, code=found.code)
    yield preview_words(found)
    for row in found.rows:
        if row.verdict not in (Verdict.BLANK, Verdict.SAME):
            yield from _row_lines(row)


def _row_lines(row: AnsweredRow) -> Iterator[str]:
    from app.services.police.list_words import converted_words, new_words, why_words

    place = str(row.number)
    if row.sheet:
        place = text("cli.police.row_of_sheet", row=row.number, sheet=row.sheet)
    if row.hidden:
        place = text("police.hidden_row", row=place)
    why = why_words(row)
    yield "  " + text(
        "cli.police.row_why" if why else "cli.police.row",
        row=place,
        code=row.code,
        verdict=text(f"police.verdict.{row.verdict.value}"),
        why=why,
    )
    empty = text("police.empty")
    for one in row.differences:
        yield "    " + text(
            "cli.police.difference_edited" if one.edited else "cli.police.difference",
            label=one.label,
            issued=one.issued or empty,
            now=one.now or empty,
            new=new_words(one),
        )
    if row.raw_remark:
        yield "    " + converted_words(row.raw_remark, row.remark)


def _document(found: AnswerPreview) -> dict[str, object]:
    return {
        "number": found.number,
        "code": found.code,
        "file": found.file,
        "not_in_file": found.not_in_file,
        "back": found.back,
        "rows": [
            {
                "row": row.number,
                "sheet": row.sheet or None,
                "code": row.code,
                "child": row.child or None,
                "verdict": row.verdict.value,
                "differences": [
                    {
                        "field": one.field,
                        "issued": one.issued or None,
                        "now": one.now or None,
                        "new": one.new or None,
                        "edited": one.edited,
                        "restored": one.restored,
                        "raw": one.raw or None,
                    }
                    for one in row.differences
                ],
                "not_here": row.not_here,
                "hidden": row.hidden,
                "refused": [why.key for why in row.refused],
                "doubts": [why.key for why in row.doubts],
                "why": [why.words for why in (*row.refused, *row.doubts)],
            }
            for row in found.rows
        ],
    }
