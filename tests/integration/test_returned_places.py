"""Where what was sent back lies: with its unit, where it is of several."""

from __future__ import annotations

from pathlib import Path

from app.services.returned_list import ReturnedLine, told_apart
from tests.workplaces import COMMUNE, DISTRICT, make_workplace

OTHER = "21013@2024"


def _line(unit: str, village: str) -> ReturnedLine:
    return ReturnedLine("Thiếu", "Tỉnh", "2026-11-30", unit=unit, village=village)


def test_villages_of_one_name_are_told_apart_where_there_are_several_units(tmp_path: Path) -> None:
    workplace = make_workplace(tmp_path, DISTRICT)
    units = workplace.tree.units
    lines = [_line(COMMUNE, "Thôn 1"), _line(OTHER, "Thôn 1"), _line(OTHER, ""), _line("", "")]
    places = [one.place for one in told_apart(workplace, lines)]
    assert len(set(places)) == len(places)
    for place, unit in zip(places[:2], (COMMUNE, OTHER), strict=True):
        name = units.unit(unit).full_name()
        assert place == f"Thôn 1, {name[:1].lower()}{name[1:]}"
    assert places[3] == ""
    alone = told_apart(workplace, lines[:1])
    assert [one.place for one in alone] == ["Thôn 1"]
    workplace.store.close()
