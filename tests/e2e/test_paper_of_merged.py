"""The annex of the paper of a commune that a decree made of two: its villages are those of the two
until it has written on their pages; they are no households "of no village".
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.decrees import NEW, ONE, OTHER, TOP
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_merged_by_decree import decreed
from tests.e2e.test_two_pcs import write_book
from tests.e2e.test_verification import services_of


def merged(
    homes: Homes, villages: tuple[str, str], *, own: str = "", book: str = ""
) -> tuple[Prompt, Prompt, str]:
    """The province, the new commune, and the handover of its register to the province: a household
    in a village of each of the two communes, and one in a village of its `own`.
    """
    top, root, units = decreed(homes)
    for number, unit in enumerate((ONE, OTHER)):
        old = homes.init(unit)
        homes.enrol(top, old, root)
        homes.carry(top, old, unit)
        _typed(homes, old, villages[number], number, book)
        homes.carry(old, top, TOP)
    new = homes.at(NEW)
    new.must("init", "--unit", NEW, "--user", "an", "--units", units)
    homes.enrol(top, new, root)
    homes.carry(top, new, NEW)
    if own:
        _typed(homes, new, own, 9, book)
    sent, _got = homes.carry(new, top, TOP)
    return top, new, sent["handover"]


def _typed(homes: Homes, prompt: Prompt, village: str, number: int, book: str) -> None:
    row = f"{village},{number},Chủ {number},1,Trẻ {number},2015-03-02,2"
    file = write_book(homes.folder, f"{number}.csv", row)
    if book:
        head, line = file.read_text(encoding="utf-8").splitlines()
        file.write_text(f"{head},book_number\n{line},{book}\n", encoding="utf-8")
    prompt.must("register", "import", file, codes=(0, 4))


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


@pytest.mark.parametrize("own", ["", "Thôn Mới"])
def test_the_villages_of_the_merged_communes_stand_in_the_annex(own: str, homes: Homes) -> None:
    top, new, handover = merged(homes, ("Thôn 0", "Thôn 1"), own=own)
    expected = ["Thôn 0", "Thôn 1", *([own] if own else [])]
    found = top.must("handover", "verify", handover, codes=(0, 4))
    assert sorted(one["name"] for one in found["villages"]) == expected
    for prompt in (new, top):
        with services_of(prompt) as services:
            facts = services.handovers.register.facts(handover)
        assert facts.households == len(expected)
        assert sorted(one.name for one in facts.villages) == expected, prompt.home
        assert [(one.households, one.children) for one in facts.villages] == [(1, 1)] * len(
            expected
        )


def test_villages_of_one_name_are_told_apart_by_the_commune_they_came_from(homes: Homes) -> None:
    top, new, handover = merged(homes, ("Thôn 1", "thôn 1"), own="Thôn 2")
    for prompt in (new, top):
        with services_of(prompt) as services:
            facts = services.handovers.register.facts(handover)
            whose = [
                services.workplace.tree.units.unit(one).full_name().lower() for one in (ONE, OTHER)
            ]
        names = sorted(one.name.lower() for one in facts.villages)
        assert names == sorted([*(f"thôn 1 ({one})" for one in whose), "thôn 2"]), prompt.home


def test_the_books_of_the_merged_communes_are_those_of_their_villages(homes: Homes) -> None:
    """As many books as there are: three villages, each with a book of the same number."""
    top, new, handover = merged(homes, ("Thôn 0", "Thôn 1"), own="Thôn 2", book="1")
    for prompt in (new, top):
        with services_of(prompt) as services:
            facts = services.handovers.register.facts(handover)
        assert facts.books == 3
        assert [one.books for one in facts.villages] == [1, 1, 1], prompt.home
