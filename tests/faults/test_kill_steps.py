"""`kill -9` before each single step that reaches the disk: set-up, enrolment, backup, export.

Afterwards the home opens and proves itself, nothing lies about, and the command given again does
what it would have done. A slice by default, every step with SOTREEM_LONG=1.
"""

from __future__ import annotations

import hashlib
import json
import random
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.history.entities import ENTITIES
from app.models.schema import audit_event
from app.services import revocations, trust
from app.workbooks.cells import Cell
from app.workbooks.reading import open_workbook
from tests.counts import tell
from tests.dumps import Dump
from tests.e2e.command_line import Prompt
from tests.e2e.modified_client import opened
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, PROVINCE, Ground, strangers
from tests.faults.killing import Victims, copy_of
from tests.long_runs import LONG

NUMBERS = random.Random(secrets.randbits(32))
SLICE = 3


def _deaths(
    victims: Victims, home: Path, reset: Callable[[], None], *words: str | Path
) -> Iterator[int]:
    """Kill the command before one step after the other; whoever iterates looks at what is left."""
    reset()
    whole = victims.run(home, *words)
    assert whole.code in (0, 4), whole
    steps = range(1, whole.marks["events"] + 1)
    chosen = steps if LONG else sorted(NUMBERS.sample(steps, min(SLICE, len(steps))))
    for step in chosen:
        reset()
        death = victims.run(home, *words, die_at=step)
        assert death.code == -9, death
        yield step
    command = " ".join(map(str, words[:2]))
    tell(f"steps of {command}: killed before {len(chosen)} of {len(steps)}")


def test_a_set_up_that_is_killed_can_be_made_again(victims: Victims, tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = ("init", "--unit", COMMUNE, "--user", "an")
    for _ in _deaths(victims, home, lambda: shutil.rmtree(home, ignore_errors=True), *words):
        made = (home / "keyslots.json").exists()
        again = victims.run(home, *words)
        assert again.code == (1 if made else 0), again
        grounds.examine(home, grounds.key_of(home))


def test_a_backup_that_is_killed_leaves_whole_copies_only(
    ground: Ground, victims: Victims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, source = tmp_path / "home", ground.home(COMMUNE)
    key = grounds.key_of(source)
    before = grounds.dump(source, key)
    for _ in _deaths(victims, home, lambda: _fresh(source, home), "backup", "create"):
        grounds.examine(home, key)
        assert grounds.dump(home, key) == before
        for copy in (home / "backups").glob("*.db"):
            assert copy.with_suffix(".keyslots.json").exists()
            Prompt(home, monkeypatch).must("backup", "verify", copy)
        assert victims.run(home, "backup", "create").code == 0
        grounds.examine(home, key)


def test_a_restore_that_is_killed_leaves_the_old_store_or_the_restored_one(
    ground: Ground, victims: Victims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before or after, never between, and the new replica id comes with the restored one."""
    source, home = copy_of(ground.home(COMMUNE), tmp_path / "source"), tmp_path / "home"
    key = grounds.key_of(source)
    prompt = Prompt(source, monkeypatch)
    backup = Path(prompt.must("backup", "create")["file"])
    copied = grounds.dump(source, key)
    book = tmp_path / "book.csv"
    book.write_text(
        "village,household_no,head_name,line_no,full_name,birth_date,sex\n"
        "Thôn 1,901,Đinh Văn Lía,1,Đinh Thị Nga,2016,2\n",
        encoding="utf-8",
    )
    prompt.must("register", "import", book, codes=(0, 4))
    before = grounds.dump(source, key)
    old = _replica(before)
    outcomes = set()
    for _ in _deaths(victims, home, lambda: _fresh(source, home), "backup", "restore", backup):
        grounds.examine(home, key)
        left = grounds.dump(home, key)
        if _replica(left) == old:
            assert left == before
            outcomes.add("before")
        else:
            assert left["op"] == copied["op"] != before["op"]
            assert {name: left[name] for name in ENTITIES} == {n: copied[n] for n in ENTITIES}
            outcomes.add("after")
        assert victims.run(home, "backup", "restore", backup).code == 0
        assert grounds.dump(home, key)["op"] == copied["op"]
    tell(f"restore: the store is that from {' and '.join(sorted(outcomes))} it")


def _replica(dump: Dump) -> str:
    return str(dict(dump["setting"])["replica"])


def _fresh(source: Path, home: Path) -> None:
    copy_of(source, home)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_that_is_killed_leaves_the_whole_file_or_none(
    ground: Ground, victims: Victims, tmp_path: Path, kind: str
) -> None:
    home, source, out = tmp_path / "home", ground.home(COMMUNE), tmp_path / "out"
    words = ("register", "export", out / f"children.{kind}")

    def reset() -> None:
        _fresh(source, home)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()

    reset()
    assert victims.run(home, *words).code == 0
    cells = _cells(out / f"children.{kind}")
    assert len(cells) > 1
    assert all(any(row) for row in cells)
    for _ in _deaths(victims, home, reset, *words):
        if (out / f"children.{kind}").exists():
            assert _cells(out / f"children.{kind}") == cells
            assert _is_on_record(home, out / f"children.{kind}"), "it left and nobody noted it"
        grounds.examine(home, grounds.key_of(source))
        assert {path.name for path in out.iterdir()} <= {f"children.{kind}"}
        (out / f"children.{kind}").unlink(missing_ok=True)  # no file is written over
        assert victims.run(home, *words).code == 0
        assert _cells(out / f"children.{kind}") == cells


#: Which command, into which kind of file, and whether it is given again or the home just opened.
#: The short run meets every pair of these; the long one all three together.
LEFT = [
    (words, kind, again)
    for words in (("register", "export"), ("check", "--out"))
    for kind in ("csv", "xlsx")
    for again in (True, False)
    if LONG or again is ((words[0] == "check") is (kind == "xlsx"))
]


@pytest.mark.parametrize(
    ("words", "kind", "again"),
    LEFT,
    ids=[
        f"{words[0]}-{kind}-{'given-again' if again else 'any-opening'}"
        for words, kind, again in LEFT
    ],
)
def test_an_export_given_again_takes_what_a_killed_one_left_away(
    ground: Ground,
    victims: Victims,
    tmp_path: Path,
    words: tuple[str, ...],
    kind: str,
    again: bool,
) -> None:
    """And so does any other opening of the home."""
    source, home, out = ground.home(COMMUNE), tmp_path / "home", tmp_path / "out"
    out.mkdir()
    file = out / f"children.{kind}"
    command = (*words, file)
    _fresh(source, home)
    steps = victims.run(home, *command).marks["events"]
    left = 0
    # From the end: the part lies there in the last steps, and one is enough for the short run.
    for step in range(steps, 0, -1):
        _fresh(source, home)
        file.unlink(missing_ok=True)
        assert victims.run(home, *command, die_at=step).code == -9
        parts = [path for path in out.iterdir() if path != file]
        left += len(parts)
        if again:
            file.unlink(missing_ok=True)
            assert victims.run(home, *command).code in (0, 4)
        else:
            grounds.examine(home, grounds.key_of(source))
        assert [path for path in out.iterdir() if path != file] == []
        assert strangers(home) == []
        if parts and not LONG:
            break
    assert left, "no step leaves a part: nothing was tested"


def _is_on_record(home: Path, file: Path) -> bool:
    """Whether the audit trail of a home holds the hash of a file that left it."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    with opened(home) as store, store.read() as reading:
        return any(digest in str(one) for one in reading.execute(select(audit_event.c.details)))


def _cells(path: Path) -> list[tuple[Cell, ...]]:
    """Every cell of every row of the sheet of children, its head included."""
    with open_workbook(path) as book:
        return [row.cells for row in book.rows(book.sheets[0])]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    """A province that has not made its root yet."""
    prompt = Prompt(tmp_path / "office", monkeypatch)
    prompt.must("init", "--unit", PROVINCE, "--user", "an")
    return prompt


def test_a_root_that_is_killed_on_its_way_can_be_made_again(
    victims: Victims, office: Prompt, tmp_path: Path
) -> None:
    home, key = tmp_path / "home", grounds.key_of(office.home)
    for _ in _deaths(victims, home, lambda: _fresh(office.home, home), "authority", "init"):
        grounds.examine(home, key)
        again = victims.run(home, "authority", "init")
        if again.code:
            assert '"authority.exists"' in again.output
        status = victims.run(home, "authority", "status")
        assert '"enrolled": true' in status.output
        assert '"authority": true' in status.output


@pytest.fixture
def newcomer(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    """A second PC of the district, not enrolled yet."""
    prompt = Prompt(tmp_path / "newcomer", monkeypatch)
    prompt.must("init", "--unit", DISTRICT, "--user", "an")
    return prompt


def test_a_request_that_is_killed_is_the_same_when_made_again(
    victims: Victims, newcomer: Prompt, tmp_path: Path
) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    key = grounds.key_of(newcomer.home)
    words = ("enrol", "request", "--out", out / "request.txt")

    def reset() -> None:
        _fresh(newcomer.home, home)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()

    for _ in _deaths(victims, home, reset, *words):
        left = (out / "request.txt").read_bytes() if (out / "request.txt").exists() else None
        grounds.examine(home, key)
        assert victims.run(home, *words).code == 0
        made = (out / "request.txt").read_bytes()
        assert left in (None, made), "two requests with different keys went out"
        assert [path.name for path in out.iterdir()] == ["request.txt"]


def test_an_enrolment_that_is_killed_on_either_side_can_be_gone_on_with(
    ground: Ground, victims: Victims, newcomer: Prompt, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    request, reply = stick / "request.txt", stick / "reply.tebundle"
    code = newcomer.must("enrol", "request", "--out", request)["check_code"]
    above = tmp_path / "above"
    key = grounds.key_of(ground.home(PROVINCE))
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)

    def reset_above() -> None:
        _fresh(ground.home(PROVINCE), above)
        reply.unlink(missing_ok=True)

    for _ in _deaths(victims, above, reset_above, *grant):
        first = reply.read_bytes() if reply.exists() else None
        grounds.examine(above, key)
        reply.unlink(missing_ok=True)
        assert victims.run(above, *grant).code == 0
        second = reply.read_bytes()
        assert sorted(path.name for path in stick.iterdir()) == [reply.name, request.name]
        if first is not None:
            assert _number(first) != _number(second), "one number for two bundles"
    accept = ("enrol", "accept", reply, "--fingerprint", ground.fingerprint)
    below, key = tmp_path / "below", grounds.key_of(newcomer.home)
    for _ in _deaths(victims, below, lambda: _fresh(newcomer.home, below), *accept):
        grounds.examine(below, key)
        again = victims.run(below, *accept)
        assert again.code in (0, 4) or '"enrol.already"' in again.output, again
        status = victims.run(below, "authority", "status")
        assert '"enrolled": true' in status.output
        assert '"authority": true' in status.output
        slots = (below / "keyslots.json").read_text(encoding="ascii")
        assert '"escrow"' in slots


def test_a_revocation_that_is_killed_and_a_list_made_anew_lose_nobody(
    ground: Ground, victims: Victims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was revoked once is revoked after every death."""
    home, before = tmp_path / "home", copy_of(ground.home(PROVINCE), tmp_path / "before")
    key = grounds.key_of(before)
    pcs = Prompt(before, monkeypatch).must("authority", "stations")
    (station,) = [one["station"] for one in pcs if one["unit"] == DISTRICT]

    def revoked() -> list[int]:
        with opened(home) as store, store.read() as reading:
            return sorted(serial for _, serial in revocations.revoked(reading))

    for _ in _deaths(victims, home, lambda: _fresh(before, home), "authority", "revoke", station):
        grounds.examine(home, key)
        assert len(revoked()) <= 1
        assert victims.run(home, "authority", "revoke", station).code == 0
        assert len(revoked()) == 1
    # Another key holder revoked somebody else: that is in no list which this one hands on.
    with opened(before) as store, store.write("test") as work:
        known = trust.authorities(work.connection)
        (own,) = [one for one in known if str(one.scope[0]) == PROVINCE]
        revocations.keep_unlisted(work, own.key_id, {4711: datetime(2026, 1, 1, tzinfo=UTC)})
        work.commit()
    complete = ("authority", "complete-lists")
    for _ in _deaths(victims, home, lambda: _fresh(before, home), *complete):
        grounds.examine(home, key)
        assert revoked() == [4711]
        assert victims.run(home, *complete).code == 0
        with opened(home) as store, store.read() as reading:
            assert revocations.unlisted(reading) == {}
        assert revoked() == [4711]


def _number(bundle: bytes) -> tuple[str, int]:
    size = int(bundle[124:135], 8)
    manifest = json.loads(bundle[512 : 512 + size])
    return manifest["sender"]["replica"], manifest["seq"]
