"""What a unit above refused, and was answered here before this PC was restored."""

from __future__ import annotations

from tests.e2e.command_line import Prompt
from tests.e2e.test_three_tiers import COMMUNE, DISTRICT, Three, prepared, three
from tests.e2e.test_undone_and_restored import WHY, found, imported

__all__ = ["prepared", "three"]


def refused_above(prompt: Prompt) -> list[bool]:
    """Of what a unit above refuses, whether it still asks for an answer."""
    told = prompt.must("waiting", "list", codes=(0, 4))
    return [one["unanswered"] for one in told if one["reason"] == "refused-above"]


def test_what_was_answered_before_a_restore_is_not_asked_for_again(three: Three) -> None:
    """One's own answer comes back with a bundle, and nobody else's is one."""
    homes, commune, district = three.homes, three.commune, three.district
    imported(commune, "1", "Phạm Thị Hân")
    first, _ = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", first["handover"], "--reason", WHY)
    (child,) = [one["id"] for one in commune.must("register", "search", "han")]
    commune.must("register", "set", child, "full_name=Phạm Thị Hân Hân")
    homes.carry(commune, district, DISTRICT)
    for one in district.must("waiting", "list", codes=(0, 4)):
        if one["state"] == "waiting":
            district.must("waiting", "drop", one["operation"])
    district.must("handover", "release", first["handover"])
    homes.carry(district, commune, COMMUNE)
    assert refused_above(commune) == [True]
    copy = commune.must("backup", "create")["file"]
    commune.must("register", "set", child, "full_name=Phạm Thị Hằng")
    assert refused_above(commune) == [False]
    homes.carry(commune, district, DISTRICT)
    commune.must("backup", "restore", copy)
    assert refused_above(commune) == [True], "the copy knows of no answer"
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    assert found(commune, "hang") == 1
    assert refused_above(commune) == [False]
