"""What builds on an operation that is turned back, however long a modified client made it."""

from __future__ import annotations

from app.history.operation import Operation, make_operation
from app.sync.apply import _with_descendants
from tests.growth import growth


def chain(length: int) -> list[Operation]:
    """Operations of one child, each on the one before."""
    made: list[Operation] = []
    for n in range(length):
        made.append(
            make_operation(
                ent_type="child",
                ent_id="2db15ffd-618e-54a3-9b8c-72a1f505c026",
                parents=(made[-1].op_id,) if made else (),
                body={"full_name": f"Trần {n}"},
                salt=bytes(16),
                unit="21010@2024",
                by="21010@2024",
                replica="a1a1a1a1-0000-4000-8000-000000000001",
                author="x",
                wall=1,
            )
        )
    return made


def test_everything_that_builds_on_it_goes_and_nothing_else():
    made = chain(6)
    gone = _with_descendants(made, {made[3].op_id, b"another"})
    assert gone == {one.op_id for one in made[3:]}


def test_a_chain_four_times_as_long_takes_about_four_times():
    every = chain(4000)
    assert growth(lambda size: _with_descendants(every[:size], {every[0].op_id}), 1000) < 9
