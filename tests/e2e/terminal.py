"""The program as its users meet it: another process, a folder, a passphrase, an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.services.installation import install, open_workplace, unlock
from app.settings import Settings
from tests.e2e.loaded import loaded

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "mật khẩu đủ dài"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    notes: str

    @property
    def document(self) -> Any:
        """What `--json` printed: exactly one document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Terminal:
    """A prompt in front of one home."""

    home: Path
    passphrase: str | None = PASSPHRASE

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SOTREEM")}
        kept["PYTHONIOENCODING"] = "ascii"  # a console that would break Vietnamese letters
        kept["PYTHONWARNINGS"] = "error"
        if self.passphrase is not None:
            kept["SOTREEM_PASSPHRASE"] = self.passphrase
        return kept

    def line(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-m", "app", "--home", str(self.home), *map(str, words)]

    def __call__(self, *words: str | Path) -> Done:
        """Run a command to its end, in a process that finds the program loaded."""
        code, out, notes = loaded().run(
            ["--home", str(self.home), *map(str, words)], self.environment()
        )
        return Done(code, out.decode("utf-8"), notes.decode("utf-8"))

    def started(self, *words: str | Path) -> Done:
        """Run a command to its end, started as a person starts it."""
        done = subprocess.run(
            self.line(*words),
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=120,
        )
        return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def json(self, *words: str | Path, code: int = 0) -> Any:
        """Run a command with `--json`; its document."""
        done = self("--json", *words)
        assert done.code == code, done
        return done.document

    def init(self, unit: str = "21010@2024") -> Any:
        """Set the home up."""
        return self.json("init", "--unit", unit, "--user", "an", "--full-name", "Đặng An")

    def prepare(self, unit: str = "21010@2024") -> None:
        """Set the home up and open it once, in this process: its passphrase costs nothing here.

        The first opening notes by what declarations are judged; from then on a command that
        changes nothing leaves every table as it is.
        """
        assert self.passphrase is not None
        settings = Settings(self.home)
        install(
            settings,
            unit=unit,
            user="an",
            full_name="Đặng An",
            title="",
            passphrase=self.passphrase,
        )
        open_workplace(settings, unlock(settings, self.passphrase)).store.close()
