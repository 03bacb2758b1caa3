"""What the unit above does not have yet is counted in changes that people made, each once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.services.installation import unlock
from app.services.worklist import Duty
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.test_copies import type_child
from tests.e2e.test_verification import COMMUNE, DISTRICT, PROVINCE, prepared

__all__ = ["prepared"]  # a fixture


@pytest.fixture
def homes(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    shutil.copytree(prepared, tmp_path / "homes")
    return Homes(tmp_path / "homes", monkeypatch)


def outstanding(prompt: Prompt, above: str) -> tuple[int, int]:
    """Unsent and unconfirmed: the same at the foot of the window, on the worklist, before sending
    and at the command line.
    """
    said = prompt.must("handover", "news", "--to", above)["outstanding"]
    found = (said["unsent"], said["unconfirmed"])
    with open_services(Settings(prompt.home), lambda one: unlock(one, PASSPHRASE)) as services:
        standing, work = services.entry.standing(), services.worklist.read()
        before = services.handovers.outgoing.counts(above).outstanding
    tasks = {one.duty: one.count for one in work.tasks}
    assert before is not None
    assert (before.unsent, before.unconfirmed) == found
    assert (standing.not_handed_over, standing.unconfirmed) == found
    assert (work.not_handed_over, work.unconfirmed) == found
    assert tasks.get(Duty.NOT_HANDED_OVER, 0) == found[0]
    return found


def settled(homes: Homes) -> tuple[Prompt, Prompt]:
    """A commune and its district that have all of each other, receipts and all."""
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    return commune, district


def rename(prompt: Prompt, count: int) -> None:
    found = prompt.must("register", "search", "thi")
    for place, one in enumerate(found[:count]):
        prompt.must("register", "set", one["id"], f"other_name=Bé {'ABC'[place]}")


def test_a_change_counts_until_its_receipt_and_no_receipt_does(homes: Homes) -> None:
    commune, district = settled(homes)
    assert outstanding(commune, DISTRICT) == (0, 0), "the receipts are nobody's work"
    rename(commune, 2)
    assert outstanding(commune, DISTRICT) == (2, 0)
    homes.carry(commune, district, DISTRICT)
    assert outstanding(commune, DISTRICT) == (0, 2), "not the half of the handover besides"
    homes.carry(district, commune, COMMUNE)
    assert outstanding(commune, DISTRICT) == (0, 0)


def test_what_came_from_above_is_not_handed_over_again(homes: Homes) -> None:
    commune, district = settled(homes)
    rename(district, 2)
    homes.carry(district, commune, COMMUNE)
    assert outstanding(commune, DISTRICT) == (0, 0)


def test_a_pc_that_got_its_units_own_words_back_from_above_owes_none_of_them(
    homes: Homes,
) -> None:
    commune, district = settled(homes)
    copy = commune.must("backup", "create")["file"]
    type_child(commune, "77", "Phạm Thị Sau")
    typed = outstanding(commune, DISTRICT)[0]
    assert typed > 0
    homes.carry(commune, district, DISTRICT)
    commune.must("backup", "restore", copy)
    before = outstanding(commune, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    assert len(commune.must("register", "search", "pham thi sau")) == 1
    unsent, _unconfirmed = outstanding(commune, DISTRICT)
    assert unsent <= before[0], "what the district brought back, it has"


def test_an_undo_takes_its_changes_off_and_a_release_counts_them_once(homes: Homes) -> None:
    commune, district = settled(homes)
    homes.carry(district, homes.at(PROVINCE), PROVINCE)
    homes.carry(homes.at(PROVINCE), district, DISTRICT)
    assert outstanding(district, PROVINCE) == (0, 0)
    rename(commune, 2)
    _, got = homes.carry(commune, district, DISTRICT)
    assert outstanding(district, PROVINCE) == (2, 0), "what came from below goes on"
    district.must("handover", "undo", got["handover"], "--reason", "Giao nhầm")
    assert outstanding(district, PROVINCE) == (0, 0)
    district.must("handover", "release", got["handover"])
    assert outstanding(district, PROVINCE) == (2, 0)


def test_the_top_owes_nobody_anything(homes: Homes) -> None:
    province = homes.at(PROVINCE)
    with open_services(Settings(province.home), lambda one: unlock(one, PASSPHRASE)) as services:
        standing = services.entry.standing()
    assert (standing.not_handed_over, standing.unconfirmed, standing.top) == (0, 0, True)
