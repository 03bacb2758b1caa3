"""A unit has no more PCs than one bundle is sealed to, and who grants or sends is told so."""

from __future__ import annotations

import uuid
from pathlib import Path

from app.crypto.age import X25519Identity
from app.models import trust as store_trust
from app.models.trust import StationRow, TrustKind
from app.services import trust
from app.services.exchange import MOST_PCS
from app.sync.manifest import MAX_RECIPIENTS
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.modified_client import opened
from tests.e2e.sentences import said_plainly


def add_pcs(prompt: Prompt, count: int) -> None:
    """Let a home know that many more PCs of the commune, each with a key of its own."""
    with opened(prompt.home) as store, store.write("x") as work:
        own = store_trust.content(work.connection, TrustKind.OWN, trust.OWN_CERTIFICATE)
        assert own is not None
        for _ in range(count):
            station = str(uuid.uuid4())
            key = X25519Identity.generate().recipient.text
            row = StationRow(station, station, COMMUNE, key, "commune", own, 4_000_000_000, True)
            store_trust.put_station(work.connection, row)
        work.commit()


def test_as_many_as_one_bundle_goes_to_and_not_one_more(enrolled_pair: Homes, tmp_path: Path):
    homes = enrolled_pair
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    another = Prompt(tmp_path / "another", homes._monkeypatch)
    another.must("init", "--unit", COMMUNE, "--user", "bình")
    request, reply = another.beside("enrol.request"), another.beside("enrol.tebundle")
    code = another.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    add_pcs(province, MOST_PCS - 1)
    homes.carry(province, commune, COMMUNE)

    refused = province(*grant)
    assert said_plainly(refused) == "enrol.unit_full"
    assert "thu hồi" in refused.document["message"].lower()
    assert COMMUNE in refused.document["message"]
    assert not reply.exists()
    (one, *_) = [
        one["station"]
        for one in province.must("authority", "status")["stations"]
        if one["unit"] == COMMUNE
    ]
    province.must("handover", "take-out", one)
    province.must(*grant)


def test_a_unit_that_has_too_many_all_the_same_is_named_before_anything_is_written(
    enrolled_pair: Homes,
) -> None:
    """Two units above may certify for it, each within its own count."""
    homes = enrolled_pair
    province = homes.at(PROVINCE)
    add_pcs(province, MAX_RECIPIENTS)
    before = sorted(homes.stick.rglob("*"))
    answer = province("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    assert said_plainly(answer) == "handover.too_many_pcs"
    assert COMMUNE in answer.document["message"]
    assert str(MAX_RECIPIENTS + 1) in answer.document["message"]
    assert sorted(homes.stick.rglob("*")) == before
