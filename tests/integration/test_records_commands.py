"""`register` at the prompt: what waits for a person, and what a person typed amiss."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.forms.issues import Value
from app.i18n import catalogue, set_language, text
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.work import Change
from app.services.installation import unlock
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE, Prompt
from tests.village_of_three import child_id, settle_village
from tests.workplaces import COMMUNE


@pytest.fixture
def prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    made = Prompt(tmp_path / "home", monkeypatch)
    made.must("init", "--unit", COMMUNE, "--user", "an")
    return made


def _table(path: Path, rows: int, wrong: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = [
            ["Đinh Thị Mai", "45/45/2020" if number < wrong else "01/02/2020"]
            for number in range(rows)
        ]
        csv.writer(file).writerows([["Họ tên", "Ngày sinh"], *lines])
    return path


@pytest.mark.parametrize("preview", [(), ("--preview",)])
def test_an_import_with_issues_waits_for_a_person(
    prompt: Prompt, tmp_path: Path, preview: tuple[str, ...]
) -> None:
    answer = prompt("register", "import", _table(tmp_path / "a.csv", 3, 1), *preview)
    assert (answer.code, answer.document["issues"]) == (4, 1)
    assert answer.document["first_issues"][0]["row"] == 2


def test_an_import_without_issues_is_done(prompt: Prompt, tmp_path: Path) -> None:
    answer = prompt("register", "import", _table(tmp_path / "a.csv", 3, 0))
    assert (answer.code, answer.document["issues"]) == (0, 0)


def test_people_read_in_which_file_the_rows_of_the_issues_are(
    prompt: Prompt, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from app.cli.program import main

    path = _table(tmp_path / "so.csv", 30, 25)
    line = ["--home", str(prompt.home), "register", "import", str(path)]
    assert main(line, open_services) == 4
    said = capsys.readouterr().out
    set_language("vi")
    sentences = catalogue("vi")
    # Nothing but their text tells these rows from others: corrected, they would be new children.
    assert sentences["import.issues_where_by_content"].format(file="so.csv", count=30) in said
    assert sentences["import.issues_where"].format(file="so.csv") not in said
    # One line for the twenty-five cells of a kind, with the next rows.
    assert "Ô B2:" in said
    assert "Ô B3:" not in said
    assert "Còn 24 chỗ như vậy nữa: ô B3, B4, B5, B6, B7, B8, B9, B10, …." in said


def test_a_number_twice_stands_before_what_comes_more_often(
    prompt: Prompt, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from app.cli.program import main

    path = tmp_path / "so.csv"
    rows = [f"Mai {at},ngày nào đó,ghi chú," for at in range(1100)]
    rows += ["Mây,2019,,051319000001", "Mận,2019,,051319000001"]
    path.write_text("\n".join(["Họ tên,Ngày sinh,,Số định danh", *rows, ""]), encoding="utf-8")
    line = ["--home", str(prompt.home), "register", "import", str(path)]
    assert main(line, open_services) == 4
    said = capsys.readouterr().out.splitlines()
    set_language("vi")
    start = next(at for at, one in enumerate(said) if "điều cần xem lại" in one)
    doubled, *others = said[start + 1 :]
    assert "Dòng 1103: Số định danh trùng với dòng 1102" in doubled
    assert any("Cột C không có tên" in one and "1.100 ô" in one for one in others)
    assert sum("Cột C" in one for one in said) == 1


def test_a_check_names_the_household_field_that_holds_unread_text(
    prompt: Prompt, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        titles = ["household_no", "head_name", "survey_date", "Họ tên"]
        csv.writer(file).writerows([titles, ["H1", "Đinh Văn Bình", "sau Tết", "Mai"]])
    prompt.must("register", "import", path, codes=(4,))
    (one,) = [
        issue
        for issue in prompt.must("check")
        if (issue["rule"], issue["field"]) == ("type", "survey_date")
    ]
    assert one["entity"] == "household"


def test_a_typed_owner_that_is_no_unit_changes_nothing(prompt: Prompt, tmp_path: Path) -> None:
    prompt.must("register", "import", _table(tmp_path / "a.csv", 1, 0))
    (found,) = prompt.must("register", "search", "dinh")
    before = prompt.must("register", "show", found["id"])
    for typed, expected in (
        ("owner_unit=foo", "records.owner_unknown"),
        ("owner_unit=", "records.owner_needed"),
        ("owner_unit=51@2025", "records.owner_above"),
        ("merged_into=nonsense", "records.no_such_record"),
    ):
        answer = prompt("register", "set", found["id"], typed)
        assert (answer.code, answer.document["error"]) == (1, expected)
    assert prompt.must("register", "show", found["id"]) == before


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX's")
def test_lock_and_log_are_for_their_user_alone_whatever_the_mask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(0)
    try:
        made = Prompt(tmp_path / "home", monkeypatch)
        made.must("init", "--unit", COMMUNE, "--user", "an")
        made.must("user", "list")
    finally:
        os.umask(before)
    for name in ("in-use.lock", "sotreem.log"):
        assert (made.home / name).stat().st_mode & 0o077 == 0, name


def test_a_declaration_that_errors_write_off_is_told_and_waits(
    prompt: Prompt, tmp_path: Path
) -> None:
    prompt.must("register", "import", _table(tmp_path / "a.csv", 1, 0))
    (found,) = prompt.must("register", "search", "dinh")
    answer = prompt("register", "set", found["id"], "complete=true")
    assert answer.code == 4
    assert answer.document["errors"] > 0
    # The command that the sentence names does list them.
    assert "«sotreem check --out TỆP»" in text("cli.register.unfinished", count=1)
    listed = tmp_path / "issues.csv"
    prompt.must("check", "--out", listed, codes=(0, 4))
    assert found["id"] in listed.read_text(encoding="utf-8-sig")
    assert not prompt.must("register", "show", found["id"])["values"].get("complete")


def test_a_record_is_called_a_mistake_only_with_a_reason(prompt: Prompt, tmp_path: Path) -> None:
    prompt.must("register", "import", _table(tmp_path / "a.csv", 1, 0))
    (found,) = prompt.must("register", "search", "dinh")
    answer = prompt("register", "set", found["id"], "entered_in_error=true")
    assert (answer.code, answer.document["error"]) == (1, "records.no_reason")
    assert len(prompt.must("register", "search", "dinh")) == 1
    prompt.must("register", "set", found["id"], "entered_in_error=true", "hidden_reason=nhập nhầm")
    assert prompt.must("register", "search", "dinh") == []


def _apart(prompt: Prompt, child: str, *bodies: dict[str, Value]) -> RecordView:
    """Somebody writes each of the bodies without having seen the others; the child before that."""
    with open_services(Settings(prompt.home), lambda one: unlock(one, PASSPHRASE)) as services:
        with services.workplace.store.read() as reading:
            loaded = register.record(reading, "child", child)
        assert loaded is not None
        for body in bodies:
            change = Change("child", body, id=child, base=loaded.heads, loaded=loaded.values)
            with services.workplace.write() as work:
                work.record(change)
                work.commit()
    return loaded


def test_a_field_that_a_decision_empties_is_named(prompt: Prompt, tmp_path: Path) -> None:
    prompt.must("register", "import", _table(tmp_path / "a.csv", 1, 0))
    (found,) = prompt.must("register", "search", "dinh")
    loaded = _apart(
        prompt, found["id"], *({"full_name": f"Đinh Thị {one}"} for one in ("May", "Mây"))
    )
    first, before, *sides, how = prompt.told("conflict", "list")
    assert first == f"child {loaded.id}"
    assert before.startswith("  trước đó: Họ và tên trẻ (full_name): ")
    said = {line.removeprefix("  ").split(" (an, ")[0] for line in sides}
    assert said == {f"Họ và tên trẻ (full_name): Đinh Thị {one}" for one in ("May", "Mây")}
    assert "sotreem conflict resolve" in how
    document = prompt.must("conflict", "resolve", "child", loaded.id, "full_name=")
    assert (document["emptied"], document["left"]) == (["full_name"], 0)
    assert "full_name" not in prompt.must("register", "show", loaded.id)["values"]


def test_what_is_to_be_typed_stands_beside_every_side_of_a_conflict(
    prompt: Prompt, tmp_path: Path
) -> None:
    prompt.must("register", "import", _table(tmp_path / "a.csv", 1, 0))
    (found,) = prompt.must("register", "search", "dinh")
    wrong = {"entered_in_error": True, "hidden_reason": "ghi hai lần"}
    _apart(prompt, found["id"], wrong, {"full_name": "Đinh Thị Mây"})
    (one,) = prompt.must("conflict", "list")
    assert [side["values"]["entered_in_error"] for side in one["heads"]] == [True]
    assert (one["kept"]["values"]["entered_in_error"], one["kept"]["author"]) == (False, "an")
    assert one["unsaid"] == []
    told = "\n".join(prompt.told("conflict", "list"))
    assert "(entered_in_error): Có [true]" in told
    assert "(entered_in_error): Không [false]" in told
    prompt.must("conflict", "resolve", "child", found["id"], "entered_in_error=false")
    _apart(prompt, found["id"], {"owner_unit": "outside"}, {"owner_unit": "21211@2024"})
    told = "\n".join(prompt.told("conflict", "list"))
    assert told.count("21211@2024") == 1
    assert "[outside]" in told


def test_a_verdict_about_two_children_that_nobody_chose_is_listed_as_such(prompt: Prompt) -> None:
    with open_services(Settings(prompt.home), lambda one: unlock(one, PASSPHRASE)) as services:
        with services.workplace.write() as work:
            settle_village(work, COMMUNE)
            work.commit()
        first, other = sorted(child_id(COMMUNE, home, 1) for home in ("2", "10"))
        values = {"record": first, "other_child": other, "verdict": "open"}
        with services.workplace.write() as work:
            made = work.record(Change("match_decision", dict(values)))
            work.commit()
        with services.workplace.store.read() as reading:
            seen = register.record(reading, "match_decision", made.id)
        assert seen is not None
        for verdict in ("same", "different"):
            with services.workplace.write() as work:
                change = Change("match_decision", {"verdict": verdict}, made.id, base=seen.heads)
                work.record(replace(change, loaded=seen.values))
                work.commit()
    _first, _before, *sides, unsaid, _how = prompt.told("conflict", "list")
    assert all(" (an, " in one for one in sides)
    assert len(sides) == 2
    assert unsaid.endswith("(verdict): Chưa quyết định (chưa ai chọn)")
    named = ("match_decision", made.id)
    refused = prompt("conflict", "resolve", *named, "verdict=Chắc là một")
    assert refused.document["error"] == "conflicts.no_verdict"
    assert "Là hai trẻ khác nhau" in refused.document["message"]
    prompt.must("conflict", "resolve", *named, "verdict=chưa quyết định")
    # Called one child so, the one who left would go nowhere.
    answer = prompt("register", "set", made.id, "verdict=same")
    assert answer.document["error"] == "records.own_way"
    assert prompt.must("register", "show", made.id)["values"]["verdict"] == "open"


def test_a_sample_says_its_seed_and_where_the_book_has_the_children(prompt: Prompt) -> None:
    with (
        open_services(Settings(prompt.home), lambda one: unlock(one, PASSPHRASE)) as services,
        services.workplace.write() as work,
    ):
        settle_village(work, COMMUNE)
        work.commit()
    found = prompt.must("register", "sample", "--count", "2", "--seed", "481516")
    assert (found["seed"], found["of"], len(found["children"])) == ("481516", 4, 2)
    assert found == prompt.must("register", "sample", "--count", "2", "--seed", "481516")
    assert all(
        set(one) == {"id", "household", "village", "household_no", "line_no"}
        for one in found["children"]
    )
    drawn = prompt.must("register", "sample", "--count", "2")
    assert drawn == prompt.must("register", "sample", "--count", "2", "--seed", drawn["seed"])
    assert (found["households_done"], found["mistaken_percent"]) == (0, None)
    assert prompt("register", "sample", "--count", "0").code == 1


def test_what_stands_beside_the_form_is_typed_as_it_is_shown_and_nothing_else_is_stored(
    prompt: Prompt,
) -> None:
    """A group that no list has would be shown by no page and counted by no table."""
    with (
        open_services(Settings(prompt.home), lambda one: unlock(one, PASSPHRASE)) as services,
        services.workplace.write() as work,
    ):
        settle_village(work, COMMUNE)
        child = child_id(COMMUNE, "2", 1)
        body: dict[str, Value] = {"record": child, "group": "C04", "subgroups": ["C04.3"]}
        disabled = work.record(Change("circumstance", body)).id
        book = work.record(Change("book", {"owner_unit": COMMUNE})).id
        event = work.record(Change("life_event", {"record": child, "event": "moved_in"})).id
        work.commit()
    for name, typed in (
        (disabled, "group=ZZZ"),
        (disabled, "subgroups=C99"),
        (disabled, "source=abc"),
        (event, "event=abc"),
        (book, "issued_on=32/13/2026"),
    ):
        answer = prompt("register", "set", name, typed)
        assert answer.document["error"] == "records.bad_value", typed
    prompt.must("register", "set", disabled, "subgroups=C04.2")
    prompt.must("register", "set", event, "event=Chuyển đi")
    prompt.must("register", "set", book, "issued_on=5/1/2026")
    shown = prompt.must("register", "show", book)["values"]
    assert shown["issued_on"] == "2026-01-05"
