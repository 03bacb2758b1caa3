"""What was decided about one child written twice goes up and down, and both ends count alike."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from app.models.queries import counting
from app.models.work import Change
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_quarter_handed_over import services_of
from tests.village_of_three import home_id, settle_village

NAMED = {"full_name": "Hồ Thị Rế", "birth_date": "2016-03-06", "sex": "2"}


@pytest.fixture
def homes(enrolled_pair: Homes) -> Homes:
    """A village of three with four children, known at both ends, in an open round."""
    year = datetime.now().astimezone().year
    days = ("--reference", f"{year}-12-31", "--opens", f"{year}-01-01")
    top, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    top.must("round", "new", "Quý này", *days, "--closes", f"{year}-12-31")
    enrolled_pair.carry(top, below, COMMUNE)
    with services_of(below) as services, services.workplace.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    return enrolled_pair


def _twice(prompt: Prompt) -> tuple[str, str]:
    with services_of(prompt) as services, services.workplace.write() as work:
        ids = [
            work.record(
                Change(
                    "child",
                    {
                        **NAMED,
                        "owner_unit": COMMUNE,
                        "household": home_id(COMMUNE, number),
                        "mother_name": "Hồ Thị Bích",
                        "father_name": "Hồ Văn Rơm",
                    },
                )
            ).id
            for number in ("1", "10")
        ]
        work.commit()
    return ids[0], ids[1]


def _counted(prompt: Prompt) -> int:
    with services_of(prompt) as services, services.workplace.store.read() as reading:
        basis = counting.basis_of(reading, services.workplace.today())
        return counting.counts(reading, [COMMUNE], basis).children


def test_one_child_is_counted_once_at_both_ends_until_that_is_taken_back(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    pair = _twice(below)
    (found,) = [
        one
        for one in below.must("duplicates", "find", "--record", codes=(4,))
        if one["level"] == "high"
    ]
    assert {found["id_a"], found["id_b"]} == set(pair)
    assert _counted(below) == 6
    done = below.must("duplicates", "decide", *pair, "same", "--reason", "mẹ xác nhận")
    assert done["verdict"] == "same"
    sent, got = homes.carry(below, top, PROVINCE)
    assert [one["children"] for one in sent["units"]] == [5]
    assert got["status"] == "imported"
    assert (_counted(below), _counted(top)) == (5, 5)
    for prompt in (below, top):
        (told,) = prompt.must("duplicates", "list")
        assert (told["decision"], told["verdict"]) == (done["decision"], "same")
        assert (told["automatic"], told["about_a_move"]) == (False, False)
        assert told["counted"] == min(pair)
    verified = top.must("handover", "verify", got["handover"], codes=(0, 4))
    assert verified["children"] == 5
    assert sum(one["children"] for one in verified["villages"]) == 5
    top.must("duplicates", "decide", *pair, "open")
    homes.carry(top, below, COMMUNE)
    assert (_counted(below), _counted(top)) == (6, 6)
    assert below.must("duplicates", "list") == []


def test_that_they_are_two_children_is_not_asked_again_anywhere(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    pair = _twice(below)
    homes.carry(below, top, PROVINCE)
    top.must("duplicates", "decide", *pair, "different")
    homes.carry(top, below, COMMUNE)
    for prompt in (top, below):
        found = prompt.must("duplicates", "find", "--record", codes=(0, 4))
        assert not [one for one in found if {one["id_a"], one["id_b"]} == set(pair)]
        (told,) = prompt.must("duplicates", "list")
        assert (told["verdict"], told["counted"]) == ("different", None)
        assert _counted(prompt) == 6


def test_a_commune_decides_nothing_about_a_child_of_another(homes: Homes, tmp_path: Path) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    one, _other = _twice(below)
    homes.carry(below, top, PROVINCE)
    with services_of(top) as services, services.workplace.write() as work:
        there = work.record(Change("child", {**NAMED, "owner_unit": "21010@2025"})).id
        work.commit()
    refused = below("duplicates", "decide", one, there, "same")
    assert refused.code == 1
    assert there in refused.notes
    for command, code in (
        (("decide", one, one, "same"), 1),
        (("decide", one, there, "maybe"), 2),
        (("decide", one), 2),
        (("find", str(tmp_path / "none.csv"), "--record"), 1),
    ):
        assert below("duplicates", *command).code == code, command
    assert below.must("duplicates", "list") == []
