"""`handover receive`: take files in, and say what became of each.

Whatever was taken in is told, also when somebody stops the rest or one of the files is bad.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.commands.arriving import arrivals_document, arrivals_lines
from app.cli.days import day_of
from app.cli.exit_code import ExitCode
from app.cli.file_patterns import expanded
from app.cli.parser import Commands
from app.cli.session import Session
from app.cli.written import path
from app.i18n import called, number, text

if TYPE_CHECKING:
    from app.services.exchange import Received
    from app.services.handover_people import Signers
    from app.services.handover_receiving import FileResult, Receiving
    from app.services.workplace import Progress

#: Numbers of households and children apart; `new` and `changed` are both together.
_COUNTS = ("households", "children", "girls", "incomplete")
_BY_KIND = ("households_new", "children_new", "households_changed", "children_changed")


def add_receive(commands: Commands) -> None:
    """Describe the command."""
    receive = commands.add_parser("receive", help=text("cli.handover.receive"))
    receive.add_argument(
        "files",
        type=path,
        nargs="+",
        metavar=text("cli.arg.file"),
        help=text("cli.argument.bundle_files"),
    )
    receive.add_argument("--preview", action="store_true", help=text("cli.handover.preview"))
    receive.add_argument(
        "--accept-clock", action="store_true", help=text("cli.handover.accept_clock")
    )
    for option, said in (
        ("--by", "receive_by"),
        ("--title", "receive_title"),
        ("--from", "receive_from"),
        ("--from-title", "receive_from_title"),
    ):
        receive.add_argument(
            option,
            dest=said,
            default="",
            metavar=text("cli.arg.name"),
            help=text(f"cli.argument.{said}"),
        )
    receive.runs(_receive)


def _receive(session: Session, arguments: Namespace) -> ExitCode:
    from app.services.handover_looking import bundles_in
    from app.services.handover_people import Signer, Signers

    # A folder without bundles stays what it is: whoever opens it says so.
    files = [one for place in expanded(arguments.files) for one in bundles_in([place]) or [place]]
    with session.open() as services, session.progress("cli.handover.reading") as progress:
        receiving = services.handovers.receiving
        if arguments.preview:
            results = [receiving.preview(file, progress) for file in files]
        else:
            results = _taken_in(
                receiving,
                files,
                progress,
                accept_clock=arguments.accept_clock,
                signers=Signers(
                    Signer(arguments.receive_from, arguments.receive_from_title),
                    Signer(arguments.receive_by, arguments.receive_title),
                ),
            )
    session.output.answer(
        [result_document(one, preview=arguments.preview) for one in results],
        [line for one in results for line in result_lines(one, preview=arguments.preview)],
    )
    return outcome(results)


def _taken_in(
    receiving: Receiving,
    files: Sequence[Path],
    progress: Progress,
    *,
    accept_clock: bool,
    signers: Signers,
) -> list[FileResult]:
    """The results, also of what was taken in before somebody broke the work off.

    Of several files the progress counts those that are done: the steps of each would begin anew.
    """
    from app.services.handover_receiving import left_out
    from app.services.workplace import Progress

    done: dict[int, FileResult] = {}
    many = len(files) > 1

    def told(at: int, result: FileResult) -> None:
        done[at] = result
        if many:
            progress.on_step(len(done), len(files))

    within = Progress(cancelled=progress.cancelled) if many else progress
    try:
        return receiving.receive(
            files, within, accept_question=accept_clock, signers=signers, told=told
        )
    except KeyboardInterrupt:
        if not done:
            raise
        # It may have come while a file was just being saved: nothing is claimed of that one.
        return [done.get(at) or left_out(file, "handover.cut_off") for at, file in enumerate(files)]


def outcome(results: Sequence[FileResult]) -> ExitCode:
    """Bad input where a file was rejected, or where all that came was known before."""
    if any(one.status == "rejected" for one in results):
        return ExitCode.KNOWN_ERROR
    if all(one.status == "already" for one in results):
        return ExitCode.KNOWN_ERROR
    waits = any(one.received is not None and _waits(one.received) for one in results)
    return ExitCode.WAITS if waits else ExitCode.DONE


def _waits(received: Received) -> bool:
    return received.needs_a_person or bool(received.returned or received.unused)


def ahead_lines(file: str, day: date | None, *, own_clock: bool) -> list[str]:
    """What to do about a bundle of a day that has not come on this PC."""
    if day is None:
        return []
    key = "cli.handover.own_clock" if own_clock else "cli.handover.ahead"
    return [text(key, file=file, day=day_of(day))]


def result_document(result: FileResult, *, preview: bool = False) -> dict[str, object]:
    """What became of one file, for `--json`."""
    document: dict[str, object] = {
        "file": result.file,
        "preview": preview,
        "status": result.status,
        "reason": result.reason,
        "message": result.message,
    }
    received = result.received
    document["seq"] = result.seq
    document["besides"] = [{"what": one.what, "message": one.message} for one in result.besides]
    for name in ("new", "changed", "unchanged", "conflicts", "waiting", "refused"):
        document[name] = 0 if received is None else getattr(received, name)
    for name in _BY_KIND:
        document[name] = 0 if received is None else getattr(received, name)
    if received is not None:
        document["taken_back"] = {
            "refused": received.turned_refused,
            "waiting": received.turned_waiting,
        }
    if received is not None:
        document["handover"] = received.handover
        for name in ("stated", "counted"):
            counts = getattr(received, name)
            document[name] = (
                None if counts is None else {one: getattr(counts, one) for one in _COUNTS}
            )
        document["with_later"] = received.with_later
        document["called_same"] = received.recorded
        document["sender"] = received.sender
        document["continuity"] = received.continuity.value
        document["missing"] = [*received.missing] if received.missing else None
        document["alarm"] = received.alarm
        document["ahead"] = None if received.ahead is None else received.ahead.isoformat()
        document["clock_behind"] = received.clock_behind
        document["returned"] = [
            {"entity": one.entity, "id": one.id, "reason": one.reason, "by": one.by}
            for one in received.returned
        ]
        document["unused"] = [
            {"entity": one.entity, "what": one.what, "reason": one.reason, "message": one.message}
            for one in received.unused
        ]
        document["new_replica"] = "" if received.renewed is None else received.renewed.value
    if result.arrivals is not None:
        document["arrivals"] = arrivals_document(result.arrivals)
    return document


def _recorded_lines(received: Received, *, preview: bool) -> list[str]:
    said = "duplicates.would_record" if preview else "cli.duplicates.recorded"
    return [text(said, pairs=number(received.recorded))] if received.recorded else []


def result_lines(result: FileResult, *, preview: bool = False) -> list[str]:
    """What became of one file, for people."""
    from app.services.handover_stated import stated_words
    from app.services.missing_numbers import gap_words

    received = result.received
    if received is None:
        return [result.message]
    sender = str(called(received.sender))
    line = text(
        "cli.handover.previewed" if preview else "cli.handover.imported",
        file=result.file,
        sender=sender,
        seq=received.seq,
        **{name: number(getattr(received, name)) for name in _BY_KIND},
    )
    if received.stated is not None and received.counted is not None:
        compared = stated_words(received.stated, received.counted)
        line += " " + text("cli.handover.stated", said=compared)
    elif received.with_later:
        line += " " + text("cli.handover.stated", said=text("stated.with_later"))
    lines = [line]
    lines += [one.message for one in result.besides]
    lines += _recorded_lines(received, preview=preview)
    if received.turned_refused or received.turned_waiting:
        lines.append(
            text(
                "cli.handover.would_take_back" if preview else "cli.handover.taken_back",
                sender=sender,
                refused=number(received.turned_refused),
                waiting=number(received.turned_waiting),
            )
        )
    if received.needs_a_person:
        lines.append(
            text(
                "cli.handover.waits",
                conflicts=number(received.conflicts),
                waiting=number(received.waiting),
                refused=number(received.refused),
            )
        )
    lines += [one.message for one in received.unused]
    for one in received.returned:
        kind = "handover" if one.entity == "handover" else "record"
        lines.append(
            text(f"cli.handover.returned_{kind}", id=one.id, by=called(one.by), reason=one.reason)
        )
    if received.continuity.value == "fork":
        lines.append(text("cli.handover.fork", sender=sender))
    elif received.continuity.value == "gap":
        lines.append(gap_words("cli.handover.gap", received.missing, sender=sender))
    lines += ahead_lines(result.file, received.ahead, own_clock=received.clock_behind)
    if received.renewed is not None:
        lines.append(text("cli.handover.new_replica"))
    elif received.alarm:
        lines.append(text("cli.handover.alarm"))
    if result.arrivals is not None:
        lines += arrivals_lines(result.arrivals)
    return lines
