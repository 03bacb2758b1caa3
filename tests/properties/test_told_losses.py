"""Told histories: what was lost on its way comes with the next bundle, and all of it with one.

Sending is cumulative (4-sync.md, "Receiving"): a lost bundle, receipt or stick repairs itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.history.operation import Value
from app.models.work import Change
from app.services.rounds import NewRound
from tests.properties import invariants
from tests.properties.fleet import COMMUNE_A, DISTRICT_1, PROVINCE, Fleet, Replica, Sent
from tests.properties.offices import DAY, Office
from tests.properties.stories import a_child, a_circumstance, change, value
from tests.properties.year import DISTRICT_1 as DISTRICT
from tests.properties.year import Plan, Year


@pytest.fixture
def line() -> Iterator[Fleet]:
    """A commune, its district and the province, one PC each: nobody carries past another."""
    made = Fleet(("A1", "D1", "P"))
    yield made
    made.close()


# --- one bundle, receipt or stick


def hand_over(giver: Replica, receiver: Replica, *, lost: bool) -> Sent:
    sent = giver.send(receiver.unit)
    if not lost:
        receiver.receive(sent)
    return sent


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("way", ["bundles up", "receipts down", "both"])
def test_what_was_lost_comes_with_the_next_one(line: Fleet, way: str, number: int) -> None:
    """Four times something is typed at both ends and carried both ways; one time a stick is lost
    on one way or on both. After the next time both hold the same, and nothing came twice."""
    below, above = line["A1"], line["D1"]
    shared = a_child(below)
    for time in range(1, 5):
        if time > 1:
            change(above, shared, full_name=f"Trần Ân {time}")
        a_circumstance(below, a_child(below, f"Lò {time}", key=f"{time}"))
        lost = time == number
        hand_over(below, above, lost=lost and way != "receipts down")
        hand_over(above, below, lost=lost and way != "bundles up")
        if time == 1 and lost and way != "receipts down":
            hand_over(below, above, lost=False)  # the district has nothing to write into before
        if time > number:
            assert below.dump() == above.dump(), f"not repaired after time {time}"
    assert value(below, shared, "full_name") == "Trần Ân 4"
    assert len(below.ids("child")) == len(above.ids("child")) == 5
    # Nothing waits or was refused on the way, and once all is acknowledged nothing goes again.
    for one in (below, above):
        assert {state.value for state in one.states().values()} == {"accepted"}
    for _ in range(2):
        hand_over(below, above, lost=False)
        hand_over(above, below, lost=False)
    assert below.send(DISTRICT_1).operations == ()
    assert above.send(COMMUNE_A).operations == ()


def test_all_sticks_but_the_last_are_lost_and_the_old_ones_turn_up_afterwards(line: Fleet) -> None:
    below, above = line["A1"], line["D1"]
    drawer = []
    for time in range(5):
        a_child(below, f"Lò {time}", key=f"{time}")
        drawer.append(hand_over(below, above, lost=time < 4))
    assert below.dump() == above.dump()
    before = above.dump(), above.states()
    for sent in reversed(drawer[:-1]):
        above.receive(sent)
    assert (above.dump(), above.states()) == before
    # An old number lowers no cursor for good: the commune still gets its acknowledgement.
    hand_over(above, below, lost=False)
    assert below.send(DISTRICT_1).operations == ()


def test_a_lost_stick_between_district_and_province_is_repaired_the_same_way(line: Fleet) -> None:
    below, above, top = line["A1"], line["D1"], line["P"]
    child = a_child(below)
    hand_over(below, above, lost=False)
    hand_over(above, top, lost=True)
    change(above, child, sex="2")
    hand_over(above, top, lost=False)
    assert top.dump() == above.dump()
    change(top, child, full_name="Trần Ân")
    hand_over(top, above, lost=True)
    hand_over(above, below, lost=False)
    assert value(below, child, "full_name") == "Trần An"
    hand_over(top, above, lost=False)
    hand_over(above, below, lost=False)
    assert value(below, child, "full_name") == "Trần Ân"
    assert top.unit == PROVINCE


# --- a year without a word from above


@pytest.fixture
def year() -> Iterator[Year]:
    made = Year(Plan({DISTRICT: 2}, 4, 1, 0, 0, 0, 0, second_pc=False), seed=3)
    made.set_up()
    yield made
    made.close()


def test_a_commune_that_got_nothing_for_a_year_is_complete_after_one_bundle(year: Year) -> None:
    """Four quarters of handovers up; every stick down to this commune is lost. Meanwhile the
    district corrects its records, the province opens a round and decrees a new unit, a child moves
    to it with its history, and a second PC of its own is enrolled."""
    province = year.province
    top, district = province.office("P"), province.office("D1")
    here, other = (province.offices(unit)[0] for unit in year.communes)
    corrected, moving = here.ids("child")[0], other.ids("child")[0]
    province.bring(other, DISTRICT)
    for quarter in range(1, 5):
        province.now += 91 * DAY
        province.bring(here, DISTRICT)
        province.bring(district, PROVINCE)
        _something_happens(year, quarter, corrected, moving)
        province.bring(top, DISTRICT)
        district.hand_over(here.unit).unlink()
    assert NEW not in here.services.workplace.tree.units
    assert here.row("child", moving) is None
    assert here.services.rounds.list() == []
    before = district.op_ids()

    received = here.take_in(district.hand_over(here.unit)).received
    assert received is not None
    assert (received.waiting, received.refused) == (0, 0)

    under_way = (here.op_ids() | district.op_ids()) - before
    found, expected = (_in_scope(one, here.unit, under_way) for one in (here, district))
    assert found == expected
    assert _value(here, corrected) == "Trần Ân 4"
    assert _value(here, moving) == "Lò Thị Bua"
    (opened,) = here.services.rounds.list()
    assert opened.name == "Rà soát 2027"
    assert NEW in here.services.workplace.tree.units
    # What it handed over is told as arrived, at both tiers.
    rows = [here.row("handover", one) for one in here.ids("handover")]
    own = [one for one in rows if one is not None and one["owner_unit"] == here.unit]
    assert len(own) == 4
    assert all("received_district_on" in one for one in own)
    assert all("received_province_on" in one for one in own)
    # The PC that was enrolled meanwhile is known, and can be written to.
    assert here.reaches(here.unit)


#: By a decree of the third quarter.
NEW = "29994@2024c"


def _something_happens(year: Year, quarter: int, corrected: str, moving: str) -> None:
    province, here = year.province, year.communes[0]
    top, district = province.office("P"), province.office("D1")
    page = district.open_page("child", corrected)
    district.save_page(page, {"full_name": f"Trần Ân {quarter}"})
    if quarter == 1:
        today = datetime.fromtimestamp(province.now, tz=UTC).date()
        days = today - timedelta(10), today + timedelta(400)
        top.services.rounds.new(NewRound("Rà soát 2027", today, *days))
    if quarter == 2:
        for name in ("Trần Ấn", "Lò Thị Bua"):
            district.save_page(district.open_page("child", moving), {"full_name": name})
        part: dict[str, Value] = {"record": moving, "group": "C04", "episode": 1}
        district.save(Change("circumstance", part, key="C04/1"))
        district.save_page(district.open_page("child", moving), {"owner_unit": here})
    if quarter == 3:
        file = year.units_file("decree", {NEW: DISTRICT}, ("2024c", "2025-04-01"))
        top.services.references.load_units(file)
    if quarter == 4:
        year.enrol(DISTRICT, year.install(here, "second"))


def _value(office: Office, child: str) -> object:
    row = office.row("child", child)
    return None if row is None else row["full_name"]


def _in_scope(office: Office, unit: str, but: set[bytes]) -> dict[object, object]:
    """Every page, village and person of a unit with all below it: its operations and its rows."""
    view = invariants.View(office)
    roots = [
        ent_id
        for (name, ent_id), row in view.rows.items()
        if name in ("household", "child", "village", "person") and row["owner_unit"] == unit
    ]
    clusters = {root: view.cluster(root, but) for root in roots}
    return {root: (held, {r: view.rows[r] for r in held}) for root, held in clusters.items()}
