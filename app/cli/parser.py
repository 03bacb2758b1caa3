"""argparse with our sentences: whatever a person reads comes from `resources/translations/`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeAlias, TypeVar, cast

from app.cli.exit_code import ExitCode
from app.cli.written import BROKEN, NO_PATH, path, whole
from app.i18n import text

if TYPE_CHECKING:
    from app.cli.session import Session

_Action = TypeVar("_Action", bound=argparse.Action)
#: What the reader of days says of text that is no day at all.
NO_DAY = "no day"

Run: TypeAlias = Callable[["Session", argparse.Namespace], ExitCode]

#: argparse says what is wrong in English only; the beginning of its message tells which it is.
_COMPLAINTS = (
    (re.compile(r"the following arguments are required: (.*)"), "cli.usage.missing"),
    (re.compile(r"unrecognized arguments: (.*)"), "cli.usage.unknown"),
    (re.compile(rf"argument ([^:]+): {NO_DAY}"), "cli.usage.day"),
    (re.compile(rf"argument ([^:]+): {NO_PATH}"), "cli.usage.path"),
    (re.compile(rf"argument ([^:]+): {BROKEN}"), "cli.usage.broken"),
    (re.compile(r"argument ([^:]+): "), "cli.usage.value"),
)


class UsageProblem(Exception):
    """A command that was not written as it must be: a sentence, and how it is written."""

    def __init__(self, sentence: str, usage: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.usage = usage


class _Layout(argparse.HelpFormatter):
    """The usage line with our word before it."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        own = text("cli.usage.prefix") + " "
        super().add_usage(usage, actions, groups, own if prefix is None else prefix)


class Commands(Protocol):
    """Where a group adds its commands."""

    def add_parser(self, name: str, *, help: str) -> CommandParser: ...  # noqa: A002


class CommandParser(argparse.ArgumentParser):
    """The parser of one group or command."""

    def __init__(self, *, words: Collection[str] | None = None, **options: object) -> None:
        """`words`: the line to be parsed; a command that it does not name gets its name and its
        sentence, no more. None: every command is described in full.
        """
        options.setdefault("add_help", False)
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", _Layout)
        self._words = words
        self._voluntary: argparse._ArgumentGroup | None = None
        super().__init__(**options)  # type: ignore[arg-type]
        self._positionals.title = text("cli.help.positionals")
        self._optionals.title = text("cli.help.options")
        self.add_argument("-h", "--help", action="help", help=text("cli.help.help"))

    def _add_action(self, action: _Action) -> _Action:
        """Show under «has to be given» exactly that: argparse would go by the dashes alone."""
        if action.option_strings and action.required:
            return self._positionals._add_action(action)
        if not action.option_strings and action.nargs in (argparse.OPTIONAL, argparse.ZERO_OR_MORE):
            if self._voluntary is None:
                self._voluntary = self.add_argument_group(text("cli.help.voluntary"))
            return self._voluntary._add_action(action)
        return super()._add_action(action)

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        """Refuse text with broken letters, which no store and no file can hold."""
        of_a_command = action.nargs == argparse.PARSER  # whose own parser looks at each
        if action.type is not path and not of_a_command:
            try:
                whole(arg_string)
            except argparse.ArgumentTypeError as error:
                raise argparse.ArgumentError(action, str(error)) from error
        return super()._get_value(action, arg_string)

    def error(self, message: str) -> NoReturn:
        """Say in our words what is wrong. Raises UsageProblem."""
        raise UsageProblem(complaint(message), self.format_usage())

    def commands(self) -> Commands:
        """Give the group several commands, one of which must be named."""
        return self.add_subparsers(
            title=text("cli.help.commands"),
            metavar=text("cli.help.command"),
            required=True,
            parser_class=cast(type[CommandParser], self._command),  # it is called, no more
        )

    def _command(self, **options: Any) -> CommandParser:
        """The parser of a command of the group; `prog` ends with its name."""
        name = options["prog"].rpartition(" ")[2]
        if self._words is None or name in self._words:
            return CommandParser(**options)
        return cast(CommandParser, _UNNAMED)

    def runs(self, command: Run) -> None:
        """What the command does when it is called."""
        self.set_defaults(run=command)


class _Unnamed:
    """Stands for the commands that a line does not name: most of what a group describes would be
    described for nothing. argparse asks it nothing, because it goes by the name.
    """

    def add_argument(self, *_names: str, **_options: object) -> None:
        """Describe nothing."""

    def add_mutually_exclusive_group(self, **_options: object) -> _Unnamed:
        """Describe nothing in a group either."""
        return self

    def runs(self, command: Run) -> None:
        """Never called by its name."""


_UNNAMED = _Unnamed()


def complaint(message: str) -> str:
    """Our words for what argparse says in English."""
    for pattern, message_id in _COMPLAINTS:
        found = pattern.match(message)
        if found is not None:
            return text(message_id, detail=found[1])
    return text("cli.usage.other")
