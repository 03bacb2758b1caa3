"""Names of files and text as they are written on a command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.groups import GROUPS
from app.cli.program import _group
from app.cli.written import path, whole


@pytest.mark.parametrize("written", ["", " ", "\t"])
def test_a_name_of_nothing_is_no_path(written: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        path(written)


def test_a_path_may_have_any_bytes_and_text_may_not() -> None:
    assert path("a\udcff") == Path("a\udcff")
    assert whole("Đinh") == "Đinh"
    with pytest.raises(argparse.ArgumentTypeError):
        whole("a\udcff")


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from _actions(one)


@pytest.mark.parametrize("group", GROUPS)
def test_every_command_reads_its_paths_so(group: str) -> None:
    assert [one.dest for one in _actions(_group(group)) if one.type is Path] == []
