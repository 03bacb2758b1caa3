"""What the overview of handovers says of a line is what is here of it: of every unit that became
one, and without hiding an earlier handover that lies taken back.
"""

from __future__ import annotations

from pathlib import Path

from tests.decrees import NEW, ONE, OTHER, TOP
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_copies import type_child
from tests.e2e.test_deliveries import line_of
from tests.e2e.test_delivery_lines import _merged, _pair, fresh
from tests.e2e.test_delivery_rounds import paper, told
from tests.e2e.test_verification import COMMUNE, DISTRICT, Three, prepared, three

__all__ = ["fresh", "prepared", "three"]  # fixtures

NAMES = {ONE: "Phạm Thị Hân", OTHER: "Phạm Văn Lía"}


def both_handed_over(homes: Homes) -> Prompt:
    """Two communes handed over a child each, and then became one."""
    top = _pair(homes, "31/12/2099")
    for unit, name in NAMES.items():
        type_child(homes.at(unit), "1", name)
        homes.carry(homes.at(unit), top, TOP)
    _merged(homes, "2026-01-01")
    return top


def test_what_both_units_handed_over_before_they_became_one_is_counted_together(
    fresh: Homes, tmp_path: Path
) -> None:
    top = both_handed_over(fresh)
    line = told(top, unit=NEW)
    assert "đơn vị cũ giao" not in line, "nothing is missing"
    assert "2 hộ · 2 trẻ" in line
    assert line_of(top, NEW)["merged"] == {"delivered": 2, "of": 2}
    assert "đơn vị cũ giao" not in paper(top, tmp_path / "list.pdf")


def test_of_a_unit_that_handed_over_twice_before_the_last_one_is_counted(fresh: Homes) -> None:
    top = both_handed_over(fresh)
    type_child(fresh.at(ONE), "2", "Đinh Thị Nga")
    fresh.carry(fresh.at(ONE), top, TOP)
    assert line_of(top, NEW)["handovers"] == 3
    assert "3 hộ · 3 trẻ" in told(top, unit=NEW)


def test_an_earlier_handover_that_is_still_taken_back_is_told_and_what_is_here_instead(
    three: Three,
) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    type_child(commune, "20", "Phạm Thị Mới")
    _sent, got = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", got["handover"], "--reason", "Giao nhầm")
    assert "lần nhận đã hoàn tác" in told(district, unit=COMMUNE)
    homes.carry(commune, district, DISTRICT)
    line = told(district, unit=COMMUNE)
    assert "bên giao ghi 4 hộ · 4 trẻ; đếm được 3 hộ · 3 trẻ" in line
    assert "lần nhận đã hoàn tác" in line
    district.must("handover", "release", got["handover"])
    line = told(district, unit=COMMUNE)
    assert "4 hộ · 4 trẻ" in line
    assert "đếm được" not in line
    assert "hoàn tác" not in line


def test_one_that_was_taken_back_and_returned_is_settled(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    _sent, got = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", three.handover, "--reason", "Giao nhầm")
    assert "lần nhận đã hoàn tác" in told(district, unit=COMMUNE)
    district.must("handover", "return", three.handover, "--reason", "Gói của xã khác")
    assert line_of(district, COMMUNE)["last"] == got["handover"]
    assert "lần nhận đã hoàn tác" not in told(district, unit=COMMUNE)
