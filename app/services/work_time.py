"""From the moments of saves to time at work. Pure arithmetic; nothing measures a key.

The rule. Saves of one person on one PC are taken in the order of the log. The time between two of
them counts as work on the later one when it is not negative and not longer than `BREAK`; a longer
one is a break, and a negative one a clock that was put back: neither counts. How long somebody
worked before the first save of a stretch is not known; it counts as `SECONDS_A_CHILD`, the time
that a child may take, so that it makes nobody faster or slower than the plan. Saves of the same
second are one. A clock that was put forward counts for nothing beyond that, because the gap it
makes is a break.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

#: Seconds without a save after which a person is taken to have been away. A large household that is
#: saved as a whole takes seven minutes at the pace of the plan.
BREAK = 600
#: 1,570 children in five days of eight hours (domain.md, the provincial plans).
SECONDS_A_CHILD = 92
#: Below this nobody typed: a register that was written at once tells nothing of anybody's pace.
LEAST_SECONDS_A_CHILD = 2


def worked(moments: Iterable[int]) -> Iterator[int]:
    """Moments (seconds) of one person's saves on one PC, in the order of the log → the seconds of
    work that each came to.
    """
    before: int | None = None
    for moment in moments:
        gap = None if before is None else moment - before
        before = moment
        yield gap if gap is not None and 0 <= gap <= BREAK else SECONDS_A_CHILD
