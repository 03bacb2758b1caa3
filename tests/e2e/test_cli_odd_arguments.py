"""Arguments that name nothing, or nothing that is here: refused in a sentence, nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.cli.program import main
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Answer, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.terminal import ROOT

_NOBODY = "5b2b3e0e-2f2c-4c5e-9f0e-8f5d7b0d2a11"
_BROKEN = "ab\udcff"


def _refused_as_written(answer: Answer, word: str) -> None:
    assert (answer.code, answer.document["error"]) == (2, "cli.usage")
    assert word in answer.document["message"]


@pytest.mark.parametrize(
    "words",
    [
        ("handover", "send", "--to", PROVINCE),
        ("handover", "deliveries"),
        ("authority", "copy-keys"),
        ("enrol", "request"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("empty", ["", " "])
def test_a_folder_that_is_not_named_is_not_the_one_somebody_stands_in(
    enrolled_pair: Homes,
    words: tuple[str, ...],
    empty: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`--out "$USB"` where USB is not set: a bundle or the keys would lie anywhere."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    who = enrolled_pair.at(PROVINCE if words[0] == "authority" else COMMUNE)
    answer = who(*words, "--out", empty)
    _refused_as_written(answer, "Chưa ghi tên tệp hoặc thư mục cho --out")
    assert list(here.iterdir()) == []


def test_a_home_that_is_not_named_is_installed_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOTREEM_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    code = main(["--home", "", "init", "--unit", COMMUNE, "--user", "an"], open_services)
    assert code == 2
    assert "Chưa ghi tên tệp hoặc thư mục cho --home" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("handover", "accept", _BROKEN),
        ("handover", "undo", _BROKEN),
        ("handover", "record", _BROKEN, "--out", "x.pdf"),
        ("handover", "take-out", _BROKEN),
        ("handover", _BROKEN),
        ("conflict", "list", "--id", _BROKEN),
        ("register", "show", _BROKEN),
        ("register", "set", _NOBODY, f"full_name={_BROKEN}"),
        ("village", "add", _BROKEN),
        ("user", "list", "--user", _BROKEN),
    ],
    ids=lambda words: ascii(" ".join(words)),
)
def test_text_with_a_broken_letter_is_refused(enrolled_pair: Homes, words: tuple[str, ...]) -> None:
    answer = enrolled_pair.at(COMMUNE)(*words)
    assert (answer.code, answer.document["error"]) == (2, "cli.usage")


def test_a_broken_letter_from_a_real_terminal_is_refused(enrolled_pair: Homes) -> None:
    below = enrolled_pair.at(COMMUNE)
    line = [sys.executable, "-m", "app", "--home", str(below.home), "handover", "accept"]
    done = subprocess.run(
        [*map(os.fsencode, line), b"ab\xff"],
        cwd=ROOT,
        env={**os.environ, "SOTREEM_PASSPHRASE": PASSPHRASE},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert "có ký tự hỏng" in done.stderr.decode()


def test_the_conflicts_of_a_record_that_is_not_here_are_no_empty_list(
    enrolled_pair: Homes,
) -> None:
    answer = enrolled_pair.at(COMMUNE)("conflict", "list", "--id", _NOBODY)
    assert said_plainly(answer) == "records.unknown"


@pytest.mark.parametrize("below", ["", "x"])
@pytest.mark.parametrize(
    "words",
    [("init", "--unit", COMMUNE, "--user", "an"), ("backup", "restore", "{copy}")],
    ids=lambda words: words[0],
)
def test_a_home_that_is_a_file_is_told_as_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str, words: tuple[str, ...]
) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    line = [one.format(copy=file) for one in words]
    assert said_plainly(Prompt(file / below, monkeypatch)(*line)) == "home.not_folder"
    assert file.read_text() == "x"


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("Kính gửi", "dòng 1, cột 1"),
        ('{\n  "form": "child",\n  ?}', "dòng 3, cột 3"),
        ('{\n  "form": ', "dòng 2, cột 11"),
        ("", "dòng 1, cột 1"),
        ('"child"', "dòng 1, cột 1"),
        ("{}", "«form»"),
        ('{"form": 1}', "«form»"),
        ('{"form": "child", "colour": 1}', "«colour»"),
    ],
)
def test_a_template_that_is_none_is_refused_in_our_own_words_with_its_place(
    enrolled_pair: Homes, tmp_path: Path, content: str, where: str
) -> None:
    file = tmp_path / "mau.json"
    file.write_text(content, encoding="utf-8")
    answer = enrolled_pair.at(PROVINCE)("template", "load", file)
    assert said_plainly(answer) == "reference.template"
    assert where in answer.document["message"]
    assert "mau.json" in answer.document["message"]
