"""Whatever is done to a register, a list made before it says what a walk over all rows says."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import KnownError
from app.models.schema import ENTITY_TABLES
from app.models.work import Change
from app.services.lists import ChildLists, ListFilter, Sort
from app.services.register_import import RegisterImport
from app.services.workplace import Workplace
from app.text.fold import fold
from tests.integration.registers import table
from tests.workplaces import COMMUNE, make_workplace, settle

_TITLES = ("hh_id", "rec_id", "name", "dob", "Thôn")
_GIVEN = ("Đức", "Dũng", "Ẩn", "An", "Ý", "Hồng", "H’Ren", "Ðô")
_OF_CHILD = ("full_name", "father_name", "mother_name", "personal_id", "caregiver_phone")
_OF_HOUSEHOLD = ("head_name", "household_no", "phone", "head_personal_id")
_FAMILY = ("Đinh", "Dinh", "Phạm Văn", "Hồ Thị")


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home")
    with made.write() as work:
        settle(work, 40)
        work.commit()
    yield made
    made.store.close()


def _bears(words: list[str], asked: str) -> bool:
    """The rule of a search, said once more: the beginning of a word, from three letters on anything
    in one; the beginning of a number, from four digits on its end, too.
    """
    for word in words:
        if word.startswith(asked):
            return True
        if asked.isascii() and asked.isdigit():
            if len(asked) >= 4 and word.endswith(asked):
                return True
        elif len(asked) >= 3 and asked in word:
            return True
    return False


def walked(workplace: Workplace, wanted: ListFilter) -> set[str]:
    child, home = ENTITY_TABLES["child"], ENTITY_TABLES["household"]
    with workplace.store.read() as reading:
        homes = {one["id"]: one for one in reading.execute(select(home)).mappings()}
        children = list(reading.execute(select(child)).mappings())
    found = set()
    for one in children:
        its = homes.get(one["household"], {})
        texts = (
            *(one[name] for name in _OF_CHILD),
            *(its.get(name) for name in _OF_HOUSEHOLD),
        )
        words = [word for text in texts if text for word in fold(str(text)).split()]
        if one["_hidden"] or not all(_bears(words, asked) for asked in fold(wanted.words).split()):
            continue
        if wanted.village and its.get("village") != wanted.village:
            continue
        if wanted.no_village and its.get("village"):
            continue
        if wanted.missing_id and one["personal_id"]:
            continue
        found.add(one["id"])
    return found


class Script:
    """Random work on a register; what each step is follows from a seed."""

    def __init__(self, workplace: Workplace, folder: Path, seed: int) -> None:
        self.workplace = workplace
        self.folder = folder
        self.chance = random.Random(seed)
        self.acts: list[str] = []
        self.done = 0

    def ids(self, entity: str) -> list[str]:
        rows = ENTITY_TABLES[entity]
        with self.workplace.store.read() as reading:
            statement = select(rows.c.id).where(~rows.c["_hidden"]).order_by(rows.c.id)
            return list(reading.execute(statement).scalars())

    def write(self, *changes: Change) -> list[str]:
        with self.workplace.write() as work:
            made = [work.record(one).id for one in changes]
            work.commit()
        return made

    def name(self) -> str:
        return f"{self.chance.choice(_FAMILY)} {self.chance.choice(_GIVEN)}"

    def one(self, entity: str) -> str:
        return self.chance.choice(self.ids(entity))

    def added(self) -> None:
        values = {"owner_unit": COMMUNE, "household": self.one("household")}
        number = f"0513{self.chance.randrange(10**8):08}"
        self.write(Change("child", {**values, "full_name": self.name(), "personal_id": number}))

    def renamed(self) -> None:
        values = {"full_name": self.name(), "mother_name": self.name()}
        self.write(Change("child", values, id=self.one("child")))

    def moved(self) -> None:
        self.write(Change("child", {"household": self.one("household")}, id=self.one("child")))

    def other_head(self) -> None:
        values = {
            "head_name": self.name(),
            "phone": f"09{self.chance.randrange(10**8):08}",
            "household_no": str(self.chance.randrange(300)),
        }
        self.write(Change("household", values, id=self.one("household")))

    def other_village(self) -> None:
        home, village = self.one("household"), self.one("village")
        self.write(Change("household", {"village": village}, id=home))

    def village_renamed(self) -> None:
        values = {"name": self.name(), "list_order": self.chance.randrange(9)}
        self.write(Change("village", values, id=self.one("village")))

    def hidden(self) -> None:
        one, other = self.one("child"), self.one("child")
        if one != other:
            self.write(
                Change("child", {"hidden_reason": "duplicate", "merged_into": other}, id=one)
            )

    def imported(self) -> None:
        self.done += 1
        rows = [
            [f"h{place}", f"{self.done}-{place}", self.name(), "2019", "Thôn 1"]
            for place in range(self.chance.randrange(1, 6))
        ]
        path = table(self.folder / f"{self.done}.csv", _TITLES, rows)
        self.acts.append(RegisterImport(self.workplace).run(path).act)

    def taken_back(self) -> None:
        if self.acts:
            with suppress(KnownError):  # somebody has worked on its records since
                RegisterImport(self.workplace).set_aside(self.acts.pop())

    def step(self) -> str:
        steps: tuple[Callable[[], None], ...] = (
            self.added,
            self.renamed,
            self.moved,
            self.other_head,
            self.other_village,
            self.village_renamed,
            self.hidden,
            self.imported,
            self.taken_back,
        )
        chosen = self.chance.choice(steps)
        chosen()
        return chosen.__name__

    def asked(self) -> ListFilter:
        words = fold(f"{self.name()} {self.name()} 0513 {self.chance.randrange(300)}").split()
        word = self.chance.choice(words)
        start = self.chance.randrange(len(word))
        typed = self.chance.choice((word, word[: start + 1], word[start:], ""))
        place = self.chance.choice(("", "", self.one("village")))
        return ListFilter(
            words=typed,
            village=place,
            missing_id=self.chance.random() < 0.2,
            no_village=not place and self.chance.random() < 0.1,
        )


@pytest.mark.parametrize(("seed", "beside"), [(1, 3), (4, 3), (6, 200)])
def test_a_list_follows_whatever_is_done_to_a_register(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, beside: int
) -> None:
    """`beside` is from how many written records on the directory is made anew."""
    monkeypatch.setattr("app.services.lists._BESIDE", beside)
    lists = ChildLists(workplace, lambda _which: ())
    assert len(lists.find(ListFilter())) == len(walked(workplace, ListFilter()))
    script = Script(workplace, tmp_path, seed)
    done: list[str] = []
    for _ in range(30):
        done.append(script.step())
        for _ in range(3):
            wanted, sort = script.asked(), script.chance.choice(list(Sort))
            found = list(lists.find(wanted, sort))
            assert sorted(found) == sorted(walked(workplace, wanted)), (done, wanted)
        anew = ChildLists(workplace, lambda _which: ())
        for sort in (Sort.NAME, Sort.HOUSEHOLD):
            assert list(lists.find(wanted, sort)) == list(anew.find(wanted, sort)), (done, sort)
        workplace.on_written.pop()
        if script.chance.random() < 0.2 and not lists.is_ready:
            lists.prepare()
    assert len(set(done)) > 7
