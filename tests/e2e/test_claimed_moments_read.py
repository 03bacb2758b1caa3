"""A clock of the year 285 million, or before all years, breaks no page of who reads it."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from app.history.operation import Operation, Value, make_operation
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes
from tests.e2e.modified_client import ModifiedClient, record_at
from tests.e2e.test_two_pcs import SIBLINGS, children, write_book


def _at(
    client: ModifiedClient, ent_id: str, body: dict[str, Value], heads: tuple[bytes, ...], wall: int
) -> Operation:
    return make_operation(
        ent_type="child",
        ent_id=ent_id,
        parents=heads,
        body=body,
        salt=secrets.token_bytes(16),
        unit=COMMUNE,
        by=COMMUNE,
        replica=client.replica,
        author="Kẻ Mạo Danh",
        wall=wall,
    )


@pytest.mark.parametrize("wall", [2**53 - 1, -(2**53 - 1)])
def test_every_page_reads_what_no_calendar_has(
    enrolled_pair: Homes, tmp_path: Path, wall: int
) -> None:
    above, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    below.must("register", "import", book, codes=(0, 4))
    sent, _got = enrolled_pair.carry(below, above, PROVINCE)
    (boy,) = children(below, "pham van dong")
    (girl,) = children(below, "pham thi han")
    above.must("handover", "return", sent["handover"], "--record", girl, "--reason", "xem lại tên")
    enrolled_pair.carry(above, below, COMMUNE)
    client = ModifiedClient(below.home, COMMUNE)
    for child, names in ((boy, ("Đông A", "Đông B")), (girl, ("Hân A",))):
        heads = record_at(below.home, "child", child).heads
        client.slip_in(*(_at(client, child, {"full_name": name}, heads, wall) for name in names))
    later, _got = enrolled_pair.carry(below, above, PROVINCE)
    assert any("không rõ" in one for one in above.told("conflict", "list", codes=(0, 4)))
    assert any("không rõ" in one for one in above.told("register", "history", boy))
    verified = above.told("handover", "verify", later["handover"], codes=(0, 4))
    assert any("đã trả lời ngày không rõ" in one for one in verified), verified
    above.must("user", "statistics")
    made = above.must("backup", "create")
    told = above.told("backup", "restore", made["file"], "--preview", codes=(0, 4))
    assert told
