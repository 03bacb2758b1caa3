"""Cells of old text come as stored, with what their font or their letters say beside."""

from __future__ import annotations

from pathlib import Path

from app.text.old_text import OldEncoding
from app.workbooks.cells import Cell, OldText, cell_text, converted_text
from app.workbooks.reading import open_workbook
from tests.unit.workbooks.files import workbook

#: Style 0 in Times New Roman, 1 in .VnTime, 2 in .VnTimeH, 3 in VNI-Times.
FONTS = (
    '<fonts><font><name val="Times New Roman"/></font><font><name val=".VnTime"/></font>'
    '<font><name val=".VnTimeH"/></font><font><name val="VNI-Times"/></font></fonts>'
    '<cellStyleXfs><xf fontId="1"/></cellStyleXfs>'
    '<cellXfs><xf fontId="0"/><xf fontId="1"/><xf fontId="2"/><xf fontId="3"/></cellXfs>'
    '<dxfs><dxf><font><name val="VNI-Times"/></font></dxf></dxfs>'
)


def inline(text: str, style: int = 0) -> str:
    return f'<c t="inlineStr" s="{style}"><is><t>{text}</t></is></c>'


def cells(path: Path) -> list[Cell]:
    with open_workbook(path) as book:
        return [cell for row in book.rows(book.sheets[0]) for cell in row.cells]


def said(cell: Cell) -> tuple[str, OldEncoding]:
    assert isinstance(cell, OldText)
    return cell.converted, cell.encoding


def test_the_font_of_a_cell_says_what_its_text_says(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        "<row>"
        + "".join(inline("Phan Dòng", style) for style in (0, 1, 2))
        + inline("Hoà", 3)
        # Shared texts are seen in the font of whichever cell shows them.
        + '<c t="s" s="0"><v>0</v></c><c t="s" s="1"><v>0</v></c></row>',
        styles=FONTS,
        shared="<si><t>Phóc</t></si>",
    )
    plain, small, capitals, vni, shared, shown = cells(path)
    assert (type(plain), type(shared)) == (str, str)
    assert said(small) == ("Phan Dũng", OldEncoding.TCVN3)
    assert said(capitals) == ("PHAN DŨNG", OldEncoding.TCVN3_CAPITALS)
    assert said(vni) == ("Hồ", OldEncoding.VNI)
    assert said(shown) == ("Phúc", OldEncoding.TCVN3)
    # For whoever does not ask it is the text as it is stored.
    assert small == cell_text(small) == "Phan Dòng"
    assert type(cell_text(small)) is str
    assert converted_text(small) == "Phan Dũng"


def test_a_text_that_is_the_same_in_both_fonts_is_no_old_text(tmp_path: Path) -> None:
    rows = "<row>" + inline("Nam", 1) + inline("tính", 3) + inline("Trần Văn Bé", 1) + "</row>"
    for cell in cells(workbook(tmp_path / "a.xlsx", rows, styles=FONTS)):
        assert type(cell) is str


def test_letters_tell_where_the_font_does_not(tmp_path: Path) -> None:
    rows = "<row>" + inline("§inh ThÞ Mai") + '<c t="s"><v>0</v></c></row>'
    shared = "<si><t>Phaïm Vaên Haø</t></si>"
    for styles in ("", FONTS):
        first, second = cells(workbook(tmp_path / "a.xlsx", rows, styles=styles, shared=shared))
        assert said(first) == ("Đinh Thị Mai", OldEncoding.TCVN3)
        assert said(second) == ("Phạm Văn Hà", OldEncoding.VNI)


def test_runs_are_read_each_in_its_font(tmp_path: Path) -> None:
    run = '<r><rPr><rFont val="{}"/></rPr><t xml:space="preserve">{}</t></r>'
    runs = (
        run.format("Times New Roman", "Lê Hòa, ")
        + run.format(".VnTime", "Th")
        # A word may be cut anywhere, and a run without a font is in the font of its cell.
        + run.format(".VnTime", "«n ")
        + "<r><t>2_x000A_Hoà</t></r>"
    )
    path = workbook(
        tmp_path / "a.xlsx",
        f'<row><c t="inlineStr"><is>{runs}</is></c><c t="s" s="3"><v>0</v></c>'
        '<c t="s"><v>1</v></c></row>',
        styles=FONTS,
        shared=f"<si>{runs}</si><si>{run.format('Arial', 'Lê Hòa')}</si>",
    )
    first, second, third = cells(path)
    assert said(first) == ("Lê Hòa, Thôn 2\nHoà", OldEncoding.TCVN3)
    assert first == "Lê Hòa, Th«n 2\nHoà"
    assert said(second) == ("Lê Hòa, Thôn 2\nHồ", OldEncoding.TCVN3)
    assert third == "Lê Hòa"
    assert type(third) is str


def test_a_text_file_of_old_bytes_is_read_in_the_code_of_the_words_that_tell_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("ten;cha\n§inh ThÞ Mai;§inh Dòng\nHå V¨n Gµ;Phan Dòng\n".encode("cp1252"))
    read = cells(path)
    assert [converted_text(cell) for cell in read] == [
        *("ten", "cha", "Đinh Thị Mai", "Đinh Dũng", "Hồ Văn Gà", "Phan Dũng"),
    ]
    assert said(read[-1]) == ("Phan Dũng", OldEncoding.TCVN3)
    assert read[-1] == "Phan Dòng"


def test_a_text_file_of_today_with_some_old_text_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Tên;Thôn\n§inh ThÞ Mai;Thôn Hòa\nLê Hà;Xóm 1\n", encoding="utf-8")
    old = [cell for cell in cells(path) if isinstance(cell, OldText)]
    assert [cell.converted for cell in old] == ["Đinh Thị Mai"]


def test_a_text_longer_than_any_cell_is_left_as_it_is(tmp_path: Path) -> None:
    rows = f"<row>{inline('Hµ ' * 20_000)}{inline('Hµ ' * 20_000, 1)}{inline('Hµ ' * 9000)}</row>"
    types = [type(cell) for cell in cells(workbook(tmp_path / "a.xlsx", rows, styles=FONTS))]
    assert types == [str, str, OldText]
