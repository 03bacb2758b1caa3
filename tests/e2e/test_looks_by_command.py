"""What the window shows before a bundle is sealed or taken in, by command: the same rows, numbers
and masks; and what a return by command may say.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_services
from app.services.installation import unlock
from app.settings import Settings
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes, Prompt
from tests.e2e.test_copies import type_child
from tests.village_of_three import VILLAGE, settle_village, village_id

NAME, RENAMED = "Phạm Thị Hân", "Phạm Thị Hằng"


def sealed(homes: Homes, prompt: Prompt, to: str) -> Path:
    """A bundle that nobody has received."""
    sent = prompt.must("handover", "send", "--to", to, "--out", homes.stick)
    return Path(sent["file"])


def previewed(prompt: Prompt, file: Path) -> Any:
    (found,) = prompt.must("handover", "receive", "--preview", file, codes=(0, 4))
    return found["arrivals"]


def test_the_preview_by_command_tells_every_record_as_the_window_does(
    enrolled_pair: Homes,
) -> None:
    below, above = enrolled_pair.at(COMMUNE), enrolled_pair.at(PROVINCE)
    type_child(below, "1", NAME)
    first = sealed(enrolled_pair, below, PROVINCE)
    seen = previewed(above, first)
    (village,) = (o["id"] for o in below.must("village", "list") if o["name"] == "Thôn 1")
    where = {"unit": COMMUNE, "id": village, "name": "Thôn 1"}
    assert seen["villages"] == [{**where, "households": 1, "children": 1}]
    assert not seen["more"]
    assert {one["arrival"] for one in seen["records"]} == {"new"}
    assert NAME in [one["who"] for one in seen["records"]]
    told = [one for one in seen["records"] if one["entity"] in ("child", "household")]
    assert {(o["village"], o["village_name"]) for o in told} == {(village, "Thôn 1")}
    above.must("handover", "receive", first, codes=(0, 4))
    (child,) = below.must("register", "search", NAME)
    below.must("register", "set", child["id"], f"full_name={RENAMED}")
    second = sealed(enrolled_pair, below, PROVINCE)
    (row,) = [one for one in previewed(above, second)["records"] if one["entity"] == "child"]
    assert row["arrival"] == "changed"
    (change,) = [one for one in row["changes"] if one["after"] == RENAMED]
    assert change["before"] == NAME
    with open_services(Settings(above.home), lambda one: unlock(one, PASSPHRASE)) as services:
        shown = services.handovers.receiving.preview(second).arrivals
    assert shown is not None
    assert [one.label for it in shown.rows for one in it.changes if it.entity == "child"] == [
        one["field"] for one in row["changes"]
    ]
    told = "\n".join(above.told("handover", "receive", "--preview", second, codes=(0, 4)))
    assert f"{change['field']}: {NAME} → {RENAMED}" in told
    assert "Thôn 1: " in told
    # Taking it in tells what it came to, and no rows.
    (got,) = above.must("handover", "receive", second, codes=(0, 4))
    assert "arrivals" not in got


def test_a_preview_tells_no_name_and_no_village_to_who_may_not_read(
    enrolled_pair: Homes, tmp_path: Path
) -> None:
    below, above = enrolled_pair.at(COMMUNE), enrolled_pair.at(PROVINCE)
    secret = tmp_path / "secret"
    secret.write_text("một câu khác dài lắm", encoding="utf-8")
    make = ("user", "add", "ky", "--role", "signer", "--full-name", "Lê Thị Ký")
    above.must(*make, "--new-passphrase-file", secret)
    type_child(below, "1", NAME)
    file = sealed(enrolled_pair, below, PROVINCE)
    words = ("handover", "receive", "--preview", file, "--user", "ky", "--passphrase-file", secret)
    answer = above(*words)
    said = str(answer.document)
    assert answer.document[0]["children_new"] == 1
    for one in (NAME, "Lía", "Thôn 1"):
        assert one not in said


def test_a_look_before_sealing_says_what_the_window_says_and_writes_nothing(
    enrolled_pair: Homes,
) -> None:
    below = enrolled_pair.at(COMMUNE)
    with open_services(Settings(below.home), lambda one: unlock(one, PASSPHRASE)) as services:
        with services.workplace.write() as work:
            settle_village(work, COMMUNE)
            work.commit()
        window = services.handovers.sending.preview(PROVINCE)
    seen = below.must("handover", "send", "--to", PROVINCE, "--preview")
    assert seen["counts"] == {"new": {"households": 3, "children": 4, "events": 0}}
    assert seen["places"] == [
        {"id": village_id(COMMUNE), "name": VILLAGE, "households": 3, "children": 4}
    ]
    for name in ("households", "children", "girls", "incomplete", "conflicts"):
        assert seen[name] == getattr(window, name)
    assert (seen["errors"], seen["warnings"]) == window.issues
    assert (seen["blocked"], seen["ops"]) == ({}, window.operations)
    told = "\n".join(below.told("handover", "send", "--to", PROVINCE, "--preview"))
    assert f"{VILLAGE}: 3 hộ, 4 trẻ" in told
    assert "Mới: 3 hộ, 4 trẻ" in told
    assert below.must("handover", "list") == []
    assert below.must("handover", "unfinished") == []
    assert list(enrolled_pair.stick.rglob("*.tebundle")) == []


def test_a_look_needs_a_receiver_that_bundles_can_be_sealed_to(enrolled_pair: Homes) -> None:
    below = enrolled_pair.at(COMMUNE)
    answer = below("handover", "send", "--to", "21010@2024", "--preview")
    assert answer.code == 1
    assert answer.document["error"] in ("handover.not_in_line", "enrol.not_enrolled")
    # Either a look, or a place to write to.
    assert below("handover", "send", "--to", PROVINCE).code == 2
    both = ("--preview", "--out", enrolled_pair.stick)
    assert below("handover", "send", "--to", PROVINCE, *both).code == 2


def test_a_field_is_named_with_what_is_sent_back(enrolled_pair: Homes) -> None:
    below, above = enrolled_pair.at(COMMUNE), enrolled_pair.at(PROVINCE)
    type_child(below, "1", NAME)
    sent, _ = enrolled_pair.carry(below, above, PROVINCE)
    (child,) = above.must("register", "search", NAME)
    back = ("handover", "return", sent["handover"], "--reason", "Xem lại ngày sinh")
    wrong = above(*back, "--record", child["id"], "--field", "birthday")
    assert (wrong.code, wrong.document["error"]) == (1, "records.unknown_field")
    alone = above(*back, "--field", "birth_date")
    assert (alone.code, alone.document["error"]) == (1, "verification.field_alone")
    above.must(*back, "--record", child["id"], "--field", "birth_date")
    enrolled_pair.carry(above, below, COMMUNE)
    (line,) = below.must("handover", "returned", codes=(4,))
    assert (line["record"], line["field"]) == (child["id"], "birth_date")


def test_a_field_is_one_of_the_form_of_the_record_that_is_sent_back(enrolled_pair: Homes) -> None:
    below, above = enrolled_pair.at(COMMUNE), enrolled_pair.at(PROVINCE)
    type_child(below, "1", NAME)
    sent, _ = enrolled_pair.carry(below, above, PROVINCE)
    (found,) = above.must("register", "search", NAME)
    child, home = found["id"], found["household"]
    back = ("handover", "return", sent["handover"], "--reason", "Xem lại", "--record")
    for records, field in (((child,), "head_name"), ((home,), "sex"), ((home, child), "sex")):
        answer = above(*back, *records, "--field", field)
        assert (answer.code, answer.document["error"]) == (1, "records.unknown_field"), field
    unknown = above(*back, "0" * 32, "--field", "sex")
    assert unknown.document["error"] == "records.unknown"
    above.must(*back, home, "--field", "head_name")
    above.must(*back, child, "--field", "sex")


@pytest.mark.parametrize("received", [False, True])
def test_the_list_says_the_numbers_of_what_was_handed_over_before_any_receipt(
    enrolled_pair: Homes, *, received: bool
) -> None:
    below, above = enrolled_pair.at(COMMUNE), enrolled_pair.at(PROVINCE)
    type_child(below, "1", NAME)
    if received:
        enrolled_pair.carry(below, above, PROVINCE)
        enrolled_pair.carry(above, below, COMMUNE)
    else:
        sealed(enrolled_pair, below, PROVINCE)
    told = "\n".join(below.told("handover", "list"))
    assert ("đã đến tỉnh: 1 hộ, 1 trẻ" in told) is received
    assert "1 hộ, 1 trẻ, 2 chưa xong" in told
