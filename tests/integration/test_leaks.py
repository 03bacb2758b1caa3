"""Leak scan: invented names, phones and ids go through every path and stand nowhere in the clear.

Raw bytes of everything the program writes are searched in each encoding a program could have used.
The control searches a plain copy in the same way and must find them all: a search that finds
nothing proves nothing.
"""

from __future__ import annotations

import base64
import csv
import json
import re
import shutil
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_services
from app.forms.issues import Value
from app.forms.units import load_units
from app.models.connection import connect
from app.models.drafts import DraftStore
from app.models.work import Change
from app.services.installation import unlock
from app.services.saving import RecordSave
from app.settings import Settings
from app.text.fold import fold
from tests.e2e.command_line import PASSPHRASE, Answer, Homes, Prompt
from tests.e2e.tampering import parts_of

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT / "resources" / "import_maps" / "register-sample.json"
PROVINCE = "51@2025"

#: What is planted: nobody real, and nothing that would come up by chance.
IMPORTED = {
    "name": "Đặng Thị Ưởng Xuyến",
    "father": "Đoàn Quyết Ứng Thuỷ",
    "mother": "Nguyễn Ỷ Ngoẵng Lựu",
    "head": "Đỗ Đượm Khuếch Rằm",
    "phone": "0987650123",
    "personal_id": "051215009876",
}
TYPED = {"full_name": "Đường Thế Ngưỡng Vỹ", "note": "Trốn ở nhà bà Ướt Đẫm cuối xóm Gò Ngỗng"}
DRAFTED = "Bùi Đĩnh Ngọ Khướu"
CRASHED = "Lữ Ngoạt Thưởng Ễnh"
#: The document that a circumstance of level A rests on.
EVIDENCE = "Kết luận điều tra 9417/KL-Ưởng-Rượt"
SECRETS = (*IMPORTED.values(), *TYPED.values(), DRAFTED, CRASHED, EVIDENCE)
#: What is planted of level A, as codes and as the words of their lists. Five bytes or more: a
#: shorter code comes up by chance in what is encrypted.
LEVEL_A = ("C11.2", "R03.3", "C12.1", "cưỡng dâm", "nhiễm HIV", "bị mua bán", EVIDENCE)

Encoding = Callable[[str], bytes]


def _escaped(said: str) -> bytes:
    return json.dumps(said).strip('"').encode()


def _upper_escaped(said: str) -> bytes:
    return re.sub(rb"\\u[0-9a-f]{4}", lambda found: b"\\u" + found[0][2:].upper(), _escaped(said))


#: The forms in which a text could lie in a file.
ENCODINGS: dict[str, Encoding] = {
    "UTF-8 composed": lambda said: unicodedata.normalize("NFC", said).encode(),
    "UTF-8 decomposed": lambda said: unicodedata.normalize("NFD", said).encode(),
    "UTF-16 composed": lambda said: unicodedata.normalize("NFC", said).encode("utf-16-le"),
    "UTF-16 decomposed": lambda said: unicodedata.normalize("NFD", said).encode("utf-16-le"),
    "JSON escapes": lambda said: _escaped(unicodedata.normalize("NFC", said)),
    "JSON escapes, capitals": lambda said: _upper_escaped(unicodedata.normalize("NFC", said)),
    "JSON escapes, decomposed": lambda said: _escaped(unicodedata.normalize("NFD", said)),
    "folded": lambda said: fold(said).encode(),
    "folded, capitals": lambda said: fold(said).upper().encode(),
}


def found_in(content: bytes) -> set[tuple[str, str]]:
    """(secret, encoding) pairs that stand in some bytes."""
    return {
        (secret, name)
        for secret in SECRETS
        for name, encode in ENCODINGS.items()
        if encode(secret) in content
    }


@dataclass
class Written:
    """Every file that Python opened for writing while it watched, wherever it was."""

    watching: bool = False
    paths: set[str] = field(default_factory=set)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.watching or event != "open" or not isinstance(arguments[0], (str, bytes)):
            return
        mode, flags = arguments[1], arguments[2]
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (flags or 0) & 0b11:
            self.paths.add(str(arguments[0]))


WRITTEN = Written()
sys.addaudithook(WRITTEN)


@dataclass(frozen=True)
class Scene:
    """Two offices that worked with the planted people, and the folders they wrote into."""

    folder: Path
    commune: Prompt
    province: Prompt
    second: Prompt
    temp: Path
    child: str

    @property
    def stick(self) -> Path:
        return self.folder / "usb"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("leaks")
    temp = folder / "temp"
    temp.mkdir()
    patch.setenv("TMPDIR", str(temp))
    patch.setattr(tempfile, "tempdir", str(temp))
    successor = load_units().whole_successor("21208@2024")
    assert successor is not None
    sheet = _sheet(folder / "sheet.csv", "21208")
    WRITTEN.watching = True
    worked = _work(folder, temp, sheet, successor.ref, patch)
    WRITTEN.watching = False
    yield worked
    patch.undo()


def _sheet(path: Path, commune: str) -> Path:
    row = {
        "rec_id": "r1",
        "hh_id": "h1",
        "commune": commune,
        "sex": "F",
        "dob": "2015-03-01",
        **IMPORTED,
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    return path


def _work(folder: Path, temp: Path, sheet: Path, unit: str, patch: pytest.MonkeyPatch) -> Scene:
    """Every path by which a person's data go through the program."""
    homes = Homes(folder, patch)
    province = homes.init(PROVINCE)
    root = province.must("authority", "init")["root_fingerprint"]
    commune = homes.init(unit)
    importing = ("register", "import", sheet, "--columns", MAP, "--unit", unit)
    commune.must(*importing, "--preview", codes=(0, 4))
    commune.must(*importing, codes=(0, 4))
    (found,) = commune.must("register", "search", "xuyen")
    child, household = found["id"], found["household"]
    commune.must("register", "set", child, f"full_name={TYPED['full_name']}")
    commune.must("register", "set", household, f"note={TYPED['note']}")
    commune.must("register", "set", household, "family_problem_flags=R03.3")
    _circumstances(commune, child)
    _draft(commune)
    homes.enrol(province, commune, root)
    sent, _ = homes.carry(commune, province, PROVINCE)
    province.must("register", "set", child, "other_name=Bé")
    homes.carry(province, commune, unit)
    second = Prompt(folder / "second", patch)
    second.must("init", "--unit", unit, "--user", "an", "--full-name", "Nguyễn Thị An")
    request, reply = folder / "usb" / "request.txt", folder / "usb" / "reply.tebundle"
    code = second.must("enrol", "request", "--out", request)["check_code"]
    province.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    second.must("enrol", "accept", reply, "--fingerprint", root, codes=(0, 4))
    assert second.must("register", "show", child)["id"] == child
    for prompt in (commune, province, second):
        prompt.must("check", codes=(0, 4))
        prompt.must("backup", "create")
        prompt.must("selftest")
    commune.must("handover", "record", sent["handover"], "--out", folder / "usb" / "record.pdf")
    commune("handover", "receive", sent["file"])  # not for this unit: refused
    return Scene(folder, commune, province, second, temp, child)


def _circumstances(prompt: Prompt, child: str) -> None:
    """A group of level A with its document; one that does not fit the child, so that it is told."""
    with open_services(Settings(prompt.home), lambda s: unlock(s, PASSPHRASE)) as services:
        owner = services.records.show(child).record.values["owner_unit"]
        assert owner
        services.records.save(
            [
                RecordSave(
                    Change(
                        "circumstance", {"record": child, "evidence_ref": EVIDENCE, **said}, key=key
                    )
                )
                for key, said in _GROUPS.items()
            ]
        )


_GROUPS: dict[str, dict[str, Value]] = {
    f"{group}/1": {
        "group": group,
        "subgroups": [code],
        "episode": 1,
        "circumstance_from": "2024-01-02",
    }
    for group, code in (("C11", "C11.2"), ("C12", "C12.1"))
}


def _draft(prompt: Prompt) -> None:
    settings = Settings(prompt.home)
    drafts = DraftStore(settings.drafts_path, unlock(settings, PASSPHRASE).dek)
    drafts.save("household/new", json.dumps({"child": {"full_name": DRAFTED}}))
    drafts.save("household/escaped", json.dumps({"full_name": DRAFTED}, ensure_ascii=False))
    drafts.close()


def _scanned(scene: Scene, *without: str) -> dict[str, bytes]:
    """Every file of homes, stick and temp folder, by its path."""
    found = {}
    for top in (
        scene.commune.home,
        scene.province.home,
        scene.second.home,
        scene.stick,
        scene.temp,
    ):
        for path in sorted(top.rglob("*")):
            if path.is_file() and path.name not in without:
                found[str(path.relative_to(scene.folder))] = path.read_bytes()
    return found


def test_nothing_planted_stands_in_the_clear_anywhere(scene: Scene) -> None:
    files = _scanned(scene)
    kinds = {Path(name).suffix for name in files}
    assert kinds >= {".db", ".json", ".log", ".lock", ".tebundle", ".pdf", ".age"}
    leaks = {name: found for name, content in files.items() if (found := found_in(content))}
    assert leaks == {}
    names = {name: found for name in files if (found := found_in(name.encode()))}
    assert names == {}
    size = sum(map(len, files.values()))
    print(
        f"\nleak scan: {len(files)} files, {size} bytes, {len(SECRETS)} texts in"
        f" {len(ENCODINGS)} encodings, nothing found"
    )


def test_nothing_stands_in_the_write_ahead_log_of_an_open_store(scene: Scene) -> None:
    settings = Settings(scene.commune.home)
    with open_services(settings, lambda s: unlock(s, PASSPHRASE)) as services:
        services.records.set_fields(scene.child, {"full_name": "Lê Văn Tám"})
        services.records.set_fields(scene.child, {"full_name": TYPED["full_name"]})
        drafts = DraftStore(settings.drafts_path, services.workplace.dek)
        drafts.save("household/open", json.dumps({"full_name": DRAFTED}))
        live = {path: path.read_bytes() for path in scene.commune.home.iterdir() if path.is_file()}
        drafts.close()
    wals = [path.name for path, content in live.items() if path.name.endswith("-wal") and content]
    assert sorted(wals) == ["drafts.db-wal", "store.db-wal"]
    assert any(path.name == "store.db-shm" for path in live)
    assert {
        path.name: found for path, content in live.items() if (found := found_in(content))
    } == {}


def test_a_crash_report_says_nothing_about_anybody(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        try:
            int(CRASHED)
        except ValueError as error:
            raise RuntimeError(f"cannot save {CRASHED} {IMPORTED['personal_id']}") from error

    monkeypatch.setattr("app.services.saving.save_in", broken)
    answer = scene.commune("register", "set", scene.child, f"full_name={CRASHED}")
    assert answer.code == 3
    reports = list(scene.commune.home.glob("report-*.txt"))
    assert len(reports) == 1
    said = reports[0].read_bytes()
    assert b"RuntimeError" in said
    assert b"ValueError" in said
    for content in (said, answer.notes.encode(), json.dumps(answer.document).encode()):
        assert found_in(content) == set()
    assert found_in((scene.commune.home / "sotreem.log").read_bytes()) == set()
    reports[0].unlink()


def test_what_is_refused_is_not_repeated_in_the_log_or_a_sentence(scene: Scene) -> None:
    """A wrong value is shown to the one who typed it, and to nobody else."""
    answer = scene.commune("register", "set", scene.child, f"personal_id={CRASHED}")
    assert answer.code == 1
    assert found_in((scene.commune.home / "sotreem.log").read_bytes()) == set()


def test_no_file_was_written_outside_the_places_that_were_named(scene: Scene) -> None:
    outside = {
        path
        for path in WRITTEN.paths
        if not path.startswith((str(scene.folder), "/dev/", "/proc/"))
        and "__pycache__" not in path
        and not path.isdigit()
    }
    assert outside == set()
    assert [path for path in WRITTEN.paths if path.startswith(str(scene.temp))] == []


def test_the_audit_trail_holds_codes_and_counts(scene: Scene) -> None:
    """It is encrypted; still, whoever may read it need not learn of children."""
    for prompt in (scene.commune, scene.province):
        assert (
            found_in(json.dumps(prompt.must("audit", "list"), ensure_ascii=False).encode()) == set()
        )


def test_a_manifest_tells_totals_and_no_groups(scene: Scene) -> None:
    bundles = sorted(scene.stick.rglob("*.tebundle"))
    assert len(bundles) >= 3
    for bundle in bundles:
        manifest = parts_of(bundle).manifest
        assert set(manifest["entities"]) == {"households", "children"}
        for said in _texts(manifest):
            if _is_sealed(said):
                continue  # what lies sealed reads as anything, "hiv" among it
            assert not re.search(r"\b[CRK]\d{2}(\.\d+)?\b", said), said
            assert not re.search("hiv|aids|mồ côi|xâm hại|khuyết tật", said.lower()), said


def _is_sealed(said: str) -> bool:
    """Whether a text is a whole age file in base64, which only its receivers read."""
    try:
        inside = base64.b64decode(said, validate=True)
    except ValueError:
        return False
    return inside.startswith(b"age-encryption.org/v1\n-> X25519 ")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def codes_in(content: bytes) -> set[str]:
    """What of the planted level A stands in some bytes, in any encoding."""
    return {said for said in LEVEL_A for encode in ENCODINGS.values() if encode(said) in content}


def test_level_a_stands_in_no_file_no_name_and_no_log(scene: Scene) -> None:
    files = _scanned(scene)
    assert {name for name, content in files.items() if codes_in(content)} == set()
    assert {name for name in files if codes_in(name.encode())} == set()
    assert not any(codes_in(path.encode()) for path in WRITTEN.paths)
    for prompt in (scene.commune, scene.province, scene.second):
        assert (prompt.home / "sotreem.log").read_bytes()
        assert codes_in((prompt.home / "sotreem.log").read_bytes()) == set()


def test_level_a_stands_in_no_clear_part_of_a_bundle(scene: Scene) -> None:
    for bundle in sorted(scene.stick.rglob("*.tebundle")):
        parts = parts_of(bundle)
        assert codes_in(json.dumps(parts.manifest, ensure_ascii=False).encode()) == set()


def _answers(scene: Scene, prompt: Prompt, *reveal: str) -> dict[str, bytes]:
    """What every command that shows persons prints, and the files it writes."""
    (found,) = prompt.must("register", "search", "duong the nguong")
    child, household = found["id"], found["household"]
    parts = prompt.must("register", "show", child)["belongings"]
    lines: list[tuple[str, ...]] = [
        ("register", "show", child, *reveal),
        ("register", "show", household, *reveal),
        ("register", "history", child, *reveal),
        ("register", "history", household, *reveal),
        *(("register", "show", one["id"], *reveal) for one in parts),
        *(("register", "history", one["id"], *reveal) for one in parts),
        ("conflict", "list", *reveal),
        ("check",),
        ("waiting", "list"),
        ("handover", "list"),
        ("audit", "list"),
        ("user", "list"),
    ]
    said = {}
    for line in lines:
        answer = prompt(*line)
        assert answer.code in (0, 4), (line, answer.notes)
        said[" ".join(line)] = _printed(answer)
    for kind in ("csv", "xlsx"):
        export, issues = (scene.temp / f"{name}.{kind}" for name in ("export", "issues"))
        said[f"export {kind}"] = _printed(prompt("register", "export", export, *reveal))
        said[f"check {kind}"] = _printed(prompt("check", "--out", issues))
        for path in (export, issues):
            said[path.name] = _unpacked(path)
            path.unlink()
    return said


def _printed(answer: Answer) -> bytes:
    assert answer.code in (0, 4), answer.notes
    return (json.dumps(answer.document, ensure_ascii=False) + answer.notes).encode()


def _unpacked(path: Path) -> bytes:
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return b"".join(book.read(name) for name in book.namelist())


def test_no_command_shows_level_a_without_a_reason(scene: Scene) -> None:
    for prompt in (scene.commune, scene.province):
        said = _answers(scene, prompt)
        assert {name: found for name, content in said.items() if (found := codes_in(content))} == {}


def test_the_control_finds_level_a_where_a_reason_was_given(scene: Scene) -> None:
    said = _answers(scene, scene.commune, "--reveal", "rà soát")
    shown = {name for name, content in said.items() if codes_in(content)}
    assert {"export.csv", "export.xlsx"} <= shown
    assert sum(name.startswith("register show") for name in shown) >= 3
    assert sum(name.startswith("register history") for name in shown) >= 3
    everything = b"".join(said.values())
    assert codes_in(everything) >= {"C11.2", "R03.3", "C12.1", EVIDENCE}


def test_a_sentence_about_a_refused_value_of_level_a_does_not_repeat_it(scene: Scene) -> None:
    (found,) = scene.commune.must("register", "search", "duong the nguong")
    parts = scene.commune.must("register", "show", found["id"])["belongings"]
    answer = scene.commune("register", "set", parts[0]["id"], "record=C11.2 cưỡng dâm")
    assert answer.code == 1
    assert codes_in(_printed_failure(answer)) == set()
    assert codes_in((scene.commune.home / "sotreem.log").read_bytes()) == set()


def _printed_failure(answer: Answer) -> bytes:
    return (json.dumps(answer.document, ensure_ascii=False) + answer.notes).encode()


def test_the_control_finds_every_text_in_a_plain_copy(scene: Scene, tmp_path: Path) -> None:
    settings = Settings(scene.commune.home)
    key = unlock(settings, PASSPHRASE).dek
    plain = tmp_path / "plain.db"
    for source in (settings.store_path, settings.drafts_path):
        copy = tmp_path / source.name
        shutil.copy(source, copy)
        engine = connect(copy, key)
        raw = engine.raw_connection()
        cursor = raw.cursor()
        cursor.execute("ATTACH DATABASE ? AS plain KEY ''", (f"{plain}-{source.stem}",))
        cursor.execute("SELECT sqlcipher_export('plain')")
        cursor.execute("DETACH DATABASE plain")
        raw.close()
        engine.dispose()
    copies = b"".join(path.read_bytes() for path in tmp_path.glob("plain.db-*"))
    found = found_in(copies)
    wanted = {*SECRETS} - {CRASHED}  # never saved
    assert {secret for secret, name in found if name == "UTF-8 composed"} == wanted
    assert (TYPED["full_name"], "folded") in found  # the search index holds it
    assert (DRAFTED, "JSON escapes") in found
    export = tmp_path / "export.csv"
    scene.commune.must("register", "export", export)
    assert codes_in(copies) >= {"C11.2", "R03.3", "C12.1", EVIDENCE}
    in_table = {secret for secret, _ in found_in(export.read_bytes())}
    assert EVIDENCE not in in_table
    assert in_table >= {*IMPORTED.values(), *TYPED.values()} - {IMPORTED["name"]}


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_control_finds_every_text_in_every_encoding(name: str) -> None:
    content = b"\x00x".join(ENCODINGS[name](secret) for secret in SECRETS)
    assert {secret for secret, encoding in found_in(content) if encoding == name} == {*SECRETS}


def test_no_vietnamese_can_be_read_out_of_a_home(scene: Scene) -> None:
    """What `strings` would show: runs of letters that hold a Vietnamese one."""
    letter = (
        rb"(?:[A-Za-z ]|\xc3[\x80-\xbf]|\xc4[\x80-\xbf]|\xc6[\xa0-\xb0]|\xe1[\xba\xbb][\x80-\xbf])"
    )
    run = re.compile(letter + rb"{16,}")
    for prompt in (scene.commune, scene.province):
        for path in sorted(prompt.home.rglob("*.db*")):
            runs = [one for one in run.findall(path.read_bytes()) if not one.isascii()]
            assert runs == [], path.name
