"""Lists in the fonts of before Unicode: read as they look, and converted only once confirmed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from app.errors import KnownError
from app.services.register_import import Correction, RegisterImport
from app.text.old_text import OldEncoding, encode, recognise
from tests.integration.registers import Made, by_name, counts, everything, state, take
from tests.integration.test_list_layouts import Rows

FONTS = frozenset((Correction.FONTS,))


def book(path: Path, rows: Rows, font: str, encoding: OldEncoding) -> Path:
    """A sheet whose texts stand in a font."""
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            said = encode(text, encoding) if isinstance(text, str) else text
            page.cell(number, column, said).font = Font(name=font)  # type: ignore[arg-type]
    made.save(path)
    return path


ROWS = [
    ("Họ và tên", "Ngày sinh", "Giới tính", "Chủ hộ"),
    ("Đinh Thị Mười", "01/05/2019", "Nữ", "Đinh Văn Rơm"),
    ("Phạm Văn Ré", "2020", "Nam", "Đinh Văn Rơm"),
]


@pytest.mark.parametrize(
    ("font", "encoding"),
    [(".VnTime", OldEncoding.TCVN3), ("VNI-Times", OldEncoding.VNI)],
)
def test_text_of_an_old_font_is_proposed_with_what_it_says_and_taken_when_confirmed(
    made: Made, tmp_path: Path, font: str, encoding: OldEncoding
) -> None:
    workplace = made()
    path = book(tmp_path / "a.xlsx", ROWS, font, encoding)
    importer = RegisterImport(workplace)
    preview = importer.preview(path)
    assert [one.title for one in preview.columns] == list(ROWS[0]), "titles are read as they look"
    proposed = {
        one.place: (one.proposal.text, one.proposal.becomes, one.proposal.encoding)
        for one in preview.result.issues
        if one.proposal
    }
    stored = encode("Đinh Thị Mười", encoding).replace("\N{SOFT HYPHEN}", "-")
    assert proposed["A2"] == (stored, "Đinh Thị Mười", encoding.value)
    assert proposed["C2"][1] == "2"
    assert preview.result.proposals == {Correction.FONTS: len(proposed)}
    result = importer.run(path, accepted=FONTS)
    assert result.accepted == len(proposed)
    assert by_name(workplace)["Đinh Thị Mười"].values["sex"] == "2"
    (home,) = everything(workplace, "household")
    assert home.values["head_name"] == "Đinh Văn Rơm"
    for accepted in (FONTS, frozenset[Correction]()):
        assert importer.run(path, accepted=accepted).operations == 0


def test_without_a_confirmation_the_text_stays_and_is_converted_by_the_next_import(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    path = book(tmp_path / "a.xlsx", ROWS, ".VnTime", OldEncoding.TCVN3)
    take(workplace, path)
    (stored,) = (name for name in by_name(workplace) if name.startswith("§"))
    said = recognise(stored)
    assert said is not None
    assert said.converted == "Đinh Thị Mười", "nothing is lost that was not confirmed"
    result = RegisterImport(workplace).run(path, accepted=FONTS)
    assert (counts(result), result.households_created) == ((0, 2, 0), 0)
    assert set(by_name(workplace)) == {"Đinh Thị Mười", "Phạm Văn Ré"}
    assert len(everything(workplace, "household")) == 1


def test_old_and_new_text_stand_beside_each_other(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = book(tmp_path / "a.xlsx", ROWS, ".VnTime", OldEncoding.TCVN3)
    mixed = openpyxl.load_workbook(path)
    page = mixed.active
    assert page is not None
    cell = page.cell(3, 1, "Phạm Văn Ré")
    cell.font = Font(name="Arial")
    mixed.save(path)
    result = RegisterImport(workplace).preview(path).result
    assert "A3" not in {one.place for one in result.issues}
    RegisterImport(workplace).run(path, accepted=FONTS)
    assert set(by_name(workplace)) == {"Đinh Thị Mười", "Phạm Văn Ré"}


@pytest.mark.parametrize("sections", [False, True], ids=["in a column", "in a row of their own"])
def test_a_village_in_an_old_font_waits_for_the_confirmation(
    made: Made, tmp_path: Path, *, sections: bool
) -> None:
    workplace = made()
    rows: Rows = [("Họ và tên", "Năm sinh", "Thôn"), ("Mười", 2019, "Thôn Đồng Dâu")]
    if sections:
        rows = [("Họ và tên", "Năm sinh"), ("Thôn Đồng Dâu", None), ("Mười", 2019)]
    path = book(tmp_path / "a.xlsx", rows, ".VnTime", OldEncoding.TCVN3)
    importer = RegisterImport(workplace)
    preview = importer.preview(path).result
    assert preview.must_convert == 1
    before = state(workplace)
    with pytest.raises(KnownError) as refused:
        importer.run(path)
    assert refused.value.message_id == "import.old_font_places"
    assert state(workplace) == before
    importer.run(path, accepted=FONTS)
    assert [one.values["name"] for one in everything(workplace, "village")] == ["Thôn Đồng Dâu"]
    assert importer.run(path, accepted=FONTS).operations == 0


def test_a_name_in_two_columns_of_an_old_font_is_one_proposal(made: Made, tmp_path: Path) -> None:
    workplace = made()
    rows = [("Họ và chữ đệm", "Tên", "Năm sinh"), ("Đinh Thị", "Mười", 2019)]
    path = book(tmp_path / "a.xlsx", rows, ".VnTime", OldEncoding.TCVN3)
    result = RegisterImport(workplace).run(path, accepted=FONTS)
    assert result.accepted == 1
    assert set(by_name(workplace)) == {"Đinh Thị Mười"}
    assert take(workplace, path).operations == 0
