"""Enrolled insiders over real files: what is not theirs stops at the door, and they are told.

The insider holds a PC with real keys and signs well-formed operations; `ModifiedClient` is the
program without its scruples. What arrives lawfully in the same bundle is taken in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.history.operation import Operation
from app.ids import derived_id
from app.models.schema import ENTITY_TABLES
from tests.dumps import Dump, dump_home
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.modified_client import ModifiedClient, record_at
from tests.faults.ground import MAP, sheet_of

PROVINCE, NORTH, SOUTH = "51@2024", "522@2024", "524@2024"
MINE, NEXT_DOOR, FAR = "21208@2024", "21256@2024", "21064@2024"


@dataclass(frozen=True)
class Province:
    """A province with two districts; a child of each commune, and one that has moved away."""

    homes: Homes
    mine: str
    moved: str
    next_door: str
    far: str

    def at(self, unit: str) -> Prompt:
        return self.homes.at(unit)

    def entities(self, unit: str, *without: str) -> Dump:
        found = dump_home(self.at(unit).home, PASSPHRASE)
        names = {*ENTITY_TABLES, "conflict", "record_owner", "record_owner_ever"} - {*without}
        return {name: found[name] for name in names}

    def stopped(self, unit: str) -> dict[str, dict[str, Any]]:
        listed = self.at(unit).must("waiting", "list")
        return {one["operation"]: one for one in listed}


def _children(prompt: Prompt, name: str) -> list[str]:
    return [one["id"] for one in prompt.must("register", "search", name, "--limit", "200")]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("insiders")
    homes = Homes(folder, patch)
    top = homes.init(PROVINCE)
    root = top.must("authority", "init")["root_fingerprint"]
    sheet = sheet_of(folder / "sheet.csv", (MINE, NEXT_DOOR, FAR), 18, 5)
    for district, communes in ((NORTH, (MINE, NEXT_DOOR)), (SOUTH, (FAR,))):
        middle = homes.init(district)
        homes.enrol(top, middle, root)
        for commune in communes:
            below = homes.init(commune)
            homes.enrol(middle, below, root)
            below.must("register", "import", sheet, "--columns", MAP, codes=(0, 4))
            homes.carry(below, middle, district)
        homes.carry(middle, top, PROVINCE)
    own = sorted(_ids(homes.at(MINE)))
    yield Province(
        homes,
        mine=own[0],
        moved=own[1],
        next_door=min(_ids(homes.at(NEXT_DOOR))),
        far=min(_ids(homes.at(FAR))),
    )
    patch.undo()


def _ids(prompt: Prompt) -> list[str]:
    import csv

    out = prompt.home.parent / "ids.csv"
    out.unlink(missing_ok=True)
    prompt.must("register", "export", out, "--headers", "names")
    with out.open(encoding="utf-8-sig", newline="") as file:
        return [row["child_uid"] for row in csv.DictReader(file)]


def _forgeries(province: Province, client: ModifiedClient) -> dict[str, tuple[Operation, str]]:
    """What the commune MINE makes up → (operation, the reason at its district's door)."""
    victim = record_at(province.at(NEXT_DOOR).home, "child", province.next_door)
    household = str(victim.values["household"])
    key = str(victim.values["_key"])
    handover = next(
        one["id"] for one in province.at(NORTH).must("handover", "list") if one["giver"] == MINE
    )
    half = record_at(province.at(NORTH).home, "handover", handover)
    mine = record_at(province.at(MINE).home, "child", province.mine)
    forge = client.forge
    return {
        "writes on a neighbour's child": (
            forge("child", victim.id, {"full_name": "Kẻ Trộm"}, parents=victim.heads),
            "not-owner",
        ),
        "writes on a neighbour's household": (
            forge(
                "household",
                household,
                {"note": "Kẻ Trộm"},
                parents=record_at(province.at(NEXT_DOOR).home, "household", household).heads,
            ),
            "not-owner",
        ),
        "in the name of the neighbour's replica": (
            forge(
                "child",
                victim.id,
                {"note": "Kẻ Trộm"},
                parents=victim.heads,
                unit=NEXT_DOOR,
                by=NEXT_DOOR,
                replica=ModifiedClient(province.at(NEXT_DOOR).home, NEXT_DOOR).replica,
            ),
            "not-owner",
        ),
        "in the name of the district": (
            forge(
                "child",
                victim.id,
                {"note": "Kẻ Trộm 2"},
                parents=victim.heads,
                by=NORTH,
                replica=ModifiedClient(province.at(NORTH).home, NORTH).replica,
            ),
            "not-owner",
        ),
        "re-creates a neighbour's child": (
            forge(
                "child",
                victim.id,
                {"owner_unit": NEXT_DOOR, "_key": key, "full_name": "Kẻ Trộm"},
                unit=NEXT_DOOR,
            ),
            "not-owner",
        ),
        "re-creates it as its own": (
            forge("child", victim.id, {"owner_unit": MINE, "_key": key, "full_name": "Kẻ Trộm"}),
            "id-not-derived",
        ),
        "moves a neighbour's child in": (
            forge("child", victim.id, {"owner_unit": MINE}, parents=victim.heads),
            "not-owner",
        ),
        "a new child of the neighbour": (
            forge(
                "child",
                derived_id(NEXT_DOOR, "bịa"),
                {"owner_unit": NEXT_DOOR, "_key": "bịa", "full_name": "Không Có"},
            ),
            "not-owner",
        ),
        "a circumstance of the neighbour's child": (
            forge(
                "circumstance",
                derived_id(victim.id, "C01/9"),
                {"record": victim.id, "_key": "C01/9", "group": "C01", "episode": 9},
            ),
            "not-owner",
        ),
        "a village of the neighbour": (
            forge(
                "village",
                derived_id(NEXT_DOOR, "thôn bịa"),
                {"owner_unit": NEXT_DOOR, "_key": "thôn bịa", "name": "Thôn Bịa"},
            ),
            "not-owner",
        ),
        "the district's half of a handover": (
            forge(
                "handover",
                handover,
                {"received_district_children": 999},
                parents=half.heads,
            ),
            "foreign-half",
        ),
        "a round that nobody signed": (
            forge(
                "round",
                derived_id("round", "bịa"),
                {"_key": "bịa", "name": "Đợt bịa", "state": "open"},
            ),
            "reference-unsigned",
        ),
        "a template signed by a PC without the right": (
            client.signed(
                forge(
                    "form_template",
                    derived_id("form_template", "bịa"),
                    {"_key": "bịa", "form": "child", "version": 99, "content": "{}"},
                )
            ),
            "reference-unsigned",
        ),
        "another type under its own child's id": (
            forge(
                "household",
                province.mine,
                {"owner_unit": MINE, "_key": str(mine.values["_key"]), "head_name": "Ai Đó"},
            ),
            "record-changed",
        ),
    }


def test_whatever_an_insider_signs_on_what_is_not_his_stops_at_the_door_and_he_is_told(
    province: Province,
) -> None:
    me, north = province.at(MINE), province.at(NORTH)
    client = ModifiedClient(me.home, MINE)
    moving = record_at(me.home, "child", province.moved)
    client.slip_in(
        client.forge("child", moving.id, {"owner_unit": NEXT_DOOR}, parents=moving.heads)
    )
    province.homes.carry(me, north, NORTH)
    assert north.must("register", "show", moving.id)["values"]["owner_unit"] == NEXT_DOOR

    forged = _forgeries(province, client)
    after = record_at(north.home, "child", moving.id)
    forged["writes on a child it has moved out"] = (
        client.forge("child", moving.id, {"full_name": "Về Đây"}, parents=after.heads),
        "moved-away",
    )
    forged["takes a child back that it has moved out"] = (
        client.forge("child", moving.id, {"owner_unit": MINE}, parents=after.heads),
        "moved-away",
    )
    before = province.entities(NORTH, "handover")
    halves = _halves(province, NORTH)
    client.slip_in(*(operation for operation, _ in forged.values()))
    _, got = province.homes.carry(me, north, NORTH)

    assert got["refused"] == len(forged)
    assert province.entities(NORTH, "handover") == before
    assert _halves(province, NORTH).items() >= halves.items()
    stopped = province.stopped(NORTH)
    for name, (operation, reason) in forged.items():
        listed = stopped[operation.op_id.hex()]
        found = (listed["state"], listed["reason"], listed["brought_by"], listed["entity"])
        assert found == ("refused", reason, MINE, operation.ent_type), name
        # What a circumstance is about may not be told by its id.
        handle = operation.ent_type == "circumstance"
        assert listed["id"].startswith("h-") if handle else listed["id"] == operation.ent_id, name
        assert listed["message"].startswith("không nhận"), name
    print(f"\ncommune insider: {len(forged)} forgeries, all refused by name")

    _told_with_the_next_bundle_down(province, forged)
    _goes_no_further(province, forged)


def _halves(province: Province, unit: str) -> dict[str, object]:
    """What the district said of each handover it had received before."""
    listed = province.at(unit).must("handover", "list")
    return {
        f"{one['id']}/{receipt['tier']}": receipt for one in listed for receipt in one["receipts"]
    }


def _told_with_the_next_bundle_down(
    province: Province, forged: dict[str, tuple[Operation, str]]
) -> None:
    me = province.at(MINE)
    province.homes.carry(province.at(NORTH), me, MINE)
    stopped = province.stopped(MINE)
    for name, (operation, _) in forged.items():
        history = me.must("register", "history", stopped[operation.op_id.hex()]["id"])
        (entry,) = (one for one in history if one["operation"] == operation.op_id.hex())
        assert (entry["state"], entry["reason"]) == ("refused", "refused-above"), name
        assert entry["refused_above"], name
    assert set(stopped) >= {one.op_id.hex() for one, _ in forged.values()}


def _goes_no_further(province: Province, forged: dict[str, tuple[Operation, str]]) -> None:
    top = province.at(PROVINCE)
    province.homes.carry(province.at(NORTH), top, PROVINCE)
    known = {bytes(row[2]) for row in dump_home(top.home, PASSPHRASE)["op"]}
    assert not known & {operation.op_id for operation, _ in forged.values()}


def test_a_district_that_reaches_into_another_district_is_stopped_by_the_province(
    province: Province,
) -> None:
    north, top = province.at(NORTH), province.at(PROVINCE)
    client = ModifiedClient(north.home, NORTH)
    victim = record_at(top.home, "child", province.far)
    key = str(victim.values["_key"])
    child = ("child", victim.id)
    forged = {
        "writes": client.forge(*child, {"full_name": "Kẻ Trộm"}, parents=victim.heads),
        "moves in": client.forge(*child, {"owner_unit": MINE}, parents=victim.heads),
        "re-creates": client.forge(
            *child, {"owner_unit": FAR, "_key": key, "full_name": "Kẻ Trộm"}, unit=FAR, by=FAR
        ),
        "relays what its commune made up": ModifiedClient(province.at(MINE).home, MINE).forge(
            *child, {"note": "Kẻ Trộm"}, parents=victim.heads
        ),
    }
    before = province.entities(PROVINCE, "handover")
    client.slip_in(*forged.values())
    _, got = province.homes.carry(north, top, PROVINCE)
    assert got["refused"] == len(forged)
    after = province.entities(PROVINCE, "handover")
    assert [row for row in after["child"] if victim.id in row] == [
        row for row in before["child"] if victim.id in row
    ]
    stopped = province.stopped(PROVINCE)
    for name, operation in forged.items():
        listed = stopped[operation.op_id.hex()]
        assert (listed["state"], listed["reason"]) == ("refused", "not-owner"), name
        assert listed["brought_by"] == NORTH
    province.homes.carry(top, north, NORTH)
    history = {one["operation"]: one for one in north.must("register", "history", victim.id)}
    for name, operation in forged.items():
        entry = history[operation.op_id.hex()]
        assert (entry["state"], entry["reason"]) == ("refused", "refused-above"), name
    print(f"\ndistrict insider: {len(forged)} forgeries, all refused by name")


def test_a_bundle_in_the_name_of_another_pc_is_refused_whole(province: Province) -> None:
    me, north = province.at(MINE), province.at(NORTH)
    client = ModifiedClient(me.home, MINE)
    for unit in (NEXT_DOOR, NORTH):
        own = client.call_itself(ModifiedClient(province.at(unit).home, unit).replica)
        before = dump_home(north.home, PASSPHRASE)
        sent = me.must("handover", "send", "--to", NORTH, "--out", province.homes.stick)
        client.call_itself(own)
        answer = north("handover", "receive", sent["file"])
        assert answer.code == 1
        (result,) = answer.document
        assert (result["status"], result["reason"]) == ("rejected", "sender-differs")
        assert Path(sent["file"]).name in result["message"]
        assert dump_home(north.home, PASSPHRASE) == before


def test_in_anothers_name_on_ones_own_child_shows_who_really_brought_it(
    province: Province,
) -> None:
    """Authority is the bundle's; a made up author on one's own record deceives nobody about it."""
    me, north = province.at(MINE), province.at(NORTH)
    client = ModifiedClient(me.home, MINE)
    child = record_at(me.home, "child", province.mine)
    operation = client.forge("child", child.id, {"note": "x"}, parents=child.heads, by=PROVINCE)
    client.slip_in(operation)
    province.homes.carry(me, north, NORTH)
    history = {one["operation"]: one for one in north.must("register", "history", child.id)}
    assert history[operation.op_id.hex()]["brought_by"] == MINE


def test_a_commune_returns_nothing_in_the_name_of_the_province(province: Province) -> None:
    """Its child is its own to review; what it says of who did that is believed by nobody above."""
    me, north, top = (province.at(unit) for unit in (MINE, NORTH, PROVINCE))
    client = ModifiedClient(me.home, MINE)
    own = sorted(_ids(me))[2]
    replica = ModifiedClient(top.home, PROVINCE).replica
    body = {"record": own, "_key": "bịa", "result": "returned", "reason": "Tỉnh bảo xóa hết"}
    forged = client.forge("review", derived_id(own, "bịa"), body, by=PROVINCE, replica=replica)
    client.slip_in(forged, root=own)
    _, got = province.homes.carry(me, north, NORTH)
    assert got["returned"] == []
    assert all(one["state"] != "returned" for one in north.must("waiting", "list"))

    # What the province itself returns is told at both tiers, though it came by way of the district.
    _, taken = province.homes.carry(north, top, PROVINCE)
    words = ("--record", own, "--reason", "Thiếu ngày sinh")
    top.must("handover", "return", taken["handover"], *words)
    _, got = province.homes.carry(top, north, NORTH)
    assert [one["id"] for one in got["returned"]] == [own]
    _, got = province.homes.carry(north, me, MINE)
    assert own in [one["id"] for one in got["returned"]]
