"""What a writer's clock says is any integer: one place alone makes a moment of it for people."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
#: Where a second is this PC's own (clock, files, audit trail) or stands in a certificate
#: that was verified; never an operation's.
OWN_SECONDS = frozenset(
    (
        "cli/commands/audit.py",
        "services/authority.py",
        "services/exchange.py",
        "services/handover_peers.py",
        "services/handover_register.py",
        "services/issue_book.py",
        "services/issuing_day.py",
        "services/last_check.py",
        "services/receipts.py",
        "services/restore_look.py",
        "services/restore_words.py",
        "services/stations.py",
        "services/trust.py",
        "services/worklist.py",
        "services/workplace.py",
        "text/moments.py",
        "ui/admin/audit_rows.py",
        "ui/admin/backups.py",
    )
)


def seconds_turned(source: str) -> Iterator[int]:
    """The lines that make a moment of a second themselves."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in (
            "fromtimestamp",
            "utcfromtimestamp",
            "gmtime",
            "localtime",
        ):
            yield node.lineno


def test_a_claimed_second_becomes_a_moment_in_one_place_alone() -> None:
    found = {
        path.relative_to(APP).as_posix()
        for path in sorted(APP.rglob("*.py"))
        if list(seconds_turned(path.read_text(encoding="utf-8")))
    }
    assert found <= OWN_SECONDS, found - OWN_SECONDS
    assert not any(one.startswith("models/queries/") for one in OWN_SECONDS)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import datetime\ndatetime.datetime.fromtimestamp(one.wall)", [2]),
        ("make = datetime.fromtimestamp", [1]),
        ("moment_words(one.wall)", []),
    ],
)
def test_what_turns_a_second_is_found(source: str, lines: list[int]) -> None:
    assert list(seconds_turned(source)) == lines
