"""Lines break between words, pages never part what belongs together; no Qt is needed to know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.printing.layout import Page, lay_out
from app.printing.typesetting import POINTS_PER_MM, FontSpec, break_paragraph
from app.reports import official_style as style
from app.reports.document import (
    Align,
    Block,
    Column,
    Columns,
    Document,
    PageBreak,
    Paragraph,
    Run,
    Section,
    Signatures,
    Table,
    TableColumn,
)

WORDS = st.lists(
    st.text(alphabet="aăâbcdđeêghươyệũỡ", min_size=1, max_size=7), min_size=1, max_size=60
)


class EvenType:
    """A typewriter: every character is half its size wide."""

    def advance(self, font: FontSpec, text: str) -> float:
        return len(text) * font.size / 2

    def ascent(self, font: FontSpec) -> float:
        return font.size * 0.9

    def descent(self, font: FontSpec) -> float:
        return font.size * 0.2


MEASURE = EvenType()


def pages_of(*blocks: Block) -> tuple[Page, ...]:
    document = Document("a document", style.A4_PORTRAIT, (Section(blocks),))
    return lay_out(document, MEASURE).pages


def words_on(page: Page) -> list[str]:
    return " ".join(item.text for item in page.texts).split()


def body(words: int, name: str = "w") -> Paragraph:
    return Paragraph((Run(" ".join(f"{name}{n}" for n in range(words))),), style.BODY)


@given(WORDS, st.floats(120, 500))
def test_justified_lines_keep_every_word_whole_and_in_order(words: list[str], width: float) -> None:
    paragraph = Paragraph((Run(" ".join(words)),), style.BODY)
    lines = break_paragraph(paragraph, width, MEASURE)
    said = " ".join("".join(part.text for part in line.segments) for line in lines)
    assert said.split() == words


@given(WORDS, st.floats(150, 500))
def test_all_justified_lines_but_the_last_end_at_the_right_edge(
    words: list[str], width: float
) -> None:
    paragraph = Paragraph((Run(" ".join(words)),), style.BODY)
    lines = break_paragraph(paragraph, width, MEASURE)
    for index, line in enumerate(lines):
        start = style.BODY.first_indent * POINTS_PER_MM if index == 0 else 0.0
        assert line.x == pytest.approx(start)
        right = line.x + line.width
        spaces = sum(part.text.count(" ") for part in line.segments)
        if index < len(lines) - 1 and spaces:
            assert right == pytest.approx(width)
        else:
            assert right <= width + 1e-6


def test_a_word_may_change_its_font_in_the_middle() -> None:
    runs = (Run("đậm", bold=True), Run("nhạt, "), Run("nghiêng", italic=True))
    (line,) = break_paragraph(Paragraph(runs, style.BODY), 400, MEASURE)
    assert [part.text for part in line.segments] == ["đậm", "nhạt, ", "nghiêng"]
    assert [part.font.bold for part in line.segments] == [True, False, False]
    ends = [part.x + MEASURE.advance(part.font, part.text) for part in line.segments]
    assert [part.x for part in line.segments][1:] == pytest.approx(ends[:-1])


def test_a_token_wider_than_the_line_is_cut_and_nothing_is_lost() -> None:
    name = "x" * 300
    lines = break_paragraph(Paragraph((Run("Tên tệp: " + name),), style.PANEL), 300, MEASURE)
    said = "".join(part.text for line in lines for part in line.segments)
    assert said.replace(" ", "").endswith(name)
    assert all(line.x + line.width <= 300 for line in lines)


def test_the_name_of_an_agency_breaks_evenly() -> None:
    paragraph = Paragraph((Run("Ủy ban nhân dân xã Bình Chương"),), style.ISSUING_BODY)
    lines = break_paragraph(paragraph, 150, MEASURE)
    assert [line.segments[0].text for line in lines] == ["ỦY BAN NHÂN DÂN", "XÃ BÌNH CHƯƠNG"]


def test_dots_complete_a_line_and_take_a_new_one_when_no_room_is_left() -> None:
    short = Paragraph((Run("Chức vụ:"),), style.PANEL, fill=True)
    (line,) = break_paragraph(short, 300, MEASURE)
    assert line.segments[-1].text.strip(".") == ""
    assert 290 < line.x + line.width <= 300
    long = Paragraph((Run("x" * 48),), style.PANEL, fill=True)
    lines = break_paragraph(long, 300, MEASURE)
    assert len(lines) == 2
    assert lines[1].segments[0].text.count(".") == 50


@given(st.integers(0, 400), st.integers(2, 40))
def test_no_page_begins_or_ends_with_a_lone_line_of_a_paragraph(before: int, words: int) -> None:
    pages = pages_of(*(body(1) for _ in range(before % 60)), body(words * 12, "p"))
    paragraph = [
        [item for item in page.texts if item.text.lstrip().startswith("p")] for page in pages
    ]
    rows = [len({item.y for item in items}) for items in paragraph if items]
    if sum(rows) > 1:
        assert 1 not in rows


@given(st.integers(0, 80), st.integers(0, 120))
def test_signatures_are_never_alone_on_a_page(lines: int, words: int) -> None:
    sign = Signatures((Column(0.5, (body(1, "giao"),)), Column(0.5, (body(1, "nhận"),))))
    pages = pages_of(*(body(1, "x") for _ in range(lines)), body(words + 1, "cuối"), sign)
    page = next(page for page in pages if "giao0" in words_on(page))
    assert "nhận0" in words_on(page)
    assert f"cuối{words}" in words_on(page)


@given(st.integers(1, 130), st.integers(0, 55))
def test_a_table_repeats_its_head_and_its_total_has_a_row_above(rows: int, above: int) -> None:
    columns = (TableColumn("STT", 0.5), TableColumn("Thôn", 0.5, Align.RIGHT))
    table = Table(
        columns,
        tuple((f"số{n}", f"dòng{n}") for n in range(rows)),
        style.TABLE_HEAD,
        style.TABLE_CELL,
        total=("", "tổng"),
    )
    pages = [words_on(page) for page in pages_of(*(body(1, "x") for _ in range(above)), table)]
    said = [word for words in pages for word in words if word.startswith("dòng")]
    assert said == [f"dòng{n}" for n in range(rows)]
    for number, words in enumerate(pages, start=1):
        held = [word for word in words if word.startswith(("số", "dòng", "tổng"))]
        assert ("STT" in words) == bool(held)
        if held:
            assert words.index("STT") < words.index(held[0])
        if "tổng" in words:
            assert f"dòng{rows - 1}" in words
        assert (str(number) in words) == (number > 1)


def test_page_numbers_begin_anew_with_every_section() -> None:
    sections = (Section((body(1), PageBreak(), body(1))), Section((body(1), PageBreak(), body(1))))
    pages = lay_out(Document("a document", style.A4_PORTRAIT, sections), MEASURE).pages
    assert [words_on(page) for page in pages] == [["w0"], ["w0", "2"]] * 2


def test_a_row_higher_than_a_page_is_refused() -> None:
    table = Table(
        (TableColumn("STT", 1.0),), (("dài " * 5000,),), style.TABLE_HEAD, style.TABLE_CELL
    )
    with pytest.raises(ValueError, match="higher than a page"):
        pages_of(table)


def test_a_row_with_too_few_cells_is_refused() -> None:
    columns = (TableColumn("STT", 0.5), TableColumn("Thôn", 0.5))
    with pytest.raises(ValueError, match="as many cells"):
        pages_of(Table(columns, (("1",),), style.TABLE_HEAD, style.TABLE_CELL))


def test_columns_begin_at_the_same_height() -> None:
    left = Column(0.5, (body(1, "trái"),))
    right = Column(0.5, (Paragraph((Run("phải"),), style.FIELD_RIGHT),))
    (page,) = pages_of(body(1), Columns((left, right)))
    places = {item.text: item.y for item in page.texts}
    assert places["trái0"] == places["phải"]


def test_a_narrower_page_moves_the_text_with_its_margin() -> None:
    paper = replace(style.A4_PORTRAIT, left=35)
    page = lay_out(Document("d", paper, (Section((body(1),)),)), MEASURE).pages[0]
    indent = style.BODY.first_indent * POINTS_PER_MM
    assert page.texts[0].x == pytest.approx(35 * POINTS_PER_MM + indent)
