"""Text files with separators: encodings, separators, cuts."""

from __future__ import annotations

import gzip
import io
import unicodedata
from pathlib import Path

import pytest

from app.workbooks.cells import BadFile, Cell
from app.workbooks.reading import open_workbook

TABLE = "Họ và tên;Ngày sinh\nĐinh Thị Mai;01/05/2019\nHồ Văn Gà;2018\n"
ROWS: list[tuple[Cell, ...]] = [
    ("Họ và tên", "Ngày sinh"),
    ("Đinh Thị Mai", "01/05/2019"),
    ("Hồ Văn Gà", "2018"),
]


def rows(path: Path) -> list[tuple[Cell, ...]]:
    with open_workbook(path) as book:
        return [row.cells for row in book.rows("")]


def refusal(path: Path) -> BadFile:
    with pytest.raises(BadFile) as caught:
        rows(path)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_and_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE.encode(encoding))
    assert rows(path) == ROWS
    path.write_bytes((TABLE + "Hồ Thị Na\n").encode(encoding))
    assert rows(path) == [*ROWS, ("Hồ Thị Na",)]


def test_windows_1258_is_read_into_the_same_letters(tmp_path: Path) -> None:
    # The code page writes tones as marks of their own behind the vowel.
    spelled = ""
    for char in TABLE:
        try:
            char.encode("cp1258")
            spelled += char
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", char)
            tones = [m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"]
            shape = [m for m in marks if m not in tones]
            spelled += unicodedata.normalize("NFC", base + "".join(shape)) + "".join(tones)
    path = tmp_path / "a.csv"
    path.write_bytes(spelled.encode("cp1258"))
    read = [tuple(unicodedata.normalize("NFC", str(c)) for c in row) for row in rows(path)]
    assert read == ROWS


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found_out(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TABLE.replace(";", separator), encoding="utf-8")
    assert rows(path) == ROWS


def test_commas_inside_texts_do_not_make_the_comma_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Tên;Địa chỉ\nMai;Thôn 1, Xã A, Huyện B\nGà;Thôn 2\n", encoding="utf-8")
    assert rows(path)[1] == ("Mai", "Thôn 1, Xã A, Huyện B")


def test_the_separator_line_of_excel_is_obeyed_and_not_a_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=|\r\nTên|Thôn\r\nMai|1\r\n", encoding="utf-8")
    assert rows(path) == [("Tên", "Thôn"), ("Mai", "1")]


def test_quotes_hold_separators_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('Tên,Ghi chú\r\nMai,"một, ""hai""\r\nba"\r\n'.encode())
    with open_workbook(path) as book:
        read = list(book.rows(""))
    assert read[1].cells == ("Mai", 'một, "hai"\r\nba')


def test_a_compressed_text_is_read_like_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode()))
    assert rows(path) == ROWS
    with open_workbook(path) as book:
        assert book.expected_rows("") == 3


def test_a_cut_compressed_file_is_called_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress((TABLE * 100).encode())[:-20])
    assert refusal(path).reason == "cut"


def test_a_compressed_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.workbooks.text_reading.MAX_UNPACKED", 1 << 20)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a;b\n" * (1 << 20)))
    assert refusal(path).reason == "bomb"


def test_a_last_line_that_stops_short_is_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b;c\n1;2;3\n4;5", encoding="utf-8")
    assert refusal(path).reason == "cut"


def test_a_last_line_without_its_end_is_no_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b;c\n1;2;3\n4;5;6", encoding="utf-8")
    assert rows(path)[-1] == ("4", "5", "6")


def test_an_open_quote_is_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a;b\n1;"mở', encoding="utf-8")
    assert refusal(path).reason == "cut"


def test_a_cell_too_long_on_its_line_is_named_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for quote in ("", '"'):
        long = quote + "x" * 3_000_000 + quote
        path.write_text(f"a;b\n1;2\n3;{long}\n5;6\n", encoding="utf-8")
        problem = refusal(path)
        assert (problem.reason, problem.parameters["line"]) == ("long_cell", 3)


def test_a_quote_left_open_over_many_lines_is_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a;b\n1;"mở\n' + "dòng khác;x\n" * 20_000, encoding="utf-8")
    assert refusal(path).reason == "cut"


def test_a_stray_quote_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a;b\n1;2\n"x"y;3\n', encoding="utf-8")
    problem = refusal(path)
    assert (problem.reason, problem.parameters["line"]) == ("damaged_line", 3)


def test_broken_utf8_is_not_mistaken_for_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE.encode() + "Hồ Thị M".encode() + b"\xe1\xba\n")
    problem = refusal(path)
    assert (problem.reason, problem.parameters["line"]) == ("letters", 4)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    assert refusal(path).reason == "empty"
    path.write_bytes(gzip.compress(b""))
    assert refusal(path).reason == "empty"


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n\n;;\n1;2\n", encoding="utf-8")
    with open_workbook(path) as book:
        assert [row.number for row in book.rows("")] == [1, 4]


def test_letters_of_an_old_font_are_not_taken_for_vietnamese_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("ten;so\n§inh ThÞ Mai;1\nHå V¨n Gµ;2\n".encode("cp1252"))
    assert rows(path)[1:] == [("§inh ThÞ Mai", "1"), ("Hå V¨n Gµ", "2")]


def test_a_stick_that_is_pulled_out_while_a_text_is_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n" * 100_000, encoding="utf-8")
    with open_workbook(path) as book:
        reading = book.rows("")
        next(reading)
        real = io.TextIOWrapper

        class Gone(real):  # type: ignore[misc, valid-type]
            def __next__(self) -> str:
                raise OSError(5, "Input/output error")

        monkeypatch.setattr("app.workbooks.text_reading.io.TextIOWrapper", Gone)
        with pytest.raises(BadFile) as caught:
            list(book.rows(""))
    assert caught.value.reason == "unreachable"
