"""Ids that children of a list take from each other: a long chain costs its length, no more."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.work import Change
from app.services.police.answered_row import Verdict
from app.services.police.answers import PoliceAnswers
from app.services.police.weighing import Weigher
from app.services.workplace import Cancelled, Progress, Workplace
from tests.long_runs import slice_or_all
from tests.police_register import SOUND, Pen, desks, household, village
from tests.workplaces import COMMUNE, make_workplace

_ROWS = slice_or_all(60, 3000)
_SIBLINGS = 3
#: Seconds of the processor that a file of that length takes at most, to look at.
_SECONDS = slice_or_all(10, 60)


def _id(number: int) -> str:
    return f"05131{9 if number < 10**6 else 8}{number % 10**6:06}"


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home")
    yield made
    made.store.close()


def _shifted(workplace: Workplace, folder: Path, rows: int) -> tuple[PoliceAnswers, Path]:
    """A file that gives every child of a list the id of the next; the last one's next is on no
    list and keeps hers.
    """
    place = village(workplace, "Thôn 1")
    homes = [household(workplace, place, str(at)) for at in range(rows // _SIBLINGS + 1)]
    with workplace.write() as work:
        for at in range(rows + 1):
            own = {"personal_id": _id(at), "full_name": f"Đinh Thị {_letters(at)}"}
            own |= {"owner_unit": COMMUNE, "household": homes[at // _SIBLINGS]}
            if at < rows:
                own["birth_date"] = "2019"
            work.record(
                Change(
                    "child",
                    {**SOUND, **own},
                )
            )
        work.commit()
    lists, answers = desks(workplace)
    lists.issue(folder / "ca.xlsx")
    pen = Pen(folder / "ca.xlsx")
    now, new = pen.column("printed.personal_id"), pen.column("personal_id")
    for row in range(2, pen.sheet.max_row + 1):
        pen.sheet.cell(row, new).value = _id(int(str(pen.sheet.cell(row, now).value)[-6:]) + 1)
    return answers, pen.save()


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + number // 26**place % 26) for place in range(3)).title()


def test_a_file_whose_ids_all_slipped_by_a_row_is_weighed_row_by_row(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, answered = _shifted(workplace, tmp_path, _ROWS)
    weighed = 0
    one_row = Weigher._row

    def counted(*told: object) -> object:
        nonlocal weighed
        weighed += 1
        return one_row(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(Weigher, "_row", counted)
    steps: list[tuple[int, int]] = []
    began = time.process_time()
    found = answers.preview(
        answered, progress=Progress(lambda done, total: steps.append((done, total)))
    )
    took = time.process_time() - began
    print(f"{_ROWS} rows with the id of the next child: {took:.1f} s, {weighed} weighings")
    # The last one's id is another child's, so nobody's is free.
    assert Counter(one.verdict for one in found.rows) == {Verdict.REFUSED: _ROWS}
    assert weighed <= 3 * _ROWS
    assert took < _SECONDS
    assert steps == sorted(steps)
    assert len(steps) > _ROWS, "it is told how far the second weighing is"
    assert steps[-1][0] <= steps[-1][1]


def test_whoever_stops_the_second_weighing_is_heeded(workplace: Workplace, tmp_path: Path) -> None:
    answers, answered = _shifted(workplace, tmp_path, 5)
    done = 0

    def count(at: int, _total: int) -> None:
        nonlocal done
        done = at

    with pytest.raises(Cancelled):
        answers.preview(answered, progress=Progress(count, lambda: done > 5))


def test_a_ring_of_children_exchanges_its_ids_and_a_chain_that_hangs_on_nobody_does_not(
    workplace: Workplace, tmp_path: Path
) -> None:
    answers, answered = _shifted(workplace, tmp_path, 6)
    pen = Pen(answered)
    now, new = pen.column("printed.personal_id"), pen.column("personal_id")
    for row in range(2, pen.sheet.max_row + 1):
        if pen.sheet.cell(row, now).value == _id(2):
            pen.sheet.cell(row, new).value = _id(0)
    found = {one.name: one.verdict for one in answers.preview(pen.save(answered)).rows}
    assert found == {
        f"Đinh Thị {_letters(at)}": Verdict.CHANGES if at < 3 else Verdict.REFUSED
        for at in range(6)
    }
