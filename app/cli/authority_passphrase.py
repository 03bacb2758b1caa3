"""The passphrase of an authority's key files: its own variable, else the one of the session."""

from __future__ import annotations

import os

from app.cli.passphrase import read_passphrase
from app.cli.session import Session

VARIABLE = "SOTREEM_AUTHORITY_PASSPHRASE"


def authority_passphrase(session: Session) -> str:
    """SOTREEM_AUTHORITY_PASSPHRASE when set, else what opens the installation, else asked for."""
    said = os.environ.get(VARIABLE)
    return said if said is not None else read_passphrase(session.options.passphrase_file)
