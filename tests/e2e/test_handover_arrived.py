"""Nobody decides about a handover whose file is not here, whatever its record says."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.ids import derived_id
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.modified_client import ModifiedClient
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import type_child
from tests.e2e.test_three_tiers import COMMUNE as BELOW
from tests.e2e.test_three_tiers import DISTRICT, Three, prepared, three
from tests.e2e.test_two_pcs import SIBLINGS, children, write_book

__all__ = ["prepared", "three"]  # fixtures

INVENTED = "ab" * 32


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    enrolled_pair.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return enrolled_pair


def _refused(above: Prompt, handover: str, child: str) -> None:
    for words in (
        ("accept", handover),
        ("return", handover, "--reason", "thiếu thôn Hai"),
        ("return", handover, "--record", child, "--reason", "sai tên"),
    ):
        assert said_plainly(above("handover", *words)) == "handover.not_arrived"


def test_a_handover_whose_stick_was_lost_is_neither_accepted_nor_returned(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    lost = below.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    sent, _got = homes.carry(below, above, PROVINCE)
    (child,) = children(above, "pham van dong")
    _refused(above, lost["handover"], child)
    waits = {one["id"]: one["awaited"] for one in above.must("handover", "list")}
    assert waits == {lost["handover"]: True, sent["handover"]: False}
    assert "\n".join(above.told("handover", "list")).count("chưa nhận được gói") == 1
    above.must("handover", "accept", sent["handover"])
    # The stick turns up.
    above.must("handover", "receive", lost["file"], codes=(0, 4))
    above.must("handover", "return", lost["handover"], "--reason", "thiếu thôn Hai")


def test_a_handover_that_never_was_is_neither_accepted_nor_returned(homes: Homes) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    invented = derived_id(COMMUNE, INVENTED)
    client = ModifiedClient(below.home, COMMUNE)
    half = {"owner_unit": COMMUNE, "_key": INVENTED, "sent_to": PROVINCE, "sent_seq": 99}
    more = {"sent_on": "2030-01-01T00:00:00Z", "sent_households": 5000, "sent_children": 9000}
    client.slip_in(client.forge("handover", invented, {**half, **more}))
    homes.carry(below, above, PROVINCE)
    (child,) = children(above, "pham van dong")
    _refused(above, invented, child)


def test_either_pc_of_the_unit_decides_about_what_one_of_them_took_in(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    beside = Prompt(homes.folder / "beside", homes._monkeypatch)
    beside.must("init", "--unit", DISTRICT, "--user", "bình", "--full-name", "Lê Bình")
    homes.enrol(three.province, beside, three.root)
    homes.carry(three.province, district, DISTRICT)
    type_child(commune, "1", "Phạm Thị Hân")
    sent, _got = homes.carry(commune, district, DISTRICT)
    homes.carry(district, beside, DISTRICT)
    beside.must("handover", "accept", sent["handover"])


def test_what_was_sent_to_the_province_and_lost_gets_no_receipt_by_way_of_the_district(
    three: Three,
) -> None:
    homes, province, commune = three.homes, three.province, three.commune
    type_child(commune, "1", "Phạm Thị Hân")
    # Each hears of the other's PC by way of the district.
    homes.carry(commune, three.district, DISTRICT)
    homes.carry(three.district, province, "51@2024")
    homes.carry(province, commune, BELOW)
    lost = commune.must("handover", "send", "--to", "51@2024", "--out", homes.stick)
    sent, _got = homes.carry(commune, three.district, DISTRICT)
    homes.carry(commune, three.district, DISTRICT)
    homes.carry(three.district, province, "51@2024")
    told = {one["id"]: one for one in province.must("handover", "list")}
    assert [one["tier"] for one in told[sent["handover"]]["receipts"]] == ["district", "province"]
    assert told[lost["handover"]]["receipts"] == []
    (child,) = children(province, "pham thi han")
    _refused(province, lost["handover"], child)
