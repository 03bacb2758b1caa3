"""`register import --names-of`: of when the commune names of a file are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command_line import Prompt

WAITS = 4


def test_the_line_says_whether_names_are_of_before_or_after_the_reform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = Prompt(tmp_path / "home", monkeypatch)
    prompt.must("init", "--unit", "09952@2025", "--user", "an")
    file = tmp_path / "a.csv"
    file.write_text("Xã,Họ và tên\nXã Phú Cát,Đinh Thị Mai\n", encoding="utf-8")
    words = ("register", "import", file)
    seen = prompt.must(*words, "--preview", codes=(WAITS,))
    assert (seen["undated"], seen["names_of"], seen["refused"]) == (1, "", 1)
    refused = prompt.must(*words, codes=(1,))
    assert refused["error"] == "import.names_undated"
    assert "--names-of 2025" in refused["message"]
    assert prompt.must(*words, "--names-of", "2023", codes=(1,))["error"] == "import.no_edition"
    chosen = ("--names-of", "2025")
    mapped = prompt.must(*words, *chosen, "--preview", "--save-layout")
    assert mapped["map"]["columns"]["Xã"] == {"unit": "2025"}
    result = prompt.must(*words)
    assert (result["created"], result["names_of"], result["remembered_layout"]) == (1, "2025", True)
