"""The register of paper books in ordinary bundles: province to district to commune, and back."""

from __future__ import annotations

from tests.e2e.command_line import Homes, Prompt
from tests.ui.window_session import COMMUNE, DISTRICT, PROVINCE, homes

__all__ = ["homes"]  # a fixture


def _steps(prompt: Prompt) -> dict[str, tuple[str, str | None]]:
    listed = prompt.must("book", "list")
    return {one["number"]: (one["step"], one["holder"]) for one in listed}


def test_all_three_tiers_see_which_book_is_where(homes: Homes) -> None:
    province, district, commune = (homes.at(unit) for unit in (PROVINCE, DISTRICT, COMMUNE))
    made = province.must("book", "supply", "1-3", "--unit", COMMUNE, "--on", "1/10/2026")
    assert len(made["ids"]) == 3
    homes.carry(province, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    assert _steps(commune) == dict.fromkeys("123", ("supplied", None))
    first, second, _third = made["ids"]
    commune.must("book", "step", "issued", first, second, "--who", "Hồ Thị Na")
    commune.must("book", "step", "collected", first)
    commune.must("book", "assign", "Hồ Thị Na", "--phone", "0905111222")
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, province, PROVINCE)
    expected = {"1": ("collected", None), "2": ("issued", "Hồ Thị Na"), "3": ("supplied", None)}
    for prompt in (commune, district, province):
        assert _steps(prompt) == expected, prompt.home
        (who,) = prompt.must("book", "enumerators")
        assert who["full_name"] == "Hồ Thị Na"
    assert commune.must("book", "back", first)["step"] == "issued"
    told = "\n".join(commune.told("book", "list"))
    assert "đã giao điều tra viên" in told
