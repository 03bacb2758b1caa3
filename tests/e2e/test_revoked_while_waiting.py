"""What waits from a PC that is revoked meanwhile comes in by a person's word alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_services
from app.errors import KnownError
from app.history.operation import Operation
from app.models.queries import sending
from app.services.installation import unlock
from app.services.rights import Right
from app.settings import Settings
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes, Prompt
from tests.e2e.modified_client import ModifiedClient, opened, record_at
from tests.e2e.test_two_pcs import SIBLINGS, children, second_pc, write_book


@dataclass(frozen=True)
class Stolen:
    """A province that keeps an operation of the stolen PC waiting for what an honest PC has."""

    homes: Homes
    province: Prompt
    honest: Prompt
    stolen: Prompt
    station: str
    forged: Operation

    def waiting(self) -> list[dict[str, Any]]:
        return self.province.must("waiting", "list", codes=(0, 4))

    def name(self) -> str:
        return self.province.must("register", "show", self.forged.ent_id)["values"]["full_name"]


def only(monkeypatch: pytest.MonkeyPatch, wanted: Operation) -> None:
    """The next bundle carries this operation and nothing it builds on."""
    every = sending.all_operations

    def one(reading, span, *, read_body=True):
        found = every(reading, span, read_body=read_body)
        return (operation for operation in found if operation.op_id == wanted.op_id)

    monkeypatch.setattr(sending, "all_operations", one)


@pytest.fixture
def stolen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stolen:
    homes = Homes(tmp_path, monkeypatch)
    province = homes.init(PROVINCE)
    root = province.must("authority", "init")["root_fingerprint"]
    honest, thief = homes.init(COMMUNE), second_pc(homes)
    homes.enrol(province, honest, root)
    homes.enrol(province, thief, root)
    book = write_book(homes.folder, "a.csv", *SIBLINGS)
    honest.must("register", "import", book, codes=(0, 4))
    homes.carry(province, honest, COMMUNE)
    homes.carry(honest, thief, COMMUNE)
    (child,) = children(thief, "pham van dong")
    client = ModifiedClient(thief.home, COMMUNE)
    heads = record_at(thief.home, "child", child).heads
    forged = client.forge("child", child, {"full_name": "Kẻ Trộm"}, parents=heads)
    client.slip_in(forged)
    with monkeypatch.context() as modified:
        only(modified, forged)
        homes.carry(thief, province, PROVINCE)
    with opened(thief.home) as store:
        station = store.setting("station")
    return Stolen(homes, province, honest, thief, station, forged)


def test_it_stays_out_when_what_it_builds_on_arrives(stolen: Stolen) -> None:
    province = stolen.province
    assert [one["reason"] for one in stolen.waiting()] == ["parent-unknown"]
    province.must("authority", "revoke", stolen.station)
    (held,) = stolen.waiting()
    assert (held["state"], held["reason"]) == ("waiting", "bringer-revoked")
    assert "thu hồi" in held["message"]
    stolen.homes.carry(stolen.honest, province, PROVINCE)
    assert stolen.name() == "Phạm Văn Đông"
    assert [one["reason"] for one in stolen.waiting()] == ["bringer-revoked"]
    opened_by_name = province.must("waiting", "accept", held["operation"][:12])
    assert opened_by_name["accepted"] == 1
    assert stolen.name() == "Kẻ Trộm"
    assert stolen.waiting() == []
    said = [got for one in province.must("handover", "list") for got in one["receipts"]]
    assert [one["waiting"] for one in said if one["waiting"]] == [], "no receipt says it waits"


def test_it_may_be_dropped_for_good(stolen: Stolen) -> None:
    stolen.province.must("authority", "revoke", stolen.station)
    (held,) = stolen.waiting()
    stolen.province.must("waiting", "drop", held["operation"][:12])
    stolen.homes.carry(stolen.honest, stolen.province, PROVINCE)
    assert [one["reason"] for one in stolen.waiting()] == ["dropped-here"]
    assert stolen.name() == "Phạm Văn Đông"


def test_an_honest_colleague_who_brings_it_too_answers_for_it(stolen: Stolen) -> None:
    homes, province = stolen.homes, stolen.province
    homes.carry(stolen.stolen, stolen.honest, COMMUNE)
    province.must("authority", "revoke", stolen.station)
    homes.carry(stolen.honest, province, PROVINCE)
    assert stolen.waiting() == []
    assert stolen.name() == "Kẻ Trộm"


def test_a_backup_from_before_the_revocation_lets_it_in_no_more(stolen: Stolen) -> None:
    province = stolen.province
    copy = province.must("backup", "create")["file"]
    province.must("authority", "revoke", stolen.station)
    province.must("backup", "restore", copy)
    assert [one["reason"] for one in stolen.waiting()] == ["bringer-revoked"]
    stolen.homes.carry(stolen.honest, province, PROVINCE)
    assert stolen.name() == "Phạm Văn Đông"


def test_what_was_accepted_from_it_before_stays(stolen: Stolen) -> None:
    homes, province = stolen.homes, stolen.province
    homes.carry(stolen.honest, province, PROVINCE)
    assert stolen.name() == "Kẻ Trộm"
    province.must("authority", "revoke", stolen.station)
    assert stolen.name() == "Kẻ Trộm"
    assert stolen.waiting() == []


def test_letting_it_in_needs_the_right_to_keys(stolen: Stolen) -> None:
    stolen.province.must("authority", "revoke", stolen.station)
    (held,) = stolen.waiting()
    services = open_services(Settings(stolen.province.home), lambda one: unlock(one, PASSPHRASE))
    try:
        place = services.workplace
        place.account = replace(place.account, rights=place.account.rights - {Right.KEYS})
        with pytest.raises(KnownError, match=r"rights\.denied"):
            services.waiting.accept(held["operation"][:12])
    finally:
        services.close()


def test_what_was_dropped_needs_the_right_to_keys_as_well(stolen: Stolen) -> None:
    stolen.province.must("authority", "revoke", stolen.station)
    (held,) = stolen.waiting()
    name = held["operation"][:12]
    stolen.homes.carry(stolen.honest, stolen.province, PROVINCE)
    services = open_services(Settings(stolen.province.home), lambda one: unlock(one, PASSPHRASE))
    try:
        place = services.workplace
        whole = place.account
        without = replace(whole, rights=whole.rights - {Right.KEYS})
        place.account = without
        with pytest.raises(KnownError, match=r"rights\.denied"):
            services.waiting.drop(name)
        place.account = whole
        services.waiting.drop(name)
        place.account = without
        with pytest.raises(KnownError, match=r"rights\.denied"):
            services.waiting.accept(name)
        place.account = whole
        assert services.waiting.accept(name).accepted == 1
    finally:
        services.close()


@pytest.mark.parametrize("revoked", ["before", "between"])
def test_it_stays_out_though_its_bundle_was_taken_back_and_is_used_again(
    stolen: Stolen, revoked: str
) -> None:
    """Also where the PC was revoked while the bundle lay aside."""
    province = stolen.province
    (bundle,) = [one for one in province.must("handover", "list") if one["giver"] == COMMUNE]
    if revoked == "before":
        province.must("authority", "revoke", stolen.station)
    province.must("handover", "undo", bundle["id"], "--reason", "nhầm")
    if revoked == "between":
        province.must("authority", "revoke", stolen.station)
    province.must("handover", "release", bundle["id"], codes=(0, 4))
    assert [one["reason"] for one in stolen.waiting()] == ["bringer-revoked"]
    stolen.homes.carry(stolen.honest, province, PROVINCE)
    assert [one["reason"] for one in stolen.waiting()] == ["bringer-revoked"]
    assert stolen.name() == "Phạm Văn Đông"
