"""Whom a unit owes an answer: nobody to whom no bundle can be sealed."""

from __future__ import annotations

from app.services.services import Services
from app.services.worklist import Duty
from tests.e2e.command_line import PASSPHRASE
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import type_child
from tests.e2e.test_three_tiers import (
    COMMUNE,
    DISTRICT,
    PROVINCE,
    Three,
    prepared,
    services_of,
    three,
)

__all__ = ["prepared", "three"]


def owed(services: Services) -> int:
    """How many units the worklist says wait for an answer."""
    tasks = services.worklist.read().tasks
    return next((one.count for one in tasks if one.duty is Duty.ANSWERS_OWED), 0)


def test_nothing_is_owed_to_a_unit_whose_only_pc_was_revoked(three: Three) -> None:
    homes, commune, district = three.homes, three.commune, three.district
    type_child(commune, "1", "Phạm Thị Hân")
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, three.province, PROVINCE)
    with services_of(commune) as services:
        station = services.workplace.store.setting("station")
    with services_of(district) as services:
        assert owed(services) == 1
        services.authority.revoke(station, PASSPHRASE)
        assert owed(services) == 0, "what was counted before is not remembered"
        assert services.handovers.register.owed_to() == ""
    with services_of(three.province) as services:
        assert owed(services) == 1, "what is for the commune goes by the district"
    send = ("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    assert said_plainly(district(*send)) == "handover.none_active"
