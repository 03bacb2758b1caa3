"""Verification at the district, in three real homes: looked through, single records sent back and
the rest accepted in one act, mended by the commune, seen as answered.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_services
from app.ids import derived_id
from app.models.queries import verifying
from app.services.installation import unlock
from app.services.services import Services
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.modified_client import ModifiedClient

PROVINCE, DISTRICT, COMMUNE = "51@2024", "522@2024", "21208@2024"
#: Children of two villages: (village, household, name, birth date, sex).
BOOK = (
    ("Thôn Hà", "1", "Phạm Thị Hân", "2015-03-02", "2"),
    ("Thôn Hà", "2", "Đinh Văn Lía", "2016-04-05", "1"),
    ("Thôn Hạ", "1", "Võ Thị Bưởi", "2017-01-01", "2"),
)
WHY = "Năm sinh khác với giấy khai sinh"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three enrolled homes, whose commune has handed over three children once."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as monkeypatch:
        homes = Homes(folder, monkeypatch)
        province = homes.init(PROVINCE)
        root = province.must("authority", "init")["root_fingerprint"]
        district, commune = homes.init(DISTRICT), homes.init(COMMUNE)
        homes.enrol(province, district, root)
        homes.enrol(district, commune, root)
        type_book(commune)
        homes.carry(commune, district, DISTRICT)
    return folder


class Three:
    """The homes, and the handover that the district has."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.homes = Homes(folder, monkeypatch)
        self.province, self.district, self.commune = (
            self.homes.at(unit) for unit in (PROVINCE, DISTRICT, COMMUNE)
        )
        (self.handover,) = (one["id"] for one in self.district.must("handover", "list"))

    def verify(self, *more: str, handover: str = "") -> Any:
        named = handover or self.handover
        return self.district.must("handover", "verify", named, *more, codes=(0, 4))


@pytest.fixture
def three(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Three:
    shutil.copytree(prepared, tmp_path / "homes")
    return Three(tmp_path / "homes", monkeypatch)


def type_book(commune: Prompt) -> None:
    book = commune.home / "book.csv"
    lines = [
        f"{village},{no},Chủ hộ {no},1,{name},{born},{sex}" for village, no, name, born, sex in BOOK
    ]
    head = "village,household_no,head_name,line_no,full_name,birth_date,sex"
    book.write_text("\n".join((head, *lines, "")), encoding="utf-8")
    commune.must("register", "import", book, codes=(0, 4))
    book.unlink()


def child(prompt: Prompt, words: str) -> str:
    (found,) = prompt.must("register", "search", words)
    return str(found["id"])


def test_the_numbers_are_those_of_the_handover_and_add_up_over_the_villages(three: Three) -> None:
    found = three.verify()
    (view,) = three.district.must("handover", "list")
    (receipt,) = view["receipts"]
    for name in ("households", "children", "incomplete"):
        assert found[name] == receipt[name] == sum(one[name] for one in found["villages"])
    assert [one["name"] for one in found["villages"]] == ["Thôn Hà", "Thôn Hạ"]
    assert [one["children"] for one in found["villages"]] == [2, 1]
    for severity in ("error", "warning"):
        count = sum(one["count"] for one in found["rules"] if one["severity"] == severity)
        assert count == found[f"{severity}s"] > 0
        assert count == sum(one[f"{severity}s"] for one in found["villages"])
    assert found["changed"] == 6, "everything is new in the first one: three homes, three children"
    assert (found["since"], found["later"], found["returned"]) == (None, 0, [])


def test_what_was_taken_back_and_used_again_is_verified_as_it_was_before(three: Three) -> None:
    before = three.verify()
    assert before["errors"] > 0
    three.district.must("handover", "undo", three.handover, "--reason", "Nhầm gói")
    three.district.must("handover", "release", three.handover)
    assert three.verify() == before
    assert three.verify("--changed")["errors"] == before["errors"]


def test_the_way_to_the_records_of_a_rule_and_of_a_village(three: Three) -> None:
    found = three.verify()
    rule = next(one for one in found["rules"] if one["severity"] == "error")
    told = three.verify("--rule", rule["rule"])["records"]
    assert {one["rule"] for one in told} == {rule["rule"]}
    here = three.verify("--rule", rule["rule"], "--village", "Thôn Hạ")["records"]
    assert {one["record"] for one in here} < {one["record"] for one in told}
    buoi = child(three.district, "vo thi buoi")
    assert {one["child"] for one in here} <= {buoi, None}
    answer = three.district("handover", "verify", three.handover, "--village", "Thôn Há")
    assert (answer.code, answer.document["error"]) == (1, "verification.no_village")


def test_lines_about_rules_and_records_name_the_field(three: Three) -> None:
    """One rule is broken by several fields, with one sentence: else nobody tells them apart."""
    told = three.district.told("handover", "verify", three.handover, codes=(0, 4))
    rules = [one for one in told if one.startswith(("lỗi", "cảnh báo"))]
    assert len(rules) == len(set(rules)) == len(three.verify()["rules"])
    rule = next(one for one in three.verify()["rules"] if one["severity"] == "error")
    words = ("handover", "verify", three.handover, "--rule", rule["rule"])
    lines = [o for o in three.district.told(*words, codes=(0, 4)) if o.startswith("  lỗi")]
    assert len(lines) == len(set(lines)) == len(three.verify("--rule", rule["rule"])["records"])


def test_the_review_of_a_record_is_told_as_people_write_days_and_by_the_label_of_its_field(
    three: Three,
) -> None:
    han = child(three.district, "pham thi han")
    three.district.must(
        *("handover", "return", three.handover, "--record", han),
        *("--field", "birth_date", "--reason", WHY),
    )
    lines = three.district.told("register", "show", han)
    (on,) = [one for one in lines if "reviewed_on" in one]
    assert re.search(r": [0-9]{2}/[0-9]{2}/[0-9]{4}$", on), on
    (about,) = [one for one in lines if "(rule)" in one]
    assert about.strip() == "Về ô (rule): Ngày, tháng, năm sinh", about


def test_who_takes_a_handover_back_reads_the_name_of_its_giver(three: Three) -> None:
    told = three.district.told("handover", "undo", three.handover, "--reason", "Nhầm gói")
    assert f"xã Tịnh Châu ({COMMUNE})" in told[0]


def test_two_records_come_back_with_their_reason_the_rest_is_accepted_and_they_are_answered(
    three: Three,
) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    two = [child(district, "pham thi han"), child(district, "dinh van lia")]
    said = district.must(
        *("handover", "return", three.handover, "--record", *two),
        *("--reason", WHY, "--accept-rest"),
    )
    assert said["returned"] == 2
    assert [one["verdict"] for one in said["verdicts"]] == ["accepted"]
    waits = district("handover", "verify", three.handover)
    assert waits.code == 4
    assert [one["child"] for one in waits.document["returned"]] == two
    assert sum(one["returned"] for one in waits.document["villages"]) == 2
    # Said again, nothing more is said.
    district.must("handover", "return", three.handover, "--record", *two, "--reason", WHY)
    assert len(three.verify()["returned"]) == 2

    homes.carry(district, commune, COMMUNE)
    told = {one["id"]: one["message"] for one in commune.must("waiting", "list", codes=(0, 4))}
    assert dict.fromkeys(two, WHY) == {one: told[one] for one in two}
    commune.must("register", "set", two[0], "birth_date=2014-03-02")
    (left,) = [one for one in commune.must("waiting", "list", codes=(0, 4)) if one["id"] in two]
    assert left["id"] == two[1]
    sent, _ = homes.carry(commune, district, DISTRICT)

    first, second = three.verify(handover=sent["handover"])["returned"]
    assert (first["answered_by"], second["answered_by"]) == (COMMUNE, None)
    assert first["answered_on"]
    new = three.verify(handover=sent["handover"])
    assert new["since"], "the first one was accepted"
    assert new["changed"] == 1, "one child was mended since"
    assert three.verify()["later"] == 1, "which is no matter of the first one any more"


def test_all_records_of_a_rule_come_back_naming_the_field(three: Three) -> None:
    rule = next(one for one in three.verify()["rules"] if one["severity"] == "error")
    said = three.district.must(
        "handover", "return", three.handover, "--rule", rule["rule"], "--reason", "Còn thiếu"
    )
    broken = {one["record"] for one in three.verify("--rule", rule["rule"])["records"]}
    back = three.verify()["returned"]
    assert said["returned"] == len(back) == len(broken)
    assert said["verdicts"] == [], "nothing was decided about the handover"
    assert all(one["field"] for one in back)
    answer = three.district(
        "handover", "return", three.handover, "--rule", "no-such", "--reason", "Còn thiếu"
    )
    assert (answer.code, answer.document["error"]) == (1, "verification.nothing_broken")


def test_a_record_is_answered_by_what_is_added_to_it_too(three: Three) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    (home,) = {one["household"] for one in district.must("register", "search", "vo thi buoi")}
    district.must(
        "handover", "return", three.handover, "--record", home, "--reason", "Thiếu một trẻ"
    )
    homes.carry(district, commune, COMMUNE)
    assert home in {one["id"] for one in commune.must("waiting", "list", codes=(0, 4))}
    commune.must("register", "set", child(commune, "vo thi buoi"), "other_name=Bé")
    assert home not in {one["id"] for one in commune.must("waiting", "list", codes=(0, 4))}
    sent, _ = homes.carry(commune, district, DISTRICT)
    (back,) = three.verify(handover=sent["handover"])["returned"]
    assert back["answered_by"] == COMMUNE


def test_the_province_verifies_what_its_district_handed_on_and_no_one_his_own(
    three: Three,
) -> None:
    sent, _ = three.homes.carry(three.district, three.province, PROVINCE)
    found = three.province.must("handover", "verify", sent["handover"], codes=(0, 4))
    assert (found["giver"], found["children"]) == (DISTRICT, 3)
    assert {one["unit"] for one in found["villages"]} == {COMMUNE}
    relayed = three.province.must("handover", "verify", three.handover, codes=(0, 4))
    assert (relayed["giver"], relayed["children"]) == (COMMUNE, 3)
    for prompt, handover in ((three.district, sent["handover"]), (three.commune, three.handover)):
        answer = prompt("handover", "verify", handover)
        assert (answer.code, answer.document["error"]) == (1, "verification.not_below")


def services_of(prompt: Prompt) -> Services:
    return open_services(Settings(prompt.home), lambda settings: unlock(settings, PASSPHRASE))


def survey(prompt: Prompt, handover: str, *more: str, codes: tuple[int, ...] = (0, 4)) -> Any:
    return prompt.must("handover", "surveyed", handover, *more, codes=codes)


def result(prompt: Prompt, handover: str, household: str, found: str, *more: str) -> Any:
    words = ("--household", household, "--result", found, *more)
    return prompt.must("handover", "resurvey", handover, *words)


def test_households_drawn_by_a_seed_are_visited_and_the_results_travel_up_and_down(
    three: Three, tmp_path: Path
) -> None:
    homes, district, commune, province = (
        three.homes,
        three.district,
        three.commune,
        three.province,
    )
    drawn = district.must("handover", "sample", three.handover, "--count", "2", "--seed", "4711")
    assert (drawn["drawn"], drawn["of"], drawn["seed"]) == (2, 3, "4711")
    again = district.must("handover", "sample", three.handover, "--count", "2", "--seed", "4711")
    assert again == drawn, "the same seed is the same sample"
    more = district.must("handover", "sample", three.handover, "--percent", "100", "--seed", "4711")
    assert {one["id"] for one in drawn["households"]} < {one["id"] for one in more["households"]}
    assert more["sample"] != drawn["sample"]
    first, second = (one["id"] for one in drawn["households"])
    outside = {one["id"] for one in more["households"]} - {first, second}
    named = ("--sample", drawn["sample"])

    assert survey(district, three.handover, *named)["percent"] is None
    result(district, three.handover, first, "agrees", *named)
    said = result(
        district,
        three.handover,
        second,
        *("differs", *named, "--field", "birth_date", "sex"),
        *("--reason", "Giấy khai sinh ghi 2014", "--send-back"),
    )
    assert (said["typed"], said["wrong"], said["percent"]) == (2, 1, 50.0)
    assert said["low"] < 50 < said["high"]
    assert said["fields"] == {"birth_date": 1, "sex": 1}
    answer = district(
        *("handover", "resurvey", three.handover, *named),
        *("--household", outside.pop(), "--result", "agrees"),
    )
    assert (answer.code, answer.document["error"]) == (1, "resurvey.not_drawn")
    # Said again it is corrected, and counted once.
    said = result(district, three.handover, first, "children_missing", *named, "--missing", "2")
    assert (said["typed"], said["wrong"], said["missing_children"]) == (2, 2, 2)

    homes.carry(district, commune, COMMUNE)
    homes.carry(district, province, PROVINCE)
    for prompt in (commune, province):
        (told, *_others) = [survey(prompt, three.handover, *named)]
        for name in ("seed", "drawn", "of", "typed", "wrong", "fields", "percent", "low", "high"):
            assert told[name] == said[name], name
    back = {one["id"]: one["message"] for one in commune.must("waiting", "list", codes=(0, 4))}
    assert "Giấy khai sinh ghi 2014" in back[second]
    assert first not in back


def test_a_household_that_its_commune_hid_after_it_was_drawn_stays_in_the_sample(
    three: Three,
) -> None:
    homes, district, commune = three.homes, three.district, three.commune
    drawn = district.must("handover", "sample", three.handover, "--count", "3", "--seed", "4711")
    gone = drawn["households"][0]["id"]
    services = services_of(commune)
    try:
        services.mistakes.mark("household", gone, "không có")
    finally:
        services.close()
    homes.carry(commune, district, DISTRICT)
    more = ("--sample", drawn["sample"])
    assert result(district, three.handover, gone, "not_found", *more)["typed"] == 1
    homes.carry(district, commune, COMMUNE)
    seen = survey(commune, three.handover, *more)
    assert (seen["typed"], seen["wrong"]) == (1, 1)


def test_no_commune_brings_what_a_district_found_or_hides_it(three: Three) -> None:
    """A review of its household is the commune's to write, and whoever changed the program writes
    it in whatever name; the door knows what only a unit above says.
    """
    homes, district, commune, province = (
        three.homes,
        three.district,
        three.commune,
        three.province,
    )
    drawn = district.must("handover", "sample", three.handover, "--count", "2", "--seed", "8")
    first, second = (one["id"] for one in drawn["households"])
    said = result(district, three.handover, first, "moved")
    homes.carry(district, commune, COMMUNE)
    answer = commune(
        *("handover", "resurvey", three.handover, "--household", first, "--result", "agrees")
    )
    assert (answer.code, answer.document["error"]) == (1, "verification.not_below")
    with services_of(commune) as services, services.workplace.write() as work:
        (review,) = verifying.resurveys_of(work.connection, three.handover, lambda *_: True)
    held = review.review
    client = ModifiedClient(commune.home, COMMUNE)
    above = ModifiedClient(district.home, DISTRICT).replica
    better = {"finding": "agrees", "finding_fields": None, "missing_children": None}
    body = {**held.values, **better, "record": second, "_key": "own"}
    made_up = client.forge("review", derived_id(second, "own"), body, by=DISTRICT, replica=above)
    edits = [
        client.forge("review", held.id, words, parents=held.heads, by=DISTRICT, replica=above)
        for words in (
            better,
            {"_deleted": True, "_seen": None},
            {"handover": derived_id(COMMUNE, "another")},
        )
    ]
    for root, operation in ((second, made_up), *((first, one) for one in edits)):
        client.slip_in(operation, root=root)
    _sent, got = homes.carry(commune, district, DISTRICT)
    assert got["refused"] == 4
    refused = district.must("waiting", "list", codes=(0, 4))
    assert {one["reason"] for one in refused if one["state"] == "refused"} == {"foreign-half"}
    homes.carry(district, province, PROVINCE)
    for prompt in (district, province):
        told = survey(prompt, three.handover)
        assert told["results"] == said["results"] == {"moved": 1}, prompt.home
    # The commune's own page goes by the refusal as soon as it has heard of it.
    homes.carry(district, commune, COMMUNE)
    assert survey(commune, three.handover)["results"] == {"moved": 1}


def test_a_result_that_says_too_little_or_too_much_is_refused(three: Three) -> None:
    district = three.district
    (one, *_rest) = district.must("handover", "sample", three.handover, "--count", "3")[
        "households"
    ]
    for words, why in (
        (("differs",), "resurvey.no_field"),
        (("children_missing",), "resurvey.no_children"),
        (("agrees", "--field", "sex"), "resurvey.too_much"),
        (("moved", "--missing", "1"), "resurvey.too_much"),
        (("differs", "--field", "family_problem_flags"), "resurvey.unknown_field"),
    ):
        answer = district(
            *("handover", "resurvey", three.handover),
            *("--household", one["id"], "--result", *words),
        )
        assert (answer.code, answer.document["error"]) == (1, why)
    assert survey(district, three.handover)["typed"] == 0
    answer = district("handover", "sample", three.handover, "--count", "1001")
    assert (answer.code, answer.document["error"]) == (1, "resurvey.count")


def test_the_list_has_room_to_write_and_names_no_child_and_the_result_says_what_it_means(
    three: Three, tmp_path: Path
) -> None:
    district = three.district
    blank, done = tmp_path / "danh-sach.pdf", tmp_path / "ket-qua.pdf"
    drawn = district.must(
        *("handover", "sample", three.handover, "--count", "1", "--village", "Thôn Hà"),
        *("--seed", "12", "--out", blank),
    )
    assert (drawn["of"], drawn["village"]) == (2, "Thôn Hà")
    (home,) = drawn["households"]
    words = printed(blank)
    for told in ("số rút 12", drawn["sample"], "1 hộ trên 2 hộ", "Thôn Hà", "4 – Hộ đã chuyển đi"):
        assert told in words, told
    for _village, _number, name, *_ in BOOK:
        assert name not in words
    result(district, three.handover, home["id"], "differs", "--field", "birth_date")
    survey(district, three.handover, "--out", str(done))
    words = printed(done)
    for told in ("Tỷ lệ hộ có sai khác: 1/1 hộ (100,0 %)", "Ngày, tháng, năm sinh", "toàn bộ 2 hộ"):
        assert told in words, told


def printed(path: Path) -> str:
    """The words of a PDF on one line."""
    read = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return " ".join(read.stdout.split())
