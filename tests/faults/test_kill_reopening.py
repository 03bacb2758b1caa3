"""`kill -9` on the way of a lost register to the unit above and back, and of a PC that begins anew.

Whatever step it comes before, the register opens by the old passphrase or by the new one, and the
command given again goes on.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from app.crypto.keyslots import WrongSecret
from app.services import reopening
from app.services.installation import unlock
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE, Prompt
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, Ground
from tests.faults.killing import Victims, copy_of
from tests.faults.test_kill_steps import _deaths

NEW = "một câu chưa ai nghĩ ra"


@pytest.fixture
def chosen(tmp_path: Path) -> tuple[str | Path, ...]:
    """The option that says the new passphrase."""
    file = tmp_path / "chosen"
    file.write_text(NEW, encoding="utf-8")
    return "--new-passphrase-file", file


def _opens(home: Path, passphrase: str) -> bool:
    try:
        unlock(Settings(home), passphrase)
    except WrongSecret:
        return False
    return True


def test_a_request_that_is_killed_is_made_again_and_none_is_half(
    ground: Ground, victims: Victims, tmp_path: Path, chosen: tuple[str | Path, ...]
) -> None:
    home, source, out = tmp_path / "home", ground.home(COMMUNE), tmp_path / "out"
    key = grounds.key_of(source)
    words = ("reopen", "request", "--out", out / "c.reopen", *chosen)

    def reset() -> None:
        copy_of(source, home)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()

    for _ in _deaths(victims, home, reset, *words):
        grounds.examine(home, key)
        assert _opens(home, PASSPHRASE)
        waits = reopening.waiting(Settings(home))
        if (out / "c.reopen").exists():
            assert waits is not None, "a request went out that nobody here can answer for"
        assert victims.run(home, *words).code == 0
        assert [one.name for one in out.iterdir()] == ["c.reopen"]


def test_a_register_opens_by_the_old_passphrase_or_the_new_one_and_by_none_never(
    ground: Ground,
    victims: Victims,
    tmp_path: Path,
    chosen: tuple[str | Path, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, source = tmp_path / "home", copy_of(ground.home(COMMUNE), tmp_path / "source")
    key = grounds.key_of(source)
    request, reply = tmp_path / "c.reopen", tmp_path / "c.reopened"
    asked = Prompt(source, monkeypatch).must("reopen", "request", "--out", request, *chosen)
    above = Prompt(copy_of(ground.home(DISTRICT), tmp_path / "above"), monkeypatch)
    code = asked["check_code"]
    above.must("reopen", "grant", request, "--out", reply, "--check-code", code)
    words = ("reopen", "accept", reply, *chosen)
    for _ in _deaths(victims, home, lambda: copy_of(source, home), *words):
        grounds.examine(home, key)
        assert _opens(home, NEW) != _opens(home, PASSPHRASE), "one of them, and only one"
        again = victims.run(home, *words)
        assert again.code == 0 or '"reopening.not_asked"' in again.output, again
        assert _opens(home, NEW)
        grounds.examine(home, key)
        assert list(home.glob("reopening*")) == []


def test_a_pc_that_is_killed_while_it_begins_anew_has_its_certificate_or_asks_anew(
    ground: Ground, victims: Victims, tmp_path: Path
) -> None:
    home, source = tmp_path / "home", ground.home(COMMUNE)
    key = grounds.key_of(source)
    words = ("enrol", "start-over", "--unit", COMMUNE)
    before = dict(grounds.dump(source, key)["setting"])["replica"]
    for _ in _deaths(victims, home, lambda: copy_of(source, home), *words):
        grounds.examine(home, key)
        replica = dict(grounds.dump(home, key)["setting"])["replica"]
        status = json.loads(victims.run(home, "authority", "status").output)
        assert status["enrolled"] is (replica == before), "certificate and id go together"
        again = victims.run(home, *words)
        assert again.code == 0 or '"starting_over.nothing"' in again.output, again
