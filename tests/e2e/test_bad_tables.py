"""Bad tables at the command line: a Vietnamese sentence with the file and the place, no change."""

from __future__ import annotations

import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dumps import dump_home, events_of
from tests.e2e.command_line import PASSPHRASE, Prompt
from tests.e2e.sentences import said_plainly
from tests.unit.workbooks.files import bomb, rewritten, workbook

TITLES = "Họ và tên trẻ;Ngày sinh;Cha"
HEAD = "".join(f'<c t="inlineStr"><is><t>{one}</t></is></c>' for one in TITLES.split(";"))
SHEET = "xl/worksheets/sheet1.xml"
CHILD = '<c t="inlineStr"><is><t>Đinh Thị Mai</t></is></c><c><v>2019</v></c>'


def _sheet(path: Path, rows: str = "", **parts: str) -> Path:
    return workbook(path, f'<row r="1">{HEAD}</row><row r="2">{CHILD}</row>{rows}', **parts)


def _without(part: str) -> Callable[[Path], object]:
    return lambda path: rewritten(_sheet(path), {part: None})


def _twice(path: Path) -> None:
    with (
        zipfile.ZipFile(_sheet(path), "a") as archive,
        pytest.warns(UserWarning, match="Duplicate"),
    ):
        archive.writestr(SHEET, "<worksheet/>")


def _outward(path: Path) -> None:
    with zipfile.ZipFile(_sheet(path), "a") as archive:
        archive.writestr("../../x.exe", "x")


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _text(content: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return _bytes(content.encode(encoding))


def _cut(path: Path) -> None:
    path.write_bytes(_sheet(path).read_bytes()[:-60])


def _rows(rows: str) -> Callable[[Path], object]:
    return lambda path: _sheet(path, rows)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LONG = f'<row r="3"><c r="C3" t="inlineStr"><is><t>{"x" * 1_100_000}</t></is></c></row>'
#: Name of the file → how it is made, the refusal, and what its sentence says besides the name.
BAD: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "bom.xlsx": (lambda path: bomb(path, 1024), "file_bomb", ""),
    "thực thể.xlsx": (
        lambda path: _sheet(path, head='<!DOCTYPE a [<!ENTITY a "ha">]>'),
        *("file_entities", ""),
    ),
    "thiếu phần.xlsx": (_without(SHEET), "file_damaged", SHEET),
    "thiếu danh mục.xlsx": (_without("xl/_rels/workbook.xml.rels"), "file_damaged", "workbook.xml"),
    "bị cắt.xlsx": (_cut, "file_cut", ""),
    "mật khẩu.xlsx": (_bytes(OLE + "EncryptedPackage".encode("utf-16-le")), "file_password", ""),
    "cũ.xlsx": (_bytes(OLE + "Workbook".encode("utf-16-le")), "file_old_excel", ""),
    "trang web.xlsx": (_bytes(b"<html><table><tr><td>1</td></tr></table>"), "file_web_page", ""),
    "văn bản.xlsx": (_bytes(b"%PDF-1.7 \n"), "file_no_table", ""),
    "rỗng.xlsx": (_bytes(b""), "file_empty", ""),
    "không dòng.xlsx": (lambda path: workbook(path, ""), "no_header", ""),
    "chỉ tiêu đề.xlsx": (lambda path: workbook(path, f"<row>{HEAD}</row>"), "no_rows", ""),
    "chữ ngoài bảng.xlsx": (
        _rows('<row r="3"><c r="A3" t="s"><v>7</v></c></row>'),
        *("file_damaged", "DS!A3"),
    ),
    "ô xa.xlsx": (_rows(FAR), "file_too_wide", "DS!XFD1048576"),
    "chữ dài.xlsx": (_rows(LONG), "file_long_text", "DS!C3"),
    "dòng ngược.xlsx": (_rows('<row r="1"/>'), "file_damaged", "DS!"),
    "hai ô.xlsx": (
        _rows('<row r="3"><c r="B3"><v>1</v></c><c r="B3"><v>2</v></c></row>'),
        *("file_damaged", "DS!B3"),
    ),
    "hai phần.xlsx": (_twice, "file_strange_part", SHEET),
    "ra ngoài.xlsx": (_outward, "file_strange_part", "../../x.exe"),
    "hỏng.csv": (_bytes(f"{TITLES}\nMai;2019;ơ".encode() + b"\xe1\xba\n"), "file_letters", "2"),
    "dở dang.csv": (_text(f'{TITLES}\nMai;2019;"mở'), "file_cut", ""),
    "ô dài.csv": (_text(f"{TITLES}\nMai;2019;{'x' * 200_000}\n"), "file_long_cell", "2"),
}
#: Odd, and sound: each brings the one child of the sheet.
SOUND: dict[str, Callable[[Path], object]] = {
    "bảng.csv": _sheet,
    "chữ.xlsx": _text(f"{TITLES}\nĐinh Thị Mai;2019;\n"),
    "utf16.csv": _text(f"{TITLES}\nĐinh Thị Mai;2019;\n", "utf-16"),
    "utf16-le.csv": _text(f"{TITLES}\nĐinh Thị Mai;2019;\n", "utf-16-le"),
    "utf32.csv": _text(f"{TITLES}\nĐinh Thị Mai;2019;\n", "utf-32"),
    "1258.csv": _bytes(
        "Ho\u0323 va\u0300 tên tre\u0309\tNga\u0300y sinh\nĐinh Thi\u0323 Mai\t2019\n".encode(
            "cp1258"
        )
    ),
    "bom.csv": _text(f"{TITLES}\nĐinh Thị Mai;2019;\n".replace(";", "\t"), "utf-8-sig"),
    "sai cỡ.xlsx": lambda path: _sheet(path, before='<dimension ref="A1:XFD9999999"/>'),
    "lẫn.csv": _text("Họ và tên trẻ;Ngày sinh\n\0Đinh\x1b Thị\u200b Mai\0;2019\n"),
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared") / "home"
    with pytest.MonkeyPatch.context() as patch:
        made = Prompt(folder, patch)
        made.must("init", "--unit", "21010@2024", "--user", "an")
        made.must("register", "search", "ai")  # the first command notes who judged the store
    return folder


@pytest.fixture
def prompt(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    shutil.copytree(prepared, tmp_path / "home")
    return Prompt(tmp_path / "home", monkeypatch)


def test_every_bad_table_is_refused_in_words_and_nothing_of_it_is_kept(
    prompt: Prompt, tmp_path: Path
) -> None:
    before = dump_home(prompt.home, PASSPHRASE)
    events = len(events_of(prompt.home, PASSPHRASE))
    for name, (make, reason, place) in BAD.items():
        path = tmp_path / name
        make(path)
        begun = time.perf_counter()
        answer = prompt("register", "import", path)
        assert time.perf_counter() - begun < 10, name
        assert said_plainly(answer) == f"import.{reason}", name
        message = answer.document["message"]
        assert name in message
        assert place in message, message
    assert dump_home(prompt.home, PASSPHRASE) == before
    grown = events_of(prompt.home, PASSPHRASE)[events:]
    assert grown == ["sign-in", "import_refused"] * len(BAD)
    assert not (tmp_path.parent / "x.exe").exists()


def test_whatever_the_file_is_called_and_written_in_its_child_is_read(
    prompt: Prompt, tmp_path: Path
) -> None:
    for name, make in SOUND.items():
        path = tmp_path / name
        make(path)
        told = prompt.must("register", "import", path, "--preview", codes=(0, 4))
        assert (told["rows"], told["created"]) == (1, 1), name
    prompt.must("register", "import", tmp_path / "lẫn.csv", codes=(0, 4))
    (found,) = prompt.must("register", "search", "dinh thi mai")
    assert prompt.must("register", "show", found["id"])["values"]["full_name"] == "Đinh Thị Mai"


def test_a_formula_without_a_result_is_told_and_one_that_is_text_stays_text(
    prompt: Prompt, tmp_path: Path
) -> None:
    said = "=HYPERLINK(1)"
    rows = (
        '<row r="3"><c t="inlineStr"><is><t>Hồ Văn Gà</t></is></c><c r="B3"><f>TODAY()</f></c>'
        f'<c t="inlineStr"><is><t>{said}</t></is></c></row>'
    )
    told = prompt.must("register", "import", _sheet(tmp_path / "a.xlsx", rows), codes=(0, 4))
    (fault,) = (one for one in told["first_issues"] if one["column"] == "Ngày sinh")
    assert fault["row"] == 3
    assert "công thức" in fault["message"]
    (found,) = prompt.must("register", "search", "ho van ga")
    values = prompt.must("register", "show", found["id"])["values"]
    assert values.get("birth_date") is None
    assert said in values.values()
