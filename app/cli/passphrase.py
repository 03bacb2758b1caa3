"""Where the secrets of a command come from: a file, the environment, or a person at a prompt.

None is ever taken from the command line itself, where everybody on the PC could read it.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from app.cli.options import NEW_PASSPHRASE_VARIABLE, PASSPHRASE_VARIABLE
from app.errors import KnownError
from app.i18n import text
from app.plain_files import read_small

MAX_PASSPHRASE_FILE = 64 * 1024


def read_passphrase(file: Path | None, *, new: bool = False) -> str:
    """The passphrase: first line of `file`, else SOTREEM_PASSPHRASE, else asked for.

    With `new` a person types it twice. Raises KnownError `cli.no_passphrase` when there is nobody
    to ask, `cli.passphrase_file` for a file that cannot be read, `cli.passphrases_differ`.
    """
    said = _said(file, PASSPHRASE_VARIABLE)
    return _asked("passphrase", again=new) if said is None else said


def read_new_passphrase(file: Path | None) -> str:
    """What is to be the passphrase from now on: `file`, SOTREEM_NEW_PASSPHRASE, or typed twice.

    Raises KnownError `cli.no_new_passphrase`, `cli.passphrase_file`, `cli.passphrases_differ`.
    """
    said = _said(file, NEW_PASSPHRASE_VARIABLE)
    return _asked("new_passphrase", again=True) if said is None else said


def read_code(file: Path | None) -> str:
    """The recovery code: first line of `file`, else asked for; 35 characters are typed in sight.

    Raises KnownError `cli.no_code`, `cli.code_file`.
    """
    if file is not None:
        return _from_file(file, "cli.code_file")
    if not sys.stdin.isatty():
        raise KnownError("cli.no_code", "cli.no_code_hint")
    sys.stderr.write(text("cli.ask_code") + " ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def typed_code() -> str:
    """A check code as somebody at the prompt hears it; nothing where nobody sits there.

    Our own code is not shown before: what is on the screen would be typed off.
    """
    if not sys.stdin.isatty():
        return ""
    sys.stderr.write(text("cli.enrol.ask_code") + " ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _said(file: Path | None, variable: str) -> str | None:
    return os.environ.get(variable) if file is None else _from_file(file, "cli.passphrase_file")


def _asked(what: str, *, again: bool) -> str:
    if not sys.stdin.isatty():
        raise KnownError(f"cli.no_{what}", f"cli.no_{what}_hint")
    typed = getpass.getpass(text(f"cli.ask_{what}") + " ")
    if again and getpass.getpass(text("cli.ask_passphrase_again") + " ") != typed:
        raise KnownError("cli.passphrases_differ", "cli.passphrases_differ_hint")
    return typed


def _from_file(file: Path, unreadable: str) -> str:
    try:
        lines = read_small(file, MAX_PASSPHRASE_FILE).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(unreadable, f"{unreadable}_hint", file=str(file)) from error
    return lines[0] if lines else ""
