"""`handover send` and `handover news`: what would go out, with a look before it is sealed."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.cli.days import day_of
from app.cli.exit_code import ExitCode
from app.cli.parser import Commands
from app.cli.session import Session
from app.cli.written import path
from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.handover_scope import UnitCounts
    from app.services.handover_sending import SendPreview
    from app.services.outgoing_news import OutgoingNews


def add_send(commands: Commands) -> None:
    """Describe `handover send`."""
    send = commands.add_parser("send", help=text("cli.handover.send"))
    send.add_argument(
        "--to", required=True, metavar=text("cli.arg.unit"), help=text("cli.argument.send_to")
    )
    look = send.add_mutually_exclusive_group(required=True)
    look.add_argument("--preview", action="store_true", help=text("cli.handover.send_preview"))
    look.add_argument(
        "--out",
        type=path,
        metavar=text("cli.arg.folder"),
        help=text("cli.argument.send_out"),
    )
    send.add_argument(
        "--by", default="", metavar=text("cli.arg.name"), help=text("cli.argument.send_by")
    )
    send.add_argument(
        "--title", default="", metavar=text("cli.arg.name"), help=text("cli.argument.send_title")
    )
    send.add_argument(
        "--receiver",
        default="",
        metavar=text("cli.arg.name"),
        help=text("cli.argument.send_receiver"),
    )
    send.add_argument(
        "--receiver-title",
        default="",
        metavar=text("cli.arg.name"),
        help=text("cli.argument.send_receiver_title"),
    )
    send.add_argument(
        "--round", default="", metavar=text("cli.arg.round"), help=text("cli.handover.round_arg")
    )
    send.add_argument(
        "--clock-confirmed", action="store_true", help=text("cli.handover.clock_confirmed")
    )
    send.runs(_send)


def add_news(commands: Commands) -> None:
    """Describe `handover news`."""
    news = commands.add_parser("news", help=text("cli.handover.news"))
    news.add_argument(
        "--to", required=True, metavar=text("cli.arg.unit"), help=text("cli.argument.people_to")
    )
    news.runs(_news)


def _send(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.handover_people import Signer, Signers

    if arguments.preview:
        return _look(session, arguments)
    with session.open() as services:
        to = services.workplace.unit_named(arguments.to)
        sending = services.handovers.sending
        sending.refuse_in_vain(to, arguments.out)
        named = sending.round_named(arguments.round) if arguments.round else ""
        with session.progress("cli.handover.checking") as progress:
            preview = sending.preview(to, progress, named)
        for line in _counts_lines(preview, services.entry.unit_name):
            session.output.note(line)
        about = [*_about_the_total(preview), *_round_lines(preview)]
        for line in about:
            session.output.note(line)
        with session.progress("cli.handover.sealing") as progress:
            sent = sending.send(
                to,
                arguments.out,
                signers=Signers(
                    Signer(arguments.by, arguments.title),
                    Signer(arguments.receiver, arguments.receiver_title),
                ),
                seen=preview,
                clock_confirmed=arguments.clock_confirmed,
                progress=progress,
            )
    session.output.answer(
        {
            "file": str(sent.file),
            "sha256": sent.sha256,
            "bundle_id": sent.bundle_id,
            "seq": sent.seq,
            "ops": sent.operations,
            "households": sent.households,
            "children": sent.children,
            "bytes": sent.size,
            "incomplete": sent.incomplete,
            "errors": sent.errors,
            "warnings": sent.warnings,
            "of_age": sent.of_age,
            "left_out": sent.left_out,
            "moved_away": sent.moved_away,
            "counted_on": None if sent.counted_on is None else sent.counted_on.isoformat(),
            "handover": sent.handover,
            **_rounds_document(preview),
            "units": _units_document(sent.units),
        },
        [
            text("cli.handover.sent", file=sent.file, seq=sent.seq, size=number(sent.size)),
            text(
                "cli.handover.holds",
                number=number(sent.operations),
                households=number(sent.households),
                children=number(sent.children),
            ),
            *about,
            text("cli.handover.hash", sha256=sent.sha256),
            text("cli.handover.remove_stick"),
        ],
    )
    return ExitCode.DONE


def _look(session: Session, arguments: Namespace) -> ExitCode:
    """What would be sealed, as the window shows it before that step; nothing is written."""
    with session.open() as services:
        to = services.workplace.unit_named(arguments.to)
        sending = services.handovers.sending
        sending.refuse_in_vain(to)
        named = sending.round_named(arguments.round) if arguments.round else ""
        with session.progress("cli.handover.checking") as progress:
            preview = sending.preview(to, progress, named)
        news = services.handovers.outgoing.counts(to)
        lines = [
            *_round_lines(preview),
            text("cli.handover.operations", number=number(preview.operations)),
            *_news_lines(news),
            *_place_lines(news),
            *_counts_lines(preview, services.entry.unit_name),
            *_about_the_total(preview),
            *_in_the_way(preview),
        ]
    document = {
        "to": to,
        "ops": preview.operations,
        "travelling_households": preview.travelling_households,
        "travelling_children": preview.travelling_children,
        "households": preview.households,
        "children": preview.children,
        "girls": preview.girls,
        "incomplete": preview.incomplete,
        "errors": preview.issues[0],
        "warnings": preview.issues[1],
        "conflicts": preview.conflicts,
        "of_age": preview.of_age,
        "left_out": preview.left_out,
        "moved_away": preview.moved_away,
        "counted_on": None if preview.counted_on is None else preview.counted_on.isoformat(),
        "clock_behind": None if preview.clock_behind is None else preview.clock_behind.isoformat(),
        "blocked": dict(preview.blocked),
        **_rounds_document(preview),
        "units": _units_document(preview.units),
        **_news_document(news),
    }
    session.output.answer(document, lines)
    return ExitCode.WAITS if preview.blocked else ExitCode.DONE


def _in_the_way(preview: SendPreview) -> list[str]:
    """What somebody has to look at before it is sealed, and what keeps it from going."""
    from app.services.blocking_rules import told
    from app.services.round_words import round_in_sentence

    said = []
    if preview.conflicts:
        said.append(text("cli.handover.open_conflicts", conflicts=number(preview.conflicts)))
    if preview.clock_behind is not None:
        said.append(text("handovers.clock_behind", day=day_of(preview.clock_behind)))
    if preview.blocked and preview.round is not None:
        named = round_in_sentence(preview.round.name)
        said.append(text("handover.blocked", round=named, rules=told(preview.blocked)))
        said.append(text("handover.blocked_hint"))
    return said


def _counts_lines(preview: SendPreview, unit_name: Callable[[str], str]) -> list[str]:
    """What the register holds of the units that travel; of several each by itself."""
    said = [
        text(
            "cli.handover.counts",
            households=number(preview.households),
            children=number(preview.children),
            incomplete=number(preview.incomplete),
            errors=number(preview.issues[0]),
            warnings=number(preview.issues[1]),
        )
    ]
    said += [
        text(
            "cli.handover.counts_of_unit",
            unit=unit_name(one.unit),
            households=number(one.counts.households),
            children=number(one.counts.children),
            incomplete=number(one.counts.incomplete),
        )
        for one in (preview.units if len(preview.units) > 1 else ())
    ]
    return said


def _units_document(units: Sequence[UnitCounts]) -> list[dict[str, object]]:
    return [
        {
            "unit": one.unit,
            "households": one.counts.households,
            "children": one.counts.children,
            "girls": one.counts.girls,
            "incomplete": one.counts.incomplete,
        }
        for one in units
    ]


def _rounds_document(preview: SendPreview) -> dict[str, object]:
    """The round that is counted for, and what else it could be."""
    current = preview.round
    return {
        "round": None if current is None else {"id": current.id, "name": current.name},
        "other_rounds": [{"id": one.id, "name": one.name} for one in preview.other_rounds],
    }


def _about_the_total(preview: SendPreview) -> list[str]:
    """Who stands in the total and lives there no more; who travels and does not stand in it."""
    told = []
    if preview.moved_away:
        told.append(text("cli.handover.moved_away", children=number(preview.moved_away)))
    if preview.of_age:
        day = day_of(preview.counted_on)
        told.append(text("cli.handover.of_age", children=number(preview.of_age), day=day))
    if preview.left_out:
        told.append(text("cli.handover.left_out", children=number(preview.left_out)))
    return told


def _round_lines(preview: SendPreview) -> list[str]:
    """The round that the handover names, and that it could name another."""
    from app.services.round_words import round_in_sentence

    if preview.round is None:
        return [text("cli.handover.no_round")]
    told = [text("cli.handover.round", round=round_in_sentence(preview.round.name))]
    if preview.other_rounds:
        names = ", ".join(f"«{one.name}»" for one in preview.other_rounds)
        told.append(text("cli.handover.other_rounds", names=names))
    return told


def _news(session: Session, arguments: Namespace) -> ExitCode:
    """What the next bundle holds that is new for its receiver."""
    with session.open() as services:
        to = services.workplace.unit_named(arguments.to)
        outgoing = services.handovers.outgoing
        found = outgoing.counts(to)
        rows = [row for one in found.counts for row in outgoing.rows(to, one.kind)]
    records = [
        {
            "kind": row.kind.value,
            "id": row.id,
            "who": row.who,
            "village": row.village_id or None,
            "village_name": row.village or None,
            "what": row.what,
        }
        for row in rows
    ]
    session.output.answer(
        {**_news_document(found), "records": records},
        [
            *_news_lines(found),
            *(" · ".join(filter(None, (row.who, row.sort, row.village, row.what))) for row in rows),
            *([] if found.counts or found.besides else [text("cli.handover.news.none")]),
        ],
    )
    return ExitCode.DONE


def _news_document(found: OutgoingNews) -> dict[str, object]:
    work = found.outstanding
    return {
        "counts": {
            one.kind.value: {
                "households": one.households,
                "children": one.children,
                "events": one.events,
            }
            for one in found.counts
        },
        "outstanding": (
            None if work is None else {"unsent": work.unsent, "unconfirmed": work.unconfirmed}
        ),
        "places": [
            {
                "id": one.id or None,
                "name": one.name or None,
                "households": one.households,
                "children": one.children,
            }
            for one in found.places
        ],
        "besides": [{"what": one.what, "message": one.message} for one in found.besides],
    }


def _news_lines(found: OutgoingNews) -> list[str]:
    """How much is new, by what happened to it."""
    return [
        *_outstanding_lines(found),
        *(
            text(
                f"cli.handover.news.{one.kind.value}",
                households=number(one.households),
                children=number(one.children),
                events=number(one.events),
            )
            for one in found.counts
        ),
        *(one.message for one in found.besides),
    ]


def _place_lines(found: OutgoingNews) -> list[str]:
    """How much of it is of which village, or unit below."""
    return [
        text(
            "arrivals.in_village",
            village=one.name or text("register.no_village"),
            households=number(one.households),
            children=number(one.children),
        )
        for one in found.places
    ]


def _outstanding_lines(found: OutgoingNews) -> list[str]:
    """What the unit above does not have yet, as the window's foot says it."""
    work = found.outstanding
    if work is None:
        return []
    return [
        text(
            "cli.handover.news.outstanding",
            unsent=number(work.unsent),
            unconfirmed=number(work.unconfirmed),
        )
    ]
