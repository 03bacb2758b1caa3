"""A renewal under a new root, with a dead clock, in the middle of the term for more units."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.services import enrolment
from tests.dumps import dump_home
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_odd_handovers import years_away

PROVINCE, DISTRICT, COMMUNE, ALSO = "51@2024", "522@2024", "21208@2024", "21211@2024"
WEEKS = 8 / 52


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    made = Homes(tmp_path, monkeypatch)
    made.enrol(made.init(PROVINCE), made.init(DISTRICT), _founded(made.at(PROVINCE)))
    return made


def _founded(top: Prompt) -> str:
    root: str = top.must("authority", "init")["root_fingerprint"]
    return root


def _root(homes: Homes) -> str:
    root: str = homes.at(PROVINCE).must("authority", "status")["root_fingerprint"]
    return root


def _last_months(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """The request for a renewal and its code: here the last months are the whole term."""
    monkeypatch.setattr(enrolment, "RENEWAL", timedelta(days=4 * 366))
    request = homes.folder / "again.request"
    return request, homes.at(DISTRICT).must("enrol", "request", "--out", request)["check_code"]


def test_a_renewal_brings_the_new_root_that_the_old_one_vouches_for(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, desk = homes.at(PROVINCE), homes.at(DISTRICT)
    homes.carry(desk, top, PROVINCE)
    new = top.must("authority", "rotate-root")["root_fingerprint"]
    request, code = _last_months(homes, monkeypatch)
    reply = homes.folder / "again.tebundle"
    top.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    desk.must("enrol", "accept", reply, "--fingerprint", new)
    assert _root(homes) == new
    assert desk.must("authority", "status")["root_fingerprint"] == new
    homes.carry(desk, top, PROVINCE)
    homes.carry(top, desk, DISTRICT)


def test_a_renewal_under_a_root_that_nobody_vouches_for_is_refused(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = homes.at(DISTRICT)
    other = Prompt(tmp_path / "other", monkeypatch)
    other.must("init", "--unit", PROVINCE, "--user", "bình")
    root = _founded(other)
    request, code = _last_months(homes, monkeypatch)
    reply = homes.folder / "again.tebundle"
    other.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    before = dump_home(desk.home, PASSPHRASE)
    refused = desk("enrol", "accept", reply, "--fingerprint", root)
    assert said_plainly(refused) == "enrol.not_the_issuer"
    assert dump_home(desk.home, PASSPHRASE) == before


def test_a_dead_clock_makes_a_question_of_a_renewal_and_not_a_strangers_file(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, desk = homes.at(PROVINCE), homes.at(DISTRICT)
    homes.carry(top, desk, DISTRICT)  # the day that it has seen
    request, code = _last_months(homes, monkeypatch)
    reply = homes.folder / "again.tebundle"
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    when = desk.must("authority", "status")["valid_until"]
    day = ("--today", _day_in(WEEKS))
    assert years_away(top, WEEKS, *grant, *day).code == 0

    accept = ("enrol", "accept", reply, "--fingerprint", _root(homes))
    # Today's clock is none to be doubted: by it the certificate begins in eight weeks.
    assert said_plainly(desk(*accept)) == "crypto.chain_not_yet_valid"
    asked = years_away(desk, -20, *accept)
    assert said_plainly(asked) == "enrol.clock_question"
    assert "--accept-clock" in asked.document["message"]
    assert desk.must("authority", "status")["valid_until"] == when
    assert years_away(desk, -20, *accept, "--accept-clock").code == 0
    assert desk.must("authority", "status")["valid_until"] > when
    # With the reply came a newer day, by which the certificate has begun.
    sent = ("handover", "send", "--to", PROVINCE, "--out", homes.stick, "--clock-confirmed")
    assert years_away(desk, -20, *sent).code == 0


def _day_in(years: float) -> str:
    return f"{datetime.now().astimezone() + timedelta(days=years * 365.25):%Y-%m-%d}"


def test_a_certificate_for_one_more_unit_is_taken_at_any_time(homes: Homes) -> None:
    top, desk, root = homes.at(DISTRICT), homes.init(COMMUNE), _root(homes)
    request, reply = homes.folder / "request", homes.folder / "reply.tebundle"
    code = desk.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--check-code", code, "--out")
    top.must(*grant, reply)
    desk.must("enrol", "accept", reply, "--fingerprint", root)

    wider, same = homes.folder / "wider.tebundle", homes.folder / "same.tebundle"
    assert years_away(top, 1 / 365.25, *grant, same).code == 0
    took = years_away(desk, 2 / 365.25, "enrol", "accept", same, "--fingerprint", root)
    assert said_plainly(took) == "enrol.already"
    assert years_away(top, 2 / 365.25, *grant, wider, "--unit", COMMUNE, ALSO).code == 0
    took = years_away(desk, 3 / 365.25, "enrol", "accept", wider, "--fingerprint", root)
    assert took.code == 0, took.document
    for older in (same, reply):
        back = years_away(desk, 3 / 365.25, "enrol", "accept", older, "--fingerprint", root)
        assert said_plainly(back) == "enrol.already"
    desk.must("village", "add", "Thôn 1", "--unit", ALSO)
    sent = years_away(
        desk, 3 / 365.25, "handover", "send", "--to", DISTRICT, "--out", homes.stick
    ).document
    got = years_away(top, 3 / 365.25, "handover", "receive", sent["file"]).document
    assert [(one["status"], one["refused"]) for one in got] == [("imported", 0)]
