"""The main job on real input: the sample register through three tiers, and through two."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.forms.age import is_under_16
from app.forms.units import Tier, load_units
from tests.e2e.command_line import Homes, Prompt

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "samples" / "register-12k.csv.gz"
MAP = ROOT / "resources" / "import_maps" / "register-sample.json"
#: Communes of two districts of Quảng Ngãi (codes before July 2025).
OLD_COMMUNES = {"522@2024": ("21208@2024", "21256@2024"), "524@2024": ("21064@2024", "21049@2024")}


def rows_of(commune: str) -> list[dict[str, str]]:
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["commune"] == commune.partition("@")[0]]


def unfinished(commune: str) -> int:
    """Records that count and that nobody declared done: households, and who is still a child."""
    rows = rows_of(commune)
    today = datetime.now(tz=UTC).astimezone().date()
    children = sum(not row["dob"] or is_under_16(row["dob"], today) for row in rows)
    assert 0 < children < len(rows)  # the sample holds grown-up people, who do not count
    return children + len({row["hh_id"] for row in rows})


def import_sample(prompt: Prompt) -> dict[str, int]:
    document = prompt.must("register", "import", SAMPLE, "--columns", MAP, codes=(0, 4))
    return {name: document[name] for name in ("rows", "created", "changed", "unchanged")}


def ids_by_source(prompt: Prompt, folder: Path) -> list[str]:
    """The ids of every child a home exports."""
    out = folder / "export.csv"
    prompt.must("register", "export", out, "--headers", "names")
    with out.open(encoding="utf-8-sig", newline="") as file:
        return [row["child_uid"] for row in csv.DictReader(file)]


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


def test_the_sample_goes_up_three_tiers_and_a_correction_comes_back(homes: Homes) -> None:
    province = homes.init("51@2024")
    root = province.must("authority", "init")["root_fingerprint"]
    districts = {ref: homes.init(ref) for ref in OLD_COMMUNES}
    communes = {ref: homes.init(ref) for refs in OLD_COMMUNES.values() for ref in refs}
    for district, prompt in districts.items():
        homes.enrol(province, prompt, root)
        for ref in OLD_COMMUNES[district]:
            homes.enrol(prompt, communes[ref], root)

    expected = {ref: len(rows_of(ref)) for ref in communes}
    for ref, prompt in communes.items():
        counted = import_sample(prompt)
        assert counted["rows"] == counted["created"] == expected[ref]
        issues = prompt.must("check", codes=(0, 4))
        assert Counter(issue["severity"] for issue in issues)["error"] > 0  # incomplete by design

    for district, prompt in districts.items():
        for ref in OLD_COMMUNES[district]:
            sent, got = homes.carry(communes[ref], prompt, district)
            assert sent["children"] == expected[ref]
            assert sent["incomplete"] == unfinished(ref)  # the sender saw how many
            assert got["new"] >= expected[ref]
        sent, got = homes.carry(prompt, province, "51@2024")
        assert sent["children"] == sum(expected[ref] for ref in OLD_COMMUNES[district])

    held = ids_by_source(province, homes.folder)
    assert len(held) == len(set(held)) == sum(expected.values())

    _correct_and_bring_down(homes, province, districts["522@2024"], communes["21208@2024"])

    for ref, prompt in communes.items():
        assert import_sample(prompt)["unchanged"] == expected[ref], ref

    _receipts_of_every_tier(communes["21256@2024"], homes, districts["522@2024"], province)


def _correct_and_bring_down(
    homes: Homes, province: Prompt, district: Prompt, commune: Prompt
) -> None:
    child = ids_by_source(commune, homes.folder)[0]
    province.must("register", "set", child, "full_name=Trần Thị Sửa")
    homes.carry(province, district, "522@2024")
    homes.carry(district, commune, "21208@2024")
    shown = commune.must("register", "show", child)
    assert shown["values"]["full_name"] == "Trần Thị Sửa"
    history = commune.must("register", "history", child)
    assert [entry["by"] for entry in history] == ["21208@2024", "51@2024"]


def _receipts_of_every_tier(
    commune: Prompt, homes: Homes, district: Prompt, province: Prompt
) -> None:
    homes.carry(province, district, "522@2024")
    homes.carry(district, commune, "21256@2024")
    register = commune.must("handover", "list")
    first = next(entry for entry in register if entry["giver"] == "21256@2024")
    assert [one["tier"] for one in first["receipts"]] == ["district", "province"]
    assert all(one["children"] == first["children"] for one in first["receipts"])
    assert all(one["incomplete"] == first["incomplete"] for one in first["receipts"])
    pdf = homes.folder / "record.pdf"
    commune.must("handover", "record", first["id"], "--out", pdf)
    assert pdf.read_bytes().startswith(b"%PDF")


def test_the_sample_goes_up_two_tiers_under_the_units_since_july_2025(homes: Homes) -> None:
    units = load_units()
    old = [ref for refs in OLD_COMMUNES.values() for ref in refs]
    new = sorted({one.ref for ref in old if (one := units.whole_successor(ref)) is not None})
    assert all(units.tier(ref) is Tier.COMMUNE for ref in new)
    assert len(new) == 4
    province = homes.init("51@2025")
    root = province.must("authority", "init")["root_fingerprint"]
    communes = {ref: homes.init(ref) for ref in new}
    total = 0
    for ref, prompt in communes.items():
        homes.enrol(province, prompt, root)
        counted = import_sample(prompt)
        below = [one for one in units if units.covers([ref], one.ref)]
        assert counted["rows"] == sum(
            len(rows_of(one.ref)) for one in below if one.edition == "2024"
        )
        total += counted["rows"]
        homes.carry(prompt, province, "51@2025")
    assert len(ids_by_source(province, homes.folder)) == total > 0

    commune = communes[new[0]]
    child = ids_by_source(commune, homes.folder)[0]
    province.must("register", "set", child, "full_name=Trần Thị Sửa")
    homes.carry(province, commune, new[0])
    assert commune.must("register", "show", child)["values"]["full_name"] == "Trần Thị Sửa"
    assert import_sample(commune)["created"] == 0
    assert import_sample(commune)["changed"] == 0
