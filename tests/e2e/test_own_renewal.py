"""The province renews its own certificate; nobody above could be asked for it."""

from __future__ import annotations

import shutil

import pytest

from app.services.stations import short_station
from tests.dumps import dump_home
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_authority_commands import words_of
from tests.e2e.test_copies import type_child
from tests.e2e.test_signed_anew import Later


def _own(homes: Homes) -> dict[str, object]:
    (own,) = [one for one in homes.at(PROVINCE).must("authority", "stations") if one["own"]]
    return own


def test_a_province_whose_certificate_ends_or_has_ended_is_told_to_renew_it_and_can(
    enrolled_pair: Homes,
) -> None:
    homes, request = enrolled_pair, enrolled_pair.folder / "own.request"
    for years in (2.9, 3.2):
        top = Later(homes.at(PROVINCE), years)
        answer = top("enrol", "request", "--out", request)
        assert said_plainly(answer) == "enrol.renews_itself"
        assert "authority renew" in answer.document["message"]
        assert not request.exists()
    ended = top("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    assert said_plainly(ended) == "bundle.sender_expired"
    assert "tỉnh tự gia hạn" in ended.document["message"]
    before = top.must("authority", "status")
    sheet = homes.folder / "renewed.pdf"
    done = top.must("authority", "renew", "--today", top.today, "--sheet", sheet)
    assert (done["new_keys"], done["crl_number"]) == (False, None)
    assert short_station(done["station"]) in words_of(sheet)
    after = top.must("authority", "status")
    assert after["valid_until"] > before["valid_until"]
    assert after["root_fingerprint"] == before["root_fingerprint"]
    # Of the same PC one certificate counts.
    own = [one["active"] for one in after["stations"] if one["station"] == done["station"]]
    assert sorted(own) == [False, True]


def test_what_was_sealed_to_the_kept_keys_still_opens_after_the_renewal(
    enrolled_pair: Homes,
) -> None:
    homes = enrolled_pair
    top, desk = homes.at(PROVINCE), homes.at(COMMUNE)
    type_child(desk, "1", "Phạm Thị Hân")
    sent = desk.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    later = Later(top, 0.05)
    later.must("authority", "renew", "--today", later.today)
    (got,) = later.must("handover", "receive", sent["file"], codes=(0, 4))
    assert got["status"] == "imported"


def test_a_stolen_province_pc_is_shut_out_by_new_keys_and_everybody_goes_on(
    enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = enrolled_pair
    top, desk = homes.at(PROVINCE), homes.at(COMMUNE)
    stolen = homes.folder / "stolen"
    shutil.copytree(top.home, stolen)
    station = _own(homes)["station"]
    refused = top("authority", "revoke", station)
    assert said_plainly(refused) == "authority.own_station"
    assert "renew --new-keys" in refused.document["message"]

    wrong = dump_home(top.home, PASSPHRASE)
    monkeypatch.setenv("SOTREEM_AUTHORITY_PASSPHRASE", "một câu khác hẳn câu kia")
    assert said_plainly(top("authority", "renew", "--new-keys")) == "authority.wrong_passphrase"
    monkeypatch.delenv("SOTREEM_AUTHORITY_PASSPHRASE")
    assert dump_home(top.home, PASSPHRASE) == wrong
    sheet = homes.folder / "new-keys.pdf"
    done = top.must("authority", "renew", "--new-keys", "--sheet", sheet)
    assert done["station"] == station
    assert "thu hồi" in words_of(sheet)
    homes.carry(top, desk, COMMUNE)

    # The thief's PC is believed by nobody who has heard of it, neither bundles nor rounds.
    other = Prompt(stolen, monkeypatch)
    other.must(
        *("round", "new", "Đợt giả", "--reference", "2026-12-31"),
        *("--opens", "2026-10-01", "--closes", "2026-12-31"),
    )
    (homes.folder / "other-stick").mkdir()
    sent = other.must("handover", "send", "--to", COMMUNE, "--out", homes.folder / "other-stick")
    assert said_plainly(desk("handover", "receive", sent["file"])) == "sender-revoked"

    # Both directions go on, and an old PC is written to by its new key alone.
    type_child(desk, "1", "Phạm Thị Hân")
    sent, got = homes.carry(desk, top, PROVINCE)
    assert got["continuity"] == "normal"
    assert other("handover", "receive", sent["file"]).code != 0
    assert top.must("selftest")["passed"] is True
    (own,) = [one for one in desk.must("authority", "stations") if one["station"] == station]
    assert own["state"] == "in_use"


def test_only_a_province_with_its_authority_renews_itself(enrolled_pair: Homes) -> None:
    top, desk = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    assert said_plainly(desk("authority", "renew")) == "authority.not_a_province"
    (top.home / "authority" / "authority.age").unlink()
    assert said_plainly(top("authority", "renew")) == "authority.none"
