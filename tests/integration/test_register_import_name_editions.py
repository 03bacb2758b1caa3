"""Names that meant one commune before the reform and another since: asked about, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import KnownError
from app.services.import_look import ImportLook
from app.services.importing.issues import Correction
from app.services.importing.units_of_rows import UnitsOfRows, Verdict
from app.services.register_import import RegisterImport
from tests.counts import tell
from tests.integration.registers import Made, everything, table
from tests.integration.test_register_import_unit_names import HEADS, naming

#: Kept its name and its code when a part of the commune so called went to another one.
KEPT, OTHER = "09952@2025", "09982@2025"
NAME = "Xã Phú Cát"


def test_a_name_that_a_divided_commune_had_too_is_not_taken_before_somebody_says_of_when_it_is(
    made: Made, tmp_path: Path
) -> None:
    importer = RegisterImport(workplace := made(KEPT))
    path = naming(tmp_path, NAME, f"{NAME}, huyện Quốc Oai", KEPT)
    preview = importer.preview(path).result
    # The district says which one is meant: the divided one.
    assert (preview.created, preview.refused, preview.undated) == (1, 2, 1)
    assert [one.code for one in preview.editions] == ["2025", "2024"]
    assert "01/07/2025" in preview.editions[0].words
    assert "30/06/2025" in preview.editions[1].words
    with pytest.raises(KnownError) as refused:
        importer.run(path)
    assert refused.value.message_id == "import.names_undated"
    assert everything(workplace, "child") == []


def test_names_of_after_the_reform_are_taken_and_those_of_before_are_refused_as_divided(
    made: Made, tmp_path: Path
) -> None:
    importer = RegisterImport(made(KEPT))
    path = naming(tmp_path, NAME, NAME)
    before = importer.run(path, names_of="2024")
    assert (before.created, before.refused, before.names_of) == (0, 2, "2024")
    assert {one.message_id for one in before.issues} == {"import.issue_unit_split"}
    since = importer.run(path, names_of="2025")
    assert (since.created, since.refused, since.undated) == (2, 0, 0)


def test_the_part_that_went_elsewhere_does_not_come_to_the_commune_that_kept_the_name(
    made: Made, tmp_path: Path
) -> None:
    importer = RegisterImport(made(OTHER))
    path = naming(tmp_path, OTHER, NAME)
    assert importer.preview(path).result.undated == 1
    assert importer.run(path, names_of="2025").skipped == 1
    assert importer.run(path, names_of="2024").refused == 1


def test_the_answer_is_remembered_with_the_layout_and_can_be_forgotten(
    made: Made, tmp_path: Path
) -> None:
    importer, look = RegisterImport(workplace := made(KEPT)), ImportLook(workplace)
    path = naming(tmp_path, NAME)
    assert importer.run(path, names_of="2025", remember=True).created == 1
    (tmp_path / "next").mkdir()
    again = naming(tmp_path / "next", NAME, NAME)
    result = importer.run(again)
    assert (result.created, result.remembered, result.names_of) == (1, True, "2025")
    # The answer of today counts more than the one that is remembered.
    assert importer.preview(again, names_of="2024").result.refused == 2
    assert look.forget_layout(again)
    assert importer.preview(again).result.undated == 2


def test_what_stands_beside_the_name_answers_for_its_row(made: Made, tmp_path: Path) -> None:
    written = (f"{NAME} (nay là {NAME})", f"{NAME} (mới)", f"{NAME} (cũ)")
    result = RegisterImport(made(KEPT)).run(naming(tmp_path, *written))
    assert (result.created, result.refused, result.undated) == (2, 1, 0)
    assert [one.message_id for one in result.issues] == ["import.issue_unit_split"]


def test_an_edition_that_does_not_exist_is_refused(made: Made, tmp_path: Path) -> None:
    with pytest.raises(KnownError) as refused:
        RegisterImport(made(KEPT)).run(naming(tmp_path, NAME), names_of="2023")
    assert refused.value.message_id == "import.no_edition"


def test_no_bare_name_of_a_divided_commune_is_taken_by_any_of_its_parts(made: Made) -> None:
    workplace = made(KEPT)
    tree = workplace.tree.units
    divided = [one for one in tree if tree.holds_records(one.ref) and tree.is_split(one.ref)]
    today, asked, split = workplace.today(), 0, 0
    for unit in divided:
        for part in {move.new for move in tree.successors(unit.ref) if move.new}:
            scope = tree.covering(part)
            of_rows = UnitsOfRows(tree, (part.partition("@")[2],), scope, "", today)
            found = of_rows.of_cell(unit.full_name())
            assert found.verdict in (Verdict.UNDATED, Verdict.SPLIT, Verdict.SEVERAL), (part, unit)
            asked += found.verdict is Verdict.UNDATED
            split += found.verdict is Verdict.SPLIT
            dated = UnitsOfRows(tree, (part.partition("@")[2],), scope, unit.edition, today)
            assert dated.of_cell(unit.full_name()).verdict is not Verdict.TAKEN, (part, unit)
    tell(f"unit names: {len(divided)} divided communes: {asked} parts ask, {split} refuse")
    assert asked > 105


@pytest.mark.parametrize(
    ("unit", "section", "said"),
    [
        (KEPT, NAME, "section_unit_undated"),
        ("21136@2025", "Xã {split}", "section_unit_split"),
        ("21100@2025", "Xã Bình Chươn", "section_unit_proposal"),
        ("21100@2025", "Xã Không Có Đâu", "section_unit"),
    ],
)
def test_a_section_row_that_names_a_commune_is_judged_like_a_cell(
    made: Made, tmp_path: Path, unit: str, section: str, said: str
) -> None:
    workplace = made(unit)
    named = section.format(split=workplace.tree.units.unit("21142@2024").name)
    rows = [
        (workplace.tree.units.unit(unit).full_name(), "", "", ""),
        ("Thôn 1", "1", "1", "Phạm Thị Mai"),
        (named, "", "", ""),
        ("Thôn 1", "2", "1", "Phạm Thị Lan"),
    ]
    if unit == KEPT:
        rows = rows[2:]
    path = table(tmp_path / "list.csv", HEADS[1:], rows)
    preview = RegisterImport(workplace).preview(path).result
    assert [one.message_id for one in preview.issues] == [f"import.issue_{said}"]
    assert preview.refused == 1
    if said == "section_unit_proposal":
        accepted = RegisterImport(workplace).run(path, accepted=frozenset((Correction.UNITS,)))
        assert (accepted.created, accepted.refused) == (2, 0)


def test_a_section_row_counts_where_the_cell_of_the_unit_column_is_blank(
    made: Made, tmp_path: Path
) -> None:
    rows = [
        ("", "Xã Không Có Đâu", "", "", ""),
        ("", "Thôn 1", "1", "1", "Phạm Thị Mai"),
        ("Xã Bình Chương", "Thôn 1", "2", "1", "Phạm Thị Lan"),
    ]
    result = RegisterImport(made("21100@2025")).run(table(tmp_path / "list.csv", HEADS, rows))
    assert (result.created, result.refused) == (1, 1)
