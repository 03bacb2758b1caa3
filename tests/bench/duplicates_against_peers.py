"""`make bench-peers`, second part: children written twice, found by ours and by well-known peers.

On the same files: an invented register of which it is known who is written twice, and the people of
FEBRL, which are of other origin. `duplicate_peer` says how the peers are set up. Each search runs
in a process of its own; seconds are those of the search, memory is the most that the process took,
with the libraries that it needs. Ours says what is certain or very likely.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

from app.matching.person import Person
from app.text.fold import fold

PEERS = ("recordlinkage==0.16", "splink==5.0.0")
PEER = Path(__file__).with_name("duplicate_peer.py")
COMMUNES = [f"{code}@2024" for code in ("21010", "21016", "21025", "21031", "21208", "21211")]
_SEED = 48_271
_FIELDS = (
    "name", "birth_date", "sex", "personal_id", "mother", "mother_year", "father", "father_year",
    "head", "phone", "household", "village", "unit",
)  # fmt: skip


#: Columns of names that are the peers' own.
_THEIRS = ("name", "given", "family", "mother", "father")


def write_people(folder: Path, children: int) -> None:
    """An invented register with doubles, and which pairs are one child. The peers get names in
    small letters without marks, as their guides advise, and given and family name apart.
    """
    from app.services.bench.duplicates import people_of
    from app.services.invented.doubles import doubled
    from app.services.invented.register import generate

    groups: dict[str, set[str]] = {}
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["rec_id", *_FIELDS, *(f"their_{name}" for name in _THEIRS)])
        register = generate(_SEED, children, COMMUNES, date(2026, 8, 31))
        for household, truth in doubled(register, _SEED + 1):
            for one in people_of(household):
                values = [getattr(one, name) for name in _FIELDS]
                name = fold(one.name)
                given, family = (name.split()[-1:] or [""])[0], name.partition(" ")[0]
                theirs = (name, given, family, fold(one.mother), fold(one.father))
                table.writerow([one.id, *values, *theirs])
                if one.id in truth:
                    groups.setdefault(truth[one.id], {truth[one.id]}).add(one.id)
    with (folder / "people-truth.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        for group in groups.values():
            table.writerows(combinations(sorted(group), 2))


def _people(file: Path, kind: str) -> Iterator[Person]:
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if kind == "people":
                yield Person(row["rec_id"], **{name: row[name] for name in _FIELDS})
            else:
                # As `duplicates find` reads the columns of this list.
                yield Person(
                    row["rec_id"],
                    row["given_name"],
                    row["date_of_birth"],
                    personal_id=row["soc_sec_id"],
                    surname=row["surname"],
                    unit=row["postcode"],
                    address=row["address_1"],
                )


def ours(kind: str, records: Path, truth: Path) -> list[dict[str, object]]:
    """What ours finds in the file, in the words of the peers."""
    from app.matching.duplicates import find
    from app.matching.pair import Level
    from app.services.bench.peak import peak_bytes
    from app.services.duplicates import is_placeholder

    start = time.perf_counter()
    found = find(_people(records, kind), is_placeholder)
    seconds = time.perf_counter() - start
    lines = truth.read_text(encoding="utf-8").split()
    wanted = {tuple(line.split(",")) for line in lines}
    pairs = {(one.first, one.second) for one in found.pairs if one.level <= Level.HIGH}
    said = {
        "set_up": "ours",
        "pairs": len(pairs),
        "precision": len(pairs & wanted) / max(len(pairs), 1),
        "recall": len(pairs & wanted) / max(len(wanted), 1),
        "seconds": seconds,
        "peak_bytes": peak_bytes(),
    }
    return [said]


def _told(*command: str | Path, own: bool = False) -> list[dict[str, float]]:
    environment = dict(os.environ)
    if not own:
        environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    said: list[dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return said


def main() -> int:
    """Run all of them on all files and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=12_000)
    parser.add_argument("--out", type=Path, default=Path("build/bench-peers-duplicates.json"))
    parser.add_argument("--ours", nargs=3, metavar=("KIND", "RECORDS", "TRUTH"))
    arguments = parser.parse_args()
    if arguments.ours:
        kind, *files = arguments.ours
        print(json.dumps(ours(kind, *map(Path, files))))
        return 0
    document: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "peers", with_pip=True)
        python = folder / "peers" / ("Scripts" if os.name == "nt" else "bin") / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
        write_people(folder, arguments.children)
        subprocess.run([python, PEER, "write-febrl", folder], check=True)
        print(f"{'':12}{'':38}{'pairs':>7}{'precision':>11}{'recall':>9}{'seconds':>9}{'MB':>7}")
        for what in ("people", "febrl1", "febrl2", "febrl3"):
            kind = what.rstrip("123")
            files = (kind, folder / f"{what}.csv", folder / f"{what}-truth.csv")
            rows = _told(sys.executable, __file__, "--ours", *files, own=True)
            for peer in ("recordlinkage", "splink"):
                rows += _told(python, PEER, peer, *files)
            document[what] = rows
            for row in rows:
                print(
                    f"{what:12}{row['set_up']:38}{row['pairs']:7}{row['precision']:11.4f}"
                    f"{row['recall']:9.4f}{row['seconds']:9.1f}{row['peak_bytes'] / 2**20:7.0f}",
                    flush=True,
                )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
