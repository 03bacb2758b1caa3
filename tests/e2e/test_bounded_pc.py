"""A certificate that bounds the role does not keep its PC from the next one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.services import enrolment
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.sentences import said_plainly

PROVINCE, DISTRICT = "51@2024", "522@2024"


def bounded_pc(homes: Homes) -> tuple[Prompt, Prompt, str]:
    """A province, a district's PC that is certified for typing alone, and the root."""
    top, desk = homes.init(PROVINCE), homes.init(DISTRICT)
    root = top.must("authority", "init")["root_fingerprint"]
    request, reply = homes.folder / "first.request", homes.folder / "first.tebundle"
    code = desk.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    top.must(*grant, "--role", "clerk")
    desk.must("enrol", "accept", reply, "--fingerprint", root)
    return top, desk, root


def test_a_pc_whose_certificate_bounds_the_role_renews_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    top, desk, root = bounded_pc(homes)
    request, reply = tmp_path / "again.request", tmp_path / "again.tebundle"
    assert said_plainly(desk("enrol", "request", "--out", request)) == "enrol.already"
    monkeypatch.setattr(enrolment, "RENEWAL", timedelta(days=4 * 366))
    code = desk.must("enrol", "request", "--out", request)["check_code"]
    top.must("enrol", "grant", request, "--out", reply, "--check-code", code, "--role", "signer")
    assert desk.must("enrol", "accept", reply, "--fingerprint", root)["role"] == "signer"


def test_it_begins_anew_but_does_nothing_else_with_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, desk, _ = bounded_pc(Homes(tmp_path, monkeypatch))
    copied = desk("authority", "copy-keys", "--out", tmp_path)
    assert said_plainly(copied) == "rights.denied"
    desk.must("enrol", "start-over", "--unit", DISTRICT)
    assert not desk.must("authority", "status")["enrolled"]
