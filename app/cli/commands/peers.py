"""`handover pcs` and `take-out`: the PCs that sending waits for."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from app.cli.days import day_of
from app.cli.exit_code import ExitCode
from app.cli.parser import Commands
from app.cli.session import Session
from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.handover_peers import PeerView


def add_pcs(commands: Commands) -> None:
    """Describe both commands."""
    commands.add_parser("pcs", help=text("cli.handover.pcs")).runs(_pcs)
    out = commands.add_parser("take-out", help=text("cli.handover.take_out"))
    out.add_argument("id", metavar="ID", help=text("cli.argument.replica_id"))
    out.runs(_take_out)


def _pcs(session: Session, _arguments: Namespace) -> ExitCode:
    with session.open() as services:
        found = services.handovers.peers.list()
        lines = [_pc_line(one, services.entry.unit_name(one.unit)) for one in found]
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
        lines or [text("cli.handover.no_pcs")],
    )
    return ExitCode.DONE


def _pc_line(one: PeerView, unit: str) -> str:
    heard = "–" if one.last_heard is None else day_of(one.last_heard.astimezone().date())
    line = text(
        "cli.handover.pc" if one.active else "cli.handover.pc_out",
        unit=unit,
        station=one.station,
        replica=one.replica or "–",
        behind=number(one.behind),
        heard=heard,
    )
    return f"{line} {text('cli.handover.pc_lowest')}" if one.lowest else line


def _take_out(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        named = services.stations.named(arguments.id)
        unit = services.handovers.peers.take_out(named)
        name = services.entry.unit_name(unit)
    session.output.answer(
        {"id": named, "unit": unit},
        [text("cli.handover.taken_out", id=named, unit=name)],
    )
    return ExitCode.DONE
