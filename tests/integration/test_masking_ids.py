"""The id of a circumstance is derived from its group: nobody gets to see it who may not see that.

The attack: whoever reads an id tries every group and episode of the child until one fits. What it
is tried on is everything that services and commands give out without a reveal.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.cli.program import main
from app.errors import KnownError
from app.forms.code_lists import load_code_list
from app.forms.issues import Value
from app.history.door import State
from app.ids import derived_id, new_id
from app.models import audit
from app.models.accounts import AccountRow, put_account
from app.models.queries import register
from app.models.work import Change, UnitOfWork
from app.services.audit_trail import AuditTrail
from app.services.checks import Checks, FoundIssue
from app.services.conflicts import Conflicts
from app.services.declarations import Declarations
from app.services.entry import Entry
from app.services.installation import unlock
from app.services.masking import Reveal
from app.services.records import Records
from app.services.register_export import RegisterExport
from app.services.rights import ALL_RIGHTS, Right, pack
from app.services.waiting import Waiting
from app.services.workplace import Workplace
from app.settings import Settings
from app.sync.apply import apply_delivery
from app.sync.delivery import collect
from tests.e2e.command_line import PASSPHRASE, Prompt
from tests.workplaces import COMMUNE, again, make_workplace

DISTRICT = "522@2024"
REASON = Reveal("xác minh theo đơn")
OPEN = "C04"
#: As they were created; the last one is of a harmless group by now.
SECRET = ("C05/1", "C07/2", "C10/1", "C12/1")
#: Only an edit of it comes to the district: it waits there.
WAITS = "C11/1"


@dataclass(frozen=True)
class Made:
    """A child with its household, its circumstances by what their ids are derived from, a review
    of one of them.
    """

    home: str
    child: str
    parts: dict[str, str]
    review: str


def _make(work: UnitOfWork) -> Made:
    home = work.record(Change("household", {"owner_unit": COMMUNE, "head_name": "Lê Bình"})).id
    said: dict[str, Value] = {
        "owner_unit": COMMUNE,
        "household": home,
        "full_name": "Lê Mai",
        "birth_date": "2031-05-06",
        "complete": True,
        "circumstance_answer": "some",
    }
    child = work.record(Change("child", said)).id
    parts = {}
    for key in (*SECRET, WAITS, f"{OPEN}/1"):
        group, episode = key.split("/")
        held: dict[str, Value] = {
            "record": child,
            "group": group,
            "episode": int(episode),
            "circumstance_from": "2040-01-02",
        }
        parts[key] = work.record(Change("circumstance", held, key=key)).id
        assert parts[key] == derived_id(child, key)
    renamed: dict[str, Value] = {"group": "C01", "circumstance_to": "2019-01-01"}
    work.record(Change("circumstance", renamed, id=parts["C12/1"]))
    begun = register.record(work.connection, "circumstance", parts["C05/1"])
    assert begun is not None
    for evidence in ("Phiếu 1", "Phiếu 2"):  # two people on one state: a conflict
        side: dict[str, Value] = {"evidence_ref": evidence}
        loaded = dict(begun.values)
        work.record(Change("circumstance", side, begun.id, base=begun.heads, loaded=loaded))
    work.record(Change("circumstance", {"evidence_ref": "Phiếu 3"}, id=parts[WAITS]))
    about: dict[str, Value] = {"record": parts["C05/1"], "result": "returned", "reason": "Xem lại"}
    review = work.record(Change("review", about)).id
    return Made(home, child, parts, review)


def _found(child: str, text: str) -> set[str]:
    """The attack: the groups and episodes whose ids stand in a text."""
    groups = [one.code for one in load_code_list("circumstances") if "." not in one.code]
    assert len(groups) > 20
    keys = [f"{group}/{episode}" for group in groups for episode in range(1, 6)]
    return {key for key in keys if derived_id(child, key) in text}


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "commune")
    yield made
    made.store.close()


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "district", DISTRICT)
    yield made
    made.store.close()


def _write(workplace: Workplace) -> Made:
    with workplace.write() as work:
        made = _make(work)
        work.commit()
    return made


def _deliver(commune: Workplace, district: Workplace, made: Made) -> None:
    delivery = collect(commune.store, commune.tree, DISTRICT, "an")
    operations = [
        one
        for one in delivery.operations()
        if one.ent_id != made.parts[WAITS] or one.parents  # its creation is lost on the way
    ]
    with district.write() as work:
        apply_delivery(
            work,
            replace(delivery, operations=lambda: iter(operations)),
            district.tree,
            1,
            bundle_id=bytes(32),
            scope=(),
        )
        work.commit()


def _told(workplace: Workplace, made: Made, folder: Path) -> str:
    """Every text that the services give out about the child without a reveal."""
    records = Records(workplace)
    said: list[object] = []
    shown = records.show(made.child)
    names = [one.id for one in shown.belongings]
    names += [one.id for one in Waiting(workplace).list()]
    names.append(made.review)
    if workplace.unit == COMMUNE:  # at the district it waits
        said.append(records.show(made.review))
    said += [shown, records.household(made.home)]
    said += [records.history(one) for one in (made.child, *names)]
    said += [records.show(one.id) for one in shown.belongings]
    said += [Conflicts(workplace, records).open(), Waiting(workplace).list()]
    page = Entry(workplace).page(made.home)
    assert page is not None
    said += [page.household, page.children, page.belongings, page.contested]
    found: list[FoundIssue] = []
    Checks(workplace).run(found.extend)
    assert found
    said += [found, Declarations(workplace).list(), Waiting(workplace).returned()]
    said.append(AuditTrail(workplace).recent(1000))
    Checks(workplace).to_file(folder / "issues.csv")
    RegisterExport(workplace).export(folder / "register.csv")
    said += [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.csv"))]
    with workplace.store.read() as reading:
        said.append(audit.recent(reading, 1000))
    return "\n".join(map(repr, said))


def test_no_text_of_the_services_betrays_a_group(
    commune: Workplace, district: Workplace, tmp_path: Path
) -> None:
    made = _write(commune)
    _deliver(commune, district, made)
    for workplace in (commune, district):
        blind = again(workplace, ALL_RIGHTS - {Right.REVEAL})
        for part in Records(workplace).show(made.child).belongings:
            Records(workplace).history(part.id, REASON)  # an audit row about each
        text = _told(blind, made, tmp_path)
        # The control: the attack finds what is open, in this very text.
        assert _found(made.child, text) == {f"{OPEN}/1"}
    states = [(one.entity, one.state) for one in Waiting(district).list()]
    assert ("circumstance", State.WAITING) in states
    assert Conflicts(commune, Records(commune)).count() == 1


def test_a_reveal_gives_the_id_and_is_on_record(commune: Workplace) -> None:
    made = _write(commune)
    text = repr(Records(commune).show(made.child, REASON))
    assert _found(made.child, text) == set(made.parts)
    with commune.store.read() as reading:
        (newest_row,) = audit.recent(reading, 1)
    assert (newest_row.event, newest_row.details["record"]) == ("reveal", made.child)


def test_two_homes_call_one_record_differently_and_one_home_always_the_same(
    commune: Workplace, district: Workplace
) -> None:
    made = _write(commune)
    _deliver(commune, district, made)
    # The homes of tests share one data key; real ones never do.
    elsewhere = replace(district, dek=bytes(32))
    names = []
    for workplace in (commune, again(commune, ALL_RIGHTS), elsewhere):
        shown = Records(workplace).show(made.child).belongings
        names.append([one.id for one in shown if one.id.startswith("h-")])
    assert names[0] == names[1]
    assert (len(names[0]), len(names[2])) == (5, 4)
    assert not {*names[0]} & {*names[2]}


def _answer(ask: Callable[[], object]) -> object:
    """What somebody learns from asking: the answer, or which refusal."""
    try:
        return ask()
    except KnownError as refused:
        return refused.message_id


def test_no_door_tells_a_right_guess_from_a_wrong_one(commune: Workplace) -> None:
    """Whoever types the ids of all groups one by one gets the same answer for each."""
    made = _write(commune)
    for rights in (ALL_RIGHTS - {Right.REVEAL}, ALL_RIGHTS):
        person = again(commune, rights)
        records = Records(person)
        conflicts = Conflicts(person, records)
        doors: list[Callable[[str], object]] = [
            records.show,
            records.history,
            conflicts.open,
            lambda one: records.set_fields(one, {"evidence_ref": "x"}),  # noqa: B023
            lambda one: conflicts.resolve("circumstance", one, {"evidence_ref": "x"}),  # noqa: B023
            Waiting(person).accept,
            Waiting(person).drop,
        ]
        if Right.REVEAL not in rights:
            doors += [
                lambda one: records.show(one, REASON),  # noqa: B023
                lambda one: records.history(one, REASON),  # noqa: B023
                lambda one: conflicts.open(one, REASON),  # noqa: B023
            ]
        for door in doors:
            nobody = _answer(lambda: door(new_id()))  # noqa: B023
            for key in (*SECRET, WAITS):
                assert _answer(lambda: door(made.parts[key])) == nobody  # noqa: B023


def test_a_handle_is_taken_wherever_an_id_is(commune: Workplace) -> None:
    made = _write(commune)
    records = Records(commune)
    conflicts = Conflicts(commune, records)
    (conflict,) = conflicts.open()
    assert conflict.id.startswith("h-")
    assert len(conflicts.open(f" {conflict.id.upper()} ")) == 1
    opened = records.show(conflict.id, REASON).record
    assert (opened.id, opened.true_id) == (conflict.id, made.parts["C05/1"])
    assert opened.values["group"] == "C05"
    blind = again(commune, ALL_RIGHTS - {Right.REVEAL})
    assert _answer(lambda: Records(blind).set_fields(conflict.id, {"circumstance_to": ""})) == (
        "rights.denied"
    )
    saved = records.set_fields(conflict.id, {"circumstance_to": "2041-01-01"})
    assert (saved.id, saved.written) == (conflict.id, True)
    decided = conflicts.resolve("circumstance", conflict.id, {"evidence_ref": "Phiếu 2"})
    assert decided.id == conflict.id
    assert conflicts.open() == []
    with commune.store.read() as reading:
        stored = register.record(reading, "circumstance", made.parts["C05/1"])
    assert stored is not None
    said = stored.values
    assert (said["circumstance_to"], said["evidence_ref"]) == ("2041-01-01", "Phiếu 2")


def test_what_waits_is_let_in_by_its_handle(commune: Workplace, district: Workplace) -> None:
    made = _write(commune)
    _deliver(commune, district, made)
    (waits,) = [one for one in Waiting(district).list() if one.entity == "circumstance"]
    assert waits.id.startswith("h-")
    opened = Waiting(district).accept(waits.id)
    assert (opened.asked, opened.still_waiting) == (1, 1)
    (row, *_) = AuditTrail(district).recent(1)
    assert (row.event, row.details["record"]) == ("waiting-accept", waits.id)
    assert Waiting(district).drop(waits.id) == 1


def test_a_row_of_an_older_program_is_read_with_the_handle(commune: Workplace) -> None:
    made = _write(commune)
    (conflict,) = Conflicts(commune, Records(commune)).open()
    with commune.write() as work:
        work.audit("reveal", entity="circumstance", record=made.parts["C05/1"], reason="x")
        work.audit("waiting-drop", record=made.parts["C05/1"], dropped=1)
        work.audit("waiting-drop", record=made.child, dropped=1)
        work.audit("reveal", entity="register", record=COMMUNE, reason="x")
        work.commit()
    rows = AuditTrail(commune).recent(4)
    said = [row.details["record"] for row in rows]
    assert said == [COMMUNE, made.child, conflict.id, conflict.id]


def _printed(home: Path, *words: str) -> str:
    """What a command prints, as text and as JSON."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        for kind in ((), ("--json",)):
            assert main(["--home", str(home), *kind, *words], open_services) == 0, out.getvalue()
    return out.getvalue()


def test_no_command_prints_what_betrays_a_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = Prompt(tmp_path / "home", monkeypatch)
    prompt.must("init", "--unit", COMMUNE, "--user", "an")
    with open_services(Settings(prompt.home), lambda one: unlock(one, PASSPHRASE)) as services:
        made = _write(services.workplace)
        account = services.workplace.account
    opened = _printed(prompt.home, "register", "show", made.child, "--reveal", "xác minh")
    assert _found(made.child, opened) == set(made.parts)
    with (
        open_services(Settings(prompt.home), lambda one: unlock(one, PASSPHRASE)) as services,
        services.workplace.write() as work,
    ):
        rights = pack(ALL_RIGHTS - {Right.REVEAL})
        row = AccountRow(account.name, account.full_name, account.title, rights, active=True)
        put_account(work.connection, row)
        work.commit()
    shown = prompt.must("register", "show", made.child)
    names = [one["id"] for one in shown["belongings"]]
    assert len(names) == len(made.parts)
    out = str(tmp_path / "issues.csv")
    commands = [
        *(("register", "show", one) for one in (made.child, made.home, made.review, *names)),
        *(("register", "history", one) for one in (made.child, made.review, *names)),
        ("register", "search", "mai"),
        ("check",),
        ("check", "--declared"),
        ("conflict", "list"),
        *(("conflict", "list", "--id", one) for one in names),
        ("waiting", "list"),
        ("audit", "list", "--limit", "1000"),
    ]
    text = "\n".join(_printed(prompt.home, *one) for one in commands)
    prompt.must("check", "--out", out)
    text += Path(out).read_text(encoding="utf-8")
    assert _found(made.child, text) == {f"{OPEN}/1"}
    for name in names:
        assert name in text
