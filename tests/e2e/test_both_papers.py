"""The two papers of one handover: whose names, which day, whom they count, and who is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.reports.document_texts import document_texts
from app.reports.handover_record import handover_record
from tests.e2e.command_line import Homes, Prompt
from tests.e2e.test_record_says import facts
from tests.e2e.test_two_pcs import write_book

PROVINCE, COMMUNE = "51@2025", "21211@2025"


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    made = Homes(tmp_path, monkeypatch)
    province, commune = made.init(PROVINCE), made.at(COMMUNE)
    commune.must("init", "--unit", COMMUNE, "--user", "huyen")
    made.enrol(province, commune, province.must("authority", "init")["root_fingerprint"])
    book = write_book(
        tmp_path,
        "a.csv",
        "Thôn 1,1,Phạm Văn Rơm,1,Phạm Thị Hân,2015-03-02,2",
        "Thôn 1,1,Phạm Văn Rơm,2,Phạm Văn Đông,2017-03-02,1",
    )
    commune.must("register", "import", book, codes=(0, 4))
    return made


def paper(prompt: Prompt, handover: str) -> str:
    return repr(handover_record(facts(prompt, handover), document_texts("handover_record")))


def test_a_sign_in_name_is_nobodys_name_on_paper(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    sent, _ = homes.carry(below, top, PROVINCE)
    homes.carry(below, top, PROVINCE)
    homes.carry(top, below, COMMUNE)
    for prompt in (top, below):
        said = facts(prompt, sent["handover"])
        assert [one.name for one in said.giver.people] == [""]
        assert [one.name for one in said.receiver.people] == ["Nguyễn Thị An"]
        assert "huyen" not in paper(prompt, sent["handover"])
    # Who says a name at the handover is named.
    named = below.must("handover", "send", "--to", PROVINCE, "--out", homes.stick, "--by", "Lê Na")
    assert [one.name for one in facts(below, named["handover"]).giver.people] == ["Lê Na"]
