"""What a re-survey leaves out: erased households, children who do not count, and more households
than there are.
"""

from __future__ import annotations

from pathlib import Path

from app.services.life_events.views import Draft
from tests.e2e.test_returned_and_gone import in_a_round
from tests.e2e.test_verification import (
    DISTRICT,
    PROVINCE,
    Three,
    child,
    prepared,
    printed,
    result,
    services_of,
    survey,
    three,
)

__all__ = ["in_a_round", "prepared", "three"]  # fixtures


def test_nobody_is_sent_to_a_household_that_was_erased_by_law(three: Three, tmp_path: Path) -> None:
    homes, district, province = three.homes, three.district, three.province
    homes.carry(district, province, PROVINCE)
    drawn = district.must("handover", "sample", three.handover, "--count", "3", "--seed", "4711")
    gone, *others = (one["id"] for one in drawn["households"])
    for one in (gone, *others):
        result(district, three.handover, one, "agrees")
    assert survey(district, three.handover, codes=(0,))["typed"] == 3
    homes.carry(district, province, PROVINCE)
    province.must("erase", "record", gone, "--ground", "Đơn số 5", codes=(0, 4))
    homes.carry(province, district, DISTRICT)
    paper = tmp_path / "ket-qua.pdf"
    left = survey(district, three.handover, "--out", str(paper), codes=(0,))
    assert (left["drawn"], left["of"], left["erased"], left["typed"]) == (2, 2, 1, 2)
    assert [one["id"] for one in left["households"]] == others
    said = "Không tính 1 hộ trong mẫu đã bị xóa theo luật"
    assert said in printed(paper)
    assert any(said in line for line in district.told("handover", "surveyed", three.handover))
    refused = district(
        *("handover", "resurvey", three.handover, "--household", gone, "--result", "not_found"),
        *("--reason", "Bà Năm nói nhà đã đi"),
    )
    assert (refused.code, refused.document["error"]) == (1, "resurvey.erased")
    heard = survey(province, three.handover, codes=(0,))
    told = ("drawn", "of", "erased", "typed")
    assert [heard[one] for one in told] == [left[one] for one in told], "who did not draw it, too"
    again = result(district, three.handover, others[0], "moved")
    assert (again["drawn"], again["typed"], again["wrong"]) == (2, 2, 1)


def test_the_list_tells_how_many_children_count_in_a_household(in_a_round: Three) -> None:
    homes, district, commune = in_a_round.homes, in_a_round.district, in_a_round.commune
    words = ("handover", "sample", in_a_round.handover, "--count", "3", "--seed", "1")
    drawn = district.must(*words)["households"]
    (home,) = (one["id"] for one in drawn if one["household_no"] == "2")
    lia = child(commune, "dinh van lia")
    with services_of(commune) as services:
        day = services.workplace.today().isoformat()
        about = {"event_date": day, "death_cause": "disease"}
        services.life_events.write(Draft("died", home, lia, about))
    homes.carry(commune, district, DISTRICT)
    seen = survey(district, in_a_round.handover)["households"]
    assert [one["children"] for one in seen if one["id"] == home] == [0]
    assert sum(one["children"] for one in seen) == 2


def test_fewer_households_than_asked_for_are_drawn_with_a_word(three: Three) -> None:
    words = ("handover", "sample", three.handover, "--seed", "12", "--count")
    drawn = three.district.must(*words, "10")
    assert (drawn["drawn"], drawn["of"], drawn["asked"]) == (3, 3, 10)
    lines = three.district.told(*words, "10")
    assert any("Chỉ có 3 hộ có trẻ em, ít hơn 10 hộ cần rút" in line for line in lines)
    assert three.district.must(*words, "3")["asked"] is None
