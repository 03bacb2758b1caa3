"""The two kinds of failure: the world failed (`KnownError`) or we did (`BugError`).

An error carries message ids and plain parameters, never a finished sentence; the sentences live in
`resources/translations/` and are put together by the face that shows them. Parameters must not
hold names, ids or sensitive groups of people: they may end up in a log.
"""

from __future__ import annotations


class AppError(Exception):
    """A failure with a message id (what happened) and a hint id (what to do next)."""

    def __init__(self, message_id: str, hint_id: str | None = None, **parameters: object) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.hint_id = hint_id
        self.parameters = parameters

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        return f"{self.message_id}({shown})"


class KnownError(AppError):
    """The world failed: disk full, stick gone, wrong passphrase, a bad file. Exit code 1."""


class BugError(AppError):
    """We failed. Reported without personal data. Exit code 3."""
