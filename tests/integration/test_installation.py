"""Setting a PC up, opening it, and what may go wrong on the way."""

from __future__ import annotations

import json
import os
import stat
import unicodedata
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.crypto.keyslots import WrongSecret
from app.errors import KnownError
from app.services import installation
from app.services.home import HomeLock
from app.services.installation import Installed, install, unlock, unlock_with_recovery, users
from app.services.rights import ALL_RIGHTS
from app.services.services import Services
from app.settings import Settings
from tests.workplaces import COMMUNE, PROVINCE

PASSPHRASE = "một câu thật dài"


def _install(home: Path, **changes: str) -> Installed:
    wanted = {
        "unit": COMMUNE,
        "user": "an",
        "full_name": "Đặng An",
        "title": "Công chức",
        "passphrase": PASSPHRASE,
        **changes,
    }
    return install(Settings(home), **wanted)


def _open(home: Path) -> Services:
    return open_services(Settings(home), lambda settings: unlock(settings, PASSPHRASE))


def test_the_first_account_has_every_right_and_its_written_name(tmp_path: Path) -> None:
    made = _install(tmp_path / "home")
    assert (made.unit, made.user) == (COMMUNE, "an")
    with _open(tmp_path / "home") as services:
        account = services.workplace.account
        assert (account.full_name, account.title) == ("Đặng An", "Công chức")
        assert account.rights == ALL_RIGHTS
        assert services.workplace.unit == COMMUNE


def test_everything_in_a_home_is_for_its_user_alone(tmp_path: Path) -> None:
    _install(tmp_path / "home")
    _open(tmp_path / "home").close()
    for path in [tmp_path / "home", *(tmp_path / "home").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_no_secret_and_no_name_stands_in_the_clear(tmp_path: Path) -> None:
    made = _install(tmp_path / "home")
    _open(tmp_path / "home").close()
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (PASSPHRASE, "Đặng An", made.recovery_code):
                assert secret.encode() not in content, path


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"unit": "99999@2024"}, "units.unknown"),
        ({"unit": "21010"}, "units.unknown"),
        ({"user": "  "}, "install.no_user"),
        ({"user": "a n"}, "account.name"),
        ({"user": "an\N{GRINNING FACE}"}, "account.name"),
        ({"passphrase": "ngắn"}, "install.short_passphrase"),
        ({"passphrase": " " * 8}, "install.short_passphrase"),
        ({"passphrase": "ngắn \N{NO-BREAK SPACE}    "}, "install.short_passphrase"),
        ({"passphrase": "12345678"}, "install.easy_passphrase"),
        ({"user": "hatrang", "passphrase": "hatrang1"}, "install.name_as_passphrase"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(
    tmp_path: Path, changes: dict[str, str], expected: str
) -> None:
    with pytest.raises(KnownError) as refused:
        _install(tmp_path / "home", **changes)
    assert refused.value.message_id == expected
    assert not (tmp_path / "home").exists()


def test_a_second_installation_in_the_same_place_is_refused(tmp_path: Path) -> None:
    _install(tmp_path / "home")
    before = (tmp_path / "home" / "keyslots.json").read_bytes()
    with pytest.raises(KnownError) as refused:
        _install(tmp_path / "home", user="binh")
    assert refused.value.message_id == "home.not_empty"
    assert (tmp_path / "home" / "keyslots.json").read_bytes() == before


def test_a_set_up_that_was_cut_off_leaves_a_place_that_can_be_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "disk full")

    monkeypatch.setattr(installation, "write_secret", full)
    with pytest.raises(OSError, match="disk full"):
        _install(tmp_path / "home")
    monkeypatch.undo()
    assert not Settings(tmp_path / "home").installed
    _install(tmp_path / "home")
    with _open(tmp_path / "home") as services:
        assert services.accounts.list()[0].name == "an"


def test_what_was_set_up_is_no_longer_marked_as_begun(tmp_path: Path) -> None:
    _install(tmp_path / "home")
    assert not (tmp_path / "home" / "setting-up").exists()


def test_a_store_whose_key_slots_were_lost_is_never_cleared_away(tmp_path: Path) -> None:
    home = tmp_path / "home"
    _install(home)
    kept = (home / "keyslots.json").rename(tmp_path / "kept.json")
    before = (home / "store.db").read_bytes()
    for attempt in (_install, _open):
        with pytest.raises(KnownError) as refused:
            attempt(home)
        assert refused.value.message_id == "home.store_without_keys"
        assert (home / "store.db").read_bytes() == before
    kept.rename(home / "keyslots.json")
    with _open(home) as services:
        assert services.accounts.list()[0].name == "an"


def test_a_marker_left_behind_by_a_finished_set_up_goes_at_the_first_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setattr(installation, "finish", lambda _settings: None)
    _install(home)
    assert (home / "setting-up").exists()
    _open(home).close()
    (home / "keyslots.json").unlink()
    with pytest.raises(KnownError) as refused:
        _install(home)
    assert refused.value.message_id == "home.store_without_keys"
    assert (home / "store.db").exists()


def test_a_set_up_waits_for_no_home_that_another_process_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(tmp_path / "home")
    steps = iter(range(0, 1000, 10))
    with HomeLock(settings.lock_path, "init"):
        monkeypatch.setattr("time.monotonic", lambda: next(steps))
        with pytest.raises(KnownError) as refused:
            _install(tmp_path / "home")
    assert refused.value.message_id == "home.in_use"


@pytest.mark.parametrize(
    ("mounted", "named"),
    [(("//server/share", "cifs"), "home.network"), (("/dev/sdz1", "vfat"), "home.removable")],
    ids=["network", "stick"],
)
def test_data_that_were_moved_to_a_drive_of_others_are_not_opened(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mounted: tuple[str, str],
    named: str,
) -> None:
    _install(tmp_path / "home")
    monkeypatch.setattr("app.services.home._mount_of", lambda _folder: mounted)
    monkeypatch.setattr("app.services.home.lies_on_stick", lambda device: device == "/dev/sdz1")
    for act in (_open, _install):
        with pytest.raises(KnownError) as refused:
            act(tmp_path / ("home" if act is _open else "another"))
        assert refused.value.message_id == named
    assert not (tmp_path / "another" / "store.db").exists()


@pytest.mark.parametrize(("made", "typed"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_keyboard_that_takes_letters_apart_opens_the_same_data(
    tmp_path: Path, made: str, typed: str
) -> None:
    at_set_up = unicodedata.normalize(made, PASSPHRASE)
    today = unicodedata.normalize(typed, PASSPHRASE)
    assert at_set_up != today
    _install(tmp_path / "home", passphrase=at_set_up, unit=PROVINCE)
    with open_services(Settings(tmp_path / "home"), lambda s: unlock(s, today)) as services:
        services.authority.found(at_set_up)
        assert services.authority.open(today).certificate.sha256
        with pytest.raises(KnownError) as refused:
            services.authority.open(today.upper())
    assert refused.value.message_id == "authority.wrong_passphrase"


def test_a_passphrase_is_not_longer_because_its_marks_are_written_apart(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refused:
        _install(tmp_path / "home", passphrase=unicodedata.normalize("NFD", "ếếế"))
    assert refused.value.message_id == "install.short_passphrase"


def test_passphrase_and_recovery_code_open_the_same_data(tmp_path: Path) -> None:
    made = _install(tmp_path / "home")
    settings = Settings(tmp_path / "home")
    assert unlock(settings, PASSPHRASE).user == "an"
    assert (
        unlock_with_recovery(settings, made.recovery_code).dek == unlock(settings, PASSPHRASE).dek
    )
    assert users(settings) == ("an",)


def test_wrong_tries_are_counted_and_forgotten_after_a_right_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    _install(tmp_path / "home")
    settings = Settings(tmp_path / "home")
    told: list[object] = []
    for _ in range(6):
        with pytest.raises(WrongSecret) as refused:
            unlock(settings, "không phải câu này")
        told.append(refused.value.parameters.get("seconds", 0))
    assert told == [*waited[1:], 8], "what is said is what the next try waits"
    assert waited == sorted(waited)
    assert waited[-1] > 0
    unlock(settings, PASSPHRASE)
    waited.clear()
    unlock(settings, PASSPHRASE)
    assert waited == [0]


def test_another_persons_name_does_not_open_my_slot(tmp_path: Path) -> None:
    _install(tmp_path / "home")
    with pytest.raises(WrongSecret):
        unlock(Settings(tmp_path / "home"), PASSPHRASE, "binh")


def test_a_home_in_use_names_the_process_and_is_free_again_afterwards(tmp_path: Path) -> None:
    _install(tmp_path / "home")
    settings = Settings(tmp_path / "home")
    second = HomeLock(settings.lock_path, "command", wait=0.1)
    with _open(tmp_path / "home"), pytest.raises(KnownError) as refused, second:
        pytest.fail("two processes hold one home")
    assert refused.value.message_id == "home.in_use"
    assert refused.value.parameters["process"] == os.getpid()
    with HomeLock(settings.lock_path, "command", wait=0.1):
        said = json.loads(settings.lock_path.read_text(encoding="utf-8"))
    assert said["purpose"] == "command"


def test_a_failed_unlock_lets_the_next_one_in(tmp_path: Path) -> None:
    _install(tmp_path / "home")
    with pytest.raises(WrongSecret):
        open_services(Settings(tmp_path / "home"), lambda s: unlock(s, "sai mật khẩu rồi"))
    with _open(tmp_path / "home") as services:
        assert services.workplace.account.name == "an"


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    _install(tmp_path / "home")
    services = _open(tmp_path / "home")
    services.close()
    services.close()
    with _open(tmp_path / "home") as again:
        assert again.audit_trail.verify().broken_at is None


def test_every_opening_is_on_record(tmp_path: Path) -> None:
    _install(tmp_path / "home")
    for _ in range(2):
        _open(tmp_path / "home").close()
    with _open(tmp_path / "home") as services:
        events = [one.event for one in services.audit_trail.recent()]
    assert events == ["sign-in", "sign-in", "sign-in", "install"]


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    from sqlalchemy import text

    _install(tmp_path / "home")
    with _open(tmp_path / "home") as services, services.workplace.write() as work:
        work.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        work.commit()
    with pytest.raises(KnownError) as refused:
        _open(tmp_path / "home")
    assert refused.value.message_id == "store.newer_file"


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="a folder nobody can write")
def test_a_home_that_cannot_be_written_is_said_to_be_so() -> None:
    # Reading it would not do: every opening writes its row of audit.
    with pytest.raises(KnownError) as caught, HomeLock(Path("/sys/kernel/in-use.lock"), "command"):
        pass
    assert caught.value.message_id == "home.read_only"
    assert caught.value.parameters["folder"] == "/sys/kernel"
