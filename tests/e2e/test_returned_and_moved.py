"""Records that were sent back and moved meanwhile wait where somebody can answer, and nowhere else:
"A record no longer in my scope is neither waiting nor asked about" (4-sync.md).
"""

from __future__ import annotations

from datetime import datetime

from app.models.queries import register
from app.services.life_events.views import Draft
from tests.e2e.command_line import Prompt
from tests.e2e.test_verification import (
    COMMUNE,
    DISTRICT,
    WHY,
    Three,
    child,
    prepared,
    services_of,
    three,
)

__all__ = ["prepared", "three"]  # fixtures

#: A ward beside, of the same district.
BESIDE = "21016@2024"


def open_round(three: Three) -> None:
    year = datetime.now().astimezone().year
    days = ("--reference", f"{year}-12-31", "--opens", f"{year}-01-01")
    three.province.must("round", "new", "Quý này", *days, "--closes", f"{year}-12-31")
    three.homes.carry(three.province, three.district, DISTRICT)
    three.homes.carry(three.district, three.commune, COMMUNE)


def move(prompt: Prompt, ident: str, place: str) -> None:
    with services_of(prompt) as services:
        with services.workplace.store.read() as reading:
            found = register.record(reading, "child", ident)
        assert found is not None
        home = str(found.values["household"])
        day = services.workplace.today().isoformat()
        services.life_events.write(
            Draft("moved_out", home, ident, {"event_date": day, "event_place": place})
        )


def asked(prompt: Prompt) -> list[str]:
    """The records that wait here because they were sent back, by each of the two lists."""
    waiting = prompt.must("waiting", "list", codes=(0, 4))
    by_state = [one["id"] for one in waiting if one["state"] == "returned"]
    listed = prompt.must("handover", "returned", codes=(0, 4))
    assert len(by_state) == sum(not one["answered"] for one in listed)
    return by_state


def test_a_child_sent_back_that_went_out_of_reach_is_asked_of_nobody_and_kept_as_answered(
    three: Three,
) -> None:
    """The district returns; meanwhile the commune wrote that the child moved to a commune of
    another district. Whoever did as he was told was refused at the door, and asked again.
    """
    homes, district, commune = three.homes, three.district, three.commune
    open_round(three)
    han = child(district, "pham thi han")
    move(commune, han, "Xã Ba Vinh")
    district.must("handover", "return", three.handover, "--record", han, "--reason", WHY)
    homes.carry(district, commune, COMMUNE)
    assert asked(commune) == []
    commune.must("register", "set", han, "birth_date=2015-03-03", codes=(0, 4))
    sent, got = homes.carry(commune, district, DISTRICT)
    assert got["refused"] == 1, "the child is another commune's"
    returned = three.verify(handover=sent["handover"])["returned"]
    assert [(one["child"], one["answered_by"]) for one in returned] == [(han, COMMUNE)]
    homes.carry(district, commune, COMMUNE)
    assert asked(commune) == []


def test_a_child_sent_back_that_went_to_a_ward_beside_is_asked_of_that_one(
    three: Three,
) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    root = three.province.must("authority", "status")["root_fingerprint"]
    beside = homes.init(BESIDE)
    homes.enrol(district, beside, root)
    open_round(three)
    han = child(district, "pham thi han")
    move(commune, han, "Phường Quảng Phú")
    district.must("handover", "return", three.handover, "--record", han, "--reason", WHY)
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, beside, BESIDE)
    homes.carry(district, commune, COMMUNE)
    assert asked(commune) == []
    assert asked(beside) == [han]
    beside.must("register", "set", han, "birth_date=2015-03-03", codes=(0, 4))
    sent, got = homes.carry(beside, district, DISTRICT)
    assert got["refused"] == 0
    returned = three.verify(handover=sent["handover"])["returned"]
    assert [(one["child"], one["answered_by"]) for one in returned] == [(han, BESIDE)]
    homes.carry(district, beside, BESIDE)
    assert (asked(beside), asked(commune)) == ([], [])


def test_a_child_sent_back_that_turns_out_to_have_left_the_province_is_answered(
    three: Three,
) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    open_round(three)
    han = child(district, "pham thi han")
    why = "Không thấy trẻ ở thôn"
    district.must("handover", "return", three.handover, "--record", han, "--reason", why)
    homes.carry(district, commune, COMMUNE)
    assert asked(commune) == [han]
    move(commune, han, "Lâm Đồng")
    assert asked(commune) == []
    sent, got = homes.carry(commune, district, DISTRICT)
    assert (got["refused"], got["waiting"]) == (0, 0)
    returned = three.verify(handover=sent["handover"])["returned"]
    assert [(one["child"], one["answered_by"]) for one in returned] == [(han, COMMUNE)]


def test_what_left_the_province_and_is_sent_back_waits_and_is_said_once(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    open_round(three)
    han = child(commune, "pham thi han")
    move(commune, han, "Lâm Đồng")
    sent, _got = homes.carry(commune, district, DISTRICT)
    back = ("handover", "return", sent["handover"], "--record", han, "--reason", WHY)
    assert district.must(*back)["returned"] == 1
    district.must(*back)
    waits = district("handover", "verify", sent["handover"])
    assert [one["child"] for one in waits.document["returned"]] == [han]
    assert waits.code == 4
    homes.carry(district, commune, COMMUNE)
    assert asked(commune) == [han], "it is in the book it left"
