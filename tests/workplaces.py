"""Open installations without a passphrase, for tests of services: a real encrypted store each."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from app.forms.issues import Value
from app.ids import derived_id, new_id
from app.models.store import Store, create_store, open_store
from app.models.work import Change, UnitOfWork
from app.services.catalogues import read_catalogue
from app.services.invented import InventedHousehold, generate
from app.services.rights import ALL_RIGHTS, Right
from app.services.workplace import Account, Workplace
from app.settings import Settings

KEY = bytes(range(32))
COMMUNE = "21010@2024"
DISTRICT = "524@2024"
PROVINCE = "51@2024"
_EMPTY_STORES: dict[str, bytes] = {}


def make_workplace(
    folder: Path, unit: str = COMMUNE, rights: frozenset[Right] = ALL_RIGHTS
) -> Workplace:
    """A new store in `folder` and somebody signed in with these rights."""
    settings = Settings(folder)
    for path in (folder, settings.backups_path):
        path.mkdir(parents=True, exist_ok=True)
    return _workplace(settings, empty_store(settings.store_path, unit), rights)


def empty_store(path: Path, unit: str) -> Store:
    """A new store under `KEY`; made once per unit and copied from then on, with its own id."""
    if unit not in _EMPTY_STORES:
        create_store(path, KEY, unit).close()
        _EMPTY_STORES[unit] = path.read_bytes()
    else:
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(file, "wb") as copy:
            copy.write(_EMPTY_STORES[unit])
    store = open_store(path, KEY, before_migration=lambda: None)
    with store.write("init") as work:
        store.put_settings(work, {"replica": new_id()})
        work.commit()
    return store


def opened_workplace(folder: Path, rights: frozenset[Right] = ALL_RIGHTS) -> Workplace:
    """The store that `make_workplace` made in `folder`."""
    settings = Settings(folder)
    store = open_store(settings.store_path, KEY, before_migration=lambda: None)
    return _workplace(settings, store, rights)


def again(workplace: Workplace, rights: frozenset[Right]) -> Workplace:
    """The same store with somebody else signed in."""
    return _workplace(workplace.settings, workplace.store, rights)


def reopened(workplace: Workplace) -> Workplace:
    """Close the store and open it anew."""
    workplace.store.close()
    return opened_workplace(workplace.settings.home, workplace.account.rights)


def _workplace(settings: Settings, store: Store, rights: frozenset[Right]) -> Workplace:
    account = Account("an", "Đặng An", "Công chức", rights)
    with store.read() as reading:
        catalogue = read_catalogue(reading)
    return Workplace(settings, store, catalogue, account, KEY)


def write(workplace: Workplace, entity: str, ent_id: str | None = None, /, **values: Value) -> str:
    """One record as a work of its own. Returns its id."""
    with workplace.write() as work:
        done = work.record(Change(entity, values, ent_id))
        work.commit()
    return done.id


def settle(
    work: UnitOfWork, children: int, communes: tuple[str, ...] = (COMMUNE,), seed: int = 1
) -> None:
    """Write an invented register: villages, households, children and their circumstances."""
    villages: dict[tuple[str, str], str] = {}
    changes: list[Change] = []
    for household in generate(seed, children, communes, date(2025, 6, 1)):
        named = (household.commune, household.village)
        if named not in villages:
            villages[named] = derived_id(household.commune, f"village/{household.village}")
            values: dict[str, Value] = {"owner_unit": household.commune, "name": household.village}
            changes.append(Change("village", values, key=f"village/{household.village}"))
        changes += _page(household, villages[named])
    work.record_many(changes)


def _page(household: InventedHousehold, village: str) -> list[Change]:
    owner = household.commune
    values: dict[str, Value] = {
        **household.values,
        "village": village,
        "owner_unit": owner,
        "complete": True,
    }
    changes = [Change("household", values, key=household.key)]
    home = derived_id(owner, household.key)
    for child in household.children:
        own: dict[str, Value] = {
            **child.values,
            "owner_unit": owner,
            "household": home,
            "complete": True,
        }
        changes.append(Change("child", own, key=child.key))
        child_id = derived_id(owner, child.key)
        for one in child.circumstances:
            part: dict[str, Value] = {"episode": 1, **one.values, "record": child_id}
            key = f"{part['group']}/{part['episode']}"
            changes.append(Change("circumstance", part, key=key))
    return changes
