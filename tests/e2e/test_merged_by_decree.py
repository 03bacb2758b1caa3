"""Two communes become one by decree: what goes down to the communes, and one file on two PCs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.services.installation import unlock
from app.services.life_events.places import communes, destination
from app.settings import Settings
from tests.decrees import BESIDE, NEW, ONE, OTHER, TOP
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.test_new_unit import HEAD
from tests.faults.ground import MAP, sheet_of


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


def decreed(homes: Homes) -> tuple[Prompt, str, Path]:
    """The province, its fingerprint, and the file of the new unit, which is loaded there."""
    top = homes.init(TOP)
    root = top.must("authority", "init")["root_fingerprint"]
    units, successors = homes.folder / "units.csv", homes.folder / "successors.csv"
    units.write_text(HEAD + "2026a,29999,Ba Mới,commune,51,2026-01-01,\n", encoding="utf-8")
    rows = f"old,new,share\n{ONE},{NEW},whole\n{OTHER},{NEW},whole\n"
    successors.write_text(rows, encoding="utf-8")
    top.must("unit", "load", units, "--successors", successors)
    return top, root, units


def imported(prompt: Prompt, sheet: Path) -> None:
    prompt.must("register", "import", sheet, "--columns", MAP, "--unit", ONE, codes=(0, 4))


def counted(homes: Homes, prompt: Prompt) -> int:
    out = homes.folder / "register.csv"
    out.unlink(missing_ok=True)
    prompt.must("register", "export", out, "--headers", "names")
    with out.open(encoding="utf-8-sig", newline="") as file:
        return len(list(csv.DictReader(file)))


def test_a_commune_that_hears_of_the_decree_knows_where_people_move_to(homes: Homes) -> None:
    top, root, _units = decreed(homes)
    desk = homes.init(BESIDE)
    homes.enrol(top, desk, root)
    homes.carry(top, desk, BESIDE)
    services = open_services(Settings(desk.home), lambda settings: unlock(settings, PASSPHRASE))
    try:
        known = communes(services.workplace)
        assert {one.unit for one in known}.isdisjoint((ONE, OTHER))
        assert destination(known, "xã Ba Mới") == NEW
    finally:
        services.close()


def test_province_and_new_commune_import_one_file_and_have_each_child_once(homes: Homes) -> None:
    top, root, units = decreed(homes)
    below = homes.at(NEW)
    words = ("--user", "an", "--full-name", "Đinh Thị An", "--units", units)
    below.must("init", "--unit", NEW, *words)
    homes.enrol(top, below, root)
    sheet = sheet_of(homes.folder / "sheet.csv", (ONE,), 5, 5)
    for prompt in (top, below):
        imported(prompt, sheet)
        assert counted(homes, prompt) == 5
    homes.carry(below, top, TOP)
    assert counted(homes, top) == 5
    imported(top, sheet)
    assert counted(homes, top) == 5
