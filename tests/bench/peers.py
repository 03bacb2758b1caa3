"""`make bench-peers`: the same work done by well-known peers, in an environment of their own.

Peers are not in the lock and never imported by the program. Every ratio is ours ÷ theirs, of
medians taken within one run; below 1 we are faster, or smaller.
- age: sealing and opening 64 MiB with ours against `pyrage` (the Rust implementation).
- store: writing children with operations through `work.record_many` against SQLAlchemy's
  `session.merge` for each row into the same kind of encrypted file. Theirs writes no operation, so
  it keeps neither who wrote what nor what stood before, and finds no conflict.
- handover: the same children carried to another installation, against `morango` (the engine that
  Kolibri carries its records with) between two of its instances: `morango_peer`. Ours is timed
  from the beginning of `handover send` to the end of `handover receive`: counting, sealing, a file
  with fsync, reading it back, verifying, the door, the merge by field; both stores are encrypted.
  Theirs is one push with its defaults, from the rows of its application to those of the other side.
  What theirs does not do: its databases are plain files and its transport is plain HTTP here, so
  nothing is encrypted; certificates sign the opening of a session and no record, so nobody can
  prove later who sent what; both sides must be up at once; a record is taken whole, the newer over
  the older, where ours merges by field and keeps every value. What ours does not do: it begins a
  broken transfer anew, where theirs resumes after the last chunk. Theirs sleeps between its steps
  (after each chunk, for up to a second), so the processor time of both its processes is given
  beside the clock, and tells more. Serialising the rows is part of its time, and recording them in
  the log is none of ours, so the figure stands there a second time with our recording added.

The figures, and the seconds they were made of, are written to a file too (`--out`).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from app.ids import derived_id
from app.models.connection import connect
from app.models.schema import ENTITY_TABLES, metadata
from app.models.store import create_store
from app.models.work import Change
from app.services.bench.workshop import PROVINCE, Workshop
from app.services.checks import CheckSummary
from app.services.handover_receiving import Receiving
from app.services.handover_sending import Sending, Sent
from app.services.invented import generate

PYRAGE, MORANGO = "pyrage==1.4.0", "morango==0.8.15"
MORANGO_PEER = Path(__file__).with_name("morango_peer.py")
MEBIBYTES = 64
COMMUNE = "21010@2024"

_PEER_AGE = """
import json, statistics, sys, time
from pyrage import decrypt, encrypt, x25519
size, rounds = int(sys.argv[1]), int(sys.argv[2])
data = bytes(size)
identity = x25519.Identity.generate()
sealing, opening = [], []
for _ in range(rounds):
    start = time.perf_counter(); sealed = encrypt(data, [identity.to_public()])
    sealing.append(time.perf_counter() - start)
    start = time.perf_counter(); assert decrypt(sealed, [identity]) == data
    opening.append(time.perf_counter() - start)
print(json.dumps([statistics.median(sealing), statistics.median(opening)]))
"""


def median_seconds(action: Callable[[], object], rounds: int = 5) -> float:
    """Median wall time of an action."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peer_python(folder: Path) -> Path:
    """A Python that has the peers, and nothing of ours."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", PYRAGE, MORANGO], check=True)
    return python


def ours_age(size: int) -> tuple[float, float]:
    """Seconds to seal and to open `size` bytes with the project's own age."""
    from app.crypto import age

    data = bytes(size)
    identity = age.X25519Identity.generate()
    sealed = io.BytesIO()

    def seal() -> None:
        sealed.seek(0)
        sealed.truncate()
        writer = age.AgeWriter(sealed, [identity.recipient])
        writer.write(data)
        writer.close()

    def unseal() -> None:
        sealed.seek(0)
        reader = age.AgeReader(sealed, [identity])
        total = 0
        while block := reader.read(1 << 20):
            total += len(block)
        if total != size:
            raise RuntimeError("age lost bytes")

    return median_seconds(seal), median_seconds(unseal)


def theirs_age(python: Path, size: int) -> tuple[float, float]:
    """The same with pyrage."""
    done = subprocess.run(
        [python, "-c", _PEER_AGE, str(size), "5"], check=True, capture_output=True, text=True
    )
    sealing, opening = json.loads(done.stdout)
    return sealing, opening


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, of the processor, and bytes that went over."""

    seconds: float
    cpu: float
    size: float = 0.0

    def __add__(self, other: Took) -> Took:
        return Took(self.seconds + other.seconds, self.cpu + other.cpu, self.size + other.size)


def took(action: Callable[[], object]) -> Took:
    """What an action takes."""
    start, cpu = time.perf_counter(), time.process_time()
    action()
    return Took(time.perf_counter() - start, time.process_time() - cpu)


def middle(rounds: Sequence[Took]) -> Took:
    """The median of each number."""
    return Took(
        *(
            statistics.median(getattr(one, name) for one in rounds)
            for name in ("seconds", "cpu", "size")
        )
    )


def children_of(count: int) -> list[Change]:
    """Invented children as changes to be recorded."""
    return [
        Change("child", {**child.values, "owner_unit": COMMUNE}, key=child.key)
        for household in generate(7, count, [COMMUNE], date(2026, 11, 1))
        for child in household.children
    ]


def store_against_merge(folder: Path, changes: Sequence[Change]) -> tuple[Took, Took]:
    """Our bulk write, and `session.merge` of the same rows without operations."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session, registry

    folder.mkdir()
    key = os.urandom(32)
    store = create_store(folder / "ours.db", key, COMMUNE)

    def record() -> None:
        with store.write("bench") as work:
            work.record_many(changes)
            work.commit()

    ours = took(record)
    table = ENTITY_TABLES["child"]
    with store.read() as reading:
        rows = [dict(row) for row in reading.execute(select(table)).mappings()]
    store.close()
    mapper = registry()

    class Child:
        """A plain class for the peer's mapper."""

    mapper.map_imperatively(Child, table)
    engine = connect(folder / "theirs.db", key, create=True)
    with engine.connect().execution_options(writing=True) as connection:
        connection.begin()
        metadata.create_all(connection)
        connection.commit()

    def merge() -> None:
        with Session(engine.execution_options(writing=True)) as session:
            for row in rows:
                one = Child()
                for name, value in row.items():
                    setattr(one, name, value)
                session.merge(one)
            session.commit()

    theirs = took(merge)
    mapper.dispose()
    engine.dispose()
    return ours, theirs


def handed_over(folder: Path, changes: Sequence[Change]) -> tuple[Took, Took]:
    """Our handover of these children, and the recording of them before it."""
    workshop = Workshop(folder / "world", 1)
    try:
        giver, province = workshop.giver, workshop.receiver

        def record() -> None:
            with giver.write() as work:
                work.record_many(changes)
                work.commit()

        recorded = took(record)
        sent: list[Sent] = []

        def carry() -> None:
            desk = Sending(giver, lambda _progress, _units: CheckSummary())
            sent.append(desk.send(PROVINCE, workshop.scratch))
            (result,) = Receiving(province).receive([sent[0].file])
            if result.received is None or result.received.children_new < len(changes):
                raise RuntimeError(f"not carried: {result.status} {result.reason}")

        carried = took(carry)
        return Took(carried.seconds, carried.cpu, float(sent[0].size)), recorded
    finally:
        workshop.close()


def by_morango(python: Path, folder: Path, changes: Sequence[Change]) -> Took:
    """The same children from one morango instance to another."""
    folder.mkdir()
    records = folder / "records.jsonl"
    with records.open("w", encoding="utf-8") as lines:
        for change in changes:
            one = {"id": derived_id(COMMUNE, str(change.key)), "values": dict(change.values)}
            lines.write(json.dumps(one) + "\n")
    done = subprocess.run(
        [python, MORANGO_PEER, folder, records],
        check=True,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    told = json.loads(done.stdout)
    if told["rows"] != len(changes):
        raise RuntimeError(f"morango carried {told['rows']} of {len(changes)} children")
    return Took(told["seconds"], told["cpu"], told["bytes"])


def said(name: str, ours: Took, theirs: Took) -> dict[str, object]:
    """Print one ratio; the same for the file."""
    line = f"{name}: ours ÷ theirs = {ours.seconds / theirs.seconds:.2f}"
    if theirs.cpu:
        line += f", by processor time {ours.cpu / theirs.cpu:.2f}"
    if theirs.size:
        line += f", bytes {ours.size / theirs.size:.2f}"
    print(line, flush=True)
    return {"figure": name, "ours": asdict(ours), "theirs": asdict(theirs)}


def main() -> int:
    """Run the peers and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("build/bench-peers.json"))
    arguments = parser.parse_args()
    found: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = peer_python(folder / "peers")
        size = MEBIBYTES << 20
        for what, ours, theirs in zip(
            ("sealing", "opening"), ours_age(size), theirs_age(python, size), strict=True
        ):
            found.append(said(f"age, {MEBIBYTES} MiB, {what}", Took(ours, 0), Took(theirs, 0)))
        changes = children_of(arguments.children)
        many = f"{len(changes)} children"
        rounds = range(arguments.rounds)
        stores = [store_against_merge(folder / f"store-{at}", changes) for at in rounds]
        mine, merged = (middle([one[side] for one in stores]) for side in (0, 1))
        found.append(said(f"{many}, record_many with operations, session.merge", mine, merged))
        # Turn and turn about, so that both meet the same other work on the machine.
        ours_all, morango_all = [], []
        for at in rounds:
            ours_all.append(handed_over(folder / f"handover-{at}", changes))
            morango_all.append(by_morango(python, folder / f"morango-{at}", changes))
        carried, recorded = (middle([one[part] for one in ours_all]) for part in (0, 1))
        theirs_carried = middle(morango_all)
        found.append(said(f"{many}, handed over, morango", carried, theirs_carried))
        found.append(said(f"{many}, recorded too, morango", carried + recorded, theirs_carried))
    document = {"children": len(changes), "rounds": arguments.rounds, "figures": found}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
