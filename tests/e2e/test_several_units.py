"""A PC that types for several units: its certificate says which, here and at the door above."""

from __future__ import annotations

from pathlib import Path

import pdfplumber
import pytest

from app.bootstrap import open_services
from app.models.queries import sending
from app.services.installation import unlock
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.modified_client import opened
from tests.e2e.sentences import said_plainly
from tests.e2e.test_two_pcs import write_book

PROVINCE, DISTRICT, MINE, ALSO = "51@2024", "522@2024", "21208@2024", "21256@2024"
#: A commune of another district.
OTHER = "21064@2024"


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


def _children(prompt: Prompt, words: str) -> list[str]:
    return [row["id"] for row in prompt.must("register", "search", words)]


def two_units(homes: Homes, also: str = ALSO) -> tuple[Prompt, Prompt]:
    """The province, and a PC whose certificate names two communes."""
    top, desk = homes.init(PROVINCE), homes.init(MINE)
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, homes.init(DISTRICT), root)
    request, reply = homes.folder / "request", homes.folder / "reply.tebundle"
    code = desk.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    answer = top(*grant, "--unit", also)
    assert said_plainly(answer) == "enrol.asked_for_other"
    assert not reply.exists()
    top.must(*grant, "--unit", also, "--unit", MINE)  # repeated, in whatever order
    desk.must("enrol", "accept", reply, "--fingerprint", root)
    return top, desk


def fill(homes: Homes, desk: Prompt, unit: str = ALSO) -> None:
    """One household with a girl in each commune, and a boy more in the second one."""
    row = "Thôn 1,{0},Phạm Văn Rơm,{1},{2},2015-03-02,{3}"
    mine = write_book(homes.folder, "a.csv", row.format(1, 1, "Phạm Thị Hân", 2))
    also = write_book(
        homes.folder,
        "b.csv",
        row.format(2, 1, "Phạm Thị Nga", 2),
        row.format(2, 2, "Phạm Văn Đông", 1),
    )
    desk.must("register", "import", mine, codes=(0, 4))
    desk.must("register", "import", also, "--unit", unit, codes=(0, 4))


def test_a_certificate_for_two_units_counts_in_the_lists_and_at_the_door(homes: Homes) -> None:
    top, desk = two_units(homes)
    fill(homes, desk)
    refused = desk("register", "import", homes.folder / "b.csv", "--unit", OTHER)
    assert said_plainly(refused) == "units.outside_scope"

    _, got = homes.carry(desk, top, PROVINCE)
    assert (got["refused"], got["waiting"]) == (0, 0)
    (mine_id,), (also_id,) = _children(top, "pham thi han"), _children(top, "pham thi nga")
    for child, unit in ((mine_id, MINE), (also_id, ALSO)):
        assert top.must("register", "show", child)["values"]["owner_unit"] == unit

    # What is corrected above comes back down to the PC that types for the unit.
    top.must("register", "set", also_id, "full_name=Phạm Thị Ngà")
    homes.carry(top, desk, MINE)
    assert _children(desk, "pham thi nga") == [also_id]
    shown = desk.must("register", "show", also_id)["values"]
    assert shown["full_name"] == "Phạm Thị Ngà"
    with opened(top.home) as store, store.read() as reading:
        assert sending.refused_from(reading, [MINE]) == []


def test_the_counts_of_a_handover_are_those_of_every_unit_that_travels(homes: Homes) -> None:
    top, desk = two_units(homes)
    fill(homes, desk)
    sent, _ = homes.carry(desk, top, PROVINCE)
    issues = [one["severity"] for one in desk.must("check", codes=(0, 1, 4))]
    assert (sent["errors"], sent["warnings"]) == (issues.count("error"), issues.count("warning"))
    assert sent["units"] == [
        {"unit": MINE, "households": 1, "children": 1, "girls": 1, "incomplete": 2},
        {"unit": ALSO, "households": 1, "children": 2, "girls": 1, "incomplete": 3},
    ]
    # The giver's half travels with the next bundle, and the receipt down.
    homes.carry(desk, top, PROVINCE)
    down, _ = homes.carry(top, desk, MINE)
    assert down["units"] == sent["units"]  # what goes down is theirs, not the whole province's
    for prompt in (desk, top):
        (first,) = [o for o in prompt.must("handover", "list") if o["id"] == sent["handover"]]
        assert (first["households"], first["children"], first["incomplete"]) == (2, 3, 5)
        (receipt,) = first["receipts"]
        assert (receipt["households"], receipt["children"], receipt["incomplete"]) == (2, 3, 5)


def test_the_record_names_every_unit_and_breaks_its_numbers_down_by_them(homes: Homes) -> None:
    top, desk = two_units(homes)
    fill(homes, desk)
    sent, _ = homes.carry(desk, top, PROVINCE)
    known_there_by_the_certificate = _record(top, sent["handover"])
    homes.carry(desk, top, PROVINCE)
    for said in (
        _record(desk, sent["handover"]),
        known_there_by_the_certificate,
        _record(top, sent["handover"]),
    ):
        assert "dữ liệu trẻ em của xã Tịnh Châu và xã Nghĩa Hà" in said
        assert "gồm 02 hộ gia đình và 03 trẻ em (trong đó có 02 trẻ em nữ)" in said
        assert (
            "Xã Tịnh Châu ........ 1 1" in said
        )  # a heading of the annex, and its villages under it
        assert "Xã Nghĩa Hà ........ 1 2" in said
        assert "Tổng cộng ........ 2 3" in said


def test_single_records_of_every_unit_are_returned_and_told_below(homes: Homes) -> None:
    top, desk = two_units(homes)
    fill(homes, desk)
    sent, _ = homes.carry(desk, top, PROVINCE)
    named = [*_children(top, "pham thi han"), *_children(top, "pham thi nga")]
    reason = ("--reason", "Xem lại ngày sinh")
    top.must("handover", "return", sent["handover"], "--record", *named, *reason)
    _, got = homes.carry(top, desk, MINE)
    assert {one["id"] for one in got["returned"]} == set(named)
    # Nothing of the giver's own does not lie in what it gave.
    top.must("village", "add", "Thôn Xa", "--unit", OTHER)
    (far,) = top.must("village", "list", "--unit", OTHER)
    refused = top("handover", "return", sent["handover"], "--record", far["id"], *reason)
    assert said_plainly(refused) == "handover.foreign_record"


def test_a_district_gets_nothing_of_another_districts_commune(homes: Homes) -> None:
    top, desk = two_units(homes, OTHER)
    fill(homes, desk, OTHER)
    sent, got = homes.carry(desk, homes.at(DISTRICT), DISTRICT)
    assert [(one["unit"], one["children"]) for one in sent["units"]] == [(MINE, 1)]
    assert (sent["households"], sent["children"]) == (1, 1)
    assert (got["refused"], got["waiting"]) == (0, 0)
    found = [_children(homes.at(DISTRICT), words) for words in ("pham thi han", "pham thi nga")]
    assert [len(one) for one in found] == [1, 0]
    # The unit above both gets both.
    sent, got = homes.carry(desk, top, PROVINCE)
    assert [(one["unit"], one["children"]) for one in sent["units"]] == [(MINE, 1), (OTHER, 2)]
    assert [len(_children(top, words)) for words in ("pham thi han", "pham thi nga")] == [1, 1]


def test_a_neighbour_that_types_for_one_unit_gets_nothing_of_the_other(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, desk = two_units(homes)
    fill(homes, desk)
    beside = Prompt(tmp_path / "beside", monkeypatch)
    beside.must("init", "--unit", MINE, "--user", "bình")
    root = top.must("authority", "status")["root_fingerprint"]
    homes.enrol(top, beside, root)
    homes.carry(top, desk, MINE)  # so that it hears of its neighbour
    sent, got = homes.carry(desk, beside, MINE)
    assert [one["unit"] for one in sent["units"]] == [MINE]
    assert got["refused"] == got["waiting"] == 0
    assert [len(_children(beside, w)) for w in ("pham thi han", "pham thi nga")] == [1, 0]


def _record(prompt: Prompt, handover: str) -> str:
    out = prompt.home.parent / "record.pdf"
    out.unlink(missing_ok=True)
    prompt.must("handover", "record", handover, "--out", out)
    with pdfplumber.open(out) as pdf:
        return " ".join(" ".join((page.extract_text() or "").split()) for page in pdf.pages)


def test_who_hands_over_sees_how_many_changes_will_go_to_that_unit(homes: Homes) -> None:
    """A province holds the work of all; a district gets, and is told of, its own alone."""
    top, desk = two_units(homes)
    fill(homes, desk)
    homes.carry(desk, top, PROVINCE)
    with open_services(Settings(top.home), lambda one: unlock(one, PASSPHRASE)) as services:
        elsewhere = services.handovers.sending.preview("524@2024")
        full = services.handovers.sending.preview(MINE)
    sent = top.must("handover", "send", "--to", MINE, "--out", homes.stick)
    assert (full.operations, full.travelling_children) == (sent["ops"], sent["children"])
    assert sent["ops"] > 0
    assert (elsewhere.operations, elsewhere.travelling_children) == (0, 0)


def test_what_was_typed_for_a_commune_and_taken_back_is_not_accepted_with_its_own_handover(
    homes: Homes,
) -> None:
    top, desk = two_units(homes)
    fill(homes, desk)
    typed, _ = homes.carry(desk, top, PROVINCE)
    top.must("handover", "undo", typed["handover"], "--reason", "Gói của xã khác")
    own = homes.init(ALSO)
    homes.enrol(top, own, top.must("authority", "status")["root_fingerprint"])
    sent, _ = homes.carry(own, top, PROVINCE)
    accept = ("handover", "accept", sent["handover"])
    assert said_plainly(top(*accept)) == "handover.undone_before"
    top.must("handover", "release", typed["handover"])
    top.must(*accept)
    # Nor is it taken back under it, though another commune wrote it.
    undo = ("handover", "undo", typed["handover"], "--reason", "Gói của xã khác")
    assert said_plainly(top(*undo)) == "undo.accepted"
