"""What the record that counts leaves empty is taken from its double, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.models.queries import register
from app.services.duplicate_decisions import DuplicateDecisions
from app.services.duplicate_taking import take_over
from app.services.rights import Right
from app.services.workplace import Workplace
from tests.workplaces import COMMUNE, again, make_workplace, write


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    yield made
    made.store.close()


def _pair(workplace: Workplace) -> tuple[str, str]:
    """Two records of one child, not called so yet: the one that will stand, and its double."""
    ids = []
    for number in ("1", "2"):
        home = write(
            workplace, "household", owner_unit=COMMUNE, household_no=number, head_name="Rơ"
        )
        said: dict[str, Value] = {"full_name": "Đinh Thị Hạ", "birth_date": "2019-05-01"}
        ids.append(write(workplace, "child", owner_unit=COMMUNE, household=home, **said))
    return min(ids), max(ids)


def _values(workplace: Workplace, child: str) -> Mapping[str, Value]:
    with workplace.store.read() as reading:
        found = register.record(reading, "child", child)
    assert found is not None
    return found.values


def test_only_what_is_empty_is_taken_and_a_group_only_as_a_whole(commune: Workplace) -> None:
    stands, double = _pair(commune)
    write(commune, "child", stands, sex="2", father_status="DECEASED")
    said: dict[str, Value] = {
        "sex": "1",
        "ethnicity": "19",
        "father_name": "Hồ Văn Rơm",
        "mother_name": "Hồ Thị Bích",
        "mother_status": "ALIVE_HOME",
    }
    write(commune, "child", double, **said)
    before = _values(commune, double)
    DuplicateDecisions(commune).decide(stands, double, "same")
    assert take_over(commune, double, stands) == 3
    found = _values(commune, stands)
    assert (found["ethnicity"], found["mother_name"]) == ("19", "Hồ Thị Bích")
    assert found["mother_status"] == "ALIVE_HOME"
    assert found["sex"] == "2"
    assert found.get("father_name") is None, "what is said of the father belongs together"
    assert _values(commune, double) == before
    with pytest.raises(KnownError, match=r"nothing_to_take"):
        take_over(commune, stands, double)


def test_what_is_masked_is_not_taken_unseen(commune: Workplace) -> None:
    stands, double = _pair(commune)
    said: dict[str, Value] = {"monthly_allowance": "1", "allowance_category": "k3"}
    write(commune, "child", double, ethnicity="19", **said)
    DuplicateDecisions(commune).decide(stands, double, "same")
    assert take_over(commune, stands, double) == 1
    found = _values(commune, stands)
    assert found.keys().isdisjoint(said) or all(found.get(name) is None for name in said)


@pytest.mark.parametrize("verdict", ["", "different"])
def test_nothing_is_taken_from_another_child(commune: Workplace, verdict: str) -> None:
    stands, double = _pair(commune)
    write(commune, "child", double, ethnicity="19")
    if verdict:
        DuplicateDecisions(commune).decide(stands, double, verdict)
    with pytest.raises(KnownError, match=r"nothing_to_take"):
        take_over(commune, stands, double)
    assert _values(commune, stands).get("ethnicity") is None


def test_who_only_reads_takes_nothing(commune: Workplace) -> None:
    stands, double = _pair(commune)
    write(commune, "child", double, ethnicity="19")
    DuplicateDecisions(commune).decide(stands, double, "same")
    reader = again(commune, frozenset((Right.READ,)))
    with pytest.raises(KnownError, match=r"rights.denied"):
        take_over(reader, stands, double)
