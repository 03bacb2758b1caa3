"""The escrow key of a unit outlives a register put back from before it was made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.command_line import Homes

PROVINCE, DISTRICT, COMMUNE, LATER = "51@2024", "522@2024", "21208@2024", "21211@2024"


def test_an_older_register_keeps_the_escrow_key_that_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top, desk = homes.init(PROVINCE), homes.init(DISTRICT)
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, desk, root)
    backup = desk.must("backup", "create")["file"]
    homes.enrol(desk, homes.init(COMMUNE), root)
    escrow = desk.home / "authority" / "escrow.age"
    first = escrow.read_bytes()
    stick = tmp_path / "keys"
    stick.mkdir()
    folder = desk.must("authority", "copy-keys", "--out", stick)["folder"]
    shutil.rmtree(desk.home / "authority")
    desk.must("backup", "restore", backup)
    desk.must("authority", "take-keys", folder)

    later = homes.init(LATER)
    homes.enrol(desk, later, root)
    assert escrow.read_bytes() == first
    # And the commune enrolled afterwards can be opened by it.
    assert DISTRICT in later.must("authority", "status")["escrow"]


def test_a_province_founded_beside_another_escrow_key_puts_it_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top = homes.init(PROVINCE)
    backup = top.must("backup", "create")["file"]
    top.must("authority", "init")
    folder = top.home / "authority"
    first = (folder / "escrow.age").read_bytes()
    top.must("backup", "restore", backup)
    monkeypatch.setenv("SOTREEM_AUTHORITY_PASSPHRASE", "một câu dài khác hẳn")
    top.must("authority", "init")
    (aside,) = folder.glob("escrow.age.*")
    assert aside.read_bytes() == first
    assert (folder / "escrow.age").read_bytes() != first
