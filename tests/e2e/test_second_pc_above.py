"""A further PC of a unit that enrols others, enrolled by the unit's own PC."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.services import workplace
from app.services.installation import unlock
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt

TOP, NORTH, MINE = "51@2024", "522@2024", "21208@2024"


@pytest.mark.parametrize("unit", [TOP, NORTH])
def test_it_is_enrolled_without_an_authority_and_issues_with_key_files_carried_over(
    unit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    province = homes.init(TOP)
    root = province.must("authority", "init")["root_fingerprint"]
    first = province
    if unit != TOP:
        first = homes.init(unit)
        homes.enrol(province, first, root)
    second = Prompt(tmp_path / "second", monkeypatch)
    second.must("init", "--unit", unit, "--user", "bình", "--full-name", "Lê Bình")
    request, reply = second.beside("enrol.request"), second.beside("enrol.tebundle")
    asked = second.must("enrol", "request", "--out", request)
    first.must("enrol", "grant", request, "--out", reply, "--check-code", asked["check_code"])
    said = second.told("enrol", "accept", reply, "--fingerprint", root)
    assert any("không có khóa cấp chứng thư riêng" in line for line in said)
    status = second.must("authority", "status")
    assert (status["enrolled"], status["authority"]) == (True, False)

    # It is a PC of the unit like the first: both exchange.
    homes.carry(first, second, unit)
    homes.carry(second, first, unit)

    # With the key files of the first it issues certificates under the very same authority.
    commune = homes.init(MINE)
    wanted = commune.beside("enrol.request")
    code = commune.must("enrol", "request", "--out", wanted)["check_code"]
    answer = commune.beside("enrol.tebundle")
    grant = ("enrol", "grant", wanted, "--out", answer, "--check-code", code)
    assert second(*grant).document["error"] == "authority.none"
    stick = tmp_path / "keys"
    stick.mkdir()
    folder = first.must("authority", "copy-keys", "--out", stick)["folder"]
    second.must("authority", "take-keys", folder)
    second.must(*grant)
    done = commune.must("enrol", "accept", answer, "--fingerprint", root)
    assert done["lacks_authority"] is False
    homes.carry(commune, second, unit)
    homes.carry(second, commune, MINE)


def test_the_write_ahead_log_of_a_large_reply_is_folded_in_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reply holds what the unit has: for a second PC of a province, all of it."""
    homes = Homes(tmp_path, monkeypatch)
    top, below = homes.init(TOP), homes.init(MINE)
    root = top.must("authority", "init")["root_fingerprint"]
    request, reply = below.beside("enrol.request"), below.beside("enrol.tebundle")
    code = below.must("enrol", "request", "--out", request)["check_code"]
    top.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    monkeypatch.setattr(workplace, "LITTLE", -1)
    settings = Settings(below.home)
    with open_services(settings, lambda one: unlock(one, PASSPHRASE)) as services:
        services.enrolment.accept(reply, root, PASSPHRASE)
        assert Path(f"{settings.store_path}-wal").stat().st_size == 0


def test_a_second_pc_of_a_district_enrolled_by_the_province_gets_an_authority_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reply holds the district's first authority as well: its own is the one it asked for."""
    homes = Homes(tmp_path, monkeypatch)
    province = homes.init(TOP)
    root = province.must("authority", "init")["root_fingerprint"]
    first = homes.init(NORTH)
    homes.enrol(province, first, root)
    homes.carry(first, province, TOP)
    for name in ("second", "third"):
        another = Prompt(tmp_path / name, monkeypatch)
        another.must("init", "--unit", NORTH, "--user", "bình", "--full-name", "Lê Bình")
        homes.enrol(province, another, root)
        assert another.must("authority", "status")["authority"] is True
