"""Only PCs that a bundle can be sent to are waited for."""

from __future__ import annotations

from tests.e2e.test_verification import COMMUNE, DISTRICT, PROVINCE, Three, prepared, three

__all__ = ["prepared", "three"]  # fixtures

NEIGHBOUR = "524@2024"


def test_the_pc_of_a_neighbour_is_known_and_not_waited_for(three: Three) -> None:
    """Its certificate comes along with the province's bundle."""
    homes, district = three.homes, three.district
    root = three.province.must("authority", "status")["root_fingerprint"]
    homes.enrol(three.province, homes.init(NEIGHBOUR), root)
    homes.carry(three.province, district, DISTRICT)
    assert NEIGHBOUR in {one["unit"] for one in district.must("authority", "stations")}
    assert district("handover", "send", "--to", NEIGHBOUR, "--preview").code == 1
    assert {one["unit"] for one in district.must("handover", "pcs")} == {PROVINCE, COMMUNE}
