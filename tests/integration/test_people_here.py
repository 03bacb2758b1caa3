"""Accounts of a PC: added, changed and taken away with their key slots; nobody locks a PC up."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.crypto.keyslots import SlotKind, WrongSecret
from app.errors import KnownError
from app.models.audit import recent
from app.services.accounts import Accounts
from app.services.installation import install, open_workplace, read_keyslots, unlock
from app.services.people_here import PeopleHere
from app.services.rights import ALL_RIGHTS, Right, Role
from app.services.workplace import Workplace
from app.settings import Settings
from tests.workplaces import again

FIRST, SECOND = "một câu dễ nhớ", "mật khẩu lần đầu"


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    settings = Settings(tmp_path / "home")
    install(
        settings,
        unit="21100@2025",
        user="an",
        full_name="Nguyễn Thị An",
        title="",
        passphrase=FIRST,
    )
    return open_workplace(settings, unlock(settings, FIRST))


def _raised(call: object, *arguments: object) -> str:
    with pytest.raises(KnownError) as refused:
        call(*arguments)  # type: ignore[operator]
    return refused.value.message_id


def _users(workplace: Workplace) -> list[str]:
    slots = read_keyslots(workplace.settings).slots
    return sorted(one.user or "" for one in slots if one.kind is SlotKind.USER)


def test_who_is_added_opens_the_register_and_owes_a_passphrase_of_the_own(
    workplace: Workplace,
) -> None:
    people = PeopleHere(workplace)
    people.add("lan", "Trần Thị Lan", "Công chức", Role.CLERK, SECOND)
    workplace.store.close()
    lan = open_workplace(workplace.settings, unlock(workplace.settings, SECOND, "lan"))
    assert lan.account.full_name == "Trần Thị Lan"
    assert Right.ENTER in lan.account.rights
    assert Right.ADMIN not in lan.account.rights
    assert PeopleHere(lan).owes_passphrase
    Accounts(lan).set_passphrase("câu của chính mình")
    assert not PeopleHere(lan).owes_passphrase
    assert _raised(PeopleHere(lan).add, "x", "", "", Role.CLERK, SECOND) == "rights.denied"
    lan.store.close()
    with pytest.raises(WrongSecret):
        unlock(workplace.settings, SECOND, "lan")


def test_who_is_taken_away_has_no_slot_and_signs_in_no_more(workplace: Workplace) -> None:
    people = PeopleHere(workplace)
    people.add("lan", "", "", Role.CLERK, SECOND)
    assert _users(workplace) == ["an", "lan"]
    people.remove("lan")
    assert _users(workplace) == ["an"]
    with pytest.raises(WrongSecret):
        unlock(workplace.settings, SECOND, "lan")
    assert [one.active for one in Accounts(workplace).list()] == [True, False]
    people.add("lan", "", "", Role.CHECKER, SECOND)
    assert unlock(workplace.settings, SECOND, "lan").user == "lan"


def test_the_last_who_administers_or_keeps_the_keys_stays(workplace: Workplace) -> None:
    people = PeopleHere(workplace)
    assert _raised(people.change_role, "an", Role.CLERK) == "account.last"
    assert _raised(people.change_role, "an", Role.ADMIN) == "account.last", "nobody keeps the keys"
    assert _raised(people.remove, "an") == "account.own"
    people.add("lan", "", "", Role.HEAD, SECOND)
    people.change_role("an", Role.CLERK)
    assert _raised(people.change_role, "lan", Role.KEYS) == "account.last"
    other = PeopleHere(again(workplace, ALL_RIGHTS))
    assert _raised(other.remove, "lan") == "account.last"
    assert _users(workplace) == ["an", "lan"]


@pytest.mark.parametrize(
    ("name", "passphrase", "refusal"),
    [
        ("", SECOND, "account.no_name"),
        ("lan lan", SECOND, "account.name"),
        ("l" * 41, SECOND, "account.name"),
        ("lan\N{NO-BREAK SPACE}lan", SECOND, "account.name"),
        ("lan\N{GRINNING FACE}", SECOND, "account.name"),
        ("lan/an", SECOND, "account.name"),
        ("an", SECOND, "account.taken"),
        ("AN", SECOND, "account.taken"),
        ("lan", "ngắn", "install.short_passphrase"),
        ("lan", " " * 8, "install.short_passphrase"),
        ("lan", "abcdefgh", "install.easy_passphrase"),
        ("lan", "lan12345", "install.name_as_passphrase"),
    ],
)
def test_what_cannot_be_an_account_is_refused_and_changes_nothing(
    workplace: Workplace, name: str, passphrase: str, refusal: str
) -> None:
    before = workplace.settings.keyslots_path.read_bytes()
    people = PeopleHere(workplace)
    assert _raised(people.add, name, "", "", Role.CLERK, passphrase) == refusal
    assert workplace.settings.keyslots_path.read_bytes() == before
    assert len(Accounts(workplace).list()) == 1


def test_a_role_stays_within_the_certificate(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.people_here.certificate_role", lambda *_: "clerk")
    people = PeopleHere(workplace)
    assert people.roles() == (Role.CLERK, Role.SIGNER)
    assert _raised(people.add, "lan", "", "", Role.HEAD, SECOND) == "account.role_beyond"
    assert _users(workplace) == ["an"]


def test_a_new_recovery_code_replaces_the_one_before(workplace: Workplace) -> None:
    before = read_keyslots(workplace.settings)
    code = PeopleHere(workplace).new_recovery_code()
    slots = read_keyslots(workplace.settings)
    assert slots.open_with_recovery_code(code) == workplace.dek
    with pytest.raises(WrongSecret):
        before.open_with_recovery_code(code)
    assert sum(one.kind is SlotKind.RECOVERY for one in slots.slots) == 1


def test_every_change_of_accounts_stands_in_the_audit_trail(workplace: Workplace) -> None:
    people = PeopleHere(workplace)
    people.add("lan", "", "", Role.CLERK, SECOND)
    people.change_role("lan", Role.CHECKER)
    people.remove("lan")
    people.new_recovery_code()
    with workplace.store.read() as reading:
        found = [one.event for one in reversed(recent(reading, 50))]
    wanted = ["account.added", "account.role", "account.removed", "recovery.renewed"]
    assert [one for one in found if one in wanted] == wanted
