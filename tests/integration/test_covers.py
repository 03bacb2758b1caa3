"""Which bundles the verdicts of a unit stand on, asked of a register of handovers that grows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models import bundles
from app.models.bundles import IncomingBundle
from app.models.store import Reading
from app.services.bench.workshop import Workshop
from app.services.covers import undone_but_accepted
from app.services.handover_register import HandoverRegister
from tests.integration.test_import_undo import Two, _home


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    made = Workshop(tmp_path / "world", 4)
    yield Two(made)
    made.close()


def test_the_register_of_bundles_is_read_as_often_for_many_accepted_handovers_as_for_one(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worklist asks it after every change, as long as one bundle lies taken back."""
    register = HandoverRegister(two.province)
    for _ in range(4):
        register.accept(two.deliver().handover)
    new, _id = _home("61")
    two.write(two.district, new)
    two.undo.set_aside(two.deliver().handover, "Nhầm gói")
    asked, reading_all = [], bundles.incoming

    def counted(reading: Reading, *handovers: list[str]) -> list[IncomingBundle]:
        asked.append(handovers)
        return reading_all(reading, *handovers)

    monkeypatch.setattr(bundles, "incoming", counted)
    with two.province.store.read() as reading:
        assert undone_but_accepted(two.province, reading) == []
    assert len(asked) <= 2
