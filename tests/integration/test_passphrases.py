"""A new passphrase: with the old one, or with the printed code when the old one is forgotten."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from app.crypto.keyslots import COST
from app.services import installation
from app.services.installation import install, unlock
from app.settings import Settings
from tests.dumps import dump_home, events_of
from tests.e2e.command_line import PASSPHRASE, Prompt
from tests.e2e.sentences import said_plainly
from tests.workplaces import COMMUNE, PROVINCE

NEW = "một câu hoàn toàn khác"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home and its recovery code."""
    home = tmp_path_factory.mktemp("installed") / "home"
    made = install(
        Settings(home), unit=COMMUNE, user="an", full_name="An", title="", passphrase=PASSPHRASE
    )
    return home, made.recovery_code


@pytest.fixture
def prompt(installed: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    home = tmp_path / "home"
    shutil.copytree(installed[0], home)
    made = Prompt(home, monkeypatch)
    made.must("user", "list")  # the first opening notes by what declarations are judged
    monkeypatch.setenv("SOTREEM_NEW_PASSPHRASE", NEW)
    return made


@pytest.fixture
def sheet(installed: tuple[Path, str], tmp_path: Path) -> Path:
    """The code as somebody typed it off the printed sheet."""
    path = tmp_path / "code.txt"
    path.write_text(installed[1].lower().replace("-", " ") + "\n", encoding="utf-8")
    return path


def _opens(prompt: Prompt, passphrase: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    monkeypatch.setenv("SOTREEM_PASSPHRASE", passphrase)
    answer = prompt("user", "list")
    assert answer.code in (0, 1)
    return answer.code == 0


def _forgotten(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody there knows the passphrase."""
    monkeypatch.delenv("SOTREEM_PASSPHRASE")


def test_the_old_passphrase_sets_a_new_one_and_then_opens_nothing(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump_home(prompt.home, PASSPHRASE)
    done = prompt.must("user", "passwd")
    assert done == {"user": "an", "by": "passphrase", "authority_keeps_its_own": False}
    assert not _opens(prompt, PASSPHRASE, monkeypatch)
    assert _opens(prompt, NEW, monkeypatch)
    assert dump_home(prompt.home, NEW) == before
    assert events_of(prompt.home, NEW).count("passphrase.set") == 1


def test_whoever_forgot_the_passphrase_gets_in_with_the_printed_code(
    prompt: Prompt, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _forgotten(prompt, monkeypatch)
    done = prompt.must("user", "passwd", "--recovery", "--code-file", sheet)
    assert (done["user"], done["by"]) == ("an", "recovery-code")
    assert _opens(prompt, NEW, monkeypatch)
    assert not _opens(prompt, PASSPHRASE, monkeypatch)
    monkeypatch.setenv("SOTREEM_PASSPHRASE", NEW)
    (event,) = [e for e in prompt.must("audit", "list") if e["event"] == "passphrase.set"]
    assert event["details"] == {"account": "an", "by": "recovery-code"}
    # The sheet in the safe stays good, and the new passphrase costs a guesser what the old one did.
    prompt.must("user", "passwd", "--recovery", "--code-file", sheet)
    slots = installation.read_keyslots(Settings(prompt.home)).slots
    assert sorted(slot.kind.value for slot in slots) == ["recovery", "user"]
    costs = {(s.lock.memory_kib, s.lock.passes, s.lock.lanes) for s in slots if s.lock is not None}
    assert costs == {COST}


def test_no_secret_of_a_new_passphrase_stands_on_the_disk(
    prompt: Prompt, sheet: Path, installed: tuple[Path, str]
) -> None:
    prompt.must("user", "passwd", "--recovery", "--code-file", sheet)
    for path in prompt.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (NEW, installed[1], installed[1].replace("-", "")):
                assert secret.encode() not in content, path


@pytest.mark.parametrize(
    ("harm", "expected", "words"),
    [
        (lambda code: code[:3] + "-" + code[3:4] + "2" * 3 + code[7:], "crypto.recovery_code", ""),
        (lambda code: code[:-1] + ("A" if code[-1] != "A" else "B"), "group", "Nhóm thứ 7"),
        (lambda code: code[:-6], "length", "7 nhóm"),
        (lambda _code: "", "length", "7 nhóm"),
    ],
)
def test_a_mistyped_code_is_told_by_its_group_and_changes_nothing(
    prompt: Prompt, sheet: Path, installed: tuple[Path, str], harm, expected: str, words: str
) -> None:
    sheet.write_text(harm(installed[1]), encoding="utf-8")
    before = (prompt.home / "keyslots.json").read_bytes()
    answer = prompt("user", "passwd", "--recovery", "--code-file", sheet)
    assert expected in said_plainly(answer)
    assert words in answer.document["message"]
    assert (prompt.home / "keyslots.json").read_bytes() == before


def test_the_code_of_another_pc_is_wrong_and_every_wrong_try_makes_the_next_one_wait(
    prompt: Prompt, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.crypto.recovery_code import new_recovery_code

    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    good = sheet.read_text(encoding="utf-8")
    before = dump_home(prompt.home, PASSPHRASE)
    for place in range(6):
        # Another sheet's code and a mistyped one count alike.
        sheet.write_text(new_recovery_code() if place % 2 else "AAAAA" * 7, encoding="utf-8")
        answer = prompt("user", "passwd", "--recovery", "--code-file", sheet)
        told = said_plainly(answer)
        assert told == ("crypto.wrong_code" if place % 2 else "crypto.recovery_code_group")
        next_wait = (0, 0, 1, 2, 4, 8)[place]
        words = f"đợi {next_wait} giây" if next_wait else "gõ lại"
        assert words in answer.document["message"]
        assert ("giây" in answer.document["message"]) is bool(next_wait)
    assert waited[-6:] == [0, 0, 0, 1, 2, 4]
    sheet.write_text(good, encoding="utf-8")
    waited.clear()
    prompt.must("user", "passwd", "--recovery", "--code-file", sheet)
    assert waited == [8]
    assert dump_home(prompt.home, NEW) == before


@pytest.mark.parametrize("new", ["ngắn", unicodedata.normalize("NFD", "ếếế"), "", " " * 8])
def test_a_new_passphrase_that_is_too_short_changes_nothing(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch, new: str
) -> None:
    monkeypatch.setenv("SOTREEM_NEW_PASSPHRASE", new)
    before = (prompt.home / "keyslots.json").read_bytes()
    assert said_plainly(prompt("user", "passwd")) == "install.short_passphrase"
    assert (prompt.home / "keyslots.json").read_bytes() == before
    assert "passphrase.set" not in events_of(prompt.home, PASSPHRASE)


@pytest.mark.parametrize(
    ("new", "refusal"),
    [("87654321", "install.easy_passphrase"), ("an-2026-an", "install.name_as_passphrase")],
)
def test_a_new_passphrase_that_is_easily_guessed_changes_nothing(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch, new: str, refusal: str
) -> None:
    monkeypatch.setenv("SOTREEM_NEW_PASSPHRASE", new)
    before = (prompt.home / "keyslots.json").read_bytes()
    assert said_plainly(prompt("user", "passwd")) == refusal
    assert (prompt.home / "keyslots.json").read_bytes() == before


@pytest.mark.parametrize("spelling", ["NFC", "NFD"])
def test_the_passphrase_in_use_is_no_new_one(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch, spelling: Literal["NFC", "NFD"]
) -> None:
    monkeypatch.setenv("SOTREEM_NEW_PASSPHRASE", unicodedata.normalize(spelling, PASSPHRASE))
    before = (prompt.home / "keyslots.json").read_bytes()
    assert said_plainly(prompt("user", "passwd")) == "passphrase.same"
    assert (prompt.home / "keyslots.json").read_bytes() == before
    assert "passphrase.set" not in events_of(prompt.home, PASSPHRASE)


def test_a_new_passphrase_comes_from_a_file_or_from_nobody(
    prompt: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOTREEM_NEW_PASSPHRASE")
    assert said_plainly(prompt("user", "passwd")) == "cli.no_new_passphrase"
    assert said_plainly(prompt("user", "passwd", "--recovery")) == "cli.no_code"
    absent = tmp_path / "khong-co.txt"
    for words in (("--new-passphrase-file",), ("--recovery", "--code-file")):
        answer = prompt("user", "passwd", *words, absent)
        assert said_plainly(answer) in ("cli.passphrase_file", "cli.code_file")
        assert absent.name in answer.document["message"]
    file = tmp_path / "new.txt"
    file.write_text(NEW + "\n", encoding="utf-8")
    prompt.must("user", "passwd", "--new-passphrase-file", file)
    assert _opens(prompt, NEW, monkeypatch)


def test_with_several_people_the_code_asks_whose_passphrase_it_is_about(
    prompt: Prompt, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.crypto.keyslots import encode_keyslots
    from app.models.accounts import AccountRow, put_account
    from app.models.store import open_store

    settings = Settings(prompt.home)
    dek = unlock(settings, PASSPHRASE).dek
    slots = installation.read_keyslots(settings).with_user(dek, "binh", PASSPHRASE + " của Bình")
    settings.keyslots_path.write_bytes(encode_keyslots(slots))
    store = open_store(settings.store_path, dek, before_migration=lambda: None)
    with store.write("An") as work:
        put_account(work.connection, AccountRow("binh", "Bình", "", "read", active=True))
        work.commit()
    store.close()
    command = ("user", "passwd", "--recovery", "--code-file", sheet)
    answer = prompt(*command)
    assert said_plainly(answer) == "passphrase.whose"
    assert "--user" in answer.document["message"]
    assert said_plainly(prompt(*command, "--user", "nobody")) == "account.unknown"
    assert prompt.must(*command, "--user", "binh")["user"] == "binh"
    assert _opens(prompt, PASSPHRASE, monkeypatch), "the other person's passphrase stays"
    assert unlock(settings, NEW).user == "binh"


def test_a_damaged_register_does_not_keep_the_way_to_its_restore_shut(
    prompt: Prompt, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forgotten passphrase and damaged store on one day: the code opens the way to the backup."""
    copy = Path(prompt.must("backup", "create")["file"])
    (prompt.home / "store.db").write_bytes(b"")
    _forgotten(prompt, monkeypatch)
    assert said_plainly(prompt("user", "passwd", "--recovery", "--code-file", sheet)) == (
        "store.damaged"
    )
    prompt.must("backup", "restore", copy, "--recovery", "--code-file", sheet)
    prompt.must("user", "passwd", "--recovery", "--code-file", sheet)
    assert _opens(prompt, NEW, monkeypatch)


def test_a_backup_is_opened_by_its_code_on_an_empty_pc(
    prompt: Prompt, sheet: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = Path(prompt.must("backup", "create")["file"])
    _forgotten(prompt, monkeypatch)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    empty = Prompt(tmp_path / "empty", monkeypatch)
    _forgotten(empty, monkeypatch)
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("AAAAA" * 7, encoding="utf-8")
    for file, expected in ((wrong, "crypto.recovery_code_group"), (sheet, "")):
        answer = empty("backup", "restore", copy, "--recovery", "--code-file", file)
        assert (said_plainly(answer) if expected else "") == expected
    empty.must("user", "passwd", "--recovery", "--code-file", sheet)
    assert _opens(empty, NEW, monkeypatch)


def test_a_store_that_is_only_read_takes_a_new_passphrase_too(
    prompt: Prompt, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.services import checkup

    def found_damaged(_settings, store, _dek, *, hurried: bool) -> None:
        from app.errors import KnownError

        store.only_read(KnownError("store.only_reading", "store.damaged_hint", file="store.db"))

    monkeypatch.setattr(checkup, "at_open", found_damaged)
    answer = prompt("user", "passwd", "--recovery", "--code-file", sheet)
    assert answer.code == 0, answer
    monkeypatch.undo()
    assert unlock(Settings(prompt.home), NEW).user == "an"


def test_the_keys_of_an_authority_keep_their_own_passphrase_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "province"
    install(Settings(home), unit=PROVINCE, user="an", full_name="", title="", passphrase=PASSPHRASE)
    province = Prompt(home, monkeypatch)
    province.must("authority", "init")
    monkeypatch.setenv("SOTREEM_NEW_PASSPHRASE", NEW)
    assert province.must("user", "passwd")["authority_keeps_its_own"] is True


def test_a_passphrase_that_could_not_be_written_leaves_the_old_one(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "disk full")

    monkeypatch.setattr("app.services.home.write_file", full)
    answer = prompt("user", "passwd")
    assert answer.code == 1
    monkeypatch.undo()
    assert unlock(Settings(prompt.home), PASSPHRASE).user == "an"
