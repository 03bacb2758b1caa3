"""A printed sheet that cannot be written: refused before the act, or told beside what was done."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from app.errors import KnownError
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import _station, type_child


def nowhere(homes: Homes) -> Path:
    """A sheet on a stick that is not in."""
    return homes.folder / "gone" / "sheet.pdf"


def root_of(prompt: Prompt) -> str:
    return str(prompt.must("authority", "status")["root_fingerprint"])


def test_a_sheet_that_has_no_place_refuses_before_anything_is_done(enrolled_pair: Homes) -> None:
    above, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    root = root_of(above)
    for words in (("rotate-root",), ("renew", "--new-keys"), ("revoke", _station(below))):
        answer = above("authority", *words, "--sheet", nowhere(enrolled_pair))
        assert said_plainly(answer) == "printing.cannot_write"
    assert root_of(above) == root
    assert {one["state"] for one in above.must("authority", "stations")} == {"in_use"}


def test_a_province_whose_sheet_has_no_place_makes_its_root_at_the_second_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    above = homes.init(PROVINCE)
    assert said_plainly(above("authority", "init", "--sheet", nowhere(homes)))
    sheet = homes.folder / "sheet.pdf"
    above.must("authority", "init", "--sheet", sheet)
    assert sheet.is_file()


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fills up between an act and its sheet."""

    def fails(*_args: object) -> None:
        raise KnownError("printing.disk_full", "printing.disk_full.hint", file="sheet.pdf")

    monkeypatch.setattr("app.printing.pdf.write_pdf", fails)


@pytest.mark.usefixtures("full")
def test_what_was_done_is_said_when_only_its_sheet_failed(enrolled_pair: Homes) -> None:
    above = enrolled_pair.at(PROVINCE)
    root = root_of(above)
    told = "\n".join(above.told("authority", "rotate-root", "--sheet", above.beside("s.pdf")))
    assert root_of(above) != root
    assert root_of(above) in told
    assert "đã làm xong" in told


@pytest.mark.usefixtures("full")
def test_the_document_names_no_sheet_that_was_not_written_and_says_why(
    enrolled_pair: Homes,
) -> None:
    above, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    sheet = above.beside("s.pdf")
    for words in (("rotate-root",), ("renew", "--new-keys"), ("revoke", _station(below))):
        done = above.must("authority", *words, "--sheet", sheet)
        assert done["sheet"] is None
        assert done["sheet_problem"]["error"] == "printing.disk_full"
        assert "sheet.pdf" in done["sheet_problem"]["message"]
    assert not sheet.exists()


def test_the_document_names_the_sheet_that_was_written(enrolled_pair: Homes) -> None:
    above = enrolled_pair.at(PROVINCE)
    sheet = above.beside("s.pdf")
    done = above.must("authority", "renew", "--new-keys", "--sheet", sheet)
    assert (done["sheet"], done["sheet_problem"]) == (str(sheet), None)
    assert sheet.is_file()
    done = above.must("authority", "renew", "--new-keys")
    assert (done["sheet"], done["sheet_problem"]) == (None, None)


def handed_over(homes: Homes) -> tuple[Prompt, str]:
    """The province, and a handover of eight households that it has."""
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    for at in range(1, 9):
        type_child(below, str(at), f"Phạm Thị Hân {at}")
    sent, _ = homes.carry(below, above, PROVINCE)
    return above, str(sent["handover"])


def test_a_sample_whose_list_has_no_place_is_not_drawn(enrolled_pair: Homes) -> None:
    above, handover = handed_over(enrolled_pair)
    for file in (nowhere(enrolled_pair), above.beside("list.doc")):
        answer = above("handover", "sample", handover, "--count", "2", "--out", file)
        assert said_plainly(answer).startswith("printing.")
    assert above("handover", "surveyed", handover).document["error"] == "resurvey.no_sample"


def test_a_sample_whose_list_failed_is_told_and_printed_without_another(
    enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    above, handover = handed_over(enrolled_pair)
    words = ("handover", "sample", handover, "--village", "Thôn 1")
    sheet = above.beside("list.pdf")

    def fails(*_args: object) -> None:
        raise KnownError("printing.disk_full", "printing.disk_full.hint", file="list.pdf")

    with monkeypatch.context() as patch:
        patch.setattr("app.printing.pdf.write_pdf", fails)
        first = above.must(*words, "--count", "3", "--out", sheet)
        told = above.told(*words, "--count", "3", "--seed", first["seed"], "--out", sheet)
    assert first["sheet"] is None
    (again,) = [line for line in told if "sotreem handover sample" in line]
    assert again in first["sheet_problem"]["message"]
    command = again.partition("«sotreem ")[2].partition("»")[0]
    line = [str(sheet) if one == "TỆP.pdf" else one for one in shlex.split(command)]
    second = above.must(*line)
    assert second["sheet"] == str(sheet)
    assert sheet.is_file()
    assert (second["sample"], second["households"]) == (first["sample"], first["households"])


def test_a_list_says_where_it_was_written_and_refuses_no_place_before_it_is_read(
    enrolled_pair: Homes,
) -> None:
    above, handover = handed_over(enrolled_pair)
    above.must("handover", "sample", handover, "--count", "2")
    for words, codes in (
        (("deliveries",), (0, 4)),
        (("returned",), (0,)),
        (("surveyed", handover), (4,)),
        (("record", handover), (0,)),
    ):
        answer = above("handover", *words, "--out", nowhere(enrolled_pair))
        assert said_plainly(answer) == "printing.cannot_write"
        sheet = above.beside(f"{words[0]}.pdf")
        told = above.told("handover", *words, "--out", sheet, codes=codes)
        assert any(str(sheet) in line for line in told)
        assert sheet.is_file()
