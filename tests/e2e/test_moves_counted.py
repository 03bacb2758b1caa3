"""A child moves between communes: both ends of every handover count it in the same book."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from app.models.queries import counting
from app.models.work import Change
from app.services.handover_paper import facts_of
from app.services.life_events.views import Draft
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes, Prompt
from tests.e2e.test_quarter_handed_over import services_of
from tests.village_of_three import child_id, home_id, settle_village

THERE, THERE_NAME = "21100@2025", "Xã Bình Chương"
HOME, CHILD = home_id(COMMUNE, "2"), child_id(COMMUNE, "2", 1)


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    """A village of three with four children, known at both ends, in an open round."""
    year = datetime.now().astimezone().year
    days = ("--reference", f"{year}-12-31", "--opens", f"{year}-01-01")
    top, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    top.must("round", "new", "Quý này", *days, "--closes", f"{year}-12-31")
    enrolled_pair.carry(top, below, COMMUNE)
    with services_of(below) as services, services.workplace.write() as work:
        settle_village(work, COMMUNE)
        work.commit()
    enrolled_pair.carry(below, top, PROVINCE)
    return enrolled_pair


def _event(prompt: Prompt, code: str, household: str, child: str, place: str = THERE_NAME) -> None:
    with services_of(prompt) as services:
        day = services.workplace.today().isoformat()
        answers: dict[str, str | int] = {"event_date": day, "event_place": place}
        services.life_events.write(Draft(code, household, child, answers))


def _counted(prompt: Prompt, unit: str) -> int:
    with services_of(prompt) as services, services.workplace.store.read() as reading:
        basis = counting.basis_of(reading, services.workplace.today())
        return counting.counts(reading, [unit], basis).children


def _record(prompt: Prompt, handover: str) -> str:
    """The printed record, in both copies."""
    out = prompt.beside("record.pdf")
    out.unlink(missing_ok=True)
    prompt.must("handover", "record", handover, "--out", out)
    with pdfplumber.open(out) as pdf:
        return " ".join(" ".join((page.extract_text() or "").split()) for page in pdf.pages)


def _facts(prompt: Prompt, handover: str) -> Any:
    with services_of(prompt) as services:
        return facts_of(services.workplace, handover)


def test_both_ends_count_who_left_until_it_is_taken_in(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    _event(below, "moved_out", HOME, CHILD)
    sent, got = homes.carry(below, top, PROVINCE)
    assert sent["moved_away"] == 1
    assert [one["children"] for one in sent["units"]] == [4]
    assert (_counted(below, COMMUNE), _counted(top, COMMUNE), _counted(top, THERE)) == (4, 4, 0)
    homes.carry(top, below, COMMUNE)  # the receipt
    homes.carry(below, top, PROVINCE)  # the giver's half
    for prompt in (below, top):
        facts = _facts(prompt, sent["handover"])
        assert (facts.children, facts.moved_away, facts.received) == (4, 1, None)
        assert [(one.children, one.departed) for one in facts.villages] == [(3, False), (1, True)]
        (line,) = prompt.must("village", "list", "--unit", COMMUNE)[-1:]
        assert (line["children"], line["departed"]) == (1, True)
        said = _record(prompt, sent["handover"])
        assert "04 trẻ em" in said or "4 trẻ em" in said
        assert said.count("01 trẻ em đã chuyển đi, chưa có nơi nhận: vẫn tính ở xã") == 2, said
        assert "Trẻ em đã chuyển đi, chưa có" in said
        assert "01 thôn, tổ dân phố" in said
    found = top.must("handover", "verify", got["handover"], codes=(0, 4))
    assert found["children"] == 4
    assert [one["children"] for one in found["villages"] if one["moved_away"]] == [1]
    # The new commune (the province types for it) takes the child in; the old one hears of it.
    with services_of(top) as services, services.workplace.write() as work:
        values = {"owner_unit": THERE, "household_no": "9", "head_name": "Võ Thị Mới"}
        new_home = work.record(Change("household", values)).id
        work.commit()
    _event(top, "moved_in", new_home, CHILD, "xã cũ")
    assert (_counted(top, COMMUNE), _counted(top, THERE)) == (3, 1)
    homes.carry(top, below, COMMUNE)
    assert _counted(below, COMMUNE) == 3
    sent, _ = homes.carry(below, top, PROVINCE)
    assert (sent["moved_away"], [one["children"] for one in sent["units"]]) == (0, [3])


def test_a_round_may_count_who_left_no_longer(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    _event(below, "moved_out", HOME, CHILD)
    homes.carry(below, top, PROVINCE)
    assert (_counted(below, COMMUNE), _counted(top, COMMUNE)) == (4, 4)
    for one in top.must("round", "list"):
        assert one["moved_out_quarters"] == 2
        top.must("round", "close", one["id"])
    year = datetime.now().astimezone().year
    days = ("--reference", f"{year + 1}-12-31", "--opens", f"{year}-01-02")
    more = ("--closes", f"{year + 1}-12-31", "--moved-out-quarters")
    refused = top("round", "new", "Đợt sau", *days, *more, "9")
    assert refused.code == 1
    top.must("round", "new", "Đợt sau", *days, *more, "0")
    homes.carry(top, below, COMMUNE)
    assert (_counted(below, COMMUNE), _counted(top, COMMUNE)) == (3, 3)
