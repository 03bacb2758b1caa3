"""What a backup lacks is told by kind before a restore, and what is told to come back does."""

from __future__ import annotations

from pathlib import Path

from tests.dumps import dump_home
from tests.e2e import test_three_tiers as three_tiers
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes, Prompt
from tests.e2e.test_copies import held, type_child
from tests.e2e.test_three_tiers import Three, prepared, three

__all__ = ["prepared", "three"]


def test_what_would_be_lost_is_told_apart_from_what_comes_back_and_the_look_changes_nothing(
    enrolled_pair: Homes,
) -> None:
    top, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    type_child(below, "1", "Phạm Thị Hân")
    enrolled_pair.carry(below, top, PROVINCE)
    file = below.must("backup", "create")["file"]
    preview = ("backup", "restore", file, "--preview")
    none = below.must(*preview)["lacking"]
    assert (none["received"], none["handed_over"], none["nowhere"]) == (0, 0, 0)

    type_child(below, "2", "Đinh Thị Nga")
    enrolled_pair.carry(below, top, PROVINCE)
    (child,) = top.must("register", "search", "pham thi han")
    top.must("register", "set", child["id"], "other_name=Bé Na")
    enrolled_pair.carry(top, below, COMMUNE)
    type_child(below, "4", "Võ Thị Lành")
    before = dump_home(below.home, PASSPHRASE)
    told = below.must(*preview)
    assert dump_home(below.home, PASSPHRASE) == before
    lacking = told["lacking"]
    assert told["holds"]["children"] == 1
    assert told["same_installation"] is True
    assert lacking["received"] > 0
    assert lacking["handed_over"] > 0
    assert (lacking["households"], lacking["children"]) == (1, 1)
    words = "\n".join(below.told(*preview))
    assert "sẽ MẤT" in words

    below.must("backup", "restore", file)
    assert held(below, "dinh thi nga", "vo thi lanh") == [False, False]
    enrolled_pair.carry(top, below, COMMUNE)
    # Two rounds: the new id is heard of with the first bundle up.
    enrolled_pair.carry(below, top, PROVINCE)
    enrolled_pair.carry(top, below, COMMUNE)
    assert held(below, "dinh thi nga", "vo thi lanh") == [True, False]


def test_a_backup_of_another_installation_is_told_to_be_one(enrolled_pair: Homes) -> None:
    top, below = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE)
    type_child(below, "1", "Phạm Thị Hân")
    file = below.must("backup", "create")["file"]
    told = top.must("backup", "restore", file, "--preview")
    assert (told["same_installation"], told["lacking"], told["unit"]) == (False, None, COMMUNE)
    assert any(
        "Chương trình sẽ không thay" in one
        for one in top.told("backup", "restore", file, "--preview")
    )


def typed_for(prompt: Prompt, unit: str, name: str) -> None:
    """Type a child of a unit below by a file."""
    book = prompt.beside("book.csv")
    book.write_text(
        "village,household_no,head_name,line_no,full_name,birth_date,sex\n"
        f"Thôn 9,9,Đinh Văn Lía,1,{name},2015-03-02,2\n",
        encoding="utf-8",
    )
    prompt.must("register", "import", book, "--unit", unit, codes=(0, 4))


def test_what_only_a_bundle_for_another_unit_could_have_carried_went_nowhere(three: Three) -> None:
    homes, commune, district, province = three.homes, three.commune, three.district, three.province
    homes.carry(district, province, three_tiers.PROVINCE)
    homes.carry(district, commune, three_tiers.COMMUNE)
    copy = district.must("backup", "create")["file"]
    preview = ("backup", "restore", copy, "--preview")
    typed_for(district, three_tiers.ELSEWHERE, "Phạm Thị Hân")
    homes.carry(district, commune, three_tiers.COMMUNE)
    lacking = district.must(*preview)["lacking"]
    assert lacking["handed_over"] == 0
    assert lacking["nowhere"] > 0
    assert (lacking["households"], lacking["children"]) == (1, 1)
    assert "sẽ MẤT" in "\n".join(district.told(*preview))

    # What lies in the unit that it went to comes back from there.
    typed_for(district, three_tiers.COMMUNE, "Đinh Thị Nga")
    homes.carry(district, commune, three_tiers.COMMUNE)
    lacking = district.must(*preview)["lacking"]
    assert lacking["handed_over"] > 0
    assert (lacking["households"], lacking["children"]) == (1, 1)

    homes.carry(district, province, three_tiers.PROVINCE)
    lacking = district.must(*preview)["lacking"]
    assert lacking["handed_over"] > 0
    assert (lacking["nowhere"], lacking["children"]) == (0, 0)
    district.must("backup", "restore", copy)
    for _ in range(2):
        homes.carry(district, province, three_tiers.PROVINCE)
        homes.carry(province, district, three_tiers.DISTRICT)
    assert held(district, "pham thi han", "dinh thi nga") == [True, True]


def test_what_a_new_id_has_handed_over_to_nobody_is_not_told_to_come_back(three: Three) -> None:
    """A bundle under the id given up may have carried it, and nobody here knows any more."""
    homes, commune, district = three.homes, three.commune, three.district
    # Under a name of its own: two backups of one second have the same.
    copy = commune.beside("before.db")
    Path(commune.must("backup", "create")["file"]).rename(copy)
    type_child(commune, "1", "Phạm Thị Hân")
    homes.carry(commune, district, three_tiers.DISTRICT)
    preview = ("backup", "restore", copy, "--preview")
    commune.must("backup", "restore", commune.must("backup", "create")["file"])
    lacking = commune.must(*preview)["lacking"]
    assert (lacking["handed_over"], lacking["children"]) == (0, 1)
    homes.carry(commune, district, three_tiers.DISTRICT)
    assert commune.must(*preview)["lacking"]["nowhere"] == 0


def test_a_child_that_came_to_a_unit_after_its_bundle_was_not_carried_by_it(three: Three) -> None:
    homes, commune, district = three.homes, three.commune, three.district
    copy = district.must("backup", "create")["file"]
    typed_for(district, three_tiers.ELSEWHERE, "Phạm Thị Hân")
    homes.carry(district, commune, three_tiers.COMMUNE)
    (child,) = district.must("register", "search", "pham thi han")
    owner = f"owner_unit={three_tiers.COMMUNE}"
    district.must("register", "set", child["id"], owner, codes=(0, 4))
    preview = ("backup", "restore", copy, "--preview")
    lacking = district.must(*preview)["lacking"]
    assert (lacking["handed_over"], lacking["children"]) == (0, 1)
    homes.carry(district, commune, three_tiers.COMMUNE)
    lacking = district.must(*preview)["lacking"]
    assert lacking["handed_over"] > 0
    # The household stayed with the other commune.
    assert (lacking["households"], lacking["children"]) == (1, 0)
