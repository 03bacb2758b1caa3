"""What many tests of this folder begin with is made once and copied for each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes


@pytest.fixture(scope="session")
def _enrolled_pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("enrolled-pair")
    with pytest.MonkeyPatch.context() as patch:
        made = Homes(folder, patch)
        province, commune = made.init(PROVINCE), made.init(COMMUNE)
        made.enrol(province, commune, province.must("authority", "init")["root_fingerprint"])
    return folder


@pytest.fixture
def enrolled_pair(_enrolled_pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    """The province's PC and that of a commune, enrolled, both of the test's own."""
    shutil.copytree(_enrolled_pair, tmp_path, dirs_exist_ok=True)
    return Homes(tmp_path, monkeypatch)
