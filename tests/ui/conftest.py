"""Window and printing tests run without a screen unless one is asked for by the environment."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
