"""The printed handover record, measured from the PDF that a clerk would print."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pdfplumber
import pytest
import segno
from PySide6.QtGui import QFontDatabase, QImage, QRawFont
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from app.errors import KnownError
from app.i18n import error_text
from app.printing import pdf as pdf_module
from app.printing.figures import handover_painting, sample_facts
from app.printing.painter import page_image, pages_of, paint
from app.printing.pdf import pdf_bytes, write_pdf
from app.reports import official_style as style
from app.reports.document import Document, Paragraph, Run, Section
from app.reports.document_texts import document_texts
from app.reports.handover_facts import CrossCheckLine, Decided, FileCheck, HandoverFacts, Side
from app.reports.handover_record import handover_record
from app.reports.record_code import grouped_digest, read_payload, record_payload, short_code
from app.settings import resources_dir
from tests.ui.handover_examples import FILE, blank_facts, facts, several_units
from tests.ui.official_form import measure, pieces_of

TEXTS = document_texts("handover_record")
ONE_COPY = facts(copies=(Side.GIVER,))
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("qapp")


def printed(what: HandoverFacts, folder: Path) -> Path:
    path = folder / "record.pdf"
    write_pdf(handover_record(what, TEXTS), path)
    return path


def text_of(path: Path) -> str:
    """All text, every run of blanks and line ends as one space."""
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    )
    return " ".join(done.stdout.split())


def letters_of(path: Path) -> str:
    """All text as it was set, letter by letter; takes long."""
    with pdfplumber.open(path) as pdf:
        return " ".join(piece.text for page in pdf.pages for piece in pieces_of(page))


# --- the form -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [
        facts(),
        facts(40),
        blank_facts(),
        several_units(),
        facts(round_title=""),
        facts(counted_by=Side.RECEIVER, errors=None),
        facts(unanswered=300),
    ],
    ids=[
        "8",
        "40",
        "blank",
        "several units",
        "no round",
        "counted by the receiver",
        "some not asked",
    ],
)
def test_every_measure_of_the_official_form_holds(what: HandoverFacts, tmp_path: Path) -> None:
    findings = measure(printed(what, tmp_path))
    assert len(findings) > 150
    assert [finding for finding in findings if not finding.holds] == []


@pytest.mark.parametrize(
    ("change", "caught"),
    [
        ({"left": 28}, "left margin"),
        ({"right": 22}, "right margin"),
        ({"top": 27}, "top margin"),
        ({"bottom": 27}, "bottom margin"),
        ({"width": 216, "height": 279}, "paper"),
        ({"number": replace(style.PAGE_NUMBER, size=12)}, "page number"),
    ],
)
def test_the_measuring_notices_a_wrong_page(
    change: dict[str, object], caught: str, tmp_path: Path
) -> None:
    document = handover_record(ONE_COPY, TEXTS)
    wrong = replace(document, page=replace(document.page, **change))
    write_pdf(wrong, tmp_path / "wrong.pdf")
    broken = {f.what for f in measure(tmp_path / "wrong.pdf") if not f.holds}
    assert any(what.startswith(caught) for what in broken), broken


@pytest.mark.parametrize(
    ("name", "value", "caught"),
    [
        ("MOTTO_RULE", 0.5, "rule under «Độc lập - Tự do - Hạnh phúc»"),
        ("ISSUING_BODY_RULE", 0.9, "rule under «XÃ BÌNH THỬ»"),
        ("SUBJECT_RULE", 1.0, "rule under «Đợt rà soát"),
        ("STATE", replace(style.STATE, bold=False), "name of the state"),
        ("BODY", replace(style.BODY, size=12), "body size"),
        ("BODY", replace(style.BODY, before=2), "between paragraphs"),
        ("BODY", replace(style.BODY, line_spacing=1.8), "line spacing"),
        ("BODY", replace(style.BODY, align=style.Align.LEFT), "justified"),
        ("KIND", replace(style.KIND, caps=False), "kind"),
        ("RECIPIENTS_LABEL", replace(style.RECIPIENTS_LABEL, italic=False), "recipients"),
        ("ANNEX_NUMBER", replace(style.ANNEX_NUMBER, size=12), "annex number"),
    ],
)
def test_the_measuring_notices_a_wrong_style(
    name: str, value: object, caught: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(style, name, value)
    broken = {f.what for f in measure(printed(ONE_COPY, tmp_path)) if not f.holds}
    assert any(what.startswith(caught) for what in broken), broken


def test_the_number_is_left_to_be_filled_in_on_minutes_and_annexes(tmp_path: Path) -> None:
    text = text_of(printed(facts(), tmp_path))
    assert len(re.findall(r"Số: \.{10,}/BB-UBND", text)) == 2
    assert len(re.findall(r"Biên bản số \.{10,}/BB-UBND ngày 05 tháng 01 năm 2027", text)) == 4
    assert not re.search(r"số:? ?\d+/BB", text, re.IGNORECASE)


def test_two_copies_name_their_keeper_on_every_page(tmp_path: Path) -> None:
    with pdfplumber.open(printed(facts(), tmp_path)) as pdf:
        feet = [pieces_of(page)[-2:] for page in pdf.pages]
    assert len(feet) % 2 == 0
    half = len(feet) // 2
    assert {foot[0].text for foot in feet[:half]} == {"Bản 1: Bản lưu bên giao"}
    assert {foot[0].text for foot in feet[half:]} == {"Bản 2: Bản lưu bên nhận"}
    assert {foot[1].text for foot in feet} == {"Mã đối chiếu: " + short_code(FILE.sha256)}


def test_both_copies_are_alike_but_for_their_foot(tmp_path: Path) -> None:
    with pdfplumber.open(printed(facts(), tmp_path)) as pdf:
        said = [[piece.text for piece in pieces_of(page)][:-2] for page in pdf.pages]
    assert said[: len(said) // 2] == said[len(said) // 2 :]


# --- what it says ---------------------------------------------------------------------------


def test_sentences_come_out_of_the_file_in_composed_unicode(tmp_path: Path) -> None:
    text = letters_of(printed(facts(), tmp_path))
    for sentence in (
        "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ "
        "về công tác văn thư;",
        "Hôm nay, vào hồi 08 giờ 30 phút, ngày 05 tháng 01 năm 2027, tại trụ sở Ủy ban nhân dân",
        "Ông (bà): Nguyễn Thị Thử Chức vụ: Công chức Văn hóa - Xã hội",
        "- Sổ theo dõi trẻ em trong gia đình: 08 quyển.",
        "gồm 356 hộ gia đình và 756 trẻ em (trong đó có 378 trẻ em nữ).",
        "Hồ sơ chưa xong: 23 hồ sơ; lỗi chưa xử lý: 05 lỗi; cảnh báo chưa xử lý: 117 cảnh báo.",
        "Dung lượng: 1.234.567 byte (1,2 MB); gói dữ liệu số: 12",
        "Việc bàn giao kết thúc vào hồi 09 giờ 05 phút cùng ngày.",
        "bên giao giữ một bản, bên nhận giữ một bản./.",
    ):
        assert sentence in text, sentence
    assert text == unicodedata.normalize("NFC", text)
    assert "\t" not in text


def test_what_the_receiver_counts_otherwise_and_has_not_applied_is_signed_too(
    tmp_path: Path,
) -> None:
    text = text_of(printed(several_units(), tmp_path))
    for sentence in (
        "dữ liệu trẻ em của xã Bình Thử A và xã Bình Thử B, Đợt",
        "+ Xã Bình Thử A: 129 hộ gia đình và 279 trẻ em (trong đó có 09 trẻ em nữ).",
        "Nội dung tệp: 917 thay đổi (kể cả thay đổi bên nhận có thể đã có) ở 261 hộ, 561 trẻ em",
        "- Bên nhận tự kiểm tra và tính được 261 hộ gia đình, 560 trẻ em",
        "- Khi nhận tệp có 02 thay đổi phải chờ và 01 thay đổi không được nhận,",
    ):
        assert sentence in text, text


def test_days_apart_claim_no_common_day_where_the_receiver_took_another_round(
    tmp_path: Path,
) -> None:
    days = (date(2027, 1, 5), date(2027, 1, 20))
    one = facts(days_apart=days, counted_on=days[0], copies=(Side.GIVER,))
    assert "hai bên cùng tính số liệu" in text_of(printed(one, tmp_path))
    other = replace(one, receiver_round="Quý I/2027")
    assert "hai bên cùng tính số liệu" not in text_of(printed(other, tmp_path))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (Decided(True, date(2027, 1, 6)), "đã kiểm tra và chấp nhận ngày 06 tháng 01 năm 2027."),
        (
            Decided(False, date(2027, 1, 6), "Thiếu sổ"),
            "đã trả lại ngày 06 tháng 01 năm 2027, lý do: Thiếu sổ.",
        ),
    ],
    ids=["accepted", "returned"],
)
def test_what_the_receiver_decided_stands_on_the_paper(
    said: Decided, sentence: str, tmp_path: Path
) -> None:
    assert sentence in text_of(printed(facts(verdict=said), tmp_path))
    assert "đã trả lại" not in text_of(printed(facts(), tmp_path))


def test_every_vietnamese_letter_survives_in_every_cut(tmp_path: Path) -> None:
    marks = ["", *(chr(mark) for mark in (0x300, 0x309, 0x303, 0x301, 0x323))]
    letters = "".join(
        unicodedata.normalize("NFC", base + mark) for base in "aăâeêioôơuưy" for mark in marks
    )
    letters += "bcdđghklmnpqrstvx" + "0123456789.,;:-/()[]*%«»“”’"
    words = " ".join(letters + letters.upper())
    blocks = tuple(
        Paragraph((Run(words, bold=bold, italic=italic),), style.BODY)
        for bold in (False, True)
        for italic in (False, True)
    )
    write_pdf(Document("t", style.A4_PORTRAIT, (Section(blocks),)), tmp_path / "letters.pdf")
    assert letters_of(tmp_path / "letters.pdf") == " ".join([words] * 4)


def test_shipped_fonts_have_every_vietnamese_letter() -> None:
    letters = {
        unicodedata.normalize("NFC", base + chr(mark))
        for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for mark in (0x300, 0x309, 0x303, 0x301, 0x323)
    } | set("ăâđêôơưĂÂĐÊÔƠƯ□½×°")
    files = sorted((resources_dir() / "fonts").glob("*.ttf"))
    assert len(files) == 7
    for path in files:
        font = QRawFont(str(path), 12)
        assert font.isValid()
        missing = {letter for letter in letters if not font.supportsCharacter(ord(letter))}
        allowed = {"□"} if path.name.startswith("NotoSans") else set()
        assert missing <= allowed, (path.name, missing)


def test_the_digest_is_printed_in_groups_of_four_and_with_its_short_code(tmp_path: Path) -> None:
    with pdfplumber.open(printed(facts(), tmp_path)) as pdf:
        page = next(page for page in pdf.pages if "SHA-256" in page.extract_text())
        pieces = pieces_of(page, widest_gap=3.0)
    groups = [piece for piece in pieces if re.fullmatch("[0-9a-f]{4}", piece.text)]
    rows = grouped_digest(FILE.sha256)
    assert tuple(piece.text for piece in groups) == rows[0] + rows[1]
    assert [piece.x0 for piece in groups[:8]] == pytest.approx([p.x0 for p in groups[8:]], abs=0.1)
    text = " ".join(piece.text for piece in pieces)
    assert short_code(FILE.sha256) in text
    assert short_code(FILE.signer_certificate_sha256, 25) in text


def test_sensitive_groups_and_small_counts_are_not_on_the_paper(tmp_path: Path) -> None:
    text = text_of(printed(facts(), tmp_path))
    for hidden in ("C05", "HIV", "K01", "bắt cóc"):
        assert hidden not in text
    assert "C08 Trẻ em phải bỏ học kiếm sống *" in text
    assert "C Trẻ em có hoàn cảnh đặc biệt *" in text
    assert "R Trẻ em có nguy cơ rơi vào hoàn cảnh đặc biệt 41" in text
    province = text_of(printed(facts(whole_province=True), tmp_path))
    assert "C08 Trẻ em phải bỏ học kiếm sống 3" in province
    assert "C Trẻ em có hoàn cảnh đặc biệt 44" in province
    assert "K01" not in province


def test_lists_held_against_the_register_stand_on_the_record_without_small_counts(
    tmp_path: Path,
) -> None:
    lists = (
        CrossCheckLine("poverty", 2026, date(2026, 11, 3), 60, 40, 8, 6, 6, 0, 0, 12),
        CrossCheckLine("allowance", 2026, date(2026, 11, 4), 30, 20, 0, 7, 3, 0, 0, 0),
    )
    text = text_of(printed(facts(crosschecks=lists), tmp_path))
    assert (
        "- Đối chiếu danh sách hộ nghèo, hộ cận nghèo năm 2026 (ngày 03/11/2026): 60 trẻ em trong "
        "danh sách; 48 có trong sổ, trong đó 08 ghi khác nhau; 06 chưa rõ; 06 chỉ có trong danh "
        "sách; 0 đã xác minh; 12 chỉ có trong sổ."
    ) in text
    hidden = TEXTS["withheld"]
    assert f"(ngày 04/11/2026): {hidden} trẻ em trong danh sách; {hidden} có trong sổ" in text
    assert f"07 chưa rõ; {hidden} chỉ có trong danh sách" in text


def test_who_was_not_asked_is_told_under_the_groups_or_instead_of_them(tmp_path: Path) -> None:
    some = text_of(printed(facts(unanswered=300), tmp_path))
    assert (
        "Trong số 756 trẻ em có 300 trẻ em chưa được hỏi hoặc chưa ghi rõ hoàn cảnh, "
        "vì vậy số trẻ em của các nhóm có thể còn thiếu." in some
    )
    nobody = text_of(printed(facts(groups=(), unanswered=756), tmp_path))
    assert "Phụ lục II" not in nobody
    assert "vì cả 756 trẻ em đều chưa được hỏi hoặc chưa ghi rõ hoàn cảnh." in nobody
    assert "chưa được hỏi" not in text_of(printed(facts(), tmp_path))


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (FileCheck.NOT_YET, "□ Đúng, nguyên vẹn"),
        (FileCheck.VERIFIED, "Đúng, nguyên vẹn: khi nhận, phần mềm đã kiểm tra chữ ký số"),
        (FileCheck.MATCHES, "mã băm trùng khớp, nội dung nguyên vẹn."),
        (FileCheck.DIFFERS, "không trùng với mã băm bên giao đã ghi"),
    ],
)
def test_the_record_says_what_the_receiver_found(
    check: FileCheck, said: str, tmp_path: Path
) -> None:
    assert said in text_of(printed(facts(check=check), tmp_path)).replace("\xa0", " ")


def test_the_receiver_may_issue_the_record(tmp_path: Path) -> None:
    text = text_of(printed(facts(issuer=Side.RECEIVER), tmp_path))
    assert "/BB-PLĐTBXH" in text
    assert "Sơn Mẫu, ngày 05 tháng 01 năm 2027" in text
    assert "/BB-UBND" not in text


def test_two_pcs_of_one_unit_hand_nothing_over_to_each_other(tmp_path: Path) -> None:
    """The same office on both sides would read as a mistake of the writer."""
    words = text_of(printed(facts(receiver=facts().giver, copies=(Side.GIVER,)), tmp_path))
    assert TEXTS["subject.beside"] in words
    assert TEXTS["subject"] not in words
    for side in ("(máy giao)", "(máy nhận)"):
        assert words.count(side) == 1
    assert "(máy" not in text_of(printed(ONE_COPY, tmp_path))


def test_villages_that_hold_more_than_the_record_are_refused() -> None:
    with pytest.raises(ValueError, match="hold more"):
        handover_record(facts(households=1), TEXTS)


def test_what_stands_under_no_village_has_a_line_of_its_own(tmp_path: Path) -> None:
    text = text_of(printed(facts(households=359, children=761), tmp_path))
    assert "9 Chưa ghi thôn, tổ dân phố 0 3 5" in text
    assert "Tổng cộng 8 359 761" in text


# --- the code -------------------------------------------------------------------------------


def _raster(path: Path, page: int, dots_per_inch: int) -> QImage:
    folder = path.parent / "raster"
    folder.mkdir(exist_ok=True)
    subprocess.run(
        ["pdftoppm", "-r", str(dots_per_inch), "-f", str(page), "-l", str(page), "-png",
         "-singlefile", str(path), str(folder / "page")],
        check=True,
    )  # fmt: skip
    return QImage(str(folder / "page.png"))


def test_the_qr_code_on_the_page_is_that_of_the_file(tmp_path: Path) -> None:
    what = facts()
    path = printed(what, tmp_path)
    with pdfplumber.open(path) as pdf:
        number, page = next((n, p) for n, p in enumerate(pdf.pages, start=1) if p.rects)
        left = min(rect["x0"] for rect in page.rects)
        right = max(rect["x1"] for rect in page.rects)
        top = min(rect["top"] for rect in page.rects)
        letters = [(c["x0"], c["x1"], c["top"], c["bottom"]) for c in page.chars]
    payload = f"TEVN1:{FILE.sha256.upper()}:12:{what.households}:{what.children}"
    assert read_payload(payload).digest == FILE.sha256
    modules = segno.make(payload, error="m", micro=False, boost_error=False).matrix
    module = (right - left) / len(modules)
    assert module * 25.4 / 72 > 0.6
    image = _raster(path, number, 300)
    scale = 300 / 72
    seen = [
        [
            QImage.pixelColor(
                image,
                round((left + (column + 0.5) * module) * scale),
                round((top + (row + 0.5) * module) * scale),
            ).lightness()
            < 128
            for column in range(len(modules))
        ]
        for row in range(len(modules))
    ]
    assert seen == [[bool(dark) for dark in row] for row in modules]
    quiet = 4 * module - 0.1
    side = (left - quiet, right + quiet, top - quiet, top + (right - left) + quiet)
    inside = [
        (x0, x1, y0, y1)
        for x0, x1, y0, y1 in letters
        if x1 > side[0] and x0 < side[1] and y1 > side[2] and y0 < side[3]
    ]
    assert inside == []


def test_the_code_changes_with_each_number_it_carries() -> None:
    base = read_payload(f"TEVN1:{'A' * 64}:1:2:3")
    others = {
        record_payload(base._replace(**{name: 9})) for name in ("number", "households", "children")
    }
    assert len(others | {record_payload(base)}) == 4


# --- long annexes and page ends -------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 40, 500])
def test_an_annex_repeats_its_head_numbers_its_pages_and_loses_no_row(
    rows: int, tmp_path: Path
) -> None:
    path = printed(facts(rows, groups=(), copies=(Side.GIVER,)), tmp_path)
    with pdfplumber.open(path) as pdf:
        pages = [pieces_of(page) for page in pdf.pages]
    start = next(n for n, page in enumerate(pages) if page[0].text == "Phụ lục I")
    orders: list[int] = []
    for number, page in enumerate(pages[start:], start=1):
        texts = [piece.text for piece in page]
        if number > 1:
            assert texts[0] == str(number)
        assert texts.count("STT") == 1
        body = texts[texts.index("Ghi chú") + 1 :]
        villages = [text for text in body if text.startswith("Thôn Phước Thử")]
        assert villages
        orders += [int(text.rsplit(" ", 1)[1]) for text in villages]
        assert ("Tổng cộng" in texts) == (number == len(pages) - start)
    assert orders == list(range(1, rows + 1))
    assert len(pages) - start == {1: 1, 40: 2, 500: 15}[rows]


def test_signatures_stay_with_the_closing_sentence_wherever_the_page_ends() -> None:
    seen = set()
    for words in range(0, 260, 4):
        plan = "Căn cứ " + " ".join(["Kế hoạch"] * words)
        what = facts(plan=plan, groups=(), villages=(), copies=(Side.GIVER,))
        pages = pages_of(handover_record(what, TEXTS)).pages
        texts = [" ".join(item.text for item in page.texts) for page in pages]
        signed = next(n for n, text in enumerate(texts) if "ĐẠI DIỆN BÊN GIAO" in text)
        assert "ĐẠI DIỆN BÊN NHẬN" in texts[signed]
        assert "Biên bản này được lập thành" in texts[signed]
        seen.add(signed)
    assert len(seen) > 1


# --- one painter ----------------------------------------------------------------------------


def _ink(image: QImage) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is not white."""
    dark = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y).lightness() < 140
    ]
    xs, ys = [x for x, _ in dark], [y for _, y in dark]
    return min(xs), min(ys), max(xs), max(ys)


def test_the_preview_shows_what_the_file_holds(tmp_path: Path) -> None:
    document = handover_record(facts(), TEXTS)
    write_pdf(document, tmp_path / "record.pdf")
    shown = page_image(pages_of(document), 0, 72)
    filed = _raster(tmp_path / "record.pdf", 1, 72)
    assert abs(shown.width() - filed.width()) <= 1
    assert _ink(shown) == pytest.approx(_ink(filed), abs=2)


def test_a_printer_gets_the_same_places_as_the_file(tmp_path: Path) -> None:
    document = handover_record(facts(), TEXTS)
    write_pdf(document, tmp_path / "file.pdf")
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printer.pdf"))
    printer.setResolution(600)
    printer.setFullPage(True)
    paint(pages_of(document), printer)
    del printer
    with (
        pdfplumber.open(tmp_path / "file.pdf") as one,
        pdfplumber.open(tmp_path / "printer.pdf") as two,
    ):
        assert len(one.pages) == len(two.pages)
        for page, other in zip(one.pages, two.pages, strict=True):
            ours, theirs = pieces_of(page), pieces_of(other)
            assert [p.text.split() for p in ours] == [p.text.split() for p in theirs]
            assert [p.x0 for p in ours] == pytest.approx([p.x0 for p in theirs], abs=0.3)
            assert [p.bottom for p in ours] == pytest.approx([p.bottom for p in theirs], abs=0.3)


# --- the file -------------------------------------------------------------------------------


def test_the_same_record_gives_the_same_bytes_and_another_one_another_id() -> None:
    one = pdf_bytes(handover_record(facts(), TEXTS))
    assert pdf_bytes(handover_record(facts(), TEXTS)) == one
    other = pdf_bytes(handover_record(facts(girls=1), TEXTS))
    ids = [re.search(rb"/ID \[ <([0-9a-f]+)>", data) for data in (one, other)]
    assert ids[0] is not None
    assert ids[1] is not None
    assert ids[0][1] != ids[1][1]


def test_the_metadata_name_no_person_no_unit_and_no_time(tmp_path: Path) -> None:
    path = printed(facts(), tmp_path)
    with pdfplumber.open(path) as pdf:
        metadata = pdf.metadata
    assert metadata.pop("Title") == "Biên bản bàn giao"
    assert metadata.pop("Producer").startswith("Qt ")
    assert {key: value for key, value in metadata.items() if value not in ("", "False")} == {}
    raw = path.read_bytes()
    for name in ("Nguyễn Thị Thử", "Trần Quốc Mẫu", "Bình Thử"):
        for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
            assert name.encode(encoding) not in raw


def test_fonts_are_embedded(tmp_path: Path) -> None:
    path = printed(facts(), tmp_path)
    done = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True)
    rows = done.stdout.splitlines()[2:]
    assert len(rows) == 4
    assert all(re.search(r"Identity-H\s+yes (yes|no)\s+yes", row) for row in rows), rows


@pytest.mark.parametrize(
    ("number", "message_id"),
    [(errno.ENOSPC, "printing.disk_full"), (errno.EIO, "printing.cannot_write")],
)
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    number: int, message_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "record.pdf"
    path.write_bytes(b"the old record")

    def fail(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(pdf_module.os, "fsync", fail)
    with pytest.raises(KnownError) as caught:
        write_pdf(handover_record(facts(), TEXTS), path)
    assert caught.value.message_id == message_id
    assert "record.pdf" in error_text(caught.value)
    assert path.read_bytes() == b"the old record"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_told_calmly(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"printing\.cannot_write"):
        write_pdf(handover_record(facts(), TEXTS), tmp_path / "gone" / "record.pdf")


def test_nothing_but_a_pdf_is_written_over(tmp_path: Path) -> None:
    bundle = tmp_path / "21064-2024-524-000001-891d.tebundle"
    bundle.write_bytes(b"the only copy")
    with pytest.raises(KnownError, match=r"printing\.no_pdf"):
        write_pdf(handover_record(facts(), TEXTS), bundle)
    assert bundle.read_bytes() == b"the only copy"
    write_pdf(handover_record(facts(), TEXTS), tmp_path / "BIEN-BAN.PDF")


def test_a_command_without_screen_or_application_prints(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from app.printing.figures import sample_facts
from app.printing.pdf import write_pdf
from app.reports.document_texts import document_texts
from app.reports.handover_record import handover_record
document = handover_record(sample_facts(3), document_texts("handover_record"))
write_pdf(document, Path(sys.argv[1]))
"""
    hidden = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(tmp_path / "record.pdf")],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key not in hidden},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "record.pdf").read_bytes().startswith(b"%PDF-1.4")


def test_documents_are_set_in_the_shipped_font(qapp: QApplication) -> None:
    pages_of(handover_record(sample_facts(1), TEXTS))
    assert QFontDatabase.hasFamily("Liberation Serif")


def test_a_500_row_record_costs_at_most_three_times_its_bare_lines(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    figure = handover_painting(tmp_path, rows=500, rounds=3)
    record_property("handover painting", f"{figure.record:.3f} s, {figure.ratio:.2f} of bare")
    assert figure.lines > 2500
    assert figure.ratio <= 3.0
