"""What a commune hands over between two rounds: a bundle of 200 changed children.

Sealed and verified on the internal disk, written to a folder with everything that `handover send`
does there (fsync, read back, verified as by a stranger, renamed), and noted. The counts were seen
before, as the wizard shows them. The yardstick is typing the same changes: recording them and
bringing them to the disk.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.models.queries import register
from app.models.queries.register import RegisterFilter
from app.models.work import Change
from app.models.yardstick import Lap, Stopwatch
from app.services.bench.figure import Figure, Measured, Row, Unit, ratio
from app.services.bench.workshop import COMMUNE, DISTRICT, PROVINCE, Workshop, middle
from app.services.checks import CheckSummary
from app.services.handover_sending import Sending, Sent
from app.services.workplace import Workplace

#: Children changed since the province has acknowledged everything.
CHANGED = 200
_KILOBYTE = 1000
_ROUNDS, _FEWEST = 7, 2


def _small(workshop: Workshop) -> Sequence[Measured]:
    world = Workshop(workshop.folder / "small", min(workshop.children, COMMUNE), workshop.progress)
    try:
        return _measured(world)
    finally:
        world.close()


def _measured(world: Workshop) -> Sequence[Measured]:
    """Each round changes other values of the same children, and the province acknowledges it."""
    typing, sending, sent = [], [], []
    _acknowledge(world, world.sending[1])
    ids = _some_children(world.giver)
    for number in range(max(_FEWEST, round(_ROUNDS * world.effort))):
        typing.append(_type(world.giver, ids, number))
        lap, one = _send(world)
        sending.append(lap)
        sent.append(one)
        _acknowledge(world, one)
    size = max(one.size for one in sent)
    lap = middle(sending)
    parts = {
        "changed": float(len(ids)),
        "operations": float(max(one.operations for one in sent)),
        "bytes": float(size),
    }
    return [
        Measured("small-bundle-time", lap.wall, lap.cpu, parts),
        Measured("small-bundle-size", size / _KILOBYTE, None, parts),
        ratio("small-bundle", lap, middle(typing), parts),
    ]


def _some_children(workplace: Workplace) -> list[str]:
    with workplace.store.read() as reading:
        return register.child_ids(reading, RegisterFilter())[:CHANGED]


def _type(workplace: Workplace, ids: Sequence[str], number: int) -> Lap:
    """Weigh, measure and vaccinate the children once more."""
    changes = [
        Change(
            "child",
            {
                "weight_kg": f"{10 + (at + number) % 30}.{number}",
                "height_cm": str(80 + (at + number) % 60),
                "vaccination_status": str(1 + number % 2),
                "nutrition_status": ["stunted"] if (at + number) % 4 == 0 else ["normal"],
            },
            id=one,
        )
        for at, one in enumerate(ids)
    ]
    watch = Stopwatch()
    with watch.running(), workplace.write() as work:
        for change in changes:
            work.record(change)
        work.commit()
    return watch.lap


def _send(world: Workshop) -> tuple[Lap, Sent]:
    desk = Sending(world.giver, lambda _progress, _units: CheckSummary())
    seen = desk.preview(PROVINCE)
    watch = Stopwatch()
    with watch.running():
        sent = desk.send(PROVINCE, world.scratch, seen=seen)
    return watch.lap, sent


def _acknowledge(world: Workshop, sent: Sent) -> None:
    """The province takes it in and answers, so that the next bundle holds what is new alone."""
    down = Sending(world.receiver, lambda _progress, _units: CheckSummary())
    taken = world.receive(world.receiver, sent.file)
    answered = world.receive(world.giver, down.send(DISTRICT, world.folder).file)
    for one in (taken, answered):
        if one.status != "imported":
            raise RuntimeError(f"the bench could not import: {one.status} {one.reason}")


SMALL = Figure(
    "small-bundle",
    (
        Row("small-bundle-time", 0.2, 0.1, Unit.SECONDS),
        Row("small-bundle-size", 40, 40, Unit.KILOBYTES),
        Row("small-bundle", 0.5, 0.25),
    ),
    _small,
)
