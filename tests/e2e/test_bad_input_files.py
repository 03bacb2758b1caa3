"""Bad files at the door: a Vietnamese sentence with the file and the next step, and no change."""

from __future__ import annotations

import io
import os
import random
import shutil
import socket
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.forms.units import load_units
from app.i18n import in_sentence
from tests.dumps import dump_home, events_of
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.tampering import signed_again
from tests.faults import ground as grounds
from tests.faults.ground import COMMUNE, DISTRICT, MAP, PROVINCE, SIBLING
from tests.forged_bundles import Forger

NUMBERS = random.Random(20_260_302)


@dataclass(frozen=True)
class Scene:
    """A district with two communes, and the first bundle of one of them, not yet received."""

    homes: Homes
    bundle: Path
    fingerprint: str

    @property
    def district(self) -> Prompt:
        return self.homes.at(DISTRICT)

    @property
    def commune(self) -> Prompt:
        return self.homes.at(COMMUNE)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("scene")
    ground = grounds.prepare(folder, patch, (COMMUNE, SIBLING), children=40)
    homes = Homes(folder, patch)
    sent = homes.at(COMMUNE).must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    yield Scene(homes, Path(sent["file"]), ground.fingerprint)
    patch.undo()


def _refused(prompt: Prompt, file: Path, *also: str) -> str:
    """Receiving and previewing the file: said plainly, by name; only the audit trail has grown.

    `also` are events before the refusal.
    """
    before = dump_home(prompt.home, PASSPHRASE)
    events = len(events_of(prompt.home, PASSPHRASE))
    answer = prompt("handover", "receive", file)
    reason = said_plainly(answer)
    (result,) = answer.document
    assert file.name in result["message"]
    assert {result[name] for name in ("new", "changed", "conflicts", "waiting", "refused")} == {0}
    assert dump_home(prompt.home, PASSPHRASE) == before
    assert events_of(prompt.home, PASSPHRASE)[events:] == ["sign-in", *also, "bundle.refused"]
    preview = prompt("handover", "receive", file, "--preview")
    assert said_plainly(preview) == reason
    assert dump_home(prompt.home, PASSPHRASE) == before
    assert list((prompt.home / "incoming").iterdir()) == []
    return reason


def _called(unit: str) -> str:
    return f"{in_sentence(load_units().unit(unit).full_name())} ({unit})"


def _texts(folder: Path) -> dict[str, tuple[Path, str]]:
    """Files that are no bundles at all → the refusal."""
    archive = folder / "thư.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("manifest.json", "{}")
    named = {
        "empty.tebundle": b"",
        "words.tebundle": "Kính gửi Ủy ban nhân dân".encode(),
        "noise.tebundle": NUMBERS.randbytes(20_000),
        "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(5000),
        "page.pdf": b"%PDF-1.7\n" + bytes(5000),
    }
    for name, content in named.items():
        (folder / name).write_bytes(content)
    (folder / "thư mục").mkdir()
    return {
        **{name: (folder / name, "not-a-bundle") for name in named},
        archive.name: (archive, "not-a-bundle"),
        "a folder without bundles": (folder / "thư mục", "files.not_plain"),
        "nothing": (folder / "gone" / "nothing.tebundle", "files.gone"),
    }


def test_what_is_no_bundle_is_called_so(scene: Scene, tmp_path: Path) -> None:
    for name, (file, reason) in _texts(tmp_path).items():
        assert _refused(scene.district, file) == reason, name


def _endless(folder: Path) -> dict[str, Path]:
    """What lies on a stick like a file and never ends, or never begins."""
    found = {"zeros": folder / "số không", "pipe": folder / "ống", "socket": folder / "ổ cắm"}
    found["zeros"].symlink_to("/dev/zero")
    os.mkfifo(found["pipe"])
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(found["socket"]))
    return found


def test_what_never_ends_is_refused_before_the_first_byte_is_copied(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sync.files._copy", _must_not_copy)
    district = scene.district
    before = dump_home(district.home, PASSPHRASE)
    for name, file in _endless(tmp_path).items():
        assert _refused(district, file) in ("files.not_plain", "files.unreadable"), name
        for words in (
            ["handover", "inspect", file],
            ["enrol", "accept", file, "--fingerprint", scene.fingerprint],
            ["enrol", "grant", file, "--out", tmp_path / "reply"],
            ["reopen", "grant", file, "--out", tmp_path / "reply"],
            ["reopen", "accept", file, "--new-passphrase-file", file],
            ["register", "import", file, "--columns", MAP],
            ["register", "import", tmp_path / "sheet.csv", "--columns", file],
            ["unit", "list", "--passphrase-file", file],
        ):
            said_plainly(district(*words))
    assert dump_home(district.home, PASSPHRASE) == before


def _must_not_copy(*_: object) -> str:
    raise AssertionError("copied")


def test_a_small_file_that_is_large_is_not_read_whole(scene: Scene, tmp_path: Path) -> None:
    large = tmp_path / "lớn"
    with large.open("wb") as file:
        file.truncate(1 << 42)
    for words in (
        ["enrol", "grant", large, "--out", tmp_path / "reply"],
        ["reopen", "grant", large, "--out", tmp_path / "reply"],
        ["register", "import", tmp_path / "sheet.csv", "--columns", large],
        ["unit", "list", "--passphrase-file", large],
    ):
        said_plainly(scene.district(*words))


def test_only_what_has_the_outside_of_a_bundle_is_copied(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sync.files._copy", _must_not_copy)
    file = tmp_path / "dài.tebundle"
    shutil.copy(scene.bundle, file)
    with file.open("r+b") as longer:
        longer.truncate(1 << 42)
    assert _refused(scene.district, file) == "trailing-data"
    film = tmp_path / "phim.mp4"
    with film.open("wb") as made:
        made.truncate(1 << 42)
    assert _refused(scene.district, film) == "not-a-bundle"
    monkeypatch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 1))
    assert _refused(scene.district, scene.bundle) == "files.disk_full"


def test_a_cut_file_is_called_cut_wherever_it_was_cut(scene: Scene, tmp_path: Path) -> None:
    whole = scene.bundle.read_bytes()
    file = tmp_path / scene.bundle.name
    for length in (300, 511, 512, 700, 3000, len(whole) // 2, len(whole) - 513, len(whole) - 1):
        file.write_bytes(whole[:length])
        assert _refused(scene.district, file) == "cut", length
    message = scene.district("handover", "receive", file).document[0]["message"]
    assert COMMUNE in message  # the clerk is told whose it is


def test_whoever_asks_for_it_again_is_told_whose_it_says_to_be(
    scene: Scene, tmp_path: Path
) -> None:
    """By the file's own words, and only where its manifest can still be read."""
    whole = scene.bundle.read_bytes()
    file = tmp_path / scene.bundle.name
    told = f"gói số 1 của xã Tịnh Châu ({COMMUNE})"
    for at, said in ((4, False), (600, False), (len(whole) // 2, True), (len(whole) - 600, True)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x80]) + whole[at + 1 :])
        message = scene.district("handover", "receive", file).document[0]["message"]
        assert (told in message) is said, at
        assert file.name in message


def test_a_file_altered_anywhere_is_refused(scene: Scene, tmp_path: Path) -> None:
    whole = scene.bundle.read_bytes()
    file = tmp_path / scene.bundle.name
    reasons = set()
    for at in sorted(NUMBERS.sample(range(len(whole)), 12)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        reasons.add(_refused(scene.district, file))
    file.write_bytes(whole + b"x")
    reasons.add(_refused(scene.district, file))
    assert len(reasons) > 2, reasons


def test_a_bundle_of_a_newer_program_asks_for_the_update(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "newer.tebundle"
    signed_again(
        scene.bundle, scene.commune.home, file, manifest=lambda m: m.update(v=2, min_reader=2)
    )
    assert _refused(scene.district, file) == "newer-format"


def test_a_decompression_bomb_stops_at_what_the_manifest_claims(
    scene: Scene, tmp_path: Path
) -> None:
    file = tmp_path / "bomb.tebundle"
    signed_again(scene.bundle, scene.commune.home, file, plain=b'{"t":"h"}\n' + b" " * (64 << 20))
    assert file.stat().st_size < 200_000
    assert _refused(scene.district, file) in ("more-than-claimed", "line-too-long", "header-line")


def test_a_bomb_that_admits_its_size_is_refused_for_want_of_sense(
    scene: Scene, tmp_path: Path
) -> None:
    plain = b'{"t":"h"}\n' + b"\n" * (32 << 20)
    file = tmp_path / "large.tebundle"
    signed_again(
        scene.bundle,
        scene.commune.home,
        file,
        plain=plain,
        manifest=lambda m: m["payload"].update(plain_bytes=len(plain), lines=plain.count(b"\n")),
    )
    assert _refused(scene.district, file) in ("manifest-field", "header-line")


def test_a_bundle_for_another_unit_is_not_opened(scene: Scene) -> None:
    assert _refused(scene.homes.at(SIBLING), scene.bundle) in (
        "not-for-this-unit",
        "sender-not-in-line",
    )
    assert _refused(scene.homes.at(PROVINCE), scene.bundle) == "not-for-this-unit"
    (told,) = scene.homes.at(PROVINCE)("handover", "receive", scene.bundle).document
    sender = f"Theo lời ghi trong tệp, đây là gói số 1 của {_called(COMMUNE)}."
    assert sender in told["message"].split("\n"), "whom to ask, and for which one"


def test_a_bundle_to_the_unit_but_not_to_this_pc_is_not_opened(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    second = Prompt(tmp_path / "second", monkeypatch)
    second.must("init", "--unit", DISTRICT, "--user", "an")
    scene.homes.enrol(scene.homes.at(PROVINCE), second, scene.fingerprint)
    assert _refused(second, scene.bundle) == "not-for-this-station"


def test_an_unknown_sender_is_not_believed(scene: Scene, tmp_path: Path) -> None:
    assert _refused(scene.district, Forger().forge(tmp_path)) == "sender-unknown"


def _copied(home: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    shutil.copytree(home, target)
    return Prompt(target, monkeypatch)


def test_a_revoked_sender_is_refused_and_the_others_go_on(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = _copied(scene.district.home, tmp_path / "district", monkeypatch)
    listed = district.must("authority", "status")["stations"]
    (station,) = (one["station"] for one in listed if one["unit"] == COMMUNE)
    district.must("authority", "revoke", station)
    # The bundle itself is kept beside the store, for the key holder to decide about.
    assert _refused(district, scene.bundle, "bundle.kept") == "sender-revoked"
    (told,) = district("handover", "receive", scene.bundle).document
    assert f"gói số 1 của {_called(COMMUNE)}." in told["message"]
    sibling = _copied(scene.homes.at(SIBLING).home, tmp_path / "sibling", monkeypatch)
    sent = sibling.must("handover", "send", "--to", DISTRICT, "--out", scene.homes.stick)
    answer = district("handover", "receive", scene.bundle, sent["file"])
    assert answer.code == 1  # one of them was refused whole
    assert [one["status"] for one in answer.document] == ["rejected", "imported"]


def test_a_bundle_that_came_before_changes_nothing(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = _copied(scene.district.home, tmp_path / "district", monkeypatch)
    (first,) = district.must("handover", "receive", scene.bundle, codes=(0, 4))
    assert first["status"] == "imported"
    before = dump_home(district.home, PASSPHRASE)
    (second,) = district.must("handover", "receive", scene.bundle, codes=(1,))
    assert (second["status"], second["seq"]) == ("already", 1)
    what, _, step = second["message"].partition("\n")
    assert scene.bundle.name in what
    assert "Không phải làm gì thêm" in step
    (looked,) = district.must("handover", "receive", scene.bundle, "--preview", codes=(1,))
    assert looked["status"] == "already"
    copy = tmp_path / "another name.tebundle"
    shutil.copy(scene.bundle, copy)
    (third,) = district.must("handover", "receive", copy, codes=(1,))
    assert third["status"] == "already"
    assert copy.name in third["message"]
    assert dump_home(district.home, PASSPHRASE) == before


def test_a_wrong_passphrase_opens_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    district = scene.district
    before = dump_home(district.home, PASSPHRASE)
    with monkeypatch.context() as patch:
        patch.setenv("SOTREEM_PASSPHRASE", "một câu khác hẳn")
        answer = district("handover", "receive", scene.bundle)
    assert said_plainly(answer) == "crypto.wrong_secret"
    assert dump_home(district.home, PASSPHRASE) == before


class _Keyboard(io.StringIO):
    """Somebody sits at the prompt."""

    def isatty(self) -> bool:
        return True


def _request_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    prompt = Prompt(folder / "new", monkeypatch)
    prompt.must("init", "--unit", "21010@2024", "--user", "an")
    asked = prompt.must("enrol", "request", "--out", folder / "request.txt")
    return folder / "request.txt", asked["check_code"]


def test_bad_requests_and_replies_of_enrolment_are_said(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (request, code), out = _request_of(tmp_path, monkeypatch), tmp_path / "reply.tebundle"
    content = request.read_bytes()
    damaged, words = tmp_path / "damaged.txt", tmp_path / "words.txt"
    damaged.write_bytes(content[:200] + b"A" + content[201:])
    words.write_bytes("không phải yêu cầu".encode())
    grant, compared = ("enrol", "grant"), ("--check-code", code)
    tries: dict[str, tuple[list[str | Path], str]] = {
        "words": ([*grant, words, "--out", out], "enrol.bad_request"),
        "damaged": ([*grant, damaged, "--out", out], "enrol.bad_request"),
        "gone": ([*grant, tmp_path / "gone.txt", "--out", out], "enrol.unreadable"),
        "no code": ([*grant, request, "--out", out], "enrol.no_code"),
        "a blank code": ([*grant, request, "--out", out, "--check-code", " "], "enrol.no_code"),
        "another code": (
            [*grant, request, "--out", out, "--check-code", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"],
            "enrol.code_differs",
        ),
        "not below": (
            [*grant, request, "--out", out, *compared, "--unit", PROVINCE],
            "enrol.not_below",
        ),
        "to nowhere": ([*grant, request, "--out", tmp_path / "no" / "reply"], "files.no_folder"),
    }
    district = _copied(scene.district.home, tmp_path / "district", monkeypatch)
    for name, (words_of, expected) in tries.items():
        before = dump_home(district.home, PASSPHRASE)
        answer = district(*words_of)
        assert said_plainly(answer) == expected, name
        if expected == "enrol.no_code":
            assert f"grant {request.name} --out TỆP --check-code" in answer.document["message"]
        assert not out.exists(), name
        assert dump_home(district.home, PASSPHRASE) == before, name
    with monkeypatch.context() as patch:
        patch.setenv("SOTREEM_AUTHORITY_PASSPHRASE", "một câu khác hẳn")
        answer = district(*grant, request, "--out", out, *compared)
    assert said_plainly(answer) == "authority.wrong_passphrase"

    # At a prompt the code is asked for, and ours is not shown to be typed off.
    for typed, expected in (("\n", "enrol.no_code"), ("AAAAA\n", "enrol.code_differs")):
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", _Keyboard(typed))
            answer = district(*grant, request, "--out", out)
        assert said_plainly(answer) == expected
        assert code not in answer.notes

    new = Prompt(tmp_path / "new", monkeypatch)
    district.must(*grant, request, "--out", out, *compared)
    before = dump_home(new.home, PASSPHRASE)
    accept = ("enrol", "accept")
    mark = ("--fingerprint", scene.fingerprint)
    cut = tmp_path / "cut.tebundle"
    cut.write_bytes(out.read_bytes()[:-2000])
    replies: dict[str, tuple[list[str | Path], str]] = {
        "another root": (
            [*accept, out, "--fingerprint", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"],
            "bundle.root_fingerprint",
        ),
        "words": ([*accept, words, *mark], "bundle.not_a_bundle"),
        "cut": ([*accept, cut, *mark], "bundle.cut"),
        "a handover": ([*accept, scene.bundle, *mark], "bundle.sender_unknown"),
        "gone": ([*accept, tmp_path / "gone.tebundle", *mark], "files.gone"),
    }
    for name, (words_of, expected) in replies.items():
        answer = new(*words_of)
        assert said_plainly(answer) == expected, name
        assert Path(words_of[2]).name in answer.document["message"], name
        assert dump_home(new.home, PASSPHRASE) == before, name
    other = Prompt(tmp_path / "other", monkeypatch)
    other.must("init", "--unit", "21010@2024", "--user", "an")
    other.must("enrol", "request", "--out", tmp_path / "other.txt")
    assert said_plainly(other(*accept, out, *mark)) == "enrol.not_a_reply"
    new.must(*accept, out, *mark)


def test_places_that_are_gone_are_said_by_every_command_that_writes_a_file(
    scene: Scene, tmp_path: Path
) -> None:
    gone = tmp_path / "rút rồi"
    handover = scene.commune.must("handover", "list")[0]["id"]
    before = dump_home(scene.commune.home, PASSPHRASE)
    tries: dict[str, list[str | Path]] = {
        "send": ["handover", "send", "--to", DISTRICT, "--out", gone],
        "record": ["handover", "record", handover, "--out", gone / "record.pdf"],
        "export csv": ["register", "export", gone / "all.csv"],
        "export xlsx": ["register", "export", gone / "all.xlsx"],
        "check": ["check", "--out", gone / "issues.csv"],
        "import": ["register", "import", gone / "sheet.xlsx", "--columns", MAP],
        "inspect": ["handover", "inspect", gone / "a.tebundle"],
    }
    for name, words in tries.items():
        said_plainly(scene.commune(*words))
        assert not gone.exists(), name
    assert dump_home(scene.commune.home, PASSPHRASE) == before
