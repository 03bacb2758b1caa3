"""The options of every command, and which lines mean the window."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from app.cli.options import BadGlobalOption, split, window_settings


@pytest.mark.parametrize("line", ["--home /h check --json", "check --home /h --json"])
def test_options_are_taken_out_wherever_they_stand(line: str) -> None:
    options, rest = split(line.split())
    assert (options.settings.home, options.json, rest) == (Path("/h"), True, ["check"])


def test_the_home_falls_back_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOTREEM_HOME", "/somewhere")
    assert split([])[0].settings.home == Path("/somewhere")


@pytest.mark.parametrize(
    ("said", "language"), [("en", "en"), ("vi", "vi"), ("fr", "vi"), ("", "vi")]
)
def test_the_language_falls_back_to_the_environment_then_to_vietnamese(
    monkeypatch: pytest.MonkeyPatch, said: str, language: str
) -> None:
    monkeypatch.setenv("SOTREEM_LANG", said)
    assert split([])[0].settings.language == language
    assert split(["--lang", "vi"])[0].settings.language == "vi"


@pytest.mark.parametrize("line", [["--home"], ["--lang", "fr"], ["--user"]])
def test_an_option_without_a_fitting_value_is_no_line(line: list[str]) -> None:
    with pytest.raises(BadGlobalOption):
        split(line)
    assert window_settings(line) is None


def test_a_line_without_a_command_means_the_window() -> None:
    settings = window_settings(["--home", "/h", "--lang", "en"])
    assert settings is not None
    assert (settings.home, settings.language) == (Path("/h"), "en")
    assert window_settings(["check"]) is None
    assert window_settings(["--help"]) is None
    assert window_settings(["--json"]) is None


def test_the_entry_point_hands_the_way_to_the_services_to_the_right_face(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import app.__main__ as entry
    from app.bootstrap import open_services

    called: list[tuple[str, object]] = []

    class Window(ModuleType):
        """Stands in for the window: Qt is no business of this test."""

        def run(self, _settings: object, way: object) -> int:
            called.append(("window", way))
            return 7

    monkeypatch.setitem(sys.modules, "app.ui.application", Window("application"))
    monkeypatch.setattr(
        "app.cli.program.main", lambda line, way: called.append((line[0], way)) or 4
    )
    monkeypatch.setattr(sys, "argv", ["sotreem"])
    assert entry.main() == 7
    monkeypatch.setattr(sys, "argv", ["sotreem", "check"])
    assert entry.main() == 4
    assert called == [("window", open_services), ("check", open_services)]
