"""`handover sample`, `resurvey` and `surveyed`: households drawn by lot, what was found there,
and what it says of all of them.

`surveyed` ends with 4 while households that were drawn wait for their visit.
"""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser, Commands
from app.cli.revealing import add_reveal, reveal_of
from app.cli.session import Session
from app.cli.sheets import print_to, refuse_other_files, sheet_by, written
from app.cli.written import path
from app.errors import KnownError
from app.i18n import decimal, number, text

if TYPE_CHECKING:
    from app.services.surveys import Found, Survey, SurveyLine


def add_resurvey(commands: Commands) -> None:
    """Describe the three commands."""
    sample = commands.add_parser("sample", help=text("cli.resurvey.sample"))
    sample.add_argument("id", metavar="ID", help=text("cli.argument.handover_id"))
    many = sample.add_mutually_exclusive_group(required=True)
    many.add_argument(
        *("--count",),
        type=int,
        metavar=text("cli.arg.count"),
        help=text("cli.resurvey.count"),
    )
    many.add_argument(
        *("--percent",),
        type=int,
        metavar=text("cli.arg.count"),
        help=text("cli.resurvey.percent"),
    )
    sample.add_argument(
        "--village",
        default="",
        metavar=text("cli.arg.village"),
        help=text("cli.verify.village_help"),
    )
    sample.add_argument(
        "--seed", default="", metavar=text("cli.arg.count"), help=text("cli.resurvey.seed")
    )
    _add_out(sample)
    sample.runs(_sample)
    survey = commands.add_parser("resurvey", help=text("cli.resurvey.help"))
    survey.add_argument("id", metavar="ID", help=text("cli.argument.handover_id"))
    _add_sample(survey)
    survey.add_argument(
        "--household", required=True, metavar="ID", help=text("cli.resurvey.household")
    )
    survey.add_argument(
        "--result",
        required=True,
        choices=("agrees", "differs", "children_missing", "moved", "not_found"),
        help=text("cli.resurvey.result"),
    )
    survey.add_argument(
        "--field",
        nargs="+",
        default=[],
        metavar=text("cli.arg.name"),
        help=text("cli.resurvey.field"),
    )
    survey.add_argument(
        "--missing",
        type=int,
        default=0,
        metavar=text("cli.arg.count"),
        help=text("cli.resurvey.missing"),
    )
    survey.add_argument(
        "--reason", default="", metavar=text("cli.arg.text"), help=text("cli.resurvey.reason")
    )
    survey.add_argument("--send-back", action="store_true", help=text("cli.resurvey.send_back"))
    survey.runs(_resurvey)
    surveyed = commands.add_parser("surveyed", help=text("cli.resurvey.surveyed"))
    surveyed.add_argument("id", metavar="ID", help=text("cli.argument.handover_id"))
    _add_sample(surveyed)
    _add_out(surveyed)
    add_reveal(surveyed)
    surveyed.runs(_surveyed)


def _add_sample(command: CommandParser) -> None:
    command.add_argument(
        "--sample", default="", metavar=text("cli.arg.name"), help=text("cli.resurvey.sample_name")
    )


def _add_out(command: CommandParser) -> None:
    command.add_argument(
        "--out", type=path, metavar=text("cli.arg.file"), help=text("cli.resurvey.out")
    )


def _sample(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.rights import Right

    refuse_other_files(arguments.out)
    with session.open() as services:
        if arguments.out is not None:
            services.workplace.require(Right.PRINT)
        village = None
        if arguments.village:
            village = services.resurveys.village_named(arguments.id, arguments.village)
        survey = services.resurveys.draw(
            arguments.id, arguments.count or 0, arguments.percent or 0, village, arguments.seed
        )
        paper = partial(services.resurvey_papers.print, survey)
        printed = sheet_by(arguments.out, paper, _again(arguments, survey))
    session.output.answer(
        {**_document(survey), **printed.document},
        [*_rows(survey), *_drawn(survey), *printed.lines],
    )
    return ExitCode.DONE


def _resurvey(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.surveys import Finding, Found

    with session.open() as services:
        # A result is written into a sample of one's own alone.
        survey = services.resurveys.one(arguments.id, arguments.sample, own_first=True)
        household = _household(survey, arguments.household)
        found = Found(
            Finding(arguments.result), tuple(arguments.field), arguments.missing, arguments.reason
        )
        back = ""
        if arguments.send_back:
            back = services.resurveys.reason_of(found)
        survey = services.resurveys.record(survey, household, found, send_back=back)
    session.output.answer(_document(survey), _said(survey))
    return ExitCode.DONE


def _household(survey: Survey, wanted: str) -> str:
    """A household of the sample by its id, or by its number where only one has it; also one that
    was erased since, so that it is said why nothing is written there.
    """
    if wanted in survey.erased:
        return wanted
    for named in ("household", "number"):
        found = [one.household for one in survey.lines if getattr(one, named) == wanted]
        if len(found) == 1:
            return found[0]
    raise KnownError("resurvey.not_drawn", "resurvey.not_drawn_hint")


def _surveyed(session: Session, arguments: Namespace) -> ExitCode:
    refuse_other_files(arguments.out)
    with session.open() as services:
        reveal = reveal_of(arguments.reveal)
        survey = services.resurveys.one(arguments.id, arguments.sample, reveal=reveal)
        if arguments.out is not None:
            put = partial(print_to, arguments.out)
            services.resurvey_papers.print(survey, put, result=True)
    lines = [*_rows(survey), *_notes(survey), *_said(survey)]
    if arguments.out is not None:
        lines.append(written(arguments.out))
    session.output.answer(_document(survey), lines)
    return ExitCode.WAITS if len(survey.results) < survey.drawn else ExitCode.DONE


def _again(arguments: Namespace, survey: Survey) -> str:
    """How the list is printed: the same draw asked for again is the same sample."""
    place = f' --village "{arguments.village}"' if arguments.village else ""
    return text(
        "cli.resurvey.again",
        name=survey.name,
        handover=survey.handover,
        count=survey.drawn,
        seed=survey.seed,
        place=place,
    )


def _document(survey: Survey) -> dict[str, object]:
    certain = survey.share
    return {
        "handover": survey.handover,
        "sample": survey.name,
        "seed": survey.seed,
        "unit": survey.unit,
        "village": survey.village or None,
        "drawn": survey.drawn,
        "of": survey.of,
        "erased": len(survey.erased),
        "asked": survey.asked or None,
        "typed": len(survey.results),
        "results": {one.value: count for one, count in survey.count.items()},
        "wrong": survey.wrong,
        "missing_children": survey.missing,
        "percent": None if certain is None else certain.percent,
        "low": None if certain is None else certain.low,
        "high": None if certain is None else certain.high,
        "fields": dict(survey.fields.most_common()),
        "households": [_line(one) for one in survey.lines],
    }


def _line(one: SurveyLine) -> dict[str, object]:
    found = one.found
    return {
        "id": one.household,
        "unit": one.unit,
        "village": one.village or None,
        "household_no": one.number or None,
        "children": one.children,
        "result": None if found is None else found.finding.value,
        "fields": [] if found is None else list(found.fields),
        "missing": 0 if found is None else found.missing,
        "reason": _note(found),
        "by": None if found is None else found.by or None,
        "on": None if found is None else found.on or None,
    }


def _note(found: Found | None) -> object:
    if found is None:
        return None
    return {"masked": True} if found.masked else found.note or None


def _notes(survey: Survey) -> list[str]:
    """What was noted at the households, one a line, and how to read what is masked."""
    noted = [(one, one.found) for one in survey.lines if one.found is not None and one.found.note]
    lines = [
        text("cli.resurvey.noted", village=one.place, number=one.number, note=found.note)
        for one, found in noted
    ]
    if any(found.masked for _one, found in noted):
        lines.append(text("cli.resurvey.masked", handover=survey.handover, sample=survey.name))
    return lines


def _rows(survey: Survey) -> list[str]:
    names = ("village", "number", "head", "children", "result", "id")
    return columns(
        [text(f"cli.resurvey.column.{name}") for name in names],
        [
            [
                one.place,
                one.number,
                one.head,
                number(one.children),
                "" if one.found is None else text(f"resurvey.finding.{one.found.finding.value}"),
                one.household,
            ]
            for one in survey.lines
        ],
    )


def _drawn(survey: Survey) -> list[str]:
    said = [
        text(
            "cli.resurvey.drawn",
            name=survey.name,
            seed=survey.seed,
            drawn=number(survey.drawn),
            of=number(survey.of),
        )
    ]
    if survey.asked:
        said.append(text("resurvey.fewer", of=number(survey.drawn), asked=number(survey.asked)))
    if survey.erased:
        said.append(text("resurvey.without_erased", count=number(len(survey.erased))))
    return said


def _said(survey: Survey) -> list[str]:
    certain = survey.share
    told = [
        *_drawn(survey),
        text("cli.resurvey.typed", typed=number(len(survey.results)), drawn=number(survey.drawn)),
    ]
    if certain is not None:
        told.append(
            text(
                "cli.resurvey.rate",
                wrong=number(survey.wrong),
                typed=number(len(survey.results)),
                percent=decimal(certain.percent),
                low=decimal(certain.low),
                high=decimal(certain.high),
                of=number(survey.of),
            )
        )
    return told
