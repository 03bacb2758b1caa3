"""A PC for a unit that was made by decree: set up by the province's file, enrolled by its word."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.queries.references import put_provisional_units
from app.models.schema import ENTITY_TABLES
from tests.dumps import dump_home
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.modified_client import opened
from tests.e2e.sentences import said_plainly
from tests.e2e.test_two_pcs import children, write_book

PROVINCE, DISTRICT, OTHER = "51@2024", "524@2024", "522@2024"
NEW = "29999@2024b"
HEAD = "edition,code,name,kind,parent,valid_from,valid_to\n"
LINE = "2024b,29999,Ba Mới,commune,{above},2025-01-01,\n"


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


def units_file(homes: Homes, *lines: str, name: str = "units.csv") -> Path:
    path = homes.folder / name
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


def init(homes: Homes, unit: str, file: Path | None) -> Prompt:
    prompt = homes.at(NEW)
    units = () if file is None else ("--units", file)
    made = prompt.must("init", "--unit", unit, "--user", "an", "--full-name", "Đinh Thị An", *units)
    assert (made["unit"], made["tier"]) == (NEW, "commune")
    return prompt


def province_and_districts(homes: Homes) -> tuple[Prompt, Prompt, Prompt, str]:
    top, middle, beside = (homes.init(one) for one in (PROVINCE, DISTRICT, OTHER))
    root = top.must("authority", "init")["root_fingerprint"]
    homes.enrol(top, middle, root)
    homes.enrol(top, beside, root)
    return top, middle, beside, root


@pytest.mark.parametrize("written", [NEW, "29999"])
def test_a_pc_of_a_new_unit_is_set_up_types_and_is_enrolled(homes: Homes, written: str) -> None:
    top, middle, _, root = province_and_districts(homes)
    file = units_file(homes, LINE.format(above="524"))
    assert said_plainly(homes.at(NEW)("init", "--unit", NEW, "--user", "an")) == "units.unknown"
    below = init(homes, written, file)
    # Typing works from the first minute, without a certificate.
    book = write_book(homes.folder, "a.csv", "Thôn 1,1,Phạm Văn Rơm,1,Phạm Thị Hân,2015-03-02,2")
    below.must("register", "import", book, codes=(0, 4))
    (own,) = below.must("unit", "list")
    assert (own["ref"], own["parent"]) == (NEW, DISTRICT)

    request, reply = below.beside("request"), below.beside("reply.tebundle")
    code = below.must("enrol", "request", "--out", request)["check_code"]
    grant = ("enrol", "grant", request, "--out", reply, "--check-code", code)
    assert said_plainly(middle(*grant)) == "units.unknown"  # no decree has come there yet
    top.must("unit", "load", file)
    homes.carry(top, middle, DISTRICT)
    middle.must(*grant)
    below.must("enrol", "accept", reply, "--fingerprint", root)
    (own,) = below.must("unit", "list")
    assert (own["ref"], own["parent"]) == (NEW, DISTRICT)
    _, got = homes.carry(below, middle, DISTRICT)
    assert (got["refused"], got["waiting"]) == (0, 0)
    assert len(children(middle, "pham thi han")) == 1


def test_several_units_of_one_decree_are_enrolled_and_who_missed_the_decree_catches_up(
    homes: Homes,
) -> None:
    """The certificates of the new PCs lie in every bundle down; who has not heard of their units
    passes them over and learns of them with the next bundle."""
    top, middle, _, root = province_and_districts(homes)
    old = homes.init("21064@2024")
    homes.enrol(middle, old, root)
    file = units_file(
        homes,
        LINE.format(above="524"),
        "2024b,29998,Ba Cũ,commune,524,2025-01-01,\n",
        "2024b,29997,Ba Giữa,commune,524,2025-01-01,\n",
    )
    top.must("unit", "load", file)
    homes.carry(top, middle, DISTRICT)
    for unit in (NEW, "29998@2024b", "29997@2024b"):
        new = homes.at(unit)
        new.must("init", "--unit", unit, "--user", "an", "--full-name", "An", "--units", file)
        homes.enrol(middle, new, root)
        homes.carry(new, middle, DISTRICT)
    lost = middle.must("handover", "send", "--to", "21064@2024", "--out", homes.stick)
    Path(lost["file"]).unlink()
    homes.carry(middle, old, "21064@2024")
    (found,) = old.must("unit", "find", "29998@2024b")
    assert found["parent"] == DISTRICT
    for unit in (NEW, "29998@2024b"):
        homes.carry(middle, homes.at(unit), unit)


def test_a_file_that_puts_the_unit_under_another_district_makes_nobody_its_authority(
    homes: Homes,
) -> None:
    """The other district believes the file, too: its program was changed to."""
    top, _, beside, root = province_and_districts(homes)
    top.must("unit", "load", units_file(homes, LINE.format(above="524")))
    below = init(homes, NEW, units_file(homes, LINE.format(above="522"), name="forged.csv"))
    homes.carry(top, beside, OTHER)
    believe(beside, OTHER)
    request, reply = below.beside("request"), below.beside("reply.tebundle")
    code = below.must("enrol", "request", "--out", request)["check_code"]
    beside.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    before = dump_home(below.home, PASSPHRASE)
    refused = below("enrol", "accept", reply, "--fingerprint", root)
    assert said_plainly(refused) == "enrol.unit_elsewhere"
    assert dump_home(below.home, PASSPHRASE) == before
    not_enrolled = below("handover", "send", "--to", OTHER, "--out", homes.stick)
    assert said_plainly(not_enrolled) == "enrol.not_enrolled"


def test_a_reply_without_the_provinces_word_on_the_unit_is_not_accepted(homes: Homes) -> None:
    """The district was set up with the file, too, and nobody loaded it at the province."""
    _, middle, _, root = province_and_districts(homes)
    below = init(homes, NEW, units_file(homes, LINE.format(above="524")))
    row = dict(
        zip(HEAD.strip().split(","), LINE.format(above=DISTRICT).strip().split(","), strict=True)
    )
    with opened(middle.home) as store, store.write("Kẻ Mạo Danh") as work:
        put_provisional_units(work.connection, [row])
        work.commit()
    before = dump_home(below.home, PASSPHRASE)
    with pytest.raises(AssertionError, match=r"enrol\.unit_unsigned"):
        homes.enrol(middle, below, root)
    assert not below.must("authority", "status")["enrolled"]
    assert before != dump_home(below.home, PASSPHRASE)  # the request made its keys


@pytest.mark.parametrize(
    ("unit", "lines", "error"),
    [
        ("29998@2024b", (LINE.format(above="524"),), "reference.unit_not_in_file"),
        (NEW, (LINE.format(above="999"),), "reference.unit_parent"),
        (NEW, (LINE.format(above="29999@2024b"),), "reference.unit_parent"),
        (NEW, ("2024b,29999,Ba Mới,district,524,2025-01-01,\n",), "reference.unit_kind"),
        (NEW, ("2024b,29999,Ba Mới,commune,524,hôm qua,\n",), "reference.day"),
        ("21064@2024", ("2024,21064,Bình An,commune,524,2000-01-01,\n",), "reference.unit_taken"),
        (NEW, (), "reference.no_lines"),
    ],
)
def test_a_file_that_does_not_name_the_unit_well_sets_nothing_up(
    homes: Homes, unit: str, lines: tuple[str, ...], error: str
) -> None:
    file = units_file(homes, *lines)
    refused = homes.at(NEW)("init", "--unit", unit, "--user", "an", "--units", file)
    assert said_plainly(refused) == error
    assert "units.csv" in refused.document["message"]
    assert not (homes.at(NEW).home / "keyslots.json").exists()


def test_a_new_commune_of_a_new_district_is_set_up_and_the_file_may_be_gone(homes: Homes) -> None:
    file = units_file(
        homes,
        "2024b,999,Sơn Mới,rural_district,51,2025-01-01,\n",
        LINE.format(above="999"),
        "2024b,29998,Ba Cũ,commune,524,2025-01-01,\n",
    )
    below = init(homes, NEW, file)
    file.unlink()
    (own,) = below.must("unit", "list")
    assert own["parent"] == "999@2024b"
    assert below("unit", "find", "29998@2024b").code == 1  # not on the way up: left out
    missing = Prompt(homes.folder / "another", homes._monkeypatch)
    gone = missing("init", "--unit", NEW, "--user", "an", "--units", file)
    assert gone.code == 1
    assert "units.csv" in gone.document["message"]


def believe(prompt: Prompt, above: str) -> None:
    """Make a district's program believe that the new unit lies under it."""
    table = ENTITY_TABLES["org_unit"]
    with opened(prompt.home) as store, store.write("Kẻ Mạo Danh") as work:
        work.connection.execute(table.update().values(parent=above))
        work.commit()
