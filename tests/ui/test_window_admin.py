"""The administration page, by keys: people, the own passphrase, the certificate, backups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.crypto.check_code import check_code
from app.errors import KnownError
from app.i18n import language, set_language
from app.services.installation import unlock, users
from app.services.rights import Role
from app.services.worklist import Duty
from app.settings import Settings
from app.ui.admin.enrolment import EnrolmentSection
from app.ui.admin.issuing import IssuingSection
from app.ui.admin.own import OwnSection
from app.ui.admin.people import PeopleSection
from app.ui.admin.villages import VillageSection
from tests.e2e.command_line import PASSPHRASE as HOMES_PASSPHRASE
from tests.e2e.command_line import Homes, Prompt
from tests.ui.looks import cut_words, nameless, poor_contrast
from tests.ui.paper import Paper
from tests.ui.window_admin import open_part
from tests.ui.window_desk import PASSPHRASE, Desk, prepared_home


@pytest.fixture(autouse=True)
def _language_as_before() -> Iterator[None]:
    before = language()
    yield
    set_language(before)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield made
    if made.window._opened is not None:
        made.close()


def _open(desk: Desk, name: str):  # type: ignore[no-untyped-def]
    """Go to a part of the page by keys."""
    return open_part(desk, name)


def _add_lan(desk: Desk) -> PeopleSection:
    section = _open(desk, "people")
    assert isinstance(section, PeopleSection)
    desk.tab_to(section.name)
    for words in ("lan", "Trần Thị Lan", "Công chức"):
        desk.text(words)
        desk.enter()
    assert desk.focus() is section.new_role
    desk.tab_to(section.passphrase)
    desk.text("mật khẩu lần đầu")
    desk.enter()
    assert desk.focus() is section.add
    desk.enter()
    desk.settle()
    return section


def test_who_is_added_by_keys_signs_in_is_told_to_change_and_changes(desk: Desk) -> None:
    section = _add_lan(desk)
    assert "Đã thêm lan" in section.message.text()
    assert section.table.rowCount() == 2
    said = [section.table.item(1, column) for column in range(section.table.columnCount())]
    assert all(one is not None and one.toolTip() == one.text() != "" for one in said)
    assert users(desk.settings) == ("an", "lan")
    desk.shell.lock()
    desk.settle()
    page = desk.window.unlock_page
    assert page is not None
    desk.until(lambda: page.user.count() == 2)
    page.user.setCurrentText("lan")
    desk.unlock("mật khẩu lần đầu")
    assert any("người khác đặt" in one.text for one in desk.shell.notices.notices)
    assert list(desk.shell.admin.sections) == ["own", "work", "books", "exports"], (
        "a clerk keeps no accounts and no keys"
    )
    own = _open(desk, "own")
    assert isinstance(own, OwnSection)
    assert own.renew is None
    desk.tab_to(own.change)
    desk.enter()
    assert "đang dùng" in own.message.text()
    assert desk.focus() is own.old
    for words in ("không phải câu này", "câu của riêng Lan", "câu của riêng Lan"):
        desk.text(words)
        desk.enter()
    assert desk.focus() is own.change
    desk.enter()
    desk.settle()
    assert own.message.text().startswith("✕"), "an open window is not enough"
    assert unlock(desk.settings, "mật khẩu lần đầu", "lan").user == "lan"
    own.old.clear()
    desk.tab_to(own.old)
    desk.text("mật khẩu lần đầu")
    desk.tab_to(own.change)
    desk.enter()
    desk.settle()
    assert "Đã đổi mật khẩu" in own.message.text()
    assert unlock(desk.settings, "câu của riêng Lan", "lan").user == "lan"


def test_the_passphrase_in_use_and_a_row_of_spaces_are_not_taken_for_a_new_one(desk: Desk) -> None:
    own = _open(desk, "own")
    assert isinstance(own, OwnSection)
    slots = desk.settings.keyslots_path.read_bytes()
    for new, said in (
        (" " * 9, "quá ngắn"),
        (PASSPHRASE, "giống hệt mật khẩu đang dùng"),
        ("abcdefgh", "dễ đoán: chữ lặp lại"),
        ("an12345678", "tên đăng nhập"),
    ):
        for field, words in ((own.old, PASSPHRASE), (own.new, new), (own.again, new)):
            field.clear()
            desk.tab_to(field)
            desk.text(words)
        desk.tab_to(own.change)
        desk.enter()
        desk.settle()
        assert said in own.message.text()
        assert own.message.property("state") == "error"
    assert desk.settings.keyslots_path.read_bytes() == slots


def test_the_last_administrator_is_not_demoted_and_the_page_says_why(desk: Desk) -> None:
    section = _open(desk, "people")
    assert isinstance(section, PeopleSection)
    desk.tab_to(section.role)
    section.role.setCurrentIndex(section.role.findData(Role.CLERK))
    desk.tab_to(section.change)
    desk.enter()
    desk.settle()
    assert "cuối cùng" in section.message.text()
    assert desk.focus() is section.change


def test_somebody_is_taken_away_only_after_a_question(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = _add_lan(desk)
    section.table.selectRow(1)
    answers = [1, 0]

    def answer(box: QMessageBox) -> int:
        box.buttons()[answers.pop(0)].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    desk.tab_to(section.remove)
    desk.enter()
    desk.settle()
    assert users(desk.settings) == ("an", "lan")
    desk.enter()
    desk.settle()
    assert users(desk.settings) == ("an",)
    assert section.table.rowCount() == 1


def test_the_keeper_of_the_keys_gets_a_new_recovery_code_after_a_question(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Paper(monkeypatch, tmp_path)
    own = _open(desk, "own")
    assert isinstance(own, OwnSection)
    assert own.renew is not None
    asked: list[str] = []
    answers = [1, 0]

    def answer(box: QMessageBox) -> int:
        asked.append(box.informativeText())
        box.buttons()[answers.pop(0)].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    slots = desk.settings.keyslots_path.read_bytes()
    desk.tab_to(own.renew)
    desk.enter()
    desk.settle()
    assert "hủy tờ cũ" in asked[0]
    assert desk.settings.keyslots_path.read_bytes() == slots, "who says no keeps the old code"
    desk.enter()
    desk.settle()
    assert own.code_label is not None
    assert own.code_label.isVisible()
    assert own.printing.isVisible()
    desk.tab_to(own.printing)
    assert paper.empty
    desk.enter()
    groups = own.code_label.text().split(" - ")
    assert len(groups) == 7
    assert [one for one in paper.take().split() if one in groups] == groups
    # Who comes back to the page later, or comes by, does not read it.
    own.new.setText("một câu khác nữa")
    desk.go_to("home")
    desk.settle()
    desk.go_to("admin")
    desk.settle()
    assert own.code_label.text() == own.new.text() == own.message.text() == ""
    assert not own.printing.isVisible()


def test_the_villages_are_kept_by_keys_and_the_books_follow(desk: Desk) -> None:
    section = _open(desk, "villages")
    assert isinstance(section, VillageSection)
    for name in ("Thôn 1", "Thôn 2"):
        desk.tab_to(section.new_name)
        desk.text(name)
        desk.tab_to(section.add)
        desk.enter()
        desk.settle()
        assert section.chosen is not None
        assert section.chosen.name == name, "the new one is chosen"
    assert not section.unit.isVisible(), "one commune is not chosen"
    desk.tab_to(section.up)
    desk.enter()
    desk.settle()
    assert _column(section, 0) == ["Thôn 2", "Thôn 1"]
    desk.enter()
    desk.settle()
    assert _column(section, 0) == ["Thôn 2", "Thôn 1"], "the first stays the first"
    desk.tab_to(section.name)
    assert section.name.text() == "Thôn 2"
    section.name.selectAll()
    desk.text("Tổ Bảy")
    desk.tab_to(section.rename)
    desk.enter()
    desk.settle()
    assert _column(section, 0) == ["Tổ Bảy", "Thôn 1"]
    desk.new_household(village="Tổ Bảy")
    desk.go_to("register")
    desk.settle()
    section = _open(desk, "villages")
    assert isinstance(section, VillageSection)
    assert _column(section, 2) == ["1", "0"]
    section.table.selectRow(0)
    desk.tab_to(section.expected_households)
    desk.text("-1x.2")
    desk.enter()
    desk.text("30")
    section.name.setFocus()
    section.name.selectAll()
    desk.text("Tổ Tám")
    desk.tab_to(section.expect)
    desk.enter()
    desk.settle()
    assert _column(section, 2) == ["1 / 12", "0"], "letters are no numbers"
    assert _column(section, 3) == ["0 / 30", "0"]
    assert section.expected_children.text() == "30"
    assert section.name.text() == "Tổ Tám", "what was typed beside it is not kept and not lost"
    section.table.selectRow(1)
    assert section.name.text() == "Thôn 1"
    section.table.selectRow(0)
    assert section.name.text() == "Tổ Tám"
    assert _column(section, 0) == ["Tổ Bảy", "Thôn 1"]
    section.table.selectRow(0)
    desk.tab_to(section.retire)
    desk.enter()
    desk.settle()
    assert "còn 1 hộ" in section.message.text()
    section.table.selectRow(1)
    desk.enter()
    desk.settle()
    assert _column(section, 0) == ["Tổ Bảy"]


def _column(section: VillageSection, column: int) -> list[str]:
    items = (section.table.item(row, column) for row in range(section.table.rowCount()))
    return [one.text() for one in items if one is not None]


def test_who_goes_on_while_a_deed_runs_keeps_the_keyboard(desk: Desk) -> None:
    section = _open(desk, "backups")
    desk.tab_to(section.make)
    desk.enter()
    section.list.setFocus()
    desk.settle()
    assert desk.focus() is section.list
    assert section.list.count() == 1


def test_the_name_of_a_village_that_is_not_taken_stays_in_its_field(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = _open(desk, "villages")

    def full(*_asked: object) -> str:
        raise KnownError("villages.not_commune", "villages.not_commune_hint", unit="51@2025")

    with monkeypatch.context() as patch:
        patch.setattr(section._villages, "add", full)
        desk.tab_to(section.new_name)
        desk.text("Thôn Một")
        desk.tab_to(section.add)
        desk.enter()
        desk.settle()
    assert section.message.text().startswith("✕")
    assert section.new_name.text() == "Thôn Một"
    desk.enter()
    desk.settle()
    assert section.new_name.text() == ""
    assert _column(section, 0) == ["Thôn Một"]


def test_a_backup_is_made_and_verified_here(desk: Desk) -> None:
    desk.new_household()
    section = _open(desk, "backups")
    desk.enter()
    desk.settle()
    assert "Đã sao lưu" in section.message.text()
    assert section.list.count() >= 1
    desk.tab_to(section.verify)
    desk.enter()
    desk.settle()
    assert "còn nguyên" in section.message.text()


def test_a_second_pc_of_the_province_is_enrolled_and_told_that_it_issues_nothing(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    first = homes.init("51@2025")
    root = first.must("authority", "init")["root_fingerprint"]
    second = Prompt(tmp_path / "second", monkeypatch)
    second.must("init", "--unit", "51@2025", "--user", "bình", "--full-name", "Lê Bình")
    request, reply = second.beside("enrol.request"), second.beside("enrol.tebundle")
    code = second.must("enrol", "request", "--out", request)["check_code"]
    first.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    desk = Desk(qtbot, Settings(second.home)).unlock(HOMES_PASSPHRASE, stay=True)
    section = _open(desk, "enrolment")
    assert isinstance(section, EnrolmentSection)
    assert section.sealing is not None
    desk.tab_to(section.file)
    desk.text(str(reply))
    desk.tab_to(section.fingerprint)
    desk.text(root)
    desk.tab_to(section.sealing)
    desk.text(HOMES_PASSPHRASE)
    desk.tab_to(section.accept)
    desk.enter()
    desk.settle()
    said = section.message.text()
    assert "đã được cấp chứng thư" in section.state.text(), said
    assert "không có khóa cấp chứng thư riêng" in said
    assert "Khóa của đơn vị" in said
    assert "«sotreem" not in said
    desk.close()


def test_a_pc_asks_for_its_certificate_and_accepts_the_reply_in_the_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    province = homes.init("51@2025")
    root = province.must("authority", "init")["root_fingerprint"]
    commune = homes.init("21100@2025")
    stick = homes.stick
    desk = Desk(qtbot, Settings(commune.home)).unlock(HOMES_PASSPHRASE, stay=True)
    assert Duty.NOT_ENROLLED in [one.duty for one in _tasks(desk)]
    section = _open(desk, "enrolment")
    assert isinstance(section, EnrolmentSection)
    assert "chưa gửi yêu cầu" in section.state.text()
    assert desk.focus() is section.folder
    desk.text(str(tmp_path / "not-there"))
    desk.tab_to(section.ask)
    desk.enter()
    assert "Không thấy USB" in section.message.text()
    assert desk.focus() is section.folder
    section.folder.clear()
    desk.text(str(stick))
    desk.tab_to(section.ask)
    desk.enter()
    desk.settle()
    (request,) = stick.iterdir()
    code = check_code(request.read_bytes())
    assert section.code_label.text().replace(" ", "") == code
    assert section.code_label.isVisible()
    assert "chờ cấp trên" in section.state.text()

    reply = stick / "reply.tebundle"
    province.must("enrol", "grant", str(request), "--out", str(reply), "--check-code", code)
    desk.tab_to(section.file)
    desk.text(str(reply))
    desk.tab_to(section.fingerprint)
    desk.text("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
    desk.tab_to(section.accept)
    desk.enter()
    desk.settle()
    assert section.message.text().startswith("✕")
    desk.tab_to(section.fingerprint)
    section.fingerprint.clear()
    desk.text(root.lower())
    desk.tab_to(section.accept)
    desk.enter()
    desk.settle()
    assert "đã được cấp chứng thư" in section.state.text(), section.message.text()
    desk.go_to("home")
    desk.settle()
    assert Duty.NOT_ENROLLED not in [one.duty for one in _tasks(desk)]
    desk.close()


def _tasks(desk: Desk):  # type: ignore[no-untyped-def]
    return desk.shell.home.lines.tasks


@pytest.mark.parametrize(("scale", "spoken"), [(1.0, "vi"), (1.5, "vi"), (1.5, "en")])
def test_nothing_on_the_page_is_cut_nameless_or_pale(
    qtbot: QtBot, tmp_path: Path, scale: float, spoken: str
) -> None:
    set_language(spoken)
    desk = Desk(qtbot, prepared_home(tmp_path), scale).unlock(PASSPHRASE)
    for name in desk.shell.admin.sections:
        desk.shell._show_section(name)
        desk.settle()
        for measure in (cut_words, nameless, poor_contrast):
            assert measure(desk.window) == [], name
        section = desk.shell.admin.sections[name]
        section.say("Đã làm xong.", "done")
        desk.settle()
        seen = section.message.visibleRegion().boundingRect()
        assert seen == section.message.rect(), f"{name}: what came of it is in sight"
        section.say("")
        room = QRect(0, 0, desk.shell.admin.stack.width(), section.height())
        for button in section.findChildren(QPushButton):
            if button.isVisible():
                assert button.width() >= button.sizeHint().width(), button.text()
                place = QRect(button.mapTo(section, button.rect().topLeft()), button.size())
                assert room.contains(place), button.text()
        assert section.width() <= desk.shell.admin.stack.width(), name
    desk.close()


def test_a_province_makes_its_root_and_certifies_a_district_in_the_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Paper(monkeypatch, tmp_path)
    homes = Homes(tmp_path, monkeypatch)
    province, district = homes.init("51@2024"), homes.init("522@2024")
    request = homes.stick / "522.csr"
    code = district.must("enrol", "request", "--out", str(request))["check_code"]
    desk = Desk(qtbot, Settings(province.home)).unlock(HOMES_PASSPHRASE, stay=True)
    desk.tab_to(desk.shell.home.machine.enrol)
    desk.enter()
    desk.settle()
    section = desk.shell.admin.sections["issuing"]
    assert isinstance(section, IssuingSection)
    assert desk.focus() is section.passphrase, "nobody above could be asked"
    assert not section.printing.isVisible()
    for _ in range(2):
        desk.text("mật khẩu của khóa gốc")
        desk.enter()
    assert desk.focus() is section.found
    desk.enter()
    desk.settle()
    assert "hai thiết bị" in section.message.text()
    assert section.printing.isVisible()
    assert not section.found.isVisible(), "it is made once"
    root = section.code_label.text().replace(" ", "")
    desk.tab_to(section.printing)
    assert paper.empty
    desk.enter()
    groups = root.split("-")
    assert [one for one in paper.take().split() if one in groups] == groups
    desk.tab_to(section.file)
    desk.text(str(request))
    desk.tab_to(section.look)
    desk.enter()
    desk.settle()
    assert "Thành phố Quảng Ngãi" in section.asked.text()
    assert "cấp dưới" in section.asked.text()
    shown = [one.text() for one in section.findChildren(QLabel) if one.isVisible()]
    assert not any(code in one.replace(" ", "") for one in shown), "it must be heard"
    assert desk.focus() is section.heard
    desk.text("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
    desk.enter()
    desk.text("mật khẩu của khóa gốc")
    desk.enter()
    assert desk.focus() is section.grant
    desk.enter()
    desk.settle()
    assert section.message.text().startswith("✕")
    assert not request.with_suffix(".tebundle").exists()
    desk.tab_to(section.heard)
    section.heard.clear()
    desk.text(code.lower())
    desk.tab_to(section.grant)
    desk.enter()
    desk.settle()
    assert "giấy cấp chứng thư" in section.message.text(), section.message.text()
    desk.close()
    reply = request.with_suffix(".tebundle")
    done = district.must("enrol", "accept", str(reply), "--fingerprint", root)
    assert done["unit"] == "522@2024"


def test_who_keeps_the_keys_reads_who_else_could_open_the_register(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    province, commune = homes.init("51@2025"), homes.init("21100@2025")
    root = province.must("authority", "init")["root_fingerprint"]
    for enrolled, said in ((False, "mất sổ trên máy này"), (True, "Tỉnh Quảng Ngãi")):
        if enrolled:
            homes.enrol(province, commune, root)
        desk = Desk(qtbot, Settings(commune.home)).unlock(HOMES_PASSPHRASE, stay=True)
        own = _open(desk, "own")
        assert isinstance(own, OwnSection)
        assert said in own.escrow.text()
        desk.close()
