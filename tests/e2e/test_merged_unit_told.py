"""What is said of a unit that a decree made of two: by name, as of every other one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.decrees import NEW, ONE, OTHER, TOP
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_copies import type_child
from tests.e2e.test_delivery_lines import _merged, _pair

UNITS = ("--user", "an", "--full-name", "Đinh Thị An", "--units")


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


def merged(homes: Homes) -> tuple[Prompt, Prompt]:
    """The province and the PC of the new unit, enrolled."""
    top = _pair(homes, "31/12/2099")
    _merged(homes, "2026-01-01")
    new = homes.at(NEW)
    new.must("init", "--unit", NEW, *UNITS, homes.folder / "units.csv")
    homes.enrol(top, new, top.must("authority", "status")["root_fingerprint"])
    return top, new


def test_the_receiver_names_the_unit_whose_bundle_came(homes: Homes) -> None:
    top, new = merged(homes)
    sent = new.must("handover", "send", "--to", TOP, "--out", homes.stick)
    for more in (("--preview",), ()):
        said = top.told("handover", "receive", sent["file"], *more, codes=(0, 4))
        assert any("xã Ba Mới" in one for one in said), said


def test_the_villages_of_what_went_into_a_unit_are_listed_with_their_commune(homes: Homes) -> None:
    top = _pair(homes, "31/12/2099")
    for unit, number in ((ONE, "1"), (OTHER, "2")):
        type_child(homes.at(unit), number, f"Phạm Thị Hân {number}")
        homes.carry(homes.at(unit), top, TOP)
    _merged(homes, "2026-01-01")
    listed = top.must("village", "list", "--unit", NEW)
    assert sorted((one["unit"], one["children"]) for one in listed) == [(ONE, 1), (OTHER, 1)]
    told = top.told("village", "list", "--unit", NEW)
    assert [one for one in told if ONE in one]
    assert [one for one in told if OTHER in one]
    told = top.told("village", "list", "--unit", ONE)
    assert not [one for one in told if ONE in one], "the one that was asked for needs no name"


def test_who_grants_and_who_accepts_read_the_name_of_the_unit(homes: Homes) -> None:
    top = homes.init(TOP)
    root = top.must("authority", "init")["root_fingerprint"]
    commune = homes.init(ONE)
    request, reply = commune.beside("enrol.request"), commune.beside("enrol.tebundle")
    code = commune.must("enrol", "request", "--out", request)["check_code"]
    granted = top.told("enrol", "grant", request, "--out", reply, "--check-code", code)
    assert f"xã Cà Đam ({ONE})" in granted[0]
    accepted = commune.told("enrol", "accept", reply, "--fingerprint", root)
    assert f"xã Cà Đam ({ONE})" in accepted[0]
