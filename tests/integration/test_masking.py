"""Level A stays behind the mask: in records, histories, issues, pages, and through every save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from app.errors import BugError, KnownError
from app.forms.catalogue import packaged
from app.forms.context import Context
from app.forms.issues import MASKED_RULE, Issue, Value
from app.forms.schema import Severity
from app.forms.template import newest
from app.forms.validator import may_be_accepted, validate
from app.models import audit
from app.models.queries import register
from app.models.work import Change
from app.services.checks import Checks, FoundIssue
from app.services.entry import Entry, RecordSave, Saved
from app.services.judging import hushed, open_issues
from app.services.masking import MASKED, Reveal, ShownRecord
from app.services.records import Records
from app.services.register_import import ImportResult, RegisterImport
from app.services.rights import ALL_RIGHTS, RIGHTS_OF, Right, Role
from app.services.workplace import Workplace
from tests.integration.registers import table
from tests.workplaces import COMMUNE, again, make_workplace

REASON = Reveal("xác minh theo đơn")
#: A child of six that is recorded as addicted and as back from trafficking without a parent there.
SECRET_GROUPS = (("C07", None), ("C12", ["C12.1"]), ("C05", None))


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    made = make_workplace(tmp_path_factory.mktemp("masking"))
    yield made
    made.store.close()


def _blind(workplace: Workplace) -> Workplace:
    return again(workplace, ALL_RIGHTS - {Right.REVEAL})


def _made(workplace: Workplace, **flags: Value) -> tuple[str, str, dict[str, str]]:
    """A household, its child, and the child's circumstances by group."""
    with workplace.write() as work:
        values: dict[str, Value] = {"owner_unit": COMMUNE, "head_name": "Lê Bình", **flags}
        home = work.record(Change("household", values)).id
        said: dict[str, Value] = {
            "owner_unit": COMMUNE,
            "household": home,
            "full_name": "Lê Mai",
            "sex": "2",
            "birth_date": "2019-05-06",
            "monthly_allowance": "1",
            "allowance_category": "k3",
            "circumstance_answer": "some",
        }
        child = work.record(Change("child", said)).id
        parts = {}
        for group, subgroups in (*SECRET_GROUPS, ("C04", ["C04.1"])):
            held: dict[str, Value] = {
                "record": child,
                "group": group,
                "subgroups": subgroups,
                "episode": 1,
                "circumstance_from": "2024-01-02",
                "evidence_ref": "Phiếu 12/XN",
            }
            parts[group] = work.record(Change("circumstance", held, key=f"{group}/1")).id
        work.commit()
    return home, child, parts


def _stored(workplace: Workplace, entity: str, ent_id: str) -> Mapping[str, Value]:
    with workplace.store.read() as reading:
        found = register.record(reading, entity, ent_id)
    assert found is not None
    return found.values


def _form(view: ShownRecord, **typed: Value) -> Change:
    """The save of a form that was opened on what is shown."""
    values = view.open_values
    return Change(view.entity, {**values, **typed}, view.id, base=view.heads, loaded=values)


def _saved(workplace: Workplace, *changes: Change) -> list[Saved]:
    """Save a page; what belongs to a child follows it."""
    saves: list[RecordSave] = []
    for change in changes:
        if change.entity == "circumstance":
            saves[-1] = RecordSave(saves[-1].change, (*saves[-1].parts, change))
        else:
            saves.append(RecordSave(change))
    return Entry(workplace).save(saves)


def test_a_page_holds_no_value_of_level_a(workplace: Workplace) -> None:
    home, child, parts = _made(workplace, family_problem_flags=["R03.3"])
    page = Entry(workplace).page(home)
    assert page is not None
    assert page.household.masked == {"family_problem_flags"}
    assert page.children[0].masked == {"allowance_category"}
    held = {one.id: one for one in page.belongings[child]}
    for group, _ in SECRET_GROUPS:
        said = held[workplace.handles.handle_of(parts[group])]
        assert said.values["group"] is MASKED
        assert set(said.open_values) == {"record"}
    assert held[parts["C04"]].masked == {"evidence_ref"}
    assert held[parts["C04"]].values["group"] == "C04"


def test_an_empty_field_is_not_masked(workplace: Workplace) -> None:
    home, _, _ = _made(workplace)
    page = Entry(workplace).page(home)
    assert page is not None
    assert page.household.masked == frozenset()
    assert "family_problem_flags" not in page.household.values


def test_saving_a_form_with_masked_fields_leaves_them_as_they_are(workplace: Workplace) -> None:
    home, child, parts = _made(workplace, family_problem_flags=["R03.3"])
    blind = _blind(workplace)
    page = Entry(blind).page(home)
    assert page is not None
    part = next(one for one in page.belongings[child] if one.id == parts["C04"])
    done = _saved(
        blind,
        _form(page.household, phone="0912345678"),
        _form(page.children[0], monthly_allowance="1", other_name="Bé"),
        _form(part, circumstance_from="2024-02-03"),
    )
    assert all(one.written for one in done)
    assert _stored(workplace, "household", home)["family_problem_flags"] == ["R03.3"]
    assert _stored(workplace, "child", child)["allowance_category"] == "k3"
    assert _stored(workplace, "circumstance", parts["C04"])["evidence_ref"] == "Phiếu 12/XN"
    assert _stored(workplace, "circumstance", parts["C04"])["circumstance_from"] == "2024-02-03"
    told = {name: value for one in done for name, value in one.values.items()}
    assert not {"family_problem_flags", "allowance_category", "evidence_ref"} & told.keys()


def test_a_form_older_than_the_record_keeps_what_it_was_loaded_with(workplace: Workplace) -> None:
    """Its half of a merge group is written with the hidden half it had, not with a later one."""
    home, child, _ = _made(workplace)
    page = Entry(workplace).page(home)
    assert page is not None
    with workplace.write() as work:
        work.record(Change("child", {"allowance_category": "k6"}, id=child))
        work.commit()
    _saved(_blind(workplace), _form(page.children[0], monthly_allowance="2"))
    (entry,) = Records(workplace).history(child, REASON)[-1:]
    assert entry.values is not None
    assert "allowance_category" not in entry.values or entry.values["allowance_category"] == "k3"


def test_typing_over_a_mask_asks_the_right_and_writes_what_was_typed(workplace: Workplace) -> None:
    home, child, parts = _made(workplace, family_problem_flags=["R03.3"])
    blind = _blind(workplace)
    page = Entry(workplace).page(home)
    assert page is not None
    name = workplace.handles.handle_of(parts["C05"])
    secret = next(one for one in page.belongings[child] if one.id == name)
    same = _form(page.children[0])
    over = (
        (_form(page.household, family_problem_flags=["R04.4"]),),
        (same, _form(secret, circumstance_to="2025-01-01")),
        (same, _form(secret, _deleted=True)),
    )
    for changes in over:
        with pytest.raises(KnownError) as refused:
            _saved(blind, *changes)
        assert refused.value.message_id == "rights.denied"
    with pytest.raises(KnownError):
        Records(blind).set_fields(home, {"family_problem_flags": "R04.4"})
    assert _stored(workplace, "household", home)["family_problem_flags"] == ["R03.3"]
    _saved(workplace, *over[0], *over[1])
    assert _stored(workplace, "household", home)["family_problem_flags"] == ["R04.4"]
    closed = _stored(workplace, "circumstance", parts["C05"])
    assert (closed["group"], closed["circumstance_to"]) == ("C05", "2025-01-01")


def test_an_empty_field_of_level_a_is_open_to_whoever_types(workplace: Workplace) -> None:
    home, _, _ = _made(workplace)
    page = Entry(workplace).page(home)
    assert page is not None
    _saved(_blind(workplace), _form(page.household, family_problem_flags=["R03.3"]))
    assert _stored(workplace, "household", home)["family_problem_flags"] == ["R03.3"]


def test_the_mask_itself_is_never_saved(workplace: Workplace) -> None:
    home, _, _ = _made(workplace, family_problem_flags=["R03.3"])
    page = Entry(workplace).page(home)
    assert page is not None
    marked = dict(page.household.values)
    change = Change("household", marked, home, base=page.household.heads, loaded={})  # type: ignore[arg-type]
    with pytest.raises(BugError):
        _saved(workplace, change)


def test_a_history_masks_what_a_circumstance_ever_was(workplace: Workplace) -> None:
    _, _, parts = _made(workplace)
    with workplace.write() as work:
        work.record(Change("circumstance", {"group": "C01", "subgroups": None}, id=parts["C12"]))
        work.commit()
    name = workplace.handles.handle_of(parts["C12"])
    for entry in Records(workplace).history(name):
        assert entry.values is not None
        said = {n: v for n, v in entry.values.items() if n != "record" and v is not None}
        assert set(said.values()) == {MASKED}
    opened = Records(workplace).history(name, REASON)
    assert (opened[0].values or {})["group"] == "C12"


def test_a_reveal_is_on_record_before_anything_is_shown(workplace: Workplace) -> None:
    home, child, _ = _made(workplace, family_problem_flags=["R03.3"])
    shown = Records(workplace).show(home, REASON).record
    assert shown.values["family_problem_flags"] == ["R03.3"]
    with workplace.store.read() as reading:
        (newest_row,) = audit.recent(reading, 1)
        assert audit.first_break(reading) is None
    assert newest_row.event == "reveal"
    assert dict(newest_row.details) == {
        "entity": "household",
        "record": home,
        "reason": REASON.reason,
    }
    with pytest.raises(KnownError):
        Records(_blind(workplace)).show(child, REASON)
    with pytest.raises(KnownError):
        Records(workplace).show(child, Reveal(" \t"))


def test_reasons_kept_for_what_is_masked_are_left_out_and_not_lost(workplace: Workplace) -> None:
    home, child, _ = _made(workplace)
    lines = ["circumstance_codes/c07_age: đã xác minh", "grade/grade_for_age: học muộn"]
    with workplace.write() as work:
        work.record(Change("child", {"warning_reasons": lines}, id=child))
        work.commit()
    page = Entry(workplace).page(home)
    assert page is not None
    view = page.children[0]
    assert view.values["warning_reasons"] == lines[1:]
    more = sorted([lines[1], "line_no/x: đúng"])
    (done,) = _saved(_blind(workplace), _form(view, warning_reasons=more))
    assert done.values["warning_reasons"] == more
    assert _stored(workplace, "child", child)["warning_reasons"] == sorted([lines[0], *more])


def _said(found: list[FoundIssue]) -> str:
    return " ".join(f"{one.issue.rule} {one.issue.field} {one.message}" for one in found)


def test_issues_say_nothing_of_what_is_masked_but_count(workplace: Workplace) -> None:
    home, child, parts = _made(workplace)
    found: list[FoundIssue] = []
    Checks(workplace).run(found.extend)
    mine = [one for one in found if one.id in (child, *parts.values())]
    hushed = [one for one in mine if one.issue.rule == MASKED_RULE]
    assert {one.id for one in hushed} == {child}
    assert len(hushed) >= 2
    text = _said(mine)
    for word in ("c07", "c12", "c10", "evidence", "HIV", "ma túy", "mua bán", "allowance_"):
        assert word not in text, word
    (view,) = Records(workplace).household(home).children
    assert sorted(i.rule for i in view.issues) == sorted(
        one.issue.rule for one in found if one.id == child or one.id in parts.values()
    )
    assert not any(may_be_accepted(one.issue) for one in hushed)


def test_a_record_without_secrets_is_told_everything() -> None:
    template = newest("child")
    context = Context(reference_date=date(2025, 10, 1))
    values: dict[str, Value] = {"full_name": "Lê Mai", "sex": "9"}
    issues = validate(template, values, context)
    assert open_issues(packaged().masks, template, values, context, issues) == issues


def test_a_page_judges_what_it_does_not_show(workplace: Workplace) -> None:
    """Severities count as in the core; a revealed or typed value is judged as it stands."""
    home, child, parts = _made(workplace)
    page = Entry(workplace).page(home)
    assert page is not None
    template = newest("child")
    whole = [{**_stored(workplace, "circumstance", one), "id": one} for one in parts.values()]
    shown = [{**one.open_values, "id": one.id} for one in page.belongings[child]]
    around = Context(reference_date=date(2025, 10, 1), record_id=child)
    full = validate(
        template, _stored(workplace, "child", child), _with(around, page.household, whole)
    )
    said = page.judge.child(
        template,
        child,
        home,
        page.children[0].open_values,
        _with(around, page.household, shown),
    )
    assert sorted(one.severity.value for one in said.issues) == sorted(
        one.severity.value for one in full
    )
    rules = {one.rule for one in said.issues}
    assert MASKED_RULE in rules
    assert not {"c07_age", "c12_return", "evidence_before_confirmed"} & rules
    opened = page.judge.child(
        template,
        child,
        home,
        _stored(workplace, "child", child),
        _with(around, page.household, whole),
    )
    assert {"c07_age", "c12_return"} <= {one.rule for one in opened.issues}
    assert any(one.severity is Severity.WARNING for one in opened.issues)


def _with(context: Context, household: ShownRecord, parts: list[dict[str, Value]]) -> Context:
    from msgspec import structs

    return structs.replace(context, household=household.open_values, circumstances=parts)


def test_search_and_lists_do_not_follow_level_a(workplace: Workplace, tmp_path: Path) -> None:
    del tmp_path
    _made(workplace, family_problem_flags=["R03.3"])
    for words in ("R03.3", "C05", "Phiếu 12/XN", "k3"):
        assert Records(workplace).search(words) == []
        assert Entry(workplace).child_ids(words) == []


def test_an_import_tells_nobody_whether_the_file_guessed_right(
    workplace: Workplace, tmp_path: Path
) -> None:
    home, child, _ = _made(workplace, family_problem_flags=["R03.3"])
    titles = ("child_uid", "household_uid", "full_name", "commune_code", "family_problem_flags")
    titles += ("allowance_category", "circumstance_codes")
    before = dict(_stored(workplace, "household", home)), dict(_stored(workplace, "child", child))
    clerk = again(workplace, RIGHTS_OF[Role.CLERK])
    told = []
    for flags, category, codes in (("R03.3", "k3", "C05"), ("R04.4", "k6", "C11; R03.3")):
        row = [child, home, "Lê Mai", COMMUNE, flags, category, codes]
        path = table(tmp_path / f"{category}.csv", titles, [row])
        for use in (RegisterImport(clerk).preview, RegisterImport(clerk).run):
            done = use(path)
            result = done if isinstance(done, ImportResult) else done.result
            counts = (result.created, result.changed, result.unchanged, result.operations)
            told.append((counts, [(one.message_id, one.column) for one in result.issues]))
    assert all(one == told[0] for one in told)
    assert told[0][0] == (0, 0, 1, 0)
    assert [name for name, _ in told[0][1]] == ["import.issue_masked"] * 3
    assert before == (_stored(workplace, "household", home), _stored(workplace, "child", child))
    done = RegisterImport(workplace).run(path)
    assert (done.changed, done.issue_count) == (1, 0)
    assert _stored(workplace, "household", home)["family_problem_flags"] == ["R04.4"]


def test_of_two_equal_issues_the_one_that_only_the_whole_record_gives_is_hushed() -> None:
    template = newest("child")
    issue = Issue("full_name", "required", Severity.ERROR, "forms.rule.required")
    told = hushed(template, [issue, issue], [issue])
    assert [one.rule for one in told] == ["required", MASKED_RULE]
