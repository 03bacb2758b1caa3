"""A certificate is renewed before it ends: same PC, same keys, nothing is lost on its way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.services import enrolment
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.modified_client import opened
from tests.e2e.sentences import said_plainly
from tests.e2e.test_odd_handovers import years_away

PROVINCE, COMMUNE = "51@2025", "21211@2025"


def _active(above: Prompt, unit: str) -> list[bool]:
    listed = above.must("authority", "status")["stations"]
    return sorted(one["active"] for one in listed if one["unit"] == unit)


def test_a_certificate_is_renewed_in_its_last_months_and_what_is_on_its_way_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top, desk = homes.init(PROVINCE), homes.init(COMMUNE)
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, desk, root)
    request, reply = tmp_path / "again.request", tmp_path / "again.tebundle"
    assert said_plainly(desk("enrol", "request", "--out", request)) == "enrol.already"
    assert not request.exists()
    with opened(desk.home) as store:
        station, replica = store.setting("station"), store.replica

    # Six months before its end; here the whole life of a certificate is its last months.
    monkeypatch.setattr(enrolment, "RENEWAL", timedelta(days=4 * 366))
    asked = desk.must("enrol", "request", "--out", request)
    on_its_way = top.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", asked["check_code"])
    granted = top.must(*grant)
    assert (granted["unit"], granted["station"]) == (COMMUNE, station)
    assert _active(top, COMMUNE) == [False, True]  # the newer one took the place of the older

    # Until the reply arrives the old certificate is as good as it was.
    homes.carry(desk, top, PROVINCE)
    accept = ("enrol", "accept", reply, "--fingerprint", root)
    desk.must(*accept)
    assert said_plainly(desk(*accept)) == "enrol.already"
    (got,) = desk.must("handover", "receive", on_its_way["file"], codes=(0, 4))
    assert got["status"] == "imported"
    _, got = homes.carry(desk, top, PROVINCE)
    assert got["continuity"] == "normal"
    _, got = homes.carry(top, desk, COMMUNE)
    assert got["continuity"] == "normal"
    with opened(desk.home) as store:
        assert (store.setting("station"), store.replica) == (station, replica)


def test_an_older_reply_does_not_take_a_newer_certificate_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top, desk = homes.init(PROVINCE), homes.init(COMMUNE)
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, desk, root)
    monkeypatch.setattr(enrolment, "RENEWAL", timedelta(days=4 * 366))
    request, weeks = tmp_path / "again.request", 20 / 365.25
    code = desk.must("enrol", "request", "--out", request)["check_code"]
    older, newer = tmp_path / "older.tebundle", tmp_path / "newer.tebundle"
    grant = ("enrol", "grant", request, "--check-code", code, "--out")
    top.must(*grant, older)
    assert years_away(top, weeks, *grant, newer).code == 0
    took = years_away(desk, weeks, "enrol", "accept", newer, "--fingerprint", root)
    assert took.code == 0
    before = desk.must("authority", "status")["valid_until"]
    back = years_away(desk, weeks, "enrol", "accept", older, "--fingerprint", root)
    assert said_plainly(back) == "enrol.already"
    assert desk.must("authority", "status")["valid_until"] == before
