"""A district's list: every commune has a Thôn 1, and each line says of which one it is."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.forms.units import load_units
from app.ui.admin.villages import VillageSection
from app.ui.register.rows import NAME, VILLAGE
from tests.e2e.command_line import Homes
from tests.e2e.test_two_pcs import write_book
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture

OTHER = "21256@2024"


def _places(qtbot: QtBot, homes: Homes) -> dict[str, str]:
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    rows = desk.shell.register.rows
    for column in (NAME, VILLAGE):
        rows.data(rows.index(0, column))
    desk.settle()
    found = {
        str(rows.data(rows.index(at, NAME))): str(rows.data(rows.index(at, VILLAGE)))
        for at in range(rows.rowCount())
    }
    desk.close()
    return found


def test_villages_of_the_same_name_are_told_apart_where_there_are_several_units(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    row = "Thôn 1,1,Phạm Văn Rơm,1,{0},2015-03-02,2"
    book = write_book(homes.folder, "a.csv", row.format("Phạm Thị Hân"))
    commune.must("register", "import", book, codes=(0, 4))
    homes.carry(commune, district, DISTRICT)
    assert _places(qtbot, homes) == {"Phạm Thị Hân": "Thôn 1"}
    book = write_book(homes.folder, "b.csv", row.format("Phạm Thị Nga"))
    district.must("register", "import", book, "--unit", OTHER, codes=(0, 4))
    found = _places(qtbot, homes)
    units = load_units()
    named = {"Phạm Thị Hân": COMMUNE, "Phạm Thị Nga": OTHER}
    for child, unit in named.items():
        name = units.unit(unit).name
        assert found[child].startswith("Thôn 1, ")
        assert found[child].endswith(name)
    assert len(set(found.values())) == 2
    _rename(qtbot, homes, OTHER, "Thôn Một")
    kept = {unit: district.must("village", "list", "--unit", unit) for unit in (COMMUNE, OTHER)}
    assert {unit: [one["name"] for one in kept[unit]] for unit in kept} == {
        COMMUNE: ["Thôn 1"],
        OTHER: ["Thôn Một"],
    }


def _rename(qtbot: QtBot, homes: Homes, unit: str, name: str) -> None:
    """The district renames the only village of one of its communes."""
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    desk.shell._show_section("villages")
    desk.settle()
    section = desk.shell.admin.sections["villages"]
    assert isinstance(section, VillageSection)
    assert section.unit.count() == 2
    assert section.unit.isVisible(), "which commune it is has to be chosen"
    section.unit.setCurrentIndex(section.unit.findData(unit))
    desk.settle()
    assert section.name.text() == "Thôn 1"
    section.name.setText(name)
    section.rename.click()
    desk.settle()
    assert name in section.message.text()
    desk.close()
