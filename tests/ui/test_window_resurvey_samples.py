"""The district's sample beside one of the province, in the window; and a draw of too many."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.i18n import text
from app.ui.handover.verify import VerifyCard
from app.ui.handover.verify_frame import RESURVEY
from tests.e2e.test_resurvey_samples import OWN, THEIRS, both_draw
from tests.e2e.test_verification import Three, prepared, result, survey, three
from tests.ui.looks import cut_words
from tests.ui.test_window_verification import said, to_view
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import DISTRICT, sit_down

__all__ = ["prepared", "three"]  # fixtures


def look_at_samples(qtbot: QtBot, three: Three) -> tuple[Desk, VerifyCard]:
    """The samples of the commune's handover, which is not the newest of the list."""
    desk, page = sit_down(qtbot, three.homes, DISTRICT)
    desk.go_to("handover")
    desk.settle()
    (view,) = [one for one in page._desk.register() if one.id == three.handover]
    page.open_verifying(view)
    desk.settle()
    to_view(desk, page.verifying, RESURVEY)
    return desk, page.verifying


def test_figures_go_one_after_another_into_the_sample_that_is_shown(
    qtbot: QtBot, three: Three
) -> None:
    both_draw(three)
    desk, card = look_at_samples(qtbot, three)
    view = card.resurvey
    words = [view.samples.itemText(at) for at in range(view.samples.count())]
    assert words == [
        f"Mẫu của tỉnh Quảng Ngãi, số rút {THEIRS} (1/3 hộ)",
        f"Mẫu có số rút {OWN} (0/3 hộ)",
    ]
    view.samples.setCurrentIndex(1)
    view.samples.activated.emit(1)
    view.table.setFocus()
    view.table.setCurrentIndex(view.rows.index(0, 0))
    for typed in "444":
        desk.press(0, text=typed)
    desk.settle()
    assert view.survey is not None
    assert view.survey.seed == OWN
    desk.close()
    assert survey(three.district, three.handover, "--sample", OWN)["results"] == {"moved": 3}


def test_a_figure_for_another_units_sample_is_refused_with_its_reason(
    qtbot: QtBot, three: Three
) -> None:
    both_draw(three)
    desk, card = look_at_samples(qtbot, three)
    view = card.resurvey
    view.table.setFocus()
    view.table.setCurrentIndex(view.rows.index(0, 0))
    desk.press(0, text="4")
    desk.settle()
    assert said(desk).startswith("Mẫu phúc tra này do đơn vị khác rút: ")
    desk.close()
    told = survey(three.district, three.handover, "--sample", THEIRS)
    assert told["results"] == {"agrees": 1}


def test_a_draw_of_more_households_than_there_are_says_so(qtbot: QtBot, three: Three) -> None:
    desk, card = look_at_samples(qtbot, three)
    view = card.resurvey
    desk.text("10")
    desk.enter()
    desk.settle()
    assert view.rows.rowCount() == 3
    assert said(desk).startswith("Chỉ có 3 hộ có trẻ em, ít hơn 10 hộ cần rút")
    desk.close()


def test_a_masked_note_is_not_laid_into_the_form_and_stays_when_it_is_left_empty(
    qtbot: QtBot, three: Three
) -> None:
    district, note = three.district, "Trẻ nhiễm HIV"
    words = ("handover", "sample", three.handover, "--count", "1", "--seed", OWN)
    home = district.must(*words)["households"][0]["id"]
    found = ("--field", "head_name", "--reason", note)
    result(district, three.handover, home, "differs", *found)
    desk, card = look_at_samples(qtbot, three)
    view = card.resurvey
    view.table.setFocus()
    view.table.setCurrentIndex(view.rows.index(0, 0))
    desk.press(0, text="2")
    form = view.typing
    assert view.stack.shown is form
    assert form.note.text() == ""
    assert "che" in form.note.placeholderText()
    form.give()
    desk.settle()
    desk.close()
    told = survey(district, three.handover, "--reveal", "Kiểm tra phúc tra")
    assert [one["reason"] for one in told["households"]] == [note]


def test_a_masked_note_is_read_for_a_reason_in_the_window_too(qtbot: QtBot, three: Three) -> None:
    district, note = three.district, "Trẻ nhiễm HIV"
    words = ("handover", "sample", three.handover, "--count", "2", "--seed", OWN)
    first, second = (one["id"] for one in district.must(*words)["households"])
    result(district, three.handover, first, "moved", "--reason", note)
    result(district, three.handover, second, "moved", "--reason", "Về quê ngoại")
    desk, card = look_at_samples(qtbot, three)
    view = card.resurvey
    view.table.setFocus()
    view.table.setCurrentIndex(view.rows.index(1, 0))
    assert view.noted.text() == "Ghi chú tại hộ: Về quê ngoại"
    view.table.setCurrentIndex(view.rows.index(0, 0))
    assert view.noted.text() == f"Ghi chú tại hộ: {text('masking.mask')}"
    desk.press(Key.Key_F3)
    assert desk.focus() is view.masked.why
    assert cut_words(desk.window) == []
    desk.press(Key.Key_Escape)
    assert desk.focus() is view.table
    desk.press(Key.Key_F3)
    desk.text("Kiểm tra")
    view.samples.setFocus()
    view.samples.activated.emit(view.samples.currentIndex())
    assert view.masked.why.isHidden(), "half a reason is none for another sample"
    desk.press(Key.Key_F3)
    assert view.masked.why.text() == ""
    desk.text("Kiểm tra phúc tra")
    desk.enter()
    desk.settle()
    assert view.noted.text() == f"Ghi chú tại hộ: {note}"
    assert view.masked.step.isHidden()
    assert desk.focus() is view.table
    assert cut_words(desk.window) == []
    desk.close()
    looked = [one for one in district.must("audit", "list") if one["event"] == "reveal"]
    assert len(looked) == 1
