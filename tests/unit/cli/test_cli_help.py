"""The help pages: every argument of every command is explained, in both languages."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from app.cli import program
from app.cli.groups import GROUPS, group_module
from app.cli.parser import CommandParser
from app.i18n import LANGUAGES, catalogue, set_language


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language(LANGUAGES[0])


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every parser of the program with the words that lead to it."""

    def below(
        parser: argparse.ArgumentParser, path: str
    ) -> Iterator[tuple[str, argparse.ArgumentParser]]:
        yield path, parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, one in action.choices.items():
                    yield from below(one, f"{path} {name}")

    yield "", program._overview()
    for group in GROUPS:
        parser = CommandParser(prog=group)
        group_module(group).add_commands(parser)
        yield from below(parser, group)


def test_every_argument_is_explained_in_the_language_in_force(language: str) -> None:
    sentences = frozenset(catalogue(language).values())
    found = 0
    for path, parser in parsers():
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                continue
            found += 1
            name = f"{path} {'/'.join(action.option_strings) or action.dest}"
            assert action.help, name
            assert action.help in sentences, name
        assert parser.format_help()
    assert found > 150


@pytest.mark.usefixtures("language")
def test_only_what_has_to_be_given_stands_under_that_title() -> None:
    for path, parser in parsers():
        for group in parser._action_groups:
            for action in group._group_actions:
                if isinstance(action, argparse._SubParsersAction):
                    continue
                needed = action.required and action.nargs not in ("?", "*")
                assert (group is parser._positionals) is needed, f"{path} {action.dest}"


def _commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands of a group by name; empty where a group is itself the command."""
    found = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else {}


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("group", GROUPS)
def test_a_line_builds_the_commands_that_it_names_and_they_read_as_if_all_were_built(
    group: str,
) -> None:
    whole = program._group(group)
    every = _commands_of(whole)
    for line in ([], ["-h"], *([name, "--help"] for name in every)):
        one = program._group(group, line)
        assert one.format_help() == whole.format_help()
        built = _commands_of(one)
        assert [*built] == [*every]
        described = {name for name, made in built.items() if isinstance(made, CommandParser)}
        assert described == {*line} & {*every}
        for name in described:
            assert built[name].format_help() == every[name].format_help()
            assert built[name].get_default("run") is every[name].get_default("run")
