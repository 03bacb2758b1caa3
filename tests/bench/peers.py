"""`make bench-peers`: the same work done by well-known peers, in an environment of their own.

Peers are not in the lock and never imported by the program. Ratios are taken within one run:
- age: encrypting and decrypting 64 MiB with ours against `pyrage` (the Rust implementation);
- store: writing children with operations through `work.record_many` against SQLAlchemy's
  `session.merge` for each row into the same kind of encrypted file, which writes no operation.
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
from collections.abc import Callable
from datetime import date
from pathlib import Path

PYRAGE = "pyrage==1.4.0"
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
    subprocess.run([python, "-m", "pip", "install", "-q", PYRAGE], check=True)
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


def store_against_merge(folder: Path, children: int) -> tuple[float, float]:
    """Seconds for our bulk write and for `session.merge` of the same rows, without operations."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session, registry

    from app.models.connection import connect
    from app.models.schema import ENTITY_TABLES, metadata
    from app.models.store import create_store
    from app.models.work import Change
    from app.services.invented import generate

    key = os.urandom(32)
    changes = [
        Change("child", {**child.values, "owner_unit": COMMUNE}, key=child.key)
        for household in generate(7, children, [COMMUNE], date(2026, 11, 1))
        for child in household.children
    ]
    store = create_store(folder / "ours.db", key, COMMUNE)
    start = time.perf_counter()
    with store.write("bench") as work:
        work.record_many(changes)
        work.commit()
    ours = time.perf_counter() - start
    table = ENTITY_TABLES["child"]
    with store.read() as reading:
        rows = [dict(row) for row in reading.execute(select(table)).mappings()]
    store.close()

    class Child:
        """A plain class for the peer's mapper."""

    registry().map_imperatively(Child, table)
    engine = connect(folder / "theirs.db", key, create=True)
    with engine.connect().execution_options(writing=True) as connection:
        connection.begin()
        metadata.create_all(connection)
        connection.commit()
    start = time.perf_counter()
    with Session(engine.execution_options(writing=True)) as session:
        for row in rows:
            one = Child()
            for name, value in row.items():
                setattr(one, name, value)
            session.merge(one)
        session.commit()
    theirs = time.perf_counter() - start
    engine.dispose()
    return ours, theirs


def main() -> int:
    """Run the peers and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=20_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = peer_python(folder / "peers")
        size = MEBIBYTES << 20
        ours, theirs = ours_age(size), theirs_age(python, size)
        print(f"age, {MEBIBYTES} MiB, sealing: pyrage / ours = {theirs[0] / ours[0]:.2f}")
        print(f"age, {MEBIBYTES} MiB, opening: pyrage / ours = {theirs[1] / ours[1]:.2f}")
        mine, merged = store_against_merge(folder, arguments.children)
        print(
            f"{arguments.children} children: session.merge without operations / "
            f"record_many with operations = {merged / mine:.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
