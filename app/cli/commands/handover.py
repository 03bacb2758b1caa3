"""`handover`: send, receive, decide, the printed record."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.cli.commands.delivering import add_deliveries
from app.cli.commands.keeping import add_kept
from app.cli.commands.peers import add_pcs
from app.cli.commands.receiving import add_receive, ahead_lines
from app.cli.commands.resurveying import add_resurvey
from app.cli.commands.returned import add_returned
from app.cli.commands.sending import add_news, add_send
from app.cli.commands.undoing import add_undo
from app.cli.commands.verifying import add_rule, add_verify, records_of_rule
from app.cli.days import day_of_moment
from app.cli.exit_code import ExitCode
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.cli.sheets import print_to, refuse_other_files
from app.cli.written import path
from app.i18n import called, number, text

if TYPE_CHECKING:
    from app.services.handover_people import Signer
    from app.services.handover_register import HandoverView, Receipt

#: The verdicts that have words; another one was not written by this program.
_VERDICTS = ("accepted", "returned")


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    add_send(commands)
    inspect = commands.add_parser("inspect", help=text("cli.handover.inspect"))
    inspect.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.argument.bundle_file")
    )
    inspect.runs(_inspect)
    add_receive(commands)
    add_undo(commands)
    add_deliveries(commands)
    add_returned(commands)
    add_verify(commands)
    add_resurvey(commands)
    commands.add_parser("list", help=text("cli.handover.list")).runs(_list)
    commands.add_parser("unfinished", help=text("cli.handover.unfinished")).runs(_unfinished)
    finish = commands.add_parser("finish", help=text("cli.handover.finish"))
    finish.add_argument("id", metavar="ID", help=text("cli.argument.unfinished_id"))
    finish.add_argument(
        "--out",
        type=path,
        required=True,
        metavar=text("cli.arg.folder"),
        help=text("cli.argument.finish_out"),
    )
    finish.runs(_finish)
    drop = commands.add_parser("drop", help=text("cli.handover.drop"))
    drop.add_argument("id", metavar="ID", help=text("cli.argument.unfinished_id"))
    drop.runs(_drop)
    accept = commands.add_parser("accept", help=text("cli.handover.accept"))
    accept.add_argument("id", metavar="ID", help=text("cli.argument.handover_id"))
    accept.runs(_accept)
    back = commands.add_parser("return", help=text("cli.handover.return"))
    back.add_argument("id", metavar="ID", help=text("cli.argument.handover_id"))
    back.add_argument(
        "--record", nargs="+", default=[], metavar="ID", help=text("cli.argument.return_record")
    )
    back.add_argument(
        "--field",
        default="",
        metavar=text("cli.arg.text"),
        help=text("cli.argument.return_field"),
    )
    add_rule(back)
    back.add_argument(
        "--reason",
        required=True,
        metavar=text("cli.arg.text"),
        help=text("cli.argument.return_reason"),
    )
    back.add_argument("--accept-rest", action="store_true", help=text("cli.handover.accept_rest"))
    back.runs(_return)
    record = commands.add_parser("record", help=text("cli.handover.record"))
    record.add_argument("id", metavar="ID", help=text("cli.argument.handover_id"))
    record.add_argument(
        "--out",
        type=path,
        required=True,
        metavar=text("cli.arg.file"),
        help=text("cli.argument.record_out"),
    )
    record.add_argument("--blank-people", action="store_true", help=text("cli.handover.blank"))
    record.runs(_record)
    add_news(commands)
    people = commands.add_parser("people", help=text("cli.handover.people"))
    people.add_argument(
        "--to", required=True, metavar=text("cli.arg.unit"), help=text("cli.argument.people_to")
    )
    people.runs(_people)
    add_kept(commands)
    add_pcs(commands)


def _inspect(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        seen = services.handovers.receiving.inspect(arguments.file)
    session.output.answer(
        {
            "file": seen.file,
            "sender": seen.sender,
            "station": seen.station,
            "to": seen.to,
            "seq": seen.seq,
            "created": seen.created,
            "ops": seen.operations,
            "households": seen.households,
            "children": seen.children,
            "bytes": seen.size,
            "sha256": seen.sha256,
            "bundle_id": seen.bundle_id,
            "certificate": seen.certificate,
            "time_question": seen.time_question,
            "already": seen.already,
            "ahead": None if seen.ahead is None else seen.ahead.isoformat(),
            "clock_behind": seen.clock_behind,
        },
        [
            text(
                "cli.handover.seen",
                file=seen.file,
                sender=called(seen.sender),
                to=called(seen.to),
                seq=seen.seq,
            ),
            text(
                "cli.handover.holds",
                number=number(seen.operations),
                households=number(seen.households),
                children=number(seen.children),
            ),
            text("cli.handover.hash", sha256=seen.sha256),
            *ahead_lines(seen.file, seen.ahead, own_clock=seen.clock_behind),
        ],
    )
    return ExitCode.DONE


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.handovers.register.list()
        waiting = len(services.handovers.unfinished.list())
        lines = [
            _view_line(one, services.entry.unit_name, services.workplace.tier.value)
            for one in found
        ]
    if waiting:
        session.output.note(text("cli.handover.some_unfinished", number=waiting))
    session.output.answer([_view_document(one) for one in found], lines)
    return ExitCode.DONE


def _unfinished(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.handovers.unfinished.list()
        names = [services.entry.unit_name(one.to) for one in found]
    session.output.answer(
        [
            {
                "id": one.handover,
                "to": one.to,
                "seq": one.seq,
                "file": one.file,
                "sealed_on": one.sealed_on,
            }
            for one in found
        ],
        [
            text(
                "cli.handover.unfinished_line",
                id=one.handover,
                to=name,
                seq=one.seq,
                file=one.file,
                on=day_of_moment(one.sealed_on),
            )
            for one, name in zip(found, names, strict=True)
        ]
        or [text("cli.handover.none_unfinished")],
    )
    return ExitCode.DONE


def _finish(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.handover_sending import bundles_on

    with session.open() as services:
        services.handovers.unfinished.finish(arguments.id, bundles_on(arguments.out))
    session.output.answer({"id": arguments.id}, [text("cli.handover.finished", id=arguments.id)])
    return ExitCode.DONE


def _drop(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        services.handovers.unfinished.drop(arguments.id)
    session.output.answer({"id": arguments.id}, [text("cli.handover.dropped", id=arguments.id)])
    return ExitCode.DONE


def _view_document(view: HandoverView) -> dict[str, object]:
    return {
        "id": view.id,
        "giver": view.giver,
        "to": view.to or None,
        "seq": view.seq or None,
        "sent_on": view.sent_on or None,
        "households": view.households,
        "children": view.children,
        "incomplete": view.incomplete,
        "round": view.round or None,
        "file": view.file or None,
        "bundle_id": view.bundle_id,
        "received_here": view.received_here or None,
        "undone": None if view.undone is None else {"by": view.undone.by, "why": view.undone.why},
        "rewritten": view.rewritten,
        "awaited": view.awaited,
        "receipts": [
            {
                "tier": one.tier,
                "on": one.on,
                "households": None if one.with_later else one.households,
                "children": None if one.with_later else one.children,
                "incomplete": None if one.with_later else one.incomplete,
                "refused": one.refused,
                "waiting": one.waiting,
                "round": one.round,
                "differs": view.counts_otherwise(one),
                "with_later": one.with_later,
                "set_aside": one.set_aside,
            }
            for one in view.receipts
        ],
        "verdicts": [
            {
                "tier": one.tier,
                "verdict": one.verdict,
                "on": one.on,
                "reason": {"masked": True} if one.masked else one.reason,
                "sent_back": one.sent_back,
            }
            for one in view.verdicts
        ],
        "sent_back": [{"tier": tier, "records": count} for tier, count in view.sent_back],
    }


def _view_line(view: HandoverView, name: Callable[[str], str], tier: str) -> str:
    from app.services.round_words import round_in_sentence

    told = _stated_lines(view) + [
        text(
            "cli.handover.reached_with_later" if one.with_later else "cli.handover.reached",
            tier=text(f"cli.tier.{one.tier}"),
            households=number(one.households),
            children=number(one.children),
            incomplete=number(one.incomplete),
        )
        + (one.round and f", {round_in_sentence(one.round)}")
        + _otherwise(view, one)
        + _aside(one, tier)
        for one in view.receipts
    ]
    told += [
        text(
            f"cli.handover.verdict_{one.verdict}"
            + ("_but" if one.verdict == "accepted" and one.sent_back else ""),
            tier=text(f"cli.tier.{one.tier}"),
            reason=one.reason,
            count=number(one.sent_back),
        )
        for one in view.verdicts
        if one.verdict in _VERDICTS
    ]
    told += [
        text("cli.handover.sent_back", tier=text(f"cli.tier.{tier}"), count=number(count))
        for tier, count in view.sent_back
    ]
    if not view.seq:
        # A receipt came before the half that the giver wrote, and does not say the number.
        line = text(
            "cli.handover.line_unknown",
            id=view.id,
            giver=name(view.giver) if view.giver else text("cli.handover.giver_unknown"),
        )
    else:
        line = text(
            "cli.handover.line",
            id=view.id,
            giver=name(view.giver),
            to=name(view.to),
            seq=view.seq,
            on=day_of_moment(view.sent_on or view.received_here or _first_receipt(view)),
        )
    if view.awaited:
        told.append(text("handovers.awaited"))
    if view.rewritten:
        told.append(text("handovers.rewritten" if view.accepted else "handovers.rewritten_before"))
    if view.undone is not None:
        told.append(text("cli.handover.was_undone", by=view.undone.by, why=view.undone.why))
    return "; ".join((line, *told))


def _aside(receipt: Receipt, tier: str) -> str:
    """That a receiver does not use it; this unit, of `tier`, need not ask itself why."""
    if not receipt.set_aside:
        return ""
    own = receipt.tier == tier
    return f"; {text('cli.handover.set_aside_own' if own else 'cli.handover.set_aside_above')}"


def _stated_lines(view: HandoverView) -> list[str]:
    """What the giver handed over, where no receipt says the number."""
    said = view.stated
    if said is None or any(not one.with_later for one in view.receipts):
        return []
    return [
        text(
            "cli.handover.handed_over",
            households=number(said.households),
            children=number(said.children),
            incomplete=number(said.incomplete),
        )
    ]


def _otherwise(view: HandoverView, receipt: Receipt) -> str:
    from app.services.handover_stated import stated_words

    if view.stated is None or not view.counts_otherwise(receipt):
        return ""
    return f" ({stated_words(view.stated, receipt.counts)})"


def _first_receipt(view: HandoverView) -> str:
    return view.receipts[0].on if view.receipts else ""


def _accept(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        view = services.handovers.register.accept(arguments.id)
    session.output.answer(_view_document(view), [text("cli.handover.accepted", id=view.id)])
    return ExitCode.DONE


def _return(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.handover_register import SendBack
    from app.services.handover_values import ACCEPTED, RETURNED

    reason = arguments.reason.strip()
    with session.open() as services:
        if arguments.field:
            services.verification.refuse_field(arguments.field, arguments.record)
        back = [SendBack(one, reason, arguments.field) for one in arguments.record]
        if arguments.rule:
            back += records_of_rule(session, services, arguments, reason)
        whole = not (arguments.record or arguments.rule)
        verdict = RETURNED if whole else ACCEPTED if arguments.accept_rest else ""
        view = services.verification.settle(arguments.id, back, verdict, reason if whole else "")
    lines = [text("cli.handover.returned", id=view.id)]
    if back:
        lines = [text("cli.handover.returned_records", id=view.id, count=number(len(back)))]
    if verdict == ACCEPTED:
        lines.append(text("cli.handover.accepted", id=view.id))
    document = {**_view_document(view), "returned": len(back)}
    session.output.answer(document, lines)
    return ExitCode.DONE


def _record(session: Session, arguments: Namespace) -> ExitCode:
    refuse_other_files(arguments.out)
    with session.open() as services:
        services.handovers.register.print(
            arguments.id,
            partial(print_to, arguments.out),
            blank_people=arguments.blank_people,
        )
    session.output.answer(
        {"file": str(arguments.out)}, [text("cli.handover.printed", file=arguments.out)]
    )
    return ExitCode.DONE


def _people(session: Session, arguments: Namespace) -> ExitCode:
    """Whom the record may name, as the window proposes them."""
    with session.open() as services:
        workplace = services.workplace
        to = workplace.unit_named(arguments.to)
        found = services.handovers.people.proposed(workplace.unit, to)
    sides = {"givers": found.givers, "receivers": found.receivers}
    session.output.answer(
        {side: [{"name": it.name, "title": it.title} for it in sides[side]] for side in sides},
        [text(f"cli.handover.people.{side}", names=_named(sides[side]) or "–") for side in sides],
    )
    return ExitCode.DONE


def _named(found: Sequence[Signer]) -> str:
    return "; ".join(f"{one.name} ({one.title})" if one.title else one.name for one in found)
