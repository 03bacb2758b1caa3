"""What is new for a unit below, said on each of two PCs of the unit above, and before sealing."""

from __future__ import annotations

from tests.e2e.command_line import Prompt
from tests.e2e.test_copies import type_child
from tests.e2e.test_three_tiers import COMMUNE, DISTRICT, PROVINCE, Three, prepared, three

__all__ = ["prepared", "three"]  # fixtures


def news(prompt: Prompt, to: str) -> object:
    return prompt.must("handover", "news", "--to", to)["counts"]


def second_pc(three: Three, first: Prompt, unit: str) -> Prompt:
    """Another PC of a unit, enrolled by the province and sent what the first one has."""
    homes = three.homes
    second = Prompt(homes.folder / "second", homes._monkeypatch)
    second.must("init", "--unit", unit, "--user", "bình", "--full-name", "Lê Bình")
    homes.enrol(three.province, second, three.root)
    if first is not three.province:
        homes.carry(three.province, first, unit)
    homes.carry(first, second, unit)
    return second


def test_both_pcs_of_the_province_say_what_is_new_for_the_district(three: Three) -> None:
    """The commune's work came by the district, to the second PC by the first one alone."""
    homes, first = three.homes, three.province
    second = second_pc(three, first, PROVINCE)
    type_child(three.commune, "1", "Phạm Thị Hân")
    homes.carry(three.commune, three.district, DISTRICT)
    homes.carry(three.district, first, PROVINCE)
    homes.carry(first, second, PROVINCE)
    assert news(first, DISTRICT) == news(second, DISTRICT) == {}


def test_the_look_before_sealing_calls_nothing_new_that_only_travels_back(three: Three) -> None:
    homes = three.homes
    type_child(three.commune, "1", "Phạm Thị Hân")
    homes.carry(three.commune, three.district, DISTRICT)
    found = three.district.must("handover", "send", "--to", COMMUNE, "--preview", codes=(0, 4))
    assert found["counts"] == {}
    assert (found["travelling_households"], found["travelling_children"]) == (1, 1)
    assert not [name for name in found if name.startswith("changed")]


def test_both_pcs_of_a_district_say_what_is_new_for_the_commune(three: Three) -> None:
    homes, first = three.homes, three.district
    second = second_pc(three, first, DISTRICT)
    homes.carry(second, first, DISTRICT)
    homes.carry(first, three.commune, COMMUNE)
    type_child(three.commune, "1", "Phạm Thị Hân")
    homes.carry(three.commune, first, DISTRICT)
    homes.carry(first, second, DISTRICT)
    assert news(first, COMMUNE) == news(second, COMMUNE) == {}
