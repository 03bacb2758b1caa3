"""Two PCs of one commune: one bundle opens on both, and they meet by ordinary bundles."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.cli.program import main
from tests.e2e.command_line import Homes, Prompt

PROVINCE, COMMUNE = "51@2025", "21211@2025"


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


def second_pc(homes: Homes) -> Prompt:
    prompt = Prompt(homes.folder / "second", homes._monkeypatch)
    prompt.must("init", "--unit", COMMUNE, "--user", "bình")
    return prompt


#: A household with a girl and a boy.
SIBLINGS = (
    "Thôn 1,1,Phạm Văn Rơm,1,Phạm Thị Hân,2015-03-02,2",
    "Thôn 1,1,Phạm Văn Rơm,2,Phạm Văn Đông,2017-03-02,1",
)


def write_book(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text(
        "village,household_no,head_name,line_no,full_name,birth_date,sex\n"
        + "\n".join(rows)
        + "\n",
        encoding="utf-8",
    )
    return path


def children(prompt: Prompt, words: str) -> list[str]:
    return [row["id"] for row in prompt.must("register", "search", words)]


def test_what_either_pc_types_reaches_the_other_and_the_province_once(
    homes: Homes, capsys: pytest.CaptureFixture[str]
) -> None:
    province = homes.init(PROVINCE)
    root = province.must("authority", "init")["root_fingerprint"]
    first, second = homes.init(COMMUNE), second_pc(homes)
    homes.enrol(province, first, root)
    homes.enrol(province, second, root)
    one = write_book(homes.folder, "a.csv", "Thôn 1,1,Phạm Văn Rơm,1,Phạm Thị Hân,2015-03-02,2")
    two = write_book(homes.folder, "b.csv", "Thôn 1,2,Đinh Văn Lía,1,Đinh Thị Nga,2016,2")
    first.must("register", "import", one, codes=(0, 4))
    second.must("register", "import", two, codes=(0, 4))

    # A bundle from above names both PCs, so that the first one learns of the second.
    down = province.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    looking = ["--home", str(first.home), "handover", "receive", str(down["file"]), "--preview"]
    capsys.readouterr()
    assert main(looking, open_services) in (0, 4)
    assert capsys.readouterr().out.startswith("Xem trước, chưa nhận gì: ")
    for prompt in (first, second):
        (seen,) = prompt.must("handover", "receive", down["file"], "--preview", codes=(0, 4))
        (got,) = prompt.must("handover", "receive", down["file"], codes=(0, 4))
        assert got["status"] == "imported"
        # Word for word the same but for what it is.
        assert (seen.pop("preview"), got.pop("preview")) == (True, False)
        assert seen["new"] == got["new"]
    homes.carry(first, second, COMMUNE)
    homes.carry(second, first, COMMUNE)
    for prompt in (first, second):
        assert len(children(prompt, "pham thi han")) == 1
        assert len(children(prompt, "dinh thi nga")) == 1

    _, got = homes.carry(first, province, PROVINCE)
    assert got["refused"] == got["waiting"] == 0
    _, again = homes.carry(second, province, PROVINCE)
    assert (again["new"], again["changed"]) == (0, 0)  # no child twice
    assert len(children(province, "pham thi han")) == 1
    assert len(children(province, "dinh thi nga")) == 1


def test_a_number_that_another_pc_got_and_files_in_another_order_are_no_gap(homes: Homes) -> None:
    province = homes.init(PROVINCE)
    root = province.must("authority", "init")["root_fingerprint"]
    first, second = homes.init(COMMUNE), second_pc(homes)
    homes.enrol(province, first, root)
    homes.carry(province, first, COMMUNE)
    homes.enrol(province, second, root)  # the reply takes number 3 of the commune's line
    sent, got = homes.carry(province, first, COMMUNE)
    assert (sent["seq"], got["continuity"]) == (4, "normal")

    book = write_book(homes.folder, "a.csv", "Thôn 1,1,Phạm Văn Rơm,1,Phạm Thị Hân,2015-03-02,2")
    first.must("register", "import", book, codes=(0, 4))
    to = ("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    files = [first.must(*to)["file"] for _ in range(3)]
    results = province.must("handover", "receive", files[2], files[0], files[1], codes=(0, 4))
    assert [(one["seq"], one["continuity"]) for one in results] == [
        (3, "normal"),
        (1, "normal"),
        (2, "normal"),
    ]


def test_the_same_book_on_both_pcs_gives_the_same_children_without_a_conflict(homes: Homes) -> None:
    province = homes.init(PROVINCE)
    root = province.must("authority", "init")["root_fingerprint"]
    first, second = homes.init(COMMUNE), second_pc(homes)
    homes.enrol(province, first, root)
    homes.enrol(province, second, root)
    book = write_book(
        homes.folder,
        "so.csv",
        "Thôn 1,1,Phạm Văn Rơm,1,Trai,2026-10-01,1",
        "Thôn 1,1,Phạm Văn Rơm,2,Trai,2026-10-01,1",
    )
    for prompt in (first, second):
        document = prompt.must("register", "import", book, codes=(0, 4))
        assert document["created"] == 2  # unnamed twins are two children
    _, got = homes.carry(first, province, PROVINCE)
    assert (got["households_new"], got["children_new"]) == (1, 2)
    sent = second.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    seen = province.told("handover", "receive", sent["file"], "--preview")
    (got,) = province.must("handover", "receive", sent["file"])
    assert got["conflicts"] == 0
    # The same values once more change nothing that anybody sees.
    nothing = "0 hộ và 0 trẻ em mới, 0 hộ và 0 trẻ em thay đổi."
    assert seen[1:] == ["Thôn 1: 1 hộ, 2 trẻ", "Gói này không làm thay đổi hồ sơ nào trong sổ."]
    assert f"{nothing} Đối chiếu với số liệu bên giao: đếm được 1 hộ, 2 trẻ" in seen[0], seen
    assert seen[0].endswith(", đúng như bên giao ghi."), seen
    assert (got["new"], got["changed"], got["unchanged"]) == (0, 0, 3)
    assert len(children(province, "trai")) == 2
    assert province.must("conflict", "list") == []


def test_of_a_book_that_is_known_only_what_was_corrected_counts_as_changed(homes: Homes) -> None:
    province = homes.init(PROVINCE)
    root = province.must("authority", "init")["root_fingerprint"]
    first = homes.init(COMMUNE)
    homes.enrol(province, first, root)
    first.must("register", "import", write_book(homes.folder, "a.csv", *SIBLINGS), codes=(0, 4))
    homes.carry(first, province, PROVINCE)
    (child,) = children(province, "pham van dong")
    province.must("register", "set", child, "full_name=Phạm Văn Đồng")
    _, got = homes.carry(province, first, COMMUNE)
    numbers = ("households_new", "children_new", "households_changed", "children_changed")
    assert [got[name] for name in numbers] == [0, 0, 0, 1]
    assert (got["new"], got["changed"], got["waiting"], got["refused"]) == (0, 1, 0, 0)
