"""A printed sheet that cannot be written: refused before the act, or told beside what was done."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import KnownError
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import _station


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


def test_what_was_done_is_said_when_only_its_sheet_failed(
    enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up between the act and its sheet."""

    def full(*_args: object) -> None:
        raise KnownError("printing.disk_full", "printing.disk_full.hint", file="sheet.pdf")

    above = enrolled_pair.at(PROVINCE)
    monkeypatch.setattr("app.printing.pdf.write_pdf", full)
    root = root_of(above)
    told = "\n".join(above.told("authority", "rotate-root", "--sheet", above.beside("s.pdf")))
    assert root_of(above) != root
    assert root_of(above) in told
    assert "đã làm xong" in told
