"""What the record of a handover says of counts, round, books, annexes, file and people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.ids import derived_id
from app.models import bundles, lines
from app.models.bundles import Evidence, Intake
from app.models.lines import FileFacts, Header
from app.models.queries import register
from app.models.work import Change
from app.reports.document_texts import document_texts
from app.reports.handover_facts import FileCheck, Side, VillageLine
from app.reports.handover_record import handover_record
from app.services.handover_register import HandoverRegister
from app.services.workplace import Account, Workplace
from tests.workplaces import COMMUNE, DISTRICT, PROVINCE, make_workplace

KEY = "ab" * 32
HANDOVER = derived_id(COMMUNE, KEY)
SENT, OTHER = "5a" * 32, "c3" * 32
FILE = FileFacts("a.tebundle", 900, SENT, "d4" * 32)
HEADER = Header(bytes.fromhex(KEY), "replica", "an", COMMUNE, 1, None, 0, 9)
OTHER_COMMUNE, THIRD_COMMUNE = "21025@2024", "21031@2024"
TEXTS = document_texts("handover_record")
NOW = datetime(2026, 11, 5, 3, tzinfo=UTC).timestamp()


@pytest.fixture
def giver(tmp_path: Path) -> Iterator[Workplace]:
    yield from _at(tmp_path / "giver", COMMUNE)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Workplace]:
    yield from _at(tmp_path / "receiver", DISTRICT)


def _at(folder: Path, unit: str) -> Iterator[Workplace]:
    made = make_workplace(folder, unit)
    made.clock = lambda: NOW
    yield made
    made.store.close()


def _write(workplace: Workplace, entity: str, **values: Value) -> str:
    with workplace.write() as work:
        done = work.record(Change(entity, {"owner_unit": COMMUNE, **values}))
        work.commit()
    return done.id


def _edit(workplace: Workplace, entity: str, ent_id: str, **values: Value) -> None:
    with workplace.write() as work:
        found = register.record(work.connection, entity, ent_id)
        assert found is not None
        work.record(Change(entity, values, id=ent_id, base=found.heads, loaded=found.values))
        work.commit()


def _round(
    workplace: Workplace, reference: str, state: str = "open", born_from: str | None = None
) -> str:
    """A round as the province signed it and a bundle brought it."""
    with workplace.write() as work:
        work.sign_reference = lambda operation: operation
        values: dict[str, Value] = {
            "name": "Đợt thử",
            "reference_date": reference,
            "born_from": born_from,
            "opens_on": "2026-10-01",
            "closes_on": "2026-12-31",
            "state": state,
        }
        made = work.record(Change("round", values))
        work.commit()
    return made.id


_HALF: dict[str, Value] = {
    "sent_to": DISTRICT,
    "sent_on": "2026-11-05T02:00:00Z",
    "sent_by": "Đinh Thị Nga",
    "sent_sha256": SENT,
    "sent_seq": 1,
    "sent_households": 1,
    "sent_children": 1,
    "sent_girls": 0,
    "sent_incomplete": 2,
}


def _sent(workplace: Workplace, **values: Value) -> None:
    """The giver's half of the handover, and its file."""
    with workplace.write() as work:
        work.record(Change("handover", {"owner_unit": COMMUNE, **_HALF, **values}, key=KEY))
        lines.note_sent(work.connection, HEADER, DISTRICT, FILE, int(NOW))
        bundles.set_handover(work.connection, HEADER.bundle_id, HANDOVER)
        work.commit()


def _received(workplace: Workplace, sha256: str = SENT, **values: Value) -> None:
    """The receiver's half, and the file that came."""
    half: dict[str, Value] = {
        "received_district_on": "2026-11-05T03:00:00Z",
        "received_district_by": "Đặng An",
        "received_district_manifest": KEY,
        "received_district_households": 1,
        "received_district_children": 1,
    }
    with workplace.write() as work:
        work.record(Change("handover", {"owner_unit": COMMUNE, **half, **values}, key=KEY))
        bundles.note_received(
            work.connection,
            1,
            HEADER,
            "below",
            Intake(9, 9, 0, 0, 0, fork=False),
            Evidence(b"", b"", b""),
            FileFacts("a.tebundle", 900, sha256, "d4" * 32),
            handover=HANDOVER,
            received=int(NOW),
            received_by="Đặng An",
        )
        work.commit()


def _family(workplace: Workplace, **values: Value) -> tuple[str, str]:
    """One village, one household, one boy: what the giver's half states."""
    village = _write(workplace, "village", name="Thôn Một")
    home = _write(workplace, "household", village=village, household_no="1", **values)
    child = _write(workplace, "child", household=home, full_name="Lê Mai", sex="1")
    return home, child


def _printed(workplace: Workplace) -> str:
    return repr(handover_record(HandoverRegister(workplace).facts(HANDOVER), TEXTS))


# --- the round ------------------------------------------------------------------------------


def test_only_the_round_that_the_giver_stated_is_shown(giver: Workplace) -> None:
    _round(giver, "2026-10-01")
    _sent(giver)
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert facts.round_title == ""
    assert (facts.period_start, facts.period_end) == (None, None)
    assert "K02" not in {group.code for group in facts.groups}


_MADE = "ngày 05 tháng 11 năm 2026"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (None, f"số liệu tính đến {_MADE}."),
        ("2026-10-01", "số liệu tính đến ngày 01 tháng 10 năm 2026."),
        # Nobody can hand over numbers of a day that has not come; only ages are counted for it.
        (
            "2026-12-31",
            f"số liệu tính đến {_MADE}, tuổi của trẻ em tính vào ngày 31 tháng 12 năm 2026.",
        ),
    ],
    ids=["no round", "a day gone by", "a day to come"],
)
def test_the_day_of_the_numbers_is_said_and_never_after_the_handover(
    giver: Workplace, reference: str | None, said: str
) -> None:
    made = None if reference is None else _round(giver, reference, state="closed")
    _sent(giver, sent_round=made)
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert facts.round_title == ("" if reference is None else "Đợt thử")
    assert said in _printed(giver)


def test_the_receiver_names_the_day_of_its_own_numbers(receiver: Workplace) -> None:
    _received(receiver, sent_on="2026-11-05T02:00:00Z")
    assert f"số liệu tính đến {_MADE}." in _printed(receiver)


def test_a_day_that_nobody_said_is_left_to_be_written(receiver: Workplace) -> None:
    _received(receiver)  # without a half and without a manifest
    assert "số liệu tính đến ngày ...... tháng" in _printed(receiver)


def test_the_counts_are_compared_for_the_day_they_were_made(giver: Workplace) -> None:
    """Who turns 16 between the reference date and the handover is still in the annexes."""
    _home, child = _family(giver)
    _edit(giver, "child", child, birth_date="2010-10-20")
    _sent(giver, sent_round=_round(giver, "2026-10-01", state="closed"))
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert facts.villages == (VillageLine("Thôn Một", None, 1, 1, COMMUNE),)


def test_the_record_says_whom_the_rounds_cut_off_leaves_out_under_16(giver: Workplace) -> None:
    home, _child = _family(giver)
    _write(giver, "child", household=home, birth_date="2010-12-31", sex="2")
    made = _round(giver, "2026-10-01", state="closed", born_from="2011-01-01")
    _sent(giver, sent_round=made)
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert (facts.children, facts.left_out, facts.changed_since) == (1, 1, False)
    assert facts.villages == (VillageLine("Thôn Một", None, 1, 1, COMMUNE),)
    assert "01 trẻ em dưới 16 tuổi sinh trước ngày 01/01/2011" in _printed(giver)


@pytest.mark.parametrize("in_round", [False, True])
def test_days_apart_name_the_day_of_the_counts_only_where_no_round_does(
    giver: Workplace, *, in_round: bool
) -> None:
    made = _round(giver, "2026-10-01", state="closed") if in_round else None
    _sent(giver, sent_round=made, received_district_on="2026-11-20T03:00:00Z")
    said = _printed(giver)
    assert "được lập ngày 05/11/2026 và được nhận ngày 20/11/2026" in said
    assert ("tính số liệu theo ngày lập gói" in said) is not in_round


def test_errors_that_nobody_counted_get_no_number(giver: Workplace) -> None:
    _family(giver)
    _sent(giver)
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert (facts.errors, facts.warnings) == (None, None)
    assert "chưa nhận được số liệu của bên giao" in _printed(giver)


def test_before_the_givers_half_has_come_the_receivers_numbers_are_told_as_its_own(
    receiver: Workplace,
) -> None:
    _home, child = _family(receiver, book_number="1")
    _edit(receiver, "child", child, circumstance_answer="none")
    _received(receiver)
    facts = HandoverRegister(receiver).facts(HANDOVER)
    assert (facts.counted_by, facts.households, facts.children) == (Side.RECEIVER, 1, 1)
    said = _printed(receiver)
    for words in (
        "- Tổng số hồ sơ: chưa nhận được số liệu của bên giao. Bên nhận tự tính được 02 hồ sơ,",
        "gia đình: 01 quyển, theo dữ liệu của bên nhận.",
        "- Hồ sơ chưa xong theo bên nhận tự tính: 0 hồ sơ;",
        "Phụ lục II - Số trẻ em theo nhóm hoàn cảnh; cả hai theo số liệu bên nhận tự tính.",
    ):
        assert words in said, words
    assert "- Tổng số hồ sơ: 02" not in said


def test_once_the_givers_half_has_come_its_numbers_are_the_total(receiver: Workplace) -> None:
    _home, child = _family(receiver)
    _edit(receiver, "child", child, circumstance_answer="none")
    _received(receiver, **_HALF)
    assert HandoverRegister(receiver).facts(HANDOVER).counted_by is Side.GIVER
    said = _printed(receiver)
    assert "- Tổng số hồ sơ: 02 hồ sơ, gồm" in said
    assert "theo dữ liệu của bên nhận" not in said
    assert "Số trẻ em theo nhóm hoàn cảnh." in said


def test_a_giver_whose_own_half_is_missing_shows_the_receipt_and_no_zeros(
    giver: Workplace,
) -> None:
    """The stick was taken away before the handover was noted; then the receipt came down."""
    half: dict[str, Value] = {
        "received_district_on": "2026-11-05T03:00:00Z",
        "received_district_households": 7,
        "received_district_children": 9,
    }
    _sent(giver, **{**dict.fromkeys(_HALF), "sent_to": DISTRICT, **half})
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert (facts.counted_by, facts.households, facts.children) == (Side.RECEIVER, 7, 9)


# --- books and annexes ----------------------------------------------------------------------


def test_books_that_nobody_recorded_are_left_to_be_filled_in(giver: Workplace) -> None:
    _family(giver)
    _sent(giver)
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert (facts.books, facts.villages[0].books) == (None, None)
    said = _printed(giver)
    assert "Sổ theo dõi trẻ em trong gia đình: ........ quyển." in said
    assert "('1', 'Thôn Một', '........', '1', '1', '')" in said
    assert "('', 'Tổng cộng', '........', '1', '1', '')" in said


def test_recorded_books_are_counted_once_in_each_village(giver: Workplace) -> None:
    _family(giver, book_number="1")
    other = _write(giver, "village", name="Thôn Hai")
    for book in ("1", "1", "2"):
        _write(giver, "household", village=other, book_number=book)
    _sent(giver, sent_households=4)
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert facts.books == 3
    assert {line.name: line.books for line in facts.villages} == {"Thôn Một": 1, "Thôn Hai": 2}
    assert "Sổ theo dõi trẻ em trong gia đình: 03 quyển." in _printed(giver)


def test_annexes_that_no_longer_fit_are_left_out_and_the_record_says_why(
    giver: Workplace,
) -> None:
    home, _child = _family(giver)
    _sent(giver)
    before = _printed(giver)
    assert "Phụ lục I - Danh mục sổ" in before
    assert "vì sổ đã thay đổi" not in before
    _write(giver, "child", household=home, full_name="Lê Mơ", sex="2")
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert facts.changed_since
    assert (facts.villages, facts.groups) == ((), ())
    after = _printed(giver)
    assert "Phụ lục không kèm theo vì sổ đã thay đổi sau khi bàn giao" in after
    assert "Không có." not in after
    assert "Danh mục sổ" not in after


def test_a_boy_corrected_to_a_girl_is_a_change_of_the_counts_too(giver: Workplace) -> None:
    _home, child = _family(giver)
    _sent(giver)
    _edit(giver, "child", child, sex="2")
    assert HandoverRegister(giver).facts(HANDOVER).changed_since


# --- circumstances --------------------------------------------------------------------------

_GROUPS = "Phụ lục II - Số trẻ em theo nhóm hoàn cảnh"


def test_where_nobody_was_asked_no_group_says_zero(giver: Workplace) -> None:
    _family(giver)
    _sent(giver)
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert (facts.groups, facts.unanswered) == ((), 1)
    said = _printed(giver)
    assert _GROUPS not in said
    assert "C01" not in said
    assert (
        "Không kèm số trẻ em theo nhóm hoàn cảnh vì cả 01 trẻ em đều chưa được hỏi hoặc "
        "chưa ghi rõ hoàn cảnh." in said
    )


def test_an_accident_of_the_round_is_told_even_where_nobody_was_asked(giver: Workplace) -> None:
    _home, child = _family(giver)
    with giver.write() as work:
        injured: dict[str, Value] = {
            "record": child,
            "event": "injured",
            "event_date": "2026-10-09",
            "episode": 1,
        }
        work.record(Change("life_event", injured))
        work.commit()
    _sent(giver, sent_round=_round(giver, "2026-10-01"))
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert [(one.code, one.children) for one in facts.groups] == [("K02", 1)]
    said = _printed(giver)
    assert _GROUPS in said
    assert "C01" not in said
    assert "Cả 1 trẻ em đều chưa được hỏi hoặc chưa ghi rõ hoàn cảnh" in said


def test_who_was_not_asked_stands_under_the_table(giver: Workplace) -> None:
    home, _child = _family(giver)
    _write(giver, "child", household=home, sex="1", circumstance_answer="none")
    _sent(giver, sent_children=2)
    facts = HandoverRegister(giver).facts(HANDOVER)
    assert facts.unanswered == 1
    assert "C01" in {one.code for one in facts.groups}
    said = _printed(giver)
    assert "Trong số 2 trẻ em có 1 trẻ em chưa được hỏi hoặc chưa ghi rõ hoàn cảnh" in said
    assert "Không kèm số trẻ em" not in said


# --- the file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "stated", "expected"),
    [
        (SENT, None, FileCheck.VERIFIED),
        (SENT, SENT, FileCheck.MATCHES),
        (OTHER, SENT, FileCheck.DIFFERS),
    ],
)
def test_the_receiver_compares_its_file_with_the_hash_that_the_giver_states(
    receiver: Workplace, got: str, stated: str | None, expected: FileCheck
) -> None:
    half = {**_HALF, "sent_sha256": stated} if stated else {}
    _received(receiver, got, **half)
    assert HandoverRegister(receiver).facts(HANDOVER).check is expected


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [(None, FileCheck.NOT_YET), (KEY, FileCheck.MATCHES), (OTHER, FileCheck.DIFFERS)],
)
def test_the_giver_believes_only_a_receipt_for_its_own_manifest(
    giver: Workplace, manifest: str | None, expected: FileCheck
) -> None:
    _sent(giver, received_district_manifest=manifest)
    assert HandoverRegister(giver).facts(HANDOVER).check is expected


# --- the people -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed_in", "title"), [("Đặng An", "Công chức"), ("Hồ Thị Bình", "")], ids=["same", "other"]
)
def test_name_and_title_of_the_receiver_belong_to_one_person(
    receiver: Workplace, signed_in: str, title: str
) -> None:
    _received(receiver, **_HALF)
    receiver.account = Account("x", signed_in, "Công chức", receiver.account.rights)
    (person,) = HandoverRegister(receiver).facts(HANDOVER).receiver.people
    assert (person.name, person.title) == ("Đặng An", title)


# --- turning back ---------------------------------------------------------------------------


def _values(workplace: Workplace) -> dict[str, Value]:
    with workplace.store.read() as reading:
        found = register.record(reading, "handover", HANDOVER)
    assert found is not None
    return dict(found.values)


def test_records_sent_back_leave_the_verdict_on_the_handover_alone(receiver: Workplace) -> None:
    _home, child = _family(receiver)
    _received(receiver, **_HALF)
    handovers = HandoverRegister(receiver)
    handovers.accept(HANDOVER)
    before = _values(receiver)
    assert before["verdict_district"] == "accepted"
    handovers.return_(HANDOVER, "Thiếu ngày sinh", [child])
    assert _values(receiver) == before
    with receiver.store.read() as reading:
        (review,) = register.belonging_to(reading, [child])[child]
    assert review.values["reason"] == "Thiếu ngày sinh"
    assert review.values["handover"] == HANDOVER


def test_a_whole_handover_sent_back_says_who_when_and_why(receiver: Workplace) -> None:
    _received(receiver, **_HALF)
    (verdict,) = HandoverRegister(receiver).return_(HANDOVER, "Thiếu sổ thôn Hai").verdicts
    assert (verdict.verdict, verdict.by, verdict.reason) == (
        "returned",
        "Đặng An",
        "Thiếu sổ thôn Hai",
    )
    assert verdict.on == "2026-11-05T03:00:00Z"


def test_a_record_of_another_unit_is_not_sent_back_to_the_giver(receiver: Workplace) -> None:
    _home, child = _family(receiver)
    _received(receiver, **_HALF)
    elsewhere = next(
        one
        for one in receiver.tree.below(DISTRICT)
        if receiver.tree.tier(one) == "commune" and one != COMMUNE
    )
    with receiver.write() as work:
        foreign = work.record(Change("child", {"owner_unit": elsewhere, "full_name": "Lê Na"})).id
        work.commit()
    with pytest.raises(KnownError) as refused:
        HandoverRegister(receiver).return_(HANDOVER, "Xem lại", [child, foreign])
    assert refused.value.message_id == "handover.foreign_record"
    with receiver.store.read() as reading:
        assert register.belonging_to(reading, [child, foreign]) == {}


def test_a_part_of_a_record_lies_where_the_record_lies(tmp_path: Path) -> None:
    for province in _at(tmp_path / "province", PROVINCE):
        _home, child = _family(province)
        _received(province, **{**_HALF, "sent_to": PROVINCE})
        part = _part_of(province, child)
        HandoverRegister(province).return_(HANDOVER, "Xem lại nhóm", [part])
        with province.store.read() as reading:
            parts = register.belonging_to(reading, [child])[child]
        assert [one.entity for one in parts].count("review") == 1


def _part_of(workplace: Workplace, child: str) -> str:
    with workplace.write() as work:
        values: dict[str, Value] = {"record": child, "group": "C01", "episode": 1}
        done = work.record(Change("circumstance", values))
        work.commit()
    return done.id


def test_a_masked_part_is_named_by_its_handle_and_its_page_goes_back(tmp_path: Path) -> None:
    """A part is in nobody's scope by itself: what is said of it alone would never travel."""
    for province in _at(tmp_path / "province", PROVINCE):
        _home, child = _family(province)
        _received(province, **{**_HALF, "sent_to": PROVINCE})
        with province.write() as work:
            values: dict[str, Value] = {"record": child, "group": "C05", "episode": 1}
            part = work.record(Change("circumstance", values, key="C05/1")).id
            work.commit()
        name = province.handles.handle_of(part)
        with pytest.raises(KnownError) as refused:
            HandoverRegister(province).return_(HANDOVER, "Xem lại nhóm", [part])
        assert refused.value.message_id == "records.unknown"
        HandoverRegister(province).return_(HANDOVER, "Xem lại nhóm", [name])
        with province.store.read() as reading:
            assert not register.belonging_to(reading, [part]).get(part)
            parts = register.belonging_to(reading, [child])[child]
        (review,) = [one for one in parts if one.entity == "review"]
        assert review.values["record"] == child
        assert review.values["reason"] == "Xem lại nhóm"


def test_the_register_stands_in_the_order_of_coming_and_knows_which_files_were_here(
    receiver: Workplace,
) -> None:
    first = _write(receiver, "handover", sent_seq=1, sent_on="2026-11-05T04:11:00Z")
    # Sent by another PC, whose own word has not come: what the district answered has.
    second = _write(receiver, "handover", received_district_on="2026-11-05T04:14:00Z")
    third = _write(
        receiver,
        "handover",
        verdict_province="returned",
        verdict_province_on="2026-11-05T04:15:00Z",
    )
    found = HandoverRegister(receiver).list()
    assert [one.id for one in found] == [third, second, first]
    assert [one.has_file for one in found] == [False] * 3


def _bundle(workplace: Workplace, number: int, seq: int, sent_on: str, **said: str) -> str:
    """The `number`th bundle that came here, of the line of a PC with a clock of its own."""
    key = f"{number:064x}"
    unit, replica = said.get("unit", COMMUNE), said.get("replica", "replica")
    with workplace.write() as work:
        half = {**_HALF, "owner_unit": unit, "sent_seq": seq, "sent_on": sent_on}
        told = said.get("direction", "below") == "below"
        done = work.record(Change("handover", half, key=key)).id if told else key
        bundles.note_received(
            work.connection,
            number,
            Header(bytes.fromhex(key), replica, "an", unit, seq, None, 0, 9),
            said.get("direction", "below"),
            Intake(9, 9, 0, 0, 0, fork=False),
            Evidence(b'{"kind":"data"}', b"", b""),
            FileFacts(f"{number}.tebundle", 900, SENT, "d4" * 32),
            handover=done,
            received=int(NOW) + number,
            received_by="Đặng An",
        )
        work.commit()
    return done


def test_a_clock_of_2002_or_2099_puts_nobody_at_the_end_of_the_register(
    receiver: Workplace,
) -> None:
    """What came last stands first, and of one line the greater number, whatever clocks say."""
    ahead = _bundle(receiver, 1, 1, "2099-01-01T00:00:00Z", replica="ahead", unit=OTHER_COMMUNE)
    first = _bundle(receiver, 2, 1, "2026-11-05T02:00:00Z")
    third = _bundle(receiver, 3, 3, "2026-11-06T02:00:00Z")
    above = _bundle(receiver, 4, 7, "", replica="above", unit=PROVINCE, direction="above")
    late = _bundle(receiver, 5, 2, "2026-11-05T05:00:00Z")  # its stick was mislaid
    behind = _bundle(receiver, 6, 1, "2002-01-01T00:00:00Z", replica="behind", unit=THIRD_COMMUNE)
    own = _write(receiver, "handover", sent_seq=1, sent_on="2026-11-05T01:00:00Z")
    found = [one.id for one in HandoverRegister(receiver).list()]
    assert found == [own, behind, third, above, late, first, ahead]
