"""Finding and running commands, and turning every end into an exit code."""

from __future__ import annotations

import errno
import io
import json
import stat
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NoReturn

import pytest

from app.cli.groups import GROUPS, group_module
from app.cli.parser import CommandParser
from app.cli.program import main
from app.errors import BugError, KnownError
from app.i18n import catalogue, set_language


class Run:
    """What `main` printed and returned."""

    def __init__(self, arguments: list[str], open_services: Callable[..., Any]) -> None:
        out, notes = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(notes):
            self.code = main(arguments, open_services)
        self.out, self.notes = out.getvalue(), notes.getvalue()
        set_language("vi")


def _raises(error: BaseException) -> Callable[..., NoReturn]:
    def open_services(*_arguments: object, **_options: object) -> NoReturn:
        raise error

    return open_services


def _fails(tmp_path: Path, error: BaseException, *words: str) -> Run:
    tmp_path.mkdir(exist_ok=True)
    return Run(["--home", str(tmp_path), *(words or ("user", "list"))], _raises(error))


def test_a_known_error_is_told_with_its_next_step_and_ends_with_1(tmp_path: Path) -> None:
    run = _fails(tmp_path, KnownError("rights.denied", "rights.denied_hint"))
    sentences = catalogue("vi")
    assert (run.code, run.out) == (1, "")
    assert run.notes == f"{sentences['rights.denied']}\n{sentences['rights.denied_hint']}\n"


def test_with_json_a_failure_is_one_document_too(tmp_path: Path) -> None:
    run = _fails(tmp_path, KnownError("rights.denied"), "--json", "user", "list")
    assert json.loads(run.out)["error"] == "rights.denied"


@pytest.mark.parametrize("error", [ValueError("Nguyễn Thị Mai 051316123456"), BugError("x.y")])
def test_a_bug_ends_with_3_and_a_report_without_anything_personal(
    tmp_path: Path, error: Exception
) -> None:
    run = _fails(tmp_path, error, "register", "show", "Nguyễn Thị Mai")
    assert run.code == 3
    assert catalogue("vi")["errors.bug"] in run.notes
    (report,) = tmp_path.glob("report-*.txt")
    assert str(report) in run.notes
    content = report.read_text(encoding="utf-8")
    assert "command: register show" in content
    assert f"{type(error).__module__}.{type(error).__qualname__}" in content
    assert "app.cli.program:" in content
    for private in ("Nguyễn", "Mai", "051316123456", str(Path.home()), str(tmp_path)):
        assert private not in content
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_a_report_goes_elsewhere_when_the_home_cannot_hold_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "temp"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    run = Run(["--home", str(tmp_path / "none"), "user", "list"], _raises(ValueError()))
    assert run.code == 3
    assert list(elsewhere.glob("report-*.txt"))


def test_a_bug_whose_cause_is_a_full_disk_is_told_as_the_full_disk(tmp_path: Path) -> None:
    error = RuntimeError("x")
    error.__cause__ = OSError(28, "No space left on device", "/d/so.csv")
    run = _fails(tmp_path, error, "--json", "user", "list")
    assert run.code == 1
    assert json.loads(run.out)["error"] == "errors.disk_full"


def test_a_bug_while_a_full_disk_was_being_handled_stays_a_bug(tmp_path: Path) -> None:
    error = KeyError("x")
    error.__context__ = OSError(28, "No space left on device", "/d/so.csv")
    run = _fails(tmp_path, error, "--json", "user", "list")
    assert run.code == 3
    (report,) = tmp_path.glob("report-*.txt")
    assert "builtins.OSError" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FileNotFoundError(2, "x", "a.csv"), "errors.no_file"),
        (PermissionError(13, "x", "a.csv"), "errors.no_access"),
        (IsADirectoryError(21, "x", "a"), "errors.no_plain_file"),
        (OSError(errno.EROFS, "x", "a.csv"), "errors.read_only"),
        (OSError(errno.ENAMETOOLONG, "x", "a.csv"), "errors.name_too_long"),
        (OSError(5, "x", "a.csv"), "errors.device_gone"),
        (OSError(99, "x", "a.csv"), "errors.system"),
        (OSError(99, "x"), "errors.system_unnamed"),
    ],
)
def test_what_the_system_refuses_is_a_known_error(
    tmp_path: Path, error: OSError, expected: str
) -> None:
    run = _fails(tmp_path, error, "--json", "user", "list")
    assert (run.code, json.loads(run.out)["error"]) == (1, expected)


def test_an_interruption_ends_with_1_and_a_sentence(tmp_path: Path) -> None:
    run = _fails(tmp_path, KeyboardInterrupt())
    assert (run.code, run.notes.strip()) == (1, catalogue("vi")["work.cancelled"])


@pytest.mark.parametrize("place", ["before", "after"])
def test_global_options_may_stand_before_or_after_the_command(tmp_path: Path, place: str) -> None:
    options = ["--home", str(tmp_path), "--lang", "en", "--json"]
    words = ["user", "list"]
    run = Run(
        options + words if place == "before" else words + options,
        _raises(KnownError("rights.denied")),
    )
    assert json.loads(run.out)["message"] == catalogue("en")["rights.denied"]


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["register", "--help"], ["check", "-h"]])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_help_is_in_the_language_in_force(words: list[str], language: str) -> None:
    run = Run(["--lang", language, *words], _raises(AssertionError()))
    assert run.code == 0
    assert catalogue(language)["cli.usage.prefix"] in run.out
    other = "en" if language == "vi" else "vi"
    assert catalogue(other)["cli.usage.prefix"] not in run.out
    assert "positional" not in run.out


@pytest.mark.parametrize("name", list(GROUPS))
def test_every_group_has_its_module_its_sentence_and_commands(name: str) -> None:
    for language in ("vi", "en"):
        assert catalogue(language)[f"cli.group.{name}"]
    parser = CommandParser(prog=f"sotreem {name}")
    group_module(name).add_commands(parser)
    assert parser.format_usage()


def test_a_group_nobody_knows_is_named(tmp_path: Path) -> None:
    run = Run(["fly"], _raises(AssertionError()))
    assert run.code == 2
    assert "fly" in run.notes
