"""What a PC is certified for is what it is certified for next, unless somebody says otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from app.crypto.authority import issue_station
from app.services import enrolment, granting
from tests.e2e.command_line import Homes, Prompt

PROVINCE, DISTRICT, MINE, ALSO, THIRD = (
    "51@2024",
    "522@2024",
    "21208@2024",
    "21211@2024",
    "21214@2024",
)


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    """A district, and a commune's PC that types for two communes and does nothing else."""
    made = Homes(tmp_path, monkeypatch)
    top, desk = made.init(PROVINCE), made.init(MINE)
    root = top.must("authority", "init")["root_fingerprint"]
    made.enrol(top, made.init(DISTRICT), root)
    first = _ask(made, "first")
    _granted(made, first, "--unit", MINE, ALSO, "--role", "clerk")
    desk.must("enrol", "accept", tmp_path / "first.tebundle", "--fingerprint", root)
    monkeypatch.setattr(enrolment, "RENEWAL", timedelta(days=4 * 366))
    return made


def _ask(homes: Homes, name: str) -> tuple[str | Path, ...]:
    """The words that grant a new request of the commune's PC."""
    request = homes.folder / f"{name}.request"
    code = homes.at(MINE).must("enrol", "request", "--out", request)["check_code"]
    reply = homes.folder / f"{name}.tebundle"
    return ("enrol", "grant", request, "--out", reply, "--check-code", code)


def _granted(
    homes: Homes, grant: tuple[str | Path, ...], *words: str
) -> tuple[set[str], str, list[str]]:
    """Units, role, and what was told besides."""
    answer = homes.at(DISTRICT)(*grant, *words)
    assert answer.code == 0, answer.document
    told = [line for line in answer.notes.splitlines() if "hứng thư" in line]
    return set(answer.document["units"]), answer.document["role"], told


def test_a_renewal_keeps_units_and_role_and_says_what_they_are(homes: Homes) -> None:
    units, role, told = _granted(homes, _ask(homes, "again"))
    assert (units, role) == ({MINE, ALSO}, "clerk")
    (held,) = told
    assert "Người nhập liệu" in held
    assert "Tịnh" in held


def test_what_will_be_otherwise_is_told(homes: Homes) -> None:
    grant = _ask(homes, "again")
    units, role, told = _granted(homes, grant, "--unit", MINE, THIRD, "--role", "commune")
    assert (units, role) == ({MINE, THIRD}, "commune")
    assert [line[:20] for line in told[1:]] == [
        "Chứng thư mới không ",
        "Chứng thư mới thêm: ",
        "Chứng thư mới đổi vi",
    ]
    # From now on that is what the PC is certified for.
    _, _, told = _granted(homes, grant, "--role", "")
    assert len(told) == 1


def test_another_pc_of_the_unit_gets_what_it_asks_for(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Prompt(tmp_path / "other", monkeypatch)
    other.must("init", "--unit", MINE, "--user", "bình")
    request, reply = tmp_path / "other.request", tmp_path / "other.tebundle"
    code = other.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    assert _granted(homes, grant) == ({MINE}, "commune", [])


def test_a_certificate_that_is_short_because_the_authority_ends_says_so(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = _ask(homes, "again")
    assert not any("cũng hết hạn" in line for line in homes.at(DISTRICT).told(*grant))
    # As in the eighth year of the authority: it ends before the certificate would.
    monkeypatch.setattr(granting, "issue_station", partial(issue_station, years=12))
    (said,) = [line for line in homes.at(DISTRICT).told(*grant) if "cũng hết hạn" in line]
    below = homes.at(PROVINCE).must("authority", "below")
    assert f"{date.fromisoformat(below[0]['until']):%d/%m/%Y}" in said
