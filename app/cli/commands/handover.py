"""`handover`: send, receive, decide, the printed record; kept bundles, the PCs waited for."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.file_patterns import expanded
from app.cli.parser import CommandParser
from app.cli.session import Session
from app.i18n import text

if TYPE_CHECKING:
    from app.services.exchange import Received
    from app.services.handover_peers import PeerView
    from app.services.handover_receiving import FileResult
    from app.services.handover_register import HandoverView

#: The verdicts that have words; another one was not written by this program.
_VERDICTS = ("accepted", "returned")


def add_commands(group: CommandParser) -> None:
    """Describe the commands of the group."""
    commands = group.commands()
    send = commands.add_parser("send", help=text("cli.handover.send"))
    send.add_argument("--to", required=True, metavar=text("cli.arg.unit"))
    send.add_argument("--out", type=Path, required=True, metavar=text("cli.arg.folder"))
    send.add_argument("--by", default="", metavar=text("cli.arg.name"))
    send.add_argument("--title", default="", metavar=text("cli.arg.name"))
    send.runs(_send)
    inspect = commands.add_parser("inspect", help=text("cli.handover.inspect"))
    inspect.add_argument("file", type=Path, metavar=text("cli.arg.file"))
    inspect.runs(_inspect)
    receive = commands.add_parser("receive", help=text("cli.handover.receive"))
    receive.add_argument("files", type=Path, nargs="+", metavar=text("cli.arg.file"))
    receive.add_argument("--preview", action="store_true", help=text("cli.handover.preview"))
    receive.add_argument(
        "--accept-clock", action="store_true", help=text("cli.handover.accept_clock")
    )
    receive.runs(_receive)
    commands.add_parser("list", help=text("cli.handover.list")).runs(_list)
    commands.add_parser("unfinished", help=text("cli.handover.unfinished")).runs(_unfinished)
    finish = commands.add_parser("finish", help=text("cli.handover.finish"))
    finish.add_argument("id", metavar="ID")
    finish.add_argument("--out", type=Path, required=True, metavar=text("cli.arg.folder"))
    finish.runs(_finish)
    drop = commands.add_parser("drop", help=text("cli.handover.drop"))
    drop.add_argument("id", metavar="ID")
    drop.runs(_drop)
    accept = commands.add_parser("accept", help=text("cli.handover.accept"))
    accept.add_argument("id", metavar="ID")
    accept.runs(_accept)
    back = commands.add_parser("return", help=text("cli.handover.return"))
    back.add_argument("id", metavar="ID")
    back.add_argument("--record", nargs="+", default=[], metavar="ID")
    back.add_argument("--reason", required=True, metavar=text("cli.arg.text"))
    back.runs(_return)
    record = commands.add_parser("record", help=text("cli.handover.record"))
    record.add_argument("id", metavar="ID")
    record.add_argument("--out", type=Path, required=True, metavar=text("cli.arg.file"))
    record.add_argument("--blank-people", action="store_true", help=text("cli.handover.blank"))
    record.runs(_record)
    commands.add_parser("kept", help=text("cli.handover.kept")).runs(_kept)
    admit = commands.add_parser("admit", help=text("cli.handover.admit"))
    admit.add_argument("id", metavar="ID")
    admit.runs(_admit)
    commands.add_parser("pcs", help=text("cli.handover.pcs")).runs(_pcs)
    out = commands.add_parser("take-out", help=text("cli.handover.take_out"))
    out.add_argument("id", metavar="ID")
    out.runs(_take_out)


def _send(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        to = services.workplace.unit_named(arguments.to)
        with session.progress("cli.handover.checking") as progress:
            preview = services.handovers.sending.preview(to, progress)
        session.output.note(
            text(
                "cli.handover.counts",
                households=preview.households,
                children=preview.children,
                incomplete=preview.incomplete,
                errors=preview.issues[0],
                warnings=preview.issues[1],
            )
        )
        for one in preview.units if len(preview.units) > 1 else ():
            session.output.note(
                text(
                    "cli.handover.counts_of_unit",
                    unit=one.unit,
                    households=one.counts.households,
                    children=one.counts.children,
                    incomplete=one.counts.incomplete,
                )
            )
        if preview.clock_behind is not None:
            session.output.note(
                text(
                    "cli.handover.clock_behind",
                    today=day_of(preview.at.day),
                    day=day_of(preview.clock_behind),
                )
            )
        if preview.left_out:
            session.output.note(text("cli.handover.left_out", children=preview.left_out))
        with session.progress("cli.handover.sealing") as progress:
            sent = services.handovers.sending.send(
                to,
                arguments.out,
                giver=arguments.by,
                giver_title=arguments.title,
                seen=preview,
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
            "handover": sent.handover,
            "units": [
                {
                    "unit": one.unit,
                    "households": one.counts.households,
                    "children": one.counts.children,
                    "girls": one.counts.girls,
                    "incomplete": one.counts.incomplete,
                }
                for one in sent.units
            ],
        },
        [
            text("cli.handover.sent", file=sent.file, seq=sent.seq, size=sent.size),
            text("cli.handover.hash", sha256=sent.sha256),
            text("cli.handover.remove_stick"),
        ],
    )
    return ExitCode.DONE


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
        },
        [
            text("cli.handover.seen", file=seen.file, sender=seen.sender, to=seen.to, seq=seen.seq),
            text(
                "cli.handover.holds",
                number=seen.operations,
                households=seen.households,
                children=seen.children,
            ),
            text("cli.handover.hash", sha256=seen.sha256),
        ],
    )
    return ExitCode.DONE


def _receive(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services, session.progress("cli.handover.reading") as progress:
        receiving = services.handovers.receiving
        files = expanded(arguments.files)
        if arguments.preview:
            results = [receiving.preview(file, progress) for file in files]
        else:
            results = receiving.receive(files, progress, accept_question=arguments.accept_clock)
    session.output.answer(
        [_result_document(one, preview=arguments.preview) for one in results],
        [line for one in results for line in _result_lines(one, preview=arguments.preview)],
    )
    if any(one.status == "rejected" for one in results):
        return ExitCode.KNOWN_ERROR
    waits = any(one.received is not None and _waits(one.received) for one in results)
    return ExitCode.WAITS if waits else ExitCode.DONE


def day_of(day: date | None) -> str:
    """A day as it is written in Viet Nam."""
    return "" if day is None else f"{day:%d/%m/%Y}"


def _waits(received: Received) -> bool:
    return received.needs_a_person or bool(received.returned or received.unused)


def _result_document(result: FileResult, *, preview: bool = False) -> dict[str, object]:
    document: dict[str, object] = {
        "file": result.file,
        "preview": preview,
        "status": result.status,
        "reason": result.reason,
        "message": result.message,
    }
    received = result.received
    for name in ("seq", "new", "changed", "unchanged", "conflicts", "waiting", "refused"):
        document[name] = 0 if received is None else getattr(received, name)
    if received is not None:
        document["handover"] = received.handover
        document["sender"] = received.sender
        document["continuity"] = received.continuity.value
        document["alarm"] = received.alarm
        document["ahead"] = None if received.ahead is None else received.ahead.isoformat()
        document["returned"] = [
            {"entity": one.entity, "id": one.id, "reason": one.reason, "by": one.by}
            for one in received.returned
        ]
        document["unused"] = [
            {"entity": one.entity, "what": one.what, "reason": one.reason, "message": one.message}
            for one in received.unused
        ]
        document["new_replica"] = "" if received.renewed is None else received.renewed.value
    return document


def _result_lines(result: FileResult, *, preview: bool = False) -> list[str]:
    if result.status == "rejected":
        return [result.message]
    received = result.received
    if received is None:
        return [text("cli.handover.already", file=result.file)]
    lines = [
        text(
            "cli.handover.previewed" if preview else "cli.handover.imported",
            file=result.file,
            sender=received.sender,
            seq=received.seq,
            new=received.new,
            changed=received.changed,
        )
    ]
    if received.needs_a_person:
        lines.append(
            text(
                "cli.handover.waits",
                conflicts=received.conflicts,
                waiting=received.waiting,
                refused=received.refused,
            )
        )
    lines += [one.message for one in received.unused]
    for one in received.returned:
        kind = "handover" if one.entity == "handover" else "record"
        lines.append(text(f"cli.handover.returned_{kind}", id=one.id, by=one.by, reason=one.reason))
    if received.continuity.value in ("gap", "fork"):
        lines.append(text(f"cli.handover.{received.continuity.value}", sender=received.sender))
    if received.ahead is not None:
        lines.append(text("cli.handover.ahead", file=result.file, day=day_of(received.ahead)))
    if received.renewed is not None:
        lines.append(text("cli.handover.new_replica"))
    elif received.alarm:
        lines.append(text("cli.handover.alarm"))
    return lines


def _list(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.handovers.register.list()
        waiting = len(services.handovers.unfinished.list())
    if waiting:
        session.output.note(text("cli.handover.some_unfinished", number=waiting))
    session.output.answer(
        [_view_document(one) for one in found], [_view_line(one) for one in found]
    )
    return ExitCode.DONE


def _unfinished(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.handovers.unfinished.list()
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
                to=one.to,
                seq=one.seq,
                file=one.file,
                on=one.sealed_on[:10],
            )
            for one in found
        ]
        or [text("cli.handover.none_unfinished")],
    )
    return ExitCode.DONE


def _finish(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.handover_sending import FOLDER

    with session.open() as services:
        services.handovers.unfinished.finish(arguments.id, arguments.out / FOLDER)
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
        "to": view.to,
        "seq": view.seq,
        "sent_on": view.sent_on,
        "households": view.households,
        "children": view.children,
        "incomplete": view.incomplete,
        "file": view.file,
        "bundle_id": view.bundle_id,
        "received_here": view.received_here,
        "receipts": [
            {
                "tier": one.tier,
                "on": one.on,
                "households": one.households,
                "children": one.children,
                "incomplete": one.incomplete,
                "refused": one.refused,
                "waiting": one.waiting,
            }
            for one in view.receipts
        ],
        "verdicts": [
            {"tier": one.tier, "verdict": one.verdict, "on": one.on, "reason": one.reason}
            for one in view.verdicts
        ],
    }


def _view_line(view: HandoverView) -> str:
    told = [
        text(
            "cli.handover.reached",
            tier=text(f"cli.tier.{one.tier}"),
            households=one.households,
            children=one.children,
            incomplete=one.incomplete,
        )
        for one in view.receipts
    ]
    told += [
        text(
            f"cli.handover.verdict_{one.verdict}",
            tier=text(f"cli.tier.{one.tier}"),
            reason=one.reason,
        )
        for one in view.verdicts
        if one.verdict in _VERDICTS
    ]
    if not view.seq:
        # A receipt came down before the half that the giver wrote.
        line = text("cli.handover.line_unknown", id=view.id)
    else:
        line = text(
            "cli.handover.line",
            id=view.id,
            giver=view.giver,
            to=view.to,
            seq=view.seq,
            on=(view.sent_on or view.received_here)[:10],
        )
    return "; ".join((line, *told))


def _accept(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        view = services.handovers.register.accept(arguments.id)
    session.output.answer(_view_document(view), [text("cli.handover.accepted", id=view.id)])
    return ExitCode.DONE


def _return(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        view = services.handovers.register.return_(arguments.id, arguments.reason, arguments.record)
    session.output.answer(_view_document(view), [text("cli.handover.returned", id=view.id)])
    return ExitCode.DONE


def _record(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        document = services.handovers.register.document(
            arguments.id, blank_people=arguments.blank_people
        )
    # Qt is loaded only here, by the one command that prints.
    from app.printing.pdf import write_pdf

    write_pdf(document, arguments.out)
    session.output.answer(
        {"file": str(arguments.out)}, [text("cli.handover.printed", file=arguments.out)]
    )
    return ExitCode.DONE


def _kept(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.handovers.kept.list()
    session.output.answer(
        [
            {
                "bundle_id": one.bundle_id,
                "sender": one.sender,
                "station": one.station,
                "seq": one.seq,
                "created": one.created,
                "ops": one.operations,
                "file": str(one.file),
                "problem": one.problem,
            }
            for one in found
        ],
        [
            one.problem
            or text(
                "cli.handover.kept_line",
                id=one.bundle_id,
                sender=one.sender,
                station=one.station,
                seq=one.seq,
                on=one.created[:10],
                number=one.operations,
            )
            for one in found
        ]
        or [text("cli.handover.none_kept")],
    )
    return ExitCode.WAITS if any(one.problem for one in found) else ExitCode.DONE


def _admit(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services, session.progress("cli.handover.reading") as progress:
        result = services.handovers.kept.accept(arguments.id, progress)
    session.output.answer(_result_document(result), _result_lines(result))
    waits = result.received is not None and _waits(result.received)
    return ExitCode.WAITS if waits else ExitCode.DONE


def _pcs(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.handovers.peers.list()
    session.output.answer(
        [
            {
                "unit": one.unit,
                "station": one.station,
                "replica": one.replica,
                "behind": one.behind,
                "last_heard": None if one.last_heard is None else one.last_heard.isoformat(),
                "active": one.active,
                "lowest": one.lowest,
            }
            for one in found
        ],
        [_pc_line(one) for one in found] or [text("cli.handover.no_pcs")],
    )
    return ExitCode.DONE


def _pc_line(one: PeerView) -> str:
    heard = "–" if one.last_heard is None else one.last_heard.date().isoformat()
    line = text(
        "cli.handover.pc" if one.active else "cli.handover.pc_out",
        unit=one.unit,
        station=one.station,
        replica=one.replica or "–",
        behind=one.behind,
        heard=heard,
    )
    return f"{line} {text('cli.handover.pc_lowest')}" if one.lowest else line


def _take_out(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        unit = services.handovers.peers.take_out(arguments.id)
    session.output.answer(
        {"id": arguments.id, "unit": unit},
        [text("cli.handover.taken_out", id=arguments.id, unit=unit)],
    )
    return ExitCode.DONE
