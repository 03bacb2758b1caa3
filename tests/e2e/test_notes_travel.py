"""A commune writes a note, the district reads it and writes back, and both read both."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from app.models.queries import register
from app.models.work import Change
from app.services.conflict_lines import ConflictLine
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_quarter_handed_over import services_of
from tests.e2e.test_verification import COMMUNE, DISTRICT, Three, child, prepared

__all__ = ["prepared"]  # a fixture

_READ = "Giấy khai sinh bà ngoại giữ"
_BACK = "Xem lại ngày sinh"


@pytest.fixture
def three(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Three:
    shutil.copytree(prepared, tmp_path / "homes")
    return Three(tmp_path / "homes", monkeypatch)


def notes(prompt: Prompt, record: str) -> list[tuple[str, str, bool]]:
    found = prompt.must("register", "note", record, "--list")
    return sorted((one["note"], one["unit"], one["removed"]) for one in found)


def carry(homes: Homes, giver: Prompt, receiver: Prompt, to: str) -> Any:
    sent, got = homes.carry(giver, receiver, to)
    assert got["refused"] == got["waiting"] == 0
    del sent
    return got


def settle_reasons(three: Three, note: str) -> None:
    """Two PCs of the commune take one note away, each for its own reason."""
    with services_of(three.commune) as services:
        workplace = services.workplace
        with workplace.store.read() as reading:
            found = register.record(reading, "note", note)
        assert found is not None
        for reason in ("nhầm trẻ", "viết hai lần"):
            with workplace.write() as work:
                values = {"_deleted": True, "hidden_reason": reason}
                work.record(Change("note", values, note, base=found.heads, loaded=found.values))
                work.commit()


def conflict_lines(prompt: Prompt) -> list[ConflictLine]:
    with services_of(prompt) as services:
        return services.conflict_lines.list()


def test_commune_and_district_read_each_other_s_notes(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    who = child(commune, "pham thi han")
    home = commune.must("register", "show", who)["values"]["household"]
    mine = commune.must("register", "note", who, *_READ.split())["id"]
    commune.must("register", "note", home, "Nhà ở cuối xóm")
    got = carry(homes, commune, district, DISTRICT)
    assert (got["households_changed"], got["children_changed"]) == (1, 1), "notes are news"
    assert notes(district, who) == [(_READ, COMMUNE, False)]
    assert notes(district, home) == [("Nhà ở cuối xóm", COMMUNE, False)]
    refused = district("register", "note", mine, "--remove", "không cần")
    assert refused.code == 1, "what the commune wrote is the commune's to take away"
    theirs = district.must("register", "note", who, *_BACK.split())["id"]
    carry(homes, district, commune, COMMUNE)
    both = sorted([(_READ, COMMUNE, False), (_BACK, DISTRICT, False)])
    assert notes(commune, who) == notes(district, who) == both
    commune.must("register", "note", mine, "--remove", "đã lấy giấy về")
    district.must("register", "note", theirs, "--remove", "đã xem")
    carry(homes, commune, district, DISTRICT)
    carry(homes, district, commune, COMMUNE)
    for prompt in (commune, district):
        assert [removed for *_, removed in notes(prompt, who)] == [True, True]
        assert prompt.must("conflict", "list") == []
    commune.must("register", "note", mine, "--take-back")
    carry(homes, commune, district, DISTRICT)
    assert (_READ, COMMUNE, False) in notes(district, who)


def test_a_protected_note_is_masked_on_the_pc_it_came_to(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    who = child(commune, "pham thi han")
    done = commune.must("register", "note", who, "Bà", "giữ", "giấy", "--protected")
    assert done["protected"]
    carry(homes, commune, district, DISTRICT)
    for prompt in (commune, district):
        (one,) = prompt.must("register", "note", who)
        assert one["note"] == {"masked": True}
        assert not any("Bà giữ giấy" in line for line in prompt.told("register", "note", who))
        assert not any(
            "Bà giữ giấy" in line for line in prompt.told("register", "history", done["id"])
        )
    (one,) = district.must("register", "note", who, "--reveal", "thăm gia đình")
    assert one["note"] == "Bà giữ giấy"


def test_what_two_pcs_do_to_one_note_is_told_in_words(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    who = child(commune, "pham thi han")
    commune.must("register", "note", who, "Hỏi", "lại")
    (one,) = commune.must("register", "note", who)
    carry(homes, commune, district, DISTRICT)
    told = "\n".join(commune.told("register", "history", one["id"]))
    assert "Ghi chú (note)" in told
    assert "Người ghi (author)" in told
    assert "Ngày ghi (written_on)" in told
    # Taken away on one PC for one reason, on the other for another: a person is asked, in words.
    settle_reasons(three, one["id"])
    (line,) = conflict_lines(commune)
    assert line.what == "Ghi chú: Bỏ hay giữ lại, vì sao"
    assert (line.full_name, line.child) == ("Phạm Thị Hân", who)


def test_words_of_illness_make_a_note_protected_and_the_command_says_so(three: Three) -> None:
    who = child(three.commune, "pham thi han")
    told = three.commune.told("register", "note", who, "Mẹ", "nhiễm", "H")
    assert any("giữ kín" in line for line in told)
    assert three.commune("register", "note", who, " ").code == 1


def test_a_commune_that_takes_the_district_s_note_away_is_refused_at_the_door(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    who = child(commune, "pham thi han")
    theirs = district.must("register", "note", who, *_BACK.split())["id"]
    homes.carry(district, commune, COMMUNE)
    with services_of(commune) as services, services.workplace.write() as work:
        values = {"_deleted": True, "hidden_reason": "x"}  # as a changed program would write it
        work.record(Change("note", values, theirs))
        work.commit()
    _, got = homes.carry(commune, district, DISTRICT)
    assert got["refused"] == 1
    assert notes(district, who) == [(_BACK, DISTRICT, False)]
    homes.carry(district, commune, COMMUNE)
    assert notes(commune, who) == [(_BACK, DISTRICT, False)], "the refusal comes down with reason"
