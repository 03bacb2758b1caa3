"""Text of an imported file that nobody could read, on the page where somebody corrects it."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.forms.schema import Severity
from app.ui.household.field_edit import Key
from app.ui.household.judging import looks_of
from tests.integration.registers import table
from tests.integration.test_register_import_unread import junk
from tests.ui.window_desk import Desk, prepared_home


def _open(desk: Desk, household: str) -> None:
    desk.page.open(household)
    desk.settle()


def _children(desk: Desk, unit: str = "") -> dict[str, str]:
    """Name of each child → its household."""
    entry = desk.shell._services.entry
    return {row.full_name: row.household for row in entry.child_rows(entry.child_ids(unit=unit))}


def test_it_is_shown_as_written_and_corrected_at_its_field(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    services = desk.shell._services
    titles = ("head", "name", "dob", "sex", "STT trong hộ")
    path = table(tmp_path / "a.csv", titles, [["Rơm", "Mai", "31/02/2019", "12", "hai"]])
    services.register_import.run(path)
    _open(desk, _children(desk)["Mai"])
    keeper = desk.page.keeper
    (child,) = keeper.lines
    codecs = keeper.codecs["child"]
    fields = [one for one in keeper.templates["child"].fields if one.name in codecs]
    looks = looks_of(child, fields, codecs, desk.page._judged[child.id])
    for name, shown in (("birth_date", "31/02/2019"), ("sex", "12"), ("line_no", "hai")):
        look = looks[Key("", name)]
        assert look.text == shown
        assert look.state == "error"
        assert not look.locked
        assert look.messages[0].severity is Severity.ERROR
    child.type(codecs["birth_date"], "28022019")
    keeper.save({child.id: True})
    desk.settle()
    kept = services.records.show(child.id).record.values
    assert kept["birth_date"] == "2019-02-28"
    assert kept["sex"] == "12"
    assert not kept.get("complete")
    desk.close()


def test_a_page_full_of_junk_opens(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.shell._services.register_import.run(junk(tmp_path / "a.csv"))
    for household in _children(desk).values():
        _open(desk, household)
        assert desk.page.keeper.lines
    desk.close()
