"""Every commune's bundle received in one go: one line each, as long as one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.cli.exit_code import ExitCode
from app.cli.output import Steps
from app.cli.program import main
from app.models.yardstick import REGISTER, Lap, Stopwatch
from app.services.bench.many_files import Gathering, communes_of
from app.services.bench.workshop import DISTRICT, PASSPHRASE, PROVINCE, Workshop
from app.services.handover_receiving import Receiving
from app.services.workplace import Workplace
from tests.dumps import dump_store
from tests.long_runs import slice_or_all

_CHILDREN = 2


@pytest.fixture(scope="module", params=[DISTRICT, PROVINCE])
def gathering(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gathering]:
    """A district with its communes, or a province of two tiers with those of all districts."""
    folder = tmp_path_factory.mktemp("gathering")
    workshop = Workshop(folder / "world", 1)
    communes = communes_of(request.param)
    if request.param == DISTRICT:
        receiver, most = workshop.giver, 13
    else:
        receiver, most = workshop.receiver, slice_or_all(6, len(communes))
    assert len(communes) >= most
    spread = communes[:: len(communes) // most][:most]
    yield Gathering.of(workshop, receiver, spread, _CHILDREN)
    workshop.close()


def _register(workplace: Workplace) -> dict[str, object]:
    dump = dump_store(workplace.settings.store_path, workplace.dek)
    return {name: dump[name] for name in REGISTER}


def _command(workplace: Workplace, *words: str) -> int:
    home = str(workplace.settings.home)
    return main(["--home", home, "--lang", "en", *words], open_services)


def test_one_line_each_with_progress_and_nothing_twice(
    gathering: Gathering,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOTREEM_PASSPHRASE", PASSPHRASE)
    shown: list[tuple[int, int]] = []
    monkeypatch.setattr(Steps, "show", lambda _steps, done, total: shown.append((done, total)))
    files = gathering.files
    every = str(files[0].parent / "*.tebundle")
    with gathering.fresh(tmp_path / "home") as receiver:
        receiver.store.close()
        assert _command(receiver, "handover", "receive", every) == ExitCode.DONE
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == len(files)
        for line, file in zip(lines, files, strict=True):
            assert file.name in line
        assert shown == [(done, len(files)) for done in range(1, len(files) + 1)]
        assert len(_register(receiver)["child"]) >= _CHILDREN * len(files)  # type: ignore[arg-type]
        before = _register(receiver)
        again = _command(receiver, "--json", "handover", "receive", every)
        assert again == ExitCode.KNOWN_ERROR, "all of it was here already"
        said = json.loads(capsys.readouterr().out)
        assert [one["status"] for one in said] == ["already"] * len(files)
        assert _register(receiver) == before


def test_they_come_to_what_each_alone_comes_to_and_take_no_longer(
    gathering: Gathering, tmp_path: Path
) -> None:
    files, alone = gathering.files, Lap(0.0, 0.0)
    with gathering.fresh(tmp_path / "singly") as receiver:
        for file in reversed(files):
            watch = Stopwatch()
            with watch.running():
                (result,) = Receiving(receiver).receive([file])
            assert result.status == "imported"
            alone += watch.lap
        singly = _register(receiver)
    with gathering.fresh(tmp_path / "together") as receiver:
        watch = Stopwatch()
        with watch.running():
            results = Receiving(receiver).receive(files)
        assert [one.file for one in results] == [one.name for one in files]
        assert {one.status for one in results} == {"imported"}
        assert _register(receiver) == singly
    assert watch.lap.cpu <= 1.5 * alone.cpu


def test_a_cut_file_among_many_stops_none_of_the_others(
    gathering: Gathering, tmp_path: Path
) -> None:
    cut = tmp_path / gathering.files[1].name
    cut.write_bytes(gathering.files[1].read_bytes()[:-1500])
    files = [gathering.files[0], cut, *gathering.files[2:5]]
    with gathering.fresh(tmp_path / "home") as receiver:
        results = Receiving(receiver).receive(files)
        assert [one.status for one in results] == ["imported", "rejected", *["imported"] * 3]
        assert results[1].reason == "cut"
        (mended,) = Receiving(receiver).receive([gathering.files[1]])
        assert mended.status == "imported"
