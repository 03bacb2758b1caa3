"""A register to try everything in: invented people in a home of its own beside the real one.

It is a real, encrypted installation of a commune that does not exist, with a passphrase that
everybody is shown. What makes it one stands in its store and goes with every copy of it: it is
never enrolled, so nothing of it can be handed over, and it is marked wherever it is shown. The real
home is neither read nor written here.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from app.errors import KnownError
from app.forms.references import UnitRow
from app.history.operation import Value
from app.i18n import text
from app.ids import derived_id
from app.models.work import Change
from app.services import installation
from app.services.home import HomeLock
from app.services.invented.changes import invented_changes
from app.services.invented.register import generate
from app.services.workplace import DEMONSTRATION, Progress, Workplace
from app.settings import Settings

#: Not a secret: it is shown on the page that asks for it.
PASSPHRASE = "banthu123"  # noqa: S105 - of a register in which nobody exists
CHILDREN = 320
_SUFFIX = "-ban-thu"
_MARKER = "demonstration"
#: A commune of the newest edition, of whose kind the invented one is; its peoples and names.
_LIKE, _PARENT = "21100@2025", "51@2025"
_CODE, _EDITION = "99999", "2025"
UNIT = f"{_CODE}@{_EDITION}"
_SEED = 20_261
#: Of the invented households so many in a hundred were visited in the round, and are declared done.
_VISITED, _DECLARED = 70, 85


def demonstration_of(settings: Settings) -> Settings:
    """Where the demonstration register of a home lies: beside it, never in it."""
    return replace(settings, home=settings.home.with_name(settings.home.name + _SUFFIX))


def ready(settings: Settings) -> bool:
    """Whether a demonstration register is there that was made to its end."""
    own = demonstration_of(settings)
    return (own.home / _MARKER).exists() and own.keyslots_path.exists()


def make(settings: Settings, progress: Progress | None = None) -> Settings:
    """Make the demonstration register of a home, or find the one that is there.

    Raises KnownError `demonstration.not_ours` where something else lies in its place, and what
    installing raises; Cancelled. What was begun and not finished is made anew.
    """
    own = demonstration_of(settings)
    if ready(settings):
        return own
    remove(settings)
    step = progress or Progress()
    own.home.mkdir(parents=True, mode=0o700)
    (own.home / _MARKER).touch(mode=0o600)
    try:
        _install(own)
        with HomeLock(own.lock_path, "demonstration"):
            unlocked = installation.unlock(own, PASSPHRASE)
            workplace = installation.open_workplace(own, unlocked)
            try:
                _fill(workplace, step)
            finally:
                workplace.store.close()
    except BaseException:
        remove(settings)
        raise
    return own


def remove(settings: Settings) -> None:
    """Take the demonstration register away, if there is one. The caller has closed it.

    Raises KnownError `demonstration.not_ours` for a folder of its name that we did not make, and
    `home.in_use` while another process has it open.
    """
    own = demonstration_of(settings)
    if not own.home.exists():
        return
    if not (own.home / _MARKER).exists():
        raise KnownError(
            "demonstration.not_ours", "demonstration.not_ours_hint", folder=str(own.home)
        )
    with HomeLock(own.lock_path, "demonstration"):
        pass  # nobody else has it open
    shutil.rmtree(own.home)


def _install(own: Settings) -> None:
    unit = UnitRow(
        _CODE, _EDITION, text("demonstration.unit"), "commune", _PARENT, "2025-07-01", ""
    )
    installation.install(
        own,
        unit=UNIT,
        user="thu",
        full_name=text("demonstration.person"),
        title=text("demonstration.title_of_office"),
        passphrase=PASSPHRASE,
        provisional=(unit,),
    )


def _fill(workplace: Workplace, progress: Progress) -> None:
    """The round and the people, in one transaction: half a register is none."""
    today = workplace.today()
    with workplace.write() as work:
        # Signed by nobody: it counts in this store alone, and nothing of it leaves.
        work.sign_reference = lambda operation: operation
        workplace.store.put_settings(work, {DEMONSTRATION: "1"})
        current = work.record(Change("round", _round(today)))
        progress.step(0, CHILDREN)
        households = generate(_SEED, CHILDREN, [_LIKE], today)
        work.record_many(_as_of_the_round(invented_changes(households, UNIT), current.id))
        progress.step(CHILDREN, CHILDREN)
        work.commit()


def _round(today: date) -> dict[str, Value]:
    return {
        "name": text("demonstration.round"),
        "kind": "quarterly",
        "reference_date": today.isoformat(),
        "opens_on": (today - timedelta(days=20)).isoformat(),
        "closes_on": (today + timedelta(days=9)).isoformat(),
        "state": "open",
    }


def _as_of_the_round(changes: Iterator[Change], round_id: str) -> Iterator[Change]:
    """Part of the work is done: most households were visited, most of those are declared done."""
    chance = {"household": 0, "child": 0}
    visited: dict[str, bool] = {}
    for change in changes:
        if change.entity not in chance:
            yield change
            continue
        number = chance[change.entity] = chance[change.entity] + 1
        declared = number * 37 % 100 < _DECLARED
        if change.entity == "household":
            seen = number * 61 % 100 < _VISITED
            visited[derived_id(UNIT, str(change.key))] = seen
            values = {**change.values, "survey_round": round_id if seen else None}
        else:
            seen = visited.get(str(change.values.get("household")), False)
            values = dict(change.values)
        yield replace(change, values={**values, "complete": True} if seen and declared else values)
