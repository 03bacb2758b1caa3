"""Whatever is wrong with a command: a Vietnamese sentence, the right exit code, nothing changed."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.installation import unlock
from app.settings import Settings
from tests.dumps import Dump, dump_store
from tests.e2e.command_line import Prompt
from tests.e2e.terminal import PASSPHRASE, Terminal
from tests.unit.workbooks.files import workbook

_VIETNAMESE = re.compile("[àáạảãăằắặẳẵâầấậẩẫđèéẹẻẽêềếệểễìíịỉĩòóọỏõôồốộổỗơờớợởỡùúụủũưừứựửữỳýỵỷỹ]")
_ENGLISH = re.compile(
    r"\b(error|exception|traceback|invalid|not found|errno|warning)\b", re.IGNORECASE
)
_NOBODY = "5b2b3e0e-2f2c-4c5e-9f0e-8f5d7b0d2a11"


class Home:
    """An installation whose content can be compared."""

    def __init__(self, folder: Path) -> None:
        self.terminal = Terminal(folder)
        self.terminal.prepare()
        self.key = unlock(Settings(folder), PASSPHRASE).dek

    def prompt(self, monkeypatch: pytest.MonkeyPatch) -> Prompt:
        """The same home for commands in this process, which take a tenth of the time."""
        prompt = Prompt(self.terminal.home, monkeypatch)
        monkeypatch.setenv("SOTREEM_PASSPHRASE", PASSPHRASE)
        return prompt

    def dump(self) -> Dump:
        return dump_store(Settings(self.terminal.home).store_path, self.key)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    return Home(tmp_path_factory.mktemp("bad") / "home")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files that an import, or a restore, cannot do anything with."""
    folder = tmp_path_factory.mktemp("files")
    texts = {
        "empty.csv": b"",
        "broken.xlsx": b"PK\x03\x04 this is no workbook",
        "noise.csv": bytes(range(256)) * 20,
        "unknown.csv": "cột lạ,cột khác\n1,2\n".encode(),
        "map.json": b"{not json",
        "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"),
        "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "page.xls": b"<html><table><tr><td>1</td></tr></table>",
        "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(5000),
        "letters.csv": "Họ tên,Ngày sinh\nMai,2019\n".encode() + b"\xff\xfe,2019\n",
        "cut.csv": 'Họ tên,Ngày sinh\n"Mai,2019\nMây,2018\n'.encode(),
        "cut.csv.gz": gzip.compress(b"ho ten,ngay sinh\n" * 1000)[:-9],
        "doubled.csv": "Họ tên,Họ và tên trẻ\nMai,Mây\n".encode(),
        "no-rows.csv": "Họ tên,Ngày sinh\n".encode(),
        "elsewhere.csv": "Họ tên,Xã\nMai,21064\n".encode(),
        "good.csv": "Họ tên,Ngày sinh\nMai,2019\n".encode(),
        "store-20260101-000000.db": b"SQLite format 3\x00" + bytes(4096),
    }
    for name, content in texts.items():
        (folder / name).write_bytes(content)
    made = {name: folder / name for name in texts}
    text = '<row><c t="inlineStr"><is><t>{}</t></is></c></row>'
    entity = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    made["entity.xlsx"] = workbook(folder / "entity.xlsx", text.format("&x;"), head=entity)
    made["bomb.xlsx"] = workbook(folder / "bomb.xlsx", " " * (64 << 20))
    made["cut.xlsx"] = workbook(folder / "cut.xlsx", text.format("Mai") * 500)
    made["cut.xlsx"].write_bytes(made["cut.xlsx"].read_bytes()[:-300])
    made["torn.xlsx"] = workbook(folder / "torn.xlsx", text.format("Mai") + "<row><c></row>")
    return made


KNOWN = {
    "a record that is not there": ["register", "show", _NOBODY],
    "history of nothing": ["register", "history", _NOBODY],
    "an edit of nothing": ["register", "set", _NOBODY, "full_name=A"],
    "no assignment": ["register", "set", _NOBODY, "full_name"],
    "a file that is not there": ["register", "import", "{folder}/nothing.xlsx"],
    "a folder for a file": ["register", "import", "{folder}"],
    "an empty table": ["register", "import", "{empty.csv}"],
    "a workbook that is none": ["register", "import", "{broken.xlsx}"],
    "a text that is none": ["register", "import", "{noise.csv}"],
    "unknown columns": ["register", "import", "{unknown.csv}"],
    "a map that is none": ["register", "import", "{unknown.csv}", "--columns", "{map.json}"],
    "a map that does not exist": ["register", "import", "{unknown.csv}", "--columns", "nowhere"],
    "an old binary workbook": ["register", "import", "{old.xls}"],
    "a workbook under a password": ["register", "import", "{locked.xlsx}"],
    "a web page for a workbook": ["register", "import", "{page.xls}"],
    "a picture for a workbook": ["register", "import", "{picture.xlsx}"],
    "a workbook with an external entity": ["register", "import", "{entity.xlsx}"],
    "a workbook that unpacks without end": ["register", "import", "{bomb.xlsx}"],
    "a workbook cut off": ["register", "import", "{cut.xlsx}"],
    "a workbook torn in the middle": ["register", "import", "{torn.xlsx}"],
    "letters of no encoding": ["register", "import", "{letters.csv}"],
    "a text cut off": ["register", "import", "{cut.csv}"],
    "a compressed text cut off": ["register", "import", "{cut.csv.gz}"],
    "two columns of one meaning": ["register", "import", "{doubled.csv}"],
    "titles and nothing below": ["register", "import", "{no-rows.csv}"],
    "only rows of another unit": ["register", "import", "{elsewhere.csv}"],
    "a sheet that is not there": ["register", "import", "{good.csv}", "--sheet", "Thôn 9"],
    "another unit's import": ["register", "import", "{unknown.csv}", "--unit", "21064@2024"],
    "a unit that is not there": ["check", "--unit", "99999"],
    "a unit outside the scope": ["check", "--unit", "21064@2024"],
    "a day that does not exist": [
        *("round", "new", "Quý IV"),
        *("--reference", "31/2/2026", "--opens", "1/10/2026", "--closes", "2/10/2026"),
    ],
    "a list of an unknown kind": ["check", "--out", "{folder}/issues.doc"],
    "a list into nowhere": ["check", "--out", "{folder}/no/such/folder/issues.csv"],
    "a list under an endless name": ["check", "--out", "{folder}/" + "a" * 300 + ".csv"],
    "an import under an endless name": ["register", "import", "{folder}/" + "a" * 300 + ".csv"],
    "a folder with an endless name": ["user", "list", "--home", "{folder}/" + "a" * 300],
    "an export of an unknown kind": ["register", "export", "{folder}/out.doc"],
    "a round of a commune": [
        *("round", "new", "Quý IV"),
        *("--reference", "1/10/2026", "--opens", "1/10/2026", "--closes", "31/10/2026"),
    ],
    "a round that ends before it begins": [
        *("round", "new", "Quý IV"),
        *("--reference", "1/10/2026", "--opens", "1/10/2026", "--closes", "30/9/2026"),
    ],
    "closing no round": ["round", "close", _NOBODY],
    "a village of a district": ["village", "add", "Thôn 1", "--unit", "522@2024"],
    "a village without a name": ["village", "add", "  "],
    "a village of no kind": ["village", "add", "Thôn 1", "--kind", "galaxy"],
    "no such unit by name": ["unit", "find", "atlantis"],
    "opening the door for nothing": ["waiting", "accept", "0123456789"],
    "dropping nothing": ["waiting", "drop", _NOBODY],
    "deciding nothing": ["conflict", "resolve", "child", _NOBODY, "sex=1"],
    "no backup there": ["backup", "verify", "{folder}/nothing.db"],
    "a backup that is none": ["backup", "verify", "{store-20260101-000000.db}"],
    "nobody to retire": ["person", "retire", _NOBODY],
    "a person without a name": ["person", "add", " "],
    "a passphrase file that is not there": ["user", "list", "--passphrase-file", "{folder}/no"],
    "an account that is not there": ["user", "list", "--user", "nobody"],
    "setting up twice": ["init", "--unit", "21010@2024", "--user", "an"],
}


@pytest.mark.parametrize("words", KNOWN.values(), ids=KNOWN.keys())
def test_what_the_world_got_wrong_ends_with_1_and_changes_nothing(
    home: Home,
    files: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
) -> None:
    names = {"folder": str(tmp_path), **{name: str(path) for name, path in files.items()}}
    line = [re.sub(r"\{([^}]+)\}", lambda found: names[found[1]], word) for word in words]
    before = home.dump()
    done = home.prompt(monkeypatch)(*line)
    assert done.code == 1, done
    assert home.dump() == before
    document = done.document
    assert set(document) == {"error", "message"}
    if line[:2] == ["register", "import"] and "{folder}" not in words[2:]:
        assert Path(line[-1]).name in document["message"] or len(line) > 3, document
    for said in (document["message"], done.notes):
        assert _VIETNAMESE.search(said.lower()), said
        assert not _ENGLISH.search(said), said
        assert "{" not in said


USAGE = {
    "no such group": ["fly"],
    "no such command": ["register", "fly"],
    "nothing after the group": ["register"],
    "a missing argument": ["register", "show"],
    "one too many": ["selftest", "now"],
    "an option nobody knows": ["check", "--fast"],
    "words for a day": [
        *("round", "new", "Quý IV"),
        *("--reference", "cuối tháng", "--opens", "1/10/2026", "--closes", "2/10/2026"),
    ],
    "no language": ["--lang", "fr", "check"],
    "an option without its value": ["check", "--home"],
    "no unit": ["init", "--user", "an"],
    "nothing at all": ["--json"],
}


@pytest.mark.parametrize("words", USAGE.values(), ids=USAGE.keys())
def test_a_command_written_wrongly_ends_with_2_and_says_what(
    tmp_path: Path, words: list[str]
) -> None:
    done = Terminal(tmp_path / "home", passphrase=None)(*words)
    assert done.code == 2, done
    said = done.notes + (done.document["message"] if done.out else "")
    assert _VIETNAMESE.search(said.lower()), said
    assert not _ENGLISH.search(said), said
    assert not (tmp_path / "home").exists()


def test_a_wrong_passphrase_says_so_and_leaves_the_store_alone(home: Home) -> None:
    before = home.dump()
    done = Terminal(home.terminal.home, passphrase="không phải câu này")("--json", "check")
    assert done.code == 1
    assert done.document["error"] == "crypto.wrong_secret"
    assert home.dump() == before
    assert home.terminal("user", "list").code == 0


def test_without_a_passphrase_and_a_terminal_nobody_is_asked(home: Home) -> None:
    done = Terminal(home.terminal.home, passphrase=None)("--json", "check")
    assert (done.code, done.document["error"]) == (1, "cli.no_passphrase")


def test_a_folder_without_an_installation_stays_as_it_is(tmp_path: Path) -> None:
    done = Terminal(tmp_path / "nothing")("--json", "check")
    assert (done.code, done.document["error"]) == (1, "home.nothing_installed")
    assert not (tmp_path / "nothing").exists()


def test_a_short_passphrase_sets_nothing_up(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home", passphrase="ngắn")
    done = terminal("--json", "init", "--unit", "21010@2024", "--user", "an")
    assert (done.code, done.document["error"]) == (1, "install.short_passphrase")
    assert not (tmp_path / "home" / "keyslots.json").exists()


def test_damaged_key_slots_are_named(tmp_path: Path, home: Home) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home.terminal.home, copy)
    (copy / "keyslots.json").write_text("{}", encoding="utf-8")
    done = Terminal(copy)("--json", "check")
    assert (done.code, done.document["error"]) == (1, "crypto.bad_keyslots")


def test_a_damaged_store_is_a_known_error(tmp_path: Path, home: Home) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home.terminal.home, copy)
    store = copy / "store.db"
    content = bytearray(store.read_bytes())
    content[:64] = bytes(64)
    store.write_bytes(bytes(content))
    done = Terminal(copy)("--json", "check")
    assert (done.code, done.document["error"]) == (1, "store.wrong_key")
