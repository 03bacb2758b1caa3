"""The only PC of a district is lost, and the province certifies another one in its place: the new
PC knows the communes by the province's word, and they hear of it by its first bundle.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from app.services import trust
from tests.e2e.command_line import Prompt
from tests.e2e.test_verification import COMMUNE, DISTRICT, PROVINCE, Three, prepared, three

__all__ = ["prepared", "three"]  # fixtures


def lost_pc(three: Three) -> str:
    """The district's PC as the province knows it."""
    (lost,) = (o for o in three.province.must("authority", "stations") if o["unit"] == DISTRICT)
    return str(lost["station"])


def replaced(three: Three, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    """The district has handed over once; its PC is revoked, and a new one enrolled."""
    three.homes.carry(three.district, three.province, PROVINCE)
    three.province.must("authority", "revoke", lost_pc(three), "--reason", "lost")
    new = Prompt(three.homes.folder / "replaced", monkeypatch)
    new.must("init", "--unit", DISTRICT, "--user", "cúc", "--full-name", "Lê Cúc")
    three.homes.enrol(three.province, new, root_of(three))
    return new


def root_of(three: Three) -> str:
    return str(three.province.must("authority", "status")["root_fingerprint"])


def units_known(prompt: Prompt) -> set[str]:
    return {one["unit"] for one in prompt.must("authority", "stations")}


def test_the_new_pc_writes_to_a_commune_at_once_and_the_commune_writes_back_to_it_alone(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = lost_pc(three)
    new = replaced(three, monkeypatch)
    assert COMMUNE in units_known(new)
    three.homes.carry(new, three.commune, COMMUNE)
    states = {o["station"]: o["state"] for o in three.commune.must("authority", "stations")}
    assert states[lost] == "revoked"
    _sent, got = three.homes.carry(three.commune, new, DISTRICT)
    assert got["children_new"] + got["unchanged"] > 0


def test_a_later_bundle_of_the_province_brings_a_commune_that_it_hears_of_later(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enrolled before the province had heard of the commune: its next bundle says it."""
    new = Prompt(three.homes.folder / "second", monkeypatch)
    new.must("init", "--unit", DISTRICT, "--user", "cúc", "--full-name", "Lê Cúc")
    three.homes.enrol(three.province, new, root_of(three))
    assert COMMUNE not in units_known(new)
    three.homes.carry(three.district, three.province, PROVINCE)
    three.homes.carry(three.province, new, DISTRICT)
    assert COMMUNE in units_known(new)
    three.homes.carry(new, three.commune, COMMUNE)


def test_a_revoked_pc_of_a_commune_is_not_told(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pc,) = (o for o in three.district.must("authority", "stations") if o["unit"] == COMMUNE)
    three.district.must("authority", "revoke", pc["station"], "--reason", "lost")
    new = replaced(three, monkeypatch)
    assert COMMUNE not in units_known(new)


@pytest.mark.parametrize("room", [5, 6, 7])
def test_where_there_is_no_room_the_bundle_goes_without_them(
    three: Three, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """A group goes whole or not at all: a list without its authority would refuse the bundle."""
    with monkeypatch.context() as changed:
        changed.setattr(trust, "MAX_CERTIFICATES", room)
        new = replaced(three, monkeypatch)
    assert (COMMUNE in units_known(new)) == (room > 6)


def test_both_refusals_name_a_way_that_opens(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    new = Prompt(three.homes.folder / "apart", monkeypatch)
    new.must("init", "--unit", DISTRICT, "--user", "cúc", "--full-name", "Lê Cúc")
    three.homes.enrol(three.province, new, root_of(three))  # nobody has told of the commune yet
    up = three.commune.must("handover", "send", "--to", DISTRICT, "--out", three.homes.stick)
    (refused,) = new("handover", "receive", up["file"]).document
    assert "sotreem handover send --to" in refused["message"]
    answer = new("handover", "send", "--to", COMMUNE, "--out", three.homes.stick)
    assert answer.document["error"] == "handover.no_recipient"
    assert "đơn vị cấp trên" in answer.notes
    # The way that both name: the unit above sends to the commune, which sends again.
    three.homes.carry(three.district, three.province, PROVINCE)
    three.homes.carry(three.province, three.commune, COMMUNE)
    three.homes.carry(three.commune, new, DISTRICT)


def test_the_sheet_says_who_is_written_to_first_and_that_the_key_of_the_unit_stays(
    three: Three,
) -> None:
    sheet = three.homes.folder / "sheet.pdf"
    three.province.must(
        *("authority", "revoke", lost_pc(three), "--reason", "lost", "--sheet", sheet)
    )
    read = " ".join(printed(sheet).split())
    assert "gửi ngay một gói cho từng đơn vị cấp dưới" in read
    assert "trang Quản trị, mục Khóa của cấp dưới" in read


def printed(sheet: Path) -> str:
    """What stands on a PDF."""
    told = subprocess.run(["pdftotext", sheet, "-"], capture_output=True, text=True, check=True)
    return told.stdout
