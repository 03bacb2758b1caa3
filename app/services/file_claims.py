"""What a file that is refused claims to be: a sentence for whoever has to ask for it again.

Nothing of it is verified. It is told as what the file says, and nothing is decided by it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from app.errors import KnownError
from app.i18n import called, error_text, text
from app.plain_files import open_plain
from app.sync.container import manifest_in
from app.sync.manifest import claims_of
from app.sync.refusal import BundleRefused

#: A bundle of a revoked PC, and one for another unit.
_KEPT, _FOR_OTHERS = "handover.kept", "bundle.not_for_this_unit"


class Claim(NamedTuple):
    """The unit that a file names as its sender, and its number."""

    unit: str
    seq: int


def claim_of(file: Path) -> Claim | None:
    """What the manifest of a file says of sender and number; None where nothing can be read."""
    try:
        with open_plain(file) as source:
            manifest = manifest_in(source)
    except OSError:
        return None  # gone since; what was found before stands
    claims = None if manifest is None else claims_of(manifest)
    return None if claims is None else Claim(*claims[:2])


def refusal_words(error: KnownError, file: Path) -> str:
    """Why a file is refused and what to do; between the two whose it claims to be, where the reason
    does not say so itself.
    """
    words = error_text(error)
    of_a_bundle = isinstance(error, BundleRefused) or error.message_id == _KEPT
    # Who is named by a bundle for others is whom it is for.
    named = {"seq", "sender"} | ({"unit"} if error.message_id != _FOR_OTHERS else set())
    says_whose = bool(named & error.parameters.keys())
    claim = claim_of(file) if of_a_bundle and not says_whose else None
    if claim is None:
        return words
    first, *rest = words.split("\n")
    claimed = text("bundle.claimed", seq=claim.seq, unit=called(claim.unit))
    return "\n".join((first, claimed, *rest))
