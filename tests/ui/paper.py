"""A printer that a test looks at: what is printed lies in a file, and its words can be read."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrintDialog


class Paper:
    """The printer that everybody chooses who is asked for one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._file = file = folder / "printed.pdf"

        def choose(dialog: QPrintDialog) -> int:
            dialog.printer().setOutputFileName(str(file))
            return QPrintDialog.DialogCode.Accepted

        monkeypatch.setattr(QPrintDialog, "exec", choose)

    @property
    def empty(self) -> bool:
        """Whether nothing was printed since somebody looked."""
        return not self._file.exists()

    def take(self) -> str:
        """What was printed, as it stands on the paper; nothing lies there any more."""
        assert not self.empty, "nothing was printed"
        told = subprocess.run(
            ["pdftotext", "-layout", str(self._file), "-"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        self._file.unlink()
        return told
