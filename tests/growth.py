"""What a piece of work costs, told in another one or in itself at a smaller size: no figure of any
machine's is asserted anywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable


def growth(work: Callable[[int], object], size: int, times: int = 4) -> float:
    """How often as much of the processor `times` the size takes: linear work takes `times`,
    quadratic `times` squared.
    """
    return ratio(lambda: work(size * times), lambda: work(size))


def ratio(work: Callable[[], object], yardstick: Callable[[], object]) -> float:
    """How often as much of the processor one takes as the other; the least of five, in turn."""
    least: dict[Callable[[], object], float] = {}
    yardstick()  # what is read or remembered once
    for _ in range(5):
        for one in (yardstick, work):
            begin = time.process_time()
            one()
            spent = time.process_time() - begin
            least[one] = min(spent, least.get(one, spent))
    return least[work] / least[yardstick]
