"""From a household's page to another page: it is shown, marked, and one can go on from there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.window_desk import UNIT, Desk, prepared_home
from tests.village_of_three import home_id, settle_village


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    return desk


def _marked(desk: Desk) -> str:
    navigation = desk.shell.navigation
    return navigation.names[navigation.list.currentRow()]


@pytest.mark.parametrize("origin", ["register", "issues", "quarter", "check", "conflicts"])
@pytest.mark.parametrize("typed", ["", "x"])
def test_a_page_that_is_chosen_from_a_household_is_shown_and_marked(
    desk: Desk, origin: str, typed: str
) -> None:
    shell = desk.shell
    for wanted in ("home", origin, "handover"):
        desk.go_to(origin)
        desk.settle()
        shell.open_household(home_id(UNIT, "2"))
        desk.settle()
        assert shell.pages.currentWidget() is desk.page
        desk.text(typed)
        desk.go_to(wanted)
        desk.settle()
        assert (shell.pages.shown, _marked(desk)) == (wanted, wanted)
    # Back where one came from, by its key.
    desk.go_to(origin)
    desk.settle()
    assert (shell.pages.shown, _marked(desk)) == (origin, origin)
    desk.close()
