"""A masked field in the window: says so in words, survives a save, is typed over or revealed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap import open_services
from app.forms.issues import Value
from app.models.accounts import AccountRow, put_account
from app.models.queries import register
from app.models.work import Change
from app.services.installation import unlock
from app.services.rights import ALL_RIGHTS, Right, pack
from app.ui.drafts import DraftDesk
from app.ui.household.body import FormBody
from app.ui.household.field_edit import FieldEdit
from app.ui.household.field_edit import Key as FieldKey
from tests.ui.window_desk import PASSPHRASE, UNIT, Desk, Key, prepared_home

FLAGS = FieldKey("", "family_problem_flags")
SECRETS = ("C05", "HIV", "R03.3", "Phiếu 12/XN", "k3")


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(qtbot, prepared_home(tmp_path)).unlock()
    yield opened
    opened.close()


def _made(desk: Desk) -> tuple[str, str]:
    """A household with a secret of each kind; its id and that of the circumstance.

    The page calls that one by its handle (`_name`).
    """
    workplace = desk.workplace
    with workplace.write() as work:
        values: dict[str, Value] = {
            "owner_unit": UNIT,
            "household_no": "1",
            "head_name": "Lê Bình",
            "family_problem_flags": ["R03.3"],
        }
        home = work.record(Change("household", values)).id
        said: dict[str, Value] = {
            "owner_unit": UNIT,
            "household": home,
            "line_no": 1,
            "full_name": "Lê Mai",
            "sex": "2",
            "birth_date": "2019-05-06",
            "monthly_allowance": "1",
            "allowance_category": "k3",
            "circumstance_answer": "some",
        }
        child = work.record(Change("child", said)).id
        held: dict[str, Value] = {
            "record": child,
            "group": "C05",
            "episode": 1,
            "circumstance_from": "2024-01-02",
            "evidence_ref": "Phiếu 12/XN",
        }
        part = work.record(Change("circumstance", held, key="C05/1")).id
        work.commit()
    return home, part


def _name(desk: Desk, part: str) -> str:
    return desk.workplace.handles.handle_of(part)


def _stored(desk: Desk, entity: str, ent_id: str) -> Mapping[str, Value]:
    with desk.workplace.store.read() as reading:
        found = register.record(reading, entity, ent_id)
    assert found is not None
    return found.values


def _open(desk: Desk, home: str) -> tuple[FormBody, FormBody]:
    desk.shell.open_household(home)
    desk.settle()
    desk.page.household_form.set_more(True)
    return desk.page.household_form, desk.page.child_form


def _field(form: FormBody, key: FieldKey) -> FieldEdit:
    edit = form.edit(key)
    assert edit is not None
    return edit


def _on_screen(desk: Desk) -> str:
    """Everything the page shows or says to a screen reader, and what its memory holds."""
    said = []
    for form in (desk.page.household_form, desk.page.child_form):
        for edit in form.edits.values():
            said += [edit.text(), edit.placeholderText(), edit.accessibleDescription()]
        said += [part.title for one in form.sections.values() for part in one.parts]
    keeper = desk.page.keeper
    assert keeper.household is not None
    for record in (keeper.household, *keeper.lines):
        said.append(json.dumps(record.as_draft(), ensure_ascii=False))
    return "\n".join(said)


def _shown(desk: Desk, secrets: Iterable[str] = SECRETS) -> list[str]:
    """The secrets that stand there as words: a random id may hold two of their letters."""
    seen = _on_screen(desk)
    return [one for one in secrets if re.search(rf"\b{re.escape(one)}\b", seen)]


def test_what_is_looked_for_would_be_found(desk: Desk) -> None:
    home, _ = _made(desk)
    head, _ = _open(desk, home)
    _field(head, FLAGS).setPlaceholderText(", ".join(SECRETS))
    assert _shown(desk) == list(SECRETS)


def test_masked_fields_say_so_in_words_and_survive_a_save(desk: Desk) -> None:
    home, part = _made(desk)
    head, form = _open(desk, home)
    assert _shown(desk) == []
    for edit in (
        _field(head, FLAGS),
        _field(form, FieldKey("", "allowance_category")),
        _field(form, FieldKey(_name(desk, part), "evidence_ref")),
    ):
        assert edit.text() == ""
        assert "được che" in edit.placeholderText()
        assert "F3" in edit.accessibleDescription()
    assert "nhóm được bảo vệ" in form.sections["circumstance"].parts[0].title
    form.focus(FieldKey("", "other_name"))
    desk.text("Bé")
    desk.enter()
    head.focus(FLAGS)
    desk.text(" ")  # nothing typed is no value: what nobody saw nobody empties
    desk.enter()
    desk.page.save_all()
    desk.settle()
    assert _stored(desk, "household", home)["family_problem_flags"] == ["R03.3"]
    child = desk.page.keeper.lines[0].id
    assert _stored(desk, "child", child)["other_name"] == "Bé"
    assert _stored(desk, "child", child)["allowance_category"] == "k3"
    assert _stored(desk, "circumstance", part)["group"] == "C05"


def test_a_masked_field_is_typed_over_or_revealed_for_a_reason(desk: Desk) -> None:
    home, _ = _made(desk)
    head, _ = _open(desk, home)
    head.focus(FLAGS)
    desk.text("R04.4")
    desk.enter()
    desk.page.save_all()
    desk.settle()
    assert _stored(desk, "household", home)["family_problem_flags"] == ["R04.4"]
    head, form = _open(desk, home)
    assert _shown(desk, ["R04.4"]) == []
    head.focus(FLAGS)
    desk.press(Key.Key_F3)
    desk.text("Xác minh theo đơn")
    desk.enter()
    desk.settle()
    assert "R04.4" in _field(head, FLAGS).text()
    record = desk.page.keeper.household
    assert record is not None
    # What was revealed to one person is masked again in the draft that another may open.
    assert "R04.4" not in json.dumps(record.as_draft())
    assert _shown(desk, ["k3"]) == [], "one reveal opens one record"
    assert form is desk.page.child_form


def test_a_reason_that_was_asked_for_on_one_page_reveals_nothing_on_the_next(desk: Desk) -> None:
    home, _ = _made(desk)
    head, _ = _open(desk, home)
    head.focus(FLAGS)
    desk.press(Key.Key_F3)
    assert desk.page.foot.is_asking
    desk.page.begin()
    desk.settle()
    assert not desk.page.foot.is_asking
    desk.page.foot.reason_kept.emit("Đang làm thủ tục")
    desk.settle()
    assert _shown(desk) == []
    said = [one.event for one in desk.shell._services.audit_trail.recent()]
    assert "reveal" not in said


def test_without_the_right_nothing_is_typed_over(qtbot: QtBot, tmp_path: Path) -> None:
    settings = prepared_home(tmp_path)
    rights = pack(ALL_RIGHTS - {Right.REVEAL})
    with (
        open_services(settings, lambda one: unlock(one, PASSPHRASE)) as services,
        services.workplace.write() as work,
    ):
        account = services.workplace.account
        row = AccountRow(account.name, account.full_name, account.title, rights, active=True)
        put_account(work.connection, row)
        work.commit()
    desk = Desk(qtbot, settings).unlock()
    home, part = _made(desk)
    head, form = _open(desk, home)
    for edit in (
        _field(head, FLAGS),
        _field(form, FieldKey(_name(desk, part), "circumstance_from")),
    ):
        assert edit.isReadOnly()
        assert "được che" in edit.placeholderText()
        assert "F3" not in edit.accessibleDescription()
    form.focus(FieldKey(_name(desk, part), "circumstance_from"))
    desk.page.remove_line()
    desk.press(Key.Key_F3)
    desk.page.save_all()
    desk.settle()
    assert not _stored(desk, "circumstance", part).get("_deleted")
    assert _shown(desk) == []
    desk.close()


def test_what_one_account_typed_and_did_not_save_is_not_shown_to_another(desk: Desk) -> None:
    shell, found = desk.shell, []
    shell.drafts.put("child/one", {"texts": {"circumstance_codes": "C05"}})
    desk.settle()
    other = DraftDesk(desk.window.tasks, shell.drafts._writer._open_store, account="bình")
    other.put("child/two", {"texts": {}})
    other.read(found.append)
    shell.drafts.read(found.append)
    desk.until(lambda: len(found) == 2)
    theirs, mine = sorted(found, key=lambda one: "child/one" in one)
    assert set(theirs) == {"child/two"}
    assert "child/one" in mine
    assert "child/two" not in mine
    other.close()


def test_a_line_begun_here_is_known_again_and_never_begun_over_a_masked_one(desk: Desk) -> None:
    """The page knows masked lines by their handles, its own by the ids it derived."""
    home, masked = _made(desk)
    _open(desk, home)
    child = desk.child.id
    for _ in range(2):  # the second time what was declared again is masked as well
        desk.page.child_form.focus(FieldKey("", "circumstance_codes"))
        desk.text("C05")
        desk.enter()
        desk.page.save_all()
        desk.settle()
        desk.page.keeper.reload()
        desk.settle()
        begun = [one.id for one in desk.child.parts]
        desk.shell.open_household(home)
        desk.settle()
        assert len(desk.child.parts) == len(begun), "no line stands there twice"
        assert all(one.is_secret for one in desk.child.parts)
    with desk.workplace.store.read() as reading:
        (stored,) = register.belonging_to(reading, [child]).values()
    assert {one.values["_key"] for one in stored} == {"C05/1", "C05/2", "C05/3"}
    (first,) = [one for one in stored if one.id == masked]
    assert (first.values["evidence_ref"], first.conflicts) == ("Phiếu 12/XN", 0)


def test_the_draft_of_a_line_that_was_saved_after_all_does_not_double_it(desk: Desk) -> None:
    home, _ = _made(desk)
    _open(desk, home)
    desk.page.child_form.focus(FieldKey("", "circumstance_codes"))
    desk.text("C07")
    desk.enter()
    kept = desk.child.as_draft()
    desk.page.save_all()
    desk.settle()
    keeper = desk.page.keeper
    keeper._left[f"child/{desk.child.id}"] = {**kept, "key": "begun"}
    desk.shell.open_household(home)
    desk.settle()
    assert len(desk.child.parts) == 2
    (line,) = [one for one in desk.child.parts if one.values.get("group") == "C07"]
    assert not line.new
