"""Send and receive: look, decide, do; nothing is written before the counts were seen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import KnownError
from app.i18n import text
from app.models.lines import Continuity
from app.models.queries.counting import Counts
from app.models.queries.leaving import NewsKind
from app.models.queries.rounds import RoundView
from app.services.exchange import Received
from app.services.handover_looking import FileLook
from app.services.handover_people import KnownSigners, Signer, Signers
from app.services.handover_receiving import FileResult
from app.services.handover_register import HandoverView, Receipt, Verdict
from app.services.handover_scope import UnitCounts
from app.services.handover_sending import SendPreview, Sent
from app.services.handover_unfinished import UnfinishedSending
from app.services.outgoing_news import KindCount, NewsRow, OutgoingNews, PlaceTotal
from app.services.outstanding_work import OutstandingWork
from app.services.sticks import Stick
from app.services.stopped_lines import StoppedLine
from app.services.waiting import Return
from app.services.workplace import Progress
from app.sync.taking import Renewal
from app.ui.handover.desk import OpenRound, Pending, Receiver, Returned
from app.ui.handover.facts import Fact
from app.ui.handover.page import HandoverPage
from app.ui.handover.pending import MOST_RETURNS
from app.ui.handover.received_facts import Outcome, facts_of
from app.ui.handover.register import ANSWER, COUNTS, PRINT
from app.ui.handover.register import TO as RECEIVER
from app.ui.handover.services_desk import ServicesDesk
from app.ui.handover.wizard import Pace
from app.ui.notify import Kind
from app.ui.tasks import Tasks
from app.ui.theme import Theme, apply_theme
from tests.ui.recording_notifier import RecordingNotifier
from tests.ui.window_desk import PLAIN_CHILD, Desk, prepared_home

TO = "51@2025"
NOBODY = Signers()
CUT_OFF = UnfinishedSending("h0", TO, 2, "b.tebundle", "2026-11-01T01:41:07Z")


class DeskDouble:
    """Answers with real results and notes what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails: KnownError | None = None
        self.lacks: KnownError | None = None
        self.stops = False
        self.newest_day: date | None = None
        self.units: tuple[UnitCounts, ...] = ()
        self.not_counted: dict[str, Any] = {}
        self.opened: list[RoundView] = []
        self.waits = Pending()
        self.found_sticks: list[Stick] = []
        self.no_sticks: KnownError | None = None
        self.known = KnownSigners((Signer("Lê Na", "Công chức"), Signer("Hồ Văn Xa")))
        self.from_below = False
        counts = (
            KindCount(NewsKind.NEW, 3, 4),
            KindCount(NewsKind.CHANGED, 0, 5),
            KindCount(NewsKind.EVENT, events=6),
        )
        self.new = OutgoingNews(counts, (PlaceTotal("Thôn 1", 3, 8), PlaceTotal("", 0, 1)))
        self.signed = Signers()
        self.message = "Chữ ký không khớp."

    def receivers(self) -> list[Receiver]:
        return [Receiver(TO, "Tỉnh Quảng Ngãi")]

    def rounds(self) -> list[OpenRound]:
        return [OpenRound(one.id, one.name) for one in self.opened]

    def missing(self) -> KnownError | None:
        return self.lacks

    def send_preview(self, to: str, round_id: str, progress: Progress) -> SendPreview:
        self.asked.append(f"send_preview {round_id}".rstrip())
        while self.stops:
            progress.step(1, 10)
        progress.step(5, 10)
        whole = SendPreview(to, 12, 3, 4, 148, 402, 197, 7, 1, (2, 5))
        whole = replace(whole, clock_behind=self.newest_day, units=self.units)
        taken = next((one for one in self.opened if one.id == round_id), None)
        whole = replace(whole, round=taken)
        return replace(whole, **self.not_counted)

    def news(self, _to: str) -> OutgoingNews:
        return self.new

    def news_rows(self, _to: str, kind: NewsKind) -> list[NewsRow]:
        self.asked.append(f"news {kind.value}")
        what = "Họ tên" if kind is NewsKind.CHANGED else ""
        return [NewsRow(kind, "c", "Lê An", "trẻ em", "Thôn 1", what, "p", "c")]

    def signers(self, *_units: str) -> KnownSigners:
        return self.known

    def is_below(self, _unit: str) -> bool:
        return self.from_below

    def send(
        self,
        seen: SendPreview,
        folder: Path,
        progress: Progress,
        *,
        clock_confirmed: bool,
        signers: Signers,
    ) -> Sent:
        self.signed = signers
        confirmed = " by its clock" if clock_confirmed else ""
        self.asked.append(f"send to {seen.to} {seen.issues}{confirmed}")
        progress.step(1, 2)
        if self.fails is not None:
            raise self.fails
        sent = Sent(
            folder / "TEBUNDLE" / "a.tebundle", 900, "ab" * 32, "cd" * 32, 3, 12, 3, 4, 7, "h1"
        )
        return replace(sent, round=seen.round)

    def receive_preview(self, file: Path, progress: Progress) -> FileResult:
        self.asked.append("receive_preview")
        progress.step(1, 2)
        if "bad" in file.name:
            return FileResult(file.name, "rejected", "signature", self.message)
        return FileResult(file.name, "imported", received=_received(conflicts=1))

    def today(self) -> date:
        return date(2026, 11, 30)

    def receive(
        self,
        files: Sequence[Path],
        progress: Progress,
        signers: Signers = NOBODY,
        *,
        clock_confirmed: bool = False,
    ) -> list[FileResult]:
        self.asked.append("receive by its clock" if clock_confirmed else "receive")
        self.signed = signers
        progress.step(1, 2)
        return [FileResult(file.name, "imported", received=_received()) for file in files]

    def sticks(self) -> list[Stick]:
        if self.no_sticks is not None:
            raise self.no_sticks
        return self.found_sticks

    def receives(self) -> bool:
        return False

    def look_at(self, files: Sequence[Path], progress: Progress) -> list[FileLook]:
        progress.step(1, 2)
        return [FileLook(one, why_not=self.message) for one in files]

    def receive_all(
        self,
        files: Sequence[Path],
        progress: Progress,
        signers: Signers,
        told: Callable[[int, FileResult], None],
        *,
        clock_confirmed: bool,
    ) -> list[FileResult]:
        done = self.receive(files, progress, signers, clock_confirmed=clock_confirmed)
        for at, result in enumerate(done):
            told(at, result)
        return done

    def record_pdf(self, handover: str, path: Path) -> None:
        self.asked.append(f"record {handover}")
        path.write_bytes(b"%PDF-")

    def returned(self, found: Sequence[Return]) -> tuple[Returned, ...]:
        return tuple(Returned(one.by, one.reason, 3, "2026-11-02T01:41:07Z") for one in found)

    def pending(self) -> Pending:
        return self.waits

    def finish(self, handover: str, stick: Path) -> None:
        self.asked.append(f"finish {handover} in {stick.name}")
        if self.fails is not None:
            raise self.fails
        self.waits = Pending()

    def stopped(self) -> list[StoppedLine]:
        return []

    def drop(self, handover: str) -> None:
        self.asked.append(f"drop {handover}")
        self.waits = Pending()

    def register(self) -> list[HandoverView]:
        return [
            HandoverView(
                "h1", "21100@2025", TO, 3, "2026-11-02T01:41:07Z", "Nguyễn Thị An", 148, 402, 7,
                "a.tebundle", "cd" * 32, "", (), (),
            )
        ]  # fmt: skip


def _received(conflicts: int = 0) -> Received:
    return Received(
        "h2", TO, 9, "ef" * 32, 1, 2, 0, 3, 1, conflicts, 0, 0, Continuity.NORMAL, alarm=False
    )


@pytest.fixture
def double() -> DeskDouble:
    return DeskDouble()


@pytest.fixture
def notifier() -> RecordingNotifier:
    return RecordingNotifier()


@pytest.fixture
def page(qtbot: QtBot, double: DeskDouble, notifier: RecordingNotifier):
    tasks = Tasks()
    made = HandoverPage(tasks, double, notifier, Theme(), lambda unit: unit)
    made.save_first.connect(lambda go_on: go_on())
    qtbot.addWidget(made)
    made.show()
    made.load()
    qtbot.waitUntil(lambda: not tasks.busy)
    yield made
    tasks.shutdown()


def test_sending_shows_the_counts_before_it_can_be_signed(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, tmp_path: Path
) -> None:
    sending = page.sending
    sending.folder.setText(str(tmp_path))
    assert not sending.send.isEnabled()
    sending.check.click()
    qtbot.waitUntil(sending.send.isEnabled)
    for number in ("12", "148", "402", "197", "7", "2 lỗi", "5 cảnh báo"):
        assert number in sending.facts.text
    assert sending.facts.state == "warning"
    sending.send.click()
    qtbot.waitUntil(lambda: "a.tebundle" in sending.facts.text)
    assert double.asked == ["send_preview", f"send to {TO} (2, 5)"]
    assert not sending.send.isEnabled(), "the same counts are not signed twice"


def test_every_unit_that_travels_is_shown_with_its_own_counts(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, tmp_path: Path
) -> None:
    double.units = (
        UnitCounts("21208@2024", Counts(100, 300, 150, 4)),
        UnitCounts("21256@2024", Counts(48, 102, 47, 3)),
    )
    page.sending.folder.setText(str(tmp_path))
    page.sending.check.click()
    qtbot.waitUntil(page.sending.send.isEnabled)
    lines = page.sending.facts.text.splitlines()
    assert "21208@2024 100 hộ, 300 trẻ dưới 16 tuổi (150 nữ)" in lines
    assert "21256@2024 48 hộ, 102 trẻ dưới 16 tuổi (47 nữ)" in lines


def test_a_clock_that_is_wrong_is_told_before_it_is_signed_and_when_it_is_received(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, tmp_path: Path
) -> None:
    double.newest_day = date(2026, 11, 2)
    page.sending.folder.setText(str(tmp_path))
    page.sending.check.click()
    qtbot.waitUntil(page.sending.send.isEnabled)
    assert "cấp trên đã ghi ngày 02/11/2026" in page.sending.facts.text
    plain, ahead = (
        facts_of(Outcome(FileResult("x", "imported", received=one)), str, taken=False)
        for one in (_received(), replace(_received(), ahead=date(2028, 11, 2)))
    )
    told = [one for one in ahead if one not in plain]
    assert [("02/11/2028" in one.words, one.state) for one in told] == [(True, "warning")]


def test_a_clock_behind_is_asked_about_before_anything_is_sealed(
    qtbot: QtBot,
    page: HandoverPage,
    double: DeskDouble,
    notifier: RecordingNotifier,
    tmp_path: Path,
) -> None:
    double.newest_day = date(2026, 11, 2)
    page.sending.folder.setText(str(tmp_path))
    page.sending.check.click()
    qtbot.waitUntil(page.sending.send.isEnabled)
    notifier.answers += ["wrong", "right"]
    page.sending.send.click()
    assert double.asked == ["send_preview"]
    assert "cấp trên đã ghi ngày 02/11/2026" in notifier.questions[0].details
    assert notifier.questions[0].choices[-1].id == "wrong", "Escape sends nothing"
    page.sending.send.click()
    qtbot.waitUntil(lambda: "a.tebundle" in page.sending.facts.text)
    assert double.asked[-1] == f"send to {TO} (2, 5) by its clock"


def test_who_travels_and_is_not_counted_stands_beside_the_total(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    double.not_counted = {"of_age": 315, "left_out": 2, "counted_on": date(2026, 11, 2)}
    page.sending.check.click()
    qtbot.waitUntil(lambda: "402" in page.sending.facts.text)
    lines = page.sending.facts.text.splitlines()
    total = next(at for at, one in enumerate(lines) if "402 trẻ" in one)
    assert "Không tính 315 trẻ đã đủ 16 tuổi vào ngày 02/11/2026" in lines[total + 1]
    assert "Không tính 2 trẻ dưới 16 tuổi sinh trước mốc tuổi" in lines[total + 2]


def test_who_left_and_is_counted_still_stands_beside_the_total(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    double.not_counted = {"moved_away": 3}
    page.sending.check.click()
    qtbot.waitUntil(lambda: "402" in page.sending.facts.text)
    lines = page.sending.facts.text.splitlines()
    total = next(at for at, one in enumerate(lines) if "402 trẻ" in one)
    said = "Vẫn tính ở xã 3 trẻ đã chuyển đi, chưa có nơi nhận"
    assert said in lines[total + 1]


def _round(number: int, name: str) -> RoundView:
    return RoundView(f"r{number}", name, "survey", "2026-10-01", "", "", "", "open", ())


def test_of_two_open_rounds_one_is_chosen_and_said_before_and_after(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, tmp_path: Path
) -> None:
    double.opened = [_round(1, "Quý IV/2026"), _round(2, "Rà soát năm 2026")]
    page.load()
    sending = page.sending
    qtbot.waitUntil(sending.round.isVisible)
    sending.folder.setText(str(tmp_path))
    sending.check.click()
    qtbot.waitUntil(sending.send.isEnabled)
    assert "Đợt rà soát Quý IV/2026" in sending.facts.text.splitlines()
    sending.round.setCurrentIndex(1)
    assert not sending.send.isEnabled(), "other counts are looked at before they are signed"
    sending.check.click()
    qtbot.waitUntil(sending.send.isEnabled)
    said = "Đợt rà soát Rà soát năm 2026"
    assert said in sending.facts.text.splitlines()
    sending.send.click()
    qtbot.waitUntil(lambda: "a.tebundle" in sending.facts.text)
    assert said in sending.facts.text.splitlines()
    assert double.asked[:2] == ["send_preview r1", "send_preview r2"]


@pytest.mark.parametrize(
    ("opened", "said"),
    [([_round(1, "Quý IV/2026")], "Quý IV/2026"), ([], "Không có đợt nào đang mở")],
    ids=["one", "none"],
)
def test_where_there_is_no_choice_of_rounds_none_is_offered_and_it_is_said(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, opened: list[RoundView], said: str
) -> None:
    double.opened = opened
    page.load()
    qtbot.waitUntil(lambda: page.sending.round.count() == len(opened))
    assert not page.sending.round.isVisible()
    page.sending.check.click()
    qtbot.waitUntil(lambda: said in page.sending.facts.text)


def test_errors_that_the_round_does_not_take_are_said_and_stop_the_sending(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, tmp_path: Path
) -> None:
    double.opened = [_round(1, "Quý IV/2026")]
    double.not_counted = {"round": double.opened[0], "blocked": {"circumstance_answer_given": 1200}}
    page.load()
    qtbot.waitUntil(lambda: page.sending.round.count() == 1)
    page.sending.folder.setText(str(tmp_path))
    page.sending.check.click()
    told = "không nhận sổ còn lỗi thuộc các quy tắc này: «Phải trả lời câu hỏi về nhóm hoàn cảnh"
    qtbot.waitUntil(lambda: told in page.sending.facts.text)
    assert "circumstance_answer_given" not in page.sending.facts.text
    assert not page.sending.send.isEnabled()
    assert page.sending.see_errors.isVisible()
    assert page.sending.see_errors.text() in page.sending.facts.text
    assert QApplication.focusWidget() is page.sending.see_errors
    with qtbot.waitSignal(page.errors_wanted):
        page.sending.see_errors.click()
    double.not_counted = {"round": double.opened[0]}
    page.sending.check.click()
    qtbot.waitUntil(page.sending.send.isEnabled)
    assert page.sending.see_errors.isHidden()


def test_a_failure_is_said_in_words_and_the_wizard_can_be_used_again(
    qtbot: QtBot,
    page: HandoverPage,
    double: DeskDouble,
    notifier: RecordingNotifier,
    tmp_path: Path,
) -> None:
    double.fails = KnownError("handover.no_room", "handover.no_room_hint", megabytes=20)
    page.sending.folder.setText(str(tmp_path))
    page.sending.check.click()
    qtbot.waitUntil(page.sending.send.isEnabled)
    page.sending.send.click()
    qtbot.waitUntil(lambda: bool(notifier.said(Kind.ERROR)))
    assert "20 MB" in notifier.said(Kind.ERROR)[0]
    assert page.sending.send.isEnabled()
    double.fails = None
    page.sending.send.click()
    qtbot.waitUntil(lambda: bool(notifier.said(Kind.DONE)))
    failed, done = notifier.notices
    assert failed.topic == done.topic, "success takes the place of the failure"


def test_counts_that_are_true_no_more_are_asked_for_again(
    qtbot: QtBot,
    page: HandoverPage,
    double: DeskDouble,
    notifier: RecordingNotifier,
    tmp_path: Path,
) -> None:
    double.fails = KnownError("handover.changed_meanwhile", "handover.changed_meanwhile_hint")
    page.sending.folder.setText(str(tmp_path))
    page.sending.check.click()
    qtbot.waitUntil(page.sending.send.isEnabled)
    page.sending.send.click()
    qtbot.waitUntil(lambda: bool(notifier.said(Kind.ERROR)))
    assert not page.sending.send.isEnabled()
    assert page.sending.facts.text == text("handovers.check_first")
    assert page.focusWidget() is page.sending.check


def test_what_is_new_is_counted_and_each_count_opens_its_list(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = page.sending
    assert sending.see_news.isHidden()
    sending.check.click()
    qtbot.waitUntil(sending.see_news.isVisible)
    said = "Gói này 12 thay đổi · mới 3 hộ, 4 trẻ · sửa 5 trẻ · 6 sự kiện"
    assert said in sending.facts.text.splitlines()
    sending.see_news.click()
    news = page.news
    qtbot.waitUntil(lambda: news.rows.rowCount() == 1)
    assert "Thôn 1: 3 hộ, 8 trẻ" in news.places.text()
    shown = [step.text() for step in news.steps.values() if step.isVisible()]
    assert shown == ["▸ mới 3 hộ, 4 trẻ", "sửa 5 trẻ", "6 sự kiện"]
    monkeypatch.setattr(news, "_unit_name", lambda _unit: "Thành phố Quảng Ngãi")
    news.show_news("522@2024", double.news(""))
    assert "mới cho thành phố Quảng Ngãi" in news.title.text(), "no capital inside a sentence"
    news.steps[NewsKind.CHANGED].click()
    qtbot.waitUntil(lambda: "Họ tên" in news.whole.text())
    assert double.asked[-2:] == ["news new", "news changed"]
    with qtbot.waitSignal(page.record_wanted) as wanted:
        QTest.keyClick(news.table, Qt.Key.Key_Return)
    assert wanted.args == ["p", "c"]
    assert page.escape()
    assert news.isHidden()
    double.new = OutgoingNews((), ())
    sending.check.click()
    qtbot.waitUntil(lambda: "12 thay đổi" in sending.facts.text and sending.see_news.isHidden())
    # To the unit above: the numbers of the status bar, not what is written once more for it.
    double.new = OutgoingNews((), (), OutstandingWork(48, 2))
    sending.check.click()
    said = "Gói này 48 thay đổi chưa bàn giao · 2 chờ biên nhận"
    qtbot.waitUntil(lambda: said in sending.facts.text.splitlines())


def test_people_are_proposed_typed_over_and_named_by_the_handover(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, tmp_path: Path
) -> None:
    sending, giver = page.sending, page.sending.signers.giver
    qtbot.waitUntil(lambda: giver.signer == Signer("Lê Na", "Công chức"))
    giver.name.setCurrentIndex(1)
    giver.name.activated.emit(1)
    assert giver.signer == Signer("Hồ Văn Xa"), "a name brings its title along"
    receiver = sending.signers.receiver
    QTest.keyClicks(receiver.title, "Pho phong")
    sending.folder.setText(str(tmp_path))
    sending.check.click()
    qtbot.waitUntil(sending.send.isEnabled)
    page.load()
    qtbot.waitUntil(lambda: not page._tasks.busy)
    sending.send.click()
    qtbot.waitUntil(lambda: "a.tebundle" in sending.facts.text)
    assert double.signed == Signers(Signer("Hồ Văn Xa"), Signer("", "Pho phong"))


@pytest.mark.parametrize("below", [True, False])
def test_who_receives_is_asked_only_where_a_receipt_is_written(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, below: bool
) -> None:
    double.from_below, receiving = below, page.receiving
    double.known = KnownSigners((), (Signer("Trần Mẫu", "Phó phòng"),))
    assert receiving.signers.isHidden()
    receiving.file.setText("/usb/tot.tebundle")
    receiving.look.click()
    qtbot.waitUntil(receiving.take.isEnabled)
    assert receiving.signers.isVisible() is below
    receiving.take.click()
    qtbot.waitUntil(lambda: "receive" in double.asked)
    assert double.signed.receiver.name == ("Trần Mẫu" if below else "")
    qtbot.waitUntil(receiving.signers.isHidden)


def test_a_long_check_can_be_cancelled(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, notifier: RecordingNotifier
) -> None:
    double.stops = True
    page.sending.check.click()
    qtbot.waitUntil(lambda: not page.sending.progress.isHidden())
    qtbot.waitUntil(lambda: page.sending.bar.maximum() == 10)
    assert page.sending.cancel.hasFocus() or not page.isActiveWindow()
    page.sending.cancel.click()
    qtbot.waitUntil(page.sending.progress.isHidden)
    assert not page.sending.send.isEnabled()
    assert notifier.said(Kind.ERROR) == [], "what a person stopped is no failure"
    assert notifier.said(Kind.NOTE) == ["Đã dừng theo yêu cầu. Chưa có gì thay đổi."]


def test_receiving_previews_before_it_takes_in(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    receiving = page.receiving
    receiving.file.setText("/usb/tot.tebundle")
    assert not receiving.take.isEnabled()
    receiving.look.click()
    qtbot.waitUntil(receiving.take.isEnabled)
    assert "1 xung đột" in receiving.facts.text
    assert receiving.facts.state == "warning"
    with qtbot.waitSignal(page.received):
        receiving.take.click()
    assert double.asked == ["receive_preview", "receive"]
    assert not receiving.take.isEnabled()


def test_everything_a_bundle_left_behind_is_named_with_its_next_step(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_at_once = replace(_received(conflicts=3), waiting=12, refused=2, renewed=Renewal.FORK)
    given = [FileResult("tot.tebundle", "imported", received=all_at_once)]
    monkeypatch.setattr(double, "receive", lambda *_asked, **_named: given)
    page.receiving.file.setText("/usb/tot.tebundle")
    page.receiving.look.click()
    qtbot.waitUntil(page.receiving.take.isEnabled)
    with qtbot.waitSignal(page.received):
        page.receiving.take.click()
    said = page.receiving.facts.text
    assert "3 xung đột · 12 thay đổi đang chờ · 2 thay đổi không nhận" in said
    for step in ("new_replica", "next.waiting", "next.conflicts", "next.refused"):
        assert text(f"handovers.{step}") in said


def test_own_changes_that_a_unit_above_refuses_are_told_before_and_after(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned = replace(_received(), refused=1, waiting=2, turned_refused=1, turned_waiting=2)
    given = FileResult("tot.tebundle", "imported", received=turned)
    monkeypatch.setattr(double, "receive_preview", lambda _file, _progress: given)
    monkeypatch.setattr(double, "receive", lambda *_asked, **_named: [given])
    page.receiving.file.setText("/usb/tot.tebundle")
    page.receiving.look.click()
    qtbot.waitUntil(page.receiving.take.isEnabled)
    numbers = {"sender": TO, "refused": "1", "waiting": "2"}
    assert text("handovers.would_take_back", **numbers) in page.receiving.facts.text
    with qtbot.waitSignal(page.received):
        page.receiving.take.click()
    said = page.receiving.facts.text
    assert "0 xung đột · 2 thay đổi đang chờ · 1 thay đổi không nhận" in said
    assert text("handovers.taken_back", **numbers) in said
    assert text("handovers.next.refused") not in said, "nothing of the sender's was refused"
    assert "Mới: 1 hộ, 2 trẻ · thay đổi: 0 hộ, 3 trẻ · không đổi: 1 hộ và trẻ" in said


def test_what_was_returned_is_told_with_who_which_why_and_the_next_step(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = tuple(
        Return("handover", f"h{place}", f"Thiếu thôn {place}", TO, place)
        for place in range(MOST_RETURNS + 2)
    )
    given = FileResult("tot.tebundle", "imported", received=replace(_received(), returned=back))
    monkeypatch.setattr(double, "receive_preview", lambda _file, _progress: given)
    monkeypatch.setattr(double, "receive", lambda *_asked, **_named: [given])
    page.receiving.file.setText("/usb/tot.tebundle")
    page.receiving.look.click()
    qtbot.waitUntil(page.receiving.take.isEnabled)
    told = f"{TO} trả lại gói số 3 giao ngày 02/11/2026, lý do: «Thiếu thôn 0»."
    said = page.receiving.facts.text
    assert told in said, "the preview says so before anything is taken in"
    assert "gửi gói mới" in said
    assert f"«Thiếu thôn {MOST_RETURNS - 1}»" in said
    assert f"«Thiếu thôn {MOST_RETURNS}»" not in said
    assert text("handovers.returned.more", count=2) in said
    assert page.receiving.facts.state == "warning"
    double.waits = Pending((), double.returned(back))
    with qtbot.waitSignal(page.received):
        page.receiving.take.click()
    assert text("handovers.returned.above", count=len(back)) in page.receiving.facts.text
    qtbot.waitUntil(page.pending.isVisible)
    assert told in page.pending.text


@pytest.mark.parametrize("continuity", [Continuity.GAP, Continuity.FORK])
def test_a_line_that_does_not_fit_is_told_as_at_the_prompt(
    qtbot: QtBot,
    page: HandoverPage,
    double: DeskDouble,
    monkeypatch: pytest.MonkeyPatch,
    continuity: Continuity,
) -> None:
    odd = replace(_received(), continuity=continuity, alarm=True)
    given = FileResult("tot.tebundle", "imported", received=odd)
    monkeypatch.setattr(double, "receive_preview", lambda _file, _progress: given)
    page.receiving.file.setText("/usb/tot.tebundle")
    page.receiving.look.click()
    qtbot.waitUntil(page.receiving.take.isEnabled)
    for words in (text(f"handovers.{continuity.value}", sender=TO), text("handovers.alarm")):
        assert words in page.receiving.facts.text


def test_a_sending_that_stopped_is_named_and_finished_from_its_stick(
    qtbot: QtBot,
    page: HandoverPage,
    double: DeskDouble,
    notifier: RecordingNotifier,
    tmp_path: Path,
) -> None:
    assert page.pending.isHidden(), "nothing waits: nothing is shown"
    double.waits = Pending((CUT_OFF,), (), 2)
    page.load()
    qtbot.waitUntil(page.pending.isVisible)
    told = page.pending.text
    for words in ("gói số 2", "01/11/2026", "b.tebundle", "«Kiểm tra USB»", "Đang giữ 2 gói"):
        assert words in told
    double.fails = KnownError("handover.not_on_stick", "handover.not_on_stick_hint", file="b")
    page.finish(CUT_OFF, tmp_path)
    qtbot.waitUntil(lambda: bool(notifier.said(Kind.ERROR)))
    assert page.pending.isVisible()
    double.fails = None
    page.finish(CUT_OFF, tmp_path)
    qtbot.waitUntil(page.pending.isHidden)
    assert "gói số 2" in notifier.said(Kind.DONE)[0]
    failed, done = notifier.notices
    assert failed.topic == done.topic, "success takes the place of the failure"


@pytest.mark.parametrize(("answer", "dropped"), [("keep", False), ("drop", True)])
def test_a_sending_is_dropped_only_when_a_person_means_it(
    qtbot: QtBot, double: DeskDouble, answer: str, dropped: bool
) -> None:
    tasks, notifier = Tasks(), RecordingNotifier([answer])
    page = HandoverPage(tasks, double, notifier, Theme(), lambda unit: unit)
    qtbot.addWidget(page)
    page.show()
    double.waits = Pending((CUT_OFF,))
    page.load()
    qtbot.waitUntil(page.pending.isVisible)
    _finish, drop = page.pending.buttons()
    drop.click()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert ("drop h0" in double.asked) is dropped
    assert page.pending.isHidden() is dropped
    (question,) = notifier.questions
    assert "gói số 2" in question.text
    assert question.choices[-1].id == "keep", "Escape keeps it"
    tasks.shutdown()


def test_a_return_whose_day_is_not_known_here_is_told_without_a_day(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    double.waits = Pending((), (Returned(TO, "Sai ngày sinh", 2),))
    page.load()
    qtbot.waitUntil(page.pending.isVisible)
    assert "trả lại gói số 2, lý do: «Sai ngày sinh»" in page.pending.text
    assert "ngày ," not in page.pending.text


def test_a_child_without_a_household_here_is_opened_from_its_line_too(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    double.waits = Pending((), (Returned(TO, "Sai ngày sinh", name="Lê An", child="c"),))
    page.load()
    qtbot.waitUntil(page.pending.isVisible)
    (opening,) = page.pending.buttons()
    with qtbot.waitSignal(page.record_wanted) as wanted:
        opening.click()
    assert wanted.args == ["", "c"]


def test_a_record_is_offered_only_where_this_pc_had_the_file(
    page: HandoverPage, double: DeskDouble
) -> None:
    (known,) = double.register()
    page._show([known, replace(known, id="h2", seq=4, has_file=False)])
    assert page.table.cellWidget(0, PRINT) is not None
    assert page.table.cellWidget(1, PRINT) is None
    page.table.setFocus()
    for row, offered in ((0, True), (1, False)):
        page.table.setCurrentCell(row, 0)
        QTest.keyClick(page.table, Qt.Key.Key_Return)
        assert page.one.isVisible()
        assert page.one.print.isVisible() is offered
        page.close_card()


def test_a_returned_record_is_opened_from_its_line(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    double.waits = Pending(
        (), (Returned(TO, "Sai ngày sinh", name="Lê An", household="p", child="c"),)
    )
    page.load()
    qtbot.waitUntil(page.pending.isVisible)
    assert "trả lại hồ sơ Lê An, lý do: «Sai ngày sinh»" in page.pending.text
    (opening,) = page.pending.buttons()
    with qtbot.waitSignal(page.record_wanted) as wanted:
        opening.click()
    assert wanted.args == ["p", "c"]


def test_a_refused_file_cannot_be_taken_in_and_says_why(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    double.message = "Chữ ký không khớp.\nXin gói mới của bên giao."
    page.receiving.file.setText("/usb/bad.tebundle")
    page.receiving.look.click()
    qtbot.waitUntil(lambda: "Chữ ký không khớp" in page.receiving.facts.text)
    lines = page.receiving.facts.text.splitlines()
    assert lines[1:] == ["Chữ ký không khớp.", "Xin gói mới của bên giao."]
    assert not page.receiving.take.isEnabled()
    assert page.receiving.facts.state == "error"


def test_a_file_that_is_gone_by_then_leaves_the_keyboard_where_another_is_named(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.receiving.file.setText("/usb/a.tebundle")
    page.receiving.look.click()
    qtbot.waitUntil(page.receiving.take.isEnabled)

    def gone(*_asked: object, **_more: object) -> list[FileResult]:
        return [FileResult("a.tebundle", "rejected", "files.unreadable", double.message)]

    monkeypatch.setattr(double, "receive", gone)
    received: list[None] = []
    page.received.connect(lambda: received.append(None))
    page.receiving.take.click()
    qtbot.waitUntil(lambda: double.message in page.receiving.facts.text)
    assert page.focusWidget() is page.receiving.file
    assert not received


def test_the_register_lists_handovers_and_writes_their_record(
    qtbot: QtBot,
    page: HandoverPage,
    double: DeskDouble,
    notifier: RecordingNotifier,
    tmp_path: Path,
) -> None:
    assert page.table.rowCount() == 1
    assert page.table.item(0, 3).text() == "3"
    page.write_record("h1", tmp_path / "bb.pdf")
    qtbot.waitUntil(lambda: bool(notifier.said(Kind.DONE)))
    assert (tmp_path / "bb.pdf").exists()


def test_counts_that_the_giver_has_not_stated_are_unknown_and_not_zero(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    (known,) = double.register()
    unknown = replace(known, sent_on="", received_here="2026-11-02T01:41:07Z", households=None)
    got = Receipt("district", "2026-11-02T01:41:07Z", "Đinh Văn Rê", 147, 401, 6, 0, 0)
    counted = replace(unknown, receipts=(got,))
    accepted = replace(known, verdicts=(Verdict("district", "accepted", got.on, got.by, ""),))
    page.table.show_lines([known, unknown, counted, accepted])
    lines = [
        (page.table.item(row, COUNTS).text(), page.table.item(row, ANSWER).text())
        for row in range(4)
    ]
    assert lines == [
        ("148 hộ · 402 trẻ", "○ chưa có biên nhận"),
        ("bên giao chưa báo số liệu", "○ chưa có biên nhận"),
        ("đã nhận 147 hộ · 401 trẻ", "✓ huyện đã nhận 02/11/2026"),
        ("148 hộ · 402 trẻ", "✓ huyện chấp nhận 02/11/2026"),
    ]


def test_progress_is_a_count_with_an_estimate_and_each_phase_begins_anew() -> None:
    pace = Pace()
    assert pace.words(1, 0, 0.0) == ""
    assert pace.words(0, 1200, 0.0) == "0/1.200"
    assert pace.words(100, 1200, 1.0) == "100/1.200", "one second tells nothing"
    assert pace.words(400, 1200, 4.0) == "400/1.200 · còn khoảng 8 giây"
    assert pace.words(401, 120_000, 5.0) == "401/120.000"
    assert pace.words(1401, 120_000, 15.0) == "1.401/120.000 · còn khoảng 20 phút"
    assert pace.words(500_000, 2_000_000, 16.0) == "25 %"


def test_bytes_are_told_in_shares_and_their_pace_is_measured() -> None:
    pace = Pace(share=True)
    assert pace.words(0, 24_000, 0.0) == "0 %"
    pace = Pace(share=True)
    pace.words(0, 60_000_000, 0.0)
    assert (pace.words(1_000_000, 60_000_000, 1.0), pace.rate) == ("1 %", 0.0)
    assert pace.words(4_000_000, 60_000_000, 10.0) == "6 % · còn khoảng 2 phút"
    assert pace.rate == 400_000


def test_a_slow_stick_is_said_while_it_is_written_to_and_each_part_has_its_words(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, tmp_path: Path
) -> None:
    sending = page.sending
    sending.folder.setText(str(tmp_path))
    sending.check.click()
    qtbot.waitUntil(sending.send.isEnabled)
    held, going_on = threading.Event(), threading.Event()

    def send(*asked: Any, **named: Any) -> Sent:
        asked[2].phase("writing")
        held.set()
        assert going_on.wait(60)
        return DeskDouble.send(double, *asked, **named)

    double.send = send  # type: ignore[method-assign]
    sending.send.click()
    assert held.wait(60)
    qtbot.waitUntil(lambda: sending.doing.text() == "Đang ghi ra USB")
    for moment, (done, share) in {0.0: (0, "0 %"), 10.0: (4_000_000, "6 %")}.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("app.ui.handover.wizard.time.monotonic", lambda now=moment: now)
            sending._report(done, 60_000_000)
        assert sending.far.text().startswith(share)
    assert sending.doing.text() == ("USB này ghi chậm, 0,4 MB mỗi giây: cứ để nguyên, đừng rút")
    assert "còn khoảng 2 phút" in sending.far.text()
    sending._begun("reading")
    assert sending.doing.text() == "Đang đọc lại từ USB để đối chiếu"
    going_on.set()
    qtbot.waitUntil(lambda: "a.tebundle" in sending.facts.text)


def test_what_is_typed_is_saved_before_the_check_and_a_pc_that_is_not_enrolled_is_told_so(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.go_to("handover")
    desk.settle()
    assert desk.shell.handover is not None
    sending = desk.shell.handover.sending
    sending.check.click()
    desk.settle()
    assert "1 trẻ" in sending.facts.text
    sending.folder.setText(str(tmp_path))
    assert not sending.send.isEnabled()
    assert "chưa được cấp chứng thư" in sending.facts.text
    assert sending.facts.state == "warning"
    desk.close()


def test_a_long_name_of_a_file_does_not_push_the_page_apart(
    qtbot: QtBot, page: HandoverPage
) -> None:
    page.resize(900, 700)
    facts = page.sending.facts
    facts.show_facts((Fact("Tệp", f"21064-2024-524-000001-{'3ed9' * 40}.tebundle"),))
    least = facts.minimumSizeHint().width()
    facts.show_facts((Fact("Tệp", "21064-2024-524-000001-3ed9.tebundle" + "-21064" * 40),))
    assert facts.minimumSizeHint().width() < least // 4
    assert facts.text.endswith("-21064"), "what is read aloud or copied is the name as it is"
    assert "\u200b" not in facts.text


def test_what_a_line_is_about_stands_apart_from_its_words(qtbot: QtBot, page: HandoverPage) -> None:
    facts = page.sending.facts
    facts.show_facts((Fact("Whole register of it", "160"),))
    about, words, _alone = facts._lines[0]
    qtbot.waitUntil(about.isVisible)
    drawn = about.fontMetrics().horizontalAdvance(about.text())
    qtbot.waitUntil(lambda: words.x() >= about.x() + drawn + 8)


@pytest.mark.parametrize(
    ("typed", "written"), [("bien-ban", "bien-ban.pdf"), ("BB.PDF", "BB.PDF"), ("b.t", "b.t.pdf")]
)
def test_a_record_is_saved_under_a_name_that_opens(
    page: HandoverPage, monkeypatch: pytest.MonkeyPatch, typed: str, written: str
) -> None:
    saved: list[Path] = []
    monkeypatch.setattr(page, "write_record", lambda _handover, path: saved.append(path))
    monkeypatch.setattr(
        "app.ui.handover.page.QFileDialog.getSaveFileName",
        lambda *_asked: (f"/home/an/{typed}", ""),
    )
    page._print("a", 1)
    assert saved == [Path("/home/an") / written]


def test_names_counts_and_answers_of_a_commune_stand_whole_in_their_columns(
    qtbot: QtBot, page: HandoverPage, qapp: QApplication
) -> None:
    apply_theme(qapp, Theme())  # in letters as they are drawn
    page.resize(1190, 700)
    page.show()
    table = page.table
    table._unit_name = {TO: "Thành phố Quảng Ngãi", "21100@2025": "Xã Tịnh Châu"}.get
    known = page._desk.register()[0]
    got = Receipt("district", "2026-11-02T01:41:07Z", "Đinh Văn Rê", 1986, 2570, 6, 0, 0, "Quý IV")
    table.show_lines([replace(known, sent_on="", households=None, receipts=(got,))])
    said = text("handovers.line_counts_received_short", households="1.986", children="2.570")
    drawn = table.fontMetrics().horizontalAdvance
    assert not table.isColumnHidden(COUNTS)
    assert drawn(said) + 16 <= table.columnWidth(COUNTS)
    assert drawn("✓ huyện đã nhận 02/11/2026") + 16 <= table.columnWidth(ANSWER)
    name = drawn("Thành phố Quảng Ngãi")
    assert name + 16 <= table.columnWidth(RECEIVER)
    but = Verdict("district", "accepted", got.on, got.by, "", sent_back=16)
    table.show_lines([replace(known, receipts=(got,)), replace(known, verdicts=(but,))])
    answers = [table.item(row, ANSWER) for row in range(2)]
    assert [one.text() for one in answers if one is not None] == [
        "✓ huyện đã nhận 02/11/2026",
        "✓ huyện chấp nhận 02/11/2026, trả lại 16 hồ sơ",
    ]
    assert "Quý IV" in answers[0].toolTip(), "the tip has the room for it"
    assert all(drawn(one.text()) + 16 <= table.columnWidth(ANSWER) for one in answers)
    assert name + 16 <= table.columnWidth(RECEIVER)


def test_the_keyboard_is_on_the_page_one_went_to_while_the_last_one_is_saved(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.go_to("handover")
    desk.settle()
    handover = desk.shell.handover
    assert handover is not None
    assert desk.shell.pages.currentWidget() is handover
    assert handover.isAncestorOf(desk.focus())
    desk.enter()
    desk.settle()
    assert desk.shell.pages.currentWidget() is handover
    desk.close()


@pytest.mark.parametrize("typed", ["E" * 400, "a\0b", __file__], ids=["long", "no sign", "a file"])
def test_a_folder_that_is_none_is_told_in_a_sentence(typed: str) -> None:
    nobody: Any = None  # refused before anybody is asked
    desk = ServicesDesk(*[nobody] * 8)
    with pytest.raises(KnownError) as refused:
        desk.send(nobody, Path(typed), Progress(), clock_confirmed=False, signers=Signers())
    assert refused.value.message_id == "handovers.no_folder"


def test_a_stick_that_lost_what_it_took_is_not_proposed_again_while_it_is_in(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, notifier: RecordingNotifier
) -> None:
    sending, row = page.sending, page.sending.sticks
    fake = Stick(Path("/media/an/64GB"), "64GB", 63_000_000_000, 64_000_000_000, False)
    double.found_sticks = [fake]
    page._look_for_sticks()
    qtbot.waitUntil(lambda: sending.folder.path == str(fake.folder))
    sending.check.click()
    qtbot.waitUntil(sending.send.isEnabled)
    double.fails = KnownError(
        "files.fake_capacity", "files.bad_stick_hint", file="a", total="5,2 MB", good="0 KB"
    )
    sending.send.click()
    qtbot.waitUntil(lambda: bool(notifier.said(Kind.ERROR)))
    assert "USB giả dung lượng" in notifier.said(Kind.ERROR)[0]
    assert "Dùng USB khác" in notifier.said(Kind.ERROR)[0]
    assert sending.folder.path == ""
    assert row.steps[0].text() == "64GB · không giữ được dữ liệu, đừng dùng"
    assert not row.steps[0].isEnabled()
    assert not sending.send.isEnabled()
    # Another one beside it is taken by itself; the same one put in again is as good as new.
    good = replace(fake, folder=Path("/media/an/KINGSTON"), name="KINGSTON")
    double.found_sticks = [fake, good]
    page._look_for_sticks()
    qtbot.waitUntil(lambda: sending.folder.path == str(good.folder))
    for double.found_sticks in ([], [fake]):
        page._look_for_sticks()
        qtbot.waitUntil(lambda: list(row.shown) == double.found_sticks)
    assert row.steps[0].isEnabled()


def test_a_stick_pulled_out_at_the_last_moment_leaves_a_sending_that_is_shown_at_once(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, notifier: RecordingNotifier
) -> None:
    sending = page.sending
    stick = Stick(Path("/media/an/USB"), "USB", 12_400_000_000, 16_000_000_000, False)
    double.found_sticks = [stick]
    page._look_for_sticks()
    qtbot.waitUntil(lambda: bool(sending.folder.path))
    sending.check.click()
    qtbot.waitUntil(sending.send.isEnabled)
    double.fails = KnownError("handover.may_be_sent", "handover.may_be_sent_hint", file="b")
    double.waits = Pending((CUT_OFF,), (), 0)
    assert page.pending.isHidden()
    sending.send.click()
    qtbot.waitUntil(page.pending.isVisible)
    (said,) = notifier.said(Kind.ERROR)
    assert "chưa rõ gói đã nằm trọn trên USB hay chưa" in said
    assert "«Kiểm tra USB»" in said
    finish, drop = page.pending.buttons()
    assert (finish.text(), drop.text()) == ("Kiểm tra USB…", "Bỏ lần gửi này")


def test_sticks_that_could_not_be_looked_for_are_looked_for_again_and_told_once(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble, notifier: RecordingNotifier
) -> None:
    page._sticks.setInterval(1)
    double.no_sticks = KnownError("files.unreadable", "files.unreadable_hint", file="mounts")
    page._look_for_sticks()
    qtbot.waitUntil(lambda: bool(notifier.said(Kind.ERROR)))
    qtbot.wait(100)
    assert len(notifier.said(Kind.ERROR)) == 1, "not once for every look"
    double.no_sticks = None
    double.found_sticks = [Stick(Path("/media/an/USB"), "USB", 12_400_000, 16_000_000, False)]
    qtbot.waitUntil(lambda: bool(page.sending.folder.path))


def test_a_full_stick_is_not_proposed_and_of_many_those_that_do_come_first(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    sending, row = page.sending, page.sending.sticks
    good = Stick(Path("/media/an/GOOD"), "GOOD", 12_400_000_000, 16_000_000_000, False)
    full = replace(good, folder=Path("/media/an/FULL"), name="FULL", free=4096)
    locked = replace(good, folder=Path("/media/an/LOCKED"), name="LOCKED", read_only=True)
    double.found_sticks = [full, locked]
    page._look_for_sticks()
    qtbot.waitUntil(row.steps[1].isVisible)
    assert [step.text() for step in row.steps[:2]] == ["FULL · đã đầy", "LOCKED · chỉ đọc"]
    assert not any(step.isEnabled() for step in row.steps[:2])
    assert row.none.isVisible()
    assert row.none.text() == text("sticks.none_fits")
    assert not sending.folder.path
    others = [replace(full, folder=Path(f"/media/an/F{at}"), name=f"F{at}") for at in range(2)]
    double.found_sticks = [full, locked, *others, good]
    page._look_for_sticks()
    qtbot.waitUntil(lambda: sending.folder.path == str(good.folder))
    assert row.steps[0].text() == "GOOD · trống 12 GB"
    assert row.none.isHidden()
    assert row.more.isVisible()
    assert row.more.text() == text("sticks.more", count="2")
    # From a full one, and a locked one, one may read.
    assert all(step.isEnabled() for step in page.receiving.sticks.steps)


def test_the_only_stick_is_taken_by_itself_and_of_several_one_is_chosen(
    qtbot: QtBot, page: HandoverPage, double: DeskDouble
) -> None:
    sending, row = page.sending, page.sending.sticks
    assert row.none.isVisible()
    one = Stick(Path("/media/an/KINGSTON"), "KINGSTON", 12_400_000_000, 16_000_000_000, False)
    locked = replace(one, folder=Path("/media/an/LOCKED"), name="LOCKED", read_only=True)
    other = replace(one, folder=Path("/media/an/OTHER"), name="", free=340_000_000)
    double.found_sticks = [one, locked]
    page._look_for_sticks()
    qtbot.waitUntil(lambda: sending.folder.path == str(one.folder))
    assert row.none.isHidden()
    assert [step.text() for step in row.steps if step.isVisible()] == [
        "KINGSTON · trống 12 GB",
        "LOCKED · chỉ đọc",
    ]
    assert not row.steps[1].isEnabled()
    assert page.receiving.sticks.steps[1].isEnabled(), "from it one may read"
    # Taken out: what was filled in by itself is gone, what somebody typed stays.
    double.found_sticks = []
    page._look_for_sticks()
    qtbot.waitUntil(lambda: not sending.folder.path)
    sending.folder.setText("/somewhere")
    double.found_sticks = [one, other]
    page._look_for_sticks()
    qtbot.waitUntil(row.steps[1].isVisible)
    assert sending.folder.path == "/somewhere"
    assert row.steps[1].text() == f"{other.folder} · trống 340 MB"
    row.steps[1].click()
    assert sending.folder.path == str(other.folder)
