"""Erased by law: gone from every store it came to, for good, and everything else stands."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from app.history.operation import Value
from app.models import log
from app.models.drafts import DraftStore
from app.models.work import Change
from app.services import workplace
from app.services.installation import unlock
from app.settings import Settings
from tests.dumps import dump_home, events_of
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.modified_client import ModifiedClient, opened, record_at
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import COMMUNE, PROVINCE, receive, send, type_child

PLANTED, OTHER = "Phạm Thị Ngừng", "Đinh Thị Nga"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province and a commune, enrolled, with two children at both."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as monkeypatch:
        homes = Homes(folder, monkeypatch)
        province, commune = homes.init(PROVINCE), homes.init(COMMUNE)
        root = province.must("authority", "init")["root_fingerprint"]
        homes.enrol(province, commune, root)
        type_child(commune, "1", PLANTED)
        type_child(commune, "2", OTHER)
        homes.carry(commune, province, PROVINCE)
    return folder


@pytest.fixture
def homes(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    shutil.copytree(prepared, tmp_path / "homes")
    return Homes(tmp_path / "homes", monkeypatch)


def child_of(prompt: Prompt, name: str) -> str:
    ((found),) = prompt.must("register", "search", name)
    return str(found["id"])


def holds(prompt: Prompt, words: str) -> bool:
    """Whether the words stand anywhere in the store, read with its key."""
    return words in repr(dump_home(prompt.home, PASSPHRASE))


def erase(prompt: Prompt, name: str) -> dict[str, object]:
    child = child_of(prompt, name)
    codes = (0, 4)
    return prompt.must("erase", "record", child, "--ground", "Đơn số 5", codes=codes)


def test_what_the_province_erases_is_gone_there_and_where_the_next_bundle_comes(
    homes: Homes,
) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(province, PLANTED)
    assert holds(province, PLANTED)
    assert holds(commune, PLANTED)
    plan = province.must("erase", "record", child, "--preview")
    assert (plan["entity"], plan["erased"], plan["operations"] > 0) == ("child", False, True)
    assert holds(province, PLANTED), "a preview takes nothing"
    done = erase(province, PLANTED)
    assert done["operations"] == plan["operations"]
    assert not holds(province, PLANTED)
    assert holds(province, OTHER)
    assert province.must("register", "search", PLANTED) == []
    assert commune.must("register", "search", PLANTED) != []
    homes.carry(province, commune, COMMUNE)
    assert not holds(commune, PLANTED)
    assert holds(commune, OTHER)
    for prompt in (province, commune):
        assert "erasure.counted" in events_of(prompt.home, PASSPHRASE)
        assert prompt.must("selftest")["passed"] is True
        (line,) = prompt.must("erase", "list")
        year, month, day = line["decided_on"].split("-")
        assert prompt.told("erase", "list")[0].startswith(f"{day}/{month}/{year} ")
        assert (line["record"], line["ground"]) == (child, "Đơn số 5")


def outside_copy(prompt: Prompt) -> Path:
    """A backup that somebody carried out of the PC."""
    made = Path(str(prompt.must("backup", "create")["file"]))
    copy = prompt.home.parent / f"outside-{made.name}"
    for end in (".db", ".keyslots.json"):
        shutil.copy(made.with_suffix(end), copy.with_suffix(end))
    return copy


def put_back_on_a_new_disk(prompt: Prompt, copy: Path) -> None:
    """Restore where nothing stands that knows of an erasure."""
    for file in prompt.home.glob("store.db*"):
        file.unlink()
    prompt.must("backup", "restore", copy)


def test_what_the_home_that_stands_knows_to_be_erased_does_not_come_back_with_an_older_copy(
    homes: Homes,
) -> None:
    """At the province, whose hiding of the record nobody else has heard of, and at a commune."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(province, PLANTED)
    copies = {province: outside_copy(province)}
    time.sleep(1.1)  # the copies lie in one folder, each named by its second
    copies[commune] = outside_copy(commune)
    erase(province, PLANTED)
    homes.carry(province, commune, COMMUNE)
    for prompt, copy in copies.items():
        old = prompt.must("erase", "copies", codes=(0, 4))["copies"]
        prompt.must("backup", "restore", copy)
        assert not holds(prompt, PLANTED)
        assert prompt.must("register", "search", PLANTED) == []
        assert holds(prompt, OTHER)
        assert [one["record"] for one in prompt.must("erase", "list")] == [child]
        assert prompt.must("erase", "copies", codes=(0, 4))["copies"] == old
        assert prompt.must("selftest")["passed"] is True
        assert "erasure.counted" in events_of(prompt.home, PASSPHRASE)
    assert province.must("register", "show", child)["values"]["entered_in_error"] is True
    # Both agree on what is left, and nothing waits.
    for _ in range(2):
        homes.carry(commune, province, PROVINCE)
        homes.carry(province, commune, COMMUNE)
    for prompt in copies:
        assert prompt.must("waiting", "list", codes=(0, 4)) == []
        assert not holds(prompt, PLANTED)


def test_what_hid_the_erased_record_waits_for_what_the_older_copy_lacks(homes: Homes) -> None:
    """It was written upon changes that came after the copy was made."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    copy = outside_copy(province)
    child = child_of(commune, PLANTED)
    commune.must("register", "set", child, f"mother_name={OTHER} B")
    homes.carry(commune, province, PROVINCE)
    erase(province, PLANTED)
    province.must("backup", "restore", copy)
    assert not holds(province, PLANTED)
    homes.carry(commune, province, PROVINCE)
    assert not holds(province, PLANTED)
    assert not holds(province, f"{OTHER} B")
    assert province.must("waiting", "list", codes=(0, 4)) == []
    assert province.must("register", "show", child)["values"]["entered_in_error"] is True


def test_a_kept_bundle_of_a_revoked_pc_is_among_the_old_copies(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(commune, PLANTED)
    commune.must("register", "set", child, f"full_name={PLANTED} A")
    sent = send(commune, PROVINCE, homes)
    (station,) = [
        one["station"]
        for one in province.must("authority", "status")["stations"]
        if one["unit"] == COMMUNE
    ]
    province.must("authority", "revoke", station)
    assert province("handover", "receive", str(sent["file"])).code == 1
    (kept,) = (province.home / "evidence").glob("revoked-*.tebundle")
    assert province.must("erase", "copies")["copies"] == []
    erase(province, PLANTED)
    listed = province.must("erase", "copies", codes=(4,))["copies"]
    # The bundle has a change that the eraser had not seen; what it carries besides was erased.
    assert str(kept) in listed
    assert any("gói giữ lại" in line for line in province.told("erase", "copies", codes=(4,)))
    destroyed = province.must("erase", "copies", "--destroy")["copies"]
    assert str(kept) in destroyed
    assert not kept.exists()
    assert province.must("erase", "copies")["copies"] == []


def test_a_stick_from_before_brings_nothing_back(homes: Homes) -> None:
    """A province put back hears of the erasure first, then an old stick comes with the bodies."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    before = outside_copy(province)
    commune.must("register", "set", child_of(commune, PLANTED), f"full_name={PLANTED} A")
    sent = Path(str(send(commune, PROVINCE, homes)["file"]))
    kept = sent.with_name("kept.tebundle")
    shutil.copy(sent, kept)
    receive(province, sent)
    erase(province, PLANTED)
    homes.carry(province, commune, COMMUNE)
    put_back_on_a_new_disk(province, before)
    assert holds(province, PLANTED), "the control: the old copy holds it"
    homes.carry(commune, province, PROVINCE)
    assert not holds(province, PLANTED)
    receive(province, kept)
    assert not holds(province, PLANTED)
    assert province.must("selftest")["passed"] is True


def test_the_bodies_of_a_stick_go_when_the_erasure_follows(homes: Homes) -> None:
    """The same the other way round: the old stick first, then the erasure."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    before = outside_copy(province)
    commune.must("register", "set", child_of(commune, PLANTED), f"full_name={PLANTED} A")
    sent = Path(str(send(commune, PROVINCE, homes)["file"]))
    kept = sent.with_name("kept.tebundle")
    shutil.copy(sent, kept)
    receive(province, sent)
    erase(province, PLANTED)
    homes.carry(province, commune, COMMUNE)
    put_back_on_a_new_disk(province, before)
    receive(province, kept)
    assert holds(province, f"{PLANTED} A"), "the control: the stick brought it"
    homes.carry(commune, province, PROVINCE)
    assert not holds(province, PLANTED)


def test_what_was_written_unknown_to_the_eraser_comes_to_sight_and_is_erased_by_another_act(
    homes: Homes,
) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(commune, PLANTED)
    commune.must("register", "set", child, f"mother_name={OTHER} B")
    erase(province, PLANTED)
    homes.carry(province, commune, COMMUNE)
    homes.carry(commune, province, PROVINCE)
    assert holds(province, f"{OTHER} B")
    (open_one,) = {one["id"] for one in province.must("conflict", "list")}
    assert open_one == child, "an edit that the eraser had not seen keeps the record in sight"
    province.must("erase", "record", child, "--ground", "Đơn số 5", codes=(0, 4))
    homes.carry(province, commune, COMMUNE)
    for prompt in (province, commune):
        assert not holds(prompt, f"{OTHER} B")
        assert prompt.must("selftest")["passed"] is True


def test_no_operation_that_a_door_lets_in_is_too_wide_to_be_erased(homes: Homes) -> None:
    """A modified client writes all the fields that a line has room for, and a list as long."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(commune, PLANTED)
    client = ModifiedClient(commune.home, COMMUNE)
    heads = record_at(commune.home, "child", child).heads
    padding = "z" * 40
    bodies: list[dict[str, Value]] = [
        {f"{padding}_{n:05d}": None for n in range(14_000)},
        {f"{padding}_{n:05d}": PLANTED for n in range(9_000)},
        {f"f{n:05d}": 1 for n in range(70_000)},
        {
            "entered_in_error": None,
            "merged_into": None,
            "hidden_reason": None,
            "_seen": [f"{n:064x}" for n in range(15_000)],
        },
        {"village": '"' * 16_000, "household_no": None, "household": '"' * 16_000},
    ]
    for body in bodies:
        operation = client.forge("child", child, body, parents=heads)
        client.slip_in(operation)
        heads = (operation.op_id,)
    _, got = homes.carry(commune, province, PROVINCE)
    assert got["refused"] == 0
    assert got["waiting"] == 0
    done = erase(province, PLANTED)
    assert done["operations"] == len(bodies) + 1
    assert not holds(province, PLANTED)
    assert province.must("register", "search", PLANTED) == []
    homes.carry(province, commune, COMMUNE)
    assert not holds(commune, PLANTED)
    for prompt in (province, commune):
        assert prompt.must("selftest")["passed"] is True


def test_no_record_holds_too_many_changes_to_be_erased(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A modified client writes as many on one child as a record may have, or more."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(commune, PLANTED)
    monkeypatch.setattr(log, "MAX_OPERATIONS", 1)
    erase(province, PLANTED)
    assert not holds(province, PLANTED)
    homes.carry(province, commune, COMMUNE)
    assert not holds(commune, PLANTED)
    for prompt in (province, commune):
        assert child not in {one["id"] for one in prompt.must("register", "search", OTHER)}
        assert prompt.must("register", "show", child)["values"]["entered_in_error"] is True


def test_other_records_of_the_same_child_are_told_until_they_are_erased_too(
    homes: Homes,
) -> None:
    """What says that they are the same goes with the first, and what was merged into it comes back
    to sight: whoever erases is told of them all beforehand and afterwards."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    names = ("Phạm Thị Nga", "Lò Thị Lạc")
    for house, name in enumerate(names, start=3):
        type_child(commune, str(house), name)
    homes.carry(commune, province, PROVINCE)
    child, merged, paired = (child_of(province, name) for name in (PLANTED, *names))
    why = ("hidden_reason=Nhập trùng",)
    province.must("register", "set", merged, f"merged_into={child}", *why, codes=(0, 4))
    decide_the_same(province, merged, paired)

    seen = province.must("erase", "record", child, "--preview", codes=(4,))
    assert sorted(seen["others"]) == sorted((merged, paired))
    told = province.told("erase", "record", child, "--preview", codes=(4,))
    assert all(word in told[-1] for word in (merged, paired, *names))
    done = province.must("erase", "record", child, "--ground", "Đơn số 5", codes=(4,))
    assert sorted(done["others"]) == sorted((merged, paired))
    assert all(holds(province, name) for name in names)

    left = province.must("erase", "record", merged, "--ground", "Đơn số 5", codes=(4,))
    assert left["others"] == [paired]
    last = province.must("erase", "record", paired, "--ground", "Đơn số 5", codes=(0, 4))
    assert last["others"] == []
    assert not any(holds(province, name) for name in (PLANTED, *names))


def decide_the_same(prompt: Prompt, one: str, other: str) -> None:
    """Somebody above decides that two children are the same."""
    first, second = sorted((one, other))
    pair: dict[str, Value] = {"record": first, "other_child": second, "verdict": "same"}
    with opened(prompt.home) as store, store.write("Bình") as work:
        work.record(Change("match_decision", pair))
        work.commit()


def test_old_backups_are_named_and_destroyed_and_drafts_go_at_once(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(commune, PLANTED)
    old = Path(commune.must("backup", "create")["file"])
    settings = Settings(commune.home)
    dek = unlock(settings, PASSPHRASE).dek
    drafts = DraftStore(settings.drafts_path, dek)
    drafts.save(f"child/{child}", PLANTED)
    drafts.save("child/another", OTHER)
    drafts.close()
    erase(province, PLANTED)
    homes.carry(province, commune, COMMUNE)
    drafts = DraftStore(settings.drafts_path, dek)
    assert [one.content for one in drafts.all()] == [OTHER]
    drafts.close()
    listed = commune.must("erase", "copies", codes=(4,))
    assert old.name in {Path(one).name for one in listed["copies"]}
    gone = commune.must("erase", "copies", "--destroy")
    assert gone["copies"] == listed["copies"]
    assert not old.exists()
    assert commune.must("erase", "copies")["copies"] == []
    assert commune.must("backup", "verify")["sound"] is True


def test_a_draft_is_gone_though_the_power_went_right_after_the_erasure_counted(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafts lie in a file of their own: they are rewritten after the commit."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(commune, PLANTED)
    settings = Settings(commune.home)
    dek = unlock(settings, PASSPHRASE).dek
    drafts = DraftStore(settings.drafts_path, dek)
    drafts.save(f"child/{child}", PLANTED)
    drafts.close()
    erase(province, PLANTED)
    with monkeypatch.context() as power:
        power.setattr(workplace, "forget_drafts", lambda *_: 0)
        homes.carry(province, commune, COMMUNE)
    commune.must("check", codes=(0, 4))
    drafts = DraftStore(settings.drafts_path, dek)
    assert drafts.all() == []
    drafts.save("child/another", OTHER)
    drafts.close()
    commune.must("check", codes=(0, 4))
    drafts = DraftStore(settings.drafts_path, dek)
    assert [one.content for one in drafts.all()] == [OTHER]
    drafts.close()


def test_spoiled_drafts_are_left_to_the_window_which_tells_of_them(homes: Homes) -> None:
    """Put aside right after the erasure, nobody would hear that what was typed is lost."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    settings = Settings(commune.home)
    settings.drafts_path.write_bytes(b"x" * 9000)
    erase(province, PLANTED)
    homes.carry(province, commune, COMMUNE)
    commune.must("check", codes=(0, 4))
    assert not holds(commune, PLANTED)
    assert not list(commune.home.glob("*.spoiled-*"))
    assert put_aside_by_the_window(settings)


def put_aside_by_the_window(settings: Settings) -> str:
    drafts = DraftStore.opened(settings.drafts_path, unlock(settings, PASSPHRASE).dek)
    assert drafts.all() == []
    drafts.close()
    return drafts.set_aside


def test_drafts_spoiled_in_the_middle_fail_no_erasure(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    settings = Settings(commune.home)
    drafts = DraftStore(settings.drafts_path, unlock(settings, PASSPHRASE).dek)
    for number in range(40):
        drafts.save(f"child/{number}", OTHER * 100)
    drafts.close()
    content = bytearray(settings.drafts_path.read_bytes())
    content[8192:] = bytes(len(content) - 8192)
    settings.drafts_path.write_bytes(content)
    erase(province, PLANTED)
    homes.carry(province, commune, COMMUNE)
    assert not holds(commune, PLANTED)
    assert put_aside_by_the_window(settings)


def test_what_was_taken_back_beside_a_person_is_erased_with_it_and_stays_so(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(commune, PLANTED)
    words = "Bố cháu làm xa"
    commune.must("register", "note", child, words)
    sent, _ = homes.carry(commune, province, PROVINCE)
    province.must("handover", "undo", sent["handover"], "--reason", "nhầm")
    erase(province, PLANTED)
    assert not holds(province, words)
    assert province.must("handover", "release", sent["handover"])["accepted"] > 0
    homes.carry(province, commune, COMMUNE)
    for prompt in (province, commune):
        assert not holds(prompt, words)
        assert not holds(prompt, PLANTED)
        assert prompt.must("selftest")["passed"] is True


def test_a_person_of_whom_nothing_counts_here_is_erased_by_the_id(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    name = "Lò Thị Lạc"
    type_child(commune, "3", name)
    child = child_of(commune, name)
    sent, _ = homes.carry(commune, province, PROVINCE)
    province.must("handover", "undo", sent["handover"], "--reason", "nhầm")
    assert holds(province, name)
    done = province.must("erase", "record", child, "--ground", "Đơn số 5", codes=(0, 4))
    assert (done["entity"], done["operations"] > 0) == ("child", True)
    assert not holds(province, name)
    homes.carry(province, commune, COMMUNE)
    assert not holds(commune, name)


def test_only_the_province_erases_and_says_on_what_ground(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    child = child_of(province, PLANTED)
    without = province("erase", "record", child, "--ground", " ")
    assert said_plainly(without) == "erasures.no_ground"
    below = commune("erase", "record", child, "--ground", "Đơn số 5")
    assert said_plainly(below) == "rights.not_reference"
    village = province("erase", "record", COMMUNE, "--ground", "Đơn số 5")
    assert said_plainly(village) == "records.unknown"
    assert holds(commune, PLANTED)
    assert holds(province, PLANTED)
