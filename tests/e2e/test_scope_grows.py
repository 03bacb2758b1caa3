"""A PC is certified for one more unit: what was written there before arrives, and is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.services import enrolment
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import type_child

PROVINCE, MINE, ALSO = "51@2024", "21208@2024", "21256@2024"


def test_a_certificate_renewed_for_one_more_unit_brings_the_records_that_lie_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top, desk, other = homes.init(PROVINCE), homes.init(MINE), homes.init(ALSO)
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, desk, root)
    homes.enrol(top, other, root)
    type_child(desk, "1", "Phạm Thị Hân")
    type_child(other, "1", "Phạm Thị Nga")
    homes.carry(other, top, PROVINCE)
    for _ in range(2):
        homes.carry(desk, top, PROVINCE)
        homes.carry(top, desk, MINE)
    homes.carry(desk, top, PROVINCE)
    assert not desk.must("register", "search", "pham thi nga")

    # Six months before its end; here the whole life of a certificate is its last months.
    monkeypatch.setattr(enrolment, "RENEWAL", timedelta(days=4 * 366))
    request, reply = tmp_path / "again.request", tmp_path / "again.tebundle"
    asked = desk.must("enrol", "request", "--out", request)
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", asked["check_code"])
    top.must(*grant, "--unit", MINE, "--unit", ALSO)
    desk.must("enrol", "accept", reply, "--fingerprint", root)
    homes.carry(desk, top, PROVINCE)
    sent, got = homes.carry(top, desk, MINE)
    assert [one["children"] for one in sent["units"]] == [1, 1]
    assert (got["waiting"], got["refused"]) == (0, 0)
    assert [row["unit"] for row in desk.must("register", "search", "pham thi nga")] == [ALSO]

    (found,) = top.must("register", "search", "pham thi nga")
    top.must("register", "set", found["id"], "full_name=Phạm Thị Ngà")
    homes.carry(desk, top, PROVINCE)
    sent, got = homes.carry(top, desk, MINE)
    assert (sent["children"], got["waiting"]) == (1, 0), "no more than what is new"
    (row,) = desk.must("register", "search", "pham thi nga")
    assert row["full_name"] == "Phạm Thị Ngà"
