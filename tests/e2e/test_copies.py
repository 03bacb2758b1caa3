"""Copied disks and images put back: noticed, healed by ordinary bundles, and nothing is lost."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tests.dumps import dump_home, events_of
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.sentences import said_plainly

PROVINCE, COMMUNE = "51@2025", "21211@2025"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province and a commune, enrolled; making their keys takes seconds, so it is done once."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as monkeypatch:
        homes = Homes(folder, monkeypatch)
        province, commune = homes.init(PROVINCE), homes.init(COMMUNE)
        root = province.must("authority", "init")["root_fingerprint"]
        homes.enrol(province, commune, root)
        type_child(commune, "1", "Phạm Thị Hân")
        homes.carry(commune, province, PROVINCE)
    return folder


@pytest.fixture
def homes(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    shutil.copytree(prepared, tmp_path / "homes")
    return Homes(tmp_path / "homes", monkeypatch)


def type_child(prompt: Prompt, household: str, name: str) -> None:
    book = prompt.home / "book.csv"
    book.write_text(
        "village,household_no,head_name,line_no,full_name,birth_date,sex\n"
        f"Thôn 1,{household},Đinh Văn Lía,1,{name},2015-03-02,2\n",
        encoding="utf-8",
    )
    prompt.must("register", "import", book, codes=(0, 4))
    book.unlink()


def held(prompt: Prompt, *words: str) -> list[bool]:
    """Whether each name is found there."""
    return [len(prompt.must("register", "search", word)) == 1 for word in words]


def pcs(prompt: Prompt, unit: str) -> dict[str, dict[str, object]]:
    """The lines of `handover pcs` for a unit, by replica."""
    return {one["replica"]: one for one in prompt.must("handover", "pcs") if one["unit"] == unit}


def receive(prompt: Prompt, file: str | Path) -> dict[str, object]:
    (got,) = prompt.must("handover", "receive", file, codes=(0, 4))
    assert got["status"] == "imported", got
    return got


def send(prompt: Prompt, to: str, homes: Homes) -> dict[str, object]:
    return prompt.must("handover", "send", "--to", to, "--out", homes.stick)


def test_a_restored_pc_writes_on_under_a_new_id_and_gets_back_what_it_lost(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    copy = commune.must("backup", "create")["file"]
    type_child(commune, "2", "Đinh Thị Nga")
    homes.carry(commune, province, PROVINCE)
    (old,) = pcs(province, COMMUNE)

    done = commune.must("backup", "restore", copy)
    assert Path(done["kept"]).is_file()
    assert done["enrolled"] is True
    assert held(commune, "pham thi han", "dinh thi nga") == [True, False]
    assert events_of(commune.home, PASSPHRASE).count("backup.restored") == 1
    type_child(commune, "3", "Hồ Thị Na")

    sent, got = homes.carry(commune, province, PROVINCE)
    assert (sent["seq"], got["continuity"], got["alarm"]) == (1, "normal", False)
    assert held(province, "pham thi han", "dinh thi nga", "ho thi na") == [True] * 3
    _, back = homes.carry(province, commune, COMMUNE)
    assert (back["alarm"], back["new_replica"]) == (False, "")
    assert held(commune, "pham thi han", "dinh thi nga", "ho thi na") == [True] * 3

    # Nobody waits for the id that was given up: the next bundle down holds only what is new.
    now = pcs(province, COMMUNE)
    assert (now[old]["active"], len(now)) == (False, 2)
    lines = province.told("handover", "pcs")
    assert sum(one.startswith("Xã Tịnh Khê: máy ") for one in lines) == 2, lines
    homes.carry(commune, province, PROVINCE)
    homes.carry(province, commune, COMMUNE)
    assert send(province, COMMUNE, homes)["ops"] < 6


def test_a_backup_opens_an_empty_home_and_only_its_own_unit(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    copy = Path(commune.must("backup", "create")["file"])
    before = dump_home(province.home, PASSPHRASE)
    assert said_plainly(province("backup", "restore", copy)) == "backup.other_unit"
    assert dump_home(province.home, PASSPHRASE) == before

    new = Prompt(homes.folder / "new", homes._monkeypatch)
    alone = homes.folder / "alone.db"
    shutil.copy(copy, alone)
    assert said_plainly(new("backup", "restore", alone)) == "backup.no_keyslots"
    damaged = homes.folder / "damaged.db"
    damaged.write_bytes(copy.read_bytes()[:-5000])
    shutil.copy(copy.with_suffix(".keyslots.json"), damaged.with_suffix(".keyslots.json"))
    assert said_plainly(new("backup", "restore", damaged)) in ("backup.damaged", "store.damaged")
    assert said_plainly(new("authority", "status")) == "home.nothing_installed"

    assert new.must("backup", "restore", copy)["kept"] is None
    assert held(new, "pham thi han") == [True]
    # It is the commune's PC now: same certificate, new id.
    sent = send(new, PROVINCE, homes)
    assert sent["seq"] == 1
    assert receive(province, sent["file"])["continuity"] == "normal"


def test_a_store_that_does_not_open_any_more_is_kept_and_replaced(homes: Homes) -> None:
    commune = homes.at(COMMUNE)
    copy = commune.must("backup", "create")["file"]
    store = commune.home / "store.db"
    store.write_bytes(bytes(4096) + store.read_bytes()[4096:])
    assert commune("register", "search", "pham").code == 1
    kept = Path(commune.must("backup", "restore", copy)["kept"])
    assert kept.read_bytes()[:4096] == bytes(4096)
    assert held(commune, "pham thi han") == [True]


def test_a_store_file_put_back_by_hand_is_noticed_when_it_is_opened(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    copy = commune.must("backup", "create")["file"]
    type_child(commune, "2", "Đinh Thị Nga")
    homes.carry(commune, province, PROVINCE)
    for beside in ("store.db-wal", "store.db-shm"):
        (commune.home / beside).unlink(missing_ok=True)
    shutil.copy(copy, commune.home / "store.db")
    answer = commune("register", "search", "pham thi han")
    assert answer.code == 0
    assert "mã bản sao mới" in answer.notes
    assert "mã bản sao mới" not in commune("register", "search", "pham").notes
    assert events_of(commune.home, PASSPHRASE).count("replica.renewed") == 1
    sent, got = homes.carry(commune, province, PROVINCE)
    assert (sent["seq"], got["continuity"]) == (1, "normal")
    homes.carry(province, commune, COMMUNE)
    assert held(commune, "pham thi han", "dinh thi nga") == [True, True]


def test_a_copied_disk_is_seen_from_above_and_both_copies_take_new_ids(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    shutil.copytree(commune.home, homes.folder / "copy")
    copy = Prompt(homes.folder / "copy", homes._monkeypatch)
    (shared,) = pcs(province, COMMUNE)
    type_child(commune, "2", "Đinh Thị Nga")
    type_child(copy, "3", "Hồ Thị Na")
    one, other = send(commune, PROVINCE, homes), homes.folder / "usb2"
    other.mkdir()
    two = copy.must("handover", "send", "--to", PROVINCE, "--out", other)
    assert one["seq"] == two["seq"]
    assert receive(province, one["file"])["continuity"] == "normal"
    assert receive(province, two["file"])["continuity"] == "fork"
    assert held(province, "dinh thi nga", "ho thi na") == [True, True]

    down = send(province, COMMUNE, homes)
    for prompt in (commune, copy):
        got = receive(prompt, down["file"])
        assert got["new_replica"] == "fork"
        assert held(prompt, "pham thi han", "dinh thi nga", "ho thi na") == [True] * 3
        assert events_of(prompt.home, PASSPHRASE).count("replica.renewed") == 1

    # Counted from the new ids: both lines start anew, and one round brings everybody together.
    type_child(commune, "4", "Hồ Thị Bốn")
    type_child(copy, "5", "Hồ Thị Năm")
    sent = [
        prompt.must("handover", "send", "--to", PROVINCE, "--out", stick)
        for prompt, stick in ((commune, homes.stick), (copy, other))
    ]
    assert [one["seq"] for one in sent] == [1, 1]
    assert [receive(province, one["file"])["continuity"] for one in sent] == ["normal"] * 2
    lines = pcs(province, COMMUNE)
    assert len(lines) == 3
    assert [replica for replica, one in lines.items() if not one["active"]] == [shared]
    down = send(province, COMMUNE, homes)
    for prompt in (commune, copy):
        # The proof still travels, and says nothing to whoever has given the id up.
        assert receive(prompt, down["file"])["new_replica"] == ""
        assert held(prompt, "ho thi bon", "ho thi nam") == [True, True]


def test_a_dead_pc_is_taken_out_by_a_person_and_counts_again_when_it_speaks(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    station = next(iter(pcs(province, COMMUNE).values()))["station"]
    assert said_plainly(province("handover", "take-out", "x")) == "peer.unknown"
    own = pcs(province, PROVINCE)
    assert own == {}
    assert province.must("handover", "take-out", station)["unit"] == COMMUNE
    assert "peer.taken_out" in events_of(province.home, PASSPHRASE)
    assert not any(one["active"] for one in pcs(province, COMMUNE).values())
    answer = province("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    assert said_plainly(answer) == "handover.none_active"
    homes.carry(commune, province, PROVINCE)
    assert all(one["active"] for one in pcs(province, COMMUNE).values())
    homes.carry(province, commune, COMMUNE)


def test_a_bundle_of_a_revoked_pc_is_kept_and_read_in_by_name_alone(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    station = next(iter(pcs(province, COMMUNE).values()))["station"]
    type_child(commune, "2", "Đinh Thị Nga")
    first = send(commune, PROVINCE, homes)
    type_child(commune, "3", "Hồ Thị Na")
    second = send(commune, PROVINCE, homes)
    province.must("authority", "revoke", station)
    assert province.must("handover", "kept") == []

    before = dump_home(province.home, PASSPHRASE)
    for sent in (first, second, first):
        answer = province("handover", "receive", sent["file"])
        assert said_plainly(answer) == "sender-revoked"
        assert "handover kept" in answer.document[0]["message"]
    assert dump_home(province.home, PASSPHRASE) == before
    evidence = province.home / "evidence"
    (evidence / "revoked-list.txt").write_text("kept by hand", encoding="utf-8")
    (evidence / f"revoked-{first['bundle_id']} (1).tebundle").write_bytes(b"half a copy")
    kept = province.must("handover", "kept")
    assert [(one["bundle_id"], one["seq"], one["station"]) for one in kept] == [
        (one["bundle_id"], one["seq"], station) for one in (first, second)
    ]

    assert said_plainly(province("handover", "admit", "0" * 64)) == "handover.not_kept"
    assert said_plainly(province("handover", "admit", "../store")) == "handover.not_kept"
    seen = province.must("handover", "admit", first["bundle_id"], "--preview", codes=(0, 4))
    assert (seen["preview"], seen["children_new"]) == (True, 1)
    assert held(province, "dinh thi nga") == [False]
    assert len(province.must("handover", "kept")) == 2
    got = province.must("handover", "admit", first["bundle_id"], codes=(0, 4))
    assert got["status"] == "imported"
    assert held(province, "dinh thi nga", "ho thi na") == [True, False]
    assert "bundle.revoked_accepted" in events_of(province.home, PASSPHRASE)
    # For that bundle alone: the other one is kept on, the PC stays revoked and is not waited for.
    # Where the power went before its file did, nothing waits for anybody.
    shutil.copy(first["file"], evidence / f"revoked-{first['bundle_id']}.tebundle")
    (left,) = province.must("handover", "kept")
    assert left["bundle_id"] == second["bundle_id"]
    assert said_plainly(province("handover", "receive", second["file"])) == "sender-revoked"
    assert not any(one["active"] for one in pcs(province, COMMUNE).values())


def test_what_was_received_before_its_pc_was_revoked_is_not_kept(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    sent = send(commune, PROVINCE, homes)
    assert receive(province, str(sent["file"]))["status"] == "imported"
    station = next(iter(pcs(province, COMMUNE).values()))["station"]
    province.must("authority", "revoke", station)
    answer = province("handover", "receive", sent["file"])
    assert "handover kept" not in answer.document[0]["message"]
    assert province.must("handover", "kept") == []


@pytest.mark.parametrize("damage", ["cut", "empty", "changed", "another"])
def test_a_kept_bundle_that_was_damaged_is_named_and_the_others_are_admitted(
    homes: Homes, damage: str
) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    station = next(iter(pcs(province, COMMUNE).values()))["station"]
    type_child(commune, "2", "Đinh Thị Nga")
    first = send(commune, PROVINCE, homes)
    type_child(commune, "3", "Hồ Thị Na")
    second = send(commune, PROVINCE, homes)
    province.must("authority", "revoke", station)
    for sent in (first, second):
        assert said_plainly(province("handover", "receive", sent["file"])) == "sender-revoked"
    evidence = province.home / "evidence"
    file, other = (evidence / f"revoked-{o['bundle_id']}.tebundle" for o in (first, second))
    good = bytearray(file.read_bytes())
    if damage == "cut":
        file.write_bytes(good[:3000])
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "changed":
        good[-1600] ^= 1
        file.write_bytes(good)
    else:
        file.write_bytes(other.read_bytes())

    spoiled, kept = province.must("handover", "kept", codes=(4,))
    assert (spoiled["bundle_id"], spoiled["file"]) == (first["bundle_id"], str(file))
    assert str(file) in spoiled["problem"]
    assert "handover receive" in spoiled["problem"]
    assert (kept["bundle_id"], kept["problem"]) == (second["bundle_id"], "")
    before = dump_home(province.home, PASSPHRASE)
    refused = province("handover", "admit", first["bundle_id"])
    assert said_plainly(refused) == "handover.kept_damaged"
    assert dump_home(province.home, PASSPHRASE) == before
    province.must("handover", "admit", second["bundle_id"], codes=(0, 4))
    assert held(province, "ho thi na") == [True]
    # The original takes the place of the damaged one.
    assert said_plainly(province("handover", "receive", first["file"])) == "sender-revoked"
    (again,) = province.must("handover", "kept")
    assert (again["bundle_id"], again["problem"]) == (first["bundle_id"], "")


def test_a_damaged_bundle_of_a_revoked_pc_is_not_kept(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    station = next(iter(pcs(province, COMMUNE).values()))["station"]
    sent = Path(send(commune, PROVINCE, homes)["file"])
    province.must("authority", "revoke", station)
    content = bytearray(sent.read_bytes())
    content[-1600] ^= 1  # in the payload, before all padding: its hash does not fit any more
    damaged = homes.folder / "damaged.tebundle"
    damaged.write_bytes(content)
    assert said_plainly(province("handover", "receive", damaged)) == "sender-revoked"
    assert province.must("handover", "kept") == []


def _station(prompt: Prompt) -> str:
    return str(dict(dump_home(prompt.home, PASSPHRASE)["setting"])["station"])


def _set_apart(copy: str, folder: Path) -> Path:
    """A backup where nothing thins it out, with its key slots."""
    kept = folder / "apart.db"
    shutil.copy(copy, kept)
    shutil.copy(Path(copy).with_suffix(".keyslots.json"), kept.with_suffix(".keyslots.json"))
    return kept


def test_a_pc_restored_twice_from_one_backup_is_waited_for_once(homes: Homes) -> None:
    """The copy does not know the id that the first restore gave to the store it replaces."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    copy = _set_apart(commune.must("backup", "create")["file"], homes.folder)
    for number in ("2", "3"):
        commune.must("backup", "restore", copy)
        type_child(commune, number, "Đinh Thị Nga")
        homes.carry(commune, province, PROVINCE)
        homes.carry(province, commune, COMMUNE)
    homes.carry(commune, province, PROVINCE)
    homes.carry(province, commune, COMMUNE)

    assert sorted(one["active"] for one in pcs(province, COMMUNE).values()) == [False, False, True]
    assert send(province, COMMUNE, homes)["ops"] < 6


@pytest.fixture
def others(homes: Homes) -> tuple[Prompt, Prompt]:
    """Two further PCs of the commune, enrolled."""
    province = homes.at(PROVINCE)
    root = province.must("authority", "status")["root_fingerprint"]
    found = []
    for name in ("second", "third"):
        prompt = Prompt(homes.folder / name, homes._monkeypatch)
        prompt.must("init", "--unit", COMMUNE, "--user", name)
        homes.enrol(province, prompt, root)
        found.append(prompt)
    return found[0], found[1]


@pytest.mark.parametrize("place", ["the same home", "a new PC"])
def test_revocations_go_on_after_the_authority_was_restored(
    homes: Homes, others: tuple[Prompt, Prompt], place: str
) -> None:
    """Two lists of one number would stop every bundle between the authority and all below it."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    lost, stolen = others
    copy = _set_apart(province.must("backup", "create")["file"], homes.folder)
    province.must("authority", "revoke", _station(stolen))
    revoked_at = int(time.time())
    homes.carry(province, commune, COMMUNE)
    if place == "a new PC":
        keys = province.home / "authority"
        province = Prompt(homes.folder / "new", homes._monkeypatch)
        province.must("backup", "restore", copy)
        shutil.copytree(keys, province.home / "authority")
    else:
        province.must("backup", "restore", copy)
    while int(time.time()) <= revoked_at:  # nobody restores a PC within the second of a revocation
        time.sleep(0.05)
    province.must("authority", "revoke", _station(lost))

    homes.carry(province, commune, COMMUNE)
    homes.carry(commune, province, PROVINCE)
    sent = send(lost, PROVINCE, homes)
    assert said_plainly(province("handover", "receive", sent["file"])) == "sender-revoked"
    if place == "the same home":
        sent = send(stolen, PROVINCE, homes)
        assert said_plainly(province("handover", "receive", sent["file"])) == "sender-revoked"


def test_a_restored_pc_does_not_believe_whom_it_knew_to_be_revoked(
    homes: Homes, others: tuple[Prompt, Prompt]
) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    stolen = others[0]
    copy = commune.must("backup", "create")["file"]
    province.must("authority", "revoke", _station(stolen))
    homes.carry(province, commune, COMMUNE)
    commune.must("backup", "restore", copy)
    sent = send(stolen, COMMUNE, homes)
    assert said_plainly(commune("handover", "receive", sent["file"])) == "sender-revoked"


def test_the_newest_day_seen_from_above_outlives_a_restore(homes: Homes) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    copy = commune.must("backup", "create")["file"]
    homes.carry(province, commune, COMMUNE)

    def floor() -> str | None:
        found: dict[str, str] = dict(dump_home(commune.home, PASSPHRASE)["setting"])
        return found.get("clock-floor")

    before = floor()
    commune.must("backup", "restore", copy)
    assert before is not None
    assert floor() == before
