"""Papers and lists that a command writes: none takes the place of a file, none is on record before
it stands, and why one was not written is read in whole sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.commands import resurveying
from app.errors import KnownError
from app.reports.document import Document
from tests.e2e.command_line import Prompt
from tests.e2e.test_verification import Three, prepared, three

__all__ = ["prepared", "three"]

Words = Callable[[Three, Path], tuple[Prompt, tuple[str | Path, ...]]]

PAPERS: dict[str, Words] = {
    "record": lambda it, out: (it.commune, ("handover", "record", it.handover, "--out", out)),
    "deliveries": lambda it, out: (it.district, ("handover", "deliveries", "--out", out)),
    "returned": lambda it, out: (it.commune, ("handover", "returned", "--out", out)),
    "sample": lambda it, out: (
        it.district,
        ("handover", "sample", it.handover, "--count", "2", "--seed", "7", "--out", out),
    ),
    "surveyed": lambda it, out: (it.district, ("handover", "surveyed", it.handover, "--out", out)),
    "request": lambda it, out: (
        it.homes.at("21010@2024"),
        ("enrol", "request", "--out", out.with_name("new.request"), "--sheet", out),
    ),
}
LISTS: dict[str, Words] = {
    "check": lambda it, out: (it.commune, ("check", "--out", out)),
    "export": lambda it, out: (it.commune, ("register", "export", out)),
}


@pytest.mark.parametrize("name", [*PAPERS, *LISTS])
def test_no_paper_and_no_list_takes_the_place_of_a_file(
    three: Three, tmp_path: Path, name: str
) -> None:
    if name == "request":
        three.homes.init("21010@2024")
    if name == "surveyed":
        three.district.must("handover", "sample", three.handover, "--count", "2")
    out = tmp_path / ("signed.pdf" if name in PAPERS else "sent.csv")
    out.write_bytes(b"signed")
    prompt, words = (PAPERS | LISTS)[name](three, out)
    answer = prompt(*words)
    assert (answer.code, answer.document["error"]) == (1, "printing.file_there")
    assert str(out) in answer.document["message"]
    assert out.read_bytes() == b"signed"
    assert not out.with_name("new.request").exists(), "nothing was done"
    out.unlink()
    prompt.must(*words, codes=(0, 4))
    assert out.read_bytes() not in (b"", b"signed")


def test_a_sheet_that_cannot_be_written_is_told_in_whole_sentences(
    three: Three, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done stays done, and is on record; what was not printed is not."""

    def full(file: Path, _document: Document) -> None:
        raise KnownError("printing.disk_full", "printing.disk_full.hint", file=file.name)

    monkeypatch.setattr("app.cli.sheets.print_to", full)
    monkeypatch.setattr(resurveying, "print_to", full)
    words = ("--count", "2", "--seed", "7", "--out", tmp_path / "list.pdf")
    told = three.district.told("handover", "sample", three.handover, *words)
    assert any("list.pdf" in line for line in told)
    assert not [line for line in told if "\\n" in line]
    again = ("handover", "surveyed", three.handover, "--out", tmp_path / "found.pdf")
    assert three.district(*again).code == 1
    events = [one["event"] for one in three.district.must("audit", "list")]
    assert "resurvey.drawn" in events
    assert "resurvey.printed" not in events


def test_every_sheet_of_a_resurvey_is_on_record_once_it_stands(
    three: Three, tmp_path: Path
) -> None:
    sample = ("handover", "sample", three.handover, "--count", "2")
    three.district.must(*sample, "--out", tmp_path / "list.pdf")
    three.district.must(
        *("handover", "surveyed", three.handover, "--out", tmp_path / "found.pdf"), codes=(4,)
    )
    said = [
        one["details"]["what"]
        for one in three.district.must("audit", "list")
        if one["event"] == "resurvey.printed"
    ]
    assert sorted(said) == ["list", "result"]
