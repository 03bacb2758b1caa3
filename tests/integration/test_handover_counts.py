"""The numbers under which a register changes hands: counted, seen, and the receiver's own.

Two installations with real keys; bundles as files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest
from sqlalchemy import func, select

from app.errors import KnownError
from app.forms.issues import Value
from app.history.door import State
from app.ids import derived_id
from app.models.materialising import Touched
from app.models.queries import register
from app.models.schema import bundle_out
from app.models.store import Reading
from app.models.work import Change
from app.reports.document import Paragraph
from app.reports.official_writing import counted
from app.services.bench.workshop import PROVINCE, Workshop
from app.services.checks import Checks, CheckSummary
from app.services.declarations import Declarations
from app.services.handover_receiving import Receiving
from app.services.handover_register import HandoverRegister
from app.services.handover_sending import Sending, SendPreview
from app.services.workplace import Progress, Workplace
from app.sync.apply import take_back
from tests.older_program import seal_without_counts
from tests.unit.forms.invented import GOOD_CHILD, GOOD_HOUSEHOLD

COMMUNE = "21010@2024"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Each test puts a household of its own into it and looks at its own handovers."""
    made = Workshop(tmp_path_factory.mktemp("counts") / "world", 12)
    made.giver  # noqa: B018 - enrolled and filled
    yield made
    made.close()


def _sending(workplace: Workplace, asked: list[str] | None = None) -> Sending:
    def check(progress: Progress, units: Collection[str]) -> CheckSummary:
        if asked is not None:
            asked.append("check")
        return Checks(workplace).counted(progress, units)

    return Sending(workplace, check)


def _put(workplace: Workplace, *changes: Change) -> None:
    with workplace.write() as work:
        for change in changes:
            work.record(change)
        work.commit()


def _household(key: str) -> Change:
    """One with an error: it names no village."""
    values = {**GOOD_HOUSEHOLD, "owner_unit": COMMUNE, "village": None}
    return Change("household", values, key=f"household/{key}")


def _bundles_noted(workplace: Workplace) -> int:
    with workplace.store.read() as reading:
        return int(reading.execute(select(func.count()).select_from(bundle_out)).scalar_one())


def test_a_handover_that_nobody_previewed_states_the_errors_and_warnings_of_a_check(
    workshop: Workshop,
) -> None:
    giver = workshop.giver
    _put(giver, _household("unseen"))
    found = Checks(giver).errors_and_warnings(Progress())
    assert min(found) > 0
    asked: list[str] = []
    sent = _sending(giver, asked).send(PROVINCE, workshop.scratch)
    assert asked == ["check"]
    assert (sent.errors, sent.warnings) == found
    facts = HandoverRegister(giver).facts(sent.handover)
    assert (facts.errors, facts.warnings, facts.incomplete) == (*found, sent.incomplete)


def test_counts_once_seen_are_not_counted_again_and_stale_ones_hand_over_nothing(
    workshop: Workshop,
) -> None:
    giver, asked = workshop.giver, list[str]()
    sending, noted = _sending(giver, asked), _bundles_noted(giver)
    files = sorted(workshop.scratch.rglob("*.tebundle"))
    seen = sending.preview(PROVINCE)
    _put(giver, _household("stale"))
    with pytest.raises(KnownError) as refused:
        sending.send(PROVINCE, workshop.scratch, seen=seen)
    assert refused.value.message_id == "handover.changed_meanwhile"
    assert _bundles_noted(giver) == noted
    assert sorted(workshop.scratch.rglob("*.tebundle")) == files
    asked.clear()
    seen = sending.preview(PROVINCE)
    sent = sending.send(PROVINCE, workshop.scratch, seen=seen)
    assert asked == ["check"]
    assert (sent.errors, sent.warnings) == seen.issues


def test_a_save_while_the_bundle_is_sealed_hands_over_nothing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    giver = workshop.giver
    sending, noted = _sending(giver), _bundles_noted(giver)
    look, looks = sending._refuse_other, list[SendPreview]()

    def look_then_save(reading: Reading, seen: SendPreview) -> None:
        look(reading, seen)
        looks.append(seen)
        _put(giver, _household("meanwhile"))

    monkeypatch.setattr(sending, "_refuse_other", look_then_save)
    with pytest.raises(KnownError) as refused:
        sending.send(PROVINCE, workshop.scratch)
    assert refused.value.message_id == "handover.changed_meanwhile"
    assert len(looks) == 1  # the second look, inside the transaction, is what bites
    assert _bundles_noted(giver) == noted


def test_a_record_turned_back_since_the_preview_hands_over_nothing(workshop: Workshop) -> None:
    """It leaves the register without a new place in the log."""
    giver = workshop.giver
    _put(giver, _household("turned-back"))
    sending, home = _sending(giver), derived_id(COMMUNE, "household/turned-back")
    seen = sending.preview(PROVINCE)
    with giver.write() as work:
        found = register.record(work.connection, "household", home)
        assert found is not None
        touched = Touched()
        take_back(work, [(home, found.heads[0])], State.SET_ASIDE, None, touched)
        work.bring_up_to_date(touched)
        work.commit()
    with pytest.raises(KnownError) as refused:
        sending.send(PROVINCE, workshop.scratch, seen=seen)
    assert refused.value.message_id == "handover.changed_meanwhile"


def test_what_a_modified_client_calls_complete_stands_as_unfinished_in_the_receivers_record(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_without_counts(monkeypatch)
    giver, receiver = workshop.giver, workshop.receiver
    home = derived_id(COMMUNE, "household/modified")
    wrong: dict[str, Value] = {
        **GOOD_CHILD,
        "owner_unit": COMMUNE,
        "household": home,
        "birth_date": None,
        "complete": True,
    }
    _put(giver, _household("modified"), Change("child", wrong, key="child/of-my-own"))
    first = _sending(giver).send(PROVINCE, workshop.scratch)
    # The client is modified: its half states fewer unfinished records than the program counted.
    _put(giver, Change("handover", {"sent_incomplete": first.incomplete - 1}, id=first.handover))
    second = _sending(giver).send(PROVINCE, workshop.scratch)
    results = Receiving(receiver).receive([first.file, second.file])
    assert [one.status for one in results] == ["imported", "imported"]

    child = derived_id(COMMUNE, "child/of-my-own")
    assert [one.id for one in Declarations(receiver).list()] == [child]
    with receiver.store.read() as reading:
        (row,) = register.child_rows(reading, [child])
        values = register.record(reading, "handover", first.handover)
    assert not row.complete
    assert values is not None
    assert values.values["received_province_incomplete"] == first.incomplete
    desk = HandoverRegister(receiver)
    facts = desk.facts(first.handover)
    assert facts.incomplete == first.incomplete - 1
    assert facts.received is not None
    assert facts.received.incomplete == first.incomplete
    words = [
        "".join(run.text for run in block.runs)
        for section in desk.document(first.handover).sections
        for block in section.blocks
        if isinstance(block, Paragraph)
    ]
    assert any(f"{counted(first.incomplete)} hồ sơ chưa xong." in line for line in words)
