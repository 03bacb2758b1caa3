"""What the world did, when it was the world: disk full, no access, device or file gone.

Both faces tell such a failure in the same words: the command line at its last door, the window
where work comes back from its thread.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from app.errors import KnownError

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT)) if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_GONE = frozenset((errno.EIO, errno.ENODEV, errno.ENXIO))
#: Of these there is a sentence for a file whose name the system did not say.
_MAY_BE_UNNAMED = frozenset(("disk_full", "device_gone", "read_only", "no_access"))


def known(error: BaseException) -> KnownError | None:
    """The failure of the world behind an error; None where there is none.

    Only what an error names as its cause counts. A mistake of ours while an error of the world is
    being handled stays a mistake of ours.
    """
    for cause in _causes(error):
        if isinstance(cause, KnownError):
            return cause
        if isinstance(cause, OSError):
            return _of_system(cause)
    return None


def _of_system(error: OSError) -> KnownError:
    kind, number = _kind(error), error.errno or 0
    if error.filename is not None:
        given = {"number": number} if kind == "system" else {}
        return KnownError(
            f"errors.{kind}", f"errors.{kind}_hint", file=str(error.filename), **given
        )
    if kind in _MAY_BE_UNNAMED:
        return KnownError(f"errors.{kind}_unnamed", f"errors.{kind}_hint")
    return KnownError("errors.system_unnamed", "errors.system_unnamed_hint", number=number)


def _kind(error: OSError) -> str:
    if error.errno in _FULL:
        return "disk_full"
    if error.errno in _GONE:
        return "device_gone"
    if isinstance(error, FileNotFoundError):
        return "no_file"
    if error.errno == errno.EROFS:
        return "read_only"
    if error.errno == errno.ENAMETOOLONG:
        return "name_too_long"
    if isinstance(error, PermissionError):
        return "no_access"
    if isinstance(error, IsADirectoryError | NotADirectoryError):
        return "no_plain_file"
    return "system"


def _causes(error: BaseException) -> Iterator[BaseException]:
    at: BaseException | None = error
    seen: set[int] = set()
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__
