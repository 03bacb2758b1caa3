"""Whatever comes back from the police: only children of that list change, only where somebody of
the police wrote, and the file read again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import KnownError
from app.forms.issues import Value
from app.models import police_lists
from app.models.queries import register
from app.services.police.answers import ANY
from app.services.police.defects import list_rules
from app.services.workplace import Workplace
from tests.long_runs import slice_or_all
from tests.police_register import Pen, child, desks, household, village
from tests.workplaces import make_workplace

_TEXTS = st.one_of(
    st.sampled_from(
        [
            "051319000777",
            "051218000888",
            51319000777,
            "Nam",
            "nữ",
            "05/03/2018",
            "2019",
            "Kinh",
            "Đinh Thị Mới",
            "x",
            "=1+1",
            "'-1",
            "không có",
            " ",
        ]
    ),
    st.integers(0, 10**13),
    st.text(alphabet="aăâđêưxyz 0123456789/-.'=", max_size=16),
)
_COLUMNS = (
    *list_rules().answered,
    "not_here",
    "remark",
    "code",
    "printed.full_name",
    "printed.sex",
)
_CELLS = st.lists(st.tuples(st.integers(2, 5), st.sampled_from(_COLUMNS), _TEXTS), max_size=8)
_SWAPS = st.lists(st.tuples(st.integers(2, 5), st.integers(2, 5)), max_size=2)


class _Commune:
    """Four children on a list and four that are on none or on another one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workplace: Workplace = make_workplace(folder / "home")
        place = village(self.workplace, "Thôn 1")
        home = household(self.workplace, place, "1")
        self.listed = [
            child(self.workplace, home, personal_id=None, full_name=f"Trẻ {letter}")
            for letter in ("An", "Bình", "Chi", "Dung")
        ]
        other = household(self.workplace, village(self.workplace, "Thôn 2"), "2")
        for number in range(4):
            name, personal = f"Ngoài {number}", f"05131900010{number}"
            child(self.workplace, other, full_name=name, personal_id=personal)
        child(self.workplace, other, full_name="Danh sách khác", personal_id=None)
        self.lists, self.answers = desks(self.workplace)
        self.file = folder / "ca.xlsx"
        self.lists.issue(self.file, villages=[place])
        self.lists.issue(folder / "khac.xlsx")
        with self.workplace.store.read() as reading:
            by_number = {one.number: one for one in police_lists.lists(reading)}
            self.foreign = police_lists.rows_of(reading, by_number[2].id)[0].code

    def values(self) -> dict[str, Mapping[str, Value]]:
        with self.workplace.store.read() as reading:
            ids = reading.exec_driver_sql("SELECT id FROM child").scalars()
            return {
                one: view.values
                for one, view in register.records(reading, "child", list(ids)).items()
            }

    def log(self) -> int:
        with self.workplace.store.read() as reading:
            return int(reading.exec_driver_sql("SELECT count(*) FROM op").scalar_one())


@pytest.fixture(scope="module")
def commune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Commune]:
    made = _Commune(tmp_path_factory.mktemp("police"))
    yield made
    made.workplace.store.close()


@settings(
    max_examples=slice_or_all(8, 400),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cells=_CELLS, swaps=_SWAPS, foreign=st.booleans(), take=st.booleans())
def test_an_answered_file_changes_nothing_but_what_was_answered_of_its_own_list(
    commune: _Commune,
    cells: list[tuple[int, str, str | int]],
    swaps: list[tuple[int, int]],
    foreign: bool,
    take: bool,
) -> None:
    pen = Pen(commune.file)
    for row, column, said in cells:
        pen.sheet.cell(row, pen.column(column)).value = said
    at = pen.column("code")
    for one, two in swaps:
        first, second = pen.sheet.cell(one, at), pen.sheet.cell(two, at)
        first.value, second.value = second.value, first.value
    if foreign:
        pen.sheet.append([None] * (at - 1) + [commune.foreign])
        pen.sheet.cell(pen.sheet.max_row, pen.column("personal_id")).value = "051319000555"
    answered = pen.save()
    before, log = commune.values(), commune.log()
    try:
        found = commune.answers.preview(answered)
    except KnownError:
        assert commune.log() == log
        return
    assert commune.log() == log, "a preview writes nothing"
    taken = {one.code: ANY for one in found.rows} if take else {}
    expected = {
        (row.child, difference.field): difference.value
        for row in commune.answers.preview(answered, taken).rows
        if not row.refused
        for difference in row.differences
    }
    commune.answers.apply(answered, taken, found.sha256)
    after = commune.values()
    computed = {"name_status", "warning_reasons", "complete", "template"}
    for ent_id, values in after.items():
        for name in values.keys() | before[ent_id].keys():
            if values.get(name) == before[ent_id].get(name):
                continue
            assert ent_id in commune.listed, "a child of no row of this list was changed"
            if name not in computed:
                assert values.get(name) == expected[ent_id, name]
    log = commune.log()
    commune.answers.apply(answered, taken)
    assert commune.values() == after
    assert commune.log() == log, "the same file again writes nothing"
