"""Taking something back, and putting a backup in the place of the store: in either order."""

from __future__ import annotations

import pytest

from tests.e2e.command_line import Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import type_child
from tests.e2e.test_three_tiers import (
    COMMUNE,
    DISTRICT,
    ELSEWHERE,
    PROVINCE,
    Three,
    prepared,
    three,
)

__all__ = ["prepared", "three"]
WHY = "Gói của xã khác"


def imported(prompt: Prompt, household: str, name: str) -> str:
    """Type one child by a file; what the import is called."""
    book = prompt.beside("book.csv")
    book.write_text(
        "village,household_no,head_name,line_no,full_name,birth_date,sex\n"
        f"Thôn 1,{household},Đinh Văn Lía,1,{name},2015-03-02,2\n",
        encoding="utf-8",
    )
    return str(prompt.must("register", "import", book, codes=(0, 4))["act"])


def found(prompt: Prompt, words: str) -> int:
    return len(prompt.must("register", "search", words))


def test_what_a_store_may_have_sent_before_it_was_restored_is_not_taken_back(three: Three) -> None:
    homes, commune, district = three.homes, three.commune, three.district
    act = imported(commune, "1", "Phạm Thị Hân")
    copy = commune.must("backup", "create")["file"]
    homes.carry(commune, district, DISTRICT)
    commune.must("backup", "restore", copy)
    assert said_plainly(commune("register", "undo", act)) == "import.act_perhaps_sent"
    for _ in range(2):
        homes.carry(commune, district, DISTRICT)
        homes.carry(district, commune, COMMUNE)
    assert found(commune, "han") == found(district, "han") == 1


def test_what_was_written_since_the_restore_is_taken_back_as_ever(three: Three) -> None:
    commune = three.commune
    commune.must("backup", "restore", commune.must("backup", "create")["file"])
    act = imported(commune, "2", "Đinh Thị Nga")
    commune.must("register", "undo", act)
    assert found(commune, "nga") == 0


def test_what_a_district_may_have_sent_on_before_it_was_restored_is_not_taken_back(
    three: Three,
) -> None:
    homes, district = three.homes, three.district
    imported(three.commune, "1", "Phạm Thị Hân")
    sent, _ = homes.carry(three.commune, district, DISTRICT)
    copy = district.must("backup", "create")["file"]
    homes.carry(district, three.province, PROVINCE)
    district.must("backup", "restore", copy)
    undo = ("handover", "undo", sent["handover"], "--reason", WHY)
    assert said_plainly(district(*undo)) == "undo.perhaps_sent"
    assert district(*undo[:-2], "--preview").document["in_the_way"]["what"] == "perhaps_sent"
    assert found(district, "han") == found(three.province, "han") == 1


def taken_back(three: Three, *, received: bool) -> tuple[str, str]:
    """The district takes a bundle back; a copy of before, with the bundle `received` or not, and
    the handover.
    """
    homes, district = three.homes, three.district
    before = district.must("backup", "create")["file"]
    imported(three.commune, "1", "Phạm Thị Hân")
    sent, _ = homes.carry(three.commune, district, DISTRICT)
    copy = district.must("backup", "create")["file"] if received else before
    district.must("handover", "undo", sent["handover"], "--reason", WHY)
    return copy, sent["handover"]


@pytest.mark.parametrize("received", [True, False])
def test_what_was_taken_back_stays_so_after_a_restore(three: Three, received: bool) -> None:
    homes, district, province = three.homes, three.district, three.province
    copy, handover = taken_back(three, received=received)
    preview = ("backup", "restore", copy, "--preview")
    out = district.must(*preview)["stays_out"]
    assert out["bundles"] == 1
    assert out["operations"] > 0
    assert "vẫn để riêng sau khi khôi phục" in "\n".join(district.told(*preview))
    district.must("backup", "restore", copy)
    assert found(district, "han") == 0
    # It stays out by whatever bundle it comes again, and does not go up.
    homes.carry(three.commune, district, DISTRICT)
    homes.carry(district, province, PROVINCE)
    assert found(district, "han") == found(province, "han") == 0
    (view,) = [one for one in district.must("handover", "list") if one["id"] == handover]
    assert view["undone"]["why"] == WHY
    district.must("handover", "release", handover)
    assert found(district, "han") == 1
    homes.carry(district, province, PROVINCE)
    assert found(province, "han") == 1
    # Nothing is kept out any more, and nothing is said of it.
    again = district.must("backup", "create")["file"]
    assert district.must("backup", "restore", again, "--preview")["stays_out"] == {
        "bundles": 0,
        "operations": 0,
    }


def test_an_import_that_was_taken_back_stays_so_after_a_restore(three: Three) -> None:
    commune = three.commune
    act = imported(commune, "1", "Phạm Thị Hân")
    copy = commune.must("backup", "create")["file"]
    commune.must("register", "undo", act)
    commune.must("backup", "restore", copy)
    assert found(commune, "han") == 0
    imported(commune, "1", "Phạm Thị Hân")
    assert found(commune, "han") == 1, "the file may be read in again"


def test_where_the_store_does_not_open_it_is_said_that_undone_work_will_count(three: Three) -> None:
    district = three.district
    copy, _handover = taken_back(three, received=True)
    (district.home / "store.db").write_bytes(b"x" * 8192)
    preview = ("backup", "restore", copy, "--preview")
    assert district.must(*preview)["stays_out"] is None
    assert "sẽ lại được tính trong sổ" in "\n".join(district.told(*preview))
    district.must("backup", "restore", copy)
    assert found(district, "han") == 1


def used_again(prompt: Prompt, copy: str) -> dict[str, int]:
    """What the look before a restore says to go on counting."""
    told: dict[str, int] = prompt.must("backup", "restore", copy, "--preview")["used_again"]
    return told


def test_what_was_used_again_goes_on_counting_after_a_restore(three: Three) -> None:
    homes, commune, district, province = three.homes, three.commune, three.district, three.province
    imported(commune, "1", "Phạm Thị Hân")
    sent, _ = homes.carry(commune, district, DISTRICT)
    handover = sent["handover"]
    district.must("handover", "undo", handover, "--reason", WHY)
    copy = district.must("backup", "create")["file"]
    assert used_again(district, copy) == {"bundles": 0, "operations": 0}
    district.must("handover", "release", handover)
    homes.carry(district, province, PROVINCE)
    again = used_again(district, copy)
    assert again["bundles"] == 1
    assert again["operations"] > 0
    preview = ("backup", "restore", copy, "--preview")
    assert "đã cho dùng lại" in "\n".join(district.told(*preview))

    district.must("backup", "restore", copy)
    assert found(district, "han") == 1
    (view,) = [one for one in district.must("handover", "list") if one["id"] == handover]
    assert view["undone"] is None
    assert [one["set_aside"] for one in view["receipts"]] == [False]
    # The province has it from the store that was replaced: it is not taken back below it.
    undo = ("handover", "undo", handover, "--reason", WHY)
    assert said_plainly(district(*undo)) == "undo.perhaps_sent"
    homes.carry(district, province, PROVINCE)
    homes.carry(province, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    (view,) = [one for one in commune.must("handover", "list") if one["id"] == handover]
    assert {one["tier"]: one["set_aside"] for one in view["receipts"]} == {
        "district": False,
        "province": False,
    }
    assert found(commune, "han") == found(district, "han") == found(province, "han") == 1


def stopped(prompt: Prompt, operation: str) -> list[str]:
    """The state of an operation that does not count there; nothing where it does."""
    listed = prompt.must("waiting", "list", codes=(0, 4))
    return [one["state"] for one in listed if one["operation"] == operation]


def test_what_was_let_in_by_name_stays_in_after_a_restore(three: Three) -> None:
    homes, commune, district = three.homes, three.commune, three.district
    type_child(commune, "1", "Đinh Thị Hoa")
    child = commune.must("register", "search", "dinh thi hoa")[0]["id"]
    homes.carry(commune, district, DISTRICT)
    commune.must("register", "set", child, f"owner_unit={ELSEWHERE}")
    homes.carry(commune, district, DISTRICT)
    change = ("register", "set", child, "other_name=Hoa")
    late = commune.must(*change, codes=(0, 4))["operation"]
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    assert stopped(district, late) == stopped(commune, late) == ["refused"]
    copy = district.must("backup", "create")["file"]
    district.must("waiting", "accept", late)
    homes.carry(district, commune, COMMUNE)
    homes.carry(commune, district, DISTRICT)
    assert stopped(district, late) == stopped(commune, late) == []
    assert used_again(district, copy) == {"bundles": 0, "operations": 1}

    district.must("backup", "restore", copy)
    for _ in range(2):
        assert stopped(district, late) == stopped(commune, late) == []
        homes.carry(district, commune, COMMUNE)
        homes.carry(commune, district, DISTRICT)


def test_where_the_store_does_not_open_it_is_said_that_released_work_lies_aside(
    three: Three,
) -> None:
    district = three.district
    _copy, handover = taken_back(three, received=True)
    copy = district.must("backup", "create")["file"]
    district.must("handover", "release", handover)
    (district.home / "store.db").write_bytes(b"x" * 8192)
    preview = ("backup", "restore", copy, "--preview")
    assert district.must(*preview)["used_again"] is None
    assert "lại bị để riêng" in "\n".join(district.told(*preview))
    district.must("backup", "restore", copy)
    assert found(district, "han") == 0
    district.must("handover", "release", handover)
    assert found(district, "han") == 1
