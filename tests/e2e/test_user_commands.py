"""Accounts at the command line: added, given another role, taken away."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command_line import Homes


def test_an_account_is_added_changed_and_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = Homes(tmp_path, monkeypatch).init("21100@2025")
    first = tmp_path / "first.txt"
    first.write_text("mật khẩu lần đầu\n", encoding="utf-8")
    added = commune.must(
        *("user", "add", "lan", "--role", "clerk", "--full-name", "Trần Thị Lan"),
        *("--new-passphrase-file", str(first)),
    )
    assert added == {"user": "lan", "role": "clerk"}
    changed = commune.must("user", "role", "lan", "checker")
    assert changed == {"user": "lan", "role": "checker"}
    found = {one["name"]: one for one in commune.must("user", "list")}
    assert found["lan"]["rights"] == ["check", "print", "read"]
    assert found["lan"]["active"]
    commune.must("user", "remove", "lan")
    found = {one["name"]: one for one in commune.must("user", "list")}
    assert not found["lan"]["active"]
    events = [one["event"] for one in commune.must("audit", "list")]
    assert {"account.added", "account.role", "account.removed"} <= set(events)
