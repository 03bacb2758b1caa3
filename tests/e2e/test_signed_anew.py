"""What the province signed lasts longer than the certificate it was signed by.

A station's certificate lasts three years; here a commune's PC is certified in the fourth one.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from app.bootstrap import open_services
from app.cli.program import main
from app.models import trust as store_trust
from app.models.schema import op
from app.models.trust import TrustKind
from app.services import trust
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.modified_client import opened
from tests.e2e.test_copies import type_child
from tests.e2e.test_odd_handovers import YEAR
from tests.unit.forms.test_catalogue import COLUMNS

PROVINCE, DISTRICT, COMMUNE, OTHER = "51@2024", "522@2024", "21208@2024", "21211@2024"
ERASED, KEPT = "Phạm Thị Hân", "Đinh Thị Nga"
UNITS = (
    "edition,code,name,kind,parent,valid_from,valid_to\n"
    "2024b,29999,Ba Mới,commune,524@2024,2025-01-01,\n"
)


class Later(Prompt):
    """The prompt of a home whose clock stands so many years on, as all clocks do by then."""

    def __init__(self, prompt: Prompt, years: float) -> None:
        self.home, self._ahead = prompt.home, years * YEAR
        self._clock = lambda: datetime.now(tz=UTC).timestamp() + self._ahead

    @property
    def today(self) -> str:
        return f"{datetime.fromtimestamp(self._clock(), tz=UTC).astimezone():%d/%m/%Y}"

    def _run(self, *words: str | Path) -> tuple[int, str, str]:
        out, notes = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(notes):
            open_later = partial(open_services, clock=self._clock)
            code = main(["--home", str(self.home), *map(str, words)], open_later)
        return code, out.getvalue(), notes.getvalue()


def certified(above: Later, below: Later, root: str) -> None:
    """Request, grant and accept, by the day that both people know."""
    request, reply = below.beside("later.request"), below.beside("later.tebundle")
    code = below.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    above.must(*grant, "--today", above.today)
    below.must("enrol", "accept", reply, "--fingerprint", root)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three tiers in the first year; a child was erased by law when all of them had it."""
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("signed")
    homes = Homes(folder, patch)
    top, middle, below = (homes.init(unit) for unit in (PROVINCE, DISTRICT, COMMUNE))
    root = top.must("authority", "init")["root_fingerprint"]
    (folder / "root.txt").write_text(root)
    homes.enrol(top, middle, root)
    homes.enrol(middle, below, root)
    type_child(below, "1", ERASED)
    type_child(below, "2", KEPT)
    homes.carry(below, middle, DISTRICT)
    homes.carry(middle, top, PROVINCE)
    top.must(
        *("round", "new", "Đợt Quý IV/2026", "--reference", "2026-12-31"),
        *("--opens", "2026-10-01", "--closes", "2026-12-31"),
    )
    kinds = folder / "internet_kinds.csv"
    kinds.write_text(f"{COLUMNS}\nF,Cáp quang,Fibre,,,,\nM,Di động,Mobile,,,,\n", encoding="utf-8")
    top.must("codelist", "load", kinds, "--edition", "2026.1", "--from", "1/1/2026")
    units = folder / "units.csv"
    units.write_text(UNITS, encoding="utf-8")
    top.must("unit", "load", units)
    ((child),) = top.must("register", "search", ERASED)
    top.must("erase", "record", child["id"], "--ground", "Đơn số 5", codes=(0, 4))
    homes.carry(top, middle, DISTRICT)
    homes.carry(middle, below, COMMUNE)
    yield folder
    patch.undo()


class Year4:
    """The prepared homes, in later years."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.homes = Homes(folder, patch)
        self.root = (folder / "root.txt").read_text()

    def at(self, unit: str, years: float) -> Later:
        return Later(self.homes.at(unit), years)

    def new_pc(self, unit: str) -> Later:
        """Another PC of a unit, set up in the fourth year."""
        prompt = Later(self.homes.at(f"{unit}-new"), 3.5)
        prompt.must("init", "--unit", unit, "--user", "an")
        return prompt

    def rotated(self) -> None:
        """Half a year before its certificate ends the province makes a new root."""
        top = self.at(PROVINCE, 2.9)
        done = top.must("authority", "rotate-root", "--today", top.today)
        self.root = done["root_fingerprint"]

    def renewed(self) -> None:
        """The province renews its certificate and keeps its root."""
        top = self.at(PROVINCE, 2.9)
        top.must("authority", "renew", "--today", top.today)

    def given_new_keys(self) -> None:
        """The province's PC gets new keys, and what it had is revoked."""
        top = self.at(PROVINCE, 2.9)
        top.must("authority", "renew", "--new-keys", "--today", top.today)

    def rotated_and_given_new_keys(self) -> None:
        """Neither authority nor key are those under which everything was signed."""
        self.rotated()
        self.given_new_keys()

    def started_over(self) -> None:
        """The root was lost: the province, and whoever hung on it, begins anew."""
        top = self.at(PROVINCE, 2.9)
        top.must("enrol", "start-over", "--unit", PROVINCE)
        self.root = top.must("authority", "init")["root_fingerprint"]
        middle = self.at(DISTRICT, 2.9)
        middle.must("enrol", "start-over", "--unit", DISTRICT)
        certified(top, middle, self.root)

    def go_down(self, years: float = 2.9) -> None:
        """What the province signed anew goes to the district."""
        self.homes.carry(self.at(PROVINCE, years), self.at(DISTRICT, years), DISTRICT)


@pytest.fixture
def later(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Year4:
    shutil.copytree(prepared, tmp_path / "homes")
    return Year4(tmp_path / "homes", monkeypatch)


def has_it_all(pc: Prompt) -> None:
    """Round, code list and unit count here, what was erased is gone, and nothing waits."""
    assert [one["name"] for one in pc.must("round", "list")] == ["Đợt Quý IV/2026"]
    assert "internet_kinds" in str(pc.must("codelist", "list"))
    assert "29999@2024b" in str(pc.must("unit", "find", "Ba Mới"))
    assert pc.must("waiting", "list") == []
    assert pc.must("selftest")["passed"] is True


WAYS = {
    "rotation": Year4.rotated,
    "renewal": Year4.renewed,
    "new keys": Year4.given_new_keys,
    "rotation and new keys": Year4.rotated_and_given_new_keys,
    "start-over": Year4.started_over,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_pc_certified_by_the_province_in_the_fourth_year_has_what_was_signed_in_the_first(
    later: Year4, way: str
) -> None:
    WAYS[way](later)
    pc = later.new_pc(COMMUNE)
    certified(later.at(PROVINCE, 3.5), pc, later.root)
    has_it_all(pc)
    assert pc.must("register", "search", KEPT) != []
    assert pc.must("register", "search", ERASED) == []
    assert [one["ground"] for one in pc.must("erase", "list")] == ["Đơn số 5"]


@pytest.mark.parametrize("way", WAYS)
def test_the_district_hands_on_what_was_signed_anew(later: Year4, way: str) -> None:
    WAYS[way](later)
    later.go_down()
    pc = later.new_pc(COMMUNE)
    certified(later.at(DISTRICT, 2.95), Later(pc, 2.95), later.root)
    has_it_all(Later(pc, 2.95))


def test_who_has_it_already_gets_the_newer_signature_from_the_next_bundle(later: Year4) -> None:
    later.rotated()
    later.go_down()
    later.homes.carry(later.at(DISTRICT, 2.9), later.at(COMMUNE, 2.9), COMMUNE)
    found = [signatures(later.homes.at(unit)) for unit in (PROVINCE, DISTRICT, COMMUNE)]
    assert found[0] == found[1] == found[2]
    (certificate,) = {one.partition(":")[0] for one in found[0].values()}
    with opened(later.homes.at(PROVINCE).home) as store, store.read() as reading:
        own = store_trust.content(reading, TrustKind.OWN, trust.OWN_CERTIFICATE)
    assert own is not None
    assert certificate == hashlib.sha256(own).hexdigest()

    # Nobody has anything to say of it any more.
    for giver, receiver, to in ((COMMUNE, DISTRICT, DISTRICT), (DISTRICT, PROVINCE, PROVINCE)):
        later.homes.carry(later.at(giver, 2.9), later.at(receiver, 2.9), to)
    assert signatures(later.homes.at(PROVINCE)) == found[0]


def signatures(prompt: Prompt) -> dict[bytes, str]:
    """Operation → the province's signature, of everything in a home that bears one."""
    with opened(prompt.home) as store, store.read() as reading:
        rows = reading.execute(
            select(op.c.op_id, op.c.signature).where(op.c.signature.is_not(None))
        )
        return {row.op_id: row.signature for row in rows}
