"""Accounts at the command line: added, given another role, taken away."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command_line import Homes, Prompt
from tests.e2e.sentences import said_plainly


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


def test_what_was_done_is_told_by_day_and_person_and_an_import_is_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = Homes(tmp_path, monkeypatch).init("21100@2025")
    table = tmp_path / "so.csv"
    table.write_text("Họ tên,Ngày sinh\nĐinh Thị Mai,01/02/2020\n", encoding="utf-8")
    commune("register", "import", str(table))
    (child,) = commune.must("register", "search", "mai")
    nothing = commune.must("user", "statistics")
    assert nothing["days"] == []
    commune.must("register", "set", child["id"], "birth_place=Ba Tơ")
    told = commune.must("user", "statistics")
    assert told["target_seconds_a_child"] == 92
    (one,) = told["days"]
    assert (one["children_changed"], one["children_completed"]) == (1, 0)
    assert told["people"][0]["changing_seconds"] == 92
    assert told["ahead"]["unfinished"] == 1
    early = commune.must("user", "statistics", "--since", "1/1/2020", "--until", "2020-01-02")
    assert early["days"] == []
    assert (early["since"], early["until"]) == ("2020-01-01", "2020-01-02")


def test_a_new_recovery_code_takes_the_place_of_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = Prompt(tmp_path / "home", monkeypatch)
    old = prompt.must("init", "--unit", "21100@2025", "--user", "an")["recovery_code"]
    new = prompt.must("user", "recovery-code")["recovery_code"]
    file, chosen = tmp_path / "code", tmp_path / "chosen"
    chosen.write_text("một câu hoàn toàn khác", encoding="utf-8")
    passwd = ("user", "passwd", "--recovery", "--code-file", file)
    file.write_text(old, encoding="utf-8")
    assert said_plainly(prompt(*passwd, "--new-passphrase-file", chosen)) == "crypto.wrong_code"
    file.write_text(new, encoding="utf-8")
    prompt.must(*passwd, "--new-passphrase-file", chosen)
