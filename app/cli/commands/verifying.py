"""`handover verify`: a handover looked through by rule and by village, and what came back of it.

Issues are work, not something that waits: it ends with 4 only while records that were sent back
wait for an answer.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.cli.days import day_with_precision
from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import CommandParser, Commands
from app.cli.session import Session
from app.errors import KnownError
from app.i18n import called, number, text

if TYPE_CHECKING:
    from app.services.handover_register import SendBack
    from app.services.issue_book import IssueRow, RuleCount
    from app.services.services import Services
    from app.services.verification import ReturnedLine, Verified, VillageLine
    from app.services.wording import Labels

_INDENT = "  "


def add_verify(commands: Commands) -> None:
    """Describe the command."""
    verify = commands.add_parser("verify", help=text("cli.verify.help"))
    verify.add_argument("id", metavar="ID", help=text("cli.argument.handover_id"))
    add_rule(verify)
    verify.add_argument("--changed", action="store_true", help=text("cli.verify.changed_help"))
    verify.runs(_verify)


def add_rule(command: CommandParser) -> None:
    """`--rule` and `--village`: which issues are meant."""
    command.add_argument(
        "--rule", default="", metavar=text("cli.arg.rule"), help=text("cli.verify.rule_help")
    )
    command.add_argument(
        "--village",
        default="",
        metavar=text("cli.arg.village"),
        help=text("cli.verify.village_help"),
    )


def records_of_rule(
    session: Session, services: Services, arguments: Namespace, reason: str
) -> list[SendBack]:
    """Every record of the handover that breaks the rule named; of a village where one is named.

    Raises KnownError `verification.nothing_broken`, `verification.no_village`,
    `verification.several_villages`.
    """
    from app.services.verification import IssueFilter

    with session.progress("cli.check.checking") as progress:
        found = services.verification.look(arguments.id, progress)
    village = village_of(services, found, arguments.village)
    back = services.verification.of_rule(IssueFilter(rule=arguments.rule, village=village), reason)
    if not back:
        raise KnownError(
            "verification.nothing_broken", "verification.nothing_broken_hint", rule=arguments.rule
        )
    return back


def village_of(services: Services, found: Verified, wanted: str) -> str:
    """The id of a village of the handover by its id or name, with its unit where another has a
    village of that name; "" for none wanted. Raises KnownError `verification.no_village`,
    `verification.several_villages`.
    """
    from app.services.village_places import NamedVillage, village_meant

    if not wanted:
        return ""
    villages = [NamedVillage(one.id, one.name, one.unit) for one in found.villages if one.id]
    units = {one.unit for one in found.villages}
    return village_meant(services.workplace, villages, units, wanted)


def _verify(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.verification import IssueFilter
    from app.services.village_places import unit_names

    with session.open() as services:
        with session.progress("cli.check.checking") as progress:
            found = services.verification.look(
                arguments.id, progress, only_changed=arguments.changed
            )
        village = village_of(services, found, arguments.village)
        units = unit_names(services.workplace, {one.unit for one in found.villages})
        labels = services.records.labels()
        rows: list[IssueRow] = []
        if arguments.rule or village:
            book = services.verification.book
            wanted = IssueFilter(rule=arguments.rule, village=village)
            rows = book.rows(book.find(wanted)[:])
    document = _document(found)
    if arguments.rule or village:
        document["records"] = [_row(one) for one in rows]
    lines = [*_lines(found, units, labels), *(_row_line(one, units, labels) for one in rows)]
    if arguments.rule and not rows:
        lines.append(text("verification.nothing_broken", rule=arguments.rule))
    session.output.answer(document, lines)
    return ExitCode.WAITS if found.waiting else ExitCode.DONE


def _document(found: Verified) -> dict[str, object]:
    return {
        "handover": found.view.id,
        "giver": found.view.giver,
        "seq": found.view.seq or None,
        "since": found.since or None,
        "households": found.households,
        "children": found.children,
        "incomplete": found.unfinished,
        "changed": found.changed,
        "later": found.later,
        "errors": found.errors,
        "warnings": found.warnings,
        "rules": [
            {
                "severity": one.severity.value,
                "rule": one.rule,
                "form": one.form,
                "field": one.field or None,
                "count": one.count,
            }
            for one in found.rules
        ],
        "villages": [
            {
                "unit": one.unit,
                "id": one.id or None,
                "name": one.name or None,
                "households": one.households,
                "children": one.children,
                "incomplete": one.unfinished,
                "changed": one.changed,
                "errors": one.errors,
                "warnings": one.warnings,
                "returned": one.returned,
                "moved_away": one.departed,
            }
            for one in found.villages
        ],
        "returned": [_returned(one) for one in found.returned],
    }


def _returned(one: ReturnedLine) -> dict[str, object]:
    return {
        "household": one.household or None,
        "child": one.child or None,
        "reason": one.reason,
        "field": one.field or None,
        "on": one.on or None,
        "answered_by": one.answered_by or None,
        "answered_on": one.answered_on or None,
    }


def _row(one: IssueRow) -> dict[str, object]:
    return {
        "severity": one.severity.value,
        "rule": one.rule,
        "field": one.field or None,
        "record": one.record,
        "household": one.household or None,
        "child": one.child or None,
        "message": one.sentence,
    }


def _row_line(one: IssueRow, units: Mapping[str, str], labels: Labels) -> str:
    from app.services.village_places import place_words

    return _INDENT + text(
        "cli.verify.record",
        severity=text(f"check.severity.{one.severity.value}"),
        id=one.record,
        village=place_words(one.village or text("cli.verify.no_village"), one.owner_unit, units),
        number=one.household_no or "–",
        about=_about(one, labels),
        sentence=one.sentence,
    )


def _about(one: IssueRow | RuleCount, labels: Labels) -> str:
    """The rule, and the field that it is about as its form calls it: of two fields that break one
    rule the sentences may be the same.
    """
    field = labels.of(one.form, one.field) or one.field
    return f"{field} ({one.rule})" if field else one.rule


def _place(one: VillageLine, units: Mapping[str, str]) -> str:
    """A village, or what stands in none; with its unit where there are several."""
    from app.services.village_places import place_words

    gone = text("cli.village.departed") if one.departed else ""
    return place_words(gone or one.name or text("cli.verify.no_village"), one.unit, units)


def _lines(found: Verified, units: Mapping[str, str], labels: Labels) -> list[str]:
    said = [
        text(
            "cli.verify.whole",
            households=number(found.households),
            children=number(found.children),
            incomplete=number(found.unfinished),
            errors=number(found.errors),
            warnings=number(found.warnings),
        ),
        text("cli.verify.changed", count=number(found.changed)),
    ]
    if found.later:
        said.append(text("cli.verify.later", count=number(found.later)))
    names = ("village", "households", "children", "incomplete", "changed", "errors", "warnings")
    heads = [text(f"cli.verify.column.{name}") for name in names]
    said += columns(
        heads,
        [
            [
                _place(one, units),
                number(one.households),
                number(one.children),
                number(one.unfinished),
                number(one.changed),
                number(one.errors),
                number(one.warnings),
            ]
            for one in found.villages
        ],
    )
    for rule in found.rules:
        severity = text(f"check.severity.{rule.severity.value}")
        said.append(f"{severity}  {number(rule.count)}  {_about(rule, labels)}: {rule.sentence}")
    for one in found.returned:
        key = "cli.verify.waits" if one.waits else "cli.verify.answered"
        said.append(
            text(
                key,
                id=one.child or one.household,
                reason=one.reason,
                unit=called(one.answered_by),
                on=day_with_precision(one.answered_on) or text("day.unknown"),
            )
        )
    return said
