"""The style sheet can be read by everybody and holds no colour or length of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import permutations

import pytest
from PySide6.QtGui import QFontInfo, QImage, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.settings import resources_dir
from app.ui.theme import COLOURS, Theme, apply_theme, set_state

SHEET = (resources_dir() / "styles" / "sotreem.qss").read_text(encoding="utf-8")
#: Text with no background of its own stands on one of these.
GROUNDS = ("page", "surface")


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio of two #rrggbb colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules() -> list[tuple[str, dict[str, str]]]:
    plain = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)
    found = []
    for selectors, block in re.findall(r"([^{}]+)\{([^{}]*)\}", plain):
        pairs = dict(
            (part.strip() for part in entry.split(":", 1))
            for entry in block.split(";")
            if ":" in entry
        )
        found.append((" ".join(selectors.split()), pairs))
    return found


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_text_has_a_contrast_of_at_least_four_and_a_half() -> None:
    poor = []
    for selectors, block in rules():
        if "color" not in block:
            continue
        ground = block.get("background-color", block.get("background", "transparent"))
        grounds = GROUNDS if ground in ("transparent", "none") else (ground.removeprefix("@"),)
        for name in grounds:
            ratio = contrast(COLOURS[block["color"].removeprefix("@")], COLOURS[name])
            if ratio < 4.5:
                poor.append((selectors, name, round(ratio, 2)))
    assert poor == []


def test_text_in_notices_and_selections_can_be_read() -> None:
    for ground in ("done_soft", "accent_soft", "warning_soft", "error_soft", "inherited_soft"):
        assert contrast(COLOURS["text"], COLOURS[ground]) >= 4.5
        assert contrast(COLOURS["accent"], COLOURS[ground]) >= 4.5
        assert contrast(COLOURS["muted"], COLOURS[ground]) >= 4.5
    for state in ("done", "warning", "error"):
        assert contrast(COLOURS[state], COLOURS[f"{state}_soft"]) >= 4.5


def test_edges_of_fields_stand_out_by_three_to_one() -> None:
    for name in ("field_line", "accent", "error", "warning"):
        for ground in ("surface", "page"):
            assert contrast(COLOURS[name], COLOURS[ground]) >= 3.0, (name, ground)


def test_the_sheet_names_colours_only_by_token() -> None:
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", SHEET)
    filled = Theme().style_sheet()
    assert "@" not in filled
    used = set(re.findall(r"@([a-z_]+)\b", SHEET))
    assert used <= set(COLOURS)


def test_error_and_warning_differ_in_the_kind_of_border() -> None:
    borders = {
        state: block["border"]
        for selectors, block in rules()
        for state in ("error", "warning", "inherited")
        if selectors.startswith(f'QLineEdit[state="{state}"]') and ":focus" not in selectors
    }
    shapes = {state: border.split()[:2] for state, border in borders.items()}
    assert len({tuple(shape) for shape in shapes.values()}) == 3


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5])
def test_lengths_and_type_grow_with_the_scale(scale: float) -> None:
    theme = Theme(scale)
    assert theme.pixels(8) == round(8 * scale)
    assert theme.pixels(0) == 0
    assert theme.font().pointSizeF() == pytest.approx(11 * scale)
    assert f"font-size: {16 * scale:g}pt" in theme.style_sheet()


@pytest.mark.parametrize("scale", [0.9, 1.6])
def test_other_scales_are_refused(scale: float) -> None:
    with pytest.raises(ValueError, match=r"1\.0 to 1\.5"):
        Theme(scale)


def test_the_window_is_set_in_the_shipped_font(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, Theme())
    widget = QWidget()
    qtbot.addWidget(widget)
    assert QFontInfo(widget.font()).family() == "Noto Sans"
    assert QFontInfo(widget.font()).pointSizeF() >= 11
    assert qapp.palette().color(QPalette.ColorRole.WindowText).name() == COLOURS["text"]


def _pixels(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_a_state_is_seen_at_once_and_goes_again(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, Theme())
    window = QWidget()
    qtbot.addWidget(window)
    field, other = QLineEdit("Nguyễn Thị Thử"), QLineEdit()
    layout = QVBoxLayout(window)
    layout.addWidget(other)
    layout.addWidget(field)
    window.show()
    plain = _pixels(field)
    seen = {}
    for state in ("error", "warning", "inherited", "inapplicable"):
        set_state(field, state)
        seen[state] = _pixels(field)
        assert seen[state] != plain, state
    assert seen["error"] != seen["warning"]
    set_state(field, "")
    assert _pixels(field) == plain


def _badge() -> QWidget:
    badge = QLabel("Chưa kiểm tra")
    badge.setProperty("role", "badge")
    return badge


@pytest.mark.parametrize("make", [partial(QLineEdit, "Nguyễn Thị Thử"), QComboBox, _badge])
def test_after_another_state_it_looks_as_if_that_had_never_been(
    qapp: QApplication, qtbot: QtBot, make: Callable[[], QWidget]
) -> None:
    apply_theme(qapp, Theme())
    states = ["", *sorted(set(re.findall(r'state="(\w+)"', SHEET)))]
    assert len(states) > 4
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    other = QLineEdit()
    fresh = {one: make() for one in states}
    used = make()
    for widget in (other, used, *fresh.values()):
        layout.addWidget(widget)
    for one, widget in fresh.items():
        widget.setProperty("state", one)
    window.show()
    other.setFocus()
    for before, after in permutations(states, 2):
        set_state(used, before)
        used.grab()
        set_state(used, after)
        used.resize(fresh[after].size())
        assert _pixels(used) == _pixels(fresh[after]), (before, after)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_marks_above_and_below_letters_are_not_clipped_in_fields(
    scale: float, qapp: QApplication, qtbot: QtBot
) -> None:
    apply_theme(qapp, Theme(scale))
    for widget in (QLineEdit(), QComboBox()):
        qtbot.addWidget(widget)
        widget.show()
        assert widget.contentsRect().height() >= widget.fontMetrics().height()
    apply_theme(qapp, Theme())


def test_pictures_the_sheet_names_exist() -> None:
    for name in re.findall(r"url\(icons:([^)]+)\)", SHEET):
        assert (resources_dir() / "icons" / name).is_file()
