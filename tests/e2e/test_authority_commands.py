"""The keys from the command line: the PCs, a revocation with its notice, sheets as PDF files."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.dumps import Dump, dump_home
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Homes
from tests.e2e.sentences import said_plainly


def words_of(sheet: Path) -> str:
    """What stands on a sheet, with single spaces."""
    told = subprocess.run(
        ["pdftotext", "-layout", str(sheet), "-"], capture_output=True, text=True, check=True
    )
    assert told.stdout.count("\f") == 1, "a sheet is one page"
    return " ".join(told.stdout.split())


def test_a_pc_is_revoked_for_a_reason_and_the_notice_names_it(enrolled_pair: Homes) -> None:
    homes = enrolled_pair
    top = homes.at(PROVINCE)
    states = {one["unit"]: one for one in top.must("authority", "stations")}
    assert {unit: one["state"] for unit, one in states.items()} == {
        COMMUNE: "in_use",
        PROVINCE: "in_use",
    }
    lost, own = states[COMMUNE]["station"], states[PROVINCE]["station"]
    assert (states[PROVINCE]["own"], states[COMMUNE]["own"]) == (True, False)
    assert states[COMMUNE]["issued_here"]

    before = dump_home(top.home, PASSPHRASE)
    assert said_plainly(top("authority", "revoke", own)) == "authority.own_station"
    no_pdf = top("authority", "revoke", lost, "--sheet", homes.folder / "notice.txt")
    assert said_plainly(no_pdf) == "printing.no_pdf"
    assert dump_home(top.home, PASSPHRASE) == before, "the sheet is judged before the deed"

    sheet = homes.folder / "notice.pdf"
    # By the signs on the sheet of that PC, which is what somebody reads by telephone.
    signs = lost[:8].upper()
    unknown = top("authority", "revoke", signs[:7])
    assert said_plainly(unknown) == "authority.unknown_station"
    done = top.must("authority", "revoke", signs, "--reason", "lost", "--sheet", sheet)
    assert (done["station"], done["reason"]) == (lost, "lost")
    words = words_of(sheet)
    assert lost[:8].upper() in words
    assert "Xã Tịnh Khê" in words
    assert "Máy bị mất, bị lấy trộm" in words
    (again,) = [one for one in top.must("authority", "stations") if one["unit"] == COMMUNE]
    assert again["state"] == "revoked"
    listed = top.must("audit", "list")
    (row,) = [one for one in listed if one["event"] == "authority.revoked"]
    assert row["details"]["reason"] == "lost"


def test_the_sheet_of_a_request_is_written_beside_it(enrolled_pair: Homes) -> None:
    second = enrolled_pair.at(COMMUNE + "-second")
    second.must("init", "--unit", COMMUNE, "--user", "b")
    request, sheet = enrolled_pair.folder / "second.csr", enrolled_pair.folder / "second.pdf"
    asked = second.must("enrol", "request", "--out", request, "--sheet", sheet)
    words = words_of(sheet)
    assert asked["station"][:8].upper() in words
    assert all(group in words for group in asked["check_code"].split("-"))
    assert "second.csr" in words


def test_the_sheet_of_a_reply_says_who_was_certified_until_when_and_by_which_root(
    enrolled_pair: Homes,
) -> None:
    top, second = enrolled_pair.at(PROVINCE), enrolled_pair.at(COMMUNE + "-second")
    second.must("init", "--unit", COMMUNE, "--user", "b")
    request, sheet = enrolled_pair.folder / "second.csr", enrolled_pair.folder / "reply.pdf"
    reply = enrolled_pair.folder / "reply.tebundle"
    code = second.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    done = top.must(*grant, "--role", "clerk", "--sheet", sheet)
    assert (done["units"], done["role"]) == ([COMMUNE], "clerk")
    words = words_of(sheet)
    assert all(group in words for group in done["root_fingerprint"].split("-"))
    assert done["station"][:8].upper() in words
    assert "Người nhập liệu" in words
    assert "Có hiệu lực đến hết ngày" in words


def test_an_authority_whose_pc_died_goes_on_from_its_backup_and_its_copied_key_files(
    enrolled_pair: Homes,
) -> None:
    top, root = enrolled_pair.at(PROVINCE), enrolled_pair.folder / "root.pdf"
    backup = Path(top.must("backup", "create")["file"])
    copied = top.must("authority", "copy-keys", "--out", enrolled_pair.stick)
    assert copied["files"] == ["authority.age", "escrow.age", "root.age"]
    folder = Path(copied["folder"])

    new = enrolled_pair.at("new-pc")
    new.must("backup", "restore", backup)
    request = enrolled_pair.folder / "third.csr"
    third = enrolled_pair.at(COMMUNE + "-third")
    third.must("init", "--unit", COMMUNE, "--user", "c")
    code = third.must("enrol", "request", "--out", request)["check_code"]
    reply = enrolled_pair.folder / "third.tebundle"
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    assert said_plainly(new(*grant)) == "authority.none"

    take = ("authority", "take-keys", folder)
    (folder / "escrow.age").rename(folder / "away")
    (folder / "escrow.age").write_bytes((folder / "root.age").read_bytes()[:-1])
    assert said_plainly(new(*take)) == "key_files.damaged"
    (folder / "away").replace(folder / "escrow.age")
    empty = enrolled_pair.folder / "empty"
    empty.mkdir()
    assert said_plainly(new("authority", "take-keys", empty)) == "key_files.none"
    other = enrolled_pair.at("another-province")
    other.must("init", "--unit", "51@2024", "--user", "o")
    other.must("authority", "init")
    elsewhere = other.must("authority", "copy-keys", "--out", empty)["folder"]
    assert said_plainly(new("authority", "take-keys", elsewhere)) == "key_files.another"
    assert not (new.home / "authority").exists() or not list((new.home / "authority").iterdir())

    assert sorted(new.must(*take)["files"]) == copied["files"]
    assert new.must(*take)["files"] == [], "what is here is never replaced"
    fingerprint = new.must(*grant)["root_fingerprint"]
    third.must("enrol", "accept", reply, "--fingerprint", fingerprint)

    rotated = new.must("authority", "rotate-root", "--sheet", root)
    words = words_of(root)
    assert all(group in words for group in rotated["root_fingerprint"].split("-"))
    assert rotated["old_fingerprint"] in words


def test_who_keeps_no_keys_does_none_of_it(enrolled_pair: Homes) -> None:
    top, folder = enrolled_pair.at(PROVINCE), enrolled_pair.folder
    first = folder / "first"
    first.write_text("câu của riêng Lan\n", encoding="utf-8")
    top.must("user", "add", "lan", "--role", "clerk", "--new-passphrase-file", first)
    code = enrolled_pair.at(COMMUNE + "-second")
    code.must("init", "--unit", COMMUNE, "--user", "b")
    request = folder / "second.csr"
    code.must("enrol", "request", "--out", request)
    stations = top.must("authority", "stations")
    lost = next(one["station"] for one in stations if one["unit"] == COMMUNE)
    as_lan = ("--user", "lan", "--passphrase-file", first)
    top.must(*as_lan, "village", "list", "--unit", COMMUNE)
    before = dump_home(top.home, PASSPHRASE)
    files = sorted(str(one) for one in folder.rglob("*"))
    for words in (
        ("enrol", "request", "--out", folder / "x.csr"),
        ("enrol", "grant", request, "--out", folder / "x.tebundle", "--check-code", "A"),
        ("enrol", "accept", request, "--fingerprint", "A"),
        ("enrol", "start-over", "--unit", PROVINCE),
        ("authority", "init"),
        ("authority", "revoke", lost, "--reason", "lost"),
        ("authority", "revoke-authority", "00" * 20),
        ("authority", "rotate-root"),
        ("authority", "renew"),
        ("authority", "renew", "--new-keys"),
        ("authority", "copy-keys", "--out", enrolled_pair.stick),
        ("authority", "take-keys", enrolled_pair.stick),
        ("reopen", "grant", request, "--out", folder / "x.reopened", "--check-code", "A"),
        ("handover", "take-out", lost),
        ("user", "recovery-code"),
    ):
        assert said_plainly(top(*as_lan, *words)) == "rights.denied", words
    assert _but_sign_ins(dump_home(top.home, PASSPHRASE)) == _but_sign_ins(before)
    assert sorted(str(one) for one in folder.rglob("*")) == files


def _but_sign_ins(dump: Dump) -> Dump:
    """A dump without what every opening of a store notes."""
    return {name: rows for name, rows in dump.items() if name != "audit"}
