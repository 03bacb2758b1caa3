"""What the program tells the caller when it ends (2-architecture.md, "Errors")."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    KNOWN_ERROR = 1  # the world failed, or a person cancelled
    USAGE = 2  # the command was not written as it must be
    BUG = 3  # the program failed; a report was written
    WAITS = 4  # done, but something waits for a person
