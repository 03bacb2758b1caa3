"""The province opens a round, its communes see it after the next bundle, conflicts end by word."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from app.models.log import operations_of
from app.models.queries.rounds import rounds as stored_rounds
from app.models.store import open_store
from app.services.installation import unlock
from app.settings import Settings
from tests.e2e.terminal import PASSPHRASE, Terminal


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """An installation of a province that founded its authority."""
    before = os.environ.get("SOTREEM_AUTHORITY_PASSPHRASE")
    terminal = Terminal(tmp_path_factory.mktemp("rounds") / "home")
    terminal.prepare("51@2024")
    terminal.json("authority", "init")
    assert os.environ.get("SOTREEM_AUTHORITY_PASSPHRASE") == before
    return terminal


@pytest.fixture
def province(founded: Terminal, tmp_path: Path) -> Terminal:
    """Such an installation of the test's own."""
    shutil.copytree(founded.home, tmp_path / "home")
    return Terminal(tmp_path / "home")


NEW = (
    *("round", "new", "Quý IV/2026", "--reference", "1/10/2026"),
    *("--opens", "1/10/2026", "--closes", "31/10/2026", "--born-from", "1/10/2010"),
)


def test_a_round_is_opened_listed_and_closed(province: Terminal) -> None:
    made = province.json(*NEW)
    (found,) = province.json("round", "list")
    assert (found["id"], found["name"], found["state"]) == (made["id"], "Quý IV/2026", "open")
    assert (found["reference_date"], found["born_from"]) == ("2026-10-01", "2010-10-01")
    taken = province("--json", *NEW)
    assert (taken.code, taken.document["error"]) == (1, "rounds.name_taken")
    province.json("round", "close", made["id"])
    assert province.json("round", "list")[0]["state"] == "closed"
    history = province.json("register", "history", made["id"])
    assert [one["state"] for one in history] == ["accepted", "accepted"]


@pytest.mark.parametrize(
    ("said", "code", "pieces"),
    [
        ("2026-11-31", 1, ("2026-11-31", "11/2026", "30", "30/11/2026")),
        ("29/2/2026", 1, ("29/2/2026", "02/2026", "28")),
        ("31/13/2026", 1, ("31/13/2026", "13", "12")),
        ("0/10/2026", 1, ("0/10/2026", "10/2026")),
        ("hôm nay", 2, ("--reference", "30/11/2026")),
        ("1/10/26", 2, ("--reference", "30/11/2026")),
        ("2026-1", 2, ("--reference", "30/11/2026")),
    ],
)
def test_a_day_that_does_not_exist_is_refused_with_why_and_how_to_write_one(
    province: Terminal, said: str, code: int, pieces: tuple[str, ...]
) -> None:
    words = list(NEW)
    words[4] = said
    refused = province("--json", *words)
    assert refused.code == code
    for piece in pieces:
        assert piece in refused.document["message"]
    assert province.json("round", "list") == []


@pytest.mark.parametrize(
    ("at", "said", "error"),
    [
        (4, "1/10/0026", "reference.round_day"),
        (10, "1/10/0010", "reference.round_day"),
        (2, "Quý " * 60, "reference.too_long"),
        (8, "30/9/2026", "rounds.dates"),
    ],
)
def test_a_round_that_no_pc_could_go_by_is_not_opened(
    province: Terminal, at: int, said: str, error: str
) -> None:
    before = province.json("round", "list")
    words = list(NEW)
    words[at] = said
    refused = province("--json", *words)
    assert (refused.code, refused.document["error"]) == (1, error)
    assert "reference." not in refused.document["message"]
    assert province.json("round", "list") == before


def test_the_operations_of_a_round_carry_the_signature_of_the_province(
    province: Terminal,
) -> None:
    province.json(*NEW)
    settings = Settings(province.home)
    dek = unlock(settings, PASSPHRASE).dek
    store = open_store(settings.store_path, dek, before_migration=lambda: None)
    with store.read() as reading:
        rounds = [one.id for one in stored_rounds(reading)]
        operations = operations_of(reading, rounds)
    store.close()
    assert rounds
    for ent_id in rounds:
        assert operations[ent_id]
        assert all(operation.signature is not None for operation in operations[ent_id])


def test_the_self_test_holds_with_an_authority_in_the_store(province: Terminal) -> None:
    assert province.json("selftest")["passed"] is True


def test_a_commune_may_not_open_one(tmp_path: Path) -> None:
    commune = Terminal(tmp_path / "home")
    commune.prepare()
    done = commune("--json", *NEW)
    assert done.code == 1
    assert done.document["error"] in ("rights.not_reference", "enrol.not_enrolled")
