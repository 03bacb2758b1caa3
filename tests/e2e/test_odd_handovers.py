"""Sticks, files and clocks as they come: each gets a sentence, and nothing else is lost by it."""

from __future__ import annotations

import io
import json
import shutil
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest

from app.bootstrap import open_services
from app.cli.program import main
from app.models.work import Change
from app.services.installation import unlock
from app.settings import Settings
from app.sync import files
from tests.dumps import dump_home
from tests.e2e.command_line import COMMUNE, PASSPHRASE, PROVINCE, Answer, Homes, Prompt
from tests.e2e.modified_client import opened
from tests.e2e.sentences import said_plainly
from tests.e2e.test_two_pcs import children, write_book

YEAR = 365.25 * 86400
SEND = ("handover", "send", "--to", PROVINCE, "--out")


@pytest.fixture
def homes(enrolled_pair: Homes) -> Homes:
    return enrolled_pair


def sent(homes: Homes, number: int) -> Path:
    """A bundle with one more child, called An, Binh or Chi."""
    name = ("An", "Bình", "Chi")[number]
    row = f"Thôn 1,{number},Phạm Văn Rơm,1,Phạm Thị {name},2015-03-02,2"
    book = write_book(homes.folder, f"{number}.csv", row)
    homes.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return Path(homes.at(COMMUNE).must(*SEND, homes.stick)["file"])


def held(prompt: Prompt) -> list[bool]:
    return [bool(children(prompt, f"pham thi {name}")) for name in ("an", "binh", "chi")]


def years_away(prompt: Prompt, years: float, *words: str | Path) -> Answer:
    """A command on a PC whose clock is so many years off."""
    out, notes = io.StringIO(), io.StringIO()
    line = ["--home", str(prompt.home), "--json", *map(str, words)]

    def clock() -> float:
        return time.time() + years * YEAR

    with redirect_stdout(out), redirect_stderr(notes):
        code = main(line, partial(open_services, clock=clock))
    return Answer(code, json.loads(out.getvalue()), notes.getvalue())


def test_a_stick_pulled_out_in_the_second_of_three_files(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    province, bundles = homes.at(PROVINCE), [sent(homes, number) for number in range(3)]
    aside = homes.folder / "pulled"
    read = files.open_plain

    def pulled(path: Path) -> BinaryIO:
        if path == bundles[1]:
            homes.stick.rename(aside)
        return read(path)

    with monkeypatch.context() as patch:
        patch.setattr(files, "open_plain", pulled)
        answer = province("handover", "receive", *bundles)
    assert answer.code == 1
    assert [(one["file"], one["status"], one["reason"]) for one in answer.document] == [
        (bundles[0].name, "imported", ""),
        (bundles[1].name, "rejected", "files.gone"),
        (bundles[2].name, "rejected", "files.gone"),
    ]
    assert all(one["file"] in one["message"] for one in answer.document[1:])
    assert held(province) == [True, False, False]
    aside.rename(homes.stick)
    again = province.must("handover", "receive", *bundles)
    assert [one["status"] for one in again] == ["already", "imported", "imported"]
    assert [one["continuity"] for one in again[1:]] == ["normal", "normal"]
    assert held(province) == [True, True, True]


def test_one_bundle_under_two_names_comes_in_once_in_whatever_order(homes: Homes) -> None:
    province, (first, second) = homes.at(PROVINCE), (sent(homes, 0), sent(homes, 1))
    copy = homes.folder / "bản sao (1) của gói.bin"
    shutil.copy(first, copy)
    got = province.must("handover", "receive", second, copy, first)
    assert [(one["status"], one["seq"]) for one in got] == [
        ("imported", 2),
        ("imported", 1),
        ("already", 1),
    ]
    assert held(province) == [True, True, False]


@pytest.mark.parametrize("words", [("--preview",), ()])
def test_ones_own_bundle_is_told_to_go_on_its_way(homes: Homes, words: tuple[str, ...]) -> None:
    commune, bundle = homes.at(COMMUNE), sent(homes, 0)
    before = dump_home(commune.home, PASSPHRASE)
    answer = commune("handover", "receive", bundle, *words)
    assert said_plainly(answer) == "not-for-this-unit"
    (one,) = answer.document
    assert "chính máy này" in one["message"]
    assert PROVINCE in one["message"]
    assert dump_home(commune.home, PASSPHRASE) == before


def test_a_bundle_of_a_day_that_has_not_come_is_received_and_told(
    homes: Homes, capsys: pytest.CaptureFixture[str]
) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    made = years_away(commune, 2, *SEND, homes.stick).document["file"]
    plain = ["--home", str(province.home), "handover", "receive", made, "--preview"]
    capsys.readouterr()
    assert main(plain, open_services) == 0
    seen = province.must("handover", "inspect", made)
    day = datetime.fromisoformat(seen["created"]).date()
    assert f"{day:%d/%m/%Y}" in capsys.readouterr().out
    (got,) = province.must("handover", "receive", made)
    assert got["ahead"] == day.isoformat()
    (got,) = province.must("handover", "receive", commune.must(*SEND, homes.stick)["file"])
    assert got["ahead"] is None


def test_a_clock_that_fell_behind_is_told_to_who_hands_over(homes: Homes) -> None:
    commune = homes.at(COMMUNE)
    answer = years_away(commune, -2, *SEND, homes.stick)
    assert (answer.code, answer.document["error"]) == (1, "handover.clock_behind")
    assert "Đồng hồ máy này" in answer.document["message"]
    assert "--clock-confirmed" in answer.document["message"]
    assert list(homes.stick.rglob("*.tebundle")) == []
    assert commune.must("handover", "list") == []
    confirmed = years_away(commune, -2, *SEND, homes.stick, "--clock-confirmed")
    assert confirmed.code == 0
    assert confirmed.document["counted_on"] == _day(-2)
    assert "Đồng hồ" not in commune(*SEND, homes.stick).notes


def _day(years: float) -> str:
    return f"{datetime.fromtimestamp(time.time() + years * YEAR).astimezone():%Y-%m-%d}"


def test_a_receiver_two_years_behind_what_came_is_told_to_look_at_its_clock(
    homes: Homes, capsys: pytest.CaptureFixture[str]
) -> None:
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    made = province.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)["file"]
    day = datetime.fromisoformat(commune.must("handover", "inspect", made)["created"]).date()
    for words in (("inspect", made), ("receive", made, "--preview"), ("receive", made)):
        answer = years_away(commune, -2, "handover", *words)
        said = answer.document if words[0] == "inspect" else answer.document[0]
        assert (said["ahead"], said["clock_behind"]) == (day.isoformat(), True), words
    plain = ["--home", str(commune.home), "handover", "inspect", made]
    capsys.readouterr()
    behind = partial(open_services, clock=lambda: time.time() - 2 * YEAR)
    assert main(plain, behind) == 0
    assert "Đồng hồ máy này chạy chậm" in capsys.readouterr().out
    right = commune.must("handover", "inspect", made)
    assert (right["ahead"], right["clock_behind"]) == (None, False)


@pytest.mark.parametrize(
    ("years", "refusal"), [(-2, "sender-not-yet-valid"), (4, "sender-expired")]
)
def test_a_receiver_whose_clock_is_far_off_is_told_to_look_at_it(
    homes: Homes, years: int, refusal: str
) -> None:
    answer = years_away(homes.at(PROVINCE), years, "handover", "receive", sent(homes, 0))
    assert said_plainly(answer) == refusal
    (one,) = answer.document
    assert "ngày" in one["message"].splitlines()[-1]


def test_a_certificate_that_is_in_date_only_by_a_suspect_clock_is_asked_about(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is at this prompt who could answer: without the option nothing is taken in."""
    province, file = homes.at(PROVINCE), sent(homes, 0)
    with opened(province.home) as store, store.write("test") as work:
        store.put_settings(work, {"clock-floor": str(int(time.time() + 4 * YEAR))})
        work.commit()
    before = dump_home(province.home, PASSPHRASE)
    answer = province("handover", "receive", file)
    assert said_plainly(answer) == "handover.clock_question"
    assert file.name in answer.document[0]["message"]
    assert "--accept-clock" in answer.document[0]["message"]
    assert dump_home(province.home, PASSPHRASE) == before
    (got,) = province.must("handover", "receive", file, "--accept-clock", codes=(0, 4))
    assert got["status"] == "imported"
    assert held(province) == [True, False, False]


def test_a_handover_is_called_by_the_beginning_of_its_id(homes: Homes) -> None:
    province = homes.at(PROVINCE)
    (got,) = province.must("handover", "receive", sent(homes, 0), codes=(0, 4))
    assert province("handover", "accept", got["handover"][:7]).code == 1
    assert province.must("handover", "accept", got["handover"][:8])["id"] == got["handover"]


def test_a_handover_that_cannot_go_is_refused_before_anything_is_counted(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune, nowhere = homes.at(COMMUNE), homes.folder / "no stick"
    tries: tuple[tuple[str, tuple[str | Path, ...]], ...] = (
        ("files.no_folder", (*SEND, nowhere)),
        ("files.no_folder", (*SEND, "E" * 400)),
        ("files.own_folder", (*SEND, commune.home)),
        ("files.own_folder", (*SEND, commune.home / "backups")),
        ("handover.not_in_line", ("handover", "send", "--to", "01@2025", "--out", homes.stick)),
    )
    for expected, words in tries:
        answer = commune(*words)
        assert said_plainly(answer) == expected
        assert "Phần bàn giao" not in answer.notes
    second = Prompt(homes.folder / "second", monkeypatch)
    second.must("init", "--unit", COMMUNE, "--user", "an")
    answer = second(*SEND, homes.stick)
    assert said_plainly(answer) == "enrol.not_enrolled"
    assert "Phần bàn giao" not in answer.notes


def test_a_verdict_whose_moment_is_none_is_printed_without_a_day(homes: Homes) -> None:
    """Another program of the province wrote it: what cannot be read is left out, never a bug."""
    province = homes.at(PROVINCE)
    taken = province.must("handover", "receive", sent(homes, 0))
    province.must("handover", "accept", taken[0]["handover"])
    for moment in ("hôm qua", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z"):
        with (
            open_services(Settings(province.home), lambda one: unlock(one, PASSPHRASE)) as services,
            services.workplace.write() as work,
        ):
            written = {"verdict_province_on": moment}
            work.record(Change("handover", written, id=taken[0]["handover"]))
            work.commit()
        out = homes.folder / "record.pdf"
        out.unlink(missing_ok=True)
        province.must("handover", "record", taken[0]["handover"], "--out", out)
        assert out.read_bytes().startswith(b"%PDF")


def test_a_certificate_is_issued_on_a_clock_far_off_only_when_somebody_names_the_day(
    homes: Homes,
) -> None:
    """Of a wrong day it would be believed by nobody, which is found out where the stick arrives."""
    province = homes.at(PROVINCE)
    new = Prompt(homes.folder / "new", homes._monkeypatch)
    new.must("init", "--unit", COMMUNE, "--user", "an")
    request, reply = homes.folder / "request", homes.folder / "reply.tebundle"
    code = new.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    day, far, near = 1 / 365.25, 31 / 365.25, 29 / 365.25

    for years, words in ((-far, grant), (far, grant), (5, ("authority", "rotate-root"))):
        answer = years_away(province, years, *words)
        assert said_plainly(answer) == "issuing.which_day"
        other = years_away(province, years, *words, "--today", _day(years + day))
        assert said_plainly(other) == "issuing.other_day"
    assert not reply.exists()
    assert len(province.must("authority", "status")["roots"]) == 1
    assert years_away(province, far, *grant, "--today", _day(far)).code == 0
    # Nearer by, nobody is asked; what came in since says what day it is.
    assert years_away(province, near, *grant).code == 0
    later = years_away(homes.at(COMMUNE), 1, *SEND, homes.stick).document["file"]
    assert years_away(province, 1, "handover", "receive", later).code in (0, 4)
    assert years_away(province, 1, *grant).code == 0


def test_a_lost_bundle_gets_no_receipt_though_the_next_one_speaks_of_it(homes: Homes) -> None:
    province = homes.at(PROVINCE)
    lost, file = sent(homes, 0), sent(homes, 1)
    lost.unlink()
    (got,) = province.must("handover", "receive", file, codes=(0, 4))
    assert held(province) == [True, True, False]
    answered = {one["seq"]: one["receipts"] for one in province.must("handover", "list")}
    assert answered[1] == []
    assert [one["tier"] for one in answered[got["seq"]]] == ["province"]


def test_what_is_missing_before_a_bundle_is_told_by_its_numbers(homes: Homes) -> None:
    """The receiver lost what it had already acknowledged, so the next bundle begins beyond it."""
    province, commune = homes.at(PROVINCE), homes.at(COMMUNE)
    copy = Path(province.must("backup", "create")["file"])
    lost = []
    for number in range(3):
        lost.append(sent(homes, number))
        province.must("handover", "receive", lost[-1], codes=(0, 4))
        homes.carry(province, commune, COMMUNE)
    province.must("backup", "restore", copy)
    (an,) = children(commune, "pham thi an")
    commune.must("register", "set", an, "sex=1", codes=(0, 4))
    last = Path(commune.must(*SEND, homes.stick)["file"])
    preview = province.must("handover", "receive", last, "--preview", codes=(0, 4))
    assert (preview[0]["continuity"], preview[0]["missing"]) == ("gap", [1, 3])
    told = "\n".join(province.told("handover", "receive", last, "--preview", codes=(0, 4)))
    assert "còn thiếu gói số 1 đến 3 của" in told
    # With one of them beside it only the others are asked for, and that one fits.
    settings = Settings(province.home)
    with open_services(settings, lambda one: unlock(one, PASSPHRASE)) as services:
        first, second, third = services.handovers.looking.all([lost[1], lost[0], last])
    assert [one.missing for one in (first, second)] == [None, None]
    assert third.missing == (3, 3)
    province.must("handover", "receive", lost[0], lost[1], lost[2], codes=(0, 4))
    (again,) = province.must("handover", "receive", last, codes=(0, 4))
    assert (again["continuity"], again["missing"]) == ("normal", None)
    assert held(province) == [True] * 3


def test_a_folder_stands_for_the_bundles_in_it(homes: Homes) -> None:
    province, bundles = homes.at(PROVINCE), [sent(homes, number) for number in range(3)]
    empty = homes.folder / "empty"
    empty.mkdir()
    answer = province("handover", "receive", empty)
    assert answer.code == 1
    assert "empty" in answer.document[0]["message"]
    got = province.must("handover", "receive", homes.stick, codes=(0, 4))
    assert [one["file"] for one in got] == [one.name for one in bundles]
    assert held(province) == [True] * 3
