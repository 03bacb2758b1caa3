"""Workbooks that were made to hurt, or that no program makes: refused in time, with their place."""

from __future__ import annotations

import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.workbooks.blank_cells import BlankSieve
from app.workbooks.cells import BadFile, Cell, CellFault
from app.workbooks.reading import open_workbook
from tests.unit.workbooks.files import DOC, MAIN, bomb, rewritten, workbook

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
SHARED = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
SHEET = "xl/worksheets/sheet1.xml"


def cells(path: Path) -> list[tuple[Cell, ...]]:
    with open_workbook(path) as book:
        return [row.cells for sheet in book.sheets for row in book.rows(sheet)]


def refusal(path: Path) -> BadFile:
    with pytest.raises(BadFile) as caught:
        cells(path)
    assert path.name in str(caught.value.parameters["file"])
    return caught.value


def test_a_megabyte_that_unpacks_to_a_gigabyte_is_refused_by_its_list_of_parts(
    tmp_path: Path,
) -> None:
    path = bomb(tmp_path / "a.xlsx", 1024)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(SHEET).file_size == 1 << 30
        with archive.open(SHEET) as sound:
            assert sound.read(3) == b"   "
    assert path.stat().st_size < 1 << 20 | 1 << 17
    begun = time.perf_counter()
    assert refusal(path).reason == "bomb"
    assert time.perf_counter() - begun < 2


def test_many_small_parts_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.workbooks.file_kinds._RATIO_COUNTS_FROM", 1 << 20)
    path = workbook(tmp_path / "a.xlsx", ONE)
    assert cells(path) == [(1,)]
    parts: dict[str, str | bytes | None] = {f"xl/media/{at}": bytes(1 << 18) for at in range(9)}
    assert refusal(rewritten(path, parts)).reason == "bomb"


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", SHEET]
)
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/x">]>',
    ],
    ids=["laughs", "outside", "outer entity"],
)
def test_a_declaration_is_refused_in_every_part(tmp_path: Path, part: str, declared: str) -> None:
    path = workbook(tmp_path / "a.xlsx", ONE, styles="<cellXfs/>", shared="<si><t>x</t></si>")
    for name in (part, "xl/sharedStrings.xml"):
        with zipfile.ZipFile(path) as archive:
            content = archive.read(name).decode()
        assert refusal(rewritten(path, {name: declared + content})).reason == "entities"
        rewritten(path, {name: content})


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    for part in ("xl/_rels/workbook.xml.rels", SHEET):
        path = rewritten(workbook(tmp_path / "a.xlsx", ONE), {part: None})
        problem = refusal(path)
        assert (problem.reason, problem.parameters["place"]) == ("damaged", part)
    path = rewritten(workbook(tmp_path / "a.xlsx", ONE), {"xl/workbook.xml": None})
    assert refusal(path).reason == "no_table"
    # Without its texts a cell that refers to one is named; without styles numbers are numbers.
    problem = refusal(workbook(tmp_path / "a.xlsx", SHARED))
    assert (problem.reason, problem.parameters["place"]) == ("damaged", "DS!A1")
    assert cells(workbook(tmp_path / "a.xlsx", '<row><c s="7"><v>43586</v></c></row>')) == [
        (43586,)
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ONE)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET, "<worksheet/>")
    problem = refusal(path)
    assert (problem.reason, problem.parameters["place"]) == ("strange_part", SHEET)


@pytest.mark.parametrize(
    "name", ["../x", "xl/../../x", "/etc/x", "C:/x", "..\\x", "xl/\x1b[2J.xml", "\\\\pc\\x"]
)
def test_parts_that_point_outward_are_refused(tmp_path: Path, name: str) -> None:
    path = workbook(tmp_path / "a.xlsx", ONE)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    problem = refusal(path)
    assert problem.reason == "strange_part"
    assert str(problem.parameters["place"]).isprintable()
    assert list(tmp_path.iterdir()) == [path]


def test_a_sheet_that_points_outside_the_archive_is_missing(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ONE)
    with zipfile.ZipFile(path) as archive:
        relations = archive.read("xl/_rels/workbook.xml.rels").decode()
    for target in ("../../../../etc/hostname", "/etc/hostname", "file:///etc/hostname"):
        changed = relations.replace("worksheets/sheet1.xml", target)
        problem = refusal(rewritten(path, {"xl/_rels/workbook.xml.rels": changed}))
        assert problem.reason == "damaged"
    outer = relations.replace("<Relationship ", '<Relationship TargetMode="External" ')
    assert refusal(rewritten(path, {"xl/_rels/workbook.xml.rels": outer})).reason == "no_table"


def _sheets(path: Path, *names: str) -> Path:
    listed = "".join(f'<sheet name="{name}" sheetId="1" r:id="rId1"/>' for name in names)
    content = f'<workbook xmlns="{MAIN}" xmlns:r="{DOC}"><sheets>{listed}</sheets></workbook>'
    return rewritten(workbook(path, ONE), {"xl/workbook.xml": content})


def test_sheets_that_cannot_be_told_apart_or_never_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert cells(_sheets(path, "DS", "ds")) == [(1,), (1,)]
    problem = refusal(_sheets(path, "DS", "DS"))
    assert (problem.reason, problem.parameters["place"]) == ("damaged", "DS")
    assert refusal(_sheets(path, *map(str, range(1001)))).reason == "bomb"
    long = "DS\u202e" + "x" * 500
    problem = refusal(_sheets(path, long, long))
    assert "\u202e" not in str(problem.parameters["place"])
    assert len(str(problem.parameters["place"])) <= 100


def test_texts_that_are_too_long_or_too_many_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    inline = '<row r="3"><c r="B3" t="inlineStr"><is><t>{}</t></is></c></row>'
    assert cells(workbook(path, inline.format("x" * 1_000_000))) == [(None, "x" * 1_000_000)]
    problem = refusal(workbook(path, inline.format("x" * 1_100_000)))
    assert (problem.reason, problem.parameters["place"]) == ("long_text", "DS!B3")
    for shared in (
        f"<si><t>{'x' * 1_100_000}</t></si>",
        f"<si>{f'<r><t>{chr(120) * 1000}</t></r>' * 1100}</si>",
    ):
        problem = refusal(workbook(path, SHARED, shared=shared))
        assert (problem.reason, problem.parameters["place"]) == (
            *("long_text", "xl/sharedStrings.xml"),
        )
    monkeypatch.setattr("app.workbooks.shared_texts.MAX_TEXTS", 2)
    assert refusal(workbook(path, SHARED, shared="<si><t>x</t></si>" * 3)).reason == "bomb"


def test_a_cell_far_away_is_named_and_a_format_there_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    far = '<row r="1048576"><c r="XFD1048576" s="1">{}</c></row>'
    assert cells(workbook(path, ONE + far.format(""))) == [(1,)]
    problem = refusal(workbook(path, ONE + far.format("<v>1</v>")))
    assert (problem.reason, problem.parameters["place"]) == ("too_wide", "DS!XFD1048576")
    down = ONE + '<row r="1048576"><c r="A1048576"><v>2</v></c></row>'
    assert cells(workbook(path, down)) == [(1,), (2,)]


@pytest.mark.parametrize("said", ["A1", "A1:A1", "A1:XFD9999999", "B7:A2", "nonsense", "A1:B0"])
def test_a_wrong_dimension_record_changes_nothing(tmp_path: Path, said: str) -> None:
    path = workbook(tmp_path / "a.xlsx", ONE * 1, before=f'<dimension ref="{said}"/>')
    with open_workbook(path) as book:
        assert book.expected_rows("DS") >= 0
    assert cells(path) == [(1,)]


def test_cells_of_a_row_may_stand_in_any_order(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    assert cells(workbook(tmp_path / "a.xlsx", rows)) == [(1, 2, 3)]


def test_what_looks_like_a_formula_stays_the_text_it_is(tmp_path: Path) -> None:
    said = ["=1+1", "+84", "-5", "@SUM(A1)", "=cmd|'/c calc'!A1", '=HYPERLINK("http://x")', "\t=1"]
    row = "".join(f'<c t="inlineStr"><is><t xml:space="preserve">{x}</t></is></c>' for x in said)
    assert cells(workbook(tmp_path / "a.xlsx", f"<row>{row}</row>")) == [tuple(said)]
    # Of a formula only its stored result is read, and none is not blank.
    row = (
        '<c r="A1"><f>WEBSERVICE("http://x")</f></c><c r="B1" t="str"><f>1+1</f><v>hai</v></c>'
        '<c r="C1"><f>1+1</f><v>2</v></c>'
    )
    ((none, text, number),) = cells(workbook(tmp_path / "a.xlsx", f'<row r="1">{row}</row>'))
    assert isinstance(none, CellFault)
    assert (none, text, number) == ("=", "hai", 2)


def test_a_workbook_without_rows_or_with_blank_ones_has_none(tmp_path: Path) -> None:
    for rows in ("", '<row r="1"/>', '<row r="1"><c r="A1" s="1"/></row>' * 1):
        assert cells(workbook(tmp_path / "a.xlsx", rows)) == []


def test_signs_that_xml_cannot_hold_come_as_signs(tmp_path: Path) -> None:
    row = '<row><c t="inlineStr"><is><t>a_x0000_b_x001B_c_xD800_</t></is></c></row>'
    assert cells(workbook(tmp_path / "a.xlsx", row)) == [("a\0b\x1bc\ud800",)]


BLANKS = st.lists(
    st.one_of(
        st.just('<c r="{}" s="1"/>'),
        st.just('<c r="{}" s="1"></c>'),
        st.just('<c r="{}"><v>7</v></c>'),
        st.just('<c r="{}" t="inlineStr"><is><t>a/&gt;</t></is></c>'),
        st.just("<c/>"),
        st.just("<c><v>8</v></c>"),
        st.just(""),
    ),
    max_size=6,
)
ROWS = st.lists(st.tuples(BLANKS, st.booleans(), st.sampled_from(["", " ", "\n"])), max_size=40)


def _markup(rows: list[tuple[list[str], bool, str]]) -> str:
    made = ""
    for number, (content, numbered, gap) in enumerate(rows, 1):
        row = "".join(
            one.format("ABCDEF"[at] + str(number)) + gap for at, one in enumerate(content)
        )
        head = f'<row r="{number}" s="1">' if numbered else "<row>"
        made += f"{head}{row}</row>{gap}" if row else f"{head[:-1]}/>"
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rows=ROWS, size=st.integers(10, 400))
def test_leaving_out_what_only_formats_changes_no_row(
    tmp_path: Path, rows: list[tuple[list[str], bool, str]], size: int
) -> None:
    path = workbook(tmp_path / "a.xlsx", _markup(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.workbooks.markup._BLOCK", size)
        patch.setattr("app.workbooks.blank_cells._MANY", 0)
        with open_workbook(path) as book:
            sieved = list(book.rows("DS"))
        patch.setattr(BlankSieve, "__call__", lambda _self, block: block)
        with open_workbook(path) as book:
            assert sieved == list(book.rows("DS"))


def test_a_comment_that_looks_like_blank_rows_is_left_to_the_parser(tmp_path: Path) -> None:
    blank = '<row r="2"><c r="A2"/></row>' * 200
    text = f'<row r="9"><c r="A9" t="inlineStr"><is><t><![CDATA[{blank}]]></t></is></c></row>'
    assert cells(workbook(tmp_path / "a.xlsx", text)) == [(blank,)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_a_workbook_damaged_anywhere_is_read_or_refused_and_nothing_else(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ONE + '<row r="2"><c r="A2" t="s" s="1"><v>0</v></c></row>',
        styles='<fonts><font><name val=".VnTime"/></font></fonts><cellXfs><xf/><xf/></cellXfs>',
        shared="<si><r><rPr><rFont val='VNI-Times'/></rPr><t>Hoà</t></r></si>",
    )
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(
        raw[: data.draw(st.integers(30, len(raw)))] if data.draw(st.booleans()) else raw
    )
    with suppress(BadFile):
        cells(path)
