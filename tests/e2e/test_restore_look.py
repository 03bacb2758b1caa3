"""What a backup lacks is told by kind before a restore, and what is told to come back does."""

from __future__ import annotations

from tests.dumps import dump_home
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes
from tests.e2e.test_copies import held, type_child


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
