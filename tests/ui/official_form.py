"""Measures a PDF against the form of official documents (Decree 30/2020/NĐ-CP, annex I).

Nothing of the program is imported: only what stands on the page counts. As a script it prints
every finding: `python tests/ui/official_form.py FILE.pdf`, and exits with 1 if one does not hold.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
from pdfplumber.page import Page

MM = 72 / 25.4
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
SINGLE = 1.149  # height of a single line of Times New Roman, in sizes


@dataclass(frozen=True)
class Finding:
    """One measured thing: what, on which page, what was found, what the form asks."""

    what: str
    page: int
    found: str
    asked: str
    holds: bool


@dataclass(frozen=True)
class Piece:
    """Text on one baseline without a wide gap. Lengths in points from the top left corner."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    italic: bool

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def pieces_of(page: Page, widest_gap: float = 12.0) -> list[Piece]:
    """The text of a page from top to bottom, from left to right."""
    rows: dict[int, list[dict]] = {}
    for char in page.chars:
        rows.setdefault(round(char["matrix"][5] * 2), []).append(char)
    pieces = []
    for row in rows.values():
        row.sort(key=lambda char: char["x0"])
        start = 0
        for index in range(1, len(row) + 1):
            if index == len(row) or row[index]["x0"] - row[index - 1]["x1"] > widest_gap:
                pieces += _piece(row[start:index])
                start = index
    return sorted(pieces, key=lambda piece: (round(piece.top), piece.x0))


def _piece(chars: list[dict]) -> Iterator[Piece]:
    while chars and not chars[-1]["text"].strip():
        chars = chars[:-1]
    if chars:
        fonts = {char["fontname"] for char in chars if char["text"].strip()}
        yield Piece(
            "".join(char["text"] for char in chars),
            chars[0]["x0"],
            chars[-1]["x1"],
            min(char["top"] for char in chars),
            max(char["bottom"] for char in chars),
            round(max(char["size"] for char in chars), 2),
            all("Bold" in font for font in fonts),
            all("Italic" in font for font in fonts),
        )


class Measurer:
    """Collects findings about one file."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def check(self, what: str, page: int, found: object, asked: str, holds: bool) -> None:
        shown = f"{found:.2f}" if isinstance(found, float) else str(found)
        self.findings.append(Finding(what, page, shown, asked, holds))

    def between(self, what: str, page: int, found: float, low: float, high: float) -> None:
        self.check(what, page, found, f"{low:g}-{high:g}", low - 0.02 <= found <= high + 0.02)

    def type_of(
        self, what: str, page: int, piece: Piece | None, low: float, high: float, cut: str
    ) -> bool:
        """Size and cut of a piece that must be there. `cut`: upright, bold, italic, bold italic."""
        if piece is None:
            self.check(what, page, "missing", "present", False)
            return False
        names = {(False, False): "upright", (True, False): "bold", (False, True): "italic"}
        found = names.get((piece.bold, piece.italic), "bold italic")
        self.between(f"{what}: size", page, piece.size, low, high)
        self.check(f"{what}: cut", page, found, cut, found == cut)
        return True


def rule_below(page: Page, piece: Piece) -> dict | None:
    """The drawn horizontal line within 8 pt under a piece of text."""
    for line in page.lines:
        level = abs(line["top"] - line["bottom"]) < 0.1
        near = 0 <= line["top"] - piece.bottom + 2 <= 8
        if level and near and line["x0"] < piece.middle < line["x1"]:
            return line
    return None


def measure(path: Path) -> list[Finding]:
    """All findings of a file whose sections each begin with page 1."""
    measurer = Measurer()
    with pdfplumber.open(path) as pdf:
        starts = [index for index, page in enumerate(pdf.pages) if _is_first(pieces_of(page))]
        for index, page in enumerate(pdf.pages):
            first = max(start for start in starts if start <= index)
            _paper(measurer, page, index + 1)
            _number(measurer, page, index - first + 1, index + 1)
            if index == first:
                pieces = pieces_of(page)
                kind = _annex if _annex_number(pieces) else _head
                kind(measurer, page, pieces, index + 1)
                if kind is _head:
                    end = next((start for start in starts if start > index), len(pdf.pages))
                    _minutes(measurer, pdf.pages[index:end], index + 1)
    return measurer.findings


def _is_first(pieces: list[Piece]) -> bool:
    return any(piece.text == STATE for piece in pieces) or _annex_number(pieces) is not None


def _annex_number(pieces: list[Piece]) -> Piece | None:
    return next((p for p in pieces if re.fullmatch(r"Phụ lục [IVX]+", p.text)), None)


def _body_chars(page: Page) -> list[dict]:
    """All ink but that of the top margin."""
    return [char for char in page.chars if char["text"].strip() and char["bottom"] > 20 * MM]


def _paper(m: Measurer, page: Page, number: int) -> None:
    m.between("paper width, mm", number, page.width / MM, 209.7, 210.3)
    m.between("paper height, mm", number, page.height / MM, 296.7, 297.3)
    chars = _body_chars(page)
    edges = page.lines
    left = min([c["x0"] for c in chars] + [line["x0"] for line in edges])
    right = max([c["x1"] for c in chars] + [line["x1"] for line in edges])
    m.between("left margin, mm", number, left / MM, 30, 35)
    m.between("right margin, mm", number, (page.width - right) / MM, 15, 20)
    m.between("top margin, mm", number, min(c["top"] for c in chars) / MM, 20, 25)
    bottom = page.height - max(c["bottom"] for c in chars)
    m.between("bottom margin, mm", number, bottom / MM, 20, 25)
    fonts = {re.sub(r"^\w+\+|-.*$", "", char["fontname"]) for char in page.chars}
    m.check("family", number, fonts, "Times", fonts <= {"LiberationSerif", "TimesNewRoman"})
    inks = {tuple(char["non_stroking_color"] or (0,)) for char in page.chars}
    m.check("ink", number, inks, "black", all(set(ink) == {0} for ink in inks))


def _number(m: Measurer, page: Page, expected: int, number: int) -> None:
    above = [piece for piece in pieces_of(page) if piece.bottom <= 20 * MM]
    if expected == 1:
        m.check("no number on page 1", number, [p.text for p in above], "none", not above)
        return
    texts = [piece.text for piece in above]
    m.check("page number", number, texts, str(expected), texts == [str(expected)])
    if m.type_of("page number", number, above[0] if above else None, 13, 14, "upright"):
        chars = _body_chars(page)
        text_area = (min(c["x0"] for c in chars) + max(c["x1"] for c in chars)) / 2
        off = abs(above[0].middle - text_area) / MM
        m.between("page number: off centre, mm", number, off, 0, 1.5)


def _find(pieces: list[Piece], pattern: str) -> Piece | None:
    return next((piece for piece in pieces if re.fullmatch(pattern, piece.text)), None)


def _rule(m: Measurer, page: Page, number: int, piece: Piece, low: float, high: float) -> None:
    line = rule_below(page, piece)
    if line is None:
        m.check(f"rule under «{piece.text}»", number, "missing", "drawn", False)
        return
    m.between(
        f"rule under «{piece.text}»: share",
        number,
        (line["x1"] - line["x0"]) / piece.width,
        low,
        high,
    )
    off = abs((line["x0"] + line["x1"]) / 2 - piece.middle)
    m.between(f"rule under «{piece.text}»: off centre, pt", number, off, 0, 0.5)


def _head(m: Measurer, page: Page, pieces: list[Piece], number: int) -> None:
    state, motto = _find(pieces, STATE), _find(pieces, MOTTO)
    if m.type_of("name of the state", number, state, 12, 13, "bold"):
        m.between("name of the state: middle, mm", number, state.middle / MM, 115, 195)
    if m.type_of("motto", number, motto, 13, 14, "bold"):
        _rule(m, page, number, motto, 0.99, 1.01)
        m.between("motto: off the state's centre", number, abs(motto.middle - state.middle), 0, 0.5)
    left = [p for p in pieces if p.x1 < state.x0 and p.bottom < 60 * MM]
    names = [p for p in left if not p.text.startswith("Số:") and p.size < 13]
    m.check(
        "agencies in capitals",
        number,
        [p.text for p in names],
        "capitals",
        bool(names) and all(p.text == p.text.upper() for p in names),
    )
    bold = [p for p in names if p.bold]
    m.type_of("issuing body", number, bold[-1] if bold else None, 12, 13, "bold")
    for piece in names:
        if not piece.bold:
            m.type_of("governing body", number, piece, 12, 13, "upright")
    if bold:
        _rule(m, page, number, bold[-1], 1 / 3, 1 / 2)
    blank = _find(pieces, r"Số: \.{6,}/BB-[A-ZĐ]+")
    m.type_of("number, left blank", number, blank, 13, 13, "upright")
    dated = _find(pieces, r".+, ngày (\d\d|\.+) tháng (0[12]|[3-9]|1[0-2]|\.+) năm (\d{4}|\.+)")
    if m.type_of("place and date", number, dated, 13, 14, "italic") and blank:
        level = abs(dated.bottom - blank.bottom)
        m.between("number and date: same line, pt off", number, level, 0, 0.5)
    _title(m, page, pieces, number)
    _mark(m, page, pieces, number)


def _title(m: Measurer, page: Page, pieces: list[Piece], number: int) -> None:
    kind = _find(pieces, "BIÊN BẢN")
    if not m.type_of("kind", number, kind, 13, 14, "bold"):
        return
    after = [p for p in pieces if p.top > kind.top and p.bold and abs(p.middle - kind.middle) < 1]
    subject = [p for p in after if p.bottom < kind.bottom + 60]
    m.check("summary", number, len(subject), "present", bool(subject))
    for piece in subject:
        m.type_of("summary", number, piece, 13, 14, "bold")
    if subject:
        _rule(m, page, number, subject[-1], 1 / 3, 1 / 2)


def _mark(m: Measurer, page: Page, pieces: list[Piece], number: int) -> None:
    mark = _find(pieces, "LƯU HÀNH NỘI BỘ")
    if not m.type_of("restricted use", number, mark, 13, 14, "bold"):
        return
    near = [
        line
        for line in page.lines
        if mark.x0 - 15 < line["x0"]
        and line["x1"] < mark.x1 + 15
        and mark.top - 10 < line["top"]
        and line["bottom"] < mark.bottom + 10
    ]
    m.check("restricted use: framed", number, len(near), "4 lines", len(near) == 4)


def _annex(m: Measurer, page: Page, pieces: list[Piece], number: int) -> None:
    head = _annex_number(pieces)
    m.type_of("annex number", number, head, 14, 14, "bold")
    below = [p for p in pieces if head is not None and p.top > head.top]
    name = below[0] if below else None
    if m.type_of("annex title", number, name, 13, 14, "bold"):
        m.check(
            "annex title: capitals", number, name.text, "capitals", name.text == name.text.upper()
        )
        m.between("annex: off centre", number, abs(name.middle - head.middle), 0, 0.5)
    reference = next((p for p in below if p.text.startswith("(Kèm theo ")), None)
    m.type_of("annex reference", number, reference, 13, 14, "italic")


def _minutes(m: Measurer, pages: list[Page], number: int) -> None:
    body = [
        (offset, piece)
        for offset, page in enumerate(pages)
        for piece in pieces_of(page)
        if piece.bottom > 20 * MM
    ]
    _paragraphs(m, pages, number)
    giver = next(((o, p) for o, p in body if p.text == "ĐẠI DIỆN BÊN GIAO"), (0, None))
    receiver = next(((o, p) for o, p in body if p.text == "ĐẠI DIỆN BÊN NHẬN"), (0, None))
    m.type_of("signature of the giver", number + giver[0], giver[1], 13, 14, "bold")
    m.type_of("signature of the receiver", number + receiver[0], receiver[1], 13, 14, "bold")
    if giver[1] and receiver[1]:
        sides = giver[0] == receiver[0] and giver[1].x1 < receiver[1].x0
        m.check("giver left of receiver", number + giver[0], sides, "True", sides)
    order = [p.text[:9] for _o, p in body if p.text.startswith(("BÊN GIAO:", "BÊN NHẬN:"))]
    m.check("giver named first", number, order, "giao, nhận", order == ["BÊN GIAO:", "BÊN NHẬN:"])
    _recipients(m, body, number)


def _recipients(m: Measurer, body: list[tuple[int, Piece]], number: int) -> None:
    found = next(((o, p) for o, p in body if p.text == "Nơi nhận:"), None)
    if found is None:
        m.check("recipients", number, "missing", "present", False)
        return
    page = number + found[0]
    m.type_of("recipients", page, found[1], 12, 12, "bold italic")
    lines = [p for o, p in body if o == found[0] and p.top > found[1].top and p.text[:2] == "- "]
    for piece in lines:
        m.type_of("recipient", page, piece, 11, 11, "upright")
    ends = [piece.text[-1] for piece in lines]
    m.check("recipients end in ; and .", page, ends, "; .", ends == [";"] * (len(ends) - 1) + ["."])
    last = lines[-1].text if lines else ""
    m.check("last recipient files it", page, last, "- Lưu: VT", last.startswith("- Lưu: VT, "))


def _paragraphs(m: Measurer, pages: list[Page], number: int) -> None:
    """Size, justification, indents and distances of the body, from the grounds to the closing."""
    for offset, page in enumerate(pages):
        pieces = pieces_of(page)
        rows = [p for p in pieces if p.bottom > 20 * MM and p.x0 < 56 * MM and p.size > 11]
        started = offset > 0
        left = min(p.x0 for p in pieces_of(page))
        right = max(p.x1 for p in pieces_of(page))
        previous: Piece | None = None
        for row in rows:
            started = started or row.text.startswith("Căn cứ")
            if row.text.startswith("ĐẠI DIỆN"):
                break
            if not started or row.x0 > left + 40:
                continue
            m.between("body size", number + offset, row.size, 13, 14)
            indent = (row.x0 - left) / MM
            if indent > 1:
                m.between(
                    f"first line «{row.text[:18]}»: indent, mm", number + offset, indent, 12.5, 12.9
                )
            if previous is not None:
                _distance(m, number + offset, previous, row, indent > 1, right)
            previous = row


def _distance(m: Measurer, page: int, above: Piece, row: Piece, begins: bool, right: float) -> None:
    distance = row.bottom - above.bottom
    if distance > 60:
        return  # the panel of the file stands between them
    single = SINGLE * row.size
    if begins:
        m.between("between paragraphs, pt", page, distance - single, 6, 6 + single * 0.5)
        return
    m.between("line spacing, lines", page, distance / single, 1.0, 1.5)
    if ".." not in above.text and not row.text.startswith("..."):
        m.between(f"justified «{above.text[-18:]}», pt off", page, abs(above.x1 - right), 0, 1.0)


def main(argument: str) -> int:
    findings = measure(Path(argument))
    for finding in findings:
        sign = "ok" if finding.holds else "NO"
        print(f"{sign}  p.{finding.page}  {finding.what}: {finding.found}  [{finding.asked}]")
    broken = sum(not finding.holds for finding in findings)
    print(f"{len(findings)} findings, {broken} do not hold")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
