"""The list of villages: the commune's own, written as any record is."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import KnownError
from app.models.queries import counting, working, worklist
from app.models.work import Change
from app.services.register_import import RegisterImport
from app.services.rights import ALL_RIGHTS, RIGHTS_OF, Right, Role
from app.services.villages import Villages
from app.services.workplace import Workplace
from app.sync.delivery import collect
from tests.integration.registers import operations, table
from tests.properties.fleet import DISTRICT_1, TREE
from tests.workplaces import COMMUNE, again, make_workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return make_workplace(tmp_path / "home")


def _names(workplace: Workplace) -> list[str]:
    return [one.name for one in Villages(workplace).list(COMMUNE)]


def _household(workplace: Workplace, village: str, **more: str) -> str:
    values = {"owner_unit": COMMUNE, "household_no": "1", "village": village, **more}
    with workplace.write() as work:
        done = work.record(Change("household", values))
        work.commit()
    return done.id


def _refused(workplace: Workplace, deed: str, *asked: str) -> KnownError:
    with pytest.raises(KnownError) as refused:
        getattr(Villages(workplace), deed)(COMMUNE, *asked)
    return refused.value


def test_a_new_name_keeps_the_households_and_travels(workplace: Workplace) -> None:
    villages = Villages(workplace)
    east = villages.add(COMMUNE, "Thôn Đông")
    _household(workplace, east)
    before = operations(workplace, east)
    assert villages.rename(COMMUNE, "thôn đông", "Tổ 1", "tổ dân phố") == east
    assert operations(workplace, east) == before + 1
    (found,) = villages.list(COMMUNE)
    assert (found.id, found.name, found.kind, found.households) == (east, "Tổ 1", "to_dan_pho", 1)
    villages.rename(COMMUNE, east, "Tổ 1")
    assert villages.list(COMMUNE)[0].kind == "to_dan_pho", "a kind that is not named stays"
    assert operations(workplace, east) == before + 1, "nothing differs"
    going = [one.ent_id for one in collect(workplace.store, TREE, DISTRICT_1, "1").operations()]
    assert going.count(east) == before + 1


def test_the_name_another_village_bore_makes_a_village_of_its_own(workplace: Workplace) -> None:
    villages = Villages(workplace)
    first = villages.add(COMMUNE, "Thôn 1")
    villages.rename(COMMUNE, first, "Thôn Một")
    second = villages.add(COMMUNE, "Thôn 1")
    assert second != first
    assert sorted(_names(workplace)) == ["Thôn 1", "Thôn Một"]
    assert villages.add(COMMUNE, "thôn 1") == second


def test_two_villages_never_bear_one_name(workplace: Workplace) -> None:
    villages = Villages(workplace)
    villages.add(COMMUNE, "Thôn 1")
    other = villages.add(COMMUNE, "Thôn 2")
    assert _refused(workplace, "rename", other, "thon 1").message_id == "villages.taken"
    villages.rename(COMMUNE, other, "THÔN 2")
    assert "THÔN 2" in _names(workplace), "its own name written otherwise"


def test_progress_is_told_against_the_paper_book(workplace: Workplace) -> None:
    villages = Villages(workplace)
    east = villages.add(COMMUNE, "Thôn Đông")
    _household(workplace, east)
    villages.expect(COMMUNE, "thon dong", 12, 20)
    (found,) = villages.list(COMMUNE)
    assert (found.households, found.expected_households, found.expected_children) == (1, 12, 20)
    with workplace.store.read() as reading:
        (place,) = worklist.progress(reading, [COMMUNE], "", by_village=True)
        assert (place.households, place.expected) == (1, 12), "no whole village"
        basis = counting.basis_of(reading, workplace.today())
        assert working.missing_children(reading, COMMUNE, basis) == 20
    villages.expect(COMMUNE, east, None, None)
    assert villages.list(COMMUNE)[0].expected_households is None
    for wrong in ((-1, 0), (0, 100_000)):
        with pytest.raises(KnownError, match=r"villages\.expected"):
            villages.expect(COMMUNE, east, *wrong)


def test_a_name_with_another_mark_is_another_village(workplace: Workplace) -> None:
    villages = Villages(workplace)
    dot, grave = villages.add(COMMUNE, "Thôn Hạ"), villages.add(COMMUNE, "Thôn Hà")
    assert dot != grave
    assert villages.add(COMMUNE, "THÔN HÀ") == grave
    assert str(_refused(workplace, "add", "thon ha").message_id) == "villages.several"
    assert villages.rename(COMMUNE, "Thôn Hà", "Thôn Há") == grave
    assert villages.add(COMMUNE, "Thôn Hả") not in (dot, grave)
    assert villages.name(dot) == "Thôn Hạ"


def test_rows_of_a_file_keep_villages_apart_that_differ_in_a_mark(
    workplace: Workplace, tmp_path: Path
) -> None:
    rows = [["Mai", "Thôn Hạ"], ["Mây", "THÔN HÀ"], ["Mận", "Thôn hạ"], ["Mít", "Thôn Hà"]]
    for _ in range(2):
        sheet = table(tmp_path / "a.csv", ("Họ tên", "Thôn"), rows)
        RegisterImport(workplace).run(sheet, COMMUNE)
        assert sorted(_names(workplace)) == ["THÔN HÀ", "Thôn Hạ"]
    by_hand = make_workplace(tmp_path / "other")
    for name in ("Thôn Hạ", "Thôn Hà"):
        Villages(by_hand).add(COMMUNE, name)
    ids = [{v.id for v in Villages(one).list(COMMUNE)} for one in (workplace, by_hand)]
    assert ids[0] == ids[1], "typed or read from a file, they meet"


def test_the_order_is_the_commune_s_own(workplace: Workplace) -> None:
    villages = Villages(workplace)
    ids = {name: villages.add(COMMUNE, name) for name in ("An", "Bình", "Châu", "Dân")}
    villages.order(COMMUNE, ["Châu", ids["An"]])
    assert _names(workplace) == ["Châu", "An", "Bình", "Dân"]
    before = operations(workplace)
    villages.order(COMMUNE, ["châu"])
    assert operations(workplace) == before, "what stands where it stood is not written"
    villages.add(COMMUNE, "Ấp mới")
    assert _names(workplace)[-1] == "Ấp mới", "a new one stands last"
    assert _refused(workplace, "order", ["Không có"]).message_id == "villages.unknown"


def test_only_an_empty_village_is_taken_off_and_its_name_brings_it_back(
    workplace: Workplace,
) -> None:
    villages = Villages(workplace)
    east, west = villages.add(COMMUNE, "Thôn Đông", "thon"), villages.add(COMMUNE, "Thôn Đoài")
    _household(workplace, east, residence_status="MOVED_OUT")
    refused = _refused(workplace, "retire", east)
    assert refused.message_id == "villages.not_empty"
    assert refused.parameters["count"] == 1
    assert villages.retire(COMMUNE, "Thôn Đoài") == west
    assert _names(workplace) == ["Thôn Đông"]
    assert _refused(workplace, "rename", west, "Thôn Tây").message_id == "villages.unknown"
    assert villages.add(COMMUNE, "thôn đoài") == west
    assert sorted(_names(workplace)) == ["Thôn Đông", "thôn đoài"]


def test_a_file_that_names_a_retired_village_brings_it_back(
    workplace: Workplace, tmp_path: Path
) -> None:
    villages = Villages(workplace)
    east = villages.add(COMMUNE, "Thôn Đông")
    villages.retire(COMMUNE, east)
    titles = ("Thôn", "Số hộ", "Chủ hộ", "STT trong hộ", "Họ và tên trẻ", "Ngày sinh", "Giới tính")
    row = ("Thôn Đông", "12", "Đinh Văn Rơm", "1", "Đinh Thị Hân", "02/03/2019", "Nữ")
    RegisterImport(workplace).run(table(tmp_path / "so.csv", titles, [row]))
    (found,) = villages.list(COMMUNE)
    assert (found.id, found.households) == (east, 1)


@pytest.mark.parametrize(
    "deed", [("rename", "Thôn 1", "Thôn 2"), ("order", ["Thôn 1"]), ("retire", "Thôn 1")]
)
def test_the_list_is_kept_by_who_administers_and_added_to_by_who_types(
    workplace: Workplace, deed: tuple[str, ...]
) -> None:
    clerk = again(workplace, RIGHTS_OF[Role.CLERK])
    Villages(clerk).add(COMMUNE, "Thôn 1")
    assert _refused(clerk, *deed).message_id == "rights.denied"
    admin = again(workplace, RIGHTS_OF[Role.ADMIN])
    Villages(admin).add(COMMUNE, "Thôn 3")
    getattr(Villages(admin), deed[0])(COMMUNE, *deed[1:])
    checker = again(workplace, ALL_RIGHTS - {Right.ENTER, Right.ADMIN})
    assert _refused(checker, "add", "Thôn 4").message_id == "rights.denied"
