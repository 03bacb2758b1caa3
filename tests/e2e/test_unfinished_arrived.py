"""A sending cut off after its file had its name: the receiver's word finishes it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from app.services.handover_sending import FOLDER, Sending
from app.sync import files
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes
from tests.e2e.sentences import said_plainly
from tests.e2e.test_three_tiers import services_of
from tests.e2e.test_two_pcs import SIBLINGS, write_book


class _PowerCut(BaseException):
    pass


def _cut(*_arguments: object, **_named: object) -> None:
    raise _PowerCut


@pytest.fixture
def homes(enrolled_pair: Homes, tmp_path: Path) -> Homes:
    book = write_book(tmp_path, "a.csv", *SIBLINGS)
    enrolled_pair.at(COMMUNE).must("register", "import", book, codes=(0, 4))
    return enrolled_pair


def cut_off(homes: Homes, giver: str, to: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Path]:
    """(what is unfinished, its whole file on the stick)."""
    before = set(homes.stick.rglob("*.tebundle"))
    with services_of(homes.at(giver)) as services, monkeypatch.context() as broken:
        broken.setattr(Sending, "_note_what_arrived", _cut)
        with pytest.raises(_PowerCut):
            services.handovers.sending.send(to, homes.stick)
    (file,) = set(homes.stick.rglob("*.tebundle")) - before
    (one,) = homes.at(giver).must("handover", "unfinished", codes=(0, 4))
    return one, file


def pulled_out(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Path]:
    """As `cut_off`: the stick goes when the file has its name, so nobody can remove it again."""

    def gone(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def sync(folder: Path) -> None:
        if folder.name == FOLDER:
            broken.setattr(Path, "unlink", gone)
            gone()

    with monkeypatch.context() as broken:
        broken.setattr(files, "sync_folder", sync)
        send = ("handover", "send", "--to", PROVINCE, "--out", homes.stick)
        answer = homes.at(COMMUNE)(*send)
    assert said_plainly(answer) == "handover.may_be_sent"
    (file,) = homes.stick.rglob("*.tebundle")
    (one,) = homes.at(COMMUNE).must("handover", "unfinished", codes=(0, 4))
    assert file.name in answer.document["message"]
    return one, file


def test_a_stick_pulled_out_when_the_file_had_its_name_is_heard_of_by_its_receipt(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    one, file = pulled_out(homes, monkeypatch)
    assert below.must("handover", "list") == []
    above.must("handover", "receive", file, codes=(0, 4))
    homes.carry(above, below, COMMUNE)
    assert below.must("handover", "unfinished") == []
    listed = {it["id"]: it for it in below.must("handover", "list")}[one["id"]]
    assert (listed["households"], listed["children"], listed["seq"]) == (1, 2, 1)
    assert listed["sent_on"]
    below.must("handover", "record", one["id"], "--out", below.beside("record.pdf"))


def test_a_stick_that_was_pulled_out_is_put_back_and_looked_at(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = homes.at(COMMUNE)
    one, file = pulled_out(homes, monkeypatch)
    below.must("handover", "finish", one["id"], "--out", file.parent.parent)
    assert [it["seq"] for it in below.must("handover", "list")] == [1]
    assert below.must("handover", "unfinished") == []


def test_a_receipt_finishes_it(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    one, file = cut_off(homes, COMMUNE, PROVINCE, monkeypatch)
    above.must("handover", "receive", file, codes=(0, 4))
    homes.carry(above, below, COMMUNE)
    assert below.must("handover", "unfinished") == []
    dropped = below("handover", "drop", one["id"])
    assert said_plainly(dropped) == "handover.not_unfinished"
    listed = {it["id"]: it for it in below.must("handover", "list")}[one["id"]]
    assert (listed["households"], listed["children"], listed["seq"]) == (1, 2, 1)
    assert [it["tier"] for it in listed["receipts"]] == ["province"]
    # The giver's half goes up as any other.
    homes.carry(below, above, PROVINCE)
    told = {it["id"]: it for it in above.must("handover", "list")}[one["id"]]
    assert (told["households"], told["children"]) == (1, 2)
    assert above.must("conflict", "list") == []


def test_an_acknowledgement_finishes_what_went_down(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    above, below = homes.at(PROVINCE), homes.at(COMMUNE)
    homes.carry(below, above, PROVINCE)
    one, file = cut_off(homes, PROVINCE, COMMUNE, monkeypatch)
    homes.carry(below, above, PROVINCE)
    assert above.must("handover", "unfinished", codes=(0, 4)) == [one], "nobody has it yet"
    below.must("handover", "receive", file, codes=(0, 4))
    homes.carry(below, above, PROVINCE)
    assert above.must("handover", "unfinished") == []
    assert one["id"] in {it["id"] for it in above.must("handover", "list")}
