"""What the province found at its district's handover, after a restore of the province: its own word
stands again, and nothing that the district made up in its name does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.ids import derived_id
from tests.e2e.command_line import Prompt
from tests.e2e.modified_client import ModifiedClient, opened
from tests.e2e.test_verification import (
    DISTRICT,
    PROVINCE,
    Three,
    prepared,
    result,
    survey,
    three,
)

__all__ = ["prepared", "three"]  # fixtures


class Visited:
    """The district's handover at the province, which drew a sample and visited one household after
    a backup was made; the district has heard of it.
    """

    def __init__(self, three: Three) -> None:
        self.homes, self.district, self.province = three.homes, three.district, three.province
        sent, _ = self.homes.carry(self.district, self.province, PROVINCE)
        self.handover = str(sent["handover"])
        self.copy = Path(self.province.must("backup", "create")["file"])
        words = ("handover", "sample", self.handover, "--count", "3", "--seed", "22")
        self.drawn = self.province.must(*words)
        self.home, self.second, _third = (one["id"] for one in self.drawn["households"])
        result(self.province, self.handover, self.home, "moved")
        with opened(self.province.home) as store:
            self.old_replica = store.replica
        self.homes.carry(self.province, self.district, DISTRICT)
        assert survey(self.district, self.handover)["results"] == {"moved": 1}

    def up(self) -> Any:
        return self.homes.carry(self.district, self.province, PROVINCE)[1]

    def forge(self) -> None:
        """The district makes up a result in the province's name, as of the PC it knows."""
        name = self.drawn["sample"]
        key = f"resurvey/{name}/22"
        body = {
            "result": "resurveyed",
            "handover": self.handover,
            "record": self.second,
            "sample": "22",
            "sample_name": name,
            "sample_size": 3,
            "sample_of": 3,
            "finding": "agrees",
            "_key": key,
            "reviewer": "Nguyễn Thị An",
            "reviewed_on": "2026-12-01",
        }
        client = ModifiedClient(self.district.home, DISTRICT)
        ent_id = derived_id(self.second, key)
        made = client.forge("review", ent_id, body, by=PROVINCE, replica=self.old_replica)
        client.slip_in(made, root=self.second)


def results(prompt: Prompt, handover: str) -> Any:
    return survey(prompt, handover)["results"]


def test_a_restored_province_has_what_it_found_at_its_districts_handover(three: Three) -> None:
    found = Visited(three)
    found.province.must("backup", "restore", found.copy)
    assert results(found.province, found.handover) == {"moved": 1}, "before any bundle comes"
    assert found.up()["refused"] == 0
    assert results(found.province, found.handover) == {"moved": 1}
    events = [one["event"] for one in found.province.must("audit", "list")]
    assert events.count("restore.results_kept") == 1
    # Said again it is one record, and the district hears it.
    result(found.province, found.handover, found.home, "not_found")
    found.homes.carry(found.province, found.district, DISTRICT)
    for prompt in (found.province, found.district):
        assert results(prompt, found.handover) == {"not_found": 1}
        assert prompt.must("conflict", "list") == []
    # The same by a second restore of the old copy.
    found.province.must("backup", "restore", found.copy)
    assert results(found.province, found.handover) == {"not_found": 1}


def test_a_result_forged_in_the_name_of_the_restored_pc_is_refused_and_counts_nowhere(
    three: Three,
) -> None:
    found = Visited(three)
    found.province.must("backup", "restore", found.copy)
    found.forge()
    assert found.up()["refused"] == 1
    refused = found.province.must("waiting", "list", codes=(0, 4))
    assert {one["reason"] for one in refused if one["state"] == "refused"} == {"foreign-half"}
    assert results(found.province, found.handover) == {"moved": 1}


def test_what_the_copy_lacks_below_a_result_comes_and_the_result_with_it(three: Three) -> None:
    """The copy is from before the handover: household and result are not in it."""
    copy = Path(three.province.must("backup", "create")["file"])
    found = Visited(three)
    found.province.must("backup", "restore", copy)
    # The district hears of the new PC first, then sends it everything.
    found.homes.carry(found.province, found.district, DISTRICT)
    found.up()
    assert results(found.province, found.handover) == {"moved": 1}


def test_of_a_lost_disk_a_result_is_refused_by_name_and_counts_when_it_is_said_again(
    three: Three,
) -> None:
    """Nobody can tell it from what the district made up: a person lets it in, and says it."""
    found = Visited(three)
    for part in ("store.db", "store.db-wal", "store.db-shm"):
        (found.province.home / part).unlink(missing_ok=True)
    found.province.must("backup", "restore", found.copy)
    assert found.up()["refused"] == 1
    none = found.province("handover", "surveyed", found.handover)
    assert (none.code, none.document["error"]) == (1, "resurvey.no_sample")
    (held,) = found.province.must("waiting", "list", codes=(0, 4))
    assert held["reason"] == "foreign-half"
    found.province.must("waiting", "accept", held["operation"])
    none = found.province("handover", "surveyed", found.handover)
    assert none.code == 1, "let in, it is still no word of the province"
    words = ("handover", "sample", found.handover, "--count", "3", "--seed", "22")
    assert found.province.must(*words)["sample"] == found.drawn["sample"]
    result(found.province, found.handover, found.home, "moved")
    found.homes.carry(found.province, found.district, DISTRICT)
    for prompt in (found.province, found.district):
        assert results(prompt, found.handover) == {"moved": 1}
        assert prompt.must("conflict", "list") == []
