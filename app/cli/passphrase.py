"""Where the passphrase of a command comes from: a file, the environment, or a person at a prompt.

It is never taken from the command line itself, where everybody on the PC could read it.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from app.cli.options import PASSPHRASE_VARIABLE
from app.errors import KnownError
from app.i18n import text
from app.plain_files import read_small

MAX_PASSPHRASE_FILE = 64 * 1024


def read_passphrase(file: Path | None, *, new: bool = False) -> str:
    """The passphrase: first line of `file`, else SOTREEM_PASSPHRASE, else asked for.

    With `new` a person types it twice. Raises KnownError `cli.no_passphrase` when there is nobody
    to ask, `cli.passphrase_file` for a file that cannot be read, `cli.passphrases_differ`.
    """
    if file is not None:
        return _from_file(file)
    said = os.environ.get(PASSPHRASE_VARIABLE)
    if said is not None:
        return said
    if not sys.stdin.isatty():
        raise KnownError("cli.no_passphrase", "cli.no_passphrase_hint")
    typed = getpass.getpass(text("cli.ask_passphrase") + " ")
    if new and getpass.getpass(text("cli.ask_passphrase_again") + " ") != typed:
        raise KnownError("cli.passphrases_differ", "cli.passphrases_differ_hint")
    return typed


def _from_file(file: Path) -> str:
    try:
        lines = read_small(file, MAX_PASSPHRASE_FILE).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(
            "cli.passphrase_file", "cli.passphrase_file_hint", file=str(file)
        ) from error
    return lines[0] if lines else ""
