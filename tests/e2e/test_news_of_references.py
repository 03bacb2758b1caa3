"""What a bundle brings besides pages is told to who sends it, as it is where it arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.decrees import ONE
from tests.e2e.command_line import Homes
from tests.e2e.test_delivery_lines import _merged, _pair
from tests.e2e.test_verification import DISTRICT, PROVINCE, Three, prepared, three

__all__ = ["prepared", "three"]  # fixtures

DAYS = ("--reference", "2026-12-31", "--opens", "2026-10-01", "--closes", "2026-12-31")
OPENED = "Đợt rà soát mới: «Quý này», đến hết ngày 31/12/2026"


def test_a_round_is_news_until_it_was_received(three: Three) -> None:
    homes, province, district = three.homes, three.province, three.district
    homes.carry(district, province, PROVINCE)
    homes.carry(province, district, DISTRICT)
    homes.carry(district, province, PROVINCE)
    assert province.told("handover", "news", "--to", DISTRICT) == ["Không có gì mới."]
    province.must("round", "new", "Quý này", *DAYS)
    assert OPENED in province.told("handover", "news", "--to", DISTRICT)
    assert OPENED in province.told("handover", "send", "--to", DISTRICT, "--preview")
    (said,) = province.must("handover", "news", "--to", DISTRICT)["besides"]
    assert said == {"what": "round", "message": OPENED}
    _sent, got = homes.carry(province, district, DISTRICT)
    told = [one["message"] for one in got["besides"]]
    assert OPENED in told, "the same on the other side"
    homes.carry(district, province, PROVINCE)
    assert province.told("handover", "news", "--to", DISTRICT) == ["Không có gì mới."]
    (made,) = province.must("round", "list")
    province.must("round", "close", made["id"])
    told = province.told("handover", "news", "--to", DISTRICT)
    assert told == ["Đợt rà soát đã kết thúc: «Quý này»"]


def test_nothing_of_this_is_told_of_a_bundle_to_the_unit_above(three: Three) -> None:
    homes = three.homes
    three.province.must("round", "new", "Quý này", *DAYS)
    homes.carry(three.province, three.district, DISTRICT)
    assert three.district.must("handover", "news", "--to", PROVINCE)["besides"] == []


def test_a_decree_is_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top = _pair(homes, "31/12/2099")
    _merged(homes, "2026-01-01")
    what = {one["what"] for one in top.must("handover", "news", "--to", ONE)["besides"]}
    assert {"org_unit", "org_unit_successor"} <= what
