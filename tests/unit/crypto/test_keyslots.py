"""Passwords, the recovery code and escrow each open the database, and survive each other."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.crypto.age import X25519Identity
from app.crypto.keyslots import (
    BadKeyslots,
    Keyslots,
    SlotKind,
    WrongSecret,
    decode_keyslots,
    delay_after,
    encode_keyslots,
    new_dek,
    new_keyslots,
    write_file,
)
from app.crypto.recovery_code import (
    MistypedCode,
    new_recovery_code,
    read_recovery_code,
    write_recovery_code,
)
from tests.passphrase_cost import as_shipped

DEK = new_dek()
CODE = new_recovery_code()
ESCROW = X25519Identity.generate()
SLOTS = new_keyslots(DEK, "an", "mật khẩu của An", CODE).with_escrow(DEK, ESCROW.recipient)


def test_each_slot_opens_the_database() -> None:
    again = decode_keyslots(encode_keyslots(SLOTS))
    assert again == SLOTS
    assert again.open_with_password("an", "mật khẩu của An") == DEK
    assert again.open_with_recovery_code(CODE.lower()) == DEK
    assert again.open_with_escrow(ESCROW) == DEK


def test_every_lock_of_the_shipped_program_costs_64_mib_and_three_passes() -> None:
    with as_shipped():
        slots = new_keyslots(DEK, "an", "mật khẩu của An", CODE).with_user(DEK, "binh", "của Bình")
    file = json.loads(encode_keyslots(slots))
    costs = [(slot["kdf"], slot["m"], slot["t"], slot["p"]) for slot in file["slots"]]
    assert costs == [("argon2id", 65_536, 3, 1)] * 3
    again = decode_keyslots(encode_keyslots(slots))
    assert again.open_with_password("binh", "của Bình") == DEK
    assert again.open_with_recovery_code(CODE) == DEK


@pytest.mark.parametrize(
    "open_wrongly",
    [
        lambda: SLOTS.open_with_password("an", "sai"),
        lambda: SLOTS.open_with_password("binh", "mật khẩu của An"),
        lambda: SLOTS.open_with_recovery_code(new_recovery_code()),
        lambda: SLOTS.open_with_escrow(X25519Identity.generate()),
    ],
)
def test_a_wrong_secret_is_said_to_be_wrong(open_wrongly: Callable[[], bytes]) -> None:
    with pytest.raises(WrongSecret):
        open_wrongly()


def test_a_new_key_is_sealed_to_all_slots_without_any_password() -> None:
    fresh = new_dek()
    rekeyed = SLOTS.rekeyed(fresh)
    assert rekeyed.open_with_password("an", "mật khẩu của An") == fresh
    assert rekeyed.open_with_recovery_code(CODE) == fresh
    assert rekeyed.open_with_escrow(ESCROW) == fresh


def test_a_user_who_leaves_is_locked_out_of_the_next_key() -> None:
    both = SLOTS.with_user(DEK, "binh", "mật khẩu của Bình")
    left = both.without(next(slot.id for slot in both.slots if slot.user == "an"))
    rekeyed = left.rekeyed(new_dek())
    with pytest.raises(WrongSecret):
        rekeyed.open_with_password("an", "mật khẩu của An")
    assert rekeyed.open_with_password("binh", "mật khẩu của Bình") != DEK
    with pytest.raises(ValueError, match="last user slot"):
        left.without(next(slot.id for slot in left.slots if slot.user == "binh"))


def test_a_new_password_or_code_replaces_the_old_one() -> None:
    changed = SLOTS.with_user(DEK, "an", "mật khẩu mới")
    assert changed.open_with_password("an", "mật khẩu mới") == DEK
    with pytest.raises(WrongSecret):
        changed.open_with_password("an", "mật khẩu của An")
    code = new_recovery_code()
    renewed = SLOTS.with_recovery(DEK, code)
    assert renewed.open_with_recovery_code(code) == DEK
    with pytest.raises(WrongSecret):
        renewed.open_with_recovery_code(CODE)
    assert len(SLOTS.with_escrow(DEK, ESCROW.recipient).slots) == len(SLOTS.slots)


def test_the_age_command_opens_the_escrow_slot(tmp_path: Path) -> None:
    """In fifteen years the key can be had without this program."""
    file = json.loads(encode_keyslots(SLOTS))
    slot = next(slot for slot in file["slots"] if slot["kind"] == "escrow")
    key = tmp_path / "key"
    key.write_text(ESCROW.text + "\n")
    done = subprocess.run(
        ["age", "-d", "-i", str(key)],
        input=base64.b64decode(slot["dek"]),
        capture_output=True,
        check=True,
    )
    assert done.stdout == DEK


def _set(name: str, value: object, slot: int = 0) -> Callable[[dict[str, Any]], None]:
    return lambda file: file["slots"][slot].__setitem__(name, value)


DAMAGE: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "version": (lambda file: file.update(v=2), "version"),
    "unknown key": (lambda file: file.update(x=1), "not-json"),
    "no slot": (lambda file: file.update(slots=[]), "slots"),
    "doubled slot": (lambda file: file["slots"].append(file["slots"][0]), "slots"),
    "database": (lambda file: file.update(db="x"), "value"),
    "kind": (_set("kind", "other"), "value"),
    "id": (_set("id", "x"), "value"),
    "recipient": (_set("recipient", "age1x"), "value"),
    "dek": (_set("dek", "!"), "value"),
    "salt": (_set("salt", "AA=="), "kdf"),
    "wrapped": (_set("wrapped", "AA=="), "kdf"),
    "kdf": (_set("kdf", "scrypt"), "kdf"),
    "memory": (_set("m", 1 << 30), "kdf"),
    "passes": (_set("t", 1000), "kdf"),
    "lanes": (_set("p", 99), "kdf"),
    "no memory": (lambda file: file["slots"][0].pop("m"), "kdf"),
    "no user": (lambda file: file["slots"][0].pop("user"), "user"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_refused_by_name(name: str) -> None:
    change, rule = DAMAGE[name]
    file = json.loads(encode_keyslots(SLOTS))
    change(file)
    with pytest.raises(BadKeyslots) as caught:
        decode_keyslots(json.dumps(file).encode())
    assert caught.value.rule == rule


def test_garbage_is_refused() -> None:
    for data in (b"", b"\xff", b"[]", b"{}", b" " * 300_000):
        with pytest.raises(BadKeyslots):
            decode_keyslots(data)


def test_an_exchanged_data_key_is_noticed() -> None:
    other = new_keyslots(new_dek(), "an", "mật khẩu của An", CODE)
    file = json.loads(encode_keyslots(SLOTS))
    file["slots"][0]["dek"] = json.loads(encode_keyslots(other))["slots"][0]["dek"]
    with pytest.raises(BadKeyslots):
        decode_keyslots(json.dumps(file).encode()).open_with_password("an", "mật khẩu của An")


def test_every_slot_has_a_kind_and_the_secrets_stay_out_of_the_file() -> None:
    data = encode_keyslots(SLOTS)
    assert {slot.kind for slot in SLOTS.slots} == set(SlotKind)
    assert DEK not in data
    assert base64.b64encode(DEK) not in data
    assert CODE.encode() not in data


def test_the_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "keyslots.json"
    write_file(path, b"old")
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keyslots.json"]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keyslots.json"
    write_file(path, b"old")

    def full_disk(handle: int) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["keyslots.json"]


def test_wrong_tries_wait_longer_and_longer() -> None:
    waits = [delay_after(tries) for tries in range(40)]
    assert waits[:4] == [0, 0, 0, 1]
    assert waits == sorted(waits)
    assert waits[-1] == 300


def test_a_mistyped_recovery_code_names_the_group() -> None:
    groups = CODE.split("-")
    assert [len(group) for group in groups] == [5] * 7
    for place, group in enumerate(groups):
        wrong = ("A" if group[0] != "A" else "C") + group[1:]
        typed = "-".join([*groups[:place], wrong, *groups[place + 1 :]])
        with pytest.raises(MistypedCode) as caught:
            read_recovery_code(typed)
        # One letter in 32 passes its group's check; then the check of the whole names the last.
        assert caught.value.group in {place + 1, 7}
    with pytest.raises(MistypedCode) as caught:
        read_recovery_code(CODE[:-1])
    assert caught.value.group == 0
    with pytest.raises(MistypedCode) as caught:
        read_recovery_code("9" + CODE[1:])
    assert caught.value.group == 1


def test_recovery_codes_survive_paper() -> None:
    for secret in (bytes(16), b"\xff" * 16, os.urandom(16)):
        code = write_recovery_code(secret)
        assert read_recovery_code(code) == secret
        assert read_recovery_code(code.lower().replace("-", " ")) == secret
        # 0, 1 and 8 do not exist in the code: they can only be a misread O, I or B.
        assert read_recovery_code(code.translate(str.maketrans("OIB", "018"))) == secret


def test_keyslots_are_values() -> None:
    assert isinstance(SLOTS, Keyslots)
    before = encode_keyslots(SLOTS)
    SLOTS.with_user(DEK, "chi", "x")
    SLOTS.rekeyed(new_dek())
    assert encode_keyslots(SLOTS) == before
