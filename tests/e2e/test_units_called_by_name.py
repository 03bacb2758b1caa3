"""What a command prints for people calls units by name; codes stand where one types them, and in
the documents of `--json`.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.command_line import Prompt
from tests.e2e.test_verification import (
    COMMUNE,
    DISTRICT,
    PROVINCE,
    WHY,
    Three,
    child,
    prepared,
    three,
    type_book,
)

__all__ = ["prepared", "three"]  # fixtures
_CODE = re.compile(r"\b\d+@\d{4}\b")
NAME = "Xã Tịnh Châu"


def bare(prompt: Prompt, *words: str | Path) -> list[str]:
    """The lines in which a unit is called by its code alone."""
    lines = prompt.told(*words, codes=(0, 1, 4))
    assert lines
    return [line for line in lines if _CODE.search(re.sub(r"\(\d+@\d{4}\)", "", line))]


def test_no_list_and_no_sentence_calls_a_unit_by_its_code_alone(three: Three) -> None:
    district, commune = three.district, three.commune
    han = child(district, "pham thi han")
    district.must("register", "set", han, "full_name=Phạm Thị Hân Hai")
    commune.must("register", "set", han, "full_name=Phạm Thị Hân Ba")
    sent, _ = three.homes.carry(commune, district, DISTRICT)
    district.must("handover", "return", three.handover, "--record", han, "--reason", WHY)
    three.homes.carry(district, commune, COMMUNE)
    said = (
        (district, ("register", "search", "Phạm")),
        (district, ("register", "history", han)),
        (district, ("register", "show", han)),
        (district, ("conflict", "list")),
        (district, ("authority", "status")),
        (district, ("handover", "inspect", sent["file"])),
        (commune, ("waiting", "list")),
        (commune, ("check", "--declared")),
    )
    for prompt, words in said:
        assert bare(prompt, *words) == [], words
    assert NAME in "\n".join(district.told("register", "search", "Phạm"))
    (told, *_rest) = district.must("register", "search", "Phạm")
    assert told["unit"] == COMMUNE, "documents keep the code"


def test_a_restore_calls_the_unit_of_a_backup_by_name_though_no_register_is_open(
    three: Three,
) -> None:
    district, commune = three.district, three.commune
    file = commune.must("backup", "create")["file"]
    called = "xã Tịnh Châu (21208@2024)"
    assert called in "\n".join(district.told("backup", "restore", file, "--preview"))
    assert called in district("backup", "restore", file).document["message"]
    assert called in "\n".join(commune.told("backup", "restore", file))


def test_villages_of_one_name_are_told_apart_before_sending_and_before_receiving(
    three: Three,
) -> None:
    homes, district, province = three.homes, three.district, three.province
    other = homes.init("21211@2024")
    root = province.must("authority", "status")["root_fingerprint"]
    homes.enrol(district, other, str(root))
    type_book(other)
    homes.carry(other, district, DISTRICT)
    places = ("Thôn Hà, xã Tịnh Châu", "Thôn Hà, xã Tịnh Khê")
    news = "\n".join(district.told("handover", "news", "--to", PROVINCE))
    sent = district.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
    preview = province.told("handover", "receive", sent["file"], "--preview")
    for place in places:
        assert f"· {place}" in news
        assert f"{place}: 2 hộ, 2 trẻ" in preview
        assert any(line.endswith(f"Trẻ em · {place}") for line in preview)
    (seen,) = province.must("handover", "receive", sent["file"], "--preview")
    told = {(one["unit"], one["name"]) for one in seen["arrivals"]["villages"]}
    assert {(COMMUNE, "Thôn Hà"), ("21211@2024", "Thôn Hà")} <= told


def test_what_was_sent_back_stands_in_the_order_in_which_the_commune_has_its_villages(
    three: Three,
) -> None:
    """As the annex, the sample and the verification have it: so lie the books on the desk."""
    three.commune.must("village", "order", "Thôn Hạ", "Thôn Hà")
    for words in ("pham thi han", "vo thi buoi"):
        record = ("--record", child(three.district, words), "--reason", WHY)
        three.district.must("handover", "return", three.handover, *record)
    three.homes.carry(three.district, three.commune, COMMUNE)
    told = three.commune.must("handover", "returned", codes=(4,))
    assert [one["village"] for one in told] == ["Thôn Hạ", "Thôn Hà"]


def test_a_book_and_who_carries_it_are_looked_up_where_they_are_listed(three: Three) -> None:
    commune = three.commune
    commune.must("book", "assign", "Lê Thị Tám")
    assert bare(commune, "book", "enumerators") == []
    for words, command in (
        (("step", "issued", "nobody", "--who", "Tám"), "sotreem book list"),
        (("back", "nobody"), "sotreem book list"),
        (("release", "nobody"), "sotreem book enumerators"),
        (("supply", "1", "--village", "nobody"), "sotreem village list"),
    ):
        answer = commune("book", *words)
        assert answer.code == 1
        assert command in answer.document["message"], words
