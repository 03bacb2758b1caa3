"""A clerk's day at the prompt, from setting up to the self-test, each command a process."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Settings
from tests.e2e.terminal import PASSPHRASE, Terminal

COMMUNE = "21010@2024"


@pytest.fixture(scope="module")
def commune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A home with a small register in it; the tests of this module only add to it."""
    folder = tmp_path_factory.mktemp("session")
    terminal = Terminal(folder / "home")
    terminal.prepare()
    table = folder / "so.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["rec_id", "hh_id", "village", "full_name", "sex", "birth_date", "head_name"])
        out.writerow(["1", "h1", "Thôn Đông", "Lê Thị Mai", "2", "01/05/2019", "Lê Văn Bình"])
        out.writerow(["2", "h1", "Thôn Đông", "Lê Văn Nam", "1", "2021", "Lê Văn Bình"])
        out.writerow(["3", "h2", "Thôn Đoài", "Trần Gái", "2", "12/2023", "Trần Văn Tám"])
    columns = {
        "columns": {
            "rec_id": {"key": "child"},
            "hh_id": {"key": "household"},
            "village": {"village": True},
            "full_name": "full_name",
            "sex": "sex",
            "birth_date": "birth_date",
            "head_name": "head_name",
        }
    }
    (folder / "map.json").write_text(json.dumps(columns), encoding="utf-8")
    done = terminal.json("register", "import", table, "--columns", folder / "map.json")
    assert (done["rows"], done["created"]) == (3, 3)
    return terminal


def test_setting_up_prints_the_recovery_code_once_and_it_opens_the_home(tmp_path: Path) -> None:
    from app.services.installation import unlock, unlock_with_recovery

    terminal = Terminal(tmp_path / "home")
    made = terminal.init()
    assert (made["unit"], made["tier"], made["user"]) == (COMMUNE, "commune", "an")
    settings = Settings(terminal.home)
    by_code = unlock_with_recovery(settings, made["recovery_code"]).dek
    assert by_code == unlock(settings, PASSPHRASE).dek
    assert made["recovery_code"] not in terminal("audit", "list").out
    # The program itself, unlike the homes that tests make, lets every guess cost its time.
    slots = json.loads(settings.keyslots_path.read_text(encoding="utf-8"))["slots"]
    assert [(one["m"], one["t"], one["p"]) for one in slots] == [(65_536, 3, 1)] * 2


def test_a_loaded_program_answers_as_one_that_starts(commune: Terminal, tmp_path: Path) -> None:
    """`Terminal` spares each command the start of Python; nothing else may differ by it."""
    nobody = Terminal(tmp_path / "nothing")
    for terminal, words in (
        (commune, ("--json", "register", "search", "le", "thi", "mai")),
        (commune, ("register", "search", "mai")),
        (commune, ("--lang", "en", "register", "export", tmp_path / "no" / "where.csv")),
        (commune, ("register",)),
        (commune, ("check",)),
        (nobody, ("register", "search", "mai")),
        (commune, ("--help",)),
    ):
        assert terminal(*words) == terminal.started(*words)


def test_a_unit_without_an_edition_means_the_one_in_force(tmp_path: Path) -> None:
    made = Terminal(tmp_path / "home").init("21490")
    assert made["unit"] == "21490@2025"


def test_importing_the_same_file_again_changes_nothing(commune: Terminal) -> None:
    folder = commune.home.parent
    done = commune.json("register", "import", folder / "so.csv", "--columns", folder / "map.json")
    assert set(done) >= {"rows", "created", "changed", "unchanged", "issues"}
    assert (done["rows"], done["created"], done["changed"], done["unchanged"]) == (3, 0, 0, 3)


def test_search_ignores_marks_and_show_gives_the_record(commune: Terminal) -> None:
    (found,) = commune.json("register", "search", "le", "thi", "mai")
    assert found["full_name"] == "Lê Thị Mai"
    shown = commune.json("register", "show", found["id"])
    assert shown["entity"] == "child"
    assert shown["values"]["birth_date"] == "2019-05-01"
    assert shown["conflicts"] == shown["stopped"] == []


def test_people_read_labels_and_words_where_machines_read_names_and_codes(
    commune: Terminal,
) -> None:
    (found,) = commune.json("register", "search", "le", "thi", "mai")
    said = commune("register", "show", found["id"]).out
    assert "Ngày, tháng, năm sinh (birth_date): 01/05/2019" in said
    assert "(sex): Nữ" in said
    assert "_key" not in said
    assert "ACTIVE" not in said
    assert commune.json("register", "show", found["id"])["values"]["sex"] == "2"
    issue = commune.json("check")[0]
    (line,) = {one for one in commune("check").out.splitlines() if f" {issue['rule']} " in one}
    assert len(line.split("  ")[-1].strip()) > 10
    history = commune("register", "history", found["id"]).out
    assert "Ngày, tháng, năm sinh (birth_date)" in history
    english = commune("--lang", "en", "register", "show", found["id"]).out
    assert "(sex): Female" in english


def test_an_id_may_be_shortened_where_it_is_the_only_one(commune: Terminal) -> None:
    (found,) = commune.json("register", "search", "le", "thi", "mai")
    assert commune.json("register", "show", found["id"][:8])["id"] == found["id"]
    assert commune("register", "show", found["id"][:7]).code == 1
    assert commune("register", "show", "%_______").code == 1
    done = commune.json("register", "set", found["id"][:12], "full_name=Lê Thị Mai")
    assert done["id"] == found["id"]


def test_who_is_called_so_comes_before_whom_a_parent_has_found(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    terminal.prepare()
    rows = [f"Đặng Thị An {at},2019,Lê Văn Đạt" for at in range(4)]
    rows += ["Lê Văn Đạt,2020,Trần Bê", "Lê Văn Đạt Anh,2020,Trần Bê"]
    table = tmp_path / "so.csv"
    table.write_text("\n".join(["Họ tên,Ngày sinh,Chủ hộ", *rows, ""]), encoding="utf-8")
    terminal("register", "import", table)
    found = terminal.json("register", "search", "le van dat", "--limit", "2")
    assert [one["full_name"] for one in found] == ["Lê Văn Đạt", "Lê Văn Đạt Anh"]
    said = terminal("register", "search", "le van dat", "--limit", "2")
    assert "còn nữa" in said.out
    assert "--limit" in said.out
    assert "Tìm thấy" not in said.out
    whole = terminal("register", "search", "le van dat", "--limit", "6")
    assert "Tìm thấy 6." in whole.out
    assert "mặc định 50" in terminal("register", "search", "--help").out


def test_fields_are_listed_and_set_by_their_titles_too(commune: Terminal) -> None:
    listed = {one["field"]: one["label"] for one in commune.json("register", "fields")}
    assert listed["birth_date"] == "Ngày, tháng, năm sinh"
    assert "head_name" in commune("register", "fields", "household").out
    (found,) = commune.json("register", "search", "le van nam")
    done = commune.json("register", "set", found["id"], "NGÀY SINH=02/03/2021")
    assert done["operation"]
    shown = commune.json("register", "show", found["id"])
    assert shown["values"]["birth_date"] == "2021-03-02"
    again = commune.json("register", "set", found["id"], "ngay thang nam sinh=02/03/2021")
    assert again["operation"] is None
    refused = commune("register", "set", found["id"], "nosuch=1")
    assert (refused.code, "sotreem register fields" in refused.notes) == (1, True)


def test_next_steps_can_be_taken_literally(commune: Terminal, tmp_path: Path) -> None:
    other = Terminal(tmp_path / "home")
    said = other("--json", "init", "--unit", "21010", "--user", "an")
    assert said.document["error"] == "units.not_in_force"
    assert "--unit 21010@2024" in said.document["message"]
    assert not other.home.exists()
    said = commune("--json", "register", "import", tmp_path)
    assert said.document["error"] == "import.file_folder"
    said = commune("--json", "register", "undo", "xx")
    assert "sotreem audit list" in said.document["message"]
    (tmp_path / "map.json").write_text("[]", encoding="utf-8")
    (tmp_path / "so.csv").write_text("Họ tên\nMai\n", encoding="utf-8")
    columns = ("--columns", tmp_path / "map.json")
    said = commune("--json", "register", "import", tmp_path / "so.csv", *columns)
    assert '"Ngày sinh": "birth_date"' in said.document["message"]


def test_an_edit_stands_in_the_history_and_saving_it_again_writes_nothing(
    commune: Terminal,
) -> None:
    (found,) = commune.json("register", "search", "tran gai")
    done = commune.json("register", "set", found["id"], "full_name=Trần Thị Gấm", "sex=nữ")
    assert done["operation"]
    again = commune.json("register", "set", found["id"], "full_name=Trần Thị Gấm")
    assert again["operation"] is None
    history = commune.json("register", "history", found["id"])
    assert [one["state"] for one in history] == ["accepted", "accepted"]
    assert history[1]["parents"] == [history[0]["operation"]]
    assert "full_name" in history[1]["fields"]


def test_check_lists_every_issue_with_record_field_rule_and_sentence(commune: Terminal) -> None:
    issues = commune.json("check")
    assert issues
    for one in issues:
        assert set(one) == {"entity", "id", "field", "rule", "severity", "message"}
        assert one["severity"] in ("error", "warning", "note")
        assert one["message"]
    english = commune.json("--lang", "en", "check")
    assert [one["rule"] for one in english] == [one["rule"] for one in issues]
    assert {one["message"] for one in english} != {one["message"] for one in issues}


def test_check_writes_the_list_as_a_file(commune: Terminal, tmp_path: Path) -> None:
    done = commune.json("check", "--out", tmp_path / "loi.csv")
    with (tmp_path / "loi.csv").open(encoding="utf-8-sig", newline="") as file:
        mark, _titles, *rows = csv.reader(file)
    assert mark[0].startswith("LƯU HÀNH NỘI BỘ")
    assert len(rows) == len(done)
    assert done == commune.json("check")
    assert commune("check", "--out", tmp_path / "loi.xlsx").code == 0
    assert (tmp_path / "loi.xlsx").stat().st_size > 1000


def test_export_and_import_meet_in_the_same_children(commune: Terminal, tmp_path: Path) -> None:
    done = commune.json("register", "export", tmp_path / "xuat.csv")
    assert done["rows"] == 3
    back = commune.json("register", "import", tmp_path / "xuat.csv")
    assert (back["created"], back["rows"]) == (0, 3)


def test_an_export_says_why_something_was_left_out_and_how_to_get_it(
    commune: Terminal, tmp_path: Path
) -> None:
    told = commune("--lang", "en", "register", "export", tmp_path / "xuat.csv").out
    assert "because no reason was given" in told
    assert "--reveal" in told
    assert "may not see" not in told
    told = commune("register", "export", tmp_path / "all.csv", "--reveal", "thử").out
    assert "--reveal" not in told


def test_villages_are_listed_with_their_households_and_children(commune: Terminal) -> None:
    added = commune.json("village", "add", "Tổ 7", "--kind", "tổ dân phố")
    assert commune.json("village", "add", "tổ 7")["id"] == added["id"]
    found = {one["name"]: one for one in commune.json("village", "list")}
    assert (found["Thôn Đông"]["households"], found["Thôn Đông"]["children"]) == (1, 2)
    assert found["Tổ 7"]["kind"] == "to_dan_pho"


def test_units_are_found_by_name_without_marks_and_without_an_installation(
    tmp_path: Path,
) -> None:
    nowhere = Terminal(tmp_path / "nothing", passphrase=None)
    found = nowhere.json("unit", "find", "ba", "vinh")
    assert {one["ref"] for one in found} == {"21490@2024", "21490@2025"}
    assert {one["how"] for one in found} == {"name"}
    (slip, *_) = nowhere.json("unit", "find", "Xã Bình Chươn")
    assert (slip["ref"], slip["how"]) == ("21100@2025", "letter")
    told = nowhere("unit", "find", "Xã Trà Bùi, huyện Trà Bồng")
    assert "chương trình không chọn thay" in told.out
    below = nowhere.json("unit", "list", "--unit", "51@2024", "--tier", "district")
    assert {one["tier"] for one in below} == {"district"}
    assert not (tmp_path / "nothing").exists()


def test_people_are_added_listed_and_retired(commune: Terminal) -> None:
    made = commune.json("person", "add", "Phạm Thị Lài", "--title", "Phó Chủ tịch")
    assert "Phạm Thị Lài" in [one["full_name"] for one in commune.json("person", "list")]
    commune.json("person", "retire", made["id"])
    assert made["id"] not in [one["id"] for one in commune.json("person", "list")]


def test_empty_lists_say_so_in_words(commune: Terminal) -> None:
    for group in ("waiting", "conflict", "round"):
        assert commune.json(group, "list") == []
        done = commune(group, "list")
        assert (done.code, done.notes) == (0, "")
        assert done.out.strip()


def test_the_account_is_listed_with_its_rights(commune: Terminal) -> None:
    (account,) = commune.json("user", "list")
    assert (account["name"], account["full_name"]) == ("an", "Đặng An")
    assert "reveal" in account["rights"]


def test_a_backup_is_made_and_found_sound(commune: Terminal) -> None:
    made = commune.json("backup", "create")
    assert Path(made["file"]).is_file()
    assert commune.json("backup", "verify")["sound"] is True
    assert commune.json("backup", "verify", made["file"])["file"] == made["file"]


def test_the_audit_trail_names_what_was_done_and_holds(commune: Terminal) -> None:
    events = commune.json("audit", "list", "--limit", "500")
    assert {"sign-in", "install"} <= {one["event"] for one in events}
    verified = commune.json("audit", "verify")
    assert verified["holds"] is True
    assert verified["events"] >= len(events)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_trail_and_the_self_test_speak_the_language_in_force(
    commune: Terminal, language: str
) -> None:
    trail = commune("--lang", language, "audit", "list").out
    tests = commune("--lang", language, "selftest").out
    signed_in, pages = {
        "vi": ("đăng nhập", "các trang của kho dữ liệu"),
        "en": ("signed in", "pages of the store"),
    }[language]
    assert signed_in in trail
    assert pages in tests
    for code in ("sign-in", "account=", "file_sha256", "self-test", "level_a"):
        assert code not in trail
    for one in commune.json("selftest")["tests"]:
        assert one["name"] not in tests


def test_the_self_test_passes_and_changes_nothing(commune: Terminal) -> None:
    from tests.dumps import dump_home

    before = dump_home(commune.home, PASSPHRASE)
    report = commune.json("selftest")
    assert report["passed"] is True
    assert {"store.rebuild", "store.cipher", "known-answer.age"} <= {
        one["name"] for one in report["tests"]
    }
    assert dump_home(commune.home, PASSPHRASE) == before


def test_people_read_vietnamese_by_default_and_english_when_asked(commune: Terminal) -> None:
    assert "Đã kiểm tra" in commune("check").out
    assert "checked" in commune("check", "--lang", "en").out


def test_a_passphrase_file_opens_the_home_too(commune: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "mật khẩu.txt"
    file.write_text(PASSPHRASE + "\r\nanother line\n", encoding="utf-8-sig")
    silent = Terminal(commune.home, passphrase=None)
    assert silent("user", "list", "--passphrase-file", file).code == 0


def test_looking_behind_the_mask_needs_a_reason_and_is_on_record(commune: Terminal) -> None:
    (found,) = commune.json("register", "search", "le van nam")
    household = found["household"]
    commune.json("register", "set", household, "family_problem_flags=R03.1")
    hidden = commune.json("register", "show", household)["values"]["family_problem_flags"]
    assert hidden == {"masked": True}
    seen = commune.json("register", "show", household, "--reveal", "xác minh theo đơn")
    assert seen["values"]["family_problem_flags"] != hidden
    events = commune.json("audit", "list", "--limit", "5")
    assert [e["details"]["record"] for e in events if e["event"] == "reveal"] == [household]


def test_the_list_of_villages_is_kept_by_commands(commune: Terminal) -> None:
    made = commune.json("village", "add", "Tổ 7")["id"]
    assert commune.json("village", "rename", "Tổ 7", "Tổ Bảy", "--kind", "TDP")["id"] == made
    assert commune.json("village", "order", "Tổ Bảy")[0] == made
    names = [one["name"] for one in commune.json("village", "list")]
    assert names == ["Tổ Bảy", "Thôn Đoài", "Thôn Đông"]
    assert commune.json("village", "retire", made) == {"id": made}
    assert [one["name"] for one in commune.json("village", "list")] == names[1:]
    refused = commune("village", "retire", "Thôn Đông")
    assert refused.code == 1
    assert "còn 1 hộ" in refused.notes
