"""A PC that types for several units: its certificate says which, here and at the door above."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.queries import sending
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.modified_client import opened
from tests.e2e.sentences import said_plainly
from tests.e2e.test_two_pcs import write_book

PROVINCE, MINE, ALSO, OTHER = "51@2024", "21208@2024", "21256@2024", "21064@2024"


def _children(prompt: Prompt, words: str) -> list[str]:
    return [row["id"] for row in prompt.must("register", "search", words)]


def test_a_certificate_for_two_units_counts_in_the_lists_and_at_the_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top, desk = homes.init(PROVINCE), homes.init(MINE)
    root = top.must("authority", "init")["root_fingerprint"]
    request, reply = tmp_path / "request", tmp_path / "reply.tebundle"
    code = desk.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    answer = top(*grant, "--unit", ALSO)
    assert said_plainly(answer) == "enrol.asked_for_other"
    assert not reply.exists()
    top.must(*grant, "--unit", ALSO, "--unit", MINE)  # repeated, in whatever order
    desk.must("enrol", "accept", reply, "--fingerprint", root)

    row = "Thôn 1,{0},Phạm Văn Rơm,1,{1},2015-03-02,2"
    mine = write_book(tmp_path, "a.csv", row.format(1, "Phạm Thị Hân"))
    also = write_book(tmp_path, "b.csv", row.format(2, "Phạm Thị Nga"))
    desk.must("register", "import", mine, codes=(0, 4))
    desk.must("register", "import", also, "--unit", ALSO, codes=(0, 4))
    refused = desk("register", "import", also, "--unit", OTHER)
    assert said_plainly(refused) == "units.outside_scope"

    _, got = homes.carry(desk, top, PROVINCE)
    assert (got["refused"], got["waiting"]) == (0, 0)
    (mine_id,), (also_id,) = _children(top, "pham thi han"), _children(top, "pham thi nga")
    for child, unit in ((mine_id, MINE), (also_id, ALSO)):
        assert top.must("register", "show", child)["values"]["owner_unit"] == unit

    # What is corrected above comes back down to the PC that types for the unit.
    top.must("register", "set", also_id, "full_name=Phạm Thị Ngà")
    homes.carry(top, desk, MINE)
    assert _children(desk, "pham thi nga") == [also_id]
    shown = desk.must("register", "show", also_id)["values"]
    assert shown["full_name"] == "Phạm Thị Ngà"
    with opened(top.home) as store, store.read() as reading:
        assert sending.refused_from(reading, [MINE]) == []
