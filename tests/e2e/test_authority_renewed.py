"""The authority of a district is certified anew with its PC: without that, no commune could get a
certificate that lasts once the authority nears its end, and no district a new root."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from app.services import enrolment
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_odd_handovers import years_away

PROVINCE, DISTRICT, COMMUNE, ALSO = "51@2024", "522@2024", "21208@2024", "21211@2024"


def _today() -> date:
    return datetime.now().astimezone().date()


def _day(years: float) -> tuple[str, str]:
    """The day, as asked for where a clock has leapt."""
    # A quarter of a day further on it may be tomorrow.
    there = datetime.now().astimezone() + timedelta(days=years * 365.25)
    return ("--today", there.date().isoformat())


class Story:
    """A province with a district, in whose last months all days lie."""

    def __init__(self, homes: Homes) -> None:
        self.homes = homes
        self.top, self.desk = homes.init(PROVINCE), homes.init(DISTRICT)
        self.root = self.top.must("authority", "init")["root_fingerprint"]
        homes.enrol(self.top, self.desk, self.root)

    def asked(self) -> tuple[str | Path, ...]:
        """The words that grant the district's renewal."""
        request = self.homes.folder / "again.request"
        code = self.desk.must("enrol", "request", "--out", request)["check_code"]
        return ("enrol", "grant", request, "--check-code", code, "--out", self.reply)

    @property
    def reply(self) -> Path:
        return self.homes.folder / "again.tebundle"

    def taken(self, years: float) -> None:
        """The district takes the reply in. Nothing asks it for the passphrase of its keys."""
        took = years_away(
            self.desk, years, "enrol", "accept", self.reply, "--fingerprint", self.root
        )
        assert took.code == 0, took.document

    def authority_ends(self) -> date:
        (row,) = self.top.must("authority", "below")
        return date.fromisoformat(row["until"])

    def enrolled(self, unit: str, years: float) -> date:
        """The last day of the certificate that a commune gets then."""
        pc = self.homes.init(unit)
        request, reply = self.homes.folder / f"{unit}.request", self.homes.folder / f"{unit}.te"
        code = pc.must("enrol", "request", "--out", request)["check_code"]
        grant = ("enrol", "grant", request, "--check-code", code, "--out", reply)
        granted = years_away(self.desk, years, *grant, *_day(years))
        assert granted.code == 0, granted.document
        took = years_away(pc, years, "enrol", "accept", reply, "--fingerprint", self.root)
        assert took.code == 0, took.document
        return date.fromisoformat(granted.document["until"])


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    made = Story(Homes(tmp_path, monkeypatch))
    monkeypatch.setattr(enrolment, "RENEWAL", timedelta(days=4 * 366))
    return made


@pytest.fixture
def under_a_new_root(story: Story) -> Story:
    """In the eighth year of all authorities the province has a new root, and with it another."""
    story.homes.carry(story.desk, story.top, PROVINCE)
    turned = years_away(story.top, 2.5, "authority", "rotate-root", *_day(2.5))
    story.root = turned.document["root_fingerprint"]
    granted = years_away(story.top, 2.5, *story.asked(), *_day(2.5))
    assert granted.code == 0, granted.document
    story.taken(2.5)
    return story


def test_the_authority_lasts_longer_with_the_renewal(under_a_new_root: Story) -> None:
    years = (under_a_new_root.authority_ends() - _today()).days / 365.25
    assert 12.4 < years < 12.6, "ten years from then on, no longer ten from the first day"


def test_whom_the_district_enrols_afterwards_stands_under_the_new_root(
    under_a_new_root: Story,
) -> None:
    story = under_a_new_root
    until = story.enrolled(COMMUNE, 2.5)
    assert (until - _today()).days / 365.25 > 5.4
    commune = story.homes.at(COMMUNE)
    sent = years_away(
        commune, 2.5, "handover", "send", "--to", DISTRICT, "--out", story.homes.stick
    )
    assert sent.code == 0, sent.document
    got = years_away(story.desk, 2.5, "handover", "receive", sent.document["file"])
    assert got.document[0]["status"] == "imported"


def test_whom_it_enrolled_before_goes_on_by_its_certificate(story: Story) -> None:
    story.enrolled(COMMUNE, 0)
    commune = story.homes.at(COMMUNE)
    story.homes.carry(commune, story.desk, DISTRICT)
    story.homes.carry(story.desk, story.top, PROVINCE)
    assert years_away(story.top, 1, *story.asked(), *_day(1)).code == 0
    story.taken(1)
    for giver, taker, unit in (
        (commune, story.desk, DISTRICT),
        (story.desk, story.top, PROVINCE),
        (story.top, story.desk, DISTRICT),
        (story.desk, commune, COMMUNE),
        (commune, story.desk, DISTRICT),
    ):
        story.homes.stick.mkdir(exist_ok=True)
        sent = years_away(giver, 1, "handover", "send", "--to", unit, "--out", story.homes.stick)
        assert sent.code == 0, sent.document
        got = years_away(taker, 1, "handover", "receive", sent.document["file"])
        assert got.document[0]["status"] == "imported", (unit, got.document)


def test_key_files_copied_before_the_renewal_issue_by_the_renewed_certificate(
    under_a_new_root: Story, tmp_path: Path
) -> None:
    """A key file holds the certificate of its day; the register knows the newest."""
    story = under_a_new_root
    keys = tmp_path / "keys"
    keys.mkdir()
    copied = story.desk.must("authority", "copy-keys", "--out", keys)["folder"]
    shutil.rmtree(story.desk.home / "authority")
    story.desk.must("authority", "take-keys", copied)
    assert (story.enrolled(COMMUNE, 2.5) - _today()).days / 365.25 > 5.4


def test_a_bundle_from_before_the_renewal_does_not_take_it_back(story: Story) -> None:
    sent = story.desk.must("handover", "send", "--to", PROVINCE, "--out", story.homes.stick)
    before = story.authority_ends()
    turned = years_away(story.top, 2.5, "authority", "rotate-root", *_day(2.5))
    assert turned.code == 0
    assert years_away(story.top, 2.5, *story.asked(), *_day(2.5)).code == 0
    renewed = story.authority_ends()
    assert renewed > before
    story.top.must("handover", "receive", sent["file"], codes=(0, 4))
    assert story.authority_ends() == renewed


def test_a_revoked_authority_comes_back_with_no_renewal(story: Story) -> None:
    (row,) = story.top.must("authority", "below")
    story.top.must("authority", "revoke-authority", row["key"])
    granted = story.top(*story.asked())
    assert granted.code == 0, granted.document
    assert granted.document["authority_revoked"] is True
    (row,) = story.top.must("authority", "below")
    assert row["revoked"]
    told = story.top.told(*story.asked())
    assert any("đã bị thu hồi" in line for line in told)


def test_a_further_pc_without_the_keys_asks_for_itself_alone(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Prompt(tmp_path / "other", monkeypatch)
    other.must("init", "--unit", DISTRICT, "--user", "bình")
    story.homes.enrol(story.desk, other, story.root)
    request = tmp_path / "other.request"
    other.must("enrol", "request", "--out", request)
    assert request.read_text().count("BEGIN CERTIFICATE REQUEST") == 1


def test_a_further_pc_with_the_keys_of_the_unit_renews_itself_and_keeps_them(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key that was made for its own request is not the one by which the unit certifies."""
    other = Prompt(tmp_path / "other", monkeypatch)
    other.must("init", "--unit", DISTRICT, "--user", "bình")
    story.homes.enrol(story.desk, other, story.root)
    story.homes.carry(story.desk, story.top, PROVINCE)
    keys = tmp_path / "keys"
    keys.mkdir()
    other.must(
        "authority", "take-keys", story.desk.must("authority", "copy-keys", "--out", keys)["folder"]
    )
    held = (other.home / "authority" / "authority.age").read_bytes()
    request, reply = tmp_path / "other.request", tmp_path / "other.tebundle"
    code = other.must("enrol", "request", "--out", request)["check_code"]
    assert request.read_text().count("BEGIN CERTIFICATE REQUEST") == 1
    story.top.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    other.must("enrol", "accept", reply, "--fingerprint", story.root)
    assert (other.home / "authority" / "authority.age").read_bytes() == held


def test_who_takes_a_renewal_is_told_that_the_authority_is_renewed_with_it(story: Story) -> None:
    """Also where its key file lies in a safe: the PC lacks no authority then."""
    shutil.move(story.desk.home / "authority" / "authority.age", story.homes.folder / "safe.age")
    granted = years_away(story.top, 2.5, *story.asked(), *_day(2.5))
    assert granted.code == 0, granted.document
    took = years_away(
        story.desk, 2.5, "enrol", "accept", story.reply, "--fingerprint", story.root
    ).document
    told = {name: took[name] for name in ("lacks_authority", "authority_key_away")}
    assert told == {"lacks_authority": False, "authority_key_away": True}
    assert took["authority_until"] == story.authority_ends().isoformat()


def test_a_first_enrolment_tells_how_long_the_authority_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top, desk = homes.init(PROVINCE), homes.init(DISTRICT)
    root = top.must("authority", "init")["root_fingerprint"]
    request, reply = desk.beside("enrol.request"), desk.beside("enrol.tebundle")
    code = desk.must("enrol", "request", "--out", request)["check_code"]
    top.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    said = desk.told("enrol", "accept", reply, "--fingerprint", root)
    assert any("Khóa cấp chứng thư của đơn vị" in line for line in said)
    assert not any("cất ngoài máy này" in line for line in said)


def test_a_disk_that_died_before_the_reply_came_took_the_key_with_it_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No backup holds the key that was made for the request."""
    homes = Homes(tmp_path, monkeypatch)
    top, desk = homes.init(PROVINCE), homes.init(DISTRICT)
    root = top.must("authority", "init")["root_fingerprint"]
    request, reply = tmp_path / "new.request", tmp_path / "new.tebundle"
    code = desk.must("enrol", "request", "--out", request)["check_code"]
    top.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    shutil.rmtree(desk.home / "authority")
    told = desk.told("enrol", "accept", reply, "--fingerprint", root)
    assert any("không còn trên máy này" in line and "start-over" in line for line in told)
    # The way that is told leads there.
    desk.must("enrol", "start-over", "--unit", DISTRICT)
    request, reply = tmp_path / "again.request", tmp_path / "again.tebundle"
    code = desk.must("enrol", "request", "--out", request)["check_code"]
    top.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    took = desk.must("enrol", "accept", reply, "--fingerprint", root)
    assert (took["lacks_authority"], took["key_lost"]) == (False, False)
    assert desk.must("authority", "status")["authority"] is True


def test_an_authority_that_comes_with_a_renewal_is_taken_though_the_power_went_meanwhile(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key file lies here then, and no list of it: nobody would believe whom it certifies."""
    other = Prompt(tmp_path / "other", monkeypatch)
    other.must("init", "--unit", DISTRICT, "--user", "bình")
    request, reply = tmp_path / "other.request", tmp_path / "other.tebundle"
    code = other.must("enrol", "request", "--out", request)["check_code"]
    said = ("--check-code", code)
    story.desk.must("enrol", "grant", request, "--out", reply, *said)
    other.must("enrol", "accept", reply, "--fingerprint", story.root)
    # Its first request is granted by the province, too.
    story.homes.carry(story.desk, story.top, PROVINCE)
    reply = tmp_path / "above.tebundle"
    granted = years_away(story.top, 1, "enrol", "grant", request, "--out", reply, *said, *_day(1))
    assert granted.code == 0, granted.document
    accept = ("enrol", "accept", reply, "--fingerprint", story.root)
    with monkeypatch.context() as power:
        power.setattr(enrolment.EnrolmentDesk, "_add_escrow_slots", _power_goes)
        assert years_away(other, 1, *accept).code == 3
    assert years_away(other, 1, *accept).code == 0
    pc, unit = story.homes.init(COMMUNE), COMMUNE
    asked, answer = tmp_path / "commune.request", tmp_path / "commune.tebundle"
    code = pc.must("enrol", "request", "--out", asked)["check_code"]
    grant = ("enrol", "grant", asked, "--check-code", code, "--out", answer, *_day(1))
    assert years_away(other, 1, *grant).code == 0, unit
    took = years_away(pc, 1, "enrol", "accept", answer, "--fingerprint", story.root)
    assert took.code == 0, took.document


def _power_goes(*_given: object) -> None:
    raise RuntimeError
