"""Rules of the child's own entry: name, birth, age, ethnicity, siblings, parents' years."""

from __future__ import annotations

from datetime import timedelta

from app.forms.age import CHILD_AGE, bounds, years_before
from app.forms.facts import Facts, stored_day
from app.forms.issues import NOTHING, Finding, Findings, Value
from app.forms.rules.registry import Check, When, all_but, built_rule, only, rule
from app.forms.schema import Field, RuleUse, Template
from app.text.fold import fold

#: Days within which a birth has to be registered (Luật Hộ tịch 60/2014 Đ15).
REGISTRATION_DAYS = 60
_CLOSED = frozenset(("MOVED_OUT", "DECEASED", "AGED_OUT", "MERGED", "ENTERED_IN_ERROR"))
#: Records that were dealt with already: nobody is entered twice by them.
#: A tuple, because what stands in a sibling may be of any kind, also of one that has no hash.
_TAKEN_BACK = ("MERGED", "ENTERED_IN_ERROR")
#: Whose fields begin so.
_PARENTS = ("father", "mother")
_PLACEHOLDER: Findings = (Finding("forms.rule.placeholder_is_not_official"),)
_STATUS_WRONG: Findings = (Finding("forms.rule.name_status_of_name"),)
_BOY: Findings = (Finding("forms.rule.placeholder_sex.boy", {}, "sex"),)
_GIRL: Findings = (Finding("forms.rule.placeholder_sex.girl", {}, "sex"),)
_NAME_LATE: Findings = (Finding("forms.rule.placeholder_late", {"days": REGISTRATION_DAYS}),)
_NAME_REGISTERED: Findings = (Finding("forms.rule.placeholder_registered"),)
_CALLED: Findings = (Finding("forms.rule.name_of_the_house"),)
#: Words of what a child is called by: an official name that begins so is longer.
_MOST_CALLED = 3
_NOT_UNDER_16: Findings = (Finding("forms.rule.under_16"),)
_BY_LATEST: Findings = (Finding("forms.rule.age_by_latest_date"),)
_JANUARY: Findings = (Finding("forms.rule.first_of_january"),)
_REGISTRATION_LATE: Findings = (
    Finding("forms.rule.registration_late", {"days": REGISTRATION_DAYS}),
)
_ETHNICITY: Findings = (Finding("forms.rule.ethnicity_of_a_parent"),)
_FOREIGN: Findings = (Finding("forms.rule.foreign_ethnicity"),)
_LINE: Findings = (Finding("forms.rule.line_unique"),)
_TWINS: Findings = (Finding("forms.rule.twins_same_birth"),)
_TWINS_ORDER: Findings = (Finding("forms.rule.twins_order"),)
_TWIN_ALONE: Findings = (Finding("forms.rule.twin_alone"),)
_TWICE: Findings = (Finding("forms.rule.same_as_sibling"),)
_HEAD: Findings = (Finding("forms.rule.child_as_head"),)


@rule(When.VALUE)
def placeholder_is_not_official(facts: Facts, value: Value) -> Findings:
    """A placeholder is allowed only while the name is not official (form_fields.csv: full_name)."""
    if type(value) is not str or facts.get("name_status") != "OFFICIAL":
        return NOTHING
    return _PLACEHOLDER if facts.name_status != "OFFICIAL" else NOTHING


@rule(When.VALUE, concerns=all_but("OFFICIAL"))
def name_status_of_name(facts: Facts, value: Value) -> Findings:
    """The status names the placeholder that is written (form_fields.csv: name_status)."""
    name = facts.text("full_name")
    if name is None or value == "OFFICIAL":
        return NOTHING
    return _STATUS_WRONG if facts.name_status != value else NOTHING


@rule(When.VALUE)
def placeholder_sex(facts: Facts, value: Value) -> Findings:
    """«Trai» is a boy, «Gái» a girl (form_fields.csv: name_status; domain.md 1.2 item 2)."""
    if type(value) is not str:
        return NOTHING
    status = facts.name_status
    sex = facts.get("sex")
    if status == "PLACEHOLDER_TRAI" and sex == "2":
        return _BOY
    return _GIRL if status == "PLACEHOLDER_GAI" and sex == "1" else NOTHING


@rule(When.VALUE)
def placeholder_late(facts: Facts, value: Value) -> Findings:
    """A child has a name sixty days after birth (form_fields.csv: name_status)."""
    if type(value) is not str or facts.name_status == "OFFICIAL":
        return NOTHING
    days = facts.days_at_least(facts.survey)
    return _NAME_LATE if days is not None and days > REGISTRATION_DAYS else NOTHING


@built_rule(When.VALUE, "values")
def name_of_the_house(use: RuleUse, field: Field, template: Template) -> Check:
    """What a child is called at home stands where the official name should: a few words that begin
    with one of `values`, or a single letter (domain.md 9 item 6).
    """
    del field, template
    beginnings = tuple(f"{one} " for one in use.values)

    def check(facts: Facts, value: Value) -> Findings:
        if type(value) is not str or facts.name_status != "OFFICIAL":
            return NOTHING
        words = value.lower().split()
        called = len(words) <= _MOST_CALLED and value.lower().startswith(beginnings)
        return _CALLED if called or len(value.strip(" .")) <= 1 else NOTHING

    return check


@rule(When.VALUE)
def placeholder_registered(facts: Facts, value: Value) -> Findings:
    """A registered child has the name of its certificate (form_fields.csv: name_status)."""
    if type(value) is not str or facts.get("birth_registered") != "1":
        return NOTHING
    return _NAME_REGISTERED if facts.name_status != "OFFICIAL" else NOTHING


@rule(When.VALUE)
def under_16(facts: Facts, value: Value) -> Findings:
    """V16: under 16 on the reference date, by the latest possible birth date; the sixteenth
    birthday itself is out (Luật Trẻ em 102/2016 Đ1). Silent once the child is no longer followed.
    """
    del value
    if facts.get("life_status") in _CLOSED:
        return NOTHING
    return _NOT_UNDER_16 if facts.surely_at_least(CHILD_AGE) else NOTHING


@rule(When.VALUE)
def age_by_latest_date(facts: Facts, value: Value) -> Findings:
    """The missing day decides whether the child is under 16: counted in and said so (3-data)."""
    del value
    known = facts.birth_bounds()
    if known is None or known[0] == known[1]:
        return NOTHING
    limit = years_before(facts.reference, CHILD_AGE)
    return _BY_LATEST if known[0] <= limit < known[1] else NOTHING


@rule(When.VALUE)
def survey_year_window(facts: Facts, value: Value) -> Findings:
    """The birth year is at most 16 before the survey year (form_fields.csv: birth_date)."""
    del value
    known = facts.birth_bounds()
    first = facts.survey.year - CHILD_AGE
    if known is None or int(known[1][:4]) >= first or facts.surely_at_least(CHILD_AGE):
        return NOTHING
    return (Finding("forms.rule.survey_year_window", {"first": first}),)


@rule(When.VALUE, value_only=True)
def first_of_january(facts: Facts, value: Value) -> Findings:
    """1 January is often written when only the year is known (domain.md 9 item 5)."""
    del facts
    january = type(value) is str and len(value) == 10 and value.endswith("-01-01")
    return _JANUARY if january else NOTHING


@rule(When.VALUE)
def round_cut_off(facts: Facts, value: Value) -> Findings:
    """The round's cut-off leaves out a child who is still under 16 (domain.md 2.4, "Trap")."""
    del value
    cut_off = facts.context.round.born_from
    known = facts.birth_bounds()
    if cut_off is None or known is None or facts.surely_at_least(CHILD_AGE):
        return NOTHING
    if known[1] >= bounds(cut_off)[0]:
        return NOTHING
    return (Finding("forms.rule.round_cut_off", {"date": "/".join(reversed(cut_off.split("-")))}),)


@rule(When.VALUE, concerns=only("2"))
def registration_late(facts: Facts, value: Value) -> Findings:
    """Not registered sixty days after birth (Luật Hộ tịch 60/2014 Đ15; form_fields.csv)."""
    days = facts.days_at_least(facts.survey) if value == "2" else None
    return _REGISTRATION_LATE if days is not None and days > REGISTRATION_DAYS else NOTHING


@rule(When.VALUE)
def ethnicity_of_a_parent(facts: Facts, value: Value) -> Findings:
    """A child's ethnicity is normally the father's or the mother's (form_fields.csv)."""
    father, mother = facts.get("father_ethnicity"), facts.get("mother_ethnicity")
    if father is None or mother is None or value in (father, mother, "99"):
        return NOTHING
    return _ETHNICITY


@rule(When.VALUE, concerns=only("55"))
def foreign_ethnicity(facts: Facts, value: Value) -> Findings:
    """«Người nước ngoài» (55) beside Vietnamese nationality (form_fields.csv: 55/99)."""
    return _FOREIGN if value == "55" and facts.get("nationality") == "VN" else NOTHING


@built_rule(When.VALUE)
def parent_age_at_birth(use: RuleUse, field: Field, template: Template) -> Check:
    """The parent's age at the birth lies within `low`…`high`; with `values`, only where it lies
    within those two outer bounds (form_fields.csv: usual is 15..50). Nobody has a child before
    `low` where nothing but `low` is given. Who the parent is tells the field's name.
    """
    del template
    who = next((one for one in _PARENTS if field.name.startswith(f"{one}_")), "parent")
    usual = f"forms.rule.parent_age_at_birth.{who}"
    least = f"forms.rule.parent_older_than_child.{who}"
    low, high = use.low or 0, use.high or 200
    outer = (int(use.values[0]), int(use.values[1])) if use.values else (-(10**6), 10**6)

    def check(facts: Facts, value: Value) -> Findings:
        born = facts.birth_year()
        if born is None or type(value) is not int:
            return NOTHING
        age = born - value
        if low <= age <= high or not outer[0] <= age <= outer[1]:
            return NOTHING
        if age < low and use.high is None:
            return (Finding(least, {"year": value, "born": born, "low": low}),)
        return (Finding(usual, {"age": age, "low": low, "high": high}),)

    return check


@rule(When.VALUE)
def line_unique(facts: Facts, value: Value) -> Findings:
    """A line number stands once in a household (form_fields.csv: line_no)."""
    return (
        _LINE if any(other.get("line_no") == value for other in facts.context.siblings) else NOTHING
    )


@built_rule(When.VALUE, "low")
def line_beyond_children(use: RuleUse, field: Field, template: Template) -> Check:
    """A line number beyond the `low` lines of a page of the book, and up to `high`, where the
    household has fewer children than that (form_fields.csv: line_no 1..20; a household of more
    children goes on with 21, 22, …).
    """
    del field, template
    low, high = use.low or 0, use.high if use.high is not None else 2**53

    def check(facts: Facts, value: Value) -> Findings:
        count = len(facts.context.siblings) + 1
        if type(value) is not int or not max(low, count) < value <= high:
            return NOTHING
        found = Finding("forms.rule.line_beyond_children", {"line": value, "count": count})
        return (found,)

    return check


@rule(When.VALUE)
def twins_same_birth(facts: Facts, value: Value) -> Findings:
    """Twins have one mother and one birth date, give or take a day (csv: twin_group)."""
    born = stored_day(facts.get("birth_date"))
    mother = facts.get("mother_name")
    for other in facts.context.siblings:
        if other.get("twin_group") != value:
            continue
        their_mother = other.get("mother_name")
        if mother is not None and their_mother is not None and mother != their_mother:
            return _TWINS
        theirs = stored_day(other.get("birth_date"))
        if born is not None and theirs is not None and abs(born - theirs) > timedelta(days=1):
            return _TWINS
    return NOTHING


@rule(When.VALUE)
def same_as_sibling(facts: Facts, value: Value) -> Findings:
    """Another child of the household has the name, but for marks and case, and the birth date: one
    child entered twice, or twins who differ by a tone; so it asks and a reason settles it. Silent
    for placeholders and for children marked as twins of each other (domain.md 9 items 6 to 8).
    """
    siblings = facts.context.siblings
    born = facts.get("birth_date") if siblings else None
    if born is None or type(value) is not str:
        return NOTHING
    for other in siblings:
        # Few siblings get past the first question; only for these is the name folded.
        if other.get("birth_date") != born or other.get("life_status") in _TAKEN_BACK:
            continue
        theirs = other.get("full_name")
        if type(theirs) is not str or fold(theirs) != fold(value):
            continue
        twins = facts.get("twin_group")
        if twins is not None and twins == other.get("twin_group"):
            continue
        if facts.name_status == "OFFICIAL" and facts.get("life_status") not in _TAKEN_BACK:
            return _TWICE
    return NOTHING


@rule(When.VALUE)
def twin_alone(facts: Facts, value: Value) -> Findings:
    """A twin mark that no other child of the household carries."""
    others = facts.context.siblings
    if not others:
        return NOTHING
    return NOTHING if any(o.get("twin_group") == value for o in others) else _TWIN_ALONE


@rule(When.VALUE)
def twins_order(facts: Facts, value: Value) -> Findings:
    """Twins have consecutive birth orders (form_fields.csv: birth_order)."""
    twins = facts.get("twin_group")
    if twins is None or type(value) is not int:
        return NOTHING
    orders = [
        order
        for other in facts.context.siblings
        if other.get("twin_group") == twins and type(order := other.get("birth_order")) is int
    ]
    if not orders:
        return NOTHING
    run = sorted([*orders, value])
    return NOTHING if run == list(range(run[0], run[0] + len(run))) else _TWINS_ORDER


@rule(When.VALUE, concerns=only("head"))
def child_as_head(facts: Facts, value: Value) -> Findings:
    """A child heads a household only when alone: C01.1 or C14 (form_fields.csv)."""
    if value != "head" or "C14" in facts.groups or facts.has_sub("C01.1"):
        return NOTHING
    return _HEAD
