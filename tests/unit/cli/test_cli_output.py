"""What commands print: tables, numbers, one JSON document, progress on terminals only."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from app.cli.output import Output, columns
from app.errors import KnownError
from app.i18n import number, set_language, text


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("language", "written"), [("vi", "271.707"), ("en", "271,707")])
def test_numbers_are_written_as_people_of_the_language_do(language: str, written: str) -> None:
    set_language(language)
    try:
        assert number(271707) == written
        assert number(7) == "7"
    finally:
        set_language("vi")


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns(["A", "Tên"], [["một", "x"], ["2", "Lê Thị Mai"]]) == [
        "A    Tên",
        "một  x",
        "2    Lê Thị Mai",
    ]


def test_an_answer_is_lines_or_one_document() -> None:
    plain, machine = io.StringIO(), io.StringIO()
    Output(as_json=False, out=plain, notes=io.StringIO()).answer({"a": 1}, ["một", "hai"])
    Output(as_json=True, out=machine, notes=io.StringIO()).answer({"a": "ê"}, ["một"])
    assert plain.getvalue() == "một\nhai\n"
    assert machine.getvalue() == '{"a": "ê"}\n'


def test_a_failure_after_the_answer_adds_no_second_document() -> None:
    out, notes = io.StringIO(), io.StringIO()
    output = Output(as_json=True, out=out, notes=notes)
    output.answer([1], [])
    output.failed("errors.bug", "hỏng")
    assert json.loads(out.getvalue()) == [1]
    assert notes.getvalue() == "hỏng\n"


def test_progress_shows_count_and_estimate_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    notes = Terminal()
    steps = Output(as_json=False, out=io.StringIO(), notes=notes).steps("cli.check.checking")
    steps.show(0, 400)
    now[0] += 10
    steps.show(100, 400)
    assert "100/400" in notes.getvalue()
    assert "30 giây" in notes.getvalue()
    before = notes.getvalue()
    steps.show(101, 400)  # at once: not written
    assert notes.getvalue() == before
    steps.end()
    assert notes.getvalue().endswith("\r")


def test_progress_is_silent_without_a_terminal() -> None:
    notes = io.StringIO()
    steps = Output(as_json=False, out=io.StringIO(), notes=notes).steps("cli.check.checking")
    steps.show(5, 10)
    steps.end()
    assert notes.getvalue() == ""


STEERING = "so\x1b[2J\n\x07\u202etxt.exe\x9b1m"


def test_a_name_of_a_file_steers_no_terminal_and_stays_on_one_line() -> None:
    said = text("cli.backup.sound", file=STEERING)
    assert said == text("cli.backup.sound", file=Path(STEERING))
    assert not any(sign in said for sign in "\x1b\n\x07\u202e\x9b")
    assert "so\\x1b[2J\\n\\x07\\u202etxt.exe\\x9b1m" in said


def test_nothing_that_is_printed_steers_a_terminal() -> None:
    out, notes = io.StringIO(), io.StringIO()
    output = Output(as_json=False, out=out, notes=notes)
    output.answer({}, columns(["Tên"], [[STEERING]]))
    output.note(STEERING)
    output.failure(KnownError("errors.no_file", "errors.no_file_hint", file=STEERING))
    printed = out.getvalue() + notes.getvalue()
    assert not any(sign in printed for sign in "\x1b\x07\u202e\x9b")
    assert "Tên\nso\\x1b[2J\n" in out.getvalue(), "lines of our own stay lines"


def test_vietnamese_in_either_form_is_left_as_it_is() -> None:
    for name in ("Nguyễn Thị Ánh.csv", "Nguyê\u0303n A\u0301nh.csv", "E:\\TEBUNDLE\\a.tebundle"):
        assert name in text("cli.backup.sound", file=name)
