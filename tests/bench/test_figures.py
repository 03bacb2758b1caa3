"""The bench itself: every row of the table comes out, and a slow program is told so."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import open_services
from app.cli.program import main
from app.errors import KnownError
from app.models.connection import ADAPTERS
from app.models.yardstick import Lap, upsert, upsert_by_adapters
from app.services import handover_receiving
from app.services.bench import handover, memory, runner, small_bundle
from app.services.bench.figure import (
    Figure,
    Line,
    Measured,
    NotMeasured,
    Result,
    Row,
    Unit,
    ratio,
)
from app.services.bench.workshop import Workshop
from tests.long_runs import slice_or_all

CHILDREN = 120


def _lines(figures: Sequence[Figure], children: int = CHILDREN) -> dict[str, Line]:
    return {line.row.name: line for line in runner.run(figures, children)}


#: Those of the window are measured in a real one (`test_bench_window`, a part of them in every
#: run); offscreen in the long run.
SHOWN = slice_or_all(
    [one for one in runner.FIGURES if one not in runner.GROUPS["ui"]], list(runner.FIGURES)
)


@pytest.fixture(scope="module")
def table() -> dict[str, Line]:
    """Every figure, measured on a few houses."""
    return _lines(SHOWN, 30)


def test_every_row_of_the_table_prints_a_finite_number(table: dict[str, Line]) -> None:
    assert set(table) == {row.name for figure in SHOWN for row in figure.rows}
    for name, line in table.items():
        assert line.measured is not None, f"{name}: {line.reason}"
        assert math.isfinite(line.measured.value), name
        assert line.measured.value > 0, name
        assert line.row.must >= line.row.aim, name
    peak = table["import-memory"].measured
    assert peak is not None
    assert 20 < peak.value < 400, "megabytes, not bytes"


def test_a_limit_that_is_exceeded_is_reported_as_not_met() -> None:
    row = Row("row", 2.0, 1.0)
    assert Line(row, Measured("row", 0.9)).result is Result.AIM_MET
    assert Line(row, Measured("row", 1.5)).result is Result.MUST_MET
    assert Line(row, Measured("row", 2.1)).result is Result.NOT_MET
    assert Line(row, Measured("row", math.nan)).result is Result.NOT_MET
    assert Line(row, None, "bench.no_window").result is Result.NOT_MEASURED


def test_a_planted_slow_import_is_not_met(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*arguments: object) -> object:
        time.sleep(0.5)
        return read_in(*arguments)

    read_in = handover_receiving.read_in
    monkeypatch.setattr(handover_receiving, "read_in", slow)
    line = _lines([handover.IMPORT])["import"]
    assert line.result is Result.NOT_MET
    assert line.measured is not None
    assert line.measured.parts["seconds"] > 0.5


def test_a_bundle_that_is_twice_as_large_as_its_lines_is_not_met(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handover, "lines_of", lambda _store: iter([b"{}"]))
    assert _lines([handover.SIZE])["bundle-size"].result is Result.NOT_MET


def test_memory_that_grows_with_the_register_is_not_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = {CHILDREN: (240.0, 120.0), CHILDREN // 4: (120.0, 120.0)}
    monkeypatch.setattr(memory, "_peaks", lambda workshop: peaks[workshop.children])
    lines = _lines([memory.MEMORY])
    assert lines["import-memory"].result is Result.MUST_MET
    assert lines["memory-flat"].result is Result.NOT_MET


def test_a_bundle_of_200_changed_children_is_small_and_made_faster_than_they_were_saved() -> None:
    lines = _lines([small_bundle.SMALL], small_bundle.CHANGED + 40)
    size, made = (lines[name].measured for name in ("small-bundle-size", "small-bundle"))
    assert size is not None
    assert made is not None
    assert size.parts["changed"] == 200
    assert size.parts["operations"] >= 200
    assert 200 * 64 < size.parts["bytes"] <= 40_000, "more than their ids, and not more than this"
    assert size.value == size.parts["bytes"] / 1000
    assert made.by_processor is not None
    assert made.by_processor <= 0.5, "sealing is a few percent of saving one by one"


def test_what_cannot_be_measured_says_why_and_the_others_go_on() -> None:
    def here(_workshop: Workshop) -> Sequence[Measured]:
        return [ratio("here", Lap(1.0, 0.5), Lap(2.0, 0.0))]

    def nowhere(_workshop: Workshop) -> Sequence[Measured]:
        raise NotMeasured("bench.no_window")

    figures = [
        Figure("nowhere", (Row("nowhere", 2.0, 1.0, Unit.RATIO),), nowhere),
        Figure("here", (Row("here", 2.0, 1.0),), here),
    ]
    lines = _lines(figures)
    assert lines["nowhere"].result is Result.NOT_MEASURED
    assert lines["nowhere"].reason == "bench.no_window"
    assert lines["here"].measured == Measured(
        "here", 0.5, None, {"seconds": 1.0, "yardstick_seconds": 2.0}
    )


def test_nothing_is_left_on_the_disk_after_a_figure_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(workshop: Workshop) -> Sequence[Measured]:
        (workshop.scratch / "half").write_text("half", encoding="ascii")
        raise RuntimeError("broken")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(RuntimeError, match="broken"):
        list(runner.run([Figure("broken", (), breaks)], 10))
    assert list(tmp_path.iterdir()) == []


def test_the_yardstick_writes_every_row_of_the_register(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "world", CHILDREN)
    try:
        giver = workshop.giver
        lap, rows = upsert(giver.store, tmp_path / "raw.db", giver.dek)
    finally:
        workshop.close()
    assert rows > CHILDREN, "children, their households and villages"
    assert lap.wall > 0


def test_the_yardstick_knows_nothing_of_what_the_store_tells_the_driver(
    tmp_path: Path,
) -> None:
    told: list[str] = []

    def watched(value: object) -> object:
        told.append(type(value).__name__)
        return value

    dbapi2.register_adapter(type(None), watched)
    try:
        workshop = Workshop(tmp_path / "world", 5)
        try:
            giver = workshop.giver
            told.clear()
            _, rows = upsert(giver.store, tmp_path / "raw.db", giver.dek)
            raw = list(told)
            told.clear()
            _, again = upsert_by_adapters(giver.store, tmp_path / "quick.db", giver.dek)
        finally:
            workshop.close()
    finally:
        dbapi2.register_adapter(type(None), ADAPTERS[type(None)])
    assert rows == again
    assert not raw, "R bound its empty cells as the store does"
    assert len(told) > rows, "the control: a row has empty cells"


def test_an_unknown_figure_is_named_with_those_there_are() -> None:
    with pytest.raises(KnownError) as caught:
        runner.chosen(["speed"])
    assert caught.value.message_id == "bench.unknown_figure"
    assert "import" in str(caught.value.parameters["names"])


def test_the_command_prints_the_table_and_its_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--home", str(tmp_path), "--lang", "en", "bench", "bundle-size", "--children", "60"]
    assert main(command, open_services) in (0, 1)
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split() == ["figure", "measured", "by", "CPU", "time", "must", "aim", "result"]
    assert row.startswith("bundle ÷ zstd-3")
    main(["--json", *command], open_services)
    document = json.loads(capsys.readouterr().out)
    assert document["children"] == 60
    (found,) = document["figures"]
    assert found["figure"] == "bundle-size"
    assert found["parts"]["bytes"] > 0
    assert found["measured"] == found["parts"]["bytes"] / found["parts"]["yardstick_bytes"]
    assert found["result"] in {"aim_met", "must_met", "not_met"}
