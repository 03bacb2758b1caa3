"""What the window says of the register at all times: whose it is, how much is in it, what the unit
above does not have yet, the last backup, the open round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.models import backup
from app.models.queries import counting, rounds
from app.services.outstanding_work import outstanding_work
from app.services.surroundings import reference_day
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Standing:
    """What the status bar and the head of the window say; `not_handed_over` and `unconfirmed` as
    `app.services.outstanding_work` counts them. `top`: nobody stands above, to hand over to.
    """

    unit_name: str
    account_name: str
    households: int
    children: int
    incomplete: int
    not_handed_over: int
    unconfirmed: int
    last_backup: datetime | None
    edition: str
    round_name: str
    round_days_left: int | None
    top: bool = False


def standing_of(workplace: Workplace) -> Standing:
    """What it says now."""
    own = workplace.tree.units.get(workplace.unit)
    with workplace.store.read() as reading:
        basis = counting.basis_of(reading, workplace.today())
        # A record that moved away is still held, and counts where it went.
        total = counting.counts(reading, workplace.reach(), basis)
        work = outstanding_work(workplace, reading)
        current = rounds.open_round(reading)
        day = reference_day(workplace, reading)
    left: int | None = None
    if current is not None and current.closes_on:
        left = (date.fromisoformat(current.closes_on) - workplace.today()).days
    return Standing(
        unit_name=workplace.unit if own is None else own.full_name(),
        account_name=workplace.account.full_name or workplace.account.name,
        households=total.households,
        children=total.children,
        incomplete=total.incomplete,
        not_handed_over=work.unsent,
        unconfirmed=work.unconfirmed,
        last_backup=backup.newest(workplace.settings),
        edition=workplace.catalogue.newest("child", day).edition,
        round_name="" if current is None else current.name,
        round_days_left=left,
        top=workplace.tree.parent(workplace.unit) is None,
    )
