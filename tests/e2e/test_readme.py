"""The README names real commands, files and exit codes."""

from __future__ import annotations

import re
from pathlib import Path

from app.cli.exit_code import ExitCode
from app.cli.groups import GROUPS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_of_the_readme_is_a_group_of_the_program() -> None:
    named = set(re.findall(r"^sotreem ([a-z]+)", README, re.MULTILINE))
    assert named
    assert named <= set(GROUPS)


def test_every_path_of_the_readme_and_the_architecture_page_exists() -> None:
    page = (ROOT / "app" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:app|resources|tests)/[A-Za-z0-9_/.\-]+)`", README))
    named |= {
        f"app/{one}"
        for one in re.findall(
            r"`((?:models|services|sync|history|forms|crypto|reports|workbooks)/[A-Za-z0-9_/.]+)`",
            page,
        )
    }
    missing = sorted(one for one in named if not (ROOT / one).exists())
    assert named
    assert missing == []


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"`?make ([a-z-]+)", README))
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets
    assert targets <= rules


def test_the_exit_codes_of_the_readme_are_those_of_the_program() -> None:
    line = next(one for one in README.splitlines() if one.startswith("Exit codes"))
    assert {int(code) for code in re.findall(r"\b([0-4])\b", line)} == {int(c) for c in ExitCode}
