"""The demonstration register: real in everything but its people, and never taken for the real one.

One is made for the whole module: it is a real installation with two key slots.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.errors import KnownError
from app.services import demonstration
from app.services.home import HomeLock
from app.services.installation import install, unlock
from app.services.services import Services
from app.settings import Settings

REAL_PASSPHRASE = "một câu dễ nhớ"


def _content(folder: Path) -> dict[str, bytes]:
    files = (one for one in sorted(folder.rglob("*")) if one.is_file())
    return {str(one.relative_to(folder)): one.read_bytes() for one in files}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(tmp_path_factory.mktemp("pc") / "home")
    install(
        settings,
        unit="21100@2025",
        user="an",
        full_name="Nguyễn Thị An",
        title="Công chức",
        passphrase=REAL_PASSPHRASE,
    )
    return settings


@pytest.fixture(scope="module")
def trial(real: Settings) -> Settings:
    before = _content(real.home)
    made = demonstration.make(real)
    assert _content(real.home) == before, "the real home was touched"
    return made


@pytest.fixture
def opened(trial: Settings) -> Iterator[Services]:
    def key(settings: Settings):  # type: ignore[no-untyped-def]
        return unlock(settings, demonstration.PASSPHRASE)

    with open_services(trial, key) as services:
        yield services


def test_it_lies_beside_the_real_home_and_is_found_again(real: Settings, trial: Settings) -> None:
    assert trial.home.parent == real.home.parent
    assert not trial.home.is_relative_to(real.home)
    assert demonstration.ready(real)
    slots = trial.keyslots_path.read_bytes()
    assert demonstration.make(real) == trial
    assert trial.keyslots_path.read_bytes() == slots


def test_it_holds_a_round_and_children_of_a_commune_that_does_not_exist(opened: Services) -> None:
    view = opened.worklist.read()
    assert view.round is not None
    assert view.round.days_left == 9
    households = sum(one.households for one in view.places)
    assert 0 < sum(one.seen for one in view.places) < households
    assert len(opened.entry.child_ids()) >= demonstration.CHILDREN
    assert opened.workplace.demonstration
    assert "Bản Thử" in opened.entry.unit_name(opened.workplace.unit)


def test_it_is_encrypted_like_any_other(trial: Settings, opened: Services) -> None:
    child = opened.entry.child_rows(opened.entry.child_ids()[:1])[0]
    assert child.full_name
    for content in _content(trial.home).values():
        assert child.full_name.encode() not in content


def test_it_can_neither_ask_for_a_certificate_nor_accept_one(
    opened: Services, tmp_path: Path
) -> None:
    out = tmp_path / "request.csr"
    with pytest.raises(KnownError) as refused:
        opened.enrolment.request(out, "")
    assert refused.value.message_id == "demonstration.refused"
    assert not out.exists()
    with pytest.raises(KnownError) as refused:
        opened.enrolment.accept(tmp_path / "reply.tebundle", "ABCDE", "")
    assert refused.value.message_id == "demonstration.refused"
    with pytest.raises(KnownError) as refused:
        opened.handovers.sending.send("51@2025", tmp_path)
    assert refused.value.message_id == "enrol.not_enrolled"
    # Nobody is sent to ask for what is refused here.
    assert refused.value.hint_id == "demonstration.refused_hint"


def test_people_who_were_invented_at_once_tell_no_pace(opened: Services) -> None:
    found = opened.statistics.read()
    assert any(one.children_completed for one in found.people.values())
    assert all(one.seconds_a_child is None for one in found.people.values())
    assert all(one.children_an_hour is None for one in found.people.values())


def test_a_copy_of_it_says_what_it_is(opened: Services, trial: Settings) -> None:
    copy = opened.backups.create()
    from app.models.store import open_store

    store = open_store(copy.file, opened.workplace.dek, before_migration=lambda: None)
    try:
        assert store.setting("demonstration")
    finally:
        store.close()


def test_an_open_one_is_not_taken_away(
    real: Settings, trial: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.home._WAIT_SECONDS", 0.05)
    monkeypatch.setattr(HomeLock.__init__, "__defaults__", (0.05,))
    with HomeLock(trial.lock_path, "window"), pytest.raises(KnownError) as refused:
        demonstration.remove(real)
    assert refused.value.message_id == "home.in_use"
    assert demonstration.ready(real)


def test_a_folder_of_its_name_that_is_somebody_s_own_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    folder = demonstration.demonstration_of(settings).home
    folder.mkdir()
    (folder / "thesis.docx").write_bytes(b"mine")
    for act in (demonstration.make, demonstration.remove):
        with pytest.raises(KnownError) as refused:
            act(settings)
        assert refused.value.message_id == "demonstration.not_ours"
    assert _content(folder) == {"thesis.docx": b"mine"}


def test_what_was_begun_and_not_finished_is_made_anew(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    calls = 0

    class Stopped(Exception):
        pass

    class Stop:
        def step(self, _done: int, _total: int) -> None:
            nonlocal calls
            calls += 1
            raise Stopped

    with pytest.raises(Stopped):
        demonstration.make(settings, Stop())  # type: ignore[arg-type]
    assert calls == 1
    assert not demonstration.demonstration_of(settings).home.exists()
    # A power cut leaves what nobody could clear away.
    folder = demonstration.demonstration_of(settings).home
    folder.mkdir()
    (folder / "demonstration").touch()
    assert not demonstration.ready(settings)
    demonstration.remove(settings)
    assert not folder.exists()
