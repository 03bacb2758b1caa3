"""Nothing of a person is shown to an account that has no right to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.models.work import Change
from app.services.audit_trail import AuditTrail
from app.services.checks import Checks
from app.services.conflicts import Conflicts
from app.services.entry import Entry
from app.services.entry_workbook import EntryWorkbook
from app.services.handover_receiving import Receiving
from app.services.issue_book import IssueBook, IssueFilter
from app.services.lists import ChildLists, ListFilter
from app.services.masking import Reveal, Revealing
from app.services.national.export import NationalExport
from app.services.records import Records
from app.services.register_export import RegisterExport
from app.services.rights import RIGHTS_OF, Role
from app.services.workplace import Workplace
from tests.workplaces import COMMUNE, again, make_workplace

HOME = Path("x.csv")
Reads = Callable[[Workplace, str], object]
READING: dict[str, Reads] = {
    "a record": lambda w, one: Records(w).show(one),
    "a household": lambda w, one: Records(w).household(one),
    "a history": lambda w, one: Records(w).history(one),
    "a search": lambda w, _: Records(w).search("le"),
    "a page": lambda w, one: Entry(w).page(one),
    "children": lambda w, _: Entry(w).child_ids(),
    "rows of children": lambda w, one: Entry(w).child_rows([one]),
    "households": lambda w, _: Entry(w).household_ids(),
    "rows of households": lambda w, one: Entry(w).household_rows([one]),
    "villages": lambda w, _: Entry(w).villages(COMMUNE),
    "holders of an id": lambda w, one: Entry(w).holders(one, COMMUNE, "051215009876"),
    "holders of a number": lambda w, _: Entry(w).number_holders("v", "1"),
    "conflicts": lambda w, _: Conflicts(w, Records(w)).open(),
    "a check": lambda w, _: Checks(w).run(lambda _: None),
    "a list of issues": lambda w, _: Checks(w).to_file(HOME),
    "an entry workbook": lambda w, _: EntryWorkbook(w).write(HOME),
    "who is accepted": lambda w, _: NationalExport(w).look(),
    "a list": lambda w, _: ChildLists(w, lambda _: ()).find(ListFilter()),
    "rows of a list": lambda w, one: ChildLists(w, lambda _: ()).rows([one]),
    "children of a household": lambda w, one: ChildLists(w, lambda _: ()).of_household(one),
    "groups to look for": lambda w, _: ChildLists(w, lambda _: ()).groups(),
    "the last check": lambda w, _: IssueBook(w, Checks(w)).last(),
    "rows of issues": lambda w, _: IssueBook(w, Checks(w)).rows([0]),
    "rules that were broken": lambda w, _: IssueBook(w, Checks(w)).rules(IssueFilter()),
    "an export": lambda w, _: RegisterExport(w).export(HOME),
    "a look": lambda w, one: Revealing(w).record("household", one, Reveal("vì sao")),
}


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    made = make_workplace(tmp_path_factory.mktemp("reading"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def household(workplace: Workplace) -> str:
    with workplace.write() as work:
        done = work.record(Change("household", {"owner_unit": COMMUNE, "head_name": "Lê Bình"}))
        work.commit()
    return done.id


@pytest.mark.parametrize("role", [Role.SIGNER, Role.KEYS, Role.ADMIN, Role.AUDITOR])
@pytest.mark.parametrize("what", READING)
def test_reading_is_denied(
    workplace: Workplace, household: str, what: str, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workplace.settings.home)
    with pytest.raises(KnownError) as refused:
        READING[what](again(workplace, RIGHTS_OF[role]), household)
    assert refused.value.message_id == "rights.denied"
    assert not (workplace.settings.home / HOME).exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.PROTECTION, Role.CHECKER])
def test_who_works_on_the_register_reads_it(
    workplace: Workplace, household: str, role: Role
) -> None:
    someone = again(workplace, RIGHTS_OF[role])
    assert Records(someone).show(household).record.values["head_name"] == "Lê Bình"
    assert Entry(someone).household_ids() == [household]


def test_totals_need_no_right_to_read_and_a_preview_needs_the_right_to_receive(
    workplace: Workplace, household: str
) -> None:
    signer = again(workplace, RIGHTS_OF[Role.SIGNER])
    assert Entry(signer).standing().households == 1
    assert household
    with pytest.raises(KnownError) as refused:
        Receiving(again(workplace, RIGHTS_OF[Role.CHECKER])).preview(Path("none.tebundle"))
    assert refused.value.message_id == "rights.denied"


def test_the_audit_trail_is_for_auditors_and_administrators(workplace: Workplace) -> None:
    for role in (Role.AUDITOR, Role.ADMIN, Role.HEAD):
        AuditTrail(again(workplace, RIGHTS_OF[role])).recent()
    for role in (Role.CLERK, Role.SIGNER, Role.KEYS):
        with pytest.raises(KnownError):
            AuditTrail(again(workplace, RIGHTS_OF[role])).recent()


def test_a_list_of_the_audit_trail_and_its_rows_are_for_them_alone(workplace: Workplace) -> None:
    found = AuditTrail(again(workplace, RIGHTS_OF[Role.AUDITOR])).find()
    for role in (Role.CLERK, Role.PROTECTION, Role.CHECKER, Role.SIGNER, Role.KEYS):
        trail = AuditTrail(again(workplace, RIGHTS_OF[role]))
        for reading in (trail.find, lambda trail=trail: trail.rows(found.numbers)):
            with pytest.raises(KnownError) as refused:
                reading()
            assert refused.value.message_id == "rights.denied"
