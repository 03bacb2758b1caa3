"""`register import` as a clerk meets it: proposals are shown, asked for, and taken when agreed."""

from __future__ import annotations

import io
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.cli.program import main
from tests.e2e.command_line import Prompt
from tests.integration.registers import table

TITLES = ("STT", "rec_id", "Họ và tên trẻ", "Ngày sinh", "CCCD", "SĐT người chăm sóc")
OLD, NEW = "01668123456", "0368123456"
SHORT, WHOLE = "51319000001", "051319000001"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared") / "home"
    with pytest.MonkeyPatch.context() as patch:
        Prompt(folder, patch).must("init", "--unit", "21010@2024", "--user", "an")
    return folder


@pytest.fixture
def prompt(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    shutil.copytree(prepared, tmp_path / "home")
    return Prompt(tmp_path / "home", monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [
        ["1", "a", "Đinh Mai", "31/02/2019", SHORT, OLD],
        ["2", "b", "Đinh Mây", "2019", "", ""],
    ]
    return table(tmp_path / "so.csv", TITLES, rows)


def held(prompt: Prompt) -> tuple[object, object, object]:
    (found,) = prompt.must("register", "search", "Đinh Mai")
    values = prompt.must("register", "show", found["id"])["values"]
    return values.get("birth_date"), values["personal_id"], values["caregiver_phone"]


def told(prompt: Prompt, *words: str | Path) -> tuple[int, str, str]:
    """Exit code and both streams of a command that prints for people."""
    out, notes = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(notes):
        code = main(["--home", str(prompt.home), *map(str, words)], open_services)
    return code, out.getvalue(), notes.getvalue()


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A person sits at the terminal."""
    monkeypatch.setattr("app.cli.session.somebody_is_there", lambda: True)
    return monkeypatch


def test_a_preview_names_row_column_and_what_a_number_would_become(
    prompt: Prompt, file: Path
) -> None:
    document = prompt.must("register", "import", file, "--preview", codes=(4,))
    assert document["proposals"] == {"zeros": 1, "phones": 1}
    assert [
        (one["row"], one["column"], one["kind"], one["text"], one["becomes"])
        for one in document["first_proposals"]
    ] == [
        (2, "CCCD", "zeros", SHORT, WHOLE),
        (2, "SĐT người chăm sóc", "phones", OLD, NEW),
    ]
    assert document["ignored_columns"] == ["STT"]
    assert {"title": "CCCD", "field": "personal_id"} in document["columns"]
    assert prompt.must("register", "search", "Đinh") == []
    code, out, _ = told(prompt, "register", "import", file, "--preview")
    assert code == 4
    for piece in (
        SHORT,
        WHOLE,
        OLD,
        NEW,
        "--accept zeros --accept phones",
        "Số định danh",
        "«STT»",
    ):
        assert piece in out, out


def test_without_a_confirmation_the_cells_stay_as_written(prompt: Prompt, file: Path) -> None:
    document = prompt.must("register", "import", file, codes=(4,))
    assert (document["accepted"], document["issues"]) == (0, 3)
    assert held(prompt) == ("31/02/2019", SHORT, OLD)
    again = prompt.must("register", "import", file, codes=(4,))
    assert (again["operations"], again["issues"]) == (0, 3)


def test_rows_that_can_be_found_again_are_corrected_in_the_file(
    prompt: Prompt, tmp_path: Path
) -> None:
    """A key, a readable personal id or a line of a numbered household; without any, the same step
    makes a second child, and the next step says so.
    """
    titles = ("rec_id", "CCCD", "household_no", "line_no", "Họ và tên trẻ", "Ngày sinh")
    rows = [
        ["a", "", "", "", "Đinh Mai", "31/02/2019"],
        ["", WHOLE, "", "", "Đinh Mây", "31/02/2019"],
        ["", "", "H1", "1", "Đinh Mận", "31/02/2019"],
    ]
    for loose, count, children in (
        ([], 0, 3),
        ([["", "", "H1", "", "Đinh Mơ", "2/30/2019"]], 1, 5),
    ):
        path = table(tmp_path / "so.csv", titles, rows + loose)
        document = prompt.must("register", "import", path, codes=(4,))
        assert document["by_content"] == count
        code, out, _ = told(prompt, "register", "import", path)
        assert (code, "register undo" in out) == (4, bool(loose)), out
        right = [[*row[:-1], "01/02/2019"] for row in rows + loose]
        prompt.must("register", "import", table(tmp_path / "so.csv", titles, right), codes=(0, 4))
        assert len(prompt.must("register", "search", "Đinh")) == children


def test_an_option_confirms_a_kind_and_the_file_may_come_again(prompt: Prompt, file: Path) -> None:
    words = ("register", "import", file)
    document = prompt.must(*words, "--accept", "phones", codes=(4,))
    assert (document["accepted"], document["proposals"]) == (1, {"zeros": 1})
    assert held(prompt) == ("31/02/2019", SHORT, NEW)
    document = prompt.must(*words, "--accept", "all", codes=(4,))
    assert (document["accepted"], document["operations"], document["proposals"]) == (2, 1, {})
    for more in ((), ("--accept", "none"), ("--accept", "zeros", "--accept", "phones")):
        assert prompt.must(*words, *more, codes=(4,))["operations"] == 0
    assert held(prompt) == ("31/02/2019", WHOLE, NEW)


def test_a_person_at_the_terminal_is_shown_each_kind_and_asked(
    prompt: Prompt, file: Path, somebody: pytest.MonkeyPatch
) -> None:
    somebody.setattr("sys.stdin", io.StringIO("có\n\n"))
    code, out, notes = told(prompt, "register", "import", file)
    assert code == 4
    assert notes.index(WHOLE) < notes.index(NEW)
    assert notes.count("[c = có, Enter = không]") == 2
    assert held(prompt) == ("31/02/2019", WHOLE, OLD)
    assert OLD in out
    assert WHOLE not in out


def test_nobody_is_asked_twice_or_when_the_answer_stands_on_the_line(
    prompt: Prompt, file: Path, somebody: pytest.MonkeyPatch
) -> None:
    somebody.setattr("sys.stdin", io.StringIO("c\nc\n"))
    told(prompt, "register", "import", file)
    assert held(prompt) == ("31/02/2019", WHOLE, NEW)
    somebody.setattr("sys.stdin", io.StringIO(""))
    for words in ((), ("--accept", "none")):
        _, _, notes = told(prompt, "register", "import", file, *words)
        assert "[c =" not in notes


def test_the_end_of_the_input_is_no_consent(
    prompt: Prompt, file: Path, somebody: pytest.MonkeyPatch
) -> None:
    somebody.setattr("sys.stdin", io.StringIO(""))
    told(prompt, "register", "import", file)
    assert held(prompt) == ("31/02/2019", SHORT, OLD)


def test_an_unknown_kind_is_a_mistake_of_the_line(prompt: Prompt, file: Path) -> None:
    answer = prompt("register", "import", file, "--accept", "everything")
    assert answer.code == 2


def test_no_number_of_a_person_reaches_the_log(prompt: Prompt, file: Path) -> None:
    prompt.must("register", "import", file, "--accept", "phones", codes=(4,))
    for log in prompt.home.rglob("*.log*"):
        content = log.read_text(encoding="utf-8", errors="replace")
        assert not any(piece in content for piece in (SHORT, WHOLE, OLD, NEW, "31/02/2019"))


def test_an_import_is_taken_back_by_the_code_it_printed(prompt: Prompt, file: Path) -> None:
    _, out, _ = told(prompt, "register", "import", file)
    act = prompt.must("register", "import", file, "--preview", codes=(4,))["act"]
    assert prompt("register", "undo", act).code == 1  # a preview leaves nothing to take back
    act = out.rsplit("register undo ", 1)[1].split()[0]
    assert prompt.must("register", "undo", act)["operations"] == 2
    assert prompt.must("register", "search", "Đinh") == []
