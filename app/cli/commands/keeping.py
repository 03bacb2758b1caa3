"""`handover kept` and `admit`: bundles that were laid by, and taking one in after all."""

from __future__ import annotations

from argparse import Namespace

from app.cli.commands.receiving import outcome, result_document, result_lines
from app.cli.days import day_of_moment
from app.cli.exit_code import ExitCode
from app.cli.parser import Commands
from app.cli.session import Session
from app.i18n import number, text


def add_kept(commands: Commands) -> None:
    """Describe both commands."""
    commands.add_parser("kept", help=text("cli.handover.kept")).runs(_kept)
    admit = commands.add_parser("admit", help=text("cli.handover.admit"))
    admit.add_argument("id", metavar="ID", help=text("cli.argument.kept_id"))
    admit.add_argument("--preview", action="store_true", help=text("cli.handover.preview"))
    admit.runs(_admit)


def _kept(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.handovers.kept.list()
        senders = [services.entry.unit_name(one.sender) for one in found]
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
                sender=sender,
                station=one.station,
                seq=one.seq,
                on=day_of_moment(one.created),
                number=number(one.operations),
            )
            for one, sender in zip(found, senders, strict=True)
        ]
        or [text("cli.handover.none_kept")],
    )
    return ExitCode.WAITS if any(one.problem for one in found) else ExitCode.DONE


def _admit(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services, session.progress("cli.handover.reading") as progress:
        kept, preview = services.handovers.kept, arguments.preview
        deed = kept.preview if preview else kept.accept
        result = deed(arguments.id, progress)
    session.output.answer(
        result_document(result, preview=preview), result_lines(result, preview=preview)
    )
    return outcome([result])
