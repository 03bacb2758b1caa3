"""Fields of level A that came with a loaded form: saves, imports, parts, and forms not known here.

The way down from the province and up again is in `tests/e2e/test_masked_loaded_field.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from app.errors import KnownError
from app.forms.issues import MASKED_RULE, Value
from app.models.queries import register
from app.models.work import Change
from app.services.checks import Checks, FoundIssue
from app.services.entry import Entry, RecordSave
from app.services.masking import MASKED, Reveal
from app.services.records import Records
from app.services.register_import import RegisterImport
from app.services.rights import ALL_RIGHTS, Right
from app.services.surroundings import child_context
from app.services.workplace import Workplace
from tests.integration.registers import table
from tests.unit.forms.invented import GOOD_CHILD
from tests.unit.forms.test_catalogue import template
from tests.workplaces import COMMUNE, again, make_workplace

ORDER, PAYER = "protection_order", "payer_kind"


def _field(name: str, **more: Any) -> dict[str, Any]:
    words = {"vi": f"Nhãn {name}", "en": f"Label {name}"}
    return {
        "name": name,
        "type": "text",
        "label": words,
        "help": words,
        "sensitivity": "A",
        "since": 2,
        **more,
    }


def _form() -> dict[str, Any]:
    """A guarded text of the child, and a guarded code of its support that a list holds."""
    content = template(valid_from="2018-01-02")
    content["sections"][-1]["fields"] = [
        _field(ORDER, max_length=10),
        _field(PAYER, type="enum", code_list="sexes", entity="support"),
    ]
    return content


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home")
    _load(made, _form())
    assert made.catalogue.unusable == ()
    yield made
    made.store.close()


def _load(workplace: Workplace, content: dict[str, Any]) -> None:
    values: dict[str, Value] = {
        "form": "child",
        "version": content["version"],
        "content": json.dumps(content),
    }
    with workplace.write() as work:
        work.sign_reference = lambda operation: operation
        work.record(Change("form_template", values, key=f"child.v{content['version']}"))
        work.commit()


def _blind(workplace: Workplace) -> Workplace:
    return again(workplace, ALL_RIGHTS - {Right.REVEAL})


def _made(workplace: Workplace, **said: Value) -> tuple[str, str]:
    with workplace.write() as work:
        home = work.record(Change("household", {"owner_unit": COMMUNE, "head_name": "Lê Bình"})).id
        values = {**GOOD_CHILD, "owner_unit": COMMUNE, "household": home, "template": "child.v2"}
        child = work.record(Change("child", {**values, **said})).id
        work.commit()
    return home, child


def _stored(workplace: Workplace, ent_id: str) -> Value:
    with workplace.store.read() as reading:
        found = register.record(reading, "child", ent_id)
    assert found is not None
    return found.values.get(ORDER)


def test_a_page_saved_without_the_right_keeps_what_it_did_not_show(workplace: Workplace) -> None:
    home, child = _made(workplace, **{ORDER: "12/QĐ"})
    page = Entry(workplace).page(home)
    assert page is not None
    view = page.children[0]
    assert view.masked == {ORDER}
    loaded = view.open_values
    change = Change("child", {**loaded, "note": "x"}, child, base=view.heads, loaded=loaded)
    Entry(_blind(workplace)).save([RecordSave(change)])
    assert _stored(workplace, child) == "12/QĐ"


def test_writing_over_it_asks_the_right_and_filling_an_empty_one_does_not(
    workplace: Workplace,
) -> None:
    _, child = _made(workplace)
    Records(_blind(workplace)).set_fields(child, {ORDER: "13/QĐ"})
    with pytest.raises(KnownError) as refused:
        Records(_blind(workplace)).set_fields(child, {ORDER: "14/QĐ"})
    assert refused.value.message_id == "rights.denied"
    assert _stored(workplace, child) == "13/QĐ"


def test_an_import_tells_nobody_whether_the_file_guessed_right(
    workplace: Workplace, tmp_path: Path
) -> None:
    home, child = _made(workplace, **{ORDER: "12/QĐ"})
    titles = ("child_uid", "household_uid", "full_name", "commune_code", ORDER)
    told = []
    for guess in ("12/QĐ", "99/QĐ"):
        row = (child, home, str(GOOD_CHILD["full_name"]), COMMUNE, guess)
        path = table(tmp_path / f"{len(told)}.csv", titles, [row])
        done = RegisterImport(_blind(workplace)).run(path)
        assert _stored(workplace, child) == "12/QĐ"
        said = [(one.message_id, one.column) for one in done.issues]
        told.append((done.changed, done.unchanged, said))
    assert told[0] == told[1] == (0, 1, [("import.issue_masked", ORDER)])
    assert RegisterImport(workplace).run(path).changed == 1
    assert _stored(workplace, child) == "99/QĐ"


def test_an_issue_of_a_guarded_field_of_a_part_says_nothing(workplace: Workplace) -> None:
    home, child = _made(workplace)
    with workplace.write() as work:
        held: dict[str, Value] = {"record": child, "template": "child.v2", PAYER: "no such code"}
        work.record(Change("support", held))
        work.commit()
    found: list[FoundIssue] = []
    Checks(workplace).run(found.extend)
    assert not [one for one in found if PAYER in (one.issue.field, one.message)]
    assert MASKED_RULE in {one.issue.rule for one in found if one.id == child}
    page = Entry(workplace).page(home)
    assert page is not None
    assert page.belongings[child][0].values[PAYER] is MASKED
    shown = [{**one.open_values, "id": one.id} for one in page.belongings[child]]
    about = (page.frame, child, page.household.open_values, [], [], COMMUNE, None)
    around = structs.replace(child_context(*about), supports=shown)
    values = page.children[0].open_values
    said = page.judge.child(page.forms["child"], child, home, values, around)
    assert PAYER not in {one.field for one in said.issues}
    assert MASKED_RULE in {one.rule for one in said.issues}


def test_a_value_whose_form_is_not_known_here_is_masked_until_it_is(
    workplace: Workplace,
) -> None:
    _, child = _made(workplace, court_paper="77/TA", template="child.v3")
    records = Records(workplace)
    assert records.show(child).record.values["court_paper"] is MASKED
    assert all(
        (entry.values or {}).get("court_paper", MASKED) is MASKED
        for entry in records.history(child)
    )
    why = Reveal("xác minh theo đơn")
    assert records.show(child, why).record.values["court_paper"] == "77/TA"
    newer = _form()
    newer["version"] = 3
    newer["sections"][-1]["fields"].append(_field("court_paper", since=3))
    del newer["sections"][-1]["fields"][-1]["sensitivity"]
    _load(workplace, newer)
    assert records.show(child).record.values["court_paper"] == "77/TA"


def test_a_form_that_leaves_a_guarded_field_out_does_not_bring_it_to_light(
    workplace: Workplace,
) -> None:
    _, child = _made(workplace, **{ORDER: "12/QĐ"})
    newer = _form()
    newer["version"] = 3
    newer["sections"][-1]["fields"] = newer["sections"][-1]["fields"][1:]
    _load(workplace, newer)
    assert workplace.catalogue.newest("child").version == 3
    assert Records(workplace).show(child).record.values[ORDER] is MASKED
