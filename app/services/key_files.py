"""The key files of an authority outside this PC: copied to a stick, and brought back to another.

They lie in the home, sealed by the passphrase of the keys, and no backup holds them: a disk that
dies would take the unit's authority and escrow key along. What is copied is read back; what is
brought back has to open by the passphrase and to be the authority this register knows. A file that
is here already is never replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.crypto import age
from app.errors import KnownError
from app.plain_files import FileTooLarge, is_folder, read_small
from app.services import trust
from app.services.authority import AUTHORITY_FILE, AUTHORITY_SETTING, AuthorityDesk, unseal
from app.services.home import refuse_own_folder, write_secret
from app.services.rights import Right
from app.services.sign_in import one_spelling
from app.services.workplace import Workplace
from app.sync.files import write_new_file

MAX_KEY_FILE = 64 * 1024
_KIND = "*.age"


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Where the files lie now, and their names."""

    folder: Path
    names: tuple[str, ...]


class KeyFileDesk:
    """The two use cases."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._authority = AuthorityDesk(workplace)

    def copy(self, to: Path) -> KeyFiles:
        """Copy every key file into a new folder in `to`, and read each back.

        Raises KnownError `authority.none`, `files.…`, `key_files.differs`.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        if not is_folder(to):
            raise KnownError("files.no_folder", "files.no_folder_hint", file=str(to))
        refuse_own_folder(workplace.settings, to)
        files = sorted(self._authority.folder.glob(_KIND))
        if not files:
            raise KnownError("authority.none", "authority.none_hint")
        code = workplace.unit.partition("@")[0]
        folder = to / f"SoTreEm-{code}-khoa"
        folder.mkdir(exist_ok=True)
        for file in files:
            content = file.read_bytes()
            write_new_file(folder / file.name, content)
            if _read(folder / file.name) != content:
                raise KnownError("key_files.differs", "key_files.differs_hint", file=file.name)
        with workplace.write(changing=False) as work:
            work.audit("key_files.copied", files=len(files))
            work.commit()
        return KeyFiles(folder, tuple(file.name for file in files))

    def take_back(self, folder: Path, passphrase: str) -> KeyFiles:
        """Bring the key files that are missing here back from `folder`.

        Raises KnownError `key_files.none`, `key_files.another`, `authority.wrong_passphrase`.
        """
        workplace = self._workplace
        workplace.require(Right.KEYS)
        workplace.must_be_real()
        present = workplace.store.setting(AUTHORITY_SETTING, AUTHORITY_FILE)
        if not (folder / present).is_file():
            raise KnownError("key_files.none", "key_files.none_hint", file=present)
        own = unseal(folder / present, passphrase).certificate
        with workplace.store.read() as reading:
            known = {one.key_id for one in trust.authorities(reading)}  # renewed since, perhaps
        if own.key_id not in known or str(own.unit) != workplace.unit:
            raise KnownError("key_files.another", "key_files.another_hint", unit=str(own.unit))
        here = self._authority.folder
        here.mkdir(mode=0o700, exist_ok=True)
        missing = [one for one in sorted(folder.glob(_KIND)) if not (here / one.name).exists()]
        contents = {one.name: _read(one) for one in missing}
        for name, content in contents.items():
            _must_open(name, content, passphrase)
        for name, content in contents.items():
            write_secret(here / name, content)
        with workplace.write(changing=False) as work:
            work.audit("key_files.taken_back", files=len(contents))
            work.commit()
        return KeyFiles(here, tuple(contents))


def _read(file: Path) -> bytes:
    try:
        return read_small(file, MAX_KEY_FILE)
    except (FileTooLarge, OSError) as error:
        raise KnownError(
            "key_files.unreadable", "key_files.unreadable_hint", file=file.name
        ) from error


def _must_open(name: str, content: bytes, passphrase: str) -> None:
    """A file that does not open by the passphrase would be found out on the day it is needed."""
    try:
        age.decrypt(content, [age.Passphrase(one_spelling(passphrase))])
    except age.AgeError as error:
        raise KnownError("key_files.damaged", "key_files.damaged_hint", file=name) from error
