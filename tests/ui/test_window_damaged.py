"""A damaged store in the window: shown, told with the way back, and not written to."""

from __future__ import annotations

import json
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.models.connection import connect
from app.services.installation import unlock
from app.settings import Settings
from app.ui.notify import Kind
from tests.ui.window_desk import PASSPHRASE, Desk, prepared_home


def _week_is_over(settings: Settings) -> None:
    """What was remembered by an opening more than a week ago."""
    first = unlock(settings, PASSPHRASE)
    engine = connect(settings.store_path, first.dek)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        replica = connection.exec_driver_sql(
            "SELECT value FROM setting WHERE name = 'replica'"
        ).scalar()
        connection.exec_driver_sql(
            "INSERT INTO conflict (ent_id, field_group, ent_type, heads)"
            " VALUES ('x', 'full_name', 'child', x'')"
        )
    engine.dispose()
    said = {"replica": replica, "quick": 0, "whole": 0, "damage": ""}
    settings.checkup_path.write_text(json.dumps(said), encoding="utf-8")


def _told(desk: Desk) -> list[str]:
    return [one.text for one in desk.shell.notices.notices if one.kind is Kind.ERROR]


def test_the_window_proves_the_store_beside_the_work_and_then_only_reads(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = prepared_home(tmp_path)
    _week_is_over(settings)
    desk = Desk(qtbot, settings).unlock()
    desk.until(lambda: bool(_told(desk)))
    (said,) = _told(desk)
    assert "chỉ cho xem" in said
    assert "«Khôi phục từ bản sao lưu»" in said
    refusal = desk.workplace.store.refusal
    assert refusal is not None
    assert refusal.message_id == "store.only_reading"
    desk.close()
    # The next one knows it from the start, and says it again.
    again = Desk(qtbot, settings).unlock()
    again.until(lambda: bool(_told(again)))
    assert again.workplace.store.refusal is not None
    again.close()


def test_a_sound_store_says_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.settle()
    assert _told(desk) == []
    assert desk.workplace.store.refusal is None
    desk.close()
