"""What commands print for people: days and numbers as they are written in Viet Nam."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.days import day_of_moment, day_with_precision
from app.i18n import set_language
from app.services.invented import generate, write_csv
from tests.e2e.command_line import Homes, Prompt

PROVINCE, DISTRICT, COMMUNE = "51@2024", "522@2024", "21208@2024"
#: A day as machines write it, and a count of four digits or more that nobody grouped.
_MACHINES_DAY = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_UNGROUPED = re.compile(r"(?<![\w./-])\d{4,}(?= (?:lỗi|cảnh báo|byte|hộ|trẻ|hồ sơ|thay đổi))")
#: Paths, names of bundles, ids.
_NO_PROSE = re.compile(r"\S*(?:[A-Za-z_]/|\.tebundle)\S*|[0-9a-f-]{36}")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Everything that the commands of one handover said, by command."""
    folder = tmp_path_factory.mktemp("told")
    said: dict[str, str] = {}

    def ask(prompt: Prompt, *words: str | Path) -> None:
        code, text, notes = prompt._run(*words)
        assert code in (0, 1, 4), notes
        key = " ".join(str(one) for one in words[:2])
        said[key] = said.get(key, "") + text + notes

    with pytest.MonkeyPatch.context() as monkeypatch:
        homes = Homes(folder, monkeypatch)
        province, district, commune = (homes.init(one) for one in (PROVINCE, DISTRICT, COMMUNE))
        root = province.must("authority", "init")["root_fingerprint"]
        homes.enrol(province, district, root)
        request, reply = folder / "a.request", folder / "a.tebundle"
        check = commune.must("enrol", "request", "--out", request)["check_code"]
        district.must("enrol", "grant", request, "--out", reply, "--check-code", check)
        ask(commune, "enrol", "accept", reply, "--fingerprint", root)
        ask(province, "authority", "status")
        days = ("--reference", "31/12/2026", "--opens", "1/10/2026")
        province.must("round", "new", "Đợt I", *days, "--closes", "31/12/2026")
        ask(province, "round", "list")
        ask(province, "round", "new", "Đợt II", *days, "--closes", "31/12/2025")
        ask(province, "template", "list")
        ask(province, "codelist", "list")
        book = folder / "so.csv"
        with book.open("w", encoding="utf-8", newline="") as file:
            write_csv(generate(7, 120, [COMMUNE], datetime.now(tz=UTC).date()), file)
        commune.must("register", "import", book, "--columns", "register-sample", codes=(0, 4))
        ask(commune, "register", "search", "nguyễn")
        ask(commune, "handover", "send", "--to", DISTRICT, "--out", homes.stick)
        (bundle,) = homes.stick.rglob("*.tebundle")
        ask(district, "handover", "inspect", bundle)
        ask(district, "handover", "receive", bundle)
        ask(commune, "handover", "list")
        ask(district, "handover", "pcs")
    return said


def test_no_day_is_written_as_machines_write_it(told: dict[str, str]) -> None:
    plain = {key: _NO_PROSE.sub("", said) for key, said in told.items()}
    wrong = {key: _MACHINES_DAY.findall(said) for key, said in plain.items()}
    wrong = {key: found for key, found in wrong.items() if found}
    assert wrong == {}
    assert re.search(r"\d{2}/\d{2}/\d{4}", told["enrol accept"])
    for key in ("handover list", "round list", "round new", "template list"):
        assert re.search(r"\d{2}/\d{2}/\d{4}", told[key]), key


def test_large_counts_are_grouped(told: dict[str, str]) -> None:
    assert {
        key: _UNGROUPED.findall(said) for key, said in told.items() if _UNGROUPED.search(said)
    } == {}
    assert re.search(r"\d\.\d{3} lỗi", told["handover send"])
    assert re.search(r"\d\.\d{3} byte", told["handover send"])


def test_a_moment_is_on_the_day_of_this_pc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    try:
        assert day_of_moment("2026-11-28T23:30:00Z") == "29/11/2026"
        assert day_of_moment("2026-11-29T16:59:59Z") == "29/11/2026"
    finally:
        monkeypatch.undo()
        time.tzset()
    assert day_of_moment("hôm qua") == ""


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2019", "2019"),
        ("2019-05", "05/2019"),
        ("2019-05-01", "01/05/2019"),
        ("31/02/2019", "31/02/2019"),
        ("", ""),
    ],
)
def test_a_birth_date_keeps_its_precision(stored: str, shown: str) -> None:
    assert day_with_precision(stored) == shown


def test_the_demo_groups_its_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_language("vi")
    lines = Prompt(tmp_path / "none", monkeypatch).told(
        "demo", "--children", "80", "--out", tmp_path / "demo"
    )
    assert not [one for one in lines if _UNGROUPED.search(one)]
    assert re.search(r"\d\.\d{3} lỗi", lines[4])
