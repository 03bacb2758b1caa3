"""Typing on behalf: a district, and another PC of the commune, work on the commune's records. They
stay the commune's, say who entered them, and meet without conflict where different things changed.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_two_pcs import write_book
from tests.e2e.test_verification import COMMUNE, DISTRICT, Three, child, prepared

__all__ = ["prepared"]  # a fixture


@pytest.fixture
def three(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Three:
    shutil.copytree(prepared, tmp_path / "homes")
    return Three(tmp_path / "homes", monkeypatch)


def found(prompt: Prompt, words: str) -> Any:
    (one,) = prompt.must("register", "search", words)
    return one


def both_ways(homes: Homes, one: Prompt, other: Prompt) -> None:
    homes.carry(one, other, DISTRICT)
    homes.carry(other, one, COMMUNE)


def test_both_change_one_child_and_nobody_is_asked(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    homes.carry(district, commune, COMMUNE)
    who = child(commune, "pham thi han")
    district.must("register", "set", who, "other_name=Bé Hân")
    commune.must("register", "set", who, "ethnicity=01")
    both_ways(homes, commune, district)
    for prompt in (commune, district):
        held = prompt.must("register", "show", who)
        assert (held["values"]["other_name"], held["values"]["ethnicity"]) == ("Bé Hân", "01")
        one = found(prompt, "pham thi han")
        assert (one["unit"], one["conflicts"]) == (COMMUNE, 0)
        history = prompt.must("register", "history", who)
        assert {entry["by"] for entry in history} == {COMMUNE, DISTRICT}


def test_what_the_district_types_is_the_commune_s_and_says_who_entered_it(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    book = write_book(homes.folder, "thay.csv", "Thôn Hà,9,Lê Văn Thay,1,Lê Thị Mới,2018-02-02,2")
    district.must("register", "import", book, "--unit", COMMUNE, codes=(0, 4))
    one = found(district, "le thi moi")
    assert (one["unit"], one["entered_by"]) == (COMMUNE, DISTRICT)
    both_ways(homes, commune, district)
    one = found(commune, "le thi moi")
    assert (one["unit"], one["entered_by"], one["village"]) == (COMMUNE, DISTRICT, "Thôn Hà")
    assert found(commune, "pham thi han")["entered_by"] == COMMUNE
    # The commune works on: it is its own word then, and the district sees that.
    commune.must("register", "set", one["id"], "other_name=Bé Mới")
    both_ways(homes, commune, district)
    for prompt in (commune, district):
        assert found(prompt, "le thi moi")["entered_by"] == COMMUNE
    # Handed over it counts once, as the commune's.
    (own,) = [line for line in three.verify()["villages"] if line["name"] == "Thôn Hà"]
    assert own["children"] == 3


def test_where_both_changed_the_same_it_is_asked_and_nothing_is_lost(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    homes.carry(district, commune, COMMUNE)
    who = child(commune, "dinh van lia")
    district.must("register", "set", who, "other_name=Huyện ghi")
    commune.must("register", "set", who, "other_name=Xã ghi")
    both_ways(homes, commune, district)
    for prompt in (commune, district):
        assert found(prompt, "dinh van lia")["conflicts"] == 1
