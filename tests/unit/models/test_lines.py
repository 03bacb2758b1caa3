"""Delivery lines: what fits, what is acknowledged, and which word moves a cursor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from app.models import lines, trust
from app.models.lines import Continuity, FileFacts, Header
from app.models.queries import peers, sending
from app.models.queries.sending import Acknowledgement
from app.models.schema import bundle_in, line_in, peer, station
from app.models.store import create_store
from tests.properties.fleet import empty_row

HERE, BELOW = "522@2024", "21010@2024"
SENDER, OTHER, MINE = "replica-a", "replica-b", "replica-here"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    store = create_store(tmp_path / "store.db", bytes(32), HERE)
    with store.write("x") as work:
        yield work.connection
    store.close()


def named(seq: int, way: str = "") -> bytes:
    return f"{seq}{way}".encode().ljust(32, b".")


def header(
    seq: int, log: tuple[int, int], *, way: str = "", prev: bytes | None = None, who: str = SENDER
) -> Header:
    before = named(seq - 1, way) if prev is None and seq > 1 else prev
    return Header(named(seq, way), who, "A1", BELOW, seq, before, *log)


def take(connection: Connection, one: Header) -> Continuity:
    """Take a bundle into its line, as an import does."""
    fits = lines.continuity(connection, one)
    lines.note_line(connection, one, fits)
    values = {
        "number": lines.next_bundle_number(connection),
        "bundle_id": one.bundle_id,
        "replica": one.replica,
        "seq": one.seq,
        "prev": one.prev,
        "manifest": one.bundle_id,
        "fork": fits is Continuity.FORK,
    }
    connection.execute(bundle_in.insert().values(**{**empty_row(bundle_in), **values}))
    return fits


def line(connection: Connection) -> tuple[int, int, bool]:
    """(have, acknowledged number, forked) of the sender's line."""
    row = connection.execute(select(line_in).where(line_in.c.replica == SENDER)).one()
    return row.have, row.ack_seq, row.forked


def test_bundles_in_order_are_normal_and_acknowledged(connection):
    assert take(connection, header(1, (0, 10))) is Continuity.NORMAL
    assert take(connection, header(2, (0, 15))) is Continuity.NORMAL
    assert line(connection) == (15, 2, False)


def test_a_lost_bundle_that_the_next_one_covers_costs_nothing_and_is_no_gap(connection):
    take(connection, header(1, (0, 10)))
    assert take(connection, header(3, (5, 20))) is Continuity.NORMAL
    assert line(connection) == (20, 3, False)
    assert take(connection, header(2, (5, 15))) is Continuity.LATE
    assert line(connection) == (20, 3, False)


def test_a_bundle_that_starts_beyond_what_is_here_is_not_acknowledged(connection):
    take(connection, header(1, (0, 10)))
    assert take(connection, header(3, (15, 20))) is Continuity.GAP
    assert line(connection) == (10, 1, False)
    take(connection, header(4, (10, 25)))
    assert line(connection) == (25, 4, False)


FORKS = {
    "the same number with other content": [header(2, (0, 12), way="x", prev=named(1))],
    "a successor of another bundle": [header(3, (0, 20), way="x")],
    "a predecessor that is not the one named": [
        header(4, (10, 20), way="x"),
        header(3, (10, 15), way="y", prev=named(2)),
    ],
}


@pytest.mark.parametrize("case", FORKS)
def test_two_histories_under_one_id_are_noticed(connection, case):
    take(connection, header(1, (0, 10)))
    take(connection, header(2, (5, 11)))
    *before, last = FORKS[case]
    for one in before:
        assert take(connection, one) is not Continuity.FORK
    assert take(connection, last) is Continuity.FORK
    assert lines.forked_lines(connection) == [SENDER]


def test_after_a_fork_nothing_new_is_acknowledged_and_the_lower_statement_holds(connection):
    take(connection, header(1, (0, 10)))
    take(connection, header(2, (5, 20)))
    take(connection, header(2, (8, 30), way="x", prev=named(1)))
    have, acknowledged, forked = line(connection)
    assert (have, acknowledged, forked) == (8, 2, True)
    take(connection, header(3, (8, 40), way="x"))
    assert line(connection)[1:] == (2, True)
    (said,) = sending.acknowledgements_for(connection, unit=BELOW, here=HERE, replica=MINE)
    assert (said.sender, said.seq, said.bundle_id) == (SENDER, 2, named(2))


def test_the_lines_of_two_pcs_of_a_unit_are_two_lines(connection):
    take(connection, header(1, (0, 10)))
    take(connection, header(1, (0, 7), way="b", who=OTHER))
    assert lines.forked_lines(connection) == []
    said = sending.acknowledgements_for(connection, unit=BELOW, here=HERE, replica=MINE)
    assert {(one.sender, one.seq) for one in said} == {(SENDER, 1), (OTHER, 1)}


# --- cursors


@pytest.fixture
def sent(connection: Connection) -> Connection:
    """Three bundles were sent from here to the unit below, up to positions 10, 20 and 30."""
    for seq, log_to in ((1, 10), (2, 20), (3, 30)):
        one = Header(named(seq), MINE, "D1", HERE, seq, None, 0, log_to)
        lines.note_sent(connection, one, BELOW, FileFacts("x", 0, "", ""), 0)
    return connection


def says(
    connection: Connection,
    *acknowledgements: Acknowledgement,
    newest: bool = True,
    who: str = SENDER,
    pc: str = "A1",
    left: tuple[str, ...] = (),
) -> int:
    """A bundle from below with these acknowledgements arrives; returns the cursor then."""
    one = Header(named(9), who, pc, BELOW, 9, None, 0, 0)
    lines.take_acknowledgements(
        connection, one, acknowledgements, mine=MINE, is_newest=newest, left=left
    )
    return sending.cursor_of(connection, BELOW)


def ack(seq: int, *, way: str = "", sender: str = MINE, who: str = SENDER) -> Acknowledgement:
    return Acknowledgement(BELOW, who, sender, seq, named(seq, way))


def test_the_cursor_follows_the_newest_word(sent):
    assert sending.cursor_of(sent, BELOW) == 0
    assert says(sent, ack(1)) == 10
    assert says(sent, ack(3)) == 30
    assert says(sent, ack(2)) == 20


def test_a_late_bundle_may_only_lower_the_cursor(sent):
    assert says(sent, ack(2)) == 20
    assert says(sent, ack(3), newest=False) == 20
    assert says(sent, ack(1), newest=False) == 10


@pytest.mark.parametrize(
    "word",
    [
        ack(3, way="x"),
        ack(4),
        ack(3, sender="replica-old"),
        ack(3, who=OTHER),
        Acknowledgement("21025@2024", SENDER, MINE, 3, named(3)),
    ],
    ids=["other content", "never sent", "another sender", "for another PC", "for another unit"],
)
def test_a_word_about_what_was_never_sent_counts_for_nothing(sent, word):
    assert says(sent, word) == 0


def test_the_cursor_of_a_unit_is_that_of_its_last_pc(sent):
    says(sent, ack(3))
    assert says(sent, ack(1, who=OTHER), who=OTHER, pc="A2") == 10
    sent.execute(peer.update().where(peer.c.replica == OTHER).values(active=False))
    assert sending.cursor_of(sent, BELOW) == 30


def test_an_id_given_up_is_waited_for_no_more_from_the_first_word_of_the_new_one(sent):
    says(sent, ack(1))
    assert says(sent, ack(3, who=OTHER), who=OTHER, left=(SENDER,)) == 30
    # A copy that still uses the old id speaks for itself, whatever the other says again.
    assert says(sent, ack(2)) == 20
    assert says(sent, ack(3, who=OTHER), who=OTHER, left=(SENDER,)) == 20


def test_nobody_gives_up_the_id_of_another_pc(sent):
    says(sent, ack(1))
    assert says(sent, ack(3, who=OTHER), who=OTHER, pc="A2", left=(SENDER,)) == 10


def test_a_pc_taken_out_counts_again_once_it_speaks(sent):
    values = {"station": "A1", "unit": BELOW, "active": True}
    sent.execute(station.insert().values(**{**empty_row(station), **values}))
    says(sent, ack(1))
    assert says(sent, ack(3, who=OTHER), who=OTHER, pc="A2") == 10
    assert trust.take_out(sent, "A1") == BELOW
    assert sending.cursor_of(sent, BELOW) == 30
    assert [row.active for row in peers.peers(sent, "D1") if row.station == "A1"] == [False]
    assert says(sent, ack(2), newest=False) == 30, "an old bundle that turns up is no sign of life"
    assert says(sent, ack(2)) == 20
    assert trust.take_out(sent, "A7") is None


def test_what_is_shown_of_a_fork_cannot_stand_in_one_history(connection):
    take(connection, header(1, (0, 10)))
    take(connection, header(2, (5, 11)))
    take(connection, header(7, (5, 15)))
    assert lines.fork_proofs(connection, BELOW) == []
    take(connection, header(3, (0, 20), way="x"))
    shown = {one.manifest for one in lines.fork_proofs(connection, BELOW)}
    assert shown == {named(2), named(3, "x")}
    assert lines.fork_proofs(connection, "21025@2024") == []


def test_a_pc_never_heard_of_counts_as_nothing_and_ones_own_does_not_count(sent):
    for name in ("A1", "A2"):
        values = {"station": name, "unit": BELOW}
        sent.execute(station.insert().values(**{**empty_row(station), **values}))
    assert says(sent, ack(3)) == 0
    assert sending.cursor_of(sent, BELOW, "A2") == 30


def test_the_list_of_a_pc_above_replaces_its_last_one_and_no_other(connection):
    one, two = ("r1", b"1" * 32, "not-owner"), ("r2", b"2" * 32, "moved-away")
    assert lines.replace_refused(connection, "P1", [one, two]) == set()
    assert lines.replace_refused(connection, "P2", [two]) == set()
    # Whoever asks what is named still asks the lists: that of P2 stands.
    assert lines.replace_refused(connection, "P1", []) == {one[:2], two[:2]}
    assert lines.replace_refused(connection, "P2", []) == {two[:2]}


def test_of_many_lines_of_a_unit_those_heard_last_are_acknowledged(connection):
    """Each id that a PC takes is a line more, and a manifest has room for 64 KiB."""
    many = sending.MOST_ACKNOWLEDGEMENTS + 3
    for number in range(many):
        take(connection, header(1, (0, 5), way=f"/{number}", who=f"replica-{many - number:03}"))
    said = sending.acknowledgements_for(connection, unit=BELOW, here=HERE, replica=MINE)
    heard_last = [f"replica-{number:03}" for number in range(1, many - 2)]
    assert [one.sender for one in said] == heard_last
