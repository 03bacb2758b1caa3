"""An export that withholds level A tells nobody of whom something is withheld."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.errors import KnownError
from app.models.queries import importing
from app.models.work import Change
from app.services.bench.workshop import Workshop
from app.services.handover_register import HandoverRegister
from app.services.masking import Reveal
from app.services.national.export import NationalExport
from app.services.register_export import Headers, RegisterExport
from app.services.workplace import Workplace
from tests.integration.test_import_undo import Two
from tests.integration.test_national_export import _NAME, _children, _map

SECRET = ("C05", "C06", "C07", "C09", "K01")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    made = Workshop(tmp_path_factory.mktemp("withheld") / "world", 12)
    yield Two(made)
    made.close()


def _say(two: Two, child: str, answer: str | None, plan: bool | None) -> None:
    values: dict[str, Any] = {"circumstance_answer": answer, "intervention_plan": plan}
    two.write(two.district, Change("child", values, id=child))


def _register(workplace: Workplace, folder: Path) -> list[bytes]:
    """What both forms of the register hold; a workbook bears its hour, a .csv none."""
    found = []
    for headers in Headers:
        path = folder / f"{headers.value}.csv"
        RegisterExport(workplace).export(path, headers=headers)
        found.append(path.read_bytes())
        path.unlink()
    return found


def _national(workplace: Workplace, folder: Path) -> list[list[tuple[object, ...]]]:
    path = folder / "n.xlsx"
    NationalExport(workplace).export(path)
    sheets = openpyxl.load_workbook(path).worksheets[:3]
    path.unlink()
    return [[*one.iter_rows(values_only=True)] for one in sheets]


def test_a_child_of_a_secret_group_goes_out_like_one_of_none(two: Two, tmp_path: Path) -> None:
    children = _children(two)[: len(SECRET)]
    with two.district.store.read() as reading:
        held = importing.circumstances_of(reading, children)
    free = [one for one in children if not held.get(one)]
    assert len(free) > 1, "children without any group to begin with"
    for child in free:
        _say(two, child, "none", plan=None)
    HandoverRegister(two.province).accept(two.deliver().handover)
    before = _register(two.province, tmp_path), _national(two.province, tmp_path)
    for child, group in zip(free, SECRET, strict=False):
        secret: dict[str, Any] = {"record": child, "group": group, "episode": 1}
        two.write(two.district, Change("circumstance", secret, key=f"{group}/1"))
        _say(two, child, "some", plan=True)
    HandoverRegister(two.province).accept(two.deliver().handover)
    assert (_register(two.province, tmp_path), _national(two.province, tmp_path)) == before
    shown = tmp_path / "shown.csv"
    RegisterExport(two.province).export(shown, reveal=Reveal("báo cáo Sở"))
    assert "C05" in shown.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("source", ["child.circumstance_answer", "child.intervention_plan"])
def test_no_filter_chooses_by_what_tells_of_a_group(two: Two, tmp_path: Path, source: str) -> None:
    mapping = _map(tmp_path / "m.json", _NAME, where=[{"source": source, "filled": True}])
    with pytest.raises(KnownError) as refused:
        NationalExport(two.province).export(tmp_path / "a.xlsx", mapping)
    assert refused.value.message_id == "export.map_secret_filter"
