"""The one validation: bulk equals single, reasons settle warnings, sub-records are named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.forms.circumstances import C03_PAIRS
from app.forms.code_lists import load_code_list
from app.forms.context import Context, Holders, Lists
from app.forms.field_types import FieldProblem, field_type
from app.forms.issues import Value, issue_text
from app.forms.rules import CONDITIONS
from app.forms.schema import Field, Severity
from app.forms.validator import (
    applicable,
    errors_many,
    may_be_accepted,
    reasons_of,
    validate,
    validate_many,
    with_reason,
)
from app.text.normalize import clean as clean_text
from tests.long_runs import slice_or_all
from tests.unit.forms.invented import (
    CHILD,
    GOOD_CHILD,
    GOOD_HOUSEHOLD,
    HOUSEHOLD,
    around,
    check,
    child,
    circumstance,
    found,
    rules_of,
    with_groups,
)

GROUPS = [item.code for item in load_code_list("circumstances")]


def _values_of(field: Field) -> st.SearchStrategy[Value]:
    """Sound and unsound stored values of a field."""
    odd: list[st.SearchStrategy[Value]] = [
        st.none(),
        st.sampled_from(["", " x ", "2016", "2016-13", "051316123456", "x" * 300, "Trai", "9"]),
        st.integers(-1, 20),
        st.booleans(),
        st.sampled_from([["1", "3"], ["3", "1"], [], ["R04.1"]]),
    ]
    likely: list[st.SearchStrategy[Value]] = []
    if field.code_list is not None:
        codes = st.sampled_from(list(load_code_list(field.code_list).codes))
        likely = [codes, st.lists(codes, max_size=3, unique=True).map(sorted)]
    elif field.type in ("partial_date", "date", "month"):
        likely = [
            st.dates(date(2008, 1, 1), date(2027, 1, 1)).map(
                lambda day: day.isoformat()[: {"month": 7}.get(field.type, 10)]
            )
        ]
    elif field.type in ("int", "year"):
        likely = [st.integers(0, 2030)]
    elif field.type == "pid12":
        likely = [st.from_regex(r"\A0(51|03)[0-4][012][0-9]{7}\Z")]
    return st.one_of(*likely, *odd)


def _records(
    fields: tuple[Field, ...], base: dict[str, Value]
) -> st.SearchStrategy[dict[str, Value]]:
    changes = st.fixed_dictionaries(
        {}, optional={field.name: _values_of(field) for field in fields if field.stored}
    )
    return changes.map(lambda changed: {**base, **changed})


CHILDREN = _records(CHILD.fields_of("child"), GOOD_CHILD)
HOUSEHOLDS = _records(HOUSEHOLD.fields_of("household"), GOOD_HOUSEHOLD)
CIRCUMSTANCES = st.lists(
    st.builds(
        lambda group, subs, end, status: circumstance(
            group, *subs, circumstance_to=end, verification_status=status
        ),
        st.sampled_from(GROUPS),
        st.lists(st.sampled_from(GROUPS), max_size=2),
        st.sampled_from([None, "2026-02-01", "2025-01-01", "2030-01-01"]),
        st.sampled_from([None, "CONFIRMED", "REPORTED"]),
    ),
    max_size=3,
)
EVENTS = st.lists(
    st.builds(
        lambda event, cause, day: {"event": event, "death_cause": cause, "event_date": day},
        st.sampled_from(["died", "injured", "moved_out", "born"]),
        st.sampled_from([None, "injury", "disease"]),
        st.sampled_from([None, "2026-11-01", "2015-01-01", "2027-01-01"]),
    ),
    max_size=2,
)


@st.composite
def _contexts(draw: st.DrawFn) -> Context:
    return around(
        household=draw(HOUSEHOLDS),
        siblings=draw(st.lists(CHILDREN, max_size=1)),
        circumstances=draw(CIRCUMSTANCES),
        events=draw(st.none() | EVENTS),
        lists=Lists(allowance=draw(st.none() | st.booleans())),
        id_holders=draw(st.sampled_from([None, lambda _: Holders(["other"], ["theirs"])])),
    )


@settings(max_examples=slice_or_all(40, 150), deadline=None)
@given(st.lists(st.tuples(CHILDREN, _contexts()), min_size=1, max_size=6))
def test_checking_in_bulk_equals_checking_one_by_one(
    records: list[tuple[dict[str, Value], Context]],
) -> None:
    # Each record twice: the second time the memory of sound values is warm.
    twice = records + records
    single = [validate(CHILD, values, context) for values, context in twice]
    assert list(validate_many(CHILD, twice)) == single
    assert single[: len(records)] == single[len(records) :]
    errors = [[one for one in issues if one.severity is Severity.ERROR] for issues in single]
    assert list(errors_many(CHILD, twice)) == errors


@settings(max_examples=slice_or_all(30, 100), deadline=None)
@given(st.lists(HOUSEHOLDS, min_size=1, max_size=6))
def test_households_in_bulk_equal_households_one_by_one(records: list[dict[str, Value]]) -> None:
    single = [validate(HOUSEHOLD, values, around()) for values in records]
    assert list(validate_many(HOUSEHOLD, [(values, around()) for values in records])) == single
    errors = [[one for one in issues if one.severity is Severity.ERROR] for issues in single]
    assert list(errors_many(HOUSEHOLD, [(values, around()) for values in records])) == errors


@settings(max_examples=slice_or_all(40, 150), deadline=None)
@given(CHILDREN, _contexts())
def test_every_issue_has_a_field_of_the_template_and_a_whole_sentence(
    values: dict[str, Value], context: Context
) -> None:
    for issue in validate(CHILD, values, context):
        assert CHILD.field(issue.field) is not None
        text = issue_text(issue)
        assert text.endswith((".", "?"))
        assert "{" not in text


@settings(max_examples=slice_or_all(30, 100), deadline=None)
@given(CHILDREN, _contexts())
def test_validation_changes_nothing_it_was_given(
    values: dict[str, Value], context: Context
) -> None:
    before = (dict(values), repr(context.circumstances), repr(context.household))
    validate(CHILD, values, context)
    assert (dict(values), repr(context.circumstances), repr(context.household)) == before


def test_a_memory_of_one_field_does_not_vouch_for_another() -> None:
    first = child(school_name="051316123456", personal_id=None, birth_registered="9")
    second = child(personal_id="Trường số 1")
    third = child(school_name="Trường số 1")
    records = [(values, around()) for values in (first, third, second)]
    bulk = list(validate_many(CHILD, records))
    assert ("personal_id", "type") in {(i.field, i.rule) for i in bulk[2]}


def test_a_reason_turns_a_warning_into_a_note_and_is_kept_with_it() -> None:
    values = child(birth_date="2016-01-01")
    warning = found(check(values), "first_of_january")
    assert may_be_accepted(warning)
    values["warning_reasons"] = with_reason(values, warning, " đúng theo khai sinh ")
    assert values["warning_reasons"] == ["birth_date/first_of_january: đúng theo khai sinh"]
    note = found(check(values), "first_of_january")
    assert (note.severity, note.reason) == (Severity.NOTE, "đúng theo khai sinh")
    assert note.accepted
    assert with_reason(values, warning, "") == []


def test_an_error_is_accepted_only_where_the_personal_id_allows_it() -> None:
    values = child(personal_id="051016123456")
    century = found(check(values), "pid_child_century")
    assert century.severity is Severity.ERROR
    values["warning_reasons"] = with_reason(values, century, "giấy khai sinh ghi vậy")
    assert found(check(values), "pid_child_century").severity is Severity.NOTE
    twice = child(
        circumstance_answer=None,
        warning_reasons=["circumstance_answer/circumstance_answer_given: không hỏi"],
    )
    assert found(check(twice), "circumstance_answer_given").severity is Severity.ERROR


@pytest.mark.parametrize("stored", [None, "x", ["birth_date/first_of_january"], ["a: "], [":x"]])
def test_a_line_without_a_reason_accepts_nothing(stored: Value) -> None:
    values = child(birth_date="2016-01-01", warning_reasons=stored)
    assert found(check(values), "first_of_january").severity is Severity.WARNING
    assert "birth_date/first_of_january" not in reasons_of(values)


def test_sub_records_are_checked_with_the_child_and_alone() -> None:
    support = {"id": "s1", "support_type": ["gift"], "support_date": None}
    issues = check(child(), around(supports=[support]))
    assert [(i.entity, i.record, i.field, i.rule) for i in issues] == [
        ("support", "s1", "support_date", "required_when")
    ]
    alone = validate(CHILD, support, around(), entity="support")
    assert [(i.entity, i.field) for i in alone] == [("support", "support_date")]
    deleted = {**support, "_deleted": True}
    assert check(child(), around(supports=[deleted])) == []


def test_a_circumstance_without_a_beginning_is_an_error_on_its_own_line() -> None:
    issues = check(child(), with_groups(circumstance("C02", "C02.1", circumstance_from=None)))
    required = found(issues, "required")
    assert (required.entity, required.field) == ("circumstance", "circumstance_from")


def test_fields_that_apply_follow_the_facts() -> None:
    home = applicable(CHILD, child(), around())
    assert "father_away_since" not in home
    assert "religion" not in home
    assert {"grade", "school_name", "birth_cert_no"} <= home
    away = applicable(CHILD, child(father_status="ALIVE_AWAY"), around(collect_religion=True))
    assert {"father_away_since", "religion"} <= away
    assert "mother_away_since" not in away
    moved = applicable(CHILD, {"event": "moved_out"}, around(), entity="life_event")
    assert "event_place" in moved
    assert "death_cause" not in moved


def test_issues_come_in_the_order_of_the_book() -> None:
    order = [field.name for field in CHILD.fields_of("child")]
    issues = check(child(grade=99, line_no=99, father_name=None, sex=None, ethnicity=None))
    places = [order.index(issue.field) for issue in issues]
    assert places == sorted(places)
    assert len(set(places)) >= 4


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
def test_conditions_answer_for_an_empty_record(condition: str) -> None:
    from app.forms.facts import Facts

    answer: Callable[[Facts], bool] = CONDITIONS[condition]
    assert isinstance(answer(Facts({}, Context(reference_date=date(2026, 11, 10)))), bool)


def test_an_empty_record_is_incomplete_and_breaks_nothing_else() -> None:
    issues = validate(CHILD, {}, Context(reference_date=date(2026, 11, 10)))
    assert rules_of(issues) <= {"required", "required_when", "circumstance_answer_given"}
    assert {i.field for i in issues} >= {"full_name", "birth_date", "sex", "ethnicity"}


def test_sensitive_groups_are_not_named_in_an_issue() -> None:
    issue = found(check(child(), with_groups(circumstance("C11"))), "subgroup_count")
    assert "một nhóm được che" in issue_text(issue)
    assert "xâm hại" not in issue_text(issue)


def test_a_returned_record_is_not_asked_who_checked_it() -> None:
    returned = {"result": "returned", "reason": "thiếu ngày sinh", "reviewer": "Lê Thị Sen"}
    assert check(child(), around(reviews=[returned])) == []
    unsigned = {"result": "checked", "checked_poverty_list": True, "checked_allowance_list": True}
    assert rules_of(check(child(), around(reviews=[unsigned]))) == {"required_when"}
    signed = {**unsigned, "reviewer": "Lê Thị Sen"}
    assert check(child(), around(reviews=[signed])) == []


# --- round trips ---------------------------------------------------------------------------------

STORED: dict[str, st.SearchStrategy[Value]] = {
    "partial_date": st.dates(date(1927, 1, 1), date(2026, 12, 31)).flatmap(
        lambda day: st.sampled_from([day.isoformat()[:n] for n in (4, 7, 10)])
    ),
    "date": st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(date.isoformat),
    "month": st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(lambda day: day.isoformat()[:7]),
    "year": st.integers(1900, 2100),
    "int": st.integers(0, 2**53),
    "money": st.integers(0, 2**53),
    "bool": st.booleans(),
    "decimal": st.decimals(0, 10**6, places=3).map(
        lambda number: f"{number:f}".rstrip("0").rstrip(".") or "0"
    ),
    "pid12": st.from_regex(r"\A[0-9]{12}\Z"),
    "digits10": st.from_regex(r"\A[0-9]{10}\Z"),
    "phone": st.from_regex(r"\A0([35789][0-9]{8}|2[0-9]{9})\Z"),
    "health_card": st.from_regex(r"\A([A-Z]{2}[1-5][0-9]{12}|[0-9]{10})\Z"),
    "unit": st.from_regex(r"\A[0-9]{5}@(2024|2025)\Z"),
    "birth_certificate": st.from_regex(r"\A[0-9]{1,5}/20[0-9]{2}\Z"),
    "name": st.lists(
        st.sampled_from(["Nguyễn", "Thị", "H'Hen", "Ê-Ban", "Đặng", "Wầy", "Hrê"]),
        min_size=1,
        max_size=8,
    ).map(" ".join),
    "uuid": st.uuids().map(str),
}
FIELDS = [field for form in (HOUSEHOLD, CHILD) for field in form.fields]


@settings(max_examples=25, deadline=None)
@given(st.data())
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_what_is_shown_is_read_back_as_it_was_stored(field: Field, data: st.DataObject) -> None:
    kind = field_type(field, 2026)
    if field.code_list is not None:
        codes = st.sampled_from(list(load_code_list(field.code_list).codes))
        several = st.lists(codes, min_size=1, max_size=5, unique=True).map(sorted)
        strategy: st.SearchStrategy[Value] = several if field.type == "multi" else codes
    else:
        words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12)
        clean = words.map(clean_text).filter(lambda text: text and kind.check(text) is None)
        strategy = STORED.get("bool" if field.type == "event" else field.type, clean)
    stored = data.draw(strategy)
    assert kind.check(stored) is None
    for language in ("vi", "en"):
        assert kind.parse(kind.format(stored, language)) == stored


@settings(max_examples=slice_or_all(30, 60), deadline=None)
@given(st.data(), st.text(max_size=30))
@pytest.mark.parametrize("kind_name", sorted({field.type for field in FIELDS}))
def test_any_typed_text_is_read_soundly_or_refused(
    kind_name: str, data: st.DataObject, typed: str
) -> None:
    field = next(field for field in FIELDS if field.type == kind_name)
    kind = field_type(field, 2026)
    typed = data.draw(st.sampled_from([typed, typed[:8], "".join(filter(str.isdigit, typed))]))
    try:
        stored = kind.parse(typed)
    except FieldProblem:
        return
    assert kind.check(stored) is None


def test_every_pair_of_the_decree_is_judged_alike_by_rule_and_by_proposal() -> None:
    for (father, mother), code in C03_PAIRS.items():
        context = with_groups(circumstance("C03", code))
        values = child(father_status=father, mother_status=mother)
        assert "c03_parents_pair" not in rules_of(check(values, context))
        other = "C03.4" if code != "C03.4" else "C03.7"
        wrong = with_groups(circumstance("C03", other))
        assert "c03_parents_pair" in rules_of(check(values, wrong))


def test_the_memory_of_sound_values_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.forms.validator._REMEMBERED", 2)
    names = [f"Nguyễn Thị {chr(65 + n)}" for n in range(7)] + ["Nguyễn 7", "Nguyễn Thị A"]
    records = [(child(full_name=name), around()) for name in names]
    bulk = list(validate_many(CHILD, records))
    assert bulk == [validate(CHILD, values, context) for values, context in records]
    assert [n for n, issues in enumerate(bulk) if issues] == [7]
