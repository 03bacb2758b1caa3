"""Who may read what was noted at a household that was visited again: of illness or abuse nobody
without a reveal, and nobody writes over it unread.
"""

from __future__ import annotations

from pathlib import Path

from app.services.surveys import Finding, Found
from tests.e2e.command_line import Prompt
from tests.e2e.test_verification import Three, prepared, result, services_of, survey, three

__all__ = ["prepared", "three"]  # fixtures
NOTE, MASK = "Trẻ nhiễm HIV, đã chuyển đi", "(được che)"


def noted(three: Three) -> str:
    """A household of the district's sample at which such a note was written."""
    words = ("handover", "sample", three.handover, "--count", "3", "--seed", "1")
    home = str(three.district.must(*words)["households"][0]["id"])
    said = result(three.district, three.handover, home, "moved", "--reason", NOTE)
    assert "HIV" not in str(said)
    return home


def kept(prompt: Prompt, handover: str) -> str:
    """The note as somebody reads it who gives a reason."""
    told = survey(prompt, handover, "--reveal", "Kiểm tra phúc tra")
    (found,) = [one["reason"] for one in told["households"] if one["result"]]
    return str(found)


def test_a_note_of_illness_is_masked_and_read_for_a_reason_that_is_on_record(
    three: Three, tmp_path: Path
) -> None:
    noted(three)
    told = survey(three.district, three.handover)
    assert [one["reason"] for one in told["households"] if one["result"]] == [{"masked": True}]
    lines = "\n".join(three.district.told("handover", "surveyed", three.handover, codes=(0, 4)))
    assert MASK in lines
    assert "--reveal" in lines
    assert "HIV" not in lines
    three.homes.carry(three.district, three.commune, "21208@2024")
    assert "HIV" not in str(survey(three.commune, three.handover))
    assert kept(three.district, three.handover) == NOTE
    looked = [one for one in three.district.must("audit", "list") if one["event"] == "reveal"]
    assert len(looked) == 1
    secret = tmp_path / "secret"
    secret.write_text("một câu khác dài lắm", encoding="utf-8")
    make = ("user", "add", "uclerk", "--role", "clerk", "--full-name", "Lê Thị Ký")
    three.district(*make, "--new-passphrase-file", secret)
    asked = ("handover", "surveyed", three.handover, "--reveal", "xem")
    answer = three.district(*asked, "--user", "uclerk", "--passphrase-file", secret)
    assert (answer.code, answer.document["error"]) == (1, "rights.denied")


def test_a_result_that_is_said_again_without_a_note_keeps_the_masked_one(three: Three) -> None:
    home = noted(three)
    result(three.district, three.handover, home, "not_found")
    assert kept(three.district, three.handover) == NOTE
    result(three.district, three.handover, home, "moved", "--reason", "Đã chuyển đi")
    told = survey(three.district, three.handover)
    assert [one["reason"] for one in told["households"] if one["result"]] == ["Đã chuyển đi"]
    result(three.district, three.handover, home, "not_found")
    told = survey(three.district, three.handover)
    assert [one["reason"] for one in told["households"] if one["result"]] == [None]


def test_the_service_gives_the_mask_and_never_the_note(three: Three) -> None:
    home = noted(three)
    with services_of(three.district) as services:
        for found in services.resurveys.of(three.handover):
            (seen,) = found.results
            assert (seen.note, seen.masked) == (MASK, True)
        mine = services.resurveys.one(three.handover)
        said = services.resurveys.record(mine, home, Found(Finding.MOVED))
        assert [one.masked for one in said.results] == [True]
