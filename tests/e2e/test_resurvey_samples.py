"""Samples of one handover that two tiers drew: a result goes into the sample that was
meant, by the unit that drew it, and stays there whoever the household belongs to by then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from app.ids import derived_id
from app.services.life_events.views import Draft
from app.services.services import Services
from app.services.surveys import Finding, Found
from tests.e2e.command_line import Prompt
from tests.e2e.modified_client import ModifiedClient
from tests.e2e.test_odd_handovers import years_away
from tests.e2e.test_verification import (
    COMMUNE,
    DISTRICT,
    PROVINCE,
    Three,
    prepared,
    result,
    services_of,
    survey,
    three,
)

__all__ = ["prepared", "three"]  # fixtures
OWN, THEIRS = "11", "22"


def both_draw(three: Three) -> tuple[Any, str]:
    """The district draws all households of the commune's handover, two days later the province does
    so, too, and says one result, which comes down: the district's sample, and that household.
    """
    three.homes.carry(three.district, three.province, PROVINCE)
    words = ("handover", "sample", three.handover, "--count", "3", "--seed", OWN)
    answer = years_away(three.district, -2 / 365, *words)
    assert answer.code == 0, answer
    home = str(answer.document["households"][0]["id"])
    three.province.must("handover", "sample", three.handover, "--count", "3", "--seed", THEIRS)
    result(three.province, three.handover, home, "agrees")
    three.homes.carry(three.province, three.district, DISTRICT)
    return answer.document, home


def test_a_result_goes_into_the_sample_whose_name_stands_on_the_list(three: Three) -> None:
    own, home = both_draw(three)
    said = result(three.district, three.handover, home, "moved", "--sample", own["sample"])
    assert (said["seed"], said["unit"], said["results"]) == (OWN, DISTRICT, {"moved": 1})
    _sent, got = three.homes.carry(three.district, three.province, PROVINCE)
    theirs = survey(three.province, three.handover, "--sample", THEIRS)
    assert (got["refused"], got["conflicts"]) == (0, 0)
    assert (theirs["unit"], theirs["results"]) == (PROVINCE, {"agrees": 1})


def test_without_a_name_a_result_goes_into_the_own_sample(three: Three) -> None:
    _own, home = both_draw(three)
    assert survey(three.district, three.handover)["seed"] == THEIRS, "the newest is looked at"
    said = result(three.district, three.handover, home, "moved")
    assert (said["seed"], said["results"]) == (OWN, {"moved": 1})


def test_recording_answers_with_the_sample_that_was_handed_over(three: Three) -> None:
    _own, home = both_draw(three)
    with services_of(three.district) as services:
        mine = services.resurveys.one(three.handover, OWN)
        said = services.resurveys.record(mine, home, Found(Finding.MOVED))
    assert said.key == mine.key


def test_nobody_writes_into_another_units_sample(three: Three) -> None:
    own, home = both_draw(three)
    result(three.district, three.handover, home, "moved")
    three.homes.carry(three.district, three.province, PROVINCE)
    for prompt, sample in ((three.district, THEIRS), (three.province, own["sample"])):
        answer = prompt(
            *("handover", "resurvey", three.handover, "--sample", sample),
            *("--household", home, "--result", "not_found"),
        )
        assert (answer.code, answer.document["error"]) == (1, "resurvey.not_own")
    assert survey(three.district, three.handover, "--sample", THEIRS)["results"] == {"agrees": 1}
    assert survey(three.province, three.handover, "--sample", OWN)["results"] == {"moved": 1}


def test_a_seed_drawn_again_of_another_size_has_a_name_of_its_own(three: Three) -> None:
    words = ("handover", "sample", three.handover, "--seed", OWN, "--count")
    names = [three.district.must(*words, count)["sample"] for count in ("1", "2", "1")]
    assert names[0] == names[2] != names[1]
    answer = three.district("handover", "surveyed", three.handover, "--sample", OWN)
    assert (answer.code, answer.document["error"]) == (1, "resurvey.several_samples")
    assert all(f"«{name}/{OWN}»" in answer.notes for name in names)


def rename(prompt: Prompt, name: str) -> None:
    """The samples of a PC under the name that an earlier program gave them."""
    with services_of(prompt) as services, services.workplace.write() as work:
        store = services.workplace.store
        kept = msgspec.json.decode(store.setting("resurvey_samples") or "[]")
        for one in kept:
            one["name"] = name
        told = {"resurvey_samples": msgspec.json.encode(kept).decode()}
        store.put_settings(work, told)
        work.commit()


def test_samples_of_one_name_are_told_apart_by_their_seeds(three: Three) -> None:
    """What earlier programs drew: both units called their first sample so."""
    name = f"{three.handover[:8]}-1"
    words = ("handover", "sample", three.handover, "--count", "3", "--seed")
    three.homes.carry(three.district, three.province, PROVINCE)
    for prompt, seed in ((three.district, OWN), (three.province, THEIRS)):
        homes = prompt.must(*words, seed)["households"]
        rename(prompt, name)
    home = homes[0]["id"]
    result(three.province, three.handover, home, "agrees", "--sample", name)
    three.homes.carry(three.province, three.district, DISTRICT)
    line = ("handover", "resurvey", three.handover, "--household", home, "--result", "moved")
    answer = three.district(*line, "--sample", name)
    assert (answer.code, answer.document["error"]) == (1, "resurvey.several_samples")
    assert all(f"«{name}/{seed}»" in answer.notes for seed in (OWN, THEIRS))
    for called in (OWN, f"{name}/{OWN}"):
        said = three.district.must(*line, "--sample", called)
        assert (said["seed"], said["results"]) == (OWN, {"moved": 1})


def test_a_household_found_to_have_moved_stays_a_result_when_its_commune_says_so_too(
    three: Three,
) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    year = datetime.now().astimezone().year
    days = ("--reference", f"{year}-12-31", "--opens", f"{year}-01-01")
    three.province.must("round", "new", "Quý này", *days, "--closes", f"{year}-12-31")
    homes.carry(three.province, district, DISTRICT)
    drawn = district.must("handover", "sample", three.handover, "--count", "3", "--seed", "4711")
    first, second, _third = (one["id"] for one in drawn["households"])
    result(district, three.handover, first, "moved")
    said = result(district, three.handover, second, "agrees")
    assert (said["typed"], said["wrong"]) == (2, 1)
    homes.carry(district, commune, COMMUNE)
    with services_of(commune) as services:
        _move(services, first)
    homes.carry(commune, district, DISTRICT)
    out = homes.folder / "ket-qua.pdf"
    seen = survey(district, three.handover, "--out", str(out))
    assert (seen["typed"], seen["wrong"], seen["drawn"]) == (2, 1, 3)
    assert out.exists(), "whose the household is by now has no name"


def _move(services: Services, household: str) -> None:
    """The whole household left the province, as the clerk writes it."""
    day = services.workplace.today().isoformat()
    about = {"event_date": day, "event_place": "Lâm Đồng"}
    services.life_events.write(Draft("moved_out", household, "", about))


def test_no_district_brings_what_the_province_found_at_its_own_handover(three: Three) -> None:
    homes, district, province = three.homes, three.district, three.province
    sent, _got = homes.carry(district, province, PROVINCE)
    handover = sent["handover"]
    drawn = province.must("handover", "sample", handover, "--count", "3", "--seed", "8")
    first, second, third = (one["id"] for one in drawn["households"])
    said = result(province, handover, first, "moved")
    homes.carry(province, district, DISTRICT)
    answer = district("handover", "resurvey", handover, "--household", first, "--result", "agrees")
    assert (answer.code, answer.document["error"]) == (1, "verification.not_below")
    key = f"resurvey/{drawn['sample']}/8"
    body = {
        "result": "resurveyed",
        "sample": "8",
        "sample_name": drawn["sample"],
        "sample_size": 3,
        "sample_of": 3,
        "finding": "agrees",
        "_key": key,
        "reviewer": "Nguyễn Thị An",
        "reviewed_on": "2026-12-01",
    }
    client = ModifiedClient(district.home, DISTRICT)
    whole = {**body, "record": second, "handover": handover}
    made_up = client.forge("review", derived_id(second, key), whole, by=PROVINCE)
    # First of another handover, which the district may look through; then turned to its own.
    other = {**body, "record": third, "handover": three.handover}
    turned = client.forge("review", derived_id(third, key), other)
    turning = client.forge("review", turned.ent_id, {"handover": handover}, parents=(turned.op_id,))
    for root, operation in ((second, made_up), (third, turned), (third, turning)):
        client.slip_in(operation, root=root)
    _sent, got = homes.carry(district, province, PROVINCE)
    assert got["refused"] == 2
    refused = province.must("waiting", "list", codes=(0, 4))
    assert {one["reason"] for one in refused if one["state"] == "refused"} == {"foreign-half"}
    told = survey(province, handover)
    assert told["results"] == said["results"] == {"moved": 1}


def test_a_share_is_at_most_all_and_no_household_is_no_sample(three: Three) -> None:
    draw = ("handover", "sample", three.handover)
    for words, error in (
        (("--percent", "101"), "resurvey.percent"),
        (("--percent", "0"), "resurvey.count"),
        (("--count", "0"), "resurvey.count"),
    ):
        answer = three.district(*draw, *words)
        assert (answer.code, answer.document["error"]) == (1, error), words
    assert three.district.must(*draw, "--percent", "100")["drawn"] == 3


def test_shares_are_written_as_people_here_write_numbers_and_a_note_is_asked_of_its_sample(
    three: Three,
) -> None:
    district, draw = three.district, ("handover", "sample", three.handover, "--count", "2")
    older = district.must(*draw, "--seed", "1")
    result(
        district, three.handover, older["households"][0]["id"], "moved", "--reason", "Trẻ bị HIV"
    )
    district.must(*draw, "--seed", "2")
    words = ("handover", "surveyed", three.handover, "--sample", older["sample"])
    told = "\n".join(district.told(*words, codes=(4,)))
    assert "(100,0 %)" in told
    assert f"--sample {older['sample']} --reveal" in told


def test_a_rule_that_no_record_breaks_is_said_so(three: Three) -> None:
    told = three.district.told("handover", "verify", three.handover, "--rule", "no_such_rule")
    assert told[-1] == "Không hồ sơ nào của lần bàn giao này vi phạm «no_such_rule»."
