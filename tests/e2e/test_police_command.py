"""`police`: from the count to the signed hand-back, at the prompt."""

from __future__ import annotations

import json
from pathlib import Path

import pdfplumber
import pytest

from tests.e2e.command_line import Prompt
from tests.e2e.test_quarter_handed_over import services_of
from tests.police_register import Pen, child, household, values_of, village
from tests.workplaces import COMMUNE

GIRL, BOY = "Đinh Thị Hạ", "Hồ Văn Pá"
GIRL_ID, BOY_ID = "051319000777", "051218000888"


@pytest.fixture
def prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    made = Prompt(tmp_path / "home", monkeypatch)
    made.must("init", "--unit", COMMUNE, "--user", "an")
    with services_of(made) as services:
        place = services.workplace
        home = household(place, village(place, "Thôn 1"), "1")
        child(place, home, personal_id=None)
        other = household(place, village(place, "Thôn 2"), "2")
        child(place, other, personal_id=None, full_name=BOY, birth_date="2018-03-04", sex="1")
    return made


def _ids(prompt: Prompt) -> list[object]:
    with services_of(prompt) as services, services.workplace.store.read() as reading:
        children = reading.exec_driver_sql("SELECT id FROM child ORDER BY full_name DESC").scalars()
        found = list(children)
    with services_of(prompt) as services:
        return [values_of(services.workplace, one).get("personal_id") for one in found]


def test_a_list_goes_out_and_comes_back_at_the_prompt(prompt: Prompt, tmp_path: Path) -> None:
    counted = prompt.must("police", "count")
    assert [(one["name"], one["without_id"], one["out"]) for one in counted] == [
        ("Thôn 1", 1, 0),
        ("Thôn 2", 1, 0),
    ]
    file, paper = tmp_path / "ca.xlsx", tmp_path / "ca.pdf"
    made = prompt.must("police", "issue", "--out", file, "--paper", paper)
    assert (made["number"], made["rows"], made["state"]) == (1, 2, "out")
    with pdfplumber.open(paper) as pdf:
        pages = [" ".join((one.extract_text() or "").split()) for one in pdf.pages]
    assert len(pages) == 2, "a sheet for each village"
    for page, who, place in zip(pages, (GIRL, BOY), ("Thôn 1", "Thôn 2"), strict=True):
        assert who in page
        assert f"{place} – danh sách số 1, mã {made['code']}" in page
        assert "LƯU HÀNH NỘI BỘ" in page
        assert "CÔNG AN CẤP XÃ" in page
    again = prompt("police", "issue", "--out", file)
    assert again.document["error"] == "printing.file_there"
    none = prompt("police", "issue", "--out", tmp_path / "2.xlsx")
    assert none.document["error"] == "police.nobody"

    pen = Pen(file).fill(GIRL, personal_id=int(GIRL_ID)).fill(BOY, personal_id="12")
    answered = pen.save()
    seen = prompt.must("police", "answers", answered, "--preview", codes=(4,))
    assert [one["verdict"] for one in seen["rows"]] == ["changes", "refused"]
    assert seen["rows"][0]["differences"][0]["restored"] is True
    assert _ids(prompt) == [None, None]
    done = prompt.must("police", "answers", answered, codes=(4,))["applied"]
    assert (done["changed"], done["refused"]) == (1, 1)
    assert _ids(prompt) == [GIRL_ID, None]
    told = prompt.told("police", "answers", answered, codes=(4,))
    assert any("không nhận" in line and "dòng 3" in line for line in told)

    (listed,) = prompt.must("police", "list")
    assert (listed["answered"], listed["state"]) == (1, "answered")
    assert prompt.must("police", "undo", "1")["operations"] == 1
    assert _ids(prompt) == [None, None]
    with services_of(prompt) as services:
        day = f"{services.workplace.today():%d/%m/%Y}"
    back = prompt.must(
        *("police", "handback", made["code"], "--signed-by", "Lê Minh", "--on", day),
        *("--title", "Trưởng Công an xã", "--paper", "45/CAX"),
    )
    assert back["hand_back"]["signed_by"] == "Lê Minh"
    assert back["state"] == "back"
    told = prompt.told("police", "list")
    assert "Lê Minh, Trưởng Công an xã ký ngày" in " ".join(told)
    assert prompt.must("police", "handback", "1", "--undo")["state"] == "out"
    assert prompt.must("police", "withdraw", "1")["state"] == "withdrawn"


def test_a_doubtful_row_is_taken_when_it_is_named(prompt: Prompt, tmp_path: Path) -> None:
    file = tmp_path / "ca.xlsx"
    prompt.must("police", "issue", "--out", file, "--village", "thôn 1")
    pen = Pen(file).fill(GIRL, personal_id="051318000777")
    code, answered = pen.cell(pen.row(GIRL), "code"), pen.save()
    done = prompt.must("police", "answers", answered, codes=(4,))
    assert done["applied"]["left"] == 1
    assert done["rows"][0]["doubts"] == ["contradicts"]
    assert prompt.must("police", "answers", answered, "--take", code)["applied"]["changed"] == 1
    assert _ids(prompt)[0] == "051318000777"


def test_the_file_and_the_paper_are_made_again(prompt: Prompt, tmp_path: Path) -> None:
    prompt.must("police", "issue", "--out", tmp_path / "1.xlsx", "--kind", "without_id")
    prompt.must("police", "print", "1", "--out", tmp_path / "2.xlsx")
    prompt.must("police", "print", "1", "--out", tmp_path / "2.pdf")
    assert Pen(tmp_path / "2.xlsx").sheet.max_row == 3
    assert (tmp_path / "2.pdf").stat().st_size > 5000
    unknown = prompt("police", "print", "7", "--out", tmp_path / "3.pdf")
    assert unknown.document["error"] == "police.unknown_list"


def test_the_log_and_the_audit_trail_name_no_child(prompt: Prompt, tmp_path: Path) -> None:
    file = tmp_path / "ca.xlsx"
    prompt.must("police", "issue", "--out", file)
    answered = Pen(file).fill(GIRL, personal_id=GIRL_ID, remark="đã cấp").save()
    prompt.must("police", "answers", answered)
    told = json.dumps(prompt.must("audit", "list"), ensure_ascii=False)
    assert "police.answered" in told
    for secret in (GIRL, GIRL_ID, "đã cấp"):
        assert secret not in told
    with services_of(prompt) as services:
        log = services.workplace.settings.log_path
    said = log.read_text(encoding="utf-8") if log.exists() else ""
    assert GIRL_ID not in said
