"""The options that every command takes, wherever on the line they stand."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.cli.written import path, whole
from app.i18n import LANGUAGES
from app.settings import Settings, default_home

PASSPHRASE_VARIABLE = "SOTREEM_PASSPHRASE"  # noqa: S105 - the name of a variable, not a secret
NEW_PASSPHRASE_VARIABLE = "SOTREEM_NEW_PASSPHRASE"  # noqa: S105 - as above


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """`home`: folder of the installation; `user`: sign-in name, empty means whoever fits."""

    settings: Settings
    json: bool
    passphrase_file: Path | None
    user: str


class _Silent(argparse.ArgumentParser):
    """Leaves every complaint to the parser of the group, which knows the whole command."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise BadGlobalOption(message)


class BadGlobalOption(Exception):
    """A global option without its value, or with one that does not fit."""


def add_global_options(parser: argparse.ArgumentParser) -> None:
    """Describe the options on a parser."""
    parser.add_argument("--home", type=path, default=None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--lang", choices=LANGUAGES, default=None)
    parser.add_argument("--passphrase-file", type=path, default=None)
    parser.add_argument("--user", type=whole, default="")


def split(arguments: Sequence[str]) -> tuple[GlobalOptions, list[str]]:
    """The global options and what else stands on the line, in its order.

    Raises BadGlobalOption. The language falls back to `SOTREEM_LANG`, then to Vietnamese.
    """
    parser = _Silent(add_help=False, allow_abbrev=False)
    add_global_options(parser)
    found, rest = parser.parse_known_args(list(arguments))
    said = found.lang or os.environ.get("SOTREEM_LANG", "")
    language = said if said in LANGUAGES else LANGUAGES[0]
    home = default_home() if found.home is None else found.home
    options = GlobalOptions(
        Settings(home, language), found.json, found.passphrase_file, found.user or ""
    )
    return options, rest


def window_settings(arguments: Sequence[str]) -> Settings | None:
    """Home and language for the window, when the line names no command; None when it does."""
    try:
        options, rest = split(arguments)
    except BadGlobalOption:
        return None  # the command line says what is wrong
    return None if rest or options.json else options.settings
