"""What the province handed straight to a commune stands there, whatever the district between says:
with real homes, certificates and bundles."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.models.queries import sending
from app.models.schema import op
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.modified_client import opened
from tests.e2e.test_two_pcs import SIBLINGS, write_book

TOP, NORTH, MINE = "51@2024", "522@2024", "21208@2024"
ROUND = (
    *("round", "new", "Đợt Quý IV/2026", "--reference", "2026-12-31"),
    *("--opens", "2026-10-01", "--closes", "2026-12-31"),
)


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    """A province, a district and a commune, enrolled one by the other."""
    made = Homes(tmp_path, monkeypatch)
    province = made.init(TOP)
    root = province.must("authority", "init")["root_fingerprint"]
    district, commune = made.init(NORTH), made.init(MINE)
    made.enrol(province, district, root)
    made.enrol(district, commune, root)
    return made


def rounds(prompt: Prompt) -> list[str]:
    return [one["name"] for one in prompt.must("round", "list")]


def stopped(prompt: Prompt) -> list[str]:
    """Why operations wait, were refused or set aside there."""
    return [one["reason"] for one in prompt.must("waiting", "list", codes=(0, 4))]


def receipts(prompt: Prompt) -> list[list[str]]:
    """The tiers that received each handover of the commune, in the order of their numbers."""
    shown = prompt.must("handover", "list")
    own = sorted((one["seq"], one) for one in shown if one["giver"] == MINE)
    return [[receipt["tier"] for receipt in one["receipts"]] for _, one in own]


def test_a_round_under_a_root_that_the_district_has_not_heard_of_stays_in_its_commune(homes):
    province, district, commune = homes.at(TOP), homes.at(NORTH), homes.at(MINE)
    homes.carry(commune, district, NORTH)
    homes.carry(district, province, TOP)
    province.must("authority", "rotate-root", "--root-file", province.home / "authority/root.age")
    province.must(*ROUND)
    homes.carry(province, commune, MINE)
    assert rounds(commune) == ["Đợt Quý IV/2026"]
    homes.carry(commune, district, NORTH)
    assert "reference-unsigned" in stopped(district)
    homes.carry(district, commune, MINE)
    assert rounds(commune) == ["Đợt Quý IV/2026"]
    assert stopped(commune) == []
    homes.carry(province, district, NORTH)
    assert rounds(district) == ["Đợt Quý IV/2026"]
    assert stopped(district) == []


def test_a_modified_district_switches_off_no_signed_round(homes, monkeypatch):
    province, district, commune = homes.at(TOP), homes.at(NORTH), homes.at(MINE)
    province.must(*ROUND)
    homes.carry(province, district, NORTH)
    homes.carry(district, commune, MINE)
    signed = ("round", "form_template", "code_list", "org_unit", "org_unit_successor")
    with opened(district.home) as store, store.read() as reading:
        rows = reading.execute(select(op).where(op.c.ent_type.in_(signed))).all()
    named = [(row.ent_id, row.op_id, "not-owner") for row in rows]
    assert "round" in {row.ent_type for row in rows}
    with monkeypatch.context() as modified:
        modified.setattr(sending, "refused_from", lambda *_given: sorted(named))
        _, got = homes.carry(district, commune, MINE)
    assert not any(got["taken_back"].values())
    assert rounds(commune) == ["Đợt Quý IV/2026"]
    assert stopped(commune) == []


def test_the_receipt_that_the_province_brought_itself_stays(homes):
    province, district, commune = homes.at(TOP), homes.at(NORTH), homes.at(MINE)
    commune.must("register", "import", write_book(homes.folder, "a.csv", *SIBLINGS), codes=(0, 4))
    homes.carry(commune, district, NORTH)
    homes.carry(district, commune, MINE)
    homes.carry(commune, district, NORTH)
    homes.carry(district, province, TOP)
    homes.carry(province, commune, MINE)
    direct = receipts(commune)
    assert "province" in direct[0]
    homes.carry(commune, district, NORTH)
    assert "foreign-half" in stopped(district)
    homes.carry(district, commune, MINE)
    assert receipts(commune)[: len(direct)] == direct
    homes.carry(province, district, NORTH)
    homes.carry(district, commune, MINE)
    assert receipts(commune)[0] == direct[0]
    assert stopped(district) == []
